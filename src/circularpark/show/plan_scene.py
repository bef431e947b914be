"""A plan as the scene of a flow map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.show.plan_periods import periods_of
from circularpark.show.scene import Layers, Outcome, Scene, Summary

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from circularpark.account.flows import Flows
    from circularpark.solve.plan import Plan

# A flow below this share of the largest of its commodity is the solver's dust.
DUST = 1e-6


def scene_of(plan: Plan, *, interactive: bool = False) -> Scene:
    """The last planning year of a plan, its flows beside those of the best operation.

    interactive : with what only a page can show: the flows of every year, day and hour that
        fit in it, and the routes of those that corridors serve
    """
    park = plan.park
    year = park.settings.years[-1]
    flows = flow_table(plan, plan.flows, year, ever=interactive)
    best = plan.best
    before = None if best is None else flow_table(plan, best.flows, year)
    return Scene(
        park=park.name,
        sites=park.tables.sites,
        flows=flows,
        layers=_layers(plan),
        builds=_builds(plan),
        blends=plan.blends,
        summary=_summary(plan, str(year)),
        baseline=before,
        periods=periods_of(plan, flows, plan.flows) if interactive else None,
        routes=_routes(plan, flows) if interactive else {},
    )


def _routes(plan: Plan, flows: pd.DataFrame) -> dict[str, BaseGeometry]:
    """Where the flows run that the corridors serve: link -> line."""
    if not len(flows) or not len(plan.park.tables.corridors):
        return {}
    from circularpark.physics.routes import route_lines

    keys = flows[["id", "from", "to", "transport", "way"]].drop_duplicates("id")
    back = (keys["way"] == "link_flow_back").to_numpy()
    one, other = keys["from"].to_numpy(), keys["to"].to_numpy()
    keys = keys.assign(**{"from": np.where(back, other, one), "to": np.where(back, one, other)})
    lines = route_lines(plan.park, keys)
    return {
        str(link): line for link, line in lines.items() if line is not None and len(line.coords) > 2
    }


def _layers(plan: Plan) -> Layers:
    corridors = plan.park.tables.corridors
    lines: Sequence[tuple[BaseGeometry, Mapping[str, Any]]] = [
        (geometry, {}) for geometry in corridors["geometry"] if geometry is not None
    ]
    return {**plan.park.layers, "corridors": lines}


def _summary(plan: Plan, year: str) -> Summary:
    def outcome(values: Mapping[str, Mapping[str, float]] | None) -> Outcome:
        if not values:
            return Outcome()
        return Outcome(*(_last(values.get(name), year) for name in ("co2", "cost")))

    measures = {
        name: {str(y): float(v) for y, v in plan.account.annual(name).items()}
        for name in ("co2", "cost")
    }
    return Summary(
        today=outcome(plan.today if plan.today_complete else None),
        best_operation=outcome(plan.baseline),
        plan=outcome(measures),
        cost_per_tonne=plan.cost_per_tonne["average"],
        currency=plan.park.settings.currency,
        certified=plan.certificate.ok,
        approximate=plan.approximate,
        year=year if len(plan.park.settings.years) > 1 else "",
    )


def _last(values: Mapping[str, float] | None, year: str) -> float | None:
    if not values:
        return None
    return values.get(year, list(values.values())[-1])


def flow_table(plan: Plan, flows: Flows, year: int, *, ever: bool = False) -> pd.DataFrame:
    """Every link that carries something in a year: expected yearly amount and mean rate.

    ever : also those that carry something in another year only
    """
    data = plan.problem.data
    time = data.time
    own = np.array([y == year for y, _ in time.blocks])[time.block]
    weight = np.where(own, time.span * time.block_probability[time.block], 0.0)
    hours = float(weight.sum())
    links = data.blocks.links.set_index("id")
    pieces = []
    for name, start, end in (("link_flow", "from", "to"), ("link_flow_back", "to", "from")):
        quantity = flows[name]
        if not len(quantity.index):
            continue
        annual = quantity.values @ weight
        frame = links.reindex(quantity.index["link"])
        pieces.append(
            pd.DataFrame(
                {
                    "id": frame.index.to_numpy(),
                    "from": frame[start].to_numpy(),
                    "to": frame[end].to_numpy(),
                    "commodity": frame["commodity"].to_numpy(),
                    "transport": frame["transport"].to_numpy(),
                    "way": name,
                    "peak": quantity.values.max(axis=1) if ever else annual / hours,
                    "km": frame["km"].to_numpy(dtype=float),
                    "new": (frame["status"] != "existing").to_numpy(),
                    "annual": annual,
                    "amount": annual / hours,
                    "cost": annual * np.nan_to_num(frame["cost_per_km"]) * frame["km"].to_numpy(),
                }
            )
        )
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame({"annual": []})
    if not len(table):
        return table
    largest = table.groupby("commodity")["peak"].transform("max")
    table = table[table["peak"] > DUST * largest].reset_index(drop=True)
    return _named(plan, table)


def _named(plan: Plan, table: pd.DataFrame) -> pd.DataFrame:
    tables = plan.park.tables
    goods = tables.commodities.set_index("id").reindex(table["commodity"])
    for column in ("name_zh", "name_en", "kind", "unit"):
        table[column] = goods[column].to_numpy()
    transports = tables.transports.drop_duplicates("id").set_index("id").reindex(table["transport"])
    for lang in ("zh", "en"):
        column = f"name_{lang}"
        if column in transports:
            table[f"transport_{lang}"] = transports[column].fillna("").to_numpy()
    capex = plan.builds[plan.builds["kind"] == "link"].groupby("item")["capex"].sum()
    table["capex"] = capex.reindex(table["id"]).to_numpy(dtype=float)
    return table


def _builds(plan: Plan) -> pd.DataFrame:
    builds = plan.builds.sort_values("capex", ascending=False, kind="stable", ignore_index=True)
    builds = builds[builds["capex"] > 0].reset_index(drop=True)
    tables = plan.park.tables
    sites = {
        **dict(zip(tables.processes["id"], tables.processes["site"], strict=True)),
        **dict(zip(tables.storages["id"], tables.storages["site"], strict=True)),
    }
    builds["site"] = [sites.get(item, "") for item in builds["item"]]
    return builds
