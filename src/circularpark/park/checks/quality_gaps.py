"""Properties that a sink limits and a source that can reach it does not tell.

Reachable is what stands at one site, what a links row joins, and what a transport may join by the
straight way and its detour. Ways along corridors are looked at where candidate links are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import Mask, blank, repeated
from circularpark.park.checks.cells import finding_at, flag, number, rows_of, text
from circularpark.park.columns import or_else
from circularpark.park.geo import metres_between
from circularpark.park.patterns import parts_of

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

EVERY_SITE: Final = "*"
DETOUR: Final = 1.3
# How names of properties say the basis that they are told on.
BASIS: Final = re.compile(r"[\s_(（]*(?:dry|wet|as received|ar|干基|湿基|收到基)[)）]?\s*$")


def limited_properties_are_known(draft: Draft) -> Iterator[Finding]:
    """What a sink limits, every source that can reach it says: unknown is never taken as zero."""
    if not len(rows_of(draft, "quality")) and not len(rows_of(draft, "operations")):
        return
    sources, told = _sources(draft)
    limits = _limits(draft, {(good, name) for _, good, name in told})
    limited = {good: {name for _, _, name in own} for good, own in limits.items()}
    says: dict[tuple[str, str], set[str]] = {}
    for item, good, name in told:
        says.setdefault((item, good), set()).add(name)
    ways: _Ways | None = None
    blamed: set[tuple[str, str]] = set()
    for source in sources:
        item, good = source.item, source.commodity
        silent = limited.get(good, set()) - says.get((item, good), set())
        for sink, place, name in limits[good] if silent else ():
            if name not in silent or (item, name) in blamed or item == sink:
                continue
            ways = ways or _Ways(draft)
            if not ways.join(source.site, place, good):
                continue
            blamed.add((item, name))
            other = [p for i, _, p in told if i == item and p != name and _plain(p) == _plain(name)]
            code = "checks.other_basis" if other else "physics.property_unknown"
            values = {"item": item, "property": name, "sink": sink}
            values["other"] = other[0] if other else ""
            yield finding_at(rows_of(draft, source.table), source.at, code, "id", values=values)


def _plain(name: str) -> str:
    """The property without the words for its basis."""
    return BASIS.sub("", name).strip()


def inputs_of_a_group_tell_alike(draft: Draft) -> Iterator[Finding]:
    """Of inputs that stand for each other all tell what a limit on their mix speaks of, or none.

    An input that tells nothing takes no part in the mix; where the limit counts against a product
    it would be counted as bringing nothing.
    """
    frame = rows_of(draft, "quality")
    limited = ~blank(number(frame, "min")) | ~blank(number(frame, "max"))
    asks = limited & (text(frame, "commodity") == "")
    if not asks.any():
        return
    known = {(good, name) for _, good, name in _sources(draft)[1]}
    plants = rows_of(draft, "processes")
    of = dict(zip(text(plants, "id"), text(plants, "technology"), strict=True))
    recipes = rows_of(draft, "recipes")
    taken = (number(recipes, "rate") < 0) & (text(recipes, "group") != "")
    groups: dict[str, dict[str, list[str]]] = {}
    columns = (text(recipes, c)[taken] for c in ("technology", "group", "commodity"))
    for technology, group, good in zip(*columns, strict=True):
        groups.setdefault(technology, {}).setdefault(group, []).append(good)
    cells = (text(frame, c)[asks] for c in ("item", "property", "per"))
    for place, item, name, per in zip(np.flatnonzero(asks).tolist(), *cells, strict=True):
        for goods in groups.get(of.get(item, item), {}).values():
            silent = sorted({g for g in goods if (g, name) not in known})
            if silent and len(silent) < len(set(goods)):
                values = {"item": item, "property": name, "inputs": ", ".join(silent)}
                if per:
                    yield finding_at(frame, place, "checks.silent_input", "property", values=values)
                else:
                    code = "checks.left_out_input"
                    yield finding_at(frame, place, code, "property", "warning", values)


class Entry(NamedTuple):
    """What a thing gives or takes: its table and row, site and commodity, and its technology."""

    table: str
    at: int
    item: str
    site: str
    commodity: str
    technology: str = ""


def _sources(draft: Draft) -> tuple[list[Entry], list[tuple[str, str, str]]]:
    """Every source with its place, and the (item, commodity, property) that are told."""
    operations = rows_of(draft, "operations")
    sources = [
        *_placed(draft, "streams"),
        *_placed(draft, "markets", text(rows_of(draft, "markets"), "direction") == "buy"),
        *_placed(draft, "operations", ~repeated(text(operations, "id"))),
        *_of_processes(draft, gives=True),
    ]
    frame = rows_of(draft, "quality")
    has = ~blank(number(frame, "value")) | ~blank(number(frame, "removal"))
    said: dict[str, list[tuple[str, str]]] = {}
    cells = (text(frame, c)[has] for c in ("item", "commodity", "property"))
    for item, good, name in zip(*cells, strict=True):
        said.setdefault(item, []).append((good, name))
    told = [
        (source.item, source.commodity, name)
        for source in sources
        for own in dict.fromkeys((source.item, source.technology))
        for which, name in said.get(own, ())
        if which in ("", source.commodity)
    ]
    capped = ~blank(number(operations, "max_out"))
    columns = (text(operations, c)[capped] for c in ("id", "commodity", "property"))
    return sources, told + list(zip(*columns, strict=True))


def _limits(
    draft: Draft, known: set[tuple[str, str]]
) -> dict[str, dict[tuple[str, str, str], None]]:
    """Every limit of a sink by commodity: sink, place, property.

    known : commodities and properties that some source tells
    """
    frame = rows_of(draft, "quality")
    asks = ~blank(number(frame, "min")) | ~blank(number(frame, "max"))
    asked: dict[str, list[tuple[str, str]]] = {}
    cells = (text(frame, c)[asks] for c in ("item", "commodity", "property"))
    for item, which, name in zip(*cells, strict=True):
        asked.setdefault(item, []).append((which, name))
    found: dict[str, dict[tuple[str, str, str], None]] = {}

    def limit(sink: Entry, name: str) -> None:
        found.setdefault(sink.commodity, {})[sink.item, sink.site, name] = None

    sells = text(rows_of(draft, "markets"), "direction") != "buy"
    for sink in (*_placed(draft, "demands"), *_placed(draft, "markets", sells)):
        for _, name in asked.get(sink.item, ()):
            limit(sink, name)
    made = list(_of_processes(draft, gives=False))
    for key in ("item", "technology"):
        for sink in made:
            for which, name in asked.get(getattr(sink, key), ()):
                if which == sink.commodity or (not which and (sink.commodity, name) in known):
                    limit(sink, name)
    loads = rows_of(draft, "operations")
    limited = ~blank(number(loads, "max_in")) | ~blank(number(loads, "max_out"))
    names = text(loads, "property")
    for sink in _placed(draft, "operations", limited):
        limit(sink, names[sink.at])
    return found


def _placed(draft: Draft, table: str, where: Mask | None = None) -> Iterator[Entry]:
    """Rows of a table with their places."""
    frame = rows_of(draft, table)
    rows = range(len(frame)) if where is None else np.flatnonzero(where).tolist()
    item, site, good = (text(frame, name) for name in ("id", "site", "commodity"))
    return (Entry(table, row, item[row], site[row], good[row]) for row in rows)


def _of_processes(draft: Draft, *, gives: bool) -> Iterator[Entry]:
    """Outputs or inputs of the processes that may run."""
    recipes = rows_of(draft, "recipes")
    rate = number(recipes, "rate")
    goods: dict[str, list[str]] = {}
    cells = (text(recipes, c)[rate > 0 if gives else rate < 0] for c in ("technology", "commodity"))
    for technology, good in zip(*cells, strict=True):
        goods.setdefault(technology, []).append(good)
    frame = rows_of(draft, "processes")
    runs = np.flatnonzero(text(frame, "status") != "forbidden").tolist()
    item, site, uses = (text(frame, name) for name in ("id", "site", "technology"))
    for row in runs:
        for good in goods.get(uses[row], ()):
            yield Entry("processes", row, item[row], site[row], good, uses[row])


class _Ways:
    """Which sites a commodity may go between."""

    def __init__(self, draft: Draft) -> None:
        sites = rows_of(draft, "sites")
        place = zip(number(sites, "lon"), number(sites, "lat"), strict=True)
        self.place = dict(zip(text(sites, "id"), place, strict=True))
        links = rows_of(draft, "links")
        self.links: set[tuple[str, str, str]] = set()
        columns = [text(links, c) for c in ("from", "to", "commodity")]
        shut = text(links, "status") == "forbidden"
        for start, end, good, back, no in zip(
            *columns, flag(links, "bidirectional"), shut, strict=True
        ):
            if not no:
                self.links.add((start, end, good))
                if back:
                    self.links.add((end, start, good))
        transports = rows_of(draft, "transports")
        own = text(transports, "_origin") != "catalogue"
        detour = np.maximum(or_else(number(transports, "detour"), DETOUR), 1e-9)
        self.reach: dict[str, float] = {}
        most = number(transports, "max_km") / detour
        for goods, km in zip(text(transports, "commodity")[own], most[own], strict=True):
            for good in parts_of(goods):
                if not np.isnan(km):
                    self.reach[good] = max(self.reach.get(good, 0.0), float(km))

    def join(self, start: str, end: str, good: str) -> bool:
        """Whether the commodity may come from one site to the other."""
        if EVERY_SITE in (start, end) or start == end or (start, end, good) in self.links:
            return True
        if start not in self.place or end not in self.place or good not in self.reach:
            return False
        (lon, lat), (other_lon, other_lat) = self.place[start], self.place[end]
        metres = metres_between(*(np.array([v]) for v in (lon, lat, other_lon, other_lat)))
        return bool(metres[0] / 1000 <= self.reach[good])
