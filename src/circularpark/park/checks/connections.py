"""What can reach whom: sites that take no part, demands nobody can meet, offers with no way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import Number, among, blank, looked_up, repeated
from circularpark.park.checks.cells import by_id, found, number, rows_of, text
from circularpark.park.columns import or_else

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.draft import Draft


@dataclass(frozen=True)
class Flows:
    """Who gives or takes what: (n,) site, commodity, gives, most an hour, at a market."""

    site: np.ndarray
    commodity: np.ndarray
    gives: np.ndarray
    most: np.ndarray
    market: np.ndarray


def things_can_reach_each_other(draft: Draft) -> Iterator[Finding]:
    """Sites take part, demands can be met, and what must be used has a way out."""
    who = _who(draft)
    yield from _sites(draft, who)
    yield from _demands(draft, who)
    yield from _offers(draft, who)


def _sites(draft: Draft, who: Flows) -> Iterator[Finding]:
    """Every site has rows, and shares a commodity with another site or a market."""
    sites = rows_of(draft, "sites")
    ids = text(sites, "id").tolist()
    links = rows_of(draft, "links")
    linked = {*text(links, "from").tolist(), *text(links, "to").tolist()}
    taking_part = set(who.site.tolist()) | linked
    if "*" not in text(rows_of(draft, "processes"), "site").tolist():
        idle = [bool(name) and name not in taking_part for name in ids]
        yield from found(sites, np.array(idle, dtype=bool), "checks.idle_site", "id", "warning")
    # Who has which commodity, each once.
    pairs = {*zip(who.site.tolist(), who.commodity.tolist(), strict=True)}
    shared = Counter(good for site, good in pairs if site != "*")
    open_goods = {good for site, good in pairs if site == "*"}
    own = {site for site, _ in pairs if site != "*"}
    joined = {s for s, good in pairs if s != "*" and (shared[good] > 1 or good in open_goods)}
    joined |= linked | set(who.site[who.market].tolist())
    if len(set(ids)) > 1:
        alone = [name in own and name not in joined for name in ids]
        yield from found(sites, np.array(alone, dtype=bool), "checks.lone_site", "id", "warning")


def _demands(draft: Draft, who: Flows) -> Iterator[Finding]:
    """No commodity is wanted more than everything that could ever supply it."""
    demands = rows_of(draft, "demands")
    if not len(demands):
        return
    most: dict[str, float] = {}
    for good, amount in zip(
        who.commodity[who.gives].tolist(), who.most[who.gives].tolist(), strict=True
    ):
        most[good] = most.get(good, 0.0) + amount
    wanted = or_else(_hourly(draft, demands), 0.0)
    goods = text(demands, "commodity")
    sums: dict[str, float] = {}
    for good, amount in zip(goods.tolist(), wanted.tolist(), strict=True):
        sums[good] = sums.get(good, 0.0) + amount
    total, supply = looked_up(goods, sums), looked_up(goods, most)
    paid = ~blank(number(demands, "unmet_cost"))
    # Heat also comes through the cascade, from other heat and by carriers: heat.py judges it.
    commodities = rows_of(draft, "commodities")
    heat = set(text(commodities, "id")[text(commodities, "kind") == "heat"].tolist())
    judged = ~repeated(goods) & (goods != "") & ~among(goods, heat) & ~paid
    nobody = blank(supply) & judged
    yield from found(demands, nobody, "checks.no_supply", "commodity", "warning", commodity=goods)
    short = (total > supply * (1 + 1e-9)) & judged
    told = {"commodity": goods, "total": total, "most": supply}
    yield from found(demands, short, "checks.short_supply", "amount", "warning", **told)


def _offers(draft: Draft, who: Flows) -> Iterator[Finding]:
    """What must be used has somewhere in the park that can take it."""
    streams = rows_of(draft, "streams")
    if not len(streams):
        return
    commodities = rows_of(draft, "commodities")
    goods, rule = text(streams, "commodity"), text(streams, "surplus")
    ids = set(text(commodities, "id").tolist())
    own, kind = (by_id(commodities, text(commodities, name)) for name in ("surplus", "kind"))
    rule = np.where(rule != "", rule, looked_up(goods, own, ""))
    free = (rule == "free") | ((rule == "") & (looked_up(goods, kind, "") == "heat"))
    takers = set(who.commodity[~who.gives].tolist())
    stuck = ~free & (goods != "") & among(goods, ids) & ~among(goods, takers)
    yield from found(streams, stuck, "checks.no_way_out", "commodity", "warning", commodity=goods)


def _who(draft: Draft) -> Flows:
    """Who can give or take what, and at most how much an hour (``inf``: no end)."""
    parts = [
        _side(draft, "streams", gives=True),
        _side(draft, "demands", gives=False),
        *_both(draft, "storages", 0.0),
        *_both(draft, "operations", np.inf),
        _markets(draft),
        _processes(draft),
    ]
    return Flows(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Flows))
    )


def _side(draft: Draft, table: str, *, gives: bool) -> Flows:
    frame = rows_of(draft, table)
    return _flows(frame, gives, or_else(_hourly(draft, frame), np.inf))


def _both(draft: Draft, table: str, most: float) -> tuple[Flows, Flows]:
    """A store only moves an amount in time; an operation gives back what it takes."""
    frame = rows_of(draft, table)
    return _flows(frame, True, most), _flows(frame, False, most)


def _markets(draft: Draft) -> Flows:
    frame = rows_of(draft, "markets")
    most = or_else(number(frame, "max"), np.inf)
    yearly = or_else(number(frame, "max_per_year"), np.inf) / _hours_of_year(draft)
    gives = text(frame, "direction") == "buy"
    return _flows(frame, gives, np.minimum(most, yearly), market=True)


def _processes(draft: Draft) -> Flows:
    frame = rows_of(draft, "processes")
    recipes = rows_of(draft, "recipes")
    rows_by_technology: dict[str, list[int]] = {}
    for place, technology in enumerate(text(recipes, "technology").tolist()):
        rows_by_technology.setdefault(technology, []).append(place)
    pairs = [
        (number_of_plant, own_row)
        for number_of_plant, technology in enumerate(text(frame, "technology").tolist())
        for own_row in rows_by_technology.get(technology, ())
    ]
    plant, row = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    allowed = (text(frame, "status") != "forbidden")[plant]
    plant, row = plant[allowed], row[allowed]
    size = or_else(or_else(number(frame, "capacity_max"), number(frame, "capacity")), np.inf)
    rate = or_else(number(recipes, "rate"), 0.0)[row]
    with np.errstate(invalid="ignore"):
        most = size[plant] * np.abs(rate)
    # Nothing of what has no end is nothing to add.
    known = (text(recipes, "formula") == "")[row]
    return Flows(
        text(frame, "site")[plant],
        text(recipes, "commodity")[row],
        rate > 0,
        np.where(known, np.nan_to_num(most, nan=0.0, posinf=np.inf), np.inf),
        np.zeros(len(row), dtype=bool),
    )


def _flows(
    frame: pd.DataFrame, gives: np.ndarray | bool, most: np.ndarray | float, *, market: bool = False
) -> Flows:
    count = len(frame)
    return Flows(
        text(frame, "site"),
        text(frame, "commodity"),
        np.broadcast_to(gives, count),
        np.broadcast_to(most, count),
        np.full(count, market),
    )


def _hourly(draft: Draft, frame: pd.DataFrame) -> Number:
    """Amounts as an average rate per hour; NaN where a profile alone gives the rates."""
    amount = number(frame, "amount")
    yearly = text(frame, "_per") == "a"
    return np.where(yearly, amount / _hours_of_year(draft), amount)


def _hours_of_year(draft: Draft) -> float:
    hours = draft.settings.operating_hours if draft.settings.mode == "annual" else 8760.0
    return hours if hours and hours > 0 else 8760.0
