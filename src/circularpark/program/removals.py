"""Treatments that take a share of a property out of their feed.

What comes out follows from what goes in only where that has one source: of a mix it would be a
product of flows and qualities, which is not linear. The removal ratio is of the load: what the
outlet carries is (1 - removal) of what the feed carries, whatever their flows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.physics.quality import Pairs
from circularpark.program.arrays import Flags
from circularpark.program.compositions import Compositions
from circularpark.program.data import Recipes
from circularpark.program.declared import Declared
from circularpark.program.quality_data import RECIPE, Ends
from circularpark.program.time import Integers

if TYPE_CHECKING:
    from circularpark.park.model import Park


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
) -> None:
    """Work out what treatments with a removal ratio give, in place; one may feed another.

    Raises
    ------
    ParkDataError : a treatment may be fed from several sources, or its flows have no fixed ratio.
    """
    process = _process(recipes, takes)
    waiting, findings = list(made.treated), []
    for _ in range(len(waiting)):
        for source, name, row in list(waiting):
            own = recipes.process[gives.of[source]]
            inputs = np.flatnonzero((takes.kind == RECIPE) & (process == own))
            goods = recipes.key["commodity"][takes.of[inputs]]
            said = list(made.names)[name]
            inputs = inputs[[(str(good), said) in declared.known for good in goods]]
            feed = np.unique(pairs.source[np.isin(pairs.sink, inputs)])
            ratio = _ratio(recipes, gives.of[source], takes.of[inputs])
            if len(feed) != 1 or len(inputs) != 1 or ratio is None:
                findings.append(_refused(park, declared, row, [made.item[f] for f in feed]))
                waiting.remove((source, name, row))
            elif not np.isnan(made.value[feed[0], name]).any():
                left = (1.0 - declared.removal[row]) * ratio
                made.value[source, name] = made.value[feed[0], name] * left
                waiting.remove((source, name, row))
    if findings:
        raise ParkDataError(findings, park.id)


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
