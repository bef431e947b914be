"""A published case as a park in the contract's tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tests.parks import make_park

CASES = Path(__file__).parent / "cases"
Rows = Iterable[Mapping[str, Any]]
Tables = Mapping[str, Rows]


def read_case(name: str) -> dict[str, Any]:
    """The case's data, its published answer and where both come from."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def write_case(
    folder: Path, name: str, tables: Tables, *, mode: str = "annual", rate: float = 0.05
) -> Path:
    """Write the case's park: one year of one hour (or the periods given), least cost, alone."""
    toml = f"""\
[park]
id = "{name}"
name.zh = "{name}"
name.en = "{name}"
currency = "USD"
price_year = 2025
discount_rate = {rate}
catalogue = false

[time]
years = [2025]
mode = "{mode}"
{"operating_hours = 1" if mode == "annual" else ""}

[objective]
minimise = "cost"
then = []
"""
    texts = {table: pd.DataFrame(list(rows)).to_csv(index=False) for table, rows in tables.items()}
    return make_park(folder, toml=toml, **texts)


def sites(*names: str) -> Rows:
    """Sites side by side: in these cases every length or freight is given."""
    return [{"id": n, "lon": 117 + 0.01 * i, "lat": 30.5} for i, n in enumerate(names)]


def materials(*names: str, surplus: str = "must_use") -> Rows:
    """Commodities counted in tonnes."""
    return [{"id": n, "kind": "material", "unit": "t", "surplus": surplus} for n in names]


def freight(start: str, end: str, commodity: str, cost: float) -> dict[str, Any]:
    """A way that stands already and costs ``cost`` per unit moved: one kilometre at that cost."""
    return {
        "id": f"{commodity}_{start}_{end}",
        "from": start,
        "to": end,
        "commodity": commodity,
        "transport": f"carry_{commodity}",
        "km": 1,
        "cost_per_km": cost,
        "status": "existing",
    }


def carriers(*commodities: str) -> Rows:
    """A transport for each commodity that serves only the links that are given."""
    return [{"id": f"carry_{c}", "commodity": c, "max_km": 0} for c in commodities]
