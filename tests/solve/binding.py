"""A park small enough to see through, in which every family of constraints binds.

A mill makes steam from three fuels; a works 1 km away wants it, mostly by day. What can be
built is built, every contract is used up, and the cap on CO2 is met.
"""

from __future__ import annotations

from pathlib import Path

from tests.parks import make_park

TOML = """\
[park]
id = "binding"
name = "binding"
currency = "CNY"
price_year = 2025
discount_rate = 0.05
catalogue = false

[time]
years = [2025]

[objective]
minimise = "cost"
then = ["co2"]
"""
TABLES = {
    "sites": "id,company,lon,lat\nmill,Mill,117.00,30.50\nworks,Works,117.01,30.50\n",
    "commodities": (
        "id,kind,unit,co2\nsteam,energy,MWh,\npower,energy,MWh,\ncold,energy,MWh,\n"
        "coal,energy,MWh,0.35\nstraw,energy,MWh,0\ngas,energy,MWh,0.33\n"
    ),
    "demands": (
        "id,site,commodity,amount,unit,profile\ndrying,works,steam,10,MW,shift\n"
        "rollers,mill,power,0.3,MW,\nlooms,works,power,0.4,MW,\n"
        "cellar,mill,cold,0.3,MW,\nstore,works,cold,0.4,MW,\n"
    ),
    "technologies": (
        "id,capacity_of,capex,lifetime\nboiler,steam,900000,20\nchiller,cold,500000,20\n"
    ),
    "recipes": (
        "technology,row,commodity,rate,group,min_share,max_share,emits\n"
        "boiler,1,steam,1,,,,\nboiler,2,coal,-1.25,fuel,,,yes\n"
        "boiler,3,straw,-1.5,fuel,,0.5,yes\nboiler,4,gas,-1.1,fuel,0.1,,yes\n"
        "chiller,1,cold,1,,,,\n"
    ),
    "processes": (
        "id,site,technology,capacity,capacity_max\nboilers,mill,boiler,2,12\n"
        "chillers,*,chiller,,0.5\n"
    ),
    # Slow to fill and slow to empty: at night it fills for eight hours, by day it gives for two.
    "storages": (
        "id,site,commodity,capacity_max,hours_in,hours_out,efficiency_in,efficiency_out,"
        "loss_per_hour,capex,lifetime,max_days\ntank,works,steam,{most},{hours_in},{hours_out},0.99,"
        "0.99,0.001,1000,20,{max_days}\n"
    ),
    "markets": (
        "id,site,commodity,direction,price,peak_price,min,max,max_per_year\n"
        "coal_in,mill,coal,buy,150,,,,\nstraw_in,mill,straw,buy,80,,,,\n"
        "gas_in,mill,gas,buy,400,,,,\nsteam_in,works,steam,buy,900,,,,\n"
        "grid,works,power,buy,700,30000,,,\nmains,mill,power,buy,900,,,,\n"
        "hydro,*,power,buy,300,,,0.45,\nheavy,*,power,buy,1500,,0.02,,\n"
        "ice,*,cold,buy,700,,,,400\nice_dear,*,cold,buy,2000,,,,\n"
    ),
    "transports": (
        "id,commodity,max_km,loss_per_km,capex_per_km,lifetime\npipe,steam,2,0.05,100000,20\n"
    ),
    "links": "id,from,to,commodity,transport,km\nline,mill,works,steam,pipe,1\n",
    "limits": "id,measure,sense,value,unit\ncap,co2,<=,{cap},t/a\n",
    "periods": "period,year,hours,weight\nday,2025,2,365\nnight,2025,8,365\n",
    "profiles": "period,shift\nday,1\nnight,0.2\n",
}


def binding_park(
    folder: Path,
    *,
    hours_in: float = 4,
    hours_out: float = 1,
    most: float = 60,
    cap: float = 2500,
    steady: bool = False,
    max_days: str = "",
) -> Path:
    """Write the park; a tank may be slow to fill or to empty, ``steady`` leaves out the night."""
    tables = dict(TABLES)
    tables["storages"] = TABLES["storages"].format(
        hours_in=hours_in, hours_out=hours_out, most=most, max_days=max_days
    )
    tables["limits"] = TABLES["limits"].format(cap=cap)
    if steady:
        for table in ("periods", "profiles"):
            tables[table] = TABLES[table].split("night")[0]
    return make_park(folder, toml=TOML, **tables)
