"""Mass and elements that a process makes from nothing, or loses though it is declared closed.

``closed`` says that a recipe lists everything that goes in and comes out. Then its masses add up,
and so does every element of which both sides are told. Of a recipe that is not closed air and
water vapour may be left out; but no element that all its inputs tell comes out of nothing.

The contents of an input are what any source of the park may bring and its own limits let in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import among, blank, each, looked_up, of_group
from circularpark.park.checks.cells import finding_at, flag, found, number, rows_of, text
from circularpark.park.checks.energy import picked, recipe_rows, sum_most
from circularpark.park.columns import or_else
from circularpark.park.units import UnitError, quality_unit

if TYPE_CHECKING:
    from circularpark.park.columns import Columns
    from circularpark.park.draft import Draft

# Recipes are written with three or four digits.
ROUNDING: Final = 2e-3
MATTER: Final = ("material", "waste", "gas", "water")
Range = tuple[float, float]


@cache
def elements() -> Mapping[str, str]:
    """Every name of an element of ``catalogue/elements.csv`` -> its symbol."""
    file = resources.files("circularpark.park").joinpath("catalogue").joinpath("elements.csv")
    found: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))):
        for name in (row["id"], row["name_en"], row["name_zh"], *row["also"].split(";")):
            if name:
                found[name] = row["id"]
    return found


def closed_processes_close(draft: Draft) -> Iterator[Finding]:
    """Masses of a closed recipe add up, and no recipe makes an element from nothing."""
    rows = recipe_rows(draft)
    names = list(dict.fromkeys(rows["technology"].tolist()))
    closed = _closed(draft)
    for technology in sorted(closed & set(names)):
        yield from _mass(draft, picked(rows, rows["technology"] == technology), technology)
    if not len(rows_of(draft, "quality")):
        return
    contents = _Contents(draft)
    for technology in names if contents.names else ():
        own = picked(rows, rows["technology"] == technology)
        for name in contents.names:
            yield from _element(draft, own, technology, name, contents, closed)


def an_element_has_one_name(draft: Draft) -> Iterator[Finding]:
    """Contents that go by two names of one element are two properties: no limit sees both.

    Where an item has both, such as all chlorine and the chloride of it that dissolves, they are
    meant as two.
    """
    frame = rows_of(draft, "quality")
    if not len(frame):
        return
    names, items, goods = (text(frame, column) for column in ("property", "item", "commodity"))
    symbol = looked_up(names, elements(), "")
    several = of_group(names, (symbol, items, goods), lambda own: float(len(set(own)) > 1)) > 0
    meant = of_group(several, (symbol,), np.any) > 0
    first = of_group(names, (symbol,), lambda own: own[0])
    differs = (symbol != "") & (first != names) & ~meant
    yield from found(
        frame, differs, "checks.element_names", "property", "warning", element=symbol, other=first
    )


def _closed(draft: Draft) -> set[str]:
    """Technologies that are declared closed, themselves or by a process."""
    found: set[str] = set()
    for table, column in (("technologies", "id"), ("processes", "technology")):
        frame = rows_of(draft, table)
        found |= set(text(frame, column)[flag(frame, "closed")].tolist())
    return found


def _mass(draft: Draft, own: Columns, technology: str) -> Iterator[Finding]:
    unweighed = among(own["kind"], MATTER) & blank(own["tonnes"])
    first = int(own["at"][0])
    if unweighed.any():
        names = ", ".join(sorted(set(own["commodity"][unweighed].tolist())))
        values = {"technology": technology, "commodities": names}
        frame = rows_of(draft, "recipes")
        yield finding_at(frame, first, "checks.closed_unweighed", "rate", "warning", values)
        return
    weight = or_else(own["rate"] * own["tonnes"], 0.0)
    sides = np.maximum(weight, 0), weight, -weight
    size, more, less = (sum_most(own, side)[technology] for side in sides)
    gap = more if more >= less else -less
    if abs(gap) > ROUNDING * size:
        values = {"technology": technology, "out": f"{size:.4g}", "in": f"{size - gap:.4g}"}
        yield finding_at(
            rows_of(draft, "recipes"), first, "checks.mass_open", "rate", values=values
        )


def _element(
    draft: Draft,
    own: Columns,
    technology: str,
    name: str,
    contents: _Contents,
    closed: set[str],
) -> Iterator[Finding]:
    """An element that comes out beyond what can go in, or that a closed recipe loses."""
    matter = ~blank(own["tonnes"]) & among(own["kind"], (*MATTER, "energy"))
    enters, leaves = (
        picked(own, matter & (own["rate"] < 0)),
        picked(own, matter & (own["rate"] > 0)),
    )
    taken = [contents.fed(technology, good, name) for good in enters["commodity"].tolist()]
    given = [contents.made(technology, good, name) for good in leaves["commodity"].tolist()]
    if not taken or None in taken or not any(value is not None for value in given):
        return
    mass_in, mass_out = -enters["rate"] * enters["tonnes"], leaves["rate"] * leaves["tonnes"]
    highest = np.array([value[1] for value in taken if value is not None])
    lowest = np.array([value[0] for value in taken if value is not None])
    known = np.array([0.0 if value is None else value for value in given])
    most_in = sum_most(enters, mass_in * highest)[technology]
    least_in = -sum_most(enters, -mass_in * lowest)[technology]
    out = -sum_most(leaves, -mass_out * known)[technology]
    values = {"technology": technology, "element": name}
    frame, first = rows_of(draft, "recipes"), int(leaves["at"][0])
    if out > most_in * (1 + ROUNDING) + 1e-15:
        told = values | {"out": f"{1000 * out:.4g}", "in": f"{1000 * most_in:.4g}"}
        yield finding_at(frame, first, "checks.element_created", "rate", values=told)
    elif technology in closed and None not in given and least_in > out * (1 + ROUNDING) + 1e-15:
        told = values | {"out": f"{1000 * out:.4g}", "in": f"{1000 * least_in:.4g}"}
        yield finding_at(frame, first, "checks.element_lost", "rate", values=told)


class _Contents:
    """Element contents of what goes in and comes out, by the rows of quality; parts of one."""

    def __init__(self, draft: Draft) -> None:
        frame = rows_of(draft, "quality")
        self.item, self.good, self.name = (
            text(frame, column).tolist() for column in ("item", "commodity", "property")
        )
        # One element may go by its symbol or by a name: it is the same in all of them.
        self.name = [elements().get(name, name) for name in self.name]
        size = each(text(frame, "unit"), _share).astype(float)
        self.value, self.least, self.most = (
            number(frame, column) * size for column in ("value", "min", "max")
        )
        # A limit per unit of a product says nothing of what a single input may have.
        alone = text(frame, "per") == ""
        self.least, self.most = (np.where(alone, side, np.nan) for side in (self.least, self.most))
        self.names = sorted({n for n in self.name if n in set(elements().values())})
        plants = rows_of(draft, "processes")
        self.technology = dict(zip(text(plants, "id"), text(plants, "technology"), strict=True))
        self.sources = self._sources(draft) if self.names else {}

    def _sources(self, draft: Draft) -> dict[str, set[str]]:
        """Commodity -> everything that brings it: a missing content of one makes all unknown."""
        found: dict[str, set[str]] = {}
        streams, markets = rows_of(draft, "streams"), rows_of(draft, "markets")
        every, bought = np.full(len(streams), True), text(markets, "direction") == "buy"
        for frame, where in ((streams, every), (markets, bought)):
            columns = (text(frame, name)[where] for name in ("id", "commodity"))
            for item, good in zip(*columns, strict=True):
                found.setdefault(good, set()).add(item)
        used = set(self.technology.values())
        recipes = rows_of(draft, "recipes")
        made = number(recipes, "rate") > 0
        columns = (text(recipes, name)[made] for name in ("technology", "commodity"))
        for technology, good in zip(*columns, strict=True):
            if technology in used:
                found.setdefault(good, set()).add(technology)
        return found

    def fed(self, technology: str, good: str, name: str) -> Range | None:
        """Least and most of an element in an input; None where it is not known of every source."""
        values = [self._of(item, good, name) for item in self.sources.get(good, ())]
        if not values or any(value is None for value in values):
            return None
        low = min(value for value in values if value is not None)
        high = max(value for value in values if value is not None)
        for row in self._rows(technology, good, name):
            low = max(low, self.least[row]) if not np.isnan(self.least[row]) else low
            high = min(high, self.most[row]) if not np.isnan(self.most[row]) else high
        return low, high

    def made(self, technology: str, good: str, name: str) -> float | None:
        """The element in an output, where a row tells it."""
        return self._of(technology, good, name)

    def _of(self, item: str, good: str, name: str) -> float | None:
        for row in self._rows(item, good, name, also=""):
            if not np.isnan(self.value[row]):
                return float(self.value[row])
        return None

    def _rows(self, item: str, good: str, name: str, also: str | None = None) -> list[int]:
        """Rows of an item, or of processes of a technology, that speak of this commodity."""
        goods = (good,) if also is None else (good, also)
        return [
            row
            for row, own in enumerate(self.item)
            if self.name[row] == name
            and self.good[row] in goods
            and item in (own, self.technology.get(own))
        ]


def _share(unit: str) -> float:
    try:
        kind, size = quality_unit(unit)
    except UnitError:
        return float("nan")
    return size if kind in ("share", "concentration") else float("nan")
