"""An alloy of lead, zinc and tin melted from nine alloys on the market."""

from __future__ import annotations

from typing import Any

from tests.known.building import Tables, materials, sites


def tables(case: dict[str, Any]) -> Tables:
    """Melting a tonne of an alloy gives its metals; one tonne of the blend is wanted."""
    alloys = [f"alloy_{a}" for a in case["alloys"]]
    metals = list(case["composition_pct"])
    return {
        "sites": sites("smelter"),
        "commodities": materials(*alloys, *metals),
        "demands": [
            {
                "id": f"want_{metal}",
                "site": "smelter",
                "commodity": metal,
                "amount": percent / 100,
                "unit": "t/h",
            }
            for metal, percent in zip(metals, case["required_pct"], strict=True)
        ],
        "technologies": [{"id": f"melt_{a}", "capacity_of": a} for a in alloys],
        "recipes": [
            *({"technology": f"melt_{a}", "row": "in", "commodity": a, "rate": -1} for a in alloys),
            *(
                {
                    "technology": f"melt_{a}",
                    "row": metal,
                    "commodity": metal,
                    "rate": case["composition_pct"][metal][i] / 100,
                }
                for i, a in enumerate(alloys)
                for metal in metals
            ),
        ],
        "processes": [
            {"id": f"p_{a}", "site": "smelter", "technology": f"melt_{a}", "status": "existing"}
            for a in alloys
        ],
        "markets": [
            {"id": f"buy_{a}", "site": "smelter", "commodity": a, "direction": "buy", "price": p}
            for a, p in zip(alloys, case["price"], strict=True)
        ],
    }
