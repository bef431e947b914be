"""Cascades by source: which heat may pass from which source to which sink."""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data, Flags, Recipes
from circularpark.program.heat_data import HeatPart
from circularpark.program.rows import Part, Rows, across, no_rows, rows
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variable, Variables


def source_heat(data: Data, var: Variables) -> Rows:
    r"""Where matches are asked for, each source's heat goes to sinks or falls by itself.

    .. math::
       r_{i,k-1,t} - r_{ikt} + \sum_{s \in i} h_{sk} q_{st} = \sum_{j} m_{ijkt}
       \qquad \forall i,\ k,\ t \in T

    r : var.source_residual  [unit/h]  of source i that falls from interval k
    m : var.heat_matched     [unit/h]  from source i to sink j in interval k
    q : var.taken            [unit/h]  of streams; the source may be a process or carrier as well
    q : var.activity         [unit/h]  of processes that give heat
    q : var.share_flow       [unit/h]  of recipe rows with shares that give heat
    q : var.used             [unit/h]  of carriers that give heat
    q : var.direct_flow      [unit/h]  that arrives from another cascade
    q : var.direct_flow_back [unit/h]  that arrives the other way
    h : data.heat.stream.share  [1]    heat on the interval per unit of stream s

    Dual: what one more unit of the source's heat in the interval would save.
    """
    match, heat = data.heat.match, data.heat
    if not len(match.source):
        return no_rows("source_heat")
    every, falls = np.arange(len(match.source)), np.flatnonzero(match.below >= 0)
    pairs = np.arange(len(match.pair))
    line, back = heat.direct, heat.direct.back
    share = data.link.arriving[line.link] * line.factor[:, None]
    return rows(
        "source_heat",
        match.source,
        data.time.period,
        [
            across(var.source_residual, match.below[falls], falls),
            across(var.source_residual, every, every, -1.0),
            _of(var.taken, match.of_stream, heat.stream.of, heat.stream.share),
            *_of_recipes(data, var, match.of_recipe_hot),
            _of(var.used, match.of_used, heat.used.of, heat.used.share),
            _of(var.direct_flow, match.arriving, np.arange(len(line.link)), share),
            _of(
                var.direct_flow_back,
                match.arriving_back[back],
                np.arange(len(back)),
                share[back],
            ),
            across(var.heat_matched, match.pair_source, pairs, -1.0),
        ],
        equals=0.0,
    )


def sink_heat(data: Data, var: Variables) -> Rows:
    r"""Where matches are asked for, each sink's heat comes from sources in its interval.

    .. math::
       \sum_{i} m_{ijkt} - \sum_{c \in j} h_{ck} r_{ct} + \sum_{d \in j} h_{dk} u_{dt}
       = \sum_{d \in j} h_{dk} D_{dt} \qquad \forall j,\ k,\ t \in T

    m : var.heat_matched     [unit/h]  from source i to sink j in interval k
    r : var.raised           [unit/h]  of carriers that take heat
    r : var.activity         [unit/h]  of processes that take heat
    r : var.share_flow       [unit/h]  of recipe rows with shares that take heat
    r : var.direct_flow      [unit/h]  that leaves for another cascade
    r : var.direct_flow_back [unit/h]  that leaves the other way
    u : var.unmet            [unit/h]  not met of demand d
    D : data.demand.rate     [unit/h]  wanted
    h : data.heat.raised.share  [1]    heat on the interval per unit of carrier c raised
    h : data.heat.demand.share  [1]    heat on the interval per unit of demand d

    Dual: what it would save if the sink took one unit less in the interval.
    """
    match, heat = data.heat.match, data.heat
    if not len(match.sink):
        return no_rows("sink_heat")
    line, back = heat.direct, heat.direct.back
    wanted = np.zeros((len(match.sink), len(data.time.period)))
    asks = match.of_demand >= 0
    rate = data.demand.rate[heat.demand.of[asks]]
    np.add.at(wanted, match.of_demand[asks], heat.demand.share[asks] * rate)
    short = np.full(len(data.demand.key), -1, dtype=np.int64)
    short[data.demand.short] = np.arange(len(data.demand.short))
    gives = np.where(short[heat.demand.of] >= 0, match.of_demand, -1)
    unit = -line.factor[:, None]
    return rows(
        "sink_heat",
        match.sink,
        data.time.period,
        [
            across(var.heat_matched, match.pair_sink, np.arange(len(match.pair))),
            *_of_recipes(data, var, match.of_recipe_cold),
            _of(var.raised, match.of_raised, heat.raised.of, -heat.raised.share),
            _of(var.direct_flow, match.leaving, np.arange(len(line.link)), unit),
            _of(var.direct_flow_back, match.leaving_back[back], np.arange(len(back)), unit[back]),
            _of(var.unmet, gives, short[heat.demand.of], heat.demand.share),
        ],
        equals=wanted,
    )


def match_bounds(data: Data, var: Variables) -> Rows:
    r"""A match of a source and a sink is at least its minimum and at most its maximum.

    .. math:: m^{min}_{ijt} \le \sum_{k} m_{ijkt} \le m^{max}_{ijt}
       \qquad \forall (i, j) \text{ with bounds},\ t \in T

    m : var.heat_matched       [unit/h]  from source i to sink j in interval k
    m : data.heat.match.least  [unit/h]  least heat matched
    m : data.heat.match.most   [unit/h]  most heat matched

    Dual: what one unit less of the minimum, or more of the maximum, would save.
    """
    match = data.heat.match
    if not len(match.bound):
        return no_rows("match_bounds")
    return rows(
        "match_bounds",
        match.bound,
        data.time.period,
        [across(var.heat_matched, match.bound_row, match.bound_pair)],
        at_least=match.least,
        at_most=match.most,
    )


def _of(variable: Variable, row: Integers, column: Integers, value: Floats) -> Part:
    kept = row >= 0
    return across(variable, row[kept], column[kept], value[kept])


def _of_recipes(data: Data, var: Variables, row: Integers) -> list[Part]:
    recipe, part = data.recipe, data.heat.recipe
    return [
        _of(variable, np.where(own, row, -1), column, value)
        for variable, own, column, value in recipe_heat(recipe, part, var)
    ]


def recipe_heat(
    recipe: Recipes, part: HeatPart, var: Variables
) -> list[tuple[Variable, Flags, Integers, Floats]]:
    """Columns and heat of recipe rows: of processes, and of rows with shares."""
    flexible = recipe.share[part.of] >= 0
    fixed = part.share * recipe.rate[part.of]
    shared = part.share * np.sign(recipe.rate[part.of])
    return [
        (var.activity, ~flexible, recipe.process[part.of], fixed),
        (var.share_flow, flexible, recipe.share[part.of], shared),
    ]
