"""Which site gives which commodity, and which takes it: the ends of every candidate link."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from circularpark.park.columns import frame_of

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.model import Tables

EVERY_SITE = "*"
# A site and a commodity.
Pair = tuple[str, str]


def ends(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who gives and who takes: two tables ``[site, commodity]`` without repeats.

    A site gives (takes) what a stream (demand), an output (input) of a process, an
    operation, a storage or a market of its own gives (takes). A ``*`` market makes no
    site a giver or taker; neither does anything forbidden. A carrier is also given where
    the site's cascade has a hot stream or heat row, and taken where it has a cold one.
    """
    made, used = _recipe_ends(tables)
    offered, wanted = _pairs(tables.streams), _pairs(tables.demands)
    allowed = tables.storages["status"].to_numpy() != "forbidden"
    both = [*_pairs(tables.storages, allowed), *_pairs(tables.operations)]
    bought, parted = _market_ends(tables.markets)
    hot = _carriers_at(tables.commodities, [*offered, *made])
    cold = _carriers_at(tables.commodities, [*wanted, *used])
    giving = _distinct(offered, made, both, bought, hot)
    return giving, _distinct(wanted, used, both, parted, cold)


def _pairs(frame: pd.DataFrame, where: np.ndarray | None = None) -> list[Pair]:
    sites, goods = (frame[name].to_numpy() for name in ("site", "commodity"))
    if where is not None:
        sites, goods = sites[where], goods[where]
    return list(zip(sites.tolist(), goods.tolist(), strict=True))


def _distinct(*parts: Iterable[Pair]) -> pd.DataFrame:
    named = [pair for pair in dict.fromkeys(chain(*parts)) if all(pair)]
    cells = np.empty((len(named), 2), dtype=object)
    cells[:] = named or cells
    return frame_of({"site": cells[:, 0], "commodity": cells[:, 1]})


def _recipe_ends(tables: Tables) -> tuple[list[Pair], list[Pair]]:
    """Outputs and inputs of the processes that may run, at their sites."""
    made: dict[str, list[str]] = {}
    used: dict[str, list[str]] = {}
    rows = (tables.recipes[name].tolist() for name in ("technology", "commodity", "rate"))
    for technology, good, rate in zip(*rows, strict=True):
        if rate > 0:
            made.setdefault(technology, []).append(good)
        elif rate < 0:
            used.setdefault(technology, []).append(good)
    columns = (tables.processes[name].tolist() for name in ("site", "technology", "status"))
    placed = dict.fromkeys(
        (site, technology)
        for site, technology, status in zip(*columns, strict=True)
        if site != EVERY_SITE and status != "forbidden"
    )
    outputs, inputs = (
        [(site, good) for site, technology in placed for good in goods.get(technology, ())]
        for goods in (made, used)
    )
    return outputs, inputs


def _market_ends(markets: pd.DataFrame) -> tuple[list[Pair], list[Pair]]:
    """What sites buy themselves (they give it) and sell, vent or dispose of (they take it)."""
    own = markets["site"].to_numpy() != EVERY_SITE
    buys = markets["direction"].to_numpy() == "buy"
    return _pairs(markets, own & buys), _pairs(markets, own & ~buys)


def _carriers_at(commodities: pd.DataFrame, heat: list[Pair]) -> list[Pair]:
    """Every carrier at every site where ``heat`` has the cascade's own heat.

    A carrier is a commodity of kind heat with a temperature; without one it is the
    cascade's own heat.
    """
    is_heat = commodities["kind"].to_numpy() == "heat"
    if not is_heat.any():
        return []
    ids, bare = commodities["id"].to_numpy(), commodities["temperature"].isna().to_numpy()
    own_heat = set(ids[is_heat & bare].tolist())
    sites = dict.fromkeys(site for site, good in heat if good in own_heat)
    return [(site, carrier) for site in sites for carrier in ids[is_heat & ~bare].tolist()]
