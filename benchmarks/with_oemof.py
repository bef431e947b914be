"""The park in oemof.solph, handed over by Pyomo's fast interface to HiGHS."""

from __future__ import annotations

import pandas as pd
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
from oemof import solph


def measured(park: Ring, watch: Watch) -> float:
    """The least cost, its phases on ``watch``."""
    watch.phase("build")
    hours = pd.date_range("2025-01-01", periods=park.hours + 1, freq="h")
    system = solph.EnergySystem(timeindex=hours, infer_last_interval=False)
    for site in _sites(park):
        system.add(*site)
    model = solph.Model(system)
    watch.phase("hand_over")
    model.solve(solver="highs", cmdline_options={"threads": OPTIONS["threads"]})
    flows = solph.processing.results(model)
    watch.phase("")
    assert flows
    return float(model.objective())


def _sites(park: Ring) -> list[list[solph.network.Node]]:
    heats = [solph.Bus(label=f"{name}_heat") for name in park.names]
    found = []
    for s, name in enumerate(park.names):
        heat, after = heats[s], heats[(s + 1) % park.sites]
        power, gas = solph.Bus(label=f"{name}_power"), solph.Bus(label=f"{name}_gas")
        store = solph.components.GenericStorage(
            label=f"{name}_store",
            inputs={heat: solph.Flow(nominal_capacity=park.store[s] / STORE_HOURS)},
            outputs={heat: solph.Flow(nominal_capacity=park.store[s] / STORE_HOURS)},
            nominal_capacity=park.store[s],
            loss_rate=STORE_LOSS,
            inflow_conversion_factor=STORE_IN,
            outflow_conversion_factor=STORE_OUT,
            balanced=True,
        )
        found.append([heat, power, gas, store, *_bought(park, s, power, gas)])
        found.append(_used(park, s, heat, power))
        found.append(
            [
                solph.components.Converter(
                    label=f"{name}_boiler",
                    inputs={gas: solph.Flow()},
                    outputs={
                        heat: solph.Flow(
                            nominal_capacity=park.boiler[s], variable_costs=BOILER_COST
                        )
                    },
                    conversion_factors={gas: BOILER_GAS, heat: 1},
                ),
                solph.components.Converter(
                    label=f"{name}_chp",
                    inputs={gas: solph.Flow()},
                    outputs={
                        heat: solph.Flow(nominal_capacity=park.chp[s], variable_costs=CHP_COST),
                        power: solph.Flow(),
                    },
                    conversion_factors={gas: CHP_GAS, heat: 1, power: CHP_POWER},
                ),
                solph.components.Converter(
                    label=f"{name}_pipe",
                    inputs={
                        heat: solph.Flow(nominal_capacity=park.link[s], variable_costs=LINK_COST)
                    },
                    outputs={after: solph.Flow()},
                    conversion_factors={after: 1 - LINK_LOSS},
                ),
            ]
        )
    return found


def _bought(park: Ring, s: int, power: solph.Bus, gas: solph.Bus) -> list[solph.network.Node]:
    name = park.names[s]
    return [
        solph.components.Source(
            label=f"{name}_grid", outputs={power: solph.Flow(variable_costs=park.price)}
        ),
        solph.components.Source(
            label=f"{name}_gas_pipe", outputs={gas: solph.Flow(variable_costs=GAS_PRICE)}
        ),
    ]


def _used(park: Ring, s: int, heat: solph.Bus, power: solph.Bus) -> list[solph.network.Node]:
    name = park.names[s]
    return [
        solph.components.Sink(
            label=f"{name}_{what}_used",
            inputs={bus: solph.Flow(fix=wanted[s], nominal_capacity=1)},
        )
        for what, bus, wanted in (("heat", heat, park.heat), ("power", power, park.power))
    ]
