"""Every solver profile meets the same parks and has to say the same of them."""

from __future__ import annotations

import os

import pytest

import circularpark
from circularpark.errors import NoFeasiblePlan, SolverError
from circularpark.solve import foreign
from circularpark.solve.foreign import installed
from circularpark.solve.profile import NotInstalled, SolverProfile, profile_names, read_profile
from tests.solvers import cases

PROFILES = [read_profile(name) for name in profile_names()]
THERE = [profile for profile in PROFILES if installed(profile)]
MISSING = [profile for profile in PROFILES if profile not in THERE]

every_solver = pytest.mark.parametrize("profile", THERE, ids=lambda p: p.id)


@every_solver
@pytest.mark.parametrize("case", cases.OPTIMA, ids=lambda c: c.__name__)
def test_the_optimum_is_found_and_certified(profile, case, tmp_path):
    plan = circularpark.solve(case(tmp_path), solver=profile)
    assert plan.certificate.ok
    assert plan.objective["value"] == pytest.approx(cases.OPTIMA[case], rel=1e-7)


@every_solver
def test_an_infeasible_park_has_no_plan(profile, tmp_path):
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(cases.infeasible(tmp_path), solver=profile)
    assert "4" in caught.value.diagnosis.text("en")


@every_solver
def test_endless_gain_is_refused(profile, tmp_path):
    with pytest.raises(SolverError) as caught:
        circularpark.solve(cases.unbounded(tmp_path), solver=profile)
    assert caught.value.code == "solve.leaning"


@every_solver
def test_the_toy_park_has_its_hand_worked_optimum(profile):
    plan = circularpark.solve(circularpark.read_park("toy"), solver=profile)
    assert plan.certificate.ok
    assert plan.objective["value"] == pytest.approx(8400.0, rel=1e-7)
    assert plan.solver["profile"] == profile.id


@every_solver
def test_the_price_of_what_is_wanted_is_that_of_the_dearest_source(profile, tmp_path):
    plan = circularpark.solve(cases.optimal(tmp_path), solver=profile)
    own = profile.interface == "pyomo" and profile.duals
    assert plan.optimum.points[0].proved_by == (profile.name if own else "HiGHS")
    price = plan.duals.set_index("row")["dual"]["balance[mill, steam, 2025]"]
    assert price == pytest.approx(50.0 * cases.HOURS, rel=1e-7)


@every_solver
def test_a_demo_park_is_certified(profile):
    # Of heat, qualities and choices of recipe; small enough for every licence that costs nothing.
    plan = circularpark.solve(circularpark.read_park("huaining-cement"), solver=profile)
    assert plan.certificate.ok


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.id)
def test_a_profile_says_when_to_use_it_and_how_to_get_it(profile: SolverProfile):
    assert set(profile.when) == {"zh", "en"}
    if profile.interface == "pyomo":
        assert all(profile.install[lang] for lang in ("zh", "en"))


def test_a_solver_that_is_not_there_says_how_to_get_it(monkeypatch):
    profile = read_profile("gurobi")
    monkeypatch.setattr(foreign, "installed", lambda _: False)
    with pytest.raises(NotInstalled) as caught:
        circularpark.solve(circularpark.read_park("toy"), solver=profile)
    assert "pip install gurobipy" in caught.value.text("en")
    assert "安装方法" in caught.value.text("zh")


@pytest.mark.parametrize("profile", MISSING, ids=lambda p: p.id)
def test_what_is_missing_here_is_named(profile):
    with pytest.raises(NotInstalled) as caught:
        circularpark.solve(circularpark.read_park("toy"), solver=profile)
    assert profile.name in caught.value.text("en")


def test_the_solvers_that_this_machine_promised_are_there():
    # The check of every change names GLPK and CBC here, so that they are not silently left out.
    promised = os.environ.get("CIRCULARPARK_SOLVERS", "").split()
    assert [name for name in promised if name not in {p.id for p in THERE}] == []
