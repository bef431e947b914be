"""The header row of a table: which column is which, and what is wrong with the others."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from circularpark.errors import Finding
from circularpark.park import units
from circularpark.park.schema import Column, Table

NUMBERED: Final = re.compile(r"(.+?)\.\d+")
WITH_UNIT: Final = re.compile(r"(.+?)\s*[\[(（【]\s*([^\])）】]+?)\s*[\])）】]")
# How alike two names must be to be the same one misspelt, and to be worth a hint.
RENAMED: Final = 0.8
SIMILAR: Final = 0.6
DEEPEST_HEADER: Final = 6
TEMPERATURES: Final = {"degC": "degC", "°C": "degC", "℃": "degC", "C": "degC", "K": "K"}


@dataclass
class Header:
    """Where the columns stand: position -> name; the units that the header itself states."""

    positions: dict[int, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_header(
    cells: Sequence[str], table: Table, measures: Collection[str], file: str, row: int
) -> Header:
    """Match the header's cells with the table's columns; every oddity becomes a finding."""
    header = Header()
    known = {*table.names, *(measures if table.factors else ())}
    plain = [_plain(cell) for cell in cells]
    present = {name for name in plain if name in known}
    for position, (cell, name) in enumerate(zip(cells, plain, strict=True)):
        if not name:
            continue
        if name not in known:
            name = _with_unit(name, known, table, header, file, row) or name
        if name in header.positions.values():
            header.findings.append(_problem("duplicate", file, row, name, cell))
        elif name in known or (table.free_columns and not name.startswith("_")):
            header.positions[position] = name
        else:
            header.findings.append(_stranger(cell, name, known, present, table, file, row))
    return header


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().strip("'\"")


def _problem(code: str, file: str, row: int, column: str, value: str, **more: object) -> Finding:
    return Finding(f"park.header.{code}", "problem", file, row, column, value, more)


def _stranger(
    cell: str, name: str, known: set[str], present: set[str], table: Table, file: str, row: int
) -> Finding:
    """An unknown column: a problem where a known one is meant, else a warning."""
    numbered = NUMBERED.fullmatch(name)
    if numbered and numbered[1] in known:
        return _problem("duplicate", file, row, numbered[1], cell)
    loose = {_loose(k): k for k in known}
    if _loose(name) in loose:
        return _problem("renamed", file, row, name, cell, near=loose[_loose(name)])
    absent = [k for k in known - present if k in table.columns]
    if meant := difflib.get_close_matches(name, absent, n=1, cutoff=RENAMED):
        return _problem("renamed", file, row, name, cell, near=meant[0])
    if name.lower().endswith("unit"):
        return Finding("park.header.unit_unused", "warning", file, row, name, cell)
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=SIMILAR)
    values = {"near": near[0] if near else "", "known": ", ".join(table.columns)}
    code = "unknown_near" if near else "unknown"
    return Finding(f"park.header.{code}", "warning", file, row, name, cell, values)


def _loose(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _with_unit(
    name: str, known: set[str], table: Table, header: Header, file: str, row: int
) -> str | None:
    """The column of a header like ``amount [t/h]``; its unit is used or refused, never dropped."""
    match = WITH_UNIT.fullmatch(name)
    if match is None or match[1] not in known:
        return None
    column, unit = match[1], match[2]
    spec = table.columns.get(column)
    if spec is not None and _says_the_same(spec, unit):
        header.findings.append(Finding("park.header.unit_read", "fixed", file, row, column, name))
    elif spec is not None and spec.unit == "stated":
        header.units[column] = unit
        header.findings.append(Finding("park.header.unit_read", "fixed", file, row, column, name))
    else:
        wanted = spec.unit if spec is not None else ""
        temperatures = {TEMPERATURES.get(unit), TEMPERATURES.get(wanted)}
        code = "temperature_unit" if temperatures == {"degC", "K"} else "unit_wrong"
        header.findings.append(_problem(code, file, row, column, name, unit=unit, wanted=wanted))
    return column


def _says_the_same(spec: Column, unit: str) -> bool:
    """Whether a unit in the header is the column's declared one, so that nothing changes."""
    if spec.unit in TEMPERATURES:
        return TEMPERATURES.get(unit) == spec.unit
    try:
        return bool(spec.unit) and units.factor(unit, spec.unit).factor == 1.0
    except units.UnitError:
        return unit == spec.unit


def find_header(
    rows: Sequence[Sequence[str]], table: Table, measures: Collection[str], file: str
) -> tuple[int, list[Finding]]:
    """Where the header stands: its index, -1 where there is none; a displaced one is a problem.

    Rows whose first cell starts with ``#`` are remarks, like the three further header rows of
    the template (meaning in Chinese, in English, unit).
    """
    known = {*table.names, *(measures if table.factors else ())}
    scores = [sum(1 for cell in row if _bare(cell) in known) for row in rows[:DEEPEST_HEADER]]
    first = next((i for i, row in enumerate(rows) if not is_remark(row)), -1)
    if first < 0:
        return -1, []
    if first < len(scores) and not table.free_columns:
        best = max(range(len(scores)), key=scores.__getitem__)
        if best > first and scores[best] >= 2 and scores[first] <= scores[best] // 2:
            values = {"header": best + 1}
            return best, [
                Finding("park.header.displaced", "problem", file, best + 1, values=values)
            ]
    return first, []


def _bare(cell: str) -> str:
    name = _plain(cell)
    match = WITH_UNIT.fullmatch(name)
    return match[1] if match else name


def is_remark(row: Sequence[str]) -> bool:
    """Whether the row is blank or a remark that starts with ``#``."""
    return row[0].startswith("#") if row and row[0] else not any(row)


def second_header(
    row: Sequence[str], header: Header, table: Table, file: str, number: int
) -> Iterator[Finding]:
    """A second header row right under the first: units or names where numbers belong."""
    words = [
        row[position]
        for position, name in header.positions.items()
        if position < len(row) and row[position] and _is_number(table, name)
    ]
    if len(words) >= 2 and not any(any(s.isdigit() for s in _no_powers(w)) for w in words):
        shown = ", ".join(words[:4])
        yield Finding("park.header.second", "problem", file, number, value=shown)


def _is_number(table: Table, name: str) -> bool:
    spec = table.columns.get(name)
    return spec is not None and spec.type in {"number", "integer"}


def _no_powers(word: str) -> str:
    """The word without the digits that belong to a unit's name (m3, CO2, m2)."""
    return re.sub(r"(?<=[A-Za-z])[23]", "", word)
