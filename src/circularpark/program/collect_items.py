"""Capacities of processes, storages, links and exchangers as arrays over the planning years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from circularpark.park.columns import or_else
from circularpark.park.keys import Keys, Names, coded
from circularpark.program.counted import counted
from circularpark.program.data import Blocks, Flags, Items
from circularpark.program.exchangers import Exchangers
from circularpark.program.time import Floats

if TYPE_CHECKING:
    from circularpark.park.model import Park

KINDS = (("process", "processes"), ("storage", "storages"), ("link", "links"))
EXCHANGER = "exchanger"
# Of an exchanger nothing stands, and it may be as large as anybody likes.
OF_EXCHANGERS = {
    "built": np.nan,
    "retires": np.nan,
    "capacity_max": np.inf,
    "available_from": -np.inf,
}
# Columns that not every table of things with a capacity has, and what stands for them there.
ELSEWHERE = {"available_from": -np.inf, "area_mu": 0.0, "unit_size": 0.0}
# A store has no cost that is paid once.
OF_STORES = {**ELSEWHERE, "capex_fixed": 0.0}


def collect_items(
    park: Park,
    blocks: Blocks,
    kept: dict[str, Flags],
    made: Exchangers | None,
    *,
    operation_only: bool,
) -> Items:
    """Standing, possible and required capacity of every item, and what building costs.

    made : the heat exchangers that cost something; they may be built in any case
    """
    sizes = [int(kept[table].sum()) for _, table in KINDS]
    sizes.append(0 if made is None else len(made.name))
    kind = np.repeat(np.array([*(kind for kind, _ in KINDS), EXCHANGER], dtype=object), sizes)
    link = np.asarray(kind == "link", dtype=bool)
    exchanger = np.asarray(kind == EXCHANGER, dtype=bool)[:, None]

    def numbers(column: str) -> Floats:
        own = _stacked(blocks, column, kept, sizes)
        if made is not None:
            own[-sizes[-1] :] = getattr(made, column, OF_EXCHANGERS.get(column, 0.0))
        return own

    years = np.array(park.settings.years, dtype=float)
    built, retires = numbers("built")[:, :1], numbers("retires")[:, :1]
    begins = np.where(np.isnan(built), -np.inf, built)
    stands = (begins <= years) & (years < np.where(np.isnan(retires), np.inf, retires))
    standing = np.where(stands, numbers("capacity"), 0.0)
    maximum, floor = numbers("capacity_max"), numbers("floor")
    start = or_else(numbers("available_from")[:, :1], -np.inf)
    # A required thing's `built` names the year it is wanted in; for an existing one it is history.
    wanted = np.where((floor > 0).any(axis=1, keepdims=True), np.maximum(start, begins), start)
    available = years >= wanted
    first = available & (np.cumsum(available, axis=1) == 1)
    lifetime, capex, area = numbers("lifetime"), numbers("capex"), numbers("area_mu")
    renewed = ~np.isnan(built) & (years >= built + lifetime) & np.isfinite(standing)
    grows = (maximum > standing) & available & (exchanger | (not operation_only))
    fixed = or_else(numbers("capex_fixed"), 0.0)
    size = or_else(numbers("unit_size")[:, 0], 0.0)
    limited = _counted(blocks, kept, sizes)
    free = _free(link, grows, maximum, capex, area) & ~(fixed != 0).any(axis=1) & ~limited
    # One building in the first year must serve to the end, and no limit may count capacity.
    free &= lifetime[:, 0] > years[-1] - years[0]
    free &= not any((blocks.texts("limits", c) == "capacity").any() for c in ("table", "per_table"))
    expandable = np.flatnonzero(grows.any(axis=1) & ~free)
    column = np.full(len(standing), -1, dtype=np.int64)
    column[expandable] = np.arange(len(expandable))
    return Items(
        key=Keys({"item": _names(blocks, "id", kept, made)}),
        kind=kind,
        of=coded(_names(blocks, "of", kept, made).tolist())[1],
        standing=standing,
        maximum=maximum,
        least=np.where(first, floor, 0.0),
        available=np.asarray(available, dtype=bool),
        lifetime=lifetime,
        capex=or_else(capex, 0.0),
        fixed_om=or_else(numbers("fixed_om"), 0.0),
        renewal=np.asarray(renewed & stands, dtype=bool),
        area=or_else(area, 0.0),
        column=column,
        expandable=expandable,
        free=free,
        capex_fixed=fixed,
        unit_size=size,
        opened=np.flatnonzero((fixed[expandable] > 0).any(axis=1) | limited[expandable]),
        in_units=np.flatnonzero(size[expandable] > 0),
    )


def _counted(blocks: Blocks, kept: dict[str, Flags], sizes: list[int]) -> Flags:
    """Which items some limit counts; nobody counts exchangers, (I,)."""
    own = [counted(blocks, table, kept[table]) for _, table in KINDS]
    return np.concatenate([*own, np.zeros(sizes[-1], dtype=bool)])


def _free(links: Flags, grows: Flags, maximum: Floats, capex: Floats, area: Floats) -> Flags:
    """Links whose capacity costs and takes nothing and has no end, as a truck's way."""
    costs = (or_else(capex, 0.0) != 0).any(axis=1) | (or_else(area, 0.0) != 0).any(axis=1)
    return np.asarray(
        links & grows.all(axis=1) & np.isinf(maximum).all(axis=1) & ~costs, dtype=bool
    )


def _stacked(blocks: Blocks, column: str, kept: dict[str, Flags], sizes: list[int]) -> Floats:
    """A number of every item over the planning years, (I, Y); a link's capex is its building."""
    stacked, filled = np.empty((sum(sizes), len(blocks.time.years))), 0
    for (kind, table), size in zip(KINDS, sizes, strict=False):
        own = stacked[filled : filled + size]
        absent = {"process": {}, "storage": OF_STORES, "link": ELSEWHERE}[kind]
        if column in absent:
            own[:] = absent[column]
        elif size:
            called = "building" if kind == "link" and column == "capex" else column
            own[:] = blocks.by_year(blocks.number(table, called, kept[table]))
        filled += size
    return stacked


def _names(blocks: Blocks, column: str, kept: dict[str, Flags], made: Exchangers | None) -> Names:
    """Ids of all items; ``of`` a process is the row that its instances share."""
    parts = [
        blocks.texts(table, column if kind == "process" else "id", kept[table])
        for kind, table in KINDS
    ]
    if made is not None:
        parts.append(made.name)
    return np.concatenate(parts).astype(object)
