"""Rules of single flows: finite and positive, known, offers, demands, recipes, markets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from circularpark.account.book import Book, Texts, pair_position, position, texts
from circularpark.account.capital import all_things
from circularpark.account.flows import Quantity
from circularpark.account.judged import Family, codes, relative
from circularpark.account.recipe_rows import RecipeRows, recipe_rows
from circularpark.park.keys import Keys, coded
from circularpark.program.time import Floats

TABLE_OF_KEY = {
    "process": "processes",
    "link": "links",
    "market": "markets",
    "stream": "streams",
    "storage": "storages",
    "demand": "demands",
    "site": "sites",
    "operation": "operations",
    "carrier": "commodities",
}


def _present(book: Book) -> Iterator[tuple[str, Quantity]]:
    """The flows that the park has any of."""
    return ((name, flow) for name, flow in book.flows.items() if flow.values.size)


def numbers(book: Book) -> Iterator[Family]:
    """Every flow is a finite number and not negative."""
    for name, quantity in _present(book):
        index = _named(quantity, name)
        broken = np.where(np.isfinite(quantity.values), 0.0, np.inf)
        yield Family("finite", index, quantity.labels, broken)
        values = book.quantity(name).values
        error = relative(-values, np.abs(values))
        yield Family("sign", index, quantity.labels, error)


def known(book: Book) -> Iterator[Family]:
    """Every flow belongs to something in the tables, and a market's to its own site."""
    items = np.concatenate([things.item for things in all_things(book)])
    for name, quantity in _present(book):
        stray = np.zeros(len(quantity.key), dtype=bool)
        for key in quantity.keys:
            here = texts(quantity.key, key)
            if key in TABLE_OF_KEY:
                # A match within a site runs on no link.
                stray |= (book.find(TABLE_OF_KEY[key], here) < 0) & (here != "")
            elif key == "item":
                stray |= position(items, here) < 0
        if "market" in quantity.keys:
            market = book.find("markets", texts(quantity.key, "market"))
            place = book.text("markets", "site")[market]
            elsewhere = (place != "*") & (place != texts(quantity.key, "site"))
            stray |= elsewhere & (market >= 0)
        moved = book.quantity(name).values != 0
        error = np.where(moved & stray[:, None], np.inf, 0.0)
        yield Family("unknown", _named(quantity, name), quantity.labels, error)


def _named(quantity: Quantity, name: str) -> Keys:
    """The keys of a flow's rows, and behind them its name."""
    names = np.full(len(quantity.key), name, dtype=object)
    return Keys({**quantity.key.columns, "flow": names})


def streams(book: Book) -> Iterator[Family]:
    """A stream that must be used gives its whole offer, a free one at most that."""
    ids, commodity = book.text("streams", "id"), book.text("streams", "commodity")
    offer = book.quantity("offer").values
    taken = book.spread("taken", "stream", ids)
    free = (book.text("streams", "surplus") == "free")[:, None]
    violation = np.where(free, taken - offer, np.abs(taken - offer))
    error = relative(violation, np.abs(taken) + offer, codes(commodity))
    yield Family("stream", Keys({"stream": ids}), book.time.period, error)


def demands(book: Book) -> Iterator[Family]:
    """No more of a demand is unmet than is demanded, and none without a cost of it."""
    ids, commodity = book.text("demands", "id"), book.text("demands", "commodity")
    unmet = book.spread("unmet", "demand", ids)
    demanded = book.quantity("met").values + unmet
    cost = book.number("demands", "unmet_cost", np.nan)
    may = np.where(np.isnan(cost[:, book.time.block]), 0.0, demanded)
    error = relative(unmet - may, np.abs(unmet) + demanded, codes(commodity))
    yield Family("unmet", Keys({"demand": ids}), book.time.period, error)


def recipes(book: Book) -> Iterator[Family]:
    """Shares of a recipe's group sum to 1, each between its own bounds."""
    rows = recipe_rows(book)
    member = np.flatnonzero(rows.group != "")
    if not len(member):
        return
    process = book.text("processes", "id")[rows.process[member]]
    full = _full_flow(book, rows)[member]
    drawn = book.quantity("share_flow").values
    present = rows.flow[member] >= 0
    flow = np.zeros(full.shape)
    flow[present] = drawn[rows.flow[member][present]]
    block = book.time.block
    least = book.number("recipes", "min_share", 0.0)[rows.recipe[member]][:, block] * full
    most = book.number("recipes", "max_share", 1.0)[rows.recipe[member]][:, block] * full
    index = Keys({"process": process, "row": rows.row[member]})
    kind = codes(process)
    violation = np.maximum(least - flow, flow - most)
    error = relative(violation, np.abs(flow) + full, kind)
    yield Family("share", index, book.time.period, error)
    yield _sums(book, rows, process, flow, full)


def _full_flow(book: Book, rows: RecipeRows) -> Floats:
    """What each recipe row would move if it did all of its process's work, (L, T)."""
    ids = book.text("processes", "id")[rows.process]
    activity = book.spread("activity", "process", ids)
    profile = book.time.matrix([str(name) for name in rows.profile])
    return np.asarray(np.abs(rows.rate)[:, book.time.block] * profile * activity, dtype=float)


def _sums(book: Book, rows: RecipeRows, process: Texts, flow: Floats, full: Floats) -> Family:
    """The shares of each (process, group) sum to 1, told in units of activity."""
    member = np.flatnonzero(rows.group != "")
    activity = book.spread("activity", "process", process)
    profile = book.time.matrix([str(name) for name in rows.profile[member]])
    unit = np.abs(rows.rate[member])[:, book.time.block] * profile
    part = np.divide(flow, unit, out=np.zeros_like(flow), where=unit > 0)
    names, group = coded(zip(process.tolist(), rows.group[member].tolist(), strict=True))
    total = np.zeros((len(names), flow.shape[1]))
    gross = np.zeros_like(total)
    np.add.at(total, group, part)
    np.add.at(gross, group, np.abs(part))
    first = np.unique(group, return_index=True)[1]
    runs = activity[first]
    possible = np.zeros(total.shape, dtype=bool)
    np.logical_or.at(possible, group, unit > 0)
    violation = np.where(possible, np.abs(total - runs), 0.0)
    index = Keys({"process": process[first], "group": rows.group[member][first]})
    return Family("group", index, book.time.period, relative(violation, gross + np.abs(runs)))


def markets(book: Book) -> Iterator[Family]:
    """Exchange within min, max, from_year and max_per_year; a `*` market's sites together."""
    ids, commodity = book.text("markets", "id"), book.text("markets", "commodity")
    index = book.quantity("exchange").key
    market = book.find("markets", texts(index, "market"))
    present = market >= 0
    flow = np.zeros((len(ids), len(book.time.period)))
    year = np.zeros((len(ids), len(book.time.blocks)))
    np.add.at(flow, market[present], book.quantity("exchange").values[present])
    np.add.at(year, market[present], book.amounts("exchange")[present])
    kind, block = codes(commodity), book.time.block
    years = np.array([y for y, _ in book.time.blocks], dtype=float)
    started = years >= book.number("markets", "from_year", -np.inf)
    least = np.where(started, book.number("markets", "min", 0.0), 0.0)[:, block]
    most = np.where(started, book.number("markets", "max", np.inf), 0.0)[:, block]
    names = Keys({"market": ids})
    bound = np.where(np.isfinite(most), most, 0.0)
    violation = np.maximum(flow - most, least - flow)
    error = relative(violation, np.abs(flow) + bound + least, kind)
    yield Family("market", names, book.time.period, error)
    budget = book.number("markets", "max_per_year", np.inf)
    own = np.abs(year) + np.where(np.isfinite(budget), budget, 0.0)
    yield Family("market_year", names, book.block_labels, relative(year - budget, own, kind))


def peaks(book: Book) -> Iterator[Family]:
    """A month's peak is at least the draw of each of its periods, where peaks are charged."""
    index = book.quantity("exchange").key
    market = book.find("markets", texts(index, "market"))
    charged = (book.number("markets", "peak_price", 0.0) != 0).any(axis=1)
    row = np.flatnonzero((market >= 0) & charged[market])
    if not len(row):
        return
    draw = book.quantity("exchange").values[row]
    known_peak = book.quantity("peak")
    charging = index.take(row)
    where = _pairs(known_peak.key, charging)
    peak = np.zeros((len(row), known_peak.values.shape[1]))
    peak[where >= 0] = known_peak.values[where[where >= 0]]
    here = peak[:, book.time.month_index]
    kind = codes(book.text("markets", "commodity")[market[row]])
    error = relative(draw - here, np.abs(draw) + np.abs(here), kind)
    yield Family("peak", charging, book.time.period, error)


def _pairs(among: Keys, wanted: Keys) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    keys = ("market", "site")
    return pair_position(
        (texts(among, keys[0]), texts(among, keys[1])),
        (texts(wanted, keys[0]), texts(wanted, keys[1])),
    )
