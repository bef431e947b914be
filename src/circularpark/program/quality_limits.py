"""What sinks accept of the mixes that arrive: one limit a (sink or process, property, side)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from circularpark.park.keys import Keys, Names
from circularpark.program.arrays import Flags, named
from circularpark.program.data import Demands, Markets, Recipes
from circularpark.program.declared import Declared
from circularpark.program.operated import Operated
from circularpark.program.quality_data import DEMAND, OPERATION, RECIPE, Ends
from circularpark.program.time import Floats, Integers

MOST, LEAST = "max", "min"


class Sides(Protocol):
    """What has been collected of the park already."""

    @property
    def demands(self) -> Demands: ...
    @property
    def markets(self) -> Markets: ...
    @property
    def recipes(self) -> Recipes: ...
    @property
    def operated(self) -> Operated: ...


@dataclass(frozen=True)
class Limits:
    """Limits on mixes.

    key : (A,) sink, property, side; property : (A,) its number; side : 1 for a maximum, else -1
    value : (A, 1 or B) in ``unit``, which is worth ``size`` in its base; exponent : (A,)
    row, sink : (m,) the sinks whose arrivals mix in each limit
    counted : (A,) whether a limit counts against a commodity of the recipe, not against the mix
    against, recipe : (r,) those limits, and the recipe rows of the process with that commodity
    """

    key: Keys
    property: Integers
    side: Floats
    value: Floats
    unit: Names
    size: Floats
    exponent: Floats
    row: Integers
    sink: Integers
    counted: Flags
    against: Integers
    recipe: Integers

    def compared(self) -> Floats:
        """What the property of each arrival is measured from, (A, 1 or B): zero where counted."""
        return np.where(self.counted[:, None], 0.0, self.value)


@dataclass(frozen=True)
class _Limit:
    """One limit on its way: by the row that says it, -1 - row for one of an operation."""

    name: str
    row: int
    side: str
    sinks: tuple[int, ...]
    recipes: tuple[int, ...] | None = None


def mix_limits(declared: Declared, takes: Ends, sides: Sides, names: dict[str, int]) -> Limits:
    """All limits of the park's sinks; ``names`` are the numbers of properties."""
    found = _apart(list(_found(declared, takes, sides)), declared)
    operated = sides.operated
    said = [_said(declared, operated, limit) for limit in found]
    wide = max([1, *(len(value) for _, value, _, _ in said)])
    value = [np.broadcast_to(v, (wide,)) for _, v, _, _ in said]
    texts = {
        "sink": [limit.name for limit in found],
        "property": [name for name, _, _, _ in said],
        "side": [limit.side for limit in found],
    }
    members = [len(limit.sinks) for limit in found]
    per = [(place, recipe) for place, limit in enumerate(found) for recipe in limit.recipes or ()]
    return Limits(
        key=Keys({column: named(cells) for column, cells in texts.items()}),
        property=np.array([names[name] for name, _, _, _ in said], dtype=np.int64),
        side=np.array([1.0 if limit.side == MOST else -1.0 for limit in found]),
        value=np.array(value, dtype=float).reshape(len(found), wide),
        unit=named([_unit(declared, operated, limit) for limit in found]),
        size=np.array([size for _, _, size, _ in said], dtype=float),
        exponent=np.array([exponent for _, _, _, exponent in said], dtype=float),
        row=np.repeat(np.arange(len(found)), members).astype(np.int64),
        sink=np.array([sink for limit in found for sink in limit.sinks], dtype=np.int64),
        counted=np.array([limit.recipes is not None for limit in found], dtype=bool),
        against=np.array([place for place, _ in per], dtype=np.int64),
        recipe=np.array([recipe for _, recipe in per], dtype=np.int64),
    )


def _said(
    declared: Declared, operated: Operated, limit: _Limit
) -> tuple[str, Floats, float, float]:
    """Property, numbers in the row's unit, what the unit is worth, and the exponent."""
    if limit.row < 0:
        row = -1 - limit.row
        name = str(operated.key["property"][row])
        return name, operated.most_in[row], float(operated.size[row]), 1.0
    numbers = declared.most if limit.side == MOST else declared.least
    row = limit.row
    size, exponent = float(declared.size[row]), float(declared.exponent[row])
    return declared.property[row], numbers[row], size, exponent


def _unit(declared: Declared, operated: Operated, limit: _Limit) -> str:
    units = declared.unit if limit.row >= 0 else operated.unit
    return units[limit.row if limit.row >= 0 else -1 - limit.row]


def _found(declared: Declared, takes: Ends, sides: Sides) -> Iterator[_Limit]:
    kinds = zip(takes.kind.tolist(), takes.of.tolist(), takes.key["sink"].tolist(), strict=True)
    inputs: dict[str, list[tuple[int, str]]] = {}
    rows_of = sides.operated.rows()
    for sink, (kind, place, name) in enumerate(kinds):
        if kind == RECIPE:
            process = str(sides.recipes.key["process"][place])
            inputs.setdefault(process, []).append(
                (sink, str(sides.recipes.key["commodity"][place]))
            )
        elif kind == OPERATION:
            for row in rows_of[place]:
                if not np.isnan(sides.operated.most_in[row]).all():
                    yield _Limit(name, -1 - row, MOST, (sink,))
        else:
            item = (
                sides.demands.key["demand"] if kind == DEMAND else sides.markets.exchange["market"]
            )
            for row in declared.rows.get(str(item[place]), []):
                yield from _both(declared, name, row, (sink,))
    for process, members in inputs.items():
        yield from _of_process(declared, process, members, takes, sides)


def _of_process(
    declared: Declared, process: str, members: list[tuple[int, str]], takes: Ends, sides: Sides
) -> Iterator[_Limit]:
    """Limits on single inputs, and on the mix of all inputs that have the property."""
    of, technology = declared.processes[process]
    for row in declared.of_process(of, technology):
        good = declared.commodity[row]
        mixed = {good} if good else set(declared.mixed(technology, declared.property[row]))
        own = tuple(sink for sink, what in members if what in mixed)
        if own:
            name = str(takes.key["sink"][own[0]]) if good and len(own) == 1 else process
            yield from _both(declared, name, row, own, _against(declared, row, process, sides))


def _against(declared: Declared, row: int, process: str, sides: Sides) -> tuple[int, ...] | None:
    """Recipe rows of the process with the commodity that a limit counts against."""
    if not declared.per[row]:
        return None
    key = sides.recipes.key
    own = (key["process"] == process) & (key["commodity"] == declared.per[row])
    return tuple(np.flatnonzero(own).tolist())


def _both(
    declared: Declared,
    name: str,
    row: int,
    sinks: tuple[int, ...],
    recipes: tuple[int, ...] | None = None,
) -> Iterator[_Limit]:
    for side, numbers in ((LEAST, declared.least), (MOST, declared.most)):
        if not np.isnan(numbers[row]).all():
            yield _Limit(name, row, side, sinks, recipes)


def _apart(found: list[_Limit], declared: Declared) -> list[_Limit]:
    """Limits with a name each: one of an input that is also limited in a mix says which input."""
    seen: set[tuple[str, str, str]] = set()
    apart = []
    for limit in found:
        said = declared.property[limit.row] if limit.row >= 0 else str(limit.row)
        key = (limit.name, said, limit.side)
        if key in seen:
            longer = f"{limit.name}@{declared.commodity[limit.row] or limit.row}"
            apart.append(replace(limit, name=longer))
        else:
            apart.append(limit)
        seen.add(key)
    return apart
