"""Candidate links of parks that differ little, found again only where something asks for it.

Who gives and takes, where the sites and corridors are and what the transports are decides which
links there are and how long; prices, amounts and capacities do not. These tables are compared
by their content with those of the last park.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from circularpark.physics.candidates import link_keys, links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from circularpark.park.model import Park, Tables

# Table -> the columns that decide, none for all of them: what ``link_keys`` and ``ends`` read.
DECIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "sites": (),
    "corridors": (),
    "transports": (),
    "links": (),
    "commodities": ("id", "kind", "temperature", "hazard", "waste_code"),
    "streams": ("site", "commodity"),
    "demands": ("site", "commodity"),
    "operations": ("site", "commodity"),
    "storages": ("status", "site", "commodity"),
    "markets": ("site", "direction", "commodity"),
    "processes": ("status", "site", "technology"),
    "recipes": ("technology", "commodity", "rate"),
}


class KnownLinks:
    """The links of the last park, and what they followed from; ``found`` counts the searches."""

    def __init__(self) -> None:
        self.tables: dict[str, pd.DataFrame] = {}
        self.keys: pd.DataFrame | None = None
        self.found = 0
        self._numbers: tuple[tuple[pd.DataFrame, ...], pd.DataFrame] | None = None

    def of(self, park: Park) -> pd.DataFrame:
        """The links of ``park`` as ``link_keys`` gives them.

        Raises
        ------
        ParkDataError : as ``link_keys``
        """
        tables = {name: _deciding(park, name, columns) for name, columns in DECIDE.items()}
        same = bool(self.tables) and all(
            t is self.tables[n] or t.equals(self.tables[n]) for n, t in tables.items()
        )
        if self.keys is None or not same:
            self.keys = link_keys(park)
            self.tables = tables
            self.found += 1
        return self.keys

    def numbers(self, park: Park, tables: Tables, keys: pd.DataFrame) -> pd.DataFrame:
        """The links with their numbers as ``candidates.links`` gives them.

        They follow from the links, the transports and the links table alone; once for the same.
        """
        inputs = (keys, tables.transports, tables.links)
        if self._numbers is None or not _the_same(self._numbers[0], inputs):
            self._numbers = (inputs, links(park, tables, keys))
        return self._numbers[1]


def _the_same(one: tuple[pd.DataFrame, ...], two: tuple[pd.DataFrame, ...]) -> bool:
    return all(a is b or a.equals(b) for a, b in zip(one, two, strict=True))


def _deciding(park: Park, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    frame: pd.DataFrame = getattr(park.tables, name)
    return frame[list(columns)] if columns else frame
