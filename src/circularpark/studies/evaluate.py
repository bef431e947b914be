"""Projects one by one: what each saves and costs, who pays whom, and what it is worth.

Projects are the investments of the park's own plan, or a list that somebody brings. Each is
valued in three ways: alone (only it is added to today's park, with what it needs), as the last
one (taken away from all of them), and on average over the orders in which they may come. A
project's payments, partners and prices are those of the last one: with and without it, all
others being there; where there is no operation without it, those of it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.account.orders import Averages, averages
from circularpark.errors import NoFeasiblePlan
from circularpark.park.finance import Terms, finance_terms
from circularpark.program.assemble import stage_objective
from circularpark.program.time import Floats
from circularpark.solve.interior import is_large
from circularpark.solve.projects import LIMITS, Projects, limit_names, without_limits
from circularpark.solve.run import Clock, Judged, judge, why
from circularpark.studies.evaluated import Evaluation, Project
from circularpark.studies.investments import Investments, listed_items, plan_items, ranged
from circularpark.studies.pareto import problem_of
from circularpark.studies.project_figures import Work, companies, finances_of, told, untold
from circularpark.studies.project_list import ProjectList, read_list, year_place
from circularpark.studies.project_pairs import neighbours

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.program.assemble import Objective, Problem
    from circularpark.solve.plan import Plan
    from circularpark.solve.profile import SolverProfile
    from circularpark.studies.case import Case
    from circularpark.studies.study import Study

# So many further programs may be solved for the averages over orders.
RUNS = 300


def evaluate(
    study: Study,
    projects: str | Path | None = None,
    *,
    case: Case | str | None = None,
    terms: Mapping[str, float] | None = None,
    support: bool = False,
    runs: int | None = None,
) -> Evaluation:
    """Evaluate the projects of a park's plan, or of a list.

    Parameters
    ----------
    projects : CSV or Excel file: item, capacity, and optional columns; see the README
    terms : financial terms in place of the catalogue's, by id
    support : whether to count on the state's subsidy and tax credit
    runs : at most so many programs are solved for the averages over orders [300; none for
        programs so large that each is a matter of minutes]

    Raises
    ------
    ParkDataError : the data or the list has problems
    NoFeasiblePlan : the limits contradict each other, or the list cannot be run with them
    SolverError : the solver failed
    """
    park, clock, planner = study.park(case), Clock(), study.planner
    if projects is None:
        return evaluate_plan(planner.plan(park), terms=terms, support=support, runs=runs)
    own = finance_terms(park.settings.currency, terms, support=support)
    problem, best = problem_of(park, ("cost", "co2"), planner, clock)
    cost, co2 = problem.objectives[-2:]
    plain = _own_objective(problem, park)
    listed = read_list(projects, plain)
    found, lifted = _of_list(plain, listed, best, (cost, co2), study)
    work = _work(found, listed_items(plain, found, listed), own)
    most = _most(runs, problem, planner.profile)
    certified = _certified(found, best, clock, lifted)
    return _evaluation(work, park, None, listed, lifted, most, certified)


def evaluate_plan(
    plan: Plan,
    *,
    terms: Mapping[str, float] | None = None,
    support: bool = False,
    runs: int | None = None,
) -> Evaluation:
    """Evaluate the projects of a plan that is there already: it is not solved again.

    Parameters
    ----------
    terms, support, runs : as of ``evaluate``
    """
    own = finance_terms(plan.park.settings.currency, terms, support=support)
    cost, co2 = (stage_objective(plan.problem, name) for name in ("cost", "co2"))
    found = Projects.of_plan(plan.optimum, plan.best, cost, co2, plan.profile)
    work = _work(found, plan_items(plan, found), own)
    most = _most(runs, plan.problem, plan.profile)
    return _evaluation(work, plan.park, plan, None, (), most, plan.certificate.ok)


def _work(found: Projects, investments: Investments, own: Terms) -> Work:
    priced = replace(investments, table=ranged(investments.table, own))
    rate = float(found.problem.park.settings.discount_rate)
    return Work(found, priced, own, rate, found.worth())


def _most(runs: int | None, problem: Problem, profile: SolverProfile) -> int:
    """How many programs may be solved for the averages over orders."""
    if runs is not None:
        return runs
    return 0 if is_large(problem, profile) else RUNS


def _certified(found: Projects, best: Judged | None, clock: Clock, lifted: Collection[str]) -> bool:
    """Whether the park with all the projects passes its raw-data check and its proof."""
    if found.together is None or found.whole is None:
        return False
    account = best.account if best else None
    kept = not lifted and not found.whole.eased
    return judge(found.together, clock, account, limits=kept).certificate.ok


def _own_objective(problem: Problem, park: Park) -> Problem:
    """The program with the park's own objective in place of cost and co2."""
    from circularpark.program.assemble import build

    return build(park, baseline=problem.data.baseline, blocks=problem.data.blocks)


def _of_list(
    problem: Problem,
    listed: ProjectList,
    best: Judged | None,
    objectives: tuple[Objective, Objective],
    study: Study,
) -> tuple[Projects, tuple[str, ...]]:
    """The list's projects in the program; capex limits are lifted where they exceed them."""
    place = {str(item): i for i, item in enumerate(problem.data.item.key["item"])}
    named = [
        {
            row.item: (year_place(row, problem, place[row.item]), row.number("capacity"))
            for row in rows
        }
        for rows in listed.projects.values()
    ]
    profile, (cost, co2) = study.planner.profile, objectives
    found = Projects.of_list(problem, best, named, cost, co2, profile)
    if found.together is not None:
        return found, ()
    table = problem.data.blocks.first.limits
    budgets = tuple(str(name) for name in table.loc[table["measure"] == "capex", "id"])
    if budgets and any(b.family == LIMITS for b in problem.blocks):
        present = limit_names(problem.block(LIMITS)[0])
        budgets = tuple(name for name in budgets if name in present)
        free = without_limits(problem, budgets)
        again = Projects.of_list(free, best, named, cost, co2, profile)
        if again.together is not None:
            return again, budgets
        found = again
    raise NoFeasiblePlan(why(found.bounded_whole, profile), problem.park.id)


def _evaluation(
    work: Work,
    park: Park,
    plan: Plan | None,
    listed: ProjectList | None,
    lifted: tuple[str, ...],
    most: int,
    certified: bool,
) -> Evaluation:
    projects = work.projects
    shared = _averages(work, most)
    found = [_project(work, place, shared) for place in range(len(projects.groups))]
    found = _beside(work, found, most)
    found.sort(key=lambda p: -p.values.get("last", (0.0, 0.0))[0])
    none, whole = projects.none(), projects.whole
    together, money, table = None, None, pd.DataFrame()
    if none is not None and whole is not None:
        saved, cost = none.co2 - whole.co2, whole.cost - none.cost + float(work.value_of.sum())
        together = (saved, cost)
        everything = np.arange(len(projects.groups))
        subsidies = [p.finances.subsidy for p in found if p.finances is not None]
        own = {"subsidy": float(sum(subsidies))}
        if len(everything):
            money = finances_of(work, everything, work.change(none, whole)[0], own)
        table = companies(work, none, whole, found)
    eased = tuple(dict.fromkeys(name for p in found for name in p.eased))
    return Evaluation(
        park, plan, None if listed is None else listed.file, tuple(found), together, money,
        table, work.terms, 0 if shared is None else shared.orders,
        shared is not None and shared.exact, projects.runs, eased, lifted,
        projects.proven, certified, () if listed is None else listed.warnings,
    )  # fmt: skip


def _beside(work: Work, found: list[Project], most: int) -> list[Project]:
    """The projects with the one that each competes with, or is completed by, the most."""
    gaps = {n: p.interaction[0] for n, p in enumerate(found) if p.interaction is not None}
    touched = {n: gap for n, gap in gaps.items() if found[n].relation != "none"}
    if most <= 0 or len(touched) < 2:
        return found
    saved = {n: p.values["last"][0] for n, p in enumerate(found) if "last" in p.values}
    rivals = {n for n, p in enumerate(found) if p.relation == "competes"}
    pairs = neighbours(work.projects, touched, saved, rivals)
    return [
        replace(p, beside=(found[pairs[n][0]].id, pairs[n][1])) if n in pairs else p
        for n, p in enumerate(found)
    ]


def _averages(work: Work, most: int) -> Averages | None:
    """Average over orders of (t CO2 saved, money more); None where not asked or there is none."""
    projects = work.projects
    count = len(projects.groups)
    if most <= 0 or count == 0:
        return None

    def value(there: np.ndarray) -> Floats | None:
        found = projects.some(there)
        if found is None:
            return None
        return np.array([-found.co2, found.cost + float(work.value_of @ there)])

    return averages(value, count, most)


def _project(work: Work, place: int, shared: Averages | None) -> Project:
    """One project with all that is told of it."""
    projects, group = work.projects, work.projects.groups[place]
    items = work.investments.of(place)
    whole, none = projects.whole, projects.none()
    without, only = projects.without(group), projects.alone(group)
    pairs = {"alone": (none, only), "last": (without, whole)}
    more = float(work.value_of[place])
    values = {
        way: (before.co2 - after.co2, after.cost - before.cost + more)
        for way, (before, after) in pairs.items()
        if before is not None and after is not None
    }
    error = None
    if shared is not None:
        values["average"] = (float(shared.mean[place, 0]), float(shared.mean[place, 1]))
        error = (float(shared.error[place, 0]), float(shared.error[place, 1]))
    way = next((w for w in ("last", "alone") if w in values), None)
    needs = np.setdiff1d(np.flatnonzero(projects.needs[group].any(axis=0)), group)
    largest = items.sort_values("capex", ascending=False, kind="stable").iloc[0]
    ends = [o for o in (none, without, only, whole) if o is not None]
    figures = told(work, place, pairs[way]) if way is not None else untold(work, place)
    return Project(
        id=work.investments.names[place],
        names={"zh": str(largest["name_zh"]), "en": str(largest["name_en"])},
        items=items,
        needs=tuple(str(i) for i in projects.items[needs]),
        values=values,
        error=error,
        way=way,
        eased=tuple(dict.fromkeys(name for o in ends for name in o.eased)),
        proven=all(o.proven for o in ends),
        **figures,
    )
