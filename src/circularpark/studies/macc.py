"""Marginal abatement cost in two ways: by re-solving, and project by project.

By re-solving: the least cost for each amount of CO2, from the least-cost plan down to the
least CO2, in equal steps; at every step everything is chosen anew. By project: the investments
of the park's own plan, each left out as the last one (against all of them) and each taken
alone with what it needs (against none of them), the others as the plan has them. What is idle
without each other, such as a pipe and the exchanger at its end, is one project. The two curves
differ where projects compete for the same heat or build on each other; ``Macc.overlap`` says
by how much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.errors import Finding, ParkDataError
from circularpark.solve.frontier import Frontier, FrontierPoint
from circularpark.solve.projects import Outcome, Projects
from circularpark.solve.run import Clock, plan_of_optimum
from circularpark.studies.keeper import NOT_KEPT, Kept, Telling
from circularpark.studies.pareto import frontier_of, problem_of
from circularpark.studies.question import question

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.again import Replanner
    from circularpark.solve.plan import Plan
    from circularpark.studies.case import Case
    from circularpark.studies.study import Study

STEPS = 10
# Less than this share of all that the projects save is nothing.
NOTHING = 1e-6
_COLUMNS = ["items", "needs", "name_zh", "name_en", "capex"]
_COLUMNS += [f"{way}_{what}" for way in ("last", "alone") for what in ("co2", "cost", "proven")]
_BUILD = ["item", "name_zh", "name_en", "kind", "unit"]


@dataclass(frozen=True)
class Step:
    """One step of the curve by re-solving, from the step before.

    co2, cost : at the end of the step; saved, more : t less and money more than before
    price : what the last tonne cost; plan : at the end of the step
    """

    co2: float
    cost: float
    saved: float
    more: float
    price: float
    plan: Plan

    @property
    def average(self) -> float | None:
        """What a tonne of this step costs on average."""
        return self.more / self.saved if self.saved > 0 else None


@dataclass(frozen=True)
class Overlap:
    """What the projects save together, and the sums over them: alone and as the last one [t]."""

    together: float | None
    alone: float | None
    last: float


@dataclass(frozen=True)
class _Move:
    """From one operation to another: money more, t saved, the limits eased for it."""

    cost: float
    co2: float
    proven: bool
    eased: tuple[str, ...]


@dataclass(frozen=True)
class Macc:
    """Both curves of a park.

    start : the least-cost plan; steps : down to the least CO2, none where the cheapest plan
    has the least CO2 already
    projects : items, needs (ids of others that it is idle without), names (of its largest
    investment), capex; last_co2, last_cost, alone_co2, alone_cost: t saved and money more, blank
    where the park has no plan so; proven
    eased : ids of limits that today's park cannot meet, held at today's level in the runs
        that cannot meet them either
    kept : what the run store has to do with it
    """

    start: Plan
    steps: tuple[Step, ...]
    plan: Plan
    projects: pd.DataFrame
    overlap: Overlap
    eased: tuple[str, ...] = ()
    kept: Kept = NOT_KEPT

    @property
    def certified(self) -> bool:
        """Whether every plan of the curve is proven, and every project's runs."""
        plans = [self.start, self.plan, *(step.plan for step in self.steps)]
        return all(p.certificate.ok for p in plans) and bool(self.projects["proven"].all())

    @property
    def frame(self) -> pd.DataFrame:
        """The steps, ready for a chart: step, co2, cost, saved, more, average, price."""
        rows = [
            (n + 1, s.co2, s.cost, s.saved, s.more, s.average, s.price)
            for n, s in enumerate(self.steps)
        ]
        names = ["step", "co2", "cost", "saved", "more", "average", "price"]
        return pd.DataFrame(rows, columns=names)

    def becomes(self, place: int) -> pd.DataFrame:
        """What a step builds beyond the one before: item, names, kind, unit, before, after."""
        before = self.start if place == 0 else self.steps[place - 1].plan
        both = _built(before).merge(
            _built(self.steps[place].plan), on=_BUILD, how="outer", suffixes=("_before", "_after")
        )
        both = both.fillna({"capacity_before": 0.0, "capacity_after": 0.0})
        both = both.rename(columns={"capacity_before": "before", "capacity_after": "after"})
        moved = (both["after"] - both["before"]).abs()
        kept = moved > 1e-3 * both[["before", "after"]].max(axis=1)
        return both.loc[kept, [*_BUILD, "before", "after"]].reset_index(drop=True)

    def as_dict(self) -> dict[str, Any]:
        """Both curves as one JSON object."""
        frame = self.projects.astype(object).where(self.projects.notna(), None)
        return {
            "start": {
                "cost": self.start.account.whole("cost"),
                "co2": self.start.account.whole("co2"),
            },
            "steps": [
                row
                | {
                    "builds": self.becomes(place)[["item", "unit", "before", "after"]].to_dict(
                        orient="records"
                    )
                }
                for place, row in enumerate(self.frame.to_dict(orient="records"))
            ],
            "projects": frame.to_dict(orient="records"),
            "overlap": {
                "together": self.overlap.together,
                "alone": self.overlap.alone,
                "last": self.overlap.last,
            },
            "eased": list(self.eased),
        }


def macc(study: Study, *, steps: int = STEPS, case: Case | str | None = None) -> Macc:
    """Marginal abatement cost of a park, by re-solving and by project.

    Raises
    ------
    ParkDataError : the data has problems, or there is no step
    NoFeasiblePlan : the limits contradict each other
    SolverError : the solver failed
    """
    park = study.park(case)
    if steps < 1:
        raise ParkDataError([Finding("studies.steps", value=str(steps))], park.id)
    outcome = study.keeper.ask(
        lambda: question(park, study.planner.profile, "macc", steps=steps),
        lambda: _curves(park, steps, study.planner),
        _telling,
    )
    return replace(outcome.unwrapped(), kept=outcome.kept)


def _telling(found: Macc) -> Telling | None:
    """What is kept of the curves; None where something is not certified."""
    if not found.certified:
        return None
    return Telling(
        "optimal",
        lambda: {"status": "optimal", "case": found.plan.park.case, **found.as_dict()},
        lambda: {"steps": found.frame, "projects": _as_text(found.projects)},
    )


def _as_text(projects: pd.DataFrame) -> pd.DataFrame:
    """The projects with their lists of items as texts, which every reader of Parquet takes."""
    return projects.assign(
        items=projects["items"].map(";".join), needs=projects["needs"].map(";".join)
    )


def _curves(park: Park, steps: int, planner: Replanner) -> Macc:
    """Both curves of a park."""
    clock = Clock()
    plan = planner.plan(park)
    problem, best = problem_of(park, ("cost", "co2"), planner, clock)
    frontier = frontier_of(problem, planner, clock)
    points = [frontier.cheapest, *_equal(frontier, steps)]
    plans = [plan_of_optimum(p.optimum, best, planner.profile, clock) for p in points]
    found = [
        Step(b.second, b.first, a.second - b.second, b.first - a.first, b.price, p)
        for a, b, p in zip(points, points[1:], plans[1:], strict=False)
    ]
    cost, co2 = problem.objectives[-2:]
    projects = Projects.of_plan(plan.optimum, plan.best, cost, co2, planner.profile)
    table, overlap, eased = _by_project(plan, projects)
    return Macc(plans[0], tuple(found), plan, table, overlap, eased)


def _equal(frontier: Frontier, steps: int) -> list[FrontierPoint]:
    """The least cost at equal steps of CO2 below the cheapest plan's, to the least CO2."""
    if frontier.flat:
        return []
    least, most = frontier.dearest.second, frontier.cheapest.second
    wanted = np.linspace(most, least, steps + 1)[1:-1]
    return [*(frontier.at(float(amount)) for amount in wanted), frontier.dearest]


def _built(plan: Plan) -> pd.DataFrame:
    builds = plan.builds[plan.builds["capex"] > 0]
    return builds.groupby(_BUILD, sort=False)["capacity"].sum().reset_index()


def _by_project(plan: Plan, projects: Projects) -> tuple[pd.DataFrame, Overlap, tuple[str, ...]]:
    """Every project alone and as the last one, most saved as the last one first; what is eased."""
    every, none = projects.whole, projects.none()
    builds = plan.builds[plan.builds["capex"] > 0].groupby(_BUILD, sort=False)
    known = builds[["capacity", "capex"]].sum().reset_index().set_index("item")
    rows = []
    eased: list[str] = []
    for group in projects.groups:
        own = known.loc[list(projects.items[group])].sort_values("capex", ascending=False)
        needs = np.flatnonzero(projects.needs[group].any(axis=0))
        last = _between(projects.without(group), every)
        first = _between(none, projects.alone(group))
        row = {
            "items": list(own.index),
            "needs": [str(i) for i in projects.items[np.setdiff1d(needs, group)]],
            "name_zh": own["name_zh"].iloc[0],
            "name_en": own["name_en"].iloc[0],
            "capex": float(own["capex"].sum()),
        }
        rows.append(row | _told("last", last) | _told("alone", first))
        eased += [name for move in (last, first) if move is not None for name in move.eased]
    table = pd.DataFrame(rows, columns=_COLUMNS).sort_values(
        "last_co2", ascending=False, kind="stable", ignore_index=True
    )
    proven = table["last_proven"].astype(bool) & table["alone_proven"].astype(bool)
    table = table.drop(columns=["last_proven", "alone_proven"]).assign(proven=proven)
    together = _between(none, every)
    overlap = Overlap(
        together=None if together is None else together.co2,
        alone=None if table["alone_co2"].isna().any() else float(table["alone_co2"].sum()),
        last=float(table["last_co2"].fillna(0.0).sum()),
    )
    return table, overlap, tuple(dict.fromkeys(eased))


def _between(before: Outcome | None, after: Outcome | None) -> _Move | None:
    """What goes from one to the other: t saved and money more."""
    if before is None or after is None:
        return None
    proven = before.proven and after.proven
    eased = (*before.eased, *after.eased)
    return _Move(after.cost - before.cost, before.co2 - after.co2, proven, eased)


def _told(name: str, outcome: _Move | None) -> dict[str, float | bool]:
    """An outcome as cells; one that does not exist is blank, and nothing is wrong with that."""
    if outcome is None:
        return {f"{name}_co2": np.nan, f"{name}_cost": np.nan, f"{name}_proven": True}
    return {
        f"{name}_co2": outcome.co2,
        f"{name}_cost": outcome.cost,
        f"{name}_proven": outcome.proven,
    }
