"""Design with whole numbers: the year is dispatched with whole units, and mended with all costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import circularpark
from circularpark import Plan
from circularpark.solve.design import _investment
from tests.parks import make_park

TOML = """\
[park]
id = "peak"
name = "peak"
currency = "CNY"
price_year = 2025
discount_rate = 0
catalogue = false

[time]
years = [2025]
mode = "hours"
typical_days = 1

[objective]
minimise = "cost"
then = []
"""
DAYS = 10
HEAD = "id,capacity_of,capex,capex_fixed,lifetime,unit_size\n"


def peaked(folder: Path, technologies: str, processes: str) -> Plan:
    """Four megawatts in all hours but one, of one day in ten, in which it is nine."""
    names = [f"d{day}h{hour:02}" for day in range(DAYS) for hour in range(24)]
    rates = np.full(len(names), 4.0)
    rates[7 * 24 + 9] = 9.0
    profile = "period,how\n" + "".join(f"{n},{r}\n" for n, r in zip(names, rates, strict=True))
    periods = "period,year,hours,weight\n" + "".join(f"{n},2025,1,1\n" for n in names)
    park = make_park(
        folder,
        toml=TOML,
        periods=periods,
        profiles=profile,
        commodities="id,kind,unit\nsteam,energy,MWh\ngas,energy,MWh\n",
        demands="id,site,commodity,amount,unit,profile\nwant,mill,steam,1,MW,how\n",
        markets="id,site,commodity,direction,price\ngas_in,*,gas,buy,20\n",
        recipes=(
            "technology,row,commodity,rate\nlarge,1,steam,1\nlarge,2,gas,-1\n"
            "small,1,steam,1\nsmall,2,gas,-1\nunit,1,steam,1\nunit,2,gas,-1\n"
        ),
        technologies=HEAD + technologies,
        processes="id,site,technology,capacity_max,status\n" + processes,
    )
    return circularpark.solve(circularpark.read_park(park), mode="design")


TECHNOLOGIES = "large,steam,10,200000,20,\nsmall,steam,1000,,20,\nunit,steam,900,,20,4\n"


def test_the_year_is_mended_with_whole_units(tmp_path: Path) -> None:
    plan = peaked(tmp_path, TECHNOLOGIES, "units,mill,unit,20,candidate\n")
    assert plan.design is not None
    assert plan.certificate.ok
    assert plan.builds["capacity"].tolist() == pytest.approx([12])
    assert plan.units["value"].tolist() == [3]


def test_what_is_paid_once_counts_when_the_year_is_mended(tmp_path: Path) -> None:
    # Four units' worth stand by design; five more by the small one cost 5,000, by the large
    # one 50 and what is paid once.
    processes = (
        "units,mill,unit,4,candidate\nbig,mill,large,20,candidate\nlittle,mill,small,20,candidate\n"
    )
    plan = peaked(tmp_path, TECHNOLOGIES, processes)
    assert plan.certificate.ok
    built = plan.builds.set_index("item")["capacity"].to_dict()
    assert built == pytest.approx({"units": 4, "little": 5}, rel=1e-5)


def test_the_investment_is_what_the_account_calls_capex(tmp_path: Path) -> None:
    plan = peaked(tmp_path, TECHNOLOGIES, "big,mill,large,20,candidate\n")
    costs = _investment(plan.problem).costs
    assert costs @ plan.optimum.x == pytest.approx(plan.account.annual("capex")[2025])
    assert plan.account.annual("capex")[2025] == pytest.approx(200000 + 9 * 10, rel=1e-5)
