"""The demo parks solved: the toy gives its hand-worked optimum, Anqing a certified plan."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import circularpark
from circularpark import Plan

PARKS = Path(__file__).parents[1] / "parks"


@cache
def plan_of(name: str, case: str = "") -> Plan:
    return circularpark.solve(circularpark.read_park(PARKS / name, case=case or None))


def told(name: str, case: str = "") -> dict[str, Any]:
    """What ``solve --json`` says."""
    return dict(plan_of(name, case).summary())


def test_toy_gives_the_totals_of_its_readme() -> None:
    said = told("toy")
    assert said["baseline"]["co2"]["2025"] == pytest.approx(22_000, rel=1e-6)
    assert said["baseline"]["cost"]["2025"] == pytest.approx(26_400_000, rel=1e-6)
    assert said["measures"]["co2"]["2025"] == pytest.approx(8_400, rel=1e-5)
    assert said["measures"]["capex"]["2025"] == pytest.approx(4_800_000, rel=1e-5)
    assert said["measures"]["cost"]["2025"] == pytest.approx(10_320_000, rel=1e-5)
    assert said["certificate"]["ok"]


def test_toy_builds_what_its_readme_says() -> None:
    built = {row["item"]: row["capacity"] for row in told("toy")["builds"]}
    assert built == pytest.approx(
        {"recovery_works": 23 / 3, "works_to_dyeing": 20 / 3, "works_to_greenhouse": 1.0}, rel=1e-4
    )


def test_anqing_best_operation_agrees_with_a_program_written_separately() -> None:
    # 7,875,538 t: the same tables solved by 90 lines of scipy that share no code with this one.
    baseline = told("anqing-hightech")["baseline"]
    assert baseline["co2"]["2025"] == pytest.approx(7_875_538, rel=1e-6)
    assert baseline["coal"]["2025"] == pytest.approx(1_746_998, rel=1e-6)


def test_anqing_plan_is_certified_and_keeps_its_limits() -> None:
    said = told("anqing-hightech")
    now, then = said["baseline"], said["measures"]
    assert said["certificate"]["ok"]
    assert then["co2"]["2025"] < now["co2"]["2025"]
    assert then["capex"]["2025"] <= 600e6 * (1 + 1e-6)
    assert then["coal"]["2025"] <= now["coal"]["2025"] * (1 + 1e-6)
    assert then["waste"]["2025"] <= now["waste"]["2025"] * (1 + 1e-6)
    saved = now["co2"]["2025"] - then["co2"]["2025"]
    assert then["cost"]["2025"] - now["cost"]["2025"] <= 600 * saved


def test_less_money_saves_less_co2() -> None:
    small, full = told("anqing-hightech", "small-budget"), told("anqing-hightech")
    assert small["measures"]["co2"]["2025"] > full["measures"]["co2"]["2025"]


@pytest.mark.parametrize("case", ["", "small-budget", "long-steam", "save-water"])
def test_nothing_is_shipped_in_circles(case: str) -> None:
    """A saving by sending a commodity back and forth would show a hole in the factors."""
    flow = plan_of("anqing-hightech", case).link_flow
    flow = flow[flow[flow.columns[-1]] > 1e-3]
    links = flow["link"].str.split("@", expand=True)
    links = links[links[2].notna()]
    ways = set(map(tuple, links[[0, 1, 2]].to_numpy()))
    there_and_back = {way for way in ways if (way[0], way[2], way[1]) in ways}
    assert there_and_back == set()
