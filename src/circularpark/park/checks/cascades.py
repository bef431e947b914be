"""What may be said of heat cascades: how own heat moves, and which matches can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import among, blank
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
    direct = set(text(transports, "id")[flag(transports, "direct")].tolist())
    joins = {
        "transports": flag(transports, "direct"),
        "links": flag(links, "direct") | among(text(links, "transport"), direct),
    }
    for table, frame in (("transports", transports), ("links", links)):
        lists = [[n.strip() for n in cell.split(";")] for cell in text(frame, "commodity").tolist()]
        some = np.array([any(n in own for n in names) for names in lists], dtype=bool)
        every = np.array([all(n in own for n in names) for names in lists], dtype=bool)
        bare = some & ~joins[table]
        if table == "links":
            bare &= ~among(text(frame, "transport"), set(text(transports, "id").tolist()))
        yield from found(frame, bare, "checks.heat_not_direct", "direct")
        yield from found(frame, ~every & joins[table], "checks.direct_not_heat", "commodity")
    stores = rows_of(draft, "storages")
    kept = among(text(stores, "commodity"), own)
    yield from found(stores, kept, "checks.heat_stored", "commodity")
    markets = rows_of(draft, "markets")
    sold = among(text(markets, "commodity"), own) & (text(markets, "direction") == "sell")
    yield from found(markets, sold, "checks.heat_sold", "commodity")


def matches_can_be_kept(draft: Draft) -> Iterator[Finding]:
    """A required match says how much; its ends give and take heat."""
    frame = rows_of(draft, "matches")
    if not len(frame):
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
        known = _carriers(draft) | set(text(rows_of(draft, "processes"), "id").tolist())
        known |= set(text(rows, "id")[among(text(rows, "commodity"), own)].tolist())
        named = text(frame, column)
        wrong = (named != "") & ~among(named, known)
        yield from found(frame, wrong, f"checks.match_{column}", column, item=named)


def _own_heat(draft: Draft) -> set[str]:
    frame = rows_of(draft, "commodities")
    bare = (text(frame, "kind") == "heat") & blank(number(frame, "temperature"))
    return set(text(frame, "id")[bare].tolist()) - {""}


def _carriers(draft: Draft) -> set[str]:
    frame = rows_of(draft, "commodities")
    warm = (text(frame, "kind") == "heat") & ~blank(number(frame, "temperature"))
    return set(text(frame, "id")[warm].tolist()) - {""}
