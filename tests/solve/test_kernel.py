"""A first choice by the kernel of things that are worth while: as good as what all of them give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.choices import write

import circularpark
from circularpark.program.assemble import Problem
from circularpark.solve.choosing import HighsChooser
from circularpark.solve.kernel import CLOSE, first_choice
from circularpark.solve.profile import SolverProfile, read_profile
from circularpark.solve.run import Clock, optimise


def profile(**options: float) -> SolverProfile:
    found = read_profile()
    return replace(found, options={**found.options, **options})


def pipes(folder: Path, sources: int, sinks: int) -> Problem:
    folder.mkdir()
    return circularpark.build(circularpark.read_park(write(folder, sources, sinks)))


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    """Forty pipes that may be laid."""
    return pipes(tmp_path_factory.mktemp("kernel") / "park", 5, 8)


def test_the_kernel_finds_what_all_choices_give(problem: Problem) -> None:
    costs = problem.objectives[0].costs
    found = first_choice(problem, profile(), costs, [], None)
    best = HighsChooser(problem, profile(mip_rel_gap=1e-4)).choose(costs, None)
    assert found is not None
    assert costs @ found >= best.bound * (1 - 1e-9)
    assert costs @ found <= (costs @ best.x) * (1 + CLOSE)


def test_what_the_kernel_finds_meets_every_row(problem: Problem) -> None:
    found = first_choice(problem, profile(), problem.objectives[0].costs, [], None)
    rows = problem.matrix @ found
    size = 1e-7 * (abs(problem.matrix) @ np.abs(found) + 1)
    assert (rows >= problem.row_lower - size).all()
    assert (rows <= problem.row_upper + size).all()
    whole = found[problem.integer]
    assert np.abs(whole - np.round(whole)).max() <= 1e-7


def test_an_earlier_stage_is_held(problem: Problem) -> None:
    costs = problem.objectives[0].costs
    best = first_choice(problem, profile(), costs, [], None)
    most = float(costs @ best) * (1 + 1e-3)
    opened = np.zeros(len(costs))
    own = problem.var.open
    opened[own.start : own.stop] = 1.0
    found = first_choice(problem, profile(), opened, [(costs, most)], best)
    assert costs @ found <= most * (1 + 1e-7)
    assert opened @ found <= opened @ best


def test_a_stage_that_leaves_no_room_loses_only_the_head_start(problem: Problem) -> None:
    costs = problem.objectives[0].costs
    best = first_choice(problem, profile(), costs, [], None)
    # Numbers in parts keep this stage, whole ones do not.
    held = [(costs, float(costs @ best) * (1 - 1e-4))]
    found = first_choice(problem, profile(), np.zeros(len(costs)), held, best)
    assert np.array_equal(found, best)


def test_few_choices_are_left_to_the_solver(tmp_path: Path) -> None:
    small = pipes(tmp_path / "park", 2, 3)
    assert first_choice(small, profile(), small.objectives[0].costs, [], None) is None


def test_the_time_of_the_profile_is_kept(problem: Problem) -> None:
    clock = Clock()
    point = optimise(problem, profile(time_limit=2.0), clock).points[0]
    assert clock.seconds["solve"] < 20
    assert point.best_bound <= point.value
