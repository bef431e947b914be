"""What a reader sees of a page, a workbook or a terminal, and what of it is an id."""

from __future__ import annotations

import html
import re
import zipfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from circularpark.park.model import Park
from circularpark.park.properties import property_name
from circularpark.park.schema import tables
from circularpark.park.standards import standards
from circularpark.show.source_words import source_words
from circularpark.solve.plan import VERSIONS
from circularpark.words import Language

NAMES = ("name_zh", "name_en", "label_zh", "label_en", "company", "sector", "zone")
# Programs are called alike everywhere.
VERSIONED = {*VERSIONS, "python", "highs"}
_CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What is shown to be typed, and where something was written.
_TYPED = re.compile(
    r"circularpark [a-z -]+|--[a-z-]+|[A-Za-z0-9_.~-]*/[A-Za-z0-9_./-]+"
    r"|[A-Za-z0-9_-]+\.(?:csv|toml|json|html|xlsx)"
)
_TOKENS = re.compile(r"[A-Za-z0-9_@-]+")


# Letters and digits that are a number of a run, of data or of a version.
_NUMBERED = re.compile(r"\b(?=[a-z]*\d)[0-9a-f]{8,}\b")


def page_text(page: str) -> str:
    """The words of an HTML page, of pages within it, and what is told under the pointer."""
    inner = re.findall(r'srcdoc="([^"]*)"', page)
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    told = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', bare)
    shown = html.unescape(" ".join([re.sub(r"<[^>]+>", " ", bare), *told]))
    return " ".join([shown, *(page_text(html.unescape(one)) for one in inner)])


def book_text(file: Path, first: int) -> str:
    """The words of a workbook's shown columns from row ``first`` on, and its first sheet's."""
    found: list[str] = []
    with zipfile.ZipFile(file) as packed:
        shared = [
            "".join(part.text or "" for part in one.iter(f"{_CELLS}t"))
            for one in ElementTree.fromstring(packed.read("xl/sharedStrings.xml"))  # noqa: S314
        ]
        sheets = [n for n in packed.namelist() if n.startswith("xl/worksheets/sheet")]
        for place, name in enumerate(sorted(sheets, key=lambda n: int(re.sub(r"\D", "", n)))):
            sheet = ElementTree.fromstring(packed.read(name))  # noqa: S314
            hidden = {
                number
                for column in sheet.iter(f"{_CELLS}col")
                if column.get("hidden") == "1"
                for number in range(int(column.get("min", 0)), int(column.get("max", 0)) + 1)
            }
            for cell in sheet.iter(f"{_CELLS}c"):
                letters, row = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", "")).groups()
                value = cell.find(f"{_CELLS}v")
                shown = _number(letters) not in hidden and (place == 0 or int(row) >= first)
                if shown and value is not None and cell.get("t") == "s":
                    found.append(shared[int(value.text or 0)])
    return "\n".join(found)


def _number(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@cache
def names_of(park: Park) -> set[str]:
    """Every name that the park or the catalogue gives to something."""
    found = set(park.name.values())
    for table in tables():
        frame = getattr(park.tables, table)
        for column in NAMES:
            if column in frame:
                found |= {str(name) for name in frame[column]}
    for prop in park.tables.quality["property"]:
        found |= {property_name(str(prop), "zh"), property_name(str(prop), "en")}
    return found - {""}


@cache
def ids_of(park: Park, lang: Language) -> set[str]:
    """The ids of a park that are no names; in English only those that no English word can be."""
    found = {str(name) for name in park.tables.quality["property"]}
    for table in tables():
        frame = getattr(park.tables, table)
        if "id" in frame:
            found |= {str(name) for name in frame["id"]}
    words = {
        word for name in names_of(park) for word in (name, *re.split(r"[\s，、·（）()]+", name))
    }
    if lang == "en":
        found = {name for name in found if "_" in name or "@" in name}
    return found - words


@cache
def quoted(park: Park, lang: Language) -> set[str]:
    """Titles of sources and their short forms, which stand in the language of their document."""
    texts = {str(row["source"]) for row in standards().values()}
    for frame in park.raw.values():
        for column in ("source", "standard"):
            if column in frame:
                texts |= {str(text) for text in frame[column]}
    texts |= {source_words(text, lang) for text in texts}
    shorter = {text.split(" (")[0] for text in texts} | {t.split(" (in force")[0] for t in texts}
    shorter |= {source_words(text, lang) for text in shorter}
    return {text for text in texts | shorter if len(text) > 3}


def without(text: str, parts: set[str]) -> str:
    """A text without these parts, the longest first, and without commands and files."""
    flat = re.sub(r"\s+", " ", text)
    for part in sorted(parts, key=len, reverse=True):
        flat = flat.replace(re.sub(r"\s+", " ", part), " ")
    flat = _NUMBERED.sub(" ", _TYPED.sub(" ", flat))
    return re.sub(rf"\b(?:{'|'.join(VERSIONED)})\b", " ", flat)


def ids_seen(text: str, park: Park, lang: Language) -> list[str]:
    """The raw ids in a text that a reader of this language sees."""
    return sorted(ids_of(park, lang) & set(_TOKENS.findall(without(text, quoted(park, lang)))))


def foreign_words(text: str, park: Park, lang: Language) -> list[str]:
    """Words of the other language: English ones in Chinese, any Chinese character in English."""
    names = {name for name in names_of(park) if len(name) > 2}
    plain = without(text, quoted(park, lang) | names)
    if lang == "en":
        return sorted(set(re.findall(r"[\u3400-\u9fff]+", plain)))
    return sorted(set(re.findall(r"(?<![A-Za-z])[A-Za-z]?[a-z]{3,}(?![A-Za-z])", plain)))
