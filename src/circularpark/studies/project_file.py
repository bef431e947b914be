"""Files that people bring with rows below one header: CSV or Excel, columns in any order.

Headings are read in English and Chinese. Rows above the header, a second header row in the
other language and a last row of totals are passed over, so that a sheet that this package
wrote can be changed and read again.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from circularpark.errors import Finding, ParkDataError
from circularpark.park.formats import decode, rows_of_text
from circularpark.park.workbook.cells import read_sheets

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
    "lifetime": ("寿命", "寿命（年）", "使用年限"),
    "yearly_cost": ("upkeep", "年运行费", "年运维费", "年维护费"),
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
# Columns that say nothing new: a project library's own names.
LIST_REST: Final = ("name", "name_zh", "name_en", "名称", "kind")
NEAR: Final = 0.6
# The header is looked for in so many rows.
ABOVE: Final = 10
TOTALS: Final = ("合计", "total")


@dataclass
class ListFile:
    """The rows of a file below its header, and what was found.

    columns : name -> place; rows : (row in the file, cells)
    """

    file: str
    columns: dict[str, int]
    rows: list[tuple[int, list[str]]]
    findings: list[Finding] = field(default_factory=list)

    def cell(self, row: list[str], column: str) -> str:
        """The text of a column in a row; blank where there is none."""
        place = self.columns.get(column, -1)
        return row[place].strip() if 0 <= place < len(row) else ""


def read_file(
    path: Path,
    known: Mapping[str, tuple[str, ...]],
    needed: Sequence[str],
    passed_over: Sequence[str],
) -> ListFile:
    """The rows of a file.

    Parameters
    ----------
    known : name of each column -> other headings that mean it; needed : columns that must be there
    passed_over : headings that are left out without a word

    Raises
    ------
    ParkDataError : there is no such file, it may not be read, or it is empty.
    """
    if not path.is_file():
        missing = Finding("evaluate.no_file", file=path.name, value=str(path))
        raise ParkDataError([missing], str(path))
    file, rows, findings = _rows(path, known, needed)
    at = _header_row(rows, known, needed)
    if at is None:
        raise ParkDataError([*findings, Finding("evaluate.empty", file=file)], file)
    columns, more = _header(rows[at], file, at + 1, known, needed, passed_over)
    found = ListFile(file, columns, [], [*findings, *more])
    spelt, first = _spelt(known), needed[0]
    for number, row in enumerate(rows[at + 1 :], at + 2):
        name = found.cell(row, first).lower()
        if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
            continue
        if (number == at + 2 and name in spelt) or name.startswith(TOTALS):
            continue
        found.rows.append((number, row))
    return found


def _rows(
    path: Path, known: Mapping[str, tuple[str, ...]], needed: Sequence[str]
) -> tuple[str, list[list[str]], list[Finding]]:
    """What the file is called, its rows of cells, and what was found in reading them."""
    file = path.name
    if path.suffix.lower() not in {".xlsx", ".xlsm", ".xls", ".ods", ".et"}:
        text, findings = decode(path.read_bytes(), file)
        rows, more = rows_of_text(text, file)
        return file, rows, [*findings, *more]
    sheets = [s for s in read_sheets(path) if not s.hidden and any(any(r) for r in s.rows)]
    if not sheets:
        return file, [], []
    # Of several sheets the one that has the columns.
    sheet = next((s for s in sheets if _has(s.rows, known, needed)), sheets[0])
    errors = [
        Finding("park.number.sheet_error", "problem", sheet.place, row) for row, _ in sheet.errors
    ]
    return sheet.place, sheet.rows, errors


def _spelt(known: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every heading -> the name of its column."""
    return {name: name for name in known} | {
        other: name for name, others in known.items() for other in others
    }


def _names(row: list[str], known: Mapping[str, tuple[str, ...]]) -> set[str]:
    spelt = _spelt(known)
    words = (cell.strip().lower().replace(" ", "_") for cell in row)
    return {spelt[word] for word in words if word in spelt}


def _has(
    rows: list[list[str]], known: Mapping[str, tuple[str, ...]], needed: Sequence[str]
) -> bool:
    return any(set(needed) <= _names(row, known) for row in rows[:ABOVE])


def _header_row(
    rows: list[list[str]], known: Mapping[str, tuple[str, ...]], needed: Sequence[str]
) -> int | None:
    """Where the columns are named: the first row that names all that are needed, else the first
    that is not blank."""
    for place, row in enumerate(rows[:ABOVE]):
        if set(needed) <= _names(row, known):
            return place
    return next((i for i, row in enumerate(rows) if any(cell.strip() for cell in row)), None)


def _header(
    cells: list[str],
    file: str,
    row: int,
    known: Mapping[str, tuple[str, ...]],
    needed: Sequence[str],
    passed_over: Sequence[str],
) -> tuple[dict[str, int], list[Finding]]:
    """Which column stands where; a header that is none of ours is told."""
    spelt = _spelt(known)
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
