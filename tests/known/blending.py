"""Blends: what is bought at its own composition is mixed in a melt with limits of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.known.building import Tables, materials, sites

AT = {"site": "smelter", "commodity": "metal"}


def tables(case: Mapping[str, Any]) -> Tables:
    """One melt is wanted: a tonne of an alloy, or a batch with as much of each element."""
    return _alloy(case) if "alloys" in case else _batch(case)


def _alloy(case: Mapping[str, Any]) -> Tables:
    alloys = {f"alloy_{name}": place for place, name in enumerate(case["alloys"])}
    return {
        "sites": sites("smelter"),
        "commodities": materials("metal"),
        "demands": [{"id": "blend", **AT, "amount": 1, "unit": "t/h"}],
        "markets": [
            {"id": name, **AT, "direction": "buy", "price": case["price"][place]}
            for name, place in alloys.items()
        ],
        "quality": [
            *(
                {"item": name, "property": metal, "value": shares[place], "unit": "%"}
                for name, place in alloys.items()
                for metal, shares in case["composition_pct"].items()
            ),
            *(
                {"item": "blend", "property": metal, "min": share, "max": share, "unit": "%"}
                for metal, share in zip(case["composition_pct"], case["required_pct"], strict=True)
            ),
        ],
    }


def _batch(case: Mapping[str, Any]) -> Tables:
    elements, batch = case["elements"], case["batch"]
    return {
        "sites": sites("smelter"),
        "commodities": materials("metal"),
        "demands": [{"id": "batch", **AT, "amount": batch, "unit": "t/h"}],
        "markets": [
            {"id": name, **AT, "direction": "buy", "price": price, "min": least, "max": most}
            for name, (most, least, price) in case["supply_max_min_cost"].items()
        ],
        "quality": [
            *(
                {"item": name, "property": element, "value": share, "unit": "1"}
                for name, shares in case["composition"].items()
                for element, share in zip(elements, shares, strict=True)
            ),
            *(
                {"item": "batch", "property": element, "unit": "1"}
                | {"min": None if least is None else least / batch}
                | {"max": None if most is None else most / batch}
                for element, (least, most) in case["spec_min_max_lb"].items()
            ),
        ],
    }
