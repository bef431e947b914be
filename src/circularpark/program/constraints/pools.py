"""Outlets of treatments with mixed feeds: which part of its range their quality is in."""

from __future__ import annotations

import numpy as np

from circularpark.park.keys import Keys
from circularpark.program.arrays import named
from circularpark.program.bounds import largest_activity
from circularpark.program.constraints.quality import moved
from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, no_rows, rows
from circularpark.program.time import Floats
from circularpark.program.variables import Variables


def part_chosen(data: Data, var: Variables) -> Rows:
    r"""The quality of a mixed outlet is in one part of its range.

    .. math:: \sum_n z_{gnt} = 1 \qquad \forall g \text{ of mixed outlets},\ t \in T

    z : var.part  [1]  whether the quality is in part n

    Dual: nothing: the whole numbers are held.
    """
    pools = data.quality.pools
    if not len(pools.key):
        return no_rows("part_chosen")
    each = np.arange(len(pools.part))
    return rows(
        "part_chosen",
        pools.key,
        data.time.period,
        [across(var.part, pools.part_of, each)],
        equals=1.0,
    )


def part_open(data: Data, var: Variables) -> Rows:
    r"""A mixed outlet flows in the part that is chosen.

    .. math:: y_{gnt} \le M_{gt} z_{gnt} \qquad \forall g \text{ of mixed outlets},\ n,\ t \in T

    y : var.part_flow      [unit/h]  of the outlet, its quality in part n
    z : var.part           [1]       whether the quality is in part n
    M : data.recipe.rate   [1]       flow per activity, times the largest activity

    Dual: what one more unit in the part would save, the whole numbers held.
    """
    pools = data.quality.pools
    if not len(pools.key):
        return no_rows("part_open")
    each = np.arange(len(pools.part))
    return rows(
        "part_open",
        pools.part,
        data.time.period,
        [
            across(var.part_flow, each, each),
            across(var.part, each, each, -_largest(data, var)[pools.part_of]),
        ],
        at_most=0.0,
    )


def _largest(data: Data, var: Variables) -> Floats:
    """The most that each mixed outlet can give, (G, T)."""
    row = data.quality.sources.of[data.quality.pools.source]
    process = data.recipe.process[row]
    upper = var.activity.upper[process]
    most = np.minimum(upper, largest_activity(data)[process][:, None])
    return np.asarray(most * data.recipe.rate[row], dtype=float)


def part_total(data: Data, var: Variables) -> Rows:
    r"""What a mixed outlet gives is in one of the parts.

    .. math:: \sum_n y_{gnt} = a_{rp} x_{pt} \qquad \forall g \text{ of mixed outlets},\ t \in T

    y : var.part_flow    [unit/h]  of the outlet, its quality in part n
    x : var.activity     [unit/h]  of the treatment
    a : data.recipe.rate  [1]      flow per activity

    Dual: what one more unit of the outlet, from nowhere, would save.
    """
    pools = data.quality.pools
    if not len(pools.key):
        return no_rows("part_total")
    each, outlet = np.arange(len(pools.part)), data.quality.sources.take(pools.source)
    return rows(
        "part_total",
        pools.key,
        data.time.period,
        [*moved(data, var, outlet, -1.0), across(var.part_flow, pools.part_of, each)],
        equals=0.0,
    )


def part_sent(data: Data, var: Variables) -> Rows:
    r"""What a mixed outlet sends comes from the part that it is in.

    .. math:: \sum_{k, l} m_{gnklt} \le y_{gnt} \qquad \forall g \text{ of mixed outlets},\ n,\ t

    m : var.part_matched  [unit/h]  sent to sink k along link l, its quality in part n
    y : var.part_flow     [unit/h]  of the outlet, its quality in part n

    Dual: what one more unit of the part would save.
    """
    pools = data.quality.pools
    if not len(pools.key):
        return no_rows("part_sent")
    each = np.arange(len(pools.part))
    return rows(
        "part_sent",
        pools.part,
        data.time.period,
        [
            across(var.part_flow, each, each, -1.0),
            across(var.part_matched, pools.shared_part, np.arange(len(pools.shared))),
        ],
        at_most=0.0,
    )


def part_match(data: Data, var: Variables) -> Rows:
    r"""A match of a mixed outlet is the sum of its parts.

    .. math:: \sum_n m_{gnklt} = m_{sklt} \qquad \forall g \text{ of mixed outlets},\ k, l,\ t

    m : var.part_matched  [unit/h]  sent to sink k along link l, its quality in part n
    m : var.matched       [unit/h]  sent to sink k along link l, or within the site

    Dual: what one more unit of the match, from nowhere, would save.
    """
    pools = data.quality.pools
    if not len(pools.shared):
        return no_rows("part_match")
    pairs, row = np.unique(
        np.stack([pools.part_of[pools.shared_part], pools.match]), axis=1, return_inverse=True
    )
    name = pools.key["property"][pairs[0]]
    key = data.quality.key.take(pairs[1])
    return rows(
        "part_match",
        Keys({**key.columns, "property": name}),
        data.time.period,
        [
            across(var.matched, np.arange(len(name)), pairs[1], -1.0),
            across(var.part_matched, row.ravel(), np.arange(len(pools.shared))),
        ],
        equals=0.0,
    )


def part_load(data: Data, var: Variables) -> Rows:
    r"""The load that a mixed outlet carries is what its feed brings and is not removed.

    .. math::
       \sum_n \underline{q}_{gn} y_{gnt} + \sum_{kl} e_{gklt}
       \le (1 - r_g) \sum_{i, l} \eta_l q_i m_{iglt}
       \le \sum_n \Big( \bar q_{gn} y_{gnt} - w_{gn} \sum_{kl} m_{gnklt} \Big) + \sum_{kl} e_{gklt}
       \qquad \forall g \text{ of mixed outlets},\ t \in T

    In the plan's program e and w are nothing: only the bound lets each match differ.

    q : data.quality.pools.low        [1]       low edge of part n
    q : data.quality.pools.high       [1]       high edge of part n
    q : data.quality.pools.fed.value  [1]       what is left of the load of a match of the feed
    w : data.quality.pools.spread     [1]       between the edges, in the program of the bound
    y : var.part_flow     [unit/h]  of the outlet, its quality in part n
    m : var.matched       [unit/h]  of the feed
    m : var.part_matched  [unit/h]  sent to sink k along link l, its quality in part n
    e : var.part_extra    [unit/h]  load beyond the low edge that a match carries

    Dual: what one unit less of the load would save.
    """
    pools = data.quality.pools
    count = len(pools.key)
    if not count:
        return no_rows("part_load")
    fed, each = pools.fed, np.arange(len(pools.part))
    extra, shared = np.arange(len(pools.extra)), np.arange(len(pools.shared))
    sides = np.repeat(named(["low", "high"]), count)
    twice = {name: np.tile(column, 2) for name, column in pools.key.columns.items()}
    lowest = np.concatenate([np.zeros(count), np.full(count, -np.inf)])[:, None]
    return rows(
        "part_load",
        Keys({**twice, "side": sides}),
        data.time.period,
        [
            across(var.matched, fed.row, fed.column, fed.value),
            across(var.matched, count + fed.row, fed.column, fed.value),
            across(var.part_flow, pools.part_of, each, -pools.low),
            across(var.part_flow, count + pools.part_of, each, -pools.high),
            across(
                var.part_matched, count + pools.part_of[pools.shared_part], shared, pools.spread
            ),
            across(var.part_extra, pools.extra_of, extra, -1.0),
            across(var.part_extra, count + pools.extra_of, extra, -1.0),
        ],
        at_least=lowest,
        at_most=np.where(np.isinf(lowest), 0.0, np.inf),
    )


def part_extra_most(data: Data, var: Variables) -> Rows:
    r"""In the program of the bound a match of a mixed outlet carries a load within its part.

    .. math:: e_{gklt} \le \sum_n w_{gn} m_{gnklt}
       \qquad \forall g \text{ of mixed outlets},\ k, l,\ t

    e : var.part_extra             [unit/h]  load beyond the low edge that a match carries
    m : var.part_matched           [unit/h]  sent to sink k along link l, its quality in part n
    w : data.quality.pools.spread  [1]       between the edges, in the program of the bound

    Dual: what one more unit of load beyond the low edge would save.
    """
    pools = data.quality.pools
    if not len(pools.extra):
        return no_rows("part_extra_most")
    each = np.arange(len(pools.extra))
    return rows(
        "part_extra_most",
        pools.extra,
        data.time.period,
        [
            across(var.part_extra, each, each),
            across(var.part_matched, pools.extra_at, np.arange(len(pools.shared)), -pools.spread),
        ],
        at_most=0.0,
    )
