"""What cannot be said of heat cascades and matches is refused with its row and a way out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.park.drafts import Rows, findings, the
from tests.park.test_heat import heat_codes, heated

DUCT = {"id": "duct", "commodity": "heat", "max_km": 1.0, "direct": 1.0}
LINE = {
    "id": "line",
    "from": "mill",
    "to": "farm",
    "commodity": "heat",
    "transport": "duct",
    "km": 1.0,
    "capacity": 3.0,
}


def with_row(table: str, row: dict[str, Any]) -> dict[str, Rows]:
    """The park with heat and one more row."""
    rows = heated()
    rows.setdefault(table, []).append(dict(row))
    return rows


@pytest.mark.parametrize(
    ("table", "row", "code", "column"),
    [
        ("transports", {**DUCT, "direct": None}, "heat_not_direct", "direct"),
        ("transports", {**DUCT, "commodity": "steam_10_bar"}, "direct_not_heat", "commodity"),
        (
            "storages",
            {"id": "pit", "site": "mill", "commodity": "heat", "capacity": 5.0},
            "heat_stored",
            "commodity",
        ),
        (
            "markets",
            {"id": "shop", "site": "mill", "commodity": "heat", "direction": "sell"},
            "heat_sold",
            "commodity",
        ),
        (
            "matches",
            {"from": "flue", "to": "dryer", "status": "required"},
            "match_without_min",
            "min",
        ),
        (
            "matches",
            {"from": "flue", "to": "dryer", "status": "forbidden", "min": 1.0},
            "match_forbidden_min",
            "min",
        ),
        ("matches", {"from": "dryer", "to": "flue", "max": 1.0}, "match_from", "from"),
        ("matches", {"from": "flue", "to": "old_ash", "max": 1.0}, "match_to", "to"),
    ],
)
def test_it_is_named_with_its_way_out(
    table: str, row: dict[str, Any], code: str, column: str
) -> None:
    finding = the(findings(with_row(table, row)), f"checks.{code}")
    assert (finding.severity, finding.column) == ("problem", column)
    for lang in ("zh", "en"):
        assert finding.message(lang)
        assert finding.fix(lang)


def test_a_sound_line_and_a_sound_match_are_left_alone() -> None:
    rows = with_row("transports", DUCT)
    rows.setdefault("links", []).append(dict(LINE))
    rows["matches"] = [
        {"from": "flue", "to": "dryer", "status": "required", "min": 1.0},
        {"from": "steam_10_bar", "to": "dryer", "max": 4.0},
    ]
    assert [c for c in heat_codes(rows) if "heat" in c or "match" in c or "direct" in c] == []
