"""Whole-number choices: what a smallest load, a unit size and a fixed cost need to be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import Number, among, looked_up
from circularpark.park.checks.cells import filled, flag, found, most, number, rows_of, text
from circularpark.park.columns import or_else
from circularpark.park.status import resolve_status

COUNTABLE: Final = ("links", "processes", "storages")
KNOWN: Final = ", ".join(COUNTABLE)
PER: Final = ("per_measure", "per_table", "per_item", "per_commodity", "per_site")

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.columns import Columns
    from circularpark.park.draft import Draft


def smallest_loads_have_a_size(draft: Draft) -> Iterator[Finding]:
    """A smallest load is a share of a capacity, so there must be a largest one."""
    if not _asked(draft, "min_load"):
        return
    frame, sizes = _sized(draft, "processes")
    endless = (sizes["capacity_max"] == np.inf) & (sizes["status"] != "forbidden")
    asks = _own_or_technology(draft, frame, "min_load") > 0
    yield from found(frame, endless & asks, "checks.min_load_without_size", "capacity_max")


def units_fit(draft: Draft) -> Iterator[Finding]:
    """Whole units leave room for at least one, and for as many as must be built."""
    for _, rows in filled(draft, ("technologies", "processes")):
        yield from found(rows, number(rows, "unit_size") <= 0, "checks.not_positive", "unit_size")
    if not _asked(draft, "unit_size"):
        return
    frame, sizes = _sized(draft, "processes")
    size = _own_or_technology(draft, frame, "unit_size")
    room = sizes["capacity_max"] - np.nan_to_num(sizes["capacity"], posinf=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.floor(room / size * (1 + 1e-9))
    grows = (size > 0) & (room > 0)
    none = grows & (whole < 1)
    yield from found(frame, none, "checks.unit_too_large", "unit_size", size=size, room=room)
    lacks = grows & (whole >= 1) & (whole * size < sizes["floor"] * (1 - 1e-9))
    yield from found(
        frame, lacks, "checks.units_too_few", "unit_size", size=size, room=room, whole=whole
    )


def fixed_costs_have_a_size(draft: Draft) -> Iterator[Finding]:
    """Where a fixed cost stands beside no largest capacity, one is derived from the park."""
    for table, column in (("processes", "capex_fixed"), ("links", "capex_fixed_per_km")):
        if not _asked(draft, column, table):
            continue
        frame, sizes = _sized(draft, table)
        paid = number(frame, column)
        if table == "processes":
            paid = _own_or_technology(draft, frame, column)
        builds = among(sizes["status"], ("candidate", "required"))
        open_end = (paid > 0) & builds & (sizes["capacity_max"] == np.inf)
        yield from found(
            frame, open_end, "checks.fixed_cost_without_size", "capacity_max", "warning"
        )


def counts_are_plain(draft: Draft) -> Iterator[Finding]:
    """A limit that counts things says of which table, how many at most, and nothing else."""
    frame = rows_of(draft, "limits")
    counts = flag(frame, "count")
    if not counts.any():
        return
    other = [c for c in ("measure", "relative_to", *PER) if c in frame]
    tables, value = text(frame, "table"), number(frame, "value")
    yield from found(
        frame, counts & ~among(tables, COUNTABLE), "checks.count_of_nothing", "table", known=KNOWN
    )
    for column in other:
        said = counts & (text(frame, column) != "")
        yield from found(frame, said, "checks.count_beside", column, name=column)
    yield from found(frame, counts & (text(frame, "sense") != "<="), "checks.count_sense", "sense")
    yearly = among(text(frame, "period"), ("", "year"))
    yield from found(frame, counts & ~yearly, "checks.count_period", "period")
    part = counts & ((value != np.floor(value)) | (value < 0))
    yield from found(frame, part, "checks.count_in_parts", "value")


def batches_fit(draft: Draft) -> Iterator[Finding]:
    """A least batch is not more than its link can ever carry."""
    if not most(rows_of(draft, "links"), "min_batch") > 0:
        return
    frame, sizes = _sized(draft, "links")
    room = sizes["capacity_max"]
    few = (number(frame, "min_batch") > room) & (sizes["status"] != "forbidden")
    yield from found(frame, few, "checks.batch_too_large", "min_batch", most=room)


def _asked(draft: Draft, column: str, table: str = "processes") -> bool:
    """Whether a row of the table, or a technology, has a number above zero there."""
    return any(most(rows_of(draft, name), column) > 0 for name in (table, "technologies"))


def _sized(draft: Draft, table: str) -> tuple[pd.DataFrame, Columns]:
    """The rows, and their status, capacity, floor and capacity_max as the program reads them."""
    frame = rows_of(draft, table)
    given = {name: number(frame, name) for name in ("capacity", "capacity_max")}
    return frame, resolve_status({"status": text(frame, "status"), **given})


def _own_or_technology(draft: Draft, frame: pd.DataFrame, column: str) -> Number:
    """A number of each process, its technology's where its own cell is blank."""
    technologies = rows_of(draft, "technologies")
    values = dict(zip(text(technologies, "id"), number(technologies, column), strict=True))
    return or_else(number(frame, column), looked_up(text(frame, "technology"), values))
