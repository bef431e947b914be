"""A park of two sites with heat, small enough to reckon by hand.

The mill cools 10 MW of gas from 200 to 100 degC and 2 MW condense at 60 degC; its dryer (part of
a process that makes paper) wants 4 MW from 40 to 80 degC. The farm wants 6 MW from 30 to 90
degC. A steam level of 130 degC joins them. A boiler at the farm gives heat at 400 degC.
All approaches are 10 K. One year of 8000 hours.
"""

from __future__ import annotations

from circularpark.account.book import Book
from tests.account.toy import NAN, Toy, quantity, rows, toy_tables


def load(item: str, site: str, rate: float, supply: float, target: float) -> dict[str, object]:
    return {
        "id": item, "site": site, "heat_zone": "", "commodity": "heat", "amount": rate, "per": "h",
        "profile": "", "unit_factor": 1.0, "surplus": "free", "today": NAN, "unmet_cost": NAN,
        "supply_temp": supply, "target_temp": target, "min_approach": 10.0,
    }  # fmt: skip


def commodity(item: str, kind: str, unit: str, temperature: float = NAN, co2: float = NAN):
    return {
        "id": item, "kind": kind, "unit": unit, "surplus": "free", "co2": co2, "kgce": NAN,
        "tonnes": NAN, "counts_as": "", "temperature": temperature,
        "return_temperature": temperature, "latent_temperature": temperature,
        "latent_share": 0.0 if temperature != temperature else 1.0, "min_approach": 10.0,
    }  # fmt: skip


def recipe(technology: str, row: int, good: str, rate: float, start: float = NAN, end: float = NAN):
    return {
        "technology": technology, "row": row, "commodity": good, "rate": rate, "group": "",
        "min_share": 0.0, "max_share": 1.0, "emits": False, "profile": "", "supply_temp": start,
        "target_temp": end, "min_approach": 10.0,
    }  # fmt: skip


def heat_tables():
    process = toy_tables()["processes"].iloc[0].to_dict() | {"heat_zone": ""}
    return {
        "commodities": rows(
            commodity("heat", "heat", "GJ"),
            commodity("steam", "heat", "MWh", 130.0),
            commodity("gas", "energy", "MWh", co2=0.2),
            commodity("power", "energy", "MWh"),
            commodity("paper", "material", "t"),
            commodity("flue", "gas", "t"),
        ),
        "streams": rows(
            load("flue_gas", "mill", 36.0, 200, 100), load("vapour", "mill", 7.2, 60, 60)
        ),
        "demands": rows(load("greenhouse", "farm", 21.6, 30, 90)),
        "processes": rows(
            process | {"id": "boiler", "technology": "gas_boiler", "site": "farm"},
            process | {"id": "machine", "technology": "paper_machine", "site": "mill"},
            process | {"id": "tower", "technology": "cooling_tower", "site": "mill"},
        ),
        "recipes": rows(
            recipe("gas_boiler", 1, "heat", 3.6, 400, 400),
            recipe("gas_boiler", 2, "gas", -1.1),
            recipe("gas_boiler", 3, "flue", 0.2),
            recipe("paper_machine", 1, "paper", 1.0),
            recipe("paper_machine", 2, "heat", -1.44, 40, 80),
            recipe("cooling_tower", 1, "heat", -1.0, 25, 30),
            recipe("cooling_tower", 2, "power", -0.01),
        ),
        "markets": rows(
            {"id": "stack", "site": "farm", "commodity": "flue", "direction": "vent"},
        ),
        "factors": rows(),
    }


def heat_flows(boiler: float = 6.0, steam: float = 0.0):
    """The machine makes 10 t/h; a boiler and steam from the mill serve the farm."""
    kept = 36.0
    return {
        "taken": quantity("stream", "period", {"flue_gas": kept, "vapour": 0.0}),
        "activity": quantity("process", "period", {"boiler": boiler, "machine": 10.0, "tower": 0}),
        "raised": quantity(
            ("carrier", "site", "heat_zone"), "period", {("steam", "mill", ""): steam}
        ),
        "used": quantity(
            ("carrier", "site", "heat_zone"), "period", {("steam", "farm", ""): steam}
        ),
    }


def line_table():
    """A direct line from the mill to the farm that loses a tenth."""
    line = {"id": "hose", "from": "mill", "to": "farm", "commodity": "heat", "loss": 0.1}
    return rows(line | {"direct": True})


def heat_book(**flows: float) -> Book:
    park = Toy(heat_tables(), links=rows())
    return Book(park, park.time, park.links_of, heat_flows(**flows))  # type: ignore[arg-type]
