"""Writes the results workbook: three head rows and units, live totals, native charts.

Row 1 has machine names, row 2 Chinese, row 3 English, row 4 units; data begin in row 5, as in
the park's own workbook. Texts are written as texts, so that no cell ever becomes a formula.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from circularpark.show.results.frames import leaves
from circularpark.show.results.leaf import Leaf
from circularpark.words import LANGUAGES, Language, say, table

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

FIRST: Final = 5
_WIDEST: Final = 46
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
    for leaf in leaves(plan):
        sheet = book.add_worksheet(say(f"results.sheet.{leaf.name}", lang))
        _leaf(sheet, leaf, formats)
        if len(leaf.frame):
            _chart(book, sheet, leaf, lang)
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
        "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0.0##"}),
        "number": book.add_format({"num_format": "#,##0.0##"}),
        "quoted": book.add_format({"quote_prefix": True}),
        "whole": book.add_format({"num_format": "0"}),
    }


def _readme(book: Any, plan: Plan, lang: Language, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(say("results.sheet.readme", lang))
    sheet.set_column(0, 0, 110)
    sheet.hide_gridlines(2)
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
        sheet.set_column(column, column, wide, None, {"hidden": str(name) in leaf.hidden})
        if str(name) in leaf.summed and len(frame):
            letter = _letter(column)
            total = float(pd.to_numeric(frame[name]).fillna(0.0).sum())
            formula = f"=SUBTOTAL(109,{letter}{FIRST}:{letter}{last})"
            sheet.write_formula(last, column, formula, formats["total"], total)
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
            whole = float(value).is_integer() and abs(value) < 1e4 and values.name == "year"
            sheet.write_number(row, column, value, formats["whole" if whole else "number"])
            widest = max(widest, 12)
        else:
            text = str(value)
            # A spreadsheet takes such a text for a formula once the cell is edited.
            risky = text.startswith(("=", "+", "-", "@", "\t", "\r"))
            sheet.write_string(row, column, text, formats["quoted"] if risky else None)
            widest = max(widest, sum(2 if ord(c) > 0x2E80 else 1 for c in text[:60]) + 1)
    return min(widest, _WIDEST)


def _chart(book: Any, sheet: Any, leaf: Leaf, lang: Language) -> None:
    """A native bar chart beside the sheets that have one."""
    chosen = {
        "builds": (f"name_{lang}", ("capex",)),
        "companies": (f"company_{lang}", ("before", "after")),
    }
    if leaf.name not in chosen:
        return
    name, series = chosen[leaf.name]
    columns = list(leaf.frame.columns)
    last = FIRST + min(len(leaf.frame), MOST_BARS) - 1
    quoted = f"'{sheet.get_name()}'"
    chart = book.add_chart({"type": "bar"})
    for one in series:
        letter, label = _letter(columns.index(one)), _letter(columns.index(name))
        chart.add_series(
            {
                "name": _head(one, lang),
                "categories": f"={quoted}!${label}${FIRST}:${label}${last}",
                "values": f"={quoted}!${letter}${FIRST}:${letter}${last}",
            }
        )
    chart.set_title({"name": say(f"results.chart.{leaf.name}", lang)})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 760, "height": 480})
    if len(series) == 1:
        chart.set_legend({"none": True})
    sheet.insert_chart(1, len(columns) + 1, chart)


def _letter(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
