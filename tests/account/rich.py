"""A park that uses every kind of row the judge has a rule for (figures invented)."""

from __future__ import annotations

from pathlib import Path

from tests.parks import make_park

TOML = """\
[park]
id = "rich"
name.zh = "综合测试园区"
name.en = "Park of everything"
currency = "CNY"
price_year = 2025
discount_rate = 0.06
catalogue = false

[time]
years = [2025, 2030, 2040]
base_year = 2025

[objective]
minimise = "cost"
then = ["co2"]
scopes = [1, 2]
"""

TABLES = {
    "sites": """\
id,company,lon,lat,area_mu,value_added
mill,Mill Ltd,117.00,30.50,40,9000
farm,Farm Ltd,117.01,30.51,60,3000
plant,Plant Ltd,117.02,30.50,90,8000
""",
    "commodities": """\
id,kind,unit,surplus,kgce,co2
steam,energy,MWh,free,122.8,
power,energy,MWh,must_use,122.8,
gas,energy,MWh,must_use,122.8,0.2
biomass,energy,MWh,must_use,122.8,0
flue_co2,gas,t,must_use,,
ash,waste,t,must_use,,
""",
    "streams": """\
id,site,commodity,amount,unit,profile,surplus,today
waste_steam,mill,steam,60000,MWh/a,output,must_use,50000
spare_steam,plant,steam,3,MW,,,
ash_out,plant,ash,2,t/h,,,
""",
    "demands": """\
id,site,commodity,amount,unit,profile,unmet_cost
heating,farm,steam,20,MW,season,5000
machines,mill,power,4,MW,,
drying,plant,steam,,MW,drying_rate,
""",
    "technologies": """\
id,capacity_of,capex,fixed_om,var_om,lifetime,available_from,area_mu,profile
boiler,steam,200000,0.02,1.5,20,,0.2,
capture,flue_co2,900000,0.03,4,10,2030,0.5,
solar,power,3000000,0.01,0,8,,12,sun
turbine,power,1000000,0.02,2,20,,0.3,
""",
    "recipes": """\
technology,row,commodity,rate,group,min_share,max_share,emits,profile
boiler,1,steam,1,,,,,
boiler,2,gas,-1.2,fuel,0.2,1,yes,
boiler,3,biomass,-1.4,fuel,0,0.6,yes,
boiler,4,power,-0.01,,,,,output
capture,1,flue_co2,-1,,,,,
capture,2,power,-0.2,,,,,
solar,1,power,1,,,,,
turbine,1,power,1,,,,,
turbine,2,steam,-3.5,,,,,
""",
    "processes": """\
id,site,technology,capacity,capacity_max,status,built,retires
boiler_farm,farm,boiler,25,40,,2008,2040
boiler_plant,plant,boiler,20,,,2015,
boiler_new,*,boiler,,30,candidate,,
sun,*,solar,,6,candidate,,
sun_school,farm,solar,1,2,required,,
turbine,mill,turbine,,,candidate,,
old_turbine,mill,turbine,5,,forbidden,,
""",
    "storages": """\
id,site,commodity,capacity,capacity_max,hours_in,hours_out,efficiency_in,efficiency_out,loss_per_hour,capex,fixed_om,lifetime,status
tank,farm,steam,10,40,4,2,0.95,0.9,0.01,20000,0.01,12,existing
battery,mill,power,,20,2,2,0.95,0.95,0.001,300000,0.01,10,candidate
""",
    "markets": """\
id,site,commodity,direction,price,profile,peak_price,min,max,max_per_year,scope,from_year,co2,so2,stored
grid,*,power,buy,600,tariff,20000,,30,,2,,0.55,,
feed_in,*,power,sell,300,,,,,9000,2,2030,-0.1,,
gas_net,*,gas,buy,330,,1000,0.5,100,,3,,0.02,0.001,
wood,farm,biomass,buy,250,,,,15,90000,3,,,0.004,
landfill,plant,ash,dispose,100,,,,,,3,,0.01,,
store,plant,flue_co2,vent,0,,,,,,1,,1,,yes
""",
    "links": """\
id,from,to,commodity,transport,km,capacity,capacity_max,price,status,built,retires,loss_per_km
pipe,mill,farm,steam,pipe,1.5,6,20,50,,2010,,
wire,plant,mill,power,wire,2,,,100,candidate,,,
""",
    "transports": """\
id,commodity,max_km,loss_per_km,capex_per_km,capex_per_capacity,fixed_om,cost_per_km,co2_per_km,energy_per_km,energy_commodity,lifetime,bidirectional
pipe,steam,4,0.02,60000,10000,0.02,0.5,0.0005,0.002,power,9,
wire,power,4,0.01,40000,5000,0.01,0.1,,,,25,yes
""",
    "measures": "id,name_zh,name_en,unit\nso2,二氧化硫,SO2,t\n",
    "factors": """\
table,item,measure,value,scope,year
processes,boiler_plant,so2,0.002,,2025
processes,boiler_plant,so2,0.001,,2035
technologies,turbine,so2,0.003,,
commodities,biomass,so2,0.0005,,
transports,pipe,so2,0.0001,,
streams,waste_steam,avoided,0.05,,
demands,heating,avoided,0.01,,
storages,tank,so2,0.0002,,
""",
    "limits": """\
id,measure,table,item,commodity,site,per_measure,per_table,per_item,relative_to,sense,value,unit,years,period
cap,co2,,,,,,,,,<=,50000,t/a,2030;2040,year
rate,co2,,,,,,,,,<=,15,t/h,,each
budget,capex,,,,,,,,,<=,60000000,CNY,,all
green,,markets,wood,,,,markets,gas_net,,>=,5,%,2040,year
fuel,,processes,boiler*,gas,,,,,,<=,60,MW,,each
moved,,links,,steam,farm,,,,,<=,150000,MWh/a,2030,year
intensity,co2,,,,,value_added,,,,<=,5,t/CNY,,year
less,co2,,,,,,,,2020,<=,90,%,2040,year
turn,co2,,,,,,,,,peak,2025,,,year
better,energy,,,,,,,,best_operation,<=,110,%,2025,year
size,,capacity,sun*,,,,,,,<=,5,MW,,year
""",
    "records": "year,measure,value,unit\n2020,co2,90000,t\n2025,co2,60000,t\n",
    "paths": """\
table,item,column,year,scenario,set,multiply
markets,gas_net,price,2030,,,1.3
markets,gas_net,price,2040,dear,700,
markets,grid,co2,2040,,0.2,
technologies,solar,capex,2030,,,0.6
demands,heating,amount,2040,,,1.2
""",
    "profiles": """\
period,output,season,drying_rate,sun,tariff
w1,1,1,8,0.0,1.2
w2,0.8,0.8,6,0.4,0.8
s1,0.9,0.2,7,0.0,1.1
s2,0.5,0.1,9,0.7,0.7
""",
}


def periods() -> str:
    """Winter and summer with two steps each; two scenarios from 2040 on."""
    steps = [("w1", 1, 3.0, 700), ("w2", 1, 4.0, 500), ("s1", 7, 2.0, 1200), ("s2", 7, 2.0, 1000)]
    lines = ["period,year,month,scenario,probability,hours,weight"]
    for year in (2025, 2030, 2040):
        for scenario, chance in (("calm", 0.7), ("dear", 0.3)):
            lines += [f"{p},{year},{m},{scenario},{chance},{h},{w}" for p, m, h, w in steps]
    return "\n".join(lines) + "\n"


def rich_park(folder: Path, **changes: str) -> Path:
    """Write the park; a change replaces a whole table."""
    return make_park(folder, toml=TOML, **{**TABLES, "periods": periods(), **changes})
