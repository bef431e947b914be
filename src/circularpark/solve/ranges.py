"""How far quantities can go while a plan stays nearly as good: the least and the most of each.

All ends are found on one live program, each from the basis of the one before. An end that
needs no solve is not solved for: a quantity that some earlier point has at a bound of its own
columns cannot go further, and what no point has used at all is asked for together: where the
sum of it is nothing, each of it is. Every end is proven by its duals, like a plan.

Source of the ends: Dua & Pistikopoulos call it bound tightening; in metabolic networks it is
flux variability analysis, Mahadevan & Schilling (2003), Metabolic Engineering 5, 264-276.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.solve.certificate import TOLERANCE, Held, StageProof, prove
from circularpark.solve.highs import Infeasible, Point
from circularpark.solve.integer import holding
from circularpark.solve.profile import SolverProfile
from circularpark.solve.run import Live, hand_over
from circularpark.solve.stages import Stage, WarmStage

# Less than this share of a quantity's typical size is nothing.
NOTHING = 1e-6
# An end is proven beside what it sums to, or this share of the quantity's typical size.
BESIDE = 0.1


@dataclass(frozen=True)
class End:
    """One end of a range.

    value : inf where nothing in the park ends it; gap : value - safe bound, relative
    choice_gap : of whole numbers, the same by the solver's bound, else 0
    solved : whether it took a solve; x : (n,) the point where it is reached, None without solve
    """

    value: float
    gap: float = 0.0
    choice_gap: float = 0.0
    solved: bool = False
    x: Floats | None = None

    @property
    def ok(self) -> bool:
        """Whether the end is proven."""
        return bool(self.gap <= TOLERANCE)


class Ranges:
    """The least and the most of linear quantities over the points that keep what is held.

    solves : how many optima were found; spared : ends that needed none

    Parameters
    ----------
    forms : (k, n) a row each quantity; offsets : (k,)
    held : what every point keeps; x : (n,) a point that does
    """

    def __init__(
        self,
        problem: Problem,
        held: Sequence[Held],
        forms: sparse.csr_array,
        offsets: Floats,
        x: Floats,
        profile: SolverProfile,
    ) -> None:
        self.problem, self.held, self.profile = problem, list(held), profile
        self.forms, self.offsets = forms, offsets
        self.size = np.asarray(abs(forms) @ problem.scale)
        self.size = np.where(self.size > 0, self.size, 1.0)
        more, less = forms.maximum(0.0), forms.minimum(0.0)
        lower, upper = problem.lower, problem.upper
        self.floor = np.asarray(more @ lower + less @ upper) + offsets
        self.ceiling = np.asarray(more @ upper + less @ lower) + offsets
        self.start = x
        self.low = self.high = np.asarray(forms @ x) + offsets
        self.solves = self.spared = 0
        self.live: Live | None = None

    def least(self, which: int) -> End:
        """The least of a quantity."""
        if self.low[which] - self.floor[which] <= NOTHING * self.size[which]:
            self.spared += 1
            return End(float(self.floor[which]))
        return self._end(which, 1.0)

    def most(self, which: int) -> End:
        """The most of a quantity."""
        if self.ceiling[which] - self.high[which] <= NOTHING * self.size[which]:
            self.spared += 1
            return End(float(self.ceiling[which]))
        return self._end(which, -1.0)

    def never(self, which: Integers) -> dict[int, End]:
        """Those of some quantities, none ever below zero, that are nothing at every point."""
        waiting = which[self.high[which] <= NOTHING * self.size[which]]
        while len(waiting):
            costs = -np.asarray(self.forms[waiting].T @ (1.0 / self.size[waiting]))
            before = self.high[waiting]
            _, proof = self._optimum(costs)
            seen = self.high[waiting] > NOTHING * self.size[waiting]
            if not seen.any():
                together = max(-proof.bound, 0.0)
                self.spared += len(waiting) - 1
                if together > NOTHING or proof.leaning:
                    return {}
                return {int(i): End(float(before[n]), together) for n, i in enumerate(waiting)}
            self.spared -= 1
            waiting = waiting[~seen]
        return {}

    def _end(self, which: int, sign: float) -> End:
        costs = sign * self.forms[[which]].toarray().ravel()
        point, proof = self._optimum(costs)
        value = sign * proof.value + self.offsets[which]
        gap, choice = self._gaps(which, costs, point, proof)
        if proof.leaning:
            return End(-sign * np.inf, 0.0, 0.0, True, point.x)
        return End(float(value), gap, choice, True, point.x)

    def _gaps(
        self, which: int, costs: Floats, point: Point, proof: StageProof
    ) -> tuple[float, float]:
        size = max(float(np.abs(costs * point.x).sum()), BESIDE * float(self.size[which]))
        stated = proof.best_bound
        choice = 0.0 if stated is None else max(proof.value - stated, 0.0) / size
        return abs(proof.value - proof.bound) / size, choice

    def _optimum(self, costs: Floats) -> tuple[Point, StageProof]:
        """The least of ``costs @ x`` with its proof, by finer duals where the first prove less."""
        self.solves += 1
        if self.live is None:
            self.live = self._handed()
        try:
            point = self.live.minimise(costs)
        except (Infeasible, SolverError):
            # There is a point that keeps what is held: only the way here can have failed.
            self.live = self._handed()
            point = self.live.minimise(costs)
        proof = self._proof(costs, point)
        if not proof.ok and not proof.leaning:
            point, proof = self._better(self.live, costs, point, proof)
        if isinstance(self.live, WarmStage):
            # The next point is as feasible as this one: only the costs change.
            self.live.go_on()
        values = np.asarray(self.forms @ point.x) + self.offsets
        self.low, self.high = np.minimum(self.low, values), np.maximum(self.high, values)
        return point, proof

    def _better(
        self, live: Live, costs: Floats, point: Point, proof: StageProof
    ) -> tuple[Point, StageProof]:
        """The same end by finer duals, or else from nothing: a long way of warm starts may end at
        a point that keeps its rows less well than it must."""
        again = live.again(costs, point)
        finer = self._proof(costs, again)
        if finer.gap < proof.gap:
            point, proof = again, finer
        if proof.ok or proof.leaning:
            return point, proof
        self.live = self._handed()
        afresh = self.live.minimise(costs)
        cold = self._proof(costs, afresh)
        return (afresh, cold) if cold.gap < proof.gap else (point, proof)

    def _handed(self) -> Live:
        if self.profile.interface == "highs" and not self.problem.integer.any():
            return WarmStage(
                Stage(self.problem, tuple((h.costs, h.most) for h in self.held)), self.profile
            )
        live = hand_over(self.problem, self.profile)
        for stage in self.held:
            live.hold(stage.costs, stage.most)
        return live

    def _proof(self, costs: Floats, point: Point) -> StageProof:
        problem = holding(self.problem, point.x) if point.chosen else self.problem
        proof = prove(problem, "range", costs, point.x, point.duals, self.held)
        if not point.chosen:
            return proof
        return StageProof(
            proof.name, proof.value, proof.bound, proof.gap, proof.leaning, point.best_bound
        )
