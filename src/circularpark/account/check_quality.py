"""Every mix judged by its raw compositions: sources, sinks, links, limits and loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from circularpark.account.book import Book, Texts, position, texts
from circularpark.account.graded import Entry, Grades, mass, sides
from circularpark.account.judged import Family, codes, relative
from circularpark.account.recipe_rows import recipe_rows
from circularpark.park.units import quality_unit
from circularpark.program.time import Floats, Integers

# Of what is smaller than this, beside the largest, nobody can tell a quality.
DUST = 1e-9


def quality(book: Book) -> Iterator[Family]:
    """What sources give, sinks take and links carry are sums of matches; no mix is too bad."""
    if not book.size("quality") and not book.size("operations"):
        return
    grades = book.once("grades", Grades)
    gives, takes = sides(grades)
    desk = Desk(book, gives, takes)
    yield desk.possible()
    yield desk.ends("source", gives, desk.source, desk.sent)
    yield desk.ends("sink", takes, desk.sink, desk.arrived)
    yield from desk.links(grades.commodities)
    yield from _limits(grades, desk)
    yield from _loads(grades, desk)
    # Its room builds on this one.
    from circularpark.account.check_brought import brought

    yield from brought(book, grades, desk)


class Desk:
    """The matches of a plan beside the sources, sinks and links that they name."""

    def __init__(self, book: Book, gives: list[Entry], takes: list[Entry]) -> None:
        self.book, self.gives, self.takes = book, gives, takes
        told = book.quantity("matched")
        self.index, self.sent = told.index, told.values
        self.source = position(_names(gives), texts(told.index, "source"))
        self.sink = position(_names(takes), texts(told.index, "sink"))
        self.link = position(book.text("links", "id"), texts(told.index, "link"))
        kept = 1.0 - np.concatenate([book.number("links", "loss", 0.0), _nothing(book)])
        self.arriving = kept[self.link]
        self.arrived = self.sent * self.arriving[:, book.time.block]
        # Property and source of each mixed outlet that was asked for, and what it is, (T,).
        self.mixtures: dict[tuple[str, int], Floats] = {}
        self.site_of = {
            way: book.text("links", way) if book.size("links") else np.array([], dtype=object)
            for way in ("from", "to")
        }

    def possible(self) -> Family:
        """A match joins a source and a sink of one commodity that its link, or site, joins."""
        within = texts(self.index, "link") == ""
        bad = (self.source < 0) | (self.sink < 0) | ((self.link < 0) & ~within)
        good = np.flatnonzero(~bad)
        start, end = self._field(good, "site")
        what, taken = self._field(good, "commodity")
        link = self.link[good]
        here = within[good] & (start == end)
        ahead, back = (self._joins(link, start, end), self._joins(link, end, start))
        two_way = np.append(self.book.flag("links", "bidirectional"), False)[link]
        right = here | (~within[good] & (ahead | (back & two_way)))
        carried = np.append(self.book.text("links", "commodity"), "")[link]
        bad[good] = ~right | (what != taken) | (~within[good] & (carried != what))
        self.back = np.zeros(len(bad), dtype=bool)
        self.back[good] = ~within[good] & ~ahead
        error = np.where((self.sent != 0) & bad[:, None], np.inf, 0.0)
        return Family("joined", self.index, self.book.time.period, error)

    def _field(self, rows: Integers, field: str) -> tuple[Texts, Texts]:
        given = np.array([getattr(e, field) for e in self.gives], dtype=object)
        taken = np.array([getattr(e, field) for e in self.takes], dtype=object)
        return given[self.source[rows]], taken[self.sink[rows]]

    def _joins(self, link: Integers, start: Texts, end: Texts) -> np.ndarray:
        sender, receiver = (np.append(self.site_of[way], "") for way in ("from", "to"))
        return np.asarray((sender[link] == start) & (receiver[link] == end), dtype=bool)

    def ends(self, name: str, entries: list[Entry], of: Integers, flow: Floats) -> Family:
        """What an end gives or takes is the sum of its matches; a free source may give more."""
        own = _stacked([e.flow for e in entries], len(self.book.time.period))
        total = self.summed(of, len(entries), np.ones((len(of), len(self.book.time.blocks))), flow)
        free = np.array([name == "source" and e.free for e in entries], dtype=bool)[:, None]
        violation = np.where(free, total - own, np.abs(total - own))
        kind = codes(np.array([e.commodity for e in entries], dtype=object))
        index = pd.DataFrame({name: _names(entries)})
        return Family(name, index, self.book.time.period, relative(violation, own + total, kind))

    def links(self, graded: set[str]) -> Iterator[Family]:
        """A link of a graded commodity carries the sum of its matches, each way."""
        book = self.book
        ids, goods = book.text("links", "id"), book.text("links", "commodity")
        own = np.flatnonzero([good in graded for good in goods])
        if not len(own):
            return
        for quantity, back in (("link_flow", False), ("link_flow_back", True)):
            there = (self.link >= 0) & (self.back == back)
            weight = np.repeat(there[:, None].astype(float), len(book.time.blocks), axis=1)
            total = self.summed(self.link, len(ids), weight, self.sent)[own]
            flow = book.spread(quantity, "link", ids)[own]
            error = relative(np.abs(total - flow), np.abs(total) + np.abs(flow), codes(goods[own]))
            index = pd.DataFrame({"link": ids[own]})
            yield Family("link_match", index, book.time.period, error)

    def summed(self, row: Integers, rows: int, weight: Floats, flow: Floats) -> Floats:
        """Sums of matches' flows (M, T) with weights (M, B) into rows, (rows, T)."""
        match = np.flatnonzero(row >= 0)
        return self.mixed(rows, row[match], match, weight[match], flow)

    def mixed(
        self, rows: int, row: Integers, match: Integers, weight: Floats, flow: Floats
    ) -> Floats:
        """Sums of matches' flows (M, T) by entries: row, match and weight (n, B), (rows, T)."""
        total = np.zeros((rows, flow.shape[1]))
        for part in self.book.parts:
            inside = np.isin(self.book.time.block, part.blocks)
            periods: slice | Integers = slice(None) if inside.all() else np.flatnonzero(inside)
            entries = (weight[:, part.blocks[0]], (row, match))
            matrix = csr_array(entries, (rows, len(flow)))
            total[:, periods] += np.asarray(matrix @ flow[:, periods])
        return total

    def arrivals(self, sinks: Sequence[Sequence[int]]) -> tuple[Integers, Integers]:
        """Row and match of everything that arrives at each row's sinks."""
        row = np.repeat(np.arange(len(sinks)), [len(own) for own in sinks])
        wanted = np.array([sink for own in sinks for sink in own], dtype=np.int64)
        order = np.argsort(self.sink, kind="stable")
        first = np.searchsorted(self.sink[order], wanted, side="left")
        many = np.searchsorted(self.sink[order], wanted, side="right") - first
        within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        return np.repeat(row, many), order[np.repeat(first, many) + within]

    def qualities(self, grades: Grades, name: Sequence[str], match: Integers) -> Floats:
        """The property that each entry asks of its match's source, (n, B); nan where untold."""
        blocks = len(self.book.time.blocks)
        names = list(dict.fromkeys(name))
        table = np.full((len(names), len(self.gives) + 1, blocks), np.nan)
        for place, one in enumerate(names):
            for source, entry in enumerate(self.gives):
                told = grades.quality(entry, one)
                if told is not None:
                    table[place, source] = told
            self._treat(grades, one, table[place])
        which = {one: place for place, one in enumerate(names)}
        asked = np.array([which[one] for one in name], dtype=np.int64)
        return np.asarray(table[asked, self.source[match]], dtype=float)

    def _treat(self, grades: Grades, name: str, values: Floats) -> None:
        """What treatments leave of the load of their only source, in place; twice where two follow.

        What is fed by several sources at once is in every period another mix: see ``_mix``.
        """
        shares = [grades.removed(entry, name) for entry in self.gives]
        used = self.sent.any(axis=1)
        for _ in [share for share in shares if share is not None]:
            for source, share in enumerate(shares):
                if share is None:
                    continue
                plant = self.gives[source].process
                own = [i for i, e in enumerate(self.takes) if e.process == plant]
                own = [i for i in own if (self.takes[i].commodity, name) in grades.told]
                match = np.flatnonzero(np.isin(self.sink, own) & used)
                feed = np.unique(self.source[match])
                if len(feed) != 1:
                    self._mix((name, source), own, match, share, values)
                    continue
                fed = float(self.arrived[match].sum())
                given = float(self.gives[source].flow.sum())
                ratio = fed / given if given > 0 else 0.0
                values[source] = values[feed[0]] * (1.0 - share) * ratio

    def _mix(
        self,
        which: tuple[str, int],
        inputs: list[int],
        match: Integers,
        share: Floats,
        values: Floats,
    ) -> None:
        """Remember what the mixed outlet of a treatment is in each period, (T,)."""
        source = which[1]
        block = self.book.time.block
        base = self.gives[source].commodity
        counts = {i: mass(self.book, self.takes[i].commodity, base) for i in inputs}
        weight = np.array([counts[int(i)] for i in self.sink[match]])[:, None]
        told = values[self.source[match]][:, block]
        load = (self.arrived[match] * weight * told).sum(axis=0) * (1.0 - share[block])
        given = self.gives[source].flow
        some = given > DUST * given.max(initial=0.0)
        self.mixtures[which] = np.where(some, load / np.where(some, given, 1.0), 0.0)

    def outlets(self, name: Sequence[str], match: Integers) -> dict[int, Floats]:
        """Entries whose quality is that of a mixed outlet: their place, and the quality, (T,)."""
        if not self.mixtures:
            return {}
        pairs = zip(name, self.source[match].tolist(), strict=True)
        return {
            place: self.mixtures[pair] for place, pair in enumerate(pairs) if pair in self.mixtures
        }


def _nothing(book: Book) -> Floats:
    return np.zeros((1, len(book.time.blocks)))


def _names(entries: list[Entry]) -> Texts:
    return np.array([e.name for e in entries], dtype=object)


def _stacked(rows: list[Floats], width: int) -> Floats:
    return np.stack(rows) if rows else np.zeros((0, width))


def _limits(grades: Grades, desk: Desk) -> Iterator[Family]:
    """Sums of what arrives, each beyond its limit by so much, are not positive."""
    found = [
        (who, row, side, sinks)
        for who, row, sinks in limited(grades, desk.takes)
        for side, bounds in (("min", grades.least), ("max", grades.most))
        if np.isfinite(bounds[row]).any()
    ]
    if not found:
        return
    members = [sinks for _, _, _, sinks in found]
    row, match = desk.arrivals(members)
    rule = np.array([rule for _, rule, _, _ in found], dtype=np.int64)
    most = np.array([side == "max" for _, _, side, _ in found])
    limit_of = np.where(most[:, None], grades.most[rule], grades.least[rule])
    # What counts against a product is measured from nothing; the product allows so much of it.
    counted = np.array([bool(grades.per[r]) for r in rule])
    bound = np.where(counted[:, None], 0.0, limit_of)[row]
    names = [str(grades.name[r]) for r in rule]
    asked = [names[r] for r in row]
    told = desk.qualities(grades, asked, match) / grades.size[rule[row], None]
    outlets = desk.outlets(asked, match)
    power = grades.power[rule[row], None]
    with np.errstate(divide="ignore", invalid="ignore"):
        own, limit = told**power, bound**power
    # A falling operator turns a maximum of the property into a minimum of what mixes.
    sign = np.where(most[row, None], 1.0, -1.0) * np.sign(power)
    counts = masses(desk, members, [str(grades.per[r]) for r in rule], row, match)[:, None]
    unknown = np.isnan(own) & np.isfinite(limit)
    unknown[list(outlets)] = False
    over = np.where(np.isfinite(own - limit), sign * (own - limit), 0.0) * counts
    size = np.where(np.isfinite(own - limit), np.abs(own) + np.abs(limit), 0.0) * counts
    error, gross, lost = (
        desk.mixed(len(found), row, match, weight, desk.arrived)
        for weight in (over, size, unknown.astype(float))
    )
    made = products(desk, grades, rule.tolist(), members)
    allowed = made * np.nan_to_num(limit_of)[:, desk.book.time.block]
    error = np.where(lost > 0, np.inf, error - np.where(most, 1.0, -1.0)[:, None] * allowed)
    gross = gross + np.abs(allowed)
    block = desk.book.time.block
    for place, quality in outlets.items():
        # Mixed outlets have a linear scale, and another quality in every period.
        flow = desk.arrived[match[place]] * counts[place, 0]
        here, edge = quality / grades.size[rule[row[place]]], limit[place][block]
        known = np.isfinite(edge)
        error[row[place]] += flow * np.where(known, sign[place, 0] * (here - edge), 0.0)
        gross[row[place]] += flow * np.where(known, np.abs(here) + np.abs(edge), 0.0)
    index = pd.DataFrame(
        {
            "sink": [who for who, _, _, _ in found],
            "property": names,
            "side": [side for _, _, side, _ in found],
        }
    )
    judged = relative(error, gross, codes(np.array(names, dtype=object)))
    yield Family("quality", index, desk.book.time.period, judged)


def products(
    desk: Desk, grades: Grades, rules: Sequence[int], sinks: Sequence[Sequence[int]]
) -> Floats:
    """What is made of the commodity that each rule counts against, (rules, T); zero of others."""
    book = desk.book
    total = np.zeros((len(rules), len(book.time.period)))
    if not any(grades.per[rule] for rule in rules):
        return total
    rows = recipe_rows(book)
    profile = rows.drawn_profile()
    for place, rule in enumerate(rules):
        plant, product = desk.takes[sinks[place][0]].process, grades.per[rule]
        for r in np.flatnonzero(rows.commodity == product) if product else ():
            if grades.plants[rows.process[r]][0] == plant and rows.flow[r] >= 0:
                drawn = book.quantity(rows.quantity(bool(rows.grouped[r]))).values[rows.flow[r]]
                per = np.abs(rows.per_flow()[r])[book.time.block]
                total[place] += per * book.time.profile(str(profile[r])) * drawn
    return total


def masses(
    desk: Desk,
    sinks: Sequence[Sequence[int]],
    per: Sequence[str],
    row: Integers,
    match: Integers,
) -> Floats:
    """What one unit of each entry counts in a mix of several commodities, (n,)."""
    goods = np.array([e.commodity for e in desk.takes], dtype=object)
    bases = [product or goods[own[0]] for own, product in zip(sinks, per, strict=True)]
    base = np.array(bases, dtype=object)[row]
    here = goods[desk.sink[match]]
    found = np.ones(len(row))
    for place in np.flatnonzero(here != base).tolist():
        found[place] = mass(desk.book, here[place], base[place])
    return found


def limited(grades: Grades, takes: list[Entry]) -> Iterator[tuple[str, int, list[int]]]:
    """Name, row of quality.csv and sinks of everything that limits what arrives."""
    plants: dict[str, list[int]] = {}
    for place, entry in enumerate(takes):
        if entry.table == "processes":
            plants.setdefault(entry.process, []).append(place)
        elif entry.table != "operations":
            for row in grades.rows.get(entry.item, []):
                yield entry.name, row, [place]
    for plant, members in plants.items():
        first = takes[members[0]]
        for row in grades.rows_of_process(first.item, first.technology):
            good, name = grades.good[row], str(grades.name[row])
            mixed = {g for g, told in grades.told if told == name}
            own = [m for m in members if takes[m].commodity in ({good} if good else mixed)]
            if own:
                yield plant, row, own


def _loads(grades: Grades, desk: Desk) -> Iterator[Family]:
    """What flows into an operation with its load leaves with the outlet, at its most."""
    book = desk.book
    ids, names, units = (book.text("operations", c) for c in ("id", "property", "quality_unit"))
    if not len(ids):
        return
    size = np.array([quality_unit(str(unit))[1] for unit in units])[:, None]
    load = book.time.rates(
        book.number("operations", "load", 0.0),
        book.text("operations", "_per") == "a",
        [""] * len(ids),
        np.ones(len(ids)),
    )
    place = {e.item: i for i, e in enumerate(desk.takes) if e.table == "operations"}
    row, match = desk.arrivals([[place[str(name)]] for name in ids])
    flow = np.stack([desk.takes[place[str(name)]].flow for name in ids])
    told = desk.qualities(grades, [str(names[r]) for r in row], match)
    known = np.nan_to_num(told)
    inside, lost = (
        desk.mixed(len(ids), row, match, weight, desk.arrived)
        for weight in (known, np.isnan(told).astype(float))
    )
    index, kind = pd.DataFrame({"operation": ids, "property": names}), codes(names)
    single = np.array([(ids == name).sum() == 1 for name in ids])[:, None]
    for family, column, more in (("inlet", "max_in", 0.0), ("load", "max_out", load)):
        bound = (book.number("operations", column, np.nan) * size)[:, book.time.block]
        over = inside + more - flow * np.nan_to_num(bound)
        if family == "load":
            # Of one property the outlet is at its most, no less.
            over = np.where(single, np.abs(over), over)
        over = np.where(np.isnan(bound), 0.0, np.where(lost > 0, np.inf, over))
        gross = np.abs(inside) + np.abs(more) + flow * np.abs(np.nan_to_num(bound))
        yield Family(family, index, book.time.period, relative(over, gross, kind))
