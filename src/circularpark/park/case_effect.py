"""What a change of a case did: nothing at all, or which cells it left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from circularpark.park.numerals import read_number
from circularpark.park.schema import PROVENANCE
from circularpark.park.sheets import Sheet, size

if TYPE_CHECKING:
    from circularpark.park.folder import Files


def snapshot(files: Files, table: str) -> tuple[Mapping[str, Any], Sheet]:
    """A table and a section of the settings as they are now; changes replace, they never write."""
    return dict(files.toml.get(table, {})), dict(files.sheets.get(table, {}))


def changed_cells(
    files: Files, table: str, before: tuple[Mapping[str, Any], Sheet]
) -> set[tuple[str, int | None, str | None]] | None:
    """The places of the cells that differ; none of them where rows came or went.

    Returns
    -------
    set of (file, row, column), or None where nothing differs: numbers count by their value
    """
    section, sheet = before
    now = files.sheets.get(table, {})
    if section != files.toml.get(table, {}):
        return set()
    if not now:
        return None
    if size(sheet) != size(now):
        return set()
    places = {
        (str(now["_file"][row]), int(now["_row"][row]), column)
        for column in now
        if column not in PROVENANCE and sheet.get(column) is not now[column]
        for row in _different(sheet.get(column), now[column])
    }
    return set(places) or None


def _different(before: np.ndarray | None, after: np.ndarray) -> Iterator[int]:
    """Rows whose cells say something else."""
    old = np.full(len(after), "", dtype=object) if before is None else before
    for row in np.flatnonzero(old != after).tolist():
        one, two = (read_number(str(cells[row])).value for cells in (old, after))
        # A text that is no number is nan, which no other equals.
        if one != two:
            yield row
