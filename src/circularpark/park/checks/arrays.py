"""What checks do with a column's cells as an array; nothing here knows of tables or findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

# One cell a row of a table: stripped text ("" blank), numbers (NaN blank), yes or no.
Text = np.ndarray
Number = np.ndarray
Mask = np.ndarray


def blank(numbers: Number) -> Mask:
    """Where there is no number."""
    nowhere: Mask = np.isnan(numbers)
    return nowhere


def among(cells: np.ndarray, names: Collection[object]) -> Mask:
    """Which cells are one of the names."""
    return np.array([cell in names for cell in cells.tolist()], dtype=bool)


def looked_up(cells: Text, values: Mapping[str, Any], missing: Any = np.nan) -> np.ndarray:
    """The value of each cell: numbers (NaN where there is none), or text for a missing text."""
    kind = object if isinstance(missing, str) else np.float64
    found = np.empty(len(cells), dtype=kind)
    found[:] = [values.get(cell, missing) for cell in cells.tolist()]
    return found


def beside(rows: np.ndarray, values: np.ndarray, missing: object) -> np.ndarray:
    """The values at these rows of a table, ``missing`` for the row -1."""
    # What is missing stands behind the last row.
    longer = np.append(values, np.array([missing], dtype=values.dtype))
    found: np.ndarray = longer[rows]
    return found


def repeated(*columns: np.ndarray) -> Mask:
    """Which rows say in all of these columns what an earlier row says."""
    seen: set[tuple[object, ...]] = set()
    found = []
    for row in zip(*(column.tolist() for column in columns), strict=True):
        # A blank number is like another one.
        key = tuple(None if cell != cell else cell for cell in row)
        found.append(key in seen)
        seen.add(key)
    return np.array(found, dtype=bool)


def of_group(
    values: np.ndarray, keys: Sequence[np.ndarray], make: Callable[[np.ndarray], Any]
) -> np.ndarray:
    """What ``make`` makes of the values of all rows with a row's keys, beside each row."""
    rows: dict[tuple[object, ...], list[int]] = {}
    for row, key in enumerate(zip(*(column.tolist() for column in keys), strict=True)):
        rows.setdefault(key, []).append(row)
    made: list[Any] = [None] * len(values)
    for own in rows.values():
        one = make(values[own])
        for row in own:
            made[row] = one
    found = np.empty(len(values), dtype=object if values.dtype == object else np.float64)
    found[:] = made
    return found


def each(values: np.ndarray, make: Callable[[Any], object]) -> np.ndarray:
    """What ``make`` makes of each value, as objects."""
    made = np.empty(len(values), dtype=object)
    made[:] = [make(value) for value in values.tolist()]
    return made


def first_given(numbers: Number) -> float:
    """The first number that is not blank."""
    given = numbers[~np.isnan(numbers)]
    return float(given[0]) if len(given) else float("nan")


def written(numbers: Number, form: str = "{:.6g}") -> Text:
    """Numbers as a reader sees them."""
    return each(numbers, form.format)
