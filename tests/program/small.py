"""Programs of parks small enough to work out by hand."""

from __future__ import annotations

from pathlib import Path

import circularpark
from circularpark.program.assemble import Objective, Problem
from tests.parks import make_park

STEAM = "id,kind,unit\nsteam,energy,MWh\n"
WANT = "id,site,commodity,amount,unit\nheating,farm,steam,6,MW\n"
BUY = "id,site,commodity,direction,price\nbought,farm,steam,buy,300\n"


def program(
    folder: Path,
    *,
    time: str = "years = [2025]\noperating_hours = 1000",
    objective: str = 'minimise = "cost"\nthen = []',
    discount_rate: float = 0.0,
    **tables: str,
) -> Problem:
    """The program of a park: at the farm 6 MW of steam are wanted, and may be bought."""
    toml = f"""\
[park]
id = "small"
name = "small"
currency = "CNY"
price_year = 2025
discount_rate = {discount_rate}
catalogue = false

[time]
{time}

[objective]
{objective}
"""
    given = {"commodities": STEAM, "demands": WANT, "markets": BUY, **tables}
    return circularpark.build(circularpark.read_park(make_park(folder, toml=toml, **given)))


def coefficients(problem: Problem, objective: Objective) -> dict[str, float]:
    """Name of the column -> coefficient of an objective, where there is one."""
    named = zip(problem.column_names(), objective.costs, strict=True)
    return {name: float(value) for name, value in named if value}
