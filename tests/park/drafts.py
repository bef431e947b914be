"""Drafts made by hand: a small sound park, and the same park with a few cells changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from circularpark.errors import Finding, ParkDataError
from circularpark.park.checks import check
from circularpark.park.draft import Draft
from circularpark.park.model import Formulas, Settings, Stage
from circularpark.park.read import read_park
from circularpark.park.schema import tables

Rows = list[dict[str, Any]]

SETTINGS = Settings(
    currency="CNY",
    price_year=2025,
    discount_rate=0.05,
    catalogue=False,
    years=(2025,),
    base_year=2025,
    mode="annual",
    operating_hours=8000.0,
    steps=None,
    typical_days=None,
    min_approach=10.0,
    stages=(Stage({"co2": 1.0}), Stage({"cost": 1.0})),
    scopes=(1, 2, 3),
)


def sound() -> dict[str, Rows]:
    """A park without findings: coal makes steam at a plant, a mill takes it by pipe."""
    return {
        "sites": [
            {"id": "plant", "lon": 117.05, "lat": 30.54},
            {"id": "mill", "lon": 117.06, "lat": 30.545},
            {"id": "kiln", "lon": 117.07, "lat": 30.55},
        ],
        "commodities": [
            {"id": "coal", "kind": "energy", "unit": "t", "kgce": 714.0, "co2": 1.9},
            {"id": "steam", "kind": "energy", "unit": "GJ", "kgce": 34.12, "surplus": "free"},
            {"id": "ash", "kind": "waste", "unit": "t"},
        ],
        "streams": [{"id": "old_ash", "site": "mill", "commodity": "ash", "amount": 1.0}],
        "demands": [
            {"id": "mill_steam", "site": "mill", "commodity": "steam", "amount": 30.0},
            {"id": "kiln_ash", "site": "kiln", "commodity": "ash", "amount": 0.5},
        ],
        "technologies": [{"id": "boiler", "capacity_of": "steam", "capex": 1e5, "lifetime": 20.0}],
        "recipes": [
            {"technology": "boiler", "row": "steam", "commodity": "steam", "rate": 1.0},
            {"technology": "boiler", "row": "coal", "commodity": "coal", "rate": -0.06},
        ],
        "processes": [
            {"id": "boiler_1", "site": "plant", "technology": "boiler", "capacity": 60.0}
        ],
        "markets": [
            {
                "id": "coal_yard",
                "site": "*",
                "commodity": "coal",
                "direction": "buy",
                "price": 800.0,
            },
            {"id": "dump", "site": "*", "commodity": "ash", "direction": "dispose", "price": 60.0},
        ],
        "transports": [
            {"id": "pipe", "commodity": "steam", "max_km": 5.0, "detour": 1.3, "loss_per_km": 0.02},
            {"id": "truck", "commodity": "ash", "max_km": 50.0, "detour": 1.3},
        ],
        "links": [
            {
                "id": "main",
                "from": "plant",
                "to": "mill",
                "commodity": "steam",
                "transport": "pipe",
                "capacity": 40.0,
            },
        ],
        "limits": [
            {"id": "budget", "measure": "capex", "sense": "<=", "value": 1e6, "period": "all"}
        ],
    }


def made(
    rows: dict[str, Rows],
    *,
    per: dict[str, str] | None = None,
    found: tuple[Finding, ...] = (),
    formulas: Formulas | None = None,
    **settings: Any,
) -> Draft:
    """The draft of these rows, with the columns that the reader would add."""
    raw = {}
    for name, table in tables().items():
        given = rows.get(name, [])
        names = dict.fromkeys([*table.columns, *(key for row in given for key in row)])
        frame = pd.DataFrame({c: [row.get(c) for row in given] for c in names})
        for column in names:
            declared = table.columns.get(column)
            if declared.is_number if declared else column not in {"period"}:
                frame[column] = pd.to_numeric(frame[column]).astype("float64")
            else:
                frame[column] = ["" if cell is None else cell for cell in frame[column]]
                frame[column] = frame[column].astype(object)
        frame["_file"] = f"{name}.csv"
        frame["_row"] = range(2, len(frame) + 2)
        frame["_owner"] = ""
        frame["_origin"] = "park"
        frame["_unit_factor"] = 1.0
        frame["_per"] = (per or {}).get(name, "h")
        raw[name] = frame
    return Draft("test", None, replace(SETTINGS, **settings), raw, {}, list(found), formulas or {})


def changed(table: str, row: int, **cells: Any) -> dict[str, Rows]:
    """The sound park with some cells of one row (from 0) changed."""
    rows = sound()
    rows[table][row] = {**rows[table][row], **cells}
    return rows


def added(table: str, *new: dict[str, Any]) -> dict[str, Rows]:
    """The sound park with rows added to one table."""
    rows = sound()
    rows[table] = [*rows.get(table, []), *new]
    return rows


def findings(rows: dict[str, Rows], **more: Any) -> list[Finding]:
    """What the checks find in these rows."""
    return check(made(rows, **more))


def the(found: list[Finding], code: str) -> Finding:
    """The only finding with this code; both languages can say it."""
    same = [f for f in found if f.code == code]
    assert len(same) == 1, [f.code for f in found]
    finding = same[0]
    for lang in ("zh", "en"):
        assert finding.message(lang)
        assert finding.fix(lang)
        assert "{" not in finding.message(lang) + finding.fix(lang)
        assert "nan" not in finding.message(lang) + finding.fix(lang)
    return finding


def place(finding: Finding) -> tuple[str, str, int | None, str | None]:
    """Severity, file, row and column: what a finding says of where."""
    return finding.severity, finding.file, finding.row, finding.column


def problem_codes(found: list[Finding]) -> list[str]:
    """The codes of all problems."""
    return [f.code for f in found if f.severity == "problem"]


def read_findings(folder: Path) -> list[Finding]:
    """What reading a real folder finds, whether or not it can be used."""
    try:
        return list(read_park(folder).findings)
    except ParkDataError as refused:
        return list(refused.findings)
