"""Random small parks that always have a plan, as tables that a law can change.

Whatever is drawn, the backup markets meet every want and take every surplus, and every
limit is kept by the best operation of what stands: so a plan exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from tests.laws.heat import with_heat
from tests.parks import make_park

Row = dict[str, Any]
OBJECTIVES = (
    'minimise = "co2"\nthen = ["cost"]',
    'minimise = "cost"\nthen = ["co2"]',
    "minimise = { cost = 1, co2 = 200 }\nthen = []",
)
YEARS = ((2025,), (2025, 2030), (2025, 2030, 2040))
STEPS = (1, 2, 3, 6, 24)
Scenarios = tuple[tuple[str, float], ...]
SCENARIOS: tuple[Scenarios, ...] = ((("", 1.0),), (("calm", 0.6), ("dear", 0.4)))


@dataclass(frozen=True)
class RandomPark:
    """A park's tables as rows, ready to be written and read."""

    years: tuple[int, ...]
    objective: str
    tables: Mapping[str, tuple[Row, ...]]

    def write(self, folder: Path) -> Path:
        """Write the park's folder."""
        toml = f"""\
[park]
id = "random"
name = "random"
currency = "CNY"
price_year = 2025
discount_rate = 0.06
catalogue = false

[time]
years = {list(self.years)}

[objective]
{self.objective}
"""
        texts = {
            name: pd.DataFrame(list(rows)).to_csv(index=False)
            for name, rows in self.tables.items()
            if rows
        }
        return make_park(folder, toml=toml, **texts)

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table, none if it is not there."""
        return self.tables.get(table, ())

    def having(self, table: str, *rows: Row) -> RandomPark:
        """The park with more rows in a table."""
        return self.with_tables(**{table: (*self.rows(table), *rows)})

    def with_tables(self, **tables: tuple[Row, ...]) -> RandomPark:
        """The park with other tables."""
        return replace(self, tables={**self.tables, **tables})

    def each(self, table: str, change: Callable[[Row], Row]) -> RandomPark:
        """The park with every row of a table changed."""
        return self.with_tables(
            **{table: tuple({**row, **change(row)} for row in self.rows(table))}
        )


def parks(*, lossless: bool = False) -> st.SearchStrategy[RandomPark]:
    """Random parks; ``lossless``: nothing leaks from a store while time passes."""
    return _parks(lossless)


@st.composite
def _parks(draw: st.DrawFn, lossless: bool) -> RandomPark:
    count = draw(st.integers(2, 4))
    sites = tuple(f"site{i}" for i in range(count))
    years = draw(st.sampled_from(YEARS))
    steps = tuple(
        {"period": f"p{i:02d}", "month": 1 + i % 2}
        | {"hours": draw(st.sampled_from([1, 2, 4])), "weight": draw(st.integers(20, 200))}
        for i in range(draw(st.sampled_from(STEPS)))
    )
    scenarios = draw(st.sampled_from(SCENARIOS))
    tables: dict[str, tuple[Row, ...]] = {
        "sites": tuple(
            {"id": s, "company": f"company{i % 3}", "lon": 117 + 0.012 * i, "lat": 30.5 + 0.004 * i}
            for i, s in enumerate(sites)
        ),
        "commodities": (
            {"id": "steam", "kind": "energy", "unit": "MWh", "kgce": 122.8}
            | {"surplus": draw(st.sampled_from(["must_use", "free"]))},
            {"id": "power", "kind": "energy", "unit": "MWh", "kgce": 122.8, "surplus": "must_use"},
            {"id": "gas", "kind": "energy", "unit": "MWh", "kgce": 122.8, "co2": 0.2},
            {"id": "slag", "kind": "waste", "unit": "t"},
        ),
        "periods": tuple(
            {**step, "year": year, "scenario": scenario, "probability": chance}
            for year in years
            for scenario, chance in scenarios
            for step in steps
        ),
        "paths": _paths(draw, years, scenarios),
        "profiles": tuple(
            {"period": step["period"]}
            | {f"shape{k}": draw(st.sampled_from([0.25, 0.5, 0.8, 1, 1.3])) for k in range(2)}
            for step in steps
        ),
        "streams": _streams(draw, sites),
        "demands": _demands(draw, sites),
        "markets": _markets(draw, sites),
        "storages": _storages(draw, sites, lossless),
        "limits": _limits(draw),
        **_processes(draw, sites),
        **_links(draw, sites),
    }
    park = RandomPark(years, draw(st.sampled_from(OBJECTIVES)), tables)
    return with_heat(draw, park, sites) if draw(st.booleans()) else park


def _amount(draw: st.DrawFn) -> float:
    return draw(st.integers(10, 200)) / 10


def _profile(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["", "shape0", "shape1"]))


def _paths(draw: st.DrawFn, years: tuple[int, ...], scenarios: Scenarios) -> tuple[Row, ...]:
    """Dearer gas in one scenario or from the last year on; a want that grows."""
    gas: Row = {"table": "markets", "item": "gas_in", "column": "price", "multiply": 1.5}
    gas |= {"year": years[-1], "scenario": scenarios[-1][0]}
    want: Row = {"table": "demands", "item": "want0", "column": "amount", "multiply": 1.2}
    return tuple(row for row in (gas, want | {"year": years[-1]}) if draw(st.booleans()))


def _streams(draw: st.DrawFn, sites: tuple[str, ...]) -> tuple[Row, ...]:
    waste = tuple(
        {"id": f"waste{i}", "site": draw(st.sampled_from(sites)), "commodity": "steam"}
        | {"amount": _amount(draw), "unit": "MW", "profile": _profile(draw)}
        | {"surplus": draw(st.sampled_from(["must_use", "free"]))}
        for i in range(draw(st.integers(1, 3)))
    )
    yearly = {"id": "slag0", "site": sites[-1], "commodity": "slag", "unit": "t/a"}
    return (
        *waste,
        yearly | {"amount": 1000 * _amount(draw), "profile": _profile(draw), "surplus": "must_use"},
    )


def _demands(draw: st.DrawFn, sites: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(
        {"id": f"want{i}", "site": draw(st.sampled_from(sites)), "commodity": commodity}
        | {"amount": _amount(draw), "unit": "MW", "profile": _profile(draw)}
        for i, commodity in enumerate(
            ["steam", *draw(st.lists(st.sampled_from(["steam", "power"]), max_size=2))]
        )
    )


def _markets(draw: st.DrawFn, sites: tuple[str, ...]) -> tuple[Row, ...]:
    backup: tuple[Row, ...] = (
        {"id": "steam_in", "site": "*", "commodity": "steam", "direction": "buy"}
        | {"price": 700, "co2": 0.4},
        {"id": "steam_out", "site": "*", "commodity": "steam", "direction": "vent", "price": 5},
        {"id": "grid", "site": "*", "commodity": "power", "direction": "buy"}
        | {"price": 650, "co2": 0.5, "profile": _profile(draw)}
        | {"peak_price": draw(st.sampled_from(["", 300]))},
        {"id": "power_out", "site": "*", "commodity": "power", "direction": "sell", "price": 40},
        {"id": "gas_in", "site": "*", "commodity": "gas", "direction": "buy", "price": 280},
        {"id": "tip", "site": "*", "commodity": "slag", "direction": "dispose", "price": 80},
    )
    contracts: tuple[Row, ...] = (
        {"id": "contract", "site": "*", "commodity": "steam", "direction": "buy", "price": 350}
        | {"co2": 0.3, "max": _amount(draw)},
        {"id": "kiln", "site": sites[0], "commodity": "slag", "direction": "sell", "price": 20}
        | {"co2": -0.01, "max_per_year": 5000},
    )
    return backup + contracts[: draw(st.integers(0, 2))]


def _storages(draw: st.DrawFn, sites: tuple[str, ...], lossless: bool) -> tuple[Row, ...]:
    return tuple(
        {"id": f"tank{i}", "site": draw(st.sampled_from(sites)), "commodity": "steam"}
        | {"status": status, "capacity": _amount(draw), "hours_in": 2, "hours_out": 1}
        | {"efficiency_in": 0.95, "efficiency_out": 0.9, "capex": 20000, "fixed_om": 0.01}
        | {"loss_per_hour": 0 if lossless else draw(st.sampled_from([0, 0.01]))}
        for i, status in enumerate(
            draw(st.lists(st.sampled_from(["existing", "candidate"]), max_size=2))
        )
    )


RECIPES: dict[str, tuple[tuple[str, float, str], ...]] = {
    "boiler": (("steam", 1, ""), ("gas", -1.15, "yes")),
    "cogeneration": (("power", 1, ""), ("steam", 1.5, ""), ("gas", -3.1, "yes")),
    "turbine": (("power", 1, ""), ("steam", -4, "")),
    "electrode": (("steam", 1, ""), ("power", -1.02, "")),
}
CAPEX = {"boiler": 300_000, "cogeneration": 4_000_000, "turbine": 3_000_000, "electrode": 200_000}


def _processes(draw: st.DrawFn, sites: tuple[str, ...]) -> dict[str, tuple[Row, ...]]:
    chosen = draw(st.lists(st.sampled_from(sorted(RECIPES)), min_size=1, max_size=4))
    processes: list[Row] = []
    for i, technology in enumerate(chosen):
        status = draw(st.sampled_from(["existing", "candidate"]))
        place = draw(st.sampled_from(sites if status == "existing" else (*sites, "*")))
        row: Row = {"id": f"unit{i}", "site": place, "technology": technology, "status": status}
        row["capacity"] = _amount(draw) if status == "existing" else ""
        row["capacity_max"] = _amount(draw) + 20 if draw(st.booleans()) else ""
        if status == "existing" and len(sites) > 2:
            row |= {"built": 2008, "retires": draw(st.sampled_from(["", 2030]))}
        processes.append(row)
    used = sorted(set(chosen))
    return {
        "technologies": tuple(
            {"id": t, "capacity_of": RECIPES[t][0][0], "capex": CAPEX[t], "fixed_om": 0.02}
            | {"var_om": 3, "lifetime": 12, "area_mu": 0.1}
            for t in used
        ),
        "recipes": tuple(
            {"technology": t, "row": c, "commodity": c, "rate": rate, "emits": emits}
            for t in used
            for c, rate, emits in RECIPES[t]
        ),
        "processes": tuple(processes),
    }


def _links(draw: st.DrawFn, sites: tuple[str, ...]) -> dict[str, tuple[Row, ...]]:
    pipe: Row = {"id": "pipe", "commodity": "steam", "max_km": draw(st.sampled_from([0, 3, 10]))}
    pipe |= {"loss_per_km": 0.01, "capex_per_km": 60_000, "capex_per_capacity": 10_000}
    pipe |= {"fixed_om": 0.01, "cost_per_km": 0.5, "co2_per_km": 0.0002, "lifetime": 15}
    pipe |= {"energy_per_km": draw(st.sampled_from(["", 0.002])), "energy_commodity": "power"}
    pipe["bidirectional"] = draw(st.sampled_from(["", "yes"]))
    links: list[Row] = []
    if draw(st.booleans()):
        links.append(
            {"id": "line", "from": sites[0], "to": sites[1], "commodity": "steam"}
            | {"transport": "pipe", "km": 2, "status": "existing", "capacity": _amount(draw)}
        )
    return {"transports": (pipe,), "links": tuple(links)}


def _limits(draw: st.DrawFn) -> tuple[Row, ...]:
    budget: Row = {"id": "budget", "measure": "capex", "sense": "<=", "unit": "CNY"}
    budget |= {"value": 100_000 * draw(st.integers(0, 200)), "period": "all"}
    ceiling: Row = {"id": "ceiling", "measure": "cost", "per_measure": "co2", "sense": "<="}
    ceiling |= {"relative_to": "best_operation", "value": 800, "unit": "CNY/t", "period": "year"}
    cap: Row = {"id": "cap", "measure": "co2", "sense": "<=", "value": 100, "unit": "%"}
    cap |= {"relative_to": "best_operation", "period": "year"}
    return tuple(row for row in (budget, ceiling, cap) if draw(st.booleans()))
