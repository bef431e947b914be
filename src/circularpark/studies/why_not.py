"""Why not: for what a plan does not use, what it would take, found by duals and tried again.

A link, process or store that is idle is made to run a little: what the objective loses by each
unit is what it lacks. The duals of that point say how much of the lack capital and distance
make up, so how much cheaper or nearer it would have to be; the park is then solved again with
a hundredth more than that, and it must be chosen. The price of a tonne of CO2 and the limits
that bind are raised step by step for all idle things at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem, year_weight
from circularpark.program.terms import weigh
from circularpark.program.time import Floats
from circularpark.solve.certificate import Held, prove
from circularpark.solve.highs import Infeasible, Point
from circularpark.solve.integer import holding
from circularpark.solve.naming import item_units
from circularpark.solve.run import HELD_WITHIN, Live, hand_over
from circularpark.solve.sensitivity import stage_unit
from circularpark.solve.warm import WarmModel
from circularpark.studies.levers import CAPITAL, DISTANCE, Levers
from circularpark.studies.uses import uses
from circularpark.studies.why_impossible import Obstacle, obstacle

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

# How much of its typical size an idle thing is made to run, and what counts as running: the
# millionth by which later stages of an objective may give way moves single flows by more.
LITTLE, RUNS = 1e-3, 1e-4
# A lack below this share of the largest cost is the solver's dust.
SPEAKS = 1e-9
# How much more than what the duals say a thing is given when it is tried again.
MORE = 0.01
# Steps of a price or a limit, as shares of what it is.
STEPS = (1.02, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0)
HALVINGS = 7
PRICE, CARBON, LIMIT = "price", "carbon", "limit"


@dataclass(frozen=True)
class Lever:
    """One thing that would have it chosen.

    kind : capital, distance, price (of each unit), carbon (price of a tonne) or limit (its id)
    value, now : what it would have to be and what it is; for price, what is lacking and nothing
    amount : how much of the thing the park then has, in its capacity's or its flow's unit an hour
    proven : that solve is proven; tried : the share at which it was solved again
    """

    kind: str
    value: float
    now: float
    amount: float
    proven: bool
    limit: str = ""

    @property
    def change(self) -> float:
        """The change relative to what is: -0.3 for a third less."""
        return (self.value - self.now) / self.now if self.now else np.inf

    def as_dict(self) -> dict[str, Any]:
        """The lever as JSON has it."""
        return {
            "lever": self.kind,
            "limit": self.limit or None,
            "value": self.value,
            "now": self.now,
            "amount": self.amount,
            "proven": self.proven,
        }


@dataclass(frozen=True)
class WhyNot:
    """Why a thing is not used.

    lacks : what each unit of it falls short by; unit : of that; per : of the thing's flow
    capacity_unit : of the levers' amounts; levers : easiest first
    obstacle : why it can never run, None where it can
    """

    item: str
    kind: str
    lacks: float
    unit: str
    per: str
    capacity_unit: str
    obstacle: Obstacle | None = None
    levers: tuple[Lever, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether the thing can run at all."""
        return self.obstacle is None

    @property
    def equal(self) -> bool:
        """Whether plans with it are just as good."""
        return self.possible and self.lacks == 0

    def as_dict(self) -> dict[str, Any]:
        """The reason as JSON has it."""
        return {
            "item": self.item,
            "kind": self.kind,
            "possible": self.possible,
            "obstacle": None if self.obstacle is None else self.obstacle.as_dict(),
            "lacks": self.lacks if self.possible else None,
            "unit": self.unit,
            "per": self.per,
            "levers": [lever.as_dict() for lever in self.levers],
        }


@dataclass
class WhyNots:
    """The idle links, processes and stores of a plan, and what each would take.

    solves : optima that were found
    """

    plan: Plan
    solves: int = 0
    _live: dict[int, WarmModel] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        problem = self.plan.problem
        data = problem.data
        self.levers = Levers(problem)
        self.hours = float((data.time.span * data.time.probability).sum())
        kinds, forms = uses(problem)
        self.kinds = kinds
        self.forms = dict(zip(kinds, forms, strict=True))
        own = {i: float(f @ self.plan.optimum.x) for i, f in self.forms.items()}
        self.size = {i: float(np.abs(f) @ problem.scale) or 1.0 for i, f in self.forms.items()}
        self.idle = [i for i in kinds if own[i] <= RUNS * self.size[i]]
        self.units = item_units(data)
        self.first = next(i for i, o in enumerate(problem.objectives) if "unmet" not in o.weights)
        self._raised: dict[str, dict[str, tuple[float, float, float, bool]]] | None = None

    def of(self, item: str) -> WhyNot:
        """Why an idle thing is idle."""
        for stage in range(self.first, len(self.plan.problem.objectives)):
            try:
                point, lacks = self._forced(item, stage)
            except Infeasible:
                return self._told(item, np.inf, stage, against=self._obstacle(item, stage))
            costs = self.plan.problem.objectives[stage].costs * self.plan.problem.scale
            if lacks * self.size[item] > SPEAKS * float(np.abs(costs).max(initial=0.0)):
                levers = self._levers(item, stage, point, lacks)
                return self._told(item, lacks, stage, levers=levers)
        return self._told(item, 0.0, stage)

    def all(self) -> Iterator[WhyNot]:
        """Every idle thing, as the tables list them."""
        return (self.of(item) for item in self.idle)

    def _obstacle(self, item: str, stage: int) -> Obstacle:
        def runs(problem: Problem) -> bool:
            try:
                self._forced(item, stage, problem)
            except Infeasible:
                return False
            return True

        return obstacle(self.plan, item, runs)

    def _told(
        self,
        item: str,
        lacks: float,
        stage: int,
        *,
        against: Obstacle | None = None,
        levers: Sequence[Lever] = (),
    ) -> WhyNot:
        money = stage == self.first and self.plan.under_ceiling
        park = self.plan.park.settings
        unit = park.currency if money else stage_unit(self.plan, stage)
        factor = float(park.cost_ceiling or 1.0) if money else 1.0
        per_hour = self.units.get(item, "")
        per = {"MW": "MWh", "kW": "kWh", "GW": "GWh"}.get(per_hour, per_hour.removesuffix("/h"))
        each = lacks / self.hours * factor
        found = tuple(sorted(levers, key=lambda lever: abs(lever.change)))
        return WhyNot(item, self.kinds[item], each, unit, per, per_hour, against, found)

    def _forced(self, item: str, stage: int, problem: Problem | None = None) -> tuple[Point, float]:
        """The optimum in which the thing runs a little, and what a unit more all year costs."""
        size = self.size[item]
        row = Held(-self.forms[item] / size, -LITTLE)
        held = [*self.plan.optimum.held[:stage], row]
        problem = problem or self.plan.problem
        if problem.integer.any():
            problem = holding(problem, self.plan.optimum.x)
        point = self._least(problem, problem.objectives[stage].costs, held)
        # The last row is the one that makes it run.
        return point, max(-float(point.duals[-1]), 0.0) / size

    def _least(self, problem: Problem, costs: Floats, held: Sequence[Held]) -> Point:
        self.solves += 1
        profile = self.plan.profile
        if profile.interface == "highs" and not problem.integer.any():
            live: Live = self._live.setdefault(len(held), WarmModel(profile)).move(problem)
        else:
            live = hand_over(problem, profile)
        for one in held:
            live.hold(one.costs, one.most)
        try:
            return live.minimise(costs)
        except SolverError:
            self._live.pop(len(held), None)
            fresh = hand_over(problem, profile)
            for one in held:
                fresh.hold(one.costs, one.most)
            return fresh.minimise(costs)

    def _levers(self, item: str, stage: int, point: Point, lacks: float) -> list[Lever]:
        found = [self._price(item, stage, lacks)]
        now = {CAPITAL: 1.0}
        links = self.plan.problem.data.blocks.links.set_index("id")["km"]
        if item in links.index:
            now[DISTANCE] = float(links.loc[item])
        for kind, whole in now.items():
            share = self._share(kind, item, stage, point, lacks)
            if share is not None:
                found.append(self._tried(kind, item, stage, share, whole))
        known = self._raised_all()
        for name, firsts in known.items():
            if item in firsts:
                value, was, amount, proven = firsts[item]
                kind = CARBON if name == CARBON else LIMIT
                found.append(
                    Lever(kind, value, was, amount, proven, "" if kind == CARBON else name)
                )
        return [lever for lever in found if lever.amount > 0]

    def _share(self, kind: str, item: str, stage: int, point: Point, lacks: float) -> float | None:
        """By which share of a lever the lack is made up, as the duals say; None where by none."""
        slope, own = self.levers.slopes[kind], self.levers.columns(item)
        rows = len(self.plan.problem.row_lower)
        price = slope.costs[stage][own] - slope.matrix[:, own].T @ point.duals[:rows]
        for place, dual in enumerate(point.duals[rows:-1]):
            price = price - dual * slope.costs[place][own]
        used = float(self.forms[item] @ point.x)
        weighs = float(price @ point.x[own]) / used if used > 0 else 0.0
        return lacks / weighs if weighs > 0 and lacks < weighs * (1 - MORE) else None

    def _tried(self, kind: str, item: str, stage: int, share: float, whole: float) -> Lever:
        """The lever a hundredth beyond what the duals say, by a new solve; else halved to it."""
        for given in (share * (1 + MORE), *np.linspace(share, 1.0, 6)[1:]):
            given = min(float(given), 1.0)
            amount, proven = self._again(self.levers.at(kind, item, 1.0 - given), item, stage)
            if amount > 0:
                return Lever(kind, whole * (1.0 - given), whole, amount, proven)
        return Lever(kind, 0.0, whole, 0.0, False)

    def _price(self, item: str, stage: int, lacks: float) -> Lever:
        """A hundredth more than what each unit lacks, given to it."""
        given = lacks * (1 + MORE)
        helped = self.levers.helped(self.forms[item], stage, given)
        amount, proven = self._again(helped, item, stage)
        told = self._told(item, given, stage)
        return Lever(PRICE, told.lacks, 0.0, amount, proven)

    def _again(self, problem: Problem, item: str, stage: int) -> tuple[float, bool]:
        """How much of a thing a program uses, by its stages up to one, and whether it is proven."""
        x, proven = self._optimum(problem, stage)
        return self._amount(item, x), proven

    def _optimum(self, problem: Problem, stage: int) -> tuple[Floats, bool]:
        held: list[Held] = []
        proven = True
        for objective in problem.objectives[: stage + 1]:
            point = self._least(problem, objective.costs, held)
            judged = holding(problem, point.x) if point.chosen else problem
            proof = prove(judged, objective.name, objective.costs, point.x, point.duals, held)
            proven = proven and proof.ok
            size = float(np.abs(objective.costs * point.x).sum())
            held.append(Held(objective.costs, point.value + HELD_WITHIN * size))
        return point.x, proven

    def _amount(self, item: str, x: Floats) -> float:
        """The mean rate at which a thing runs, nothing where that is dust."""
        used = float(self.forms[item] @ x)
        return used if used > RUNS * self.size[item] else 0.0

    def _raised_all(self) -> dict[str, dict[str, tuple[float, float, float, bool]]]:
        """Lever -> idle thing -> (value, now, amount, proven) at the first step that has it."""
        if self._raised is None:
            self._raised = {}
            steps = list(self._carbon())
            if steps:
                self._raised[CARBON] = self._firsts(steps)
            for name, row in _binding(self.plan, self.first):
                self._raised[name] = self._firsts(list(self._limit(row)))
        return self._raised

    def _firsts(
        self, steps: Sequence[tuple[float, float, Problem]]
    ) -> dict[str, tuple[float, float, float, bool]]:
        found: dict[str, tuple[float, float, float, bool]] = {}
        for value, now, problem in steps:
            try:
                x, proven = self._optimum(problem, self.first)
            except (Infeasible, SolverError):
                break
            for item in self.idle:
                amount = self._amount(item, x)
                if amount > 0 and item not in found:
                    found[item] = (value, now, amount, proven)
        return found

    def _carbon(self) -> Iterator[tuple[float, float, Problem]]:
        """The park with a higher price of a tonne of CO2, step by step."""
        ceiling = self.plan.park.settings.cost_ceiling
        if not self.plan.under_ceiling or ceiling is None:
            return
        problem = self.plan.problem
        parts = {}
        for name in ("co2", "cost"):
            weights = year_weight(problem.data, name)
            parts[name], _ = weigh(
                problem.measure(name), problem.data.time, problem.var.size, weights
            )
        for step in STEPS:
            stages = list(problem.objectives)
            costs = parts["co2"] + parts["cost"] / (ceiling * step)
            stages[self.first] = replace(stages[self.first], costs=costs)
            yield ceiling * step, ceiling, self.levers.with_parts(tuple(stages))

    def _limit(self, row: int) -> Iterator[tuple[float, float, Problem]]:
        """The park with more room in one row, step by step."""
        problem = self.plan.problem
        low, high = problem.row_lower, problem.row_upper
        above = self.plan.optimum.points[self.first].duals[row] < 0
        side = float((high if above else low)[row])
        for step in STEPS if side else ():
            # A limit from above is raised, one from below is lowered.
            value = side * step if above == (side > 0) else side / step
            new_low, new_high = low.copy(), high.copy()
            (new_high if above else new_low)[row] = value
            yield (
                value,
                side,
                self.levers.with_parts(problem.objectives, row_lower=new_low, row_upper=new_high),
            )


def _binding(plan: Plan, stage: int) -> Iterator[tuple[str, int]]:
    """The limits of the park that bind at a stage: id and row."""
    problem = plan.problem
    if not any(block.family == "limits" for block in problem.blocks):
        return
    block, rows = problem.block("limits")
    duals = plan.optimum.points[stage].duals[rows]
    side = np.where(duals < 0, problem.row_upper[rows], problem.row_lower[rows])
    sizes = np.abs(duals) * np.where(duals != 0, np.abs(side), 0.0)
    largest = float(np.abs(problem.objectives[stage].costs * plan.optimum.x).sum())
    names = np.repeat(block.key["limit"], len(block.labels))
    for place in np.flatnonzero(np.isfinite(sizes) & (sizes > SPEAKS * largest)):
        yield str(names[place]), rows.start + int(place)
