"""Which site gives which commodity, and which takes it: the ends of every candidate link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from circularpark.park.model import Tables

EVERY_SITE = "*"
_PAIR = ["site", "commodity"]


def ends(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who gives and who takes: two tables ``[site, commodity]`` without repeats.

    A site gives (takes) what a stream (demand), an output (input) of a process, an
    operation, a storage or a market of its own gives (takes). A ``*`` market makes no
    site a giver or taker; neither does anything forbidden. A carrier is also given where
    the site's cascade has a hot stream or heat row, and taken where it has a cold one.
    """
    made, used = _recipe_ends(tables)
    stored = _pairs(_allowed(tables.storages))
    operated = _pairs(tables.operations)
    bought, parted = _market_ends(tables.markets)
    hot = _carriers_at(tables.commodities, [_pairs(tables.streams), made])
    cold = _carriers_at(tables.commodities, [_pairs(tables.demands), used])
    giving = [_pairs(tables.streams), made, stored, operated, bought, hot]
    taking = [_pairs(tables.demands), used, stored, operated, parted, cold]
    return _distinct(giving), _distinct(taking)


def _allowed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["status"] != "forbidden"]


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[_PAIR]


def _distinct(parts: list[pd.DataFrame]) -> pd.DataFrame:
    together = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    named = (together["site"] != "") & (together["commodity"] != "")
    return together[named].drop_duplicates(ignore_index=True)


def _recipe_ends(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outputs and inputs of the processes that may run, at their sites."""
    placed = _allowed(tables.processes)[["site", "technology"]].drop_duplicates()
    rows = tables.recipes[["technology", "commodity", "rate"]]
    standing = placed[placed["site"] != EVERY_SITE].merge(rows, on="technology")
    return _pairs(standing[standing["rate"] > 0]), _pairs(standing[standing["rate"] < 0])


def _market_ends(markets: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What sites buy themselves (they give it) and sell, vent or dispose of (they take it)."""
    own = markets[markets["site"] != EVERY_SITE]
    buys = own["direction"] == "buy"
    return _pairs(own[buys]), _pairs(own[~buys])


def _carriers_at(commodities: pd.DataFrame, heat: list[pd.DataFrame]) -> pd.DataFrame:
    """Every carrier at every site where ``heat`` has the cascade's own heat.

    A carrier is a commodity of kind heat with a temperature; without one it is the
    cascade's own heat.
    """
    is_heat = commodities["kind"] == "heat"
    is_carrier = is_heat & commodities["temperature"].notna()
    own_heat = set(commodities.loc[is_heat & ~is_carrier, "id"])
    together = pd.concat(heat, ignore_index=True)
    sites = together.loc[together["commodity"].isin(own_heat), ["site"]].drop_duplicates()
    carriers = commodities.loc[is_carrier, ["id"]].rename(columns={"id": "commodity"})
    return _pairs(sites.merge(carriers, how="cross"))
