"""Haverly's three pools through the public API: the plan holds as mixed, the gap is stated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import circularpark
from circularpark.cli.closing import choice_lines
from circularpark.errors import ParkDataError
from circularpark.solve.plan import Plan
from tests.known.building import CASES, read_case, write_case
from tests.known.pooling import tables

NAMES = ("pooling_haverly_1", "pooling_haverly_2", "pooling_haverly_3")


def solved(folder: Path, name: str, parts: int) -> Plan:
    case = read_case(name)
    plan = circularpark.solve(circularpark.read_park(write_case(folder, name, tables(case, parts))))
    assert plan.certificate.ok, plan.judged.check.text("en")
    return plan


def bound_of(plan: Plan) -> float:
    """What no way to mix can earn more than."""
    return -float(plan.summary()["certificate"]["bound"][0]["bound"])


def test_no_case_is_left_out() -> None:
    assert {file.stem for file in CASES.glob("pooling_*.json")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_published_optimum_is_found_and_proven(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    plan = solved(tmp_path, name, 16)
    profit = pytest.approx(case["expected"]["profit"], abs=case["tolerance"])
    assert -plan.objective["value"] == profit
    assert bound_of(plan) == profit
    assert plan.status == "optimal"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("parts", [1, 3, 7])
def test_with_few_parts_the_optimum_lies_between_plan_and_bound(
    tmp_path: Path, name: str, parts: int
) -> None:
    case = read_case(name)
    plan = solved(tmp_path, name, parts)
    earned, most, best = -plan.objective["value"], bound_of(plan), case["expected"]["profit"]
    assert earned <= best + case["tolerance"]
    assert most >= best - case["tolerance"]
    stated = plan.summary()["certificate"]["mip_gap"]
    assert stated == pytest.approx((most - earned) / earned, abs=1e-9)
    if stated > 1e-6:
        assert plan.status == "feasible"
        shown = f"{100 * stated:.3g}"[:3]
        for lang, word in (("en", "mixed outlet"), ("zh", "混合出口")):
            told = " ".join(choice_lines(plan.summary(), "USD", lang))
            assert word in told
            assert shown in told


def test_three_parts_leave_a_gap_in_the_third_case(tmp_path: Path) -> None:
    # The best mix, 1.5 %, is no edge of three parts of 1 to 3 %: the plan counts it at 1.67 %.
    plan = solved(tmp_path, NAMES[2], 3)
    assert -plan.objective["value"] < 750 - 1
    assert bound_of(plan) > 750 - 1e-4
    assert plan.summary()["certificate"]["mip_gap"] > 1e-3


def test_what_is_sold_is_as_good_as_it_must_be(tmp_path: Path) -> None:
    case = read_case(NAMES[2])
    plan = solved(tmp_path, NAMES[2], 5)
    crude = {name: data["sulphur_pct"] for name, data in case["crudes"].items()}
    sent = plan.matched.set_index(["source", "sink"])["value"]
    into = {name: float(sent[name, "pool"]) for name in case["pool"]}
    mixed = sum(crude[n] * f for n, f in into.items()) / sum(into.values())
    for name, product in case["products"].items():
        flows = np.array([float(sent[source, name]) for source in ("pool", "C")])
        if flows.sum() > 1e-6:
            sulphur = float(flows @ [mixed, crude["C"]]) / float(flows.sum())
            assert sulphur <= product["max_sulphur_pct"] * (1 + 1e-9)
            told = plan.blends.set_index("sink").loc[name]
            assert told["mixed"] == pytest.approx(sulphur)


def test_without_parts_the_mix_is_refused_with_both_ways_out(tmp_path: Path) -> None:
    folder = write_case(tmp_path, NAMES[0], tables(read_case(NAMES[0]), ""))
    with pytest.raises(ParkDataError) as caught:
        circularpark.solve(circularpark.read_park(folder))
    (finding,) = caught.value.findings
    assert finding.code == "physics.removal_of_a_mix"
    assert (finding.file, finding.column) == ("quality.csv", "removal")
    assert "A, B" in finding.message("en")
    assert "parts" in finding.fix("en")
    assert "value" in finding.fix("en")
    assert "parts" in finding.fix("zh")
    assert "value" in finding.fix("zh")
