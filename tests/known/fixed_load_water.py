"""Operations with a fixed mass load at one site: as little fresh water as they can do with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.known.building import Tables, materials, sites

AT = {"site": "works", "commodity": "water"}


def tables(
    case: Mapping[str, Any], *, reuse: bool = True, regenerated: float | None = None
) -> Tables:
    """Fresh water costs 1 a tonne; waste water may go to the sewer at no cost.

    reuse : False counts what goes out as another commodity, so that nothing can be used again
    regenerated : ppm behind a treatment that costs nothing, where there is one
    """
    operations = [
        {
            "id": item["name"],
            "site": "works",
            "commodity": "water" if reuse else f"water_{item['name']}",
            "property": "C",
            "load": item["load"],
            "unit": case["units"]["load"],
            "max_in": item["cin"],
            "max_out": item["cout"],
            "quality_unit": case["units"]["c"],
        }
        for item in case["operations"]
    ]
    waters = list(dict.fromkeys(row["commodity"] for row in operations))
    fresh = [f"fresh_{water}" for water in waters]
    found: dict[str, list[Mapping[str, Any]]] = {
        "sites": list(sites("works")),
        "commodities": list(materials(*waters)),
        "operations": operations,
        "markets": [
            *(
                {"id": name, "site": "works", "commodity": water, "direction": "buy", "price": 1}
                for name, water in zip(fresh, waters, strict=True)
            ),
            *(
                {"id": f"sewer_{water}", "site": "works", "commodity": water}
                | {"direction": "dispose", "price": 0}
                for water in waters
            ),
        ],
        "quality": [{"item": name, "property": "C", "value": 0, "unit": "ppm"} for name in fresh],
    }
    return found if regenerated is None else found | treatment(found["quality"], regenerated)


def treatment(quality: list[Mapping[str, Any]], outlet: float) -> Tables:
    """A plant that takes water of any quality and gives as much of a fixed one."""
    return {
        "technologies": [{"id": "treat", "capacity_of": "water"}],
        "recipes": [
            {"technology": "treat", "row": 1, "commodity": "water", "rate": -1},
            {"technology": "treat", "row": 2, "commodity": "water", "rate": 1},
        ],
        "processes": [
            {"id": "plant", "site": "works", "technology": "treat", "status": "existing"}
        ],
        "quality": [
            *quality,
            {
                "item": "treat",
                "commodity": "water",
                "property": "C",
                "value": outlet,
                "unit": "ppm",
            },
        ],
    }


def as_fixed_flows(case: dict[str, Any]) -> dict[str, Any]:
    """The operations as sinks and sources of the flow that the dirtiest inlet and outlet ask for.

    Loads in kg/h over differences in ppm give thousands of t/h.
    """
    flows = {o["name"]: 1000 * o["load"] / (o["cout"] - o["cin"]) for o in case["operations"]}
    return {
        "sources": [
            {"name": f"{o['name']}_out", "flow": flows[o["name"]], "quality": {"C": o["cout"]}}
            for o in case["operations"]
        ],
        "sinks": [
            {"name": f"{o['name']}_in", "flow": flows[o["name"]], "max": {"C": o["cin"]}}
            for o in case["operations"]
        ],
        "fresh": [{"name": "FW", "quality": {"C": 0}}],
    }
