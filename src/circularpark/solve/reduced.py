"""A large program without what is settled before it is solved: fixed columns, rows of one column.

Where capacities are chosen already, most columns are: a pipe that nobody builds carries nothing,
and what only it could bring stays away. A row with one open column is a bound of it; a row of
several that must sum to nothing leaves each of them nothing (a forcing row). All these are taken
out, round by round; the solver gets what is left. The point and the duals of the whole
program follow in closed form: the dual of a row that became a bound is the reduced cost of its
column, shared out in the opposite order. So the certificate judges the whole program as ever.

Source: Andersen & Andersen (1995), Presolving in linear programming, sections 3 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy import sparse

from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.solve.highs import Infeasible, Point
from circularpark.solve.interior import InteriorModel
from circularpark.solve.profile import SolverProfile
from circularpark.solve.scaling import row_scale

ROUNDS = 20
# The share of capacities that must be chosen for it to be worth while.
MOST = 0.5
# Up to this many nonzeros of the remainder the interior point goes on to a vertex: with chosen
# capacities that is a short way, and from there later stages take a few steps of the simplex.
NEAR = 4_000_000
# A scaled coefficient smaller than this makes no bound: it would enlarge rounding.
SMALL = 1e-4
# How much finer than in the whole program a row of the remainder is judged at most.
FINER = 1024.0
# By how much a settled row or column may be off, beside the numbers that it is made of.
OFF = 1e-9


def is_settled(problem: Problem) -> bool:
    """Whether most capacities are chosen already, so that little of the program is left."""
    build = problem.var.build
    return bool(build.lower.size) and float((build.lower >= build.upper).mean()) >= MOST


@dataclass(frozen=True)
class Remainder:
    """What is left of a program to be solved, as ``Program`` has it."""

    matrix: sparse.csc_array
    scale: Floats
    lower: Floats
    upper: Floats
    derived: Floats
    row_scale: Floats
    row_lower: Floats
    row_upper: Floats


class Reduced:
    """The remainder of a program, and the way back from its point and duals.

    settled : (n,) the round in which each column was fixed, ``ROUNDS + 1`` where it is left
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.by_row = problem.matrix.tocsr()
        self.pattern = self.by_row.copy()
        self.pattern.data = np.ones(len(self.pattern.data))
        self.signs = self.by_row.copy()
        self.signs.data = np.sign(self.by_row.data)
        self.lower, self.upper = problem.lower.copy(), problem.upper.copy()
        rows, columns = problem.matrix.shape
        self.kept = np.ones(rows, dtype=bool)
        self.settled = np.where(self.lower >= self.upper, 0, ROUNDS + 1)
        self.value = np.where(self.settled == 0, self.lower, 0.0)
        self.bound_by = {side: np.full(columns, -1) for side in ("lower", "upper")}
        self.coefficient = {side: np.ones(columns) for side in ("lower", "upper")}
        for turn in range(1, ROUNDS + 1):
            if not (self._force(turn) or self._settle(turn)):
                break
        # A year's matrix is large: no more of its copies than are needed.
        del self.pattern, self.signs
        self.columns = np.flatnonzero(self.settled > ROUNDS)
        self.rows = np.flatnonzero(self.kept)

    def _force(self, turn: int) -> bool:
        """Rows that hold only where all their columns are nothing: a wire that nobody builds,
        for what it might carry both ways."""
        problem = self.problem
        free = (self.settled > ROUNDS).astype(float)
        known = self.by_row @ self.value
        count, signs = self.pattern @ free, self.signs @ (free * (self.lower == 0))
        low, high = problem.row_lower - known, problem.row_upper - known
        up, down = (signs == count) & (high == 0) & (low <= 0), (signs == -count) & (low == 0)
        rows = np.flatnonzero(self.kept & (count > 1) & (up | (down & (high >= 0))))
        part = self.by_row[rows].tocoo()
        open_ones = free[part.col] > 0
        row, column = rows[part.row[open_ones]], part.col[open_ones]
        self.bound_by["upper"][column] = row
        # Of several such rows of a column the last has its price.
        last = self.bound_by["upper"][column] == row
        self.coefficient["upper"][column[last]] = part.data[open_ones][last]
        self.upper[column], self.settled[column] = 0.0, turn
        self.kept[rows] = False
        return bool(len(rows))

    def _settle(self, turn: int) -> bool:
        """One round: rows without or with one open column are taken out."""
        problem = self.problem
        free = (self.settled > ROUNDS).astype(float)
        count = self.pattern @ free
        empty = np.flatnonzero(self.kept & (count == 0))
        single = np.flatnonzero(self.kept & (count == 1))
        known = self.by_row @ self.value
        self._judge(empty, known)
        self.kept[empty] = False
        column = (self.pattern @ (free * np.arange(len(free))))[single].astype(np.int64)
        factor = (self.by_row @ free)[single]
        low, high = (
            side[single] - known[single] for side in (problem.row_lower, problem.row_upper)
        )
        sized = np.abs(factor) * problem.scale[column] * problem.row_scale[single] >= SMALL
        # Nothing is nothing in any size: what is not built carries nothing, to the last digit.
        sized |= ((low == 0) | np.isinf(low)) & ((high == 0) | np.isinf(high))
        single, column, factor = single[sized], column[sized], factor[sized]
        low, high = low[sized] / factor, high[sized] / factor
        low, high = np.where(factor > 0, low, high), np.where(factor > 0, high, low)
        self._tighten("upper", single, column, factor, high)
        self._tighten("lower", single, column, factor, low)
        self.kept[single] = False
        self._fix(turn)
        return bool(len(single))

    def _judge(self, rows: Integers, known: Floats) -> None:
        """Rows in which nothing is open must hold as they are."""
        size = abs(self.by_row[rows]) @ np.abs(self.value) if len(rows) else np.zeros(0)
        low, high = self.problem.row_lower[rows], self.problem.row_upper[rows]
        room = OFF * np.maximum(size, 1.0 / self.problem.row_scale[rows])
        if ((known[rows] < low - room) | (known[rows] > high + room)).any():
            raise Infeasible("a row of settled columns does not hold")

    def _tighten(
        self, side: str, row: Integers, column: Integers, factor: Floats, bound: Floats
    ) -> None:
        """Take over the tightest bound of each column, and remember its row."""
        sign = 1.0 if side == "upper" else -1.0
        order = np.lexsort((sign * bound, column))
        first = order[np.unique(column[order], return_index=True)[1]]
        own: Floats = getattr(self, side)
        first = first[sign * bound[first] < sign * own[column[first]]]
        own[column[first]] = bound[first]
        self.bound_by[side][column[first]] = row[first]
        self.coefficient[side][column[first]] = factor[first]

    def _fix(self, turn: int) -> None:
        """Columns without room between their bounds have one value."""
        found = np.flatnonzero((self.settled > ROUNDS) & (self.lower >= self.upper))
        low, high = self.lower[found], self.upper[found]
        room = OFF * np.maximum(np.maximum(np.abs(low), np.abs(high)), self.problem.scale[found])
        if (low - high > room).any():
            raise Infeasible("two settled rows contradict each other")
        self.settled[found] = turn
        self.value[found] = np.maximum(high, self.problem.lower[found])

    @property
    def remainder(self) -> Remainder:
        """What is left to be solved."""
        problem, columns, rows = self.problem, self.columns, self.rows
        known = (self.by_row @ self.value)[rows]
        matrix = self.by_row[rows].tocsc()[:, columns]
        # Without what is settled a row may be about smaller things: then it is judged finer.
        usual = problem.row_scale[rows]
        own = row_scale(matrix, problem.scale[columns])
        return Remainder(
            matrix,
            problem.scale[columns],
            self.lower[columns],
            self.upper[columns],
            np.minimum(problem.derived, self.upper)[columns],
            np.clip(own, usual, FINER * usual),
            problem.row_lower[rows] - known,
            problem.row_upper[rows] - known,
        )

    def point(self, x: Floats) -> Floats:
        """The point of the whole program, (n,)."""
        whole = self.value.copy()
        whole[self.columns] = x
        return whole

    def duals(self, duals: Floats, costs: Floats) -> Floats:
        """The duals of the whole program, (m,), for the costs that were minimised."""
        y = np.zeros(len(self.kept))
        y[self.rows] = duals
        for turn in range(ROUNDS + 1, 0, -1):
            own = self.settled == turn
            columns = np.flatnonzero(own & (np.maximum(*self.bound_by.values()) >= 0))
            if not len(columns):
                continue
            reduced = costs[columns] - self.problem.matrix[:, columns].T @ y
            for side, pays in (("upper", reduced < 0), ("lower", reduced > 0)):
                row = self.bound_by[side][columns]
                chosen = np.flatnonzero(pays & (row >= 0))
                price = reduced[chosen] / self.coefficient[side][columns[chosen]]
                # A row that left several columns no room has the price that is enough for all.
                for dearest, paid in ((np.minimum, price < 0), (np.maximum, price > 0)):
                    dearest.at(y, row[chosen[paid]], price[paid])
        return y


class Inner(Protocol):
    """What solves the remainder."""

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` under the stages held so far."""

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more."""

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""


class ReducedModel:
    """A large program inside HiGHS, of which only the remainder is solved."""

    def __init__(self, problem: Problem, profile: SolverProfile) -> None:
        self.reduced = Reduced(problem)
        self.inner: Inner = self._inner(profile)
        self.earlier: list[Floats] = []

    def _inner(self, profile: SolverProfile) -> Inner:
        remainder = self.reduced.remainder
        return InteriorModel(remainder, profile, vertex=remainder.matrix.nnz <= NEAR)

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` over the program and all stages held so far."""
        return self._whole(costs, self.inner.minimise(costs[self.reduced.columns]))

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more to a vertex, by the tightest tolerances, its duals refined."""
        return self._whole(costs, self.inner.again(costs[self.reduced.columns], point))

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        settled = float(costs @ self.reduced.value)
        self.inner.hold(costs[self.reduced.columns], most - settled)
        self.earlier.append(costs)

    def _whole(self, costs: Floats, point: Point) -> Point:
        x = self.reduced.point(point.x)
        held = np.split(point.duals, [len(self.reduced.rows)])[1]
        together = costs.copy()
        for earlier, dual in zip(self.earlier, held, strict=True):
            together -= dual * earlier
        duals = self.reduced.duals(point.duals[: len(self.reduced.rows)], together)
        kept = tuple(float(earlier @ x) for earlier in self.earlier) if point.held else ()
        return replace(
            point,
            x=x,
            duals=np.concatenate([duals, held]),
            value=float(costs @ x),
            held=kept,
        )
