"""Mixed outlets cut into parts: the plan by one program, what no plan can beat by another.

The plan's program counts every outlet at the worse edge of its part, so that it holds whatever is
mixed. The program of the bound lets each match be as good as its part allows; its own bound holds
for every way to mix, in parts or not. The gap between the two is stated with the plan.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.columns import make_variables
from circularpark.program.constraints import CONSTRAINTS
from circularpark.program.time import Floats
from circularpark.solve.choosing import HighsChooser
from circularpark.solve.highs import Infeasible, Point
from circularpark.solve.integer import MixedModel, read_linear
from circularpark.solve.profile import SolverProfile


def is_pooled(problem: Problem) -> bool:
    """Whether some treatment's outlet is a mix whose quality is chosen in parts."""
    return bool(len(problem.data.quality.pools.key))


def hoping(problem: Problem) -> Problem:
    """The program of the bound: the same columns first, then those of the loads within parts."""
    quality = problem.data.quality
    data = replace(problem.data, quality=replace(quality, pools=quality.pools.hoping()))
    var = make_variables(data)
    names = {constraint.__name__ for constraint in CONSTRAINTS}
    own = tuple(constraint(data, var) for constraint in CONSTRAINTS)
    added = tuple(block for block in problem.blocks if block.family not in names)
    kept = (*(block for block in own if block.size), *added)
    return replace(problem, data=data, var=var, blocks=kept, objectives=())


class PooledModel:
    """A program with mixed outlets, solved stage by stage; its bound holds for any mix."""

    def __init__(self, problem: Problem, profile: SolverProfile, inner: MixedModel) -> None:
        self.inner = inner
        self.columns = problem.var.size
        self.bound = HighsChooser(hoping(problem), read_linear(profile))

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` under the stages held so far, as far as the parts allow.

        Raises
        ------
        Infeasible : no point meets all rows.
        SolverError : the solver failed, or the parts are too few for any plan.
        """
        try:
            point = self.inner.minimise(costs)
        except Infeasible:
            self._too_coarse(costs)
            raise
        return replace(point, best_bound=self._least(costs, point))

    def _least(self, costs: Floats, point: Point) -> float:
        """What no way to mix can beat; nothing is known where time ran out before any point."""
        try:
            choice = self.bound.choose(self._wide(costs), None)
        except SolverError:
            return -np.inf
        except Infeasible:
            # Rounding alone: the plan is a point of the program of the bound.
            return point.value
        return min(choice.bound, point.value)

    def _too_coarse(self, costs: Floats) -> None:
        """Say so where the program of the bound has a point and the plan's has none."""
        try:
            self.bound.choose(self._wide(costs), None)
        except (Infeasible, SolverError):
            return
        raise SolverError("solve.parts_too_few")

    def _wide(self, costs: Floats) -> Floats:
        more = self.bound.problem.var.size - self.columns
        return np.concatenate([costs, np.zeros(more)])

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more with the whole numbers that were chosen."""
        return self.inner.again(costs, point)

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        self.inner.hold(costs, most)
        self.bound.hold(self._wide(costs), most)
