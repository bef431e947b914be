"""What can reach whom: sites that take no part, demands nobody can meet, offers with no way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import found, number, rows_of, text

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

GIVES: Final = "gives"
TAKES: Final = "takes"


def things_can_reach_each_other(draft: Draft) -> Iterator[Finding]:
    """Sites take part, demands can be met, and what must be used has a way out."""
    who = _who(draft)
    yield from _sites(draft, who)
    yield from _demands(draft, who)
    yield from _offers(draft, who)


def _sites(draft: Draft, who: pd.DataFrame) -> Iterator[Finding]:
    """Every site has rows, and shares a commodity with another site or a market."""
    sites = rows_of(draft, "sites")
    if sites.empty:
        return
    ids = text(sites, "id")
    links = rows_of(draft, "links")
    linked = set(text(links, "from")) | set(text(links, "to"))
    idle = (ids != "") & ~ids.isin(set(who["site"]) | linked)
    if not (text(rows_of(draft, "processes"), "site") == "*").any():
        yield from found(sites, idle, "checks.idle_site", "id", "warning")
    own = who[who["site"] != "*"]
    open_goods = set(who.loc[who["site"] == "*", "commodity"])
    market_sites = set(own.loc[own["market"], "site"])
    shared = own.groupby("commodity")["site"].transform("nunique") > 1
    joined = set(own.loc[shared | own["commodity"].isin(open_goods), "site"])
    alone = ids.isin(set(own["site"])) & ~ids.isin(joined | linked | market_sites)
    if ids.nunique() > 1:
        yield from found(sites, alone, "checks.lone_site", "id", "warning")


def _demands(draft: Draft, who: pd.DataFrame) -> Iterator[Finding]:
    """No commodity is wanted more than everything that could ever supply it."""
    demands = rows_of(draft, "demands")
    if demands.empty:
        return
    most = who[who["side"] == GIVES].groupby("commodity")["most"].sum()
    wanted = _hourly(draft, demands)
    goods = text(demands, "commodity")
    total = wanted.fillna(0.0).groupby(goods).transform("sum")
    supply = goods.map(most).astype("float64")
    paid = number(demands, "unmet_cost").notna()
    # Heat also comes through the cascade, from other heat and by carriers: heat.py judges it.
    commodities = rows_of(draft, "commodities")
    heat = set(text(commodities, "id")[text(commodities, "kind") == "heat"])
    first = ~goods.duplicated() & (goods != "") & ~goods.isin(heat)
    nobody = supply.isna() & first & ~paid
    yield from found(demands, nobody, "checks.no_supply", "commodity", "warning", commodity=goods)
    short = (total > supply * (1 + 1e-9)) & first & ~paid
    yield from found(
        demands,
        short,
        "checks.short_supply",
        "amount",
        "warning",
        commodity=goods,
        total=total,
        most=supply,
    )


def _offers(draft: Draft, who: pd.DataFrame) -> Iterator[Finding]:
    """What must be used has somewhere in the park that can take it."""
    streams = rows_of(draft, "streams")
    commodities = rows_of(draft, "commodities")
    goods = text(streams, "commodity")
    rule = text(streams, "surplus")
    ids = text(commodities, "id")
    own = pd.Series(text(commodities, "surplus").to_numpy(), index=pd.Index(ids.to_numpy()))
    kind = pd.Series(text(commodities, "kind").to_numpy(), index=pd.Index(ids.to_numpy()))
    own, kind = own[~own.index.duplicated()], kind[~kind.index.duplicated()]
    rule = rule.where(rule != "", goods.map(own).fillna(""))
    free = (rule == "free") | ((rule == "") & (goods.map(kind) == "heat"))
    takers = set(who.loc[who["side"] == TAKES, "commodity"])
    stuck = ~free & (goods != "") & goods.isin(set(ids)) & ~goods.isin(takers)
    yield from found(streams, stuck, "checks.no_way_out", "commodity", "warning", commodity=goods)


def _who(draft: Draft) -> pd.DataFrame:
    """Who can give or take what, and at most how much an hour (``inf``: no end)."""
    parts = [
        _side(draft, "streams", GIVES),
        _side(draft, "demands", TAKES),
        _storages(draft, GIVES),
        _storages(draft, TAKES),
        _operations(draft, GIVES),
        _operations(draft, TAKES),
        _markets(draft),
        _processes(draft),
    ]
    columns = ["site", "commodity", "side", "most", "market"]
    return pd.concat([p[columns] for p in parts], ignore_index=True)


def _side(draft: Draft, table: str, side: str) -> pd.DataFrame:
    frame = rows_of(draft, table)
    most = _hourly(draft, frame).fillna(np.inf)
    return _flows(text(frame, "site"), text(frame, "commodity"), side, most)


def _storages(draft: Draft, side: str) -> pd.DataFrame:
    # A store only moves an amount in time, so it adds nothing to what can be supplied.
    frame = rows_of(draft, "storages")
    nothing = pd.Series(np.zeros(len(frame)), index=frame.index)
    return _flows(text(frame, "site"), text(frame, "commodity"), side, nothing)


def _operations(draft: Draft, side: str) -> pd.DataFrame:
    # An operation gives back what it takes, as much as its load asks for.
    frame = rows_of(draft, "operations")
    endless = pd.Series(np.full(len(frame), np.inf), index=frame.index)
    return _flows(text(frame, "site"), text(frame, "commodity"), side, endless)


def _markets(draft: Draft) -> pd.DataFrame:
    frame = rows_of(draft, "markets")
    side = (text(frame, "direction") == "buy").map({True: GIVES, False: TAKES})
    most = number(frame, "max").fillna(np.inf)
    yearly = number(frame, "max_per_year").fillna(np.inf) / _hours_of_year(draft)
    most = most.where(most < yearly, yearly)
    return _flows(text(frame, "site"), text(frame, "commodity"), side, most, market=True)


def _processes(draft: Draft) -> pd.DataFrame:
    frame = rows_of(draft, "processes")
    recipes = rows_of(draft, "recipes")
    forbidden = text(frame, "status") == "forbidden"
    plants = pd.DataFrame(
        {
            "technology": text(frame, "technology"),
            "site": text(frame, "site"),
            "size": number(frame, "capacity_max").fillna(number(frame, "capacity")).fillna(np.inf),
        }
    )[~forbidden]
    rows = pd.DataFrame(
        {
            "technology": text(recipes, "technology"),
            "commodity": text(recipes, "commodity"),
            "rate": number(recipes, "rate").fillna(0.0),
            "formula": text(recipes, "formula"),
        }
    )
    joined = plants.merge(rows, on="technology")
    side = (joined["rate"] > 0).map({True: GIVES, False: TAKES})
    known = joined["formula"] == ""
    most = (joined["size"] * joined["rate"].abs()).where(known, np.inf)
    return _flows(joined["site"], joined["commodity"], side, most)


def _flows(
    site: pd.Series,
    commodity: pd.Series,
    side: pd.Series | str,
    most: pd.Series,
    *,
    market: bool = False,
) -> pd.DataFrame:
    frame = pd.DataFrame({"site": site, "commodity": commodity, "most": most})
    return frame.assign(side=side, market=market)


def _hourly(draft: Draft, frame: pd.DataFrame) -> pd.Series:
    """Amounts as an average rate per hour; NaN where a profile alone gives the rates."""
    amount = number(frame, "amount")
    yearly = text(frame, "_per") == "a"
    return amount.where(~yearly, amount / _hours_of_year(draft))


def _hours_of_year(draft: Draft) -> float:
    hours = draft.settings.operating_hours if draft.settings.mode == "annual" else 8760.0
    return hours if hours and hours > 0 else 8760.0
