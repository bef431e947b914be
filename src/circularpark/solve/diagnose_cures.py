"""The smallest cures, each solved before it is named.

One program holds a column for every lever, all closed. A cure is one lever opened alone: the
least it must move is a linear program, the number is rounded up to three digits, and the
program is solved again with the rounded number. Where no lever suffices alone, all are
opened, and what the least movement does not need is closed again one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.constraints.limits import limits
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnose_elastic import Elastic, Gave
from circularpark.solve.diagnose_levers import (
    Lever,
    limit_weights,
    revalued,
    with_upkeep,
)
from circularpark.solve.diagnose_program import Extended, rows_of
from circularpark.solve.highs import Infeasible, LiveModel, Point
from circularpark.solve.profile import SolverProfile

MOST_TRIED = 12
FARTHEST = 1e4
RATIO_STEPS = 6
# A new source costs something else than a larger pipe: in a combination it comes last.
NEW_MARKET_WEIGHT = 3.0


@dataclass(frozen=True)
class Source:
    """A market that the park does not have: at a node, bringing (+1) or taking (-1)."""

    site: str
    commodity: str
    node: int
    sign: int
    size: float


@dataclass(frozen=True)
class Change:
    """One number of a cure: a lever moved to ``to``, or a new market of that size."""

    what: Lever | Source
    to: float


Cure = tuple[Change, ...]


def cures(
    problem: Problem, elastic: Elastic, every: Sequence[Lever], profile: SolverProfile
) -> list[Cure]:
    """Single changes that make a plan possible; where there is none, the smallest combination."""
    first = elastic.gave[0]
    useful = [lever for lever in every if any(_may_help(lever, g) for g in elastic.gave)]
    single = [lever for lever in useful if _may_help(lever, first)]
    single.sort(key=lambda lever: first.value / lever.gain(first) / lever.size)
    chosen = single[:MOST_TRIED]
    rest = [lever for lever in useful if lever not in chosen][: 4 * MOST_TRIED]
    sources = new_markets(problem, elastic)
    bench = Bench(problem, [with_upkeep(problem, v) for v in (*chosen, *rest)], sources, profile)
    places = [*range(len(chosen)), *range(len(chosen) + len(rest), bench.count)]
    found = [cure for place in places if (cure := bench.alone(place)) is not None]
    if found:
        return found
    together = bench.together()
    return [together] if together else []


def _may_help(lever: Lever, gave: Gave) -> bool:
    return bool(lever.gain(gave) * FARTHEST * lever.size > gave.value)


def new_markets(problem: Problem, elastic: Elastic) -> list[Source]:
    """A market for everything that is short or finds no place."""
    data = problem.data
    found: dict[tuple[int, int], Source] = {}
    for slack in elastic.slacks:
        if slack.kind not in ("demand", "surplus"):
            continue
        nodes, sign = (data.demand.node, 1) if slack.kind == "demand" else (data.stream.node, -1)
        for entity in np.flatnonzero(elastic.amounts(slack).any(axis=1)):
            node = int(nodes[slack.entity[entity]])
            named = data.node.index.iloc[node]
            size = float(slack.size[entity])
            place = Source(str(named["site"]), str(named["commodity"]), node, sign, size)
            found[(node, sign)] = place
    return list(found.values())


class Bench:
    """The program with a closed column for each lever and new market."""

    def __init__(
        self,
        problem: Problem,
        known: Sequence[Lever],
        sources: Sequence[Source],
        profile: SolverProfile,
    ) -> None:
        self.problem = problem
        self.profile = profile
        self.whats: list[Lever | Source] = [*known, *sources]
        self.count = len(self.whats)
        self.size = np.array([w.size for w in self.whats])
        self.farthest = np.array([_farthest(w) for w in self.whats])
        extended = Extended(problem)
        self.columns = extended.columns(self.farthest, power_of_two(self.size))
        for place, lever in enumerate(known):
            column = self.columns[place]
            extended.put(lever.row, np.broadcast_to(column, lever.row.shape), lever.row_value)
            by = np.full(len(lever.bound), column, dtype=np.int64)
            extended.loosen(lever.bound, by, lever.bound_value, upper=lever.upper)
        for place, source in enumerate(sources, start=len(known)):
            _connect(extended, source, int(self.columns[place]))
        self.width = extended.count
        self.live = LiveModel(extended.arrays(), profile)
        self.none = np.zeros(self.count)
        self.live.bound(self.columns, self.none, self.none)

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

    def possible(self, moved: Floats) -> bool:
        """Whether a plan is possible with the columns at exactly these movements, (count,)."""
        self.live.bound(self.columns, moved, moved)
        try:
            self.live.minimise(np.zeros(self.width))
        except Infeasible:
            return False
        return True

    def alone(self, place: int) -> Cure | None:
        """The smallest movement of one lever that suffices, rounded up and solved again."""
        point = self._least(np.array([place]), 1.0 / self.size)
        if point is None:
            return None
        what = self.whats[place]
        moved = float(point.x[self.columns[place]])
        if isinstance(what, Lever) and what.ratio:
            return self._ratio(what, point)
        for goal in _goals(what, moved):
            steps = self.none.copy()
            steps[place] = _movement(what, goal)
            if steps[place] <= self.farthest[place] and self.possible(steps):
                return (Change(what, goal),)
        return None

    def _ratio(self, lever: Lever, point: Point) -> Cure | None:
        """A ratio's smallest sufficient value: each point gives the value at which it is allowed."""
        x = point.x
        value = lever.base
        for _ in range(RATIO_STEPS):
            reached = _allowed(self.problem, lever, x)
            if abs(reached - value) <= 1e-5 * max(abs(reached), 1e-12):
                break
            value = reached
            changed = with_limit(self.problem, lever.item, value)
            better = _further(changed, lever, x, self.profile)
            if better is None:
                break
            x = better
        for goal in _goals(lever, abs(value - lever.base)):
            if is_possible(with_limit(self.problem, lever.item, goal), self.profile):
                return (Change(lever, goal),)
        return None

    def together(self) -> Cure | None:
        """Several changes that suffice together, none of which could be left out."""
        weight = np.array([NEW_MARKET_WEIGHT if isinstance(w, Source) else 1.0 for w in self.whats])
        weight = weight / self.size
        opened = np.arange(self.count)
        point = self._least(opened, weight)
        if point is None:
            return None
        opened = np.flatnonzero(point.x[self.columns] > 1e-9 * self.size)
        for place in opened[np.argsort(point.x[self.columns[opened]] * weight[opened])]:
            fewer = opened[opened != place]
            without = self._least(fewer, weight) if len(fewer) else None
            if without is not None:
                opened, point = fewer, without
        return self._rounded(opened, point.x[self.columns])

    def _rounded(self, opened: Integers, moved: Floats) -> Cure | None:
        for tries in range(3):
            goals = {int(p): list(_goals(self.whats[p], float(moved[p])))[tries] for p in opened}
            steps = self.none.copy()
            for place, goal in goals.items():
                steps[place] = _movement(self.whats[place], goal)
            if self.possible(steps):
                return tuple(Change(self.whats[p], goal) for p, goal in goals.items())
        return None


def _farthest(what: Lever | Source) -> float:
    # A contract's minimum or a required size can be lowered to zero, no further.
    lowered = isinstance(what, Lever) and what.kind in ("contract", "required")
    return what.base if lowered and isinstance(what, Lever) else FARTHEST * what.size


def _connect(extended: Extended, source: Source, column: int) -> None:
    """A flow in every period at the source's node, at most the source's size."""
    found = rows_of(extended.problem, "balance")
    if found is None:
        return
    rows = found[1][source.node]
    flow = extended.columns(np.full(len(rows), FARTHEST * source.size), source.size)
    extended.put(rows, flow, float(source.sign))
    within = extended.more_rows(np.full(len(rows), -np.inf), np.zeros(len(rows)))
    extended.put(within, flow, 1.0)
    extended.put(within, np.full(len(rows), column, dtype=np.int64), -1.0)


def _movement(what: Lever | Source, goal: float) -> float:
    return abs(goal - what.base) if isinstance(what, Lever) else goal


def _goals(what: Lever | Source, moved: float) -> list[float]:
    """Three-digit numbers just beyond the least movement, nearest first."""
    sign, base = (what.sign, what.base) if isinstance(what, Lever) else (1, 0.0)
    exact = base + sign * moved
    goals = [_beyond(exact, sign, step) for step in range(3)]
    lowered = isinstance(what, Lever) and what.kind in ("contract", "required")
    return [max(goal, 0.0) for goal in goals] if lowered else goals


def _beyond(value: float, sign: int, steps: int) -> float:
    """``value`` rounded to three digits in the direction of ``sign``, and ``steps`` digits on."""
    if value == 0:
        return 0.0
    digit = math.floor(math.log10(abs(value))) - 2
    unit = 10.0**digit
    # What the solver's tolerance added to a round number is not rounded up.
    count = value / unit * (1.0 - sign * math.copysign(1e-9, value))
    whole = math.ceil(count) if sign > 0 else math.floor(count)
    return float(round((whole + sign * steps) * unit, -digit))


def with_limit(problem: Problem, name: str, value: float) -> Problem:
    """The program with one limit at another value."""
    data = revalued(problem.data, lambda ids, values: values.where(ids != name, value))
    blocks = tuple(limits(data, problem.var) if b.family == "limits" else b for b in problem.blocks)
    return replace(problem, data=data, blocks=blocks)


def is_possible(problem: Problem, profile: SolverProfile) -> bool:
    """Whether any point meets all rows of a program."""
    try:
        LiveModel(problem, profile).minimise(np.zeros(problem.var.size))
    except Infeasible:
        return False
    return True


def _allowed(problem: Problem, lever: Lever, x: Floats) -> float:
    """The value of the limit at which the point ``x`` is allowed."""
    overrun, weight = _overrun(problem, lever, x)
    usable = np.abs(weight) > 0
    if not usable.any():
        return lever.base
    return float(lever.base + lever.sign * (overrun[usable] / weight[usable]).max(initial=0.0))


def _overrun(problem: Problem, lever: Lever, x: Floats) -> tuple[Floats, Floats]:
    found = rows_of(problem, "limits")
    if found is None:
        return np.zeros(0), np.zeros(0)
    block, numbers = found
    weight, _ = limit_weights(problem, block, x)
    own = np.isin(numbers.ravel(), lever.row)
    activity = (problem.matrix.tocsr()[numbers.ravel()[own]]) @ x[: problem.var.size]
    side = (block.upper if lever.sign > 0 else block.lower).ravel()[own]
    return lever.sign * (activity - side), weight[own]


def _further(problem: Problem, lever: Lever, x: Floats, profile: SolverProfile) -> Floats | None:
    """The point that keeps a limit best, relative to what one unit of its value gives at ``x``."""
    found = rows_of(problem, "limits")
    if found is None:
        return None
    weight, _ = limit_weights(problem, found[0], x)
    own = np.isin(found[1].ravel(), lever.row)
    extended = Extended(problem)
    # The column counts how much stricter the value could be, so it is to be large.
    column = extended.columns(np.array([FARTHEST * lever.size]), lever.size)
    extended.put(
        found[1].ravel()[own], np.broadcast_to(column, own.sum()), lever.sign * weight[own]
    )
    costs = np.zeros(extended.count)
    costs[column] = -1.0 / lever.size
    try:
        return LiveModel(extended.arrays(), profile).minimise(costs).x
    except Infeasible:
        return None
