"""Sources and sinks of water at one site: as little fresh water as their quality allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.known.building import Tables, materials, sites

PPM = "ppm"


def tables(case: Mapping[str, Any]) -> Tables:
    """Every source must go somewhere; fresh water costs 1 a tonne, and waste water nothing."""
    fresh = [item["name"] for item in case["fresh"]]
    sources, sinks = case["sources"], case["sinks"]
    given = [*quality(sources, "quality", "value"), *quality(case["fresh"], "quality", "value")]
    return {
        "sites": sites("works"),
        "commodities": materials("water"),
        "streams": [flow(item) for item in sources],
        "demands": [flow(item) for item in sinks],
        "markets": [
            *({"id": name, **AT, "direction": "buy", "price": 1} for name in fresh),
            {"id": "waste", **AT, "direction": "dispose", "price": 0},
        ],
        "quality": [*given, *quality(sinks, "max", "max")],
    }


AT = {"site": "works", "commodity": "water"}


def flow(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": item["name"], **AT, "amount": item["flow"], "unit": "t/h"}


def quality(items: Iterable[Mapping[str, Any]], told: str, column: str) -> list[Mapping[str, Any]]:
    return [
        {"item": item["name"], "property": name, column: value, "unit": PPM}
        for item in items
        for name, value in item[told].items()
    ]
