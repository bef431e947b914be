"""A park's workbook: the sheets of the template, or of one's own making, as a park's files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park.folder import COMPANIES, Files
from circularpark.park.model import BUILT_IN
from circularpark.park.schema import Table, tables
from circularpark.park.settings import FILE
from circularpark.park.sheets import Sheet, blank, read_rows, size, spoilt_ids
from circularpark.park.workbook.cells import RawSheet, place_of, read_sheets
from circularpark.park.workbook.guard import LARGEST
from circularpark.park.workbook.layout import (
    CASE_COLUMNS,
    CASES,
    GEOMETRY,
    GIVEN,
    HEADER_ROWS,
    LAYERS,
    LISTS,
    OWNER,
    PARK,
    QUESTIONNAIRE,
    README,
    is_label_row,
)
from circularpark.park.workbook.maps import place_rows, read_layers
from circularpark.park.workbook.settings import tree_of
from circularpark.park.workbook.troubles import cell_troubles

NEAR: Final = 0.6
# Letters of any script, digits and common signs; no path, no leading dot, no end that is lost.
FOLDER_NAME: Final = re.compile(r"(?!\.)[^/\\:*?\"<>|\x00-\x1f]{1,100}(?<![. ])")
OWN_SHEETS: Final = (README, PARK, CASES, LAYERS, LISTS)


def read_workbook(path: Path, largest: int = LARGEST) -> Files:
    """Every table of the workbook as text, with its settings, cases and map layers.

    Raises
    ------
    ParkDataError : the file is no workbook that may be read, or a filled questionnaire.
    """
    sheets = read_sheets(path, largest)
    book = path.name
    if any(sheet.name == QUESTIONNAIRE for sheet in sheets):
        raise ParkDataError([Finding("workbook.questionnaire", file=book)], book)
    files = Files(path, {}, {})
    named, files.findings = _matched(sheets, book)
    rows = _read_settings(files, named.get(PARK), book)
    given = _given_columns(named.get(LISTS))
    measures = _measure_names(named.get("measures"))
    for name, table in tables().items():
        files.sheets[name] = _table(files, named.get(name), table, measures, given.get(name))
    files.findings += spoilt_ids(files.sheets)
    read_layers(files, named.get(LAYERS))
    starts = _read_cases(files, named.get(CASES))
    files.placed = _placing(book, rows, starts)
    return files


def _matched(sheets: Sequence[RawSheet], book: str) -> tuple[dict[str, RawSheet], list[Finding]]:
    """Which sheet is which table; hidden, misspelt and unknown ones are told."""
    known = {*tables(), *OWN_SHEETS}
    named = {sheet.name: sheet for sheet in sheets if sheet.name in known}
    findings: list[Finding] = []
    for sheet in sheets:
        if sheet.hidden and sheet.name not in {README, LISTS}:
            code = "workbook.sheet.hidden"
            findings.append(Finding(code, "warning", sheet.place, value=sheet.name))
        if sheet.name in known or not any(any(row) for row in sheet.rows):
            continue
        plain = sheet.name.strip().lower()
        if plain in known and plain not in named:
            named[plain] = replace(sheet, name=plain)
            values = {"near": plain}
            fixed = Finding("workbook.sheet.spelt", "fixed", sheet.place, None, None, sheet.name)
            findings.append(replace(fixed, values=values))
        else:
            findings.append(_stranger(sheet, {*tables()} - set(named)))
    return named, findings


def _stranger(sheet: RawSheet, absent: set[str]) -> Finding:
    """A sheet that is no table: a problem where it looks like one that is missing."""
    meant = _looks_like(sheet, absent)
    near = difflib.get_close_matches(sheet.name.lower(), list(tables()), n=1, cutoff=NEAR)
    if meant or (near and near[0] in absent):
        values = {"near": meant or near[0]}
        code = "workbook.sheet.renamed"
        return Finding(code, "problem", sheet.place, None, None, sheet.name, values)
    values = {"known": ", ".join([PARK, *tables()])}
    code = "workbook.sheet.unknown"
    return Finding(code, "warning", sheet.place, None, None, sheet.name, values)


def _looks_like(sheet: RawSheet, absent: set[str]) -> str:
    """The missing table whose columns the sheet's first row names, if it is one table's."""
    first = next((row for row in sheet.rows if any(row)), [])
    cells = {cell.strip() for cell in first if cell.strip()}
    shares = {name: len(cells & set(tables()[name].names)) / len(cells) for name in absent if cells}
    best = max(shares, key=lambda name: (shares[name], name), default="")
    return best if best and shares[best] > NEAR and len(cells) > 1 else ""


def _read_settings(files: Files, sheet: RawSheet | None, book: str) -> dict[str, int]:
    """Take in the sheet ``park``; returns the row of every key."""
    if sheet is None:
        files.findings.append(Finding("workbook.no_park", file=book))
        return {}
    cells = stripped(sheet.rows)
    columns = {name: at for at, name in enumerate(cells[0] if cells else [])}
    wanted = [columns.get(name) for name in ("section", "key", "value")]
    if None in wanted:
        files.findings.append(Finding("workbook.park_columns", file=sheet.place))
        return {}
    rows, places = [], {}
    for number, row in enumerate(cells[1:], 2):
        section, key, value = (row[at] if at is not None and at < len(row) else "" for at in wanted)
        if key and value and not (number <= HEADER_ROWS and is_label_row(row, cells[0])):
            path = f"{section}.{key}" if section else key
            if path in places:
                twice = Finding("workbook.setting_twice", "problem", sheet.place, number, path)
                files.findings.append(twice)
            rows.append((section, key, value))
            places[path] = number
    files.findings += cell_troubles(sheet, cells[0] if cells else [], None)
    files.toml = tree_of(rows)
    return places


def stripped(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The cells without the blanks around them, line ends as in text files."""
    return [[cell.replace("\r\n", "\n").strip(" \t\n") for cell in row] for row in rows]


def _given_columns(lists: RawSheet | None) -> dict[str, list[str]]:
    """The columns that each table had when the workbook was written, in their order."""
    if lists is None or not lists.rows:
        return {}
    heads = lists.rows[0]
    return {
        head.removeprefix(GIVEN): [row[at] for row in lists.rows[1:] if at < len(row) and row[at]]
        for at, head in enumerate(heads)
        if head.startswith(GIVEN)
    }


def _measure_names(sheet: RawSheet | None) -> tuple[str, ...]:
    names = list(BUILT_IN)
    if sheet is not None and sheet.rows and "id" in sheet.rows[0]:
        at = sheet.rows[0].index("id")
        names += [row[at].strip() for row in sheet.rows[1:] if at < len(row) and row[at].strip()]
    return tuple(dict.fromkeys(names))


def _table(
    files: Files,
    sheet: RawSheet | None,
    table: Table,
    measures: Sequence[str],
    given: Sequence[str] | None,
) -> Sheet:
    """One table's sheet as text; owner and geometry are taken out of it."""
    if sheet is None or not any(any(row) for row in sheet.rows):
        return blank(table)
    cleaned = stripped(sheet.rows)
    rows = without_labels(cleaned)
    labels = {number for number, row in enumerate(cleaned, 1) if row and not rows[number - 1]}
    beside = _taken_out(rows, table)
    told: list[Finding] = []
    cells, found = read_rows(rows, table, measures, sheet.place)
    told += [f for f in found if f.code != "park.csv.empty"]
    heads = rows[0] if rows else []
    files.findings += [*told, *cell_troubles(sheet, heads, table, labels)]
    at = cells["_row"].tolist()
    if OWNER in beside:
        owners = [beside[OWNER].get(int(number), "") for number in at]
        files.findings += unfit_owners(owners, at, sheet.place)
        cells["_owner"] = _objects(owners)
    if GEOMETRY in beside:
        texts = [beside[GEOMETRY].get(int(number), "") for number in at]
        place_rows(files, table, cells, texts)
    return _as_given(cells, given or ())


def unfit_owners(owners: Sequence[str], rows: Sequence[int], file: str) -> Iterator[Finding]:
    """Owners that cannot be a folder in ``companies``: a path would lead out of the park."""
    for owner, row in zip(owners, rows, strict=True):
        if owner and not FOLDER_NAME.fullmatch(owner):
            yield Finding("workbook.owner", "problem", file, int(row), OWNER, owner[:60])


def without_labels(rows: list[list[str]]) -> list[list[str]]:
    """The rows with the template's further header rows blanked, so that row numbers stay."""
    names = rows[0] if rows else []
    return [
        [] if 0 < number < HEADER_ROWS and is_label_row(row, names) else row
        for number, row in enumerate(rows)
    ]


def _taken_out(rows: list[list[str]], table: Table) -> dict[str, dict[int, str]]:
    """Blank the columns of owner and geometry; returns what stood in them, by row number."""
    taken: dict[str, dict[int, str]] = {}
    heads = rows[0] if rows else []
    for at, head in enumerate(heads):
        base = GEOMETRY if table.geo and head.startswith(GEOMETRY) else head
        if base != OWNER and not (base == GEOMETRY and table.geo):
            continue
        into = taken.setdefault(base, {})
        heads[at] = ""
        for number, row in enumerate(rows[1:], 2):
            if at < len(row) and row[at]:
                into[number] = into.get(number, "") + row[at]
                row[at] = ""
    return taken


def _as_given(cells: Sheet, given: Sequence[str]) -> Sheet:
    """The columns in the order that the table once had, without those offered and never filled."""
    order = [*(name for name in given if name in cells), *cells]
    return {
        name: cells[name]
        for name in dict.fromkeys(order)
        if name.startswith("_") or name in given or any(cells[name].tolist()) or not size(cells)
    }


def _objects(values: Sequence[str]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _read_cases(files: Files, sheet: RawSheet | None) -> dict[str, int]:
    """Take in the cases, their lines one a row; returns the row of each one's first line."""
    lines: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    for number, row in enumerate(sheet.rows if sheet is not None else [], 1):
        name, text = (*row, "", "")[:2]
        if (number <= HEADER_ROWS and is_label_row(row, CASE_COLUMNS)) or name == "case":
            continue
        if name.strip():
            starts.setdefault(name.strip(), number)
            lines.setdefault(name.strip(), []).append(text)
    files.cases = {name: ("\n".join(text) + "\n").encode() for name, text in lines.items()}
    return starts


def _placing(book: str, settings: Mapping[str, int], cases: Mapping[str, int]) -> Any:
    """What turns a place in a park's folder into the place in the workbook."""

    def placed(finding: Finding) -> Finding:
        file, row = finding.file, finding.row
        stem = file.rpartition("/")[2].rpartition(".")[0]
        if file == FILE:
            key = finding.column or ""
            ends = [at for path, at in settings.items() if path.rpartition(".")[2] == key]
            found = settings.get(key, ends[0] if len(ends) == 1 else None)
            return replace(finding, file=place_of(book, PARK), row=found)
        if file.startswith(f"{CASES}/") and file.endswith(".toml"):
            at = cases.get(stem)
            row = at + row - 1 if at is not None and row is not None else at
            return replace(finding, file=place_of(book, CASES), row=row)
        if file in {f"{name}.csv" for name in tables()} or file.startswith(f"{COMPANIES}/"):
            return replace(finding, file=place_of(book, stem))
        return finding

    return placed
