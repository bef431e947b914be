"""Stores that may keep nothing longer than a given time, such as hazardous waste."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, no_rows, rows
from circularpark.program.time import Floats, Integers, TimeTable
from circularpark.program.variables import Variable, Variables


def stored_time(data: Data, var: Variables) -> Rows:
    r"""What is in store came to the site within the longest time that it may be kept.

    .. math:: L_{kt} \le \sum_{s \le t} w_{kts} \eta^+_k \left( \sum_{j} q_{js}
       + \sum_{p} (a_{rp} x_{ps} + g_{rs}) + \sum_{m} e_{ms} + \sum_{l} \eta_l f_{ls} \right)
       \qquad \forall k \text{ with a longest time},\ t \in T

    L : var.level                     [unit]    in store k at the end of period t
    q : var.taken                     [unit/h]  taken from the streams of the store's site
    x : var.activity                  [unit/h]  activity of its processes that make the commodity
    g : var.share_flow                [unit/h]  what they make by rows with shares
    e : var.exchange                  [unit/h]  bought there
    f : var.link_flow                 [unit/h]  sent to the site
    f : var.link_flow_back            [unit/h]  sent to it the other way
    a : data.recipe.rate              [1]       flow per activity
    eta : data.link.arriving          [1]       share that arrives
    eta : data.storage.efficiency_in  [1]       of charging
    w : data.storage.longest          [h]       the longest time; w: hours of period s within it

    What comes first leaves first, so that taking out and putting in again makes nothing younger; of
    the hours that lie within the longest time before the end of t the loss until then is taken off.
    A store whose chain of periods is no longer than the longest time has no row.

    Dual: what it would save if one more unit might be kept.
    """
    store, time = data.storage, data.time
    if not np.isfinite(store.longest).any():
        return no_rows("stored_time")
    cycle = chain_hours(time)
    own = np.flatnonzero((store.longest[:, None] < cycle).any(axis=1))
    if not len(own):
        return no_rows("stored_time")
    longest, each = store.longest[own], np.arange(len(own))
    kept = np.broadcast_to(store.kept_per_hour, (len(store.longest), len(time.hours)))[own]
    gain = np.broadcast_to(store.efficiency_in, (len(store.longest), len(time.hours)))[own]
    parts = [across(var.level, each, own)]
    coming = [
        (variable, *_joined(store.node[own], node), column, value)
        for variable, node, column, value in _inflows(data, var)
    ]
    for at, hours, left in _lags(time, longest, kept):
        weight = hours * left * gain[:, at]
        for variable, row, place, column, value in coming:
            each_hour = np.broadcast_to(value, (len(column), len(time.hours)))[place][:, at]
            parts.append(across(variable, row, column[place], -weight[row] * each_hour, at=at))
    return rows(
        "stored_time",
        store.key.take(own),
        time.period,
        parts,
        at_most=np.where(longest[:, None] < cycle, 0.0, np.inf),
    )


def _inflows(
    data: Data, var: Variables
) -> Iterator[tuple[Variable, Integers, Integers, Floats | float]]:
    """What brings a commodity to a site: variable, node and entity of each entry, coefficient."""
    recipe, link, market = data.recipe, data.link, data.market
    made = recipe.rate.max(axis=1, initial=0.0) > 0
    fixed, flexible = made & (recipe.share < 0), made & (recipe.share >= 0)
    bought = np.flatnonzero(market.sign[market.exchange_market] > 0)
    every, back = np.arange(len(link.to_node)), link.back
    yield var.taken, data.stream.node, np.arange(len(data.stream.node)), 1.0
    yield var.activity, recipe.node[fixed], recipe.process[fixed], recipe.rate[fixed]
    yield var.share_flow, recipe.node[flexible], recipe.share[flexible], 1.0
    yield var.exchange, market.node[bought], bought, 1.0
    yield var.link_flow, link.to_node, every, link.arriving
    yield var.link_flow_back, link.from_node[back], np.arange(len(back)), link.arriving[back]


def _joined(stores: Integers, node: Integers) -> tuple[Integers, Integers]:
    """Every store with each entry at its node: row and place of the entry."""
    row, place = np.nonzero(stores[:, None] == node[None, :])
    return row.astype(np.int64), place.astype(np.int64)


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
