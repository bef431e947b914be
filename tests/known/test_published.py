"""Published problems, each built as a park and solved through the public API."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import circularpark
from circularpark.solve.plan import Plan
from tests.known.building import read_case, write_case

# Case -> the mode of time that its park has.
CASES = {
    "transport_dantzig": "annual",
    "network_mexss_steel": "annual",
    "network_paperco": "annual",
    "energy_hub_24h": "hours",
    "blend_dantzig_alloy": "annual",
}


def solved(folder: Path, name: str) -> Plan:
    tables = import_module(f"tests.known.{name}").tables(read_case(name))
    park = circularpark.read_park(write_case(folder, name, tables, mode=CASES[name]))
    return circularpark.solve(park)


@pytest.mark.parametrize("name", CASES)
def test_the_published_answer_is_found(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    ((measure, value),) = case["expected"].items()
    expected = -value if measure == "profit" else value
    size = abs(value) if case["tolerance_relative"] else 1.0
    plan = solved(tmp_path, name)
    assert plan.certificate.ok
    assert plan.objective["measure"] == "cost"
    assert plan.objective["value"] == pytest.approx(expected, abs=case["tolerance"] * size)
    assert plan.account.annual("cost")[2025] == pytest.approx(plan.objective["value"], rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_every_case_says_where_it_comes_from(name: str) -> None:
    case = read_case(name)
    assert case["name"] == name
    assert case["source"]
    assert case["evidence_tier"].startswith(("A", "B"))
