"""Limits of standards that rows of ``quality.csv`` name: each with its source and confidence.

A row that names a standard takes from ``catalogue/standards.csv`` what it leaves blank: property,
min, max, unit and per; what it says itself stands. Numbers are converted to the row's own unit. The
standards are asked for by name, so that a park without the catalogue may name them too.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.sheets import Sheet, size
from circularpark.park.typed import at
from circularpark.park.units import UnitError, quality_unit

COLUMN: Final = "standard"
FILLED: Final = ("property", "min", "max", "unit", "per")
# Seen in print or in a public transcription: such a limit needs no mark.
SEEN: Final = ("verified-by-search", "seed-readable")
NEAR: Final = 5


@cache
def standards() -> Mapping[str, Mapping[str, str]]:
    """Every limit of ``catalogue/standards.csv`` by its id, as text."""
    file = resources.files(__package__).joinpath("catalogue").joinpath("standards.csv")
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    return {row["id"]: row for row in rows}


def fill_standards(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Fill the rows of quality that name a standard, in place; tell what is unknown or unsure."""
    sheet = sheets["quality"]
    named = sheet.get(COLUMN)
    if named is None or not (named != "").any():
        return []
    for column in FILLED:
        own = sheet.get(column, np.full(size(sheet), "", dtype=object))
        sheet[column] = own.astype(object)
    return [finding for row in np.flatnonzero(named != "") for finding in _filled(sheet, int(row))]


def _filled(sheet: Sheet, row: int) -> Iterator[Finding]:
    name = str(sheet[COLUMN][row]).strip()
    file, line = at(sheet, row)
    known = standards().get(name)
    if known is None:
        values = {"near": ", ".join(near(name))}
        yield Finding("checks.unknown_standard", "problem", file, line, COLUMN, name, values)
        # The row is told about once: what the nearest standard says stands in the blanks.
        _fill(sheet, row, standards()[near(name)[0]], 1.0)
        return
    factor = conversion(known["unit"], str(sheet["unit"][row]))
    if factor is None:
        values = {"unit": known["unit"]}
        yield Finding("checks.standard_unit", "problem", file, line, "unit", None, values)
        return
    _fill(sheet, row, known, factor)
    if not known["confidence"].startswith(SEEN):
        values = {key: known[key] for key in ("source", "confidence")} | {
            "limit": _shown(known),
        }
        yield Finding("checks.standard_unsure", "warning", file, line, COLUMN, name, values)


def _fill(sheet: Sheet, row: int, known: Mapping[str, str], factor: float) -> None:
    """Fill the blanks of a row, in place."""
    for column in FILLED:
        theirs = known.get(column, "")
        if sheet[column][row] == "" and theirs:
            number = column in ("min", "max") and factor != 1.0
            sheet[column][row] = f"{float(theirs) * factor:.12g}" if number else theirs


def near(name: str) -> list[str]:
    """The ids of standards that may be meant."""
    found = difflib.get_close_matches(name, list(standards()), n=NEAR, cutoff=0.3)
    return found or list(standards())[:NEAR]


def conversion(theirs: str, own: str) -> float | None:
    """What one of the standard's unit is in the row's; None where they do not measure the same."""
    if own in ("", theirs):
        return 1.0
    try:
        (kind, worth), (other, size_of) = quality_unit(theirs), quality_unit(own)
    except UnitError:
        # What is no unit of quality is told where all units are looked at.
        return 1.0
    alike = {kind, other} <= {"share", "concentration"} or kind == other
    return worth / size_of if alike else None


def _shown(known: Mapping[str, str]) -> str:
    sides = [f"{sign} {known[key]}" for sign, key in (("≥", "min"), ("≤", "max")) if known[key]]
    unit = "" if known["unit"] == "1" else f" {known['unit']}"
    return f"{known['property']} {', '.join(sides)}{unit}"
