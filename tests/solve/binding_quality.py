"""A park of water in which every rule of graded commodities binds.

Rinse water of the mill is piped to the farm, where it must be thinned with bought water; a bath of
the mill uses bought water once and passes it on to a second one; what is left goes to the sewer.
"""

from __future__ import annotations

from pathlib import Path

from tests.parks import make_park
from tests.solve.binding import TOML

QUALITY = """\
item,property,value,max,unit
rinse,cod,50,,mg/L
well,salt,10,,mg/L
spring,cod,1,,mg/L
wash,cod,,30,mg/L
"""
OPERATIONS = """\
id,site,commodity,property,load,unit,max_in,max_out,quality_unit
bath,mill,clean,salt,2,kg/h,50,100,ppm
dye,mill,clean,salt,9,kg/h,90,400,ppm
"""
MARKETS = """\
id,site,commodity,direction,price,co2
spring,farm,water,buy,4,0.001
well,mill,clean,buy,3,0.001
drain,mill,water,dispose,2,
sewer,mill,clean,dispose,1,
"""

# Coal and chips that burn to steam, each at its own heating value.
BURNER = {
    "commodities": "id,kind,unit\nsteam,energy,MWh\ncoal,material,t\nchips,material,kg\n",
    "demands": "id,site,commodity,amount,unit\nheat,mill,steam,6,MW\n",
    "technologies": "id,capacity_of\nburner,coal\ngrate,chips\n",
    "recipes": (
        "technology,row,commodity,rate,property\nburner,1,coal,-1,\nburner,2,steam,0.9,ncv\n"
        "grate,1,chips,-1,\ngrate,2,steam,0.8,ncv\n"
    ),
    "processes": "id,site,technology,capacity\nfire,mill,burner,5\nfurnace,mill,grate,5000\n",
    "markets": (
        "id,site,commodity,direction,price,max,co2\nfine,mill,coal,buy,900,,2.6\n"
        "poor,mill,coal,buy,500,,1.5\nwood,mill,chips,buy,0.3,500,\n"
    ),
    "quality": (
        "item,commodity,property,value,max,unit\nfine,,ncv,29,,GJ/t\npoor,,ncv,15,,MJ/kg\n"
        "wood,,ncv,12,,GJ/t\nfine,,s,0.5,,%\npoor,,s,2,,%\nburner,coal,s,,1,%\n"
    ),
}


def quality_park(folder: Path) -> Path:
    """Write the park."""
    return make_park(
        folder,
        toml=TOML,
        commodities="id,kind,unit\nwater,water,m3\nclean,water,m3\n",
        streams="id,site,commodity,amount,unit\nrinse,mill,water,10,m3/h\n",
        demands="id,site,commodity,amount,unit\nwash,farm,water,8,m3/h\n",
        transports="id,commodity,max_km,loss_per_km,cost_per_km\npipe,water,0,0.1,0.1\n",
        links="id,from,to,commodity,transport,km,capacity\nriver,mill,farm,water,pipe,1,50\n",
        markets=MARKETS,
        operations=OPERATIONS,
        quality=QUALITY,
    )
