"""Golden rows of heat cascades."""

from __future__ import annotations

from tests.equations.example import Example

GOODS = "id,kind,unit\nheat,heat,MWh\nfuel,energy,MWh\n"
# Shifted by 5 K: 115 to 55 and, of the vapour, 95; the demand 85 to 65.
WASTE = """\
id,site,commodity,amount,unit,supply_temp,target_temp
gas,mill,heat,10,MW,120,60
vapour,mill,heat,3,MW,100,100
"""
DRYING = "id,site,commodity,amount,unit,supply_temp,target_temp\ndrying,mill,heat,4,MW,60,80\n"
FLOWS = "id,site,commodity,amount,unit,supply_temp,target_temp\n"
BOILER = {
    "technologies": "id,capacity_of\nboiler,heat\n",
    "recipes": (
        "technology,row,commodity,rate,group,supply_temp,target_temp\n"
        "boiler,out,heat,1,,300,200\n"
        "boiler,in,fuel,-1.25,fuel,,\n"
    ),
    "processes": "id,site,technology,capacity\nburner,mill,boiler,8\n",
    "markets": "id,site,commodity,direction\nfuel_in,mill,fuel,buy\n",
}
PUMP = {
    "technologies": "id,capacity_of\npump,fuel\n",
    "recipes": (
        "technology,row,commodity,rate,group,supply_temp,target_temp\n"
        "pump,power,fuel,-1,,,\n"
        "pump,cold,heat,-2,,30,30\n"
        "pump,hot,heat,3,,90,90\n"
    ),
    "processes": "id,site,technology,capacity\nlift,mill,pump,8\n",
    "markets": "id,site,commodity,direction\nfuel_in,mill,fuel,buy\n",
}

FALLS = (
    Example(
        "heat_balance",
        "what nobody uses falls to the next colder interval",
        (
            (
                "heat_balance[mill, , 115..95, 2025]: 0.3333333333 taken[gas, 2025]"
                " - residual_heat[mill, , 115..95, 2025] == 0"
            ),
            (
                "heat_balance[mill, , 95..65, 2025]: 0.5 taken[gas, 2025] + taken[vapour, 2025]"
                " + residual_heat[mill, , 115..95, 2025] - residual_heat[mill, , 95..65, 2025] == 4"
            ),
            (
                "heat_balance[mill, , 65..55, 2025]: 0.1666666667 taken[gas, 2025]"
                " + residual_heat[mill, , 95..65, 2025] - residual_heat[mill, , 65..55, 2025] == 0"
            ),
        ),
        {"commodities": GOODS, "streams": WASTE, "demands": DRYING},
    ),
    Example(
        "heat_balance",
        "a zone of its own and a smallest difference of its own",
        (
            (
                "heat_balance[mill, dryer, 84..64, 2025]:"
                " -residual_heat[mill, dryer, 84..64, 2025] == 4"
            ),
            (
                "heat_balance[mill, oven, 115..55, 2025]: taken[gas, 2025]"
                " - residual_heat[mill, oven, 115..55, 2025] == 0"
            ),
        ),
        {
            "commodities": GOODS,
            "streams": (
                "id,site,heat_zone,commodity,amount,unit,supply_temp,target_temp\n"
                "gas,mill,oven,heat,10,MW,120,60\n"
            ),
            "demands": (
                "id,site,heat_zone,commodity,amount,unit,supply_temp,target_temp,min_approach\n"
                "drying,mill,dryer,heat,4,MW,60,80,8\n"
            ),
        },
    ),
    Example(
        "heat_balance",
        "a boiler gives heat and a demand may stay unmet",
        (
            (
                "heat_balance[mill, , 295..65, 2025]: activity[burner, 2025] + unmet[drying, 2025]"
                " - residual_heat[mill, , 295..65, 2025] == 4"
            ),
        ),
        {
            "commodities": GOODS,
            "demands": (
                "id,site,commodity,amount,unit,supply_temp,target_temp,unmet_cost\n"
                "drying,mill,heat,4,MW,60,80,900\n"
            ),
            **BOILER,
        },
    ),
    Example(
        "heat_balance",
        "a heat pump takes heat below and gives it above",
        (
            (
                "heat_balance[mill, , 85..65, 2025]: 3 activity[lift, 2025]"
                " - residual_heat[mill, , 85..65, 2025] == 4"
            ),
            (
                "heat_balance[mill, , 65..35, 2025]: -2 activity[lift, 2025]"
                " + residual_heat[mill, , 85..65, 2025] - residual_heat[mill, , 65..35, 2025] == 0"
            ),
        ),
        {"commodities": GOODS, "demands": DRYING, **PUMP},
    ),
)

LEAVES = (
    Example(
        "heat_left",
        "what leaves the coldest intervals of all zones is disposed of",
        (
            (
                "heat_left[mill, 2025]: -0.001 exchange[tower, mill, 2025]"
                " + residual_heat[mill, a, 115..55, 2025]"
                " + residual_heat[mill, b, 95..35, 2025] == 0"
            ),
        ),
        {
            "commodities": "id,kind,unit\nheat,heat,MWh\nwarmth,heat,kWh\n",
            "streams": (
                "id,site,heat_zone,commodity,amount,unit,supply_temp,target_temp\n"
                "gas,mill,a,heat,10,MW,120,60\n"
                "water,mill,b,heat,10,MW,100,40\n"
            ),
            "markets": "id,site,commodity,direction,price\ntower,*,warmth,dispose,2\n",
        },
    ),
)


LEVELS = """\
id,kind,unit,temperature,return_temperature,latent_temperature,latent_share,exchanger_capex
heat,heat,MWh,,,,,
steam,heat,MWh,180,80,150,0.75,{capex}
"""
STEAM_PARK = {
    "commodities": LEVELS.format(capex=""),
    "streams": WASTE,
    "markets": "id,site,commodity,direction,price\nsteam_in,mill,steam,buy,300\n",
}

CARRIERS = (
    Example(
        "heat_balance",
        "a carrier gives its latent heat at one temperature and takes it at another",
        (
            # Raised: latent at 155, the rest from 85 to 185; used: at 145, and from 175 to 75.
            (
                "heat_balance[mill, , 185..175, 2025]: -residual_heat[mill, , 185..175, 2025]"
                " - 0.025 raised[steam, mill, , 2025] == 0"
            ),
            (
                "heat_balance[mill, , 175..155, 2025]: residual_heat[mill, , 185..175, 2025]"
                " - residual_heat[mill, , 175..155, 2025]"
                " - 0.8 raised[steam, mill, , 2025] + 0.05 used[steam, mill, , 2025] == 0"
            ),
            (
                "heat_balance[mill, , 155..145, 2025]: residual_heat[mill, , 175..155, 2025]"
                " - residual_heat[mill, , 155..145, 2025]"
                " - 0.025 raised[steam, mill, , 2025] + 0.025 used[steam, mill, , 2025] == 0"
            ),
            (
                "heat_balance[mill, , 145..115, 2025]: residual_heat[mill, , 155..145, 2025]"
                " - residual_heat[mill, , 145..115, 2025]"
                " - 0.075 raised[steam, mill, , 2025] + 0.825 used[steam, mill, , 2025] == 0"
            ),
            (
                "heat_balance[mill, , 115..95, 2025]: 0.3333333333 taken[gas, 2025]"
                " + residual_heat[mill, , 145..115, 2025] - residual_heat[mill, , 115..95, 2025]"
                " - 0.05 raised[steam, mill, , 2025] + 0.05 used[steam, mill, , 2025] == 0"
            ),
            (
                "heat_balance[mill, , 95..85, 2025]: 0.1666666667 taken[gas, 2025]"
                " + taken[vapour, 2025]"
                " + residual_heat[mill, , 115..95, 2025] - residual_heat[mill, , 95..85, 2025]"
                " - 0.025 raised[steam, mill, , 2025] + 0.025 used[steam, mill, , 2025] == 0"
            ),
            (
                "heat_balance[mill, , 85..55, 2025]: 0.5 taken[gas, 2025]"
                " + residual_heat[mill, , 95..85, 2025] - residual_heat[mill, , 85..55, 2025]"
                " + 0.025 used[steam, mill, , 2025] == 0"
            ),
        ),
        STEAM_PARK,
    ),
    Example(
        "balance",
        "what cascades raise of a carrier arrives and what they use leaves",
        (
            (
                "balance[mill, steam, 2025]: exchange[steam_in, mill, 2025]"
                " + raised[steam, mill, , 2025] - used[steam, mill, , 2025] >= 0"
            ),
        ),
        STEAM_PARK,
    ),
    Example(
        "exchanger_capacity",
        "raising and using have exchangers of their own",
        (
            (
                "exchanger_capacity[steam@mill@raised, 2025]: raised[steam, mill, , 2025]"
                " - capacity[steam@mill@raised, 2025] <= 0"
            ),
            (
                "exchanger_capacity[steam@mill@used, 2025]: used[steam, mill, , 2025]"
                " - capacity[steam@mill@used, 2025] <= 0"
            ),
        ),
        {**STEAM_PARK, "commodities": LEVELS.format(capex=900)},
    ),
)

LINE_PARK = {
    "commodities": "id,kind,unit\nheat,heat,MWh\n",
    "streams": FLOWS + "gas,mill,heat,10,MW,120,60\n",
    "demands": FLOWS + "drying,farm,heat,4,MW,60,80\n",
    "transports": (
        "id,commodity,max_km,loss_per_km,bidirectional,direct\nduct,heat,0,0.05,{back},yes\n"
    ),
    "links": ("id,from,to,commodity,transport,km,capacity\nline,mill,farm,heat,duct,2,3\n"),
}


def line_park(back: str) -> dict[str, str]:
    """A hot site and a cold one with a direct line between them."""
    return {name: text.format(back=back) for name, text in LINE_PARK.items()}


LINES = (
    Example(
        "heat_balance",
        "a direct line joins two cascades interval by interval",
        (
            # Above 115 is nothing, and colder than 65 nobody wants any.
            (
                "heat_balance[mill, , 115..85, 2025]: 0.5 taken[gas, 2025]"
                " - residual_heat[mill, , 115..85, 2025] - direct_flow[line, 115..85, 2025] == 0"
            ),
            (
                "heat_balance[mill, , 85..65, 2025]: 0.3333333333 taken[gas, 2025]"
                " + residual_heat[mill, , 115..85, 2025] - residual_heat[mill, , 85..65, 2025]"
                " - direct_flow[line, 85..65, 2025] == 0"
            ),
            (
                "heat_balance[mill, , 65..55, 2025]: 0.1666666667 taken[gas, 2025]"
                " + residual_heat[mill, , 85..65, 2025] - residual_heat[mill, , 65..55, 2025] == 0"
            ),
            (
                "heat_balance[farm, , 115..85, 2025]: -residual_heat[farm, , 115..85, 2025]"
                " + 0.9 direct_flow[line, 115..85, 2025] == 0"
            ),
            (
                "heat_balance[farm, , 85..65, 2025]: residual_heat[farm, , 115..85, 2025]"
                " - residual_heat[farm, , 85..65, 2025]"
                " + 0.9 direct_flow[line, 85..65, 2025] == 4"
            ),
            (
                "heat_balance[farm, , 65..55, 2025]: residual_heat[farm, , 85..65, 2025]"
                " - residual_heat[farm, , 65..55, 2025] == 0"
            ),
        ),
        line_park(""),
    ),
    Example(
        "direct_total",
        "a line carries what it moves at all temperatures",
        (
            (
                "direct_total[line, there, 2025]: -link_flow[line, 2025]"
                " + direct_flow[line, 115..85, 2025] + direct_flow[line, 85..65, 2025] == 0"
            ),
            (
                "direct_total[line, back, 2025]: -link_flow_back[line, 2025]"
                " + direct_flow_back[line, 115..85, 2025]"
                " + direct_flow_back[line, 85..65, 2025] == 0"
            ),
        ),
        line_park("yes"),
    ),
)

MATCH_PARK = {
    "commodities": "id,kind,unit\nheat,heat,MWh\n",
    "streams": FLOWS + "gas,mill,heat,10,MW,120,60\nwater,mill,heat,2,MW,95,95\n",
    "demands": FLOWS + "drying,mill,heat,4,MW,60,80\n",
    "matches": "from,to,status,min,max\ngas,drying,required,1,3\n",
}

MATCHES = (
    Example(
        "source_heat",
        "each source falls by itself",
        (
            (
                "source_heat[mill, , gas, 115..90, 2025]: 0.4166666667 taken[gas, 2025]"
                " - source_residual[mill, , gas, 115..90, 2025] == 0"
            ),
            (
                "source_heat[mill, , gas, 90..90, 2025]:"
                " source_residual[mill, , gas, 115..90, 2025]"
                " - source_residual[mill, , gas, 90..90, 2025] == 0"
            ),
            (
                "source_heat[mill, , gas, 90..85, 2025]: 0.08333333333 taken[gas, 2025]"
                " + source_residual[mill, , gas, 90..90, 2025]"
                " - source_residual[mill, , gas, 90..85, 2025] == 0"
            ),
            (
                "source_heat[mill, , gas, 85..65, 2025]: 0.3333333333 taken[gas, 2025]"
                " + source_residual[mill, , gas, 90..85, 2025]"
                " - source_residual[mill, , gas, 85..65, 2025]"
                " - heat_matched[mill, , gas, drying, 85..65, 2025] == 0"
            ),
            (
                "source_heat[mill, , gas, 65..55, 2025]: 0.1666666667 taken[gas, 2025]"
                " + source_residual[mill, , gas, 85..65, 2025]"
                " - source_residual[mill, , gas, 65..55, 2025] == 0"
            ),
            (
                "source_heat[mill, , , 90..90, 2025]: taken[water, 2025]"
                " - source_residual[mill, , , 90..90, 2025] == 0"
            ),
            (
                "source_heat[mill, , , 90..85, 2025]: source_residual[mill, , , 90..90, 2025]"
                " - source_residual[mill, , , 90..85, 2025] == 0"
            ),
            (
                "source_heat[mill, , , 85..65, 2025]: source_residual[mill, , , 90..85, 2025]"
                " - source_residual[mill, , , 85..65, 2025]"
                " - heat_matched[mill, , , drying, 85..65, 2025] == 0"
            ),
            (
                "source_heat[mill, , , 65..55, 2025]: source_residual[mill, , , 85..65, 2025]"
                " - source_residual[mill, , , 65..55, 2025] == 0"
            ),
        ),
        MATCH_PARK,
    ),
    Example(
        "sink_heat",
        "each sink is met by sources in its interval",
        (
            (
                "sink_heat[mill, , drying, 85..65, 2025]:"
                " heat_matched[mill, , gas, drying, 85..65, 2025]"
                " + heat_matched[mill, , , drying, 85..65, 2025] == 4"
            ),
        ),
        MATCH_PARK,
    ),
    Example(
        "match_bounds",
        "a required match has a minimum",
        (
            (
                "match_bounds[gas, drying, mill, , 2025]:"
                " heat_matched[mill, , gas, drying, 85..65, 2025] in [1, 3]"
            ),
        ),
        MATCH_PARK,
    ),
)

EXAMPLES = (*FALLS, *LEAVES, *CARRIERS, *LINES, *MATCHES)
