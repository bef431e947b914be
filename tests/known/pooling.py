"""Haverly's pools: crudes that share a tank before they are blended."""

from __future__ import annotations

from typing import Any

from tests.known.building import Tables, materials, sites


def tables(case: dict[str, Any], parts: int | str = 16) -> Tables:
    """The case's park: a tank that removes nothing, its outlet's quality in so many parts."""
    crudes, products = case["crudes"], case["products"]
    feeds = {name: "crude" if name in case["pool"] else "fuel" for name in crudes}
    return {
        "sites": sites("works"),
        "commodities": materials("crude", "fuel"),
        "technologies": [{"id": "tank", "capacity_of": "fuel"}],
        "recipes": [
            {"technology": "tank", "row": 1, "commodity": "fuel", "rate": 1},
            {"technology": "tank", "row": 2, "commodity": "crude", "rate": -1},
        ],
        "processes": [
            {"id": "pool", "site": "works", "technology": "tank", "status": "existing"}
        ],
        "markets": [
            *(
                {"id": name, "site": "works", "commodity": feeds[name], "direction": "buy",
                 "price": crude["price"]}
                for name, crude in crudes.items()
            ),
            *(
                {"id": name, "site": "works", "commodity": "fuel", "direction": "sell",
                 "price": product["price"], "max": product["most"]}
                for name, product in products.items()
            ),
        ],
        "quality": [
            *(
                {"item": name, "property": "S", "value": crude["sulphur_pct"], "unit": "%"}
                for name, crude in crudes.items()
            ),
            *(
                {"item": name, "property": "S", "max": product["max_sulphur_pct"], "unit": "%"}
                for name, product in products.items()
            ),
            {"item": "tank", "commodity": "fuel", "property": "S", "removal": 0,
             "parts": parts, "unit": "%"},
        ],
    }  # fmt: skip
