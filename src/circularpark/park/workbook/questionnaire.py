"""A questionnaire of one page for each company: its own rows of the park, to correct and add to."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park.model import Park
from circularpark.park.schema import tables
from circularpark.park.workbook.grid import (
    LINE_HEIGHT,
    Grid,
    lines_of,
    offer_choice,
    write_grid,
    write_lists,
)
from circularpark.park.workbook.layout import (
    HEADER_ROWS,
    LONGEST_CELL,
    PARK,
    QUESTIONNAIRE,
    SETTINGS_COLUMNS,
    heading,
)
from circularpark.park.workbook.lists import Lists
from circularpark.park.workbook.pen import REQUIRED, Pen
from circularpark.park.workbook.settings import rows_of_settings
from circularpark.words import LANGUAGES, say

ALL: Final = "all"
# The tag of the row with the company's name; sections are tagged with their table's.
COMPANY: Final = "company"
# Each section's columns, and how many blank rows it has for what is still missing.
SECTIONS: Final[Mapping[str, tuple[tuple[str, ...], int]]] = {
    "sites": (
        ("id", "name_zh", "name_en", "sector", "area_mu", "value_added", "lon", "lat"),
        1,
    ),
    "streams": (
        ("id", "site", "commodity", "amount", "unit", "supply_temp", "target_temp", "today"),
        3,
    ),
    "demands": (
        ("id", "site", "commodity", "amount", "unit", "supply_temp", "target_temp", "today"),
        3,
    ),
    "processes": (
        ("id", "site", "technology", "capacity", "capacity_max", "built", "retires", "today"),
        3,
    ),
    "records": (("year", "measure", "table", "item", "value", "unit"), 3),
}
REMARKS: Final = ("source", "confidence", "note")
WIDTHS: Final = (26, 22, 24, 15, 14, 16, 16, 14, 26, 16, 40)
WIDTH: Final = len(WIDTHS)
COMMODITY_COLUMNS: Final = ("id", "name_zh", "name_en", "kind", "unit")
SHARED_SECTIONS: Final = ("park", "time", "heat")
PLACE_DIGITS: Final = 6  # of a degree: a tenth of a metre


@dataclass(frozen=True)
class Section:
    """One table's part of the page: where its columns stand, and the company's rows."""

    table: str
    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    blank: int

    @property
    def positions(self) -> dict[str, int]:
        """The column of the sheet (from 0, the tags' being 0) of each of the table's columns."""
        first = WIDTH - len(REMARKS) + 1
        own = {name: at for at, name in enumerate(self.columns, 1)}
        return own | {name: at for at, name in enumerate(REMARKS, first)}


def companies(park: Park) -> tuple[str, ...]:
    """The companies of the park in the order of their sites; a site without one is its own."""
    sites = park.raw["sites"]
    return tuple(dict.fromkeys(c or i for c, i in zip(sites["company"], sites["id"], strict=True)))


def sites_of(given: Mapping[str, Any], company: str) -> list[str]:
    """The ids of a company's sites."""
    sheet = given.get("sites", {})
    ids = [str(i) for i in sheet.get("id", ())]
    owners = [str(c) for c in sheet.get("company", [""] * len(ids))]
    return [i for i, owner in zip(ids, owners, strict=True) if (owner or i) == company]


def sections_of(given: Mapping[str, Any], company: str) -> list[Section]:
    """What the page holds for a company: its rows of every section's table, as text."""
    own = sites_of(given, company)
    sections = []
    for name, (columns, blank) in SECTIONS.items():
        sheet = given.get(name, {})
        rows = np.flatnonzero(_theirs(name, sheet, company, own))
        shown = [
            {c: _shown(c, str(sheet[c][row])) for c in (*columns, *REMARKS) if c in sheet}
            for row in rows
        ]
        sections.append(Section(name, columns, shown, blank))
    return sections


def _theirs(name: str, sheet: Mapping[str, Any], company: str, sites: Sequence[str]) -> Any:
    column = {"sites": "id", "records": "company"}.get(name, "site")
    cells = sheet.get(column, np.empty(0, dtype=object))
    return np.isin(np.asarray(cells, dtype=str), [company] if name == "records" else sites)


def _shown(column: str, text: str) -> str:
    """Longitude and latitude in as many digits as a surveyor writes; all else as a cell holds."""
    if column in {"lon", "lat"} and text:
        try:
            return f"{float(text):.{PLACE_DIGITS}f}"
        except ValueError:
            return text
    return text[:LONGEST_CELL]


def write_questionnaires(park: Park, company: str, out: str | Path | None = None) -> list[Path]:
    """Write the questionnaire of one company, or of each (``all``).

    Parameters
    ----------
    company : a company of the sites table, the id of one of its sites, or ``all``
    out : the file, or with ``all`` the folder [named after park and company]

    Returns
    -------
    The files written.

    Raises
    ------
    ParkDataError : the park has no such company.
    """
    known = companies(park)
    if company == ALL:
        folder = Path(f"{file_name(park.id)}-questionnaires" if out is None else out)
        return [_write(park, one, folder / f"{file_name(one)}.xlsx") for one in known]
    named = _named(park, company, known)
    file = Path(f"{file_name(f'{park.id}-{named}')}.xlsx") if out is None else Path(out)
    return [_write(park, named, file)]


def _named(park: Park, company: str, known: Sequence[str]) -> str:
    of_site = next((c for c in known if company in sites_of(park.given, c)), None)
    if company in known or of_site is not None:
        return company if company in known else str(of_site)
    near = difflib.get_close_matches(company, known, n=1, cutoff=0.5)
    values = {"near": near[0] if near else "-", "known": ", ".join(known)}
    raise ParkDataError([Finding("workbook.no_company", value=company, values=values)], park.id)


def file_name(company: str) -> str:
    """The company's name as that of a file."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in company)


def _write(park: Park, company: str, file: Path) -> Path:
    import xlsxwriter

    file.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(file), {"in_memory": True})
    pen = Pen(book)
    lists = Lists({**park.given, "sites": {"id": sites_of(park.given, company)}}, {})
    page = book.add_worksheet(QUESTIONNAIRE)
    _Page(page, pen, park, lists).fill(company)
    columns = list(zip(*(park.raw["commodities"][c] for c in COMMODITY_COLUMNS), strict=True))
    grid = Grid("commodities", COMMODITY_COLUMNS, columns, tables()["commodities"])
    write_grid(book.add_worksheet(grid.name), grid, pen, park.settings.currency)
    _write_settings(book.add_worksheet(PARK), park, pen)
    write_lists(book, lists, pen)
    book.close()
    return file


def _write_settings(sheet: Any, park: Park, pen: Pen) -> None:
    """What a park's name, money and years are; its objectives are not for companies."""
    shared = {name: park.toml[name] for name in SHARED_SECTIONS if name in park.toml}
    rows = [(*row, "", "") for row in rows_of_settings(shared)]
    grid = Grid(PARK, SETTINGS_COLUMNS, rows, numbers=("value",))
    write_grid(sheet, grid, pen, park.settings.currency)


@dataclass
class _Page:
    """The page being written, from the top."""

    sheet: Any
    pen: Pen
    park: Park
    lists: Lists
    row: int = 0

    def fill(self, company: str) -> None:
        """Title, advice, and one section after another; one printed page."""
        sheet, pen = self.sheet, self.pen
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 9, None, {"hidden": True})
        for at, width in enumerate(WIDTHS, 1):
            sheet.set_column(at, at, width)
        names = self.park.name
        sheet.write_string(0, 0, COMPANY)
        sheet.set_row(0, 30)
        pen.text(sheet, 0, 1, company, "title")
        park = say("workbook.form.of_park", "zh", park=names["zh"])
        pen.text(sheet, 1, 1, f"{park}  {say('workbook.form.of_park', 'en', park=names['en'])}",
                 "subtitle")  # fmt: skip
        for row, lang in enumerate(LANGUAGES, 2):
            pen.text(sheet, row, 1, say("workbook.form.how", lang), "subtitle")
        self.row = 5
        for section in sections_of(self.park.given, company):
            self._section(section)
        sheet.write_string(self.row, 0, "end")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        sheet.center_horizontally()
        sheet.set_margins(0.4, 0.4, 0.4, 0.4)
        sheet.print_area(0, 1, self.row, WIDTH)
        sheet.set_tab_color(REQUIRED)

    def _section(self, section: Section) -> None:
        """Its title, its four header rows, the company's rows, and blank ones."""
        sheet, pen, spec = self.sheet, self.pen, tables()[section.table]
        sheet.write_string(self.row, 0, section.table)
        titles = (say(f"workbook.form.{section.table}", lang) for lang in LANGUAGES)
        pen.text(sheet, self.row, 1, "  ".join(titles), "section")
        sheet.set_row(self.row, 24)
        first = self.row + 1 + HEADER_ROWS
        last = first + len(section.rows) + section.blank - 1
        positions = section.positions
        for name, at in positions.items():
            column = spec.columns.get(name)
            head = heading(name, column, self.park.settings.currency)
            styles = ("machine", "heading", "form_label", "form_unit")
            for below, (text, style) in enumerate(zip(head.rows, styles, strict=True), 1):
                sheet.write_string(self.row + below, at, text, pen.style(style))
            counts = column is not None and column.is_number
            for row in range(first, last + 1):
                given = section.rows[row - first] if row - first < len(section.rows) else {}
                write = pen.number if counts else pen.text
                write(sheet, row, at, given.get(name, ""), "box_number" if counts else "box")
            if column is not None:
                source = self.lists.source(section.table, column, last)
                offer_choice(sheet, (first, last), at, source, column)
        for row, cells in enumerate(section.rows, first):
            tall = max(lines_of(cells.get(n, ""), WIDTHS[at - 1]) for n, at in positions.items())
            sheet.set_row(row, LINE_HEIGHT * tall + 2)
        for at in set(range(1, WIDTH + 1)) - set(positions.values()):
            for below, style in enumerate(("machine", "heading", "form_label", "form_unit"), 1):
                sheet.write_blank(self.row + below, at, None, pen.style(style))
        sheet.set_row(self.row + 1, 11)
        for below in (2, 3, 4):
            sheet.set_row(self.row + below, 15)
        self.row = last + 2
