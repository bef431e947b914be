"""Recipes that make something out of nothing: energy, mass, or a circle without losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding, Severity
from circularpark.park.checks.arrays import Mask, Number, among, beside, blank, looked_up
from circularpark.park.checks.cells import (
    commodity_rows,
    finding_at,
    number,
    once,
    real_rates,
    rows_of,
    text,
    used_technologies,
)
from circularpark.park.checks.plausibility import GJ_PER_TCE, GJ_PER_UNIT
from circularpark.park.columns import or_else

if TYPE_CHECKING:
    from circularpark.park.columns import Columns
    from circularpark.park.draft import Draft

# Condensing boilers reach 1.08 on the net calorific value; nothing does more (bad input 69).
BEST_ON_NET_VALUE: Final = 1.08
# Tables give kgce in four digits, and electricity (122.9) in another rounding than heat (122.83).
ROUNDING: Final = 0.002
ENERGY_UNITS: Final = frozenset({"MWh", "kWh", "GWh", "GJ", "MJ", "TJ", "kJ", "tce", "kgce"})
BURNT: Final = ("energy", "heat", "gas")
SOLID: Final = ("material", "waste")
MASS_UNITS: Final[dict[str, float]] = {"t": 1.0, "kg": 0.001, "kt": 1000.0}


def recipes_create_nothing(draft: Draft) -> Iterator[Finding]:
    """No used recipe makes energy or mass out of nothing, and no circle of them loses nothing."""
    rows = recipe_rows(draft)
    if len(rows["at"]):
        yield from _energy(draft, rows)
        yield from _mass(draft, rows)
        yield from _conversions(draft, rows)


def _energy(draft: Draft, rows: Columns) -> Iterator[Finding]:
    """No recipe gives more energy (by kgce) than it takes, whatever the shares of its groups."""
    rate, kgce, kind, technology = (rows[c] for c in ("rate", "kgce", "kind", "technology"))
    enters = rate < 0
    # The unit of an energy tells its kgce; what a fuel makes counts by it where the cell is blank
    # (cold and the heat of a pump are left out: they are drawn from the surroundings).
    implied = looked_up(rows["unit"], GJ_PER_UNIT) / GJ_PER_TCE * 1000
    burns = among(technology, set(technology[rows["fuel"] & enters].tolist()))
    told = burns & ~enters & (kind == "energy") & blank(kgce) & ~blank(implied)
    kgce = np.where(told, implied, kgce)
    declared = kgce > 0
    energetic = among(kind, BURNT)
    energy = np.where(declared & (enters | energetic), rate * kgce, 0.0)
    unknown = (enters & ~declared & (kind != "water")) | told
    rows = rows | {"kgce": kgce, "energy": energy, "unknown": unknown}
    given = sum_most(rows, np.maximum(energy, 0))
    taken = sum_most(rows, np.minimum(energy, 0))
    for name, most in given.items():
        if -taken[name] > 0 and most > -taken[name] * (1 + ROUNDING):
            mine = picked(rows, technology == name)
            yield from _blame(draft, name, mine, most / -taken[name])


def _blame(draft: Draft, technology: str, mine: Columns, ratio: float) -> Iterator[Finding]:
    """The finding on a recipe whose energy out is ``ratio`` times its energy in, if it is one."""
    given, unknown = mine["energy"] > 0, mine["unknown"]
    burns = bool((mine["fuel"] & (mine["energy"] < 0)).any())
    matter = unknown & among(mine["kind"], SOLID)
    if burns and ratio <= BEST_ON_NET_VALUE:
        return
    if matter.any() and mine["fuel"][given].all():
        return  # A fuel made of matter carries heat that nobody has declared.
    code = "checks.efficiency" if burns else "checks.energy_created"
    values = {
        "technology": technology,
        "percent": f"{100 * ratio:.4g}",
        "undeclared": ", ".join(sorted(set(mine["commodity"][unknown].tolist()))),
    }
    severity: Severity = "problem"
    if unknown.any():
        code, severity = "checks.energy_maybe", "warning"
    first = int(mine["at"][given][0])
    yield finding_at(rows_of(draft, "recipes"), first, code, "rate", severity, values)


def _mass(draft: Draft, rows: Columns) -> Iterator[Finding]:
    """Products and wastes weigh no more than everything that goes in, air and water left out."""
    weight = or_else(rows["rate"] * rows["tonnes"], 0.0)
    solid = (weight > 0) & among(rows["kind"], SOLID)
    if not solid.any():
        return
    made = sum_most(rows, np.where(solid, weight, 0.0))
    taken = sum_most(rows, np.minimum(weight, 0))
    bare = blank(rows["tonnes"]) & (rows["rate"] < 0)
    unweighed = set(rows["technology"][bare].tolist())
    for technology, most in made.items():
        least = -taken[technology]
        if technology in unweighed or not (least > 0 and most > least * (1 + 1e-6)):
            continue
        first = int(rows["at"][solid & (rows["technology"] == technology)][0])
        values = {"technology": technology, "made": f"{most:.4g}", "taken": f"{least:.4g}"}
        frame = rows_of(draft, "recipes")
        yield finding_at(frame, first, "checks.mass_created", "rate", "warning", values)


def _conversions(draft: Draft, rows: Columns) -> Iterator[Finding]:
    """No chain of one-to-one conversions comes back with as much as it began with."""
    steps = _steps(draft, rows)
    if not steps:
        return
    frame = rows_of(draft, "recipes")
    for circle, gain in _circles(steps):
        used = [steps[pair][1] for pair in circle]
        first = text(frame, "technology").tolist().index(used[0])
        path = " → ".join([circle[0][0], *(pair[1] for pair in circle)])
        values = {"path": path, "technologies": ", ".join(used), "percent": f"{100 * gain:.5g}"}
        yield finding_at(frame, first, "checks.lossless_circle", "rate", values=values)


def _steps(draft: Draft, rows: Columns) -> dict[tuple[str, str], tuple[float, str]]:
    """The best of the technologies with one input and one output: (in, out) -> gain, which."""
    own: dict[str, list[tuple[float, str, str]]] = {}
    columns = (rows[name].tolist() for name in ("technology", "rate", "commodity", "kind"))
    for technology, *row in zip(*columns, strict=True):
        own.setdefault(technology, []).append((row[0], row[1], row[2]))
    treats = set(text(rows_of(draft, "quality"), "item").tolist())
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for technology, parts in own.items():
        source = next((part for part in parts if part[0] < 0), None)
        result = next((part for part in parts if part[0] > 0), None)
        if len(parts) != 2 or source is None or result is None:
            continue
        # Heat that comes out as heat is colder than it went in: the second law judges that.
        # What comes out as the same commodity in another quality has been treated, not made.
        if source[1] == result[1] and (source[2] == "heat" or technology in treats):
            continue
        pair, gain = (source[1], result[1]), result[0] / -source[0]
        if pair not in best or gain >= best[pair][0]:
            # What comes later stands later, so that circles are told in the order of the table.
            best.pop(pair, None)
            best[pair] = gain, technology
    return best


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


def recipe_rows(draft: Draft) -> Columns:
    """The recipe rows of used technologies with what their commodities are.

    ``at`` is where they stand in the table. Rates count with their formulas; a recipe with a
    formula that gives no number is left out.
    """
    return once(draft, "recipe rows", lambda: _recipe_rows(draft))


def _recipe_rows(draft: Draft) -> Columns:
    frame = rows_of(draft, "recipes")
    commodities = rows_of(draft, "commodities")
    technology, goods = text(frame, "technology"), text(frame, "commodity")
    of = commodity_rows(draft, goods)
    kind, unit = (beside(of, text(commodities, name), "") for name in ("kind", "unit"))
    kgce, co2 = (beside(of, number(commodities, name), np.nan) for name in ("kgce", "co2"))
    water = kind == "water"
    rate = real_rates(draft)
    rows = {
        "at": np.arange(len(frame)),
        "technology": technology,
        "commodity": goods,
        "rate": rate,
        "group": text(frame, "group"),
        "least": or_else(number(frame, "min_share"), 0.0),
        "most": or_else(number(frame, "max_share"), 1.0),
        "kind": kind,
        "unit": unit,
        # Water has a tabulated kgce for its supply, not for what it carries.
        "kgce": np.where(water, np.nan, kgce),
        "co2": co2,
        "tonnes": np.where(water & (unit == "m3"), 1.0, looked_up(unit, MASS_UNITS)),
        "fuel": among(kind, BURNT) & (~among(unit, ENERGY_UNITS) | (co2 > 0)),
    }
    unsound = set(technology[blank(rate) | (of < 0)].tolist())
    return picked(rows, among(technology, used_technologies(draft) - unsound))


def picked(rows: Columns, where: Mask) -> Columns:
    """Some of the rows."""
    return {name: column[where] for name, column in rows.items()}


def sum_most(rows: Columns, amounts: Number) -> dict[str, float]:
    """Per technology the largest sum of ``amounts`` that the shares of its groups allow."""
    total: dict[str, float] = {}
    mixes: dict[tuple[str, str], list[int]] = {}
    values = np.nan_to_num(amounts, nan=0.0, posinf=np.inf, neginf=-np.inf)
    names = zip(rows["technology"].tolist(), rows["group"].tolist(), strict=True)
    for row, (technology, group) in enumerate(names):
        total.setdefault(technology, 0.0)
        if group:
            mixes.setdefault((technology, group), []).append(row)
        else:
            total[technology] += float(values[row])
    for (technology, _), own in mixes.items():
        total[technology] += _best_mix(rows["least"][own], rows["most"][own], values[own])
    return total


def _best_mix(least: np.ndarray, most: np.ndarray, values: np.ndarray) -> float:
    """The largest weighted sum of ``values``: least shares first, the rest to the best."""
    order = np.argsort(-values, kind="stable")
    least = least[order]
    room = np.maximum(most[order] - least, 0.0)
    rest = max(1.0 - least.sum(), 0.0)
    extra = np.clip(rest - (np.cumsum(room) - room), 0.0, room)
    return float(((least + extra) * values[order]).sum())
