"""Workbooks for tests: the tiny park's sheets as one likes them, and files nobody should open."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from circularpark.errors import Finding, ParkDataError
from circularpark.park import read_park

Rows = Sequence[Sequence[Any]]
PARK: Rows = [
    ["section", "key", "value"],
    ["park", "id", "tiny"],
    ["park", "currency", "CNY"],
    ["park", "price_year", 2025],
    ["park", "catalogue", "false"],
    ["time", "years", "2025"],
    ["objective", "minimise", "cost"],
]
SITES: Rows = [["id", "lon", "lat"], ["mill", 117, 30.5], ["farm", 117.01, 30.51]]
COMMODITIES: Rows = [["id", "kind", "unit"], ["steam", "energy", "MWh"], ["ash", "waste", "t"]]
MARKETS: Rows = [["id", "site", "commodity", "direction"], ["ash_out", "*", "ash", "dispose"]]
STREAMS: Rows = [
    ["id", "site", "commodity", "amount", "unit"],
    ["s1", "mill", "ash", 5, "t/h"],
    ["s2", "farm", "ash", 7, "t/h"],
]

Edit = Callable[[Any, dict[str, Any]], None]


def make_book(file: Path, edit: Edit | None = None, **sheets: Rows) -> Path:
    """Write a workbook of plain sheets; ``edit`` gets the book and its sheets before it closes."""
    book = xlsxwriter.Workbook(str(file))
    made = {}
    given = {
        "park": PARK,
        "sites": SITES,
        "commodities": COMMODITIES,
        "markets": MARKETS,
        "streams": STREAMS,
    }
    for name, rows in {**given, **sheets}.items():
        made[name] = book.add_worksheet(name)
        for number, row in enumerate(rows):
            made[name].write_row(number, 0, list(row))
    if edit is not None:
        edit(book, made)
    book.close()
    return file


def findings_of(file: Path) -> list[Finding]:
    """Everything that reading the workbook finds, whether or not it can be read."""
    try:
        return list(read_park(file).findings)
    except ParkDataError as error:
        return list(error.findings)


def only(file: Path) -> Finding:
    """The one finding; its texts can be said in both languages."""
    hits = findings_of(file)
    assert len(hits) == 1, [(f.code, f.place("en"), f.message("en")) for f in hits]
    for lang in ("zh", "en"):
        assert hits[0].message(lang)
        assert hits[0].fix(lang)
    return hits[0]


def told(finding: Finding) -> tuple[str, str, str, int | None, str | None]:
    """What a test compares: code, severity, sheet, row, column."""
    return finding.code, finding.severity, finding.file, finding.row, finding.column


def repacked(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same workbook with some of its parts changed."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def sheet_part(file: Path, name: str) -> str:
    """The part that holds a sheet: xlsxwriter numbers them in their order."""
    with zipfile.ZipFile(file) as archive:
        text = archive.read("xl/workbook.xml").decode()
    before = text.split(f'name="{name}"')[0]
    return f"xl/worksheets/sheet{before.count('<sheet ')}.xml"
