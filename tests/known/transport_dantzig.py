"""Two canneries, three markets: Dantzig's transportation problem."""

from __future__ import annotations

from typing import Any

from tests.known.building import Tables, materials, sites


def tables(case: dict[str, Any]) -> Tables:
    """Freight is per thousand miles; costs are counted in thousands of dollars, as published."""
    ways = [(key.split("|"), miles) for key, miles in case["distance_1000mi"].items()]
    return {
        "sites": sites(*case["supply"], *case["demand"]),
        "commodities": materials("cases"),
        "streams": [
            {
                "id": f"canned_{s}",
                "site": s,
                "commodity": "cases",
                "amount": a,
                "unit": "t/h",
                "surplus": "free",
            }
            for s, a in case["supply"].items()
        ],
        "demands": [
            {"id": f"sold_{s}", "site": s, "commodity": "cases", "amount": a, "unit": "t/h"}
            for s, a in case["demand"].items()
        ],
        "transports": [
            {
                "id": "lorry",
                "commodity": "cases",
                "max_km": 0,
                "cost_per_km": case["freight"] / 1000,
            }
        ],
        "links": [
            {
                "id": f"{start}_{end}",
                "from": start,
                "to": end,
                "commodity": "cases",
                "transport": "lorry",
                "km": miles,
                "status": "existing",
            }
            for (start, end), miles in ways
        ],
    }
