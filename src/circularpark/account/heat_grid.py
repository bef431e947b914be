"""Heat loads, and the temperature scale that they cut into cells.

A load is heat to give (hot) or heat wanted (cold) over one temperature range; a phase change
is a load whose range is a single temperature. Temperatures are shifted by half of each load's
own approach, hot down and cold up, so that heat may pass wherever the shifted scale allows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.program.time import Floats, Integers

Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

# Temperatures that agree to so many digits [degC] are one.
SAME_DIGITS = 9
KEYS = ("item", "row", "site", "heat_zone", "part")


@dataclass(frozen=True)
class Loads:
    """Heat loads, a row each.

    index : (L rows) item, row (of a recipe or a carrier's shape), site, heat_zone, part
        (``process``: what the park's production gives and wants; ``means``: what equipment for
        heating, cooling and power gives and takes; ``carrier``, ``direct``: what comes from and
        goes to other sites)
    hot : (L,) whether the load gives heat; supply, target : (L,) [degC] as they are
    shift : (L,) [K] half of the load's approach; rate : (L, T) [MW] in every period
    """

    index: pd.DataFrame
    hot: Flags
    supply: Floats
    target: Floats
    shift: Floats
    rate: Floats

    def __len__(self) -> int:
        return len(self.hot)

    @property
    def sign(self) -> Floats:
        """-1 for hot loads, which are shifted down, +1 for cold ones."""
        return np.where(self.hot, -1.0, 1.0)

    @property
    def upper(self) -> Floats:
        """The hotter end of each load, shifted [degC], (L,)."""
        return rounded(np.maximum(self.supply, self.target) + self.sign * self.shift)

    @property
    def lower(self) -> Floats:
        """The colder end of each load, shifted [degC], (L,)."""
        return rounded(np.minimum(self.supply, self.target) + self.sign * self.shift)

    def chosen(self, keep: Flags | Integers) -> Loads:
        """Only the loads to keep."""
        return Loads(
            self.index[keep].reset_index(drop=True)
            if keep.dtype == bool
            else self.index.iloc[keep].reset_index(drop=True),
            self.hot[keep],
            self.supply[keep],
            self.target[keep],
            self.shift[keep],
            self.rate[keep],
        )

    def averaged(self, weight: Floats) -> Loads:
        """The same loads at their mean rates, weighed by (T,)."""
        share = weight / weight.sum()
        return Loads(
            self.index, self.hot, self.supply, self.target, self.shift,
            (self.rate @ share)[:, None],
        )  # fmt: skip

    def distinct(self, weight: Floats) -> tuple[Loads, Floats]:
        """The periods that differ, and the weight of each: less to reckon, the same means."""
        _, first, code = np.unique(self.rate, axis=1, return_index=True, return_inverse=True)
        kept = Loads(self.index, self.hot, self.supply, self.target, self.shift,
                     self.rate[:, first])  # fmt: skip
        summed = np.bincount(code.ravel(), weights=weight, minlength=len(first))
        return kept, np.asarray(summed, dtype=float)

    def of_part(self, *parts: str) -> Loads:
        """Only the loads of these parts."""
        return self.chosen(self.index["part"].isin(parts).to_numpy(dtype=bool))

    def cascades(self) -> Iterator[tuple[tuple[str, str], Loads]]:
        """Each (site, heat_zone) with its loads, in the order in which they first appear."""
        keys = list(zip(self.index["site"], self.index["heat_zone"], strict=True))
        code, names = pd.factorize(pd.Series(keys, dtype=object))
        for number, name in enumerate(names):
            yield (str(name[0]), str(name[1])), self.chosen(code == number)


def loads_of(rows: pd.DataFrame, rate: Floats | None = None) -> Loads:
    """Loads from a plain table.

    Parameters
    ----------
    rows : item, hot (bool), supply, target [degC], approach [K, the load's own], and where there
        are several cascades site, heat_zone, row, part; ``rate`` [MW] where it is not given apart
    rate : (L, T) [MW]

    Raises
    ------
    ValueError : a hot load that is to be heated, or a cold one that is to be cooled.
    """
    index = pd.DataFrame(
        {
            key: rows[key].astype(str) if key in rows else ("process" if key == "part" else "")
            for key in KEYS
        },
        index=range(len(rows)),
    )
    hot = rows["hot"].to_numpy(dtype=bool)
    supply = rows["supply"].to_numpy(dtype=float)
    target = rows["target"].to_numpy(dtype=float)
    if (np.where(hot, target - supply, supply - target) > 0).any():
        raise ValueError("a hot load must cool and a cold one warm up")
    rates = rows["rate"].to_numpy(dtype=float)[:, None] if rate is None else rate
    return Loads(index, hot, supply, target, rows["approach"].to_numpy(dtype=float) / 2, rates)


def together(parts: Sequence[Loads]) -> Loads:
    """Several sets of loads over the same periods as one."""
    full = [part for part in parts if len(part)] or list(parts[:1])
    return Loads(
        pd.concat([part.index for part in full], ignore_index=True),
        *(
            np.concatenate([getattr(part, name) for part in full])
            for name in ("hot", "supply", "target", "shift", "rate")
        ),
    )


@dataclass(frozen=True)
class Grid:
    """The cells of a temperature scale, hottest first: intervals, and single temperatures.

    upper, lower : (K,) [degC, shifted]; equal for a cell that is one temperature. Heat of a cell
    may be used in it or in any later cell.
    """

    upper: Floats
    lower: Floats

    def shares(self, loads: Loads) -> Floats:
        """The share of each load that lies in each cell, (L, K); every row sums to one."""
        upper, lower = loads.upper[:, None], loads.lower[:, None]
        width = upper - lower
        point = width[:, 0] <= 0
        overlap = np.minimum(upper, self.upper) - np.maximum(lower, self.lower)
        spread = np.maximum(overlap, 0.0) / np.where(point[:, None], 1.0, width)
        single = (self.upper == self.lower) & (self.upper == upper)
        return np.asarray(np.where(point[:, None], single, spread), dtype=float)

    def place(self, temperature: float) -> int:
        """The number of the cell that is this single temperature."""
        same = rounded(np.array(temperature))
        found = np.flatnonzero((self.upper == same) & (self.lower == same))
        return int(found[0])


def grid_of(loads: Loads, more: Sequence[float] = ()) -> Grid:
    """The cells that the loads (and single temperatures ``more``) cut the scale into."""
    upper, lower = loads.upper, loads.lower
    single = np.unique(np.concatenate([upper[upper == lower], rounded(np.array(more, float))]))
    edges = np.unique(np.concatenate([upper, lower, single]))[::-1]
    top = np.concatenate([edges[:-1], single])
    bottom = np.concatenate([edges[1:], single])
    # Of cells with one lower end the interval comes before the single temperature.
    order = np.lexsort((-top, -bottom))
    return Grid(top[order], bottom[order])


def rounded(values: Floats) -> Floats:
    """Temperatures without what is left of adding and taking halves."""
    return np.asarray(np.round(values, SAME_DIGITS), dtype=float)
