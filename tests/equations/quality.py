"""Golden rows of graded commodities: matches, limits on mixes, loads of operations."""

from __future__ import annotations

from tests.equations.example import Example

GOODS = "id,kind,unit\nwater,water,m3\ncoal,material,t\nchips,material,kg\n"
# A tenth is lost on the way; water may flow both ways.
PIPE = {
    "transports": "id,commodity,max_km,loss_per_km,bidirectional\npipe,water,0,0.1,true\n",
    "links": ("id,from,to,commodity,transport,km,capacity\nriver,mill,farm,water,pipe,1,50\n"),
}
WATER = {
    "commodities": GOODS,
    **PIPE,
    "streams": "id,site,commodity,amount,unit,surplus\nrinse,mill,water,10,m3/h,free\n",
    "demands": "id,site,commodity,amount,unit,unmet_cost\nwash,farm,water,8,m3/h,5\n",
    "markets": (
        "id,site,commodity,direction,price\nwell,farm,water,buy,1\nsewer,mill,water,dispose,1\n"
    ),
    "quality": (
        "item,property,value,min,max,unit\n"
        "rinse,cod,50,,,mg/L\nwell,cod,0,,,mg/L\nwash,cod,,,30,mg/L\nsewer,cod,,20,,g/t\n"
    ),
}
# Fuels of a kiln, coal by the tonne and chips by the kilogram: chlorine of the mix of all.
KILN = {
    "commodities": GOODS,
    "streams": "id,site,commodity,amount,unit,surplus\nwood,mill,chips,500,kg/h,free\n",
    "markets": "id,site,commodity,direction,price\nmine,mill,coal,buy,1\n",
    "technologies": "id,capacity_of\nkiln,coal\n",
    "recipes": (
        "technology,row,commodity,rate,group\nkiln,1,coal,-1,fuel\nkiln,2,chips,-2000,fuel\n"
    ),
    "processes": "id,site,technology,capacity\noven,mill,kiln,8\n",
    "quality": ("item,property,value,max,unit\nwood,cl,0.5,,%\nmine,cl,200,,ppm\nkiln,cl,,0.1,%\n"),
}
# The same kiln makes lime: metals are counted against the lime, not against the fuels.
LIME = {
    **KILN,
    "commodities": GOODS + "lime,material,t\n",
    "recipes": (
        "technology,row,commodity,rate,group\nkiln,1,coal,-1,fuel\nkiln,2,chips,-2000,fuel\n"
        "kiln,3,lime,4,\n"
    ),
    "markets": KILN["markets"] + "sold,mill,lime,sell,9\n",
    "quality": (
        "item,property,value,min,max,unit,per\nwood,hg,0.5,,,ppm,\nmine,hg,0.2,,,ppm,\n"
        "kiln,hg,,0.001,0.05,mg/kg,lime\n"
    ),
}
# A treatment with an outlet of its own beside a bought feed; the index mixes by its square root.
SIEVE = {
    "commodities": GOODS,
    "markets": (
        "id,site,commodity,direction,price\nfine,*,coal,buy,2\nrough,mill,coal,buy,1\n"
        "sold,*,coal,sell,3\n"
    ),
    "technologies": "id,capacity_of\nsieve,coal\n",
    "recipes": "technology,row,commodity,rate\nsieve,1,coal,-1\nsieve,2,coal,0.75\n",
    "processes": "id,site,technology,capacity\ndrum,mill,sieve,8\n",
    "quality": (
        "item,commodity,property,value,max,unit,operator\n"
        "fine,,index,1,,1,0.5\nrough,,index,25,,1,0.5\nsieve,coal,index,4,16,1,0.5\n"
        "sold,,index,,9,1,0.5\n"
    ),
}
BATHS = {
    "commodities": GOODS,
    "markets": ("id,site,commodity,direction,price\nwell,*,water,buy,1\nsewer,*,water,dispose,1\n"),
    "operations": (
        "id,site,commodity,property,load,unit,max_in,max_out,quality_unit\n"
        "bath,mill,water,salt,2,kg/h,50,100,ppm\n"
        "rinse,mill,water,salt,9,kg/h,80,400,mg/L\n"
        "dye,farm,water,salt,8,t/a,,1000,ppm\n"
        "dye,farm,water,cod,5,kg/h,20,0.02,%\n"
    ),
    "quality": "item,property,value,unit\nwell,salt,10,ppm\nwell,cod,0.5,ppm\n",
}

# Coal by the tonne and chips by the kilogram burn to steam in MWh, at 90 %: 24 GJ/t and 12 MJ/kg.
BURNT = {
    "commodities": GOODS + "steam,energy,MWh\n",
    "streams": "id,site,commodity,amount,unit,surplus\nwood,mill,chips,500,kg/h,free\n",
    "markets": (
        "id,site,commodity,direction,price\nmine,mill,coal,buy,1\nsold,mill,steam,sell,9\n"
    ),
    "technologies": "id,capacity_of\nkiln,coal\n",
    "recipes": (
        "technology,row,commodity,rate,group,property\nkiln,1,coal,-1,fuel,\n"
        "kiln,2,chips,-2000,fuel,\nkiln,3,steam,0.9,,ncv\n"
    ),
    "processes": "id,site,technology,capacity\noven,mill,kiln,8\n",
    "quality": "item,property,value,max,unit\nwood,ncv,12,,MJ/kg\nmine,ncv,24,,GJ/t\n",
}

EXAMPLES = (
    Example(
        "property_flow",
        "tonnes and kilograms of fuel become megawatt-hours",
        (
            (
                "property_flow[oven, 3, 2025]: share_flow[oven, 3, 2025]"
                " - 0.003 matched[wood, oven@chips, , 2025] - 6 matched[mine, oven@coal, , 2025]"
                " == 0"
            ),
        ),
        BURNT,
    ),
    Example(
        "source_matched",
        "what a free stream gives is taken or left",
        (
            (
                "source_matched[rinse, 2025]: taken[rinse, 2025]"
                " - matched[rinse, wash, river, 2025] - matched[rinse, sewer, , 2025] >= 0"
            ),
            (
                "source_matched[well, 2025]: exchange[well, farm, 2025]"
                " - matched[well, wash, , 2025] - matched[well, sewer, river, 2025] == 0"
            ),
        ),
        WATER,
    ),
    Example(
        "sink_matched",
        "what is lost on the way does not arrive",
        (
            (
                "sink_matched[wash, 2025]: unmet[wash, 2025]"
                " + 0.9 matched[rinse, wash, river, 2025] + matched[well, wash, , 2025] == 8"
            ),
            (
                "sink_matched[sewer, 2025]: -exchange[sewer, mill, 2025]"
                " + matched[rinse, sewer, , 2025] + 0.9 matched[well, sewer, river, 2025] == 0"
            ),
        ),
        WATER,
    ),
    Example(
        "link_matched",
        "a link carries its matches each way",
        (
            (
                "link_matched[river, there, 2025]: -link_flow[river, 2025]"
                " + matched[rinse, wash, river, 2025] == 0"
            ),
            (
                "link_matched[river, back, 2025]: -link_flow_back[river, 2025]"
                " + matched[well, sewer, river, 2025] == 0"
            ),
        ),
        WATER,
    ),
    Example(
        "quality_limit",
        "a mix is at most and at least of a quality",
        (
            (
                "quality_limit[wash, cod, max, 2025]: 18 matched[rinse, wash, river, 2025]"
                " - 30 matched[well, wash, , 2025] <= 0"
            ),
            (
                "quality_limit[sewer, cod, min, 2025]: -30 matched[rinse, sewer, , 2025]"
                " + 18 matched[well, sewer, river, 2025] <= 0"
            ),
        ),
        WATER,
    ),
    Example(
        "source_matched",
        "inputs of one process are told apart",
        (
            (
                "source_matched[wood, 2025]: taken[wood, 2025]"
                " - matched[wood, oven@chips, , 2025] >= 0"
            ),
            (
                "source_matched[mine, 2025]: exchange[mine, mill, 2025]"
                " - matched[mine, oven@coal, , 2025] == 0"
            ),
        ),
        KILN,
    ),
    Example(
        "sink_matched",
        "shares of a recipe are sinks of their own",
        (
            (
                "sink_matched[oven@coal, 2025]: -share_flow[oven, 1, 2025]"
                " + matched[mine, oven@coal, , 2025] == 0"
            ),
            (
                "sink_matched[oven@chips, 2025]: -share_flow[oven, 2, 2025]"
                " + matched[wood, oven@chips, , 2025] == 0"
            ),
        ),
        KILN,
    ),
    Example(
        "quality_limit",
        "the mix of all inputs counts by mass",
        (
            (
                "quality_limit[oven, cl, max, 2025]: 0.0004 matched[wood, oven@chips, , 2025]"
                " - 0.08 matched[mine, oven@coal, , 2025] <= 0"
            ),
        ),
        KILN,
    ),
    Example(
        "quality_limit",
        "what comes in of a metal counts against the product",
        (
            (
                "quality_limit[oven, hg, min, 2025]: 0.004 activity[oven, 2025]"
                " - 0.0005 matched[wood, oven@chips, , 2025]"
                " - 0.2 matched[mine, oven@coal, , 2025] <= 0"
            ),
            (
                "quality_limit[oven, hg, max, 2025]: -0.2 activity[oven, 2025]"
                " + 0.0005 matched[wood, oven@chips, , 2025]"
                " + 0.2 matched[mine, oven@coal, , 2025] <= 0"
            ),
        ),
        LIME,
    ),
    Example(
        "source_matched",
        "a treatment gives an outlet of its own",
        (
            (
                "source_matched[fine@mill, 2025]: exchange[fine, mill, 2025]"
                " - matched[fine@mill, sold@mill, , 2025] - matched[fine@mill, drum, , 2025]"
                " == 0"
            ),
            (
                "source_matched[rough, 2025]: exchange[rough, mill, 2025]"
                " - matched[rough, sold@mill, , 2025] - matched[rough, drum, , 2025] == 0"
            ),
            (
                "source_matched[drum, 2025]: 0.75 activity[drum, 2025]"
                " - matched[drum, sold@mill, , 2025] - matched[drum, drum, , 2025] == 0"
            ),
        ),
        SIEVE,
    ),
    Example(
        "sink_matched",
        "a market open to all is a sink at every site",
        (
            (
                "sink_matched[sold@mill, 2025]: -exchange[sold, mill, 2025]"
                " + matched[fine@mill, sold@mill, , 2025] + matched[rough, sold@mill, , 2025]"
                " + matched[drum, sold@mill, , 2025] == 0"
            ),
            (
                "sink_matched[drum, 2025]: -activity[drum, 2025]"
                " + matched[fine@mill, drum, , 2025] + matched[rough, drum, , 2025]"
                " + matched[drum, drum, , 2025] == 0"
            ),
        ),
        SIEVE,
    ),
    Example(
        "quality_limit",
        "an operator makes an index linear",
        (
            (
                "quality_limit[sold@mill, index, max, 2025]: "
                "-2 matched[fine@mill, sold@mill, , 2025] + 2 matched[rough, sold@mill, , 2025]"
                " - matched[drum, sold@mill, , 2025] <= 0"
            ),
            (
                "quality_limit[drum, index, max, 2025]: -3 matched[fine@mill, drum, , 2025]"
                " + matched[rough, drum, , 2025] - 2 matched[drum, drum, , 2025] <= 0"
            ),
        ),
        SIEVE,
    ),
    Example(
        "source_matched",
        "an operation gives back what it takes",
        (
            (
                "source_matched[well@mill, 2025]: exchange[well, mill, 2025]"
                " - matched[well@mill, sewer@mill, , 2025] - matched[well@mill, bath, , 2025]"
                " - matched[well@mill, rinse, , 2025] == 0"
            ),
            (
                "source_matched[well@farm, 2025]: exchange[well, farm, 2025]"
                " - matched[well@farm, sewer@farm, , 2025] - matched[well@farm, dye, , 2025]"
                " == 0"
            ),
            (
                "source_matched[bath, 2025]: throughput[bath, 2025]"
                " - matched[bath, sewer@mill, , 2025] - matched[bath, rinse, , 2025] == 0"
            ),
            (
                "source_matched[rinse, 2025]: throughput[rinse, 2025]"
                " - matched[rinse, sewer@mill, , 2025] - matched[rinse, bath, , 2025] == 0"
            ),
            (
                "source_matched[dye, 2025]: throughput[dye, 2025]"
                " - matched[dye, sewer@farm, , 2025] == 0"
            ),
        ),
        BATHS,
    ),
    Example(
        "quality_limit",
        "an inlet is at most so dirty",
        (
            (
                "quality_limit[bath, salt, max, 2025]: -40 matched[well@mill, bath, , 2025]"
                " + 350 matched[rinse, bath, , 2025] <= 0"
            ),
            (
                "quality_limit[rinse, salt, max, 2025]: -70 matched[well@mill, rinse, , 2025]"
                " + 20 matched[bath, rinse, , 2025] <= 0"
            ),
        ),
        BATHS,
    ),
    Example(
        "operation_load",
        "one property is met exactly and several at most",
        (
            (
                "operation_load[bath, salt, 2025]: -100 throughput[bath, 2025]"
                " + 10 matched[well@mill, bath, , 2025] + 400 matched[rinse, bath, , 2025]"
                " == -2000"
            ),
            (
                "operation_load[rinse, salt, 2025]: -400 throughput[rinse, 2025]"
                " + 10 matched[well@mill, rinse, , 2025] + 100 matched[bath, rinse, , 2025]"
                " == -9000"
            ),
            (
                "operation_load[dye, salt, 2025]: -1000 throughput[dye, 2025]"
                " + 10 matched[well@farm, dye, , 2025] <= -8000"
            ),
            (
                "operation_load[dye, cod, 2025]: -0.02 throughput[dye, 2025]"
                " + 5e-05 matched[well@farm, dye, , 2025] <= -0.5"
            ),
        ),
        BATHS,
    ),
)
