"""Near-optimal plans: what must be built, what may be, and what no good plan has.

The park's limits hold, and the first stage of its objective (or a measure that is asked for)
stays within some per cent of the optimum; everything else is free. Of every link, investment
and measure the least and the most are found. With nought per cent every stage of the objective
stays as the plan has it: what then still has a range is where equal optima differ.

A link is counted by what it sends in the last planning year. Of an investment the least is the
capacity that must be built. Its most is what it needs where it is used most: capacity beyond
that would stand idle, and any plan may waste what it has left.

Source: DeCarolis (2011), Using modeling to generate alternatives (MGA) to expand our thinking
on energy futures, Energy Economics 33; Pedersen, Victoria, Rasmussen & Andresen (2021),
Modeling all alternative solutions for highly renewable energy systems, Energy 234.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from circularpark.errors import Finding, ParkDataError
from circularpark.program.assemble import Problem, year_weight
from circularpark.program.terms import weigh
from circularpark.program.time import Floats
from circularpark.solve.certificate import Held
from circularpark.solve.face import equal_optima
from circularpark.solve.naming import item_names, item_units
from circularpark.solve.ranges import NOTHING, End, Ranges
from circularpark.studies.uses import asked_of_capacity, summed

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan
    from circularpark.studies.case import Case
    from circularpark.studies.study import Study

WITHIN = 1.0
# The plan itself is among the points, whatever the last digits of its sums are.
ROUNDING = 1e-9
MUST, OPTIONAL, NEVER = "must", "optional", "never"
LINKS = ["link", "from", "to", "commodity", "transport", "unit"]
INVESTMENTS = ["item", "kind", "name_zh", "name_en", "unit"]
RANGE = ["plan", "least", "most", "status", "gap", "proven"]


@dataclass(frozen=True)
class Near:
    """How far the park can go while it is nearly as good as its plan.

    within : per cent; plan : the optimum
    links : link, from, to, commodity, transport, unit, plan, least, most, status, gap, proven
    investments : item, kind, names, unit, plan, ...; measures : measure, unit, plan, ...
    solves : optima that were found; spared : ends that needed none
    """

    within: float
    plan: Plan
    links: pd.DataFrame
    investments: pd.DataFrame
    measures: pd.DataFrame
    solves: int
    spared: int

    @property
    def room(self) -> float:
        """By how much the objective may be worse, in its own unit."""
        stages = self.plan.problem.objectives
        place = next(i for i, o in enumerate(stages) if "unmet" not in o.weights)
        best = self.plan.optimum.points[place].value + stages[place].offset
        return self.within / 100 * abs(best)

    @property
    def certified(self) -> bool:
        """Whether the plan and both ends of every range are proven."""
        tables = (self.links, self.investments, self.measures)
        return self.plan.certificate.ok and all(bool(t["proven"].all()) for t in tables)

    def as_dict(self) -> dict[str, Any]:
        """The ranges as one JSON object; a most without end is null."""
        return {
            "within": self.within,
            "objective": self.plan.objective,
            "solves": self.solves,
            "spared": self.spared,
            "links": _records(self.links),
            "investments": _records(self.investments),
            "measures": _records(self.measures),
        }


def near(
    study: Study,
    within: float = WITHIN,
    *,
    minimise: str | None = None,
    items: Sequence[str] = ("*",),
    case: Case | str | None = None,
) -> Near:
    """The ranges of links, investments and measures among nearly optimal plans.

    Parameters
    ----------
    within : per cent by which the objective may be worse than the plan's
    minimise : a measure that counts instead of the park's objective
    items : ids or globs of links and investments that are wanted

    Raises
    ------
    ParkDataError : the data has problems, or the per cent are no number from 0 on
    NoFeasiblePlan : the limits contradict each other
    SolverError : the solver failed
    """
    park = study.park(case)
    if not (np.isfinite(within) and within >= 0):
        raise ParkDataError([Finding("studies.within", value=f"{within:g}")], park.id)
    plan = study.planner.plan(park, minimise=minimise)
    problem = plan.problem
    links, flows = _links(problem, items)
    things, least, used = _investments(problem, items)
    measures, sums, offsets = _measures(plan)
    forms = sparse.csr_array(sparse.vstack([flows, least, used, sums], format="csr"))
    shift = np.concatenate([np.zeros(forms.shape[0] - len(offsets)), offsets])
    space, held = near_space(plan, within)
    ranges = Ranges(space, held, forms, shift, plan.optimum.x, study.planner.profile)
    start = np.cumsum([0, len(links), len(things), len(things)])
    never = ranges.never(np.r_[start[0] : start[1], start[2] : start[3]])
    found = {
        "links": _link_ranges(ranges, links, never),
        "investments": _investment_ranges(ranges, things, plan, never, start),
        "measures": _measure_ranges(ranges, measures, int(start[3])),
    }
    return Near(within, plan, **found, solves=ranges.solves, spared=ranges.spared)


def near_space(plan: Plan, within: float) -> tuple[Problem, list[Held]]:
    """The program of nearly optimal points, and what they keep: the first stage within per cent.

    What stays unmet stays as little as it can be in any case. At nought per cent they are the
    points that are as good as the plan in every stage.
    """
    if within == 0:
        return equal_optima(plan.optimum)
    found: list[Held] = []
    x = plan.optimum.x
    for place, stage in enumerate(plan.problem.objectives):
        own = float(stage.costs @ x)
        rounding = ROUNDING * float(np.abs(stage.costs * x).sum())
        if "unmet" in stage.weights:
            found.append(Held(stage.costs, own + rounding))
            continue
        best = plan.optimum.points[place].value
        room = within / 100 * abs(best + stage.offset)
        found.append(Held(stage.costs, max(best + room, own + rounding)))
        break
    return plan.problem, found


def _wanted(names: pd.Series, items: Sequence[str]) -> np.ndarray:
    return np.array([any(fnmatchcase(str(n), glob) for glob in items) for n in names], dtype=bool)


def _links(problem: Problem, items: Sequence[str]) -> tuple[pd.DataFrame, sparse.csr_array]:
    """The links, and what each sends both ways in the last planning year, (L, n)."""
    data, time = problem.data, problem.data.time
    own = time.block_year[time.block] == len(time.years) - 1
    weight = np.where(own, time.span * time.probability, 0.0)
    names = data.link.key["link"]
    frame = data.blocks.links.set_index("id").reindex(names)
    units = problem.park.tables.commodities.drop_duplicates("id").set_index("id")["unit"]
    table = pd.DataFrame({"link": names, **{c: frame[c].to_numpy() for c in LINKS[1:5]}})
    table["unit"] = units.reindex(table["commodity"]).to_numpy()
    parts = [
        summed(problem, "link_flow", np.arange(len(names)), weight, len(names)),
        summed(problem, "link_flow_back", data.link.back, weight, len(names)),
    ]
    kept = np.flatnonzero(_wanted(table["link"], items))
    return table.iloc[kept].reset_index(drop=True), sparse.csr_array((parts[0] + parts[1])[kept])


def _investments(
    problem: Problem, items: Sequence[str]
) -> tuple[pd.DataFrame, sparse.csr_array, sparse.csr_array]:
    """What can be built for money, what is built of it, and how much of it is used, (I, n).

    Use is the mean rate over all planning years of what the capacity has to be enough for.
    """
    data, build = problem.data, problem.var.build
    grown = data.item.expandable
    names, units = item_names(data), item_units(data)
    ids = build.key["item"]
    paid = (data.item.capex[grown] > 0).any(axis=1) | (data.item.capex_fixed[grown] > 0).any(axis=1)
    kept = np.flatnonzero(paid & _wanted(pd.Series(ids), items))
    table = pd.DataFrame(
        {
            "item": ids[kept],
            "kind": data.item.kind[grown][kept],
            **{f"name_{k}": [names.get(i, {}).get(k, i) for i in ids[kept]] for k in ("zh", "en")},
            "unit": [units.get(i, "") for i in ids[kept]],
        }
    )
    built = summed(problem, "build", np.arange(len(ids)), np.ones(build.width), len(ids))
    asked, item = asked_of_capacity(problem)
    time = data.time
    weight = np.tile(time.span * time.probability, len(item) // len(time.period))
    hours = float((time.span * time.probability).sum())
    mean = sparse.csr_array(
        (weight / hours, (item, np.arange(len(item)))), shape=(len(ids), len(item))
    )
    return table, sparse.csr_array(built[kept]), sparse.csr_array((mean @ asked)[kept])


def _measures(plan: Plan) -> tuple[pd.DataFrame, sparse.csr_array, Floats]:
    """The measures over all planning years, weighed as an objective weighs them."""
    problem, time = plan.problem, plan.problem.data.time
    units = dict(
        zip(plan.park.tables.measures["id"], plan.park.tables.measures["unit"], strict=True)
    )
    names = list(plan.account.measures)
    costs = np.zeros((len(names), problem.var.size))
    offsets = np.zeros(len(names))
    for row, name in enumerate(names):
        weights = year_weight(problem.data, name)
        _, offsets[row] = weigh(
            problem.measure(name), time, problem.var.size, weights, onto=costs[row]
        )
    table = pd.DataFrame({"measure": names, "unit": [units.get(n, "") for n in names]})
    return table, sparse.csr_array(costs), offsets


def _told(own: float, least: End, most: End, status: str) -> tuple[Any, ...]:
    proven = least.ok and most.ok
    gap = max(least.gap, most.gap, least.choice_gap, most.choice_gap)
    return (own, min(least.value, own), max(most.value, own), status, gap, proven)


def _with(table: pd.DataFrame, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=RANGE, index=table.index)
    return pd.concat([table, found], axis=1)


def _status(least: float, most: float, nothing: float) -> str:
    if least > nothing:
        return MUST
    return OPTIONAL if most > nothing else NEVER


def _link_ranges(ranges: Ranges, table: pd.DataFrame, never: dict[int, End]) -> pd.DataFrame:
    own = np.asarray(ranges.forms[: len(table)] @ ranges.start)
    rows = []
    for place in range(len(table)):
        most = never[place] if place in never else ranges.most(place)
        least = ranges.least(place)
        status = _status(least.value, most.value, NOTHING * ranges.size[place])
        rows.append(_told(float(own[place]), least, most, status))
    return _with(table, rows)


def _investment_ranges(
    ranges: Ranges, table: pd.DataFrame, plan: Plan, never: dict[int, End], start: np.ndarray
) -> pd.DataFrame:
    problem = plan.problem
    own = np.asarray(ranges.forms[start[1] : start[2]] @ ranges.start)
    asked, item = asked_of_capacity(problem)
    position = pd.Index(problem.var.build.key["item"]).get_indexer(pd.Index(table["item"]))
    rows = []
    for place, thing in enumerate(position):
        built, use = int(start[1]) + place, int(start[2]) + place
        most = never[use] if use in never else ranges.most(use)
        if most.x is not None and np.isfinite(most.value):
            needed = float((asked[np.flatnonzero(item == thing)] @ most.x).max(initial=0.0))
            most = End(needed, most.gap, most.choice_gap, True)
        least = ranges.least(built)
        status = _status(least.value, most.value, NOTHING * ranges.size[built])
        rows.append(_told(float(own[place]), least, most, status))
    return _with(table, rows)


def _measure_ranges(ranges: Ranges, table: pd.DataFrame, start: int) -> pd.DataFrame:
    own = np.asarray(ranges.forms[start:] @ ranges.start) + ranges.offsets[start:]
    rows = []
    for place in range(len(table)):
        least, most = ranges.least(start + place), ranges.most(start + place)
        rows.append(_told(float(own[place]), least, most, ""))
    return _with(table, rows).drop(columns="status")


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; what is no finite number is None."""
    return [
        {str(k): None if isinstance(v, float) and not np.isfinite(v) else v for k, v in row.items()}
        for row in frame.to_dict("records")
    ]
