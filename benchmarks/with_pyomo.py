"""The park in Pyomo, handed over by its fast interface to HiGHS (appsi)."""

from __future__ import annotations

import pyomo.environ as pyo
from benchmarks.synthetic import (
    BOILER_COST,
    BOILER_GAS,
    CHP_COST,
    CHP_GAS,
    CHP_POWER,
    GAS_PRICE,
    LINK_COST,
    LINK_LOSS,
    STORE_HOURS,
    STORE_IN,
    STORE_LOSS,
    STORE_OUT,
    Ring,
)
from benchmarks.watch import OPTIONS, Watch
from pyomo.contrib.appsi.solvers.highs import Highs


def measured(park: Ring, watch: Watch) -> float:
    """The least cost, its phases on ``watch``."""
    watch.phase("build")
    model = _model(park)
    watch.phase("hand_over")
    solver = Highs()
    solver.highs_options = {name: value for name, value in OPTIONS.items() if name == "threads"}
    result = solver.solve(model)
    level = model.level.extract_values()
    watch.phase("")
    assert len(level) == park.sites * park.hours
    return float(result.best_feasible_objective)


def _model(park: Ring) -> pyo.ConcreteModel:
    model = pyo.ConcreteModel()
    sites, hours = park.sites, park.hours
    model.site, model.hour = pyo.RangeSet(0, sites - 1), pyo.RangeSet(0, hours - 1)

    def flow(capacity: list[float] | None = None) -> pyo.Var:
        if capacity is None:
            return pyo.Var(model.site, model.hour, bounds=(0, None))
        return pyo.Var(model.site, model.hour, bounds=lambda _, s, t: (0, capacity[s]))

    fill = (park.store / STORE_HOURS).tolist()
    model.boiler, model.chp = flow(park.boiler.tolist()), flow(park.chp.tolist())
    model.link, model.grid, model.gas = flow(park.link.tolist()), flow(), flow()
    model.charge, model.discharge = flow(fill), flow(fill)
    model.level = flow(park.store.tolist())
    heat, power, price = park.heat.tolist(), park.power.tolist(), park.price.tolist()

    @model.Constraint(model.site, model.hour)
    def heat_balance(m, s, t):  # type: ignore[no-untyped-def]
        return (
            m.boiler[s, t]
            + m.chp[s, t]
            - m.link[s, t]
            + (1 - LINK_LOSS) * m.link[(s - 1) % sites, t]
            + m.discharge[s, t]
            - m.charge[s, t]
            == heat[s][t]
        )

    @model.Constraint(model.site, model.hour)
    def power_balance(m, s, t):  # type: ignore[no-untyped-def]
        return m.grid[s, t] + CHP_POWER * m.chp[s, t] == power[s][t]

    @model.Constraint(model.site, model.hour)
    def gas_balance(m, s, t):  # type: ignore[no-untyped-def]
        return m.gas[s, t] - BOILER_GAS * m.boiler[s, t] - CHP_GAS * m.chp[s, t] == 0

    @model.Constraint(model.site, model.hour)
    def stored(m, s, t):  # type: ignore[no-untyped-def]
        return (
            m.level[s, t]
            - (1 - STORE_LOSS) * m.level[s, (t - 1) % hours]
            - STORE_IN * m.charge[s, t]
            + (1 / STORE_OUT) * m.discharge[s, t]
            == 0
        )

    model.cost = pyo.Objective(
        expr=pyo.quicksum(
            BOILER_COST * model.boiler[s, t]
            + CHP_COST * model.chp[s, t]
            + LINK_COST * model.link[s, t]
            + price[t] * model.grid[s, t]
            + GAS_PRICE * model.gas[s, t]
            for s in model.site
            for t in model.hour
        )
    )
    return model
