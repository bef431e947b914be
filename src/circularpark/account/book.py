"""The park's numbers laid over the blocks of the time table, and the flows beside them.

This is the reading desk of the account: it knows where a number stands, not what it means.
Paths change numbers only, so every table has the same rows in all blocks and a column is
an (entities, blocks) array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.account.flows import Axis, Flows, Quantity
from circularpark.park.keys import Keys
from circularpark.program.time import Floats, Integers, TimeTable

if TYPE_CHECKING:
    from circularpark.park.model import Park, Tables

Texts = NDArray[np.object_]
Made = TypeVar("Made")
LinksOf = Callable[[int, str], pd.DataFrame]

AXES: Mapping[str, Axis] = {
    "peak": "month",
    "build": "year",
    "capacity": "year",
    "units": "year",
    "open": "year",
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "activity": ("process",),
    "share_flow": ("process", "row"),
    "link_flow": ("link",),
    "link_flow_back": ("link",),
    "exchange": ("market", "site"),
    "peak": ("market", "site"),
    "taken": ("stream",),
    "charge": ("storage",),
    "discharge": ("storage",),
    "level": ("storage",),
    "unmet": ("demand",),
    "throughput": ("operation",),
    "matched": ("source", "sink", "link"),
    "raised": ("carrier", "site", "heat_zone"),
    "used": ("carrier", "site", "heat_zone"),
    "residual_heat": ("site", "heat_zone", "interval"),
    "source_residual": ("site", "heat_zone", "source", "interval"),
    "heat_matched": ("site", "heat_zone", "source", "sink", "interval"),
    "direct_flow": ("link", "interval"),
    "direct_flow_back": ("link", "interval"),
    "build": ("item",),
    "capacity": ("item",),
    "units": ("item",),
    "open": ("item",),
    "on": ("process",),
    "sends": ("link",),
}


@dataclass(frozen=True)
class Part:
    """The blocks that share one state of the tables."""

    tables: Tables
    links: pd.DataFrame
    blocks: Integers

    def table(self, name: str) -> pd.DataFrame:
        """The table ``name``; ``links`` is the table of all links, given and generated."""
        return self.links if name == "links" else getattr(self.tables, name)


class Book:
    """A park, its time table and one set of flows, read side by side."""

    def __init__(
        self,
        park: Park,
        time: TimeTable,
        links_of: LinksOf,
        flows: Flows,
        met: Quantity | None = None,
    ) -> None:
        """``met`` is a reading of what demands receive, where it is not demand less unmet."""
        self.park = park
        self.time = time
        self.flows = flows
        self.parts = _parts(park, time, links_of)
        self.arrays = park.arrays
        self._numbers: dict[tuple[str, str, float], Floats] = {}
        self._texts: dict[tuple[str, str], Texts] = {}
        self._quantities: dict[str, Quantity] = {} if met is None else {"met": met}
        self._amounts: dict[tuple[str, str], Floats] = {}
        self._made: dict[str, object] = {}
        self._rows: dict[str, dict[object, int]] = {}

    def once(self, name: str, make: Callable[[Book], Made]) -> Made:
        """What ``make`` makes of this book, made once."""
        if name not in self._made:
            self._made[name] = make(self)
        return cast(Made, self._made[name])

    def size(self, table: str) -> int:
        """How many rows the table has."""
        return len(self.parts[0].table(table))

    def text(self, table: str, column: str) -> Texts:
        """A column of words, (E,); a column that the table lacks is blank."""
        key = (table, column)
        if key not in self._texts:
            frame = self.parts[0].table(table)
            self._texts[key] = _texts(self.arrays.column(frame, column), len(frame))
        return self._texts[key]

    def number(self, table: str, column: str, default: float) -> Floats:
        """A column of numbers in every block, (E, B); blanks are ``default``."""
        key = (table, column, default)
        if key not in self._numbers:
            values = np.empty((self.size(table), len(self.time.blocks)))
            read: dict[int, Floats] = {}
            for part in self.parts:
                frame = part.table(table)
                if id(frame) not in read:
                    given = self.arrays.column(frame, column)
                    read[id(frame)] = _numbers(given, len(frame), default)[:, None]
                values[:, part.blocks] = read[id(frame)]
            self._numbers[key] = values
        return self._numbers[key]

    def flag(self, table: str, column: str) -> NDArray[np.bool_]:
        """A column of yes and no, (E,)."""
        frame = self.parts[0].table(table)
        given = self.arrays.column(frame, column)
        if given is None:
            return np.zeros(len(frame), dtype=bool)
        # Blank is no.
        return np.array([yes == yes and bool(yes) for yes in given.tolist()], dtype=bool)

    def find(self, table: str, ids: Texts) -> Integers:
        """Rows of the table that have these ids (the first of several), -1 where none has."""
        if table not in self._rows:
            self._rows[table] = _first_rows(self.text(table, "id").tolist())
        return _placed(self._rows[table], ids.tolist())

    def quantity(self, name: str) -> Quantity:
        """The flow ``name``; without entities where the plan has none of it.

        ``offer`` and ``met`` are read from the tables: what streams offer, and what is
        left of demands after the unmet part.
        """
        if name not in self._quantities:
            self._quantities[name] = self._read(name)
        return self._quantities[name]

    def _read(self, name: str) -> Quantity:
        if name == "offer":
            return self._rated("streams", "stream")
        if name == "met":
            whole = self._rated("demands", "demand")
            unmet = self.spread("unmet", "demand", self.text("demands", "id"))
            return Quantity(whole.key, "period", whole.labels, whole.values - unmet)
        if name in self.flows:
            found = self.flows[name]
            clean = np.where(np.isfinite(found.values), found.values, 0.0)
            return Quantity(found.key, found.axis, found.labels, clean)
        axis = AXES.get(name, "period")
        labels = self.labels(axis)
        nobody = Keys({key: np.array([], dtype=object) for key in KEYS[name]})
        return Quantity(nobody, axis, labels, np.zeros((0, len(labels))))

    def labels(self, axis: Axis) -> Texts:
        """The steps of an axis."""
        if axis == "period":
            return self.time.period
        steps = self.time.years if axis == "year" else self.time.months
        return np.array([str(s) for s in steps], dtype=object)

    @cached_property
    def block_labels(self) -> Texts:
        """What to call each block: its year, and its scenario where there are several."""
        several = len(self.time.scenarios) > 1
        names = [f"{year}@{name}" if several else str(year) for year, name in self.time.blocks]
        return np.array(names, dtype=object)

    def _rated(self, table: str, key: str) -> Quantity:
        rates = self.time.rates(
            self.number(table, "amount", np.nan),
            self.text(table, "per") == "a",
            list(self.text(table, "profile")),
            self.number(table, "unit_factor", 1.0)[:, 0],
        )
        return Quantity(Keys({key: self.text(table, "id")}), "period", self.time.period, rates)

    def spread(self, name: str, key: str, ids: Texts) -> Floats:
        """The values of a flow for these entities, (len(ids), K); zero where it has none."""
        quantity = self.quantity(name)
        row = position(texts(quantity.key, key), ids)
        values = np.zeros((len(ids), quantity.values.shape[1]))
        values[row >= 0] = quantity.values[row[row >= 0]]
        return values

    def amounts(self, name: str, profile: str = "") -> Floats:
        """The yearly amount of a flow (times a profile) in each block, (E, B).

        A flow by month (peak) counts once for each month that it stands for.
        """
        key = (name, profile)
        if key not in self._amounts:
            quantity = self.quantity(name)
            if quantity.axis == "month":
                inside = self.time.month_block[:, None] == np.arange(len(self.time.blocks))
                self._amounts[key] = (quantity.values * self.time.month_weight) @ inside.astype(
                    float
                )
            else:
                shape = self.time.profile(profile) if profile else 1.0
                self._amounts[key] = self.time.year_total(quantity.values * shape)
        return self._amounts[key]

    @cached_property
    def company_of(self) -> dict[str, str]:
        """The company of each site."""
        owners = self.text("sites", "company")
        ids = self.text("sites", "id")
        return {str(s): str(c) or str(s) for s, c in zip(ids, owners, strict=True)}

    def companies(self, sites: Texts) -> Texts:
        """The companies of these sites; blank where the site is nobody's."""
        return np.array([self.company_of.get(s, "") for s in sites], dtype=object)

    @cached_property
    def block_at(self) -> Integers:
        """The block of each (block's scenario, year), (B, Y).

        A year without the scenario is read in its own first block.
        """
        number = {pair: i for i, pair in enumerate(self.time.blocks)}
        first = {year: i for (year, _), i in reversed(list(number.items()))}
        years = self.time.years
        rows = [[number.get((y, name), first[y]) for y in years] for _, name in self.time.blocks]
        return np.array(rows, dtype=np.int64)


def _parts(park: Park, time: TimeTable, links_of: LinksOf) -> tuple[Part, ...]:
    shared: dict[int, tuple[Tables, pd.DataFrame, list[int]]] = {}
    for block, (year, scenario) in enumerate(time.blocks):
        tables = park.at(year, scenario)
        if id(tables) not in shared:
            shared[id(tables)] = (tables, links_of(year, scenario), [])
        shared[id(tables)][2].append(block)
    return tuple(
        Part(tables, links, np.array(blocks, dtype=np.int64))
        for tables, links, blocks in shared.values()
    )


def numbers(frame: pd.DataFrame, column: str, default: float) -> Floats:
    """A column as floats; blanks, and a column that is not there, are ``default``."""
    return _numbers(frame[column].to_numpy() if column in frame else None, len(frame), default)


def _numbers(given: NDArray[Any] | None, rows: int, default: float) -> Floats:
    if given is None:
        return np.full(rows, default)
    plain = given.dtype == np.float64
    values = given if plain else pd.Series(given).to_numpy(float, na_value=np.nan)
    return np.where(np.isnan(values), default, values)


def texts(frame: pd.DataFrame | Keys, column: str) -> Texts:
    """A column as words; numbers that count rows are written without a decimal point."""
    return _texts(np.asarray(frame[column]) if column in frame.columns else None, len(frame))


def _texts(given: NDArray[Any] | None, rows: int) -> Texts:
    if given is None:
        return np.full(rows, "", dtype=object)
    if given.dtype.kind in "iuf":
        return np.array([f"{v:g}" for v in given], dtype=object)
    return given.astype(object, copy=False)


def position(among: Texts, wanted: Texts) -> Integers:
    """Where each wanted id stands among the ids (the first of several), -1 where it does not."""
    return _placed(_first_rows(among.tolist()), wanted.tolist())


def _first_rows(ids: Iterable[object]) -> dict[object, int]:
    """The first row of each id. A plain dict: for some dozen ids an index of pandas costs more."""
    rows: dict[object, int] = {}
    for row, name in enumerate(ids):
        rows.setdefault(name, row)
    return rows


def _placed(rows: dict[object, int], ids: Iterable[object]) -> Integers:
    """The row of each id, -1 where there is none."""
    return np.array([rows.get(name, -1) for name in ids], dtype=np.int64)


def pair_position(among: tuple[Texts, Texts], wanted: tuple[Texts, Texts]) -> Integers:
    """Where each wanted pair of ids stands among the pairs, -1 where it does not."""
    known, asked = (
        zip(*(names.tolist() for names in pairs), strict=True) for pairs in (among, wanted)
    )
    return _placed(_first_rows(known), asked)
