"""The best whole numbers of a mixed-integer program, as HiGHS finds them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variables
from circularpark.solve.highs import LiveModel
from circularpark.solve.profile import SolverProfile

# Whole to this many digits, so that rounding moves nothing that the linear program would miss.
INTEGRALITY = 1e-9
# However much of the time is spent on a first choice, the search for better ones has this much.
SHORTEST = 1.0  # s
# What the program with other bounds or kinds of columns has in common with the one before.
SAME = ("matrix", "scale", "row_scale", "row_lower", "row_upper", "row_start")


@dataclass(frozen=True)
class Choice:
    """Whole numbers that a solver chose: their columns' values, and no choice gives less than.

    x : (n,) the whole point that it found, where it tells
    """

    values: Floats
    bound: float
    seconds: float
    iterations: int
    x: Floats | None = None


class HighsChooser(LiveModel):
    """The mixed-integer program inside HiGHS."""

    problem: Problem

    def __init__(self, problem: Problem, profile: SolverProfile) -> None:
        super().__init__(problem, profile)
        self._set("mip_feasibility_tolerance", INTEGRALITY)

    def _integrality(self, columns: int) -> Integers:
        kinds = self.highspy.HighsVarType
        whole, any_number = int(kinds.kInteger.value), int(kinds.kContinuous.value)
        kind = np.full(columns, any_number, dtype=np.int64)
        kind[self.problem.integer] = whole
        return kind

    def _set(self, name: str, value: Any) -> None:
        self._checked(self.highs.setOptionValue(name, value), f"setOptionValue({name})")

    def within(self, profile: SolverProfile, spent: float = 0.0) -> None:
        """Stop at the profile's gap, or when of its time no more is left than what was spent."""
        gap, limit = profile.options.get("mip_rel_gap"), profile.options.get("time_limit")
        if gap is not None:
            self._set("mip_rel_gap", float(gap))
        if limit is not None:
            # HiGHS counts its time from the first run on.
            left = max(float(limit) - spent, SHORTEST)
            self._set("time_limit", self.highs.getRunTime() + left)

    def choose(self, costs: Floats, start: Floats | None) -> Choice:
        """The best whole numbers within the profile's gap and time.

        Raises
        ------
        Infeasible : no point meets all rows.
        SolverError : HiGHS failed, or found none in its time.
        """
        # Any other choice of method would leave the whole numbers out.
        self._set("solver", "choose")
        self._change(costs)
        whole = np.flatnonzero(self.problem.integer)
        if start is not None:
            # All columns: of whole numbers alone HiGHS would have to find the others first.
            index = np.arange(len(start), dtype=np.int32)
            given = start / self.columns
            self._checked(self.highs.setSolution(len(index), index, given), "setSolution")
        before = self.highs.getRunTime()
        self._checked(self.highs.run(), "run")
        info = self.highs.getInfo()
        self._judge_choice(info)
        x = np.asarray(self.highs.getSolution().col_value, dtype=float) * self.columns
        values = x[whole]
        if not np.isfinite(x).all():
            raise SolverError("solve.not_a_number", call="getSolution")
        bound = float(info.mip_dual_bound) * self.size
        seconds = self.highs.getRunTime() - before
        return Choice(values, bound, seconds, max(int(info.mip_node_count), 0), x)

    def _judge_choice(self, info: Any) -> None:
        """A plan found in the time given is one, though a better one may be left."""
        kinds = self.highspy.HighsModelStatus
        found = int(info.primal_solution_status) == int(self.highspy.kSolutionStatusFeasible)
        ended = (kinds.kTimeLimit, kinds.kSolutionLimit, kinds.kInterrupt, kinds.kIterationLimit)
        if self.highs.getModelStatus() in ended and found:
            return
        self._judge()


def relaxation(problem: Problem) -> Problem:
    """The program without its whole numbers: any number between their bounds."""
    return without(problem, [v.name for v in problem.var if v.whole])


def without(problem: Problem, names: Collection[str]) -> Problem:
    """The program in which these variables need not be whole."""
    blocks = {
        name: replace(variable, whole=False) if name in names else variable
        for name, variable in problem.var.blocks.items()
    }
    relaxed = replace(problem, var=Variables(blocks, problem.var.size))
    for made in SAME:
        relaxed.__dict__[made] = getattr(problem, made)
    return relaxed
