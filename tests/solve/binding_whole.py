"""A park small enough to see through, in which whole numbers bind.

A mill builds boilers of four megawatts: two of them pay, a third would stand idle too often, so
that the rest of the steam is bought. Its chiller runs at half its capacity or not at all, and
cools more than anybody wants. A pipe that is paid once brings it hydrogen that costs less than
what a trailer brings, of which there is a load or none.
"""

from __future__ import annotations

from pathlib import Path

from tests.parks import make_park
from tests.solve.binding import TOML

TABLES = {
    "commodities": (
        "id,kind,unit\nsteam,energy,MWh\ngas,energy,MWh\ncold,energy,MWh\nhydrogen,material,t\n"
    ),
    "demands": (
        "id,site,commodity,amount,unit\nheating,mill,steam,9,MW\ncooling,mill,cold,6,MW\n"
        "hydrating,mill,hydrogen,5,t/h\n"
    ),
    "streams": (
        "id,site,commodity,amount,unit,surplus\noff_gas,farm,hydrogen,4,t/h,free\n"
        "bottled,farm,hydrogen,9,t/h,free\n"
    ),
    "transports": "id,commodity,max_km,lifetime\npipe,hydrogen,0,20\ntrailer,hydrogen,0,20\n",
    "links": (
        "id,from,to,commodity,transport,km,capacity,capacity_max,capex_fixed_per_km,cost_per_km,"
        "min_batch,status\n"
        "trench,farm,mill,hydrogen,pipe,1,,3,1000,1,,candidate\n"
        "road,farm,mill,hydrogen,trailer,1,9,,,40,2.5,existing\n"
    ),
    "technologies": (
        "id,capacity_of,capex,capex_fixed,lifetime,unit_size,min_load\n"
        "boiler,steam,200000,50000,20,4,\nchiller,cold,,,20,,0.5\n"
    ),
    "recipes": (
        "technology,row,commodity,rate\nboiler,out,steam,1\nboiler,in,gas,-1\n"
        "chiller,out,cold,1\nchiller,in,gas,-0.3\n"
    ),
    "processes": (
        "id,site,technology,capacity,capacity_max,status\nboilers,mill,boiler,,20,candidate\n"
        "old,mill,chiller,20,,existing\n"
    ),
    "markets": (
        "id,site,commodity,direction,price\ngas_in,*,gas,buy,20\nsteam_in,*,steam,buy,30\n"
        "cold_out,*,cold,vent,1\n"
        "hydrogen_out,mill,hydrogen,vent,1\n"
    ),
}


def whole_park(folder: Path) -> Path:
    """Write the park."""
    return make_park(folder, toml=TOML, **TABLES)
