"""Treatments that take a share of a property out of their feed.

What comes out follows from what goes in only where that has one source: of a mix it would be a
product of flows and qualities, which is not linear. Such a treatment is refused, unless its row
says into how many parts the range of its outlet's quality is cut (``pool_data``). The removal
ratio is of the load: what the outlet carries is (1 - removal) of what the feed carries, whatever
their flows; a plain mixing tank removes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park.units import UnitError, factor
from circularpark.physics.quality import Pairs
from circularpark.program.arrays import Flags
from circularpark.program.compositions import Compositions
from circularpark.program.data import Recipes
from circularpark.program.declared import Declared
from circularpark.program.quality_data import RECIPE, Ends
from circularpark.program.time import Floats, Integers

if TYPE_CHECKING:
    from circularpark.park.model import Park


@dataclass(frozen=True)
class Mixed:
    """An outlet whose feed is a mix: source, property and the sinks of its process, by position.

    title : the treatment; parts : into how many the range of its quality is cut
    counts : (inputs,) what a unit of each input counts beside one of the outlet
    left : (B,) share of the load that stays; low, high : (B,) the range, in the property's base
    """

    source: int
    name: int
    title: str
    parts: int
    inputs: Integers
    counts: Floats
    left: Floats
    low: Floats
    high: Floats


def own_loops(
    made: Compositions, recipes: Recipes, gives: Ends, takes: Ends, pairs: Pairs
) -> Flags:
    """Pairs that would feed a treatment with what it has treated."""
    found = np.zeros(len(pairs), dtype=bool)
    for source, _, _ in made.treated:
        process = recipes.process[gives.of[source]]
        into = (takes.kind == RECIPE) & (_process(recipes, takes) == process)
        found |= (pairs.source == source) & into[pairs.sink]
    return found


def fill_removals(
    park: Park,
    declared: Declared,
    made: Compositions,
    recipes: Recipes,
    gives: Ends,
    takes: Ends,
    pairs: Pairs,
) -> list[Mixed]:
    """Work out what treatments with a removal ratio give, in place; one may feed another.

    Returns
    -------
    list[Mixed] : those whose feed is a mix, where their row asks for parts

    Raises
    ------
    ParkDataError : a treatment may be fed from several sources, or its flows have no fixed ratio.
    """
    desk = _Desk(declared, made, recipes, gives, takes, pairs)
    feeds = [desk.feed(*which) for which in made.treated]
    waiting, mixed, refused = list(feeds), list[Mixed](), list[_Feed]()
    for _ in feeds:
        for feed in list(waiting):
            if feed.mixed and not feed.parts:
                refused.append(feed)
            elif np.isnan(made.value[feed.feeders, feed.name]).any():
                # What feeds it has to be worked out first.
                continue
            elif feed.mixed:
                outlet = desk.mixed(feed)
                if outlet is None:
                    refused.append(feed)
                else:
                    mixed.append(outlet)
            else:
                desk.fill(feed)
            waiting.remove(feed)
    pooled = {(one.source, one.name) for one in mixed}
    refused += [f for f in waiting if any((s, f.name) in pooled for s in f.feeders.tolist())]
    if refused:
        said = [_refused(park, declared, f.row, [made.item[s] for s in f.feeders]) for f in refused]
        raise ParkDataError(said, park.id)
    return mixed


@dataclass(frozen=True, eq=False)
class _Feed:
    """What a treatment is fed: its outlet, property and row, its inputs and their sources.

    ratio : of feed to outlet, None where it is not fixed; parts : asked for, 0 where none are
    """

    source: int
    name: int
    row: int
    inputs: Integers
    feeders: Integers
    ratio: float | None
    parts: int

    @property
    def mixed(self) -> bool:
        """Whether what comes out does not simply follow from a single source."""
        return len(self.feeders) != 1 or len(self.inputs) != 1 or self.ratio is None


class _Desk:
    """The sources, sinks and pairs among which treatments stand."""

    def __init__(
        self,
        declared: Declared,
        made: Compositions,
        recipes: Recipes,
        gives: Ends,
        takes: Ends,
        pairs: Pairs,
    ) -> None:
        self.declared, self.made, self.recipes = declared, made, recipes
        self.gives, self.takes, self.pairs = gives, takes, pairs
        self.process = _process(recipes, takes)

    def feed(self, source: int, name: int, row: int) -> _Feed:
        """What feeds a treatment, by every input that has the property."""
        recipes, output = self.recipes, int(self.gives.of[source])
        inputs = np.flatnonzero(self.process == recipes.process[output])
        goods = recipes.key["commodity"][self.takes.of[inputs]]
        said = list(self.made.names)[name]
        inputs = inputs[[(str(good), said) in self.declared.known for good in goods]]
        feeders = np.unique(self.pairs.source[np.isin(self.pairs.sink, inputs)])
        ratio = _ratio(recipes, output, self.takes.of[inputs])
        parts = int(self.declared.parts[row])
        return _Feed(source, name, row, inputs, feeders, ratio, parts)

    def fill(self, feed: _Feed) -> None:
        """What is left of the load of the only source."""
        left = (1.0 - self.declared.removal[feed.row]) * feed.ratio
        value = self.made.value
        value[feed.source, feed.name] = value[feed.feeders[0], feed.name] * left

    def mixed(self, feed: _Feed) -> Mixed | None:
        """The outlet with the range that its quality may have; None where its flows may change."""
        recipes, output = self.recipes, int(self.gives.of[feed.source])
        rows = self.takes.of[feed.inputs]
        rates = np.abs(recipes.rate[np.append(rows, output)])
        steady = (np.ptp(rates, axis=1) <= 1e-9 * rates.max(axis=1)).all() and rates[-1, 0] > 0
        linear = self.declared.exponent[feed.row] == 1
        if not len(rows) or recipes.share[output] >= 0 or not steady or not linear:
            return None
        counts = self._counts(rows, output)
        per = rates[:-1, 0] / rates[-1, 0] * counts
        pairs, value = self.pairs, self.made.value[:, feed.name]
        told = [value[pairs.source[pairs.sink == sink]] for sink in feed.inputs]
        if any(not len(own) for own in told):
            return None
        least = np.array([p * own.min(axis=0) for p, own in zip(per, told, strict=True)])
        most = np.array([p * own.max(axis=0) for p, own in zip(per, told, strict=True)])
        # Of a group with shares one input alone may do all, or none.
        alone = -1 - np.arange(len(rows))
        groups = np.where(recipes.share[rows] >= 0, recipes.group[rows], alone)
        each = [np.flatnonzero(groups == group) for group in np.unique(groups)]
        left = np.broadcast_to(1.0 - self.declared.removal[feed.row], value.shape[1:])
        return Mixed(
            source=feed.source,
            name=feed.name,
            title=self.declared.item[feed.row],
            parts=feed.parts,
            inputs=feed.inputs,
            counts=counts,
            left=left,
            low=left * np.sum([least[own].min(axis=0) for own in each], axis=0),
            high=left * np.sum([most[own].max(axis=0) for own in each], axis=0),
        )

    def _counts(self, rows: Integers, output: int) -> Floats:
        """What a unit of each input counts beside one of the outlet: its mass, else one."""
        goods, units = self.recipes.key["commodity"], self.declared.units
        whole = units[str(goods[output])]
        return np.array([_mass(units[str(goods[row])], whole) for row in rows], dtype=float)


def _mass(unit: str, whole: str) -> float:
    try:
        return factor(unit, whole).factor
    except UnitError:
        return 1.0


def _process(recipes: Recipes, takes: Ends) -> Integers:
    """The process of each sink, -1 where it is none."""
    found = np.full(len(takes.key), -1, dtype=np.int64)
    own = takes.are(RECIPE)
    found[own] = recipes.process[takes.of[own]]
    return found


def _ratio(recipes: Recipes, output: int, inputs: Integers) -> float | None:
    """Feed for one unit of the outlet; None where shares or profiles let it change."""
    rows = np.append(inputs, output)
    if len(inputs) != 1 or (recipes.share[rows] >= 0).any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(recipes.rate[inputs[0]]) / recipes.rate[output]
    steady = np.isfinite(ratio).all() and np.ptp(ratio) <= 1e-9 * ratio.max()
    return float(ratio[0]) if steady else None


def _refused(park: Park, declared: Declared, row: int, feed: list[str]) -> Finding:
    frame = park.tables.quality
    place = {"file": "quality.csv", "row": row + 2}
    if "_file" in frame:
        place = {"file": str(frame["_file"].iloc[row]), "row": int(frame["_row"].iloc[row])}
    values = {"item": declared.item[row], "sources": ", ".join(feed) or "-"}
    file, line = str(place["file"]), int(str(place["row"]))
    return Finding("physics.removal_of_a_mix", "problem", file, line, "removal", None, values)
