"""Streams of a problem table as a park: one site, a cascade a zone, a boiler that is hot enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.known.building import Tables, sites

# Hotter than anything in the cases: fuel heat at this temperature reaches every demand.
FLAME = 2000.0
Stream = Mapping[str, Any]


def tables(streams: Iterable[Stream], approach: float | None = None) -> Tables:
    """A stream gives or takes ``duty`` (or cp x its temperatures); every zone has a boiler.

    approach : the smallest difference of all streams; None where each has its own contribution
    """
    rows = [_row(place, stream, approach) for place, stream in enumerate(streams)]
    zones = list(dict.fromkeys(row["heat_zone"] for row, _ in rows))
    return {
        "sites": sites("works"),
        "commodities": [
            {"id": "heat", "kind": "heat", "unit": "kWh", "surplus": "must_use"},
            {"id": "fuel", "kind": "energy", "unit": "kWh", "surplus": "must_use"},
        ],
        "streams": [row for row, hot in rows if hot],
        "demands": [row for row, hot in rows if not hot],
        **boilers(zones),
        "markets": [
            {"id": "fuel", "site": "works", "commodity": "fuel", "direction": "buy", "price": 1},
            {"id": "cooling", "site": "works", "commodity": "heat", "direction": "dispose"},
        ],
    }


def boilers(zones: list[str]) -> Tables:
    """A unit of fuel gives a unit of heat, as hot as anybody wants it."""
    return {
        "technologies": [{"id": "boiler", "capacity_of": "heat"}],
        "recipes": [
            {"technology": "boiler", "row": 1, "commodity": "heat", "rate": 1}
            | {"supply_temp": FLAME, "target_temp": FLAME},
            {"technology": "boiler", "row": 2, "commodity": "fuel", "rate": -1},
        ],
        "processes": [
            {"id": f"boiler_{place}", "site": "works", "heat_zone": zone}
            | {"technology": "boiler", "status": "existing"}
            for place, zone in enumerate(zones)
        ],
    }


def _row(place: int, stream: Stream, approach: float | None) -> tuple[dict[str, Any], bool]:
    supply, target = stream["supply"], stream["target"]
    duty = stream.get("duty", stream.get("cp", 0) * abs(supply - target))
    row = {
        # Names of the sources are long and hold signs that ids may not have.
        "id": f"s{place + 1}",
        "site": "works",
        "heat_zone": stream.get("zone", ""),
        "commodity": "heat",
        "amount": duty,
        "unit": "kW",
        "profile": stream.get("profile", ""),
        "supply_temp": supply,
        "target_temp": target,
        "min_approach": 2 * stream["dt_cont"] if approach is None else approach,
    }
    return row, supply > target or stream.get("type") == "hot"
