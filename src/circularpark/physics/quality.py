"""Which source can serve which sink, and how its quality compares with what is accepted.

Sources keep their composition on the way: they meet a sink on one link or within the site, and
mix only there. A property mixes linearly in its operator, x -> x^e; a limit on the mix of flows
f with properties q then is the linear row sum of f (q^e - limit^e) <= 0 (with the sign of e).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Numbers that are equal but for rounding, e.g. 0.1 % and 1000 ppm, are no excess.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Pairs:
    """Sources and sinks that a way joins, (M,) positions of each."""

    source: Integers
    sink: Integers
    way: Integers

    def __len__(self) -> int:
        return len(self.source)

    def take(self, kept: Flags) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.source[kept], self.sink[kept], self.way[kept])


def reachable(source: Integers, sink: Integers, start: Integers, end: Integers) -> Pairs:
    """Every source at the start of a way with every sink at its end.

    Parameters
    ----------
    source, sink : (S,), (K,) place of each; start, end : (W,) places that a way joins

    Returns
    -------
    Pairs : way by way, within it source by source
    """
    gives, takes = np.argsort(source, kind="stable"), np.argsort(sink, kind="stable")
    first_source, sources = _runs(source[gives], start)
    first_sink, sinks = _runs(sink[takes], end)
    way = np.repeat(np.arange(len(start)), sources * sinks)
    within = np.arange(len(way)) - np.repeat(
        np.cumsum(sources * sinks) - sources * sinks, sources * sinks
    )
    many = np.maximum(sinks[way], 1)
    return Pairs(
        gives[first_source[way] + within // many],
        takes[first_sink[way] + within % many],
        way,
    )


def _runs(ordered: Integers, wanted: Integers) -> tuple[Integers, Integers]:
    """Where the run of each wanted number begins in sorted numbers, and how long it is."""
    first = np.searchsorted(ordered, wanted, side="left")
    return first, np.searchsorted(ordered, wanted, side="right") - first


def linear(number: Floats, exponent: Floats) -> Floats:
    """The number on a scale on which it mixes linearly and grows with the number."""
    if (exponent == 1.0).all():
        return number
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sign(exponent) * number**exponent, dtype=float)


def excess(quality: Floats, limit: Floats, exponent: Floats, side: Floats) -> Floats:
    """How far qualities are beyond limits, on the scale that mixes linearly.

    Parameters
    ----------
    quality, limit, exponent, side : broadcast; side is 1 for a maximum and -1 for a minimum

    Returns
    -------
    positive where a flow of this quality alone breaks the limit, nan where it is not known
    """
    own, bound = linear(quality, exponent), linear(limit, exponent)
    beyond = side * (own - bound)
    same = np.abs(beyond) <= ROUNDING * (np.abs(own) + np.abs(bound))
    return np.where(same, 0.0, beyond)


def never_helps(rows: int, pairs: int, row: Integers, pair: Integers, beyond: Floats) -> Flags:
    """Pairs that no mix can have: beyond a limit with nothing on its good side to thin it.

    In a row sum of f x beyond <= 0 whose terms are all >= 0, every f with beyond > 0 is zero. What
    goes may leave other rows without a good side: it is looked again until nothing more goes.

    Parameters
    ----------
    row, pair : (n,) entries of the rows; beyond : (n, B) as ``excess`` gives it

    Returns
    -------
    (pairs,) whether the pair is out in every one of the B states
    """
    states = beyond.shape[1]
    alive = np.ones((pairs, states), dtype=bool)
    while True:
        here = alive[pair]
        best = np.full((rows, states), np.inf)
        np.minimum.at(best, row, np.where(here & ~np.isnan(beyond), beyond, np.inf))
        entry, state = np.nonzero(here & (beyond > 0) & ~(best[row] < 0))
        if not len(entry):
            return np.asarray(~alive.any(axis=1), dtype=bool)
        alive[pair[entry], state] = False
