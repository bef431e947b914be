"""What each source of a graded commodity consists of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park.keys import Names, coded
from circularpark.program.data import Markets, Recipes, Streams
from circularpark.program.declared import Declared
from circularpark.program.operated import Operated
from circularpark.program.quality_data import EXCHANGE, OPERATION, RECIPE, STREAM, Ends
from circularpark.program.time import Floats, Integers

if TYPE_CHECKING:
    from circularpark.park.model import Park

TABLES = {STREAM: "streams", EXCHANGE: "markets", RECIPE: "processes", OPERATION: "operations"}


class Sides(Protocol):
    """What has been collected of the park already."""

    @property
    def streams(self) -> Streams: ...
    @property
    def markets(self) -> Markets: ...
    @property
    def recipes(self) -> Recipes: ...
    @property
    def operated(self) -> Operated: ...


@dataclass(frozen=True)
class Compositions:
    """Every property of every source.

    value : (S, P, 1 or B) in the property's base unit, nan where it is not told
    names : property -> its position; kind, item : (S,) what each source is in the tables
    treated : sources that take a share out of what their process is fed: source, property, row
    """

    value: Floats
    names: dict[str, int]
    kind: Names
    item: list[str]
    treated: tuple[tuple[int, int, int], ...]

    def numbers(self, properties: Names) -> Integers:
        """Positions of properties."""
        found = [self.names[str(name)] for name in properties]
        return np.array(found, dtype=np.int64)

    def refuse(self, park: Park, source: Integers, name: Integers, sink: Names) -> None:
        """Raise the problem that sources lack a property which sinks limit.

        Raises
        ------
        ParkDataError : one finding a source and property.
        """
        said = list(self.names)
        lacking: dict[tuple[int, int], str] = {}
        for one, which, limited in zip(source.tolist(), name.tolist(), sink.tolist(), strict=True):
            lacking.setdefault((one, which), str(limited))
        findings = [
            self._lacking(park, one, said[which], limited)
            for (one, which), limited in lacking.items()
        ]
        raise ParkDataError(findings, park.id)

    def _lacking(self, park: Park, source: int, name: str, sink: str) -> Finding:
        table, item = TABLES[str(self.kind[source])], self.item[source]
        frame = getattr(park.tables, table)
        own = frame[frame["id"] == item]
        place: dict[str, Any] = {"file": f"{table}.csv"}
        if len(own) and "_file" in own:
            place = {"file": str(own["_file"].iloc[0]), "row": int(own["_row"].iloc[0])}
        values = {"item": item, "property": name, "sink": sink}
        return Finding("physics.property_unknown", column="id", value=item, values=values, **place)


def compositions(declared: Declared, gives: Ends, sides: Sides) -> Compositions:
    """The compositions of all sources."""
    operated = sides.operated
    names = coded([*declared.property, *operated.key["property"].tolist()])[0]
    number = {str(name): place for name, place in names.items()}
    wide = max(declared.value.shape[1], operated.most.shape[1])
    value = np.full((len(gives.key), len(number), wide), np.nan)
    base = declared.value * declared.size[:, None]
    item: list[str] = []
    treated: list[tuple[int, int, int]] = []
    for source, (kind, rows) in enumerate(_rows(declared, gives, sides, item)):
        if kind != OPERATION:
            for name, row in rows.items():
                value[source, number[name]] = base[row]
                if np.isnan(base[row]).all():
                    treated.append((source, number[name], row))
    outlet = gives.are(OPERATION)[operated.of]
    most = operated.most * operated.size[:, None]
    column = np.array([number[str(n)] for n in operated.key["property"]], dtype=np.int64)
    value[outlet, column] = most
    return Compositions(value, number, gives.kind, item, tuple(treated))


def _rows(
    declared: Declared, gives: Ends, sides: Sides, item: list[str]
) -> Iterator[tuple[str, dict[str, int]]]:
    """Kind of each source, and by property the row that says what it is; ``item`` collects ids."""
    streams = sides.streams.key["stream"]
    bought = sides.markets.exchange["market"]
    process, good = sides.recipes.key["process"], sides.recipes.key["commodity"]
    whole = sides.operated.names
    for kind, place in zip(gives.kind.tolist(), gives.of.tolist(), strict=True):
        if kind in (STREAM, EXCHANGE):
            name = str((streams if kind == STREAM else bought)[place])
            item.append(name)
            yield kind, declared.composition(declared.rows.get(name, []), "")
        elif kind == RECIPE:
            name = str(process[place])
            item.append(name)
            rows = declared.of_process(*declared.processes[name])
            yield kind, declared.composition(rows, str(good[place]))
        else:
            item.append(str(whole[place]))
            yield kind, {}
