"""What a case changes: table, row, column, from, to, as the cells stand in the park's tables.

Compared are the cells as text, after the catalogue has filled them, so that a change that only
writes what was there already is none. A row is named by its table's key; rows of the same key
by their order. A row that comes or goes is one entry, without column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from circularpark.park.folder import Files
from circularpark.park.numerals import read_number
from circularpark.park.schema import ANYWHERE, PROVENANCE, tables
from circularpark.park.settings import flatten
from circularpark.park.sheets import Sheet, size

SETTINGS = "park.toml"
COLUMNS = ("table", "row", "column", "from", "to", "change")
_ASIDE = frozenset({*PROVENANCE, *ANYWHERE})


@dataclass(frozen=True)
class Difference:
    """One difference; ``change`` is ``cell``, ``new`` (row) or ``gone`` (row).

    before, after : the cells' texts or the settings' values; numbers as numbers, blank as None
    """

    table: str
    row: str
    column: str | None
    before: Any
    after: Any
    change: str

    def as_dict(self) -> dict[str, Any]:
        """The difference as the JSON contract writes it."""
        values = (self.table, self.row, self.column, self.before, self.after, self.change)
        return dict(zip(COLUMNS, values, strict=True))


def differences(before: Files, after: Files) -> list[Difference]:
    """Every difference between two parks' tables and settings; sources and notes are none."""
    found = list(_of_settings(before.toml, after.toml))
    for name in before.sheets:
        found += _of_table(name, before.sheets[name], after.sheets[name])
    return found


def as_frame(found: list[Difference]) -> pd.DataFrame:
    """The differences as a table: table, row, column, from, to, change."""
    return pd.DataFrame([d.as_dict() for d in found], columns=list(COLUMNS))


def _of_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = flatten(before), flatten(after)
    for key in [*old, *(k for k in new if k not in old)]:
        if old.get(key) != new.get(key):
            section, _, name = str(key).rpartition(".")
            yield Difference(SETTINGS, section, name, old.get(key), new.get(key), "cell")


def _of_table(name: str, before: Sheet, after: Sheet) -> Iterator[Difference]:
    columns = [c for c in dict.fromkeys([*before, *after]) if c not in _ASIDE]
    if size(before) == size(after) and all(
        np.array_equal(_cells(before, c), _cells(after, c)) for c in columns
    ):
        return
    old, new = _names(name, before), _names(name, after)
    place = pd.Index(old).get_indexer(pd.Index(new))
    for row in np.flatnonzero(place < 0):
        yield Difference(name, new[row].name, None, None, _said(after, columns, int(row)), "new")
    gone = pd.Index(new).get_indexer(pd.Index(old)) < 0
    for row in np.flatnonzero(gone):
        yield Difference(name, old[row].name, None, _said(before, columns, int(row)), None, "gone")
    here = np.flatnonzero(place >= 0)
    for column in columns:
        was, now = _cells(before, column)[place[here]], _cells(after, column)[here]
        for which in np.flatnonzero(was != now):
            one, two = _value(was[which]), _value(now[which])
            if one != two:
                row = new[here[which]].name
                yield Difference(name, row, column, one, two, "cell")


@dataclass(frozen=True)
class _Row:
    """A row's key as it is shown, and which of the rows of this key it is."""

    name: str
    count: int


def _names(table: str, sheet: Sheet) -> np.ndarray:
    """The names of the rows, (size,); a table without key names them by number."""
    key = [c for c in tables()[table].key if c in sheet]
    if key:
        parts = [_cells(sheet, column).astype(str) for column in key]
        shown = np.array(["/".join(p for p in cells if p) for cells in zip(*parts, strict=True)])
    else:
        shown = np.array([str(i + 1) for i in range(size(sheet))])
    count = pd.Series(shown).groupby(shown).cumcount().to_numpy() if len(shown) else shown
    found = np.empty(len(shown), dtype=object)
    found[:] = [_Row(str(name), int(number)) for name, number in zip(shown, count, strict=True)]
    return found


def _cells(sheet: Sheet, column: str) -> np.ndarray:
    cells = sheet.get(column)
    return np.full(size(sheet), "", dtype=object) if cells is None else cells


def _said(sheet: Sheet, columns: list[str], row: int) -> dict[str, Any]:
    """The cells of a row that are filled."""
    return {c: _value(_cells(sheet, c)[row]) for c in columns if _cells(sheet, c)[row] != ""}


def _value(cell: object) -> Any:
    """A cell as a number where it is one, None where it is blank."""
    text = str(cell)
    if not text:
        return None
    number = read_number(text).value
    return text if np.isnan(number) else number
