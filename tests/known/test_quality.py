"""Published problems of water networks and blends, each solved as a park through the public API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import circularpark
from circularpark.solve.plan import Plan
from tests.known import blending, fixed_load_water, resource_conservation_network
from tests.known.building import CASES, Tables, read_case, write_case

NETWORKS = ("water_polley_polley_2000", "water_sorin_bedard_1999")
LOADS = "water_wang_smith_1994"
BLENDS = ("blend_dantzig_alloy", "blend_ibm1_scrap_smelter")


def solved(folder: Path, name: str, tables: Tables) -> Plan:
    plan = circularpark.solve(circularpark.read_park(write_case(folder, name, tables)))
    assert plan.certificate.ok, plan.judged.check.text("en")
    return plan


def close(case: dict[str, Any], value: float) -> Any:
    return pytest.approx(value, abs=case["tolerance"])


def test_no_case_is_left_out() -> None:
    kinds = ("resource_conservation_network", "fixed_load_water", "blending")
    found = {file.stem for file in CASES.glob("*.json") if read_case(file.stem)["type"] in kinds}
    assert found == {*NETWORKS, LOADS, *BLENDS}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_least_fresh_water_of_a_network_is_found(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    plan = solved(tmp_path, name, resource_conservation_network.tables(case))
    assert plan.objective["value"] == close(case, case["expected"]["fresh"])
    traded = plan.exchange.set_index("market")["value"]
    assert traded["FW"] == close(case, case["expected"]["fresh"])
    assert traded["waste"] == close(case, case["expected"]["waste"])


@pytest.mark.parametrize(
    ("expected", "options"),
    [
        ("fresh", {}),
        ("no_reuse", {"reuse": False}),
        ("fresh_with_regeneration_recycle_5ppm", {"regenerated": 5.0}),
    ],
)
def test_the_least_fresh_water_of_fixed_loads_is_found(
    tmp_path: Path, expected: str, options: dict[str, Any]
) -> None:
    case = read_case(LOADS)
    plan = solved(tmp_path, LOADS, fixed_load_water.tables(case, **options))
    assert plan.objective["value"] == close(case, case["expected"][expected])


def test_the_same_operations_with_fixed_flows_need_as_much(tmp_path: Path) -> None:
    case = read_case(LOADS)
    network = fixed_load_water.as_fixed_flows(case)
    plan = solved(tmp_path, LOADS, resource_conservation_network.tables(network))
    assert plan.objective["value"] == close(case, case["expected"]["fresh_fixed_flow_view"])


@pytest.mark.parametrize("name", BLENDS)
def test_the_cheapest_blend_is_found(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    plan = solved(tmp_path, name, blending.tables(case))
    assert plan.objective["value"] == close(case, case["expected"]["cost"])


@pytest.mark.parametrize("name", [*NETWORKS, LOADS, *BLENDS])
def test_every_case_says_where_it_comes_from(name: str) -> None:
    case = read_case(name)
    assert case["name"] == name
    assert case["source"]
    assert case["tolerance"] > 0
