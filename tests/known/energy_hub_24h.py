"""A hub over 24 hours: transformer, gas furnace, absorption chiller."""

from __future__ import annotations

from typing import Any

from tests.known.building import Rows, Tables, sites


def tables(case: dict[str, Any]) -> Tables:
    """Heat and cold are plain energies here: the source gives them no temperature."""
    hours = [dict(zip(case["columns"], row, strict=True)) for row in case["hours"]]
    labels = [f"h{i + 1:02d}" for i in range(len(hours))]
    wants = {"heat": "heat", "elec": "power", "cooling": "cold"}
    return {
        "sites": sites("hub"),
        "commodities": [
            {"id": c, "kind": "energy", "unit": "MWh"}
            for c in ("grid_power", "gas", "power", "heat", "cold")
        ],
        "periods": [{"period": p, "year": 2025, "hours": 1, "weight": 1} for p in labels],
        "profiles": [{"period": p} | hour for p, hour in zip(labels, hours, strict=True)],
        "demands": [
            {"id": f"want_{c}", "site": "hub", "commodity": c, "unit": "MW", "profile": p}
            for p, c in wants.items()
        ],
        "markets": [
            {"id": "grid", "site": "hub", "commodity": "grid_power", "direction": "buy"}
            | {"price": 1, "profile": "elec_price"},
            {"id": "gas_net", "site": "hub", "commodity": "gas", "direction": "buy"}
            | {"price": case["gas_price"]},
        ],
        **_converters(case["eta"]),
    }


def _converters(eta: dict[str, float]) -> dict[str, Rows]:
    made = [
        ("transformer", "grid_power", "power", eta["ee"]),
        ("furnace", "gas", "heat", eta["ghf"]),
        ("chiller", "heat", "cold", eta["hc"]),
    ]
    rates = [(name, put, -1.0) for name, put, _, _ in made]
    rates += [(name, out, share) for name, _, out, share in made]
    return {
        "technologies": [{"id": name, "capacity_of": put} for name, put, _, _ in made],
        "recipes": [
            {"technology": t, "row": c, "commodity": c, "rate": rate} for t, c, rate in rates
        ],
        "processes": [
            {"id": f"the_{name}", "site": "hub", "technology": name, "status": "existing"}
            for name, *_ in made
        ],
    }
