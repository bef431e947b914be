"""Stated units: every amount is converted once, on reading, to its commodity's own unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park import units
from circularpark.park.columns import Columns
from circularpark.park.patterns import fitting
from circularpark.park.typed import at
from circularpark.park.units import UnitError

# What carries the commodity of a table's rows, where it is not the column ``commodity``.
FLOWS: Final = ("streams", "demands", "operations", "markets", "links", "storages", "processes")


@dataclass
class Book:
    """The park's typed tables while their units are settled."""

    tables: dict[str, Columns]
    currency: str
    measure_units: Mapping[str, str]

    def commodity_units(self) -> dict[str, str]:
        """Each commodity's own unit; the first row counts where an id stands twice."""
        table = self.tables["commodities"]
        pairs = zip(table["id"].tolist(), table["unit"].tolist(), strict=True)
        found: dict[str, str] = {}
        for name, unit in pairs:
            found.setdefault(name, unit)
        return found


def settle(book: Book) -> list[Finding]:
    """Convert every stated amount in place; add ``_unit_factor`` and ``_per`` where units stand.

    A unit that is missing, unknown or of another dimension is a problem, and its amount becomes
    NaN, so that a number in a wrong unit never travels on.
    """
    findings = list(_own_units(book))
    base = book.commodity_units()
    for name in ("streams", "demands"):
        findings += _flows(book, name, base)
    findings += _operations(book, base)
    findings += _qualities(book)
    findings += _limits(book, base)
    findings += _records(book, base)
    return findings


def _told(error: UnitError, table: Columns, position: int, column: str = "unit") -> Finding:
    file, row = at(table, position)
    value = str(table[column][position])
    return Finding(error.code, "problem", file, row, column, value[:40], error.values)


def _own_units(book: Book) -> Iterator[Finding]:
    """A commodity's and a measure's own unit is an amount of the list, not a rate."""
    for name in ("commodities", "measures"):
        table = book.tables[name]
        for position, unit in enumerate(table["unit"].tolist()):
            if not unit:
                continue
            try:
                if not units.is_amount(unit, book.currency):
                    amount = units.plain(unit).rpartition("/")[0] or f"{units.plain(unit)}h"
                    raise UnitError("park.unit.rate_for_amount", unit=unit, near=amount)
            except UnitError as error:
                yield _told(error, table, position)


def _start(table: Columns) -> tuple[np.ndarray, np.ndarray]:
    rows = len(table["_row"])
    table["_unit_factor"] = np.ones(rows)
    table["_per"] = np.full(rows, "h", dtype=object)
    return table["_unit_factor"], table["_per"]


def _flows(book: Book, name: str, base: Mapping[str, str]) -> Iterator[Finding]:
    """Amounts of streams and demands: per hour or per year of the commodity's own unit."""
    table = book.tables[name]
    factors, pers = _start(table)
    rows = zip(table["unit"].tolist(), table["commodity"].tolist(), strict=True)
    for position, (unit, commodity) in enumerate(rows):
        own = base.get(commodity, "")
        if not unit:
            factors[position] = np.nan
            continue
        try:
            quantity = units.factor(unit, own, book.currency) if _usable(own, book) else None
            stated = units.known(unit, book.currency)
            if not stated.per:
                raise UnitError("park.unit.per_what", unit=unit)
        except UnitError as error:
            factors[position] = np.nan
            yield _told(error, table, position)
            continue
        if quantity is not None:
            factors[position], pers[position] = quantity.factor, quantity.per
    for column in ("amount", "today"):
        table[column] = table[column] * factors


def _usable(unit: str, book: Book) -> bool:
    """Whether a commodity's own unit is one; a bad one is told at the commodity, not again."""
    try:
        return bool(unit) and units.is_amount(unit, book.currency)
    except UnitError:
        return False


def _operations(book: Book, base: Mapping[str, str]) -> Iterator[Finding]:
    """Loads: the factor brings them to the commodity's unit times the property's base.

    A load of 2 kg/h on water in t, as ppm, is 0.002 t/h of all the water; heat on a fuel in t is
    GJ; of a plain number it is a part of the commodity where it has a unit like it.
    """
    table = book.tables["operations"]
    factors, pers = _start(table)
    columns = (table[name].tolist() for name in ("unit", "quality_unit", "commodity"))
    for position, (unit, quality, commodity) in enumerate(zip(*columns, strict=True)):
        column, own = "quality_unit", base.get(commodity, "")
        try:
            kind = units.quality_unit(quality)[0] if quality else ""
            if kind and _usable(own, book):
                units.quality_basis(quality, own, book.currency)
            column = "unit"
            if unit and kind and _usable(own, book):
                quantity = units.load_factor(unit, kind, own, book.currency)
                factors[position], pers[position] = quantity.factor, quantity.per
        except UnitError as error:
            factors[position] = np.nan
            yield _told(error, table, position, column)
    table["load"] = table["load"] * factors


def _qualities(book: Book) -> Iterator[Finding]:
    table = book.tables["quality"]
    for position, unit in enumerate(table["unit"].tolist()):
        try:
            if unit:
                units.quality_unit(unit)
        except UnitError as error:
            yield _told(error, table, position)


def _limits(book: Book, base: Mapping[str, str]) -> Iterator[Finding]:
    table = book.tables["limits"]
    factors, _ = _start(table)
    for position in range(len(factors)):
        row = {name: str(values[position]) for name, values in table.items()}
        try:
            factors[position] = _limit_factor(book, base, row)
        except UnitError as error:
            factors[position] = np.nan
            yield _told(error, table, position)
    table["value"] = table["value"] * factors


def _limit_factor(book: Book, base: Mapping[str, str], row: Mapping[str, str]) -> float:
    unit = units.plain(row["unit"])
    if row["sense"] == "peak":
        return 1.0
    if row["count"] == "1.0":
        return _plain_factor(unit)
    ratio = any(row[f"per_{part}"] for part in ("measure", "table", "item", "commodity", "site"))
    if row["relative_to"].isdigit() or (row["relative_to"] and not ratio):
        return _plain_factor(unit)
    if not unit:
        raise UnitError("park.unit.missing")
    if ratio:
        return _ratio_factor(book, base, row, unit)
    own = _base_unit(book, base, row)
    if not own:
        return 1.0
    quantity = units.factor(unit, own, book.currency)
    if row["table"] == "capacity" and not row["measure"]:
        return quantity.factor
    rate = quantity.per == "h"
    if (row["period"] == "each") != rate:
        code = "park.unit.rate_wanted" if row["period"] == "each" else "park.unit.amount_wanted"
        raise UnitError(code, unit=unit, base=own)
    return quantity.factor


def _plain_factor(unit: str) -> float:
    """A number or a percentage; a blank is a number."""
    if unit in {"", "1"}:
        return 1.0
    if unit == "%":
        return 0.01
    raise UnitError("park.unit.plain_wanted", unit=unit)


def _ratio_factor(book: Book, base: Mapping[str, str], row: Mapping[str, str], unit: str) -> float:
    """``1``, ``%``, or a unit over a unit, such as tce/万元."""
    if unit in {"1", "%"}:
        return _plain_factor(unit)
    over, slash, under = unit.partition("/")
    above = _base_unit(book, base, row)
    below = _base_unit(book, base, {k.removeprefix("per_"): row[k] for k in PER})
    if not slash:
        raise UnitError("park.unit.plain_wanted", unit=unit)
    if not above or not below:
        return 1.0
    top = units.factor(over, above, book.currency)
    bottom = units.factor(under, below, book.currency)
    return top.factor / bottom.factor


PER: Final = ("per_measure", "per_table", "per_item", "per_commodity", "per_site")


def _base_unit(book: Book, base: Mapping[str, str], row: Mapping[str, str]) -> str:
    """The unit in which what the row names is counted; "" where it names nothing known."""
    if measure := row["measure"]:
        return {"value_added": book.currency, "area_mu": "mu"}.get(
            measure, book.measure_units.get(measure, "")
        )
    if row["commodity"]:
        return base.get(row["commodity"], "")
    found = {base.get(c, "") for c in _commodities(book, row)} - {""}
    if len(found) > 1:
        raise UnitError("park.unit.mixed", units=", ".join(sorted(found)))
    return next(iter(found), "")


def _commodities(book: Book, row: Mapping[str, str]) -> set[str]:
    """The commodities of the flows that table, item and site of a limit name."""
    name = {"": "markets", "offers": "streams"}.get(row["table"], row["table"])
    names = ("processes", "storages", "links") if name == "capacity" else (name,)
    found: set[str] = set()
    for each in names:
        if each not in FLOWS:
            continue
        table = book.tables[each]
        carried = _capacity_of(book) if each == "processes" else table["commodity"]
        for item, commodity in zip(table["id"].tolist(), carried.tolist(), strict=True):
            if not row["item"] or fitting([item], row["item"]).any():
                found.add(commodity)
    return found


def _capacity_of(book: Book) -> np.ndarray:
    """The commodity that each process counts its activity by: its own, else its technology's."""
    technologies, processes = book.tables["technologies"], book.tables["processes"]
    of = dict(zip(technologies["id"].tolist(), technologies["capacity_of"].tolist(), strict=True))
    rows = zip(processes["capacity_of"].tolist(), processes["technology"].tolist(), strict=True)
    return np.array([own or of.get(technology, "") for own, technology in rows], dtype=object)


def _records(book: Book, base: Mapping[str, str]) -> Iterator[Finding]:
    """Recorded amounts of a year, in the unit of the measure or of the thing's commodity."""
    table = book.tables["records"]
    factors, _ = _start(table)
    for position in range(len(factors)):
        row = {name: str(values[position]) for name, values in table.items()}
        unit = row["unit"]
        try:
            own = _base_unit(book, base, {**row, "commodity": "", "site": ""})
            if unit and own:
                quantity = units.factor(unit, own, book.currency)
                if quantity.per == "h":
                    raise UnitError("park.unit.amount_wanted", unit=unit, base=own)
                factors[position] = quantity.factor
        except UnitError as error:
            factors[position] = np.nan
            yield _told(error, table, position)
    table["value"] = table["value"] * factors
