"""Quality that cannot be: rows that say nothing, units and operators that do not fit, gaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.arrays import (
    Mask,
    Text,
    among,
    blank,
    each,
    first_given,
    looked_up,
    of_group,
    repeated,
)
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
    if not len(frame):
        return
    side = looked_up(text(frame, "item"), _sides(draft), "")
    value = ~blank(number(frame, "value")) | ~blank(number(frame, "removal"))
    limits = ~blank(number(frame, "min")) | ~blank(number(frame, "max"))
    yield from found(frame, (side == TAKES) & value, "checks.quality_of_sink", "value")
    yield from found(frame, (side == GIVES) & limits, "checks.limit_of_source", "max")
    alone = ~blank(number(frame, "parts")) & blank(number(frame, "removal"))
    yield from found(frame, alone, "checks.parts_alone", "parts")
    nothing = (side != "") & ~value & ~limits & (text(frame, "standard") == "")
    yield from found(frame, nothing, "checks.quality_says_nothing", "value")
    keys = [text(frame, name) for name in ("item", "commodity", "property")]
    twice = repeated(*keys) & (keys[0] != "")
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
    draft: Draft, frame: pd.DataFrame, side: Text, value: Mask, limits: Mask
) -> Iterator[Finding]:
    """A row of a process names a commodity of its recipe; a blank one has a single output."""
    made = side == MADE
    recipes = rows_of(draft, "recipes")
    out = number(recipes, "rate") > 0
    outs, ins = _goods(recipes, out), _goods(recipes, ~out)
    good, known = text(frame, "commodity"), _technology(draft)
    technology = each(text(frame, "item"), lambda item: known.get(item, item))
    named = made & (good != "")
    lost = named & value & ~_has(outs, technology, good)
    yield from found(frame, lost, "checks.no_such_output", "commodity", value=good)
    lost = named & limits & ~_has(ins, technology, good)
    yield from found(frame, lost, "checks.no_such_input", "commodity", value=good)
    whole = _goods(recipes, out | ~out)
    yield from _per(frame, limits, whole, technology)
    many = np.array([len(outs.get(t, ())) for t in technology.tolist()], dtype=np.int64)
    unclear = made & (good == "") & value & (many != 1)
    yield from found(frame, unclear, "checks.which_output", "commodity", count=many)


def _per(
    frame: pd.DataFrame, limits: Mask, goods: dict[str, set[str]], technology: Text
) -> Iterator[Finding]:
    """A limit counts against a commodity that the recipe has, and mixes by plain sums."""
    per = text(frame, "per")
    lost = (per != "") & (~_has(goods, technology, per) | ~limits)
    yield from found(frame, lost, "checks.per_of_what", "per", value=per)
    bent = (per != "") & ~among(text(frame, "operator"), (*LINEAR, "1"))
    yield from found(frame, bent, "checks.per_not_linear", "operator")


def _goods(recipes: pd.DataFrame, where: Mask) -> dict[str, set[str]]:
    """Technology -> commodities of these rows."""
    found: dict[str, set[str]] = {}
    columns = (text(recipes, name)[where] for name in ("technology", "commodity"))
    for technology, good in zip(*columns, strict=True):
        found.setdefault(technology, set()).add(good)
    return found


def _has(goods: dict[str, set[str]], technology: Text, good: Text) -> Mask:
    """Whether each technology has that commodity."""
    pairs = zip(technology.tolist(), good.tolist(), strict=True)
    return np.array([g in goods.get(t, ()) for t, g in pairs], dtype=bool)


def _technology(draft: Draft) -> dict[str, str]:
    frame = rows_of(draft, "processes")
    return dict(zip(text(frame, "id"), text(frame, "technology"), strict=True))


def properties_mix_alike(draft: Draft) -> Iterator[Finding]:
    """A property has one kind of unit and one operator in the whole park."""
    frame = rows_of(draft, "quality")
    if not len(frame) and not len(rows_of(draft, "operations")):
        return
    name, operator = text(frame, "property"), text(frame, "operator")
    plain = np.where(among(operator, LINEAR), "1", operator)
    numbers = pd.to_numeric(pd.Series(plain, dtype=object), errors="coerce")
    exponent = numbers.to_numpy("float64")
    wrong = ~np.isfinite(exponent) | (exponent == 0)
    yield from found(frame, wrong, "checks.operator", "operator")
    first = of_group(exponent, (name,), first_given)
    differs = ~wrong & (exponent != first) & ~blank(first)
    yield from found(frame, differs, "checks.operators_differ", "operator", first=first)
    bent = ~wrong & (exponent != 1)
    for column in ("value", "min", "max"):
        cell = number(frame, column)
        bad = bent & ((cell < 0) | ((cell == 0) & (exponent < 0)))
        yield from found(frame, bad, "checks.no_power", column, exponent=operator)
    operations = rows_of(draft, "operations")
    loaded = among(text(operations, "property"), set(name[bent].tolist()))
    yield from found(operations, loaded, "checks.load_not_linear", "property")
    yield from _kinds(frame, operations)


def _kinds(frame: pd.DataFrame, operations: pd.DataFrame) -> Iterator[Finding]:
    """Units of a property that measure different things."""
    seen: dict[str, tuple[str, str]] = {}
    for rows, column in ((frame, "unit"), (operations, "quality_unit")):
        units, names = text(rows, column), text(rows, "property")
        differs, other = np.zeros(len(rows), dtype=bool), units.copy()
        for row in range(len(rows)):
            kind = _kind(units[row])
            if kind and names[row]:
                known = seen.setdefault(names[row], (kind, units[row]))
                differs[row], other[row] = known[0] != kind, known[1]
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
    if not len(frame) and not len(rows_of(draft, "operations")):
        return
    goods = rows_of(draft, "commodities")
    ids = text(goods, "id").tolist()
    unit = dict(zip(ids, text(goods, "unit").tolist(), strict=True))
    carried = _commodity(draft, frame)
    told = [_misfit(u, unit.get(g, "")) for u, g in zip(text(frame, "unit"), carried, strict=True)]
    yield from found(
        frame,
        np.array(told, dtype=bool),
        "park.unit.quality_basis",
        "unit",
        unit=text(frame, "unit"),
        base=looked_up(carried, unit, ""),
    )
    loads = text(rows_of(draft, "operations"), "commodity")
    graded = {*carried.tolist(), *loads.tolist()} - {""}
    heat = among(text(goods, "id"), graded) & (text(goods, "kind") == "heat")
    yield from found(goods, heat, "checks.graded_heat", "kind")
    stores = rows_of(draft, "storages")
    kept = among(text(stores, "commodity"), graded) & (text(stores, "status") != "forbidden")
    yield from found(stores, kept, "checks.graded_store", "commodity")
    for table in ("transports", "links"):
        rows = rows_of(draft, table)
        drives = among(text(rows, "energy_commodity"), graded)
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


def _commodity(draft: Draft, frame: pd.DataFrame) -> Text:
    """The commodity that each row of quality speaks of, "" where it is the mix of several."""
    of: dict[str, str] = {}
    for table in ("streams", "demands", "markets"):
        rows = rows_of(draft, table)
        of |= dict(zip(text(rows, "id"), text(rows, "commodity"), strict=True))
    pairs = zip(text(frame, "item").tolist(), text(frame, "commodity").tolist(), strict=True)
    carried = np.empty(len(frame), dtype=object)
    carried[:] = [of.get(item, own) for item, own in pairs]
    return carried


def operations_hang_together(draft: Draft) -> Iterator[Finding]:
    """An operation has one site and one commodity; a load needs an outlet that may carry it."""
    frame = rows_of(draft, "operations")
    if not len(frame):
        return
    ids = text(frame, "id")
    for column in ("site", "commodity"):
        cell = text(frame, column)
        first = of_group(cell, (ids,), lambda own: own[0])
        yield from found(
            frame, (cell != first) & (ids != ""), "checks.operation_apart", column, first=first
        )
    load, most = number(frame, "load"), number(frame, "max_out")
    yield from found(frame, (load > 0) & (most <= 0), "checks.no_room_for_load", "max_out")
    tight = (load > 0) & (number(frame, "max_in") >= most)
    yield from found(frame, tight, "checks.dirtier_in", "max_in", "warning", most=most)
