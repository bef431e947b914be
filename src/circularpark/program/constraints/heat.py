"""Heat falls from hot to cold within a cascade, interval by interval."""

from __future__ import annotations

import numpy as np

from circularpark.park.keys import Keys
from circularpark.program.constraints.matches import recipe_heat
from circularpark.program.data import Data
from circularpark.program.heat_data import HeatPart
from circularpark.program.rows import Part, Rows, across, no_rows, rows
from circularpark.program.variables import Variable, Variables


def heat_balance(data: Data, var: Variables) -> Rows:
    r"""Heat released in an interval is used there or falls to the next colder one.

    .. math::
       R_{k-1,t} - R_{kt} + \sum_{s} h_{sk} q_{st} + \sum_{r} h_{rk} (a_{rt} x_{pt} + g_{rt})
       + \sum_{c} h_{ck} v_{ct} - \sum_{c} h_{ck} r_{ct} + \sum_{d} h_{dk} u_{dt}
       + \sum_{l \to k} \eta_l f_{lkt} - \sum_{l \leftarrow k} f_{lkt}
       = \sum_{d} h_{dk} D_{dt} \qquad \forall k \in K,\ t \in T

    R : var.residual_heat  [unit/h]  that falls from interval k to the next colder one
    q : var.taken          [unit/h]  taken from stream s
    x : var.activity       [unit/h]  activity of process p
    g : var.share_flow     [unit/h]  flow of a recipe row with shares, inputs negative
    v : var.used           [unit/h]  of heat carrier c, which gives its heat here
    r : var.raised         [unit/h]  of heat carrier c, which takes heat here
    u : var.unmet          [unit/h]  not met of demand d
    f : var.direct_flow       [unit/h]  sent along line l at the interval's temperature
    f : var.direct_flow_back  [unit/h]  sent along it the other way
    D : data.demand.rate   [unit/h]  wanted
    a : data.recipe.rate   [1]       flow per activity, inputs negative
    eta : data.link.arriving  [1]       share that arrives
    h : data.heat.stream.share  [1]  heat on the interval per unit of stream s
    h : data.heat.recipe.share  [1]  heat on the interval per unit of recipe row r
    h : data.heat.used.share    [1]  heat on the interval per unit of carrier c used
    h : data.heat.raised.share  [1]  heat on the interval per unit of carrier c raised
    h : data.heat.demand.share  [1]  heat on the interval per unit of demand d

    Heat comes from the hot end (R = 0 above it) and leaves at the cold end.

    Dual: what one more unit of heat at the interval's temperature would save.
    """
    heat = data.heat
    if not len(heat.key):
        return no_rows("heat_balance")
    every = np.arange(len(heat.key))
    falls = np.flatnonzero(heat.below >= 0)
    wanted = np.zeros((len(heat.key), len(data.time.period)))
    np.add.at(wanted, heat.demand.interval, heat.demand.share * data.demand.rate[heat.demand.of])
    return rows(
        "heat_balance",
        heat.key,
        data.time.period,
        [
            across(var.residual_heat, heat.below[falls], falls),
            across(var.residual_heat, every, every, -1.0),
            _given(var.taken, heat.stream),
            *_of_recipes(data, var),
            _given(var.used, heat.used),
            _given(var.raised, heat.raised, -1.0),
            *_unmet(data, var),
            *_direct(data, var),
        ],
        equals=wanted,
    )


def _given(variable: Variable, part: HeatPart, sign: float = 1.0) -> Part:
    return across(variable, part.interval, part.of, sign * part.share)


def _of_recipes(data: Data, var: Variables) -> list[Part]:
    part = data.heat.recipe
    return [
        across(variable, part.interval[own], column[own], value[own])
        for variable, own, column, value in recipe_heat(data.recipe, part, var)
    ]


def _unmet(data: Data, var: Variables) -> list[Part]:
    part = data.heat.demand
    column = np.full(len(data.demand.key), -1, dtype=np.int64)
    column[data.demand.short] = np.arange(len(data.demand.short))
    own = column[part.of] >= 0
    return [across(var.unmet, part.interval[own], column[part.of[own]], part.share[own])]


def _direct(data: Data, var: Variables) -> list[Part]:
    line = data.heat.direct
    every, back = np.arange(len(line.link)), line.back
    unit = line.factor[:, None]
    share = data.link.arriving[line.link] * unit
    return [
        across(var.direct_flow, line.from_interval, every, -unit),
        across(var.direct_flow, line.to_interval, every, share),
        across(var.direct_flow_back, line.to_interval[back], np.arange(len(back)), -unit[back]),
        across(var.direct_flow_back, line.from_interval[back], np.arange(len(back)), share[back]),
    ]


def direct_total(data: Data, var: Variables) -> Rows:
    r"""A direct line carries what it moves at all temperatures together.

    .. math:: \sum_{k} f_{lkt} = f_{lt} \qquad \forall l \text{ that joins cascades},\ t \in T

    f : var.direct_flow       [unit/h]  sent along line l at the temperature of interval k
    f : var.direct_flow_back  [unit/h]  sent along it the other way
    f : var.link_flow         [unit/h]  sent along line l
    f : var.link_flow_back    [unit/h]  sent along it the other way

    Capacity, costs and factors of the line count what it carries, each way in a row of its own.

    Dual: what one more unit per hour of free carrying would save.
    """
    line = data.heat.direct
    links, row = np.unique(line.link, return_inverse=True)
    if not len(links):
        return no_rows("direct_total")
    both = np.flatnonzero(np.isin(data.link.back, links))
    other = len(links) + np.arange(len(both))
    of_link = np.full(len(data.link.key), -1, dtype=np.int64)
    of_link[data.link.back[both]] = other
    ways = np.repeat(np.array(["there", "back"], dtype=object), [len(links), len(both)])
    named = data.link.key["link"][np.concatenate([links, data.link.back[both]])]
    back = line.back
    return rows(
        "direct_total",
        Keys({"link": named, "way": ways}),
        data.time.period,
        [
            across(var.direct_flow, row, np.arange(len(row))),
            across(var.link_flow, np.arange(len(links)), links, -1.0),
            across(var.direct_flow_back, of_link[line.link[back]], np.arange(len(back))),
            across(var.link_flow_back, other, both, -1.0),
        ],
        equals=0.0,
    )


def heat_left(data: Data, var: Variables) -> Rows:
    r"""What leaves a site's coldest intervals is what its markets of own heat take.

    .. math:: \sum_{k \text{ coldest}} R_{kt} = \sum_{m} h_m e_{mt}
       \qquad \forall \text{ sites with such a market},\ t \in T

    R : var.residual_heat  [unit/h]  that leaves the coldest interval of each heat zone
    e : var.exchange       [unit/h]  disposed of or vented on market m
    h : data.heat.factor   [1]       from the market's unit to that of the cascade

    Dual: what it would save to be rid of one unit of heat less.
    """
    heat = data.heat
    if not len(heat.left):
        return no_rows("heat_left")
    sites, row = np.unique(heat.left_of, return_inverse=True)
    of_site = np.full(int(heat.site.max()) + 1, -1, dtype=np.int64)
    of_site[sites] = np.arange(len(sites))
    coldest = np.flatnonzero(heat.below < 0)
    at = of_site[heat.site[heat.cascade[coldest]]]
    unit = heat.factor[data.node.commodity[data.market.node[heat.left]]]
    first = np.array([int(np.argmax(heat.site == site)) for site in sites], dtype=np.int64)
    return rows(
        "heat_left",
        heat.place.only("site").take(first),
        data.time.period,
        [
            across(var.residual_heat, at[at >= 0], coldest[at >= 0]),
            across(var.exchange, row, heat.left, -unit[:, None]),
        ],
        equals=0.0,
    )


def exchanger_capacity(data: Data, var: Variables) -> Rows:
    r"""A carrier is raised and used no faster than its exchangers allow.

    .. math:: r_{ct} \le C_{i,y(t)}, \quad v_{ct} \le C_{i,y(t)}
       \qquad \forall i \text{ of carriers whose exchangers cost something},\ t \in T

    r : var.raised    [unit/h]  of heat carrier c in a cascade
    v : var.used      [unit/h]  of heat carrier c in a cascade
    C : var.capacity  [unit/h]  capacity of its exchanger for raising or for using it

    Dual: what one more unit per hour of exchanger would save.
    """
    heat = data.heat
    if not len(heat.built):
        return no_rows("exchanger_capacity")
    every = np.arange(len(heat.built))
    raises = heat.built_raises
    return rows(
        "exchanger_capacity",
        data.item.key.take(heat.built_item),
        data.time.period,
        [
            across(var.raised, every[raises], heat.built[raises]),
            across(var.used, every[~raises], heat.built[~raises]),
            across(
                var.capacity,
                every,
                data.item.column[heat.built_item],
                -1.0,
                at=data.time.year_index,
            ),
        ],
        at_most=0.0,
    )
