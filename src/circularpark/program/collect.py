"""From tables to arrays: one function for each group of ``Data``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.program.collect_items import collect_items
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
from circularpark.program.scale import node_scale, power_of_two
from circularpark.program.terms import Texts
from circularpark.program.time import Floats, Integers, time_table

if TYPE_CHECKING:
    from circularpark.park.model import Park

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
    time = blocks.time
    kept = {t: _kept(blocks, t, operation_only) for t in ("processes", "storages", "links")}
    joined = joined_recipes(blocks, kept["processes"])
    node_of = _NodeIndex(blocks, kept, joined)
    streams = _streams(blocks, node_of)
    demands = _demands(blocks, node_of)
    items = collect_items(park, blocks, kept, operation_only=operation_only)
    recipes = _recipes(blocks, node_of, joined)
    frame, commodity = node_of.frame()
    free = (blocks.first.commodities["surplus"] == "free").to_numpy()[commodity]
    scale = node_scale(len(frame), commodity, streams, demands)
    processes = _processes(blocks, kept["processes"], recipes, scale)
    links = _links(blocks, node_of, kept, len(items.index))
    return Data(
        park=park,
        time=time,
        blocks=blocks,
        node=Nodes(frame, commodity, np.asarray(free, dtype=bool), scale),
        stream=streams,
        demand=demands,
        process=processes,
        recipe=recipes,
        market=_markets(blocks, node_of, frame),
        storage=_storages(blocks, node_of, kept),
        link=links,
        item=items,
        operation_only=operation_only,
        baseline=baseline,
    )


def blocks_of(park: Park) -> Blocks:
    """The park's tables of each (year, scenario), its links found once."""
    return Blocks(park, time_table(park))


def _kept(blocks: Blocks, table: str, operation_only: bool) -> Flags:
    frame = blocks.links if table == "links" else getattr(blocks.first, table)
    status = frame["status"].to_numpy()
    if operation_only:
        return np.asarray(status == "existing", dtype=bool)
    return np.asarray(status != "forbidden", dtype=bool)


def only(frame: pd.DataFrame, kept: Flags) -> pd.DataFrame:
    """The rows that are kept; the frame itself where all are, which spares a copy."""
    return frame if kept.all() else frame[kept]


class _NodeIndex:
    """Positions of (site, commodity) pairs among the balances."""

    def __init__(self, blocks: Blocks, kept: dict[str, Flags], recipes: pd.DataFrame) -> None:
        tables = blocks.first
        self.sites = pd.Index(tables.sites["id"].to_numpy(), dtype=object)
        self.commodities = pd.Index(tables.commodities["id"].to_numpy(), dtype=object)
        links, stores = only(blocks.links, kept["links"]), only(tables.storages, kept["storages"])
        needs = links["energy_per_km"].to_numpy(dtype=float) > 0
        uses = only(links, needs & (links["energy_commodity"].to_numpy() != ""))
        back = only(uses, uses["bidirectional"].to_numpy(dtype=bool))
        own = only(tables.markets, tables.markets["site"].to_numpy() != "*")
        pairs = [
            *((t["site"], t["commodity"]) for t in (tables.streams, tables.demands, own)),
            (stores["site"], stores["commodity"]),
            (recipes["site"], recipes["commodity"]),
            (links["from"], links["commodity"]),
            (links["to"], links["commodity"]),
            (uses["from"], uses["energy_commodity"]),
            (back["to"], back["energy_commodity"]),
        ]
        site, commodity = (
            np.concatenate([pair[end].to_numpy(dtype=object) for pair in pairs]) for end in (0, 1)
        )
        self.codes = np.unique(self._code(site, commodity))

    def _code(self, site: Texts, commodity: Texts) -> Integers:
        s = self.sites.get_indexer(pd.Index(site, dtype=object))
        c = self.commodities.get_indexer(pd.Index(commodity, dtype=object))
        return np.asarray(s * len(self.commodities) + c, dtype=np.int64)

    def __call__(self, site: pd.Series, commodity: pd.Series) -> Integers:
        code = self._code(site.to_numpy(dtype=object), commodity.to_numpy(dtype=object))
        return np.searchsorted(self.codes, code).astype(np.int64)

    def frame(self) -> tuple[pd.DataFrame, Integers]:
        site, commodity = np.divmod(self.codes, max(len(self.commodities), 1))
        named = {
            "site": self.sites.to_numpy(dtype=object)[site],
            "commodity": self.commodities.to_numpy(dtype=object)[commodity],
        }
        return pd.DataFrame(named), commodity.astype(np.int64)


def joined_recipes(blocks: Blocks, kept: Flags) -> pd.DataFrame:
    """Recipe rows of every process kept: the join of processes and recipes on technology."""
    processes, recipes = only(blocks.first.processes, kept), blocks.first.recipes
    technology = recipes["technology"].to_numpy(dtype=object)
    code, known = pd.factorize(technology)
    wanted = pd.Index(known, dtype=object).get_indexer(
        pd.Index(processes["technology"].to_numpy(), dtype=object)
    )
    # The rows of a technology in their order, one technology after the other.
    order = np.argsort(code, kind="stable")
    count = np.bincount(code, minlength=len(known))
    start = np.cumsum(count) - count
    many = np.where(wanted >= 0, np.append(count, 0)[wanted], 0)
    process = np.repeat(np.arange(len(processes)), many)
    within = np.arange(len(process)) - np.repeat(np.cumsum(many) - many, many)
    position = order[start[wanted[process]] + within] if len(process) else process

    def of_process(column: str) -> Texts:
        return processes[column].to_numpy(dtype=object)[process]

    found = {
        "process": of_process("id"),
        "process_position": process,
        "site": of_process("site"),
        "recipe_position": position,
    }
    for column in ("row", "commodity", "group", "emits", "profile"):
        found[column] = recipes[column].to_numpy()[position]
    return pd.DataFrame(found)


def _ids(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return pd.DataFrame({name: frame["id"].to_numpy(dtype=object)})


def _streams(blocks: Blocks, node_of: _NodeIndex) -> Streams:
    frame = blocks.first.streams
    return Streams(
        index=_ids(frame, "stream"),
        node=node_of(frame["site"], frame["commodity"]),
        offer=_rates(blocks, "streams"),
        must_use=(frame["surplus"] == "must_use").to_numpy(),
    )


def _rates(blocks: Blocks, table: str) -> Floats:
    frame = getattr(blocks.first, table)
    return blocks.time.rates(
        blocks.number(table, "amount"),
        (frame["per"] == "a").to_numpy(),
        list(frame["profile"]),
        frame["unit_factor"].to_numpy(dtype=float),
    )


def _demands(blocks: Blocks, node_of: _NodeIndex) -> Demands:
    frame = blocks.first.demands
    cost = blocks.number("demands", "unmet_cost")
    return Demands(
        index=_ids(frame, "demand"),
        node=node_of(frame["site"], frame["commodity"]),
        rate=_rates(blocks, "demands"),
        short=np.flatnonzero(~np.isnan(cost[:, 0])),
        unmet_cost=blocks.over_time(cost),
    )


def _profiled(blocks: Blocks, values: Floats, names: pd.Series) -> Floats:
    """Block values times each entity's profile: (E, 1) where neither changes in time."""
    if not (names != "").any():
        return blocks.over_time(values)
    unique, code = np.unique(names.to_numpy(dtype=object).astype(str), return_inverse=True)
    shapes = blocks.time.matrix([str(n) for n in unique])
    return np.asarray(blocks.over_time(values) * shapes[code], dtype=float)


def _recipes(blocks: Blocks, node_of: _NodeIndex, joined: pd.DataFrame) -> Recipes:
    rate = blocks.number("recipes", "rate")[joined["recipe_position"].to_numpy()]
    flexible = (joined["group"] != "").to_numpy()
    share = np.where(flexible, np.cumsum(flexible) - 1, -1)
    group = np.full(len(joined), -1, dtype=np.int64)
    if flexible.any():
        key = joined["process"].astype(str) + "\0" + joined["group"].astype(str)
        group[flexible] = pd.factorize(key[flexible])[0]
    position = joined["recipe_position"].to_numpy()
    return Recipes(
        index=joined[["process", "row", "commodity", "site"]],
        process=joined["process_position"].to_numpy(dtype=np.int64),
        node=node_of(joined["site"], joined["commodity"]),
        rate=_profiled(blocks, rate, joined["profile"]),
        emits=joined["emits"].to_numpy(dtype=bool),
        share=share.astype(np.int64),
        group=group,
        min_share=blocks.over_time(blocks.number("recipes", "min_share")[position]),
        max_share=blocks.over_time(blocks.number("recipes", "max_share")[position]),
    )


def _processes(blocks: Blocks, kept: Flags, recipes: Recipes, scale: Floats) -> Processes:
    frame = only(blocks.first.processes, kept)
    ones = np.ones((len(frame), 1))
    size = np.ones(len(frame))
    typical = scale[recipes.node] / np.maximum(np.abs(recipes.rate).max(axis=1, initial=0), 1e-12)
    if len(typical):
        largest = np.full(len(frame), -np.inf)
        np.maximum.at(largest, recipes.process, np.log2(typical))
        size = np.where(
            np.isfinite(largest), np.exp2(np.where(np.isfinite(largest), largest, 0)), 1
        )
    return Processes(
        index=_ids(frame, "process"),
        item=np.arange(len(frame), dtype=np.int64),
        availability=_profiled(blocks, ones, frame["profile"]),
        var_om=blocks.over_time(blocks.number("processes", "var_om", kept)),
        scale=power_of_two(size),
    )


def _markets(blocks: Blocks, node_of: _NodeIndex, nodes: pd.DataFrame) -> Markets:
    frame = blocks.first.markets.reset_index(drop=True)
    shared = (frame["site"] == "*").to_numpy()
    exchange, market = _exchanges(frame, shared, nodes)
    price = _profiled(blocks, blocks.number("markets", "price"), frame["profile"])
    started = _started(blocks, frame)
    peak_price = blocks.number("markets", "peak_price")
    pays_peak = np.flatnonzero(np.nan_to_num(peak_price).max(axis=1, initial=0)[market] > 0)
    return Markets(
        index=_ids(frame, "market").assign(
            commodity=frame["commodity"].to_numpy(), direction=frame["direction"].to_numpy()
        ),
        shared=shared,
        least=np.where(started, blocks.over_time(blocks.number("markets", "min")), 0.0),
        most=np.where(started, blocks.over_time(blocks.number("markets", "max")), 0.0),
        most_per_year=blocks.number("markets", "max_per_year"),
        exchange=exchange[["market", "site"]],
        exchange_market=market.astype(np.int64),
        node=node_of(exchange["site"], exchange["commodity"]),
        sign=np.array([MARKET_SIGN[d] for d in frame["direction"]], dtype=np.int64),
        price=price,
        peak=pays_peak,
        peak_price=peak_price,
    )


def _exchanges(
    frame: pd.DataFrame, shared: Flags, nodes: pd.DataFrame
) -> tuple[pd.DataFrame, Integers]:
    """Market, site and commodity of every exchange, market by market, and the market's position.

    A shared market is open to every site that touches its commodity.
    """
    commodity = frame["commodity"].to_numpy(dtype=object)
    site, touched = (nodes[name].to_numpy(dtype=object) for name in ("site", "commodity"))
    places = [
        np.flatnonzero(touched == commodity[m]) if every else np.zeros(1, dtype=np.int64)
        for m, every in enumerate(shared)
    ]
    market = np.repeat(np.arange(len(frame)), [len(place) for place in places])
    at = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
    open_to = site[at] if len(site) else np.full(len(at), "", dtype=object)
    columns = {
        "market": frame["id"].to_numpy(dtype=object)[market],
        "site": np.where(shared[market], open_to, frame["site"].to_numpy(dtype=object)[market]),
        "commodity": commodity[market],
    }
    return pd.DataFrame(columns), market.astype(np.int64)


def _started(blocks: Blocks, frame: pd.DataFrame) -> Flags:
    begins = frame["from_year"].fillna(-np.inf).to_numpy(dtype=float)[:, None]
    if not np.isfinite(begins).any():
        return np.ones((len(frame), 1), dtype=bool)
    year = np.array(blocks.time.years, dtype=float)[blocks.time.year_index]
    return np.asarray(year[None, :] >= begins, dtype=bool)


def _storages(blocks: Blocks, node_of: _NodeIndex, kept: dict[str, Flags]) -> Storages:
    mask = kept["storages"]
    frame = only(blocks.first.storages, mask)
    before = int(kept["processes"].sum())

    def column(name: str) -> Floats:
        return blocks.over_time(blocks.number("storages", name, mask))

    return Storages(
        index=_ids(frame, "storage"),
        node=node_of(frame["site"], frame["commodity"]),
        item=before + np.arange(len(frame), dtype=np.int64),
        hours_in=column("hours_in"),
        hours_out=column("hours_out"),
        efficiency_in=column("efficiency_in"),
        efficiency_out=column("efficiency_out"),
        kept_per_hour=1.0 - column("loss_per_hour"),
    )


def _links(blocks: Blocks, node_of: _NodeIndex, kept: dict[str, Flags], items: int) -> Links:
    mask = kept["links"]
    frame = only(blocks.links, mask).reset_index(drop=True)
    km = blocks.number("links", "km", mask)
    energy = np.nan_to_num(blocks.number("links", "energy_per_km", mask)) * km
    energy = np.where((frame["energy_commodity"] == "").to_numpy()[:, None], 0.0, energy)
    carrier = frame["energy_commodity"]
    carrier = carrier.where(carrier.to_numpy() != "", frame["commodity"])
    return Links(
        index=_ids(frame, "link"),
        item=items - len(frame) + np.arange(len(frame), dtype=np.int64),
        from_node=node_of(frame["from"], frame["commodity"]),
        to_node=node_of(frame["to"], frame["commodity"]),
        arriving=blocks.over_time(1.0 - blocks.number("links", "loss", mask)),
        moving_cost=blocks.over_time(
            np.nan_to_num(blocks.number("links", "cost_per_km", mask)) * km
        ),
        energy=blocks.over_time(energy),
        energy_from=node_of(frame["from"], carrier),
        energy_to=node_of(frame["to"], carrier),
        back=np.flatnonzero(frame["bidirectional"].to_numpy(dtype=bool)),
    )
