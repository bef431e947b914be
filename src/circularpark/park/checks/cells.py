"""What every check needs: tables and cells that may be missing, and findings in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

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
    if column not in frame.columns:
        return pd.Series([""] * len(frame), index=frame.index, dtype=object)
    return pd.Series([_as_text(cell) for cell in frame[column]], index=frame.index, dtype=object)


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
    if column not in frame.columns:
        return pd.Series(np.full(len(frame), np.nan), index=frame.index)
    return pd.to_numeric(frame[column], errors="coerce").astype("float64")


def written(numbers: Number, form: str = "{:.6g}") -> Text:
    """Numbers as a reader sees them."""
    return pd.Series([form.format(v) for v in numbers], index=numbers.index, dtype=object)


def real_rates(draft: Draft) -> Number:
    """The rates of the recipes with their formulas; NaN where a formula gives no number."""
    frame = rows_of(draft, "recipes")
    rates = number(frame, "rate")
    for index in frame.index[(text(frame, "formula") != "").to_numpy(dtype=bool)]:
        try:
            rates[index] *= formula_value(frame.loc[index], draft.formulas)
        except (TypeError, ValueError, KeyError, ArithmeticError):
            rates[index] = np.nan
    return rates


def flag(frame: pd.DataFrame, column: str) -> Mask:
    """A column as yes or no; blank is no."""
    return text(frame, column).str.lower().isin({"true", "1", "yes", "y", "是", "1.0"})


def listed(cell: str) -> list[str]:
    """The parts of a cell that may hold several names: ``a;b``."""
    return [part.strip() for part in cell.replace("；", ";").split(";") if part.strip()]


def found(
    frame: pd.DataFrame,
    where: Mask,
    code: str,
    column: str | None = None,
    severity: Severity = "problem",
    **values: object,
) -> Iterator[Finding]:
    """One finding for each row that ``where`` marks; a Series in ``values`` gives its own row's."""
    for index in frame.index[where.to_numpy(dtype=bool)]:
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
