"""From tables to arrays: one function for each group of ``Data``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from circularpark.park.columns import or_else
from circularpark.park.keys import Keys, Names, coded, numbered
from circularpark.program.brought import at_best, brought, own_flow
from circularpark.program.collect_heat import HeatSides, collect_heat
from circularpark.program.collect_items import collect_items
from circularpark.program.collect_quality import QualitySides, collect_quality
from circularpark.program.data import (
    Blocks,
    Data,
    Demands,
    Flags,
    Links,
    Markets,
    Nodes,
    Processes,
    Recipes,
    Storages,
    Streams,
)
from circularpark.program.declared import Declared
from circularpark.program.exchangers import exchangers
from circularpark.program.heat_data import no_heat
from circularpark.program.heat_places import HeatPlaces, heat_places
from circularpark.program.joined import Joined, joined_recipes
from circularpark.program.known_time import KnownTime
from circularpark.program.operated import operated, operations
from circularpark.program.quality_data import Operations, no_quality
from circularpark.program.scale import node_scale, power_of_two
from circularpark.program.time import Floats, Integers, time_table

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.physics.known_links import KnownLinks

MARKET_SIGN = {"buy": 1, "sell": -1, "vent": -1, "dispose": -1}


def collect(
    park: Park,
    *,
    operation_only: bool = False,
    baseline: Mapping[str, Floats] | None = None,
    blocks: Blocks | None = None,
) -> Data:
    """All arrays of ``park``.

    operation_only : keep only existing things and build nothing (the best operation of today)
    baseline : yearly measures of the best operation, for limits relative to it
    blocks : the park's tables of each block, where they have been made already
    """
    blocks = blocks or blocks_of(park)
    kept = {t: _kept(blocks, t, operation_only) for t in ("processes", "storages", "links")}
    joined = joined_recipes(blocks, kept["processes"])
    places = heat_places(blocks, kept, joined)
    declared, found = Declared(blocks), operated(blocks)
    node_of = _NodeIndex(blocks, kept, joined, places)
    working = operations(blocks, found, node_of)
    streams = _streams(blocks, node_of)
    demands = _demands(blocks, node_of)
    made = exchangers(blocks, places)
    items = collect_items(park, blocks, kept, made, operation_only=operation_only)
    recipes = _recipes(blocks, node_of, joined, declared)
    nodes = _nodes(blocks, node_of, places, declared, (streams, demands, working))
    markets = _markets(blocks, node_of, nodes.key)
    before = int(kept["processes"].sum() + kept["storages"].sum())
    links = _links(blocks, node_of, kept["links"], before)
    heat = no_heat(len(blocks.texts("commodities", "id")))
    if places is not None:
        others = before + len(links.key)
        sides = HeatSides(nodes, streams, demands, recipes, markets, links, made, others)
        heat = collect_heat(blocks, places, joined, sides)
    quality = no_quality()
    if nodes.graded.any():
        ends = QualitySides(nodes, streams, demands, recipes, markets, links, working, found)
        quality = collect_quality(park, blocks, declared, ends)
    return Data(
        park=park,
        time=blocks.time,
        blocks=blocks,
        node=nodes,
        stream=streams,
        demand=demands,
        process=_processes(blocks, kept["processes"], recipes, nodes.scale),
        recipe=recipes,
        market=markets,
        storage=_storages(blocks, node_of, kept),
        link=links,
        item=items,
        heat=heat,
        operation=working,
        quality=quality,
        operation_only=operation_only,
        baseline=baseline,
    )


def blocks_of(
    park: Park, known: KnownLinks | None = None, times: KnownTime | None = None
) -> Blocks:
    """The park's tables of each (year, scenario), with what is ``known`` of a similar park."""
    time = time_table(park) if times is None else times.of(park)
    found = () if known is None else (known.of(park), known.numbers)
    return Blocks(park, time, *found)


def _kept(blocks: Blocks, table: str, operation_only: bool) -> Flags:
    status = blocks.texts(table, "status")
    return np.asarray(status == "existing" if operation_only else status != "forbidden", dtype=bool)


class _NodeIndex:
    """Positions of (site, commodity) pairs among the balances."""

    def __init__(
        self, blocks: Blocks, kept: dict[str, Flags], joined: Joined, places: HeatPlaces | None
    ) -> None:
        self.sites = blocks.texts("sites", "id")
        self.commodities = blocks.texts("commodities", "id")
        self.site_of, self.commodity_of = coded(self.sites)[0], coded(self.commodities)[0]
        own = blocks.texts("markets", "site") != "*"
        pairs = [
            *(
                (blocks.texts(t, "site", rows), blocks.texts(t, "commodity", rows))
                for t, rows in (
                    ("streams", None),
                    ("demands", None),
                    ("operations", None),
                    ("markets", own),
                    ("storages", kept["storages"]),
                )
            ),
            (joined.site, blocks.texts("recipes", "commodity")[joined.recipe]),
            *_ends(blocks, kept["links"]),
        ]
        if places is not None:
            pairs.append((places.more["site"], places.more["commodity"]))
            pairs.append((places.exchange["site"], places.exchange["carrier"]))
        self.codes = np.unique(np.concatenate([self._code(*pair) for pair in pairs]))

    def _code(self, site: Names, commodity: Names) -> Integers:
        s, c = numbered(self.site_of, site), numbered(self.commodity_of, commodity)
        return np.asarray(s * len(self.commodities) + c, dtype=np.int64)

    def __call__(self, site: Names, commodity: Names) -> Integers:
        return np.searchsorted(self.codes, self._code(site, commodity)).astype(np.int64)

    def keys(self) -> tuple[Keys, Integers]:
        """Site and commodity of every balance, and the commodity's position."""
        site, commodity = np.divmod(self.codes, max(len(self.commodities), 1))
        named = {"site": self.sites[site], "commodity": self.commodities[commodity]}
        return Keys(named), commodity.astype(np.int64)


def _ends(blocks: Blocks, kept: Flags) -> list[tuple[Names, Names]]:
    """Where links end, and where those that need energy to move take it."""
    start, end = blocks.texts("links", "from", kept), blocks.texts("links", "to", kept)
    commodity = blocks.texts("links", "commodity", kept)
    ends = [(start, commodity), (end, commodity)]
    energy = blocks.texts("links", "energy_commodity", kept)
    uses = (blocks.first_number("links", "energy_per_km", kept) > 0) & (energy != "")
    if uses.any():
        back = uses & blocks.flags("links", "bidirectional", kept)
        ends += [(start[uses], energy[uses]), (end[back], energy[back])]
    return ends


def _nodes(
    blocks: Blocks,
    node_of: _NodeIndex,
    places: HeatPlaces | None,
    declared: Declared,
    things: tuple[Streams, Demands, Operations],
) -> Nodes:
    key, commodity = node_of.keys()
    streams, demands, working = things
    free = np.asarray(blocks.texts("commodities", "surplus") == "free", dtype=bool)
    own = np.zeros(len(commodity), dtype=bool) if places is None else places.own[commodity]
    graded = np.zeros(len(commodity), dtype=bool)
    if not declared.empty:
        graded = declared.graded()[commodity]
    apart = own | graded
    sizes = (
        (streams.node, streams.offer),
        (demands.node, demands.rate),
        (working.node, working.typical),
    )
    return Nodes(
        key=key,
        commodity=commodity,
        free=free[commodity],
        scale=node_scale(len(key), commodity, sizes),
        cascade=own,
        graded=graded,
        row=np.where(apart, -1, np.cumsum(~apart) - 1).astype(np.int64),
    )


def _streams(blocks: Blocks, node_of: _NodeIndex) -> Streams:
    return Streams(
        key=Keys({"stream": blocks.texts("streams", "id")}),
        node=node_of(blocks.texts("streams", "site"), blocks.texts("streams", "commodity")),
        offer=_rates(blocks, "streams"),
        must_use=np.asarray(blocks.texts("streams", "surplus") == "must_use", dtype=bool),
    )


def _rates(blocks: Blocks, table: str) -> Floats:
    return blocks.time.rates(
        blocks.number(table, "amount"),
        np.asarray(blocks.texts(table, "per") == "a", dtype=bool),
        blocks.texts(table, "profile").tolist(),
        blocks.first_number(table, "unit_factor"),
    )


def _demands(blocks: Blocks, node_of: _NodeIndex) -> Demands:
    cost = blocks.number("demands", "unmet_cost")
    return Demands(
        key=Keys({"demand": blocks.texts("demands", "id")}),
        node=node_of(blocks.texts("demands", "site"), blocks.texts("demands", "commodity")),
        rate=_rates(blocks, "demands"),
        short=np.flatnonzero(~np.isnan(cost[:, 0])),
        unmet_cost=blocks.over_time(cost),
    )


def _profiled(blocks: Blocks, values: Floats, names: Names) -> Floats:
    """Block values times each entity's profile: (E, 1) where neither changes in time."""
    known, code = coded(names)
    if not any(known):
        return blocks.over_time(values)
    shapes = blocks.time.matrix([str(name) for name in known])
    return np.asarray(blocks.over_time(values) * shapes[code], dtype=float)


def _recipes(blocks: Blocks, node_of: _NodeIndex, joined: Joined, declared: Declared) -> Recipes:
    at = joined.recipe
    commodity, group = (blocks.texts("recipes", name)[at] for name in ("commodity", "group"))
    by, grouped = brought(blocks, at), np.asarray(group != "", dtype=bool)
    flexible = own_flow(group, by)
    share = np.where(flexible, np.cumsum(flexible) - 1, -1)
    of = np.full(len(at), -1, dtype=np.int64)
    pairs = zip(joined.process[grouped].tolist(), group[grouped].tolist(), strict=True)
    of[grouped] = coded(list(pairs))[1]
    best = at_best(declared, by, commodity)
    rate = blocks.number("recipes", "rate")[at] * best[:, None]
    row = blocks.texts("recipes", "row")[at]
    named = {"process": joined.name, "row": row, "commodity": commodity, "site": joined.site}
    return Recipes(
        key=Keys(named),
        process=joined.process,
        node=node_of(joined.site, commodity),
        rate=_profiled(blocks, rate, blocks.texts("recipes", "profile")[at]),
        emits=blocks.flags("recipes", "emits")[at],
        share=share.astype(np.int64),
        group=of,
        min_share=blocks.over_time(blocks.number("recipes", "min_share")[at]),
        max_share=blocks.over_time(blocks.number("recipes", "max_share")[at]),
        property=by.name,
        best=best,
    )


def _processes(blocks: Blocks, kept: Flags, recipes: Recipes, scale: Floats) -> Processes:
    names = blocks.texts("processes", "id", kept)
    size = np.ones(len(names))
    typical = scale[recipes.node] / np.maximum(np.abs(recipes.rate).max(axis=1, initial=0), 1e-12)
    if len(typical):
        largest = np.full(len(names), -np.inf)
        np.maximum.at(largest, recipes.process, np.log2(typical))
        size = np.where(
            np.isfinite(largest), np.exp2(np.where(np.isfinite(largest), largest, 0)), 1
        )
    profile = blocks.texts("processes", "profile", kept)
    least = or_else(blocks.number("processes", "min_load", kept), 0.0)
    return Processes(
        key=Keys({"process": names}),
        item=np.arange(len(names), dtype=np.int64),
        availability=_profiled(blocks, np.ones((len(names), 1)), profile),
        var_om=blocks.over_time(blocks.number("processes", "var_om", kept)),
        scale=power_of_two(size),
        min_load=blocks.over_time(least),
        switched=np.flatnonzero((least > 0).any(axis=1)),
    )


def _markets(blocks: Blocks, node_of: _NodeIndex, nodes: Keys) -> Markets:
    names, commodity, direction = (
        blocks.texts("markets", column) for column in ("id", "commodity", "direction")
    )
    shared = np.asarray(blocks.texts("markets", "site") == "*", dtype=bool)
    exchange, market = _exchanges(blocks, shared, nodes)
    price = _profiled(blocks, blocks.number("markets", "price"), blocks.texts("markets", "profile"))
    started = _started(blocks)
    peak_price = blocks.number("markets", "peak_price")
    pays_peak = np.flatnonzero(or_else(peak_price, 0.0).max(axis=1, initial=0)[market] > 0)
    return Markets(
        key=Keys({"market": names, "commodity": commodity, "direction": direction}),
        shared=shared,
        least=np.where(started, blocks.over_time(blocks.number("markets", "min")), 0.0),
        most=np.where(started, blocks.over_time(blocks.number("markets", "max")), 0.0),
        most_per_year=blocks.number("markets", "max_per_year"),
        exchange=exchange,
        exchange_market=market,
        node=node_of(exchange["site"], commodity[market]),
        sign=np.array([MARKET_SIGN[d] for d in direction], dtype=np.int64),
        price=price,
        peak=pays_peak,
        peak_price=peak_price,
    )


def _exchanges(blocks: Blocks, shared: Flags, nodes: Keys) -> tuple[Keys, Integers]:
    """Market and site of every exchange, market by market, and the market's position.

    A shared market is open to every site that touches its commodity.
    """
    commodity = blocks.texts("markets", "commodity")
    places = [
        np.flatnonzero(nodes["commodity"] == commodity[m]) if every else np.zeros(1, dtype=np.int64)
        for m, every in enumerate(shared)
    ]
    market = np.repeat(np.arange(len(shared)), [len(place) for place in places])
    at = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
    open_to = nodes["site"][at] if len(nodes) else np.full(len(at), "", dtype=object)
    own = blocks.texts("markets", "site")[market]
    site = np.where(shared[market], open_to, own)
    named = {"market": blocks.texts("markets", "id")[market], "site": site}
    return Keys(named), market.astype(np.int64)


def _started(blocks: Blocks) -> Flags:
    begins = or_else(blocks.first_number("markets", "from_year"), -np.inf)[:, None]
    if not np.isfinite(begins).any():
        return np.ones((len(begins), 1), dtype=bool)
    year = np.array(blocks.time.years, dtype=float)[blocks.time.year_index]
    return np.asarray(year[None, :] >= begins, dtype=bool)


def _storages(blocks: Blocks, node_of: _NodeIndex, kept: dict[str, Flags]) -> Storages:
    mask = kept["storages"]
    names, site, commodity = (
        blocks.texts("storages", column, mask) for column in ("id", "site", "commodity")
    )

    def column(name: str) -> Floats:
        return blocks.over_time(blocks.number("storages", name, mask))

    return Storages(
        key=Keys({"storage": names}),
        node=node_of(site, commodity),
        item=int(kept["processes"].sum()) + np.arange(len(names), dtype=np.int64),
        hours_in=column("hours_in"),
        hours_out=column("hours_out"),
        efficiency_in=column("efficiency_in"),
        efficiency_out=column("efficiency_out"),
        kept_per_hour=1.0 - column("loss_per_hour"),
        longest=or_else(24.0 * blocks.number("storages", "max_days", mask), np.inf).min(
            axis=1, initial=np.inf
        ),
    )


def _links(blocks: Blocks, node_of: _NodeIndex, kept: Flags, before: int) -> Links:
    names, start, end, commodity, carrier = (
        blocks.texts("links", column, kept)
        for column in ("id", "from", "to", "commodity", "energy_commodity")
    )
    km = blocks.number("links", "km", kept)
    energy = or_else(blocks.number("links", "energy_per_km", kept), 0.0) * km
    needs = np.asarray(carrier != "", dtype=bool)
    carrier = np.where(needs, carrier, commodity)
    pumps = needs & (energy > 0).any(axis=1)
    from_node, to_node = node_of(start, commodity), node_of(end, commodity)
    batch = blocks.number("links", "min_batch", kept)
    return Links(
        key=Keys({"link": names}),
        item=before + np.arange(len(names), dtype=np.int64),
        from_node=from_node,
        to_node=to_node,
        arriving=blocks.over_time(1.0 - blocks.number("links", "loss", kept)),
        moving_cost=blocks.over_time(
            or_else(blocks.number("links", "cost_per_km", kept), 0.0) * km
        ),
        energy=blocks.over_time(np.where(needs[:, None], energy, 0.0)),
        energy_from=np.where(pumps, node_of(start, carrier), from_node),
        energy_to=np.where(pumps, node_of(end, carrier), to_node),
        back=np.flatnonzero(blocks.flags("links", "bidirectional", kept)),
        min_batch=blocks.over_time(batch),
        batched=np.flatnonzero((batch > 0).any(axis=1)),
    )
