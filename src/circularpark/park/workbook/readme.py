"""The first sheet of a park's workbook: what it is and how to fill it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from circularpark.park.model import Park
from circularpark.park.schema import tables
from circularpark.park.workbook.layout import PARK
from circularpark.park.workbook.pen import Pen
from circularpark.words import LANGUAGES, say

ADVICE: Final = ("rows", "colours", "lists", "units", "sources", "blank", "owner", "check")


def write_readme(sheet: Any, pen: Pen, park: Park, rows: Mapping[str, int]) -> None:
    """Title, advice, and every sheet with its meaning and a link to it."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, 11)
    sheet.set_column(3, 3, 52)
    sheet.set_column(4, 4, 62)
    sheet.set_row(1, 30)
    pen.text(sheet, 1, 1, f"{park.name['zh']}  {park.name['en']}", "title")
    for row, lang in enumerate(LANGUAGES, 2):
        pen.text(sheet, row, 1, say("workbook.readme.what", lang), "subtitle")
    row = 5
    for name in ADVICE:
        for column, lang in enumerate(LANGUAGES, 3):
            pen.text(sheet, row, column, say(f"workbook.readme.{name}", lang), "wrapped")
        heads = (say(f"workbook.readme_head.{name}", lang) for lang in LANGUAGES)
        pen.text(sheet, row, 1, "  ".join(heads), "lead")
        sheet.set_row(row, 34)
        row += 1
    row = _contents(sheet, pen, park, rows, row + 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
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
            sheet.write_number(row, 2, count, pen.style("count"))
        for column, lang in enumerate(LANGUAGES, 3):
            means = (
                tables()[name].means[lang]
                if name in tables()
                else say(f"workbook.sheet_means.{name}", lang)
            )
            pen.text(sheet, row, column, means, "wrapped")
    return row
