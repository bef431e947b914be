"""Stores that may keep nothing longer than a given time, such as hazardous waste."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, no_rows, rows
from circularpark.program.time import Floats, Integers, TimeTable
from circularpark.program.variables import Variables


def stored_time(data: Data, var: Variables) -> Rows:
    r"""What is in store was put in within the longest time that it may be kept.

    .. math:: L_{kt} \le \sum_{s \le t} w_{kts} \eta^+_k d^+_{ks}
       \qquad \forall k \text{ with a longest time},\ t \in T

    L : var.level                     [unit]    in store k at the end of period t
    d : var.charge                    [unit/h]  into the store
    eta : data.storage.efficiency_in  [1]       of charging
    w : data.storage.longest          [h]       the longest time; w: hours of period s within it

    What comes first leaves first; of the hours that lie within the longest time before the end of
    t the loss until then is taken off. A store whose chain of periods is no longer than the longest
    time has no row.

    Dual: what it would save if one more unit might be kept.
    """
    store, time = data.storage, data.time
    cycle = chain_hours(time)
    own = np.flatnonzero((store.longest[:, None] < cycle).any(axis=1))
    if not len(own):
        return no_rows("stored_time")
    longest, each = store.longest[own], np.arange(len(own))
    kept = np.broadcast_to(store.kept_per_hour, (len(store.longest), len(time.hours)))[own]
    gain = np.broadcast_to(store.efficiency_in, (len(store.longest), len(time.hours)))[own]
    parts = [across(var.level, each, own)]
    for at, hours, left in _lags(time, longest, kept):
        parts.append(across(var.charge, each, own, -hours * left * gain[:, at], at=at))
    return rows(
        "stored_time",
        store.key.take(own),
        time.period,
        parts,
        at_most=np.where(longest[:, None] < cycle, 0.0, np.inf),
    )


def _lags(
    time: TimeTable, longest: Floats, kept: Floats
) -> Iterator[tuple[Integers, Floats, Floats]]:
    """Period after period back from each: which, hours of it within the time, what is left of it.

    longest : (k,) [h]; kept : (k, T) per hour
    """
    at = np.arange(len(time.hours))
    passed = np.zeros(len(at))
    left = np.ones_like(kept)
    for _ in range(len(at)):
        within = np.clip(longest[:, None] - passed, 0.0, time.hours[at])
        if not within.any():
            return
        yield at, within, left
        passed = passed + time.hours[at]
        left = left * kept[:, at] ** time.hours[at]
        at = time.previous[at]


def chain_hours(time: TimeTable) -> Floats:
    """How long the closed chain of each period is, (T,) [h]."""
    size = len(time.hours)
    joined = coo_array((np.ones(size), (np.arange(size), time.next)), (size, size))
    chain = connected_components(joined, directed=False)[1]
    return np.asarray(np.bincount(chain, weights=time.hours)[chain], dtype=float)
