"""What a limit speaks of: a measure, or the flow of some things of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.park.patterns import fitting
from circularpark.program.data import Data
from circularpark.program.exchangers import exchanger_frame
from circularpark.program.link_terms import link_terms
from circularpark.program.measures import measure
from circularpark.program.standing import standing_things
from circularpark.program.terms import Constant, Linear, Term
from circularpark.program.variables import Variables


def quantity(
    data: Data,
    var: Variables,
    *,
    measure_name: str = "",
    table: str = "",
    item: str = "",
    commodity: str = "",
    site: str = "",
    count: bool = False,
) -> Linear:
    """The linear quantity that a row of ``limits.csv`` names by these cells.

    count : the number of things that stand, not their flow
    """
    if measure_name in ("value_added", "area_mu"):
        return _of_sites(data, measure_name, site)
    if count:
        whole = standing_things(data, var, table)
    elif measure_name:
        whole = measure(data, var, measure_name)
    else:
        whole = _table(data, var, table, commodity)
    terms = [t.kept(_matches(t, item, site, commodity)) for t in whole.terms]
    constants = [c.kept(_matches(c, item, site, commodity)) for c in whole.constants]
    return Linear(tuple(terms), tuple(constants))


def _matches(part: Term | Constant, item: str, site: str, commodity: str) -> NDArray[np.bool_]:
    kept = np.ones(len(part.item), dtype=bool)
    if item:
        kept &= fitting(part.item, item)
    if site:
        here, far = part.site == site, part.other_site
        kept &= here if far is None else here | (far == site)
    if commodity:
        kept &= part.commodity == commodity
    return kept


def _of_sites(data: Data, column: str, site: str) -> Linear:
    sites = data.blocks.first.sites
    chosen = (sites["id"] == site).to_numpy() if site else np.ones(len(sites), dtype=bool)
    total = np.nan_to_num(data.blocks.number("sites", column))[chosen]
    blocks = len(data.time.blocks)
    names = sites["id"].to_numpy(dtype=object)[chosen]
    blank = np.full(len(names), "", dtype=object)
    yearly = np.broadcast_to(total, (len(names), blocks))
    return Linear((), (Constant(column, 0, yearly, "sites", names, names, blank),))


def _table(data: Data, var: Variables, table: str, commodity: str) -> Linear:
    return _TABLES[table](data, var, commodity)


def _plain(data: Data, table: str, variable: object, frame: pd.DataFrame) -> Linear:
    count = len(frame)
    term = Term(
        kind=table,
        scope=0,
        variable=variable,  # type: ignore[arg-type]
        position=np.arange(count),
        value=np.ones((count, 1)),
        table=table,
        item=frame["id"].to_numpy(dtype=object),
        site=frame["site"].to_numpy(dtype=object),
        commodity=frame["commodity"].to_numpy(dtype=object),
    )
    return Linear((term,))


def _markets(data: Data, var: Variables, commodity: str) -> Linear:
    market = data.market
    named = market.index.iloc[market.exchange_market]
    frame = pd.DataFrame(
        {
            "id": named["market"].to_numpy(),
            "site": market.exchange["site"],
            "commodity": named["commodity"].to_numpy(),
        }
    )
    return _plain(data, "markets", var.exchange, frame)


def _streams(data: Data, var: Variables, commodity: str) -> Linear:
    return _plain(data, "streams", var.taken, data.blocks.first.streams)


def _demands(data: Data, var: Variables, commodity: str) -> Linear:
    frame = data.blocks.first.demands
    wanted = Constant(
        kind="met",
        scope=0,
        yearly=data.time.year_total(data.demand.rate),
        table="demands",
        item=frame["id"].to_numpy(dtype=object),
        site=frame["site"].to_numpy(dtype=object),
        commodity=frame["commodity"].to_numpy(dtype=object),
        rate=data.demand.rate,
    )
    missing = _plain(data, "demands", var.unmet, frame.iloc[data.demand.short]).terms[0]
    short = Term(**{**missing.__dict__, "value": -missing.value})
    return Linear((short,), (wanted,))


def _offers(data: Data, var: Variables, commodity: str) -> Linear:
    frame = data.blocks.first.streams
    offered = Constant(
        kind="offers",
        scope=0,
        yearly=data.time.year_total(data.stream.offer),
        table="offers",
        item=frame["id"].to_numpy(dtype=object),
        site=frame["site"].to_numpy(dtype=object),
        commodity=frame["commodity"].to_numpy(dtype=object),
        rate=data.stream.offer,
    )
    return Linear((), (offered,))


def _processes(data: Data, var: Variables, commodity: str) -> Linear:
    frame = data.blocks.first.processes.set_index("id")
    names = data.process.key["process"]
    if not commodity:
        place = pd.DataFrame(
            {
                "id": names,
                "site": frame["site"].reindex(names).to_numpy(),
                "commodity": frame["capacity_of"].reindex(names).to_numpy(),
            }
        )
        return _plain(data, "processes", var.activity, place)
    recipe = data.recipe
    terms = []
    for variable, own in ((var.activity, recipe.share < 0), (var.share_flow, recipe.share >= 0)):
        rows = np.flatnonzero(own & (recipe.key["commodity"] == commodity))
        share = variable is var.share_flow
        terms.append(
            Term(
                kind="processes",
                scope=0,
                variable=variable,
                position=(recipe.share if share else recipe.process)[rows],
                value=np.ones((len(rows), 1)) if share else np.abs(recipe.rate[rows]),
                table="processes",
                item=recipe.key["process"][rows],
                site=recipe.key["site"][rows],
                commodity=recipe.key["commodity"][rows],
            )
        )
    return Linear(tuple(terms))


def _operations(data: Data, var: Variables, commodity: str) -> Linear:
    names = data.operation.key["operation"]
    frame = data.blocks.first.operations.drop_duplicates("id").set_index("id")
    frame = frame.reindex(names).rename_axis("id").reset_index()
    return _plain(data, "operations", var.throughput, frame)


def _storages(data: Data, var: Variables, commodity: str) -> Linear:
    frame = data.blocks.first.storages.set_index("id")
    names = data.storage.index["storage"]
    return _plain(
        data, "storages", var.discharge, frame.reindex(names).rename_axis("id").reset_index()
    )


def _links(data: Data, var: Variables, commodity: str) -> Linear:
    return Linear(tuple(link_terms(data, var, "links", 0, np.ones((len(data.link.index), 1)))))


def _capacity(data: Data, var: Variables, commodity: str) -> Linear:
    items, grown = data.item, data.item.expandable
    frames = [
        data.blocks.first.processes[["id", "site", "capacity_of"]].rename(
            columns={"capacity_of": "commodity"}
        ),
        data.blocks.first.storages[["id", "site", "commodity"]],
        data.blocks.links[["id", "to", "commodity"]].rename(columns={"to": "site"}),
        exchanger_frame(data),
    ]
    place = pd.concat(frames).set_index("id").reindex(items.index["item"])
    far = data.blocks.links.set_index("id")["from"].reindex(items.index["item"]).fillna("")
    name = items.key["item"]
    site, of = place["site"].to_numpy(dtype=object), place["commodity"].to_numpy(dtype=object)
    count = len(data.time.years)
    term = Term(
        kind="capacity",
        scope=0,
        variable=var.capacity,
        position=np.arange(len(grown)),
        value=np.broadcast_to(np.eye(count), (len(grown), count, count)),
        table="capacity",
        item=name[grown],
        site=site[grown],
        commodity=of[grown],
        other_site=far.to_numpy(dtype=object)[grown],
    )
    rest = np.flatnonzero((items.column < 0) & np.isfinite(items.standing).all(axis=1))
    yearly = items.standing[rest][:, data.time.block_year]
    away = far.to_numpy(dtype=object)[rest]
    fixed = Constant(
        "capacity", 0, yearly, "capacity", name[rest], site[rest], of[rest], other_site=away
    )
    return Linear((term,), (fixed,))


_TABLES = {
    "markets": _markets,
    "streams": _streams,
    "demands": _demands,
    "offers": _offers,
    "processes": _processes,
    "operations": _operations,
    "storages": _storages,
    "links": _links,
    "capacity": _capacity,
}
