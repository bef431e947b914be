"""What the tables can say but this version cannot compute is said plainly."""

from __future__ import annotations

import pytest

from circularpark.park.checks.not_yet import NOT_YET
from tests.park.drafts import changed, findings, made, sound, the


@pytest.mark.parametrize(
    ("rows", "code", "file", "column"),
    [
        (
            changed("technologies", 0, capex_fixed=5.0),
            "fixed_cost",
            "technologies.csv",
            "capex_fixed",
        ),
        (changed("processes", 0, capex_fixed=5.0), "fixed_cost", "processes.csv", "capex_fixed"),
        (
            changed("transports", 0, capex_fixed_per_km=5.0),
            "fixed_cost",
            "transports.csv",
            "capex_fixed_per_km",
        ),
        (changed("processes", 0, min_load=0.3), "min_load", "processes.csv", "min_load"),
        (changed("technologies", 0, unit_size=5.0), "unit_size", "technologies.csv", "unit_size"),
    ],
)
def test_what_cannot_be_computed_yet_is_said_plainly(rows, code, file, column):
    finding = the(findings(rows), f"checks.not_yet_{code}")
    assert (finding.severity, finding.file, finding.column) == ("problem", file, column)
    assert column in finding.fix("en")
    assert column in finding.fix("zh")


def test_a_zero_asks_for_nothing():
    cells = {"capex_fixed": 0.0, "min_load": 0.0, "unit_size": 0.0}
    assert findings(changed("technologies", 0, **cells)) == []


def test_a_sound_park_asks_for_nothing_new():
    assert [f for one in NOT_YET for f in one(made(sound()))] == []
