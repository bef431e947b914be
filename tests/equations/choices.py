"""Golden rows of whole-number choices: units, what is paid once, on and off."""

from __future__ import annotations

from tests.equations.capacities import ELECTRIC
from tests.equations.example import Example

TWO_YEARS = "years = [2025, 2036]"
PIPE_HEAD = "id,from,to,commodity,transport,km,capacity_max,capex_fixed_per_km\n"
PIPED = {
    "commodities": "id,kind,unit\nsteam,energy,MWh\n",
    "streams": "id,site,commodity,amount,unit,surplus\nspare,mill,steam,9,MW,free\n",
    "demands": "id,site,commodity,amount,unit\nheating,farm,steam,6,MW\n",
    "transports": "id,commodity,max_km,lifetime\npipe,steam,0,15\n",
}
BY_NIGHT = {
    "demands": "id,site,commodity,amount,unit,profile\nheating,farm,steam,6,MW,share\n",
    "periods": "period,year,hours,weight\nday,2025,12,365\nnight,2025,12,365\n",
    "profiles": "period,share\nday,1\nnight,0.5\n",
}
ROAD = "id,from,to,commodity,transport,km,capacity,min_batch\nroad,mill,farm,steam,pipe,2,5,2\n"

EXAMPLES = (
    Example(
        "build_in_units",
        "heat pumps of four megawatts",
        (
            "build_in_units[heater, 2025]: build[heater, 2025] - 4 units[heater, 2025] == 0",
            "build_in_units[heater, 2036]: build[heater, 2036] - 4 units[heater, 2036] == 0",
        ),
        {
            **ELECTRIC,
            "processes": (
                "id,site,technology,unit_size,capacity_max,status\n"
                "heater,farm,heat_pump,4,20,candidate\n"
            ),
        },
        time=TWO_YEARS,
    ),
    Example(
        "build_opened",
        "two of what stands in the second year was there before and ten years pass",
        (
            "build_opened[heater, 2025]: build[heater, 2025] - 18 open[heater, 2025] <= 0",
            "build_opened[heater, 2036]: build[heater, 2036] - 20 open[heater, 2036] <= 0",
        ),
        {
            **ELECTRIC,
            "processes": (
                "id,site,technology,capex_fixed,capacity,capacity_max,retires\n"
                "heater,farm,heat_pump,500,2,20,2030\n"
            ),
        },
        time=TWO_YEARS,
    ),
    Example(
        "build_opened",
        "whole units leave less room than the largest capacity",
        ("build_opened[heater, 2025]: build[heater, 2025] - 18 open[heater, 2025] <= 0",),
        {
            **ELECTRIC,
            "processes": (
                "id,site,technology,capex_fixed,unit_size,capacity_max,status\n"
                "heater,farm,heat_pump,500,6,20,candidate\n"
            ),
        },
    ),
    Example(
        "build_opened",
        "a pipe of no given size carries what its receiver can use and lives fifteen years",
        (
            "build_opened[trench, 2025]: build[trench, 2025] - 6 open[trench, 2025] <= 0",
            (
                "build_opened[trench, 2036]: build[trench, 2036] - 6 open[trench, 2025]"
                " - 6 open[trench, 2036] <= 0"
            ),
        ),
        {**PIPED, "links": PIPE_HEAD + "trench,mill,farm,steam,pipe,2,,1000\n"},
        time=TWO_YEARS,
    ),
    Example(
        "flow_opened",
        "a farm wants six by day and half of it at night and a tenth is lost on the way",
        (
            (
                "flow_opened[trench, day]: link_flow[trench, day]"
                " - 6.666666667 open[trench, 2025] <= 0"
            ),
            (
                "flow_opened[trench, night]: link_flow[trench, night]"
                " - 3.333333333 open[trench, 2025] <= 0"
            ),
        ),
        {
            **PIPED,
            "transports": "id,commodity,max_km,loss_per_km\npipe,steam,0,0.05\n",
            "demands": "id,site,commodity,amount,unit,profile\nheating,farm,steam,6,MW,share\n",
            "periods": "period,year,hours,weight\nday,2025,12,365\nnight,2025,12,365\n",
            "profiles": "period,share\nday,1\nnight,0.5\n",
            "links": PIPE_HEAD + "trench,mill,farm,steam,pipe,2,20,1000\n",
        },
        time="years = [2025]",
    ),
    Example(
        "load_most",
        "half of a large heat pump is there at night",
        (
            "load_most[heater, day]: activity[heater, day] - 20 on[heater, day] <= 0",
            "load_most[heater, night]: activity[heater, night] - 10 on[heater, night] <= 0",
        ),
        {
            **ELECTRIC,
            "periods": "period,year,hours,weight\nday,2025,12,365\nnight,2025,12,365\n",
            "profiles": "period,there\nday,1\nnight,0.5\n",
            "processes": (
                "id,site,technology,min_load,capacity_max,status,profile\n"
                "heater,farm,heat_pump,0.25,20,candidate,there\n"
            ),
        },
        time="years = [2025]",
    ),
    Example(
        "load_least",
        "a quarter of what is built at most twenty",
        (
            (
                "load_least[heater, 2025]: activity[heater, 2025] - 0.25 capacity[heater, 2025]"
                " - 5 on[heater, 2025] >= -5"
            ),
        ),
        {
            **ELECTRIC,
            "processes": (
                "id,site,technology,min_load,capacity_max,status\n"
                "heater,farm,heat_pump,0.25,20,candidate\n"
            ),
        },
    ),
    Example(
        "load_least",
        "a quarter of the eight that stand",
        ("load_least[heater, 2025]: activity[heater, 2025] - 2 on[heater, 2025] >= 0",),
        {
            **ELECTRIC,
            "processes": "id,site,technology,min_load,capacity\nheater,farm,heat_pump,0.25,8\n",
        },
    ),
    Example(
        "batch_most",
        "a lorry road that carries at most what stands or what the farm can use",
        (
            "batch_most[road, day]: link_flow[road, day] - 5 sends[road, day] <= 0",
            "batch_most[road, night]: link_flow[road, night] - 3 sends[road, night] <= 0",
        ),
        {**PIPED, **BY_NIGHT, "links": ROAD},
        time="years = [2025]",
    ),
    Example(
        "batch_least",
        "two at least both ways together",
        (
            (
                "batch_least[road, 2025]: link_flow[road, 2025] + link_flow_back[road, 2025]"
                " - 2 sends[road, 2025] >= 0"
            ),
        ),
        {
            **PIPED,
            "transports": "id,commodity,max_km,bidirectional,min_batch\npipe,steam,0,true,2\n",
            "links": "id,from,to,commodity,transport,km,capacity\nroad,mill,farm,steam,pipe,2,5\n",
        },
    ),
    Example(
        "limits",
        "one of two routes in each year, what stands counts until it closes and may be built again",
        (
            "limits[routes, 2025]: open[direct, 2025] <= 0",
            (
                "limits[routes, 2036]: open[old, 2025] + open[old, 2036] + open[direct, 2025]"
                " + open[direct, 2036] <= 1"
            ),
        ),
        {
            **PIPED,
            "links": (
                "id,from,to,commodity,transport,km,capacity,capacity_max,retires,status\n"
                "old,mill,farm,steam,pipe,2,5,,2030,existing\n"
                "direct,mill,farm,steam,pipe,1,,9,,candidate\n"
                "other,farm,mill,steam,pipe,1,,9,,candidate\n"
            ),
            "limits": (
                "id,table,count,item,sense,value,unit\nroutes,links,true,old;direct,<=,1,\n"
            ),
        },
        time=TWO_YEARS,
    ),
)
