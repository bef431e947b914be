"""A bench for cures: the program with a closed column for each lever, opened one at a time.

How little a lever must move is a linear program. Its number is rounded up to three digits, and
the program is solved again with exactly that number before it counts as a cure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnosis.lever import Lever
from circularpark.solve.diagnosis.limits import limit_weights, with_limit
from circularpark.solve.diagnosis.program import Extended, rows_of
from circularpark.solve.highs import Infeasible, LiveModel, Point
from circularpark.solve.profile import SolverProfile

# A lever is not moved further than this many times its size.
FARTHEST = 1e4
RATIO_STEPS = 6
ROUNDED_TRIES = 3
# A new market costs something else than a larger pipe: in a combination it comes last.
NEW_MARKET_WEIGHT = 3.0


@dataclass(frozen=True)
class Source:
    """A market that the park does not have: at a node, bringing (+1) or taking (-1).

    Of a cascade's own heat it is in an interval; ``temperature`` says how hot, shifted. Of a graded
    commodity it serves, or is served by, a single ``end``: with whatever quality that accepts.
    """

    site: str
    commodity: str
    node: int
    sign: int
    size: float
    interval: int = -1
    temperature: float = math.nan
    end: int = -1


@dataclass(frozen=True)
class Change:
    """One number of a cure: a lever moved to ``to``, or a new market of that size."""

    what: Lever | Source
    to: float


Cure = tuple[Change, ...]


def open_levers(extended: Extended, levers: Sequence[Lever]) -> Integers:
    """A column for each lever: how far its number is moved, (n,)."""
    farthest = np.array([_farthest(lever) for lever in levers])
    columns = extended.columns(farthest, np.array([lever.size for lever in levers]))
    for column, lever in zip(columns, levers, strict=True):
        extended.put(lever.row, np.broadcast_to(column, lever.row.shape), lever.row_value)
        by = np.full(len(lever.bound), column, dtype=np.int64)
        extended.loosen(lever.bound, by, lever.bound_value, upper=lever.upper)
    return columns


def _open_markets(extended: Extended, sources: Sequence[Source]) -> Integers:
    """A column for each new market: its size, (n,); a flow in every period keeps within it."""
    farthest = np.array([_farthest(source) for source in sources])
    columns = extended.columns(farthest, power_of_two(np.array([s.size for s in sources])))
    for column, source in zip(columns, sources, strict=True):
        rows = _rows_at(extended.problem, source)
        endless = np.full(len(rows), -np.inf)
        flow = extended.columns(np.full(len(rows), _farthest(source)), source.size)
        extended.put(rows, flow, float(source.sign))
        within = extended.more_rows(endless, np.zeros(len(rows)))
        extended.put(within, flow, 1.0)
        extended.put(within, np.broadcast_to(column, within.shape), -1.0)
    return columns


def _rows_at(problem: Problem, source: Source) -> Integers:
    """The rows of a new market: its node's balances, or those of its heat interval."""
    if source.end >= 0:
        single = rows_of(problem, "sink_matched" if source.sign > 0 else "source_matched")
        return single[1][source.end] if single else np.zeros(0, dtype=np.int64)
    falls = source.interval >= 0
    found = rows_of(problem, "heat_balance" if falls else "balance")
    place = source.interval if falls else int(problem.data.node.row[source.node])
    return found[1][place] if found else np.zeros(0, dtype=np.int64)


class Bench:
    """The program with all levers and new markets at hand, everything closed."""

    def __init__(
        self,
        problem: Problem,
        levers: Sequence[Lever],
        sources: Sequence[Source],
        profile: SolverProfile,
    ) -> None:
        self.problem, self.profile = problem, profile
        self.levers, self.sources = list(levers), list(sources)
        self.whats: list[Lever | Source] = [*levers, *sources]
        self.size = np.array([w.size for w in self.whats])
        self.farthest = np.array([_farthest(w) for w in self.whats])
        self.none = np.zeros(len(self.whats))
        extended = Extended(problem)
        self.columns = np.concatenate(
            [open_levers(extended, levers), _open_markets(extended, sources)]
        )
        self.width = extended.count
        self.live = LiveModel(extended.arrays(), profile)

    def singles(self) -> list[Cure]:
        """Every lever or market that suffices alone."""
        found = (self._alone(place) for place in range(len(self.whats)))
        return [cure for cure in found if cure is not None]

    def together(self) -> Cure | None:
        """Several changes that suffice together, none of which could be left out."""
        dear = [NEW_MARKET_WEIGHT if isinstance(w, Source) else 1.0 for w in self.whats]
        weight = np.array(dear) / self.size
        point = self._least(np.arange(len(self.whats)), weight)
        if point is None:
            return None
        moved = point.x[self.columns]
        opened = np.flatnonzero(moved > 1e-9 * self.size)
        for place in opened[np.argsort((moved * weight)[opened])]:
            fewer = opened[opened != place]
            without = self._least(fewer, weight) if len(fewer) else None
            if without is not None:
                opened, point = fewer, without
        return self._rounded(opened, point.x[self.columns])

    def _least(self, opened: Integers, weight: Floats) -> Point | None:
        """The least weighted movement of the opened columns that leaves a plan possible."""
        upper = self.none.copy()
        upper[opened] = self.farthest[opened]
        self.live.bound(self.columns, self.none, upper)
        costs = np.zeros(self.width)
        costs[self.columns[opened]] = weight[opened]
        try:
            return self.live.minimise(costs)
        except Infeasible:
            return None

    def _possible(self, moved: Floats) -> bool:
        """Whether a plan is possible with the columns at exactly these movements."""
        self.live.bound(self.columns, moved, moved)
        try:
            self.live.minimise(np.zeros(self.width))
        except Infeasible:
            return False
        return True

    def _alone(self, place: int) -> Cure | None:
        point = self._least(np.array([place]), 1.0 / self.size)
        if point is None:
            return None
        what = self.whats[place]
        if isinstance(what, Lever) and what.ratio:
            return _smallest_ratio(self.problem, what, point.x, self.profile)
        return self._rounded(np.array([place]), point.x[self.columns])

    def _rounded(self, opened: Integers, moved: Floats) -> Cure | None:
        """The changes with their numbers rounded up, if a plan is possible with these."""
        for step in range(ROUNDED_TRIES):
            goals = {int(p): _goal(self.whats[p], float(moved[p]), step) for p in opened}
            if self._verified(goals):
                return tuple(Change(self.whats[p], goal) for p, goal in goals.items())
        return None

    def _verified(self, goals: dict[int, float]) -> bool:
        ratios = {p for p in goals if self._is_ratio(p)}
        if ratios:
            # The effect of a ratio is not linear in its value: write the limit anew.
            problem = self.problem
            for place in ratios:
                what = self.whats[place]
                if isinstance(what, Lever):
                    problem = with_limit(problem, what.item, goals[place])
            changed = Bench(problem, self.levers, self.sources, self.profile)
            return changed._verified_linear({p: g for p, g in goals.items() if p not in ratios})
        return self._verified_linear(goals)

    def _verified_linear(self, goals: dict[int, float]) -> bool:
        steps = self.none.copy()
        for place, goal in goals.items():
            what = self.whats[place]
            steps[place] = abs(goal - what.base) if isinstance(what, Lever) else goal
        return bool((steps <= self.farthest).all()) and self._possible(steps)

    def _is_ratio(self, place: int) -> bool:
        what = self.whats[place]
        return isinstance(what, Lever) and what.ratio


def _farthest(what: Lever | Source) -> float:
    # A contract's minimum or a required size can be lowered to zero, no further.
    if isinstance(what, Lever) and what.kind in ("contract", "required"):
        return what.base
    return FARTHEST * what.size


def _goal(what: Lever | Source, moved: float, step: int) -> float:
    """The three-digit number just beyond the least movement, or ``step`` numbers further."""
    sign, base = (what.sign, what.base) if isinstance(what, Lever) else (1, 0.0)
    goal = beyond(base + sign * moved, sign, step)
    lowered = isinstance(what, Lever) and what.kind in ("contract", "required")
    return max(goal, 0.0) if lowered else goal


def beyond(value: float, sign: int, steps: int = 0) -> float:
    """``value`` rounded to three digits in the direction of ``sign``, and ``steps`` digits on."""
    if value == 0:
        return 0.0
    digit = math.floor(math.log10(abs(value))) - 2
    unit = 10.0**digit
    # What the solver's tolerance added to a round number is not rounded up.
    count = value / unit * (1.0 - sign * math.copysign(1e-9, value))
    whole = math.ceil(count) if sign > 0 else math.floor(count)
    return float(round((whole + sign * steps) * unit, -digit))


def is_possible(problem: Problem, profile: SolverProfile) -> bool:
    """Whether any point meets all rows of a program."""
    try:
        LiveModel(problem, profile).minimise(np.zeros(problem.var.size))
    except Infeasible:
        return False
    return True


def _smallest_ratio(
    problem: Problem, lever: Lever, x: Floats, profile: SolverProfile
) -> Cure | None:
    """A ratio's smallest sufficient value: each point gives the value that allows it.

    Source: Dinkelbach (1967), On nonlinear fractional programming.
    """
    value = lever.base
    for _ in range(RATIO_STEPS):
        reached = _allowing(problem, lever, x)
        if abs(reached - value) <= 1e-6 * abs(reached):
            break
        value = reached
        better = _strictest(with_limit(problem, lever.item, value), lever, x, profile)
        if better is None:
            break
        x = better
    for step in range(ROUNDED_TRIES):
        goal = _goal(lever, abs(value - lever.base), step)
        if is_possible(with_limit(problem, lever.item, goal), profile):
            return (Change(lever, goal),)
    return None


def _limit_rows(problem: Problem, lever: Lever, x: Floats) -> tuple[Integers, Floats, Floats]:
    """The rows of a lever's limit, what one unit of value gives each at ``x``, and their sides."""
    found = rows_of(problem, "limits")
    if found is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)
    block, numbers = found
    weight, _ = limit_weights(problem, block, x)
    own = np.isin(numbers.ravel(), lever.row)
    side = (block.upper if lever.sign > 0 else block.lower).ravel()
    return numbers.ravel()[own], weight[own], side[own]


def _allowing(problem: Problem, lever: Lever, x: Floats) -> float:
    """The value of the limit at which the point ``x`` is allowed."""
    rows, weight, side = _limit_rows(problem, lever, x)
    over = lever.sign * (problem.matrix.tocsr()[rows] @ x[: problem.var.size] - side)
    usable = weight != 0
    return lever.base + lever.sign * float((over[usable] / weight[usable]).max(initial=0.0))


def _strictest(problem: Problem, lever: Lever, x: Floats, profile: SolverProfile) -> Floats | None:
    """The point that keeps a limit best, counted in what one unit of its value gives at ``x``."""
    rows, weight, _ = _limit_rows(problem, lever, x)
    extended = Extended(problem)
    column = extended.columns(np.array([FARTHEST * lever.size]), lever.size)
    extended.put(rows, np.broadcast_to(column, rows.shape), lever.sign * weight)
    costs = np.zeros(extended.count)
    costs[column] = -1.0 / lever.size
    try:
        return LiveModel(extended.arrays(), profile).minimise(costs).x
    except Infeasible:
        return None
