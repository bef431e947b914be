"""Cells as they go out: numbers exactly, text never as a formula; the template's formats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from circularpark.park.workbook.child import number_text
from circularpark.park.workbook.layout import LONGEST_TEXT

FIXED: Final = re.compile(r"-?\d+\.(\d+)", re.ASCII)
NUMBER: Final = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# What a spreadsheet may take for a formula once the cell is edited.
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
SIXTEEN_DIGITS: Final = "{:.16G}"
MOST_DECIMALS: Final = 12

FONT: Final = "Noto Sans CJK SC"
INK: Final = "#1F2933"
PALE: Final = "#F1F5F9"
LINE: Final = "#CBD5E1"
REQUIRED: Final = "#0B5D5E"
OPTIONAL: Final = "#52606D"
MUTED: Final = "#7B8794"

STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "required": {"bold": True, "font_color": "#FFFFFF", "bg_color": REQUIRED, "valign": "vcenter"},
    "optional": {"bold": True, "font_color": "#FFFFFF", "bg_color": OPTIONAL, "valign": "vcenter"},
    "label": {"bg_color": PALE, "text_wrap": True, "valign": "vcenter", "font_size": 9},
    "unit": {
        "bg_color": PALE,
        "font_color": MUTED,
        "font_size": 9,
        "valign": "vcenter",
        "bottom": 1,
        "bottom_color": LINE,
    },
    "cell": {"valign": "top"},
    "number": {"valign": "top", "align": "right", "indent": 1},
    "wrapped": {"valign": "top", "text_wrap": True},
    "text": {"valign": "top", "quote_prefix": True},
    "number_as_text": {"valign": "top", "align": "right", "indent": 1},
    "count": {"valign": "top", "align": "center", "font_color": MUTED},
    "title": {"bold": True, "font_size": 18, "font_color": REQUIRED},
    "subtitle": {"font_size": 11, "font_color": MUTED},
    "lead": {"bold": True, "font_color": REQUIRED, "valign": "top"},
    "section": {"bold": True, "font_size": 12, "font_color": REQUIRED, "valign": "vcenter"},
    "machine": {"font_size": 7, "font_color": MUTED, "valign": "vcenter"},
    "heading": {
        "bold": True,
        "bg_color": PALE,
        "text_wrap": True,
        "valign": "vcenter",
        "top": 1,
        "top_color": LINE,
    },
    "form_label": {"bg_color": PALE, "font_size": 9, "valign": "vcenter"},
    "form_unit": {"bg_color": PALE, "font_size": 8, "font_color": MUTED, "valign": "vcenter"},
    "box_number": {
        "border": 1,
        "border_color": LINE,
        "valign": "vcenter",
        "align": "right",
        "indent": 1,
    },
    "box": {"border": 1, "border_color": LINE, "valign": "vcenter", "text_wrap": True},
    "box_text": {
        "border": 1,
        "border_color": LINE,
        "valign": "vcenter",
        "text_wrap": True,
        "quote_prefix": True,
    },
    "link": {"font_color": REQUIRED, "underline": 1, "valign": "top"},
}


class Exact(float):
    """A number that is written with all of its digits, where sixteen are too few."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@dataclass
class Pen:
    """Writes cells into a workbook of xlsxwriter, each format made once."""

    book: Any
    formats: dict[tuple[str, str], Any] = field(default_factory=dict)

    def style(self, name: str, number: str = "") -> Any:
        """A format of the template, with a number format if asked."""
        if (name, number) not in self.formats:
            base = {"font_name": FONT, "font_size": 10, "font_color": INK}
            extra = {"num_format": number} if number else {}
            self.formats[name, number] = self.book.add_format({**base, **STYLES[name], **extra})
        return self.formats[name, number]

    @cached_property
    def plain(self) -> Any:
        """The format of ordinary cells."""
        return self.style("cell")

    def text(self, sheet: Any, row: int, column: int, text: str, style: str = "cell") -> None:
        """Write text as text, whatever it starts with; a blank leaves the cell empty."""
        if text:
            if text.startswith(FORMULA_SIGNS) and style in {"cell", "box"}:
                style = {"cell": "text", "box": "box_text"}[style]
            sheet.write_string(row, column, text, self.style(style))
        elif style.startswith("box"):
            sheet.write_blank(row, column, None, self.style(style))

    def number(self, sheet: Any, row: int, column: int, text: str, style: str = "number") -> None:
        """Write the text of a number as a number, if that loses nothing, else as text."""
        decimals = fixed_decimals(text)
        if decimals is None:
            looks = NUMBER.fullmatch(text) is not None
            plain = "number_as_text" if looks else "cell"
            self.text(sheet, row, column, text, plain if style == "number" else style)
            return
        value = float(text)
        if float(SIXTEEN_DIGITS.format(value)) != value:
            value = Exact(value)
        shape = f"0.{'0' * decimals}" if decimals else ""
        sheet.write_number(row, column, value, self.style(style, shape))


def fixed_decimals(text: str) -> int | None:
    """The decimals that a cell's format must show to keep the spelling (0: none), else None."""
    if NUMBER.fullmatch(text) is None:
        return None
    value = float(text)
    if number_text(value) == text:
        return 0
    match = FIXED.fullmatch(text)
    if match is None or len(match[1]) > MOST_DECIMALS:
        return None
    return len(match[1]) if number_text(value, len(match[1])) == text else None


def pieces(text: str) -> list[str]:
    """A long text in pieces that fit a cell, none of which starts or ends with a blank."""
    found = []
    while len(text) > LONGEST_TEXT:
        cut = LONGEST_TEXT
        while cut > 1 and (text[cut - 1].isspace() or text[cut].isspace()):
            cut -= 1
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text]
