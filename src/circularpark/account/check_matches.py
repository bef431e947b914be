"""Matches of sources and sinks: who may heat whom, and by how much, from the raw tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from circularpark.account.book import Book, Texts, texts
from circularpark.account.heat import Loads, beside, cascades, loads
from circularpark.account.judged import Family, codes, relative
from circularpark.park.keys import coded
from circularpark.program.time import Floats, Integers

Pair = tuple[int, str]


@dataclass(frozen=True)
class Asked:
    """A row of the table of matches in one cascade, by the items at both ends."""

    row: int
    cascade: int
    source: str
    sink: str


def matches(book: Book) -> Iterator[Family]:
    """What the plan matches is what sources give and sinks take, and keeps to the rows' bounds."""
    if not book.size("matches"):
        return
    found = loads(book)
    place, of = cascades(found)
    asked = list(_asked(book, found, of))
    known = {tuple(pair): i for i, pair in enumerate(place.itertuples(index=False, name=None))}
    at = _cascade_of(book, "heat_matched", known)
    yield from _bounds(book, asked, at)
    if asked:
        fallen = _cascade_of(book, "source_residual", known)
        yield from _ends(book, found, of, asked, at, fallen)


def _cascade_of(book: Book, name: str, known: dict[tuple[object, ...], int]) -> Integers:
    index = book.quantity(name).index
    pairs = zip(texts(index, "site"), texts(index, "heat_zone"), strict=True)
    return np.array([known.get(pair, -1) for pair in pairs], dtype=np.int64)


def _intervals(book: Book, name: str) -> Floats:
    """Hot and cold end of the interval of each row of a flow, (n, 2)."""
    named = texts(book.quantity(name).index, "interval")
    return np.array([str(one).split("..") for one in named], dtype=float).reshape(len(named), 2)


def _asked(book: Book, found: Loads, of: Integers) -> Iterator[Asked]:
    """Every row in each cascade that has heat of both its ends."""
    alias = dict(zip(book.text("processes", "id"), book.text("processes", "of"), strict=True))
    hot: dict[str, set[Pair]] = {}
    cold: dict[str, set[Pair]] = {}
    for item, cascade, gives in zip(found.item, of.tolist(), found.hot.tolist(), strict=True):
        side = hot if gives else cold
        for name in {str(item), str(alias.get(item, item))}:
            side.setdefault(name, set()).add((cascade, str(item)))
    ends = zip(book.text("matches", "from"), book.text("matches", "to"), strict=True)
    for row, (one, two) in enumerate(ends):
        for cascade, source in hot.get(str(one), set()):
            for there, sink in cold.get(str(two), set()):
                if there == cascade:
                    yield Asked(row, cascade, source, sink)


def _bounds(book: Book, asked: list[Asked], at: Integers) -> Iterator[Family]:
    flow = book.quantity("heat_matched")
    source, sink = texts(flow.index, "source"), texts(flow.index, "sink")
    status = book.text("matches", "status")
    block = book.time.block
    least = book.number("matches", "min", 0.0)[:, block]
    most = book.number("matches", "max", np.inf)[:, block]
    most = np.where((status == "forbidden")[:, None], 0.0, most)
    least = np.where((status == "forbidden")[:, None], 0.0, least)
    total = np.zeros((len(asked), len(book.time.period)))
    for place, one in enumerate(asked):
        own = (at == one.cascade) & (source == one.source) & (sink == one.sink)
        total[place] = flow.values[own].sum(axis=0)
    row = np.array([one.row for one in asked], dtype=np.int64)
    least, most = least[row], most[row]
    gross = total + least + np.where(np.isfinite(most), most, 0.0)
    names = pd.DataFrame({"from": [a.source for a in asked], "to": [a.sink for a in asked]})
    error = relative(np.maximum(least - total, total - most), gross)
    yield Family("match", names, book.time.period, error)


def _ends(
    book: Book,
    found: Loads,
    of: Integers,
    asked: list[Asked],
    at: Integers,
    fallen: Integers,
) -> Iterator[Family]:
    """Sinks take in each interval what is matched there; sources give before it is matched."""
    flow = book.quantity("heat_matched")
    ends = _intervals(book, "heat_matched")
    every = np.concatenate([ends, _intervals(book, "source_residual")])
    stacked = np.stack([np.concatenate([at, fallen]), -every[:, 0], -every[:, 1]])
    nodes = np.unique(stacked, axis=1)
    cascade, upper, lower = nodes[0].astype(np.int64), -nodes[1], -nodes[2]
    inside = pd.MultiIndex.from_arrays([cascade, upper, lower])
    node_of = inside.get_indexer(pd.MultiIndex.from_arrays([at, ends[:, 0], ends[:, 1]]))
    node, load, heat = _spread(book, found, of, cascade, upper, lower)
    for hot, called in ((True, "source"), (False, "sink")):
        named = {(a.cascade, a.source if hot else a.sink) for a in asked}
        own = found.hot[load] == hot
        mine = [
            str(item) if (c, str(item)) in named else ""
            for c, item in zip(of[load[own]].tolist(), found.item[load[own]], strict=True)
        ]
        told = texts(flow.index, called)
        keys = pd.MultiIndex.from_arrays(
            [np.concatenate([node[own], node_of]), np.array([*mine, *told], dtype=object)]
        )
        code, index = pd.factorize(keys, sort=True)
        real, matched = (np.zeros((len(index), heat.shape[1])) for _ in range(2))
        np.add.at(real, code[: len(mine)], heat[own])
        np.add.at(matched, code[len(mine) :], flow.values)
        where = index.get_level_values(0).to_numpy(dtype=np.int64)
        name = index.get_level_values(1).to_numpy(dtype=object)
        gross = real + matched
        miss = np.abs(real - matched)
        if hot:
            miss, gross = _falling(cascade[where], name, real - matched, gross)
        frame = pd.DataFrame({"item": name, "temperature": lower[where]})
        yield Family("matched_heat", frame, book.time.period, relative(miss, gross, codes(name)))


def _spread(
    book: Book, found: Loads, of: Integers, cascade: Integers, upper: Floats, lower: Floats
) -> tuple[Integers, Integers, Floats]:
    """Heat of loads on intervals: interval, load, amount (n, T)."""
    node, load = beside(cascade, of)
    heat = np.zeros((len(node), len(book.time.period)))
    for part in book.parts:
        periods = np.flatnonzero(np.isin(book.time.block, part.blocks))
        top, bottom = (e[load, part.blocks[0]] for e in (found.top, found.bottom))
        wide = top - bottom
        both = np.minimum(top, upper[node]) - np.maximum(bottom, lower[node])
        phase = (wide == 0) & (upper[node] == lower[node]) & (upper[node] == top)
        share = np.where(wide > 0, np.maximum(both, 0) / np.where(wide > 0, wide, 1), phase)
        heat[:, periods] = share[:, None] * found.load[load][:, periods]
    return node, load, heat


def _falling(cascade: Integers, name: Texts, net: Floats, gross: Floats) -> tuple[Floats, Floats]:
    """How far a source's heat is overdrawn when all above is counted, and its gross amount.

    Rows stand from hot to cold within each cascade.
    """
    miss, size = np.zeros_like(net), np.zeros_like(gross)
    source = codes_of(cascade, name)
    for code in np.unique(source):
        own = np.flatnonzero(source == code)
        miss[own] = -np.cumsum(net[own], axis=0)
        size[own] = np.cumsum(gross[own], axis=0)
    return miss, size


def codes_of(cascade: Integers, name: Texts) -> Integers:
    """A number for each (cascade, name)."""
    return coded(zip(cascade.tolist(), name.tolist(), strict=True))[1]
