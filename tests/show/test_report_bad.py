"""Reports of parks that are hard to draw: each is written whole, in both languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.show.watched import chromium, pale, watched
from tests.sources import ROOT

import circularpark
from circularpark.cli.main import run
from circularpark.show.report.page import Report
from circularpark.show.results.book import write_results
from circularpark.studies.evaluate import evaluate_plan

NASTY = "<script>alert(\"x\")</script> & <b>'y'</b>"
LONG = "安徽省安庆高新技术产业开发区循环经济示范热电联产供热有限责任公司"
FORMULA = '=HYPERLINK("http://x","y")'
GIVERS, TAKERS = 50, 100


def toy(folder: Path, **changed: Callable[[pd.DataFrame], pd.DataFrame] | None) -> Path:
    """The toy park with tables changed; None leaves a table out."""
    park = folder / "park"
    shutil.copytree(ROOT / "parks" / "toy", park)
    for name, change in changed.items():
        file = park / f"{name}.csv"
        if change is None:
            file.unlink()
        else:
            change(pd.read_csv(file, dtype=str)).to_csv(file, index=False)
    return park


def no_geometry(folder: Path) -> Path:
    return toy(folder, sites=lambda t: t.drop(columns=["coordinates", "lon", "lat"]))


def one_site(folder: Path) -> Path:
    def only(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
        return lambda table: table[table[column] == "dyeing"]

    return toy(folder, sites=only("id"), demands=only("site"), processes=only("site"), streams=None,
               links=None)  # fmt: skip


def no_flows(folder: Path) -> Path:
    return toy(folder, links=None, transports=None, streams=None)


def nasty_names(folder: Path) -> Path:
    """Sites, firms, goods and machines with markup, formulas and 32 characters in their names."""

    def called(table: pd.DataFrame) -> pd.DataFrame:
        names = [NASTY, LONG, FORMULA] * len(table)
        return table.assign(name_zh=names[: len(table)], name_en=names[: len(table)])

    def owned(table: pd.DataFrame) -> pd.DataFrame:
        return called(table).assign(company=[NASTY, LONG, "../../a/b"][: len(table)])

    def labelled(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(label_zh=NASTY, label_en=NASTY)

    return toy(folder, sites=owned, commodities=called, technologies=called, streams=called,
               demands=called, limits=labelled)  # fmt: skip


def many_flows(folder: Path) -> Path:
    """5,000 flows: each of 50 works gives a good of its own to each of 100 others."""
    park = folder / "park"
    park.mkdir()
    shutil.copy(ROOT / "parks" / "toy" / "park.toml", park)
    goods = [f"good{n}" for n in range(GIVERS)]
    sites = [f"giver{n}" for n in range(GIVERS)] + [f"taker{n}" for n in range(TAKERS)]
    frames = {
        "sites": pd.DataFrame(
            [(s, f"企业{n}", f"Works {n}", 117 + 0.004 * (n % 15), 30.5 + 0.004 * (n // 15))
             for n, s in enumerate(sites)],
            columns=["id", "name_zh", "name_en", "lon", "lat"],
        ),
        "commodities": pd.DataFrame(
            [(g, f"物料{n}", f"Good {n}", "waste", "t", "free") for n, g in enumerate(goods)],
            columns=["id", "name_zh", "name_en", "kind", "unit", "surplus"],
        ),
        "transports": pd.DataFrame(
            [(f"truck{n}", g, 50) for n, g in enumerate(goods)],
            columns=["id", "commodity", "max_km"],
        ),
        "streams": pd.DataFrame(
            [(f"s{n}", f"giver{n}", g, TAKERS * 3, "t/h") for n, g in enumerate(goods)],
            columns=["id", "site", "commodity", "amount", "unit"],
        ),
        "demands": pd.DataFrame(
            [(f"d{n}_{m}", f"taker{m}", g, 0.1 + (7 * n + 3 * m) % 20 / 10, "t/h")
             for n, g in enumerate(goods) for m in range(TAKERS)],
            columns=["id", "site", "commodity", "amount", "unit"],
        ),
    }  # fmt: skip
    for name, frame in frames.items():
        frame.to_csv(park / f"{name}.csv", index=False)
    return park


HARD = (no_geometry, one_site, no_flows, nasty_names, many_flows)


@pytest.fixture(scope="module", params=HARD, ids=[one.__name__ for one in HARD])
def hard(request, tmp_path_factory) -> tuple[str, circularpark.Plan]:
    folder = request.param(tmp_path_factory.mktemp(request.param.__name__))
    return request.param.__name__, circularpark.solve(circularpark.read_park(folder))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_is_whole(hard, lang):
    name, plan = hard
    report = Report(plan, lang, evaluation=evaluate_plan(plan, runs=0))
    for page in (report.screen(), report.paper()):
        sections = re.findall(r'<section id="(\w+)">', page)
        assert {"summary", "today", "plan", "projects", "materials", "method"} <= set(sections)
        assert page.rstrip().endswith("</html>")
        assert "nan" not in re.sub(r"<[^>]*>|finan|Finan", " ", report.paper()).lower().split()
    if name == "no_geometry":
        told = {"zh": "示意", "en": "chematic"}[lang]
        assert told in report.paper()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_is_whole(hard, lang, tmp_path):
    calamine = pytest.importorskip("python_calamine")
    _, plan = hard
    file = write_results(plan, tmp_path / "results.xlsx", lang)
    assert len(calamine.CalamineWorkbook.from_path(str(file)).sheet_names) >= 9


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_opens_quietly(browser, hard, lang, tmp_path):
    name, plan = hard
    file = tmp_path / "report.html"
    file.write_text(Report(plan, lang).screen(), encoding="utf-8")
    page = watched(browser, 1300, 1000)
    page.page.goto(file.as_uri())
    page.page.locator("iframe.map").scroll_into_view_if_needed()
    inside = page.page.frame_locator("iframe.map")
    inside.locator("#map[data-ready=true]").wait_for(timeout=60_000)
    assert pale(page.texts("svg text")) == [] or name == "many_flows"
    width = page.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert page.complaints == []
    assert page.abroad == []
    page.page.close()
    assert width[0] <= width[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_markup_in_names_stays_text(lang, tmp_path):
    plan = circularpark.solve(circularpark.read_park(nasty_names(tmp_path)))
    report = Report(plan, lang, evaluation=evaluate_plan(plan, runs=0))
    for page in (report.screen(), report.paper()):
        assert "<script>alert" not in page
        assert "<b>'y'" not in page
        assert "&lt;script&gt;alert" in page


def test_a_companys_name_never_leads_out_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("circularpark.show.browser.BROWSERS", ())
    monkeypatch.delenv("CIRCULARPARK_CHROMIUM", raising=False)
    park = nasty_names(tmp_path)
    for place, company in enumerate((NASTY, LONG, "../../a/b")):
        out = tmp_path / f"out{place}"
        assert run(["report", str(park), "--company", company, "--out", str(out)]) == 0
        (written,) = out.iterdir()
        assert re.fullmatch(r"report-[\w ()-]+\.html", written.name)
