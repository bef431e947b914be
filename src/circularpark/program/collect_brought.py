"""What each match adds to outputs that follow from a property of the inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circularpark.physics.quality import Pairs
from circularpark.program.brought import counted, kind_of
from circularpark.program.compositions import Compositions
from circularpark.program.data import Recipes
from circularpark.program.declared import Declared
from circularpark.program.quality_data import RECIPE, Ends, Terms
from circularpark.program.time import Floats, Integers

if TYPE_CHECKING:
    from circularpark.park.model import Park

Part = tuple[Integers, Integers, Floats]


@dataclass(frozen=True)
class Fed:
    """Who may feed whom: compositions of the sources, the sinks, pairs and shares that arrive."""

    made: Compositions
    takes: Ends
    pairs: Pairs
    arriving: Floats


def brought_terms(park: Park, declared: Declared, recipes: Recipes, fed: Fed) -> Terms:
    """The matches in each output by a property, by its place among such recipe rows.

    Raises
    ------
    ParkDataError : a source that may feed the process does not tell the property.
    """
    takes = fed.takes
    process = np.full(len(takes.key), -1, dtype=np.int64)
    process[takes.are(RECIPE)] = recipes.process[takes.of[takes.are(RECIPE)]]
    none = np.zeros(0, dtype=np.int64)
    parts: list[Part] = [(none, none, np.zeros((0, 1)))]
    for place, row in enumerate(np.flatnonzero(recipes.property != "").tolist()):
        sinks = np.flatnonzero(process == recipes.process[row])
        match, value = _of_row(park, declared, recipes, fed, row, sinks)
        parts.append((np.full(len(match), place), match, value))
    wide = max(value.shape[1] for _, _, value in parts)
    return Terms(
        np.concatenate([row for row, _, _ in parts]).astype(np.int64),
        np.concatenate([match for _, match, _ in parts]).astype(np.int64),
        np.concatenate([np.broadcast_to(v, (len(v), wide)) for _, _, v in parts]),
    )


def _of_row(
    park: Park, declared: Declared, recipes: Recipes, fed: Fed, row: int, sinks: Integers
) -> tuple[Integers, Floats]:
    """The matches that feed one row's process with the property, and what each adds."""
    good, name = recipes.key["commodity"], str(recipes.property[row])
    kind, out = kind_of(declared, name), declared.units[str(good[row])]
    goods = {int(sink): str(good[fed.takes.of[sink]]) for sink in sinks}
    per = {
        sink: counted(kind, declared.units[what], out)
        for sink, what in goods.items()
        if (what, name) in declared.known
    }
    match = np.flatnonzero(np.isin(fed.pairs.sink, list(per)))
    counts = np.array([per[sink] for sink in fed.pairs.sink[match].tolist()], dtype=float)
    number = fed.made.names[name]
    told = fed.made.value[fed.pairs.source[match], number]
    unknown = match[np.isnan(told).any(axis=1)]
    if len(unknown):
        lacking = fed.takes.key["sink"][fed.pairs.sink[unknown]]
        which = np.full(len(unknown), number)
        fed.made.refuse(park, fed.pairs.source[unknown], which, lacking)
    rate = recipes.rate[row] / recipes.best[row]
    value = declared.blocks.over_time(told * counts[:, None])
    return match, value * fed.arriving[match] * rate
