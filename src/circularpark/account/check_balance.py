"""What goes in comes out: the balance of every commodity at every site in every period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from circularpark.account.book import Book, Texts, position, texts
from circularpark.account.graded import graded_commodities
from circularpark.account.heat import own_heat
from circularpark.account.judged import Family, codes, relative
from circularpark.account.recipe_rows import recipe_rows
from circularpark.account.terms import sent_ways
from circularpark.park.keys import Keys
from circularpark.program.time import Floats, Integers

SIGN_OF_EXCHANGE = {"buy": 1.0, "sell": -1.0, "vent": -1.0, "dispose": -1.0}


@dataclass(frozen=True)
class Legs:
    """What rows of a flow bring to (positive) or take from sites: coefficient (n, B)."""

    quantity: str
    row: Integers
    site: Texts
    commodity: Texts
    coefficient: Floats
    profile: Texts


def balance(book: Book) -> Iterator[Family]:
    """Everything that arrives at a site equals everything that leaves it.

    Where the commodity's surplus is free, more may arrive than leaves.
    """
    legs = [leg for leg in all_legs(book) if len(leg.row)]
    sites, commodities = book.text("sites", "id"), book.text("commodities", "id")
    node_of = [
        position(sites, leg.site) * len(commodities) + position(commodities, leg.commodity)
        for leg in legs
    ]
    if not legs:
        return
    nodes, inverse = np.unique(np.concatenate(node_of), return_inverse=True)
    numbered = np.split(inverse, np.cumsum([len(n) for n in node_of])[:-1])
    net = np.zeros((len(nodes), len(book.time.period)))
    gross = np.zeros_like(net)
    for leg, node in zip(legs, numbered, strict=True):
        _add(book, leg, node, net, gross)
    kind = nodes % len(commodities)
    judged = ~own_heat(book)[kind]
    free = (book.text("commodities", "surplus")[kind] == "free")[:, None]
    # Of a graded commodity each source has a rule of its own: check_quality judges them singly.
    free |= np.isin(commodities[kind].astype(str), sorted(graded_commodities(book)))[:, None]
    violation = np.where(free, -net, np.abs(net))
    index = Keys({"site": sites[nodes // len(commodities)], "commodity": commodities[kind]})
    error = relative(violation[judged], gross[judged], codes(kind[judged]))
    yield Family("balance", index.take(judged), book.time.period, error)


def _add(book: Book, leg: Legs, node: Integers, net: Floats, gross: Floats) -> None:
    """Add a leg's flows to its nodes, one sparse product a state of the tables and profile."""
    values = book.quantity(leg.quantity).values
    shape = (len(net), len(values))
    for name in dict.fromkeys(leg.profile):
        keep = np.flatnonzero(leg.profile == name)
        shaped = values * book.time.profile(str(name)) if name else values
        for part in book.parts:
            inside = np.isin(book.time.block, part.blocks)
            periods: slice | Integers = slice(None) if inside.all() else np.flatnonzero(inside)
            entries, row = leg.coefficient[keep, part.blocks[0]], leg.row[keep]
            order = np.argsort(node[keep], kind="stable")
            ends = np.searchsorted(node[keep][order], np.arange(len(net) + 1))
            for total, sizes, moved in (
                (net, entries, shaped[:, periods]),
                (gross, np.abs(entries), np.abs(shaped[:, periods])),
            ):
                total[:, periods] += csr_array((sizes[order], row[order], ends), shape) @ moved


def all_legs(book: Book) -> Iterator[Legs]:
    """Every way in which a commodity enters or leaves a site."""
    yield _simple(book, "taken", "stream", "streams", 1.0)
    yield _simple(book, "met", "demand", "demands", -1.0)
    yield _simple(book, "discharge", "storage", "storages", 1.0)
    yield _simple(book, "charge", "storage", "storages", -1.0)
    yield _exchanged(book)
    yield from _recipes(book)
    yield from _carried(book)
    yield _of_carriers(book, "raised", 1.0)
    yield _of_carriers(book, "used", -1.0)


def _blank(count: int) -> Texts:
    return np.full(count, "", dtype=object)


def _simple(book: Book, quantity: str, key: str, table: str, sign: float) -> Legs:
    thing = book.find(table, texts(book.quantity(quantity).key, key))
    row = np.flatnonzero(thing >= 0)
    return Legs(
        quantity,
        row,
        book.text(table, "site")[thing[row]],
        book.text(table, "commodity")[thing[row]],
        np.full((len(row), len(book.time.blocks)), sign),
        _blank(len(row)),
    )


def _exchanged(book: Book) -> Legs:
    index = book.quantity("exchange").key
    market = book.find("markets", texts(index, "market"))
    row = np.flatnonzero(market >= 0)
    ways = book.text("markets", "direction")[market[row]]
    sign = np.array([SIGN_OF_EXCHANGE[way] for way in ways], dtype=float)
    return Legs(
        "exchange",
        row,
        texts(index, "site")[row],
        book.text("markets", "commodity")[market[row]],
        np.repeat(sign[:, None], len(book.time.blocks), axis=1),
        _blank(len(row)),
    )


def _recipes(book: Book) -> Iterator[Legs]:
    rows = recipe_rows(book)
    per_flow, profile = rows.per_flow(), rows.drawn_profile()
    for grouped in (False, True):
        keep = (rows.grouped == grouped) & (rows.flow >= 0)
        yield Legs(
            rows.quantity(grouped),
            rows.flow[keep],
            rows.site[keep],
            rows.commodity[keep],
            per_flow[keep],
            profile[keep],
        )


def _carried(book: Book) -> Iterator[Legs]:
    """Links: what is sent leaves, what is not lost arrives, and moving draws energy."""
    ids, commodity = book.text("links", "id"), book.text("links", "commodity")
    arriving = 1.0 - book.number("links", "loss", 0.0)
    drive = book.text("links", "energy_commodity")
    drawn = book.number("links", "energy_per_km", 0.0) * book.number("links", "km", 0.0)
    drawn = np.where((drive != "")[:, None], drawn, 0.0)
    for quantity, sender, receiver in sent_ways(book):
        row = position(texts(book.quantity(quantity).key, "link"), ids)
        keep = row >= 0
        driven = keep & (drawn != 0).any(axis=1)
        for site, what, coefficient, which in (
            (sender, commodity, -np.ones_like(arriving), keep),
            (receiver, commodity, arriving, keep),
            (sender, drive, -drawn, driven),
        ):
            yield Legs(
                quantity, row[which], site[which], what[which], coefficient[which],
                _blank(int(which.sum())),
            )  # fmt: skip


def _of_carriers(book: Book, quantity: str, sign: float) -> Legs:
    index = book.quantity(quantity).key
    row = np.arange(len(index))
    return Legs(
        quantity,
        row,
        texts(index, "site"),
        texts(index, "carrier"),
        np.full((len(row), len(book.time.blocks)), sign),
        _blank(len(row)),
    )
