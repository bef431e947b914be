"""Why a thing can never run in a park, read from its tables: heat too cold, nothing to feed it.

Each reason is tried: an input is named only where nothing in the park gives it there, a limit
only where the thing runs without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from circularpark.physics.no_link import pruned_pairs
from circularpark.program.assemble import Problem

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.solve.plan import Plan

TOO_COLD, QUALITY, NOTHING_GIVES, NOBODY_TAKES, LIMITS, NO_ROOM = (
    "too_cold",
    "quality",
    "nothing_gives",
    "nobody_takes",
    "limits",
    "no_room",
)


@dataclass(frozen=True)
class Obstacle:
    """What makes a thing impossible: kind, numbers and ids, and the names of places and goods.

    kind : too_cold, quality, nothing_gives, nobody_takes, limits, no_room; too_far, hazard,
        licence, lost, unplaced
    """

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The obstacle as JSON has it."""
        return {"reason": self.kind, **self.facts}


def obstacle(plan: Plan, item: str, runs: Callable[[Problem], bool]) -> Obstacle:
    """What keeps a thing of the program from ever running.

    runs : whether the thing can run in a program
    """
    links = plan.problem.data.blocks.links.set_index("id")
    found = (
        _of_link(plan, item, links.loc[item]) if item in links.index else _of_process(plan, item)
    )
    return found or _of_limits(plan, runs)


def pruned(plan: Plan) -> pd.DataFrame:
    """The pairs of sites that no candidate joins: see ``physics.no_link``."""
    data = plan.problem.data
    return pruned_pairs(data.blocks.first, data.blocks.links)


def _of_link(plan: Plan, item: str, link: Any) -> Obstacle | None:
    tables = plan.problem.data.blocks.first
    matches = plan.pruned
    own = matches[matches["link"] == item] if len(matches) else matches
    if len(own):
        first = own.iloc[0]
        return Obstacle(QUALITY, {"property": str(first["property"])})
    goods = tables.commodities.drop_duplicates("id").set_index("id")
    wanted = float(goods["temperature"].get(link["commodity"], np.nan))
    hottest = _hottest(tables, str(link["from"]))
    if np.isfinite(wanted) and hottest < wanted:
        if np.isfinite(hottest):
            facts = {"site": link["from"], "hottest": hottest, "temperature": wanted}
            return Obstacle(TOO_COLD, facts)
        facts = {"site": link["from"], "commodity": link["commodity"]}
        return Obstacle(NOTHING_GIVES, facts)
    return None


def _hottest(tables: Any, site: str) -> float:
    """The hottest heat of a site's cascades [degC], -inf without any."""
    goods = tables.commodities
    own = set(goods.loc[(goods["kind"] == "heat") & goods["temperature"].isna(), "id"])
    streams = tables.streams
    here = streams["commodity"].isin(own) & (streams["site"] == site)
    placed = tables.processes[tables.processes["status"] != "forbidden"]
    used = placed.loc[placed["site"].isin([site, "*"]), "technology"]
    rows = tables.recipes
    made = rows["commodity"].isin(own) & (rows["rate"] > 0) & rows["technology"].isin(used)
    every = [*streams.loc[here, "supply_temp"], *rows.loc[made, "supply_temp"]]
    known = [float(t) for t in every if t == t]
    return max(known, default=-np.inf)


def _of_process(plan: Plan, item: str) -> Obstacle | None:
    """An input that nothing gives at the site, or an output that nothing takes there."""
    tables = plan.problem.data.blocks.first
    rows = tables.processes[tables.processes["id"] == item]
    if not len(rows):
        return None
    site = str(rows["site"].iloc[0])
    recipe = tables.recipes[tables.recipes["technology"] == rows["technology"].iloc[0]]
    plain = tables.commodities.drop_duplicates("id").set_index("id")
    for row in recipe.to_dict("records"):
        good = str(row["commodity"])
        if str(row["group"]) or str(plain["kind"].get(good, "")) == "heat":
            continue
        gives = float(row["rate"]) < 0
        free = str(plain["surplus"].get(good, "")) == "free"
        if not (_ends_at(plan, site, good, item, gives=gives) or (free and not gives)):
            kind = NOTHING_GIVES if gives else NOBODY_TAKES
            return Obstacle(kind, {"site": site, "commodity": good})
    return None


def _ends_at(plan: Plan, site: str, good: str, item: str, *, gives: bool) -> bool:
    """Whether anything gives (takes) a commodity at a site, links and markets among it."""
    data = plan.problem.data
    tables, links = data.blocks.first, data.blocks.links
    end = links["to"] if gives else links["from"]
    both = links["bidirectional"] & ((links["from"] == site) | (links["to"] == site))
    if (((end == site) | both) & (links["commodity"] == good)).any():
        return True
    offers = tables.streams if gives else tables.demands
    if ((offers["site"] == site) & (offers["commodity"] == good)).any():
        return True
    markets = tables.markets
    ways = markets["direction"] == "buy" if gives else markets["direction"] != "buy"
    at = markets["site"].isin([site, "*"]) & (markets["commodity"] == good)
    stores = tables.storages
    stored = (stores["site"] == site) & (stores["commodity"] == good)
    others = tables.processes[
        (tables.processes["site"] == site)
        & (tables.processes["id"] != item)
        & (tables.processes["status"] != "forbidden")
    ]
    recipes = tables.recipes[tables.recipes["technology"].isin(others["technology"])]
    sign = recipes["rate"] > 0 if gives else recipes["rate"] < 0
    made = bool((sign & (recipes["commodity"] == good)).any())
    return bool((ways & at).any() or stored.any() or made)


def _of_limits(plan: Plan, runs: Callable[[Problem], bool]) -> Obstacle:
    """The limit without which the thing would run; else nothing in the park has room for it."""
    problem = plan.problem
    if not any(block.family == "limits" for block in problem.blocks):
        return Obstacle(NO_ROOM)
    block, rows = problem.block("limits")
    names = np.repeat(block.key["limit"], len(block.labels))
    every = np.unique(names.astype(str))
    if not runs(_without(problem, rows.start + np.arange(len(names)))):
        return Obstacle(NO_ROOM)
    for name in every:
        if runs(_without(problem, rows.start + np.flatnonzero(names.astype(str) == name))):
            return Obstacle(LIMITS, {"limits": [name]})
    return Obstacle(LIMITS, {"limits": every.tolist()})


def _without(problem: Problem, rows: np.ndarray) -> Problem:
    """The program without the sides of some rows."""
    from circularpark.studies.levers import Levers

    low, high = problem.row_lower.copy(), problem.row_upper.copy()
    low[rows], high[rows] = -np.inf, np.inf
    return Levers(problem).with_parts(problem.objectives, row_lower=low, row_upper=high)
