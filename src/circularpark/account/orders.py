"""What each of several projects adds on average over the orders in which they may come.

The average over all orders is the Shapley value: it shares out what all save together, without
a rest, and treats equal projects equally. Up to a number of runs it is found exactly, from
every subset; beyond it from sampled orders, each beside its reverse, and the standard error of
the mean is told.

Source: Shapley (1953), A value for n-person games; Castro, Gomez & Tejada (2009), Computers &
Operations Research 36:1726, for sampled orders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from circularpark.program.time import Floats

# The value of a set of projects, flagged (n,): (m,) numbers, or None where there is none.
Value = Callable[[NDArray[np.bool_]], Floats | None]


@dataclass(frozen=True)
class Averages:
    """mean, error : (n, m) average over orders and its standard error (0 where exact).

    orders : how many were tried (all where exact); exact : whether every subset was valued
    """

    mean: Floats
    error: Floats
    orders: int
    exact: bool


def averages(value: Value, count: int, most: int, seed: int = 0) -> Averages | None:
    """What each project adds on average, with at most ``most`` sets valued.

    Parameters
    ----------
    value : of a set of projects; none and all of them are valued, too
    count : how many projects; most : sets valued beside none and all, at least 2 orders' worth

    Returns
    -------
    Averages; None where a set has no value.
    """
    if count == 0:
        return None
    if 2**count - 2 <= most:
        return _exact(value, count)
    pairs = max(most // (2 * (count - 1)), 1)
    return _sampled(value, count, pairs, seed)


def _exact(value: Value, count: int) -> Averages | None:
    known: dict[tuple[int, ...], Floats] = {}
    for size in range(count + 1):
        for members in combinations(range(count), size):
            found = value(_flags(members, count))
            if found is None:
                return None
            known[members] = found
    mean = np.zeros((count, len(known[()])))
    for members, worth in known.items():
        for one in members:
            others = tuple(m for m in members if m != one)
            weight = 1.0 / (count * comb(count - 1, len(others)))
            mean[one] += weight * (worth - known[others])
    orders = int(np.prod(np.arange(1, count + 1, dtype=float)))
    return Averages(mean, np.zeros_like(mean), orders, True)


def _flags(members: tuple[int, ...], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=bool)
    found[list(members)] = True
    return found


def _sampled(value: Value, count: int, pairs: int, seed: int) -> Averages | None:
    draw = np.random.default_rng(seed)
    each = []
    for _ in range(pairs):
        order = draw.permutation(count)
        both = [_added(value, one) for one in (order, order[::-1])]
        if both[0] is None or both[1] is None:
            return None
        each.append((both[0] + both[1]) / 2.0)
    added = np.stack(each)
    spread = added.std(axis=0, ddof=1) if pairs > 1 else np.full(added.shape[1:], np.nan)
    return Averages(added.mean(axis=0), spread / np.sqrt(pairs), 2 * pairs, False)


def _added(value: Value, order: NDArray[np.int64]) -> Floats | None:
    """What each project adds when they come in this order, (n, m)."""
    there = np.zeros(len(order), dtype=bool)
    before = value(there)
    if before is None:
        return None
    found = np.zeros((len(order), len(before)))
    for one in order:
        there = there.copy()
        there[one] = True
        after = value(there)
        if after is None:
            return None
        found[one] = after - before
        before = after
    return found
