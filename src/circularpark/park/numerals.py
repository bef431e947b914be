"""Numbers as people type them: read exactly, mended visibly, or refused with the reason."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

import numpy as np

LARGEST: Final = 1e20
SMALLEST: Final = 1e-20

PLAIN_COLUMN: Final = re.compile(r"[0-9.eE+\-\n]*")
PLAIN: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
SPACED: Final = re.compile(r"[+-]?\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?", re.ASCII)
DECIMAL_COMMA: Final = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+", re.ASCII)
DATE: Final = re.compile(
    r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?月?([ T]\d{1,2}:.*)?|\d{1,2}/\d{1,2}/\d{2,4}", re.ASCII
)
SHEET_ERROR: Final = re.compile(r"#(N/?A|DIV/0!?|REF!?|VALUE!?|NAME\?|NUM!?|NULL!?|#+)", re.I)
INEXACT: Final = re.compile(
    r"[<>~≈≤≥±约].*|.*[±].*|n\.?[da]\.?|nd|tbd|-+|—+|–|/|\?+|无|未检出", re.I
)
ENDLESS: Final = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.I)
TRUTH: Final = re.compile(r"true|false|yes|no|是|否", re.I)
WITH_UNIT: Final = re.compile(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?\s*[^\W\d_°%].*|[+-]?[\d.]+\s*[°%‰].*")

# Full-width signs stand 0xFEE0 above their ASCII twins. Superscripts and the like do not, so
# 10³ can never become 103.
FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
FULL_WIDTH[0x3000] = 0x20
MINUS: Final = {0x2212: "-", 0xFE63: "-"}
ODD_SPACES: Final = {0xA0: " ", 0x202F: " ", 0x2009: " ", 0x2007: " "}


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell's number (NaN where there is none), and the code of its mend or problem."""

    value: float
    fixed: str = ""
    problem: str = ""


def read_column(
    cells: np.ndarray, *, percent: bool = False, thousands: bool = False
) -> tuple[np.ndarray, dict[int, Reading]]:
    """The numbers of a column of text, blanks as NaN.

    Parameters
    ----------
    cells : object array of stripped text
    percent : whether ``5%`` may stand for 0.05
    thousands : whether the park declares the comma as its thousands mark

    Returns
    -------
    values : float64 array; NaN where blank or refused
    remarks : for each cell that was mended or refused, what happened
    """
    given = cells.tolist()
    joined = "\n".join(given)
    if not joined.strip("\n"):
        return np.full(len(given), np.nan), {}
    if PLAIN_COLUMN.fullmatch(joined):
        try:
            values = np.array([float(c) if c else math.nan for c in given])
        except ValueError:
            return _one_by_one(given, percent, thousands)
        size = np.abs(values)
        if not ((size >= LARGEST) | ((size < SMALLEST) & (size > 0))).any():
            return values, {}
    return _one_by_one(given, percent, thousands)


def _one_by_one(
    given: list[str], percent: bool, thousands: bool
) -> tuple[np.ndarray, dict[int, Reading]]:
    readings = [read_number(c, percent=percent, thousands=thousands) for c in given]
    remarks = {i: r for i, r in enumerate(readings) if r.fixed or r.problem}
    return np.array([r.value for r in readings]), remarks


def read_number(cell: str, *, percent: bool = False, thousands: bool = False) -> Reading:
    """The number in one cell, mended where only its spelling is odd, else the reason against it."""
    if not cell.strip():
        return Reading(math.nan)
    if PLAIN.fullmatch(cell):
        return _in_reach(float(cell), "")
    text, fixed = _mended(cell)
    if PLAIN.fullmatch(text):
        return _in_reach(float(text), fixed)
    if thousands and THOUSANDS.fullmatch(text):
        return _in_reach(float(text.replace(",", "")), fixed)
    if text.endswith("%") and PLAIN.fullmatch(text[:-1].strip()):
        if not percent:
            return _refused("percent")
        return _in_reach(float(text[:-1]) / 100, "park.number.percent_read")
    return _refused(_reason(text))


def _mended(cell: str) -> tuple[str, str]:
    """The cell in plain signs, and the code that tells the last mend."""
    text, fixed = cell, ""
    for signs, code in (
        (FULL_WIDTH, "park.number.full_width"),
        (MINUS, "park.number.minus"),
        (ODD_SPACES, "park.number.text"),
    ):
        plain = text.translate(signs)
        if plain != text:
            text, fixed = plain, code
    if text.startswith("'"):
        text, fixed = text[1:], "park.number.text"
    return text.strip(), fixed


def _in_reach(value: float, fixed: str) -> Reading:
    if abs(value) >= LARGEST or 0 < abs(value) < SMALLEST or not math.isfinite(value):
        return _refused("reach")
    return Reading(value, fixed)


def _refused(reason: str) -> Reading:
    return Reading(math.nan, problem=f"park.number.{reason}")


def _reason(text: str) -> str:
    """Why this is no number, as the last part of a code of the table of words."""
    for pattern, reason in (
        (SHEET_ERROR, "sheet_error"),
        (re.compile(r"=.*", re.S), "formula"),
        (ENDLESS, "endless"),
        (TRUTH, "truth"),
        (THOUSANDS, "thousands"),
        (SPACED, "thousands"),
        (DECIMAL_COMMA, "decimal_comma"),
        (DATE, "date"),
        (INEXACT, "inexact"),
    ):
        if pattern.fullmatch(text):
            return reason
    if "_" in text and PLAIN.fullmatch(text.replace("_", "")):
        return "underscore"
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        return "other_digits"
    return "with_unit" if WITH_UNIT.fullmatch(text) else "no_number"
