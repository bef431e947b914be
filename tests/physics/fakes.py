"""Small hand-made parks for the physics floor: tables as it sees them, nothing read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from shapely import LineString

Row = dict[str, Any]

COLUMNS: dict[str, Row] = {
    "sites": {"id": "", "lon": np.nan, "lat": np.nan, "licence": ""},
    "corridors": {"id": "", "allows": (), "cost_factor": 1.0, "geometry": None},
    "commodities": {
        "id": "",
        "kind": "material",
        "temperature": np.nan,
        "hazard": "",
        "waste_code": "",
    },
    "streams": {"site": "", "commodity": ""},
    "demands": {"site": "", "commodity": ""},
    "operations": {"site": "", "commodity": ""},
    "processes": {"site": "", "technology": "", "status": "existing"},
    "recipes": {"technology": "", "commodity": "", "rate": 1.0},
    "storages": {"site": "", "commodity": "", "status": "existing"},
    "markets": {"site": "", "commodity": "", "direction": "buy"},
    "transports": {
        "id": "truck",
        "commodity": "ash",
        "max_km": np.nan,
        "detour": 1.3,
        "loss_per_km": 0.0,
        "capex_per_km": 0.0,
        "capex_per_capacity": 0.0,
        "capex_fixed_per_km": 0.0,
        "fixed_om": 0.0,
        "cost_per_km": 0.0,
        "co2_per_km": 0.0,
        "energy_per_km": 0.0,
        "energy_commodity": "",
        "lifetime": 20.0,
        "min_batch": 0.0,
        "bidirectional": False,
        "direct": False,
        "permission": "",
    },
    "links": {
        "id": "",
        "from": "",
        "to": "",
        "commodity": "ash",
        "transport": "truck",
        "km": np.nan,
        "status": "existing",
        "capacity": np.nan,
        "floor": np.nan,
        "capacity_max": np.nan,
        "price": np.nan,
        "built": np.nan,
        "retires": np.nan,
        "today": np.nan,
        "detour": np.nan,
        "loss_per_km": np.nan,
        "capex_per_km": np.nan,
        "cost_per_km": np.nan,
        "lifetime": np.nan,
        "min_batch": np.nan,
        "energy_commodity": "",
        "bidirectional": None,
        "_file": "links.csv",
        "_row": 2,
    },
    "factors": {"table": "", "item": "", "measure": "", "value": np.nan, "scope": np.nan},
}


def fake_park(**rows: list[Row]) -> Any:
    """A park of the given rows; columns left out take the defaults above."""
    tables = {name: _table(defaults, rows.get(name, [])) for name, defaults in COLUMNS.items()}
    found = SimpleNamespace(**tables)
    return SimpleNamespace(id="fake", tables=found)


def _table(defaults: Row, rows: list[Row]) -> pd.DataFrame:
    frame = {}
    for column, default in defaults.items():
        cells = [row.get(column, default) for row in rows]
        kind = type(default) if isinstance(default, float | bool) else object
        frame[column] = pd.Series(cells, dtype=kind, index=range(len(rows)))
    return pd.DataFrame(frame)


def site(name: str, lon: float, lat: float) -> Row:
    return {"id": name, "lon": lon, "lat": lat}


def has(name: str, commodity: str = "ash") -> Row:
    return {"site": name, "commodity": commodity}


def corridor(*points: tuple[float, float], **cells: Any) -> Row:
    return {"id": f"c{points[0]}{points[-1]}", "geometry": LineString(points), **cells}


ASH = [{"id": "ash"}]
A, B = site("a", 118.00, 31.00), site("b", 118.03, 31.02)
PAIR = {"sites": [A, B], "commodities": ASH, "streams": [has("a")], "demands": [has("b")]}
