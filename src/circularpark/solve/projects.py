"""A plan with some of its investments left out: what the others then save and cost.

What is built is given; everything else runs as the park's own objective says, under its
limits. Each run starts from the basis of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from circularpark.errors import SolverError
from circularpark.program.assemble import Objective, Problem
from circularpark.program.columns import item_scale
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variables
from circularpark.solve.again import Resolver
from circularpark.solve.highs import Infeasible
from circularpark.solve.profile import SolverProfile
from circularpark.solve.run import Clock, Optimum

# Builds smaller than this share of the typical size are the solver's dust.
DUST = 1e-7
# Room that keeps a point feasible when the capacities it was found with are fixed.
ROOM = 1e-6
# An investment that is used less than this share of what it is in the plan is idle.
IDLE = 1e-3
# How the families of rows are called that hold what is used of a capacity within it.
ASKS = "_capacity"
# What stays the same when only bounds change.
_SHARED = ("matrix", "scale", "row_scale", "row_lower", "row_upper", "row_start")


@dataclass(frozen=True)
class Outcome:
    """Values of the two measures with some of the investments; proven by its duals.

    used : (builds,) how much each investment is used, over all periods
    """

    cost: float
    co2: float
    proven: bool
    used: Floats


class Projects:
    """The investments of a plan, to be left out or taken alone.

    items : (n,) ids of what is built and costs something; capacity : (n,) over all years
    cost, co2 : objectives of one stage each, over the columns of the plan's program
    """

    def __init__(
        self, optimum: Optimum, cost: Objective, co2: Objective, profile: SolverProfile
    ) -> None:
        self.problem = optimum.problem
        self.cost, self.co2 = cost, co2
        self.resolver = Resolver(profile)
        self.clock = Clock()
        build, data = self.problem.var.build, self.problem.data
        values = optimum.x[build.start : build.stop].reshape(build.entities, build.width)
        grown = data.item.expandable
        size = np.maximum(item_scale(data)[grown], build.scale)[:, None]
        self.built = np.where(values > DUST * size, values, 0.0)
        self.room = ROOM * np.maximum(self.built, build.scale[:, None])
        paid = (self.built * data.item.capex[grown]).sum(axis=1)
        self.rows = np.flatnonzero(paid > 0)
        self.items = build.key["item"][self.rows]
        self.whole = self._run(np.ones(len(self.built), dtype=bool))
        self.groups = self._groups()

    def without(self, group: Integers) -> Outcome | None:
        """All investments but those of a group; None where there is no such plan."""
        kept = np.ones(len(self.built), dtype=bool)
        kept[self.rows[group]] = False
        return self._run(kept)

    def alone(self, group: Integers) -> Outcome | None:
        """Only a group and what it needs; None where there is no such plan."""
        kept = self._none()
        kept[self.rows[group]] = True
        kept[self.rows[self.needs[group].any(axis=0)]] = True
        return self._run(kept)

    def none(self) -> Outcome | None:
        """None of the investments; None where there is no such plan."""
        return self._run(self._none())

    def _groups(self) -> list[Integers]:
        """The investments that are of no use without each other, most valuable first as found.

        One needs another where it is idle without it; two that need each other are one project.
        """
        count = len(self.rows)
        self.needs = np.zeros((count, count), dtype=bool)
        if self.whole is None:
            return [np.array([place]) for place in range(count)]
        used = self.whole.used[self.rows]
        for place in range(count):
            found = self.without(np.array([place]))
            if found is not None:
                idle = (found.used[self.rows] <= IDLE * used) & (used > 0)
                self.needs[idle, place] = True
        np.fill_diagonal(self.needs, False)
        both = sparse.csr_array((self.needs & self.needs.T).astype(float))
        _, label = connected_components(both, directed=False)
        return [np.flatnonzero(label == one) for one in range(int(label.max(initial=-1)) + 1)]

    def _used(self, x: Floats) -> Floats:
        """What is asked of each capacity, summed over all periods, (builds,)."""
        capacity = self.problem.var.capacity
        matrix = self.problem.matrix
        other = x.copy()
        other[capacity.start : capacity.stop] = 0.0
        asked = matrix @ other
        asks = np.repeat(
            [b.family.endswith(ASKS) for b in self.problem.blocks],
            [b.size for b in self.problem.blocks],
        )
        within = abs(matrix[:, capacity.start : capacity.stop]).T @ (np.abs(asked) * asks)
        used: Floats = np.asarray(within).reshape(capacity.entities, capacity.width).sum(axis=1)
        return used

    def _none(self) -> NDArray[np.bool_]:
        kept = np.ones(len(self.built), dtype=bool)
        kept[self.rows] = False
        return kept

    def _run(self, kept: NDArray[np.bool_]) -> Outcome | None:
        build = self.problem.var.build
        there = kept[:, None] & (self.built > 0)
        lower = np.where(there, np.maximum(self.built - self.room, 0.0), 0.0)
        upper = np.where(there, np.minimum(self.built + self.room, build.upper), 0.0)
        try:
            found = self.resolver.optimise(_bounded(self.problem, lower, upper), self.clock)
        except (Infeasible, SolverError):
            return None
        cost, co2 = (float(o.costs @ found.x) + o.offset for o in (self.cost, self.co2))
        return Outcome(cost, co2, all(p.ok for p in found.proofs), self._used(found.x))


def _bounded(problem: Problem, lower: Floats, upper: Floats) -> Problem:
    """The program with other bounds on what is built; the rest is shared."""
    build = replace(problem.var.build, lower=lower, upper=upper)
    var = Variables({**problem.var.blocks, "build": build}, problem.var.size)
    found = replace(problem, var=var)
    found.__dict__.update({name: getattr(problem, name) for name in _SHARED})
    return found
