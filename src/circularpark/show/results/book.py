"""Writes the results workbook: native charts, then sheets with three head rows and live totals.

Row 1 has machine names, row 2 Chinese, row 3 English, row 4 units; data begin in row 5, as in
the park's own workbook. Texts are written as texts, so that no cell ever becomes a formula.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from circularpark.show.figures import unit_words
from circularpark.show.results.frames import leaves
from circularpark.show.results.leaf import Leaf
from circularpark.show.style import palette_of
from circularpark.words import LANGUAGES, Language, say, table

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

FIRST: Final = 5
_WIDEST: Final = 60
_A4: Final = 9
# Thousands have no use for what stands behind the point, small numbers have for three of it.
_NUMBER: Final = "[>=1000]#,##0;[<=-1000]-#,##0;0.0##"
# Columns that count or name something by a whole number.
_WHOLE: Final = ("year", "scope")
MOST_BARS: Final = 15


def write_results(plan: Plan, file: str | Path, lang: Language) -> Path:
    """Write the results of a plan as a workbook; ``lang`` names its sheets.

    The file is complete or not there: it is written beside its place and renamed.
    """
    import xlsxwriter

    target = Path(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(beside), options)
    formats = _formats(book)
    _readme(book, plan, lang, formats)
    board = book.add_worksheet(say("results.sheet.charts", lang))
    found = list(leaves(plan))
    for leaf in found:
        _leaf(book.add_worksheet(say(f"results.sheet.{leaf.name}", lang)), leaf, formats)
    _charts(book, board, found, plan.park.settings.currency, lang)
    book.close()
    beside.replace(target)
    return target


def _formats(book: Any) -> dict[str, Any]:
    head = {"bold": True, "bg_color": "#E8E4DB", "border": 1, "border_color": "#DDD9D0"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "machine": book.add_format({"font_color": "#56626D", "font_size": 9}),
        "head": book.add_format(head),
        "unit": book.add_format({**head, "bold": False, "italic": True}),
        "total": book.add_format({"bold": True, "top": 1, "num_format": _NUMBER}),
        "number": book.add_format({"num_format": _NUMBER}),
        "quoted": book.add_format({"quote_prefix": True}),
        "whole": book.add_format({"num_format": "0"}),
    }


def _readme(book: Any, plan: Plan, lang: Language, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(say("results.sheet.readme", lang))
    sheet.set_column(0, 0, 110)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    row = 0
    for one in LANGUAGES if lang == "zh" else LANGUAGES[::-1]:
        name = plan.park.name.get(one) or plan.park.id
        sheet.write_string(row, 0, say("results.readme.title", one, park=name), formats["title"])
        status = "certified" if plan.certificate.ok else "not_certified"
        lines = [
            say("results.readme.status", one, status=say(f"report.{status}", one)),
            say("results.readme.rows", one),
            say("results.readme.keys", one),
            say("results.readme.totals", one),
            say("results.readme.rounded", one),
            say("results.readme.data", one, hash=plan.park_hash),
        ]
        for line in lines:
            row += 1
            sheet.write_string(row, 0, line, formats["wrap"])
        row += 3


def _leaf(sheet: Any, leaf: Leaf, formats: dict[str, Any]) -> None:
    """Heads, units, live totals in the unit row's place where a column is summed, then data."""
    frame, units = leaf.frame, dict(leaf.units)
    sheet.freeze_panes(FIRST - 1, 1)
    last = FIRST + max(len(frame), 1) - 1
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, str(name), formats["machine"])
        for row, lang in enumerate(LANGUAGES, start=1):
            sheet.write_string(row, column, _head(str(name), lang), formats["head"])
        sheet.write_string(3, column, units.get(str(name), ""), formats["unit"])
        wide = _column(sheet, column, frame[name], formats)
        if str(name) in leaf.summed and len(frame):
            letter = _letter(column)
            total = float(pd.to_numeric(frame[name]).fillna(0.0).sum())
            wide = max(wide, len(_as_shown(total)) + 3)
            formula = f"=SUBTOTAL(109,{letter}{FIRST}:{letter}{last})"
            sheet.write_formula(last, column, formula, formats["total"], total)
        sheet.set_column(column, column, wide, None, {"hidden": str(name) in leaf.hidden})
    _paper(sheet)
    sheet.repeat_rows(1, FIRST - 2)
    if leaf.summed and len(frame):
        sheet.write_string(last, 0, say("results.total", "zh") + " / " + say(
            "results.total", "en"), formats["total"])  # fmt: skip
    if len(frame):
        sheet.autofilter(FIRST - 2, 0, last - 1, len(frame.columns) - 1)


def _head(name: str, lang: Language) -> str:
    """What a column is called: one of names by what they name, with their language."""
    base, _, own = name.rpartition("_")
    key = f"results.column.{base}"
    if own in LANGUAGES and key in table():
        return say(f"results.named.{own}", lang, head=say(key, lang))
    return say(f"results.column.{name}", lang)


def _column(sheet: Any, column: int, values: pd.Series, formats: dict[str, Any]) -> int:
    """One column's cells: numbers as numbers, all else as text, gaps left blank; its width."""
    widest = max(len(_head(str(values.name), lang)) for lang in LANGUAGES) + 2
    for row, value in enumerate(values.tolist(), start=FIRST - 1):
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            continue
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            whole = float(value).is_integer() and abs(value) < 1e4 and values.name in _WHOLE
            sheet.write_number(row, column, value, formats["whole" if whole else "number"])
            widest = max(widest, len(_as_shown(float(value))) + 2)
        else:
            text = str(value)
            # A spreadsheet takes such a text for a formula once the cell is edited.
            risky = text.startswith(("=", "+", "-", "@", "\t", "\r"))
            sheet.write_string(row, column, text, formats["quoted"] if risky else None)
            widest = max(widest, sum(2 if ord(c) > 0x2E80 else 1 for c in text[:60]) + 1)
    return min(widest, _WIDEST)


def _as_shown(value: float) -> str:
    """A number as its cell shows it."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}"


def _paper(sheet: Any) -> None:
    """On paper: all columns on one page, pages counted."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")


def _charts(book: Any, board: Any, found: Sequence[Leaf], currency: str, lang: Language) -> None:
    """The native charts, below one another on a sheet of their own."""
    palette = palette_of("light")
    board.hide_gridlines(2)
    _paper(board)
    named = {
        "builds": (f"name_{lang}", {"capex": palette.accent}, currency),
        "companies": (
            f"company_{lang}", {"before": palette.node, "after": palette.accent}, "t CO2/a",
        ),
    }  # fmt: skip
    row = 1
    for leaf in found:
        if leaf.name not in named or not len(leaf.frame):
            continue
        name, series, unit = named[leaf.name]
        chart = book.add_chart({"type": "bar"})
        for one, colour in series.items():
            chart.add_series(
                {
                    "name": _head(one, lang),
                    "categories": _cells(leaf, name, lang),
                    "values": _cells(leaf, one, lang),
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        chart.set_title(
            {"name": say(f"results.chart.{leaf.name}", lang), "name_font": {"size": 13}}
        )
        chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 9}})
        chart.set_x_axis(
            {"num_format": "#,##0", "name": unit_words(unit, lang), "num_font": {"size": 9},
             # The axis of a list that is read downwards lies above it: its numbers go below.
             "label_position": "high",
             "major_gridlines": {"visible": True, "line": {"color": palette.border}}}
        )  # fmt: skip
        chart.set_legend({"none": True} if len(series) == 1 else {"position": "bottom"})
        bars = min(len(leaf.frame), MOST_BARS)
        high = 140 + (26 if len(series) == 1 else 16 * len(series)) * bars
        chart.set_size({"width": 980, "height": high})
        board.insert_chart(row, 0, chart)
        if row > 1:
            board.set_h_pagebreaks([row])
        row += math.ceil(high / 20) + 2


def _cells(leaf: Leaf, column: str, lang: Language) -> str:
    """The cells of a column that a chart shows, as a formula."""
    letter = _letter(list(leaf.frame.columns).index(column))
    last = FIRST + min(len(leaf.frame), MOST_BARS) - 1
    sheet = say(f"results.sheet.{leaf.name}", lang)
    return f"='{sheet}'!${letter}${FIRST}:${letter}${last}"


def _letter(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
