"""No page of the real parks shows a raw id, and none speaks the other language.

Every kind of page: the terminal's tables, the map, heat, curves, report, and workbooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import circularpark
from circularpark.cli.main import run
from circularpark.park.model import Park
from circularpark.show.report.page import draw_report
from circularpark.show.results.book import FIRST, write_results
from circularpark.words import LANGUAGES, Language
from tests.visible import book_text, foreign_words, ids_seen, page_text

PARKS = {
    "anqing-hightech": "small-budget",
    "huaining-cement": "no-kiln-power",
    "kalundborg": "heat",
}
COMMANDS = {
    "solve": ("solve", "{park}", "--out", "{folder}/tables"),
    "explain heat": ("explain", "heat", "{park}"),
    "explain why": ("explain", "why", "{park}"),
    "evaluate": ("evaluate", "{park}", "--runs", "0"),
    "near": ("near", "{park}", "--within", "1"),
    "compare": ("compare", "{park}", "{case}"),
    "pareto": ("pareto", "{park}", "--points", "3", "--out", "{folder}/pareto.html"),
    "macc": ("macc", "{park}", "--steps", "2", "--out", "{folder}/macc.html"),
    "map": ("map", "{park}", "--out", "{folder}/map.html"),
}
# Symbols and units that are written alike in both languages.
ALIKE = {"CO", "MWh", "GWh", "kWh", "GJ", "tce", "degC"}
# Columns that a park without temperatures is told to fill, and authors of a method.
ALIKE |= {"supply", "target", "temp", "kind", "Linnhoff", "Flower", "Dhole"}
BOOK = "results.xlsx"


@pytest.fixture(scope="module", params=list(PARKS))
def park(request) -> Park:
    return circularpark.read_park(request.param)


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request) -> Language:
    return request.param


@pytest.fixture(scope="module")
def pages(park, lang, tmp_path_factory) -> dict[str, str]:
    """Everything that a reader of the park sees in this language, by what made it."""
    folder = tmp_path_factory.mktemp("pages")
    patch = pytest.MonkeyPatch()
    patch.setenv("CIRCULARPARK_STORE", str(tmp_path_factory.getbasetemp() / "store-of-pages"))
    found = dict(_printed(park, lang, folder))
    patch.undo()
    found |= {
        str(file.relative_to(folder)): page_text(file.read_text(encoding="utf-8"))
        for file in folder.rglob("*.html")
    }
    plan = circularpark.solve(park)
    book = write_results(plan, folder / BOOK, lang)
    found[BOOK] = book_text(book, FIRST)
    found["report"] = page_text(draw_report(plan, lang))
    return found


def _printed(park: Park, lang: Language, folder: Path) -> Iterator[tuple[str, str]]:
    """What each command prints to standard output."""
    import contextlib
    import io

    given = {"park": park.id, "folder": str(folder), "case": PARKS[park.id]}
    for name, words in COMMANDS.items():
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            code = run([*(word.format(**given) for word in words), "--lang", lang])
        assert code == 0, (name, out.getvalue())
        yield name, out.getvalue()


def test_every_kind_of_page_is_there(pages):
    wanted = {*COMMANDS, "map.html", "pareto.html", "macc.html", BOOK, "report"}
    assert wanted <= set(pages)
    assert all(len(text) > 100 for text in pages.values())


def test_no_page_shows_a_raw_id(pages, park, lang):
    # A workbook is in both languages: an id that is an English word is seen only alone.
    seen = {
        name: ids_seen(text, park, "en" if name == BOOK else lang) for name, text in pages.items()
    }
    assert {name: ids for name, ids in seen.items() if ids} == {}


def test_no_page_speaks_the_other_language(pages, park, lang):
    known = ALIKE | {*re.split(r"\W+", PARKS[park.id])}
    seen = {name: set(foreign_words(text, park, lang)) - known for name, text in pages.items()}
    seen[BOOK] = set()
    assert {name: words for name, words in seen.items() if words} == {}
