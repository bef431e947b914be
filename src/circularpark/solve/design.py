"""Design: capacities from typical days, then every hour of the year dispatched with them.

What the plan says of cost and CO2 is true: the whole year runs hour by hour with the
capacities as built, judged like any other plan. Approximate is only that the capacities
were chosen on typical days: with the whole year before it, `exact` might choose better ones.
Besides the days, the year's critical hours must be served (``program.critical_hours``), so that
a design seldom fails its year.

Source: two-stage design and operation as in Bahl, Kumpel, Seele, Lampe & Bardow (2017),
Time-series aggregation for synthesis problems by bounding error in the objective function,
Energy 135, 900-912.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.errors import NoFeasiblePlan
from circularpark.program.assemble import Objective, Problem
from circularpark.program.columns import item_scale
from circularpark.program.data import Blocks
from circularpark.program.time import Floats, TimeTable, time_table
from circularpark.program.typical_days import days_wanted, steps_of_a_day, typical_time
from circularpark.program.variables import Variables
from circularpark.solve.highs import Infeasible
from circularpark.solve.interior import is_large
from circularpark.solve.months import ByMonth, is_long, prices_of
from circularpark.solve.run import (
    Clock,
    Judged,
    Live,
    Optimum,
    best_operation,
    build_plan,
    certified_best,
    judge,
    optimise,
    plan_of_optimum,
    why,
)
from circularpark.solve.typical import ROOM, larger, optimum_of_days
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.account.measures import Account
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan
    from circularpark.solve.profile import SolverProfile

# Capacity below this share of its typical size is what the solver's tolerances leave.
DUST = 1e-7
# Unmet demand beyond this share of all demand is a shortage, not a tolerance.
SHORT = 1e-6
# How much of the design is kept where the whole year needs other capacities.
KEPT = (1.0, 0.9)
# A capacity that costs nothing is still not enlarged without need.
HARDLY = 1e-6


class NoFeasibleDesign(NoFeasiblePlan):
    """No plan meets every limit on the typical days; the diagnosis is theirs."""

    def text(self, lang: Language) -> str:
        """What is wrong, and that only typical days were looked at."""
        return f"{super().text(lang)} {say('design.infeasible', lang)}"


@dataclass(frozen=True)
class Design:
    """How the capacities of an approximate plan were chosen.

    time : the typical days, then the critical hours; estimate : their plan, with its own cost
        and CO2
    change : (builds, years) by which the whole year needed more or less
    stores : that may be built, and whose worth from day to day the typical days did not see
    """

    time: TimeTable
    estimate: Judged
    change: Floats
    stores: tuple[str, ...]

    @property
    def steps(self) -> int:
        """How many periods make a day."""
        return round(24 / float(self.time.hours[0]))

    @property
    def critical(self) -> NDArray[np.bool_]:
        """Which periods are critical hours, each closed upon itself, and no part of a day, (T,)."""
        alone: NDArray[np.bool_] = self.time.next == np.arange(len(self.time.next))
        return alone & (self.steps > 1)

    @property
    def count(self) -> int:
        """How many typical days a year has."""
        return int(np.bincount(self.time.block[~self.critical]).max()) // self.steps

    @property
    def days(self) -> pd.DataFrame:
        """The typical days: day, and how often it occurs in its year."""
        first = np.flatnonzero(~self.critical)[:: self.steps]
        named = [str(p).rpartition("h")[0] for p in self.time.period[first]]
        return pd.DataFrame({"day": named, "weight": self.time.weight[first]})

    def changes(self, plan: Plan) -> pd.DataFrame:
        """By how much the whole year needed more or less than designed: item, year, capacity."""
        index = plan.problem.var.build.index["item"].to_numpy(dtype=object)
        row, year = np.nonzero(self.change)
        return pd.DataFrame(
            {
                "item": index[row],
                "year": np.array(plan.problem.data.time.years)[year],
                "capacity": self.change[row, year],
            }
        )

    def as_dict(self, plan: Plan) -> dict[str, object]:
        """The design as the JSON contract writes it."""
        account = self.estimate.account
        return {
            "typical_days": self.count,
            "critical_hours": int(self.critical.sum()),
            "periods": len(plan.problem.data.time.period),
            "days": self.days.to_dict(orient="records"),
            "estimate": {
                name: {str(y): float(v) for y, v in account.annual(name).items()}
                for name in account.measures
            },
            "changed": self.changes(plan).to_dict(orient="records"),
            "stores_within_the_day": list(self.stores),
        }


def design(
    park: Park, profile: SolverProfile, minimise: str | None = None, days: int | None = None
) -> Plan:
    """The plan of ``park`` with capacities from typical days and every hour dispatched.

    Where the year has no more periods than its typical days would have, it is solved whole.

    Parameters
    ----------
    days : how many typical days [the park's]

    Raises
    ------
    ParkDataError : the year is not made of whole days
    NoFeasiblePlan : the typical days or the whole year have no plan; the diagnosis says why
    SolverError : the solver failed
    """
    clock = Clock()
    # A park that asks for typical days is dispatched on all hours of its profiles.
    typical = park.settings.mode == "typical_days"
    full = Blocks(park, time_table(park, mode="hours" if typical else None))
    best = certified_best(park, profile, clock, full)
    whole = build_plan(park, best.account if best else None, clock, minimise, full)
    if _small(full.time, days or days_wanted(park)):
        return plan_of_optimum(_solved(whole, profile, clock), best, profile, clock, mode="design")
    chosen = _on(full, typical_time(park, full.time, days, critical=True))

    days_best = _best_of_days(park, chosen, profile, clock)

    def estimated(least: Floats | None = None) -> Judged:
        problem = build_plan(park, days_best, clock, minimise, chosen)
        return _estimate(problem, days_best, profile, clock, least)

    estimate = estimated()
    wanted = built = larger(_builds(estimate.optimum), whole)
    optimum = _dispatched(whole, wanted, estimate, profile, clock)
    if optimum is None:
        mended = _mended(whole, wanted, profile, clock)
        # Choosing between the two by the whole year is better, but too slow for a large program.
        large = is_large(whole, profile)
        found = _once_more(whole, mended, estimated, profile, clock) if large else None
        optimum, built = found or _between(whole, wanted, mended, profile, clock)
    made = Design(
        time=chosen.time,
        estimate=estimate,
        change=_beyond_dust(whole, built - wanted),
        stores=_stores(whole),
    )
    return plan_of_optimum(optimum, best, profile, clock, mode="design", design=made)


def _on(blocks: Blocks, time: TimeTable) -> Blocks:
    """The same tables and links on another time table of the same years and scenarios."""
    other = copy(blocks)
    other.time = time
    return other


def _small(full: TimeTable, days: int) -> bool:
    """Whether the whole year has no more periods than its typical days would have."""
    steps = steps_of_a_day(full) or 24
    return len(full.period) <= days * steps * len(full.blocks)


def _solved(problem: Problem, profile: SolverProfile, clock: Clock) -> Optimum:
    try:
        return optimise(problem, profile, clock)
    except Infeasible:
        raise NoFeasiblePlan(why(problem, profile), problem.park.id) from None


def _best_of_days(
    park: Park, chosen: Blocks, profile: SolverProfile, clock: Clock
) -> Account | None:
    """The best operation of the typical days, which limits may be relative to; else None."""
    if not (park.tables.limits["relative_to"] == "best_operation").any():
        return None
    found = best_operation(park, profile, clock, chosen)
    return found.account if found else None


def _estimate(
    problem: Problem,
    best: Account | None,
    profile: SolverProfile,
    clock: Clock,
    least: Floats | None,
) -> Judged:
    """The optimum of the typical days.

    least : (builds, years) what is built at least
    """
    if least is not None:
        problem = _with_builds(problem, least, np.maximum(problem.var.build.upper, least))
    try:
        optimum = optimum_of_days(problem, profile, clock)
    except Infeasible:
        raise NoFeasibleDesign(why(problem, profile), problem.park.id) from None
    return judge(optimum, clock, best, limits=True)


def _builds(optimum: Optimum) -> Floats:
    """What a point builds, (builds, years), without the solver's dust."""
    build = optimum.problem.var.build
    values = optimum.x[build.start : build.stop].reshape(build.entities, build.width)
    items = optimum.problem.data.item
    size = items.unit_size[items.expandable[items.in_units]][:, None]
    # Whole units to the last digit: the year is dispatched with exactly these.
    values[items.in_units] = np.round(values[items.in_units] / size) * size
    return np.where(values > DUST * build.scale[:, None], np.minimum(values, build.upper), 0.0)


def _beyond_dust(problem: Problem, change: Floats) -> Floats:
    """Changes that are more than the room left for tolerances."""
    build = problem.var.build
    grown = problem.data.item.expandable
    size = np.maximum(build.scale, item_scale(problem.data)[grown])[:, None]
    return np.where(np.abs(change) > 10 * ROOM * size, change, 0.0)


def _stores(problem: Problem) -> tuple[str, ...]:
    data = problem.data
    names = data.storage.index["storage"].to_numpy(dtype=object)
    return tuple(str(n) for n in names[data.item.column[data.storage.item] >= 0])


def _dispatched(
    whole: Problem, built: Floats, days: Judged, profile: SolverProfile, clock: Clock
) -> Optimum | None:
    """The whole year with these capacities; None where it does not work, or demand is missed."""
    problem = _with_builds(whole, built, built)
    try:
        optimum = optimise(problem, profile, clock, _live(problem, days, profile, clock))
    except Infeasible:
        return None
    return None if _short(optimum) else optimum


def _live(problem: Problem, days: Judged, profile: SolverProfile, clock: Clock) -> Live | None:
    """A year that is solved month by month begins at the prices of the typical days."""
    if problem.integer.any() or not is_long(problem, profile):
        return None
    told = days.optimum
    guess = prices_of(problem, told.problem, told.points[0].duals)
    live: Live = clock.run("hand_over", ByMonth, problem, profile, guess)
    return live


def _once_more(
    whole: Problem,
    mended: Floats,
    estimated: Callable[[Floats], Judged],
    profile: SolverProfile,
    clock: Clock,
) -> tuple[Optimum, Floats] | None:
    """The typical days once more, with at least what the year needs; None where that fails."""
    build = whole.var.build
    room = np.where(mended > 0, ROOM * np.maximum(mended, build.scale[:, None]), 0.0)
    least = np.minimum(mended + room, np.maximum(build.upper, mended))
    try:
        estimate = estimated(least)
    except NoFeasibleDesign:
        return None
    built = np.maximum(larger(_builds(estimate.optimum), whole), least)
    optimum = _dispatched(whole, built, estimate, profile, clock)
    return None if optimum is None else (optimum, built)


def _between(
    whole: Problem, wanted: Floats, mended: Floats, profile: SolverProfile, clock: Clock
) -> tuple[Optimum, Floats]:
    """Between the design and what mends it the park's own objective chooses.

    Returns
    -------
    Optimum of the year; (builds, years) what stands in it.
    """
    build = whole.var.build
    low, high = np.minimum(mended, wanted), np.maximum(mended, wanted)
    # What neither of them builds stays out, and all that hangs on it.
    room = np.where(high > 0, ROOM * np.maximum(high, build.scale[:, None]), 0.0)
    box = _with_builds(whole, np.maximum(low - room, 0.0), np.minimum(high + room, build.upper))
    optimum = optimise(box, profile, clock)
    return optimum, _builds(optimum)


def _short(optimum: Optimum) -> bool:
    """Whether demand stays unmet that more capacity might meet."""
    first = optimum.problem.objectives[0]
    if "unmet" not in first.weights:
        return False
    demand = optimum.problem.data
    all_of_it = float(demand.time.year_total(demand.demand.rate).sum())
    return float(first.costs @ optimum.x) > SHORT * max(all_of_it, 1.0)


def _mended(whole: Problem, wanted: Floats, profile: SolverProfile, clock: Clock) -> Floats:
    """The least investment that lets the year work and keeps as much of the design as it can.

    First all of the design is kept and only enlarged; where a budget or another limit has no
    room for that, nine tenths of it are kept. Only then other things than the design's are
    built too, and last of all whatever it takes.

    Raises
    ------
    NoFeasiblePlan : no capacities at all would do; the diagnosis is that of the whole year.
    """
    build = whole.var.build
    stages = [o for o in whole.objectives if "unmet" in o.weights]
    mending = replace(whole, objectives=(*stages, _investment(whole)))
    own = np.where(wanted > 0, build.upper, 0.0)
    for upper in (own, build.upper):
        for share in KEPT:
            least = share * wanted
            try:
                bounded = _with_builds(mending, least, np.maximum(upper, least))
                return np.maximum(_builds(optimise(bounded, profile, clock)), least)
            except Infeasible:
                continue
    return _builds(_solved(mending, profile, clock))


def _investment(problem: Problem) -> Objective:
    """What all building costs, in the year of building, with what is paid once."""
    items, build, opened = problem.data.item, problem.var.build, problem.var.open
    capex = items.capex[items.expandable]
    usual = float((capex * build.scale[:, None]).mean()) if capex.size else 0.0
    costs = np.zeros(problem.var.size)
    least = HARDLY * max(usual, 1.0) / build.scale[:, None]
    costs[build.start : build.stop] = np.maximum(capex, least).ravel()
    once = items.capex_fixed[items.expandable[items.opened]]
    costs[opened.start : opened.stop] = once.ravel()
    return Objective("investment", {}, costs, 0.0)


def _with_builds(problem: Problem, lower: Floats, upper: Floats) -> Problem:
    """The program with other bounds on what is built."""
    build = replace(problem.var.build, lower=lower, upper=upper)
    var = Variables({**problem.var.blocks, "build": build}, problem.var.size)
    return replace(problem, var=var)
