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
