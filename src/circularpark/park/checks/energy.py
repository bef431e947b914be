"""Recipes that make something out of nothing: energy, mass, or a circle without losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import (
    finding_at,
    number,
    rows_of,
    text,
    used_technologies,
)

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

# Condensing boilers reach 1.08 on the net calorific value; nothing does more (bad input 69).
BEST_ON_NET_VALUE: Final = 1.08
# Tables give kgce in four digits, and electricity (122.9) in another rounding than heat (122.83).
ROUNDING: Final = 0.002
ENERGY_UNITS: Final = frozenset({"MWh", "kWh", "GWh", "GJ", "MJ", "TJ", "kJ", "tce", "kgce"})
MASS_UNITS: Final[dict[str, float]] = {"t": 1.0, "kg": 0.001, "kt": 1000.0}


def energy_is_not_created(draft: Draft) -> Iterator[Finding]:
    """No recipe gives more energy (by kgce) than it takes, whatever the shares of its groups."""
    for technology, rows in _recipes(draft):
        declared = rows["kgce"].notna() & (rows["kgce"] > 0)
        made = rows["kind"].isin(["energy", "heat", "gas"]) & (rows["rate"] > 0)
        unknown = (rows["rate"] < 0) & ~declared & (rows["kind"] != "water")
        energy = (rows["rate"] * rows["kgce"]).where(declared & (made | (rows["rate"] < 0)), 0.0)
        taken = -_extreme(rows, energy.where(energy < 0, 0.0), most=True)
        given = _extreme(rows, energy.where(energy > 0, 0.0), most=True)
        if taken <= 0 or given <= taken * (1 + ROUNDING):
            continue
        fuel = bool((rows["fuel"] & (energy < 0)).any())
        if fuel and given <= BEST_ON_NET_VALUE * taken:
            continue
        matter = unknown & rows["kind"].isin(["material", "waste"])
        if matter.any() and rows.loc[energy > 0, "fuel"].all():
            continue  # a fuel made of matter, whose heat nobody has declared
        ratio = given / taken
        first = rows.index[(energy > 0).to_numpy()][0]
        values = {
            "technology": technology,
            "percent": f"{100 * ratio:.4g}",
            "undeclared": ", ".join(sorted(set(rows.loc[unknown, "commodity"]))),
        }
        frame = rows_of(draft, "recipes")
        if unknown.any():
            yield finding_at(frame, first, "checks.energy_maybe", "rate", "warning", values)
        elif fuel:
            yield finding_at(frame, first, "checks.efficiency", "rate", values=values)
        else:
            yield finding_at(frame, first, "checks.energy_created", "rate", values=values)


def mass_is_not_created(draft: Draft) -> Iterator[Finding]:
    """Products and wastes weigh no more than everything that goes in, air and water left out."""
    frame = rows_of(draft, "recipes")
    for technology, rows in _recipes(draft):
        weight = (rows["rate"] * rows["tonnes"]).fillna(0.0)
        solid = rows["kind"].isin(["material", "waste"])
        made = _extreme(rows, weight.where((weight > 0) & solid, 0.0), most=True)
        taken = -_extreme(rows, weight.where(weight < 0, 0.0), most=True)
        unweighed = bool((rows["tonnes"].isna() & (rows["rate"] < 0)).any())
        if made <= taken * (1 + 1e-6) or taken == 0 or unweighed:
            continue
        first = rows.index[((weight > 0) & solid).to_numpy()][0]
        values = {"technology": technology, "made": f"{made:.4g}", "taken": f"{taken:.4g}"}
        yield finding_at(frame, first, "checks.mass_created", "rate", "warning", values)


def conversions_lose_something(draft: Draft) -> Iterator[Finding]:
    """No chain of one-to-one conversions comes back with as much as it began with."""
    steps: dict[tuple[str, str], tuple[float, str]] = {}
    for technology, rows in _recipes(draft):
        if len(rows) != 2 or not (rows["rate"].min() < 0 < rows["rate"].max()):
            continue
        source = rows.iloc[int(rows["rate"].to_numpy().argmin())]
        result = rows.iloc[int(rows["rate"].to_numpy().argmax())]
        gain = float(result["rate"] / -source["rate"])
        pair = (source["commodity"], result["commodity"])
        if gain > steps.get(pair, (0.0, ""))[0]:
            steps[pair] = (gain, technology)
    if not steps:
        return
    frame = rows_of(draft, "recipes")
    for circle, gain in _circles(steps):
        used = [steps[pair][1] for pair in circle]
        first = frame.index[(text(frame, "technology") == used[0]).to_numpy()][0]
        path = " → ".join([circle[0][0], *(pair[1] for pair in circle)])
        values = {"path": path, "technologies": ", ".join(used), "percent": f"{100 * gain:.5g}"}
        yield finding_at(frame, first, "checks.lossless_circle", "rate", values=values)


def _circles(
    steps: dict[tuple[str, str], tuple[float, str]],
) -> Iterator[tuple[list[tuple[str, str]], float]]:
    """The gaining circles among the conversions: the best chain from each commodity to itself."""
    names = list(dict.fromkeys(name for pair in steps for name in pair))
    place = {name: i for i, name in enumerate(names)}
    best = np.zeros((len(names), len(names)))
    after = np.full(best.shape, -1)
    for (source, result), (gain, _) in steps.items():
        best[place[source], place[result]] = gain
        after[place[source], place[result]] = place[result]
    told: set[str] = set()
    for middle in range(len(names)):
        through = best[:, middle : middle + 1] * best[middle : middle + 1, :]
        better = (through > best * (1 + 1e-12)) & np.isfinite(through)
        after = np.where(better, after[:, middle : middle + 1], after)
        best = np.where(better, through, best)
        for start in np.flatnonzero(np.diag(best) >= 1 - 1e-9):
            if names[start] in told:
                continue
            chain = _chain(int(start), after, len(names))
            if chain is None:
                continue
            turn = chain.index(min(chain))
            circle = [(names[a], names[b]) for a, b in chain[turn:] + chain[:turn]]
            told |= {name for pair in circle for name in pair}
            yield circle, float(np.prod([steps[pair][0] for pair in circle]))
        # A gaining circle would grow without end in the later rounds; it is told, so cut it.
        for name in told:
            best[place[name], :] = 0.0
            best[:, place[name]] = 0.0


def _chain(start: int, after: np.ndarray, longest: int) -> list[tuple[int, int]] | None:
    chain: list[tuple[int, int]] = []
    here = start
    for _ in range(longest):
        there = int(after[here, start])
        if there < 0:
            return None
        chain.append((here, there))
        here = there
        if here == start:
            return chain
    return None


def _recipes(draft: Draft) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each used technology's recipe rows with what their commodities are; no formulas.

    A rate with a formula is known only after the temperatures, so such a recipe is left out.
    """
    frame = rows_of(draft, "recipes")
    commodities = rows_of(draft, "commodities")
    if frame.empty or commodities.empty:
        return
    ids = text(commodities, "id")
    about = pd.DataFrame(
        {
            "kind": text(commodities, "kind"),
            "unit": text(commodities, "unit"),
            "kgce": number(commodities, "kgce"),
            "co2": number(commodities, "co2"),
        }
    )
    about = about[(ids != "") & ~ids.duplicated()]
    about.index = pd.Index(ids[about.index])
    rows = pd.DataFrame(
        {
            "technology": text(frame, "technology"),
            "commodity": text(frame, "commodity"),
            "rate": number(frame, "rate"),
            "group": text(frame, "group"),
            "least": number(frame, "min_share").fillna(0.0),
            "most": number(frame, "max_share").fillna(1.0),
            "formula": text(frame, "formula"),
        }
    ).join(about, on="commodity")
    rows["tonnes"] = rows["unit"].map(MASS_UNITS).astype("float64")
    water = (rows["kind"] == "water") & (rows["unit"] == "m3")
    rows["tonnes"] = rows["tonnes"].where(~water, 1.0)
    energetic = rows["kind"].isin(["energy", "heat"])
    by_energy = rows["unit"].isin(ENERGY_UNITS)
    burnt = energetic | (rows["kind"] == "gas")
    rows["fuel"] = burnt & (~by_energy | (rows["co2"] > 0))
    # Water has a tabulated kgce for its supply, not for what it carries.
    rows.loc[rows["kind"] == "water", "kgce"] = np.nan
    used = used_technologies(draft)
    for technology, part in rows.groupby("technology", sort=False):
        known = part["rate"].notna().all() and part["kind"].notna().all()
        if technology in used and known and (part["formula"] == "").all():
            yield str(technology), part


def _extreme(rows: pd.DataFrame, amounts: pd.Series, *, most: bool) -> float:
    """The largest sum of ``amounts`` that the shares allow; rows without a group count fully."""
    total = 0.0
    for group, part in rows.groupby("group", sort=False):
        values = amounts[part.index].to_numpy()
        if group == "":
            total += float(values.sum())
            continue
        order = np.argsort(-values if most else values, kind="stable")
        least = part["least"].to_numpy()[order]
        room = np.maximum(part["most"].to_numpy()[order] - least, 0.0)
        rest = max(1.0 - least.sum(), 0.0)
        extra = np.clip(rest - (np.cumsum(room) - room), 0.0, room)
        total += float(((least + extra) * values[order]).sum())
    return total
