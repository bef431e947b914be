"""One program after another inside HiGHS, each from where the last one ended.

Nothing is guessed about what a change does: the arrays of the next program are made anew and
compared with those that HiGHS has; what differs is sent. Rows and columns that have the same
names keep their basis where they stand; a program with other names gets a new model, and each
of its rows and columns takes the basis of its namesake. Every lexicographic stage has a live
model of its own, for the optimum of one stage is a poor start for another.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.solve.face_stage import LaterStages
from circularpark.solve.highs import PRIMAL_SIMPLEX, TIGHTEST, Point
from circularpark.solve.interior import InteriorModel
from circularpark.solve.profile import SolverProfile
from circularpark.solve.stages import FINE_DUST, Stage, WarmStage

# With more steps than this share of its rows a stage has left where the last program ended.
FAR = 0.2
# From this many nonzeros on the first stage starts where the interior point ends, and the later
# ones are found among its optima.
MANY_HOURS = 20_000
# The numbers of HiGHS' basis statuses.
LOWER, BASIC = 0, 1


class WarmModel:
    """A row of programs, each solved from the bases of the last: a live model for every stage.

    It is what ``optimise`` takes as a live program, after ``move`` has told it which. A large
    program starts where the interior point ends; only its first stage has a live model, its
    later stages are found among the optima of that one.
    """

    # From another program's basis "infeasible" is a hint: whoever hears it solves from nothing.
    certain = False

    def __init__(self, profile: SolverProfile) -> None:
        self.profile = profile
        self.stages: dict[int, WarmStage] = {}
        # Models whose tolerances are too tight to go on with; their bases are still good starts.
        self.spent: dict[int, WarmStage] = {}
        self.held: list[tuple[Floats, float]] = []
        self.problem: Problem
        self.later: LaterStages | None = None
        self.point: Point | None = None
        self.steps = 0

    def move(self, problem: Problem) -> WarmModel:
        """Take the next program; its stages are sent as they are asked for."""
        self.problem, self.held, self.point = problem, [], None
        large = has_many_hours(problem, self.profile) and not _prices_a_tonne(problem)
        self.later = LaterStages(problem, self.profile) if large else None
        return self

    def forget(self) -> None:
        """Drop all live models; the next program starts cold."""
        self.stages, self.spent, self.held = {}, {}, []

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` over the program and all stages held so far."""
        if self.later is None:
            self.point = self._stage().minimise(costs)
        elif self.held:
            self.point = self.later.minimise(costs)
        else:
            self.point = self._large(costs)
        self.steps = self.point.iterations
        return self.point

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more with duals that may prove what the first ones did not."""
        if self.later is not None and self.held:
            self.point = self.later.again(costs, point)
            return self.point
        place = len(self.held)
        self.point = self.stages[place].again(costs, point)
        # Tolerances this tight are for one proof; the next program begins with a new model.
        self.spent = {place: self.stages[place]}
        self.stages = {p: s for p, s in self.stages.items() if p < place}
        return self.point

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        self.held.append((costs, most))
        if self.point is None:
            # A row that holds no stage's optimum: there is no face to look at.
            self.later = None
        elif self.later is not None:
            self.later.keep(costs, self.point)

    def _large(self, costs: Floats) -> Point:
        """The first stage of a large program: from the last one's basis while that is near."""
        stage = Stage(self.problem, ())
        live = self.stages.get(0)
        if live is not None and live.can_become(stage) and live.become(stage):
            live.option("simplex_iteration_limit", int(FAR * len(stage.row_lower)))
            try:
                return live.finest(costs)
            except SolverError:
                self.stages.pop(0)
        interior = InteriorModel(self.problem, self.profile)
        found = interior.minimise(costs)
        basis = interior.highs.getBasis()
        start = (basis.col_status.astype(np.int64), basis.row_status.astype(np.int64))
        self.stages[0] = WarmStage(stage, self.profile, start)
        # Crossover ends at bases that lie a little beyond a bound: too much for a small flow.
        self.stages[0].option("primal_feasibility_tolerance", TIGHTEST)
        self.stages[0].dust = FINE_DUST
        near = self.stages[0].finest(costs)
        return replace(near, iterations=near.iterations + found.iterations)

    def _stage(self) -> WarmStage:
        place, stage = len(self.held), Stage(self.problem, tuple(self.held))
        live, before = self.stages.get(place), self.stages.get(place - 1)
        if live is not None and live.can_become(stage) and live.become(stage):
            if before is not None and self.steps > FAR * len(stage.row_lower):
                # The stage before has come far: from there it is nearer than from here.
                live.begin(_basis_for(stage, before), PRIMAL_SIMPLEX)
            return live
        near = before or live or self.spent.pop(place, None)
        start = None if near is None else _basis_for(stage, near)
        self.stages[place] = WarmStage(stage, self.profile, start)
        return self.stages[place]


def has_many_hours(problem: Problem, profile: SolverProfile) -> bool:
    """Whether the first program of a row starts with the interior point, if the profile lets it."""
    solver = profile.native_options().get("solver")
    return problem.near_matrix.nnz > MANY_HOURS and solver in ("choose", "ipm", "ipx", "hipo")


def _prices_a_tonne(problem: Problem) -> bool:
    """Whether the plan tells what the last tonne costs: the dual of the row that holds it."""
    *earlier, last = (set(stage.weights) for stage in problem.objectives)
    return last == {"cost"} and {"co2"} in earlier


def _basis_for(stage: Stage, live: WarmStage) -> tuple[Integers, Integers] | None:
    """The basis that namesakes have in a live model; what is new is at its bound, or slack."""
    columns, rows = live.basis()
    if not len(columns):
        return None
    own = len(live.stage.problem.row_lower)
    known = min(len(live.stage.held), len(stage.held))
    later = np.concatenate([rows[own : own + known], np.full(len(stage.held) - known, BASIC)])
    return (
        _mapped(columns, stage.columns.positions(live.stage.columns), LOWER),
        np.concatenate([_mapped(rows, stage.rows.positions(live.stage.rows), BASIC), later]),
    )


def _mapped(status: Integers, position: NDArray[np.int64], otherwise: int) -> Integers:
    found = np.where(position >= 0, status[np.maximum(position, 0)], otherwise)
    return np.asarray(found, dtype=np.int64)
