"""Costs that are sized in place until somebody asks are the costs, to the last bit."""

from __future__ import annotations

import pickle
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

import circularpark
from circularpark.program.assemble import Problem
from circularpark.program.costs import SizedCosts
from circularpark.program.near_one import Sizes
from circularpark.solve.highs import LiveModel
from circularpark.solve.profile import read_profile


@pytest.fixture
def problem() -> Problem:
    # All demands are met there: the first stage is one of measures.
    return circularpark.build(circularpark.read_park("toy"))


def test_costs_come_back_to_the_last_bit(problem: Problem) -> None:
    rng = np.random.default_rng(3)
    given = rng.normal(size=problem.var.size) * 10.0 ** rng.integers(-8, 9, problem.var.size)
    given[problem.var.activity.start : problem.var.activity.stop] = 0.0
    sized = SizedCosts(given.copy(), problem.var)
    with sized.near_one() as found:
        assert found is not None
        costs, size = found
        near, same = Sizes(problem.scale, problem.row_scale).near_costs(given, 1.0)
        assert size == same
        assert np.array_equal(costs, near)
    assert np.array_equal(sized.in_units(), given)
    assert sized.in_units() is sized.in_units()


def test_costs_that_were_seen_never_change_again(problem: Problem) -> None:
    stage = problem.objectives[0]
    seen = stage.costs
    before = seen.copy()
    with stage.sized(problem) as found:
        assert found is None
    LiveModel(problem, read_profile())
    assert stage.costs is seen
    assert np.array_equal(seen, before)


def test_handing_over_first_or_looking_first_gives_the_same(problem: Problem) -> None:
    other = circularpark.build(problem.park)
    costs = other.objectives[0].costs.copy()
    live = LiveModel(problem, read_profile())
    assert np.array_equal(problem.objectives[0].costs, costs)
    point = live.minimise(problem.objectives[0].costs)
    again = LiveModel(other, read_profile()).minimise(other.objectives[0].costs)
    assert np.array_equal(point.x, again.x)
    assert np.array_equal(point.duals, again.duals)


def test_a_program_of_other_columns_does_not_size_them(problem: Problem) -> None:
    with problem.objectives[0].sized(circularpark.build(problem.park)) as found:
        assert found is None


def test_copies_and_other_processes_have_arrays(problem: Problem) -> None:
    for make in (deepcopy, lambda stage: pickle.loads(pickle.dumps(stage)), replace):  # noqa: S301
        stage = circularpark.build(problem.park).objectives[0]
        made = make(stage)
        assert isinstance(made.costs, np.ndarray)
        assert np.array_equal(made.costs, stage.costs)
        assert made.costs.any()


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_costs_that_are_no_numbers_stay_as_they_are(problem: Problem, wrong: float) -> None:
    given = np.zeros(problem.var.size)
    given[2], given[5] = 4.0, wrong
    sized = SizedCosts(given.copy(), problem.var)
    with sized.near_one() as found:
        assert found is not None
        assert not np.isfinite(found[1])
    assert np.array_equal(sized.in_units(), given, equal_nan=True)


def test_handing_over_makes_no_vectors_that_only_a_point_needs(problem: Problem) -> None:
    LiveModel(problem, read_profile())
    made = set(problem.__dict__)
    assert not made & {"scale", "row_scale", "matrix", "lower", "derived", "row_lower"}
    assert isinstance(problem.objectives[0].__dict__["costs"], SizedCosts)
