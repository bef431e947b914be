"""What the tables can say but this version cannot compute: one function a feature.

Each is deleted when its feature comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import (
    found,
    number,
    rows_of,
    text,
    used_technologies,
)

if TYPE_CHECKING:
    from circularpark.park.draft import Draft


def quality(draft: Draft) -> Iterator[Finding]:
    """Quality rows ask for source-to-sink matching."""
    frame = rows_of(draft, "quality")
    yield from _first_of(frame, "checks.not_yet_quality", "item")


def operations(draft: Draft) -> Iterator[Finding]:
    """Operations ask for source-to-sink matching too."""
    frame = rows_of(draft, "operations")
    yield from _first_of(frame, "checks.not_yet_operations", "id")


def fixed_costs(draft: Draft) -> Iterator[Finding]:
    """A cost that is paid once, whatever the size, is a yes-or-no choice."""
    for table, column in (
        ("technologies", "capex_fixed"),
        ("processes", "capex_fixed"),
        ("transports", "capex_fixed_per_km"),
        ("links", "capex_fixed_per_km"),
    ):
        frame = _used(draft, table)
        yield from found(frame, number(frame, column) > 0, "checks.not_yet_fixed_cost", column)


def smallest_loads(draft: Draft) -> Iterator[Finding]:
    """A smallest load asks for an on-or-off choice."""
    for table in ("technologies", "processes"):
        frame = _used(draft, table)
        yield from found(
            frame, number(frame, "min_load") > 0, "checks.not_yet_min_load", "min_load"
        )


def unit_sizes(draft: Draft) -> Iterator[Finding]:
    """Building in whole units asks for whole numbers."""
    for table in ("technologies", "processes"):
        frame = _used(draft, table)
        yield from found(
            frame, number(frame, "unit_size") > 0, "checks.not_yet_unit_size", "unit_size"
        )


def _first_of(frame: pd.DataFrame, code: str, column: str) -> Iterator[Finding]:
    """One finding for a whole table: its first row, and how many there are."""
    first = pd.Series([i == 0 for i in range(len(frame))], index=frame.index, dtype=bool)
    yield from found(frame, first, code, column, count=len(frame))


def _used(draft: Draft, table: str) -> pd.DataFrame:
    frame = rows_of(draft, table)
    if table == "technologies":
        return frame[text(frame, "id").isin(used_technologies(draft))]
    return frame


NOT_YET: Final = (
    quality,
    operations,
    fixed_costs,
    smallest_loads,
    unit_sizes,
)
