"""Quality that cannot be: rows that say nothing, units and operators that do not fit, gaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import found, number, rows_of, text
from circularpark.park.units import UnitError, quality_basis, quality_unit

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

LINEAR: Final = ("", "linear")
GIVES: Final = "gives"
TAKES: Final = "takes"
MADE: Final = "made"


def quality_rows_fit_their_items(draft: Draft) -> Iterator[Finding]:
    """Sources have values and sinks limits; a process says which of its commodities is meant."""
    frame = rows_of(draft, "quality")
    if frame.empty:
        return
    side = text(frame, "item").map(_sides(draft)).fillna("")
    value = number(frame, "value").notna() | number(frame, "removal").notna()
    limits = number(frame, "min").notna() | number(frame, "max").notna()
    yield from found(frame, (side == TAKES) & value, "checks.quality_of_sink", "value")
    yield from found(frame, (side == GIVES) & limits, "checks.limit_of_source", "max")
    alone = number(frame, "parts").notna() & number(frame, "removal").isna()
    yield from found(frame, alone, "checks.parts_alone", "parts")
    nothing = (side != "") & ~value & ~limits & (text(frame, "standard") == "")
    yield from found(frame, nothing, "checks.quality_says_nothing", "value")
    keys = [text(frame, name) for name in ("item", "commodity", "property")]
    twice = pd.concat(keys, axis=1).duplicated() & (keys[0] != "")
    yield from found(frame, twice, "checks.quality_twice", "property")
    yield from _of_recipes(draft, frame, side, value, limits)


def _sides(draft: Draft) -> dict[str, str]:
    """Whether things give, take, or are made of both."""
    found: dict[str, str] = {}
    for table, side in (
        ("streams", GIVES), ("demands", TAKES), ("processes", MADE), ("technologies", MADE)
    ):  # fmt: skip
        found |= dict.fromkeys(text(rows_of(draft, table), "id").tolist(), side)
    markets = rows_of(draft, "markets")
    for name, way in zip(text(markets, "id"), text(markets, "direction"), strict=True):
        found[name] = GIVES if way == "buy" else TAKES
    return found


def _of_recipes(
    draft: Draft, frame: pd.DataFrame, side: pd.Series, value: pd.Series, limits: pd.Series
) -> Iterator[Finding]:
    """A row of a process names a commodity of its recipe; a blank one has a single output."""
    made = side == MADE
    recipes = rows_of(draft, "recipes")
    rows = pd.DataFrame(
        {
            "technology": text(recipes, "technology"),
            "commodity": text(recipes, "commodity"),
            "out": number(recipes, "rate") > 0,
        }
    )
    item, good = text(frame, "item"), text(frame, "commodity")
    known = _technology(draft)
    technology = pd.Series([known.get(i, i) for i in item], index=frame.index, dtype=object)
    outs, ins = _goods(rows[rows["out"]]), _goods(rows[~rows["out"]])

    def among(table: dict[str, set[str]]) -> pd.Series:
        pairs = zip(technology, good, strict=True)
        return pd.Series([g in table.get(t, set()) for t, g in pairs], index=frame.index)

    named = made & (good != "")
    yield from found(
        frame, named & value & ~among(outs), "checks.no_such_output", "commodity", value=good
    )
    yield from found(
        frame, named & limits & ~among(ins), "checks.no_such_input", "commodity", value=good
    )
    yield from _per(draft, frame, limits, _goods(rows), technology)
    many = pd.Series([len(outs.get(t, ())) for t in technology], index=frame.index)
    unclear = made & (good == "") & value & (many != 1)
    yield from found(frame, unclear, "checks.which_output", "commodity", count=many)


def _per(
    draft: Draft,
    frame: pd.DataFrame,
    limits: pd.Series,
    goods: dict[str, set[str]],
    technology: pd.Series,
) -> Iterator[Finding]:
    """A limit counts against a commodity that the recipe has, and mixes by plain sums."""
    per = text(frame, "per")
    pairs = zip(per, technology, strict=True)
    known = pd.Series([p in goods.get(t, set()) for p, t in pairs], index=frame.index, dtype=bool)
    lost = (per != "") & (~known | ~limits)
    yield from found(frame, lost, "checks.per_of_what", "per", value=per)
    bent = (per != "") & ~text(frame, "operator").isin((*LINEAR, "1"))
    yield from found(frame, bent, "checks.per_not_linear", "operator")


def _goods(rows: pd.DataFrame) -> dict[str, set[str]]:
    """Technology -> commodities of these rows."""
    found: dict[str, set[str]] = {}
    for technology, good in zip(rows["technology"], rows["commodity"], strict=True):
        found.setdefault(technology, set()).add(good)
    return found


def _technology(draft: Draft) -> dict[str, str]:
    frame = rows_of(draft, "processes")
    return dict(zip(text(frame, "id"), text(frame, "technology"), strict=True))


def properties_mix_alike(draft: Draft) -> Iterator[Finding]:
    """A property has one kind of unit and one operator in the whole park."""
    frame = rows_of(draft, "quality")
    if frame.empty and rows_of(draft, "operations").empty:
        return
    name, operator = text(frame, "property"), text(frame, "operator")
    exponent = pd.to_numeric(operator.where(~operator.isin(LINEAR), "1"), errors="coerce")
    wrong = exponent.isna() | (exponent == 0) | ~np.isfinite(exponent.fillna(0.0))
    yield from found(frame, wrong, "checks.operator", "operator")
    first = exponent.groupby(name).transform("first")
    differs = ~wrong & (exponent != first) & first.notna()
    yield from found(frame, differs, "checks.operators_differ", "operator", first=first)
    bent = ~wrong & (exponent != 1)
    for column in ("value", "min", "max"):
        cell = number(frame, column)
        bad = bent & ((cell < 0) | ((cell == 0) & (exponent < 0)))
        yield from found(frame, bad, "checks.no_power", column, exponent=operator)
    operations = rows_of(draft, "operations")
    loaded = text(operations, "property").isin(set(name[bent]))
    yield from found(operations, loaded, "checks.load_not_linear", "property")
    yield from _kinds(frame, operations)


def _kinds(frame: pd.DataFrame, operations: pd.DataFrame) -> Iterator[Finding]:
    """Units of a property that measure different things."""
    seen: dict[str, tuple[str, str]] = {}
    for rows, column in ((frame, "unit"), (operations, "quality_unit")):
        units, names = text(rows, column), text(rows, "property")
        differs, other = pd.Series(False, index=rows.index), units.copy()
        for index in rows.index:
            kind = _kind(units[index])
            if kind and names[index]:
                known = seen.setdefault(names[index], (kind, units[index]))
                differs[index], other[index] = known[0] != kind, known[1]
        yield from found(
            rows, differs, "checks.property_units", column, property=names, other=other
        )


def _kind(unit: str) -> str:
    """What a unit measures; a concentration in water counts as a share of it."""
    try:
        kind = quality_unit(unit)[0]
    except UnitError:
        return ""
    return "share" if kind == "concentration" else kind


def qualities_have_a_basis(draft: Draft) -> Iterator[Finding]:
    """Shares are of a mass or volume, heating values of a mass; heat and stores are not graded."""
    frame = rows_of(draft, "quality")
    if frame.empty and rows_of(draft, "operations").empty:
        return
    goods = rows_of(draft, "commodities")
    ids = text(goods, "id").tolist()
    unit = dict(zip(ids, text(goods, "unit").tolist(), strict=True))
    carried = _commodity(draft, frame)
    told = [_misfit(u, unit.get(g, "")) for u, g in zip(text(frame, "unit"), carried, strict=True)]
    bad = pd.Series(told, index=frame.index, dtype=bool)
    yield from found(
        frame,
        bad,
        "park.unit.quality_basis",
        "unit",
        unit=text(frame, "unit"),
        base=carried.map(unit),
    )
    graded = (set(carried) | set(text(rows_of(draft, "operations"), "commodity"))) - {""}
    heat = text(goods, "id").isin(graded) & (text(goods, "kind") == "heat")
    yield from found(goods, heat, "checks.graded_heat", "kind")
    stores = rows_of(draft, "storages")
    kept = text(stores, "commodity").isin(graded) & (text(stores, "status") != "forbidden")
    yield from found(stores, kept, "checks.graded_store", "commodity")
    for table in ("transports", "links"):
        rows = rows_of(draft, table)
        drives = text(rows, "energy_commodity").isin(graded)
        yield from found(rows, drives, "checks.graded_drive", "energy_commodity")


def _misfit(unit: str, base: str) -> bool:
    if not unit or not base:
        return False
    try:
        quality_unit(unit)
    except UnitError:
        return False
    try:
        quality_basis(unit, base)
    except UnitError as error:
        return error.code == "park.unit.quality_basis"
    return False


def _commodity(draft: Draft, frame: pd.DataFrame) -> pd.Series:
    """The commodity that each row of quality speaks of, "" where it is the mix of several."""
    of: dict[str, str] = {}
    for table in ("streams", "demands", "markets"):
        rows = rows_of(draft, table)
        of |= dict(zip(text(rows, "id"), text(rows, "commodity"), strict=True))
    own = text(frame, "item").map(of)
    return own.where(own.notna(), text(frame, "commodity")).fillna("")


def operations_hang_together(draft: Draft) -> Iterator[Finding]:
    """An operation has one site and one commodity; a load needs an outlet that may carry it."""
    frame = rows_of(draft, "operations")
    if frame.empty:
        return
    ids = text(frame, "id")
    for column in ("site", "commodity"):
        cell = text(frame, column)
        first = cell.groupby(ids).transform("first")
        yield from found(
            frame, (cell != first) & (ids != ""), "checks.operation_apart", column, first=first
        )
    load, most = number(frame, "load"), number(frame, "max_out")
    yield from found(frame, (load > 0) & (most <= 0), "checks.no_room_for_load", "max_out")
    tight = (load > 0) & (number(frame, "max_in") >= most)
    yield from found(frame, tight, "checks.dirtier_in", "max_in", "warning", most=most)
