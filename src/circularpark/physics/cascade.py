"""Heat cascades: the temperature intervals in which heat is given and taken.

A hot temperature is shifted down, a cold one up, each by half its own smallest difference;
then heat may pass wherever the shifted hot temperature is not below the shifted cold one.
The shifted temperatures of a cascade cut its scale; a phase change stands at one temperature
and has an interval of no width there.

Source: Linnhoff & Flower (1978), problem table; Papoulias & Grossmann (1983), transshipment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Temperatures that differ by less than a billionth of a kelvin differ by rounding only.
DIGITS = 9


@dataclass(frozen=True)
class Duties:
    """Heat given or taken evenly between two shifted temperatures of a cascade.

    owner : (n,) whose heat it is; several duties of one owner add up
    cascade : (n,) where; hot : (n,) given (else taken)
    upper, lower : (n, S) shifted degC, equal where it is a phase change; S states of the tables
    weight : (n, S) heat of the duty per unit of its owner
    """

    owner: Integers
    cascade: Integers
    hot: Flags
    upper: Floats
    lower: Floats
    weight: Floats


@dataclass(frozen=True)
class Intervals:
    """The intervals of all cascades, cascade by cascade, the hottest first.

    cascade : (K,); upper, lower : (K,) shifted degC; below : (K,) the next colder one, -1 at
    the cold end
    fine : intervals before merging, and in which of the merged ones each of them is
    """

    cascade: Integers
    upper: Floats
    lower: Floats
    below: Integers
    fine: Fine


@dataclass(frozen=True)
class Fine:
    """Intervals before merging: cascade, shifted ends, and the merged interval they are in."""

    cascade: Integers
    upper: Floats
    lower: Floats
    merged: Integers


@dataclass(frozen=True)
class Shares:
    """How owners' heat falls on intervals: (m,) owner and interval, (m, S) heat per unit."""

    owner: Integers
    interval: Integers
    share: Floats


def shifted(supply: Floats, target: Floats, approach: Floats, hot: Flags) -> tuple[Floats, Floats]:
    """Upper and lower shifted temperature of heat between supply and target, like their shape.

    A hot one is shifted down, a cold one up, by half its own smallest difference ``approach``.
    """
    half = np.where(hot[:, None], -0.5, 0.5) * approach
    upper = np.maximum(supply, target) + half
    lower = np.minimum(supply, target) + half
    return np.round(upper, DIGITS) + 0.0, np.round(lower, DIGITS) + 0.0


def stacked(parts: list[Duties]) -> Duties:
    """Several groups of duties as one; their owners keep their numbers."""
    states = max((part.upper.shape[1] for part in parts), default=1)

    def joined(name: str) -> NDArray[np.float64]:
        arrays = [getattr(part, name) for part in parts]
        wide = [np.broadcast_to(a, (len(a), states)) if a.ndim == 2 else a for a in arrays]
        return np.concatenate(wide)

    return Duties(
        owner=joined("owner").astype(np.int64),
        cascade=joined("cascade").astype(np.int64),
        hot=joined("hot").astype(bool),
        upper=joined("upper"),
        lower=joined("lower"),
        weight=joined("weight"),
    )


def cut(duties: Duties, group: Integers, whole: Flags) -> Intervals:
    """The intervals of every cascade.

    Parameters
    ----------
    duties : everything that may give or take heat
    group : (C,) cascades of one group (joined by direct lines) are cut at the same temperatures
    whole : (C,) cascades whose intervals must not be merged

    Elsewhere intervals are merged where nothing can change. Heat that has fallen to some
    temperature is, as a function of it, concave wherever no hot duty begins and no cold one
    ends; a concave function is not negative between two points where it is not negative. So
    only the temperatures at which a hot duty begins or a cold one ends need a row of their own
    (of a phase change: the side from which it begins, or the side to which it ends).
    """
    ends = _ends(duties, group)
    nodes = _nodes(ends)
    cascade, node = _members(group, ends.group[nodes.first])
    upper, lower = ends.at[nodes.first[node]], ends.at[nodes.last[node]]
    if not len(node):
        none = np.zeros(0, dtype=np.int64)
        return Intervals(none, upper, lower, none, Fine(none, upper, lower, none))
    coldest = np.append(cascade[1:] != cascade[:-1], True)
    kept = coldest | whole[cascade] | nodes.needed[node]
    begin = np.flatnonzero(np.append(True, kept[:-1]))
    end = np.flatnonzero(kept)
    merged = np.cumsum(np.append(0, kept[:-1]))
    return Intervals(
        cascade=cascade[begin],
        upper=upper[begin],
        lower=lower[end],
        below=np.where(coldest[end], -1, np.arange(len(end)) + 1).astype(np.int64),
        fine=Fine(cascade, upper, lower, merged.astype(np.int64)),
    )


@dataclass(frozen=True)
class _Ends:
    """Every temperature at which a duty of a group begins or ends, hottest first.

    hot_point, cold_point : a phase change there; turn : a hot duty begins or a cold one ends
    """

    group: Integers
    at: Floats
    hot_point: Flags
    cold_point: Flags
    turn: Flags


@dataclass(frozen=True)
class _Nodes:
    """Intervals of groups: positions of both ends, and whether the heat below must be a row."""

    first: Integers
    last: Integers
    needed: Flags


def _ends(duties: Duties, group: Integers) -> _Ends:
    states = duties.upper.shape[1]
    of = np.repeat(group[duties.cascade], states)
    both = np.concatenate([duties.upper.ravel(), duties.lower.ravel()])
    every = np.concatenate([of, of])
    order = np.lexsort((-both, every))
    new = np.append(True, (np.diff(every[order]) != 0) | (np.diff(both[order]) != 0))[: len(order)]
    code = np.empty(len(order), dtype=np.int64)
    code[order] = np.cumsum(new) - 1
    upper, lower = code[: len(of)], code[len(of) :]
    hot = np.repeat(duties.hot, states)
    phase = upper == lower
    count = int(new.sum())

    def at(position: Integers) -> Flags:
        found = np.zeros(count, dtype=bool)
        found[position] = True
        return found

    return _Ends(
        group=every[order][new],
        at=both[order][new],
        hot_point=at(upper[phase & hot]),
        cold_point=at(upper[phase & ~hot]),
        turn=at(upper[~phase & hot]) | at(lower[~phase & ~hot]),
    )


def _nodes(ends: _Ends) -> _Nodes:
    """Between neighbouring ends an interval; at a phase change one of no width."""
    place = np.arange(len(ends.at))
    point = place[ends.hot_point | ends.cold_point]
    wide = place[:-1][ends.group[:-1] == ends.group[1:]] if len(place) else place
    first = np.concatenate([point, wide])
    last = np.concatenate([point, wide + 1])
    order = np.lexsort((last, first))
    first, last = first[order], last[order]
    is_point = first == last
    before_point = np.append(is_point[1:], False) & ~is_point
    needed = np.where(
        is_point,
        ends.cold_point[last],
        np.where(before_point, ends.hot_point[last], ends.turn[last]),
    )
    return _Nodes(first, last, needed)


def _members(group: Integers, node_group: Integers) -> tuple[Integers, Integers]:
    """Every cascade beside every interval of its group: cascade (F,), position of the node (F,)."""
    start = np.searchsorted(node_group, group, side="left")
    many = np.searchsorted(node_group, group, side="right") - start
    cascade = np.repeat(np.arange(len(group)), many)
    within = np.arange(len(cascade)) - np.repeat(np.cumsum(many) - many, many)
    return cascade, start[cascade] + within


def spread(duties: Duties, intervals: Intervals) -> Shares:
    """How much of each owner's heat falls on each interval of its cascade."""
    fine = intervals.fine
    start = np.searchsorted(fine.cascade, duties.cascade, side="left")
    many = np.searchsorted(fine.cascade, duties.cascade, side="right") - start
    duty = np.repeat(np.arange(len(duties.owner)), many)
    node = np.arange(len(duty)) - np.repeat(np.cumsum(many) - many, many) + start[duty]
    part = overlap(
        duties.upper[duty], duties.lower[duty], fine.upper[node, None], fine.lower[node, None]
    )
    part = part * duties.weight[duty]
    used = part.any(axis=1)
    return _summed(duties.owner[duty[used]], fine.merged[node[used]], part[used])


def overlap(upper: Floats, lower: Floats, top: Floats, bottom: Floats) -> Floats:
    """Share of what is spread evenly from ``upper`` to ``lower`` that lies in top..bottom."""
    width = upper - lower
    inside = np.minimum(upper, top) - np.maximum(lower, bottom)
    at_point = (width == 0) & (top == bottom) & (top == upper)
    safe = np.where(width > 0, width, 1.0)
    share = np.where(width > 0, np.maximum(inside, 0.0) / safe, at_point.astype(float))
    return np.asarray(share, dtype=float)


def _summed(owner: Integers, interval: Integers, part: Floats) -> Shares:
    """Entries of the same owner and interval added up, in the order of owners."""
    order = np.lexsort((interval, owner))
    owner, interval, part = owner[order], interval[order], part[order]
    if not len(owner):
        return Shares(owner, interval, part)
    new = np.append(True, (np.diff(owner) != 0) | (np.diff(interval) != 0))
    begin = np.flatnonzero(new)
    return Shares(owner[begin], interval[begin], np.add.reduceat(part, begin, axis=0))
