"""Cascades written by source, where rows of ``matches.csv`` ask for it.

Source: Papoulias & Grossmann (1983), the expanded transshipment model: each source's heat falls
by itself, and what goes from which source to which sink in which interval is a flow.

Where the contract is silent:

- Sources (sinks) of a cascade that no row names are alike, and are written as one.
- A row between two carriers, or with a process that may stand at any site, holds in each
  cascade that has both.
- A required match is one of at least its ``min``; without one the row is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circularpark.park.keys import Keys, Names
from circularpark.physics.cascade import Duties, Intervals
from circularpark.program.data import Blocks, Flags
from circularpark.program.heat_data import Direct, HeatPart, Matches, no_matches
from circularpark.program.heat_places import HeatPlaces
from circularpark.program.joined import Joined
from circularpark.program.time import Floats, Integers

OTHERS = ""
FORBIDDEN = "forbidden"
Thing = tuple[int, str]


@dataclass(frozen=True)
class Asked:
    """One row of the table of matches in one cascade, by the names of both ends."""

    cascade: int
    source: str
    sink: str
    row: int


@dataclass(frozen=True)
class Ends:
    """Cascade and name of every owner of a duty: sources give heat, sinks take it."""

    sources: dict[str, dict[int, Thing]]
    sinks: dict[str, dict[int, Thing]]


def ends_of(blocks: Blocks, places: HeatPlaces, joined: Joined, duties: dict[str, Duties]) -> Ends:
    """Who stands at both ends of matches, by the kind of duty and its owner."""
    names: dict[str, Names] = {
        "stream": blocks.texts("streams", "id"),
        "demand": blocks.texts("demands", "id"),
        "recipe": joined.name,
        "used": places.exchange["carrier"],
        "raised": places.exchange["carrier"],
    }
    ends = Ends({}, {})
    for kind, duty in duties.items():
        for owner, cascade, hot in zip(
            duty.owner.tolist(), duty.cascade.tolist(), duty.hot.tolist(), strict=True
        ):
            side = ends.sources if hot else ends.sinks
            side.setdefault(kind, {})[owner] = (cascade, str(names[kind][owner]))
    return ends


def asked_matches(blocks: Blocks, ends: Ends) -> list[Asked]:
    """The rows of the table of matches in every cascade that has both ends."""
    sources, sinks = (_called(blocks, side) for side in (ends.sources, ends.sinks))
    found = []
    start, end = blocks.texts("matches", "from"), blocks.texts("matches", "to")
    for row, (one, two) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        for cascade, name in sorted(sources.get(one, set())):
            found += [
                Asked(cascade, name, other, row)
                for there, other in sorted(sinks.get(two, set()))
                if there == cascade
            ]
    return found


def _called(blocks: Blocks, side: dict[str, dict[int, Thing]]) -> dict[str, set[Thing]]:
    """Things by the names that a row may call them by: a process also by that of its row."""
    of = dict(zip(blocks.texts("processes", "id"), blocks.texts("processes", "of"), strict=True))
    found: dict[str, set[Thing]] = {}
    for kind, things in side.items():
        for cascade, name in things.values():
            found.setdefault(name, set()).add((cascade, name))
            if kind == "recipe":
                found.setdefault(str(of[name]), set()).add((cascade, name))
    return found


class _Side:
    """Sources (or sinks) of the cascades by source: a row each (cascade, name, interval)."""

    def __init__(self, named: set[Thing], intervals: Intervals, cascades: list[int]) -> None:
        self.named = named
        self.first = np.searchsorted(intervals.cascade, np.arange(max(cascades) + 2))
        self.names = {c: [*sorted(n for at, n in named if at == c), OTHERS] for c in cascades}
        self.start: dict[Thing, int] = {}
        cascade: list[int] = []
        name: list[str] = []
        interval: list[int] = []
        for c in cascades:
            inside = range(int(self.first[c]), int(self.first[c + 1]))
            for one in self.names[c]:
                self.start[(c, one)] = len(interval)
                cascade += [c] * len(inside)
                name += [one] * len(inside)
                interval += list(inside)
        self.cascade = np.array(cascade, dtype=np.int64)
        self.name = np.array(name, dtype=object)
        self.interval = np.array(interval, dtype=np.int64)

    def used(self, rows: dict[str, Integers]) -> Flags:
        """Which rows any of these entries stands in."""
        found = np.zeros(len(self.name), dtype=bool)
        for own in rows.values():
            found[own[own >= 0]] = True
        return found

    def below_first(self, rows: dict[str, Integers]) -> Flags:
        """The rows of each name from the hottest one that an entry stands in downwards."""
        found = self.used(rows)
        for (cascade, _), start in self.start.items():
            inside = slice(start, start + int(self.first[cascade + 1] - self.first[cascade]))
            found[inside] = np.logical_or.accumulate(found[inside])
        return found

    def keep(self, kept: Flags, rows: dict[str, Integers]) -> None:
        """Leave out the other rows; ``rows`` are numbered anew in place."""
        place = np.where(kept, np.cumsum(kept) - 1, -1)
        for name, own in rows.items():
            rows[name] = np.where(own >= 0, place[own], -1).astype(np.int64)
        self.cascade, self.name = self.cascade[kept], self.name[kept]
        self.interval = self.interval[kept]

    def row(self, thing: Thing, interval: int) -> int:
        """The row of a thing in an interval, -1 where its cascade is not by source."""
        cascade, name = thing
        called = (cascade, name if thing in self.named else OTHERS)
        start = self.start.get(called, -1)
        return start + interval - int(self.first[cascade]) if start >= 0 else -1

    def rows(self, things: dict[int, Thing], part: HeatPart) -> Integers:
        """The row of each entry of a part; -1 for one that has none."""
        nobody = (-1, OTHERS)
        found = [
            self.row(things.get(of, nobody), interval)
            for of, interval in zip(part.of.tolist(), part.interval.tolist(), strict=True)
        ]
        return np.array(found, dtype=np.int64)

    def others(self, cascade: Integers, interval: Integers) -> Integers:
        """The row of what nobody names in these cascades and intervals."""
        pairs = zip(cascade.tolist(), interval.tolist(), strict=True)
        return np.array([self.row((c, OTHERS), k) for c, k in pairs], dtype=np.int64)


def collect_matches(
    blocks: Blocks,
    places: HeatPlaces,
    ends: Ends,
    asked: list[Asked],
    intervals: Intervals,
    parts: dict[str, HeatPart],
    direct: Direct,
) -> Matches:
    """Sources, sinks and what may pass between them, with the rows that bound it."""
    if not asked:
        return no_matches()
    cascades = sorted({a.cascade for a in asked})
    source = _Side({(a.cascade, a.source) for a in asked}, intervals, cascades)
    sink = _Side({(a.cascade, a.sink) for a in asked}, intervals, cascades)
    status = blocks.texts("matches", "status")
    forbidden = {(a.cascade, a.source, a.sink) for a in asked if status[a.row] == FORBIDDEN}
    start, end = direct.from_interval, direct.to_interval
    back = np.isin(np.arange(len(start)), direct.back)
    at_start, at_end = intervals.cascade[start], intervals.cascade[end]
    hot = {k: source.rows(ends.sources.get(k, {}), parts[k]) for k in ("stream", "recipe", "used")}
    hot["there"] = source.others(at_end, end)
    hot["back"] = np.where(back, source.others(at_start, start), -1)
    cold = {k: sink.rows(ends.sinks.get(k, {}), parts[k]) for k in ("demand", "recipe", "raised")}
    cold["there"] = sink.others(at_start, start)
    cold["back"] = np.where(back, sink.others(at_end, end), -1)
    source.keep(source.below_first(hot), hot)
    sink.keep(sink.used(cold), cold)
    pair_source, pair_sink = _pairs(source, sink, forbidden)
    bounded = [a for a in asked if status[a.row] != FORBIDDEN]
    row, pair = _bounded(bounded, source, sink, pair_source, pair_sink)
    least, most = (_number(blocks, column, bounded) for column in ("min", "max"))
    below = np.where(intervals.below[source.interval] >= 0, np.arange(len(source.name)) + 1, -1)
    return Matches(
        source=_keys(places, source, "source", intervals),
        source_interval=source.interval,
        below=below.astype(np.int64),
        sink=_keys(places, sink, "sink", intervals),
        pair=_pair_keys(places, source, sink, pair_source, pair_sink, intervals),
        pair_source=pair_source,
        pair_sink=pair_sink,
        of_stream=hot["stream"],
        of_demand=cold["demand"],
        of_recipe_hot=hot["recipe"],
        of_recipe_cold=cold["recipe"],
        of_used=hot["used"],
        of_raised=cold["raised"],
        leaving=cold["there"],
        arriving=hot["there"],
        leaving_back=cold["back"],
        arriving_back=hot["back"],
        bound=_bound_keys(places, bounded),
        bound_row=row,
        bound_pair=pair,
        least=least,
        most=most,
    )


def _pairs(
    source: _Side, sink: _Side, forbidden: set[tuple[int, str, str]]
) -> tuple[Integers, Integers]:
    """Rows of sources beside rows of sinks of the same interval, but for what is forbidden."""
    order = np.argsort(source.interval, kind="stable")
    first = np.searchsorted(source.interval[order], sink.interval, side="left")
    many = np.searchsorted(source.interval[order], sink.interval, side="right") - first
    two = np.repeat(np.arange(len(sink.interval)), many)
    within = np.arange(len(two)) - np.repeat(np.cumsum(many) - many, many)
    one = order[first[two] + within]
    ends = zip(source.cascade[one].tolist(), source.name[one], sink.name[two], strict=True)
    allowed = np.array([end not in forbidden for end in ends], dtype=bool)
    return one[allowed], two[allowed]


def _bounded(
    bounded: list[Asked], source: _Side, sink: _Side, pair_source: Integers, pair_sink: Integers
) -> tuple[Integers, Integers]:
    """Which pairs each bounded match sums: row, pair."""
    rows, pairs = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for row, one in enumerate(bounded):
        own = (source.cascade == one.cascade) & (source.name == one.source)
        other = (sink.cascade == one.cascade) & (sink.name == one.sink)
        chosen = np.flatnonzero(own[pair_source] & other[pair_sink])
        rows.append(np.full(len(chosen), row))
        pairs.append(chosen)
    return np.concatenate(rows).astype(np.int64), np.concatenate(pairs).astype(np.int64)


def _number(blocks: Blocks, column: str, bounded: list[Asked]) -> Floats:
    whole = blocks.over_time(blocks.number("matches", column))
    found = whole[np.array([a.row for a in bounded], dtype=np.int64)]
    return np.where(np.isnan(found), np.inf if column == "max" else 0.0, found)


def _keys(places: HeatPlaces, side: _Side, called: str, intervals: Intervals) -> Keys:
    zone = {name: values[side.cascade] for name, values in places.cascade.columns.items()}
    return Keys({**zone, called: side.name, "interval": labels(intervals)[side.interval]})


def _pair_keys(
    places: HeatPlaces,
    source: _Side,
    sink: _Side,
    pair_source: Integers,
    pair_sink: Integers,
    intervals: Intervals,
) -> Keys:
    cascade = source.cascade[pair_source]
    zone = {name: values[cascade] for name, values in places.cascade.columns.items()}
    between = {"source": source.name[pair_source], "sink": sink.name[pair_sink]}
    at = labels(intervals)[source.interval[pair_source]]
    return Keys({**zone, **between, "interval": at})


def _bound_keys(places: HeatPlaces, bounded: list[Asked]) -> Keys:
    at = np.array([a.cascade for a in bounded], dtype=np.int64)
    zone = {name: values[at] for name, values in places.cascade.columns.items()}
    return Keys(
        {
            "source": np.array([a.source for a in bounded], dtype=object),
            "sink": np.array([a.sink for a in bounded], dtype=object),
            **zone,
        }
    )


def labels(intervals: Intervals) -> Names:
    """The names of intervals: hot..cold, shifted degC."""
    ends = zip(intervals.upper.tolist(), intervals.lower.tolist(), strict=True)
    return np.array([f"{upper:.13g}..{lower:.13g}" for upper, lower in ends], dtype=object)
