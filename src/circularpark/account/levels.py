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
    use_at : [degC, shifted] it gives its heat at this temperature, never above ``raise_at``
    share : of the carrier's heat that stands here
    """

    carrier: str
    raise_at: float
    use_at: float
    share: float = 1.0


@dataclass(frozen=True)
class SiteTarget:
    """What carriers can do at best.

    heating : (T,) [MW] least heating of all cascades together, through the carriers given
    alone : (T,) [MW] their heating when none sends anything to another
    carriers : carrier, level [degC, the hottest], could_raise, could_use [MW, means]: what each
        carrier alone could take without more heating, and how much heating it could replace
    """

    heating: Floats
    alone: Floats
    carriers: pd.DataFrame


def levels_of(carriers: pd.DataFrame) -> list[Level]:
    """The levels of the carriers, hottest first.

    A carrier's latent heat is one level; what it gives while cooling from ``temperature`` to
    ``return_temperature`` is cut into slices, each raised from its colder and used from its
    hotter end, or both at its middle where it is wider than the approach. Slices may be raised
    apart from each other, so that what is found is at least what the whole carrier can do.

    carriers : id, temperature, return_temperature, latent_temperature, latent_share, min_approach
    """
    found: list[Level] = []
    for row in carriers.to_dict("records"):
        half = float(row["min_approach"]) / 2
        for high, low, share in _pieces(row):
            middle = (high + low) / 2
            ends = max(low + half, middle), min(high - half, middle)
            found.append(Level(str(row["id"]), *ends, share))
    return sorted(found, key=lambda level: -(level.raise_at + level.use_at))


def _pieces(row: dict[Any, Any]) -> list[tuple[float, float, float]]:
    """The (hotter end, colder end, share) of the pieces of a carrier's heat."""
    supply, back = float(row["temperature"]), float(row["return_temperature"])
    share = 1.0 if supply == back else float(row["latent_share"])
    latent = float(row["latent_temperature"]) if float(row["latent_share"]) > 0 else supply
    pieces = [(latent, latent, share)] if share > 0 else []
    if share < 1:
        edges = np.linspace(supply, back, SLICES + 1)
        each = (1 - share) / SLICES
        pieces += [(float(a), float(b), each) for a, b in pairwise(edges)]
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
    names = list(dict.fromkeys(level.carrier for level in levels))
    could = {name: (np.zeros(periods), np.zeros(periods)) for name in names}
    for loads in cascades:
        one = _Balance(loads, levels)
        alone += one.heating
        above += one.needed_above(0)
        for level in range(count):
            least[level] += one.sent_on(level).min(axis=0)
        for name in names:
            could[name][0][:] += one.could_raise(name)
            could[name][1][:] += one.could_use(name)
    heating = np.maximum(above, -least.min(axis=0, initial=0.0))
    share = weight / weight.sum()
    frame = pd.DataFrame(
        {
            "carrier": names,
            "level": [max(v.raise_at for v in levels if v.carrier == name) for name in names],
            "could_raise": [float(could[name][0] @ share) for name in names],
            "could_use": [float(could[name][1] @ share) for name in names],
        }
    )
    return SiteTarget(heating, alone, frame)


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
        self.levels = levels
        self.raised_in = [grid.place(t) for t in raise_at]
        self.used_in = [*(grid.place(t) for t in use_at), len(self.net) - 1]

    def needed_above(self, level: int) -> Floats:
        """The heat that is wanted hotter than where this and colder levels are used."""
        return np.asarray(np.maximum(0.0, -self.least_above[min(self.used_in[level:])]))

    def sent_on(self, level: int) -> Floats:
        """The balances that must cover what is sent on of the levels down to this one."""
        first = max(self.raised_in[: level + 1]) + 1
        return self.net[first : min(self.used_in[level + 1 :]) + 1]

    def could_raise(self, carrier: str) -> Floats:
        """What the carrier alone could take without more heating, all its pieces in proportion."""
        own = [place for place, level in enumerate(self.levels) if level.carrier == carrier]
        own.sort(key=lambda place: self.raised_in[place])
        most = np.full(self.net.shape[1], np.inf)
        taken = 0.0
        for place in own:
            taken += self.levels[place].share
            room = self.heating + self.least_below[self.raised_in[place] + 1]
            most = np.minimum(most, room / taken)
        return np.maximum(most, 0.0)

    def could_use(self, carrier: str) -> Floats:
        """How much heating the carrier could replace: all that is not wanted hotter than it."""
        first = min(
            self.used_in[place]
            for place, level in enumerate(self.levels)
            if level.carrier == carrier
        )
        hotter = np.maximum(0.0, -self.least_above[first])
        return np.asarray(self.heating - hotter)
