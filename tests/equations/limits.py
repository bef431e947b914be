"""Golden rows of limits: caps, rates, budgets, ratios, records, ceilings, the peak.

The mill takes 6 MW of heat from coal (100 CNY and 0.3 t CO2 per MWh) or from the sun
(300 CNY, none) in a year of 1000 hours.
"""

from __future__ import annotations

from tests.equations.example import Example

COLUMNS = (
    "id,measure,table,item,commodity,site,per_measure,per_table,per_item,"
    "relative_to,sense,value,unit,years,period"
)
HEAT = {
    "sites": "id,lon,lat,value_added\nmill,117.00,30.50,3000\n",
    "commodities": "id,kind,unit\nheat,energy,MWh\n",
    "demands": "id,site,commodity,amount,unit\ndrying,mill,heat,6,MW\n",
    "markets": (
        "id,site,commodity,direction,price,co2\n"
        "coal,mill,heat,buy,100,0.3\nsun,mill,heat,buy,300,\n"
    ),
}
THREE_YEARS = "years = [2025, 2030, 2035]\noperating_hours = 1000"
BOILER_PARK = {
    "sites": "id,lon,lat\nmill,117.00,30.50\nfarm,117.01,30.51\n",
    "commodities": "id,kind,unit\nheat,energy,MWh\ncoal,energy,MWh\nstraw,energy,MWh\n",
    "demands": "id,site,commodity,amount,unit\ndrying,farm,heat,6,MW\n",
    "technologies": "id,capacity_of,capex\nboiler,heat,200\n",
    "recipes": (
        "technology,row,commodity,rate,group\n"
        "boiler,1,heat,1,\nboiler,2,coal,-1.25,fuel\nboiler,3,straw,-1.5,fuel\n"
    ),
    "processes": "id,site,technology,capacity_max\nheater,mill,boiler,9\n",
    "markets": "id,site,commodity,direction\ncoal_in,*,coal,buy\nstraw_in,*,straw,buy\n",
    "transports": "id,commodity,max_km\npipe,heat,0\n",
    "links": "id,from,to,commodity,transport,km,status\nline,mill,farm,heat,pipe,1,existing\n",
}


def _limit(**cells: object) -> str:
    row = dict.fromkeys(COLUMNS.split(","), "") | {"id": "it"} | cells
    return f"{COLUMNS}\n" + ",".join(str(v) for v in row.values()) + "\n"


def _heat(shows: str, *rows: str, time: str = "", records: str = "", **cells: object) -> Example:
    tables = {**HEAT, "limits": _limit(**cells)}
    if records:
        tables["records"] = records
    return Example("limits", shows, rows, tables, **({"time": time} if time else {}))


def _boiler(shows: str, *rows: str, time: str = "", **cells: object) -> Example:
    tables = {**BOILER_PARK, "limits": _limit(**cells)}
    return Example("limits", shows, rows, tables, **({"time": time} if time else {}))


EXAMPLES = (
    _heat(
        "a cap on each year's co2",
        "limits[it, 2025]: 300 exchange[coal, mill, 2025] <= 1200",
        measure="co2", sense="<=", value=1200, unit="t",
    ),
    _heat(
        "a cap on one year only",
        "limits[it, 2030]: 300 exchange[coal, mill, 2030] <= 1200",
        measure="co2", sense="<=", value=1200, unit="t", years="2030", time=THREE_YEARS,
    ),
    _heat(
        "a rate in every period",
        "limits[it, 2025]: 0.3 exchange[coal, mill, 2025] <= 1",
        measure="co2", sense="<=", value=1, unit="t/h", period="each",
    ),
    _heat(
        "a sum over all years",
        "limits[it, all]: 300 exchange[coal, mill, 2025] + 300 exchange[coal, mill, 2030]"
        " + 300 exchange[coal, mill, 2035] <= 5000",
        measure="co2", sense="<=", value=5000, unit="t", period="all", time=THREE_YEARS,
    ),
    _heat(
        "a measure per measure",
        # 300 coal <= 0.001 (100000 coal + 300000 sun)
        "limits[it, 2025]: 200 exchange[coal, mill, 2025] - 300 exchange[sun, mill, 2025] <= 0",
        measure="co2", per_measure="cost", sense="<=", value=0.001, unit="t/CNY",
    ),
    _heat(
        "co2 per value added",
        "limits[it, 2025]: 300 exchange[coal, mill, 2025] <= 1500",
        measure="co2", per_measure="value_added", sense="<=", value=0.5, unit="t/CNY",
    ),
    _heat(
        "the sun's share of all purchases",
        # 1000 sun >= 0.4 (1000 coal + 1000 sun)
        "limits[it, 2025]: -400 exchange[coal, mill, 2025] + 600 exchange[sun, mill, 2025] >= 0",
        table="markets", item="sun", per_table="markets", per_item="*",
        sense=">=", value=40, unit="%",
    ),
    _heat(
        "three fifths of a recorded year",
        "limits[it, 2025]: 300 exchange[coal, mill, 2025] <= 1200",
        measure="co2", relative_to=2020, sense="<=", value=60, unit="%",
        records="year,measure,value,unit\n2020,co2,2000,t\n",
    ),
    _heat(
        "four fifths of the best operation",
        # Coal alone is cheapest: 6 MW x 1000 h x 0.3 t/MWh = 1800 t.
        "limits[it, 2025]: 300 exchange[coal, mill, 2025] <= 1440",
        measure="co2", relative_to="best_operation", sense="<=", value=80, unit="%",
    ),
    _heat(
        "at most 700 CNY for each tonne less than the best operation",
        # (100000 coal + 300000 sun) - 600000 <= 700 (1800 - 300 coal)
        "limits[it, 2025]: 310000 exchange[coal, mill, 2025] + 300000 exchange[sun, mill, 2025]"
        " <= 1860000",
        measure="cost", per_measure="co2", relative_to="best_operation",
        sense="<=", value=700, unit="CNY/t",
    ),
    _heat(
        "co2 peaks in 2030",
        "limits[it, 2025<=2030]: 300 exchange[coal, mill, 2025]"
        " - 300 exchange[coal, mill, 2030] <= 0",
        "limits[it, 2035<=2030]: -300 exchange[coal, mill, 2030]"
        " + 300 exchange[coal, mill, 2035] <= 0",
        measure="co2", sense="peak", value=2030, time=THREE_YEARS,
    ),
    _heat(
        "co2 never rises after a peak in the first year",
        "limits[it, 2030<=2025]: -300 exchange[coal, mill, 2025]"
        " + 300 exchange[coal, mill, 2030] <= 0",
        "limits[it, 2035<=2025]: -300 exchange[coal, mill, 2025]"
        " + 300 exchange[coal, mill, 2035] <= 0",
        "limits[it, 2035<=2030]: -300 exchange[coal, mill, 2030]"
        " + 300 exchange[coal, mill, 2035] <= 0",
        measure="co2", sense="peak", value=2025, time=THREE_YEARS,
    ),
    _boiler(
        "a budget over two years",
        "limits[it, all]: 200 build[heater, 2025] + 200 build[heater, 2030] <= 900",
        measure="capex", sense="<=", value=900, unit="CNY", period="all",
        time="years = [2025, 2030]",
    ),
    _boiler(
        "a process counted by a fuel",
        "limits[it, 2025]: share_flow[heater, 2, 2025] <= 5",
        table="processes", item="heat*", commodity="coal", sense="<=", value=5, unit="MW",
        period="each",
    ),
    _boiler(
        "a link counted where it ends",
        "limits[it, 2025]: 1000 link_flow[line, 2025] >= 2000",
        table="links", commodity="heat", site="farm", sense=">=", value=2000, unit="MWh/a",
    ),
    _boiler(
        "a share of what is wanted",
        # The farm wants 6 MW x 1000 h: a third of it is 2000 MWh.
        "limits[it, 2025]: 1000 share_flow[heater, 2, 2025] <= 1980",
        table="processes", commodity="coal", per_table="demands", sense="<=", value=33, unit="%",
    ),
    _boiler(
        "what may stand",
        "limits[it, 2025]: capacity[heater, 2025] == 7",
        table="capacity", item="heater", sense="=", value=7, unit="MW",
    ),
)  # fmt: skip
