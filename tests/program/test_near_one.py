"""The program in sizes near one is the program itself, to the last bit, whichever is made first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import circularpark
from circularpark.program.assemble import Problem
from circularpark.program.near_one import (
    PORTION,
    Scaled,
    Sizes,
    extreme_sizes,
    near_one,
    sizes,
)
from tests.account.rich import rich_park

ARRAYS = ("lower", "derived", "row_lower", "row_upper")


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    return circularpark.build(circularpark.read_park(rich_park(tmp_path)))


def as_before(problem: Problem) -> Problem:
    """The same program, nothing of which has been made yet."""
    return replace(problem)


def test_the_scaled_arrays_are_those_of_the_park_times_powers_of_two(problem):
    plain, near = as_before(problem), as_before(problem)
    expected = plain.row_scale[:, None] * plain.matrix.toarray() * plain.scale
    assert np.array_equal(near.near_matrix.toarray(), expected)
    for name in ARRAYS:
        times = plain.row_scale if name.startswith("row") else 1.0 / plain.scale
        assert np.array_equal(getattr(near, f"near_{name}"), getattr(plain, name) * times), name
    assert np.array_equal(near.near_upper, plain.upper / plain.scale)


def test_the_park_s_own_arrays_follow_from_the_scaled_ones(problem):
    plain, near = as_before(problem), as_before(problem)
    for name in ("matrix", *ARRAYS, "upper"):
        getattr(near, f"near_{name}")
    assert np.array_equal(near.matrix.toarray(), plain.matrix.toarray())
    for name in (*ARRAYS, "upper"):
        assert np.array_equal(getattr(near, name), getattr(plain, name)), name


def test_any_other_program_is_scaled_when_it_is_asked(problem):
    for given in (problem, Scaled(problem)):
        near = near_one(given)
        assert near is given or isinstance(near, Scaled)
    own, other = as_before(problem), Scaled(as_before(problem))
    assert np.array_equal(own.near_matrix.toarray(), other.near_matrix.toarray())
    for name in ARRAYS:
        assert np.array_equal(getattr(own, f"near_{name}"), getattr(other, f"near_{name}")), name


@pytest.mark.parametrize("name", [*ARRAYS, "upper"])
def test_arrays_put_in_another_s_place_are_those_that_are_scaled(problem, name):
    changed = as_before(problem)
    moved = np.where(np.isfinite(getattr(problem, name)), getattr(problem, name) + 1.0, np.inf)
    changed.__dict__[name] = moved
    times = problem.row_scale if name.startswith("row") else 1.0 / problem.scale
    assert np.array_equal(getattr(changed, f"near_{name}"), moved * times)


def test_sorting_one_matrix_leaves_the_other_as_it_is(problem):
    near = problem.near_matrix.toarray()
    own = problem.matrix.toarray()
    problem.matrix.indices.sort()
    assert np.array_equal(problem.near_matrix.toarray(), near)
    again = as_before(problem)
    again.matrix.has_sorted_indices = False
    abs(again.matrix)
    assert np.array_equal(again.near_matrix.toarray(), near)
    assert np.array_equal(sizes(again.matrix).toarray(), np.abs(own))


def test_the_extreme_sizes_are_found_in_any_portion():
    values = np.linspace(2.0, 3.0, 2 * PORTION + 5)
    values[-1], values[PORTION + 1] = -1e-3, -4.0
    assert extreme_sizes(values) == (1e-3, 4.0)
    assert extreme_sizes(np.zeros(0)) == (np.inf, 0.0)
    values[1] = np.nan
    assert np.isnan(extreme_sizes(values)).all()


def test_costs_and_points_are_sized_by_block_as_column_by_column(problem):
    by_column = Sizes(problem.scale, problem.row_scale)
    costs = problem.objectives[0].costs
    for finer in (1.0, 1500.0):
        (own, size), (plain, same) = (s.near_costs(costs, finer) for s in (problem, by_column))
        assert size == same
        assert np.array_equal(own, plain)
    rng = np.random.default_rng(1)
    x, duals = rng.random(len(costs)), rng.random(len(problem.row_scale))
    plain_x, plain_duals = x.copy(), duals.copy()
    problem.in_units(x, duals)
    by_column.in_units(plain_x, plain_duals)
    assert np.array_equal(x, plain_x)
    assert np.array_equal(duals, plain_duals)


def test_costs_that_are_no_numbers_have_no_size(problem):
    for wrong in (np.nan, np.inf):
        costs = problem.objectives[0].costs.copy()
        costs[3] = wrong
        assert not np.isfinite(problem.near_costs(costs, 1.0)[1])
