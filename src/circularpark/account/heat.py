"""Heat given and taken in every cascade, from the park's tables and a plan's flows alone.

Temperatures are shifted by half of each thing's own smallest difference, hot ones down and
cold ones up: heat may pass where the shifted hot temperature is not below the cold one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from circularpark.account.book import Book, Texts, texts
from circularpark.account.recipe_rows import recipe_rows
from circularpark.park.keys import coded
from circularpark.park.units import factor
from circularpark.program.time import Floats, Integers

# Shifted temperatures [degC] that agree to so many digits are one: they differ by rounding.
DIGITS = 9


@dataclass(frozen=True)
class Loads:
    """Heat that things give or take, evenly between two shifted temperatures.

    site, zone, table, item : (n,) where, and whose; hot : (n,) given (else taken)
    top, bottom : (n, B) shifted degC, equal for a phase change
    load : (n, T) in the cascades' unit per hour, never negative
    """

    site: Texts
    zone: Texts
    table: Texts
    item: Texts
    hot: NDArray[np.bool_]
    top: Floats
    bottom: Floats
    load: Floats

    @property
    def signed(self) -> Floats:
        """Given heat positive, taken heat negative, (n, T)."""
        return np.where(self.hot[:, None], self.load, -self.load)


def loads(book: Book) -> Loads:
    """Everything that gives or takes heat in a cascade of the park."""
    return book.once("heat_loads", _all_loads)


def own_heat(book: Book) -> NDArray[np.bool_]:
    """Which commodities are a cascade's own heat: of kind heat, without a temperature."""
    kind = book.text("commodities", "kind")
    bare = np.isnan(book.number("commodities", "temperature", np.nan)).all(axis=1)
    return np.asarray((kind == "heat") & bare, dtype=bool)


def heat_factor(book: Book) -> Floats:
    """From each commodity's unit to that of the cascades, (C,); nan for what is no heat.

    The unit is that of the first commodity of own heat, else of the first carrier.
    """
    units, is_heat = book.text("commodities", "unit"), book.text("commodities", "kind") == "heat"
    own = own_heat(book)
    first = np.flatnonzero(own) if own.any() else np.flatnonzero(is_heat)
    found = np.full(len(units), np.nan)
    for row in np.flatnonzero(is_heat):
        found[row] = factor(str(units[row]), str(units[first[0]])).factor
    return found


def _all_loads(book: Book) -> Loads:
    parts = [part for part in _parts(book) if len(part.item)]
    if not parts:
        none, wide = np.zeros(0, dtype=object), np.zeros((0, len(book.time.blocks)))
        flat = np.zeros((0, len(book.time.period)))
        return Loads(none, none, none, none, np.zeros(0, dtype=bool), wide, wide, flat)
    names = ("site", "zone", "table", "item", "hot", "top", "bottom", "load")
    return Loads(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def _parts(book: Book) -> Iterator[Loads]:
    if not (book.text("commodities", "kind") == "heat").any():
        return
    yield _simple(book, "streams", "taken", hot=True)
    yield _simple(book, "demands", "met", hot=False)
    yield from _of_recipes(book)
    yield from _of_carriers(book, "raised", hot=False)
    yield from _of_carriers(book, "used", hot=True)
    yield from _of_lines(book)


def _ends(book: Book, table: str, row: Integers, hot: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Shifted ends of the heat of rows that say supply, target and smallest difference."""
    supply = book.number(table, "supply_temp", np.nan)[row]
    target = book.number(table, "target_temp", np.nan)[row]
    between = book.number(table, "min_approach", np.nan)[row]
    start = np.where(np.isnan(supply), target, supply)
    end = np.where(np.isnan(target), supply, target)
    return _shift(start, end, between, hot)


def _shift(
    start: Floats, end: Floats, between: Floats, hot: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    by = between / 2.0
    lifted = np.where(hot[:, None], -by, by)
    top, bottom = np.maximum(start, end) + lifted, np.minimum(start, end) + lifted
    return np.round(top, DIGITS) + 0.0, np.round(bottom, DIGITS) + 0.0


def _simple(book: Book, table: str, quantity: str, *, hot: bool) -> Loads:
    """Streams that are taken, and demands as far as they are met."""
    good = book.find("commodities", book.text(table, "commodity"))
    row = np.flatnonzero(own_heat(book)[good])
    item = book.text(table, "id")[row]
    flags = np.full(len(row), hot)
    top, bottom = _ends(book, table, row, flags)
    flow = book.spread(quantity, table.removesuffix("s"), item)
    return Loads(
        book.text(table, "site")[row],
        book.text(table, "heat_zone")[row],
        np.full(len(row), table, dtype=object),
        item,
        flags,
        top,
        bottom,
        flow * heat_factor(book)[good[row], None],
    )


def _of_recipes(book: Book) -> Iterator[Loads]:
    """Heat rows of the processes that run."""
    rows = recipe_rows(book)
    good = book.find("commodities", rows.commodity)
    heat = own_heat(book)[good] & (rows.flow >= 0)
    per_flow, profile = rows.per_flow(), rows.drawn_profile()
    for grouped in (False, True):
        row = np.flatnonzero(heat & (rows.grouped == grouped))
        hot = rows.rate[row].max(axis=1, initial=0.0) > 0
        top, bottom = _ends(book, "recipes", rows.recipe[row], hot)
        shape = book.time.matrix([str(name) for name in profile[row]])
        flow = book.quantity(rows.quantity(grouped)).values[rows.flow[row]]
        amount = np.abs(per_flow[row])[:, book.time.block] * shape * flow
        process = rows.process[row]
        yield Loads(
            rows.site[row],
            book.text("processes", "heat_zone")[process],
            np.full(len(row), "processes", dtype=object),
            book.text("processes", "id")[process],
            hot,
            top,
            bottom,
            amount * heat_factor(book)[good[row], None],
        )


def _of_carriers(book: Book, quantity: str, *, hot: bool) -> Iterator[Loads]:
    """Carriers raised and used: latent heat at its temperature, the rest evenly."""
    flow = book.quantity(quantity)
    good = book.find("commodities", texts(flow.index, "carrier"))
    row = np.flatnonzero(good >= 0)
    good = good[row]
    supply = book.number("commodities", "temperature", np.nan)[good]
    back = book.number("commodities", "return_temperature", np.nan)[good]
    boiling = book.number("commodities", "latent_temperature", np.nan)[good]
    latent = book.number("commodities", "latent_share", 0.0)[good]
    between = book.number("commodities", "min_approach", np.nan)[good]
    back = np.where(np.isnan(back), supply, back)
    boiling = np.where(np.isnan(boiling), supply, boiling)
    flags = np.full(len(row), hot)
    block = book.time.block
    for start, end, part in ((supply, back, 1.0 - latent), (boiling, boiling, latent)):
        top, bottom = _shift(start, end, between, flags)
        yield Loads(
            texts(flow.index, "site")[row],
            texts(flow.index, "heat_zone")[row],
            np.full(len(row), quantity, dtype=object),
            texts(flow.index, "carrier")[row],
            flags,
            top,
            bottom,
            part[:, block] * flow.values[row] * heat_factor(book)[good, None],
        )


def _of_lines(book: Book) -> Iterator[Loads]:
    """Heat that direct lines take from one cascade and give to another at its temperature."""
    zone_of = _zones(book)
    start, end = book.text("links", "from"), book.text("links", "to")
    for quantity, sender, receiver in (
        ("direct_flow", start, end),
        ("direct_flow_back", end, start),
    ):
        flow = book.quantity(quantity)
        link = book.find("links", texts(flow.index, "link"))
        row = np.flatnonzero(link >= 0)
        link = link[row]
        good = book.find("commodities", book.text("links", "commodity")[link])
        names = [str(name).split("..") for name in texts(flow.index, "interval")[row]]
        ends = np.array(names, dtype=float).reshape(len(row), 2)
        top, bottom = (np.repeat(e[:, None], len(book.time.blocks), axis=1) for e in ends.T)
        sent = flow.values[row] * heat_factor(book)[good, None]
        share = 1.0 - book.number("links", "loss", 0.0)[link][:, book.time.block]
        for site, hot, amount in ((sender, False, sent), (receiver, True, sent * share)):
            yield Loads(
                site[link],
                np.array([zone_of.get(str(s), "") for s in site[link]], dtype=object),
                np.full(len(row), quantity, dtype=object),
                book.text("links", "id")[link],
                np.full(len(row), hot),
                top,
                bottom,
                amount,
            )


def _zones(book: Book) -> dict[str, str]:
    """The heat zone that a direct line joins at each site: the only one, else that without name."""
    found: dict[str, set[str]] = {}
    for table in ("streams", "demands"):
        good = book.find("commodities", book.text(table, "commodity"))
        for row in np.flatnonzero(own_heat(book)[good]):
            site, zone = (str(book.text(table, c)[row]) for c in ("site", "heat_zone"))
            found.setdefault(site, set()).add(zone)
    rows = recipe_rows(book)
    heat = own_heat(book)[book.find("commodities", rows.commodity)] & (rows.flow >= 0)
    zones = book.text("processes", "heat_zone")[rows.process]
    for row in np.flatnonzero(heat):
        found.setdefault(str(rows.site[row]), set()).add(str(zones[row]))
    return {site: "" if "" in zones else min(zones) for site, zones in found.items()}


def cascades(found: Loads) -> tuple[pd.DataFrame, Integers]:
    """Every (site, heat_zone) that gives or takes heat, and which one each load is in."""
    known, code = coded(zip(found.site.tolist(), found.zone.tolist(), strict=True))
    return pd.DataFrame(list(known), columns=["site", "heat_zone"]), code


KINDS = ("released", "used", "residual")
COLUMNS = ("site", "heat_zone", "upper", "lower", "period", "kind", "table", "item", "value")


def heat_table(book: Book) -> pd.DataFrame:
    """Heat of every cascade interval by interval, hottest first; what is nothing is left out.

    Returns
    -------
    DataFrame: site, heat_zone, upper and lower [shifted degC, equal for a phase change], period,
    kind (released, used, residual: what falls to the next colder interval), table and item (whose
    heat; blank for a residual; of a carrier the table is raised or used), value [the cascades'
    unit per hour]. Texts are categories.
    """
    found = loads(book)
    place, of = cascades(found)
    pieces = []
    for part in book.parts if len(found.item) else ():
        periods = np.flatnonzero(np.isin(book.time.block, part.blocks))
        pieces += list(_table_of(found, of, int(part.blocks[0]), periods))
    if not pieces:
        return pd.DataFrame({column: [] for column in COLUMNS})
    joined = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    keys = ("kind", "lower", "upper", "period", "cascade")
    turned = {"lower", "upper"}
    order = np.lexsort([-joined[k] if k in turned else joined[k] for k in keys])
    sorted_by = {name: values[order] for name, values in joined.items()}
    cascade, load = sorted_by["cascade"].astype(np.int64), sorted_by["load"].astype(np.int64)
    named = {
        "site": _named(place["site"].to_numpy(dtype=object), cascade),
        "heat_zone": _named(place["heat_zone"].to_numpy(dtype=object), cascade),
        "period": _named(book.time.period, sorted_by["period"].astype(np.int64)),
        "kind": _named(np.array(KINDS, dtype=object), sorted_by["kind"].astype(np.int64)),
        # The last name is that of a residual, which is nobody's.
        "table": _named(np.append(found.table, ""), load),
        "item": _named(np.append(found.item, ""), load),
    }
    numbers = {name: sorted_by[name] for name in ("upper", "lower", "value")}
    return pd.DataFrame({name: ({**named, **numbers})[name] for name in COLUMNS})


def _named(names: Texts, code: Integers) -> pd.Categorical:
    """Names by their number, each different one a category."""
    number, known = pd.factorize(names)
    return pd.Categorical.from_codes(number[code], categories=pd.Index(known))


def _table_of(
    found: Loads, of: Integers, block: int, periods: Integers
) -> Iterator[dict[str, Floats | Integers]]:
    top, bottom = (e[:, block] for e in (found.top, found.bottom))
    cascade, upper, lower = intervals(of, top, bottom)
    node, load = beside(cascade, of)
    inside = np.minimum(top[load], upper[node]) - np.maximum(bottom[load], lower[node])
    wide = top[load] - bottom[load]
    phase = (wide == 0) & (upper[node] == top[load]) & (lower[node] == top[load])
    share = np.where(wide > 0, np.maximum(inside, 0) / np.where(wide > 0, wide, 1), phase)
    some = np.flatnonzero(share > 0)
    node, load, share = node[some], load[some], share[some]
    amount = share[:, None] * found.load[load][:, periods]
    ends = (cascade, upper, lower)
    yield _long(ends, node, np.where(found.hot[load], 0, 1), load, periods, amount)
    signs = np.where(found.hot[load], 1.0, -1.0)
    rows = csr_array((signs, (node, np.arange(len(node)))), (len(cascade), len(node)))
    net = rows @ amount
    running = np.cumsum(net, axis=0)
    first = np.searchsorted(cascade, cascade, side="left")
    falls = running - np.where((first > 0)[:, None], running[first - 1], 0.0)
    size = np.cumsum(np.abs(net), axis=0).max(initial=0.0)
    # What is left of numbers that cancel to their last digits does not fall.
    falls[np.abs(falls) <= 1e-12 * size] = 0.0
    every = np.arange(len(cascade))
    residual, nobody = np.full(len(every), 2), np.full(len(every), len(found.item))
    yield _long(ends, every, residual, nobody, periods, falls)


def _long(
    ends: tuple[Integers, Floats, Floats],
    node: Integers,
    kind: Integers,
    load: Integers,
    periods: Integers,
    amount: Floats,
) -> dict[str, Floats | Integers]:
    """Everything that is not zero, by numbers: cascade, ends, period, kind, load, value."""
    row, step = np.nonzero(amount)
    cascade, upper, lower = (end[node[row]] for end in ends)
    return {
        "cascade": cascade,
        "upper": upper,
        "lower": lower,
        "period": periods[step],
        "kind": kind[row],
        "load": load[row],
        "value": amount[row, step],
    }


def intervals(of: Integers, top: Floats, bottom: Floats) -> tuple[Integers, Floats, Floats]:
    """Cascade, upper and lower end of every interval, cascade by cascade, the hottest first.

    Between neighbouring ends of the loads an interval, at a phase change one of no width.
    """
    pairs = np.stack([np.concatenate([of, of]), -np.concatenate([top, bottom])])
    ends = np.unique(pairs, axis=1)
    next_to = np.flatnonzero(ends[0, :-1] == ends[0, 1:])
    points = np.unique(pairs[:, : len(of)][:, top == bottom], axis=1)
    cascade = np.concatenate([ends[0, next_to], points[0]])
    upper = -np.concatenate([ends[1, next_to], points[1]])
    lower = -np.concatenate([ends[1, next_to + 1], points[1]])
    order = np.lexsort((-lower, -upper, cascade))
    return cascade[order].astype(np.int64), upper[order], lower[order]


def beside(cascade: Integers, of: Integers) -> tuple[Integers, Integers]:
    """Every row of a cascade beside every load of it: rows, loads."""
    order = np.argsort(of, kind="stable")
    first = np.searchsorted(of[order], cascade, side="left")
    many = np.searchsorted(of[order], cascade, side="right") - first
    row = np.repeat(np.arange(len(cascade)), many)
    within = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    return row, order[first[row] + within]
