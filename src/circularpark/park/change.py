"""Changes: paths over years and scenarios, and cases that change a park's cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from circularpark.park.schema import tables

# Where a blank cell of a row is filled from when a path multiplies it.
INHERITS: Final = {
    "processes": ("technologies", "technology"),
    "links": ("transports", "transport"),
}

# How a path names a row where the table's key starts with something else than the thing.
PATH_KEYS: Final = {
    "factors": ("item", "measure", "table"),
    "quality": ("item", "property", "commodity"),
}


def active(paths: pd.DataFrame, year: int, scenario: str) -> np.ndarray:
    """Positions of the path rows that hold in ``year`` and ``scenario``, one for each cell.

    Of a cell the latest row not after the year holds; rows of the scenario itself go before
    rows without scenario.
    """
    if not len(paths):
        return np.empty(0, dtype=np.int64)
    fits = (paths["year"] <= year) & paths["scenario"].isin(["", scenario])
    positions = np.flatnonzero(fits.to_numpy())
    if not len(positions):
        return positions
    chosen = paths.iloc[positions]
    order = np.lexsort((chosen["year"].to_numpy(), (chosen["scenario"] != "").to_numpy()))
    cells = chosen[["table", "item", "column"]].iloc[order]
    return np.sort(positions[order[~cells.duplicated(keep="last").to_numpy()]])


def with_paths(raw: Mapping[str, pd.DataFrame], paths: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables with these path rows applied; tables that no row names are the same objects."""
    changed = dict(raw)
    for record in paths.to_dict("records") if len(paths) else ():
        row = {str(key): value for key, value in record.items()}
        name, column = str(row["table"]), str(row["column"])
        if name not in changed or name not in tables():
            continue
        if column in tables()[name].columns:
            changed[name] = _with_cell(changed, name, row)
        else:
            changed["factors"] = _with_factor(changed["factors"], row)
    return changed


def rows_named(frame: pd.DataFrame, name: str, item: str) -> np.ndarray:
    """Which rows the item names: by the whole key or its first parts, joined with ``/``."""
    wanted = item.split("/")
    key = PATH_KEYS.get(name, tables()[name].key)
    named = np.ones(len(frame), dtype=bool)
    for part, text in zip(key, wanted, strict=False):
        cells = frame[part]
        if name == "recipes" and part == "row":
            number = (frame.groupby("technology").cumcount() + 1).astype(str)
            cells = cells.where(cells != "", number)
        named &= (cells.astype(str) == text).to_numpy()
    return named & (len(wanted) <= len(key))


def _with_cell(raw: Mapping[str, pd.DataFrame], name: str, row: Mapping[str, Any]) -> pd.DataFrame:
    frame, column = raw[name], str(row["column"])
    named = rows_named(frame, name, str(row["item"]))
    values = frame[column].to_numpy(dtype=float, copy=True)
    if not np.isnan(row["set"]):
        # Of an operation only the load was converted; max_in and max_out stay in quality_unit.
        as_read = name == "operations" and column != "load"
        stated = tables()[name].columns[column].unit == "stated" and "_unit_factor" in frame
        stated = stated and not as_read
        scale = frame["_unit_factor"].to_numpy() if stated else np.ones(len(frame))
        values = np.where(named, float(row["set"]) * scale, values)
    if not np.isnan(row["multiply"]):
        base = np.where(np.isnan(values), _inherited(raw, name, column), values)
        values = np.where(named, base * float(row["multiply"]), values)
    return frame.assign(**{column: values})


def _inherited(raw: Mapping[str, pd.DataFrame], name: str, column: str) -> np.ndarray:
    """What a blank cell stands for: the technology's or transport's number, else the default."""
    frame, spec = raw[name], tables()[name].columns[column]
    default = np.nan if spec.default is None else float(spec.default)
    if name not in INHERITS or column in tables()[name].own:
        return np.full(len(frame), default)
    other, key = INHERITS[name]
    theirs = raw[other].drop_duplicates("id").set_index("id")[column]
    usual = tables()[other].columns[column].default
    found = frame[key].map(theirs).to_numpy(dtype=float)
    return np.where(np.isnan(found), np.nan if usual is None else float(usual), found)


def _with_factor(factors: pd.DataFrame, row: Mapping[str, Any]) -> pd.DataFrame:
    """A path on a measure column changes the factor, or brings it."""
    named = (
        (factors["table"] == row["table"])
        & (factors["item"] == row["item"])
        & (factors["measure"] == row["column"])
    )
    setting, times = float(row["set"]), float(row["multiply"])
    if not named.any():
        if np.isnan(setting):
            return factors
        new = {c: "" if factors[c].dtype == object else np.nan for c in factors}
        new |= {
            "table": row["table"],
            "item": row["item"],
            "measure": row["column"],
            "value": setting,
            "_row": row["_row"],
            "_file": row["_file"],
            "_origin": "park",
        }
        added = pd.DataFrame([new])
        for column in factors:
            added[column] = added[column].astype(factors[column].dtype)
        factors = pd.concat([factors, added], ignore_index=True)
        named = pd.Series([False] * (len(factors) - 1) + [True])
    elif not np.isnan(setting):
        factors = factors.assign(value=factors["value"].where(~named, setting))
    if np.isnan(times):
        return factors
    return factors.assign(value=factors["value"].where(~named, factors["value"] * times))
