"""Measures by factor: a factor times the flow of the thing that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from circularpark.account.book import Book, Texts, numbers, position, texts
from circularpark.account.recipe_rows import RecipeRows
from circularpark.account.terms import (
    NO_SCOPE,
    OWNERS,
    Terms,
    emitted,
    of_links,
    of_table,
    sent_ways,
)
from circularpark.program.time import Floats, Integers


@dataclass(frozen=True)
class Factors:
    """The factors of one table for one measure: item, value (K, B), scope (K,)."""

    table: str
    measure: str
    item: Texts
    value: Floats
    scope: Integers


def factors(book: Book) -> Iterator[Factors]:
    """The table of factors, resolved in every block, apart by table and measure."""
    found: dict[tuple[str, str], dict[str, tuple[Floats, int]]] = {}
    blocks = len(book.time.blocks)
    for part in book.parts:
        frame = part.tables.factors
        columns = (texts(frame, c) for c in ("table", "item", "measure"))
        values = numbers(frame, "value", 0.0)
        scopes = numbers(frame, "scope", NO_SCOPE).astype(np.int64)
        for table, item, measure, value, scope in zip(*columns, values, scopes, strict=True):
            items = found.setdefault((table, measure), {})
            items.setdefault(item, (np.zeros(blocks), int(scope)))[0][part.blocks] = value
    for (table, measure), items in found.items():
        yield Factors(
            table,
            measure,
            np.array(list(items), dtype=object),
            np.stack([value for value, _ in items.values()]),
            np.array([scope for _, scope in items.values()], dtype=np.int64),
        )


def factor_terms(book: Book, recipes: RecipeRows) -> Iterator[Terms]:
    """Factors on things act on the thing's flow; on commodities where their carbon leaves."""
    given = list(factors(book))
    on_links = {f.measure: f for f in given if f.table == "links"}
    for factor in given:
        if factor.table in OWNERS:
            yield from _factor_of_table(book, factor)
        elif factor.table == "commodities":
            where = position(factor.item, recipes.commodity)
            value = np.where((where >= 0)[:, None], factor.value[where], 0.0)
            scope = np.where(factor.scope[where] > 0, factor.scope[where], 1)
            yield from emitted(book, recipes, factor.measure, value, scope)
        elif factor.table == "links":
            yield from _factor_of_links(book, factor, book.text("links", "id"), None)
        elif factor.table == "transports":
            own = on_links.get(factor.measure)
            yield from _factor_of_links(book, factor, book.text("links", "transport"), own)


def _factor_of_table(book: Book, factor: Factors) -> Iterator[Terms]:
    where = position(factor.item, book.text(factor.table, "id"))
    if factor.table == "processes":
        shared = position(factor.item, book.text("processes", "of"))
        where = np.where(where >= 0, where, shared)
    value = np.where((where >= 0)[:, None], factor.value[where], 0.0)
    scope = factor.scope[where]
    if factor.table == "markets":
        own = book.number("markets", "scope", 3.0)[:, 0].astype(np.int64)
        scope = np.where(scope > 0, scope, own)
        stored = book.flag("markets", "stored") & (scope == 1) & (factor.measure == "co2")
        value = np.where(stored[:, None], 0.0, value)
    else:
        scope = np.where(scope > 0, scope, 1 if factor.table in ("processes", "storages") else 3)
    yield from of_table(book, factor.measure, "factor", factor.table, value, scope)


def _factor_of_links(
    book: Book, factor: Factors, keys: Texts, instead: Factors | None
) -> Iterator[Terms]:
    """A transport's factor holds for its links, but not where the link has its own."""
    where = position(factor.item, keys)
    if instead is not None:
        where = np.where(position(instead.item, book.text("links", "id")) >= 0, -1, where)
    value = np.where((where >= 0)[:, None], factor.value[where], 0.0)
    scope = np.where(factor.scope[where] > 0, factor.scope[where], 3)
    for quantity, _, receiver in sent_ways(book):
        for terms in of_links(book, factor.measure, "factor", quantity, receiver, value, 3):
            link = book.find("links", terms.item)
            yield replace(terms, scope=scope[link])
