"""A long dispatch month by month: prices on what the months share, their plans combined.

Each month is solved alone, at prices for what all of them share. What that costs, and what is
shared at these prices, together bound the whole year from below. The month plans found so far,
weighed so that the shared rows hold, are a plan of the whole year; the weighing gives the next
prices, which may move only so far at a time. The two meet, and the certificate of the whole
program takes the plan and the duals like any other.

Source: Dantzig & Wolfe (1960), Decomposition principle for linear programs, Operations Research
8, 101-111; the box around the prices: Marsten, Hogan & Blankenship (1975), The boxstep method
for large-scale optimization, Operations Research 23, 389-405.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.solve.certificate import picked
from circularpark.solve.highs import Infeasible, LiveModel, Point
from circularpark.solve.interior import FINE_DUST, InteriorModel, Priced, is_large
from circularpark.solve.polish import safe_bound
from circularpark.solve.profile import SolverProfile
from circularpark.solve.reduced import Inner, ReducedModel, Remainder, is_settled
from circularpark.solve.split import Split, months_of, split

# From this many nonzeros on, of the program with its columns that are settled.
LONG = 6_000_000
# How often the prices are moved at most, and how close bound and plan must come.
TURNS = 40
CLOSE = 1e-8
# How far prices move at first, as a share of themselves; and how the box grows.
BOX = 0.3
WIDER = 5.0
# A price of nothing moves at first by this share of what a month costs, for a typical use.
LEAST = 1e-7
# What is used of the box beyond this is no tolerance.
OUTSIDE = 1e-9
# No more of the box than this is ever used, as the master counts.
FAR = 1e6


@dataclass(frozen=True)
class Proposal:
    """A plan of one month: its columns with their copies, and what it uses of what is shared.

    used : (S + K,) of the shared rows and of the copies: copy less original
    """

    block: int
    x: Floats
    used: Floats


def is_long(problem: Problem, profile: SolverProfile) -> bool:
    """Whether a dispatch is so long that its months are solved one by one."""
    several = len(problem.data.time.months) > 1
    large = problem.near_matrix.nnz > LONG and is_large(problem, profile)
    # What stands only runs: there is nothing to choose for the year as a whole.
    chosen = is_settled(problem) or not problem.var.build.size
    return several and large and chosen


def large_model(problem: Problem, profile: SolverProfile) -> InteriorModel | ReducedModel:
    """The interior point for a large program: month by month, without what is settled, or all."""
    if is_long(problem, profile):
        return ByMonth(problem, profile)
    return (ReducedModel if is_settled(problem) else InteriorModel)(problem, profile)


def prices_of(whole: Problem, other: Problem, duals: Floats) -> Floats:
    """The duals of another program of the same park for the rows that both have, (m,).

    Those are rows over a whole year: rows of single periods differ from program to program.
    """
    found = np.zeros(whole.matrix.shape[0])
    named = {block.family for block in other.blocks}
    for block in whole.blocks:
        if block.family not in named:
            continue
        theirs, at = other.block(block.family)
        if theirs.size == block.size and np.array_equal(theirs.labels, block.labels):
            found[whole.block(block.family)[1]] = duals[at]
    return found


class ByMonth(ReducedModel):
    """A long dispatch of which only the remainder is solved, month by month where it can be."""

    def __init__(
        self, problem: Problem, profile: SolverProfile, guess: Floats | None = None
    ) -> None:
        """``guess``: (m,) what the duals of rows over many months may be."""
        self.profile = profile
        self.guess = np.zeros(problem.matrix.shape[0]) if guess is None else guess
        super().__init__(problem, profile)

    def _inner(self, profile: SolverProfile) -> Inner:
        reduced = self.reduced
        months = months_of(reduced.problem)[reduced.columns]
        found = split(reduced.remainder, months)
        if found is None:
            return super()._inner(profile)
        return MonthsModel(found, profile, self.guess[reduced.rows[found.shared]])

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x``; all months at once where one by one does not end."""
        try:
            return super().minimise(costs)
        except SolverError:
            if self.earlier or not isinstance(self.inner, MonthsModel):
                raise
        self.inner = super()._inner(self.profile)
        return super().minimise(costs)


class MonthsModel(Priced):
    """A remainder whose months are solved alone."""

    def __init__(self, split: Split, profile: SolverProfile, guess: Floats) -> None:
        """``guess``: (S,) prices of the shared rows."""
        self.split, self.profile = split, profile
        self.columns = split.remainder.scale
        count = range(len(split.columns))
        self.programs = [split.block(b) for b in count]
        self.months = [InteriorModel(own, profile, vertex=True) for own in self.programs]
        self.uses = [_uses(split, b) for b in count]
        whole = split.remainder
        self.size = np.concatenate(
            [1.0 / whole.row_scale[split.shared], whole.scale[split.copies.column]]
        )
        none = np.zeros(len(split.copies.row))
        self.lower = np.concatenate([whole.row_lower[split.shared], none])
        self.upper = np.concatenate([whole.row_upper[split.shared], none])
        self.prices = np.concatenate([guess, none])
        self.proposals: list[Proposal] = []
        self.largest = 0.0
        self.turns = 0
        self.begin()

    def _run(self, costs: Floats) -> Point:
        """The least of ``costs @ x``, month by month."""
        largest = float(np.abs(costs).max(initial=0.0))
        if not self.proposals and len(self.size):
            self._first(costs)
        elif self.largest > 0:
            # What the stages before have priced is so much dearer now.
            self.prices = self.prices * (largest / self.largest)
        self.largest = largest
        return self._together(costs)

    def _first(self, costs: Floats) -> None:
        """Every month once with nothing handed over, which gives prices of what is."""
        split = self.split
        value = np.zeros(len(split.copies.row))
        for number, month in enumerate(self.months):
            bound = self._handed(number)
            nothing = np.zeros(len(bound))
            free = month.open.lower[bound], month.open.upper[bound]
            month.bound(bound, nothing, nothing)
            try:
                point, _ = self._propose(number, costs, self.prices)
            except Infeasible:
                # Something must be handed over.
                month.bound(bound, *free)
                point, _ = self._propose(number, costs, self.prices)
            month.bound(bound, *free)
            month.from_vertex()
            own = np.flatnonzero(split.copies.block == number)
            row = np.searchsorted(split.rows[number], split.copies.row[own])
            value[own] = -split.copies.value[own] * point.duals[row]
        self.prices[len(split.shared) :] = value

    def _handed(self, number: int) -> Integers:
        """The columns of a month that stand for what is handed over, as it counts them."""
        copies, columns = self.split.copies, self.split.columns[number]
        given = np.searchsorted(columns, copies.column[copies.home == number])
        taken = len(columns) + np.arange(int((copies.block == number).sum()))
        return np.concatenate([given, taken])

    def _propose(self, number: int, costs: Floats, prices: Floats) -> tuple[Point, float]:
        """A month's best plan at these prices, and what it then costs."""
        uses = self.uses[number]
        own = np.zeros(uses.shape[1])
        columns = self.split.columns[number]
        own[: len(columns)] = costs[columns]
        priced = own - uses.T @ prices
        point = self.months[number].minimise(priced)
        self.proposals.append(Proposal(number, point.x, uses @ point.x))
        month = self.programs[number]
        rows = month.matrix.shape[0]
        return point, safe_bound(month, priced, point.duals[:rows])

    def _together(self, costs: Floats) -> Point:
        """Prices moved until the bound and the best weighing of the months' plans meet."""
        if not len(self.size):
            return self._alone(costs)
        size = max(self._costs(costs)[1], np.finfo(float).tiny)
        box = BOX * np.abs(self.prices)
        unit = size / len(self.months) / np.maximum(self.size, np.finfo(float).tiny)
        box = np.maximum(box, LEAST * unit)
        best, steady, found = -np.inf, self.prices, self.prices
        duals: list[Floats] = []
        weights = np.zeros(0)
        value, inside = np.inf, False
        prices = self.prices
        for _ in range(TURNS):
            self.turns += 1
            each = [self._propose(b, costs, prices) for b in range(len(self.months))]
            bound = sum(b for _, b in each) + picked(prices, self.lower, self.upper)
            if bound > best:
                best, steady, duals = bound, prices, [p.duals for p, _ in each]
            weights, found, outside, value = self._master(costs, steady, box, size)
            inside = not outside.any()
            if inside and value - best <= CLOSE * size:
                break
            box = np.where(outside, WIDER * box, box)
            prices = found
        if not inside:
            raise SolverError("solve.status", status="months")
        self.prices = steady
        return self._point(costs, weights, duals, steady)

    def _alone(self, costs: Floats) -> Point:
        """Months that share nothing, each once."""
        self.turns += 1
        self.proposals, count = [], range(len(self.months))
        duals = [self._propose(b, costs, self.prices)[0].duals for b in count]
        return self._point(costs, np.ones(len(count)), duals, self.prices)

    def _costs(self, costs: Floats) -> tuple[Floats, float]:
        """What each plan costs, and what the dearest of each month sum to in size."""
        found, sizes = np.zeros(len(self.proposals)), np.zeros(len(self.months))
        for place, plan in enumerate(self.proposals):
            columns = self.split.columns[plan.block]
            parts = costs[columns] * plan.x[: len(columns)]
            found[place] = parts.sum()
            sizes[plan.block] = max(sizes[plan.block], float(np.abs(parts).sum()))
        return found, float(sizes.sum())

    def _master(
        self, costs: Floats, steady: Floats, box: Floats, size: float
    ) -> tuple[Floats, Floats, np.ndarray, float]:
        """The best weighing of all plans: weights, prices, where the box is used, and value."""
        count, rows = len(self.proposals), len(self.size)
        used = np.array([p.used for p in self.proposals]).T / self.size[:, None]
        own = self._costs(costs)[0] / size
        of = np.array([p.block for p in self.proposals])
        unit = sparse.csc_array(sparse.eye_array(rows))
        one = sparse.csc_array((np.ones(count), (of, np.arange(count))))
        none = sparse.csc_array((len(self.months), rows))
        above = sparse.hstack([sparse.csc_array(used), unit, -unit])
        matrix = sparse.vstack([above, sparse.hstack([one, none, none])], format="csc")
        price, wide = steady * self.size / size, box * self.size / size
        whole = np.concatenate([own, price + wide, wide - price])
        ones = np.ones(len(self.months))
        sizes = np.ones(len(whole))
        program = Remainder(
            sparse.csc_array(matrix),
            sizes,
            0.0 * sizes,
            FAR * sizes,
            np.concatenate([np.ones(count), np.full(2 * rows, FAR)]),
            np.ones(rows + len(ones)),
            np.concatenate([self.lower / self.size, ones]),
            np.concatenate([self.upper / self.size, ones]),
        )
        point = LiveModel(program, replace(self.profile, options={})).minimise(whole)
        weights, outside = point.x[:count], point.x[count:].reshape(2, rows).sum(axis=0)
        prices = point.duals[:rows] * size / self.size
        # A side that is not there has no price, not even one of rounding.
        absent = ((prices > 0) & np.isinf(self.lower)) | ((prices < 0) & np.isinf(self.upper))
        prices[absent] = 0.0
        return weights, prices, outside > OUTSIDE, float(own @ weights) * size

    def _point(self, costs: Floats, weights: Floats, duals: list[Floats], prices: Floats) -> Point:
        """The weighed plans as a point of the remainder, with its duals."""
        split = self.split
        x, y = np.zeros(len(self.columns)), np.zeros(split.remainder.matrix.shape[0])
        for weight, plan in zip(weights, self.proposals, strict=True):
            columns = split.columns[plan.block]
            if weight > OUTSIDE:
                x[columns] += weight * plan.x[: len(columns)]
        for rows, own in zip(split.rows, duals, strict=True):
            y[rows] = own[: len(rows)]
        y[split.shared] = prices[: len(split.shared)]
        # Rounding of a plan that uses something is no use of it.
        x = np.where(np.abs(x) < FINE_DUST * self.columns, 0.0, x)
        x = np.clip(x, split.remainder.lower, split.remainder.upper)
        return Point(x, y, float(costs @ x), 0.0, self.turns)

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more by the tightest tolerances."""
        for month in self.months:
            month.tighten()
        if self.earlier:
            self.together, self.shares = self._without_last()
        return self.minimise(costs)


def _uses(split: Split, number: int) -> sparse.csr_array:
    """What the columns of a month use of the shared rows, and of the copies, (S + K, n)."""
    copies, columns = split.copies, split.columns[number]
    shared = split.remainder.matrix[:, columns].tocsr()[split.shared]
    count = len(copies.row)
    own = np.flatnonzero(copies.block == number)
    given = np.flatnonzero(copies.home == number)
    place = np.searchsorted(columns, copies.column[given])
    minus, plus = -np.ones(len(given)), np.ones(len(own))
    original = sparse.csr_array((minus, (given, place)), shape=(count, len(columns)))
    copy = sparse.csr_array((plus, (own, np.arange(len(own)))), shape=(count, len(own)))
    none = sparse.csr_array((len(split.shared), len(own)))
    rows = [sparse.hstack([shared, none]), sparse.hstack([original, copy])]
    return sparse.csr_array(sparse.vstack(rows, format="csr"))
