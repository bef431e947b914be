"""Graded commodities: every source meets its sinks one by one, and mixes only there."""

from __future__ import annotations

import numpy as np

from circularpark.park.keys import Keys
from circularpark.program.arrays import named
from circularpark.program.data import Data
from circularpark.program.quality_data import (
    DEMAND,
    EXCHANGE,
    OPERATION,
    RECIPE,
    STREAM,
    Ends,
)
from circularpark.program.rows import Part, Rows, across, no_rows, rows
from circularpark.program.variables import Variables


def source_matched(data: Data, var: Variables) -> Rows:
    r"""What a source of a graded commodity gives goes to its sinks.

    .. math:: q_{st} + e_{mt} + a_{rp} x_{pt} + g_{rt} + f_{ot} = \sum_{k, l} m_{sklt}
       \qquad \forall s \in S,\ t \in T

    with :math:`\ge` where it may give more than is taken; of the left side one term stands.

    q : var.taken         [unit/h]  taken from the stream
    e : var.exchange      [unit/h]  bought on the market
    x : var.activity      [unit/h]  activity of the process whose output it is
    g : var.share_flow    [unit/h]  flow of the output, where it has shares
    f : var.throughput    [unit/h]  of the operation whose outlet it is
    m : var.matched       [unit/h]  sent to sink k along link l, or within the site
    a : data.recipe.rate  [1]       flow per activity

    Dual: what one more unit of the source would save.
    """
    ends = data.quality.sources
    if not len(ends.key):
        return no_rows("source_matched")
    every = np.arange(len(data.quality.key))
    return rows(
        "source_matched",
        ends.key,
        data.time.period,
        [*moved(data, var, ends, 1.0), across(var.matched, data.quality.source, every, -1.0)],
        at_least=0.0,
        at_most=np.where(ends.free, np.inf, 0.0)[:, None],
    )


def sink_matched(data: Data, var: Variables) -> Rows:
    r"""What a sink of a graded commodity takes comes from its sources.

    .. math:: \sum_{s, l} \eta_l m_{sklt} + u_{dt} - e_{mt} - |a_{rp}| x_{pt} - |g_{rt}| - f_{ot}
       = D_{kt} \qquad \forall k \in K,\ t \in T

    m : var.matched            [unit/h]  sent from source s along link l, or within the site
    u : var.unmet              [unit/h]  not met of the demand
    e : var.exchange           [unit/h]  sold, vented or disposed of on the market
    x : var.activity           [unit/h]  activity of the process whose input it is
    g : var.share_flow         [unit/h]  flow of the input, where it has shares
    f : var.throughput         [unit/h]  of the operation whose inlet it is
    D : data.demand.rate       [unit/h]  wanted, of a demand
    a : data.recipe.rate       [1]       flow per activity, inputs negative
    eta : data.quality.arriving  [1]     share that arrives

    Dual: what one more unit at the sink would save.
    """
    ends, quality, demand = data.quality.sinks, data.quality, data.demand
    if not len(ends.key):
        return no_rows("sink_matched")
    own = ends.are(DEMAND)
    wanted = np.zeros((len(ends.key), len(data.time.period)))
    wanted[own] = demand.rate[ends.of[own]]
    short = np.full(len(demand.key), -1, dtype=np.int64)
    short[demand.short] = np.arange(len(demand.short))
    unmet = own[short[ends.of[own]] >= 0]
    return rows(
        "sink_matched",
        ends.key,
        data.time.period,
        [
            across(var.matched, quality.sink, np.arange(len(quality.key)), quality.arriving),
            across(var.unmet, unmet, short[ends.of[unmet]]),
            *moved(data, var, ends, -1.0),
        ],
        equals=wanted,
    )


def moved(data: Data, var: Variables, ends: Ends, sign: float) -> list[Part]:
    """What sources give or sinks take, by the column that says how much it is."""
    recipe = data.recipe
    every = ends.are(RECIPE)
    share = recipe.share[ends.of[every]]
    fixed, flexible = every[share < 0], every[share >= 0]
    rate = np.abs(recipe.rate[ends.of[fixed]])
    parts = [
        across(variable, ends.are(kind), ends.of[ends.are(kind)], sign)
        for variable, kind in (
            (var.taken, STREAM),
            (var.exchange, EXCHANGE),
            (var.throughput, OPERATION),
        )
    ]
    return [
        *parts,
        across(var.activity, fixed, recipe.process[ends.of[fixed]], sign * rate),
        across(var.share_flow, flexible, share[share >= 0], sign),
    ]


def link_matched(data: Data, var: Variables) -> Rows:
    r"""What a link carries of a graded commodity is the sum of its matches.

    .. math:: \sum_{s, k} m_{sklt} = f_{lt} \qquad \forall l \in L \text{ of graded commodities},
       \ t \in T

    m : var.matched         [unit/h]  sent from source s to sink k along link l
    f : var.link_flow       [unit/h]  sent along the link
    f : var.link_flow_back  [unit/h]  sent along it the other way

    Dual: what one more unit on the link, from nowhere, would save.
    """
    quality, link = data.quality, data.link
    own = quality.graded_links
    if not len(own):
        return no_rows("link_matched")
    graded = np.zeros(len(link.key), dtype=bool)
    graded[own] = True
    back = np.flatnonzero(graded[link.back])
    ahead = np.full(len(link.key), -1, dtype=np.int64)
    ahead[own] = np.arange(len(own))
    behind = np.full(len(link.key), -1, dtype=np.int64)
    behind[link.back[back]] = len(own) + np.arange(len(back))
    moved = np.flatnonzero(quality.link >= 0)
    row = np.where(quality.back, behind[quality.link], ahead[quality.link])[moved]
    names = np.concatenate([link.key["link"][own], link.key["link"][link.back[back]]])
    ways = np.repeat(named(["there", "back"]), [len(own), len(back)])
    return rows(
        "link_matched",
        Keys({"link": names, "way": ways}),
        data.time.period,
        [
            across(var.matched, row, moved),
            across(var.link_flow, np.arange(len(own)), own, -1.0),
            across(var.link_flow_back, len(own) + np.arange(len(back)), back, -1.0),
        ],
        equals=0.0,
    )


def quality_limit(data: Data, var: Variables) -> Rows:
    r"""No mix that arrives at a sink is worse, or brings more, than the sink accepts.

    .. math:: \sum_{s, l} \beta_{skl} m_{sklt} + \sum_{g, n, l} \beta_{gnkl} m_{gnklt}
       + \sum_{g, l} \beta_{gkl} e_{gklt} \le \sum_{r} \lambda_{kr} (|a_{rp}| x_{pt} + g_{rt})
       \qquad \forall \text{ limits of sinks } k,\ t \in T

    m : var.matched                [unit/h]  sent from source s along link l, or within the site
    m : var.part_matched           [unit/h]  sent from a mixed outlet, its quality in part n
    e : var.part_extra             [unit/h]  load beyond the low edge, in the program of the bound
    beta : data.quality.beyond.value  [1]    how far what arrives of a match is beyond the limit
    lambda : data.quality.allowed.value  [1]  what comes in of the property per unit of a product
    x : var.activity               [unit/h]  activity of the process whose product it is
    g : var.share_flow             [unit/h]  flow of the product, where it has shares
    a : data.recipe.rate           [1]       flow per activity, inputs negative
    beta : data.quality.pools.counted.value  [1]  the same at the worse edge of a part
    beta : data.quality.pools.raised.value   [1]  what the load beyond the low edge adds

    with :math:`\beta = \eta_l (q_s^e - \bar q_k^e)` for a maximum and its negative for a minimum,
    in the limit's own unit; e is the property's operator. A limit that no source breaks has no row.
    Where the limit counts per unit of a commodity of the recipe, such as clinker,
    :math:`\beta = \eta_l q_s` and the right side is :math:`\lambda` times the flow of that
    commodity; otherwise it is zero.

    Dual: what it would save if one more unit of the property came with the mix.
    """
    quality = data.quality
    if not len(quality.mix):
        return no_rows("quality_limit")
    terms, allowed, recipe = quality.beyond, quality.allowed, data.recipe
    share = recipe.share[allowed.recipe]
    fixed, flexible = share < 0, share >= 0
    process = recipe.process[allowed.recipe[fixed]]
    rate = np.abs(recipe.rate[allowed.recipe[fixed]])
    terms, pooled, more = quality.beyond, quality.pools.counted, quality.pools.raised
    return rows(
        "quality_limit",
        quality.mix,
        data.time.period,
        [
            across(var.matched, terms.row, terms.match, terms.value),
            across(var.activity, allowed.row[fixed], process, -allowed.value[fixed] * rate),
            across(
                var.share_flow, allowed.row[flexible], share[flexible], -allowed.value[flexible]
            ),
            across(var.part_matched, pooled.row, pooled.column, pooled.value),
            across(var.part_extra, more.row, more.column, more.value),
        ],
        at_most=0.0,
    )


def property_flow(data: Data, var: Variables) -> Rows:
    r"""An output by a property is what the inputs bring of it, times its rate.

    .. math:: g_{rt} = a_{rt} \sum_{i, l} \eta_l q_i m_{iklt}
       \qquad \forall r \text{ of outputs by a property},\ t \in T

    g : var.share_flow              [unit/h]  flow of the output
    m : var.matched                 [unit/h]  sent to the process from source i along link l
    q : data.quality.brought.value  [1]       what a match brings, times the rate

    Dual: what one more unit of the output, from nowhere, would save.
    """
    own = data.quality.brought_row
    if not len(own):
        return no_rows("property_flow")
    terms, each = data.quality.brought, np.arange(len(own))
    return rows(
        "property_flow",
        data.recipe.key.only("process", "row").take(own),
        data.time.period,
        [
            across(var.share_flow, each, data.recipe.share[own]),
            across(var.matched, terms.row, terms.match, -terms.value),
        ],
        equals=0.0,
    )


def operation_load(data: Data, var: Variables) -> Rows:
    r"""What flows into an operation and its load leave with the outlet.

    .. math:: \sum_{s, l} \eta_l q_s m_{solt} - \bar q_o f_{ot} \le -L_{ot}
       \qquad \forall \text{ properties of operations } o,\ t \in T

    with equality where the operation has one property: then its outlet is at the most.

    m : var.matched                 [unit/h]  sent from source s along link l, or within the site
    f : var.throughput              [unit/h]  of the operation
    q : data.quality.carried.value  [1]       of the property, with what arrives of a match
    L : data.quality.load           [unit/h]  load, in the property's unit times the commodity's
    q : data.quality.most           [1]       most of the outlet

    Dual: what one unit less of the load would save.
    """
    quality = data.quality
    if not len(quality.loaded):
        return no_rows("operation_load")
    bounded = np.flatnonzero(~np.isnan(quality.most).all(axis=1))
    row = np.full(len(quality.loaded), -1, dtype=np.int64)
    row[bounded] = np.arange(len(bounded))
    terms = quality.carried
    kept = row[terms.row] >= 0
    load = quality.load[bounded]
    return rows(
        "operation_load",
        quality.loaded.take(bounded),
        data.time.period,
        [
            across(var.matched, row[terms.row[kept]], terms.match[kept], terms.value[kept]),
            across(
                var.throughput,
                np.arange(len(bounded)),
                quality.load_of[bounded],
                -quality.most[bounded],
            ),
        ],
        at_least=np.where(quality.exact[bounded, None], -load, -np.inf),
        at_most=-load,
    )
