"""Whole-number choices: HiGHS finds them, and a linear program that holds them proves the rest.

The choice is a mixed-integer program with a bound and a gap. What it chose is then held, and
the same program without choices is solved like any other: its duals, prices and certificate
are those of a linear program in which nobody builds another unit or switches anything off.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.constraints.integer import IMPLIED
from circularpark.program.rows import Rows
from circularpark.program.time import Floats
from circularpark.program.variables import Variables
from circularpark.solve.choosing import SAME, Choice, HighsChooser, without
from circularpark.solve.highs import Infeasible, LiveModel, Point
from circularpark.solve.kernel import first_choice
from circularpark.solve.profile import SolverProfile, read_profile

if TYPE_CHECKING:
    from circularpark.solve.run import Live

HandOver = Callable[[Problem, SolverProfile], "Live"]


class Chooser(Protocol):
    """A solver of mixed-integer programs that has the program."""

    def choose(self, costs: Floats, start: Floats | None) -> Choice:
        """The best whole numbers found for ``costs``, from a point if there is one, (n,)."""

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
    fixed = replace(problem, var=Variables(blocks, problem.var.size), blocks=_let_go(problem))
    # Rows and scales are the same; nobody needs them made twice.
    for made in SAME:
        fixed.__dict__[made] = getattr(problem, made)
    upper = problem.row_upper.copy()
    for block, start in zip(problem.blocks, problem.row_start, strict=False):
        if block.family in IMPLIED:
            upper[start : start + block.size] = np.inf
    fixed.__dict__["row_upper"] = upper
    return fixed


def _let_go(problem: Problem) -> tuple[Rows, ...]:
    """The blocks, those that follow from others without their side."""
    return tuple(
        replace(b, upper=np.full_like(b.upper, np.inf)) if b.family in IMPLIED else b
        for b in problem.blocks
    )


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
        choice = self._chosen(costs)
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
        self.last = point.x
        return self._told(point, choice)

    def _chosen(self, costs: Floats) -> Choice:
        """What the solver chooses; HiGHS begins from a choice that is nearly the best."""
        start, begun = self.last, time.perf_counter()
        try:
            if isinstance(self.chooser, HighsChooser):
                start = first_choice(self.problem, self.profile, costs, self.held, self.last)
                self.chooser.within(self.profile, time.perf_counter() - begun)
            return self.chooser.choose(costs, start)
        except Infeasible:
            if not self.held:
                raise
            # The stage before had a point: what it was held at cannot have been its least.
            raise SolverError("solve.not_whole") from None

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more with the whole numbers that were chosen."""
        found = self.fixed.again(costs, point) if self.fixed is not None else point
        return replace(found, chosen=True, best_bound=point.best_bound)

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        self.held.append((costs, most))
        self.chooser.hold(costs, most)

    def _told(self, point: Point, choice: Choice) -> Point:
        own = isinstance(self.chooser, HighsChooser)
        return replace(
            point,
            seconds=point.seconds + choice.seconds,
            iterations=point.iterations + choice.iterations,
            chosen=True,
            # Some other solvers state as a bound the value that they found.
            best_bound=choice.bound if own else min(choice.bound, point.value),
        )

    def _linear(self, problem: Problem) -> Live:
        """A linear program in its solver; later stages need one that is held before it runs."""
        profile = read_linear(self.profile)
        return LiveModel(problem, profile) if self.held else self.hand_over(problem, profile)


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
