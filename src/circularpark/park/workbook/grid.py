"""A sheet of the template: four header rows, the rows, widths, notes, drop-downs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from circularpark.park.schema import Column, Table
from circularpark.park.workbook.layout import (
    FIRST_ROW,
    GEOMETRY,
    HEADER_ROWS,
    LISTS,
    OWNER,
    heading,
)
from circularpark.park.workbook.lists import LAST_ROW, Lists
from circularpark.park.workbook.pen import LINE, MUTED, REQUIRED, Pen
from circularpark.words import LANGUAGES, say

ROW_HEIGHTS: Final = (21, 28, 28, 17)
LINE_HEIGHT: Final = 15
NARROWEST: Final = 11
WIDEST: Final = 44
# Widths of columns that hold sentences, and of geometry, which nobody reads.
WIDTHS: Final[Mapping[str, float]] = {
    "note": 44,
    "source": 28,
    GEOMETRY: 24,
    "properties": 40,
    "text": 110,
    "means_zh": 44,
    "means_en": 60,
    "value": 34,
}
# How much of a column's unit, a digit of the default font, a letter takes on average.
NARROW: Final = 0.75
WIDE: Final = 1.9
WRAPPED: Final = frozenset({"means_zh", "means_en"})
A3: Final = 8
A4: Final = 9
# Widths of all columns together up to which a sheet is printed one page wide, on which paper.
FITS: Final = ((190, A4), (320, A3))


@dataclass(frozen=True)
class Grid:
    """What one sheet holds: its columns and its rows of text; ``numbers`` may count, too."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    table: Table | None = None
    numbers: tuple[str, ...] = ()

    def spec(self, column: str) -> Column | None:
        """The declaration of a column, None where the table declares none."""
        return None if self.table is None else self.table.columns.get(column)

    def counts(self, column: str) -> bool:
        """Whether a column's cells go out as numbers: declared ones by type, others if they are."""
        if self.table is None or column == OWNER or column.startswith(GEOMETRY):
            return column in self.numbers
        spec = self.spec(column)
        return spec.is_number if spec is not None else column not in WIDTHS


def write_grid(sheet: Any, grid: Grid, pen: Pen, currency: str) -> None:
    """Write the header rows and the rows, fix the header, make it print well."""
    for row, height in enumerate(ROW_HEIGHTS):
        sheet.set_row(row, height)
    widths = [_write_column(sheet, grid, at, pen, currency) for at in range(len(grid.columns))]
    for row, cells in enumerate(grid.rows, HEADER_ROWS):
        lines = [
            lines_of(cell, WIDTHS[name])
            for name, cell in zip(grid.columns, cells, strict=True)
            if name in WRAPPED
        ]
        if lines and max(lines) > 1:
            sheet.set_row(row, LINE_HEIGHT * max(lines))
    sheet.freeze_panes(HEADER_ROWS, 1)
    sheet.set_tab_color(REQUIRED if grid.rows else LINE)
    _printed(sheet, grid.name, sum(widths))


def _write_column(sheet: Any, grid: Grid, at: int, pen: Pen, currency: str) -> float:
    """One column with its four headings and its note; returns its width."""
    name = grid.columns[at]
    spec = grid.spec(name)
    head = heading(name, spec, currency)
    first = "required" if spec is not None and spec.required else "optional"
    for row, (text, style) in enumerate(
        zip(head.rows, (first, "label", "label", "unit"), strict=True)
    ):
        sheet.write_string(row, at, text, pen.style(style))
    cells = [row[at] for row in grid.rows]
    counts, style = grid.counts(name), "wrapped" if name in WRAPPED else "cell"
    for row, cell in enumerate(cells, HEADER_ROWS):
        if counts:
            pen.number(sheet, row, at, cell)
        else:
            pen.text(sheet, row, at, cell, style)
    width = _width(name, head.rows, cells)
    sheet.set_column(at, at, width, pen.style("number" if counts else "cell"))
    if spec is not None:
        note = "\n".join((spec.means["zh"], spec.means["en"], *_rules(spec)))
        sheet.write_comment(0, at, note, {"x_scale": 2.2, "y_scale": 1.6, "font_size": 9})
    return width


def _printed(sheet: Any, name: str, width: float) -> None:
    """One page wide where that can still be read; the header rows on every page."""
    sheet.set_landscape()
    paper = next((paper for most, paper in FITS if width <= most), None)
    sheet.set_paper(A3 if paper is None else paper)
    if paper is not None:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(60)
        sheet.repeat_columns(0)
    sheet.repeat_rows(0, HEADER_ROWS - 1)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer(f"&L{name}&R&P / &N")


def _rules(spec: Column) -> list[str]:
    """Default and choices, as a note adds them."""
    rules = []
    if spec.default not in (None, ""):
        shown = str(spec.default).lower() if isinstance(spec.default, bool) else spec.default
        rules += [say("workbook.note.default", lang, value=shown) for lang in LANGUAGES]
    if spec.choices:
        rules.append(" / ".join(spec.choices))
    return rules


def _width(name: str, heads: Sequence[str], cells: Sequence[str]) -> float:
    """A width that shows the name and most cells; labels may wrap once."""
    if name in WIDTHS:
        return WIDTHS[name]
    longest = max((_breadth(cell) for cell in cells[:500]), default=0)
    labels = max(_breadth(head) / 2 for head in heads[1:3])
    wanted = max(1.2 * _breadth(heads[0]), labels + 2, _breadth(heads[3]), longest) + 3
    return float(min(max(wanted, NARROWEST), WIDEST))


def lines_of(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column of this width."""
    lines = text.split("\n")
    shares = (sum(NARROW if sign.isascii() else WIDE for sign in line) for line in lines)
    return sum(max(1, math.ceil(share / width)) for share in shares)


def _breadth(text: str) -> int:
    """How many Latin letters the text takes: a Chinese character takes two."""
    first = text.split("\n", 1)[0]
    return sum(1 if sign.isascii() else 2 for sign in first)


def offer_choices(sheet: Any, grid: Grid, lists: Lists) -> None:
    """Drop-downs for the rows there are and for many more."""
    if grid.table is None:
        return
    last = max(LAST_ROW, HEADER_ROWS + len(grid.rows))
    for at, name in enumerate(grid.columns):
        spec = grid.spec(name)
        if spec is not None:
            offer_choice(
                sheet, (FIRST_ROW - 1, last - 1), at, lists.source(grid.name, spec, last), spec
            )


def offer_choice(
    sheet: Any, rows: tuple[int, int], column: int, source: str | None, spec: Column
) -> None:
    """A drop-down in one column, from the first to the last of ``rows`` (from 0)."""
    if source is not None:
        # Ids that are still to come, and rarer units, may be typed all the same.
        strict = bool(spec.choices) or spec.type == "flag"
        rule = {"validate": "list", "source": f"={source}", "show_error": strict}
        sheet.data_validation(rows[0], column, rows[1], column, rule)


def write_lists(book: Any, lists: Lists, pen: Pen) -> None:
    """The lists behind the drop-downs on the last sheet, and their names."""
    sheet = book.add_worksheet(LISTS)
    for at, (name, values) in enumerate(lists.columns.items()):
        sheet.write_string(0, at, name, pen.style("optional"))
        for row, value in enumerate(values, 1):
            pen.text(sheet, row, at, value)
        sheet.set_column(at, at, 22)
    for name, where in lists.names.items():
        book.define_name(name, where)
    sheet.set_tab_color(MUTED)
    sheet.freeze_panes(1, 0)
