"""Filled questionnaires become a park: a new one, or one whose companies have answered anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park.folder import Files, find_park
from circularpark.park.model import Formulas, Park
from circularpark.park.read import park_of, read_files
from circularpark.park.schema import tables
from circularpark.park.sheets import blank, joined, sheet_of, size
from circularpark.park.workbook.cells import RawSheet, read_sheets
from circularpark.park.workbook.layout import HEADER_ROWS, PARK, QUESTIONNAIRE
from circularpark.park.workbook.questionnaire import (
    COMPANY,
    REMARKS,
    SECTIONS,
    WIDTH,
    sections_of,
    sites_of,
)
from circularpark.park.workbook.read import FOLDER_NAME, stripped, without_labels
from circularpark.park.workbook.settings import tree_of
from circularpark.park.workbook.troubles import cell_troubles

ID: Final = "id"
PLACES: Final = ("lon", "lat")
END: Final = "end"


@dataclass
class Filled:
    """One questionnaire that came back: whose it is, and its rows as text with their numbers."""

    book: str
    place: str
    company: str
    settings: dict[str, Any]
    rows: dict[str, list[tuple[int, dict[str, str]]]]
    commodities: list[tuple[int, dict[str, str]]]
    findings: list[Finding] = field(default_factory=list)


def merge_questionnaires(
    workbooks: Sequence[Path], base: str | Path | None = None, formulas: Formulas | None = None
) -> Park:
    """The park that filled questionnaires make, checked like any other.

    Parameters
    ----------
    workbooks : the filled questionnaires, one a company
    base : the park they were written from; its rows of these companies are renewed, all others
        stay. Without it the park holds what the questionnaires hold, each company's rows its own.

    Raises
    ------
    ParkDataError : the questionnaires have problems; all of them are in it, with file and row.
    """
    filled: list[Filled] = []
    troubles: list[Finding] = []
    for workbook in workbooks:
        try:
            filled.append(read_filled(workbook))
        except ParkDataError as error:
            troubles += error.findings
    troubles += [finding for one in filled for finding in one.findings]
    files = read_files(find_park(base)) if base is not None else _fresh(filled)
    troubles += _same_park(filled, files)
    _add_commodities(files, filled)
    for one in filled:
        troubles += _renew(files, one)
    files.findings += troubles
    if not filled:
        raise ParkDataError(files.findings, workbooks[0].name if workbooks else "")
    return park_of(files, formulas=formulas)


def read_filled(workbook: Path) -> Filled:
    """What a company wrote into its questionnaire.

    Raises
    ------
    ParkDataError : the file is no workbook that may be read, or no questionnaire.
    """
    sheets = {sheet.name: sheet for sheet in read_sheets(workbook)}
    page = sheets.get(QUESTIONNAIRE)
    if page is None:
        raise ParkDataError([Finding("workbook.not_questionnaire", file=workbook.name)])
    rows = stripped(page.rows)
    company = next((row[1] for row in rows if len(row) > 1 and row[0] == COMPANY), "")
    if not company:
        raise ParkDataError([Finding("workbook.not_questionnaire", file=workbook.name)])
    filled = Filled(workbook.name, page.place, company, {}, {}, [])
    if not FOLDER_NAME.fullmatch(company):
        filled.findings.append(Finding("workbook.owner", "problem", page.place, 1, value=company))
    for name, heads, body in _sections(rows):
        filled.rows[name] = body
        filled.findings += _cells_of(page, heads, body)
    filled.settings = _settings(sheets.get(PARK))
    filled.commodities = _commodities(sheets.get("commodities"))
    return filled


def _sections(
    rows: list[list[str]],
) -> Iterator[tuple[str, list[str], list[tuple[int, dict[str, str]]]]]:
    """Each section of the page: its table, its heads by column, its filled rows."""
    tags = [(at, row[0]) for at, row in enumerate(rows) if row and row[0]]
    for (at, tag), (end, _) in zip(tags, [*tags[1:], (len(rows), END)], strict=True):
        if tag not in SECTIONS or at + 1 >= len(rows):
            continue
        heads = (rows[at + 1] + [""] * WIDTH)[: WIDTH + 1]
        body = []
        for number in range(at + 1 + HEADER_ROWS, end):
            cells = dict(zip(heads[1:], rows[number][1:], strict=False))
            cells = {name: cell for name, cell in cells.items() if name}
            if any(cells.values()):
                body.append((number + 1, cells))
        yield tag, heads, body


def _cells_of(
    page: RawSheet, heads: Sequence[str], body: Sequence[tuple[int, dict[str, str]]]
) -> Iterator[Finding]:
    """Merged cells, errors and empty formulas among a section's rows."""
    numbers = {number for number, _ in body}
    for finding in cell_troubles(page, heads, None):
        if finding.severity == "problem" and finding.row in numbers:
            yield finding


def _settings(sheet: RawSheet | None) -> dict[str, Any]:
    rows = without_labels(stripped(sheet.rows)) if sheet is not None else []
    return tree_of((row[0], row[1], row[2]) for row in rows[1:] if len(row) > 2 and row[1])


def _commodities(sheet: RawSheet | None) -> list[tuple[int, dict[str, str]]]:
    rows = without_labels(stripped(sheet.rows)) if sheet is not None else []
    named = [
        (number, dict(zip(rows[0], row, strict=False)))
        for number, row in enumerate(rows[1:], 2)
        if any(row)
    ]
    return [(number, cells) for number, cells in named if cells.get(ID)]


def _fresh(filled: Sequence[Filled]) -> Files:
    """A park without rows, with the settings that the first questionnaire brought along."""
    settings = filled[0].settings if filled else {}
    sheets = {name: blank(table) for name, table in tables().items()}
    return Files(Path(filled[0].book if filled else ""), settings, sheets)


def _same_park(filled: Sequence[Filled], files: Files) -> Iterator[Finding]:
    """All of the questionnaires belong to the park, and none to a company that has sent one."""
    park = str(files.toml.get("park", {}).get(ID, ""))
    seen: dict[str, str] = {}
    for one in filled:
        own = str(one.settings.get("park", {}).get(ID, ""))
        if own != park:
            values = {"park": park}
            yield Finding("workbook.merge.other_park", "problem", one.book, None, None, own, values)
        if one.company in seen:
            values = {"other": seen[one.company]}
            code = "workbook.merge.twice"
            yield Finding(code, "problem", one.book, None, None, one.company, values)
        seen.setdefault(one.company, one.book)


def _add_commodities(files: Files, filled: Sequence[Filled]) -> None:
    """The commodities that the park lacks, once each."""
    known = set(files.sheets["commodities"].get(ID, np.empty(0)).tolist())
    for one in filled:
        new = [(number, cells) for number, cells in one.commodities if cells[ID] not in known]
        _append(files, "commodities", new, one, owner="")
        known |= {cells[ID] for _, cells in new}


def _append(
    files: Files,
    table: str,
    rows: Sequence[tuple[int, Mapping[str, str]]],
    one: Filled,
    owner: str,
) -> None:
    if not rows:
        return
    names = list(dict.fromkeys(name for _, cells in rows for name in cells if cells[name]))
    columns = {name: [cells.get(name, "") for _, cells in rows] for name in names}
    file = one.place if table in SECTIONS else one.place.replace(QUESTIONNAIRE, table)
    new = sheet_of(columns, [number for number, _ in rows], file, owner)
    old = files.sheets[table]
    files.sheets[table] = joined([old, new]) if size(old) else new
    if table in files.geometry:
        files.geometry[table] = np.append(files.geometry[table], [None] * len(rows))


def _renew(files: Files, one: Filled) -> list[Finding]:
    """Put a company's answers in the place of its rows; tells what went and what is not its own."""
    findings: list[Finding] = []
    before = {s.table: s for s in sections_of(files.sheets, one.company)}
    sites = {*sites_of(files.sheets, one.company)}
    sites |= {cells[ID] for _, cells in one.rows.get("sites", []) if cells.get(ID)}
    for table in SECTIONS:
        rows = one.rows.get(table, [])
        if table == "records":
            answers = [_filled(cells) for _, cells in rows]
            if answers != [_filled(row) for row in before[table].rows]:
                _complete(files, table, rows, one, sorted(sites))
                _replace_records(files, rows, one)
            continue
        _complete(files, table, rows, one, sorted(sites))
        own = {row.get(ID, ""): row for row in before[table].rows}
        findings += _foreign(files, table, rows, one, set(own), sites)
        new = [(number, cells) for number, cells in rows if cells[ID] not in own]
        for number, cells in rows:
            if cells[ID] in own:
                _update(files, table, cells, own[cells[ID]], one, number)
        answered = {cells[ID] for _, cells in rows}
        gone = [i for i in own if i not in answered]
        findings += _drop(files, table, gone, one)
        _append(files, table, new, one, one.company)
    return findings


def _complete(
    files: Files,
    table: str,
    rows: Sequence[tuple[int, dict[str, str]]],
    one: Filled,
    sites: Sequence[str],
) -> None:
    """Fill what a company need not write: its only site, its own name, an id."""
    spec = tables()[table]
    taken = {str(i) for sheet in files.sheets.values() for i in sheet.get(ID, ())}
    taken |= {cells.get(ID, "") for body in one.rows.values() for _, cells in body}
    for _, cells in rows:
        if "company" in spec.columns:
            cells["company"] = one.company
        if "site" in spec.columns and not cells.get("site") and len(sites) == 1:
            cells["site"] = sites[0]
        if ID in spec.columns and not cells.get(ID):
            what = cells.get("commodity") or cells.get("technology") or table
            cells[ID] = _free(f"{cells.get('site') or 'site'}_{what}", taken)
            taken.add(cells[ID])


def _free(wanted: str, taken: set[str]) -> str:
    """The id, with a number behind it where it is taken."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found


def _foreign(
    files: Files,
    table: str,
    rows: Sequence[tuple[int, dict[str, str]]],
    one: Filled,
    own: set[str],
    sites: set[str],
) -> Iterator[Finding]:
    """Ids of other companies' rows, and sites that are not the company's."""
    others = {str(i) for i in files.sheets[table].get(ID, ())} - own
    for number, cells in rows:
        if cells[ID] in others:
            code = "workbook.merge.foreign_id"
            yield Finding(code, "problem", one.place, number, ID, cells[ID])
        site = cells.get("site", "")
        if site and site not in sites:
            values = {"sites": ", ".join(sorted(sites))}
            code = "workbook.merge.foreign_site"
            yield Finding(code, "problem", one.place, number, "site", site, values)


def _update(
    files: Files, table: str, cells: Mapping[str, str], shown: Mapping[str, str],
    one: Filled, number: int,
) -> None:  # fmt: skip
    """Write the cells that the company changed; the row is then where it was answered."""
    sheet = files.sheets[table]
    at = int(np.flatnonzero(sheet[ID] == cells[ID])[0])
    columns = (*SECTIONS[table][0], *REMARKS)
    changed = {n: cells.get(n, "") for n in columns if cells.get(n, "") != shown.get(n, "")}
    for name, text in changed.items():
        column = sheet.get(name, np.full(size(sheet), "", dtype=object)).copy()
        column[at] = text
        sheet[name] = column
    if changed:
        for name, value in (("_file", one.place), ("_row", number)):
            sheet[name] = sheet[name].copy()
            sheet[name][at] = value
    if table in files.geometry and set(PLACES) & set(changed):
        # A site that says where it stands has moved; it is drawn there as a point.
        files.geometry[table][at] = None


def _drop(files: Files, table: str, ids: Sequence[str], one: Filled) -> Iterator[Finding]:
    """Leave out the rows that the company cleared."""
    if not ids:
        return
    kept = ~np.isin(files.sheets[table][ID].astype(str), ids)
    files.sheets[table] = {name: cells[kept] for name, cells in files.sheets[table].items()}
    if table in files.geometry:
        files.geometry[table] = files.geometry[table][kept]
    values = {"table": table, "company": one.company}
    shown = ", ".join(ids)
    yield Finding("workbook.merge.removed", "warning", one.place, None, None, shown, values)


def _filled(row: Mapping[str, str]) -> dict[str, str]:
    """A row of records with all the columns of the page."""
    return {name: row.get(name, "") for name in (*SECTIONS["records"][0], *REMARKS)}


def _replace_records(files: Files, rows: Sequence[tuple[int, dict[str, str]]], one: Filled) -> None:
    """A company's metered figures are all on its page: the old ones give way."""
    sheet = files.sheets["records"]
    if size(sheet) and "company" in sheet:
        kept = sheet["company"] != one.company
        files.sheets["records"] = {name: cells[kept] for name, cells in sheet.items()}
    _append(files, "records", rows, one, one.company)
