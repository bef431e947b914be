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
class Direct(Keyed):
    """Lines that move heat from interval to interval; key : (J,) link, interval.

    link : (J,) position among links; from_interval, to_interval : (J,)
    factor : (J,) from the link's unit to that of cascades
    back : entries that may also flow the other way
    """

    link: Integers
    from_interval: Integers
    to_interval: Integers
    factor: PerUnit
    back: Integers


@dataclass(frozen=True)
class Matches:
    """Cascades written by source, where the park asks for matches.

    source : (S,) site, heat_zone, source, interval; below : (S,) the same source's next colder
    row, -1 at the cold end; source_interval : (S,)
    sink : (Z,) site, heat_zone, sink, interval
    pair : (P,) site, heat_zone, source, sink, interval; pair_source, pair_sink : (P,) rows
    of_* : rows of sources (hot) or sinks (cold) of each entry of a heat part, -1 for none
    leaving, arriving (and back) : the same for direct lines
    bound : source, sink, site, heat_zone; bound_row, bound_pair : the pairs that it sums
    least, most : of the sum
    """

    source: Keys
    source_interval: Integers
    below: Integers
    sink: Keys
    pair: Keys
    pair_source: Integers
    pair_sink: Integers
    of_stream: Integers
    of_demand: Integers
    of_recipe_hot: Integers
    of_recipe_cold: Integers
    of_used: Integers
    of_raised: Integers
    leaving: Integers
    arriving: Integers
    leaving_back: Integers
    arriving_back: Integers
    bound: Keys
    bound_row: Integers
    bound_pair: Integers
    least: Rate
    most: Rate


def no_matches() -> Matches:
    """Of a park that asks for no match."""
    none, names, side = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object), np.zeros((0, 1))

    def keys(*columns: str) -> Keys:
        return Keys(dict.fromkeys(columns, names))

    return Matches(
        keys("site", "heat_zone", "source", "interval"), none, none,
        keys("site", "heat_zone", "sink", "interval"),
        keys("site", "heat_zone", "source", "sink", "interval"), none, none,
        none, none, none, none, none, none, none, none, none, none,
        keys("source", "sink", "site", "heat_zone"), none, none, side, side,
    )  # fmt: skip


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
    direct : what lines move between cascades, interval by interval
    match : cascades by source, where matches are asked for
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
    direct: Direct
    match: Matches
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
        direct=Direct(Keys({"link": names, "interval": names}), none, none, none, empty, none),
        match=no_matches(),
        left=none,
        left_of=none,
    )
