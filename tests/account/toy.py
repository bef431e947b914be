"""A park of two sites, small enough to reckon by hand, and flows that keep all its rules.

The mill has 8 MW of waste steam that must be used. A pipe of 1 km that loses 5 % brings it
to the farm, which wants 10 MW: 7.6 MW arrive, and a gas boiler (1.25 MW gas for 1 MW steam)
makes the other 2.4 MW from 3 MW of bought gas. One year of 8000 hours, no interest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from circularpark.account.flows import Quantity
from circularpark.park.columns import Arrays
from circularpark.park.keys import Keys
from circularpark.program.time import time_table

NAN = float("nan")
INF = float("inf")


EMPTY = pd.DataFrame({"id": []})


class Tables:
    """Tables by name; one that was not given is empty."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = dict(tables)

    def __getattr__(self, name: str) -> pd.DataFrame:
        return self.__dict__["_tables"].get(name, EMPTY)


def settings(**changes: Any) -> SimpleNamespace:
    """Settings of a park with one year of 8000 hours and no interest."""
    basic = {
        "discount_rate": 0.0,
        "years": (2025,),
        "base_year": 2025,
        "mode": "annual",
        "operating_hours": 8000.0,
        "steps": None,
        "scopes": (1, 2, 3),
    }
    return SimpleNamespace(**{**basic, **changes})


def rows(*entries: Mapping[str, Any]) -> pd.DataFrame:
    """Rows as a table."""
    return pd.DataFrame(list(entries))


def toy_tables() -> dict[str, pd.DataFrame]:
    """The toy park's tables, resolved."""
    return {
        "sites": rows(
            {"id": "mill", "company": "Mill Ltd", "value_added": 300.0, "area_mu": 40.0},
            {"id": "farm", "company": "Farm Ltd", "value_added": 100.0, "area_mu": 60.0},
        ),
        "commodities": rows(
            {"id": "steam", "kind": "energy", "unit": "MWh", "surplus": "must_use",
             "co2": NAN, "kgce": NAN, "tonnes": NAN, "counts_as": "", "temperature": NAN},
            {"id": "gas", "kind": "energy", "unit": "MWh", "surplus": "must_use",
             "co2": 0.2, "kgce": 122.9, "tonnes": NAN, "counts_as": "", "temperature": NAN},
        ),
        "streams": rows(
            {"id": "waste_steam", "site": "mill", "commodity": "steam", "amount": 8.0, "per": "h",
             "profile": "", "unit_factor": 1.0, "surplus": "must_use", "today": NAN},
        ),
        "demands": rows(
            {"id": "heating", "site": "farm", "commodity": "steam", "amount": 80000.0, "per": "a",
             "profile": "", "unit_factor": 1.0, "unmet_cost": NAN, "today": NAN},
        ),
        "processes": rows(
            {"id": "boiler", "of": "boiler", "site": "farm", "technology": "gas_boiler",
             "capacity_of": "steam", "status": "existing", "capacity": 5.0, "capacity_max": 5.0,
             "floor": 0.0, "built": 2010.0, "retires": NAN, "capex": 1000.0, "fixed_om": 0.02,
             "var_om": 0.5, "lifetime": 20.0, "area_mu": 0.1, "profile": "", "today": NAN},
        ),
        "recipes": rows(
            {"technology": "gas_boiler", "row": 1, "commodity": "steam", "rate": 1.0, "group": "",
             "min_share": 0.0, "max_share": 1.0, "emits": False, "profile": ""},
            {"technology": "gas_boiler", "row": 2, "commodity": "gas", "rate": -1.25, "group": "",
             "min_share": 0.0, "max_share": 1.0, "emits": True, "profile": ""},
        ),
        "markets": rows(
            {"id": "gas_grid", "site": "farm", "commodity": "gas", "direction": "buy",
             "price": 30.0, "profile": "", "peak_price": NAN, "min": 0.0, "max": 50.0,
             "max_per_year": 30000.0, "scope": 3.0, "stored": False, "from_year": NAN,
             "today": NAN},
        ),
        "factors": rows(
            {"table": "markets", "item": "gas_grid", "measure": "co2", "value": 0.02, "scope": 3.0},
        ),
    }  # fmt: skip


def toy_links() -> pd.DataFrame:
    """The toy park's one pipe, which may be built."""
    return rows(
        {"id": "pipe", "from": "mill", "to": "farm", "commodity": "steam", "transport": "pipe",
         "km": 1.0, "status": "candidate", "capacity": 0.0, "floor": 0.0, "capacity_max": INF,
         "loss": 0.05, "price": 2.0, "built": NAN, "retires": NAN, "capex_per_km": 900.0,
         "capex_per_capacity": 100.0, "capex_fixed_per_km": 0.0, "fixed_om": 0.05,
         "cost_per_km": 0.1, "co2_per_km": 0.001, "energy_per_km": 0.0, "energy_commodity": "",
         "lifetime": 20.0, "bidirectional": False, "direct": False, "cost_factor": 1.0},
    )  # fmt: skip


def quantity(keys: str | tuple[str, ...], axis: Any, entries: Mapping[Any, Any]) -> Quantity:
    """A flow from ``{entity: values}``; an entity of several keys is a tuple."""
    names = (keys,) if isinstance(keys, str) else keys
    entities = [key if isinstance(key, tuple) else (key,) for key in entries]
    values = np.array([np.atleast_1d(v) for v in entries.values()], dtype=float)
    index = pd.DataFrame(entities, columns=list(names))
    labels = np.array([str(i) for i in range(values.shape[1])], dtype=object)
    return Quantity(Keys.of(index), axis, labels, values)


def toy_flows() -> dict[str, Quantity]:
    """Flows that keep every rule of the toy park."""
    return {
        "taken": quantity("stream", "period", {"waste_steam": 8.0}),
        "link_flow": quantity("link", "period", {"pipe": 8.0}),
        "activity": quantity("process", "period", {"boiler": 2.4}),
        "exchange": quantity(("market", "site"), "period", {("gas_grid", "farm"): 3.0}),
        "build": quantity("item", "year", {"pipe": 8.0}),
        "capacity": quantity("item", "year", {"pipe": 8.0}),
    }


class Toy:
    """A park of tables, the same in every year unless ``later`` has other ones."""

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame] | None = None,
        links: pd.DataFrame | None = None,
        later: Mapping[tuple[int, str], Mapping[str, pd.DataFrame]] | None = None,
        **changes: Any,
    ) -> None:
        self.settings = settings(**changes)
        self.arrays = Arrays()
        self._base = Tables({**toy_tables(), **(tables or {})})
        self._later = {
            block: Tables({**self._base.__dict__["_tables"], **other})
            for block, other in (later or {}).items()
        }
        self._links = toy_links() if links is None else links
        self.time = time_table(self)  # type: ignore[arg-type]

    @property
    def tables(self) -> Tables:
        return self._base

    def at(self, year: int | None = None, scenario: str | None = None) -> Tables:
        return self._later.get((year or 0, scenario or ""), self._base)

    def links_of(self, year: int, scenario: str) -> pd.DataFrame:
        return self._links


def with_cell(table: pd.DataFrame, item: str, **cells: Any) -> pd.DataFrame:
    """A table with some cells of one row replaced."""
    found = table.copy()
    for column, value in cells.items():
        found.loc[found[table.columns[0]] == item, column] = value
    return found


def scaled(flows: Mapping[str, Quantity], name: str, factor: float) -> dict[str, Quantity]:
    """The flows with one of them multiplied."""
    return {**flows, name: replace(flows[name], values=flows[name].values * factor)}


BLANK = {
    "measure": "", "table": "", "item": "", "commodity": "", "site": "", "per_measure": "",
    "per_table": "", "per_item": "", "per_commodity": "", "per_site": "", "relative_to": "",
    "years": (), "period": "year",
}  # fmt: skip


def limited(sense: str, value: float, **cells: object) -> pd.DataFrame:
    """A table of one limit."""
    return rows({"id": "rule", **BLANK, "sense": sense, "value": value, **cells})
