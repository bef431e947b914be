"""What may be said of heat cascades: how own heat moves, and which matches can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import flag, found, number, rows_of, text

if TYPE_CHECKING:
    from circularpark.park.draft import Draft


def own_heat_keeps_its_temperature(draft: Draft) -> Iterator[Finding]:
    """A cascade's own heat is moved by direct lines only, and is neither stored nor sold.

    A direct line, in turn, moves nothing else.
    """
    own = _own_heat(draft)
    transports, links = rows_of(draft, "transports"), rows_of(draft, "links")
    if not own and not flag(transports, "direct").any() and not flag(links, "direct").any():
        return
    direct = set(text(transports, "id")[flag(transports, "direct")])
    joins = {
        "transports": flag(transports, "direct"),
        "links": flag(links, "direct") | text(links, "transport").isin(direct),
    }
    for table, frame in (("transports", transports), ("links", links)):
        goods = text(frame, "commodity")
        lists = goods.str.split(";").map(lambda names: [n.strip() for n in names])
        some = lists.map(lambda names: any(n in own for n in names)).astype(bool)
        every = lists.map(lambda names: all(n in own for n in names)).astype(bool)
        if table == "transports":
            yield from found(frame, some & ~joins[table], "checks.heat_not_direct", "direct")
        else:
            blank = ~joins[table] & some & ~text(frame, "transport").isin(_known(transports))
            yield from found(frame, blank, "checks.heat_not_direct", "direct")
        yield from found(frame, ~every & joins[table], "checks.direct_not_heat", "commodity")
    stores = rows_of(draft, "storages")
    kept = text(stores, "commodity").isin(own)
    yield from found(stores, kept, "checks.heat_stored", "commodity")
    markets = rows_of(draft, "markets")
    sold = text(markets, "commodity").isin(own) & (text(markets, "direction") == "sell")
    yield from found(markets, sold, "checks.heat_sold", "commodity")


def matches_can_be_kept(draft: Draft) -> Iterator[Finding]:
    """A required match says how much; its ends give and take heat."""
    frame = rows_of(draft, "matches")
    if frame.empty:
        return
    required = text(frame, "status") == "required"
    least = number(frame, "min")
    start, end = text(frame, "from"), text(frame, "to")
    yield from found(
        frame, required & ~(least > 0), "checks.match_without_min", "min", start=start, end=end
    )
    barred = (text(frame, "status") == "forbidden") & (least > 0)
    yield from found(frame, barred, "checks.match_forbidden_min", "min", start=start, end=end)
    own = _own_heat(draft)
    for column, table in (("from", "streams"), ("to", "demands")):
        rows = rows_of(draft, table)
        known = _carriers(draft) | set(text(rows_of(draft, "processes"), "id"))
        known |= set(text(rows, "id")[text(rows, "commodity").isin(own)])
        named = text(frame, column)
        wrong = (named != "") & ~named.isin(known)
        yield from found(frame, wrong, f"checks.match_{column}", column, item=named)


def _known(transports: pd.DataFrame) -> set[str]:
    return set(text(transports, "id"))


def _own_heat(draft: Draft) -> set[str]:
    frame = rows_of(draft, "commodities")
    bare = (text(frame, "kind") == "heat") & number(frame, "temperature").isna()
    return set(text(frame, "id")[bare]) - {""}


def _carriers(draft: Draft) -> set[str]:
    frame = rows_of(draft, "commodities")
    warm = (text(frame, "kind") == "heat") & number(frame, "temperature").notna()
    return set(text(frame, "id")[warm]) - {""}
