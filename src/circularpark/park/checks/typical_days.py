"""Typical days: the year is made of whole days, and what they cannot see is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from circularpark.errors import Finding
from circularpark.park.checks.cells import found, number, rows_of
from circularpark.park.columns import or_else

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

DAY: Final = 24
FILE: Final = "park.toml"


def the_year_has_whole_days(draft: Draft) -> Iterator[Finding]:
    """Typical days are days of the hourly profiles: their rows are a multiple of 24."""
    if draft.settings.mode != "typical_days" or len(rows_of(draft, "periods")):
        return
    steps = draft.settings.steps or len(rows_of(draft, "profiles"))
    if steps % DAY:
        values = {"steps": steps}
        yield Finding("checks.typical_whole_days", "problem", FILE, None, "mode", values=values)


def stores_give_back_within_the_day(draft: Draft) -> Iterator[Finding]:
    """Each typical day closes upon itself: what a store is worth from day to day is not seen."""
    if draft.settings.mode != "typical_days" or len(rows_of(draft, "periods")):
        return
    frame = rows_of(draft, "storages")
    hours = or_else(number(frame, "hours_in"), 1.0) + or_else(number(frame, "hours_out"), 1.0)
    long = hours > DAY
    yield from found(frame, long, "checks.store_across_days", "hours_in", "warning", hours=hours)
    if (~long).any():
        yield Finding("checks.stores_close_the_day", "warning", FILE, None, "mode")
