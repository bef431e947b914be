"""Arrays to HiGHS and back: our own scaling, every status and every array checked.

HiGHS judges feasibility and optimality by absolute tolerances, takes a NaN without a word
and reports Optimal after it. So numbers are scaled here to sizes near one (by powers of
two, which change no digit), nothing but finite numbers is handed over, and every status
that comes back is looked at.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, cached_property
from types import ModuleType
from typing import Any

import numpy as np

from circularpark.errors import CircularParkError, SolverError
from circularpark.program.near_one import NearOne, Program, Sizing, near_one, sizing
from circularpark.program.scale import power
from circularpark.program.time import Floats, Integers
from circularpark.solve.profile import SolverProfile
from circularpark.solve.scaling import refuse_nonsense

# HiGHS drops smaller coefficients; this is the smallest that it lets us ask for. What is
# smaller after scaling is left out here, and the certificate judges by the whole matrix.
SMALLEST = 1e-12
# Left to itself HiGHS takes the simplex; on programs of many hours with as many nonzeros as
# this the interior point is several times faster, and crossover gives the same vertex duals.
LARGE = 200_000
PRIMAL_SIMPLEX = 4  # the number of this strategy in HiGHS' options
# The tightest feasibility tolerance that HiGHS accepts.
TIGHTEST = 1e-10
# How much larger than one the costs are made where the duals must be finer than that.
FINER = 2.0**12


class Infeasible(CircularParkError):
    """The solver proved that no point meets all rows."""


@dataclass(frozen=True)
class Point:
    """An optimal point of one stage, in the park's own units.

    x : (n,) columns; duals : (m,) of the rows of the program and of the earlier stages
    proved_by : the solver whose duals these are
    value : costs @ x; seconds : of the solver's own run; iterations : of its algorithms
    held : what earlier stages are kept at, where that is less than they might give way
    chosen : whole numbers were chosen; the duals are those of the program that holds them
    within : the program in which the duals prove it, where that is narrower than the one solved
    best_bound : no choice of whole numbers gives less than this; nan where nobody says
    """

    x: Floats
    duals: Floats
    value: float
    seconds: float
    iterations: int
    proved_by: str = "HiGHS"
    held: tuple[float, ...] = ()
    chosen: bool = False
    best_bound: float = np.nan
    within: Any = None


@cache
def engine() -> ModuleType:
    """HiGHS by its library, or by highspy's binding where the wheel carries no library."""
    from circularpark.solve import highs_library

    if highs_library.library() is not None:
        return highs_library
    from circularpark.solve import highs_binding

    return highs_binding


class LiveModel:
    """One program inside HiGHS, kept with its basis from stage to stage."""

    def __init__(self, problem: Program, profile: SolverProfile) -> None:
        self.problem = problem
        self.highspy: Any = engine()
        self.highs: Any = self.highspy.Highs()
        self.highs.silent()
        options = {"small_matrix_value": SMALLEST, **profile.native_options()}
        for name, value in options.items():
            self._checked(self.highs.setOptionValue(name, value), f"setOptionValue({name})")
        near = near_one(problem)
        if options.get("solver") == "choose" and near.near_matrix.nnz > LARGE:
            self._checked(self.highs.setOptionValue("solver", "ipm"), "setOptionValue(solver)")
        self.later_rows: list[float] = []
        self.held: list[Floats] = []
        self.finer = 1.0
        # A park's program names its stages: the costs of the first are handed over with it.
        stages = getattr(problem, "objectives", ())
        self.first: Any = stages[0] if stages else None
        self.given = None if stages else np.zeros(near.near_matrix.shape[1])
        self.fineness = self.finer
        with stages[0].sized(problem) if stages else nullcontext() as sized:
            costs, size = sized or self._scaled(self.costs)
            self.size: float = size
            if not np.isfinite(self.size):
                refuse_nonsense(costs=self.costs * self.columns)
            self._pass(near, costs)

    # Both are made when they are asked for: touching fresh memory is most of what handing over a
    # large program takes.
    @cached_property
    def columns(self) -> Floats:
        """What one of each column is to HiGHS in the program's units, (n,)."""
        return self.problem.scale

    @cached_property
    def rows(self) -> Floats:
        """By what the rows of the program are multiplied for HiGHS, (m,)."""
        return self.problem.row_scale

    def option(self, name: str, value: str | float | bool) -> None:
        """Set one of HiGHS' own options for the next run."""
        self._checked(self.highs.setOptionValue(name, value), f"setOptionValue({name})")

    def _checked(self, status: Any, call: str) -> None:
        if status == self.highspy.HighsStatus.kError:
            raise SolverError("solve.highs_error", call=call)

    def _pass(self, near: NearOne, costs: Floats) -> None:
        matrix = near.near_matrix
        values = matrix.data
        lower, upper = near.near_lower, self._upper(near)
        row_lower, row_upper = near.near_row_lower, near.near_row_upper
        if not near.near_checked:
            refuse_nonsense(lower=lower, row_lower=row_lower, row_upper=row_upper)
        if not (near.near_checked and upper is near.near_derived):
            refuse_nonsense(upper=upper)
        least, largest = near.near_extremes
        if not np.isfinite(largest):
            refuse_nonsense(matrix=values)
        rows, columns = matrix.shape
        start, index = matrix.indptr, matrix.indices
        if least <= SMALLEST:
            kept = np.abs(values) > SMALLEST
            start = np.concatenate([[0], np.cumsum(kept)])[start]
            index, values = index[kept], values[kept]
        status = self.highs.passModel(
            columns,
            rows,
            len(values),
            int(self.highspy.MatrixFormat.kColwise),
            int(self.highspy.ObjSense.kMinimize),
            0.0,
            costs,
            lower,
            upper,
            row_lower,
            row_upper,
            start.astype(np.int32, copy=False),
            index.astype(np.int32, copy=False),
            values,
            self._integrality(columns),
        )
        # A warning here means that HiGHS changed or dropped something we handed over.
        if status != self.highspy.HighsStatus.kOk:
            raise SolverError("solve.highs_error", call="passModel")

    def _integrality(self, columns: int) -> Integers | None:
        """Which columns HiGHS is to keep whole, (n,); None in a linear program."""
        return None

    def _upper(self, near: NearOne) -> Floats:
        """The upper bounds that HiGHS gets, in sizes near one."""
        return near.near_derived

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` over the program and all stages held so far.

        Raises
        ------
        Infeasible : no point meets all rows.
        SolverError : HiGHS failed or gave up.
        """
        if not len(costs):
            return self._of_nothing()
        self._change(costs)
        before = self.highs.getRunTime()
        self._checked(self.highs.run(), "run")
        self._judge()
        solution = self.highs.getSolution()
        x, duals = solution.col_value, solution.row_dual
        rows = len(duals) - len(self.later_rows)
        self._sizing.in_units(x, duals[:rows])
        duals[rows:] *= self.later_rows
        duals *= self.size
        if not (np.isfinite(x).all() and np.isfinite(duals).all()):
            raise SolverError("solve.not_a_number", call="getSolution")
        info = self.highs.getInfo()
        steps = max(info.simplex_iteration_count, 0) + max(info.ipm_iteration_count, 0)
        seconds = self.highs.getRunTime() - before
        return Point(x, duals, float(costs @ x), seconds, int(steps))

    def _scaled(self, costs: Floats) -> tuple[Floats, float]:
        """Costs for HiGHS, near one, and how much larger the real ones are."""
        scaled, size = self._sizing.near_costs(costs, self.finer)
        if not np.isfinite(size):
            refuse_nonsense(costs=costs * self.columns)
        return scaled, size

    @property
    def costs(self) -> Floats:
        """The costs that HiGHS has, (n,), in the program's units."""
        return self.first.costs if self.given is None else self.given

    @property
    def _sizing(self) -> Sizing:
        return sizing(self.problem)

    def _change(self, costs: Floats) -> None:
        """Give HiGHS other costs, unless these are the ones that it has."""
        same = costs is self.costs or np.array_equal(costs, self.costs)
        if self.finer == self.fineness and same:
            return
        scaled, size = self._scaled(costs)
        count = len(scaled)
        status = self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), scaled)
        self._checked(status, "changeColsCost")
        self.given, self.size, self.fineness = costs.copy(), size, self.finer

    def _of_nothing(self) -> Point:
        """The point of a program without columns: feasible where its rows allow zero."""
        low, high = self.problem.row_lower, self.problem.row_upper
        if (low > 0).any() or (high < 0).any():
            raise Infeasible("no column, but rows that ask for something")
        return Point(np.zeros(0), np.zeros(len(low) + len(self.later_rows)), 0.0, 0.0, 0)

    def _judge(self) -> None:
        status = self.highs.getModelStatus()
        kinds = self.highspy.HighsModelStatus
        if status == kinds.kOptimal:
            return
        # Every column is bounded, so "unbounded or infeasible" can only be the latter.
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            raise Infeasible(self.highs.modelStatusToString(status))
        raise SolverError("solve.status", status=self.highs.modelStatusToString(status))

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        used = np.flatnonzero(costs)
        scaled = costs[used] * self.columns[used]
        size = 1.0 / power(np.abs(scaled).max(initial=0.0))
        kept = np.abs(scaled * size) >= SMALLEST
        used, scaled = used[kept], scaled[kept]
        infinity = self.highs.getInfinity()
        status = self.highs.addRow(
            -infinity, most * size, len(used), used.astype(np.int32), scaled * size
        )
        self._checked(status, "addRow")
        self.later_rows.append(size)
        self.held.append(costs)
        # The point stays feasible when only the costs change: the primal simplex goes on from it.
        for name, value in (("solver", "simplex"), ("simplex_strategy", PRIMAL_SIMPLEX)):
            self._checked(self.highs.setOptionValue(name, value), f"setOptionValue({name})")

    def choose_method(self, name: str) -> None:
        """Let HiGHS solve by another method, such as ``ipm``."""
        self._checked(self.highs.setOptionValue("solver", name), "setOptionValue(solver)")

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more from its basis, by the tightest tolerances, its duals refined."""
        self.tighten()
        return self._refined(costs, self.minimise(costs))

    def finest(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` with duals to their last digits."""
        return self._refined(costs, self.minimise(costs))

    def _refined(self, costs: Floats, point: Point) -> Point:
        """One step of iterative refinement: what basic columns and rows still cost is taken out.

        A basic column's reduced cost is zero; the last digits that the solver's own duals leave
        there weigh heavily where a bound is loose.
        """
        status, basic = self.highs.getBasicVariables()
        if status != self.highspy.HighsStatus.kOk:
            return point
        rows = self.problem.matrix.shape[0]
        reduced = costs - self.problem.matrix.T @ point.duals[:rows]
        for held, dual in zip(self.held, point.duals[rows:], strict=True):
            reduced = reduced - dual * held
        scale = np.concatenate([self.rows, np.array(self.later_rows)])
        basic = np.asarray(basic)
        left = np.where(
            basic >= 0,
            (reduced * self.columns)[np.maximum(basic, 0)],
            -(point.duals / scale)[np.maximum(-basic - 1, 0)],
        )
        status, change = self.highs.getBasisTransposeSolve(left)
        self._checked(status, "getBasisTransposeSolve")
        duals = point.duals + np.asarray(change, dtype=float) * scale
        return replace(point, duals=duals) if np.isfinite(duals).all() else point

    def tighten(self) -> None:
        """Ask for the tightest tolerances that HiGHS knows; the next run starts from the basis.

        They are absolute: larger costs make them tighter still for the duals.
        """
        self.finer = FINER
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self._checked(self.highs.setOptionValue(name, TIGHTEST), f"setOptionValue({name})")

    def bound(self, columns: Integers, lower: Floats, upper: Floats) -> None:
        """Give some columns other bounds, in the park's own units; the basis is kept."""
        sizes = self.columns[columns]
        low, high = lower / sizes, upper / sizes
        refuse_nonsense(lower=low, upper=high)
        count, which = len(columns), columns.astype(np.int32)
        status = self.highs.changeColsBounds(count, which, low, high)
        self._checked(status, "changeColsBounds")
