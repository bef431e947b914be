"""Six small parks that every solver meets: what it has to say about each is known beforehand."""

from __future__ import annotations

from pathlib import Path

import circularpark
from tests.parks import TOML, make_park

COST = TOML + '\n[objective]\nminimise = "cost"\nthen = []\n'


def _park(folder: Path, markets: str, demands: str, **tables: str) -> circularpark.Park:
    head = "id,site,commodity,direction,price,max\n"
    wanted = "id,site,commodity,amount,unit\n"
    made = make_park(folder, toml=COST, markets=head + markets, demands=wanted + demands, **tables)
    return circularpark.read_park(made)


def optimal(folder: Path) -> circularpark.Park:
    """8760 h of 10 MW: 6 MW at 20 money/MWh, the rest at 50: 320 money an hour."""
    return _park(folder, "a,*,steam,buy,20,6\nb,*,steam,buy,50,\n", "want,mill,steam,10,MW\n")


def infeasible(folder: Path) -> circularpark.Park:
    """10 MW are wanted and at most 6 can be had."""
    return _park(folder, "a,*,steam,buy,20,6\n", "want,mill,steam,10,MW\n")


def unbounded(folder: Path) -> circularpark.Park:
    """Steam bought at 20 is sold at 50, without end."""
    return _park(folder, "a,*,steam,buy,20,\nb,*,steam,sell,50,\n", "want,mill,steam,10,MW\n")


def degenerate(folder: Path) -> circularpark.Park:
    """Forty equal offers for one want: any of them is as good, and the cost is that of one."""
    equal = "".join(f"m{i},*,steam,buy,30,10\n" for i in range(40))
    return _park(folder, equal, "want,mill,steam,10,MW\n")


def badly_scaled(folder: Path) -> circularpark.Park:
    """A want of 10 GW beside one of 1 W, prices nine powers of ten apart."""
    return _park(
        folder,
        "a,*,steam,buy,1e-3,\nb,*,water,buy,1e6,\n",
        "large,mill,steam,1e4,MW\nsmall,farm,water,1e-6,m3/h\n",
    )


def whole(folder: Path) -> circularpark.Park:
    """10 MW come from units of 4 MW: three of them at 1000 each, or bought at 50 money/MWh.

    A unit's heat costs 20 money/MWh and runs at half its capacity or not at all; opening costs 500.
    """
    return _park(
        folder,
        "a,*,gas,buy,20,\nb,*,steam,buy,50,\n",
        "want,mill,steam,10,MW\n",
        commodities="id,kind,unit\nsteam,energy,MWh\ngas,energy,MWh\n",
        technologies=(
            "id,capacity_of,capex,capex_fixed,lifetime,unit_size,min_load\n"
            "boiler,steam,250,500,1,4,0.5\n"
        ),
        recipes="technology,row,commodity,rate\nboiler,1,steam,1\nboiler,2,gas,-1\n",
        processes="id,site,technology,capacity_max,status\nnew,mill,boiler,20,candidate\n",
    )


HOURS = 8760
# What each costs a year.
OPTIMA = {
    optimal: 320.0 * HOURS,
    degenerate: 300.0 * HOURS,
    # One year of a lifetime of one at 5 %: the annuity is 1.05.
    whole: 200.0 * HOURS + 1.05 * (3 * 4 * 250 + 500),
    badly_scaled: (1e4 * 1e-3 + 1e-6 * 1e6) * HOURS,
}
