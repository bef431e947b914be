"""Later stages of a large program: the least among all optima of the stages before.

An earlier stage is not kept by a row, along which the simplex would creep, but by what its
duals ask for: every point that is as good has most columns at their bounds and most rows at
their sides, and what is left is small. The later stage is solved and proven in that program:
its bounds say no more than that the earlier stages are at their optimum.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.time import Floats
from circularpark.solve.face import face_of
from circularpark.solve.highs import TIGHTEST, LiveModel, Point
from circularpark.solve.profile import SolverProfile
from circularpark.solve.stages import FINE_DUST


class LaterStages:
    """The optima of the stages so far, as a program."""

    def __init__(self, problem: Problem, profile: SolverProfile) -> None:
        self.problem, self.profile = problem, profile
        self.face = problem
        self.earlier: list[Floats] = []
        self.live: LiveModel | None = None

    def keep(self, costs: Floats, point: Point) -> None:
        """Look only at points as good as this optimum from here on."""
        rows = len(self.problem.row_lower)
        self.face = face_of(self.face, costs, point.x, point.duals[:rows])
        self.earlier.append(costs)
        self.live = None

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` among the optima of all stages kept so far."""
        if self.live is None:
            self.live = LiveModel(self.face, self.profile)
            # What is left has no inside for an interior point; presolve takes most of it.
            self.live.option("solver", "simplex")
            self.live.option("primal_feasibility_tolerance", TIGHTEST)
        return self._told(costs, self.live.minimise(costs))

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more, by the tightest tolerances, its duals refined."""
        return point if self.live is None else self._told(costs, self.live.again(costs, point))

    def _told(self, costs: Floats, point: Point) -> Point:
        """The point with the duals of the face; the stages that it keeps have none of their own."""
        x = np.where(np.abs(point.x) < FINE_DUST * self.problem.scale, 0.0, point.x)
        x = np.clip(x, self.face.lower, self.face.derived)
        rows = len(self.problem.row_lower)
        duals = np.concatenate([point.duals[:rows], np.zeros(len(self.earlier))])
        kept = tuple(float(c @ x) for c in self.earlier)
        value = float(costs @ x)
        return replace(point, x=x, value=value, duals=duals, held=kept, within=self.face)
