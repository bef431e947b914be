"""Golden rows of balances, recipes, links, processes and stores."""

from __future__ import annotations

from tests.equations.example import Example

TWO_STEPS = "period,year,hours,weight\nday,2025,2,100\nnight,2025,3,200\n"
STEAM_AT_FARM = "id,site,commodity,amount,unit\nheating,farm,steam,6,MW\n"
STEAM_MARKET = "id,site,commodity,direction,price\nbought,farm,steam,buy,300\n"
WASTE_HEAT = "id,site,commodity,amount,unit,surplus\nwaste,mill,steam,10,MW,free\n"
FREE_STEAM = "id,kind,unit,surplus\nsteam,energy,MWh,free\n"
PIPE = "id,commodity,max_km,loss_per_km,bidirectional\npipe,steam,0,0.05,{back}\n"
LINK = "id,from,to,commodity,transport,km,capacity\nline,mill,farm,steam,pipe,2,{capacity}\n"
BOILER = "id,capacity_of\nboiler,steam\n"
FUELS = """\
technology,row,commodity,rate,group,min_share,max_share
boiler,out,steam,1,,,
boiler,coal,coal,-1.25,fuel,0.2,
boiler,straw,straw,-1.6,fuel,,0.5
"""
FUEL_PARK = {
    "commodities": ("id,kind,unit\nsteam,energy,MWh\ncoal,energy,MWh\nstraw,energy,MWh\n"),
    "technologies": BOILER,
    "recipes": FUELS,
    "processes": "id,site,technology,capacity\nheater,farm,boiler,8\n",
    "demands": STEAM_AT_FARM,
    "markets": ("id,site,commodity,direction\ncoal_in,farm,coal,buy\nstraw_in,farm,straw,buy\n"),
}
TANK = (
    "id,site,commodity,capacity,capacity_max,hours_in,hours_out,efficiency_in,efficiency_out,"
    "loss_per_hour\ntank,farm,steam,{capacity},{most},4,5,0.9,0.8,0.1\n"
)
STORE_PARK = {
    "demands": STEAM_AT_FARM,
    "markets": STEAM_MARKET,
    "periods": TWO_STEPS,
    "storages": TANK.format(capacity="", most=40),
}
# Four hours are a sixth of a day.
KEPT_PARK = {
    **STORE_PARK,
    "storages": STORE_PARK["storages"]
    .replace("loss_per_hour", "loss_per_hour,max_days")
    .replace(",0.1\n", ",0.1,0.16666666666666666\n"),
}
SOLAR_PARK = {
    "commodities": "id,kind,unit\npower,energy,MWh\n",
    "technologies": "id,capacity_of,profile\nsolar,power,sun\n",
    "recipes": "technology,row,commodity,rate\nsolar,1,power,1\n",
    "processes": "id,site,technology,capacity_max\nroof,farm,solar,3\n",
    "markets": "id,site,commodity,direction\nfeed_in,farm,power,sell\n",
    "periods": TWO_STEPS,
    "profiles": "period,sun\nday,0.5\nnight,0\n",
}

BALANCES = (
    Example(
        "balance",
        "what a link loses does not arrive",
        (
            "balance[mill, steam, 2025]: -link_flow[line, 2025] + taken[waste, 2025] == 0",
            (
                "balance[farm, steam, 2025]: 0.9 link_flow[line, 2025]"
                " + exchange[bought, farm, 2025]"
                " == 6"
            ),
        ),
        {
            "streams": WASTE_HEAT,
            "demands": STEAM_AT_FARM,
            "markets": STEAM_MARKET,
            "transports": PIPE.format(back=""),
            "links": LINK.format(capacity=""),
        },
    ),
    Example(
        "balance",
        "a free surplus may be left",
        ("balance[farm, steam, 2025]: exchange[bought, farm, 2025] >= 6",),
        {"commodities": FREE_STEAM, "demands": STEAM_AT_FARM, "markets": STEAM_MARKET},
    ),
    Example(
        "balance",
        "a link that goes both ways",
        (
            (
                "balance[mill, steam, 2025]: -link_flow[line, 2025]"
                " + 0.9 link_flow_back[line, 2025]"
                " + taken[waste, 2025] == 0"
            ),
            (
                "balance[farm, steam, 2025]: 0.9 link_flow[line, 2025] - link_flow_back[line, 2025]"
                " + exchange[bought, farm, 2025] == 6"
            ),
        ),
        {
            "streams": WASTE_HEAT,
            "demands": STEAM_AT_FARM,
            "markets": STEAM_MARKET,
            "transports": PIPE.format(back="yes"),
            "links": LINK.format(capacity=""),
        },
    ),
    Example(
        "balance",
        "pumping takes power where the flow starts",
        (
            "balance[mill, water, 2025]: -link_flow[main, 2025] + exchange[well, mill, 2025] == 0",
            (
                "balance[mill, power, 2025]: -0.006 link_flow[main, 2025]"
                " + exchange[grid, mill, 2025] == 0"
            ),
            "balance[farm, water, 2025]: link_flow[main, 2025] == 20",
        ),
        {
            "commodities": "id,kind,unit\nwater,water,m3\npower,energy,MWh\n",
            "demands": "id,site,commodity,amount,unit\nwashing,farm,water,20,m3/h\n",
            "markets": ("id,site,commodity,direction\nwell,mill,water,buy\ngrid,mill,power,buy\n"),
            "transports": (
                "id,commodity,max_km,energy_per_km,energy_commodity\nmain,water,0,0.002,power\n"
            ),
            "links": "id,from,to,commodity,transport,km\nmain,mill,farm,water,main,3\n",
        },
    ),
    Example(
        "balance",
        "what stays unmet need not come",
        ("balance[farm, steam, 2025]: exchange[bought, farm, 2025] + unmet[heating, 2025] == 6",),
        {
            "demands": STEAM_AT_FARM.replace("unit", "unit,unmet_cost").replace("MW\n", "MW,900\n"),
            "markets": STEAM_MARKET,
        },
    ),
    Example(
        "balance",
        "a market takes what is sold and disposed of",
        (
            (
                "balance[mill, ash, 2025]: -exchange[sold, mill, 2025] - exchange[tip, mill, 2025]"
                " + taken[ashes, 2025] == 0"
            ),
        ),
        {
            "streams": "id,site,commodity,amount,unit\nashes,mill,ash,2,t/h\n",
            "markets": (
                "id,site,commodity,direction,max\nsold,mill,ash,sell,1\ntip,*,ash,dispose,\n"
            ),
        },
    ),
    Example(
        "balance",
        "a fixed recipe row follows the activity and a shared one flows for itself",
        (
            "balance[farm, steam, 2025]: activity[heater, 2025] == 6",
            (
                "balance[farm, coal, 2025]: -share_flow[heater, coal, 2025]"
                " + exchange[coal_in, farm, 2025] == 0"
            ),
            (
                "balance[farm, straw, 2025]: -share_flow[heater, straw, 2025]"
                " + exchange[straw_in, farm, 2025] == 0"
            ),
        ),
        FUEL_PARK,
    ),
    Example(
        "balance",
        "a store takes and gives",
        (
            (
                "balance[farm, steam, day]: exchange[bought, farm, day] - charge[tank, day]"
                " + discharge[tank, day] == 6"
            ),
            (
                "balance[farm, steam, night]: exchange[bought, farm, night] - charge[tank, night]"
                " + discharge[tank, night] == 6"
            ),
        ),
        STORE_PARK,
    ),
)

RECIPES = (
    Example(
        "group_total",
        "the fuels together do the work",
        (
            (
                "group_total[heater, coal, 2025]: -activity[heater, 2025]"
                " + 0.8 share_flow[heater, coal, 2025] + 0.625 share_flow[heater, straw, 2025] == 0"
            ),
        ),
        FUEL_PARK,
    ),
    Example(
        "group_least",
        "a fifth of the work is coal's at least",
        (
            (
                "group_least[heater, coal, 2025]: -0.25 activity[heater, 2025]"
                " + share_flow[heater, coal, 2025] >= 0"
            ),
        ),
        FUEL_PARK,
    ),
    Example(
        "group_most",
        "half of the work is straw's at most",
        (
            (
                "group_most[heater, straw, 2025]: -0.8 activity[heater, 2025]"
                " + share_flow[heater, straw, 2025] <= 0"
            ),
        ),
        FUEL_PARK,
    ),
)

LINKS = (
    Example(
        "link_capacity",
        "a pipe that may be built",
        ("link_capacity[line, 2025]: link_flow[line, 2025] - capacity[line, 2025] <= 0",),
        {
            "streams": WASTE_HEAT,
            "demands": STEAM_AT_FARM,
            "markets": STEAM_MARKET,
            "transports": "id,commodity,max_km,capex_per_km\npipe,steam,0,60000\n",
            "links": LINK.format(capacity=""),
        },
    ),
    Example(
        "link_capacity",
        "only what costs something to build has a capacity to choose",
        ("link_capacity[dear, 2025]: link_flow[dear, 2025] - capacity[dear, 2025] <= 0",),
        {
            "streams": WASTE_HEAT,
            "demands": STEAM_AT_FARM,
            "markets": STEAM_MARKET,
            "transports": ("id,commodity,max_km,capex_per_km\npipe,steam,0,60000\ncart,steam,0,\n"),
            "links": (
                "id,from,to,commodity,transport,km\n"
                "dear,mill,farm,steam,pipe,1\ncheap,mill,farm,steam,cart,1\n"
            ),
        },
    ),
    Example(
        "link_capacity",
        "both ways share what stands",
        ("link_capacity[line, 2025]: link_flow[line, 2025] + link_flow_back[line, 2025] <= 7",),
        {
            "streams": WASTE_HEAT,
            "demands": STEAM_AT_FARM,
            "markets": STEAM_MARKET,
            "transports": PIPE.format(back="yes"),
            "links": LINK.format(capacity=7),
        },
    ),
)

STORES = (
    Example(
        "storage_level",
        "uneven steps and a closed chain",
        (
            # Over 2 hours 0.9^2 is kept, over 3 hours 0.9^3; filling keeps 0.9 of each hour's
            # charge, emptying takes 1 / 0.8 of what comes out.
            (
                "storage_level[tank, day]: -1.8 charge[tank, day] + 2.5 discharge[tank, day]"
                " + level[tank, day] - 0.81 level[tank, night] == 0"
            ),
            (
                "storage_level[tank, night]: -2.7 charge[tank, night] + 3.75 discharge[tank, night]"
                " - 0.729 level[tank, day] + level[tank, night] == 0"
            ),
        ),
        STORE_PARK,
    ),
    Example(
        "charge_capacity",
        "four hours to fill",
        (
            "charge_capacity[tank, day]: charge[tank, day] - 0.25 capacity[tank, 2025] <= 0",
            "charge_capacity[tank, night]: charge[tank, night] - 0.25 capacity[tank, 2025] <= 0",
        ),
        STORE_PARK,
    ),
    Example(
        "discharge_capacity",
        "five hours to empty",
        (
            "discharge_capacity[tank, day]: discharge[tank, day] - 0.2 capacity[tank, 2025] <= 0",
            (
                "discharge_capacity[tank, night]: discharge[tank, night] - 0.2 capacity[tank, 2025]"
                " <= 0"
            ),
        ),
        STORE_PARK,
    ),
    Example(
        "level_capacity",
        "no more than it holds",
        (
            "level_capacity[tank, day]: level[tank, day] - capacity[tank, 2025] <= 0",
            "level_capacity[tank, night]: level[tank, night] - capacity[tank, 2025] <= 0",
        ),
        STORE_PARK,
    ),
    Example(
        "stored_time",
        "what may be kept for four hours",
        (
            # At the end of the day (2 h) what came in by day and in the last 2 of the night's 3
            # hours, of which 0.9^2 is left; at its end the night and one hour of the day, 0.9^3.
            (
                "stored_time[tank, day]: -1.8 exchange[bought, farm, day]"
                " - 1.458 exchange[bought, farm, night] + level[tank, day] <= 0"
            ),
            (
                "stored_time[tank, night]: -0.6561 exchange[bought, farm, day]"
                " - 2.7 exchange[bought, farm, night] + level[tank, night] <= 0"
            ),
        ),
        KEPT_PARK,
    ),
)

PROCESSES = (
    Example(
        "process_capacity",
        "the sun gives half by day and nothing at night",
        (
            "process_capacity[roof, day]: activity[roof, day] - 0.5 capacity[roof, 2025] <= 0",
            "process_capacity[roof, night]: activity[roof, night] <= 0",
        ),
        SOLAR_PARK,
    ),
)

EXAMPLES = (*BALANCES, *RECIPES, *LINKS, *STORES, *PROCESSES)
