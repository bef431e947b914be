"""Warehouses with a fixed cost and a capacity, customers served in parts (OR-Library cap files)."""

from __future__ import annotations

from typing import Any

from tests.known.building import Tables, materials, sites


def tables(case: dict[str, Any]) -> Tables:
    """A warehouse is a process that is paid once; ``cost`` is for all that a customer wants."""
    houses = [f"house{i + 1:02d}" for i in range(len(case["capacity"]))]
    customers = [f"customer{j + 1:02d}" for j in range(len(case["demand"]))]
    return {
        "sites": sites(*houses, *customers),
        "commodities": materials("goods"),
        "technologies": [{"id": "warehouse", "capacity_of": "goods", "lifetime": 1}],
        "recipes": [{"technology": "warehouse", "row": 1, "commodity": "goods", "rate": 1}],
        "processes": [
            {
                "id": f"open_{house}",
                "site": house,
                "technology": "warehouse",
                "capacity_max": capacity,
                "status": "candidate",
                "capex_fixed": fixed,
            }
            for house, capacity, fixed in zip(
                houses, case["capacity"], case["fixed_cost"], strict=True
            )
        ],
        "demands": [
            {"id": f"want_{c}", "site": c, "commodity": "goods", "amount": amount, "unit": "t/h"}
            for c, amount in zip(customers, case["demand"], strict=True)
        ],
        "transports": [{"id": "lorry", "commodity": "goods", "max_km": 0}],
        "links": [
            {
                "id": f"{house}_{customer}",
                "from": house,
                "to": customer,
                "commodity": "goods",
                "transport": "lorry",
                "km": 1,
                "cost_per_km": costs[i] / wanted,
                "status": "existing",
            }
            for customer, costs, wanted in zip(customers, case["cost"], case["demand"], strict=True)
            for i, house in enumerate(houses)
        ],
    }
