"""Writing a park as one workbook: the template with the park's rows in it, loss-free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from circularpark.park.formats import decode
from circularpark.park.model import Park
from circularpark.park.schema import PROVENANCE, Column, Table, settings_keys, tables
from circularpark.park.workbook_layout import (
    CASE_COLUMNS,
    CASES,
    FIRST_ROW,
    GEOMETRY,
    HEADER_ROWS,
    LAYER_COLUMNS,
    LAYERS,
    LISTS,
    OWNER,
    PARK,
    PLACES,
    README,
    SETTINGS_COLUMNS,
    heading,
    offered_columns,
)
from circularpark.park.workbook_lists import LAST_ROW, Lists
from circularpark.park.workbook_maps import as_json
from circularpark.park.workbook_pen import LINE, MUTED, REQUIRED, Pen, pieces
from circularpark.park.workbook_readme import write_readme
from circularpark.park.workbook_settings import rows_of_settings
from circularpark.words import say

ROW_HEIGHTS: Final = (21, 30, 30, 18)
NARROWEST, WIDEST = 11, 44
# Widths of columns that hold sentences, and of geometry, which nobody reads.
WIDTHS: Final[Mapping[str, float]] = {
    "note": 44, "source": 28, GEOMETRY: 24, "properties": 40, "text": 110, "means_zh": 44,
    "means_en": 60, "value": 24,
}  # fmt: skip
WRAPPED: Final = frozenset({"note", "source", "means_zh", "means_en"})


@dataclass(frozen=True)
class Grid:
    """What one sheet holds: its columns and its rows of text."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    table: Table | None = None

    def spec(self, column: str) -> Column | None:
        """The declaration of a column, None where the table declares none."""
        return None if self.table is None else self.table.columns.get(column)


def write_workbook(park: Park, file: str | Path) -> Path:
    """Write the park as an Excel workbook that ``read_park`` reads as the same park.

    A sheet for each table with four header rows (machine names, Chinese, English, units), the
    settings, cases and map layers on sheets of their own, a readme first, the lists behind the
    drop-downs last. A park read with a case is written with the changes made.

    Returns
    -------
    The file, its folder made if need be.
    """
    import xlsxwriter

    target = Path(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(target))
    pen = Pen(book)
    grids = [*_tables(park), *_layers(park), *_cases(park)]
    lists = Lists(park.given, {grid.name: grid.columns for grid in grids}, park.settings.catalogue)
    front = book.add_worksheet(README)
    _write_settings(book.add_worksheet(PARK), park, pen)
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        _write_grid(sheet, grid, pen, park.settings.currency)
        _offer_choices(sheet, grid, lists)
    for name, given in park.given.items():
        lists.keep(name, tuple(_own_columns(given, name in park.mapped)))
    write_lists(book, lists, pen)
    write_readme(front, pen, park, {grid.name: len(grid.rows) for grid in grids})
    book.close()
    return target


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
    columns = [*own, *(name for name in offered if name not in own)]
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
    grid = Grid(PARK, SETTINGS_COLUMNS, rows)
    _write_grid(sheet, grid, pen, park.settings.currency, numbers=("value",))


def _write_grid(
    sheet: Any, grid: Grid, pen: Pen, currency: str, numbers: Sequence[str] = ()
) -> None:
    """The four header rows, the rows, and how wide and how fixed all of it is."""
    for row, height in enumerate(ROW_HEIGHTS):
        sheet.set_row(row, height)
    for at, name in enumerate(grid.columns):
        spec = grid.spec(name)
        style = "required" if spec is not None and spec.required else "optional"
        head = heading(name, spec, currency)
        for row, (text, look) in enumerate(
            zip(head.rows, (style, "label", "label", "unit"), strict=True)
        ):
            sheet.write_string(row, at, text, pen.style(look))
        cells = [row[at] for row in grid.rows]
        counts = _counts(grid, name) or name in numbers
        write = pen.number if counts else pen.text
        for row, cell in enumerate(cells, HEADER_ROWS):
            if (
                cell
                and not counts
                and name in WRAPPED
                and not cell.startswith(("=", "+", "-", "@"))
            ):
                pen.text(sheet, row, at, cell, "wrapped")
            else:
                write(sheet, row, at, cell)
        sheet.set_column(at, at, _width(name, head.rows, cells), pen.style("cell"))
        if spec is not None:
            note = "\n".join((spec.means["zh"], spec.means["en"], *_rules(spec)))
            sheet.write_comment(0, at, note, {"x_scale": 2.2, "y_scale": 1.6, "font_size": 9})
    sheet.freeze_panes(HEADER_ROWS, 1)
    sheet.set_tab_color(REQUIRED if grid.rows else LINE)
    _printed(sheet, grid.name)


def _printed(sheet: Any, name: str) -> None:
    """One page wide, the header rows on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEADER_ROWS - 1)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_footer(f"&L{name}&R&P / &N")


def _counts(grid: Grid, name: str) -> bool:
    """Whether a column's cells go out as numbers: declared ones by type, others as they are."""
    if grid.table is None or name == OWNER or name.startswith(GEOMETRY):
        return False
    spec = grid.spec(name)
    return spec.is_number if spec is not None else name not in WIDTHS


def _rules(spec: Column) -> list[str]:
    """Default and choices, as a note adds them."""
    rules = []
    if spec.default not in (None, ""):
        shown = str(spec.default).lower() if isinstance(spec.default, bool) else f"{spec.default}"
        rules += [say("workbook.note.default", lang, value=shown) for lang in ("zh", "en")]
    if spec.choices:
        rules.append(" / ".join(spec.choices))
    return rules


def _width(name: str, heads: Sequence[str], cells: Sequence[str]) -> float:
    """A width that shows the name and most cells; labels may wrap once."""
    if name in WIDTHS:
        return WIDTHS[name]
    longest = max((_breadth(cell) for cell in cells[:500]), default=0)
    labels = max(_breadth(head) / 2 for head in heads[1:3])
    wanted = max(1.25 * _breadth(heads[0]), labels + 2, _breadth(heads[3]), longest) + 2
    return float(min(max(wanted, NARROWEST), WIDEST))


def _breadth(text: str) -> int:
    """How many Latin letters the text takes: a Chinese character takes two."""
    first = text.split("\n", 1)[0]
    return sum(1 if sign.isascii() else 2 for sign in first)


def _offer_choices(sheet: Any, grid: Grid, lists: Lists) -> None:
    """Drop-downs for the rows there are and for many more."""
    if grid.table is None:
        return
    last = max(LAST_ROW, HEADER_ROWS + len(grid.rows))
    for at, name in enumerate(grid.columns):
        spec = grid.spec(name)
        source = None if spec is None else lists.source(grid.name, spec, last)
        if spec is None or source is None:
            continue
        # Ids that are still to come, and rarer units, may be typed all the same.
        strict = bool(spec.choices) or spec.type == "flag"
        rule = {"validate": "list", "source": f"={source}", "show_error": strict}
        sheet.data_validation(FIRST_ROW - 1, at, last - 1, at, rule)


def write_lists(book: Any, lists: Lists, pen: Pen) -> None:
    """The lists behind the drop-downs on the last sheet, and their names."""
    sheet = book.add_worksheet(LISTS)
    for at, (name, values) in enumerate(lists.columns.items()):
        sheet.write_string(0, at, name, pen.style("optional"))
        for row, value in enumerate(values, 1):
            pen.text(sheet, row, at, value)
        sheet.set_column(at, at, 22)
    for name, where in lists.names.items():
        book.define_name(name, where)
    sheet.set_tab_color(MUTED)
    sheet.freeze_panes(1, 0)
