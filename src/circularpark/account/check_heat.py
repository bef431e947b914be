"""Heat falls and never rises: every cascade judged by its raw temperatures.

Not interval by interval but by what lies above: at every shifted temperature at which some
heat begins or ends, the heat given above it must cover the heat taken above it. Then every
exchanger's ends can respect the smallest difference (Linnhoff & Flower 1978).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from circularpark.account.book import Book, Texts, texts
from circularpark.account.heat import (
    Loads,
    beside,
    cascades,
    heat_factor,
    loads,
    own_heat,
)
from circularpark.account.judged import Family, codes, relative
from circularpark.program.time import Floats, Integers

AWAY = ("dispose", "vent")


def heat(book: Book) -> Iterator[Family]:
    """No heat flows up, what is said to fall does fall, and what leaves is disposed of."""
    found = loads(book)
    if not len(found.item):
        return
    yield from _nowhere(book, found)
    place, of = cascades(found)
    cascade, cold_end = _told(book, place)
    level = _Levels(book, found, of, cascade, cold_end)
    names = place.iloc[level.cascade].reset_index(drop=True)
    names = names.assign(temperature=[f"{at:.9g}" for at in level.at])
    kind = level.cascade
    for above in (level.before, level.after):
        error = relative(-above.net, above.gross, kind)
        yield Family("cascade", names, book.time.period, error)
    yield from _residuals(book, level, cascade, cold_end)
    yield from _lines(book)
    yield from _leaving(book, place, of, found)


def _nowhere(book: Book, found: Loads) -> Iterator[Family]:
    """Heat without a temperature can be judged nowhere."""
    unknown = np.isnan(found.top).any(axis=1)
    if unknown.any():
        names = pd.DataFrame({"item": found.item[unknown]})
        error = np.where(found.load[unknown] > 0, np.inf, 0.0)
        yield Family("cascade", names, book.time.period, error)


class _Above:
    """Heat given less heat taken above each level, and both together, (L, T)."""

    def __init__(self, levels: int, periods: int) -> None:
        self.net = np.zeros((levels, periods))
        self.gross = np.zeros((levels, periods))


class _Levels:
    """Every shifted temperature of a cascade at which heat begins or ends in some year.

    And those at which the plan says what falls: lines between cascades cut them alike.
    before : heat strictly above it; after : a phase change at this temperature included
    """

    def __init__(
        self, book: Book, found: Loads, of: Integers, more: Integers, more_at: Floats
    ) -> None:
        ends = np.concatenate([found.top, found.bottom])
        cascade = np.repeat(np.concatenate([of, of]), ends.shape[1])
        known = more >= 0
        cascade = np.concatenate([cascade, more[known]])
        every = np.concatenate([ends.ravel(), more_at[known]])
        pairs = np.unique(np.stack([cascade, -every]), axis=1)
        self.cascade, self.at = pairs[0].astype(np.int64), -pairs[1]
        self.before = _Above(len(self.at), len(book.time.period))
        self.after = _Above(len(self.at), len(book.time.period))
        level, load = beside(self.cascade, of)
        for part in book.parts:
            inside = np.isin(book.time.block, part.blocks)
            periods: slice | Integers = slice(None) if inside.all() else np.flatnonzero(inside)
            top, bottom = (e[load, part.blocks[0]] for e in (found.top, found.bottom))
            over = top - self.at[level]
            wide = top - bottom
            glide = np.clip(over / np.where(wide > 0, wide, 1.0), 0.0, 1.0)
            for above, at_all in ((self.before, over > 0), (self.after, over >= 0)):
                share = np.where(wide > 0, glide, at_all.astype(float))
                matrix = csr_array((share, (level, load)), (len(self.at), len(found.item)))
                above.net[:, periods] = matrix @ found.signed[:, periods]
                above.gross[:, periods] = matrix @ found.load[:, periods]


def _told(book: Book, place: pd.DataFrame) -> tuple[Integers, Floats]:
    """Cascade and cold end of every interval in which the plan says what falls."""
    told = book.quantity("residual_heat")
    known = {tuple(row): i for i, row in enumerate(place.itertuples(index=False, name=None))}
    pairs = zip(texts(told.index, "site"), texts(told.index, "heat_zone"), strict=True)
    cascade = np.array([known.get(pair, -1) for pair in pairs], dtype=np.int64)
    lower = [lowest(str(name)) for name in texts(told.index, "interval")]
    return cascade, np.array(lower, dtype=float)


def _residuals(book: Book, level: _Levels, cascade: Integers, lower: Floats) -> Iterator[Family]:
    """What a plan says falls from an interval is what lies above its cold end.

    Of a phase change at that end the plan's interval may hold all or nothing.
    """
    told = book.quantity("residual_heat")
    if not len(told.key):
        return
    where = _nearest(level, cascade, lower)
    beyond = np.where((where >= 0)[:, None], 0.0, np.abs(told.values))
    row = where[where >= 0]
    before = np.abs(told.values[where >= 0] - level.before.net[row])
    after = np.abs(told.values[where >= 0] - level.after.net[row])
    beyond[where >= 0] = np.minimum(before, after)
    gross = np.abs(told.values)
    gross[where >= 0] += level.after.gross[row]
    error = relative(beyond, gross, codes(cascade.astype(object)))
    yield Family("residual_heat", told.index, book.time.period, error)


def lowest(interval: str) -> float:
    """The cold end of an interval by its name, hot..cold."""
    return float(interval.split("..")[1])


def _nearest(level: _Levels, cascade: Integers, at: Floats) -> Integers:
    """The level of a cascade at a temperature, -1 where it has none.

    Levels are sorted by cascade, then from hot to cold.
    """
    # Wider than any temperature, so that one number sorts by cascade and then by cold.
    span = 1e5
    keys = level.cascade * span - level.at
    wanted = cascade * span - at
    place = np.clip(np.searchsorted(keys, wanted - 1e-6), 0, len(keys) - 1)
    close = (np.abs(keys[place] - wanted) <= 1e-6) & (cascade >= 0)
    return np.where(close, place, -1)


def _lines(book: Book) -> Iterator[Family]:
    """What a direct line carries is what it moves at all temperatures together."""
    direct = np.flatnonzero(book.flag("links", "direct"))
    if not len(direct):
        return
    ids, kind = book.text("links", "id")[direct], codes(book.text("links", "commodity")[direct])
    for whole, parts in (("link_flow", "direct_flow"), ("link_flow_back", "direct_flow_back")):
        carried = book.spread(whole, "link", ids)
        moved = np.zeros_like(carried)
        quantity = book.quantity(parts)
        of = pd.Index(ids).get_indexer(pd.Index(texts(quantity.index, "link")))
        np.add.at(moved, of[of >= 0], quantity.values[of >= 0])
        error = relative(np.abs(carried - moved), carried + moved, kind)
        yield Family("direct_flow", pd.DataFrame({"link": ids}), book.time.period, error)


def _leaving(book: Book, place: pd.DataFrame, of: Integers, found: Loads) -> Iterator[Family]:
    """All heat that a site's cascades give and do not take goes to its markets of own heat."""
    index = book.quantity("exchange").index
    market = book.find("markets", texts(index, "market"))
    good = book.find("commodities", book.text("markets", "commodity")[market])
    way = book.text("markets", "direction")[market]
    own = np.flatnonzero((market >= 0) & own_heat(book)[good] & np.isin(way, AWAY))
    if not len(own):
        return
    sites, code = np.unique(place["site"].to_numpy(dtype=str), return_inverse=True)
    leaving, gross = (np.zeros((len(sites), len(book.time.period))) for _ in range(2))
    np.add.at(leaving, code[of], found.signed)
    np.add.at(gross, code[of], found.load)
    taken = np.zeros_like(leaving)
    at = pd.Index(sites).get_indexer(pd.Index(texts(index, "site")[own].astype(str)))
    amount = book.quantity("exchange").values[own] * heat_factor(book)[good[own], None]
    np.add.at(taken, at[at >= 0], amount[at >= 0])
    asked = np.isin(np.arange(len(sites)), at)
    error = relative(np.abs(leaving - taken)[asked], (gross + np.abs(taken))[asked])
    names: Texts = sites[asked].astype(object)
    yield Family("heat_left", pd.DataFrame({"site": names}), book.time.period, error)
    stray = at < 0
    if stray.any():
        lost = np.where(amount[stray] != 0, np.inf, 0.0)
        where = index.iloc[own[stray]].reset_index(drop=True)
        yield Family("heat_left", where, book.time.period, lost)
