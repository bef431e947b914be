"""What has to give: the elastic program, stage after stage.

First as little as possible of the wants stays unmet and of the offers that must be used finds
no place, whatever contracts and limits say; then as few contracts and required capacities as
possible are broken; last, limits are overrun as little as possible, the one of the lowest rank
yielding first. Each stage holds what the ones before it reached, so no penalty has to be large
enough. Capacities are not stretched here: a shortage is named where somebody feels it, and the
capacity behind it is found by its dual and named as the cure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from circularpark.program.assemble import Problem
from circularpark.program.constraints import CONSTRAINTS
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnosis.program import Arrays, Extended, rows_of, typical
from circularpark.solve.highs import LiveModel
from circularpark.solve.profile import SolverProfile

# Less than this share of a typical amount is the solver's tolerance, not a shortage.
DUST = 1e-6
HELD_WITHIN = 1e-9
# By so much less counts heat that is missing at the cold end than at the hot end of a cascade.
COLDER = 1e-3


@dataclass(frozen=True)
class Slacks:
    """One kind of slack: what gives, and the columns that say how much.

    kind : demand, heat, surplus, load, contract, required, limit or rule
    entity : (E,) position among demands, intervals, streams, loads, markets, items or rows
    columns : (E, K); size : (E,) typical amount
    sign : +1 over, -1 under, and family : of the rows (limits and rules)
    """

    kind: str
    entity: Integers
    columns: Integers
    size: Floats
    sign: int = 1
    family: str = ""


@dataclass(frozen=True)
class Gave:
    """A stage in which something had to give.

    value : of the stage; duals : of its rows; reduced : (n,) costs of its columns
    """

    value: float
    duals: Floats
    reduced: Floats


@dataclass(frozen=True)
class Elastic:
    """The elastic optimum: amounts of every slack, and the stages that could not reach zero."""

    slacks: tuple[Slacks, ...]
    x: Floats
    gave: tuple[Gave, ...]

    def amounts(self, slack: Slacks) -> Floats:
        """How much gives, (E, K), the solver's dust removed."""
        found = self.x[slack.columns]
        return np.where(found > DUST * slack.size[:, None], found, 0.0)


def relax(
    problem: Problem, profile: SolverProfile, opened: Callable[[Extended], object] | None = None
) -> Elastic:
    """Solve the elastic program of ``problem``; ``opened`` may add what moves at no cost."""
    extended = Extended(problem)
    if opened is not None:
        opened(extended)
    slacks = [
        *_demands(extended),
        *_heat(extended),
        *_streams(extended),
        *_loads(extended),
        *_contracts(extended),
        *_required(extended),
        *_of_rows(extended, "rule"),
        *_of_rows(extended, "limit"),
    ]
    peaks = _peaks(extended, slacks) if _moves_in_time(problem) else None
    arrays = extended.arrays()
    live = LiveModel(arrays, profile)
    gave: list[Gave] = []
    held: list[Floats] = []
    x = np.zeros(arrays.matrix.shape[1])
    stages = _stages(problem, slacks, len(x))
    if peaks is not None and stages:
        flat = np.zeros(len(x))
        flat[peaks] = 1.0 / arrays.scale[peaks]
        stages.insert(1, flat)
    for costs in stages:
        point = live.minimise(costs)
        x = point.x
        if any(_gives(s, x, costs) for s in slacks):
            reduced = _reduced(arrays, costs, point.duals, held)
            priced = extended.bounds_in_reduced(reduced, point.duals)
            gave.append(Gave(point.value, point.duals, priced))
        smallest = 1e-9 * float((costs * arrays.scale).max())
        live.hold(costs, point.value * (1.0 + HELD_WITHIN) + smallest)
        held.append(costs)
    return Elastic(tuple(slacks), x, tuple(gave))


def _moves_in_time(problem: Problem) -> bool:
    """Whether a shortage could be moved from one hour to another: by a store or a year's amount."""
    yearly = any(block.family in ("market_year", "limits") for block in problem.blocks)
    return len(problem.data.time.period) > 1 and (yearly or len(problem.data.storage.index) > 0)


def _peaks(extended: Extended, slacks: list[Slacks]) -> Integers | None:
    """The worst rate of each shortage: of equal shortages the one without spikes is told."""
    found = []
    for slack in slacks:
        if slack.kind in ("demand", "heat", "surplus", "load"):
            most = np.concatenate(extended.upper)[slack.columns].max(axis=1)
            worst = extended.columns(most, slack.size)
            count = slack.columns.size
            rows = extended.more_rows(np.full(count, -np.inf), np.zeros(count))
            extended.put(rows, slack.columns.ravel(), 1.0)
            extended.put(rows, np.repeat(worst, slack.columns.shape[1]), -1.0)
            found.append(worst)
    return np.concatenate(found) if found else None


def _gives(slack: Slacks, x: Floats, costs: Floats) -> bool:
    counted = costs[slack.columns] > 0
    return bool(((x[slack.columns] > DUST * slack.size[:, None]) & counted).any())


def _reduced(arrays: Arrays, costs: Floats, duals: Floats, held: list[Floats]) -> Floats:
    own = duals[: arrays.matrix.shape[0]]
    reduced = costs - arrays.matrix.T @ own
    for stage, dual in zip(held, duals[len(own) :], strict=True):
        reduced = reduced - dual * stage
    return np.asarray(reduced, dtype=float)


def _stages(problem: Problem, slacks: list[Slacks], columns: int) -> list[Floats]:
    """Costs of each stage: how much gives relative to its size, weighed by hours."""
    costs = []
    for kinds in (("demand", "heat", "surplus", "load"), ("contract", "required"), ("rule",)):
        own = [s for s in slacks if s.kind in kinds]
        if own:
            costs.append(_costs(problem, own, columns, None))
    limits = [s for s in slacks if s.kind == "limit"]
    if limits:
        rank = limit_rank(problem)
        steps = sorted(set(rank.tolist()), reverse=True)
        costs += [_costs(problem, limits, columns, rank == step) for step in steps]
    return costs


def _costs(problem: Problem, slacks: list[Slacks], columns: int, kept: Floats | None) -> Floats:
    time = problem.data.time
    costs = np.zeros(columns)
    for slack in slacks:
        each = slack.columns.shape[1] == len(time.period) and slack.kind not in ("limit", "rule")
        weight = time.span / time.span.max() if each else np.ones(slack.columns.shape[1])
        chosen = np.ones(len(slack.entity)) if kept is None else kept[slack.entity]
        costs[slack.columns] = chosen[:, None] * weight / slack.size[:, None]
    return costs


def limit_rank(problem: Problem) -> Floats:
    """The rank of each row of the limits; one without a rank yields last."""
    found = rows_of(problem, "limits")
    if found is None:
        return np.zeros(0)
    table = problem.data.blocks.first.limits.set_index("id")["rank"]
    rank = table.reindex(found[0].index["limit"]).to_numpy(dtype=float)
    return np.where(np.isnan(rank), np.inf, rank)


def _commodity_size(problem: Problem, node: Integers) -> Floats:
    """The largest typical flow of each node's commodity, so that a tonne counts alike anywhere."""
    nodes = problem.data.node
    largest = np.zeros(int(nodes.commodity.max(initial=0)) + 1)
    np.maximum.at(largest, nodes.commodity, nodes.scale)
    return np.asarray(largest[nodes.commodity[node]], dtype=float)


def _put(
    extended: Extended, things: Integers, node: Integers, columns: Integers, kind: str
) -> None:
    """Slacks of demands or streams in the balances of their nodes; graded ones have their own."""
    data = extended.problem.data
    demand = kind == "demand"
    ends = data.quality.sinks if demand else data.quality.sources
    value = 1.0 if demand else -1.0
    found = rows_of(extended.problem, "balance")
    own = np.flatnonzero(data.node.row[node] >= 0)
    if found is not None and len(own):
        extended.put(found[1][data.node.row[node[own]]], columns[own], value)
    graded = np.flatnonzero(data.node.graded[node])
    single = rows_of(extended.problem, "sink_matched" if demand else "source_matched")
    if single is not None and len(graded):
        extended.put(single[1][ends.place(kind)[things[graded]]], columns[graded], value)


def _demands(extended: Extended) -> list[Slacks]:
    """What stays unmet; a demand with a cost of staying unmet has its own column already."""
    demand = extended.problem.data.demand
    firm = np.setdiff1d(np.arange(len(demand.key)), demand.short)
    firm = firm[~extended.problem.data.node.cascade[demand.node[firm]]]
    if not len(firm):
        return []
    size = _commodity_size(extended.problem, demand.node[firm])
    columns = extended.columns(np.maximum(demand.rate[firm], 0.0), size[:, None])
    _put(extended, firm, demand.node[firm], columns, "demand")
    return [Slacks("demand", firm, columns, size)]


def _streams(extended: Extended) -> list[Slacks]:
    """What must be used and finds no place; it still counts as taken."""
    stream = extended.problem.data.stream
    firm = np.flatnonzero(stream.must_use)
    if not len(firm):
        return []
    size = _commodity_size(extended.problem, stream.node[firm])
    columns = extended.columns(np.maximum(stream.offer[firm], 0.0), size[:, None])
    _put(extended, firm, stream.node[firm], columns, "stream")
    falling = rows_of(extended.problem, "heat_balance")
    if falling is not None:
        part = extended.problem.data.heat.stream
        place = np.full(len(stream.key), -1, dtype=np.int64)
        place[firm] = np.arange(len(firm))
        of = place[part.of]
        own = of >= 0
        extended.put(falling[1][part.interval[own]], columns[of[own]], -part.share[own])
    return [Slacks("surplus", firm, columns, size)]


def _loads(extended: Extended) -> list[Slacks]:
    """Loads of operations that nothing clean enough carries away."""
    found = rows_of(extended.problem, "operation_load")
    if found is None:
        return []
    load = np.maximum(-found[0].upper, 0.0)
    size = load.max(axis=1)
    own = np.flatnonzero(size > 0)
    columns = extended.columns(load[own], power_of_two(size[own])[:, None])
    extended.put(found[1][own], columns, -1.0)
    return [Slacks("load", own, columns, size[own])]


def _heat(extended: Extended) -> list[Slacks]:
    """Heat that is missing in the intervals of cascades which have firm demands.

    Of intervals in which more heat would do the coldest is told: heat as hot as is needed.
    """
    data = extended.problem.data
    found = rows_of(extended.problem, "heat_balance")
    if found is None:
        return []
    heat, part = data.heat, data.heat.demand
    most = np.zeros((len(heat.place), len(data.time.period)))
    np.add.at(most, heat.cascade[part.interval], part.share * data.demand.rate[part.of])
    wants = np.asarray((most > 0).any(axis=1))
    chosen = np.flatnonzero(wants[heat.cascade])
    if not len(chosen):
        return []
    most = most[heat.cascade[chosen]]
    first = np.searchsorted(heat.cascade, heat.cascade[chosen], side="left")
    many = np.bincount(heat.cascade)[heat.cascade[chosen]]
    size = most.max(axis=1) * (1.0 + COLDER * (chosen - first) / many)
    columns = extended.columns(most, power_of_two(size)[:, None])
    extended.put(found[1][chosen], columns, 1.0)
    return [Slacks("heat", chosen, columns, size)]


def _contracts(extended: Extended) -> list[Slacks]:
    """What is missing to the least amount of a contract."""
    problem, market = extended.problem, extended.problem.data.market
    found = []
    exchange = problem.var.exchange
    own = np.flatnonzero((exchange.lower > 0).any(axis=1))
    if len(own):
        bound = exchange.lower[own]
        size = _commodity_size(problem, market.node[own])
        columns = extended.columns(bound, size[:, None])
        bounded = exchange.columns()[own].ravel()
        extended.loosen(bounded, columns.ravel(), np.ones(len(bounded)), upper=False)
        found.append(Slacks("contract", market.exchange_market[own], columns, size))
    shared = rows_of(problem, "market_least")
    if shared is not None:
        block, rows = shared
        of = pd.Index(market.index["market"]).get_indexer(pd.Index(block.index["market"]))
        first = np.array([int(np.argmax(market.exchange_market == m)) for m in of])
        size = _commodity_size(problem, market.node[first])
        columns = extended.columns(np.maximum(block.lower, 0.0), size[:, None])
        extended.put(rows, columns, 1.0)
        found.append(Slacks("contract", of, columns, size))
    return found


def _required(extended: Extended) -> list[Slacks]:
    """What is missing to the size that a required thing must have."""
    capacity = extended.problem.var.capacity
    own = np.flatnonzero((capacity.lower > 0).any(axis=1))
    if not len(own):
        return []
    size = capacity.lower[own].max(axis=1)
    columns = extended.columns(capacity.lower[own], power_of_two(size)[:, None])
    bounded = capacity.columns()[own].ravel()
    extended.loosen(bounded, columns.ravel(), np.ones(len(bounded)), upper=False)
    return [Slacks("required", own, columns, size)]


def _of_rows(extended: Extended, kind: str) -> list[Slacks]:
    """Slacks of whole rows: of the limits, or of rules that somebody added to the program."""
    known = {constraint.__name__ for constraint in CONSTRAINTS}
    problem = extended.problem
    found = []
    for place, block in enumerate(problem.blocks):
        if (block.family == "limits") if kind == "limit" else (block.family not in known):
            start = int(problem.row_start[place])
            rows = start + np.arange(block.size, dtype=np.int64)
            size = typical(problem, rows)
            most = abs(problem.matrix.tocsr()[rows]) @ problem.derived
            for sign, side in ((1, block.upper.ravel()), (-1, block.lower.ravel())):
                finite = np.flatnonzero(np.isfinite(side))
                if len(finite):
                    room = most + np.abs(np.where(np.isfinite(side), side, 0.0))
                    scale = power_of_two(size[finite])
                    columns = extended.columns(room[finite, None], scale[:, None])
                    extended.put(rows[finite, None], columns, -float(sign))
                    counted = np.maximum(size, np.abs(np.where(np.isfinite(side), side, 0.0)))
                    found.append(Slacks(kind, finite, columns, counted[finite], sign, block.family))
    return found
