"""A park with two projects that compete, small enough to value by hand.

A farm needs 10 MW of steam the year round and buys it (50 a MWh, 0.2 t of CO2). A pipe may
bring the mill's waste steam (6 MW), and solar collectors may stand at the farm (up to 8 MW):
together more than is needed.
"""

from __future__ import annotations

from pathlib import Path

from tests.parks import make_park

HOURS, LIFE = 8760.0, 20
NEED, PIPE, SOLAR = 10.0, 6.0, 8.0
# What a MW of either saves in a year: t of CO2, and money not paid for steam.
TONNES, MONEY = HOURS * 0.2, HOURS * 50.0
# What a MW costs to build.
PIPE_CAPEX, SOLAR_CAPEX = 4e6, 6e6

TOML = """\
[park]
id = "two"
name.zh = "双项目园"
name.en = "Two projects"
currency = "CNY"
price_year = 2025
discount_rate = {rate}
catalogue = false

[time]
years = {years}

[objective]
minimise = "co2"
then = ["cost"]
"""

TABLES = {
    "sites": "id,lon,lat,company,name_zh,name_en\n"
    "mill,117.00,30.50,Mill Ltd,钢厂,Mill\nfarm,117.01,30.51,Farm Ltd,农场,Farm\n",
    "commodities": "id,kind,unit\nsteam,energy,MWh\nsun,energy,MWh\n",
    "streams": f"id,site,commodity,amount,unit,surplus\nwaste,mill,steam,{PIPE},MW,free\n"
    "light,farm,sun,50,MW,free\n",
    "demands": f"id,site,commodity,amount,unit\nneed,farm,steam,{NEED},MW\n",
    "markets": "id,site,commodity,direction,price,co2,scope\ngrey,farm,steam,buy,50,0.2,2\n",
    "technologies": "id,capacity_of,capex,lifetime,confidence\n"
    f"solar,steam,{SOLAR_CAPEX},{LIFE},assumption\n",
    "recipes": "technology,commodity,rate\nsolar,steam,1\nsolar,sun,-1\n",
    "processes": f"id,site,technology,status,capacity_max\nroof,farm,solar,candidate,{SOLAR}\n",
    "transports": "id,commodity,max_km,capex_per_capacity,lifetime,confidence\n"
    f"pipe,steam,5,{PIPE_CAPEX},{LIFE},verified-by-search\n",
}
LINK = "steam@mill@farm@pipe"
BOTH = f"item,project,capacity\n{LINK},pipe,{PIPE}\nroof,sun,{SOLAR}\n"


def two_projects(
    folder: Path, *, rate: float = 0.0, years: str = "[2025]", budget: float = 1e9, **tables: str
) -> Path:
    """Write the park and return its folder."""
    limits = (
        "id,measure,sense,value,unit,period,label_zh,label_en\n"
        f"budget,capex,<=,{budget},CNY,all,预算,Budget\n"
    )
    toml = TOML.format(rate=rate, years=years)
    return make_park(folder, toml=toml, **{**TABLES, "limits": limits, **tables})


def write_list(folder: Path, text: str, name: str = "list.csv") -> Path:
    """Write a list of projects beside the park."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
