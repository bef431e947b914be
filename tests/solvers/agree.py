"""How two solvers are compared: stage by stage on the same program, relative to what it sums."""

from __future__ import annotations

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.solve.profile import read_profile
from circularpark.solve.run import HELD_WITHIN, hand_over


def differences(problem: Problem, name: str) -> list[float]:
    """How far the solver's optimum of each stage is from that of HiGHS.

    Relative to sum |c_j x_j|; what HiGHS found is held in both, so that they solve the same stages.
    """
    highs, other = hand_over(problem, read_profile()), hand_over(problem, read_profile(name))
    found = []
    for objective in problem.objectives:
        costs = objective.costs
        one, two = highs.minimise(costs), other.minimise(costs)
        size = float(np.abs(costs * one.x).sum())
        typical = 1e-6 * float(np.abs(costs) @ problem.scale)
        found.append(abs(one.value - two.value) / (size + typical))
        # Twice what a plan allows, for solvers whose tolerance is wider.
        most = one.value + 2 * HELD_WITHIN * size
        highs.hold(costs, most)
        other.hold(costs, most)
    return found
