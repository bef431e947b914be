"""What a solver behind Pyomo says of its own failures is told in words, with the way out."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Any

import pyomo.environ as pyo
import pytest

import circularpark
from circularpark.errors import SolverError
from circularpark.solve import foreign
from circularpark.solve.profile import (
    NotInstalled,
    NotUsable,
    TooLarge,
    profile_names,
    read_profile,
)
from tests.solvers import cases

COMMERCIAL = ("gurobi", "cplex", "xpress")
# What each said of a program of 2,688 rows and 5,376 columns: gurobipy 13.0.3, cplex 22.2.0,
# xpress 9.9.1, each with the licence that its package brings.
SAID = {
    "gurobi": "Model too large for size-limited license; visit https://gurobi.com/unrestricted",
    "cplex": "CPLEX Error  1016: Community Edition. Problem size limits exceeded.",
    "xpress": "?120 Error: Problem has too many rows and columns. The maximum is 5000",
}


class Solver:
    """A solver behind Pyomo that does and says what it is told to."""

    def __init__(self, solve: Any = None, available: Any = lambda **_: True) -> None:
        self.options: dict[str, object] = {}
        self.solve = solve
        self.available = available


def behind_pyomo(monkeypatch: pytest.MonkeyPatch, solver: Solver) -> None:
    monkeypatch.setattr(pyo, "SolverFactory", lambda _: solver)


@pytest.mark.parametrize("name", COMMERCIAL)
def test_a_program_too_large_for_the_licence_says_so(monkeypatch, name):
    def solve(*_: Any, **__: Any) -> None:
        raise RuntimeError(SAID[name])

    behind_pyomo(monkeypatch, Solver(solve))
    with pytest.raises(TooLarge) as caught:
        circularpark.solve(circularpark.read_park("toy"), solver=name)
    profile = read_profile(name)
    for lang in ("zh", "en"):
        said = caught.value.text(lang)
        assert SAID[name] in said
        assert profile.licence[lang] in said
        assert "HiGHS" in said


def test_a_package_without_its_licence_is_told_from_one_that_is_missing(monkeypatch):
    def available(*, exception_flag: bool) -> bool:
        if exception_flag:
            raise RuntimeError("Could not create Model - gurobi message=Licence expired 2025-01-01")
        return False

    behind_pyomo(monkeypatch, Solver(available=available))
    profile = read_profile("gurobi")
    monkeypatch.setattr(foreign.importlib.util, "find_spec", lambda _: object())
    with pytest.raises(NotUsable) as caught:
        foreign.need(profile)
    assert "It reports: Licence expired 2025-01-01\n" in caught.value.text("en")
    assert profile.licence["zh"] in caught.value.text("zh")
    monkeypatch.setattr(foreign.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled):
        foreign.need(profile)


def test_what_a_solver_prints_and_warns_does_not_reach_the_reader(monkeypatch, capfd):
    def solve(*_: Any, **__: Any) -> None:
        print("Using size restricted mode")
        print("Using size restricted mode", file=sys.stderr)
        warnings.warn("Using the Community license in this session", stacklevel=1)
        raise RuntimeError("no memory")

    behind_pyomo(monkeypatch, Solver(solve))
    with pytest.raises(SolverError):
        circularpark.solve(circularpark.read_park("toy"), solver="cplex")
    assert capfd.readouterr() == ("", "")


def test_a_solver_out_of_time_says_where_to_give_it_more(monkeypatch):
    def solve(*_: Any, **__: Any) -> Any:
        answer = type("Answer", (), {})()
        answer.solver = type("Status", (), {"termination_condition": "maxTimeLimit"})()
        return answer

    behind_pyomo(monkeypatch, Solver(solve))
    with pytest.raises(SolverError) as caught:
        circularpark.solve(circularpark.read_park("toy"), solver="xpress")
    assert "[options]" in caught.value.text("en")
    assert "时限" in caught.value.text("zh")


OPEN = [n for n in ("cbc", "glpk", "scip") if foreign.installed(read_profile(n))]


@pytest.mark.parametrize("name", OPEN)
def test_of_whole_numbers_the_best_plan_found_in_time_is_given_with_its_bound(
    monkeypatch, tmp_path, name
):
    own = foreign.run

    def late(model: Any, *rest: Any) -> foreign.Ended:
        ended = own(model, *rest)
        whole = any(v.is_integer() for v in model.component_data_objects(pyo.Var))
        return ended._replace(condition="maxTimeLimit", bound=0.9 * ended.bound) if whole else ended

    monkeypatch.setattr(import_module("circularpark.solve.solvers"), "run", late)
    plan = circularpark.solve(cases.whole(tmp_path), solver=name)
    assert plan.certificate.ok
    assert plan.summary()["status"] == "feasible"
    assert plan.certificate.mip_gap == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize("name", COMMERCIAL)
def test_a_commercial_profile_knows_its_licence_and_its_package(name):
    profile = read_profile(name)
    assert profile.package
    assert profile.too_large
    assert set(profile.licence) == {"zh", "en"}


def test_every_solver_through_pyomo_names_the_gap_of_its_whole_numbers_or_searches_to_the_end():
    # What these call it; the open ones search until nothing is better unless told otherwise.
    gaps = {"gurobi": "MIPGap", "cplex": "mip_tolerances_mipgap", "xpress": "miprelstop"}
    for name in profile_names():
        profile = read_profile(name)
        if name in gaps:
            assert profile.options[gaps[name]] == profile.gap
