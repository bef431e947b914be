"""What every check needs: tables and cells that may be missing, and findings in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd

from circularpark.errors import Finding, Severity
from circularpark.park.checks.arrays import Mask, Number, Text
from circularpark.park.columns import Arrays, extremes
from circularpark.park.resolve import formula_value

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

# The tables whose rows are things that flow or stand: one id names one of them in the whole park.
THINGS: Final[tuple[str, ...]] = (
    "streams",
    "demands",
    "markets",
    "processes",
    "storages",
    "links",
    "operations",
)


Made = TypeVar("Made")


@dataclass
class _Memory:
    """What has been made of tables while the checks run, by the table and what it is."""

    arrays: Arrays
    made: dict[tuple[int, str], tuple[object, Any]]


_MEMORY: ContextVar[_Memory | None] = ContextVar("memory", default=None)


@contextmanager
def remembered(draft: Draft) -> Iterator[None]:
    """Within this, what one check makes of the tables the next one takes; none may change it."""
    token = _MEMORY.set(_Memory(draft.arrays, {}))
    try:
        yield
    finally:
        _MEMORY.reset(token)


def once(of: object, what: str, make: Callable[[], Made]) -> Made:
    """What ``make`` makes of a table or a draft, made once while the checks run."""
    memory = _MEMORY.get()
    if memory is None:
        return make()
    # The object is kept beside it, so that no other one can take its identity.
    found = memory.made.get((id(of), what))
    if found is None:
        found = memory.made[id(of), what] = of, make()
    made: Made = found[1]
    return made


def rows_of(draft: Draft, table: str) -> pd.DataFrame:
    """The rows of ``table`` with a plain index; no rows where the draft has no such table."""
    frame: pd.DataFrame | None = draft.raw.get(table)
    if frame is None:
        return pd.DataFrame()
    index = frame.index
    plain = isinstance(index, pd.RangeIndex) and (index.start, index.step) == (0, 1)
    return frame if plain else frame.reset_index(drop=True)


def filled(draft: Draft, tables: Iterable[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Those of the tables that have rows, by name: the others give a check nothing to look at."""
    for table in tables:
        frame = rows_of(draft, table)
        if len(frame):
            yield table, frame


def columns_of(frame: pd.DataFrame) -> Mapping[str, np.ndarray]:
    """The columns of a table as arrays."""
    memory = _MEMORY.get()
    arrays = Arrays() if memory is None else memory.arrays
    return once(frame, "columns", lambda: arrays.of(frame))


def text(frame: pd.DataFrame, column: str) -> Text:
    """A column as text without surrounding space; "" where it is blank or missing."""
    return once(frame, f"text {column}", lambda: _text(frame, column))


def _text(frame: pd.DataFrame, column: str) -> Text:
    given = columns_of(frame).get(column)
    cells = np.empty(len(frame), dtype=object)
    if given is None:
        cells[:] = ""
    else:
        cells[:] = [c.strip() if type(c) is str else _as_text(c) for c in given.tolist()]
    return _fixed(cells)


def _fixed(values: np.ndarray) -> np.ndarray:
    """Values that nobody can change."""
    values.flags.writeable = False
    return values


def _as_text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
        return ""
    if isinstance(cell, (list, tuple)):
        return ";".join(str(part) for part in cell)
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return str(cell).strip()


def number(frame: pd.DataFrame, column: str) -> Number:
    """A column as float64; NaN where it is blank, missing or no number."""
    return once(frame, f"number {column}", lambda: _number(frame, column))


def _number(frame: pd.DataFrame, column: str) -> Number:
    given = columns_of(frame).get(column)
    if given is None:
        return _fixed(np.full(len(frame), np.nan))
    if given.dtype == np.float64:
        return _fixed(given.view())
    return _fixed(_coerced(given))


def _coerced(cells: np.ndarray) -> Number:
    numbers = pd.to_numeric(pd.Series(cells, dtype=cells.dtype), errors="coerce")
    return np.array(numbers, dtype=np.float64)


def reach(frame: pd.DataFrame) -> Mapping[str, tuple[float, float]]:
    """The smallest and the largest number of each column of numbers; NaN where it is blank."""
    return once(frame, "reach", lambda: extremes(columns_of(frame)))


def least(frame: pd.DataFrame, column: str) -> float:
    """The smallest number of a column; NaN where it is blank or missing."""
    return reach(frame).get(column, (np.nan, np.nan))[0]


def most(frame: pd.DataFrame, column: str) -> float:
    """The largest number of a column; NaN where it is blank or missing."""
    return reach(frame).get(column, (np.nan, np.nan))[1]


def commodity_rows(draft: Draft, goods: Text) -> np.ndarray:
    """The row of each commodity, -1 for one that is not there; the first counts of several."""
    commodities = rows_of(draft, "commodities")
    place = by_id(commodities, np.arange(len(commodities)))
    place.pop("", None)
    return np.array([place.get(name, -1) for name in goods.tolist()], dtype=np.int64)


def by_id(frame: pd.DataFrame, values: np.ndarray) -> dict[str, Any]:
    """The value of each id of a table; the first row counts where an id stands twice."""
    found: dict[str, Any] = {}
    for name, value in zip(text(frame, "id").tolist(), values.tolist(), strict=True):
        found.setdefault(name, value)
    return found


def real_rates(draft: Draft) -> Number:
    """The rates of the recipes with their formulas; NaN where a formula gives no number."""
    frame = rows_of(draft, "recipes")
    rates = number(frame, "rate").copy()
    for row in np.flatnonzero(text(frame, "formula") != "").tolist():
        try:
            rates[row] *= formula_value(frame.iloc[row], draft.formulas)
        except (TypeError, ValueError, KeyError, ArithmeticError):
            rates[row] = np.nan
    return rates


def flag(frame: pd.DataFrame, column: str) -> Mask:
    """A column as yes or no; blank is no."""
    return once(frame, f"flag {column}", lambda: _flag(frame, column))


def _flag(frame: pd.DataFrame, column: str) -> Mask:
    given = columns_of(frame).get(column)
    if given is not None and given.dtype == np.float64:
        return _fixed(given == 1.0)
    said = [cell.lower() in _SAID_YES for cell in text(frame, column).tolist()]
    return _fixed(np.array(said, dtype=bool))


_SAID_YES: Final = frozenset({"true", "1", "yes", "y", "是", "1.0"})


def found(
    frame: pd.DataFrame,
    where: Mask,
    code: str,
    column: str | None = None,
    severity: Severity = "problem",
    **values: object,
) -> Iterator[Finding]:
    """One finding for each row that ``where`` marks; an array in ``values`` gives its own row's."""
    if not where.any():
        return
    for row in np.flatnonzero(where).tolist():
        told = {key: _shown(_at(value, row)) for key, value in values.items()}
        yield finding_at(frame, row, code, column, severity, told)


def finding_at(
    frame: pd.DataFrame,
    row: int,
    code: str,
    column: str | None = None,
    severity: Severity = "problem",
    values: Mapping[str, object] | None = None,
) -> Finding:
    """A finding at one row of a table; its value is what stands in the cell."""
    cells = {name: values[row] for name, values in columns_of(frame).items()}
    number_of_row = cells.get("_row")
    known = isinstance(number_of_row, (int, float, np.integer)) and not np.isnan(number_of_row)
    return Finding(
        code=code,
        severity=severity,
        file=str(cells.get("_file", "")),
        row=int(cells["_row"]) if known else None,
        column=column,
        value=_cell_text(cells, column),
        values={"id": _as_text(cells.get("id", "")), **(values or {})},
    )


def _cell_text(row: Mapping[str, Any], column: str | None) -> str | None:
    if column is None or column not in row:
        return None
    cell = row[column]
    if column in {"amount", "today", "load"} and isinstance(cell, float):
        # The reader has converted these to the commodity's unit; show what the file says.
        factor = row.get("_unit_factor", 1.0)
        if isinstance(factor, float) and np.isfinite(factor) and factor > 0:
            cell = cell / factor
    return _as_text(cell)


def _at(value: object, row: int) -> object:
    return value[row] if isinstance(value, np.ndarray) else value


def _shown(value: object) -> object:
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    return value


def first_row(draft: Draft, table: str) -> tuple[str, int | None]:
    """File and first row of a table, for findings about the table as a whole."""
    frame = rows_of(draft, table)
    if frame.empty or "_file" not in frame.columns:
        return f"{table}.csv", None
    return str(frame["_file"].iloc[0]), None


def used_technologies(draft: Draft) -> set[str]:
    """Technologies that some process names; the others change no answer."""
    return set(text(rows_of(draft, "processes"), "technology").tolist()) - {""}


def profile_names(draft: Draft) -> set[str]:
    """Names of the profile columns."""
    names = columns_of(rows_of(draft, "profiles"))
    return {c for c in names if c != "period" and not c.startswith("_")} - NOT_PROFILES


# Columns that may stand in any table, so they are no profile either.
NOT_PROFILES: Final[frozenset[str]] = frozenset({"source", "confidence", "note"})
