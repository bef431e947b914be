"""Heat cascades of a park as arrays: their intervals, and who gives and takes heat there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from circularpark.park.keys import Keys, Names, coded, numbered
from circularpark.physics.cascade import Duties, Intervals, Shares, cut, shifted, spread, stacked
from circularpark.program.collect_matches import (
    asked_matches,
    collect_matches,
    ends_of,
    labels,
)
from circularpark.program.data import (
    Blocks,
    Demands,
    Flags,
    Links,
    Markets,
    Nodes,
    Recipes,
    Streams,
)
from circularpark.program.exchangers import Exchangers
from circularpark.program.heat_data import Direct, Heat, HeatPart
from circularpark.program.heat_places import HeatPlaces
from circularpark.program.joined import Joined
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers

AWAY = ("dispose", "vent")


@dataclass(frozen=True)
class HeatSides:
    """What has been collected of the park already, as far as heat looks at it."""

    nodes: Nodes
    streams: Streams
    demands: Demands
    recipes: Recipes
    markets: Markets
    links: Links
    exchangers: Exchangers | None
    other_items: int


def collect_heat(blocks: Blocks, places: HeatPlaces, joined: Joined, sides: HeatSides) -> Heat:
    """The intervals of all cascades, and the heat of everything on them."""
    duties = _duties(blocks, places, joined, sides)
    every = stacked([*duties.values()])
    group, whole = _groups(places)
    ends = ends_of(blocks, places, joined, duties)
    asked = asked_matches(blocks, ends) if len(blocks.texts("matches", "from")) else []
    whole[[one.cascade for one in asked]] = True
    intervals = cut(every, group, whole)
    parts = {name: _part(blocks, spread(own, intervals)) for name, own in duties.items()}
    left, left_of = _left(places, sides)
    made = sides.exchangers
    none = np.zeros(0, dtype=np.int64)
    direct = _direct(places, sides, intervals, every, group)
    of = intervals.cascade
    named = {name: values[of] for name, values in places.cascade.columns.items()}
    return Heat(
        key=Keys({**named, "interval": labels(intervals)}),
        cascade=of,
        upper=intervals.upper,
        lower=intervals.lower,
        below=intervals.below,
        scale=_scale(places, intervals, parts, sides),
        place=places.cascade,
        site=coded(places.cascade["site"].tolist())[1],
        factor=places.factor,
        exchange=places.exchange,
        node=_nodes_of(sides.nodes, places.exchange["site"], places.exchange["carrier"]),
        built=none if made is None else made.of,
        built_raises=none.astype(bool) if made is None else made.raises,
        built_item=none if made is None else sides.other_items + np.arange(len(made.of)),
        direct=direct,
        match=collect_matches(blocks, places, ends, asked, intervals, parts, direct),
        left=left,
        left_of=left_of,
        **parts,
    )


def _groups(places: HeatPlaces) -> tuple[Integers, Flags]:
    """Cascades that direct lines join, near or far, and which have any such line."""
    count = len(places.cascade)
    ones = np.ones(len(places.direct))
    lines = sparse.coo_array((ones, (places.from_cascade, places.to_cascade)), (count, count))
    _, group = sparse.csgraph.connected_components(lines, directed=False)
    whole = np.zeros(count, dtype=bool)
    whole[np.concatenate([places.from_cascade, places.to_cascade])] = True
    return np.asarray(group, dtype=np.int64), whole


def _direct(
    places: HeatPlaces, sides: HeatSides, intervals: Intervals, duties: Duties, group: Integers
) -> Direct:
    """Every direct line in every interval in which there may be heat to give and to take."""
    many = np.bincount(intervals.cascade, minlength=len(group))
    first = np.cumsum(many) - many
    times = many[places.from_cascade]
    line = np.repeat(np.arange(len(places.direct)), times)
    within = np.arange(len(line)) - np.repeat(np.cumsum(times) - times, times)
    start = first[places.from_cascade[line]] + within
    end = first[places.to_cascade[line]] + within
    hottest, coldest = np.full(len(group), -np.inf), np.full(len(group), np.inf)
    of = group[duties.cascade]
    np.maximum.at(hottest, of[duties.hot], duties.upper[duties.hot].max(axis=1))
    np.minimum.at(coldest, of[~duties.hot], duties.lower[~duties.hot].min(axis=1))
    there = group[places.from_cascade[line]]
    kept = intervals.upper[start] <= hottest[there]
    kept &= intervals.lower[start] >= coldest[there]
    line, start, end = line[kept], start[kept], end[kept]
    link = places.direct[line]
    named = labels(intervals)[start] if len(start) else np.zeros(0, dtype=object)
    return Direct(
        key=Keys({"link": sides.links.key["link"][link], "interval": named}),
        link=link,
        from_interval=start,
        to_interval=end,
        factor=places.factor[sides.nodes.commodity[sides.links.from_node[link]]],
        back=np.flatnonzero(np.isin(link, sides.links.back)),
    )


def _nodes_of(nodes: Nodes, site: Names, commodity: Names) -> Integers:
    known = {pair: place for place, pair in enumerate(nodes.key)}
    found = [known[pair] for pair in zip(site.tolist(), commodity.tolist(), strict=True)]
    return np.array(found, dtype=np.int64)


def _duties(
    blocks: Blocks, places: HeatPlaces, joined: Joined, sides: HeatSides
) -> dict[str, Duties]:
    """What may give or take heat, by the kind of thing."""
    commodity, found = sides.nodes.commodity, {}
    for name, table, node, hot in (
        ("stream", "streams", sides.streams.node, True),
        ("demand", "demands", sides.demands.node, False),
    ):
        rows = np.flatnonzero(places.own[commodity[node]])
        site, zone = (blocks.texts(table, column)[rows] for column in ("site", "heat_zone"))
        place, weight = places.cascade_of(site, zone), places.factor[commodity[node[rows]]]
        found[name] = _duty(blocks, table, rows, rows, place, np.full(len(rows), hot), weight)
    good = commodity[sides.recipes.node]
    rows = np.flatnonzero(places.own[good])
    place = places.cascade_of(joined.site[rows], joined.heat_zone[rows])
    flags = sides.recipes.rate[rows].max(axis=1, initial=0.0) > 0
    weight, position = places.factor[good[rows]], joined.recipe[rows]
    found["recipe"] = _duty(blocks, "recipes", position, rows, place, flags, weight)
    found["raised"] = _of_carriers(blocks, places, hot=False)
    found["used"] = _of_carriers(blocks, places, hot=True)
    return found


def _duty(
    blocks: Blocks,
    table: str,
    rows: Integers,
    owner: Integers,
    cascade: Integers,
    hot: Flags,
    weight: Floats,
) -> Duties:
    """Heat between the supply and target temperatures of rows of a table.

    A blank temperature is the other one: the heat is given or taken at a single temperature.
    """
    supply, target, approach = (
        blocks.number(table, name)[rows] for name in ("supply_temp", "target_temp", "min_approach")
    )
    start, end = np.broadcast_arrays(
        np.where(np.isnan(supply), target, supply), np.where(np.isnan(target), supply, target)
    )
    upper, lower = shifted(start, end, approach, hot)
    return Duties(owner, cascade, hot, upper, lower, np.broadcast_to(weight[:, None], upper.shape))


def _of_carriers(blocks: Blocks, places: HeatPlaces, *, hot: bool) -> Duties:
    """Raising (cold) or using (hot) carriers: latent heat at one temperature, the rest evenly."""
    good, place = places.exchange_good, places.exchange_of
    names = ("temperature", "return_temperature", "latent_temperature", "latent_share")
    supply, back, boiling, share = (blocks.number("commodities", n)[good] for n in names)
    approach = blocks.number("commodities", "min_approach")[good]
    boiling = np.where(np.isnan(boiling), supply, boiling)
    flags, factor = np.full(len(good), hot), places.factor[good][:, None]
    parts = []
    for start, end, part in ((supply, back, 1.0 - share), (boiling, boiling, share)):
        start, end, part = np.broadcast_arrays(start, end, part)
        upper, lower = shifted(start, end, approach, flags)
        weight = np.broadcast_to(part * factor, upper.shape)
        some = np.flatnonzero((weight > 0).any(axis=1))
        ends = upper[some], lower[some], weight[some]
        parts.append(Duties(some, place[some], flags[some], *ends))
    return stacked(parts)


def _part(blocks: Blocks, shares: Shares) -> HeatPart:
    return HeatPart(shares.owner, shares.interval, blocks.over_time(shares.share))


def _scale(
    places: HeatPlaces, intervals: Intervals, parts: dict[str, HeatPart], sides: HeatSides
) -> Floats:
    """Typical heat of each cascade's intervals: its largest offer or want, else the park's."""
    known = np.zeros(len(places.cascade))
    for part, rate in (
        (parts["stream"], sides.streams.offer),
        (parts["demand"], sides.demands.rate),
    ):
        if len(part.of):
            largest = rate.max(axis=1)[part.of] * part.share.max(axis=1)
            np.maximum.at(known, intervals.cascade[part.interval], largest)
    common = float(known.max(initial=0.0))
    found = np.where(known > 0, known, common if common > 0 else 1.0)
    return power_of_two(found)[intervals.cascade]


def _left(places: HeatPlaces, sides: HeatSides) -> tuple[Integers, Integers]:
    """Exchanges that dispose of or vent own heat, and the number of their site among cascades'."""
    market = sides.markets
    way = market.key["direction"][market.exchange_market]
    own = places.own[sides.nodes.commodity[market.node]]
    known = coded(places.cascade["site"].tolist())[0]
    site = numbered(known, market.exchange["site"])
    chosen = np.flatnonzero(own & np.isin(way.astype(str), AWAY) & (site >= 0))
    return chosen, site[chosen]
