"""From a workbook's file to the text of its sheets: looked at first, parsed in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from circularpark.errors import Finding, ParkDataError
from circularpark.park.workbook.child import position
from circularpark.park.workbook.guard import LARGEST, looked_at

PATIENCE: Final = 120.0  # seconds until a reading that computes nothing is given up
CHILD: Final = Path(__file__).with_name("child.py")

Cell = tuple[int, int]


@dataclass(frozen=True)
class RawSheet:
    """One sheet as read: the text of its rows from row 1, and where what cannot be used stands.

    Rows and columns count from 1; ``texts`` are the cells whose number is stored as text,
    ``merged`` ranges as top, left, bottom, right.
    """

    book: str
    name: str
    hidden: bool
    rows: list[list[str]]
    hidden_rows: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    errors: tuple[Cell, ...] = ()
    formulas: tuple[Cell, ...] = ()
    texts: tuple[Cell, ...] = ()

    @property
    def place(self) -> str:
        """How findings call the sheet."""
        return place_of(self.book, self.name)


def place_of(book: str, sheet: str) -> str:
    """A workbook's sheet as findings name it."""
    return f"{book} · {sheet}"


def letters(column: int) -> str:
    """The letters of a column: 1 is A, 28 is AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def read_sheets(path: Path, largest: int = LARGEST) -> list[RawSheet]:
    """The sheets of a workbook, in its order.

    Parameters
    ----------
    path : the file
    largest : bytes; a larger file is refused

    Raises
    ------
    ParkDataError : the file is not a workbook that may be read; the finding says why.
    """
    refused = looked_at(path, largest)
    if refused is not None:
        raise ParkDataError([refused], path.name)
    answer = _asked(path)
    if "refused" in answer:
        raise ParkDataError([_finding(path, answer)], path.name)
    return [_sheet(path.name, sheet) for sheet in answer["sheets"]]


def _asked(path: Path) -> dict[str, Any]:
    """What the child says of the workbook; its own end without an answer is one, too."""
    command = [sys.executable, "-P", str(CHILD), str(path.resolve())]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and a path
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"refused": "limits"}
    if done.returncode:
        return {"refused": "limits"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _finding(path: Path, answer: dict[str, Any]) -> Finding:
    values = {key: value for key, value in answer.items() if key != "refused"}
    sheet = values.pop("sheet", "")
    file = place_of(path.name, sheet) if sheet else path.name
    if "columns" in values:
        values["column"] = letters(values.pop("columns"))
    code = f"workbook.file.{answer['refused']}"
    return Finding(code, "problem", file, None, None, values.pop("cell", None), values)


def _sheet(book: str, given: dict[str, Any]) -> RawSheet:
    return RawSheet(
        book=book,
        name=given["name"],
        hidden=given["hidden"],
        rows=given["rows"],
        hidden_rows=tuple(given["hidden_rows"]),
        merged=tuple(_range(text) for text in given["merged"]),
        errors=tuple((row, column) for row, column in given["errors"]),
        formulas=tuple((row, column) for row, column in given["formulas"]),
        texts=tuple((row, column) for row, column in given["texts"]),
    )


def _range(text: str) -> tuple[int, int, int, int]:
    first, _, last = text.partition(":")
    top, left = position(first)
    bottom, right = position(last or first)
    return top, left, bottom, right
