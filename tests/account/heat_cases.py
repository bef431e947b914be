"""Heat loads of the published cases."""

from __future__ import annotations

from typing import Any

import pandas as pd

from circularpark.account.heat_grid import Loads, loads_of
from tests.known.building import CASES, read_case


def names(*kinds: str) -> list[str]:
    """The cases of these types."""
    files = sorted([*CASES.glob("heat_*.json"), *CASES.glob("ts_*.json")])
    return [file.stem for file in files if read_case(file.stem)["type"] in kinds]


def loads(streams: list[dict[str, Any]], dt_min: float | None = None, zone: str = "") -> Loads:
    """The streams of a case as loads: ``cp`` is per kelvin, ``duty`` the whole amount."""
    rows = []
    for stream in streams:
        span = abs(stream["supply"] - stream["target"])
        hot = stream.get("type", "") == "hot" or stream["supply"] > stream["target"]
        approach = dt_min if dt_min is not None else 2 * stream["dt_cont"]
        rows.append(
            {
                "item": stream["name"],
                "site": stream.get("zone", zone),
                "hot": hot,
                "supply": stream["supply"],
                "target": stream["target"],
                "approach": approach,
                "rate": stream["duty"] if "duty" in stream else stream["cp"] * span,
            }
        )
    return loads_of(pd.DataFrame(rows))
