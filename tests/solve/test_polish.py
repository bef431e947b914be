"""Duals that ask a little too much of open columns are mended, and never made worse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import circularpark
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats
from circularpark.solve.polish import polished, safe_bound
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, optimise


@pytest.fixture(scope="module")
def proven() -> tuple[Problem, Floats, Floats]:
    """A real park's program, its first stage's costs, and duals that prove its optimum."""
    problem = circularpark.build(circularpark.read_park("huaining-cement"))
    optimum = optimise(problem, read_profile(), Clock())
    duals = optimum.points[0].duals[: problem.matrix.shape[0]]
    # A side that is not there has no price, not even one of rounding.
    none = ((duals > 0) & np.isinf(problem.row_lower)) | ((duals < 0) & np.isinf(problem.row_upper))
    return problem, problem.objectives[0].costs, np.where(none, 0.0, duals)


def spoilt(problem: Problem, costs: Floats, duals: Floats) -> Iterator[Floats]:
    """The duals with one equality a little dearer, so that an open column costs too little."""
    reduced = costs - problem.matrix.T @ duals
    for row in np.flatnonzero(problem.row_lower == problem.row_upper):
        own = problem.matrix[[row]].toarray().ravel()
        more = 1e-6 * max(abs(duals[row]), 1.0)
        if (np.isinf(problem.upper) & (reduced - more * own < -1e-9)).any():
            moved = duals.copy()
            moved[row] += more
            yield moved


def test_what_was_spoilt_a_little_is_mended_where_a_row_can_take_it(
    proven: tuple[Problem, Floats, Floats],
) -> None:
    problem, costs, duals = proven
    best = safe_bound(problem, costs, duals)
    lost, left = [], []
    for worse in spoilt(problem, costs, duals):
        lost.append(best - safe_bound(problem, costs, worse))
        left.append(best - safe_bound(problem, costs, polished(problem, costs, worse)))
    share = np.array(left) / np.array(lost)
    assert len(share) > 10
    assert (share <= 1).all()
    assert (share < 0.01).sum() >= 5


def test_duals_are_never_made_worse(proven: tuple[Problem, Floats, Floats]) -> None:
    problem, costs, duals = proven
    random = np.random.default_rng(7)
    for size in (1e-9, 1e-6, 1e-3):
        noisy = duals * (1 + size * random.standard_normal(len(duals)))
        before = safe_bound(problem, costs, noisy)
        assert safe_bound(problem, costs, polished(problem, costs, noisy)) >= before


def test_no_price_is_put_on_a_side_that_is_not_there(
    proven: tuple[Problem, Floats, Floats],
) -> None:
    problem, costs, duals = proven
    noisy = duals * (1 + 1e-6 * np.random.default_rng(3).standard_normal(len(duals)))
    mended = polished(problem, costs, noisy)
    assert not ((mended > 0) & np.isinf(problem.row_lower)).any()
    assert not ((mended < 0) & np.isinf(problem.row_upper)).any()
