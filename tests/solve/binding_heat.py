"""A park small enough to see through, in which every family of heat constraints binds.

A mill has hot gas of which nothing may be left: what nobody uses is cooled away at a cost. It
raises steam for sale, heats a bath (by contract partly with its burner) and sends heat through
a direct line to a farm that would burn gas otherwise.
"""

from __future__ import annotations

from pathlib import Path

from tests.parks import make_park
from tests.solve.binding import TOML

HEAD = "id,site,commodity,amount,unit,supply_temp,target_temp"
TABLES = {
    "commodities": (
        "id,kind,unit,temperature,return_temperature,latent_share,exchanger_capex\n"
        "heat,heat,MWh,,,,\nsteam,heat,MWh,120,40,0.8,200000\ngas,energy,MWh,,,,\n"
    ),
    "streams": f"{HEAD},surplus\nexhaust,mill,heat,10,MW,200,40,must_use\n",
    "demands": f"{HEAD}\nbath,mill,heat,1,MW,80,100\ndrying,farm,heat,3,MW,60,90\n",
    "technologies": "id,capacity_of\nburner,heat\n",
    "recipes": (
        "technology,row,commodity,rate,supply_temp,target_temp\n"
        "burner,out,heat,1,900,300\nburner,in,gas,-1.1,,\n"
    ),
    "processes": (
        "id,site,technology,status\nbath_burner,mill,burner,existing\n"
        "farm_burner,farm,burner,existing\n"
    ),
    "markets": (
        "id,site,commodity,direction,price,max\ngas_mill,mill,gas,buy,300,\n"
        "gas_farm,farm,gas,buy,300,\nsteam_out,mill,steam,sell,60,\n"
        "tower,mill,heat,dispose,9,\n"
    ),
    "transports": "id,commodity,max_km,loss_per_km,cost_per_km,direct\nduct,heat,0,0.05,20,yes\n",
    "links": "id,from,to,commodity,transport,km,capacity\nduct_1,mill,farm,heat,duct,1,2\n",
    "matches": "from,to,status,min,max\nbath_burner,bath,required,0.4,\nexhaust,steam,,,3\n",
}


def heat_park(folder: Path) -> Path:
    """Write the park."""
    return make_park(folder, toml=TOML, **TABLES)
