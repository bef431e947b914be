"""The optimum of typical days, from which a design takes its capacities.

Nobody dispatches typical days: what is asked of them is where the capacities lie, not a proof.
So a large program stays in the interior, without crossover to a vertex, and a later stage that
only asks again for what an earlier one has weighed is left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Objective, Problem
from circularpark.program.rows import Rows
from circularpark.program.time import Floats
from circularpark.program.variables import Variables
from circularpark.solve.highs import Point
from circularpark.solve.interior import InteriorModel, is_large
from circularpark.solve.open_columns import Open
from circularpark.solve.run import Clock, Optimum, optimise

if TYPE_CHECKING:
    from circularpark.solve.profile import SolverProfile

# Room that keeps a point feasible when the capacities it was found with are fixed.
ROOM = 1e-6
# Rows that may hold nothing but what is built.
OF_BUILDS = ("limits", "shared_capacity")


class OnceModel(InteriorModel):
    """A program that stays in the interior and is solved once, proven or not."""

    asks_proof = False

    def __init__(self, problem: Open, profile: SolverProfile) -> None:
        super().__init__(problem, profile, vertex=False)

    def again(self, costs: Floats, point: Point) -> Point:
        """The same point: nobody asked for a proof."""
        return point


def optimum_of_days(problem: Problem, profile: SolverProfile, clock: Clock) -> Optimum:
    """The optimum of typical days, with room left in all that limits what is built.

    Raises
    ------
    Infeasible : no point meets all rows.
    SolverError : the solver failed.
    """
    decisive = replace(problem, objectives=_decisive(problem.objectives))
    # Whole numbers have no room between them.
    roomy = decisive if problem.integer.any() else _with_room(decisive)
    if not _inside(problem, profile):
        return optimise(roomy, profile, clock)
    live = clock.run("hand_over", OnceModel, roomy, profile)
    try:
        return optimise(roomy, profile, clock, live)
    except SolverError:
        return optimise(roomy, profile, clock)


def larger(builds: Floats, problem: Problem) -> Floats:
    """Builds with the room that ``optimum_of_days`` has left them, (builds, years)."""
    if problem.integer.any():
        return builds
    return np.minimum(builds * (1.0 + ROOM), np.maximum(problem.var.build.upper, builds))


def _inside(problem: Problem, profile: SolverProfile) -> bool:
    """Whether the interior point takes the program, and no whole numbers are asked for."""
    native = profile.interface == "highs" and not problem.integer.any()
    return native and is_large(problem, profile)


def _decisive(stages: tuple[Objective, ...]) -> tuple[Objective, ...]:
    """The stages without those that an earlier one has weighed already."""
    kept: list[Objective] = []
    for stage in stages:
        known = {name for earlier in kept for name in earlier.weights}
        if not stage.weights or not set(stage.weights) <= known:
            kept.append(stage)
    return tuple(kept)


def _with_room(problem: Problem) -> Problem:
    """The program whose limits on what is built are tighter by the room."""
    var, item = problem.var, problem.data.item
    build, capacity = var.build, var.capacity
    stands = item.standing[item.expandable]
    known = {
        **var.blocks,
        "build": replace(build, upper=_less(build.upper, build.lower)),
        # What stands already is not taken away.
        "capacity": replace(
            capacity, upper=_less(capacity.upper, np.maximum(capacity.lower, stands))
        ),
    }
    blocks = tuple(_tighter(b) if b.family in OF_BUILDS else b for b in problem.blocks)
    return replace(problem, var=Variables(known, var.size), blocks=blocks)


def _less(most: Floats, least: Floats) -> Floats:
    """A little less than the most where that is finite, but not less than the least."""
    room = 2.0 * ROOM * np.where(np.isfinite(most), np.abs(most), 0.0)
    return np.minimum(most, np.maximum(most - room, least))


def _tighter(block: Rows) -> Rows:
    """A block whose rows that hold nothing but builds end a little earlier."""
    others = np.zeros(block.size, dtype=bool)
    for part in block.entries:
        if part.variable.axis != "year":
            others[part.row] = True
    own = ~others.reshape(block.upper.shape)
    return replace(block, upper=np.where(own, _less(block.upper, block.lower), block.upper))
