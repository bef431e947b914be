"""Other solvers, through Pyomo: handed our scaled arrays, every answer looked at.

A solver is a profile in the folder ``solvers``. What it returns is not believed: statuses, missing
and infinite numbers and broken rows are refused here; whether the point is the best one is
proven by duals, the solver's own or, where it has none that suffice, those of HiGHS.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.gc_manager import PauseGC

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.scale import power
from circularpark.program.time import Floats
from circularpark.solve.certificate import TOLERANCE
from circularpark.solve.choosing import Choice, HighsChooser, relaxation
from circularpark.solve.foreign import OPTIMAL, OUT_OF_TIME, need, run
from circularpark.solve.highs import (
    SMALLEST,
    Infeasible,
    LiveModel,
    Point,
)
from circularpark.solve.profile import SolverProfile, read_profile
from circularpark.solve.pyomo_build import linear, relations_of, sides
from circularpark.solve.scaling import refuse_nonsense

# Solvers judge reduced costs by absolute tolerances that cannot all be set (GLPK's is 1e-7).
# Larger costs make them sharper: at sizes near one GLPK stops 7e-6 short on the park of Anqing.
SHARPER: Final = 2.0**10
# What is smaller than this, beside a column's typical size, is nothing but what the solver's
# tolerance (1e-9) left; CBC ends with 9e-13 of a fuel where nothing burns.
DUST: Final = 1e-10
# Every column is bounded, so "unbounded", said of the dual program too, hints at the same.
INFEASIBLE: Final = frozenset(
    {"infeasible", "provenInfeasible", "infeasibleOrUnbounded", "unbounded"}
)


class PyomoModel:
    """A program solved stage by stage on a Pyomo model, like ``LiveModel`` in HiGHS.

    Parameters
    ----------
    variables, rows : Pyomo's objects beside the program's columns and rows (None: no such row)
    column_scale, row_scale : by which the model's columns and rows differ from the program's
    """

    def __init__(
        self,
        problem: Problem,
        model: Any,
        variables: NDArray[np.object_],
        rows: NDArray[np.object_],
        profile: SolverProfile,
        scale: tuple[Floats, Floats],
        duals: bool = True,
    ) -> None:
        self.problem = problem
        self.model = model
        self.variables = variables
        self.rows = rows
        self.profile = profile
        self.column_scale, self.row_scale = scale
        self.used = _used(problem, *scale)
        self.held: list[tuple[Any, float]] = []
        self.stages: list[tuple[Floats, float]] = []
        if duals and profile.duals and model.component("dual") is None:
            model.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` over the program and all stages held so far.

        Raises
        ------
        Infeasible : the solver says that no point meets all rows, and HiGHS says so too.
        SolverError : it failed, or its answer is none.
        """
        scaled = costs * self.column_scale
        refuse_nonsense(costs=scaled)
        size = power(np.abs(scaled).max(initial=0.0)) / SHARPER
        name = "stage_being_solved"
        body = linear(scaled / size, 0.0, self.variables)
        self._forget()
        self.model.add_component(name, pyo.Objective(expr=body))
        begun = time.perf_counter()
        try:
            ended = run(self.model, self.profile, self.problem.matrix.shape)
        finally:
            self.model.del_component(name)
        seconds = time.perf_counter() - begun
        if ended.condition in INFEASIBLE:
            self._confirm_infeasible()
        late = ended.condition in OUT_OF_TIME
        # Of whole numbers a plan found in the time given is one, though a better one may be left.
        if late and not (ended.found and self.problem.integer.any()):
            raise SolverError("pyomo.out_of_time", name=self.profile.name)
        if ended.condition not in OPTIMAL and not late:
            raise SolverError("solve.status", status=f"{self.profile.name}: {ended.condition}")
        x = self._values(costs) * self.column_scale
        self._refuse_broken(x)
        dust = np.abs(x) < DUST * self.problem.scale
        x = np.clip(np.where(dust, 0.0, x), self.problem.lower, self.problem.upper)
        duals = self._duals(size)
        value, name = float(costs @ x), self.profile.name
        return Point(x, duals, value, seconds, 0, proved_by=name, best_bound=ended.bound * size)

    def _native(self) -> LiveModel:
        """The same program and stages in HiGHS."""
        live = LiveModel(relaxation(self.problem), read_profile())
        for stage, most in self.stages:
            live.hold(stage, most)
        return live

    def _confirm_infeasible(self) -> None:
        """Raise ``Infeasible`` where HiGHS finds no point either."""
        nothing = np.zeros(len(self.variables))
        self._native().minimise(nothing)
        if self.problem.integer.any():
            chooser = HighsChooser(self.problem, read_profile())
            for stage, most in self.stages:
                chooser.hold(stage, most)
            chooser.choose(nothing, None)

    def _forget(self) -> None:
        """Values of an earlier stage must not pass for an answer."""
        for variable in self.variables.tolist():
            if not variable.fixed:
                variable.set_value(None, skip_validation=True)

    def _values(self, costs: Floats) -> Floats:
        found = [v.value for v in self.variables.tolist()]
        values = np.array([np.nan if v is None else v for v in found], dtype=float)
        # Pyomo does not hand over a column that stands in no row; it may have any value.
        used = self.used.copy()
        for stage in (costs, *(c for c, _ in self.stages)):
            used |= stage != 0
        idle = np.isnan(values) & ~used
        nearest = np.clip(0.0, self.problem.lower, self.problem.upper) / self.column_scale
        values = np.where(idle, nearest, values)
        if not np.isfinite(values).all():
            raise SolverError("pyomo.no_numbers", name=self.profile.name)
        return values

    def _duals(self, size: float) -> Floats:
        """Row duals in the program's units; nan where the solver gives none."""
        found = self.model.component("dual") or {}
        rows = [*self.rows.tolist(), *(row for row, _ in self.held)]
        # A row that is not in the model binds nothing.
        values = [0.0 if row is None else found.get(row, np.nan) for row in rows]
        scale = np.concatenate([self.row_scale, [s for _, s in self.held]])
        duals = np.array([np.nan if v is None else v for v in values], dtype=float)
        return np.asarray(duals * scale * size, dtype=float)

    def _refuse_broken(self, x: Floats) -> None:
        """Refuse a point that breaks a row or bound of the program it was to meet."""
        problem = self.problem
        sizes = problem.scale
        under, over = (problem.lower - x) / sizes, (x - problem.upper) / sizes
        largest = np.maximum(1.0, np.abs(x) / sizes)
        matrix, rows = problem.matrix, problem.row_scale
        body = matrix @ x
        moved = np.maximum(1.0, rows * (abs(matrix) @ np.abs(x)))
        low, high = rows * (problem.row_lower - body), rows * (body - problem.row_upper)
        worst = max(
            float((np.maximum(under, over) / largest).max(initial=0.0)),
            float((np.maximum(low, high) / moved).max(initial=0.0)),
        )
        if worst > TOLERANCE:
            raise SolverError("pyomo.broken", name=self.profile.name, error=worst)

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        scaled = costs * self.column_scale
        size = 1.0 / power(np.abs(scaled).max(initial=0.0))
        scaled = np.where(np.abs(scaled * size) > SMALLEST, scaled * size, 0.0)
        row = pyo.Constraint(expr=(None, linear(scaled, 0.0, self.variables), most * size))
        self.model.add_component(f"stage_held_{len(self.held) + 1}", row)
        self.held.append((row, size))
        self.stages.append((costs, most))

    def again(self, costs: Floats, point: Point) -> Point:
        """The same point with duals of HiGHS, for one whose own duals prove nothing.

        A bound from duals holds whoever found them: the point stays the other solver's.
        """
        try:
            proof = self._native().minimise(costs)
        except Infeasible:
            return point
        return replace(point, duals=proof.duals, proved_by="HiGHS")

    def release(self) -> None:
        """Take everything off the model that this has put there."""
        for row, _ in self.held:
            self.model.del_component(row)
        self.held.clear()


def _used(problem: Problem, columns: Floats, rows: Floats) -> NDArray[np.bool_]:
    """Which columns stand in a row that is handed over, (n,)."""
    entries = problem.matrix.tocoo()
    sizes = np.abs(entries.data) * columns[entries.col] * rows[entries.row]
    bounded = np.isfinite(problem.row_lower) | np.isfinite(problem.row_upper)
    found = np.zeros(len(columns), dtype=bool)
    found[entries.col[(sizes > SMALLEST) & bounded[entries.row]]] = True
    return found


def hand_over(problem: Problem, profile: SolverProfile) -> PyomoModel:
    """The program, scaled to sizes near one, as a Pyomo model for the profile's solver.

    Raises
    ------
    NotInstalled, NotUsable : with how to get the solver, or its licence.
    """
    need(profile)
    columns = problem.scale
    rows = problem.row_scale
    matrix = problem.matrix.tocsr()
    matrix.data = matrix.data * columns[matrix.indices] * np.repeat(rows, np.diff(matrix.indptr))
    matrix.data[np.abs(matrix.data) <= SMALLEST] = 0.0
    matrix.eliminate_zeros()
    lower, upper = problem.lower / columns, problem.derived / columns
    row_lower, row_upper = problem.row_lower * rows, problem.row_upper * rows
    refuse_nonsense(
        matrix=matrix.data, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper
    )
    empty = np.diff(matrix.indptr) == 0
    # No solver is asked about a row without columns; what it says is known beforehand.
    if (empty & ((row_lower > TOLERANCE) | (row_upper < -TOLERANCE))).any():
        raise Infeasible("empty row")
    with PauseGC():
        model = pyo.ConcreteModel()
        bounds = list(zip(sides(lower), sides(upper), strict=True))
        model.x = pyo.Var(range(len(columns)), bounds=dict(enumerate(bounds)))
        variables = np.fromiter(model.x.values(), dtype=object, count=len(columns))
        for variable in variables[problem.integer].tolist():
            variable.domain = pyo.Integers
        kept = np.flatnonzero(~empty & (np.isfinite(row_lower) | np.isfinite(row_upper)))
        relations = relations_of(matrix[kept], row_lower[kept], row_upper[kept], variables)
        model.row = pyo.Constraint(
            kept.tolist(), rule=dict(zip(kept.tolist(), relations, strict=True))
        )
    found = np.full(matrix.shape[0], None, dtype=object)
    found[kept] = np.fromiter(model.row.values(), dtype=object, count=len(kept))
    duals = not problem.integer.any()
    return PyomoModel(problem, model, variables, found, profile, (columns, rows), duals)


class PyomoChooser:
    """The mixed-integer program in a solver behind Pyomo."""

    def __init__(self, problem: Problem, profile: SolverProfile) -> None:
        self.whole = np.flatnonzero(problem.integer)
        self.live = hand_over(problem, profile)

    def choose(self, costs: Floats, start: Floats | None) -> Choice:
        """The whole numbers that the solver calls best; it takes no start.

        Raises
        ------
        Infeasible : the solver says that no point meets all rows, and HiGHS says so too.
        SolverError : it failed, or its answer is none.
        """
        point = self.live.minimise(costs)
        bound = point.best_bound
        # Some state as a bound what is only the value found, and some a number without end.
        bound = min(bound, point.value) if np.isfinite(bound) else np.nan
        return Choice(point.x[self.whole], bound, point.seconds, point.iterations)

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        self.live.hold(costs, most)
