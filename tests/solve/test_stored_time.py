"""A store that may keep nothing longer than a given time, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import circularpark
from circularpark.solve.plan import Plan
from tests.parks import make_park

TOML = """\
[park]
id = "yard"
name = "yard"
currency = "CNY"
price_year = 2025
discount_rate = 0.05
catalogue = false

[time]
years = [2025]

[objective]
minimise = "cost"
"""
TABLES = {
    "commodities": "id,kind,unit\nwaste,waste,t\n",
    "streams": "id,site,commodity,amount,unit,profile\nspent,mill,waste,1,t/h,made\n",
    "markets": ("id,site,commodity,direction,price,profile\nkiln,mill,waste,dispose,100,dear\n"),
    # Waste comes in the first period only; the kiln is cheap in the last one.
    "periods": "period,year,hours,weight\nfirst,2025,24,1\nsecond,2025,24,1\nthird,2025,24,1\n",
    "profiles": "period,made,dear\nfirst,1,5\nsecond,0,3\nthird,0,1\n",
}


def yard(folder: Path, days: str) -> Plan:
    store = (
        f"id,site,commodity,capacity,hours_in,hours_out,max_days\nshed,mill,waste,50,1,1,{days}\n"
    )
    park = circularpark.read_park(make_park(folder, toml=TOML, **TABLES, storages=store))
    plan = circularpark.solve(park)
    assert plan.certificate.ok, plan.judged.check.text("en")
    return plan


@pytest.mark.parametrize(
    ("days", "rates"),
    [
        # Without a limit all 24 t wait for the third day.
        ("", {"first": 0.0, "second": 0.0, "third": 1.0}),
        # What came in on the first day is a day old at the end of the second: it leaves by then.
        ("1", {"first": 0.0, "second": 1.0, "third": 0.0}),
        # At the end of the first day half of it is twelve hours old or more.
        ("0.5", {"first": 0.5, "second": 0.5, "third": 0.0}),
    ],
)
def test_waste_leaves_before_its_time_is_over(
    tmp_path: Path, days: str, rates: dict[str, float]
) -> None:
    burnt = yard(tmp_path, days).exchange.set_index("period")["value"]
    assert burnt.to_dict() == pytest.approx(rates, abs=1e-9)
