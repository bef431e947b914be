"""Capacity that stands, and what standing and building it cost and take.

A number of a vintage (capex, lifetime, share of maintenance) is that of its building year;
a number of what stands from before is that of the year asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from circularpark.account.book import Book, Texts, position, texts
from circularpark.program.time import Floats, Integers, annuity

TABLES = ("processes", "storages", "links")


@dataclass(frozen=True)
class Lines:
    """Yearly amounts of one measure for one reason: value (n, B), the rest as in ``Terms``."""

    measure: str
    table: str
    term: str
    item: Texts
    site: Texts
    commodity: Texts
    scope: Integers
    value: Floats
    far: Texts | None = None


class Things:
    """The processes, storages or links of a park as capacities, (E, B) arrays."""

    def __init__(self, book: Book, table: str) -> None:
        self.book = book
        self.table = table
        self.item = book.text(table, "id")
        self.of = book.text(table, "of") if table == "processes" else self.item
        self.site = book.text(table, "to" if table == "links" else "site")
        self.commodity = book.text(table, "capacity_of" if table == "processes" else "commodity")
        self.status = book.text(table, "status")
        self.block_year = np.array([year for year, _ in book.time.blocks], dtype=float)
        self.year_index = np.array([book.time.years.index(y) for y, _ in book.time.blocks])

    def number(self, column: str, default: float) -> Floats:
        """A column of this table, (E, B)."""
        return self.book.number(self.table, column, default)

    @cached_property
    def standing(self) -> Floats:
        """Existing capacity, from ``built`` until it ``retires``; inf where unbounded, (E, B)."""
        begins, ends = self.number("built", -np.inf), self.number("retires", np.inf)
        stands = (begins <= self.block_year) & (self.block_year < ends)
        return np.where(stands, self.number("capacity", 0.0), 0.0)

    @cached_property
    def built(self) -> Floats:
        """Capacity built in each planning year, (E, Y)."""
        return self.book.spread("build", "item", self.item)

    @cached_property
    def lifetime(self) -> Floats:
        """Years that a thing lives; without end where none is given, (E, B)."""
        return self.number("lifetime", np.inf)

    def vintages(self) -> list[tuple[int, Floats, Integers]]:
        """Of each planning year: its index, which blocks it lives in (E, B), and its tables' block.

        The third is an index (B,) of the block whose tables the vintage was built under.
        """
        found = []
        for index, year in enumerate(self.book.time.years):
            source = self.book.block_at[:, index]
            life = self.lifetime[:, source]
            alive = (year <= self.block_year) & (self.block_year < year + life)
            found.append((index, alive.astype(float), source))
        return found

    @cached_property
    def added(self) -> Floats:
        """Capacity built by each block's year and still alive, (E, B)."""
        total = np.zeros(self.standing.shape)
        for index, alive, _ in self.vintages():
            total += self.built[:, index, None] * alive
        return total

    @cached_property
    def capacity(self) -> Floats:
        """Existing + built by the year and alive, (E, B)."""
        return self.standing + self.added

    @cached_property
    def capex(self) -> Floats:
        """Money per unit of capacity, (E, B)."""
        if self.table != "links":
            return self.number("capex", 0.0)
        along = self.number("capex_per_km", 0.0) * self.number("cost_factor", 1.0)
        return along * self.number("km", 0.0) + self.number("capex_per_capacity", 0.0)

    @cached_property
    def capex_fixed(self) -> Floats:
        """Money paid once however large the thing is, (E, B)."""
        if self.table != "links":
            return self.number("capex_fixed", 0.0)
        along = self.number("capex_fixed_per_km", 0.0) * self.number("cost_factor", 1.0)
        return along * self.number("km", 0.0)

    @cached_property
    def opened(self) -> Floats:
        """In which years what is paid once is paid, (E, Y).

        The plan says so; where it does not, a thing is paid as it is built while nothing
        built before is alive.
        """
        said, says = stated(self.book, "open", self.item)
        return np.where(says[:, None], np.round(said), self._begun())

    def paid(self, opened: Floats) -> NDArray[np.bool_]:
        """Whether what is paid once has been paid and still lives in each year, (E, Y)."""
        years = np.array(self.book.time.years, dtype=float)
        found = np.zeros(opened.shape, dtype=bool)
        for index, year in enumerate(years):
            life = self.lifetime[:, self.book.block_at[0, index]][:, None]
            lives = (year <= years) & (years < year + life)
            found |= (opened[:, index] > 0.5)[:, None] & lives
        return found

    def _begun(self) -> Floats:
        years = np.array(self.book.time.years, dtype=float)
        small = 1e-9 * self.built.max(axis=1, initial=0.0)
        ends = np.full(len(self.item), -np.inf)
        opened = np.zeros(self.built.shape)
        for index, year in enumerate(years):
            builds = self.built[:, index] > small
            opened[:, index] = builds & (ends <= year)
            life = self.lifetime[:, self.book.block_at[0, index]]
            ends = np.where(builds, np.maximum(ends, year + life), ends)
        return opened

    @cached_property
    def renewed(self) -> Floats:
        """Existing capacity that has been renewed like for like, (E, B)."""
        due = self.number("built", np.inf) + self.lifetime
        return np.where(self.block_year >= due, known(self.standing), 0.0)

    def lines(self) -> list[Lines]:
        """Costs of capacity, the capex of the year, and the land that is taken."""
        rate = float(self.book.park.settings.discount_rate)
        share = annuity(rate, self.lifetime)
        upkeep = self.number("fixed_om", 0.0)
        yearly, kept = np.zeros(self.standing.shape), np.zeros(self.standing.shape)
        for index, alive, source in self.vintages():
            money = self.built[:, index, None] * self.capex[:, source]
            money = money + self.opened[:, index, None] * self.capex_fixed[:, source]
            yearly += money * alive * share[:, source]
            kept += money * alive * upkeep[:, source]
        old = self.capex * known(self.standing)
        spent = self.built[:, self.year_index] * self.capex
        spent = spent + self.opened[:, self.year_index] * self.capex_fixed
        area = self.number("area_mu", 0.0) * known(self.capacity)
        return [
            self._lines("cost", "capex_annuity", yearly),
            self._lines("cost", "fixed_om", kept + upkeep * old),
            self._lines("cost", "renewal", share * self.capex * self.renewed),
            self._lines("capex", "building", spent),
            self._lines("land", "occupied", area),
        ]

    def _lines(self, measure: str, term: str, value: Floats) -> Lines:
        keep = (value != 0).any(axis=1)
        none = np.zeros(int(keep.sum()), dtype=np.int64)
        far = self.book.text("links", "from")[keep] if self.table == "links" else None
        return Lines(
            measure, self.table, term, self.item[keep], self.site[keep], self.commodity[keep],
            none, value[keep], far,
        )  # fmt: skip


def known(capacity: Floats) -> Floats:
    """Capacities with nothing for those without bound: what has no size has no upkeep or land."""
    return np.where(np.isfinite(capacity), capacity, 0.0)


def all_things(book: Book) -> list[Things]:
    """The processes, the storages, the links, and the exchangers of heat carriers."""
    from circularpark.account.exchangers import Exchangers

    tables = book.once("things", lambda own: [Things(own, table) for table in TABLES])
    return [*tables, book.once("exchangers", Exchangers)]


def stated(book: Book, name: str, items: Texts) -> tuple[Floats, NDArray[np.bool_]]:
    """The plan's own yearly values of items, (n, Y), and whether it states them, (n,)."""
    known = texts(book.quantity(name).key, "item")
    return book.spread(name, "item", items), position(known, items) >= 0
