"""Every tool of the benchmarks solves the same park: counts and objectives, no seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.anqing_design import Run, cells, run
from benchmarks.child import SMALLEST
from benchmarks.peers import PHASES, TOOLS, child, installed
from benchmarks.synthetic import NONZEROS, SIZES, ring, write_park

from circularpark.park import read_park
from circularpark.program.assemble import build

AGREE = 1e-8


@pytest.fixture(scope="module")
def by_hand() -> float:
    """The least cost by arrays written by hand."""
    found = child("raw", SMALLEST, run=True, timeout=120)
    assert found is not None
    return float(found["objective"])


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool != "raw"])
def test_every_tool_finds_the_same_least_cost(tool: str, by_hand: float) -> None:
    if not installed(tool):
        pytest.skip(f"{TOOLS[tool][0]} is not installed")
    found = child(tool, SMALLEST, run=True, timeout=120)
    assert found is not None
    assert found["objective"] == pytest.approx(by_hand, rel=AGREE)
    assert set(PHASES) <= set(found["seconds"])


def test_without_its_run_a_tool_stops_before_highs_begins() -> None:
    found = child("raw", SMALLEST, run=False, timeout=120)
    assert found is not None
    assert found["objective"] is None
    assert set(found["seconds"]) == {"build", "hand_over"}


def test_the_park_has_as_many_rows_columns_and_nonzeros_as_said(tmp_path: Path) -> None:
    park = ring(*SIZES[SMALLEST])
    problem = build(read_park(write_park(park, tmp_path / "ring")))
    each = park.sites * park.hours
    assert problem.matrix.shape == (4 * each, 8 * each)
    assert problem.matrix.nnz == NONZEROS * each
    assert abs(NONZEROS * each - SMALLEST) < 0.1 * SMALLEST


def test_what_is_not_known_of_exact_is_not_claimed() -> None:
    """A run that was ended has no value, at most a proven bound; then errors are upper bounds."""
    plan = {"objective": 100.05, "cost": 5.05, "certified": True}
    design = Run(seconds=60.0, gigabytes=1.0, ended=True, told=plan)
    whole = Run(900.0, 3.0, True, told={"objective": 100.0, "cost": 5.0, "certified": True})
    stages = [{"name": "cost", "bound": 1.0}, {"name": "co2 + cost", "bound": 100.0}]
    proven, nothing = Run(900.0, 3.0, False, stages), Run(3600.0, 8.0, False)
    assert cells(design, whole)[1:] == ["15.0", "1.0", "yes", "+0.0500%", "+1.0000%"]
    assert cells(design, proven)[1:] == ["over 15.0", "1.0", "yes", "at most +0.0500%", "5"]
    assert cells(design, nothing)[1:] == ["over 60.0", "1.0", "yes", "100", "5"]
    assert cells(proven, None) == ["not ended in 900", "", "3.0", "", "at least 100", ""]
    found = Run(900.0, 3.0, True, [{"name": "co2 + cost", "bound": 100.0, "value": 100.02}])
    assert cells(found, None)[-2] == "at least 100, found 100"
    assert cells(design, found)[1:] == ["over 15.0", "1.0", "yes", "at most +0.0500%", "5"]
    assert cells(nothing, None) == ["not ended in 3600", "", "8.0", "", "", ""]


@pytest.mark.long
def test_a_week_by_design_is_certified_and_near_the_best() -> None:
    """The way of ``make year`` on its shortest hours: both modes end, and tell what they found."""
    exact, design = (run(mode, 168, 2, 1200) for mode in ("exact", "design"))
    for found in (exact, design):
        assert found.ended
        assert found.told["certified"]
    assert exact.objective is not None
    assert design.objective is not None
    assert exact.objective * (1 - 1e-6) <= design.objective <= exact.objective * 1.01
