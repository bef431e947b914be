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


def _used(draft: Draft, table: str) -> pd.DataFrame:
    frame = rows_of(draft, table)
    if table == "technologies":
        return frame[text(frame, "id").isin(used_technologies(draft))]
    return frame


NOT_YET: Final = (
    fixed_costs,
    smallest_loads,
    unit_sizes,
)
