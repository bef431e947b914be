"""A solver that returns garbage is refused: nothing it says is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import circularpark
from circularpark.errors import SolverError
from circularpark.solve import foreign
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, optimise

Values = Callable[[np.ndarray], list[Any]]


@pytest.fixture
def problem():
    return circularpark.build(circularpark.read_park("toy"))


class Liar:
    """A solver that says Optimal of whatever point it is given, right up to ``twist``."""

    def __init__(self, problem: Any, twist: Values, dual: float | None, ended: str) -> None:
        self.options: dict[str, object] = {}
        best = optimise(problem, read_profile(), Clock())
        self.points = [p.x / problem.scale for p in best.points]
        self.twist, self.dual, self.ended = twist, dual, ended

    def solve(self, model: Any, load_solutions: bool) -> Any:
        values = self.twist(self.points[0])
        for variable, value in zip(model.x.values(), values, strict=False):
            variable.set_value(value, skip_validation=True)
        if self.dual is not None:
            for row in model.row.values():
                model.dual[row] = self.dual
        model.solutions.load_from = lambda _: None
        answer = type("Answer", (), {})()
        answer.solver = type("Status", (), {"termination_condition": self.ended})()
        return answer


def lying(monkeypatch, problem, twist: Values, dual: float | None = None, ended="optimal"):
    liar = Liar(problem, twist, dual, ended)
    monkeypatch.setattr(foreign, "installed", lambda _: True)
    monkeypatch.setattr(pyo, "SolverFactory", lambda _: liar)
    return optimise(problem, read_profile("glpk"), Clock())


def as_it_is(x):
    return list(x)


def not_numbers(x):
    return [float("nan")] * len(x)


def too_few(x):
    return list(x[:3])


def infinite(x):
    return [*x[:-1], float("inf")]


def twice(x):
    return list(2 * x)


@pytest.mark.parametrize(
    ("twist", "code"),
    [
        (not_numbers, "pyomo.no_numbers"),
        (too_few, "pyomo.no_numbers"),
        (infinite, "pyomo.no_numbers"),
        (twice, "pyomo.broken"),
    ],
)
def test_a_point_that_is_none_is_refused(monkeypatch, problem, twist, code):
    with pytest.raises(SolverError) as caught:
        lying(monkeypatch, problem, twist)
    assert caught.value.code == code
    assert "GLPK" in caught.value.text("zh")


def test_a_feasible_point_that_is_not_the_best_is_not_certified(monkeypatch, problem):
    worse = circularpark.solve(circularpark.read_park("toy"), minimise="capex")
    point = worse.optimum.x / problem.scale
    found = lying(monkeypatch, problem, lambda _: list(point))
    assert not found.proofs[0].ok
    assert found.proofs[0].gap > 1e-3


@pytest.mark.parametrize("dual", [None, float("nan"), 1e9])
def test_worthless_duals_are_replaced_by_those_of_highs(monkeypatch, problem, dual):
    best = optimise(problem, read_profile(), Clock())
    single = problem.__class__(problem.data, problem.var, problem.blocks, problem.objectives[:1])
    found = lying(monkeypatch, single, as_it_is, dual)
    assert found.proofs[0].ok
    assert found.points[0].proved_by == "HiGHS"
    assert found.points[0].value == pytest.approx(best.points[0].value, rel=1e-12)


def test_infeasible_is_not_believed_where_highs_finds_a_point(monkeypatch, problem):
    with pytest.raises(SolverError) as caught:
        lying(monkeypatch, problem, as_it_is, ended="infeasible")
    assert "infeasible" in caught.value.text("en")


def test_a_solver_that_breaks_down_says_so(monkeypatch, problem):
    def broken(x):
        raise OSError("licence expired\nat line 3")

    with pytest.raises(SolverError) as caught:
        lying(monkeypatch, problem, broken)
    said = caught.value.text("en")
    assert said.startswith("The solver GLPK broke down. It reports: licence expired\n")
    assert "HiGHS" in said
