"""Columns that the park leaves open are open for the solver too.

A bound that is only there to be finite, and far away, makes the simplex and the interior point
take twice the steps. It is given only where something would otherwise grow without end.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.near_one import NearOne, Program, shrunk
from circularpark.program.time import Floats
from circularpark.solve.highs import LiveModel, Point
from circularpark.solve.profile import SolverProfile

# What rounding may add to a bound.
ROUNDING = 1e-9


class Open(Program, Protocol):
    """A program that also says which columns have no upper bound of their own."""

    @property
    def upper(self) -> Floats: ...


class EndlessError(SolverError):
    """Something grows without end, unless the open columns are bounded."""


class OpenModel(LiveModel):
    """One program inside HiGHS whose open columns can be closed."""

    def __init__(self, problem: Open, profile: SolverProfile) -> None:
        self.open = problem
        self.closed = False
        self.open_columns = np.flatnonzero(np.isinf(problem.upper))
        super().__init__(problem, profile)

    def _upper(self, near: NearOne) -> Floats:
        """A column that the park leaves open is open."""
        own = getattr(near, "near_upper", None)
        return shrunk(self.open.upper, self.columns) if own is None else own

    def close(self) -> None:
        """From here on every column is bounded."""
        self.closed = True
        own = self.open_columns
        sizes = self.columns[own]
        lower, upper = self.problem.lower[own] / sizes, self.problem.derived[own] / sizes
        status = self.highs.changeColsBounds(len(own), own.astype(np.int32), lower, upper)
        self._checked(status, "changeColsBounds")

    def _judge(self) -> None:
        kinds = self.highspy.HighsModelStatus
        endless = (kinds.kUnbounded, kinds.kUnboundedOrInfeasible)
        if not self.closed and self.highs.getModelStatus() in endless:
            raise EndlessError("solve.status", status="unbounded")
        super()._judge()


class SimplexModel(OpenModel):
    """A program of ordinary size: open as long as its optimum stays where a plan can be."""

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` over the program and all stages held so far.

        Raises
        ------
        Infeasible : no point meets all rows.
        SolverError : HiGHS failed or gave up.
        """
        if not self.closed:
            try:
                point = super().minimise(costs)
            except EndlessError:
                point = None
            if point is not None and self._within(point):
                return point
            self.close()
        return super().minimise(costs)

    def _within(self, point: Point) -> bool:
        own = self.open_columns
        return bool((point.x[own] <= self.problem.derived[own] * (1 + ROUNDING)).all())
