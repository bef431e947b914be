"""A sheet of a workbook for readers: title, two header rows, records, live totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from circularpark.park.workbook.pen import Pen
from circularpark.words import LANGUAGES, Language, say

FIRST: Final = 5  # the first row of data, counted from 0: title, note, two header rows above it
A3: Final = 8
LINE: Final = 14  # the height of a line of text
NARROW: Final = 1.2  # letters of the cells' size that stand in the width of one
WIDEST: Final = 330  # columns that are wider together do not fit on one page
YEAR: Final = "year "  # the columns of yearly payments are called year 0, year 1, ...
Cell = Callable[[Any], Any]


@dataclass(frozen=True)
class Formula:
    """A live formula with the value that it has now.

    In its text a column's name in braces stands for that column's cell in the same row.
    """

    text: str
    value: float


@dataclass(frozen=True)
class Column:
    """A column: the key of its heading, width, number format ("" for text), total below it.

    of : record -> text, number, Formula or None
    """

    name: str
    width: float
    shape: str
    total: bool
    of: Cell


def named(key: str) -> str:
    return f"{say(key, 'zh')} {say(key, 'en')}"


def write_sheet(
    book: Any,
    pen: Pen,
    name: str,
    columns: Sequence[Column],
    records: Sequence[Any],
    note: Mapping[str, object],
    together: Mapping[str, float | None] | None = None,
    offer: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """A sheet with its title, two header rows, a row each record, and totals.

    together : column -> value of all records at once, where that is not their sum
    """
    sheet = book.add_worksheet(say(f"evaluate.sheet.{name}", "zh"))
    pen.text(sheet, 0, 0, named(f"evaluate.sheet.{name}"), "title")
    told = [say(f"evaluate.sheet_note.{name}", lang, **note) for lang in LANGUAGES]
    for row, text in enumerate(told, 1):
        pen.text(sheet, row, 0, text, "subtitle")
    sheet.set_row(0, 28)
    _header(sheet, pen, columns)
    for row, record in enumerate(records, FIRST):
        for place, column in enumerate(columns):
            value = column.of(record)
            if isinstance(value, Formula):
                value = replace(value, text=_placed(value.text, columns, row))
            _write(sheet, pen, row, place, column, value)
        _height(sheet, row, columns, record)
    last = FIRST + len(records)
    if records and any(column.total for column in columns):
        _totals(sheet, pen, columns, records, last)
    if records and together:
        _write_together(sheet, pen, columns, together, last + 1)
    for place, column in enumerate(columns):
        if offer and column.name in offer and records:
            rule = {"validate": "list", "source": list(offer[column.name])}
            sheet.data_validation(FIRST, place, last - 1, place, rule)
    _printed(sheet, columns, last + (together is not None))


def _height(sheet: Any, row: int, columns: Sequence[Column], record: Any) -> None:
    """Room for the longest text of a row; a Chinese character is as wide as two Latin ones."""
    lines = 1
    for column in columns:
        text = column.of(record) if not column.shape else ""
        wide = sum(1.8 if ord(sign) > 0x2E7F else 1.0 for sign in str(text))
        lines = max(lines, int(np.ceil(wide / (NARROW * column.width))))
    if lines > 1:
        sheet.set_row(row, LINE * lines)


def _placed(text: str, columns: Sequence[Column], row: int) -> str:
    """A formula's text with cells in place of the columns' names."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    cells = {c.name: xl_rowcol_to_cell(row, place) for place, c in enumerate(columns)}
    return text.format_map(cells)


def _header(sheet: Any, pen: Pen, columns: Sequence[Column]) -> None:
    for row, lang in zip((FIRST - 2, FIRST - 1), LANGUAGES, strict=True):
        for place, column in enumerate(columns):
            style = "required" if lang == "zh" else "label"
            pen.text(sheet, row, place, _heading(column.name, lang), style)
    sheet.set_row(FIRST - 2, 30)
    sheet.set_row(FIRST - 1, 38)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(FIRST, 2)


def _heading(name: str, lang: Language) -> str:
    """The heading of a column; that of a year's payments names the year."""
    if name.startswith(YEAR):
        return say("evaluate.book.flow", lang, year=name.removeprefix(YEAR))
    return say(f"evaluate.book.{name}", lang)


def _write(sheet: Any, pen: Pen, row: int, place: int, column: Column, value: Any) -> None:
    """One cell: text never as a formula, numbers that are none as blanks."""
    if isinstance(value, Formula):
        style = pen.style("number", column.shape)
        sheet.write_formula(row, place, value.text, style, _finite(value.value))
    elif isinstance(value, str):
        pen.text(sheet, row, place, value, "cell" if len(value) < column.width else "wrapped")
    elif value is not None and np.isfinite(value):
        sheet.write_number(row, place, float(value), pen.style("number", column.shape))


def _finite(value: float) -> float | str:
    return value if np.isfinite(value) else ""


def _totals(
    sheet: Any, pen: Pen, columns: Sequence[Column], records: Sequence[Any], last: int
) -> None:
    from xlsxwriter.utility import xl_col_to_name

    pen.text(sheet, last, 0 if columns[1].total else 1, named("evaluate.book.total"), "heading")
    for place, column in enumerate(columns):
        total = _sum(column, records) if column.total else None
        if total is not None:
            letter = xl_col_to_name(place)
            # SUBTOTAL follows a filter: the sum is that of the rows that are shown.
            text = f"=SUBTOTAL(109,{letter}{FIRST + 1}:{letter}{last})"
            style = pen.style("heading", column.shape)
            sheet.write_formula(last, place, text, style, total)
    sheet.autofilter(FIRST - 1, 0, last - 1, len(columns) - 1)


def _write_together(
    sheet: Any,
    pen: Pen,
    columns: Sequence[Column],
    together: Mapping[str, float | None],
    row: int,
) -> None:
    """The row of all projects at once, below the totals."""
    pen.text(sheet, row, 1, named("evaluate.book.together"), "heading")
    for place, column in enumerate(columns):
        value = together.get(column.name)
        if value is not None and np.isfinite(value):
            sheet.write_number(row, place, value, pen.style("heading", column.shape))


def _sum(column: Column, records: Sequence[Any]) -> float | None:
    """What the cells of a column add up to now; None where they hold no number."""
    values = [column.of(record) for record in records]
    numbers = [v.value if isinstance(v, Formula) else v for v in values]
    found = [float(n) for n in numbers if n is not None and not isinstance(n, str)]
    return float(sum(n for n in found if np.isfinite(n))) if found else None


def _printed(sheet: Any, columns: Sequence[Column], last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(A3)
    if sum(column.width for column in columns) <= WIDEST:
        sheet.fit_to_pages(1, 0)
    else:
        # On one page nobody could read it: pages side by side, each with the projects' names.
        sheet.set_print_scale(55)
        sheet.repeat_columns(0, 1)
    sheet.repeat_rows(FIRST - 2, FIRST - 1)
    sheet.print_area(0, 0, last, len(columns) - 1)
    sheet.hide_gridlines(2)
