"""The program that parses a workbook in a process of its own, with limits on memory and time.

Run by its path, with the workbook's path: it imports nothing of this package, reads one file,
and writes one JSON object to standard output: either ``{"sheets": [...]}``, or ``{"refused":
code, ...}`` with the last part of a key of the words.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import posixpath
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

MEMORY: Final = 2_000_000_000  # bytes of address space
SECONDS: Final = 60  # of computing
INFLATED: Final = 200_000_000  # bytes of one part as they really come out
MOST_ROWS: Final = 1_000_000
MOST_CELLS: Final = 8_000_000  # of the rectangle that a sheet's cells span
DEEPEST: Final = 50
CHUNK: Final = 1 << 20

REFERENCE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", re.ASCII)
DECIMALS: Final = re.compile(r"0\.(0+)(_\))?(;.*)?")
TWO_DECIMALS: Final = 2  # the number format that every workbook has without saying so


class Refused(Exception):
    """Why the workbook is not read on: the code, and what to tell besides."""

    def __init__(self, code: str, **more: object) -> None:
        self.answer = {"refused": code, **more}
        super().__init__(code)


def number_text(value: float, decimals: int | None = None) -> str:
    """A cell's number as text that is the same number; with its format's decimals if they fit."""
    if not math.isfinite(value):
        return repr(value)
    if decimals is not None and float(fixed := f"{value:.{decimals}f}") == value:
        return fixed
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def position(reference: str) -> tuple[int, int]:
    """Row and column, both from 1, of a reference like ``B7``; (0, 0) where it is none."""
    match = REFERENCE.fullmatch(reference)
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


class SheetScan:
    """What the reader of values does not tell: errors, empty formulas, formats, hidden rows."""

    def __init__(self, sheet: str, decimals: dict[int, int]) -> None:
        self.sheet = sheet
        self.decimals_of = decimals
        self.errors: list[tuple[int, int]] = []
        self.formulas: list[tuple[int, int]] = []
        self.decimals: dict[tuple[int, int], int] = {}
        self.hidden: list[int] = []
        self.merged: list[str] = []
        self.row = self.column = self.last_row = self.last_column = 0
        self.kind, self.style, self.depth = "", 0, 0
        self.formula, self.filled, self.listening = False, False, False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refused("too_deep", sheet=self.sheet)
        tag = name.rpartition("}")[2]
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
            if attributes.get("hidden") in {"1", "true"}:
                self.hidden.append(self.row)
        elif tag == "f":
            self.formula = True
        elif tag in {"v", "t"}:
            self.listening = True
        elif tag == "dimension":
            self._within(*position(attributes.get("ref", "").rpartition(":")[2]))
        elif tag == "mergeCell":
            self.merged.append(attributes.get("ref", ""))

    def _cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self.row, self.column = position(attributes["r"])
            if not self.row:
                raise Refused("bad_cell", sheet=self.sheet, cell=attributes["r"][:20])
        else:
            self.column += 1
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", 0))
        self.formula = self.filled = False

    def text(self, text: str) -> None:
        if self.listening and text:
            self.filled = True

    def end(self, name: str) -> None:
        self.depth -= 1
        tag = name.rpartition("}")[2]
        if tag in {"v", "t"}:
            self.listening = False
        elif tag == "c" and (self.filled or self.formula):
            self._closed()

    def _closed(self) -> None:
        place = (self.row, self.column)
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if self.last_row * self.last_column > MOST_CELLS or self.last_row > MOST_ROWS:
            self._within(self.last_row, self.last_column)
        # A formula may well give an empty text; then it says so by its kind.
        if self.formula and not self.filled and self.kind != "str":
            self.formulas.append(place)
        elif self.kind == "e":
            self.errors.append(place)
        elif self.kind == "n" and self.style in self.decimals_of:
            self.decimals[place] = self.decimals_of[self.style]

    def _within(self, row: int, column: int) -> None:
        if row * column > MOST_CELLS or row > MOST_ROWS:
            raise Refused("sparse", sheet=self.sheet, rows=row, columns=column)


class Styles:
    """Which styles show a fixed number of decimals."""

    def __init__(self) -> None:
        self.formats: dict[int, int] = {TWO_DECIMALS: 2}
        self.decimals: dict[int, int] = {}
        self.inside = False
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if tag == "numFmt":
            if match := DECIMALS.fullmatch(attributes.get("formatCode", "")):
                self.formats[int(attributes["numFmtId"])] = len(match[1])
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            number = int(attributes.get("numFmtId", 0))
            if number in self.formats:
                self.decimals[self.count] = self.formats[number]
            self.count += 1

    def end(self, name: str) -> None:
        self.inside = self.inside and name.rpartition("}")[2] != "cellXfs"


def _doctype(*_: object) -> None:
    raise Refused("entities")


def walk(archive: zipfile.ZipFile, part: str, handler: Any) -> None:
    """Stream one XML part through the handler's start, end and text; refuse document types."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _doctype
    for event, method in (
        ("StartElementHandler", "start"),
        ("EndElementHandler", "end"),
        ("CharacterDataHandler", "text"),
    ):
        if hasattr(handler, method):
            setattr(parser, event, getattr(handler, method))
    size = 0
    with archive.open(part) as stream:
        while block := stream.read(CHUNK):
            size += len(block)
            if size > INFLATED:
                raise Refused("bomb", inflated=f"{size / 1e6:,.0f}")
            parser.Parse(block, False)
    parser.Parse(b"", True)


class Elements:
    """The attributes of the elements of one name, in their order."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition("}")[2] == self.tag:
            self.found.append({key.rpartition("}")[2]: v for key, v in attributes.items()})


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Each sheet's name and the part that holds it."""
    sheets, links = Elements("sheet"), Elements("Relationship")
    walk(archive, "xl/workbook.xml", sheets)
    walk(archive, "xl/_rels/workbook.xml.rels", links)
    targets = {link.get("Id", ""): link.get("Target", "") for link in links.found}
    parts = {}
    for sheet in sheets.found:
        target = targets.get(sheet.get("id", ""), "")
        parts[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target))[1:]
    return parts


def scans(path: str) -> dict[str, SheetScan]:
    """Every sheet looked at cell by cell; raises Refused before anything is parsed into memory."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        parts = sheet_parts(archive)
        styles = Styles()
        if "xl/styles.xml" in names:
            walk(archive, "xl/styles.xml", styles)
        for name in sorted(names - set(parts.values()) - {"xl/styles.xml"}):
            if name.endswith((".xml", ".rels", ".vml")):
                walk(archive, name, None)
        found = {}
        for sheet, part in parts.items():
            if part in names:
                found[sheet] = SheetScan(sheet, styles.decimals)
                walk(archive, part, found[sheet])
        return found


def rows_of(sheet: Any, scan: SheetScan) -> Iterator[list[str]]:
    """The text of a sheet's cells, row by row from row 1, without the blanks at the end."""
    for row, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        texts = [cell_text(cell, scan, row, column) for column, cell in enumerate(cells, 1)]
        while texts and not texts[-1]:
            texts.pop()
        yield texts


def cell_text(cell: Any, scan: SheetScan, row: int, column: int) -> str:
    """One cell as text: numbers exactly, truth as true and false, dates as ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return number_text(float(cell), scan.decimals.get((row, column)))
    return cell.isoformat() if isinstance(cell, (datetime.date, datetime.time)) else str(cell)


def numbers_as_text(sheet: Any) -> list[tuple[int, int]]:
    """The cells that hold text which looks like a number."""
    digits = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
    return [
        (row, column)
        for row, cells in enumerate(sheet.to_python(skip_empty_area=False), 1)
        for column, cell in enumerate(cells, 1)
        if isinstance(cell, str) and cell and digits.fullmatch(cell.strip())
    ]


def answer(path: str) -> dict[str, object]:
    """What the workbook holds, or why it is refused."""
    import python_calamine

    try:
        found = scans(path)
        book = python_calamine.load_workbook(path)
        sheets = []
        for meta in book.sheets_metadata:
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet or meta.name not in found:
                continue
            scan, sheet = found[meta.name], book.get_sheet_by_name(meta.name)
            sheets.append(
                {
                    "name": meta.name,
                    "hidden": meta.visible != python_calamine.SheetVisibleEnum.Visible,
                    "rows": list(rows_of(sheet, scan)),
                    "hidden_rows": scan.hidden,
                    "merged": scan.merged,
                    "errors": scan.errors,
                    "formulas": scan.formulas,
                    "texts": numbers_as_text(sheet),
                }
            )
    except Refused as refused:
        return refused.answer
    except expat.ExpatError as broken:
        return {"refused": "broken", "reason": str(broken)}
    except python_calamine.PasswordError:
        return {"refused": "encrypted"}
    except (python_calamine.CalamineError, zipfile.BadZipFile, KeyError, ValueError) as broken:
        return {"refused": "broken", "reason": str(broken)[:80]}
    except MemoryError:
        return {"refused": "limits"}
    return {"sheets": sheets}


def limit() -> None:
    """Bound the memory and the computing time of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        # A system may know a limit by name only, or have set a lower one itself.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def main() -> None:
    """Answer for the workbook that the command line names."""
    limit()
    sys.stdout.buffer.write(json.dumps(answer(sys.argv[1]), ensure_ascii=True).encode("ascii"))


if __name__ == "__main__":
    main()
