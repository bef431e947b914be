"""Graded commodities of a park as arrays: matches, limits on mixes, loads of operations.

Where the contract is silent:

- A row of a process goes before its technology's row of the same commodity and property; a row
  that names an output goes before a blank one.
- A market open to every site accepts at every site what its rows say: its sites do not mix.
- Several recipe rows of one commodity in one process are one mix.
- In a mix of several commodities each counts by its mass where their units differ.
- An operation does not feed itself: what goes round adds as much to both sides of its load.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circularpark.park.keys import Keys
from circularpark.park.units import UnitError, factor
from circularpark.physics.quality import Pairs, excess, never_helps, reachable
from circularpark.program.collect_brought import Fed, brought_terms
from circularpark.program.collect_pools import Judged, Matched, collect_pools
from circularpark.program.compositions import Compositions, compositions
from circularpark.program.data import (
    Blocks,
    Demands,
    Flags,
    Links,
    Markets,
    Nodes,
    Recipes,
    Streams,
)
from circularpark.program.declared import Declared
from circularpark.program.graded_ends import sinks, sources
from circularpark.program.operated import Operated
from circularpark.program.quality_data import (
    OPERATION,
    Allowed,
    Ends,
    Operations,
    Quality,
    Terms,
)
from circularpark.program.quality_limits import Limits, mix_limits
from circularpark.program.removals import Mixed, fill_removals, own_loops
from circularpark.program.time import Floats, Integers

if TYPE_CHECKING:
    from circularpark.park.model import Park


@dataclass(frozen=True)
class QualitySides:
    """What has been collected of the park already, as far as quality looks at it."""

    nodes: Nodes
    streams: Streams
    demands: Demands
    recipes: Recipes
    markets: Markets
    links: Links
    operations: Operations
    operated: Operated


def collect_quality(park: Park, blocks: Blocks, declared: Declared, sides: QualitySides) -> Quality:
    """Who may serve whom with what, and what the mixes may be.

    Raises
    ------
    ParkDataError : a property that a sink limits is not known of a source that reaches it.
    """
    gives = sources(sides.nodes, sides.streams, sides.markets, sides.recipes, sides.operations)
    takes = sinks(sides.nodes, sides.demands, sides.markets, sides.recipes, sides.operations)
    ways = _ways(sides.nodes, sides.links)
    pairs = _without_loops(reachable(gives.node, takes.node, ways.start, ways.end), gives, takes)
    made = compositions(declared, gives, sides)
    mixed: list[Mixed] = []
    if made.treated:
        loops = own_loops(made, sides.recipes, gives, takes, pairs)
        pairs = pairs.take(~loops)
        mixed = fill_removals(park, declared, made, sides.recipes, gives, takes, pairs)
    limits = mix_limits(declared, takes, sides, made.names)
    found = _Matched(park, declared, gives, takes, pairs, ways, made, mixed, sides)
    return found.quality(limits)


@dataclass(frozen=True)
class _Ways:
    """Where a graded commodity may go: within its site, along links and back on them."""

    start: Integers
    end: Integers
    link: Integers
    back: Flags


def _ways(nodes: Nodes, links: Links) -> _Ways:
    here = np.flatnonzero(nodes.graded)
    there = np.flatnonzero(nodes.graded[links.from_node])
    back = links.back[nodes.graded[links.from_node[links.back]]]
    none = np.full(len(here), -1, dtype=np.int64)
    return _Ways(
        start=np.concatenate([here, links.from_node[there], links.to_node[back]]),
        end=np.concatenate([here, links.to_node[there], links.from_node[back]]),
        link=np.concatenate([none, there, back]),
        back=np.repeat([False, False, True], [len(here), len(there), len(back)]),
    )


def _without_loops(pairs: Pairs, gives: Ends, takes: Ends) -> Pairs:
    own = (gives.kind[pairs.source] == OPERATION) & (takes.kind[pairs.sink] == OPERATION)
    loop = own & (gives.of[pairs.source] == takes.of[pairs.sink])
    kept = pairs.take(~np.asarray(loop, dtype=bool))
    order = np.lexsort((kept.way, kept.sink, kept.source))
    return Pairs(kept.source[order], kept.sink[order], kept.way[order])


@dataclass(frozen=True)
class _Entries:
    """Rows and the pairs in them, (n,)."""

    row: Integers
    pair: Integers

    def kept(self, keep: Flags, number: Integers) -> _Entries:
        """Those of the pairs that stay, by their new number."""
        return _Entries(self.row[keep], number[self.pair[keep]])


class _Matched:
    """The matches of a park, on their way to rows."""

    def __init__(
        self,
        park: Park,
        declared: Declared,
        gives: Ends,
        takes: Ends,
        pairs: Pairs,
        ways: _Ways,
        made: Compositions,
        mixed: list[Mixed],
        sides: QualitySides,
    ) -> None:
        self.park, self.declared, self.gives, self.takes = park, declared, gives, takes
        self.blocks = declared.blocks
        self.pairs, self.ways, self.made, self.sides = pairs, ways, made, sides
        # What an outlet of a mixed feed may be: at its lowest, and at its highest.
        self.mixed, self.low, self.high = mixed, made.value, made.value
        if mixed:
            self.low, self.high = made.value.copy(), made.value.copy()
            for one in mixed:
                self.low[one.source, one.name] = one.low
                self.high[one.source, one.name] = one.high
        self.order = np.argsort(pairs.sink, kind="stable")
        self.sorted = pairs.sink[self.order]

    def quality(self, limits: Limits) -> Quality:
        """All arrays, without the pairs that no mix can have."""
        operated = self.sides.operated
        mixes = self._entries(limits.row, limits.sink)
        inlet = self.takes.are(OPERATION)
        outlets = self._entries(np.arange(len(operated.of)), inlet[operated.of])
        beyond, worst = self._beyond(limits, mixes)
        carried = self._carried(outlets)
        kept = ~self._never(limits, mixes, beyond, outlets, carried)
        self._refuse_unknown(limits, mixes, beyond, kept)
        self._refuse_unknown_outlets(outlets, carried, kept)
        number = np.cumsum(kept) - 1
        pairs, link = self.pairs.take(kept), self.ways.link[self.pairs.way[kept]]
        arriving = _arriving(self.sides.links, link)
        in_mix, in_outlet = kept[mixes.pair], kept[outlets.pair]
        weigh = self._weights(limits, mixes)
        pooled = self._pooled(limits, mixes)
        speaks, terms = _speaking(
            len(limits.key),
            mixes.kept(in_mix, number),
            self.blocks.over_time((worst * weigh)[in_mix]),
            self.blocks.over_time(np.where(pooled[:, None], 0.0, beyond * weigh)[in_mix]),
            limits.counted,
        )
        key = self._names(pairs.source, pairs.sink, link)
        found = Fed(self.made, self.takes, pairs, arriving)
        judged = self._judged(limits, mixes, weigh, speaks, number, in_mix & pooled)
        pools = collect_pools(
            self.blocks, self.mixed, self.made, Matched(pairs, key, arriving), judged
        )
        outlet = outlets.kept(in_outlet, number)
        sent = self.blocks.over_time(carried[in_outlet])
        return Quality(
            key=key,
            source=pairs.source,
            sink=pairs.sink,
            arriving=arriving,
            link=link,
            back=self.ways.back[self.pairs.way[kept]],
            sources=self.gives,
            sinks=self.takes,
            graded_links=np.flatnonzero(self.sides.nodes.graded[self.sides.links.from_node]),
            mix=limits.key.take(speaks),
            bound=self.blocks.over_time(limits.value[speaks]),
            unit=limits.unit[speaks],
            beyond=Terms(terms.row, terms.match, terms.value * arriving[terms.match]),
            allowed=self._allowed(limits, speaks),
            loaded=operated.key,
            load_of=operated.of,
            load=operated.load,
            most=self.blocks.over_time(operated.most),
            exact=operated.exact,
            carried=Terms(outlet.row, outlet.pair, sent * arriving[outlet.pair]),
            pruned=self._pruned(limits, mixes, beyond, ~kept),
            pools=pools,
            brought_row=np.flatnonzero(self.sides.recipes.property != ""),
            brought=brought_terms(self.park, self.declared, self.sides.recipes, found),
        )

    def _pooled(self, limits: Limits, mixes: _Entries) -> Flags:
        """Which entries' qualities are those of a mixed outlet, (n,)."""
        which = np.zeros(self.made.value.shape[:2], dtype=bool)
        for one in self.mixed:
            which[one.source, one.name] = True
        found = which[self.pairs.source[mixes.pair], limits.property[mixes.row]]
        return np.asarray(found, dtype=bool)

    def _judged(
        self,
        limits: Limits,
        mixes: _Entries,
        weigh: Floats,
        speaks: Flags,
        number: Integers,
        own: Flags,
    ) -> Judged:
        """The entries of mixed outlets in limits that something breaks."""
        chosen = np.flatnonzero(own & speaks[mixes.row])
        row = mixes.row[chosen]
        return Judged(
            row=(np.cumsum(speaks) - 1)[row],
            pair=number[mixes.pair[chosen]],
            property=limits.property[row],
            side=limits.side[row],
            size=limits.size[row],
            limit=limits.compared()[row],
            weigh=weigh[chosen] if len(weigh) == len(mixes.row) else weigh,
        )

    def _names(self, source: Integers, sink: Integers, link: Integers) -> Keys:
        named = np.append(self.sides.links.key["link"], "").astype(object)
        return Keys(
            {
                "source": self.gives.key["source"][source],
                "sink": self.takes.key["sink"][sink],
                "link": named[link],
            }
        )

    def _entries(self, row: Integers, sink: Integers) -> _Entries:
        """The pairs of each row's sinks."""
        first = np.searchsorted(self.sorted, sink, side="left")
        many = np.searchsorted(self.sorted, sink, side="right") - first
        within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        return _Entries(np.repeat(row, many), self.order[np.repeat(first, many) + within])

    def _of(self, values: Floats, entries: _Entries, name: Integers, size: Floats) -> Floats:
        """The property of each entry's source, in the unit of its row, (n, 1 or B)."""
        found = values[self.pairs.source[entries.pair], name[entries.row]]
        return np.asarray(found / size[entries.row, None], dtype=float)

    def _beyond(self, limits: Limits, entries: _Entries) -> tuple[Floats, Floats]:
        """How far each entry is beyond its limit, at its best and at its worst."""
        row = entries.row
        exponent, side = limits.exponent[row, None], limits.side[row, None]

        def of(values: Floats) -> Floats:
            own = self._of(values, entries, limits.property, limits.size)
            return excess(own, limits.compared()[row], exponent, side)

        if not self.mixed:
            same = of(self.made.value)
            return same, same
        low, high = of(self.low), of(self.high)
        return np.minimum(low, high), np.maximum(low, high)

    def _allowed(self, limits: Limits, speaks: Flags) -> Allowed:
        """What limits that count against a commodity of the recipe allow per flow of it."""
        number = np.cumsum(speaks) - 1
        per = self.blocks.over_time((limits.side[:, None] * limits.value)[limits.against])
        return Allowed(number[limits.against], limits.recipe, per)

    def _carried(self, outlets: _Entries) -> Floats:
        operated = self.sides.operated
        name = self.made.numbers(operated.key["property"])
        return self._of(self.made.value, outlets, name, operated.size)

    def _weights(self, limits: Limits, mixes: _Entries) -> Floats:
        """What one unit of each sink's commodity counts in a mix of several."""
        good = self.sides.nodes.commodity[self.takes.node]
        first = np.full(len(limits.key), -1, dtype=np.int64)
        first[limits.row[::-1]] = good[limits.sink[::-1]]
        first[limits.against] = self.sides.nodes.commodity[self.sides.recipes.node[limits.recipe]]
        units = self.blocks.texts("commodities", "unit")
        own, whole = good[self.pairs.sink[mixes.pair]], first[mixes.row]
        found = np.ones(len(own))
        if (own == whole).all():
            return found[:, None]
        for pair in {p for p in zip(own.tolist(), whole.tolist(), strict=True) if p[0] != p[1]}:
            here = (own == pair[0]) & (whole == pair[1])
            found[here] = _ratio(str(units[pair[0]]), str(units[pair[1]]))
        return found[:, None]

    def _never(
        self,
        limits: Limits,
        mixes: _Entries,
        beyond: Floats,
        outlets: _Entries,
        carried: Floats,
    ) -> Flags:
        """Pairs that can never help, by the limits and by what outlets may have at most.

        An operation that takes something away may use what is beyond its outlet; a limit that
        counts against a product allows something of every source.
        """
        operated = self.sides.operated
        adds = np.asarray((operated.load >= 0).all(axis=1), dtype=bool)[outlets.row]
        most = operated.most[outlets.row]
        over = np.where(np.isnan(most), np.nan, excess(carried, most, np.ones(1), np.ones(1)))
        mixed = ~limits.counted[mixes.row]
        row = np.concatenate([mixes.row[mixed], len(limits.key) + outlets.row[adds]])
        pair = np.concatenate([mixes.pair[mixed], outlets.pair[adds]])
        states = max(beyond.shape[1], over.shape[1])
        parts = [np.broadcast_to(p, (len(p), states)) for p in (beyond[mixed], over[adds])]
        count = len(limits.key) + len(operated.of)
        return never_helps(count, len(self.pairs), row, pair, np.concatenate(parts))

    def _refuse_unknown(self, limits: Limits, mixes: _Entries, beyond: Floats, kept: Flags) -> None:
        unknown = np.isnan(beyond).any(axis=1) & kept[mixes.pair]
        if unknown.any():
            row, pair = mixes.row[unknown], mixes.pair[unknown]
            self.made.refuse(
                self.park, self.pairs.source[pair], limits.property[row], limits.key["sink"][row]
            )

    def _refuse_unknown_outlets(self, outlets: _Entries, carried: Floats, kept: Flags) -> None:
        unknown = np.isnan(carried).any(axis=1) & kept[outlets.pair]
        if unknown.any():
            row, pair = outlets.row[unknown], outlets.pair[unknown]
            key = self.sides.operated.key
            name = self.made.numbers(key["property"])[row]
            self.made.refuse(self.park, self.pairs.source[pair], name, key["operation"][row])

    def _pruned(self, limits: Limits, mixes: _Entries, beyond: Floats, out: Flags) -> Keys:
        """The pairs that are left out, each with a limit that it breaks."""
        breaks = np.flatnonzero((beyond > 0).any(axis=1) & out[mixes.pair])
        reason = np.full(len(out), -1, dtype=np.int64)
        reason[mixes.pair[breaks[::-1]]] = mixes.row[breaks[::-1]]
        lost = np.flatnonzero(out)
        names = self._names(
            self.pairs.source[lost],
            self.pairs.sink[lost],
            self.ways.link[self.pairs.way[lost]],
        )
        told = {
            name: np.append(limits.key[name], "").astype(object)[reason[lost]]
            for name in ("property", "side")
        }
        return Keys({**names.columns, **told})


def _arriving(links: Links, link: Integers) -> Floats:
    """Share of each match that arrives, (M, 1 or T): all of it within a site."""
    whole = np.concatenate([links.arriving, np.ones((1, links.arriving.shape[1]))])
    return whole[link]


def _ratio(unit: str, base: str) -> float:
    try:
        return factor(unit, base).factor
    except UnitError:
        return 1.0


def _speaking(
    rows: int, entries: _Entries, worst: Floats, value: Floats, always: Flags
) -> tuple[Flags, Terms]:
    """Only the rows that something may break alone: the others hold for every mix."""
    speaks = always.copy()
    np.logical_or.at(speaks, entries.row, (worst > 0).any(axis=1))
    number = np.cumsum(speaks) - 1
    kept = speaks[entries.row]
    return speaks, Terms(number[entries.row[kept]], entries.pair[kept], value[kept])
