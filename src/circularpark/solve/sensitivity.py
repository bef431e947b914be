"""Shadow prices in units, and what it would take for a link that is not chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.program.time import Floats

# Reduced costs below this share of the largest cost are the solver's dust.
SPEAKS = 1e-9

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem
    from circularpark.solve.plan import Plan


def stage_unit(plan: Plan, stage: int) -> str:
    """Unit of an objective stage's value."""
    weights = plan.problem.objectives[stage].weights
    units = dict(
        zip(plan.park.tables.measures["id"], plan.park.tables.measures["unit"], strict=True)
    )
    return str(units.get(next(iter(weights)), "")) if len(weights) == 1 else ""


def duals_frame(plan: Plan) -> pd.DataFrame:
    """Nonzero row duals of every stage: stage, unit, family, row, dual (per unit of the row)."""
    problem = plan.problem
    names = np.array(list(problem.row_names()), dtype=object)
    families = np.repeat(
        np.array([b.family for b in problem.blocks], dtype=object), [b.size for b in problem.blocks]
    )
    pieces = []
    for place, (objective, point) in enumerate(
        zip(problem.objectives, plan.optimum.points, strict=True)
    ):
        dual = point.duals[: len(names)]
        kept = np.flatnonzero(np.abs(dual) > 1e-12)
        pieces.append(
            pd.DataFrame(
                {
                    "stage": objective.name,
                    "unit": stage_unit(plan, place),
                    "family": families[kept],
                    "row": names[kept],
                    "dual": dual[kept],
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def column_reduced_costs(problem: Problem, plan: Plan, stage: int = -1) -> Floats:
    """Reduced costs of all columns at one stage, the held earlier stages included, (n,)."""
    optimum = plan.optimum
    point, rows = optimum.points[stage], problem.matrix.shape[0]
    reduced = problem.objectives[stage].costs - problem.matrix.T @ point.duals[:rows]
    for held, dual in zip(optimum.held, point.duals[rows:], strict=False):
        reduced = reduced - dual * held.costs
    return np.asarray(reduced, dtype=float)


def reduced_costs(plan: Plan) -> pd.DataFrame:
    """Of every link that carries nothing: what must change for it to be worth using.

    The first objective stage that speaks against a link decides. Under a ceiling on what a
    tonne may cost that is money; where least co2 itself decides, it is tonnes.

    Returns
    -------
    DataFrame : link, stage, unit, per_unit (what is lacking, in the unit, per unit sent all
    year evenly), saving_per_km (of it, per kilometre less), km, switch_km (length at which it
    pays; nan where no length does). A link with a cost that is paid once has no such price:
    its two numbers are nan.
    """
    problem, data = plan.problem, plan.problem.data
    carried = plan.flows["link_flow"].values.sum(axis=1)
    back = plan.flows["link_flow_back"].values.sum(axis=1)
    np.add.at(carried, data.link.back, back)
    idle = np.flatnonzero(carried <= 1e-9 * problem.var.link_flow.scale)
    frame = data.blocks.links.set_index("id").reindex(data.link.index["link"]).iloc[idle]
    stages = [p for p, o in enumerate(problem.objectives) if "unmet" not in o.weights]
    decided = np.full(len(idle), stages[-1])
    total, slope = np.zeros(len(idle)), np.zeros(len(idle))
    for stage in reversed(stages):
        lacking, per_km = switch_terms(plan, idle, stage)
        size = np.abs(problem.objectives[stage].costs).max(initial=0.0) * SPEAKS
        speaks = (lacking > size) | (stage == stages[-1])
        decided = np.where(speaks, stage, decided)
        total, slope = np.where(speaks, lacking, total), np.where(speaks, per_km, slope)
    money = (decided == stages[0]) & plan.under_ceiling
    factor = np.where(money, plan.park.settings.cost_ceiling or 1.0, 1.0)
    # One more unit cannot pay for what is paid once: how many units more is a choice, no price.
    chosen = np.isin(data.link.item[idle], data.item.expandable[data.item.opened])
    total = np.where(chosen, np.nan, total)
    km = frame["km"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        switch = km - np.where(slope > 0, total / slope, np.nan)
    units = [
        plan.park.settings.currency if m else stage_unit(plan, d)
        for m, d in zip(money, decided, strict=True)
    ]
    return pd.DataFrame(
        {
            "link": frame.index.to_numpy(),
            "stage": [problem.objectives[d].name for d in decided],
            "unit": units,
            "per_unit": total * factor,
            "saving_per_km": slope * factor,
            "km": km,
            "switch_km": np.where(switch > 0, switch, np.nan),
        }
    ).reset_index(drop=True)


def switch_terms(plan: Plan, idle: np.ndarray, stage: int) -> tuple[Floats, Floats]:
    """What idle links lack per unit sent all year evenly, and how that falls per kilometre less.

    Sending one more unit in every period, over capacity built for it in the first year, costs
    the sum of the reduced costs of these columns. Distance acts on moving, on what is built
    along the way and on what is lost.
    """
    problem, data = plan.problem, plan.problem.data
    time, link = data.time, data.link
    hours = float((time.span * time.probability).sum())
    flow, moved = _of(plan, "link_flow", stage), _at_best_temperature(plan, stage)
    _by_best_match(plan, stage, moved)
    flow = (flow + moved.lacking)[idle]
    column = data.item.column[link.item[idle]]
    place = np.where(column >= 0, column, 0)
    frame = data.blocks.links.set_index("id").reindex(link.index["link"]).iloc[idle]
    km = np.maximum(frame["km"].to_numpy(dtype=float), 1e-9)
    balance = np.zeros((len(data.node.key), len(time.period)))
    others = np.flatnonzero(data.node.row >= 0)
    if len(others):
        balance[others] = _duals(plan, "balance", len(others), stage)
    source = (balance[link.from_node] + moved.source)[idle]
    sink = (balance[link.to_node] + moved.sink)[idle]
    total, moving = flow.sum(axis=1), (flow - source + sink * link.arriving[idle]).sum(axis=1)
    along = np.zeros(len(idle))
    if problem.var.build.entities:
        built = _of(plan, "build", stage)[:, 0]
        capacity = _of(plan, "capacity", stage).sum(axis=1)
        stock = _duals(plan, "capacity_stock", problem.var.build.entities, stage)
        rent = _rent(plan, stage, len(link.item))[idle]
        total = total + np.where(column >= 0, (built + capacity)[place], 0.0)
        moving = moving + rent
        price = np.where(column >= 0, (built - stock[:, 0])[place], 0.0)
        paid = frame["building"].to_numpy(dtype=float)
        share = frame["capex_per_km"] * frame["cost_factor"] * frame["km"]
        along = price * np.divide(share, paid, out=np.zeros(len(idle)), where=paid > 0)
    lost = np.nan_to_num(frame["loss_per_km"].to_numpy(dtype=float))
    slope = (moving + along) / km + lost * np.maximum(sink, 0.0).sum(axis=1)
    return total / hours, slope / hours


@dataclass(frozen=True)
class _Moved:
    """Of direct lines at the temperature that lacks least, and of links of graded commodities by
    the match that lacks least, (L, T): zero for all other links.

    lacking : reduced cost of moving there; source, sink : what heat is worth at both ends
    """

    lacking: Floats
    source: Floats
    sink: Floats


def _at_best_temperature(plan: Plan, stage: int) -> _Moved:
    data = plan.problem.data
    line = data.heat.direct
    shape = (len(data.link.key), len(data.time.period))
    found = _Moved(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    if not len(line.link):
        return found
    heat = _duals(plan, "heat_balance", len(data.heat.key), stage)
    lacking = _of(plan, "direct_flow", stage)
    for link in np.unique(line.link):
        own = np.flatnonzero(line.link == link)
        best = own[lacking[own].argmin(axis=0)]
        steps, unit = np.arange(shape[1]), line.factor[own[0]]
        found.lacking[link] = lacking[best, steps]
        found.source[link] = unit * heat[line.from_interval[best], steps]
        found.sink[link] = unit * heat[line.to_interval[best], steps]
    return found


def _by_best_match(plan: Plan, stage: int, found: _Moved) -> None:
    """Fill in the links of graded commodities; one on which nothing may pass lacks without end."""
    quality = plan.problem.data.quality
    if not len(quality.graded_links):
        return
    ahead = np.flatnonzero((quality.link >= 0) & ~quality.back)
    lacking, steps = _of(plan, "matched", stage), np.arange(found.lacking.shape[1])
    taking = _duals(plan, "sink_matched", len(quality.sinks.key), stage)
    ways = len(plan.problem.block("link_matched")[0].key)
    carried = _duals(plan, "link_matched", ways, stage)
    arriving = np.broadcast_to(quality.arriving, lacking.shape)
    for row, link in enumerate(quality.graded_links):
        own = ahead[quality.link[ahead] == link]
        if not len(own):
            found.lacking[link] = np.inf
            continue
        best = own[lacking[own].argmin(axis=0)]
        found.lacking[link] = lacking[best, steps]
        found.sink[link] = taking[quality.sink[best], steps] * arriving[best, steps]
        found.source[link] = found.lacking[link] + found.sink[link] + carried[row]
        # The formula of all links takes what is lost off the sink's price by itself.
        found.sink[link] /= plan.problem.data.link.arriving[link]


def _of(plan: Plan, name: str, stage: int) -> Floats:
    """Reduced costs of one variable, (E, K)."""
    variable = getattr(plan.problem.var, name)
    reduced = column_reduced_costs(plan.problem, plan, stage)
    return reduced[variable.start : variable.stop].reshape(variable.entities, variable.width)


def _duals(plan: Plan, family: str, entities: int, stage: int) -> Floats:
    """Row duals of one family, (E, K)."""
    rows = plan.problem.block(family)[1]
    return plan.optimum.points[stage].duals[rows].reshape(entities, -1)


def _rent(plan: Plan, stage: int, links: int) -> Floats:
    """What the capacity rows charge each link over all periods, (L,): never positive."""
    found = np.zeros(links)
    if any(block.family == "link_capacity" for block in plan.problem.blocks):
        block, rows = plan.problem.block("link_capacity")
        names = pd.Index(plan.problem.data.link.index["link"])
        dual = plan.optimum.points[stage].duals[rows].reshape(len(block.index), -1)
        found[names.get_indexer(pd.Index(block.index["link"]))] = dual.sum(axis=1)
    return found
