"""Targets of a whole site whose cascades meet only through carriers such as steam levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from circularpark.account.heat_grid import Loads, grid_of
from circularpark.account.targets import problem_table
from circularpark.program.time import Floats

# A carrier whose temperature glides is taken apart into so many slices.
SLICES = 8


@dataclass(frozen=True)
class Level:
    """A temperature at which a carrier may be raised and used.

    raise_at : [degC, shifted] heat at this temperature or hotter raises it
    use_at : [degC, shifted] it gives its heat at this temperature
    """

    carrier: str
    raise_at: float
    use_at: float


@dataclass(frozen=True)
class SiteTarget:
    """What carriers can do at best.

    heating : (T,) [MW] least heating of all cascades together, through the carriers given
    alone : (T,) [MW] their heating when none sends anything to another
    levels : carrier, level [degC], could_raise, could_use [MW, means]: each level alone;
        raised, used: all levels at once, raised as hot and used as cold as can be
    """

    heating: Floats
    alone: Floats
    levels: pd.DataFrame


def levels_of(carriers: pd.DataFrame) -> list[Level]:
    """The levels of the carriers, hottest first.

    A carrier's latent heat is one level; what it gives while cooling from ``temperature`` to
    ``return_temperature`` is cut into slices, each raised from its colder and used from its
    hotter end. Slices may be raised apart from each other, so that a target is never missed.

    carriers : id, temperature, return_temperature, latent_temperature, latent_share, min_approach
    """
    found: list[Level] = []
    for row in carriers.to_dict("records"):
        half = float(row["min_approach"]) / 2
        found += [Level(str(row["id"]), low + half, high - half) for high, low in _pieces(row)]
    return sorted(found, key=lambda level: -(level.raise_at + level.use_at))


def _pieces(row: dict[Any, Any]) -> list[tuple[float, float]]:
    """The (hotter, colder) ends of the pieces of a carrier's heat."""
    supply, back = float(row["temperature"]), float(row["return_temperature"])
    share = float(row["latent_share"])
    latent = float(row["latent_temperature"]) if share > 0 else supply
    pieces = [(latent, latent)] if share > 0 or supply == back else []
    if share < 1 and supply != back:
        edges = np.linspace(supply, back, SLICES + 1)
        pieces += [(float(a), float(b)) for a, b in pairwise(edges)]
    return pieces


def site_target(cascades: Sequence[Loads], levels: Sequence[Level], weight: Floats) -> SiteTarget:
    """The least heating of cascades that may exchange heat only through the levels.

    Every cascade z sends on a net amount E_z(l) of the levels down to l. Between the coldest
    raising and the next use, all that fell through z down to a temperature T must cover it:
    E_z(l) <= heating_z + min N_z(T), with N_z the heat balance of z above T; and what all
    cascades send on sums to zero. So the heating is at least ``-sum_z min N_z`` for every level,
    and above the hottest level each cascade is on its own. Where levels are farther apart than
    their approach that is not only a bound but reached; pockets of a cascade are made use of.

    Parameters
    ----------
    cascades : the loads of each cascade; levels : hottest first; weight : (T,) hours

    Source: derived here; Dhole & Linnhoff (1993), Computers & Chemical Engineering 17:S101, for
    the total site and its profiles.
    """
    count, periods = len(levels), len(weight)
    least = np.zeros((count, periods))
    alone, above = np.zeros(periods), np.zeros(periods)
    could_raise, hot_need = np.zeros((count, periods)), np.zeros((count, periods))
    for loads in cascades:
        one = _Balance(loads, levels)
        alone += one.heating
        above += one.needed_above(0)
        for level in range(count):
            window = one.sent_on(level)
            least[level] += window.min(axis=0) if len(window) else one.heating
            could_raise[level] += one.could_raise(level)
            hot_need[level] += one.needed_above(level)
    heating = np.maximum(above, -least.min(axis=0, initial=0.0))
    return SiteTarget(heating, alone, _frame(levels, could_raise, hot_need, alone, weight))


class _Balance:
    """The heat balance of a cascade above every cell, and where the levels act on it."""

    def __init__(self, loads: Loads, levels: Sequence[Level]) -> None:
        raise_at = [level.raise_at for level in levels]
        use_at = [level.use_at for level in levels]
        grid = grid_of(loads, [*raise_at, *use_at])
        table = problem_table(loads, grid)
        nothing = np.zeros((1, loads.rate.shape[1]))
        # ``net[k]`` is the balance above cell k: a level's own cell is the first it acts on.
        self.net = np.vstack([nothing, np.cumsum(table.hot - table.cold, axis=0)])
        self.least_above = np.minimum.accumulate(self.net, axis=0)
        self.least_below = np.minimum.accumulate(self.net[::-1], axis=0)[::-1]
        self.heating = table.heating
        self.raised_in = [grid.place(t) for t in raise_at]
        self.used_in = [*(grid.place(t) for t in use_at), len(self.net) - 1]

    def needed_above(self, level: int) -> Floats:
        """The heat that is wanted hotter than where this and colder levels are used."""
        return np.asarray(np.maximum(0.0, -self.least_above[min(self.used_in[level:])]))

    def sent_on(self, level: int) -> Floats:
        """The balances that must cover what is sent on of the levels down to this one."""
        first = max(self.raised_in[: level + 1]) + 1
        return self.net[first : min(self.used_in[level + 1 :]) + 1]

    def could_raise(self, level: int) -> Floats:
        """What this level alone could take without more heating."""
        return np.asarray(self.heating + self.least_below[self.raised_in[level] + 1])


def _frame(
    levels: Sequence[Level], could_raise: Floats, hot_need: Floats, alone: Floats, weight: Floats
) -> pd.DataFrame:
    share = weight / weight.sum()
    raised_to = np.maximum.accumulate(could_raise, axis=0)
    raised = np.diff(raised_to, axis=0, prepend=0.0)
    # What needs a level is all that hotter levels and fires alone could serve, but no colder one.
    need = np.vstack([hot_need, alone[None, :]])
    used = np.maximum(np.diff(need, axis=0), 0.0)
    frame = pd.DataFrame(
        {
            "carrier": [level.carrier for level in levels],
            "level": [(level.raise_at + level.use_at) / 2 for level in levels],
            "could_raise": could_raise @ share,
            "could_use": (alone[None, :] - hot_need) @ share,
            "raised": raised @ share,
            "used": used @ share,
        }
    )
    together = frame.groupby("carrier", sort=False, as_index=False)
    return together.agg(
        level=("level", "max"),
        could_raise=("could_raise", "max"),
        could_use=("could_use", "max"),
        raised=("raised", "sum"),
        used=("used", "sum"),
    )
