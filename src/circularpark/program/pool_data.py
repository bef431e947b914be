"""Treatments of mixed feeds as arrays: the range of an outlet's quality, cut into parts.

What such a treatment gives is as good as the mix that it is fed: a product of flow and quality,
which is not linear. So the range that its outlet's quality can have is cut into parts, of which
one is chosen: a yes or no. The plan counts the worse edge of the part at every sink, so it holds
whatever is mixed. A second program counts the better: no plan is better than that. There each
match carries a load of its own within the part, and all of them together what the feed brings.

Source: piecewise McCormick relaxation of the pooling problem, Gounaris, Misener & Floudas (2009),
Computational comparison of piecewise-linear relaxations for pooling problems; here without the
envelopes from above of the flows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from circularpark.park.keys import Keys
from circularpark.program.arrays import Keyed, PerUnit
from circularpark.program.time import Floats, Integers


@dataclass(frozen=True)
class Entries:
    """Columns in rows: (n,) row and entity of the column, and the coefficient (n, 1 or T)."""

    row: Integers
    column: Integers
    value: PerUnit


@dataclass(frozen=True)
class Hope:
    """What the program of the bound counts in place of the plan's: see ``Pools``."""

    counted: Entries
    raised: Entries
    extra: Keys
    extra_of: Integers
    extra_scale: Floats
    spread: PerUnit


@dataclass(frozen=True)
class Pools(Keyed):
    """Outlets of treatments whose feed is a mix: ``key`` is source and property, (G,).

    source : (G,) position among sources
    part : (Q,) source, property, part; part_of : (Q,) the outlet; low, high : (Q, 1 or T) edges of
    the part, in the property's base unit
    shared : (n,) source, property, part, sink, link: the part of a match; match, shared_part : (n,)
    its positions; extra_at : (n,) which extra it may have
    fed : load that comes in with matches and is not removed, by outlet
    counted : what is beyond limits by ``shared``, by row of the limits
    extra : of the bound only: (E,) matches with a load beyond the low edge, extra_of : the outlet;
    raised : by how much that is beyond limits; spread : (n, 1 or T) between the edges, else 0
    hope : the program of the bound
    """

    source: Integers
    part: Keys
    part_of: Integers
    low: PerUnit
    high: PerUnit
    shared: Keys
    match: Integers
    shared_part: Integers
    extra_at: Integers
    fed: Entries
    counted: Entries
    extra: Keys
    extra_of: Integers
    extra_scale: Annotated[Floats, "unit/h"]
    raised: Entries
    spread: PerUnit
    hope: Hope | None

    def hoping(self) -> Pools:
        """The pools as the program of the bound has them."""
        hope = self.hope
        if hope is None:
            return self
        return replace(
            self,
            counted=hope.counted,
            raised=hope.raised,
            extra=hope.extra,
            extra_of=hope.extra_of,
            extra_scale=hope.extra_scale,
            spread=hope.spread,
            hope=None,
        )


def no_pools() -> Pools:
    """Of a park whose treatments have outlets of their own."""
    none, names, empty = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object), np.zeros((0, 1))
    entries = Entries(none, none, empty)

    def keys(*columns: str) -> Keys:
        return Keys(dict.fromkeys(columns, names))

    return Pools(
        key=keys("source", "property"),
        source=none,
        part=keys("source", "property", "part"),
        part_of=none,
        low=empty,
        high=empty,
        shared=keys("source", "property", "part", "sink", "link"),
        match=none,
        shared_part=none,
        extra_at=none,
        fed=entries,
        counted=entries,
        extra=keys("source", "property", "sink", "link"),
        extra_of=none,
        extra_scale=np.zeros(0),
        raised=entries,
        spread=empty,
        hope=None,
    )
