"""Large programs: the interior point for every stage, later stages by a price on the earlier.

Four things make the interior point quick and exact on programs of many hours. The largest are
factorised (``factorising``). Columns that
the park leaves open are open for it too: a bound that is only there to be finite, and far
away, costs it more steps than all others. Its own tolerance is so tight that the duals prove
the optimum as they are, without crossover to a vertex, which takes longer than all else on the
largest programs. And a later stage does not keep the earlier one by a row: the two together
are minimised, the earlier at so high a price that it gives way by less than it may. What is
then proven is the least of the later stage among all points that are as good in the earlier.

Source of the price: the Lagrangian dual of the row; see Ehrgott (2005), Multicriteria
Optimization, chapter 5 (lexicographic optima by weights).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats
from circularpark.solve.factorising import DEARER, HIPO, INSIDE, MANY, OUTSIDE, interior_point
from circularpark.solve.highs import PRIMAL_SIMPLEX, Infeasible, Point
from circularpark.solve.open_columns import Open, OpenModel
from circularpark.solve.polish import polished
from circularpark.solve.profile import SolverProfile

# From this many nonzeros on it is quicker than the simplex on parks with much to choose.
LARGE = 120_000
# It is quicker much earlier where columns outnumber rows by so many times: many sources that meet
# many sinks, each column with its qualities in several rows.
WIDE = 8.0
LARGE_IF_WIDE = 15_000
# From this many nonzeros on the interior point stays where it is: crossover would cost more.
HUGE = MANY
# The smallest relative gap that the interior point can be asked for; its own default is 1e-8.
GAP = 1e-11
# What a stage sums to at least, beside columns of typical size.
SMALL = 1e-6
# How dear the earlier stages are made, in units of what each stage sums to; then dearer still.
PRICES = (30.0, 300.0, 3000.0)
# Options of HiGHS that make it go on from a vertex.
FROM_VERTEX = {"solver": "simplex", "simplex_strategy": PRIMAL_SIMPLEX}
# What is smaller than this, beside a column's typical size, is nothing.
DUST = 1e-8
# The same at a vertex, where nothing is left but rounding: more would spoil small balances.
FINE_DUST = 1e-11
# What a point without crossover may lack in a row, as HiGHS counts.
CLOSE = 1e-7


def is_large(problem: Problem, profile: SolverProfile) -> bool:
    """Whether the interior point takes the program: its size says so, or the profile."""
    solver = profile.native_options().get("solver")
    matrix = problem.near_matrix
    rows, columns = matrix.shape
    least = LARGE_IF_WIDE if columns > WIDE * rows else LARGE
    return matrix.nnz > least and solver in ("choose", "ipm", "ipx", "hipo")


class Priced(ABC):
    """Stages one after another, a later one with a price on the earlier.

    columns : (n,) typical sizes; point : of the last stage; earlier : (costs, most) held so far
    together : (n,) the sum of all stages so far, the earlier ones dearer; shares : of each in it
    """

    columns: Floats
    point: Point

    def begin(self) -> None:
        """No stage has been solved yet."""
        self.together = np.zeros(len(self.columns))
        self.shares: list[float] = []
        self.earlier: list[tuple[Floats, float]] = []

    @abstractmethod
    def _run(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` over the program alone."""

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` over the program and all stages held so far.

        Raises
        ------
        Infeasible : no point meets all rows.
        SolverError : HiGHS failed or gave up.
        """
        if self.earlier:
            return self._priced(costs)
        self.point, self.together, self.shares = self._run(costs), costs, [1.0]
        return self.point

    def _priced(self, costs: Floats) -> Point:
        """The least of the stage where the earlier ones give way by no more than they may."""
        before, shares = self.together, self.shares
        own = _size(self.columns, costs, self.point.x)
        rest = _size(self.columns, before, self.point.x)
        for price in PRICES:
            dear = price * own / rest
            self.together, self.shares = costs + dear * before, [*(dear * s for s in shares), 1.0]
            self.point = self._run(self.together)
            kept = tuple(float(c @ self.point.x) for c, _ in self.earlier)
            if all(k <= most for k, (_, most) in zip(kept, self.earlier, strict=True)):
                duals = np.concatenate([self.point.duals, -np.array(self.shares[:-1])])
                value = float(costs @ self.point.x)
                return replace(self.point, value=value, duals=duals, held=kept)
        raise SolverError("solve.status", status="lexicographic")

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        self.earlier.append((costs, most))

    def _without_last(self) -> tuple[Floats, list[float]]:
        """The stages before the one that is to be solved again."""
        shares = self.shares[:-1]
        together = np.zeros(len(self.together))
        for share, (costs, _) in zip(shares, self.earlier, strict=True):
            together += share * costs
        return together, shares


class InteriorModel(Priced, OpenModel):
    """One large program inside HiGHS; a later stage prices the earlier instead of holding it."""

    def __init__(
        self, problem: Open, profile: SolverProfile, *, vertex: bool | None = None
    ) -> None:
        """``vertex``: whether to go on to a vertex [where the program is not too large]."""
        super().__init__(problem, profile)
        self.solver = interior_point(profile, problem.matrix.nnz)
        self.vertex = problem.matrix.nnz <= HUGE if vertex is None else vertex
        self.begin()
        self._options(solver=self.solver, ipm_optimality_tolerance=GAP)
        self._options(run_crossover="on" if self.vertex else "off")
        if self.solver == HIPO:
            self.finer = DEARER
            if not self.vertex:
                self._options(**INSIDE)

    def _options(self, **options: object) -> None:
        for name, value in options.items():
            self._checked(self.highs.setOptionValue(name, value), f"setOptionValue({name})")

    def _run(self, costs: Floats) -> Point:
        """One run; where the interior point fails, another one with all bounds, to a vertex."""
        if not self.closed:
            try:
                return self._found(costs)
            except (Infeasible, SolverError):
                # By the other method, too, so that what made the first fail is not met again.
                self.solver = "ipx"
                self.close()
                self._afresh()
        return self._found(costs)

    def _found(self, costs: Floats) -> Point:
        if not self.vertex:
            self._checked(self.highs.clearSolver(), "clearSolver")
        point = self._clean(costs, OpenModel.minimise(self, costs))
        if self.vertex:
            return self._refined(costs, point)
        return replace(point, duals=polished(self.open, costs, point.duals))

    def _clean(self, costs: Floats, point: Point) -> Point:
        """The point within its bounds and without the dust that the interior leaves."""
        dust = FINE_DUST if self.vertex else DUST
        x = np.where(np.abs(point.x) < dust * self.columns, 0.0, point.x)
        x = np.clip(x, self.open.lower, self.open.upper)
        return replace(point, x=x, value=float(costs @ x))

    def _judge(self) -> None:
        """Without crossover HiGHS may not vouch for the optimum: then the certificate judges."""
        unknown = self.highs.getModelStatus() == self.highspy.HighsModelStatus.kUnknown
        lacking = self.highs.getInfo().max_primal_infeasibility
        if self.vertex or not unknown or not lacking <= CLOSE:
            super()._judge()

    def _afresh(self) -> None:
        """Forget where HiGHS stands; the next run ends at a vertex."""
        self.vertex = True
        self._checked(self.highs.clearSolver(), "clearSolver")
        self._options(solver=self.solver, **OUTSIDE)

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        super().hold(costs, most)
        if self.vertex:
            self.from_vertex()

    def from_vertex(self) -> None:
        """The next run goes on by the simplex from the vertex where the last one ended."""
        self._options(**FROM_VERTEX)

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more to a vertex, by the tightest tolerances, its duals refined."""
        self.close()
        self.tighten()
        if self.vertex:
            self.from_vertex()
        else:
            self._afresh()
        if self.earlier:
            self.together, self.shares = self._without_last()
        return self.minimise(costs)


def _size(scale: Floats, costs: Floats, x: Floats) -> float:
    """What a stage sums to; where that is nothing, a millionth of what typical sizes would."""
    typical = float(np.abs(costs) @ scale)
    return max(float(np.abs(costs * x).sum()), SMALL * typical, np.finfo(float).tiny)
