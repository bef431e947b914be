"""Zones that share steam levels as a park: raised where heat is left, used where it is short."""

from __future__ import annotations

from typing import Any

from tests.known import heat_cascade
from tests.known.building import Tables, sites


def tables(case: dict[str, Any], *, shared: bool) -> Tables:
    """Zones of one site that share its steam, or each on a site of its own."""
    levels = [u for u in case["utilities"] if u["type"] != "Cold"]
    streams = [s | {"zone": zone} for zone, own in case["zones"].items() for s in own]
    whole = heat_cascade.tables(streams)
    places = dict.fromkeys(case["zones"], "works")
    if not shared:
        places = {zone: f"works_{i}" for i, zone in enumerate(case["zones"])}
    names = sorted(set(places.values()))
    return {
        "sites": sites(*names),
        "commodities": [
            {"id": "heat", "kind": "heat", "unit": "kWh", "surplus": "must_use"},
            *(
                {"id": u["name"], "kind": "heat", "unit": "kWh", "surplus": "must_use"}
                | {"temperature": u["temp"], "min_approach": 2 * u["dt_cont"]}
                for u in levels
            ),
        ],
        "streams": [row | {"site": places[row["heat_zone"]]} for row in whole["streams"]],
        "demands": [row | {"site": places[row["heat_zone"]]} for row in whole["demands"]],
        "markets": [
            {"id": f"buy_{u['name']}", "site": "*", "commodity": u["name"]}
            | {"direction": "buy", "price": 1}
            for u in levels
        ]
        + [{"id": "cooling", "site": "*", "commodity": "heat", "direction": "dispose"}],
    }
