"""Measures of things: columns named like a measure, dated factors, scopes, and their expansion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.columns import Columns
from circularpark.park.numerals import read_column
from circularpark.park.schema import ANYWHERE, tables
from circularpark.park.sheets import Sheet
from circularpark.park.typed import at, blank_columns, told

# The scope in which a thing's measures count unless its row says otherwise.
SCOPES: Final[Mapping[str, float]] = {
    "markets": 3,
    "streams": 3,
    "links": 3,
    "demands": 3,
    "operations": 3,
    "transports": 3,
    "processes": 1,
    "storages": 1,
    "technologies": 1,
    "commodities": 1,
}


def measure_columns(name: str, sheet: Sheet, measures: Mapping[str, str]) -> list[str]:
    """The columns of a table that are named like a measure and that it does not list itself."""
    table = tables()[name]
    if not table.factors or "id" not in sheet:
        return []
    return [m for m in measures if m in sheet and m not in table.columns]


def gather_factors(
    sheets: Mapping[str, Sheet], factors: Columns, measures: Mapping[str, str], *, thousands: bool
) -> tuple[Columns, list[Finding]]:
    """The rows of factors, with those that stand as measure columns in other tables.

    One item with both a row and a column of the same measure is a problem.
    """
    findings: list[Finding] = []
    parts: list[dict[str, object]] = []
    given = set(zip(factors["table"], factors["item"], factors["measure"], strict=True))
    for name, sheet in sheets.items():
        for measure in measure_columns(name, sheet, measures):
            values, remarks = read_column(sheet[measure], thousands=thousands)
            findings += told(remarks, sheet[measure], measure, sheet)
            seen: dict[str, float] = {}
            for position in np.flatnonzero(~np.isnan(values)).tolist():
                item, value = str(sheet["id"][position]), float(values[position])
                file, row = at(sheet, position)
                twice = (name, item, measure) in given or seen.get(item, value) != value
                if twice:
                    values_told = {"item": item, "measure": measure}
                    findings.append(
                        Finding(
                            "park.factor.twice",
                            "problem",
                            file,
                            row,
                            measure,
                            str(sheet[measure][position]),
                            values_told,
                        )
                    )
                elif item not in seen:
                    parts.append(_row(name, item, measure, value, sheet, position))
                seen[item] = value
    return _appended(factors, parts), findings


def _row(
    name: str, item: str, measure: str, value: float, sheet: Sheet, position: int
) -> dict[str, object]:
    beside = {c: sheet[c][position] for c in ANYWHERE if c in sheet}
    place = {c: sheet[c][position] for c in ("_file", "_row", "_owner", "_origin")}
    return {"table": name, "item": item, "measure": measure, "value": value, **beside, **place}


def _appended(factors: Columns, rows: list[dict[str, object]]) -> Columns:
    if not rows:
        return factors
    joined: Columns = {}
    for column, template in blank_columns(tables()["factors"]).items():
        missing: object = np.nan if template.dtype == float else ""
        added = np.empty(len(rows), dtype=template.dtype)
        added[:] = [row.get(column, missing) for row in rows]
        joined[column] = np.concatenate([factors[column], added])
    return joined


def choose_years(factors: pd.DataFrame, year: int) -> np.ndarray:
    """Which rows hold in ``year``: one for each table, item and measure.

    The latest not after the year; else the row without year; else the earliest.
    """
    years = factors["year"].to_numpy()
    if np.isnan(years).all():
        return np.arange(len(factors))
    past = years <= year
    rank = np.where(past, 2, np.where(np.isnan(years), 1, 0))
    within = np.where(past, years, np.where(np.isnan(years), 0, -years))
    order = np.lexsort((within, rank))
    keys = factors[["table", "item", "measure"]].iloc[order]
    kept = order[~keys.duplicated(keep="last").to_numpy()]
    return np.sort(kept)


def expand_factors(factors: Columns, processes: Columns, markets: Columns) -> Columns:
    """Factors with their scopes; those of technologies and ``*`` processes on each instance.

    A process's own factor replaces its technology's.
    """
    table, item, measure = (factors[name] for name in ("table", "item", "measure"))
    if not len(table):
        return factors
    of_process, of_technology = table == "processes", table == "technologies"
    by_row, by_technology = (_instances(processes, name) for name in ("of", "technology"))
    exact: list[tuple[int, str]] = []
    rows: list[tuple[int, str]] = []
    for row in np.flatnonzero(of_process).tolist():
        found = by_row.get(item[row])
        (exact if found is None else rows).extend((row, name) for name in found or [item[row]])
    for row in np.flatnonzero(of_technology).tolist():
        rows.extend((row, name) for name in by_technology.get(item[row], ()))
    first: dict[tuple[str, str], int] = {}
    for row, name in (*exact, *rows):
        first.setdefault((name, measure[row]), row)
    own = np.flatnonzero(~of_process & ~of_technology)
    taken = np.append(own, np.array(list(first.values()), dtype=np.int64))
    every = {name: column[taken] for name, column in factors.items()}
    every["table"][len(own) :] = "processes"
    every["item"][len(own) :] = [name for name, _ in first]
    return every | {"scope": _scopes(every, markets)}


def _instances(processes: Columns, key: str) -> dict[str, list[str]]:
    """The ids of the processes by another of their columns."""
    found: dict[str, list[str]] = {}
    for name, instance in zip(processes[key].tolist(), processes["id"].tolist(), strict=True):
        found.setdefault(name, []).append(instance)
    return found


def _scopes(factors: Columns, markets: Columns) -> np.ndarray:
    """Scopes, (n,), the blank ones filled: a market's own, else what its table usually has."""
    own: dict[str, float] = {}
    for name, scope in zip(markets["id"].tolist(), markets["scope"].tolist(), strict=True):
        own.setdefault(name, scope)
    scopes = factors["scope"].copy()
    for row in np.flatnonzero(np.isnan(scopes)).tolist():
        table, item = factors["table"][row], factors["item"][row]
        given = own.get(item, np.nan) if table == "markets" else np.nan
        scopes[row] = SCOPES.get(table, np.nan) if np.isnan(given) else given
    return scopes
