"""What every check needs: tables and cells that may be missing, and findings in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd

from circularpark.errors import Finding, Severity
from circularpark.park.resolve import formula_value

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

Text = pd.Series
Number = pd.Series
Mask = pd.Series

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
# What has been made of a table while the checks run: (table, what) -> the table, and it.
_MADE: ContextVar[dict[tuple[int, str], tuple[object, Any]] | None] = ContextVar(
    "made", default=None
)


@contextmanager
def remembered() -> Iterator[None]:
    """Within this, what one check makes of the tables the next one takes; none may change it."""
    token = _MADE.set({})
    try:
        yield
    finally:
        _MADE.reset(token)


def once(of: object, what: str, make: Callable[[], Made]) -> Made:
    """What ``make`` makes of a table or a draft, made once while the checks run."""
    known = _MADE.get()
    if known is None:
        return make()
    # The object is kept beside it, so that no other one can take its identity.
    found = known.get((id(of), what))
    if found is None:
        found = known[id(of), what] = of, make()
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


def text(frame: pd.DataFrame, column: str) -> Text:
    """A column as text without surrounding space; "" where it is blank or missing."""
    return once(frame, f"text {column}", lambda: _text(frame, column))


def _text(frame: pd.DataFrame, column: str) -> Text:
    if column not in frame.columns:
        cells = np.full(len(frame), "", dtype=object)
    else:
        given = frame[column].tolist()
        cells = np.empty(len(given), dtype=object)
        cells[:] = [c.strip() if type(c) is str else _as_text(c) for c in given]
    return _fixed(cells, frame)


def _fixed(values: np.ndarray, frame: pd.DataFrame) -> pd.Series:
    """Values beside the rows of a table, which nobody can change."""
    values.flags.writeable = False
    return pd.Series(values, index=frame.index, dtype=values.dtype, copy=False)


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
    if column not in frame.columns:
        return _fixed(np.full(len(frame), np.nan), frame)
    given = frame[column]
    if given.dtype == np.float64:
        return given
    return _fixed(pd.to_numeric(given, errors="coerce").to_numpy("float64", copy=True), frame)


def figures(frame: pd.DataFrame, column: str) -> np.ndarray:
    """The same as a bare array, for checks that look at many columns."""
    found = floats(frame).get(column)
    return number(frame, column).to_numpy() if found is None else found


def floats(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """All columns of numbers, by name."""
    return once(frame, "floats", lambda: _floats(frame))


def _floats(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    return {str(n): c.to_numpy() for n, c in frame.items() if c.dtype == np.float64}


def written(numbers: Number, form: str = "{:.6g}") -> Text:
    """Numbers as a reader sees them."""
    return pd.Series([form.format(v) for v in numbers], index=numbers.index, dtype=object)


def real_rates(draft: Draft) -> Number:
    """The rates of the recipes with their formulas; NaN where a formula gives no number."""
    frame = rows_of(draft, "recipes")
    rates = number(frame, "rate").copy()
    for index in frame.index[(text(frame, "formula") != "").to_numpy(dtype=bool)]:
        try:
            rates[index] *= formula_value(frame.loc[index], draft.formulas)
        except (TypeError, ValueError, KeyError, ArithmeticError):
            rates[index] = np.nan
    return rates


def flag(frame: pd.DataFrame, column: str) -> Mask:
    """A column as yes or no; blank is no."""
    return once(
        frame, f"flag {column}", lambda: _fixed(_yes(text(frame, column).to_numpy()), frame)
    )


def _yes(cells: np.ndarray) -> np.ndarray:
    return np.array([cell.lower() in _SAID_YES for cell in cells.tolist()], dtype=bool)


_SAID_YES: Final = frozenset({"true", "1", "yes", "y", "是", "1.0"})


def listed(cell: str) -> list[str]:
    """The parts of a cell that may hold several names: ``a;b``."""
    return [part.strip() for part in cell.replace("；", ";").split(";") if part.strip()]


def found(
    frame: pd.DataFrame,
    where: Mask | np.ndarray,
    code: str,
    column: str | None = None,
    severity: Severity = "problem",
    **values: object,
) -> Iterator[Finding]:
    """One finding for each row that ``where`` marks; a Series in ``values`` gives its own row's."""
    marked = np.asarray(where, dtype=bool)
    for index in frame.index[marked] if marked.any() else ():
        filled = {key: _shown(_at(value, index)) for key, value in values.items()}
        yield finding_at(frame, index, code, column, severity, filled)


def finding_at(
    frame: pd.DataFrame,
    index: Any,
    code: str,
    column: str | None = None,
    severity: Severity = "problem",
    values: Mapping[str, object] | None = None,
) -> Finding:
    """A finding at one row of a table; its value is what stands in the cell."""
    row = frame.loc[index]
    number_of_row = row.get("_row")
    known = isinstance(number_of_row, (int, float, np.integer)) and not pd.isna(number_of_row)
    return Finding(
        code=code,
        severity=severity,
        file=str(row.get("_file", "")),
        row=int(number_of_row) if known else None,
        column=column,
        value=_cell_text(row, column),
        values={"id": _as_text(row.get("id", "")), **(values or {})},
    )


def _cell_text(row: pd.Series, column: str | None) -> str | None:
    if column is None or column not in row.index:
        return None
    cell = row[column]
    if column in {"amount", "today", "load"} and isinstance(cell, float):
        # The reader has converted these to the commodity's unit; show what the file says.
        factor = row.get("_unit_factor", 1.0)
        if isinstance(factor, float) and np.isfinite(factor) and factor > 0:
            cell = cell / factor
    return _as_text(cell)


def _at(value: object, index: Any) -> object:
    return value.loc[index] if isinstance(value, pd.Series) else value


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
    return set(text(rows_of(draft, "processes"), "technology")) - {""}


def profile_names(draft: Draft) -> set[str]:
    """Names of the profile columns."""
    frame = rows_of(draft, "profiles")
    return {c for c in frame.columns if c != "period" and not c.startswith("_")} - NOT_PROFILES


# Columns that may stand in any table, so they are no profile either.
NOT_PROFILES: Final[frozenset[str]] = frozenset({"source", "confidence", "note"})
