"""A plan as the scene of a flow map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.show.scene import Layers, Outcome, Scene, Summary

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from circularpark.account.flows import Flows
    from circularpark.solve.plan import Plan

# A flow below this share of the largest of its commodity is the solver's dust.
DUST = 1e-6


def scene_of(plan: Plan) -> Scene:
    """The last planning year of a plan, its flows beside those of the best operation."""
    park = plan.park
    year = park.settings.years[-1]
    flows = flow_table(plan, plan.flows, year)
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
    )


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
    )


def _last(values: Mapping[str, float] | None, year: str) -> float | None:
    if not values:
        return None
    return values.get(year, list(values.values())[-1])


def flow_table(plan: Plan, flows: Flows, year: int) -> pd.DataFrame:
    """Every link that carries something in a year: expected yearly amount and mean rate."""
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
    largest = table.groupby("commodity")["annual"].transform("max")
    table = table[table["annual"] > DUST * largest].reset_index(drop=True)
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
