"""Properties that a sink limits and a source that can reach it does not tell.

Reachable is what stands at one site, what a links row joins, and what a transport may join by the
straight way and its detour. Ways along corridors are looked at where candidate links are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import (
    Text,
    blank,
    finding_at,
    flag,
    listed,
    number,
    or_else,
    repeated,
    rows_of,
    text,
)
from circularpark.park.columns import frame_of
from circularpark.park.geo import metres_between

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
    asked = sources.merge(limits, on="commodity")
    known = set(told)
    triples = zip(asked["item"], asked["commodity"], asked["property"], strict=True)
    open_ones = asked[[triple not in known for triple in triples]]
    if open_ones.empty:
        return
    ways = _Ways(draft)
    blamed: set[tuple[str, str]] = set()
    for row in open_ones.itertuples(index=False):
        item, name = str(row.item), str(row.property)
        joined = ways.join(str(row.site), str(row.place), str(row.commodity))
        if (item, name) in blamed or item == row.sink or not joined:
            continue
        blamed.add((item, name))
        values = {"item": item, "property": name, "sink": row.sink}
        other = [p for i, _, p in told if i == item and p != name and _plain(p) == _plain(name)]
        code = "checks.other_basis" if other else "physics.property_unknown"
        frame = rows_of(draft, str(row.table))
        told_of = {**values, "other": other[0] if other else ""}
        yield finding_at(frame, int(str(row.at)), code, "id", values=told_of)


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


def _sources(draft: Draft) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """Every source with its place, and the (item, commodity, property) that are told."""
    parts = [_placed(draft, "streams"), _placed(draft, "markets", "buy"), _operated(draft)]
    parts.append(_of_processes(draft, gives=True))
    sources = pd.concat(parts, ignore_index=True)
    frame = rows_of(draft, "quality")
    has = ~blank(number(frame, "value")) | ~blank(number(frame, "removal"))
    rows = zip(
        text(frame, "item")[has], text(frame, "commodity")[has], text(frame, "property")[has],
        strict=True,
    )  # fmt: skip
    said: dict[str, list[tuple[str, str]]] = {}
    for item, good, name in rows:
        said.setdefault(item, []).append((good, name))
    told = [
        (str(item), str(good), name)
        for item, technology, good in zip(
            sources["item"], sources["technology"], sources["commodity"], strict=True
        )
        for own in {str(item), str(technology)}
        for which, name in said.get(own, ())
        if which in ("", good)
    ]
    loads = rows_of(draft, "operations")
    capped = ~blank(number(loads, "max_out"))
    columns = (text(loads, c)[capped] for c in ("id", "commodity", "property"))
    return sources, told + list(zip(*columns, strict=True))


def _limits(draft: Draft, known: set[tuple[str, str]]) -> pd.DataFrame:
    """Every limit of a sink: sink, place, commodity, property."""
    frame = rows_of(draft, "quality")
    asks = ~blank(number(frame, "min")) | ~blank(number(frame, "max"))
    rows = frame_of(
        {"item": text(frame, "item"), "which": text(frame, "commodity"),
         "property": text(frame, "property")}
    )[asks]  # fmt: skip
    plain = pd.concat([_placed(draft, "demands"), _placed(draft, "markets", "")], ignore_index=True)
    made = _of_processes(draft, gives=False)
    by_item = plain.merge(rows, on="item")
    own = made.merge(rows, on="item")
    theirs = made.merge(rows.rename(columns={"item": "technology"}), on="technology")
    inputs = pd.concat([own, theirs], ignore_index=True)
    pairs = list(zip(inputs["commodity"], inputs["property"], strict=True))
    named = inputs["which"] == inputs["commodity"]
    mixed = (inputs["which"] == "") & pd.Series([p in known for p in pairs], dtype=bool)
    loads = rows_of(draft, "operations")
    limited = ~blank(number(loads, "max_in")) | ~blank(number(loads, "max_out"))
    of_loads = frame_of(
        {"item": text(loads, "id"), "site": text(loads, "site"),
         "commodity": text(loads, "commodity"), "property": text(loads, "property")}
    )[limited]  # fmt: skip
    whole: pd.DataFrame = pd.concat([by_item, inputs[named | mixed], of_loads], ignore_index=True)
    whole = whole.rename(columns={"item": "sink", "site": "place"})
    return whole[["sink", "place", "commodity", "property"]].drop_duplicates()


def _placed(draft: Draft, table: str, way: str | None = None) -> pd.DataFrame:
    """Rows of a table with their places; of markets those that buy, or with "" all others."""
    frame = rows_of(draft, table)
    entries = _entries(table, frame, text(frame, "commodity"))
    if way is None:
        return entries
    buys = text(frame, "direction") == "buy"
    some: pd.DataFrame = entries[buys if way else ~buys]
    return some


def _operated(draft: Draft) -> pd.DataFrame:
    frame = rows_of(draft, "operations")
    entries = _entries("operations", frame, text(frame, "commodity"))
    first: pd.DataFrame = entries[~repeated(text(frame, "id"))]
    return first


def _entries(table: str, frame: pd.DataFrame, good: Text) -> pd.DataFrame:
    count = len(frame)
    return frame_of(
        {
            "item": text(frame, "id"),
            "site": text(frame, "site"),
            "commodity": good,
            "technology": np.full(count, "", dtype=object),
            "table": np.full(count, table, dtype=object),
            "at": np.arange(count),
        }
    )


def _of_processes(draft: Draft, *, gives: bool) -> pd.DataFrame:
    """Outputs or inputs of the processes that may run."""
    frame = rows_of(draft, "processes")
    plants = _entries("processes", frame, text(frame, "id")).drop(columns="commodity")
    plants["technology"] = pd.Series(text(frame, "technology"), dtype=object)
    plants = plants[text(frame, "status") != "forbidden"]
    recipes = rows_of(draft, "recipes")
    rows = frame_of({name: text(recipes, name) for name in ("technology", "commodity")})
    rate = number(recipes, "rate")
    found: pd.DataFrame = plants.merge(rows[rate > 0 if gives else rate < 0], on="technology")
    return found


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
            for good in listed(goods):
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
