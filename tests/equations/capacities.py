"""Golden rows of what stands and what is built."""

from __future__ import annotations

from tests.equations.example import Example

STEAM_AT_FARM = "id,site,commodity,amount,unit\nheating,farm,steam,6,MW\n"
ELECTRIC = {
    "commodities": "id,kind,unit\nsteam,energy,MWh\n",
    "technologies": "id,capacity_of,lifetime\nheat_pump,steam,10\n",
    "recipes": "technology,row,commodity,rate\nheat_pump,1,steam,1\n",
    "demands": STEAM_AT_FARM,
}

EXAMPLES = (
    Example(
        "capacity_stock",
        "what stood closes and what is built dies after ten years",
        (
            "capacity_stock[heater, 2025]: -build[heater, 2025] + capacity[heater, 2025] == 8",
            (
                "capacity_stock[heater, 2030]: -build[heater, 2025] - build[heater, 2030]"
                " + capacity[heater, 2030] == 8"
            ),
            (
                "capacity_stock[heater, 2035]: -build[heater, 2030] - build[heater, 2035]"
                " + capacity[heater, 2035] == 0"
            ),
            (
                "capacity_stock[heater, 2040]: -build[heater, 2035] - build[heater, 2040]"
                " + capacity[heater, 2040] == 0"
            ),
        ),
        {
            **ELECTRIC,
            "processes": (
                "id,site,technology,capacity,capacity_max,built,retires\n"
                "heater,farm,heat_pump,8,20,2010,2035\n"
            ),
        },
        time="years = [2025, 2030, 2035, 2040]",
    ),
    Example(
        "capacity_stock",
        "a new unit is renewed in the second decade",
        (
            "capacity_stock[heater, 2025]: -build[heater, 2025] + capacity[heater, 2025] == 0",
            "capacity_stock[heater, 2036]: -build[heater, 2036] + capacity[heater, 2036] == 0",
        ),
        {
            **ELECTRIC,
            "processes": "id,site,technology,status\nheater,farm,heat_pump,candidate\n",
        },
        time="years = [2025, 2036]",
    ),
    Example(
        "shared_capacity",
        "six megawatts at both sites together",
        (
            (
                "shared_capacity[heater, 2025]: capacity[heater@mill, 2025]"
                " + capacity[heater@farm, 2025] <= 6"
            ),
        ),
        {
            **ELECTRIC,
            "processes": (
                "id,site,technology,capacity_max,status\nheater,*,heat_pump,6,candidate\n"
            ),
            "markets": "id,site,commodity,direction\ntaken,*,steam,vent\n",
        },
    ),
    Example(
        "process_capacity",
        "each year's steps within that year's capacity",
        (
            "process_capacity[heater, 2025]: activity[heater, 2025] - capacity[heater, 2025] <= 0",
            "process_capacity[heater, 2036]: activity[heater, 2036] - capacity[heater, 2036] <= 0",
        ),
        {
            **ELECTRIC,
            "processes": "id,site,technology,status\nheater,farm,heat_pump,candidate\n",
        },
        time="years = [2025, 2036]",
    ),
)
