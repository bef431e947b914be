"""Capacities of processes, storages and links as arrays over the planning years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.program.data import Blocks, Flags, Items
from circularpark.program.time import Floats

if TYPE_CHECKING:
    from circularpark.park.model import Park

KINDS = (("process", "processes"), ("storage", "storages"), ("link", "links"))


def collect_items(
    park: Park, blocks: Blocks, kept: dict[str, Flags], *, operation_only: bool
) -> Items:
    """Standing, possible and required capacity of every item, and what building costs."""
    parts = [_one_kind(blocks, kind, table, kept[table]) for kind, table in KINDS]

    def stacked(name: str) -> Floats:
        return np.concatenate([np.asarray(p[name], dtype=float) for p in parts])

    years = np.array(park.settings.years, dtype=float)
    built, retires = stacked("built")[:, :1], stacked("retires")[:, :1]
    begins = np.where(np.isnan(built), -np.inf, built)
    stands = (begins <= years) & (years < np.where(np.isnan(retires), np.inf, retires))
    standing = np.where(stands, stacked("capacity"), 0.0)
    maximum, floor = stacked("capacity_max"), stacked("floor")
    start = np.maximum(np.nan_to_num(stacked("available_from")[:, :1], nan=-np.inf), -np.inf)
    # A required thing's `built` names the year it is wanted in; for an existing one it is history.
    wanted = np.where((floor > 0).any(axis=1, keepdims=True), np.maximum(start, begins), start)
    available = years >= wanted
    first = available & (np.cumsum(available, axis=1) == 1)
    lifetime = stacked("lifetime")
    renewed = ~np.isnan(built) & (years >= built + lifetime) & np.isfinite(standing)
    grows = (maximum > standing) & available & (not operation_only)
    free = _free(
        stacked("kind_is_link")[:, 0] > 0, grows, maximum, stacked("capex"), stacked("area")
    )
    # One building in the first year must serve to the end, and no limit may count capacity.
    free &= lifetime[:, 0] > years[-1] - years[0]
    limits = blocks.first.limits
    free &= not ((limits["table"] == "capacity") | (limits["per_table"] == "capacity")).any()
    expandable = np.flatnonzero(grows.any(axis=1) & ~free)
    column = np.full(len(standing), -1, dtype=np.int64)
    column[expandable] = np.arange(len(expandable))
    names = np.concatenate([np.asarray(p["id"], dtype=object) for p in parts])
    shared = np.concatenate([np.asarray(p["of"], dtype=object) for p in parts])
    return Items(
        index=pd.DataFrame({"item": names}),
        kind=np.concatenate([np.asarray(p["kind"], dtype=object) for p in parts]),
        of=np.asarray(pd.factorize(shared)[0], dtype=np.int64),
        standing=standing,
        maximum=maximum,
        least=np.where(first, floor, 0.0),
        available=np.asarray(available, dtype=bool),
        lifetime=lifetime,
        capex=np.nan_to_num(stacked("capex")),
        fixed_om=np.nan_to_num(stacked("fixed_om")),
        renewal=np.asarray(renewed & stands, dtype=bool),
        area=np.nan_to_num(stacked("area")),
        column=column,
        expandable=expandable,
        free=free,
    )


def _free(links: Flags, grows: Flags, maximum: Floats, capex: Floats, area: Floats) -> Flags:
    """Links whose capacity costs and takes nothing and has no end, as a truck's way."""
    costs = (np.nan_to_num(capex) != 0).any(axis=1) | (np.nan_to_num(area) != 0).any(axis=1)
    return np.asarray(
        links & grows.all(axis=1) & np.isinf(maximum).all(axis=1) & ~costs, dtype=bool
    )


def _one_kind(blocks: Blocks, kind: str, table: str, kept: Flags) -> dict[str, object]:
    frame = (blocks.links if kind == "link" else getattr(blocks.first, table))[kept]

    def yearly(column: str) -> Floats:
        return blocks.by_year(blocks.number(table, column, kept))

    nothing = np.zeros((len(frame), len(blocks.time.years)))
    capex = yearly("building") if kind == "link" else yearly("capex")
    return {
        "kind": np.full(len(frame), kind, dtype=object),
        "id": frame["id"].to_numpy(dtype=object),
        "of": frame["of" if kind == "process" else "id"].to_numpy(dtype=object),
        "capacity": yearly("capacity"),
        "capacity_max": yearly("capacity_max"),
        "floor": yearly("floor"),
        "built": yearly("built"),
        "retires": yearly("retires"),
        "lifetime": yearly("lifetime"),
        "capex": capex,
        "fixed_om": yearly("fixed_om"),
        "available_from": yearly("available_from") if kind == "process" else nothing - np.inf,
        "area": yearly("area_mu") if kind == "process" else nothing,
        "kind_is_link": nothing + (kind == "link"),
    }
