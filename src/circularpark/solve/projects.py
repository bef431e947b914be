"""Some of a park's investments and not the others: what the park then saves and costs.

What is built is given; everything else runs as the park's own objective says, under its
limits. Each run starts from the basis of the one before.

Where the contract is silent: the exchangers that the best operation stands on are today's
equipment, so a run without projects has them, and only what is larger is an investment. What
costs nothing to build, such as a truck's way, is open to every run. A limit that today's park
cannot meet is held at today's level in the runs that cannot meet it either; ``Outcome.eased``
names it. A required thing may be left out like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from circularpark.account.flows import Quantity
from circularpark.account.measures import Account
from circularpark.errors import SolverError
from circularpark.program.assemble import Objective, Problem, year_weight
from circularpark.program.columns import item_scale
from circularpark.program.rows import Rows
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variables
from circularpark.solve.again import Resolver
from circularpark.solve.highs import Infeasible
from circularpark.solve.point_flows import flows_of
from circularpark.solve.profile import SolverProfile
from circularpark.solve.run import Clock, Judged, Optimum

# Builds smaller than this share of the typical size are the solver's dust.
DUST = 1e-7
# Room that keeps a point feasible when the capacities it was found with are fixed.
ROOM = 1e-6
# An investment that is used less than this share of what it is in the plan is idle.
IDLE = 1e-3
# How the families of rows are called that hold what is used of a capacity within it.
ASKS = "_capacity"
LIMITS, BALANCE = "limits", "balance"
# What stays the same when only bounds change.
_SHARED = ("matrix", "scale", "row_scale", "row_lower", "row_upper", "row_start")

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Outcome:
    """Values of the two measures with some of the investments; proven by its duals.

    used : (builds,) how much each investment is used, over all periods
    x : the point; eased : ids of the limits that are held at today's level
    """

    cost: float
    co2: float
    proven: bool
    used: Floats
    x: Floats
    eased: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What the runs have: capacities (E, Y), which of them are projects, and what stands.

    built : of every project, and of what every run has; today : of what stands today, though
    the program builds it; open : what a run may build as it likes, (E,)
    room : share by which a capacity may be off, where it was found by a solver
    """

    built: Floats
    project: Flags
    today: Floats
    open: Flags
    room: float = 0.0


class Projects:
    """Investments with given capacities, to be left out, taken alone or in any company.

    items : (n,) ids of what is built and costs something
    cost, co2 : objectives of one stage each, over the columns of the program
    groups : rows of ``items`` that make one project; found where they are not given
    together : the program's optimum with all of them; runs : how many programs were solved
    """

    def __init__(
        self,
        problem: Problem,
        given: Given,
        cost: Objective,
        co2: Objective,
        profile: SolverProfile,
        groups: list[Integers] | None = None,
    ) -> None:
        self.problem = problem
        self.cost, self.co2 = cost, co2
        self.resolver = Resolver(profile)
        self.clock = Clock()
        self.runs = 0
        self._known: dict[bytes, Outcome | None] = {}
        self.together: Optimum | None = None
        self.given, self.built = given, given.built
        self.room = given.room * np.maximum(self.built, problem.var.build.scale[:, None])
        self.rows = np.flatnonzero(given.project)
        self.items = problem.var.build.key["item"][self.rows]
        self.whole = self._run(np.ones(len(self.built), dtype=bool))
        self.needs = np.zeros((len(self.rows), len(self.rows)), dtype=bool)
        self.groups = self._groups() if groups is None else groups

    @classmethod
    def of_plan(
        cls,
        optimum: Optimum,
        best: Judged | None,
        cost: Objective,
        co2: Objective,
        profile: SolverProfile,
    ) -> Projects:
        """The investments of a plan, beside its best operation."""
        problem = optimum.problem
        build, data = problem.var.build, problem.data
        values = optimum.x[build.start : build.stop].reshape(build.entities, build.width)
        grown = data.item.expandable
        size = np.maximum(item_scale(data)[grown], build.scale)[:, None]
        built = np.where(values > DUST * size, values, 0.0)
        today = standing_today(problem, best)
        more = np.maximum(built - today, 0.0)
        more[more <= DUST * size] = 0.0
        costs = (data.item.capex + data.item.capex_fixed)[grown]
        project = np.asarray((more * costs).sum(axis=1) > 0)
        free = np.asarray(~(costs > 0).any(axis=1))
        return cls(problem, Given(built, project, today, free, ROOM), cost, co2, profile)

    @classmethod
    def of_list(
        cls,
        problem: Problem,
        best: Judged | None,
        named: Sequence[Mapping[str, tuple[int, float]]],
        cost: Objective,
        co2: Objective,
        profile: SolverProfile,
    ) -> Projects:
        """Projects that somebody names: of each, item -> (its year's place, its capacity).

        Nothing else that costs money is built but what is required anyway, and the heat
        exchangers that they need, as large as the park's objective likes.
        """
        build, data = problem.var.build, problem.data
        place = {str(item): row for row, item in enumerate(build.key["item"])}
        built = np.zeros((build.entities, build.width))
        groups = []
        for project in named:
            for item, (year, capacity) in project.items():
                built[place[item], year] += capacity
            groups.append([place[item] for item in project])
        grown = data.item.expandable
        costs = (data.item.capex + data.item.capex_fixed)[grown]
        project_rows = built.sum(axis=1) > 0
        exchanger = data.item.kind[grown] == "exchanger"
        decided = (data.item.least[grown] > 0).any(axis=1)
        free = np.asarray((~(costs > 0).any(axis=1) | exchanger | decided) & ~project_rows)
        rows = np.flatnonzero(project_rows)
        members = [np.searchsorted(rows, np.array(sorted(group))) for group in groups]
        given = Given(built, project_rows, standing_today(problem, best), free)
        return cls(problem, given, cost, co2, profile, members)

    def without(self, group: Integers) -> Outcome | None:
        """All investments but those of a group; None where there is no such operation."""
        kept = np.ones(len(self.built), dtype=bool)
        kept[self.rows[group]] = False
        return self._run(kept)

    def alone(self, group: Integers) -> Outcome | None:
        """Only a group and what it needs; None where there is no such operation."""
        kept = self._none()
        kept[self.rows[group]] = True
        kept[self.rows[self.needs[group].any(axis=0)]] = True
        return self._run(kept)

    def some(self, groups: Flags) -> Outcome | None:
        """The groups that are flagged, (groups,), and no others."""
        kept = self._none()
        for place in np.flatnonzero(groups):
            kept[self.rows[self.groups[place]]] = True
        return self._run(kept)

    def none(self) -> Outcome | None:
        """None of the investments; None where there is no such operation."""
        return self._run(self._none())

    @property
    def bounded_whole(self) -> Problem:
        """The program with all of them, as it is solved."""
        return self._bounded(np.ones(len(self.built), dtype=bool))

    def account(self, outcome: Outcome) -> Account:
        """Every measure of a run, from the park's tables and the run's flows."""
        from circularpark.account.book import Book
        from circularpark.account.measures import account_of

        flows = {n: f for n, f in flows_of(self.problem, outcome.x).items() if f.axis}
        data = self.problem.data
        return account_of(Book(self.problem.park, data.time, data.blocks.links_at, flows))

    @property
    def proven(self) -> bool:
        """Whether every operation that was found so far is proven."""
        return all(found.proven for found in self._known.values() if found is not None)

    def worth(self) -> pd.DataFrame:
        """What one more unit of each commodity is worth at each site in the last planning year.

        The shadow prices of the operation at least cost with all the investments: money only,
        whatever else the park's objective values, on average over the year.

        Returns
        -------
        DataFrame : site, commodity, price; empty where there is no such operation
        """
        whole = self.bounded_whole
        found = self._optimum(self._share(replace(whole, objectives=(self.cost,))))
        named = [b.family for b in whole.blocks]
        if found is None or BALANCE not in named:
            return pd.DataFrame({"site": [], "commodity": [], "price": []})
        block, rows = whole.block(BALANCE)
        time, last = whole.data.time, len(whole.data.time.years) - 1
        own = time.block_year[time.block] == last
        hours = float((time.span * time.probability)[own].sum())
        dual = found.points[-1].duals[rows].reshape(len(block.index), -1)[:, own].sum(axis=1)
        price = dual / hours / float(year_weight(whole.data, "cost")[last])
        return block.index[["site", "commodity"]].reset_index(drop=True).assign(price=price)

    def _groups(self) -> list[Integers]:
        """The investments that are of no use without each other, most valuable first as found.

        One needs another where it is idle without it; two that need each other are one project.
        """
        count = len(self.rows)
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

    def _none(self) -> Flags:
        return ~self.given.project

    def _run(self, kept: Flags) -> Outcome | None:
        """What a run gives; each is solved once, and again with eased limits where it must be."""
        key = kept.tobytes()
        if key not in self._known:
            problem = self._bounded(kept)
            found = self._optimum(problem)
            eased: tuple[str, ...] = ()
            if found is None and self._eased is not None:
                eased, lower, upper = self._eased
                found = self._optimum(_with_sides(problem, lower, upper))
            self._known[key] = None if found is None else self._outcome(found, eased)
            if kept.all():
                self.together = found
        return self._known[key]

    def _outcome(self, found: Optimum, eased: tuple[str, ...]) -> Outcome:
        cost, co2 = (float(o.costs @ found.x) + o.offset for o in (self.cost, self.co2))
        proven = all(proof.ok for proof in found.proofs)
        return Outcome(cost, co2, proven, self._used(found.x), found.x, eased)

    def _optimum(self, problem: Problem) -> Optimum | None:
        self.runs += 1
        try:
            return self.resolver.optimise(problem, self.clock)
        except (Infeasible, SolverError):
            return None

    @cached_property
    def _eased(self) -> tuple[tuple[str, ...], Floats, Floats] | None:
        """The limits that the park without projects breaks at least cost, and sides that hold
        them there; None where it breaks none, or cannot be run even without limits."""
        block = next((b for b in self.problem.blocks if b.family == LIMITS), None)
        if block is None:
            return None
        problem, (_, rows) = self.problem, self.problem.block(LIMITS)
        lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
        lower[rows], upper[rows] = -np.inf, np.inf
        free = replace(self._bounded(self._none()), objectives=(self.cost,))
        self._share(free)
        found = self._optimum(_with_sides(free, lower, upper))
        if found is None:
            return None
        level = np.asarray(problem.matrix @ found.x)[rows]
        gross = np.asarray(abs(problem.matrix) @ np.abs(found.x))[rows]
        low, high, slack = problem.row_lower[rows], problem.row_upper[rows], ROOM * gross
        broken = (level < low - slack) | (level > high + slack)
        lower[rows] = np.where(broken, np.minimum(low, level - slack), low)
        upper[rows] = np.where(broken, np.maximum(high, level + slack), high)
        names = tuple(dict.fromkeys(str(name) for name in limit_names(block)[broken]))
        return (names, lower, upper) if names else None

    def _bounded(self, kept: Flags) -> Problem:
        """The program with the capacities of some projects; the rest is shared."""
        given, build = self.given, self.problem.var.build
        there = kept[:, None] & (self.built > 0) & ~given.open[:, None]
        lower = np.where(there, np.maximum(self.built - self.room, 0.0), 0.0)
        upper = np.where(there, self.built + self.room, 0.0)
        upper = np.maximum(upper, given.today)
        upper = np.where(given.open[:, None], build.upper, np.minimum(upper, build.upper))
        capacity = self.problem.var.capacity
        blocks = dict(self.problem.var.blocks)
        blocks["build"] = replace(build, lower=lower, upper=upper)
        left_out = (given.project & ~kept)[:, None]
        blocks["capacity"] = replace(capacity, lower=np.where(left_out, 0.0, capacity.lower))
        return self._share(replace(self.problem, var=Variables(blocks, self.problem.var.size)))

    def _share(self, problem: Problem) -> Problem:
        problem.__dict__.update({name: getattr(self.problem, name) for name in _SHARED})
        return problem


def standing_today(problem: Problem, best: Judged | None) -> Floats:
    """What the best operation builds, over the builds of a program, (E, Y).

    These are the exchangers that nobody says to stand though they do.
    """
    build = problem.var.build
    found = np.zeros((build.entities, build.width))
    if best is None:
        return found
    own: Quantity | None = best.flows.get("build")
    if own is None or not len(own.key["item"]):
        return found
    at = {str(item): row for row, item in enumerate(own.key["item"])}
    place = np.array([at.get(str(item), -1) for item in build.key["item"]], dtype=np.int64)
    found[place >= 0] = own.values[place[place >= 0]]
    return found


def limit_names(block: Rows) -> NDArray[np.object_]:
    """The limit that each row of the block of limits belongs to."""
    return np.asarray(block.index["limit"].to_numpy(dtype=object))


def without_limits(problem: Problem, names: Collection[str]) -> Problem:
    """The program without the rows of some limits."""
    block, rows = problem.block(LIMITS)
    lifted = np.isin(limit_names(block), list(names))
    lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
    lower[rows] = np.where(lifted, -np.inf, lower[rows])
    upper[rows] = np.where(lifted, np.inf, upper[rows])
    return _with_sides(problem, lower, upper)


def _with_sides(problem: Problem, lower: Floats, upper: Floats) -> Problem:
    """The program with other sides of its rows."""
    found = replace(problem)
    found.__dict__.update({name: getattr(problem, name) for name in _SHARED})
    found.__dict__.update(row_lower=lower, row_upper=upper)
    return found
