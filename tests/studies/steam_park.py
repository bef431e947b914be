"""A park small enough to solve by hand: a farm needs 10 MW of steam the year round.

It may buy it (50 a MWh, 0.2 t of CO2), buy at most 2 MW of green steam (120 a MWh, no CO2), or
take up to 6 MW of the mill's waste steam through a pipe of 1 km that has to be built.
"""

from __future__ import annotations

from pathlib import Path

from tests.parks import make_park

HOURS = 8760.0
WANTED, WASTE, GREEN = 10.0, 6.0, 2.0
PRICE, GREEN_PRICE, EMITS = 50.0, 120.0, 0.2
# Money a year for each MW of pipe: a discount rate of 0 makes the annuity 1 / lifetime.
PIPE_A_YEAR = 800_000.0
LIFETIME = 20
# What a MW through the pipe, or of green steam, saves in a year [t], and costs more [money].
TONNES = HOURS * EMITS
PIPE_MORE = PIPE_A_YEAR - HOURS * PRICE
GREEN_MORE = HOURS * (GREEN_PRICE - PRICE)
MOST_CO2 = WANTED * TONNES
LEAST_COST = WANTED * HOURS * PRICE

TOML = """\
[park]
id = "steam"
name.zh = "蒸汽园"
name.en = "Steam park"
currency = "CNY"
price_year = 2025
discount_rate = 0
catalogue = false

[time]
years = [2025]

[objective]
minimise = "{minimise}"
then = ["{then}"]
"""

TABLES = {
    "commodities": "id,kind,unit\nsteam,energy,MWh\n",
    "streams": f"id,site,commodity,amount,unit,surplus\nwaste,mill,steam,{WASTE},MW,free\n",
    "demands": f"id,site,commodity,amount,unit\nneed,farm,steam,{WANTED},MW\n",
    "markets": (
        "id,site,commodity,direction,price,co2,max\n"
        f"grey,farm,steam,buy,{PRICE},{EMITS},\n"
        f"green,farm,steam,buy,{GREEN_PRICE},0,{GREEN}\n"
    ),
    "transports": (
        "id,commodity,max_km,capex_per_capacity,lifetime\n"
        f"pipe,steam,5,{PIPE_A_YEAR * LIFETIME},{LIFETIME}\n"
    ),
    "limits": (
        "id,measure,sense,value,unit,period\n"
        f"budget,capex,<=,{100 * PIPE_A_YEAR * LIFETIME},CNY,year\n"
    ),
}


def steam_park(folder: Path, *, minimise: str = "co2", then: str = "cost") -> Path:
    """Write the park and return its folder."""
    return make_park(folder, toml=TOML.format(minimise=minimise, then=then), **TABLES)
