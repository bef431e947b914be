"""What of a park is assumed: every face marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from circularpark.park.model import Park


def assumed_items(park: Park) -> frozenset[str]:
    """The ids whose rows are marked ``assumption`` in the park's tables or the catalogue."""
    found: set[str] = set()
    for name in ("processes", "storages", "links", "technologies", "transports"):
        rows = park.raw.get(name)
        if rows is not None and {"confidence", "id"} <= set(rows.columns):
            marked = rows["confidence"].astype(str).str.startswith("assum")
            found.update(rows.loc[marked, "id"].astype(str))
    processes = park.tables.processes
    by_technology = processes["technology"].isin(found)
    return frozenset(found | set(processes.loc[by_technology, "id"].astype(str)))


def is_assumed(item: str, assumed: frozenset[str]) -> bool:
    """Whether a built item, or the technology or transport it comes from, is assumed."""
    parts = item.split("@")
    return item in assumed or parts[0] in assumed or parts[-1] in assumed
