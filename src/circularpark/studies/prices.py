"""Shadow prices of a plan in words that compare: what a unit is worth where, and each limit.

A commodity's price at a site is what one more unit wanted there all year evenly would cost, on
average over the last planning year, at the first objective stage: in money where that stage
is CO2 under a ceiling on the price of a tonne, else in the stage's own unit. A limit's price is
what one unit less room would cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.program.assemble import year_weight
from circularpark.solve.sensitivity import stage_unit

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

COLUMNS = ("kind", "item", "site", "commodity", "per", "price", "size")
# A price whose change moves less than this share of the largest mover is no reason.
SPEAKS = 1e-4


def price_stage(plan: Plan) -> int:
    """The stage whose prices are shown: the first that is not about unmet demand."""
    stages = plan.problem.objectives
    return next(i for i, o in enumerate(stages) if "unmet" not in o.weights)


def price_unit(plan: Plan) -> str:
    """Unit in which prices are counted: the currency under a ceiling, else the stage's."""
    if plan.under_ceiling:
        return plan.park.settings.currency
    return stage_unit(plan, price_stage(plan))


def prices(plan: Plan) -> pd.DataFrame:
    """What a unit of each commodity is worth at each site, and what each limit costs.

    Returns
    -------
    DataFrame : kind ("balance" or "limit"), item (of a limit), site, commodity, per (unit),
    price (in ``price_unit`` per unit), size (units of a typical year, for their weight)
    """
    return pd.concat([_balances(plan), _limits(plan)], ignore_index=True)


def _factor(plan: Plan) -> float:
    """From the stage's value to the unit of prices."""
    return float(plan.park.settings.cost_ceiling or 1.0) if plan.under_ceiling else 1.0


def _duals(plan: Plan, family: str) -> tuple[pd.DataFrame, np.ndarray]:
    block, rows = plan.problem.block(family)
    duals = plan.optimum.points[price_stage(plan)].duals[rows]
    return block.index, duals.reshape(len(block.index), -1)


def _weights(plan: Plan) -> np.ndarray:
    """How much each planning year weighs in the stage."""
    name = next(iter(plan.problem.objectives[price_stage(plan)].weights))
    return np.asarray(year_weight(plan.problem.data, name), dtype=float)


def _balances(plan: Plan) -> pd.DataFrame:
    data = plan.problem.data
    if not any(block.family == "balance" for block in plan.problem.blocks):
        return pd.DataFrame(columns=list(COLUMNS))
    index, duals = _duals(plan, "balance")
    time, last = data.time, len(data.time.years) - 1
    own = time.block_year[time.block] == last
    hours = float((time.span * time.probability)[own].sum())
    price = duals[:, own].sum(axis=1) / (hours * _weights(plan)[last]) * _factor(plan)
    units = dict(
        zip(plan.park.tables.commodities["id"], plan.park.tables.commodities["unit"], strict=True)
    )
    return pd.DataFrame(
        {
            "kind": "balance",
            "item": "",
            "site": index["site"].to_numpy(),
            "commodity": index["commodity"].to_numpy(),
            "per": [units.get(c, "") for c in index["commodity"]],
            "price": price,
            "size": _throughput(plan)[:, own].sum(axis=1) / max(int(own.sum()), 1) * hours,
        }
    )


def _throughput(plan: Plan) -> np.ndarray:
    """What comes to each site, half of all that its balance counts, (N, T)."""
    _, rows = plan.problem.block("balance")
    gross = (abs(plan.problem.matrix) @ np.abs(plan.optimum.x))[rows] / 2.0
    return np.asarray(gross).reshape(-1, len(plan.problem.data.time.period))


def _limits(plan: Plan) -> pd.DataFrame:
    if not any(block.family == "limits" for block in plan.problem.blocks):
        return pd.DataFrame(columns=list(COLUMNS))
    index, duals = _duals(plan, "limits")
    block = plan.problem.block("limits")[0]
    side = np.where(duals[:, 0] < 0, block.upper[:, 0], block.lower[:, 0])
    limits = plan.park.tables.limits.drop_duplicates("id").set_index("id")
    found = pd.DataFrame(
        {
            "kind": "limit",
            "item": index["limit"].to_numpy(),
            "site": "",
            "commodity": "",
            "per": _units(plan, limits.reindex(index["limit"])),
            "price": np.abs(duals).sum(axis=1) * _factor(plan),
            "size": np.where(np.isfinite(side), np.abs(side), 0.0),
        }
    )
    # A limit of many periods is told once: its prices add up, its size is the largest.
    grouped = found.groupby(["kind", "item", "site", "commodity", "per"], sort=False, dropna=False)
    return grouped.agg({"price": "sum", "size": "max"}).reset_index()[list(COLUMNS)]


def _units(plan: Plan, limits: pd.DataFrame) -> list[str]:
    """What a limit's row is counted in: of a ratio or a factor, the unit of its measure."""
    measures = plan.park.tables.measures
    known = dict(zip(measures["id"], measures["unit"], strict=True))
    return [
        str(known[measure]) if unit in ("1", "%", "") and measure in known else str(unit)
        for measure, unit in zip(limits["measure"], limits["unit"], strict=True)
    ]


def moved_most(before: pd.DataFrame, after: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """The prices that changed most between two plans, weighed by what is counted in them.

    Returns
    -------
    DataFrame : kind, item, site, commodity, per, from, to; a price that only one plan has is
    nan in the other
    """
    keys = ["kind", "item", "site", "commodity", "per"]
    both = before.merge(after, on=keys, how="outer", suffixes=("_from", "_to"))
    size = both[["size_from", "size_to"]].max(axis=1).fillna(0.0)
    moved = (both["price_to"].fillna(0.0) - both["price_from"].fillna(0.0)).abs() * size
    told = moved > SPEAKS * moved.max() if len(moved) else moved > 0
    order = moved[told].sort_values(ascending=False, kind="stable").index[:most]
    found = both.loc[order, [*keys, "price_from", "price_to"]]
    return found.rename(columns={"price_from": "from", "price_to": "to"}).reset_index(drop=True)
