"""Tables as text: the cells of one CSV file by column, each row with the place it came from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.formats import CONTROL, decode, rows_of_text
from circularpark.park.header import Header, find_header, is_remark, read_header, second_header
from circularpark.park.numerals import read_number
from circularpark.park.schema import PROVENANCE, Table, tables

# The text of a table: column -> cells, all of one length, with the columns of PROVENANCE.
Sheet = dict[str, np.ndarray]

TOTAL: Final = re.compile(
    r"(合\s*计|总\s*计|小\s*计|总\s*和|累\s*计|total|grand total|subtotal|sum|Σ)s?[:：]?", re.I
)
# Tables whose rows add up, so that a totals row would count everything twice.
SUMMED: Final = frozenset(
    {
        "sites",
        "streams",
        "demands",
        "operations",
        "markets",
        "processes",
        "storages",
        "links",
        "records",
        "profiles",
    }
)


def read_csv(
    raw: bytes, table: Table, measures: Collection[str], file: str, owner: str = ""
) -> tuple[Sheet, list[Finding]]:
    """The rows of a CSV file as text cells, with ``_file``, ``_row``, ``_owner``, ``_origin``.

    Columns that the table does not know are kept (they are told as warnings), so that writing
    the park again loses nothing.
    """
    text, findings = decode(raw, file)
    rows, troubles = rows_of_text(text, file)
    sheet, more = read_rows(rows, table, measures, file, owner)
    return sheet, [*findings, *troubles, *more]


def read_rows(
    rows: list[list[str]], table: Table, measures: Collection[str], file: str, owner: str = ""
) -> tuple[Sheet, list[Finding]]:
    """The same of rows of cells, the header's among them; row numbers count from the first one."""
    findings: list[Finding] = []
    at, displaced = find_header(rows, table, measures, file)
    findings += displaced
    if at < 0:
        findings.append(Finding("park.csv.empty", "problem", file))
        return blank(table), findings
    header = read_header(rows[at], table, measures, file, at + 1)
    findings += header.findings
    body = [
        (number, row) for number, row in enumerate(rows[at + 1 :], at + 2) if not is_remark(row)
    ]
    if body:
        doubled = list(second_header(body[0][1], header, table, file, body[0][0]))
        findings += doubled
        body = body[1:] if doubled else body
    findings += _too_wide(body, len(rows[at]), file)
    body, totals = _without_totals(body, header, table, file)
    findings += totals
    return _sheet(body, rows[at], header, table, file, owner), findings


def _too_wide(body: list[tuple[int, list[str]]], width: int, file: str) -> Iterator[Finding]:
    for number, row in body:
        if len(row) > width and any(row[width:]):
            shown = next(cell for cell in row[width:] if cell)
            yield Finding("park.csv.too_wide", "problem", file, number, value=shown)


def _without_totals(
    body: list[tuple[int, list[str]]], header: Header, table: Table, file: str
) -> tuple[list[tuple[int, list[str]]], list[Finding]]:
    """The rows without a trailing row of totals, which would count everything twice."""
    if table.name not in SUMMED or len(body) < 2:
        return body, []
    number, row = body[-1]
    named = next((cell for cell in row if cell), "")
    if TOTAL.fullmatch(named) or _adds_up(body, header, table):
        return body[:-1], [Finding("park.csv.totals", "problem", file, number, value=named)]
    return body, []


def _adds_up(body: list[tuple[int, list[str]]], header: Header, table: Table) -> bool:
    """Whether the last row has no key and a number that is the sum of those above."""
    last = body[-1][1]
    if table.free_columns or len(body) < 3:
        return False
    columns = [(p, n) for p, n in header.positions.items() if p < len(last) and last[p]]
    if any(name in table.key for _, name in columns):
        return False
    for position, name in columns:
        spec = table.columns.get(name)
        if spec is None or spec.type != "number":
            continue
        above = [read_number(row[position]).value for _, row in body[:-1] if position < len(row)]
        total = read_number(last[position]).value
        if np.isclose(np.nansum(above), total, rtol=1e-9, atol=0.0):
            return True
    return False


def _sheet(
    body: list[tuple[int, list[str]]],
    names: list[str],
    header: Header,
    table: Table,
    file: str,
    owner: str,
) -> Sheet:
    width = len(names)
    rows = (row for _, row in body)
    square = [row if len(row) == width else (row + [""] * width)[:width] for row in rows]
    columns = list(zip(*square, strict=True)) if square else [()] * width
    cells = {header.positions[p]: columns[p] for p in header.positions}
    for position, name in enumerate(names):
        if position not in header.positions and name and name not in cells:
            cells[name] = columns[position]
    for column, unit in header.units.items():
        _state_unit(cells, column, unit, table)
    return sheet_of(cells, [number for number, _ in body], file, owner)


def _state_unit(cells: dict[str, tuple[str, ...]], column: str, unit: str, table: Table) -> None:
    """Put the header's unit where the rows state theirs, if they do not."""
    place = "quality_unit" if column in {"max_in", "max_out"} else "unit"
    if place in table.columns:
        given = cells.get(place, ("",) * len(cells[column]))
        cells[place] = tuple(own or unit for own in given)


def sheet_of(
    cells: Mapping[str, Iterable[str]],
    numbers: Iterable[int],
    file: str,
    owner: str,
    origin: str = "park",
) -> Sheet:
    """Text cells with the place of each row beside them."""
    rows = np.fromiter(numbers, dtype=np.int64)
    arrays = {name: _objects(column, len(rows)) for name, column in cells.items()}
    arrays["_file"] = np.full(len(rows), file, dtype=object)
    arrays["_row"] = rows
    arrays["_owner"] = np.full(len(rows), owner, dtype=object)
    arrays["_origin"] = np.full(len(rows), origin, dtype=object)
    return arrays


def _objects(column: Iterable[object], length: int) -> np.ndarray:
    array = np.empty(length, dtype=object)
    array[:] = list(column)
    return array


def blank(table: Table) -> Sheet:
    """The table without rows."""
    return sheet_of(dict.fromkeys(table.names, ()), [], "", "")


def size(sheet: Sheet) -> int:
    """How many rows the sheet has."""
    return len(sheet["_row"])


def joined(parts: list[Sheet]) -> Sheet:
    """The rows of several files as one table; a column that one file lacks is blank there."""
    if len(parts) == 1:
        return parts[0]
    columns = list(dict.fromkeys(name for part in parts for name in part))
    return {
        name: np.concatenate(
            [part.get(name, np.full(size(part), "", dtype=object)) for part in parts]
        )
        for name in columns
    }


def beside(parts: list[Sheet]) -> tuple[Sheet, list[Finding]]:
    """Profiles of several files side by side: each brings its own columns for the same rows."""
    first = dict(parts[0])
    findings: list[Finding] = []
    for part in parts[1:]:
        file = str(part["_file"][0]) if size(part) else ""
        if size(part) != size(first):
            values = {"rows": size(part), "wanted": size(first)}
            findings.append(Finding("park.profiles.length", file=file, values=values))
            continue
        for name in part:
            if name in PROVENANCE or name == "period":
                continue
            if name in first:
                findings.append(Finding("park.profiles.twice", file=file, column=name, value=name))
            else:
                first[name] = part[name]
    return first, findings


def spoilt_ids(sheets: Mapping[str, Sheet]) -> Iterator[Finding]:
    """Ids and references with control signs or direction marks, or in letters of two scripts."""
    for name, table in tables().items():
        sheet = sheets.get(name)
        if sheet is None or not size(sheet):
            continue
        for column in table.columns.values():
            if column.type not in {"id", "ref"} or column.name not in sheet:
                continue
            joined_cells = "\n".join(sheet[column.name].tolist())
            if CONTROL.search(joined_cells):
                yield from _marked(sheet, column.name, CONTROL, "park.id.control")
            if column.type == "id" and not joined_cells.isascii() and TWINS.search(joined_cells):
                yield from _marked(sheet, column.name, TWINS, "park.id.homoglyph")


# A Cyrillic or Greek letter that looks like a Latin one, next to a Latin letter or digit.
LOOKALIKE: Final = "[АВЕКМНОРСТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο]"
TWINS: Final = re.compile(
    f"[A-Za-z0-9_-]{LOOKALIKE}|{LOOKALIKE}[A-Za-z0-9_-]|^{LOOKALIKE}+$", re.MULTILINE
)


def _marked(sheet: Sheet, column: str, pattern: re.Pattern[str], code: str) -> Iterator[Finding]:
    for position, cell in enumerate(sheet[column]):
        if found := pattern.search(cell):
            sign = next((s for s in found.group() if not s.isascii() or not s.isprintable()), "")
            file, row = str(sheet["_file"][position]), int(sheet["_row"][position])
            shown = cell.encode("unicode_escape").decode() if code.endswith("control") else cell
            values = {"sign": f"U+{ord(sign):04X}" if sign else ""}
            yield Finding(code, "problem", file, row, column, shown, values)
