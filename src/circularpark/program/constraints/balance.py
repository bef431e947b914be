"""What comes to a site leaves it again."""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data
from circularpark.program.rows import Part, Rows, across, rows
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variable, Variables


def balance(data: Data, var: Variables) -> Rows:
    r"""At every site each commodity that comes is used or leaves.

    .. math::
       \sum_{s} q_{st} + \sum_{p} (a_{rp} x_{pt} + g_{rt}) + \sum_{m} \sigma_m e_{mt}
       + \sum_{l \to n} \eta_l f_{lt} - \sum_{l \leftarrow n} f_{lt} + d^-_{kt} - d^+_{kt}
       + r_{ct} - v_{ct} + u_{dt} = D_{dt} \qquad \forall n \in N,\ t \in T

    with :math:`\ge` where the commodity's surplus is free; the own heat of cascades has none, and
    sources and sinks of graded commodities have their own.

    q : var.taken             [unit/h]  taken from stream s
    x : var.activity          [unit/h]  activity of process p
    g : var.share_flow        [unit/h]  flow of a recipe row with shares, inputs negative
    e : var.exchange          [unit/h]  exchange with market m, sigma = 1 bought, -1 otherwise
    f : var.link_flow         [unit/h]  sent along link l
    f : var.link_flow_back    [unit/h]  sent along it the other way
    d : var.discharge         [unit/h]  out of store k
    d : var.charge            [unit/h]  into store k
    r : var.raised            [unit/h]  of heat carrier c in the site's cascades
    v : var.used              [unit/h]  of heat carrier c in the site's cascades
    u : var.unmet             [unit/h]  not met of demand d
    D : data.demand.rate      [unit/h]  wanted
    a : data.recipe.rate      [1]       flow per activity, inputs negative
    eta : data.link.arriving  [1]       share that arrives

    Dual: what one more unit of the commodity at the site would save.
    """
    kept = np.flatnonzero(data.node.row >= 0)
    wanted = _wanted(data, len(kept))
    short, every = data.demand.short, np.arange(var.exchange.entities)
    sign = data.market.sign[data.market.exchange_market][:, None].astype(float)
    carried = np.arange(len(data.heat.node))
    sum_of = [
        _at(data, var.taken, data.stream.node, np.arange(var.taken.entities)),
        *_made_and_used(data, var),
        _at(data, var.exchange, data.market.node, every, sign),
        *_moved(data, var),
        _at(data, var.discharge, data.storage.node, np.arange(var.discharge.entities)),
        _at(data, var.charge, data.storage.node, np.arange(var.charge.entities), -1.0),
        across(var.raised, data.node.row[data.heat.node], carried),
        across(var.used, data.node.row[data.heat.node], carried, -1.0),
        _at(data, var.unmet, data.demand.node[short], np.arange(var.unmet.entities)),
    ]
    free = data.node.free[kept, None]
    where = (data.node.key.take(kept), data.time.period, sum_of)
    if not free.any():
        return rows("balance", *where, equals=wanted)
    return rows("balance", *where, at_least=wanted, at_most=np.where(free, np.inf, wanted))


def _wanted(data: Data, rows: int) -> Floats:
    """What is demanded in each balance, (rows, T)."""
    wanted = np.zeros((rows, len(data.time.period)))
    row, rate = data.node.row[data.demand.node], data.demand.rate
    if (row < 0).any():
        row, rate = row[row >= 0], rate[row >= 0]
    if len(np.unique(row)) == len(row):
        wanted[row] = rate
    else:
        np.add.at(wanted, row, rate)
    return wanted


def _at(
    data: Data, variable: Variable, node: Integers, column: Integers, value: Floats | float = 1.0
) -> Part:
    """Entries in the balances of nodes; cascades' heat and what is graded has none."""
    row = data.node.row[node]
    if (row >= 0).all():
        return across(variable, row, column, value)
    kept = row >= 0
    every = np.broadcast_to(value, (len(row), np.shape(value)[1] if np.ndim(value) else 1))
    return across(variable, row[kept], column[kept], every[kept])


def _made_and_used(data: Data, var: Variables) -> list[Part]:
    recipe = data.recipe
    fixed, flexible = recipe.share < 0, recipe.share >= 0
    return [
        _at(data, var.activity, recipe.node[fixed], recipe.process[fixed], recipe.rate[fixed]),
        _at(
            data,
            var.share_flow,
            recipe.node[flexible],
            recipe.share[flexible],
            np.sign(recipe.rate[flexible]),
        ),
    ]


def _moved(data: Data, var: Variables) -> list[Part]:
    link, back = data.link, data.link.back
    every = np.arange(var.link_flow.entities)
    backward = np.arange(len(back))
    return [
        _at(data, var.link_flow, link.from_node, every, -1.0),
        _at(data, var.link_flow, link.to_node, every, link.arriving),
        _at(data, var.link_flow, link.energy_from, every, -link.energy),
        _at(data, var.link_flow_back, link.to_node[back], backward, -1.0),
        _at(data, var.link_flow_back, link.from_node[back], backward, link.arriving[back]),
        _at(data, var.link_flow_back, link.energy_to[back], backward, -link.energy[back]),
    ]
