"""What typical days cost in truth: ``python -m benchmarks.design [--year]``.

The reduced park of the tests on profiles of real shape (sun with seasons and weather, Anhui's
tariff, shifts, heating and cooling), solved whole (`exact`) and by `design` on more and more
typical days. Errors are of the true cost and CO2 of the designed park beside the exact
optimum; "promised" is what the typical days alone had said. Four weeks take half a minute;
``--year`` takes all 8760 hours and many minutes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tests.real_year import reduced_park, weeks, year

from circularpark import Plan, solve

DAYS = {"weeks": (2, 4, 8, 12, 20), "year": (4, 8, 12, 24, 48)}


def solved(folder: Path, span: str, days: int | None) -> tuple[Plan, float]:
    """The plan, exact without ``days``, and the seconds it took."""
    count = "" if days is None else f"\ntypical_days = {days}"
    shapes = year() if span == "year" else weeks()
    park = reduced_park(folder, time=f'mode = "hours"{count}', profiles=shapes)
    begun = time.perf_counter()
    plan = solve(park, mode="exact" if days is None else "design")
    return plan, time.perf_counter() - begun


def main() -> None:
    """Print a line for each number of typical days, and one for the whole program."""
    span = "year" if "--year" in sys.argv[1:] else "weeks"
    table = Table(title=f"design beside exact, the {span} of the reduced park")
    for column in ("typical days", "cost", "true error", "promised", "CO2", "error", "seconds"):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory() as where:
        exact, seconds = solved(Path(where) / "exact", span, None)
        cost, co2 = exact.account.whole("cost"), exact.account.whole("co2")
        for days in DAYS[span]:
            plan, spent = solved(Path(where) / str(days), span, days)
            if plan.design is None:
                raise RuntimeError("the typical days were as many as the year's")
            true, tonnes = plan.account.whole("cost"), plan.account.whole("co2")
            promised = plan.design.estimate.account.whole("cost")
            table.add_row(
                str(days),
                f"{true:,.0f}",
                f"{true / cost - 1:+.2%}",
                f"{promised / cost - 1:+.2%}",
                f"{tonnes:,.0f}",
                f"{tonnes / co2 - 1:+.2%}",
                f"{spent:.1f}",
            )
        table.add_row("exact", f"{cost:,.0f}", "", "", f"{co2:,.0f}", "", f"{seconds:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
