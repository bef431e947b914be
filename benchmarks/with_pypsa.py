"""The park in PyPSA: buses of power, heat and gas at each site."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pypsa
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

OPEN = 1e5  # MW, a connection that never binds


def measured(park: Ring, watch: Watch) -> float:
    """The least cost, its phases on ``watch``."""
    watch.phase("build")
    network = _network(park)
    network.optimize.create_model()
    watch.phase("hand_over")
    network.optimize.solve_model(
        solver_name="highs",
        solver_options=dict(OPTIONS),
        io_api="direct",
        progress=False,
    )
    watch.phase("")
    assert network.storage_units_t.state_of_charge.shape == (park.hours, park.sites)
    return float(network.objective)


def _network(park: Ring) -> pypsa.Network:
    sites = pd.Index(park.names)
    power, heat, gas = sites + "_power", sites + "_heat", sites + "_gas"
    network = pypsa.Network()
    network.set_snapshots(pd.RangeIndex(park.hours))
    for bus in (power, heat, gas):
        network.add("Bus", bus)
    for bus, wanted in ((power, park.power), (heat, park.heat)):
        load = pd.DataFrame(wanted.T, index=network.snapshots, columns=bus)
        network.add("Load", bus, bus=bus, p_set=load)
    price = np.repeat(park.price[:, None], park.sites, axis=1)
    grid = sites + "_grid"
    network.add(
        "Generator",
        grid,
        bus=power,
        p_nom=OPEN,
        marginal_cost=pd.DataFrame(price, index=network.snapshots, columns=grid),
    )
    network.add("Generator", sites + "_gas", bus=gas, p_nom=OPEN, marginal_cost=GAS_PRICE)
    # PyPSA counts a link by what goes in.
    network.add(
        "Link",
        sites + "_boiler",
        bus0=gas,
        bus1=heat,
        efficiency=1 / BOILER_GAS,
        p_nom=BOILER_GAS * park.boiler,
        marginal_cost=BOILER_COST / BOILER_GAS,
    )
    network.add(
        "Link",
        sites + "_chp",
        bus0=gas,
        bus1=heat,
        bus2=power,
        efficiency=1 / CHP_GAS,
        efficiency2=CHP_POWER / CHP_GAS,
        p_nom=CHP_GAS * park.chp,
        marginal_cost=CHP_COST / CHP_GAS,
    )
    network.add(
        "Link",
        sites + "_pipe",
        bus0=heat,
        bus1=np.roll(heat, -1),
        efficiency=1 - LINK_LOSS,
        p_nom=park.link,
        marginal_cost=LINK_COST,
    )
    network.add(
        "StorageUnit",
        sites + "_store",
        bus=heat,
        p_nom=park.store / STORE_HOURS,
        max_hours=STORE_HOURS,
        efficiency_store=STORE_IN,
        efficiency_dispatch=STORE_OUT,
        standing_loss=STORE_LOSS,
        cyclic_state_of_charge=True,
    )
    return network
