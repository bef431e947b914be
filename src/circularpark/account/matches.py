"""Which source heats which sink: exchangers a designer can start from.

The heat of every source and sink in every temperature cell is given (by a plan); who meets whom
is a transport problem in which heat only falls. Pair after pair is filled as far as it goes, the
largest first: a pair may take what its source still has, what its sink still wants, and between
two cells no more than falls there anyway, so that all other sinks can still be served. A source
that serves several sinks over the same temperatures is split between them. In the end every
sink is served, and few exchangers do it; the least possible number would be a choice among
whole numbers of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from circularpark.account.heat_grid import Grid, Loads, Texts, grid_of
from circularpark.program.time import Floats, Integers

# Heat below this share of its cascade's is what tolerances leave.
DUST = 1e-9
# Parts whose pieces belong to one exchanger.
WHOLE = ("carrier", "direct")
WORDS = ("source", "source_row", "source_part", "sink", "sink_row", "sink_part")
COLUMNS = (
    "site", "heat_zone", *WORDS, "mean", "largest", "energy",
    "hot_in", "hot_out", "cold_in", "cold_out", "approach",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a plan matches in a cascade where the park asks for matches.

    source, sink : (n,) names; "" is everything that no row of ``matches.csv`` names
    upper, lower : (n,) [degC, shifted] of the interval in which the sink takes it
    rate : (n, T) in any unit
    """

    source: Texts
    sink: Texts
    upper: Floats
    lower: Floats
    rate: Floats


def matches(
    loads: Loads, weight: Floats, asked: Mapping[tuple[str, str], Asked] | None = None
) -> pd.DataFrame:
    """The exchangers of every cascade.

    Parameters
    ----------
    loads : what a plan's sources give and its sinks take; weight : (T,) [h/a] of each period
    asked : (site, heat_zone) -> what the plan matches there, where the park asks for matches;
        these decide between named sources and sinks, and the rest is found as elsewhere

    Returns
    -------
    DataFrame : site, heat_zone, source, sink (their rows and parts); mean and largest heat [MW],
    energy [MWh/a]; hot_in, hot_out, cold_in, cold_out [degC] of both sides and the smallest
    difference between them, approach [K], at mean rates. A blank sink is what leaves unused, a
    blank source what a sink gets from nowhere in its cascade (a direct line, or an error).
    """
    found = [
        row
        for (site, zone), own in loads.cascades()
        for row in _of_cascade(site, zone, own, weight, (asked or {}).get((site, zone)))
    ]
    return pd.DataFrame(found, columns=list(COLUMNS))


@dataclass
class _Side:
    """The hot or the cold side of a cascade: units, and their heat in every cell."""

    unit: Integers
    first: Integers
    heat: Floats
    loads: Loads
    grid: Grid

    @classmethod
    def of(cls, loads: Loads, grid: Grid) -> _Side:
        """Pieces of one carrier or line are one unit; other loads stand alone."""
        index = loads.index
        row = index["row"].where(~index["part"].isin(WHOLE), "")
        unit = pd.Series(list(zip(index["item"], row, strict=True)), dtype=object)
        code, names = pd.factorize(unit)
        first = np.array([int(np.argmax(code == n)) for n in range(len(names))], dtype=np.int64)
        share = grid.shares(loads)
        heat = np.zeros((len(names), len(grid.upper), loads.rate.shape[1]))
        np.add.at(heat, code, share[:, :, None] * loads.rate[:, None, :])
        return cls(np.asarray(code), first, heat, loads, grid)

    def words(self, unit: int, prefix: str) -> dict[str, str]:
        """What the tables call a unit."""
        row = self.loads.index.iloc[self.first[unit]]
        lone = str(row["row"]) if row["part"] not in WHOLE else ""
        return {prefix: row["item"], f"{prefix}_row": lone, f"{prefix}_part": row["part"]}

    def shift(self, unit: int) -> float:
        """What turns shifted temperatures back into real ones [K]."""
        first = self.first[unit]
        return float(-self.loads.sign[first] * self.loads.shift[first])


def _of_cascade(
    site: str, zone: str, loads: Loads, weight: Floats, asked: Asked | None
) -> list[dict[str, object]]:
    edges = () if asked is None else [*asked.upper.tolist(), *asked.lower.tolist()]
    grid = grid_of(loads, edges)
    hot, cold = (_Side.of(loads.chosen(side), grid) for side in (loads.hot, ~loads.hot))
    least = DUST * float((loads.rate @ weight).sum()) / float(weight.sum())
    where: dict[str, object] = {"site": site, "heat_zone": zone}
    found: list[dict[str, object]] = []
    groups = [(hot, cold)] if asked is None else _by_source(hot, cold, asked)
    for part_hot, part_cold in groups:
        for source, sink, given, taken in _paired(part_hot, part_cold, weight, least):
            words = where | part_hot.words(source, "source") | part_cold.words(sink, "sink")
            ends = _exchanger(part_hot, source, part_cold, sink, given, taken, weight)
            found.append(words | ends)
        for side, prefix, ends_of in ((part_hot, "source", "hot"), (part_cold, "sink", "cold")):
            for unit, left in enumerate(side.heat):
                if float(left.sum(axis=0) @ weight) > least * float(weight.sum()):
                    temperature = _span(grid, left @ weight, side.shift(unit), ends_of)
                    amounts = _amounts(left.sum(axis=0), weight)
                    found.append(where | side.words(unit, prefix) | temperature | amounts)
    return [dict.fromkeys(WORDS, "") | row for row in found]


def _by_source(hot: _Side, cold: _Side, asked: Asked) -> list[tuple[_Side, _Side]]:
    """Each named source with the part of every sink that the plan gives it."""
    names = list(dict.fromkeys(asked.source))
    called = [_called(side, kind) for side, kind in ((hot, asked.source), (cold, asked.sink))]
    # Which matched entry each cell of each sink belongs to, by the sink's name.
    cell_in = (cold.grid.upper <= asked.upper[:, None]) & (cold.grid.lower >= asked.lower[:, None])
    point = asked.upper == asked.lower
    cell_in &= ~(point[:, None] ^ (cold.grid.upper == cold.grid.lower))
    found = []
    for name in names:
        mine = np.zeros_like(cold.heat)
        for sink, sink_name in enumerate(called[1]):
            own = asked.sink == sink_name
            whole = cell_in[own].T.astype(float) @ asked.rate[own]
            part = (
                cell_in[own & (asked.source == name)].T.astype(float)
                @ (asked.rate[own & (asked.source == name)])
            )
            share = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
            mine[sink] = cold.heat[sink] * share
        given = np.where((called[0] == name)[:, None, None], hot.heat, 0.0)
        found.append((replace(hot, heat=given), replace(cold, heat=mine)))
    return found


def _called(side: _Side, names: Texts) -> Texts:
    """What the plan's matches call each unit of a side: its item, or "" where none names it."""
    items = side.loads.index["item"].to_numpy(dtype=object)[side.first]
    return np.where(np.isin(items, names), items, "")


def _paired(
    hot: _Side, cold: _Side, weight: Floats, least: float
) -> list[tuple[int, int, Floats, Floats]]:
    """Pairs with what the source gives and the sink takes in each cell (K, T); sides are left
    with what remains."""
    share = weight / weight.sum()
    fallen = np.cumsum(hot.heat.sum(axis=0) - cold.heat.sum(axis=0), axis=0)
    falls = np.maximum(fallen, 0.0)
    free = np.ones((len(hot.heat), len(cold.heat)), dtype=bool)
    found = []
    while free.any():
        mean = _reach((hot.heat @ share)[:, None], (cold.heat @ share)[None, :], falls @ share)
        mean = np.where(free, mean.sum(axis=-1), 0.0)
        source, sink = np.unravel_index(int(np.argmax(mean)), mean.shape)
        if mean[source, sink] <= least:
            break
        free[source, sink] = False
        given, taken, passing = _filled(hot.heat[source], cold.heat[sink], falls)
        if float(taken.sum(axis=0) @ share) <= least:
            continue
        hot.heat[source] = np.maximum(hot.heat[source] - given, 0.0)
        cold.heat[sink] = np.maximum(cold.heat[sink] - taken, 0.0)
        falls = np.maximum(falls - passing, 0.0)
        found.append((int(source), int(sink), given, taken))
    return found


def _reach(given: Floats, wanted: Floats, falls: Floats) -> Floats:
    """What sinks can take from sources in each cell, (..., K), when only they meet."""
    given, wanted = np.broadcast_arrays(given, wanted)
    taken = np.empty(given.shape)
    carried = np.zeros(given.shape[:-1])
    for cell in range(given.shape[-1]):
        if cell:
            carried = np.minimum(carried, falls[cell - 1])
        carried = carried + given[..., cell]
        taken[..., cell] = np.minimum(carried, wanted[..., cell])
        carried = carried - taken[..., cell]
    return taken


def _filled(given: Floats, wanted: Floats, falls: Floats) -> tuple[Floats, Floats, Floats]:
    """One pair filled as far as it goes in every period: given, taken, passing on, (K, T).

    Each cell of the sink draws on the coldest heat that will do.
    """
    taken = np.empty_like(given)
    carried = np.zeros(given.shape[1])
    for cell in range(len(given)):
        if cell:
            carried = np.minimum(carried, falls[cell - 1])
        carried = carried + given[cell]
        taken[cell] = np.minimum(carried, wanted[cell])
        carried = carried - taken[cell]
    drawn, passing = np.empty_like(given), np.zeros_like(given)
    need = np.zeros(given.shape[1])
    for cell in range(len(given) - 1, -1, -1):
        passing[cell] = need
        need = need + taken[cell]
        drawn[cell] = np.minimum(given[cell], need)
        need = need - drawn[cell]
    return drawn, taken, passing


def _exchanger(
    hot: _Side, source: int, cold: _Side, sink: int, given: Floats, taken: Floats, weight: Floats
) -> dict[str, object]:
    warm, cool = given @ weight, taken @ weight
    grid = hot.grid
    ends = _span(grid, warm, hot.shift(source), "hot") | _span(grid, cool, cold.shift(sink), "cold")
    approach = _closest(grid, warm, cool) + hot.shift(source) - cold.shift(sink)
    return ends | {"approach": approach} | _amounts(taken.sum(axis=0), weight)


def _amounts(rate: Floats, weight: Floats) -> dict[str, object]:
    energy = float(rate @ weight)
    return {
        "mean": energy / float(weight.sum()),
        "largest": float(rate.max(initial=0.0)),
        "energy": energy,
    }


def _span(grid: Grid, heat: Floats, shift: float, side: str) -> dict[str, object]:
    """Real temperatures between which the heat lies: into and out of the exchanger."""
    used = heat > DUST * float(heat.sum())
    high, low = float(grid.upper[used].max()) + shift, float(grid.lower[used].min()) + shift
    first, last = (high, low) if side == "hot" else (low, high)
    return {f"{side}_in": first, f"{side}_out": last}


def _closest(grid: Grid, warm: Floats, cool: Floats) -> float:
    """The smallest difference [K, shifted] between both sides, laid against each other."""
    ends = [np.concatenate([[0.0], np.cumsum(side)]) for side in (warm, cool)]
    whole = min(ends[0][-1], ends[1][-1])
    marks = np.unique(np.concatenate([*ends, [whole]]))
    marks = marks[marks <= whole]
    # Pieces narrower than rounding would put two sides of a step against each other.
    wide = np.flatnonzero(np.diff(marks) > DUST * whole)
    middle = (marks[wide] + marks[wide + 1]) / 2
    at = []
    for edges, heat in zip(ends, (warm, cool), strict=True):
        cell = np.clip(np.searchsorted(edges, middle) - 1, 0, len(heat) - 1)
        size = np.where(heat[cell] > 0, heat[cell], 1.0)
        begin = np.clip((marks[wide] - edges[cell]) / size, 0.0, 1.0)
        end = np.clip((marks[wide + 1] - edges[cell]) / size, 0.0, 1.0)
        drop = grid.lower[cell] - grid.upper[cell]
        at.append(grid.upper[cell] + drop * np.stack([begin, end]))
    return float((at[0] - at[1]).min())
