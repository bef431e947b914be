"""Heat cascades as arrays: intervals, and who gives and takes heat on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from circularpark.park.keys import Keys
from circularpark.program.arrays import Flags, Keyed, PerUnit, Rate
from circularpark.program.time import Floats, Integers


@dataclass(frozen=True)
class HeatPart:
    """How the heat of one kind of things falls on intervals, an entry each (thing, interval).

    of : (m,) the thing; interval : (m,)
    share : (m, 1 or T) heat on the interval per unit of the thing, in the cascades' unit
    """

    of: Integers
    interval: Integers
    share: PerUnit


@dataclass(frozen=True)
class Heat(Keyed):
    """Heat cascades, their intervals from hot to cold, and what gives and takes heat there.

    key : (K,) site, heat_zone, interval; cascade : (K,) which one; upper, lower : shifted degC
    below : (K,) the next colder interval, -1 at the cold end; scale : (K,) typical heat
    place : site, heat_zone of cascades; site : number of each cascade's site among their sites
    factor : (C,) from a commodity's unit to that of cascades
    stream, demand, recipe : heat of streams, demands and recipe rows
    exchange : carrier, site, heat_zone of carriers in cascades; node : (X,) their balance
    raised, used : heat of carriers that are raised (taken) and used (given)
    built, built_raises, built_item : exchangers that cost something: positions among
    ``exchange``, whether for raising, positions among capacities
    left : exchanges that take what leaves the coldest intervals of the site ``left_of``
    """

    cascade: Integers
    upper: Annotated[Floats, "degC"]
    lower: Annotated[Floats, "degC"]
    below: Integers
    scale: Rate
    place: Keys
    site: Integers
    factor: PerUnit
    stream: HeatPart
    demand: HeatPart
    recipe: HeatPart
    exchange: Keys
    node: Integers
    raised: HeatPart
    used: HeatPart
    built: Integers
    built_raises: Flags
    built_item: Integers
    left: Integers
    left_of: Integers


def no_heat(commodities: int) -> Heat:
    """Of a park without heat: no cascade, no interval, no carrier."""
    none, empty, names = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=object)
    part = HeatPart(none, none, np.zeros((0, 1)))
    return Heat(
        key=Keys({"site": names, "heat_zone": names, "interval": names}),
        cascade=none,
        upper=empty,
        lower=empty,
        below=none,
        scale=empty,
        place=Keys({"site": names, "heat_zone": names}),
        site=none,
        factor=np.ones(commodities),
        stream=part,
        demand=part,
        recipe=part,
        exchange=Keys({"carrier": names, "site": names, "heat_zone": names}),
        node=none,
        raised=part,
        used=part,
        built=none,
        built_raises=np.zeros(0, dtype=bool),
        built_item=none,
        left=none,
        left_of=none,
    )
