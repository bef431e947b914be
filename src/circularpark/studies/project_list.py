"""A list of projects that somebody brings: read from CSV or Excel, every bad cell told at once.

A row names one thing to build: a candidate process, storage, link or heat exchanger of the park
by its id, its capacity, and what is known of its money. Rows with the same ``project`` are one
project.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park.finance import term_trouble
from circularpark.park.formats import decode, rows_of_text
from circularpark.park.numerals import read_number
from circularpark.park.workbook.cells import read_sheets

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem

# The columns of the list, with the headers that are read as the same.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("id", "设施", "设施编号", "编号"),
    "project": ("项目", "项目编号", "项目名称"),
    "capacity": ("容量", "规模"),
    "unit": ("单位", "容量单位"),
    "year": ("年份", "建成年份", "投产年份"),
    "capex": ("投资", "总投资", "投资额"),
    "capex_least": ("投资下限",),
    "capex_most": ("投资上限",),
    "lifetime": ("寿命", "使用年限"),
    "yearly_cost": ("年运行费", "年运维费"),
    "subsidy": ("补助", "补贴"),
    "loan_share": ("贷款比例",),
    "loan_rate": ("贷款利率",),
    "loan_years": ("贷款年限",),
    "confidence": ("可信度",),
    "source": ("来源",),
    "note": ("备注",),
}
TERM_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("编号",),
    "value": ("数值", "取值"),
}
# Columns of a term's table that say nothing new here.
TERM_REST: Final = ("name_zh", "name_en", "low", "high", "unit", "source", "year", "confidence")
TEXTS: Final = frozenset({"item", "project", "unit", "confidence", "source", "note"})
NEEDED: Final = ("item", "capacity")
# Of these a project has one, whichever of its rows says it.
OF_PROJECT: Final = ("subsidy", "loan_share", "loan_rate", "loan_years")
# Largest values that make sense.
MOST: Final = {"loan_share": 100.0, "loan_rate": 30.0, "loan_years": 50.0, "lifetime": 100.0}
NEAR: Final = 0.6
# A number of units that is this close to a whole one is it.
WHOLE: Final = 1e-6


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


@dataclass
class _Sheet:
    """The rows of a file below its header, column by column, and what was found."""

    file: str
    columns: dict[str, int]
    rows: list[tuple[int, list[str]]]
    findings: list[Finding] = field(default_factory=list)

    def cell(self, row: list[str], column: str) -> str:
        place = self.columns.get(column, -1)
        return row[place].strip() if 0 <= place < len(row) else ""


def read_list(path: str | Path, problem: Problem) -> ProjectList:
    """The projects of a file, held against the park's program.

    Raises
    ------
    ParkDataError : there is no such file, or some of its cells cannot be; all are named.
    """
    sheet = _read(Path(path), COLUMNS, NEEDED, ())
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
    sheet = _read(Path(path), TERM_COLUMNS, ("id", "value"), TERM_REST)
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


def _read(
    path: Path,
    known: Mapping[str, tuple[str, ...]],
    needed: Sequence[str],
    passed_over: Sequence[str],
) -> _Sheet:
    if not path.is_file():
        raise ParkDataError(
            [Finding("evaluate.no_file", file=path.name, value=str(path))], str(path)
        )
    file, findings = path.name, list[Finding]()
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods", ".et"}:
        filled = [s for s in read_sheets(path) if not s.hidden and any(any(r) for r in s.rows)]
        rows = filled[0].rows if filled else []
        file = filled[0].place if filled else file
        shown = [(row, column) for s in filled[:1] for row, column in s.errors]
        findings += [Finding("park.number.sheet_error", file=file, row=row) for row, _ in shown]
    else:
        text, findings = decode(path.read_bytes(), file)
        rows, more = rows_of_text(text, file)
        findings += more
    at = next((i for i, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if at is None:
        raise ParkDataError([*findings, Finding("evaluate.empty", file=file)], file)
    columns, more = _header(rows[at], file, at + 1, known, needed, passed_over)
    body = [(n, row) for n, row in enumerate(rows[at + 1 :], at + 2) if any(c.strip() for c in row)]
    body = [(n, row) for n, row in body if not row[0].lstrip().startswith("#")]
    return _Sheet(file, columns, body, [*findings, *more])


def _header(
    cells: list[str],
    file: str,
    row: int,
    known: Mapping[str, tuple[str, ...]],
    needed: Sequence[str],
    passed_over: Sequence[str],
) -> tuple[dict[str, int], list[Finding]]:
    """Which column stands where; a header that is none of ours is told."""
    spelt = {name: name for name in known} | {
        other: name for name, others in known.items() for other in others
    }
    columns: dict[str, int] = {}
    findings = []
    for place, cell in enumerate(cells):
        word = cell.strip().lower().replace(" ", "_")
        name = spelt.get(word)
        if name is None:
            if word and word not in passed_over:
                near = difflib.get_close_matches(word, list(spelt), n=1, cutoff=NEAR)
                values = {"near": near[0] if near else "-", "known": ", ".join(known)}
                findings.append(
                    Finding("evaluate.column", "problem", file, row, cell, cell, values)
                )
        elif name in columns:
            findings.append(Finding("evaluate.column_twice", "problem", file, row, cell, cell))
        else:
            columns[name] = place
    missing = [name for name in needed if name not in columns]
    findings += [Finding("evaluate.no_column", "problem", file, row, m, m) for m in missing]
    return columns, findings


def _row(sheet: _Sheet, number: int, cells: list[str]) -> Listed:
    texts = {name: sheet.cell(cells, name) for name in COLUMNS if name in TEXTS}
    numbers = {name: _number(sheet, number, cells, name) for name in COLUMNS if name not in TEXTS}
    if "item" in sheet.columns and not texts["item"]:
        sheet.findings.append(Finding("evaluate.blank", "problem", sheet.file, number, "item"))
    if "capacity" in sheet.columns and not sheet.cell(cells, "capacity"):
        sheet.findings.append(Finding("evaluate.blank", "problem", sheet.file, number, "capacity"))
    sheet.findings += _alone(sheet.file, number, numbers)
    return Listed(number, texts["item"], texts["project"] or texts["item"], texts, numbers)


def _number(sheet: _Sheet, number: int, cells: list[str], column: str) -> float:
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
    if capacity > room * (1 + 1e-9):
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
