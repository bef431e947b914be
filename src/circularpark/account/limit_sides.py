"""What a row of limits counts: an amount a year and a rate a period, with their gross sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from circularpark.account.book import Book, Texts, position, texts
from circularpark.account.capital import Lines, all_things, known
from circularpark.account.measures import Account, line_of
from circularpark.account.recipe_rows import recipe_rows
from circularpark.account.terms import OWNERS, Terms, sent_ways
from circularpark.program.time import Floats, Integers

OF_SITES = ("value_added", "area_mu")


@dataclass(frozen=True)
class What:
    """One side of a limit: a measure, or a table; narrowed by item, commodity, site.

    count : how many things of the table stand, not their flow
    """

    measure: str
    table: str
    item: str
    commodity: str
    site: str
    count: bool = False


@dataclass(frozen=True)
class Side:
    """year, year_gross : (B,) a year's own amount; rate, rate_gross : (T,) unit per hour."""

    year: Floats
    year_gross: Floats
    rate: Floats
    rate_gross: Floats


def side(account: Account, what: What) -> Side:
    """The amounts and rates of one side of a limit."""
    book = account.book
    if what.measure in OF_SITES:
        return _of_sites(book, what)
    if what.measure:
        terms = [_narrowed(t, t.chosen(account.counted(t)), what) for t in account.terms
                 if t.measure == what.measure]  # fmt: skip
        lines = [line for line in account.lines if line.measure == what.measure]
        return _summed(book, terms, [_kept(line, account.counted(line), what) for line in lines])
    if what.count:
        return _of_count(book, what)
    if what.table == "capacity":
        return _of_capacity(book, what)
    terms = list(_of_table(book, what))
    return _summed(book, terms, [line_of(book, term).value for term in terms])


def _summed(book: Book, terms: list[Terms], years: list[Floats]) -> Side:
    blocks, periods = len(book.time.blocks), len(book.time.period)
    year, year_gross = np.zeros(blocks), np.zeros(blocks)
    rate, rate_gross = np.zeros(periods), np.zeros(periods)
    for value in years:
        year += value.sum(axis=0)
        year_gross += np.abs(value).sum(axis=0)
    for term in terms:
        if book.quantity(term.quantity).axis != "period":
            continue
        flow = book.quantity(term.quantity).values[term.row]
        shape = book.time.profile(term.profile)
        moved = term.coefficient[:, book.time.block] * flow * shape
        rate += moved.sum(axis=0)
        rate_gross += np.abs(moved).sum(axis=0)
    return Side(year, year_gross, rate, rate_gross)


def _chosen(
    item: Texts, site: Texts, commodity: Texts, what: What, far: Texts | None = None
) -> NDArray[np.bool_]:
    keep = np.ones(len(item), dtype=bool)
    if what.item:
        keep &= np.array([matches(i, what.item) for i in item], dtype=bool)
    if what.site:
        keep &= (site == what.site) | (far == what.site if far is not None else False)
    if what.commodity:
        keep &= commodity == what.commodity
    return keep


def matches(item: str, pattern: str) -> bool:
    """Whether an id is one of those named, fits a glob, or is an instance ``id@site`` of it."""
    named = item.split("@")
    own = named[0] if len(named) == 2 else item
    wanted = [part.strip() for part in pattern.replace("；", ";").split(";")]
    return any(fnmatchcase(item, part) or fnmatchcase(own, part) for part in wanted if part)


def _kept(line: Lines, counted: NDArray[np.bool_], what: What) -> Floats:
    if what.table and what.table != line.table:
        return line.value[:0]
    here = _chosen(line.item, line.site, line.commodity, what, line.far)
    return line.value[counted & here]


def _narrowed(whole: Terms, counted: Terms, what: What) -> Terms:
    if what.table and what.table != whole.table:
        return counted.chosen(np.zeros(len(counted.row), dtype=bool))
    here = _chosen(counted.item, counted.site, counted.commodity, what, counted.far)
    return counted.chosen(here)


def _of_table(book: Book, what: What) -> Iterator[Terms]:
    """The flows of a table's things, each counted once."""
    if what.table == "offers":
        yield _plain(book, what, "offer", "stream", "streams")
    elif what.table == "links":
        yield from _of_links(book, what)
    elif what.table == "processes" and what.commodity:
        yield from _of_recipes(book, what)
    else:
        owner = OWNERS[what.table]
        yield _plain(book, what, owner.quantity, owner.key, what.table)


def _plain(book: Book, what: What, quantity: str, key: str, table: str) -> Terms:
    index = book.quantity(quantity).index
    item = texts(index, key)
    thing = book.find(table, item)
    row = np.flatnonzero(thing >= 0)
    column = "capacity_of" if table == "processes" else "commodity"
    site = texts(index, "site") if "site" in index else book.text(table, "site")[thing]
    return _counting(
        book, what, quantity, row, item[row], site[row], book.text(table, column)[thing[row]]
    )


def _counting(
    book: Book,
    what: What,
    quantity: str,
    row: Integers,
    item: Texts,
    site: Texts,
    commodity: Texts,
    coefficient: Floats | None = None,
    profile: str = "",
    far: Texts | None = None,
) -> Terms:
    one = np.ones((len(row), len(book.time.blocks))) if coefficient is None else coefficient
    none = np.zeros(len(row), dtype=np.int64)
    whole = Terms("", what.table, "", quantity, row, one, item, site, commodity, none, profile, far)
    return whole.chosen(_chosen(item, site, commodity, what, far))


def _of_links(book: Book, what: What) -> Iterator[Terms]:
    """What links carry; at a site, what they bring to it and take from it."""
    ids = book.text("links", "id")
    for quantity, sender, receiver in sent_ways(book):
        row = position(texts(book.quantity(quantity).key, "link"), ids)
        keep = row >= 0
        yield _counting(
            book, what, quantity, row[keep], ids[keep], receiver[keep],
            book.text("links", "commodity")[keep], far=sender[keep],
        )  # fmt: skip


def _of_recipes(book: Book, what: What) -> Iterator[Terms]:
    """What processes take or give of a commodity."""
    rows = recipe_rows(book)
    item = book.text("processes", "id")[rows.process]
    profile = rows.drawn_profile()
    for name in dict.fromkeys(profile):
        for grouped in (False, True):
            keep = (profile == name) & (rows.grouped == grouped) & (rows.flow >= 0)
            yield _counting(
                book, what, rows.quantity(grouped), rows.flow[keep], item[keep],
                rows.site[keep], rows.commodity[keep], np.abs(rows.per_flow()[keep]), str(name),
            )  # fmt: skip


def _of_capacity(book: Book, what: What) -> Side:
    """Capacity that stands, of processes, storages and links."""
    year = np.zeros(len(book.time.blocks))
    for things in all_things(book):
        far = book.text("links", "from") if things.table == "links" else None
        keep = _chosen(things.item, things.site, things.commodity, what, far)
        year += known(things.capacity[keep]).sum(axis=0)
    rate = year[book.time.block]
    return Side(year, np.abs(year), rate, np.abs(rate))


def _of_count(book: Book, what: What) -> Side:
    """How many things of a table stand: what exists, and what has been built and still lives."""
    things = next(t for t in all_things(book) if t.table == what.table)
    far = book.text("links", "from") if what.table == "links" else None
    keep = _chosen(things.item, things.site, things.commodity, what, far)
    there = (things.standing > 0) | things.paid(things.opened)[:, things.year_index]
    year = there[keep].sum(axis=0).astype(float)
    return Side(year, year, year[book.time.block], year[book.time.block])


def _of_sites(book: Book, what: What) -> Side:
    """Value added or area of the sites: a year's, spread evenly over its hours."""
    value = book.number("sites", what.measure, 0.0)
    if what.site:
        value = value[book.text("sites", "id") == what.site]
    year = value.sum(axis=0)
    hours = book.time.year_total(np.ones(len(book.time.period)))
    rate = (year / hours)[book.time.block]
    return Side(year, np.abs(year), rate, np.abs(rate))
