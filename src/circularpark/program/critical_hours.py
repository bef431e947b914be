"""Hours that a design must be able to serve, whatever typical days stand for the rest.

With chosen capacities, what can be served is a convex set of what profiles ask for: an hour
between others that can be served can be served. So the outermost hours are enough, and only
those in which profiles are highest or lowest, alone or two against each other, are taken.

Source: single time steps are added to typical periods until the whole year can be served in
Bahl, Kumpel, Seele, Lampe & Bardow (2017), Time-series aggregation for synthesis problems by
bounding error in the objective function, Energy 135, 900-912; here they are found beforehand.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from circularpark.program.driven import Driven
from circularpark.program.time import Floats, Integers

# How many hours at most: as much work for the solver as three days.
MOST = 72
CLOSE = 1e-9


def critical_hours(values: Floats, names: list[str], driven: Driven) -> Integers:
    """The outermost steps of a year, in its order.

    values : (T steps, P profiles), named

    Returns
    -------
    (H,) positions; those that profiles ask for alone come before pairs of them, where all
    would be too many
    """
    # A price makes nothing impossible.
    driving = {*driven.available, *(n for own in driven.demand.values() for n in own)}
    chosen = [p for p, name in enumerate(names) if name in (driven.weight.keys() & driving)]
    low, high = values.min(axis=0), values.max(axis=0)
    chosen = [p for p in chosen if high[p] > low[p]]
    if not chosen:
        return np.zeros(0, dtype=np.int64)
    shapes = (values[:, chosen] - low[chosen]) / (high[chosen] - low[chosen])
    found: dict[int, None] = {}
    for way in _ways(len(chosen)):
        score = shapes @ way
        found.setdefault(int(np.flatnonzero(score >= score.max() - CLOSE)[0]))
    return np.array(sorted(list(found)[:MOST]), dtype=np.int64)


def _ways(profiles: int) -> list[Floats]:
    """Up and down each profile, then each pair of them with all signs."""
    ways = []
    for count in (1, 2):
        for members in combinations(range(profiles), min(count, profiles)):
            for signs in np.ndindex(*(2,) * len(members)):
                way = np.zeros(profiles)
                way[list(members)] = 1.0 - 2.0 * np.array(signs)
                ways.append(way)
    return ways
