"""The park in linopy, all sites and hours at once."""

from __future__ import annotations

import linopy
import pandas as pd
import xarray
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


def measured(park: Ring, watch: Watch) -> float:
    """The least cost, its phases on ``watch``."""
    watch.phase("build")
    site, hour = pd.Index(park.names, name="site"), pd.RangeIndex(park.hours, name="hour")
    axes = [site, hour]

    def per_site(values: object) -> xarray.DataArray:
        return xarray.DataArray(values, [site])

    model = linopy.Model()
    boiler = model.add_variables(0, per_site(park.boiler), axes, name="boiler")
    chp = model.add_variables(0, per_site(park.chp), axes, name="chp")
    link = model.add_variables(0, per_site(park.link), axes, name="link")
    grid = model.add_variables(0, coords=axes, name="grid")
    gas = model.add_variables(0, coords=axes, name="gas")
    charge = model.add_variables(0, per_site(park.store / STORE_HOURS), axes, name="charge")
    discharge = model.add_variables(0, per_site(park.store / STORE_HOURS), axes, name="discharge")
    level = model.add_variables(0, per_site(park.store), axes, name="level")
    heat, power = (xarray.DataArray(wanted, axes) for wanted in (park.heat, park.power))
    arriving = (1.0 - LINK_LOSS) * link.roll(site=1)
    model.add_constraints(boiler + chp - link + arriving + discharge - charge == heat, name="heat")
    model.add_constraints(grid + CHP_POWER * chp == power, name="power")
    model.add_constraints(gas - BOILER_GAS * boiler - CHP_GAS * chp == 0, name="gas")
    before = (1.0 - STORE_LOSS) * level.roll(hour=1)
    stored = level - before - STORE_IN * charge + (1.0 / STORE_OUT) * discharge
    model.add_constraints(stored == 0, name="stored")
    price = xarray.DataArray(park.price, [hour])
    cost = BOILER_COST * boiler + CHP_COST * chp + LINK_COST * link + GAS_PRICE * gas
    model.add_objective((cost + price * grid).sum())

    watch.phase("hand_over")
    model.solve(solver_name="highs", io_api="direct", progress=False, **OPTIONS)
    flows = model.solution
    watch.phase("")
    assert flows["level"].shape == (park.sites, park.hours)
    return float(model.objective.value)
