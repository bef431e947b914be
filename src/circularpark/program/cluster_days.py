"""Days that stand for the others: Ward's clusters, their medoids, and yearly means that hold.

The method is the usual one of energy system design: profiles scaled to 0..1, hierarchical
clusters by Ward's criterion, the medoid of each (a day that really occurs), extreme days on
their own, the rest scaled so that every profile keeps its yearly mean. It is the method of
the tsam package with its defaults; the clusters are scipy's.

Sources: Kotzur, Markewitz, Robinius & Stolten (2018), Impact of different time series
aggregation methods on optimal energy system design, Renewable Energy 117, 474-487;
Hoffmann, Kotzur & Robinius (2022), The Pareto-optimal temporal aggregation of energy system
models, Applied Energy 315, 119029 (tsam).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circularpark.program.time import Floats, Integers

Flags = NDArray[np.bool_]

# A chosen day stretched by more than this is no longer that day: the clusters' means are truer.
STRETCH = 2.0
ROUNDS = 20
CLOSE = 1e-9


@dataclass(frozen=True)
class Choice:
    """Which real days stand for all.

    day : (D,) the chosen days in the order of the year; alone : (D,) whether it is an extreme
    stands : (N,) for each day of the year, the position among ``day`` of what stands for it
    """

    day: Integers
    stands: Integers
    alone: Flags

    @property
    def count(self) -> int:
        """How many days were chosen."""
        return len(self.day)


def choose(shapes: Floats, weight: Floats, count: int, extremes: Sequence[int]) -> Choice:
    """At most ``count`` days that stand for all, the extreme ones for themselves alone.

    Parameters
    ----------
    shapes : (N days, S steps, P profiles); weight : (P,) how much each profile counts
    count : of days wanted, more than there are extremes; extremes : days that stay alone
    """
    days = len(shapes)
    alone = np.zeros(days, dtype=bool)
    alone[list(extremes)] = True
    rest = np.flatnonzero(~alone)
    features = _features(shapes, weight)
    cluster = _ward(features[rest], max(count - int(alone.sum()), 1))
    medoid = np.arange(days)
    for label in np.unique(cluster):
        members = rest[cluster == label]
        medoid[members] = members[_middle(features[members])]
    day, stands = np.unique(medoid, return_inverse=True)
    return Choice(day.astype(np.int64), stands.astype(np.int64), alone[day])


def _features(shapes: Floats, weight: Floats) -> Floats:
    low, high = shapes.min(axis=(0, 1)), shapes.max(axis=(0, 1))
    spread = np.where(high > low, high - low, 1.0)
    return np.asarray(((shapes - low) / spread * weight).reshape(len(shapes), -1), dtype=float)


def _ward(features: Floats, count: int) -> Integers:
    if count >= len(features):
        return np.arange(len(features), dtype=np.int64)
    if count == 1 or not features.shape[1]:
        return np.zeros(len(features), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(features, method="ward")
    return np.asarray(fcluster(tree, count, criterion="maxclust"), dtype=np.int64)


def _middle(features: Floats) -> int:
    """The member nearest to all others, by the sum of distances."""
    square = (features**2).sum(axis=1)
    apart = square[:, None] + square[None, :] - 2.0 * features @ features.T
    total = np.sqrt(np.maximum(apart, 0.0)).sum(axis=1)
    # Equal days differ by rounding only; the first of them is taken.
    return int(np.flatnonzero(total <= total.min() + CLOSE * max(float(total.max()), 1.0))[0])


def days_of(shapes: Floats, span: Floats, choice: Choice) -> tuple[Floats, Floats]:
    """The chosen days with yearly means that hold, and what each stands for.

    Parameters
    ----------
    shapes : (N, S, P); span : (N,) how often a day occurs in the year

    Returns
    -------
    (D, S, P) profiles, whose weighed sums equal those of all days; (D,) weights, whose sum is
    the year's
    """
    weight = np.zeros(choice.count)
    np.add.at(weight, choice.stands, span)
    chosen = shapes[choice.day]
    wanted = np.einsum("nsp,n->p", shapes, span)
    found = np.empty_like(chosen)
    for p in range(shapes.shape[2]):
        found[..., p] = _kept_mean(chosen[..., p], weight, choice.alone, wanted[p], shapes[..., p])
    size = np.einsum("nsp,n->p", np.abs(shapes), span)
    missed = np.abs(np.einsum("dsp,d->p", found, weight) - wanted) > CLOSE * size
    if missed.any():
        found[..., missed] = _means(shapes[..., missed], span, choice, weight)
    return found, weight


def _kept_mean(
    chosen: Floats, weight: Floats, alone: Flags, wanted: float, whole: Floats
) -> Floats:
    """One profile on the chosen days (D, S), those that are not extreme moved to the mean."""
    if alone.all():
        return chosen
    low, high = float(whole.min()), float(whole.max())
    kept = float((chosen[alone] * weight[alone, None]).sum())
    moved, share = chosen[~alone].copy(), weight[~alone, None]
    if low < 0:
        # Prices below zero have no scale: the whole profile moves up or down.
        moved += (wanted - kept - float((moved * share).sum())) / float(
            (share * np.ones_like(moved)).sum()
        )
    stretched = 1.0
    for _ in range(ROUNDS if low >= 0 else 0):
        total = float((moved * share).sum())
        if total <= 0 or abs(total + kept - wanted) <= CLOSE * abs(wanted):
            break
        stretched *= (wanted - kept) / total
        if not 1.0 / STRETCH <= stretched <= STRETCH:
            break
        # No day goes beyond what the year has: an availability stays below one.
        moved = np.minimum(moved * ((wanted - kept) / total), high)
    result = chosen.copy()
    result[~alone] = moved
    return result


def _means(shapes: Floats, span: Floats, choice: Choice, weight: Floats) -> Floats:
    """The mean of the days that each chosen day stands for (D, S, P): it keeps every sum."""
    total = np.zeros((choice.count, *shapes.shape[1:]))
    np.add.at(total, choice.stands, shapes * span[:, None, None])
    return np.asarray(total / weight[:, None, None], dtype=float)
