"""Graded commodities read from the raw tables: who gives, who takes, and of what quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from circularpark.account.book import Book, texts
from circularpark.account.recipe_rows import recipe_rows
from circularpark.park.units import UnitError, factor, quality_unit
from circularpark.program.time import Floats

EVERY_SITE = "*"


@dataclass(frozen=True)
class Entry:
    """One source or sink: its name in the matches, where it is in the tables, and its flow.

    item : its id (of a process the row that its instances share), technology : of a process
    flow : (T,) what it gives or takes; free : whether a source may give more than is taken
    """

    name: str
    table: str
    item: str
    site: str
    commodity: str
    flow: Floats
    free: bool
    technology: str = ""
    process: str = ""


class Grades:
    """The rows of quality.csv and operations.csv beside the flows of a book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.item, self.good, self.name, self.unit, self.operator = (
            book.text("quality", c) for c in ("item", "commodity", "property", "unit", "operator")
        )
        self.per = book.text("quality", "per")
        self.value, self.least, self.most = (
            book.number("quality", c, np.nan) for c in ("value", "min", "max")
        )
        self.load_of, self.loaded = (
            book.text("operations", "id"),
            book.text("operations", "property"),
        )
        self.used = book.text("operations", "commodity")

    @cached_property
    def size(self) -> Floats:
        """What each row's unit is worth, (R,)."""
        return np.array([quality_unit(str(unit))[1] for unit in self.unit], dtype=float)

    @cached_property
    def power(self) -> Floats:
        """The exponent of each row's operator, (R,)."""
        return np.array([1.0 if o in ("", "linear") else float(o) for o in self.operator])

    @cached_property
    def plants(self) -> list[tuple[str, str, str]]:
        """Id, shared row and technology of every process."""
        columns = (self.book.text("processes", c) for c in ("id", "of", "technology"))
        return [(str(i), str(of), str(t)) for i, of, t in zip(*columns, strict=True)]

    @cached_property
    def moves(self) -> dict[str, list[tuple[str, bool]]]:
        """Technology of a process -> commodities of its recipe, and whether they come out."""
        technology = self.book.text("recipes", "technology")
        # The catalogue describes many technologies that no process of the park has.
        used = {technology for _, _, technology in self.plants}
        own = np.flatnonzero([str(name) in used for name in technology])
        given = _positive(self.book.number("recipes", "rate", 0.0)[own]).tolist()
        goods = self.book.text("recipes", "commodity")[own]
        found: dict[str, list[tuple[str, bool]]] = {}
        for name, good, out in zip(technology[own], goods, given, strict=True):
            found.setdefault(str(name), []).append((str(good), bool(out)))
        return found

    @cached_property
    def of_thing(self) -> dict[str, str]:
        """Stream, demand or market -> commodity."""
        found = {}
        for table in ("streams", "demands", "markets"):
            ids, goods = self.book.text(table, "id"), self.book.text(table, "commodity")
            found.update({str(i): str(g) for i, g in zip(ids, goods, strict=True)})
        return found

    def described(self, row: int) -> Iterator[tuple[str, bool]]:
        """The commodities that a row speaks of, and whether as an output."""
        item, good = str(self.item[row]), str(self.good[row])
        if item in self.of_thing:
            yield self.of_thing[item], True
            return
        for _, of, technology in self.plants:
            if item in (of, technology):
                for what, given in self.moves.get(technology, []):
                    if good in ("", what):
                        yield what, given

    @cached_property
    def outward(self) -> Floats:
        """Rows that say what comes out, by a value or by a removal ratio."""
        removal = np.isfinite(self.book.number("quality", "removal", np.nan))
        return np.asarray((np.isfinite(self.value) | removal).any(axis=1))

    def removed(self, entry: Entry, name: str) -> Floats | None:
        """The share that a treatment takes out of its feed, (B,); None where it has a value."""
        if entry.table != "processes" or self.quality(entry, name) is not None:
            return None
        share = self.book.number("quality", "removal", np.nan)
        for item, good in _places(entry):
            for row in self.rows.get(item, []):
                same = self.good[row] == good and self.name[row] == name
                if same and np.isfinite(share[row]).any():
                    return np.asarray(share[row], dtype=float)
        return None

    @cached_property
    def told(self) -> set[tuple[str, str]]:
        """(commodity, property) that a source has a value of."""
        pairs = {(str(c), str(p)) for c, p in zip(self.used, self.loaded, strict=True)}
        for row in np.flatnonzero(self.outward).tolist():
            pairs |= {(what, str(self.name[row])) for what, out in self.described(row) if out}
        return pairs

    @cached_property
    def commodities(self) -> set[str]:
        """Commodities that are graded."""
        found = {str(good) for good in self.used}
        for row, good in enumerate(self.good):
            thing, gives = str(self.item[row]) in self.of_thing, bool(self.outward[row])
            limits = (np.isfinite(self.least[row]) | np.isfinite(self.most[row])).any()
            for what, out in self.described(row):
                mixed = limits and not out and (what, str(self.name[row])) in self.told
                if thing or good or (gives and out) or mixed:
                    found.add(what)
        return found

    def quality(self, entry: Entry, name: str) -> Floats | None:
        """A property of what a source gives, (B,) in its base; None where nothing is told."""
        if entry.table == "operations":
            row = self._outlets.get((entry.item, name))
            return None if row is None else self._most[row]
        rows = (self._values.get((item, good, name)) for item, good in _places(entry))
        first = next((row for row in rows if row is not None), None)
        return None if first is None else np.asarray(self.value[first] * self.size[first])

    @cached_property
    def _values(self) -> dict[tuple[str, str, str], int]:
        """(item, commodity, property) -> the row that has a value of it."""
        rows = np.flatnonzero(np.isfinite(self.value).any(axis=1))[::-1].tolist()
        return {(self.item[r], self.good[r], self.name[r]): r for r in rows}

    @cached_property
    def _outlets(self) -> dict[tuple[str, str], int]:
        """(operation, property) -> row."""
        pairs = zip(self.load_of.tolist(), self.loaded.tolist(), strict=True)
        return {pair: row for row, pair in enumerate(pairs)}

    @cached_property
    def _most(self) -> Floats:
        """What outlets of operations have at most, (L, B) in the properties' base."""
        units = self.book.text("operations", "quality_unit")
        size = np.array([quality_unit(str(unit))[1] for unit in units], dtype=float)
        most = self.book.number("operations", "max_out", np.nan)
        return np.asarray(most * size[:, None], dtype=float)

    @cached_property
    def rows(self) -> dict[str, list[int]]:
        """Item -> its rows."""
        found: dict[str, list[int]] = {}
        for row, item in enumerate(self.item.tolist()):
            found.setdefault(item, []).append(row)
        return found

    def rows_of_process(self, of: str, technology: str) -> list[int]:
        """Rows of a process; its technology's where it says nothing of the same itself."""
        own = self.rows.get(of, [])
        said = {(self.good[row], self.name[row]) for row in own}
        theirs = [] if of == technology else self.rows.get(technology, [])
        return [*own, *(row for row in theirs if (self.good[row], self.name[row]) not in said)]


def _places(entry: Entry) -> list[tuple[str, str]]:
    """Where the quality of a source may stand, first things first: item and commodity."""
    if entry.table != "processes":
        # A stream or market has one commodity, which its row need not say.
        return [(entry.item, ""), (entry.item, entry.commodity)]
    items = (entry.item, entry.technology)
    return [
        (items[0], entry.commodity),
        (items[1], entry.commodity),
        (items[0], ""),
        (items[1], ""),
    ]


def sides(grades: Grades) -> tuple[list[Entry], list[Entry]]:
    """All sources and all sinks of graded commodities."""
    book, graded = grades.book, grades.commodities
    free = {
        str(good)
        for good, rule in zip(
            book.text("commodities", "id"), book.text("commodities", "surplus"), strict=True
        )
        if rule == "free"
    }
    gives = [*_flowing(book, "streams", "stream", "taken", graded)]
    takes = [*_flowing(book, "demands", "demand", "met", graded)]
    for entry, given in [*_exchanged(book, graded, free), *_made(grades, free)]:
        (gives if given else takes).append(entry)
    for entry in _operated(book, free):
        gives.append(entry)
        takes.append(entry)
    return gives, takes


def _flowing(book: Book, table: str, key: str, quantity: str, graded: set[str]) -> Iterator[Entry]:
    ids, site, good = (book.text(table, c) for c in ("id", "site", "commodity"))
    flow = book.spread(quantity, key, ids)
    rule = book.text(table, "surplus")
    for row in [r for r, g in enumerate(good) if g in graded]:
        free = bool(rule[row] == "free")
        yield Entry(ids[row], table, ids[row], site[row], good[row], flow[row], free)


def _exchanged(book: Book, graded: set[str], free: set[str]) -> Iterator[tuple[Entry, bool]]:
    told = book.quantity("exchange")
    names, sites = texts(told.index, "market"), texts(told.index, "site")
    market = book.find("markets", names)
    own, good, way = (book.text("markets", c) for c in ("site", "commodity", "direction"))
    for row, place in enumerate(market):
        if place < 0 or good[place] not in graded:
            continue
        name = f"{names[row]}@{sites[row]}" if own[place] == EVERY_SITE else names[row]
        what = good[place]
        entry = Entry(name, "markets", names[row], sites[row], what, told.values[row], what in free)
        yield entry, way[place] == "buy"


def _made(grades: Grades, free: set[str]) -> Iterator[tuple[Entry, bool]]:
    book, graded = grades.book, grades.commodities
    rows = recipe_rows(book)
    member = [r for r, good in enumerate(rows.commodity) if good in graded]
    given = _positive(rows.rate).tolist()
    alone = Counter((rows.process[r], given[r]) for r in member)
    once = Counter((rows.process[r], given[r], rows.commodity[r]) for r in member)
    profile = rows.drawn_profile()
    for r in member:
        plant, of, technology = grades.plants[rows.process[r]]
        what, name = str(rows.commodity[r]), plant
        if alone[rows.process[r], given[r]] > 1:
            name = f"{plant}@{what}"
            if once[rows.process[r], given[r], rows.commodity[r]] > 1:
                name = f"{name}@{rows.row[r]}"
        drawn = book.quantity(rows.quantity(bool(rows.grouped[r]))).values
        flow = np.zeros(len(book.time.period))
        if rows.flow[r] >= 0:
            per = np.abs(rows.per_flow()[r])[book.time.block]
            flow = per * book.time.profile(str(profile[r])) * drawn[rows.flow[r]]
        entry = Entry(
            name, "processes", of, rows.site[r], what, flow, what in free, technology, plant
        )
        yield entry, given[r]


def _operated(book: Book, free: set[str]) -> Iterator[Entry]:
    ids, site, good = (book.text("operations", c) for c in ("id", "site", "commodity"))
    first = {str(name): row for row, name in reversed(list(enumerate(ids)))}
    flow = book.spread("throughput", "operation", np.array(list(first), dtype=object))
    for place, (name, row) in enumerate(first.items()):
        what = str(good[row])
        yield Entry(name, "operations", name, site[row], what, flow[place], what in free)


def _positive(rate: Floats) -> Floats:
    """Which rows of rates (L, B) come out."""
    return np.asarray((rate > 0).any(axis=1))


def mass(book: Book, commodity: str, base: str) -> float:
    """What one unit of a commodity counts beside another in a mix: its mass, else one."""
    unit = dict(zip(book.text("commodities", "id"), book.text("commodities", "unit"), strict=True))
    try:
        return factor(str(unit[commodity]), str(unit[base])).factor
    except (UnitError, KeyError):
        return 1.0


def graded_commodities(book: Book) -> set[str]:
    """Commodities whose sources meet their sinks one by one."""
    if not book.size("quality") and not book.size("operations"):
        return set()
    return book.once("grades", Grades).commodities
