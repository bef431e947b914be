"""The park as arrays: every number a constraint or measure uses, with its unit.

An array over time is (E, T), or (E, 1) where it does not change. ``unit`` is the
commodity's own unit, ``money`` the park's currency. Entities are rows of the park's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.park.columns import Arrays, or_else
from circularpark.park.keys import Keys, Names
from circularpark.program.arrays import (
    Amount,
    Capex,
    Hours,
    Keyed,
    PerUnit,
    Price,
    Rate,
)
from circularpark.program.arrays import (
    Flags as Flags,
)
from circularpark.program.heat_data import Heat
from circularpark.program.quality_data import Operations, Quality
from circularpark.program.time import Floats, Integers, TimeTable

if TYPE_CHECKING:
    from circularpark.park.model import Park, Tables


@dataclass(frozen=True)
class Nodes(Keyed):
    """Every (site, commodity) that something touches.

    cascade : (N,) own heat of a cascade, whose balance is that of the cascade's intervals
    graded : (N,) of a graded commodity, whose sources and sinks are balanced one by one
    row : (N,) position among the balances of all others, -1 for those
    """

    commodity: Integers
    free: Flags
    scale: Rate
    cascade: Flags
    graded: Flags
    row: Integers


@dataclass(frozen=True)
class Streams(Keyed):
    """Offers."""

    node: Integers
    offer: Rate
    must_use: Flags


@dataclass(frozen=True)
class Demands(Keyed):
    """Wants; ``short`` are the positions of those that may stay unmet at a cost."""

    node: Integers
    rate: Rate
    short: Integers
    unmet_cost: Price


@dataclass(frozen=True)
class Processes(Keyed):
    """Units that turn commodities into others; ``item`` is the position among capacities.

    switched : positions of those with a least load while they run
    """

    item: Integers
    availability: PerUnit
    var_om: Price
    scale: Rate
    min_load: PerUnit
    switched: Integers


@dataclass(frozen=True)
class Recipes(Keyed):
    """Recipe rows of processes, inputs negative: flow = rate x activity.

    ``share`` is the position of a row with a flow of its own (a member of a group, or one that
    follows from ``property``) among such rows, -1 where it is fixed; ``group`` is -1 outside
    groups. Of a row by property ``rate`` is the most, with ``best`` of it per unit of input.
    """

    process: Integers
    node: Integers
    rate: PerUnit
    emits: Flags
    share: Integers
    group: Integers
    min_share: PerUnit
    max_share: PerUnit
    property: Names
    best: Floats


@dataclass(frozen=True)
class Markets(Keyed):
    """Markets (``index``) and their exchanges site by site."""

    shared: Flags
    least: Rate
    most: Rate
    most_per_year: Amount
    exchange: Keys
    exchange_market: Integers
    node: Integers
    sign: Integers
    price: Price
    peak: Integers
    peak_price: Annotated[Floats, "money/(unit/h)"]


@dataclass(frozen=True)
class Storages(Keyed):
    """Stores of a commodity at a site; ``longest`` is how long they may keep anything, (S,)."""

    node: Integers
    item: Integers
    hours_in: Hours
    hours_out: Hours
    efficiency_in: PerUnit
    efficiency_out: PerUnit
    kept_per_hour: PerUnit
    longest: Hours


@dataclass(frozen=True)
class Links(Keyed):
    """Ways from site to site; ``back`` are the positions of the bidirectional ones.

    min_batch : least that is sent in a period in which anything is sent; batched : positions of
        the links that have one
    """

    item: Integers
    from_node: Integers
    to_node: Integers
    arriving: PerUnit
    moving_cost: Price
    energy: PerUnit
    energy_from: Integers
    energy_to: Integers
    back: Integers
    min_batch: Rate
    batched: Integers


@dataclass(frozen=True)
class Items(Keyed):
    """Everything with a capacity: processes, storages, links and exchangers, in this order.

    standing, maximum, least : (I, Y) capacity that stands, may stand, must stand
    column : (I,) position in ``var.build``, -1 where nothing can be built
    lifetime, capex, fixed_om : (I, Y) of what is built in the year; available : (I, Y)
    renewal : (I, Y) whether the standing capacity pays its annuity again
    free : (I,) capacity that costs nothing and has no end: no columns, built as it is used
    capex_fixed : (I, Y) paid once however large; unit_size : (I,) of whole units, 0 for any size
    opened : positions in ``var.build`` of what is paid once or counted: a yes-or-no choice
    in_units : positions in ``var.build`` of what comes in whole units
    """

    kind: NDArray[np.object_]
    of: Integers
    standing: Annotated[Floats, "unit/h"]
    maximum: Annotated[Floats, "unit/h"]
    least: Annotated[Floats, "unit/h"]
    available: Flags
    lifetime: Annotated[Floats, "a"]
    capex: Capex
    fixed_om: Annotated[Floats, "1/a"]
    renewal: Flags
    area: Annotated[Floats, "mu/(unit/h)"]
    column: Integers
    expandable: Integers
    free: Flags
    capex_fixed: Annotated[Floats, "money"]
    unit_size: Annotated[Floats, "unit/h"]
    opened: Integers
    in_units: Integers


@dataclass(frozen=True)
class Data:
    """All arrays of a park, ready for the constraints.

    operation_only : only what stands runs, nothing is built, no limit holds
    baseline : measure -> (B,) yearly amounts of the best operation, for limits relative to it
    """

    park: Park
    time: TimeTable
    blocks: Blocks
    node: Nodes
    stream: Streams
    demand: Demands
    process: Processes
    recipe: Recipes
    market: Markets
    storage: Storages
    link: Links
    item: Items
    heat: Heat
    operation: Operations
    quality: Quality
    operation_only: bool
    baseline: Mapping[str, Floats] | None = None


class Blocks:
    """The park's resolved tables of each block, stacked into arrays."""

    def __init__(
        self,
        park: Park,
        time: TimeTable,
        keys: pd.DataFrame | None = None,
        numbers: Callable[[Park, Tables, pd.DataFrame], pd.DataFrame] | None = None,
    ) -> None:
        """``keys``: the park's links as ``link_keys`` gives them, where they are known already.

        numbers : gives the links with their numbers, as ``candidates.links`` does
        """
        from circularpark.physics.candidates import link_keys, links

        self.time = time
        found: list[Tables] = []
        self.which = np.zeros(len(time.blocks), dtype=np.int64)
        for b, (year, scenario) in enumerate(time.blocks):
            tables = park.at(year, scenario)
            same = [i for i, known in enumerate(found) if known is tables]
            if not same:
                found.append(tables)
            self.which[b] = same[0] if same else len(found) - 1
        keys = link_keys(park) if keys is None else keys
        self._places: dict[str, dict[str, int]] = {}
        self._columns: dict[tuple[int, str, str], NDArray[Any]] = {}
        self.tables = found
        # The links' columns go with these blocks; the park is not to keep them.
        self.arrays = Arrays()
        self.arrays.also(park.arrays)
        each = numbers or links
        self.link_tables = [self._with_building(each(park, tables, keys)) for tables in found]

    @cached_property
    def factors(self) -> list[pd.DataFrame]:
        """All factors with those of links, one table for each of ``tables``."""
        from circularpark.physics.candidates import link_factors

        found = []
        for tables, links in zip(self.tables, self.link_tables, strict=True):
            if not len(tables.factors):
                found.append(tables.factors)
                continue
            own = tables.factors[tables.factors["table"].to_numpy() != "transports"]
            every = pd.concat([own, link_factors(links, tables)], ignore_index=True)
            found.append(every.assign(scope=every["scope"].fillna(3).astype(int)))
        return found

    def with_tables(self, tables: list[Tables]) -> Blocks:
        """The same with other tables of each block; times and links stay."""
        other = copy(self)
        other.tables, other._columns, other._places = tables, {}, {}
        other.__dict__.pop("factors", None)
        return other

    def with_distance(self, share: float) -> Blocks:
        """The same with every link this share as long."""
        other = copy(self)
        other.link_tables = [
            self._with_building(table.assign(km=share * table["km"], loss=share * table["loss"]))
            for table in self.link_tables
        ]
        other._columns, other._places = {}, {}
        other.__dict__.pop("factors", None)
        return other

    @property
    def first(self) -> Tables:
        """The tables of the first block; keys and texts are the same in all."""
        return self.tables[0]

    @property
    def links(self) -> pd.DataFrame:
        """The links of the first block."""
        return self.link_tables[0]

    def links_at(self, year: int, scenario: str) -> pd.DataFrame:
        """The links as they hold in a block."""
        return self.link_tables[int(self.which[self.time.blocks.index((year, scenario))])]

    def number(self, table: str, column: str, kept: Flags | None = None) -> Floats:
        """A number column over the blocks: (E, B), or (E, 1) where no path changes it."""
        first = _cut(self._column(0, table, column), kept).astype(float, copy=False)[:, None]
        if len(self.tables) == 1:
            return first
        others = [_cut(self._column(i, table, column), kept) for i in range(1, len(self.tables))]
        each = np.column_stack([first, *others]).astype(float, copy=False)
        if np.array_equal(each, np.broadcast_to(first, each.shape), equal_nan=True):
            return first
        return each[:, self.which]

    def first_number(self, table: str, column: str, kept: Flags | None = None) -> Floats:
        """A number column in the first block, (E,)."""
        return _cut(self._column(0, table, column), kept).astype(float, copy=False)

    def texts(self, table: str, column: str, kept: Flags | None = None) -> Names:
        """A column of texts, the same in all blocks, (E,)."""
        return _cut(self._column(0, table, column), kept)

    def flags(self, table: str, column: str, kept: Flags | None = None) -> Flags:
        """A column of yes and no, the same in all blocks, (E,)."""
        return _cut(self._column(0, table, column), kept).astype(bool, copy=False)

    def cells(self, table: str, column: str, ids: Names) -> Names:
        """The cells of a column of texts in the rows with these ids, in the first block.

        Raises
        ------
        KeyError : an id that no row has.
        """
        place = self._places.get(table)
        if place is None:
            names = self.texts(table, "id").tolist()
            place = self._places[table] = {name: i for i, name in enumerate(names)}
        rows = [place[name] for name in ids.tolist()]
        return self.texts(table, column)[np.array(rows, dtype=np.int64)]

    def _with_building(self, links: pd.DataFrame) -> pd.DataFrame:
        """Links with ``building``: money per unit/h of capacity over the whole length.

        ``capex_fixed`` is the money for the whole length that does not depend on the capacity.
        """
        columns = self.arrays.of(links)

        def of(column: str) -> Floats:
            return np.asarray(columns[column], dtype=float)

        length = of("cost_factor") * of("km")
        along = or_else(of("capex_per_km") * length, 0.0)
        building = along + or_else(of("capex_per_capacity"), 0.0)
        fixed = or_else(of("capex_fixed_per_km") * length, 0.0)
        return self.arrays.frame({**columns, "building": building, "capex_fixed": fixed})

    def _column(self, block: int, table: str, column: str) -> NDArray[Any]:
        known = self._columns.get((block, table, column))
        if known is None:
            links = table == "links"
            frame = self.link_tables[block] if links else getattr(self.tables[block], table)
            known = self.arrays.column(frame, column)
            if known is None:
                raise KeyError(column)
            self._columns[block, table, column] = known
        return known

    def over_time(self, values: Floats) -> Floats:
        """Block values (E, 1 or B) as (E, 1 or T)."""
        return values if values.shape[1] == 1 else values[:, self.time.block]

    def by_year(self, values: Floats) -> Floats:
        """Block values (E, 1 or B) as (E, Y), from each year's first scenario."""
        years = len(self.time.years)
        if values.shape[1] == 1:
            return np.broadcast_to(values, (len(values), years))
        first = np.searchsorted(self.time.block_year, np.arange(years))
        return values[:, first]


def _cut(values: NDArray[Any], kept: Flags | None) -> NDArray[Any]:
    return values if kept is None or kept.all() else values[kept]
