"""Writing a park as one workbook: the template with the park's rows in it, loss-free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from circularpark.errors import Finding, ParkDataError
from circularpark.park.formats import decode
from circularpark.park.model import Park
from circularpark.park.schema import ANYWHERE, PROVENANCE, Table, settings_keys, tables
from circularpark.park.workbook.child import MOST_CELLS
from circularpark.park.workbook.grid import Grid, offer_choices, write_grid, write_lists
from circularpark.park.workbook.layout import (
    CASE_COLUMNS,
    CASES,
    GEOMETRY,
    HEADER_ROWS,
    LAYER_COLUMNS,
    LAYERS,
    LONGEST_CELL,
    OWNER,
    PARK,
    PLACES,
    README,
    SETTINGS_COLUMNS,
    offered_columns,
)
from circularpark.park.workbook.lists import Lists
from circularpark.park.workbook.maps import as_json
from circularpark.park.workbook.pen import Pen, pieces
from circularpark.park.workbook.readme import write_readme
from circularpark.park.workbook.settings import rows_of_settings


def write_workbook(park: Park, file: str | Path) -> Path:
    """Write the park as an Excel workbook that ``read_park`` reads as the same park.

    A sheet for each table with four header rows (machine names, Chinese, English, units), the
    settings, cases and map layers on sheets of their own, a readme first, the lists behind the
    drop-downs last. A park read with a case is written with the changes made.

    Returns
    -------
    The file, its folder made if need be.

    Raises
    ------
    ParkDataError : a table or a text is too large for a sheet; nothing is written then.
    """
    import xlsxwriter

    grids = [*_tables(park), *_layers(park), *_cases(park)]
    _fits(grids, park.id)
    target = Path(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(target), {"in_memory": True})
    pen = Pen(book)
    lists = Lists(park.given, {grid.name: grid.columns for grid in grids}, park.settings.catalogue)
    front = book.add_worksheet(README)
    _write_settings(book.add_worksheet(PARK), park, pen)
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        write_grid(sheet, grid, pen, park.settings.currency)
        offer_choices(sheet, grid, lists)
    for name, given in park.given.items():
        lists.keep(name, tuple(_own_columns(given, name in park.mapped)))
    write_lists(book, lists, pen)
    write_readme(front, pen, park, {grid.name: len(grid.rows) for grid in grids})
    book.close()
    return target


def _fits(grids: Sequence[Grid], park: str) -> None:
    """Refuse what a sheet cannot hold, or could not be read from it again."""
    findings = []
    for grid in grids:
        cells = (len(grid.rows) + HEADER_ROWS) * len(grid.columns)
        if cells > MOST_CELLS:
            values = {"cells": f"{cells:,}", "most": f"{MOST_CELLS:,}"}
            findings.append(Finding("workbook.too_many_cells", file=grid.name, values=values))
        for number, row in enumerate(grid.rows, HEADER_ROWS + 1):
            for column, text in zip(grid.columns, row, strict=True):
                if len(text) > LONGEST_CELL:
                    values = {"length": f"{len(text)}", "most": f"{LONGEST_CELL}"}
                    long = Finding("workbook.too_long", "problem", grid.name, number, column)
                    findings.append(replace(long, value=f"{text[:20]}...", values=values))
    if findings:
        raise ParkDataError(findings, park)


def _own_columns(given: Mapping[str, Any], mapped: bool) -> list[str]:
    """The columns that a table has in the park's files."""
    left_out = {*PROVENANCE, *(PLACES if mapped else ()), *((GEOMETRY,) if mapped else ())}
    return [name for name in given if name not in left_out]


def _tables(park: Park) -> list[Grid]:
    """Every table, those with rows first, each in the order of the contract."""
    grids = [_table(park, table) for table in tables().values()]
    return [*(g for g in grids if g.rows), *(g for g in grids if not g.rows)]


def _table(park: Park, table: Table) -> Grid:
    given, mapped = park.given.get(table.name, {}), table.name in park.mapped
    own = _own_columns(given, mapped)
    offered = () if table.free_columns and own else offered_columns(table, mapped)
    if table.free_columns and not own:
        offered = tuple(table.columns)
    wanted = [*own, *(name for name in offered if name not in own)]
    # What may stand anywhere stands last here; the list of the own columns keeps their order.
    columns = sorted(wanted, key=lambda name: ANYWHERE.index(name) if name in ANYWHERE else -1)
    cells = [list(given[name]) if name in given else [] for name in columns]
    if any(given.get("_owner", ())):
        columns.append(OWNER)
        cells.append(list(given["_owner"]))
    if mapped:
        _add_geometry(park, table, columns, cells)
    rows = len(given.get("_row", ()))
    filled = [column or [""] * rows for column in cells]
    return Grid(table.name, tuple(columns), list(zip(*filled, strict=True)) if rows else [], table)


def _add_geometry(park: Park, table: Table, columns: list[str], cells: list[list[str]]) -> None:
    """The geometry of each row, in as many columns as the longest needs."""
    from shapely.geometry import mapping

    texts = [
        "" if geometry is None else as_json(mapping(geometry))
        for geometry in park.raw[table.name][GEOMETRY]
    ]
    _add_long(GEOMETRY, texts, columns, cells)


def _add_long(name: str, texts: Sequence[str], columns: list[str], cells: list[list[str]]) -> None:
    parts = [pieces(text) for text in texts]
    for number in range(max((len(part) for part in parts), default=1)):
        columns.append(name if not number else f"{name}_{number + 1}")
        cells.append([part[number] if number < len(part) else "" for part in parts])


def _layers(park: Park) -> list[Grid]:
    """The map's further layers, a feature a row; a layer without any keeps its name."""
    from shapely.geometry import mapping

    rows = [
        (name, as_json(properties), as_json(mapping(geometry)))
        for name, layer in park.layers.items()
        for geometry, properties in layer
    ]
    rows += [(name, "", "") for name, layer in park.layers.items() if not layer]
    if not rows:
        return []
    columns, cells = [LAYER_COLUMNS[0]], [[row[0] for row in rows]]
    for at, name in enumerate(LAYER_COLUMNS[1:], 1):
        _add_long(name, [row[at] for row in rows], columns, cells)
    return [Grid(LAYERS, tuple(columns), list(zip(*cells, strict=True)))]


def _cases(park: Park) -> list[Grid]:
    """The cases, a line of their text a row; none where one has been applied."""
    rows = []
    for name, raw in park.cases.items() if park.case is None else ():
        text, _ = decode(raw, name)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        rows += [(name, line) for line in lines]
    return [Grid(CASES, CASE_COLUMNS, rows)] if rows else []


def _write_settings(sheet: Any, park: Park, pen: Pen) -> None:
    keys = settings_keys()
    rows = []
    for section, key, text in rows_of_settings(park.toml):
        spec = keys.get(f"{section}.{key}")
        means = ("", "") if spec is None else (spec.means["zh"], spec.means["en"])
        rows.append((section, key, text, *means))
    grid = Grid(PARK, SETTINGS_COLUMNS, rows, numbers=("value",))
    write_grid(sheet, grid, pen, park.settings.currency)
