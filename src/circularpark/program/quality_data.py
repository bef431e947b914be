"""Graded commodities as arrays: who gives, who takes, which of them meet, and what a mix may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from circularpark.park.keys import Keys, Names
from circularpark.program.arrays import Flags, Keyed, PerUnit, Rate
from circularpark.program.pool_data import Pools, no_pools
from circularpark.program.time import Floats, Integers

STREAM, DEMAND, EXCHANGE, RECIPE, OPERATION = (
    "stream",
    "demand",
    "exchange",
    "recipe",
    "operation",
)


@dataclass(frozen=True)
class Ends(Keyed):
    """Sources, or sinks, of graded commodities: ``key`` is their name.

    kind : (E,) what each is; of : (E,) its position among things of its kind; node : (E,)
    free : (E,) whether it may give more than is taken
    """

    kind: Names
    of: Integers
    node: Integers
    free: Flags

    def are(self, kind: str) -> Integers:
        """Positions of those of a kind."""
        return np.flatnonzero(self.kind == kind)

    def take(self, chosen: Integers) -> Ends:
        """Some of the ends."""
        key = self.key.take(chosen)
        return Ends(key, self.kind[chosen], self.of[chosen], self.node[chosen], self.free[chosen])

    def place(self, kind: str) -> Integers:
        """Position of each thing of a kind among the ends, by its own position; -1 where none."""
        own = self.are(kind)
        found = np.full(int(self.of[own].max(initial=-1)) + 1, -1, dtype=np.int64)
        found[self.of[own]] = own
        return found


@dataclass(frozen=True)
class Terms:
    """Matches in rows: (n,) row and match, and the coefficient (n, 1 or T)."""

    row: Integers
    match: Integers
    value: PerUnit


@dataclass(frozen=True)
class Allowed:
    """What limits allow per flow of a recipe row: (n,) row, recipe row, coefficient (n, 1 or T)."""

    row: Integers
    recipe: Integers
    value: PerUnit


@dataclass(frozen=True)
class Operations(Keyed):
    """Operations with a fixed load; ``typical`` is the throughput that their loads ask for."""

    node: Integers
    typical: Rate


@dataclass(frozen=True)
class Quality(Keyed):
    """Matches of sources and sinks of graded commodities.

    key : (M,) source, sink, link ("" within a site); source, sink : (M,) positions
    arriving : (M, 1 or T) share that arrives; link : (M,) position among links, -1 within a site
    back : (M,) against the link's direction; graded_links : links that graded commodities use
    mix : rows of limits on mixes (sink, property, side); bound, unit : of each limit
    beyond : a term's excess of its limit; allowed : what a limit that counts against a commodity
    of the recipe allows per unit of it
    loaded : rows of operations' outlets (operation, property); load : (L, 1 or T) in the unit of
    the property; most : (L, 1 or T) of the outlet; exact : (L,) whether the outlet is at its most
    carried : properties that flow in with each match; load_of : (L,) the operation
    pruned : source, sink, link, limited (the sink's limit), property of matches left out
    brought_row : recipe rows that follow from a property; brought : what a match adds to them
    pools : outlets of treatments whose feed is a mix
    """

    source: Integers
    sink: Integers
    arriving: PerUnit
    link: Integers
    back: Flags
    sources: Ends
    sinks: Ends
    graded_links: Integers
    mix: Keys
    bound: Annotated[Floats, "1"]
    unit: Names
    beyond: Terms
    allowed: Allowed
    loaded: Keys
    load_of: Integers
    load: Annotated[Floats, "unit/h"]
    most: PerUnit
    exact: Flags
    carried: Terms
    pruned: Keys
    pools: Pools
    brought_row: Integers
    brought: Terms


def no_quality() -> Quality:
    """Of a park without graded commodities."""
    none, names, flags = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object), np.zeros(0, bool)
    empty = np.zeros((0, 1))
    terms = Terms(none, none, empty)

    def ends(name: str) -> Ends:
        return Ends(Keys({name: names}), names, none, none, flags)

    return Quality(
        key=Keys({"source": names, "sink": names, "link": names}),
        source=none,
        sink=none,
        arriving=empty,
        link=none,
        back=flags,
        sources=ends("source"),
        sinks=ends("sink"),
        graded_links=none,
        mix=Keys({"sink": names, "property": names, "side": names}),
        bound=empty,
        unit=names,
        beyond=terms,
        allowed=Allowed(none, none, empty),
        loaded=Keys({"operation": names, "property": names}),
        load_of=none,
        load=empty,
        most=empty,
        exact=flags,
        carried=terms,
        pruned=Keys(dict.fromkeys(("source", "sink", "link", "property", "side"), names)),
        pools=no_pools(),
        brought_row=none,
        brought=terms,
    )
