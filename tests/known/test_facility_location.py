"""Every OR-Library case of warehouses with fixed costs, to its published and proven optimum."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import circularpark
from tests.known.building import CASES, read_case, write_case
from tests.known.facility_location import tables

NAMES = sorted(file.stem for file in CASES.glob("orlib_cap*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_the_published_optimum_is_found_and_proven(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    park = circularpark.read_park(write_case(tmp_path, name, tables(case), rate=0.0))
    begun = time.perf_counter()
    plan = circularpark.solve(park)
    assert time.perf_counter() - begun < 60
    assert plan.certificate.ok
    assert plan.status == "optimal"
    assert plan.certificate.mip_gap <= 1e-6
    assert plan.objective["value"] == pytest.approx(case["expected"]["cost"], abs=case["tolerance"])
    assert set(plan.open["value"]) <= {0.0, 1.0}


def test_all_cases_are_here() -> None:
    assert len(NAMES) == 20
