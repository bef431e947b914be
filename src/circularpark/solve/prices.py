"""Shadow prices at sites: what one more unit of a commodity is worth where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

# Prices below this share of the dearest of a commodity are the solver's dust.
_DUST = 1e-7


def local_prices(plan: Plan) -> pd.DataFrame:
    """What one more unit would save in money, by site and commodity, averaged over the hours.

    Returns
    -------
    DataFrame : site, commodity, unit, price [currency per unit]. Under a ceiling on the cost of
    a tonne each tonne of CO2 counts as that much money, so that what saves CO2 is worth more.
    Empty where money is never weighed. A negative price is that of something one would pay to
    be rid of.
    """
    columns = ["site", "commodity", "unit", "price"]
    problem = plan.problem
    stage = next((p for p, o in enumerate(problem.objectives) if o.weights.get("cost")), None)
    if stage is None:
        return pd.DataFrame(columns=columns)
    objective = problem.objectives[stage]
    block, rows = problem.block("balance")
    dual = plan.optimum.points[stage].duals[rows].reshape(len(block.index), -1)
    time = problem.data.time
    hours = float((time.span * time.block_probability[time.block]).sum())
    price = objective.sense * dual.sum(axis=1) / hours / objective.weights["cost"]
    index = block.index[["site", "commodity"]].reset_index(drop=True)
    goods = plan.park.tables.commodities.set_index("id")["unit"]
    found = index.assign(unit=goods.reindex(index["commodity"]).to_numpy(), price=price)
    largest = found["price"].abs().groupby(found["commodity"]).transform("max")
    kept = found["price"].abs() > _DUST * np.maximum(largest, 1e-300)
    return found[kept].reset_index(drop=True)[columns]
