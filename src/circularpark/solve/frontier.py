"""Between the optima of two measures: the least of one for every amount of the other.

The ends are lexicographic optima. Between them the augmented epsilon constraint: the first
measure is minimised while the second is held at most at an amount, with a millionth of the
second in the objective, so that of points as cheap the one with the least of the second comes
out. Every point is proven by its duals; they also say what the last unit of the second cost.

Source: Mavrotas (2009), Effective implementation of the epsilon-constraint method in
multi-objective mathematical programming problems, Applied Mathematics and Computation 213.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Objective, Problem
from circularpark.program.time import Floats
from circularpark.solve.again import Resolver
from circularpark.solve.certificate import Held, StageProof
from circularpark.solve.highs import Infeasible, LiveModel, Point
from circularpark.solve.memory import recall
from circularpark.solve.profile import SolverProfile
from circularpark.solve.run import HELD_WITHIN, Clock, Optimum, hand_over, kept, proved
from circularpark.solve.warm import WarmModel

# How much of the second measure is in the objective, relative to the ranges of both.
AUGMENTED = 1e-6
# A chord that no point lies below by more than this share of the range is an edge of the curve.
STRAIGHT = 1e-7
MOST_BREAKPOINTS = 400


@dataclass(frozen=True)
class FrontierPoint:
    """One point of the curve.

    first, second : values of the two measures; price : what the last unit of the second that
    was saved cost in the first, 0 where none was
    """

    first: float
    second: float
    price: float
    optimum: Optimum


class Frontier:
    """The curve of a program whose last two objective stages are the two measures.

    Raises
    ------
    Infeasible : no point meets all rows.
    SolverError : the solver failed.
    """

    def __init__(self, problem: Problem, profile: SolverProfile, clock: Clock) -> None:
        self.profile, self.clock = profile, clock
        self.before = problem.objectives[:-2]
        self.first, self.second = problem.objectives[-2:]
        self.problem = problem
        self.ends = Resolver(profile)
        self.live = WarmModel(profile)
        self.held: tuple[Held, ...] = ()
        dearest = self._end((self.second, self.first))
        self.held = dearest.held[: len(self.before)]
        cheapest = self._end((self.first, self.second))
        # The dual of the row that holds the second measure at its least is its last price.
        last = dearest.points[-1].duals[len(problem.row_lower) + len(self.before)]
        self.dearest = self._point(dearest, max(-float(last), 0.0))
        self.cheapest = self._point(cheapest, 0.0)

    @property
    def ranges(self) -> tuple[float, float]:
        """How far the ends are apart in the first and in the second measure."""
        return (
            max(self.dearest.first - self.cheapest.first, 0.0),
            max(self.cheapest.second - self.dearest.second, 0.0),
        )

    @property
    def flat(self) -> bool:
        """Whether one point is the best in both measures, as far as tolerances tell."""
        return any(
            span <= 2 * HELD_WITHIN * max(self._size(objective), np.finfo(float).tiny)
            for span, objective in zip(self.ranges, (self.first, self.second), strict=True)
        )

    def _size(self, objective: Objective) -> float:
        return float(np.abs(objective.costs * self.dearest.optimum.x).sum())

    def at(self, most: float) -> FrontierPoint:
        """The least of the first measure with at most ``most`` of the second."""
        first, second = self.ranges
        extra = AUGMENTED * first / second if second > 0 else 0.0
        costs = self.first.costs + extra * self.second.costs
        room = most - self.second.offset
        held = (*self.held, Held(self.second.costs, room))
        point, proof = self._least(costs, held)
        dual = float(point.duals[len(self.problem.row_lower) + len(self.held)])
        return self._point(self._optimum(point, proof, held), max(extra - dual, 0.0))

    def weighted(self, first: float, second: float) -> FrontierPoint:
        """The least of a weighted sum of both measures: a breakpoint of the curve."""
        costs = first * self.first.costs + second * self.second.costs
        point, proof = self._least(costs, self.held)
        return self._point(self._optimum(point, proof, self.held), second / first)

    def breakpoints(self) -> list[FrontierPoint]:
        """Every breakpoint of the curve, ends among them, from the least of the second on.

        Between two known points the sum that makes them equal is minimised; what lies below
        their chord is another one. The price of a breakpoint is that
        of the edge to the next: what the last unit saved cost.
        """
        found = [self.dearest, self.cheapest]
        if self.flat:
            return found[1:]
        place = 0
        while place + 1 < len(found) and len(found) < MOST_BREAKPOINTS:
            left, right = found[place], found[place + 1]
            between = self._below(left, right)
            if between is None:
                place += 1
            else:
                found.insert(place + 1, between)
        chords = [
            (a.first - b.first) / max(b.second - a.second, np.finfo(float).tiny)
            for a, b in pairwise(found)
        ]
        return [replace(p, price=c) for p, c in zip(found, [*chords, 0.0], strict=True)]

    def _below(self, left: FrontierPoint, right: FrontierPoint) -> FrontierPoint | None:
        first, second = self.ranges
        rise, run = (left.first - right.first) / first, (right.second - left.second) / second
        if rise <= STRAIGHT or run <= STRAIGHT:
            return None
        point = self.weighted(run / first, rise / second)
        gain = (
            run * (left.first - point.first) / first + rise * (left.second - point.second) / second
        )
        inside = left.second < point.second < right.second
        return point if gain > STRAIGHT and inside else None

    def _end(self, order: tuple[Objective, Objective]) -> Optimum:
        problem = replace(self.problem, objectives=(*self.before, *order))
        return self.ends.optimise(problem, self.clock)

    def _least(self, costs: Floats, held: tuple[Held, ...]) -> tuple[Point, StageProof]:
        """One optimum and its proof: remembered, else solved."""
        known = recall(self.problem, self.profile)
        holds = tuple((one.costs, one.most) for one in held)
        point = None if known is None else known.find(costs, holds)
        if known is not None and point is not None:
            proof = self._proof(costs, point, held)
            if proof.ok:
                return point, proof
            known.disbelieve()
        point, proof = self._solved(costs, held)
        if known is not None and proof.ok:
            known.keep(costs, holds, point)
        return point, proof

    def _solved(self, costs: Floats, held: tuple[Held, ...]) -> tuple[Point, StageProof]:
        """One optimum and its proof: warm, and from nothing where that does not prove it."""
        native = self.profile.interface == "highs" and not self.problem.integer.any()
        if native:
            try:
                self.live.move(self.problem)
                for one in held:
                    self.live.hold(one.costs, one.most)
                point = self.clock.run("solve", self.live.minimise, costs)
                proof = self._proof(costs, point, held)
                if not proof.ok and not proof.leaning:
                    point = self.clock.run("solve", self.live.again, costs, point)
                    proof = self._proof(costs, point, held)
                if proof.ok:
                    return point, proof
            except (Infeasible, SolverError):
                pass
            self.live.forget()
        # Whole numbers are chosen anew at every point.
        cold = (LiveModel if native else hand_over)(self.problem, self.profile)
        for one in held:
            cold.hold(one.costs, one.most)
        point = self.clock.run("solve", cold.minimise, costs)
        return point, self._proof(costs, point, held)

    def _proof(self, costs: Floats, point: Point, held: tuple[Held, ...]) -> StageProof:
        objective = replace(self.first, costs=costs)
        still = kept(list(held), point)
        found: StageProof = self.clock.run("certify", proved, self.problem, objective, point, still)
        return found

    def _optimum(self, point: Point, proof: StageProof, held: tuple[Held, ...]) -> Optimum:
        alone = replace(self.problem, objectives=(self.first,))
        return Optimum(alone, (point,), (proof,), held)

    def _point(self, optimum: Optimum, price: float) -> FrontierPoint:
        first, second = (float(o.costs @ optimum.x) + o.offset for o in (self.first, self.second))
        return FrontierPoint(first, second, price, optimum)
