"""The time table of a park that differs little from the one before: mostly the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circularpark.program.time import TimeTable, time_table

if TYPE_CHECKING:
    from circularpark.park.model import Park


class KnownTime:
    """The last time table, and what it was made of.

    made : how many were made
    """

    def __init__(self) -> None:
        self.made = 0
        self._last: tuple[tuple[Any, ...], TimeTable] | None = None

    def of(self, park: Park) -> TimeTable:
        """The time table of ``park``; the last one where nothing it is made of has changed.

        Typical days are chosen by what is wanted and offered, so theirs is always made anew.
        """
        tables, settings = park.tables, park.settings
        if settings.mode == "typical_days" and not len(tables.periods):
            self.made += 1
            return time_table(park)
        # Tables that did not change between cases are the very same frames.
        basis = (settings, tables.profiles, tables.periods)
        if self._last is not None:
            before = self._last[0]
            if before[0] == settings and before[1] is basis[1] and before[2] is basis[2]:
                return self._last[1]
        self.made += 1
        made = time_table(park)
        self._last = (basis, made)
        return made
