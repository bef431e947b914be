"""The first sheet of a park's workbook: what it is and how to fill it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from circularpark.park.model import Park
from circularpark.park.schema import tables
from circularpark.park.workbook_layout import CASES, LAYERS, PARK
from circularpark.park.workbook_pen import Pen
from circularpark.words import say

ADVICE: Final = ("rows", "colours", "lists", "units", "sources", "blank", "owner", "check")
OWN: Final = (PARK, LAYERS, CASES)


def write_readme(sheet: Any, pen: Pen, park: Park, rows: Mapping[str, int]) -> None:
    """Title, advice, and every sheet with its meaning and a link to it."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 8)
    sheet.set_column(3, 3, 52)
    sheet.set_column(4, 4, 62)
    sheet.set_row(1, 30)
    pen.text(sheet, 1, 1, f"{park.name['zh']}  {park.name['en']}", "title")
    for row, lang in ((2, "zh"), (3, "en")):
        pen.text(sheet, row, 1, say("workbook.readme.what", lang), "subtitle")  # type: ignore[arg-type]
    row = 5
    for name in ADVICE:
        for column, lang in ((3, "zh"), (4, "en")):
            pen.text(sheet, row, column, say(f"workbook.readme.{name}", lang), "wrapped")  # type: ignore[arg-type]
        pen.text(sheet, row, 1, say(f"workbook.readme_head.{name}", "zh"), "section")
        sheet.set_row(row, 32)
        row += 1
    row = _contents(sheet, pen, park, rows, row + 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.activate()
    sheet.set_first_sheet()


def _contents(sheet: Any, pen: Pen, park: Park, rows: Mapping[str, int], row: int) -> int:
    heads = ("workbook.readme.sheet", "workbook.readme.count")
    for column, key in enumerate(heads, 1):
        pen.text(sheet, row, column, f"{say(key, 'zh')} {say(key, 'en')}", "heading")
    pen.text(sheet, row, 3, say("workbook.readme.meaning", "zh"), "heading")
    pen.text(sheet, row, 4, say("workbook.readme.meaning", "en"), "heading")
    counts = {PARK: None, **rows}
    first = row + 1
    for row, (name, count) in enumerate(counts.items(), first):
        sheet.write_url(row, 1, f"internal:'{name}'!A1", pen.style("link"), name)
        if count:
            sheet.write_number(row, 2, count, pen.plain)
        for column, lang in ((3, "zh"), (4, "en")):
            means = tables()[name].means[lang] if name in tables() else _own_means(name, lang)
            pen.text(sheet, row, column, means, "wrapped")
    return row


def _own_means(name: str, lang: str) -> str:
    return say(f"workbook.sheet_means.{name}", "zh" if lang == "zh" else "en")
