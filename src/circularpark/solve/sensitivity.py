"""Shadow prices in units, and what it would take for a link that is not chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.program.time import Floats

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem
    from circularpark.solve.plan import Plan


def stage_unit(plan: Plan, stage: int) -> str:
    """Unit of an objective stage's value."""
    weights = plan.problem.objectives[stage].weights
    units = dict(zip(plan.park.tables.measures["id"], plan.park.tables.measures["unit"], strict=True))
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

    Returns
    -------
    DataFrame : link, unit, stage, per_unit (in the stage's unit per unit sent over a year),
    saving_per_km (what a kilometre less would save of it), switch_km (length at which it pays;
    nan where no length does)
    """
    problem, data = plan.problem, plan.problem.data
    flow = plan.flows["link_flow"].values
    carried = flow.sum(axis=1)
    back = plan.flows["link_flow_back"].values.sum(axis=1)
    np.add.at(carried, data.link.back, back)
    idle = np.flatnonzero(carried <= 1e-9 * problem.var.link_flow.scale)
    frame = data.blocks.links.set_index("id").reindex(data.link.index["link"]).iloc[idle]
    total, slope = switch_terms(plan, idle)
    km = frame["km"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        switch = km - np.where(slope > 0, total / slope, np.nan)
    return pd.DataFrame(
        {
            "link": frame.index.to_numpy(),
            "stage": problem.objectives[-1].name,
            "unit": stage_unit(plan, len(problem.objectives) - 1),
            "per_unit": total,
            "saving_per_km": slope,
            "km": km,
            "switch_km": np.where(switch > 0, switch, np.nan),
        }
    ).reset_index(drop=True)


def switch_terms(plan: Plan, idle: np.ndarray) -> tuple[Floats, Floats]:
    """Gain that idle links lack per unit sent all year evenly, and how it falls per kilometre.

    A unit sent in every hour costs the reduced costs of the flow, plus those of building the
    capacity for it; per unit and kilometre it loses, costs and emits in proportion.
    """
    problem, data = plan.problem, plan.problem.data
    time, var = data.time, problem.var
    reduced = column_reduced_costs(problem, plan)
    sent = reduced[var.link_flow.start : var.link_flow.stop].reshape(var.link_flow.entities, -1)
    hours = float((time.span * time.block_probability[time.block]).sum())
    total = sent[idle].sum(axis=1) / hours
    column = data.item.column[data.link.item[idle]]
    builds = reduced[var.build.start : var.build.stop].reshape(var.build.entities, -1)
    capacity = reduced[var.capacity.start : var.capacity.stop].reshape(var.capacity.entities, -1)
    grown = column >= 0
    both = (np.maximum(builds, 0).sum(axis=1) + np.maximum(capacity, 0).sum(axis=1)) / hours
    total = total + np.where(grown, both[np.where(grown, column, 0)], 0.0) if len(both) else total
    return total, _slope(plan, idle, hours)


def _slope(plan: Plan, idle: np.ndarray, hours: float) -> Floats:
    """What each further kilometre costs an idle link, per unit sent."""
    problem, data = plan.problem, plan.problem.data
    frame = data.blocks.links.set_index("id").reindex(data.link.index["link"]).iloc[idle]
    last = problem.objectives[-1]
    km = np.maximum(frame["km"].to_numpy(dtype=float), 1e-9)
    var = problem.var
    per_flow = last.costs[var.link_flow.start : var.link_flow.stop].reshape(len(data.link.item), -1)
    moving = per_flow[idle].sum(axis=1) / hours / km
    column = data.item.column[data.link.item[idle]]
    grown = column >= 0
    capital = np.zeros(len(idle))
    if var.build.entities:
        costs = last.costs[var.build.start : var.build.stop].reshape(var.build.entities, -1)
        along = frame["capex_per_km"].to_numpy(dtype=float) * frame["cost_factor"].to_numpy(float)
        whole = frame["building"].to_numpy(dtype=float)
        share = np.divide(along, whole, out=np.zeros(len(idle)), where=whole > 0)
        capital = np.where(grown, costs[np.where(grown, column, 0), 0] * share, 0.0) / hours
    rows = problem.block("balance")[1]
    duals = plan.optimum.points[-1].duals[rows].reshape(len(data.node.index), -1)
    worth = duals[data.link.to_node[idle]].sum(axis=1) / hours
    lost = np.nan_to_num(frame["loss_per_km"].to_numpy(dtype=float)) * np.maximum(worth, 0.0)
    return np.asarray(moving + capital + lost, dtype=float)
