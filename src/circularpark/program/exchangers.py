"""Heat exchangers of carriers: what raising and using them in a cascade takes to build.

Where the contract is silent: an exchanger is a thing with a capacity like any other, built as
large as its carrier's largest flow there. Nobody says what stands of it today, so the best
operation pays for the exchangers that it needs as the plan does, and only what the plan adds
to it makes a difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from circularpark.park.keys import Names
from circularpark.park.units import factor
from circularpark.program.data import Blocks, Data, Flags
from circularpark.program.heat_places import HeatPlaces
from circularpark.program.time import Floats, Integers

RAISED, USED = "raised", "used"


@dataclass(frozen=True)
class Exchangers:
    """Exchangers that cost something: names, and what a unit per hour of capacity costs.

    of : (X,) which carrier in which cascade; raises : (X,) raising it, else using it
    capex, lifetime : (X, Y)
    """

    name: Names
    of: Integers
    raises: Flags
    capex: Floats
    lifetime: Floats


def exchangers(blocks: Blocks, places: HeatPlaces | None) -> Exchangers | None:
    """The exchangers of every carrier in every cascade; None where none costs anything."""
    if places is None or not len(places.exchange):
        return None
    good = places.exchange_good
    capex = blocks.by_year(blocks.number("commodities", "exchanger_capex"))
    units = blocks.texts("commodities", "unit")
    mega = np.array([factor(str(u), "MWh").factor for u in units[good]])
    price = np.nan_to_num(capex[good]) * mega[:, None]
    paid = np.flatnonzero((price > 0).any(axis=1))
    if not len(paid):
        return None
    life = blocks.by_year(blocks.number("commodities", "exchanger_lifetime"))[good]
    of = np.concatenate([paid, paid])
    raises = np.arange(len(of)) < len(paid)
    ways = np.where(raises, RAISED, USED).astype(object)
    carrier, site, zone = (places.exchange[k][of] for k in ("carrier", "site", "heat_zone"))
    place = np.where(zone == "", site, site + "/" + zone)
    return Exchangers(
        # steam@mill@raised, and with a heat zone steam@mill/oven@raised
        name=np.asarray(carrier + "@" + place + "@" + ways, dtype=object),
        of=of,
        raises=raises,
        capex=price[of],
        lifetime=life[of],
    )


def exchanger_frame(data: Data) -> pd.DataFrame:
    """The exchangers that cost something: id, site, commodity."""
    heat = data.heat
    return pd.DataFrame(
        {
            "id": data.item.key["item"][heat.built_item],
            "site": heat.exchange["site"][heat.built],
            "commodity": heat.exchange["carrier"][heat.built],
        },
        dtype=object,
    )
