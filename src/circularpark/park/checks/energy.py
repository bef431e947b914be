"""Recipes that make something out of nothing: energy, mass, or a circle without losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding, Severity
from circularpark.park.checks.cells import (
    figures,
    finding_at,
    number,
    once,
    real_rates,
    rows_of,
    text,
    used_technologies,
)
from circularpark.park.checks.plausibility import GJ_PER_TCE, GJ_PER_UNIT

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

# Condensing boilers reach 1.08 on the net calorific value; nothing does more (bad input 69).
BEST_ON_NET_VALUE: Final = 1.08
# Tables give kgce in four digits, and electricity (122.9) in another rounding than heat (122.83).
ROUNDING: Final = 0.002
ENERGY_UNITS: Final = frozenset({"MWh", "kWh", "GWh", "GJ", "MJ", "TJ", "kJ", "tce", "kgce"})
MASS_UNITS: Final[dict[str, float]] = {"t": 1.0, "kg": 0.001, "kt": 1000.0}


def recipes_create_nothing(draft: Draft) -> Iterator[Finding]:
    """No used recipe makes energy or mass out of nothing, and no circle of them loses nothing."""
    rows = recipe_rows(draft)
    if len(rows):
        yield from _energy(draft, rows)
        yield from _mass(draft, rows)
        yield from _conversions(draft, rows)


def _energy(draft: Draft, rows: pd.DataFrame) -> Iterator[Finding]:
    """No recipe gives more energy (by kgce) than it takes, whatever the shares of its groups."""
    rate, kgce, kind = (rows[column].to_numpy() for column in ("rate", "kgce", "kind"))
    enters = rate < 0
    # The unit of an energy tells its kgce; what a fuel makes counts by it where the cell is blank
    # (cold and the heat of a pump are left out: they are drawn from the surroundings).
    sizes = [GJ_PER_UNIT.get(unit, np.nan) for unit in rows["unit"].tolist()]
    implied = np.array(sizes) / GJ_PER_TCE * 1000
    burning = set(rows["technology"].to_numpy()[rows["fuel"].to_numpy() & enters].tolist())
    burns = np.array([name in burning for name in rows["technology"].tolist()], dtype=bool)
    told = burns & ~enters & (kind == "energy") & np.isnan(kgce) & ~np.isnan(implied)
    kgce = np.where(told, implied, kgce)
    declared = kgce > 0
    energetic = (kind == "energy") | (kind == "heat") | (kind == "gas")
    rows = rows.assign(
        kgce=kgce,
        energy=np.where(declared & (enters | energetic), rate * kgce, 0.0),
        unknown=(enters & ~declared & (kind != "water")) | told,
    )
    given = sum_most(rows, rows["energy"].clip(lower=0))
    taken = -sum_most(rows, rows["energy"].clip(upper=0))
    for technology in given.index[(taken > 0) & (given > taken * (1 + ROUNDING))]:
        mine = rows[rows["technology"] == technology]
        ratio = float(given[technology] / taken[technology])
        yield from _blame(draft, technology, mine, ratio)


def _blame(draft: Draft, technology: str, mine: pd.DataFrame, ratio: float) -> Iterator[Finding]:
    """The finding on a recipe whose energy out is ``ratio`` times its energy in, if it is one."""
    given, unknown = mine["energy"] > 0, mine["unknown"]
    burns = bool((mine["fuel"] & (mine["energy"] < 0)).any())
    matter = unknown & mine["kind"].isin(["material", "waste"])
    if burns and ratio <= BEST_ON_NET_VALUE:
        return
    if matter.any() and mine.loc[given, "fuel"].all():
        return  # A fuel made of matter carries heat that nobody has declared.
    code = "checks.efficiency" if burns else "checks.energy_created"
    values = {
        "technology": technology,
        "percent": f"{100 * ratio:.4g}",
        "undeclared": ", ".join(sorted(set(mine.loc[unknown, "commodity"]))),
    }
    severity: Severity = "problem"
    if unknown.any():
        code, severity = "checks.energy_maybe", "warning"
    first = mine.index[given.to_numpy()][0]
    yield finding_at(rows_of(draft, "recipes"), first, code, "rate", severity, values)


def _mass(draft: Draft, rows: pd.DataFrame) -> Iterator[Finding]:
    """Products and wastes weigh no more than everything that goes in, air and water left out."""
    weight = (rows["rate"] * rows["tonnes"]).fillna(0.0)
    solid = (weight > 0) & rows["kind"].isin(["material", "waste"])
    if not solid.any():
        return
    made = sum_most(rows, weight.where(solid, 0.0))
    taken = -sum_most(rows, weight.clip(upper=0))
    unweighed = set(rows.loc[rows["tonnes"].isna() & (rows["rate"] < 0), "technology"])
    for technology in made.index[(taken > 0) & (made > taken * (1 + 1e-6))]:
        if technology in unweighed:
            continue
        first = rows.index[(solid & (rows["technology"] == technology)).to_numpy()][0]
        values = {
            "technology": technology,
            "made": f"{made[technology]:.4g}",
            "taken": f"{taken[technology]:.4g}",
        }
        frame = rows_of(draft, "recipes")
        yield finding_at(frame, first, "checks.mass_created", "rate", "warning", values)


def _conversions(draft: Draft, rows: pd.DataFrame) -> Iterator[Finding]:
    """No chain of one-to-one conversions comes back with as much as it began with."""
    steps = _steps(draft, rows)
    if not steps:
        return
    frame = rows_of(draft, "recipes")
    for circle, gain in _circles(steps):
        used = [steps[pair][1] for pair in circle]
        first = frame.index[(text(frame, "technology") == used[0]).to_numpy()][0]
        path = " → ".join([circle[0][0], *(pair[1] for pair in circle)])
        values = {"path": path, "technologies": ", ".join(used), "percent": f"{100 * gain:.5g}"}
        yield finding_at(frame, first, "checks.lossless_circle", "rate", values=values)


def _steps(draft: Draft, rows: pd.DataFrame) -> dict[tuple[str, str], tuple[float, str]]:
    """The best of the technologies with one input and one output: (in, out) -> gain, which."""
    own: dict[str, list[tuple[float, str, str]]] = {}
    columns = (rows[name].tolist() for name in ("technology", "rate", "commodity", "kind"))
    for technology, *row in zip(*columns, strict=True):
        own.setdefault(technology, []).append((row[0], row[1], row[2]))
    treats = set(text(rows_of(draft, "quality"), "item"))
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


def recipe_rows(draft: Draft) -> pd.DataFrame:
    """The recipe rows of used technologies with what their commodities are.

    Rates count with their formulas; a recipe with a formula that gives no number is left out.
    """
    return once(draft, "recipe rows", lambda: _recipe_rows(draft))


def _recipe_rows(draft: Draft) -> pd.DataFrame:
    frame = rows_of(draft, "recipes")
    commodities = rows_of(draft, "commodities")
    if frame.empty or commodities.empty:
        return pd.DataFrame()
    ids = text(commodities, "id")
    place: dict[str, int] = {}
    for position, name in enumerate(ids.tolist()):
        if name:
            place.setdefault(name, position)
    goods = text(frame, "commodity")
    of = np.array([place.get(name, -1) for name in goods.tolist()], dtype=np.int64)

    def about(values: pd.Series) -> np.ndarray:
        return np.where(of < 0, np.nan, values.to_numpy()[of])

    kind, unit = about(text(commodities, "kind")), about(text(commodities, "unit"))
    kgce, co2 = about(number(commodities, "kgce")), about(number(commodities, "co2"))
    tonnes = np.array([MASS_UNITS.get(one, np.nan) for one in unit.tolist()])
    water = kind == "water"
    burnt = (kind == "energy") | (kind == "heat") | (kind == "gas")
    by_energy = np.array([one in ENERGY_UNITS for one in unit.tolist()], dtype=bool)
    least, most = figures(frame, "min_share"), figures(frame, "max_share")
    rows = pd.DataFrame(
        {
            "technology": text(frame, "technology"),
            "commodity": goods,
            "rate": real_rates(draft),
            "group": text(frame, "group"),
            "least": np.where(np.isnan(least), 0.0, least),
            "most": np.where(np.isnan(most), 1.0, most),
            "kind": pd.Series(kind, index=frame.index, dtype=object),
            "unit": pd.Series(unit, index=frame.index, dtype=object),
            # Water has a tabulated kgce for its supply, not for what it carries.
            "kgce": np.where(water, np.nan, kgce),
            "co2": co2,
            "tonnes": np.where(water & (unit == "m3"), 1.0, tonnes),
            "fuel": burnt & (~by_energy | (co2 > 0)),
        }
    )
    names = rows["technology"].tolist()
    sound = (rows["rate"].notna() & rows["kind"].notna()).tolist()
    used = used_technologies(draft) - {n for n, fits in zip(names, sound, strict=True) if not fits}
    return rows[np.array([name in used for name in names], dtype=bool)]


def sum_most(rows: pd.DataFrame, amounts: pd.Series) -> pd.Series:
    """Per technology the largest sum of ``amounts`` that the shares of its groups allow."""
    total: dict[str, float] = {}
    mixes: dict[tuple[str, str], list[int]] = {}
    values = np.nan_to_num(amounts.to_numpy(dtype=float), nan=0.0, posinf=np.inf, neginf=-np.inf)
    names = zip(rows["technology"].tolist(), rows["group"].tolist(), strict=True)
    for row, (technology, group) in enumerate(names):
        total.setdefault(technology, 0.0)
        if group:
            mixes.setdefault((technology, group), []).append(row)
        else:
            total[technology] += float(values[row])
    least, most = rows["least"].to_numpy(), rows["most"].to_numpy()
    for (technology, _), own in mixes.items():
        total[technology] += _best_mix(least[own], most[own], values[own])
    return pd.Series(list(total.values()), index=pd.Index(list(total), dtype=object), dtype=float)


def _best_mix(least: np.ndarray, most: np.ndarray, values: np.ndarray) -> float:
    """The largest weighted sum of ``values``: least shares first, the rest to the best."""
    order = np.argsort(-values, kind="stable")
    least = least[order]
    room = np.maximum(most[order] - least, 0.0)
    rest = max(1.0 - least.sum(), 0.0)
    extra = np.clip(rest - (np.cumsum(room) - room), 0.0, room)
    return float(((least + extra) * values[order]).sum())
