"""A golden example: the tables of a tiny park, and the rows that a constraint makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import circularpark
from circularpark.program.assemble import Problem
from circularpark.program.rows import Rows
from tests.parks import make_park

ONE_YEAR = "years = [2025]\noperating_hours = 1000"


@dataclass(frozen=True)
class Example:
    """What a constraint claims of a park, row by row.

    shows : what the example is there to show; time : the lines of ``[time]``
    """

    family: str
    shows: str
    rows: tuple[str, ...]
    tables: Mapping[str, str]
    time: str = ONE_YEAR
    objective: str = 'minimise = "cost"'

    def __str__(self) -> str:
        return f"{self.family}-{self.shows.replace(' ', '_')}"

    def problem(self, folder: Path) -> Problem:
        """The program of the example's park."""
        toml = f"""\
[park]
id = "tiny"
name = "tiny"
currency = "CNY"
price_year = 2025
discount_rate = 0
catalogue = false

[time]
{self.time}

[objective]
{self.objective}
"""
        return circularpark.build(
            circularpark.read_park(make_park(folder, toml=toml, **self.tables))
        )

    def block(self, folder: Path) -> Rows:
        """The rows of the constraint in the example's park."""
        return self.problem(folder).block(self.family)[0]
