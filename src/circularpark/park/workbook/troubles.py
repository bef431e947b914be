"""What only a workbook can get wrong: merged cells, hidden rows, formulas without a result."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from circularpark.errors import Finding
from circularpark.park.schema import Table
from circularpark.park.workbook.cells import Cell, RawSheet, letters


def cell_troubles(
    sheet: RawSheet, heads: Sequence[str], table: Table | None, labels: Collection[int] = ()
) -> Iterator[Finding]:
    """Every cell of a sheet that cannot be taken as it stands, and what is hidden.

    Parameters
    ----------
    heads : the machine names of the columns
    table : the sheet's table, for which columns hold numbers
    labels : the rows of the template's further headers, which say nothing of the park
    """
    yield from _each(sheet, heads, sheet.errors, "workbook.cell.error", labels)
    yield from _each(sheet, heads, sheet.formulas, "workbook.cell.formula", labels)
    yield from _merged(sheet, heads, labels)
    yield from _hidden(sheet)
    if table is not None:
        yield from _numbers_as_text(sheet, heads, table, labels)


def _head(heads: Sequence[str], column: int) -> str:
    """The column's machine name, else its letters."""
    name = heads[column - 1] if column <= len(heads) else ""
    return name or letters(column)


def _text(sheet: RawSheet, cell: Cell) -> str:
    row, column = cell
    cells = sheet.rows[row - 1] if row <= len(sheet.rows) else []
    return cells[column - 1] if column <= len(cells) else ""


def _each(
    sheet: RawSheet,
    heads: Sequence[str],
    cells: Sequence[Cell],
    code: str,
    labels: Collection[int],
) -> Iterator[Finding]:
    for row, column in cells:
        if column <= len(heads) and row not in labels:
            values = {"cell": f"{letters(column)}{row}"}
            yield Finding(code, "problem", sheet.place, row, _head(heads, column), None, values)


def _merged(sheet: RawSheet, heads: Sequence[str], labels: Collection[int]) -> Iterator[Finding]:
    for top, left, bottom, right in sheet.merged:
        if left <= len(heads) and not set(range(top, bottom + 1)) <= set(labels):
            shown = f"{letters(left)}{top}:{letters(right)}{bottom}"
            code, column = "workbook.cell.merged", _head(heads, left)
            yield Finding(code, "problem", sheet.place, top, column, shown)


def _hidden(sheet: RawSheet) -> Iterator[Finding]:
    rows = [row for row in sheet.hidden_rows if row <= len(sheet.rows) and any(sheet.rows[row - 1])]
    if rows:
        shown = ", ".join(str(row) for row in rows[:8]) + (" ..." if len(rows) > 8 else "")
        yield Finding("workbook.hidden_rows", "warning", sheet.place, rows[0], value=shown)


def _numbers_as_text(
    sheet: RawSheet, heads: Sequence[str], table: Table, labels: Collection[int]
) -> Iterator[Finding]:
    """Numbers stored as text in the columns that hold numbers; many of one column are told once."""
    by_column: dict[int, list[int]] = {}
    for row, column in sheet.texts:
        name = heads[column - 1] if column <= len(heads) else ""
        spec = table.columns.get(name)
        if spec is not None and spec.type in {"number", "integer"} and row not in labels:
            by_column.setdefault(column, []).append(row)
    for column, rows in by_column.items():
        more = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
        value = _text(sheet, (rows[0], column)).strip()
        code, values = "park.number.text", {"more": more}
        yield Finding(code, "fixed", sheet.place, rows[0], heads[column - 1], value, values)
