"""The Pareto curve of two measures: what less of one costs in the other, from end to end.

The limits of the park hold on the whole curve; its own objective gives way to the two
measures. The points stand at even distances along the curve, each measure counted in its range
from end to end. The knee is the point farthest below the straight line between the ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.errors import Finding, NoFeasiblePlan, ParkDataError
from circularpark.park.model import Park, Stage
from circularpark.program.assemble import build
from circularpark.program.collect import blocks_of
from circularpark.program.time import Floats
from circularpark.solve.again import Replanner
from circularpark.solve.frontier import Frontier, FrontierPoint
from circularpark.solve.highs import Infeasible
from circularpark.solve.run import Clock, Judged, build_plan, plan_of_optimum, why
from circularpark.studies.keeper import NOT_KEPT, Kept, Telling
from circularpark.studies.question import question

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem
    from circularpark.solve.plan import Plan
    from circularpark.studies.case import Case
    from circularpark.studies.study import Study

POINTS = 20
# How often the points are moved to where they stand evenly.
ROUNDS = 2


@dataclass(frozen=True)
class ParetoPoint:
    """One point of the curve with its plan.

    first, second : values of the two measures, over all planning years as the objective counts
    price : what the last unit of the second that was saved cost in the first
    """

    first: float
    second: float
    price: float
    plan: Plan


@dataclass(frozen=True)
class Pareto:
    """The curve of two measures, from the least of the second to the least of the first.

    measures, units : of the two measures; knee : position of the knee, None on a straight line
    exact : whether the points are all the breakpoints of the curve
    kept : what the run store has to do with it
    """

    park: Park
    measures: tuple[str, str]
    units: tuple[str, str]
    points: tuple[ParetoPoint, ...]
    knee: int | None
    exact: bool
    kept: Kept = NOT_KEPT

    @property
    def certified(self) -> bool:
        """Whether every point is proven."""
        return all(point.plan.certificate.ok for point in self.points)

    @property
    def frame(self) -> pd.DataFrame:
        """The points, ready for a chart: point, both measures, price, knee, then all measures.

        Values are over all planning years, weighed as the objective weighs them.
        """
        rows = []
        for number, point in enumerate(self.points):
            account = point.plan.account
            others = {m: account.whole(m) for m in account.measures if m not in self.measures}
            both = dict(zip(self.measures, (point.first, point.second), strict=True))
            told = {"price": point.price, "knee": number == self.knee}
            rows.append({"point": number + 1, **both, **told, **others})
        return pd.DataFrame(rows)

    @property
    def builds(self) -> pd.DataFrame:
        """What each point builds: point, item, kind, year, capacity, unit, capex, names."""
        pieces = [p.plan.builds.assign(point=n + 1) for n, p in enumerate(self.points)]
        found = pd.concat(pieces, ignore_index=True)
        return found[["point", *(c for c in found.columns if c != "point")]]

    def as_dict(self) -> dict[str, Any]:
        """The curve as one JSON object."""
        columns = ["item", "kind", "year", "capacity", "unit", "capex"]
        return {
            "measures": [
                {"measure": m, "unit": u} for m, u in zip(self.measures, self.units, strict=True)
            ],
            "price_unit": f"{self.units[0]}/{self.units[1]}",
            "exact": self.exact,
            "knee": None if self.knee is None else self.knee + 1,
            "points": [
                row
                | {
                    "builds": point.plan.builds[columns].to_dict(orient="records"),
                    "certificate": point.plan.certificate.as_dict(),
                }
                for row, point in zip(
                    self.frame.to_dict(orient="records"), self.points, strict=True
                )
            ],
        }


def pareto(
    study: Study,
    measures: Sequence[str] = ("cost", "co2"),
    *,
    points: int = POINTS,
    case: Case | str | None = None,
    exact: bool = False,
) -> Pareto:
    """The curve of two measures of a park.

    Parameters
    ----------
    measures : the first is minimised for each amount of the second
    points : how many, both ends among them; exact : all breakpoints instead

    Raises
    ------
    ParkDataError : these are not two measures of the park, or fewer than two points
    NoFeasiblePlan : the limits contradict each other
    SolverError : the solver failed
    """
    park = study.park(case)
    first, second = _two(park, measures)
    if points < 2:
        raise ParkDataError([Finding("studies.points", value=str(points))], park.id)
    options = {"measures": [first, second], "points": None if exact else points, "exact": exact}
    outcome = study.keeper.ask(
        lambda: question(park, study.planner.profile, "pareto", **options),
        lambda: _curve(park, (first, second), None if exact else points, study.planner),
        _telling,
    )
    return replace(outcome.unwrapped(), kept=outcome.kept)


def _curve(park: Park, measures: tuple[str, str], points: int | None, planner: Replanner) -> Pareto:
    """The curve; ``points``: how many, None for all breakpoints."""
    (first, second), clock = measures, Clock()
    problem, best = problem_of(park, (first, second), planner, clock)
    frontier = frontier_of(problem, planner, clock)
    exact = points is None
    found = frontier.breakpoints() if points is None else _even(frontier, points)
    plans = tuple(_judged(point, best, planner, clock) for point in found)
    units = dict(zip(park.tables.measures["id"], park.tables.measures["unit"], strict=True))
    both = (str(units.get(first, "")), str(units.get(second, "")))
    return Pareto(park, (first, second), both, plans, _knee(found), exact)


def _telling(found: Pareto) -> Telling | None:
    """What is kept of a curve; None where a point is not certified."""
    if not found.certified:
        return None
    return Telling(
        "optimal",
        lambda: {"status": "optimal", "case": found.park.case, **found.as_dict()},
        lambda: {"curve": found.frame, "curve_builds": found.builds},
    )


def _two(park: Park, measures: Sequence[str]) -> tuple[str, str]:
    """The two measures, known and different."""
    known = list(park.tables.measures["id"])
    values = {"known": ", ".join(known)}
    wrong = [Finding("solve.measure", value=m, values=values) for m in measures if m not in known]
    if not wrong and len(set(measures)) != 2:
        wrong = [Finding("studies.two_measures", value=", ".join(measures))]
    if wrong:
        raise ParkDataError(wrong, park.id)
    first, second = measures
    return first, second


def problem_of(
    park: Park, stages: Sequence[str], planner: Replanner, clock: Clock
) -> tuple[Problem, Judged | None]:
    """The park's program with these measures as its objective stages, and its best operation."""
    blocks = clock.run("build", blocks_of, park, planner.links)
    best = planner.best_operation(park, clock, blocks)
    # The limits are those of the plan; only what is minimised is another.
    whole = build_plan(park, best.account if best else None, clock, None, blocks)
    wanted = [Stage({name: 1.0}) for name in stages]
    problem = build(park, baseline=whole.data.baseline, stages=wanted, blocks=blocks)
    return problem, best


def frontier_of(problem: Problem, planner: Replanner, clock: Clock) -> Frontier:
    """The curve of the program's last two stages.

    Raises
    ------
    NoFeasiblePlan : no point meets all rows; the diagnosis says which of them
    """
    try:
        return Frontier(problem, planner.profile, clock)
    except Infeasible:
        raise NoFeasiblePlan(why(problem, planner.profile), problem.park.id) from None


def _judged(
    point: FrontierPoint, best: Judged | None, planner: Replanner, clock: Clock
) -> ParetoPoint:
    plan = plan_of_optimum(point.optimum, best, planner.profile, clock)
    return ParetoPoint(point.first, point.second, point.price, plan)


def _even(frontier: Frontier, count: int) -> list[FrontierPoint]:
    """Points at even distances along the curve, its ends among them."""
    ends = [frontier.dearest, frontier.cheapest]
    if frontier.flat:
        return ends[1:]
    known, chosen = ends, ends
    for _ in range(ROUNDS if count > 2 else 0):
        wanted = np.interp(np.linspace(0, 1, count)[1:-1], *_along(known))
        between = [frontier.at(float(most)) for most in wanted]
        chosen = [ends[0], *between, ends[1]]
        known = sorted([*known, *between], key=lambda p: p.second)
    return chosen


def _along(points: Sequence[FrontierPoint]) -> tuple[Floats, Floats]:
    """Share of the curve's length at each point, and its second measure."""
    first, second = (np.array([getattr(p, n) for p in points]) for n in ("first", "second"))
    steps = [np.diff(v) / max(np.ptp(v), np.finfo(float).tiny) for v in (first, second)]
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*steps))])
    return length / length[-1], second


def _knee(points: Sequence[FrontierPoint]) -> int | None:
    """The point farthest below the straight line between the ends; None where none is."""
    if len(points) < 3:
        return None
    first, second = (np.array([getattr(p, n) for p in points]) for n in ("first", "second"))
    one = (first - first[-1]) / max(first[0] - first[-1], np.finfo(float).tiny)
    two = (second - second[0]) / max(second[-1] - second[0], np.finfo(float).tiny)
    below = 1.0 - one - two
    place = int(np.argmax(below))
    return place if below[place] > 1e-6 else None
