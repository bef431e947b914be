"""A list of projects that somebody brings: read from CSV or Excel, every bad cell told at once.

A row names one thing to build: a candidate process, storage, link or heat exchanger of the park
by its id, its capacity, and what is known of its money. Rows with the same ``project`` are one
project.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park.finance import term_trouble
from circularpark.park.numerals import read_number
from circularpark.studies.project_file import (
    COLUMNS,
    LIST_REST,
    NEAR,
    TERM_COLUMNS,
    TERM_REST,
    ListFile,
    read_file,
)

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem

TEXTS: Final = frozenset({"item", "project", "unit", "confidence", "source", "note"})
NEEDED: Final = ("item", "capacity")
# Of these a project has one, whichever of its rows says it.
OF_PROJECT: Final = ("subsidy", "loan_share", "loan_rate", "loan_years")
# Largest values that make sense.
MOST: Final = {"loan_share": 100.0, "loan_rate": 30.0, "loan_years": 50.0, "lifetime": 100.0}
# A number of units that is this close to a whole one is it.
WHOLE: Final = 1e-6
# A solver's capacity may be above what there is room for by this share.
ROOM: Final = 1e-6


@dataclass(frozen=True)
class Listed:
    """One row: an item with its capacity and what is said of its money; nan where nothing is."""

    row: int
    item: str
    project: str
    texts: Mapping[str, str]
    numbers: Mapping[str, float]

    def number(self, name: str) -> float:
        """A number of the row, nan where it says none."""
        return self.numbers.get(name, float("nan"))


@dataclass(frozen=True)
class ProjectList:
    """The rows of a list; warnings : what was mended or passed over while reading."""

    file: str
    rows: tuple[Listed, ...]
    warnings: tuple[Finding, ...] = ()

    @property
    def projects(self) -> dict[str, list[Listed]]:
        """The rows of each project, in the order of the list."""
        found: dict[str, list[Listed]] = {}
        for row in self.rows:
            found.setdefault(row.project, []).append(row)
        return found


def read_list(path: str | Path, problem: Problem) -> ProjectList:
    """The projects of a file, held against the park's program.

    Raises
    ------
    ParkDataError : there is no such file, or some of its cells cannot be; all are named.
    """
    sheet = read_file(Path(path), COLUMNS, NEEDED, LIST_REST)
    rows = [_row(sheet, number, cells) for number, cells in sheet.rows]
    if not rows and not sheet.findings:
        sheet.findings.append(Finding("evaluate.empty", file=sheet.file))
    if "item" in sheet.columns:
        sheet.findings += _against_park(sheet.file, rows, problem)
    sheet.findings += _of_projects(sheet.file, rows)
    problems = [f for f in sheet.findings if f.severity == "problem"]
    if problems:
        raise ParkDataError(sheet.findings, sheet.file)
    return ProjectList(sheet.file, tuple(rows), tuple(sheet.findings))


def read_terms(path: str | Path) -> dict[str, float]:
    """One's own financial terms: id and value of those that differ from the catalogue's.

    Raises
    ------
    ParkDataError : there is no such file, or some of its cells cannot be; all are named.
    """
    sheet = read_file(Path(path), TERM_COLUMNS, ("id", "value"), TERM_REST)
    found: dict[str, float] = {}
    for number, cells in sheet.rows:
        name, value = sheet.cell(cells, "id"), _number(sheet, number, cells, "value")
        if name in found:
            sheet.findings.append(
                Finding("evaluate.twice", "problem", sheet.file, number, "id", name)
            )
        if not np.isnan(value):
            trouble = term_trouble(name, value, sheet.file, number)
            sheet.findings += [trouble] if trouble else []
            found[name] = value
    if any(f.severity == "problem" for f in sheet.findings):
        raise ParkDataError(sheet.findings, sheet.file)
    return found


def _row(sheet: ListFile, number: int, cells: list[str]) -> Listed:
    texts = {name: sheet.cell(cells, name) for name in COLUMNS if name in TEXTS}
    numbers = {name: _number(sheet, number, cells, name) for name in COLUMNS if name not in TEXTS}
    if "item" in sheet.columns and not texts["item"]:
        sheet.findings.append(Finding("evaluate.blank", "problem", sheet.file, number, "item"))
    if "capacity" in sheet.columns and not sheet.cell(cells, "capacity"):
        sheet.findings.append(Finding("evaluate.blank", "problem", sheet.file, number, "capacity"))
    sheet.findings += _alone(sheet.file, number, numbers)
    return Listed(number, texts["item"], texts["project"] or texts["item"], texts, numbers)


def _number(sheet: ListFile, number: int, cells: list[str], column: str) -> float:
    text = sheet.cell(cells, column)
    reading = read_number(text)
    code = reading.problem or reading.fixed
    if code:
        severity = "problem" if reading.problem else "fixed"
        sheet.findings.append(Finding(code, severity, sheet.file, number, column, text))  # type: ignore[arg-type]
    return reading.value


def _alone(file: str, row: int, numbers: Mapping[str, float]) -> list[Finding]:
    """What is wrong with the numbers of a row whatever the park."""
    findings = []
    for name, value in numbers.items():
        shown = f"{value:g}"
        if (name == "capacity" and value <= 0) or (name == "lifetime" and value < 1):
            findings.append(Finding("evaluate.not_positive", "problem", file, row, name, shown))
        elif value < 0:
            findings.append(Finding("evaluate.negative", "problem", file, row, name, shown))
        elif value > MOST.get(name, np.inf):
            values = {"most": f"{MOST[name]:g}"}
            findings.append(Finding("evaluate.above", "problem", file, row, name, shown, values))
    return findings + _range(file, row, numbers)


def _range(file: str, row: int, numbers: Mapping[str, float]) -> list[Finding]:
    """A range of the investment that does not hold it, or is one of nothing."""
    findings, capex = [], numbers["capex"]
    wrongs = {
        "capex_least": numbers["capex_least"] > capex,
        "capex_most": numbers["capex_most"] < capex,
    }
    for name, wrong in wrongs.items():
        said = f"{numbers[name]:g}"
        if wrong:
            held = {"capex": f"{capex:g}"}
            findings.append(Finding("evaluate.range", "problem", file, row, name, said, held))
        elif not np.isnan(numbers[name]) and np.isnan(capex):
            findings.append(Finding("evaluate.range_of_none", "problem", file, row, name, said))
    return findings


def _of_projects(file: str, rows: Sequence[Listed]) -> list[Finding]:
    """What a project cannot say twice, and a subsidy above what it costs."""
    said: dict[tuple[str, str], float] = {}
    findings = []
    for row in rows:
        for name in OF_PROJECT:
            value = row.number(name)
            before = said.setdefault((row.project, name), value)
            if np.isnan(before):
                said[row.project, name] = value
            elif not np.isnan(value) and value != before:
                values = {"before": f"{before:g}"}
                shown = f"{value:g}"
                findings.append(
                    Finding("evaluate.said_twice", "problem", file, row.row, name, shown, values)
                )
    return findings


def _against_park(file: str, rows: Sequence[Listed], problem: Problem) -> list[Finding]:
    """Items that the park does not have or cannot build, and what is too large for it."""
    data, findings = problem.data, list[Finding]()
    place = {str(item): i for i, item in enumerate(data.item.key["item"])}
    units = _units(problem)
    seen: dict[str, int] = {}
    for row in rows:
        if not row.item:
            continue
        found = place.get(row.item)
        code, values = "", dict[str, object]()
        if found is None:
            near = difflib.get_close_matches(row.item, list(place), n=1, cutoff=NEAR)
            code, values = "unknown", {"near": near[0] if near else "-"}
        elif data.item.free[found]:
            code = "free"
        elif data.item.column[found] < 0:
            code = "cannot"
        elif row.item in seen:
            code, values = "item_twice", {"row": seen[row.item]}
        if code:
            findings.append(
                Finding(f"evaluate.{code}", "problem", file, row.row, "item", row.item, values)
            )
        elif found is not None:
            findings += _of_item(file, row, problem, found, units.get(row.item, ""))
        seen.setdefault(row.item, row.row)
    return findings


def _of_item(file: str, row: Listed, problem: Problem, item: int, unit: str) -> list[Finding]:
    data, findings = problem.data, list[Finding]()
    given = row.texts.get("unit", "")
    if given and given.lower() != unit.lower():
        values = {"unit": unit}
        findings.append(Finding("evaluate.unit", "problem", file, row.row, "unit", given, values))
    year = row.number("year")
    if not np.isnan(year) and year not in data.time.years:
        known = {"known": ", ".join(str(y) for y in data.time.years)}
        shown = f"{year:g}"
        findings.append(Finding("evaluate.year", "problem", file, row.row, "year", shown, known))
        return findings
    place = year_place(row, problem, item)
    if not data.item.available[item, place]:
        planned = {"year": data.time.years[place]}
        findings.append(
            Finding("evaluate.not_yet", "problem", file, row.row, "year", row.item, planned)
        )
    capacity, size = row.number("capacity"), float(data.item.unit_size[item])
    if size > 0 and abs(capacity / size - round(capacity / size)) > WHOLE:
        of_units = {"size": f"{size:g}", "unit": unit}
        said = f"{capacity:g}"
        findings.append(
            Finding("evaluate.units", "problem", file, row.row, "capacity", said, of_units)
        )
    room = float(data.item.maximum[item, place] - data.item.standing[item, place])
    if capacity > room * (1 + ROOM):
        shown = f"{capacity:g}"
        values = {"room": f"{room:g}", "unit": unit}
        findings.append(
            Finding("evaluate.too_large", "problem", file, row.row, "capacity", shown, values)
        )
    return findings


def year_place(row: Listed, problem: Problem, item: int) -> int:
    """In which planning year a row is built: its own, else the first that it is available in."""
    data, year = problem.data, row.number("year")
    if not np.isnan(year):
        return data.time.years.index(int(year))
    available = np.flatnonzero(data.item.available[item])
    return int(available[0]) if len(available) else 0


def _units(problem: Problem) -> dict[str, str]:
    from circularpark.solve.naming import item_units

    return item_units(problem.data)
