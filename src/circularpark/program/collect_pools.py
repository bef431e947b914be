"""Outlets of treatments with mixed feeds as arrays: see ``pool_data``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circularpark.park.keys import Keys
from circularpark.physics.quality import Pairs
from circularpark.program.arrays import named
from circularpark.program.compositions import Compositions
from circularpark.program.data import Blocks
from circularpark.program.pool_data import Entries, Hope, Pools, no_pools
from circularpark.program.removals import Mixed
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers


@dataclass(frozen=True)
class Judged:
    """Entries of limits on mixes: which pair stands in which row, (n,).

    side : 1 for a maximum, else -1; size : what the limit's unit is worth; limit : (n, 1 or B)
    weigh : (n, 1) what one unit of the sink's commodity counts
    """

    row: Integers
    pair: Integers
    property: Integers
    side: Floats
    size: Floats
    limit: Floats
    weigh: Floats


@dataclass(frozen=True)
class Matched:
    """The pairs that may meet, their names, and the share that arrives, (M, 1 or T)."""

    pairs: Pairs
    key: Keys
    arriving: Floats


def collect_pools(
    blocks: Blocks, mixed: list[Mixed], made: Compositions, found: Matched, judged: Judged
) -> Pools:
    """The parts of every outlet that is a mix, and what the parts of its matches count."""
    if not mixed:
        return no_pools()
    said = list(made.names)
    outlets = [_Outlet(one, found, judged) for one in mixed]
    parts, widths = [o.parts for o in outlets], [len(o.own) for o in outlets]
    first_part, first_extra = _starts(parts), _starts(widths)
    first_shared = _starts([n * w for n, w in zip(parts, widths, strict=True)])
    of = np.repeat(np.arange(len(outlets)), parts)
    names = found.key["source"]
    title = named([str(names[o.own[0]]) if len(o.own) else o.one.title for o in outlets])
    name = named([said[o.one.name] for o in outlets])
    number = named([str(n) for o in outlets for n in range(o.parts)])
    match = np.concatenate([np.tile(o.own, o.parts) for o in outlets])
    shared_part = np.concatenate(
        [
            f + np.repeat(np.arange(o.parts), len(o.own))
            for f, o in zip(first_part, outlets, strict=True)
        ]
    )
    shared_of = of[shared_part]
    low = blocks.over_time(np.concatenate([o.low for o in outlets]))
    high = blocks.over_time(np.concatenate([o.high for o in outlets]))
    sink, link = found.key["sink"], found.key["link"]
    ends = [
        o.limits(blocks, f, e) for f, e, o in zip(first_shared, first_extra, outlets, strict=True)
    ]
    own = np.concatenate([o.own for o in outlets])
    own_of = np.repeat(np.arange(len(outlets)), widths)
    spread = (high - low)[shared_part]
    plain = no_pools()
    return Pools(
        key=Keys({"source": title, "property": name}),
        source=np.array([o.one.source for o in outlets], dtype=np.int64),
        part=Keys({"source": title[of], "property": name[of], "part": number}),
        part_of=of,
        low=low,
        high=high,
        shared=Keys(
            {
                "source": title[shared_of],
                "property": name[shared_of],
                "part": number[shared_part],
                "sink": sink[match],
                "link": link[match],
            }
        ),
        match=match,
        shared_part=shared_part,
        extra_at=np.concatenate(
            [
                e + np.tile(np.arange(len(o.own)), o.parts)
                for e, o in zip(first_extra, outlets, strict=True)
            ]
        ),
        fed=_fed(blocks, outlets, made),
        counted=_joined([e.counted for e in ends]),
        extra=plain.extra,
        extra_of=plain.extra_of,
        extra_scale=plain.extra_scale,
        raised=plain.raised,
        spread=np.zeros((len(match), 1)),
        hope=Hope(
            counted=_joined([e.at_low for e in ends]),
            raised=_joined([e.raised for e in ends]),
            extra=Keys(
                {
                    "source": title[own_of],
                    "property": name[own_of],
                    "sink": sink[own],
                    "link": link[own],
                }
            ),
            extra_of=own_of,
            extra_scale=power_of_two(np.array([float(outlets[g].high.max()) for g in own_of])),
            spread=spread,
        ),
    )


def _starts(sizes: list[int]) -> Integers:
    return np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)


@dataclass(frozen=True)
class _Limits:
    counted: Entries
    at_low: Entries
    raised: Entries


class _Outlet:
    """One outlet: its matches, and the edges of its parts: both ends of the range, and between."""

    def __init__(self, one: Mixed, found: Matched, judged: Judged) -> None:
        self.one, self.found, self.judged = one, found, judged
        self.own = np.flatnonzero(found.pairs.source == one.source)
        share = np.linspace(0.0, 1.0, one.parts + 1)
        self.parts = one.parts + 2
        wide = (one.high - one.low)[None, :]
        self.low = one.low + np.concatenate([[0.0], share[:-1], [1.0]])[:, None] * wide
        self.high = one.low + np.concatenate([[0.0], share[1:], [1.0]])[:, None] * wide

    def limits(self, blocks: Blocks, first: int, extra: int) -> _Limits:
        """What its matches are beyond limits: by the worse edge, by the low one, and by extras."""
        judged = self.judged
        place = np.full(len(self.found.pairs), -1, dtype=np.int64)
        place[self.own] = np.arange(len(self.own))
        here = np.flatnonzero((place[judged.pair] >= 0) & (judged.property == self.one.name))
        pair, side = judged.pair[here], judged.side[here, None]
        size, times = judged.size[here, None], side * judged.weigh[here]
        arriving = self.found.arriving[pair]
        column = first + place[pair]
        counted: list[Floats] = []
        at_low: list[Floats] = []
        columns: list[Integers] = []
        for part in range(self.parts):
            worse = np.where(side > 0, self.high[part], self.low[part])
            for edge, into in ((worse, counted), (self.low[part][None, :], at_low)):
                beyond = blocks.over_time(times * (edge / size - judged.limit[here]))
                into.append(beyond * arriving)
            columns.append(column + part * len(self.own))
        row = np.tile(judged.row[here], self.parts)
        columns_of = np.concatenate(columns)
        more = blocks.over_time(times / size) * arriving
        return _Limits(
            Entries(row, columns_of, np.concatenate(counted)),
            Entries(row, columns_of, np.concatenate(at_low)),
            Entries(judged.row[here], extra + place[pair], more),
        )


def _fed(blocks: Blocks, outlets: list[_Outlet], made: Compositions) -> Entries:
    """The load that the feed of each outlet brings and that is not removed."""
    parts = []
    for place, outlet in enumerate(outlets):
        one, pairs = outlet.one, outlet.found.pairs
        for sink, counts in zip(one.inputs.tolist(), one.counts.tolist(), strict=True):
            match = np.flatnonzero(pairs.sink == sink)
            load = made.value[pairs.source[match], one.name] * one.left[None, :] * counts
            value = blocks.over_time(load) * outlet.found.arriving[match]
            parts.append(Entries(np.full(len(match), place), match, value))
    return _joined(parts)


def _joined(parts: list[Entries]) -> Entries:
    wide = max((part.value.shape[1] for part in parts), default=1)
    values = [np.broadcast_to(part.value, (len(part.value), wide)) for part in parts]
    return Entries(
        np.concatenate([part.row for part in parts]).astype(np.int64),
        np.concatenate([part.column for part in parts]).astype(np.int64),
        np.concatenate(values),
    )
