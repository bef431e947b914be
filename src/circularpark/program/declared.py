"""What ``quality.csv`` and ``operations.csv`` say of each thing, and which commodities are graded.

A commodity is graded in the whole park or nowhere: what is forbidden or not yet built counts, so
that a park's best operation of today and its plan are the same kind of program.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from circularpark.park.units import quality_unit
from circularpark.program.arrays import Flags
from circularpark.program.data import Blocks
from circularpark.program.time import Floats

LINEAR = "linear"


@dataclass(frozen=True)
class Recipe:
    """The commodities that a technology takes and gives."""

    takes: tuple[str, ...]
    gives: tuple[str, ...]


class Declared:
    """The rows of both tables by thing; ``blocks`` are the park's tables of each block.

    least, most, value : (R, 1 or B) numbers in the row's own unit; removal : (R, 1 or B) shares
    parts : (R,) into how many a mixed outlet's range is cut, 0 where it is not to be
    size : (R,) what the unit is worth in its base; exponent : (R,) of the property's operator
    """

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.item, self.commodity, self.property = (
            blocks.texts("quality", name).tolist() for name in ("item", "commodity", "property")
        )
        self.value, self.least, self.most = (
            blocks.number("quality", name) for name in ("value", "min", "max")
        )
        self.removal = blocks.number("quality", "removal")
        self.per = blocks.texts("quality", "per").tolist()
        self.parts = np.nan_to_num(blocks.first_number("quality", "parts")).astype(np.int64)
        self.unit = blocks.texts("quality", "unit").tolist()
        self.size = sizes(self.unit)
        operators = blocks.texts("quality", "operator").tolist()
        exponents = [1.0 if name in ("", LINEAR) else float(name) for name in operators]
        self.exponent = np.array(exponents, dtype=float)
        self.rows: dict[str, list[int]] = {}
        for row, item in enumerate(self.item):
            self.rows.setdefault(item, []).append(row)
        self._own: dict[tuple[str, str], list[int]] = {}

    @property
    def empty(self) -> bool:
        """Whether the park grades nothing."""
        return not self.item and not len(self.blocks.texts("operations", "id"))

    @cached_property
    def recipes(self) -> dict[str, Recipe]:
        """Technology -> what it takes and gives."""
        goods: dict[str, tuple[list[str], list[str]]] = {}
        highest = self.blocks.number("recipes", "rate").max(axis=1, initial=-np.inf)
        names = (self.blocks.texts("recipes", c).tolist() for c in ("technology", "commodity"))
        for technology, good, rate in zip(*names, highest.tolist(), strict=True):
            both = goods.setdefault(technology, ([], []))
            both[1 if rate > 0 else 0].append(good)
        return {name: Recipe(tuple(takes), tuple(gives)) for name, (takes, gives) in goods.items()}

    @cached_property
    def technologies(self) -> dict[str, list[str]]:
        """Item of a process or technology -> the technologies of the park's processes it names."""
        found: dict[str, list[str]] = {}
        names = (self.blocks.texts("processes", c).tolist() for c in ("of", "technology"))
        for process, technology in zip(*names, strict=True):
            for item in (process, technology):
                if technology not in found.setdefault(item, []):
                    found[item].append(technology)
        return found

    @cached_property
    def processes(self) -> dict[str, tuple[str, str]]:
        """Of each process: the row that its instances share, and its technology."""
        names, of, technology = (
            self.blocks.texts("processes", c).tolist() for c in ("id", "of", "technology")
        )
        return dict(zip(names, zip(of, technology, strict=True), strict=True))

    @cached_property
    def commodity_of(self) -> dict[str, str]:
        """Stream, demand or market -> its commodity."""
        return {
            name: good
            for table in ("streams", "demands", "markets")
            for name, good in zip(
                self.blocks.texts(table, "id").tolist(),
                self.blocks.texts(table, "commodity").tolist(),
                strict=True,
            )
        }

    @cached_property
    def units(self) -> dict[str, str]:
        """Commodity -> its unit."""
        names = (self.blocks.texts("commodities", c).tolist() for c in ("id", "unit"))
        return dict(zip(*names, strict=True))

    @cached_property
    def known(self) -> set[tuple[str, str]]:
        """Every (commodity, property) that some source of the park has."""
        operated = (self.blocks.texts("operations", c).tolist() for c in ("commodity", "property"))
        found = set(zip(*operated, strict=True))
        for row in [row for row in range(len(self.item)) if self.describes(row)]:
            found |= {(good, self.property[row]) for good in self._given_by(row)}
        return found

    def describes(self, row: int) -> bool:
        """Whether a row says what comes out: by a value, or by what is taken out of the feed."""
        return not (np.isnan(self.value[row]).all() and np.isnan(self.removal[row]).all())

    def _given_by(self, row: int) -> list[str]:
        """The commodities whose sources a row's value describes."""
        item, good = self.item[row], self.commodity[row]
        if item in self.commodity_of:
            return [self.commodity_of[item]]
        gives = [g for t in self.technologies.get(item, ()) for g in self._recipe(t).gives]
        return [g for g in gives if good in ("", g)]

    def _recipe(self, technology: str) -> Recipe:
        return self.recipes.get(technology, Recipe((), ()))

    def graded(self) -> Flags:
        """Which commodities are graded, (C,)."""
        found = set(self.blocks.texts("operations", "commodity").tolist())
        for row, item in enumerate(self.item):
            if item in self.commodity_of:
                found.add(self.commodity_of[item])
            elif self.commodity[row] and item in self.technologies:
                found.add(self.commodity[row])
            else:
                found |= set(self._given_by(row)) if self.describes(row) else set()
                for technology in self.technologies.get(item, ()) if self._limits(row) else ():
                    found |= set(self.mixed(technology, self.property[row]))
        return np.isin(self.blocks.texts("commodities", "id").astype(str), sorted(found))

    def _limits(self, row: int) -> bool:
        return not (np.isnan(self.least[row]).all() and np.isnan(self.most[row]).all())

    def mixed(self, technology: str, name: str) -> list[str]:
        """The inputs of a technology that have a property: what a blank commodity limits."""
        takes = dict.fromkeys(self._recipe(technology).takes)
        return [good for good in takes if (good, name) in self.known]

    def of_process(self, process: str, technology: str) -> list[int]:
        """Rows of a process: its own, and its technology's for what it says nothing of itself."""
        key = (process, technology)
        if key not in self._own:
            own = self.rows.get(process, [])
            said = {(self.commodity[row], self.property[row]) for row in own}
            theirs = self.rows.get(technology, []) if technology != process else []
            more = [r for r in theirs if (self.commodity[r], self.property[r]) not in said]
            self._own[key] = [*own, *more]
        return self._own[key]

    def composition(self, rows: list[int], commodity: str) -> dict[str, int]:
        """Property -> the row that says it of an output: rows that name it go before blank ones."""
        found: dict[str, int] = {}
        for named in (True, False):
            for row in rows:
                fits = self.commodity[row] == (commodity if named else "")
                if fits and self.describes(row):
                    found.setdefault(self.property[row], row)
        return found


def sizes(names: list[str]) -> Floats:
    """What quality units are worth in their base, (n,)."""
    known = {name: quality_unit(name)[1] for name in set(names)}
    return np.array([known[name] for name in names], dtype=float)
