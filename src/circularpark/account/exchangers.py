"""Heat exchangers of carriers: things with a capacity that stand in no table of their own."""

from __future__ import annotations

import numpy as np

from circularpark.account.book import Book, Texts, texts
from circularpark.account.capital import Things
from circularpark.park.units import factor
from circularpark.program.time import Floats, Integers

WAYS = ("raised", "used")


class Exchangers(Things):
    """The exchangers that raise or use a carrier in a cascade and cost something."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.table = "exchangers"
        self.block_year = np.array([year for year, _ in book.time.blocks], dtype=float)
        self.year_index = np.array([book.time.years.index(y) for y, _ in book.time.blocks])
        found = [self._of(way) for way in WAYS]
        self.good: Integers = np.concatenate([good for _, good, _, _ in found])
        self.site: Texts = np.concatenate([site for *_, site, _ in found])
        self.item: Texts = np.concatenate([item for *_, item in found])
        self.flow: Floats = np.concatenate(
            [book.quantity(way).values[row] for way, (row, *_) in zip(WAYS, found, strict=True)]
        )
        self.of = self.item
        self.commodity = book.text("commodities", "id")[self.good]
        self.status = np.full(len(self.item), "", dtype=object)

    def _of(self, way: str) -> tuple[Integers, Integers, Texts, Texts]:
        """Rows of a carrier's flow whose exchangers cost something: row, commodity, site, id."""
        index = self.book.quantity(way).key
        carrier, site, zone = (texts(index, k) for k in ("carrier", "site", "heat_zone"))
        good = self.book.find("commodities", carrier)
        price = self.book.number("commodities", "exchanger_capex", 0.0)[good]
        row = np.flatnonzero((good >= 0) & (price > 0).any(axis=1))
        place = np.where(zone[row] == "", site[row], site[row] + "/" + zone[row])
        item = carrier[row] + "@" + place.astype(object) + "@" + way
        return row, good[row], site[row], item.astype(object)

    def number(self, column: str, default: float) -> Floats:
        """A number of exchangers, (E, B): their price and life are their carrier's."""
        if column == "capex":
            price = self.book.number("commodities", "exchanger_capex", 0.0)[self.good]
            units = self.book.text("commodities", "unit")[self.good]
            mega = np.array([factor(str(unit), "MWh").factor for unit in units], dtype=float)
            return np.asarray(price * mega[:, None], dtype=float)
        if column == "lifetime":
            return self.book.number("commodities", "exchanger_lifetime", default)[self.good]
        return np.full((len(self.item), len(self.book.time.blocks)), default)
