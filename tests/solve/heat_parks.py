"""Parks with heat: a published stream set on one site, and two sites that steam may join."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import circularpark
from tests.known.building import read_case
from tests.parks import make_park

TOML = """\
[park]
id = "{name}"
name.zh = "{zh}"
name.en = "{en}"
currency = "CNY"
price_year = 2025
catalogue = false

[time]
years = [2025]
{time}

[objective]
minimise = ["co2"]
cost_ceiling = {ceiling}
"""

GOODS = """\
id,name_zh,name_en,kind,unit,temperature,latent_temperature,latent_share,min_approach,exchanger_capex,co2
heat,热,heat,heat,MWh,,,,10,,
steam,低压蒸汽,low-pressure steam,heat,MWh,140,140,1,10,{exchanger},
gas,天然气,natural gas,energy,MWh,,,,,,0.2
"""
TECHNOLOGIES = """\
id,name_zh,name_en,capacity_of,capex,lifetime
gas_boiler,燃气锅炉,Gas boiler,heat,200000,20
"""
RECIPES = """\
technology,commodity,rate,supply_temp,target_temp,emits
gas_boiler,heat,1,500,500,
gas_boiler,gas,-1.1,,,true
"""


def two_sites(
    folder: Path,
    *,
    max_km: float = 5.0,
    pipe: float = 100000.0,
    exchanger: float = 20000.0,
    ceiling: float = 1000.0,
    profile: bool = False,
    budget: float | None = None,
) -> circularpark.Park:
    """A works with hot flue gas and a dairy 1.5 km away that burns gas; steam may join them."""
    time = 'mode = "hours"' if profile else 'mode = "annual"\noperating_hours = 8000'
    shape = "profile" if profile else "note"
    tables = {
        "sites": "id,name_zh,name_en,lon,lat\nworks,化工厂,Chemical works,117.00,30.50\n"
        "dairy,乳品厂,Dairy,117.01,30.51\n",
        "commodities": GOODS.format(exchanger=exchanger),
        "technologies": TECHNOLOGIES,
        "recipes": RECIPES,
        "streams": f"id,site,commodity,amount,unit,supply_temp,target_temp,{shape}\n"
        f"flue_gas,works,heat,10,MW,260,120,{'run' if profile else ''}\n"
        "condensate,works,heat,3,MW,95,40,\n",
        "demands": "id,site,commodity,amount,unit,supply_temp,target_temp\n"
        "preheating,works,heat,2,MW,30,80\nreboiler,works,heat,1,MW,210,210\n"
        "pasteur,dairy,heat,3,MW,20,75\nevaporator,dairy,heat,2,MW,110,110\n",
        "processes": "id,site,technology,capacity\nworks_boiler,works,gas_boiler,20\n"
        "dairy_boiler,dairy,gas_boiler,20\n",
        "transports": "id,name_zh,name_en,commodity,max_km,capex_per_km\n"
        f"steam_pipe,蒸汽管,Steam pipe,steam,{max_km},{pipe}\n",
        "markets": "id,site,commodity,direction,price,co2\ngas_grid,*,gas,buy,350,0.02\n",
    }
    if profile:
        runs = [1.0 if hour % 24 < 12 else 0.4 for hour in range(48)]
        tables["profiles"] = pd.DataFrame({"run": runs}).to_csv(index=False)
    if budget is not None:
        tables["limits"] = (
            "id,measure,sense,value,unit,period,label_zh,label_en\n"
            f"budget,capex,<=,{budget},CNY,all,投资预算,investment budget\n"
        )
    toml = TOML.format(
        name="pair", zh="两厂示例", en="Two-site example", time=time, ceiling=ceiling
    )
    return circularpark.read_park(make_park(folder, toml=toml, **tables))


def published(
    folder: Path, name: str = "heat_kemp_four_stream", *, matches: str = ""
) -> circularpark.Park:
    """A published stream set as one site with a boiler; ``matches``: rows of that table."""
    case = read_case(name)
    rows = [
        {
            "id": f"s{n}" if stream["name"].isdigit() else stream["name"],
            "hot": stream["type"] == "hot",
            "amount": stream["cp"] * abs(stream["supply"] - stream["target"]),
            "supply_temp": stream["supply"],
            "target_temp": stream["target"],
            "min_approach": case["dt_min"],
        }
        for n, stream in enumerate(case["streams"], start=1)
    ]
    frame = pd.DataFrame(rows).assign(site="plant", commodity="heat", unit="kW")
    toml = TOML.format(
        name=name,
        zh="四股流示例" if "kemp" in name else "芳烃装置",
        en="Four streams" if "kemp" in name else "Aromatics plant",
        time='mode = "annual"\noperating_hours = 8000',
        ceiling=1000,
    )
    tables = {
        "sites": "id,name_zh,name_en,lon,lat\nplant,示例厂,Example plant,117.0,30.5\n",
        "commodities": GOODS.format(exchanger=0),
        "technologies": TECHNOLOGIES,
        "recipes": RECIPES,
        "streams": frame[frame["hot"]].drop(columns="hot").to_csv(index=False),
        "demands": frame[~frame["hot"]].drop(columns="hot").to_csv(index=False),
        "processes": "id,site,technology,capacity\nboiler,plant,gas_boiler,1000\n",
        "markets": "id,site,commodity,direction,price,co2\ngas_grid,*,gas,buy,350,0.02\n",
    }
    if matches:
        tables["matches"] = f"from,to,status,min,max\n{matches}"
    return circularpark.read_park(make_park(folder, toml=toml, **tables))
