"""Columns that the park leaves open are open for the solver, unless something grows without end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import circularpark
from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.near_one import near_one
from circularpark.solve.highs import Infeasible, LiveModel
from circularpark.solve.interior import InteriorModel, is_large
from circularpark.solve.open_columns import SimplexModel
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, hand_over, optimise
from tests.account.rich import rich_park
from tests.program.test_quality_speed import network


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    return circularpark.build(circularpark.read_park(rich_park(tmp_path)))


def test_the_solver_gets_the_bounds_of_the_park(problem: Problem) -> None:
    live = hand_over(problem, read_profile(None))
    assert isinstance(live, SimplexModel)
    given = live._upper(near_one(problem))
    assert np.isinf(given).any()
    assert np.array_equal(given * problem.scale, problem.upper)


def test_the_optimum_is_that_of_the_bounded_program(problem: Problem) -> None:
    profile = read_profile(None)
    ours = optimise(problem, profile, Clock(), SimplexModel(problem, profile))
    theirs = optimise(problem, profile, Clock(), LiveModel(problem, profile))
    assert all(proof.ok for proof in ours.proofs)
    values = [proof.value for proof in theirs.proofs]
    assert [proof.value for proof in ours.proofs] == pytest.approx(values, rel=1e-6)


def test_what_grows_without_end_is_bounded_and_named(problem: Problem) -> None:
    profile = read_profile(None)
    live = SimplexModel(problem, profile)
    # Earning by every open column: the program has no least, the bounded one has.
    costs = np.where(np.isinf(problem.upper), -1.0, 0.0)
    point = live.minimise(costs)
    assert live.closed
    assert (point.x <= problem.derived * (1 + 1e-9) + 1e-9).all()
    assert point.value == pytest.approx(LiveModel(problem, profile).minimise(costs).value)


def test_what_nothing_can_meet_is_no_lack_of_bounds(problem: Problem) -> None:
    live = SimplexModel(problem, read_profile(None))
    live.hold(np.ones(problem.var.size), -1.0)
    with pytest.raises(Infeasible):
        live.minimise(problem.objectives[0].costs)


def test_a_failure_is_still_one(problem: Problem) -> None:
    live = SimplexModel(problem, read_profile(None))
    live.highs.setOptionValue("time_limit", 0.0)
    live.highs.setOptionValue("presolve", "off")
    with pytest.raises(SolverError):
        live.minimise(problem.objectives[0].costs)


def test_many_pairs_take_the_interior_point(tmp_path: Path) -> None:
    profile = read_profile(None)
    wide = circularpark.build(network(tmp_path, size=60))
    rows, columns = wide.matrix.shape
    assert columns > 8 * rows
    assert is_large(wide, profile)
    assert not is_large(wide, read_profile("highs-simplex"))
    live = hand_over(wide, profile)
    assert isinstance(live, InteriorModel)
    ours = optimise(wide, profile, Clock(), live)
    theirs = optimise(wide, profile, Clock(), SimplexModel(wide, read_profile("highs-simplex")))
    assert all(proof.ok for proof in ours.proofs)
    assert ours.proofs[0].value == pytest.approx(theirs.proofs[0].value, rel=1e-6)
