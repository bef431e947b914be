"""Names: every id stands once, and every name a row uses exists."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.arrays import Mask, Text, among
from circularpark.park.checks.cells import (
    THINGS,
    filled,
    finding_at,
    flag,
    found,
    profile_names,
    rows_of,
    text,
)
from circularpark.park.patterns import parts_of
from circularpark.park.schema import tables

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

# What makes a row of a table the same row: the id, and where one id has several rows the rest.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "sites": ("id",),
    "corridors": ("id",),
    "commodities": ("id",),
    "technologies": ("id",),
    "transports": ("id", "commodity"),
    "measures": ("id",),
    "limits": ("id",),
    "operations": ("id", "property"),
}
BUILT_IN: Final[frozenset[str]] = frozenset(
    ["co2", "cost", "capex", "energy", "coal", "water", "waste", "land", "virgin", "avoided"]
)
FORBIDDEN_SIGNS: Final = re.compile(r"[/:*?\[\]@]")
LONGEST_ID: Final = 64
NEAR_ENOUGH: Final = 0.6


@dataclass(frozen=True)
class Reference:
    """A column whose cells name rows of other tables."""

    table: str
    column: str
    targets: tuple[str, ...]
    star: bool = False
    several: bool = False


@cache
def references() -> tuple[Reference, ...]:
    """Every column that ``tables.toml`` declares as naming rows of other tables."""
    return tuple(
        Reference(table.name, column.name, column.refers, column.star, column.type == "list")
        for table in tables().values()
        for column in table.columns.values()
        if column.refers
    )


def ids_stand_once(draft: Draft) -> Iterator[Finding]:
    """Ids are unique over all things together, and in every other table by itself."""
    for table, frame in filled(draft, KEYS):
        first: dict[tuple[str, ...], int] = {}
        keys = zip(*(text(frame, part).tolist() for part in KEYS[table]), strict=True)
        for row, one in enumerate(keys):
            if one[0] and first.setdefault(one, row) != row:
                values = {"first": _place(frame, first[one])}
                yield finding_at(frame, row, "checks.duplicate_id", "id", values=values)
    yield from _things_stand_once(draft)


def _place(frame: pd.DataFrame, row: int) -> str:
    return f"{text(frame, '_file')[row]}:{text(frame, '_row')[row]}"


def _things_stand_once(draft: Draft) -> Iterator[Finding]:
    seen: dict[str, tuple[str, int]] = {}
    for table, frame in filled(draft, THINGS):
        own: set[str] = set()
        for row, name in enumerate(text(frame, "id").tolist()):
            # An operation has a row for each property that it loads.
            if not name or (table == "operations" and name in own):
                continue
            own.add(name)
            first = seen.setdefault(name, (table, row))
            if first != (table, row):
                values = {"first": _place(rows_of(draft, first[0]), first[1])}
                yield finding_at(frame, row, "checks.duplicate_id", "id", values=values)


def ids_differ_visibly(draft: Draft) -> Iterator[Finding]:
    """No two ids of one kind differ only in case, spaces or character width."""
    groups: list[tuple[str, ...]] = [THINGS, *((table,) for table in KEYS if table != "operations")]
    for together in groups:
        seen: dict[str, str] = {}
        for _, frame in filled(draft, together):
            own: set[str] = set()
            for row, name in enumerate(text(frame, "id").tolist()):
                if not name or name in own:
                    continue
                own.add(name)
                other = seen.setdefault(_folded(name), name)
                if other != name:
                    values = {"other": other}
                    yield finding_at(frame, row, "checks.look_alike_id", "id", values=values)


def _folded(name: str) -> str:
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return "".join(plain.casefold().split())


def _loose(name: str) -> str:
    return re.sub(r"[_\-]+", "", _folded(name))


def ids_are_plain(draft: Draft) -> Iterator[Finding]:
    """Ids hold none of the signs that paths, patterns and generated ids use."""
    for _, frame in filled(draft, (*THINGS, *(t for t in KEYS if t != "operations"))):
        ids = text(frame, "id").tolist()
        signs = np.array([FORBIDDEN_SIGNS.search(name) is not None for name in ids], dtype=bool)
        yield from found(frame, signs, "checks.illegal_id", "id")
        long = np.array([len(name) > LONGEST_ID for name in ids], dtype=bool)
        yield from found(frame, long, "checks.long_id", "id", longest=LONGEST_ID)


def names_exist(draft: Draft) -> Iterator[Finding]:
    """Every site, commodity, technology, transport and profile that a row names is there."""
    for reference in references():
        frame = rows_of(draft, reference.table)
        cells = text(frame, reference.column).tolist() if len(frame) else ()
        if not any(cells):
            continue
        known = known_names(draft, reference.targets)
        for row, cell in enumerate(cells):
            if not cell or (reference.star and cell == "*"):
                continue
            for name in parts_of(cell) if reference.several else [cell]:
                if name not in known:
                    yield unknown(frame, row, reference.column, name, reference.targets, known)


def known_names(draft: Draft, tables: Collection[str]) -> set[str]:
    """All ids of these tables (for ``profiles``: the column names)."""
    names: set[str] = set()
    for table in tables:
        if table == "profiles":
            names |= profile_names(draft)
        else:
            names |= set(text(rows_of(draft, table), "id").tolist())
        if table == "measures":
            names |= BUILT_IN
    return names - {""}


def unknown(
    frame: pd.DataFrame,
    row: int,
    column: str,
    name: str,
    tables: Collection[str],
    known: Collection[str],
) -> Finding:
    """The finding for a name that no row has, with the nearest name that one has."""
    near = nearest(name, known)
    values = {
        "name": name,
        "where": ", ".join(tables),
        "near": near,
        "known": ", ".join(sorted(known)[:8]) or "-",
    }
    code = "checks.unknown_near" if near else "checks.unknown"
    return finding_at(frame, row, code, column, values=values)


def nearest(name: str, known: Collection[str]) -> str:
    """The known name most like ``name``, or ""."""
    folded = {_loose(k): k for k in sorted(known)}
    close = difflib.get_close_matches(_loose(name), list(folded), n=1, cutoff=NEAR_ENOUGH)
    return folded[close[0]] if close else ""


def links_join_two_sites(draft: Draft) -> Iterator[Finding]:
    """A link goes from one site to another, and a two-way one stands once."""
    for _, frame in filled(draft, ("links",)):
        start, end = text(frame, "from"), text(frame, "to")
        same = (start != "") & (start == end)
        yield from found(frame, same, "checks.self_link", "to", site=start)
        yield from _both_ways(draft, frame, start, end)


def _both_ways(draft: Draft, frame: pd.DataFrame, start: Text, end: Text) -> Iterator[Finding]:
    ids = text(frame, "id")
    rest = text(frame, "commodity") + "@" + text(frame, "transport")
    two_way = _two_way(draft, frame)
    there, back = (one + "@" + other + "@" + rest for one, other in ((start, end), (end, start)))
    first: dict[str, int] = {}
    for row in np.flatnonzero(start != end).tolist():
        other = first.get(back[row])
        if other is not None and (two_way[row] or two_way[other]):
            values = {"other": ids[other]}
            yield finding_at(frame, row, "checks.both_ways", "to", "warning", values)
        first[there[row]] = row


def _two_way(draft: Draft, frame: pd.DataFrame) -> Mask:
    """Which links are two-way: by their own cell, else by their transport's."""
    transports = rows_of(draft, "transports")
    by_transport = set(text(transports, "id")[flag(transports, "bidirectional")].tolist())
    own = text(frame, "bidirectional")
    inherited = among(text(frame, "transport"), by_transport)
    two_way: Mask = flag(frame, "bidirectional") | ((own == "") & inherited)
    return two_way


def companies_are_known(draft: Draft) -> Iterator[Finding]:
    """A folder ``companies/<id>`` and a record's company name a company of the sites table."""
    sites = rows_of(draft, "sites")
    names = text(sites, "company")
    known = set(np.where(names != "", names, text(sites, "id")).tolist()) - {""}
    if not known:
        return
    told: set[str] = set()
    shown = ", ".join(sorted(known)[:8])
    for _, frame in filled(draft, draft.raw):
        owners = text(frame, "_owner")
        for row in np.flatnonzero((owners != "") & ~among(owners, known)).tolist():
            if owners[row] not in told:
                told.add(owners[row])
                values = {"company": owners[row], "known": shown}
                yield finding_at(frame, row, "checks.unknown_owner", None, "warning", values)
    for _, records in filled(draft, ("records",)):
        company = text(records, "company")
        strange = (company != "") & ~among(company, known)
        code = "checks.unknown_company"
        yield from found(records, strange, code, "company", "warning", known=shown)
