"""The Mexican steel sector: five plants, five processes, three markets, imports and exports."""

from __future__ import annotations

from typing import Any

from tests.known.building import Tables, carriers, freight, materials, sites

# What a process makes: the commodity with rate 1.
PRODUCT = {"steel-oh": "steel", "steel-bof": "steel", "steel-el": "steel"}


def tables(case: dict[str, Any]) -> Tables:
    """Amounts in million tonnes, money in million dollars, as published."""
    plants = sorted({key.split("|")[1] for key in case["capacity"]})
    cities = list(case["demand_share"])
    commodities = sorted({key.split("|")[0] for key in case["io"]})
    processes = case["unit_of_process"]
    return {
        "sites": sites(*plants, *cities, "import", "export"),
        "commodities": materials(*commodities, surplus="free"),
        "demands": [
            {
                "id": f"steel_{city}",
                "site": city,
                "commodity": "steel",
                "amount": share * case["demand_total"],
                "unit": "t/h",
            }
            for city, share in case["demand_share"].items()
        ],
        "technologies": [
            {"id": name, "capacity_of": PRODUCT.get(name, name)} for name in processes
        ],
        "recipes": [
            {"technology": name, "row": commodity, "commodity": commodity, "rate": rate}
            for key, rate in case["io"].items()
            for commodity, name in [key.split("|")]
        ],
        "processes": [
            {
                "id": f"{name}_{plant}",
                "site": plant,
                "technology": name,
                "capacity": case["capacity"][f"{unit}|{plant}"],
            }
            for name, unit in processes.items()
            for plant in plants
            if f"{unit}|{plant}" in case["capacity"]
        ],
        "markets": [
            *(
                {"id": f"raw_{c}", "site": "*", "commodity": c, "direction": "buy", "price": p}
                for c, p in case["raw_price"].items()
            ),
            {
                "id": "imports",
                "site": "import",
                "commodity": "steel",
                "direction": "buy",
                "price": case["steel_import_price"],
            },
            {
                "id": "exports",
                "site": "export",
                "commodity": "steel",
                "direction": "sell",
                "price": case["steel_export_price"],
                "max": case["export_max"],
            },
        ],
        "transports": carriers("steel"),
        "links": [
            freight(start, end, "steel", _freight(case, start, end))
            for start in [*plants, "import"]
            for end in [*cities, *(["export"] if start != "import" else [])]
        ],
    }


def _freight(case: dict[str, Any], start: str, end: str) -> float:
    """What rail costs a tonne; nothing where the source gives no distance."""
    km = case["rail_km"].get(f"{start}|{end}")
    return 0.0 if km is None else 2.48 + 0.0084 * km
