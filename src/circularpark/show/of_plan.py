"""The scene of a plan: what its flow map shows in one planning year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.show.scene import Outcome, Scene, Summary

if TYPE_CHECKING:
    from circularpark.account.measures import Account
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan
    from circularpark.solve.run import Judged

Floats = NDArray[np.float64]
Chances = Mapping[tuple[int, str], float]
Totals = Mapping[str, Mapping[str, float]]
_LINK = ["id", "from", "to", "commodity", "transport", "km", "status"]


def scene_of(plan: Plan, year: int | None = None) -> Scene:
    """The flows of a plan in ``year`` [the last planning year], beside today's plant run best.

    Amounts are expectations over the scenarios: rates [unit/h] are a year's amounts spread
    over its hours.
    """
    park = plan.park
    shown = park.settings.years[-1] if year is None else year
    hours = _expected_hours(plan, shown)
    chance = _chances(plan)
    return Scene(
        park=dict(park.name),
        sites=park.tables.sites,
        flows=flows_of(plan.judged, park, shown, hours, chance),
        layers=_layers(park),
        builds=_builds(plan, shown),
        summary=_summary(plan, str(shown)),
        baseline=flows_of(plan.best, park, shown, hours, chance) if plan.best else None,
    )


def plan_flows(plan: Plan, year: int | None = None) -> pd.DataFrame:
    """Who sends what to whom in ``year`` [the last], columns as of ``flows_of``."""
    shown = plan.park.settings.years[-1] if year is None else year
    return flows_of(plan.judged, plan.park, shown, _expected_hours(plan, shown), _chances(plan))


def flows_of(judged: Judged, park: Park, year: int, hours: Floats, chance: Chances) -> pd.DataFrame:
    """One row for each link and direction that carries something in ``year``.

    hours : (T,) expected hours of each period in the year; chance : probability of each
    (year, scenario)
    """
    data = judged.optimum.problem.data
    links = data.blocks.links.set_index("id", drop=False)
    pieces = []
    for name, turned in (("link_flow", False), ("link_flow_back", True)):
        quantity = judged.flows[name]
        annual = quantity.values @ hours
        rows = links.reindex(quantity.index["link"])[_LINK].reset_index(drop=True)
        rows = rows.assign(annual=annual, amount=annual / hours.sum())
        if turned:
            rows = rows.rename(columns={"from": "to", "to": "from"})
        pieces.append(rows)
    flows = pd.concat(pieces, ignore_index=True)
    # What tolerances leave on an unused link is no flow.
    dust = 1e-7 * flows["amount"].max() if len(flows) else 0.0
    flows = flows[flows["amount"] > dust]
    goods = park.tables.commodities.set_index("id")[["name_zh", "name_en", "kind", "unit"]]
    flows = flows.join(goods, on="commodity")
    costs = _by_link(judged.account, chance, "cost", year)
    capex = _by_link(judged.account, chance, "capex", None)
    return flows.assign(
        new=flows["status"].ne("existing"),
        status="",
        cost=flows["id"].map(costs),
        capex=flows["id"].map(capex),
    ).reset_index(drop=True)


def _expected_hours(plan: Plan, year: int) -> Floats:
    """Hours of each period in ``year``, weighed with its scenario's probability, (T,)."""
    time = plan.problem.data.time
    in_year = np.array(time.years)[time.year_index] == year
    return np.asarray(time.span * time.probability * in_year, dtype=float)


def _chances(plan: Plan) -> Chances:
    time = plan.problem.data.time
    return dict(zip(time.blocks, time.block_probability.tolist(), strict=True))


def _by_link(account: Account, chance: Chances, measure: str, year: int | None) -> pd.Series:
    """Expected amount of a measure by link, in one year or (None) over all planning years."""
    entries = account.frame
    entries = entries[(entries["measure"] == measure) & (entries["table"] == "links")]
    if year is not None:
        entries = entries[entries["year"] == year]
    pairs = zip(entries["year"], entries["scenario"], strict=True)
    weights = np.array([chance[pair] for pair in pairs], dtype=float)
    expected = entries.assign(value=entries["value"] * weights)
    return expected.groupby("item")["value"].sum()


def _layers(park: Park) -> dict[str, list[tuple[Any, Mapping[str, Any]]]]:
    layers: dict[str, list[tuple[Any, Mapping[str, Any]]]] = {
        name: list(shapes) for name, shapes in park.layers.items()
    }
    corridors = park.tables.corridors
    if len(corridors):
        layers["corridors"] = [(line, {}) for line in corridors["geometry"] if line is not None]
    return layers


def _builds(plan: Plan, year: int) -> pd.DataFrame:
    """What stands new by ``year``, with the site of what is built at one."""
    builds = plan.builds[plan.builds["year"] <= year]
    tables = plan.park.tables
    things = pd.concat([tables.processes[["id", "site"]], tables.storages[["id", "site"]]])
    sites = builds["item"].map(dict(zip(things["id"], things["site"], strict=True)))
    return builds.assign(site=sites.fillna("")).reset_index(drop=True)


def _summary(plan: Plan, year: str) -> Summary:
    return Summary(
        today=_outcome(plan.today, year),
        best_operation=_outcome(plan.baseline, year),
        plan=_outcome(plan.summary()["measures"], year),
        cost_per_tonne=plan.cost_per_tonne["average"],
        currency=plan.park.settings.currency,
        certified=plan.certificate.ok,
    )


def _outcome(totals: Totals | None, year: str) -> Outcome:
    """CO2 and cost of ``year``; of the last year that has them where it has none."""
    if totals is None:
        return Outcome()
    found = {}
    for measure in ("co2", "cost"):
        values = totals.get(measure, {})
        last = list(values.values())[-1] if values else None
        found[measure] = values.get(year, last)
    return Outcome(co2=found["co2"], cost=found["cost"])
