"""From text cells to typed columns: numbers, flags, choices, lists; blanks that say too little."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.columns import Columns, extremes
from circularpark.park.numerals import Reading, read_column
from circularpark.park.schema import ANYWHERE, PROVENANCE, Column, Table
from circularpark.park.sheets import Sheet, size

TRUE: Final = frozenset({"true", "yes", "y", "1", "是"})
FALSE: Final = frozenset({"false", "no", "n", "0", "否"})
SIGNS: Final = {"≤": "<=", "≥": ">=", "==": "=", "＝": "=", "=<": "<=", "=>": ">="}
YEARS: Final = re.compile(r"\s*\d{4}\s*(;\s*\d{4}\s*)*;?\s*", re.ASCII)
MOST_FIXES_TOLD: Final = 5


def typed(sheet: Sheet, table: Table, *, thousands: bool = False) -> tuple[Columns, list[Finding]]:
    """The table's declared columns with their types, and every cell that does not fit.

    A number that cannot be read is NaN beside its finding; no number is changed without one.
    """
    columns: Columns = {}
    findings: list[Finding] = []
    rows = size(sheet)
    for spec in table.columns.values():
        cells = sheet.get(spec.name)
        if cells is None:
            columns[spec.name] = _blank(spec, rows)
            continue
        if spec.is_number:
            columns[spec.name] = _numbers(cells, spec, sheet, findings, thousands)
        else:
            columns[spec.name] = _texts(cells, spec, sheet, findings)
    for name in ANYWHERE:
        columns[name] = sheet.get(name, np.full(rows, "", dtype=object))
    if table.free_columns:
        for name in sheet:
            if name not in columns and name not in PROVENANCE:
                columns[name] = _profile(sheet[name], name, sheet, findings, thousands)
    for name in PROVENANCE:
        columns[name] = sheet[name]
    return columns, findings


def _blank(spec: Column, rows: int) -> np.ndarray:
    return np.full(rows, np.nan) if spec.is_number else np.full(rows, "", dtype=object)


def at(sheet: Mapping[str, np.ndarray], position: int) -> tuple[str, int]:
    """File and row of one row of a table."""
    return str(sheet["_file"][position]), int(sheet["_row"][position])


def _numbers(
    cells: np.ndarray, spec: Column, sheet: Sheet, findings: list[Finding], thousands: bool
) -> np.ndarray:
    if spec.type == "flag":
        return _flags(cells, spec, sheet, findings)
    values, remarks = read_column(cells, percent=spec.percent, thousands=thousands)
    findings += told(remarks, cells, spec.name, sheet)
    if spec.type == "integer":
        broken = _positions(np.isfinite(values) & (values != np.round(values)))
        for position in broken:
            values[position] = np.nan
            findings.append(_problem("park.number.whole", cells, spec.name, sheet, position))
    return values


def told(
    remarks: Mapping[int, Reading], cells: np.ndarray, column: str, sheet: Sheet
) -> Iterator[Finding]:
    """Findings for what was mended or refused; many mends of one kind are told together."""
    fixes: dict[tuple[str, str], list[int]] = {}
    for position, reading in remarks.items():
        if reading.problem:
            yield _problem(reading.problem, cells, column, sheet, position)
        else:
            fixes.setdefault((reading.fixed, str(sheet["_file"][position])), []).append(position)
    for (code, file), positions in fixes.items():
        for position in positions[:MOST_FIXES_TOLD]:
            more = len(positions) - MOST_FIXES_TOLD
            last = position == positions[MOST_FIXES_TOLD - 1] if more > 0 else False
            values = {"more": f" (+{more})" if last else ""}
            row = int(sheet["_row"][position])
            yield Finding(code, "fixed", file, row, column, str(cells[position]), values)


def _problem(
    code: str, cells: np.ndarray, column: str, sheet: Sheet, position: int, **values: object
) -> Finding:
    file, row = at(sheet, position)
    return Finding(code, "problem", file, row, column, str(cells[position]), values)


def _profile(
    cells: np.ndarray, name: str, sheet: Sheet, findings: list[Finding], thousands: bool
) -> np.ndarray:
    values, remarks = read_column(cells, thousands=thousands)
    findings += told(remarks, cells, name, sheet)
    for position in _positions(np.isnan(values)):
        if position not in remarks:
            findings.append(_problem("park.blank.profile", cells, name, sheet, position))
    return values


def _flags(cells: np.ndarray, spec: Column, sheet: Sheet, findings: list[Finding]) -> np.ndarray:
    values = np.full(len(cells), np.nan)
    for position, cell in enumerate(cells.tolist()):
        lower = cell.lower()
        if lower in TRUE or lower in FALSE:
            values[position] = float(lower in TRUE)
        elif cell:
            findings.append(_problem("park.flag", cells, spec.name, sheet, position))
    return values


def _texts(cells: np.ndarray, spec: Column, sheet: Sheet, findings: list[Finding]) -> np.ndarray:
    if spec.type == "choice":
        return _chosen(cells, spec, sheet, findings)
    if spec.type == "years":
        findings += [
            _problem("park.years", cells, spec.name, sheet, position)
            for position in _positions(cells != "")
            if not YEARS.fullmatch(cells[position])
        ]
    if spec.type in {"list", "years"}:
        return _objects([cell.replace("；", ";") for cell in cells.tolist()])
    return cells


def _chosen(cells: np.ndarray, spec: Column, sheet: Sheet, findings: list[Finding]) -> np.ndarray:
    allowed = {*spec.choices, ""}
    if set(cells.tolist()) <= allowed:
        return cells
    chosen = cells.copy()
    for position, cell in enumerate(cells.tolist()):
        if cell in allowed:
            continue
        if SIGNS.get(cell) in allowed:
            chosen[position] = SIGNS[cell]
            file, row = at(sheet, position)
            values = {"read": SIGNS[cell]}
            findings.append(
                Finding("park.choice.sign", "fixed", file, row, spec.name, cell, values)
            )
            continue
        near = difflib.get_close_matches(cell.lower(), spec.choices, n=1, cutoff=0.6)
        values = {"choices": ", ".join(spec.choices), "near": near[0] if near else ""}
        code = "park.choice.near" if near else "park.choice.unknown"
        findings.append(_problem(code, cells, spec.name, sheet, position, **values))
        chosen[position] = ""
    return chosen


def _positions(mask: np.ndarray) -> list[int]:
    return [int(position) for position in np.flatnonzero(mask)]


def _objects(values: list[str]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def blanks(columns: Columns, sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Required cells that are blank; a required column that is missing is told once."""
    rows = size(sheet)
    for spec in table.columns.values():
        if not spec.required or not rows:
            continue
        cells = sheet.get(spec.name)
        if cells is None:
            file = str(sheet["_file"][0])
            yield Finding("park.blank.column", "problem", file, None, spec.name)
            continue
        for position in _positions(cells == ""):
            yield _problem("park.blank.cell", cells, spec.name, sheet, position)


def out_of_range(columns: Columns, sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Numbers outside the range that the column declares."""
    if not size(sheet):
        return
    reach = extremes(columns)
    for spec in table.columns.values():
        if spec.type not in {"number", "integer"}:
            continue
        values, (least, most) = columns[spec.name], reach[spec.name]
        if not (least < spec.low or most > spec.high or spec.choices):
            continue
        outside = (values < spec.low) | (values > spec.high)
        if spec.choices:
            outside |= ~np.isnan(values) & ~np.isin(values, [float(c) for c in spec.choices])
        for position in _positions(outside):
            bounds = {"low": f"{spec.low:g}", "high": f"{spec.high:g}", "unit": spec.unit}
            if spec.choices:
                bounds = {"low": spec.choices[0], "high": spec.choices[-1], "unit": ""}
            cells = sheet[spec.name]
            yield _problem("park.number.range", cells, spec.name, sheet, position, **bounds)


def blank_columns(table: Table) -> Columns:
    """A table without rows, typed."""
    columns = {spec.name: _blank(spec, 0) for spec in table.columns.values()}
    for name in (*ANYWHERE, *PROVENANCE):
        columns[name] = np.empty(0, dtype=np.int64 if name == "_row" else object)
    return columns
