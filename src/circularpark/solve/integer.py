"""Whole-number choices: HiGHS finds them, and a linear program that holds them proves the rest.

The choice is a mixed-integer program with a bound and a gap. What it chose is then held, and
the same program without choices is solved like any other: its duals, prices and certificate
are those of a linear program in which nobody builds another unit or switches anything off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variables
from circularpark.solve.highs import Infeasible, LiveModel, Point
from circularpark.solve.profile import SolverProfile, read_profile

if TYPE_CHECKING:
    from circularpark.solve.run import Live

# A unit that the relaxed program opens by less than this is dust, and rounds down.
HARDLY = 1e-6
# Whole to this many digits, so that rounding moves nothing that the linear program would miss.
INTEGRALITY = 1e-9

HandOver = Callable[[Problem, SolverProfile], "Live"]


@dataclass(frozen=True)
class Choice:
    """Whole numbers that a solver chose: their columns' values, and no choice gives less than."""

    values: Floats
    bound: float
    seconds: float
    iterations: int


class Chooser(Protocol):
    """A solver of mixed-integer programs that has the program."""

    def choose(self, costs: Floats, start: Floats | None) -> Choice:
        """The best whole numbers found for ``costs``, from a start if there is one, (k,)."""

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""


def holding(problem: Problem, x: Floats) -> Problem:
    """The program whose whole numbers are held at those of a point: a linear program."""
    blocks = dict(problem.var.blocks)
    for name, variable in blocks.items():
        if variable.whole:
            own = np.round(x[variable.start : variable.stop])
            values = own.reshape(variable.entities, variable.width)
            blocks[name] = replace(variable, lower=values, upper=values, whole=False)
    fixed = replace(problem, var=Variables(blocks, problem.var.size))
    # Rows and scales are the same; nobody needs them made twice.
    for made in ("matrix", "scale", "row_scale", "row_lower", "row_upper", "row_start"):
        fixed.__dict__[made] = getattr(problem, made)
    return fixed


class MixedModel:
    """A program with whole numbers, solved stage by stage like ``LiveModel``.

    Parameters
    ----------
    hand_over : puts a linear program into the profile's solver
    """

    def __init__(self, problem: Problem, profile: SolverProfile, hand_over: HandOver) -> None:
        self.problem = problem
        self.profile = profile
        self.hand_over = hand_over
        self.whole = np.flatnonzero(problem.integer)
        self.held: list[tuple[Floats, float]] = []
        self.chooser = chooser(problem, profile)
        self.fixed: Live | None = None
        self.last: Floats | None = None

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` under the stages held so far, as far as the gap asks.

        Raises
        ------
        Infeasible : no point meets all rows.
        SolverError : the solver failed, or found no whole numbers in its time.
        """
        start = self._rounded(costs) if self.last is None else self.last
        choice = self.chooser.choose(costs, start)
        x = np.zeros(self.problem.var.size)
        x[self.whole] = np.round(choice.values)
        self.fixed = self._linear(holding(self.problem, x))
        for stage, most in self.held:
            self.fixed.hold(stage, most)
        try:
            point = self.fixed.minimise(costs)
        except Infeasible:
            # The solver's own tolerances let through what does not hold exactly.
            raise SolverError("solve.not_whole") from None
        self.last = x[self.whole]
        return self._told(point, choice)

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more with the whole numbers that were chosen."""
        found = self.fixed.again(costs, point) if self.fixed is not None else point
        return replace(found, chosen=True, best_bound=point.best_bound)

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        self.held.append((costs, most))
        self.chooser.hold(costs, most)

    def _told(self, point: Point, choice: Choice) -> Point:
        return replace(
            point,
            seconds=point.seconds + choice.seconds,
            iterations=point.iterations + choice.iterations,
            chosen=True,
            best_bound=choice.bound,
        )

    def _linear(self, problem: Problem) -> Live:
        """A linear program in its solver; later stages need one that is held before it runs."""
        profile = read_linear(self.profile)
        return LiveModel(problem, profile) if self.held else self.hand_over(problem, profile)

    def _rounded(self, costs: Floats) -> Floats:
        """The relaxed program's whole numbers rounded up: more is open than need be, (k,)."""
        relaxed = self._linear(relaxation(self.problem))
        values = relaxed.minimise(costs).x[self.whole]
        most = self.problem.derived[self.whole]
        return np.asarray(np.minimum(np.ceil(values - HARDLY), most), dtype=float)


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
    for made in ("matrix", "scale", "row_scale", "row_lower", "row_upper", "row_start"):
        relaxed.__dict__[made] = getattr(problem, made)
    return relaxed


def blamed(problem: Problem, profile: SolverProfile) -> tuple[str, ...]:
    """Of a program that only its whole numbers leave no plan: which of its variables those are.

    Each alone where giving it up suffices, else all of them; none where there are none.
    """
    names = [v.name for v in problem.var if v.whole and v.size]

    def possible(given_up: str) -> bool:
        try:
            chooser = HighsChooser(without(problem, [given_up]), profile)
            chooser.choose(np.zeros(problem.var.size), None)
        except (Infeasible, SolverError):
            return False
        return True

    alone = tuple(name for name in names if possible(name))
    return alone or tuple(names)


def read_linear(profile: SolverProfile) -> SolverProfile:
    """The profile for linear programs: solvers behind Pyomo give no duals of their choices."""
    return profile if profile.interface == "highs" else read_profile()


def chooser(problem: Problem, profile: SolverProfile) -> Chooser:
    """What chooses the whole numbers: HiGHS, or the profile's solver through Pyomo."""
    if profile.interface == "highs":
        return HighsChooser(problem, profile)
    from circularpark.solve import solvers

    return solvers.PyomoChooser(problem, profile)


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
            index = whole.astype(np.int32)
            self._checked(self.highs.setSolution(len(index), index, start), "setSolution")
        before = self.highs.getRunTime()
        self._checked(self.highs.run(), "run")
        info = self.highs.getInfo()
        self._judge_choice(info)
        values = np.asarray(self.highs.getSolution().col_value, dtype=float)[whole]
        if not np.isfinite(values).all():
            raise SolverError("solve.not_a_number", call="getSolution")
        bound = float(info.mip_dual_bound) * self.size
        seconds = self.highs.getRunTime() - before
        return Choice(values, bound, seconds, max(int(info.mip_node_count), 0))

    def _judge_choice(self, info: Any) -> None:
        """A plan found in the time given is one, though a better one may be left."""
        kinds = self.highspy.HighsModelStatus
        found = int(info.primal_solution_status) == int(self.highspy.kSolutionStatusFeasible)
        ended = (kinds.kTimeLimit, kinds.kSolutionLimit, kinds.kInterrupt, kinds.kIterationLimit)
        if self.highs.getModelStatus() in ended and found:
            return
        self._judge()
