"""How the template is laid out: its sheets, the columns of each, and their four header rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circularpark.park.schema import ANYWHERE, Column, Table, tables
from circularpark.words import Language, say, table

README: Final = "readme"
PARK: Final = "park"
CASES: Final = "cases"
LAYERS: Final = "layers"
LISTS: Final = "_lists"
QUESTIONNAIRE: Final = "questionnaire"

GEOMETRY: Final = "geometry"
OWNER: Final = "owner"
PLACES: Final = ("lon", "lat")

HEADER_ROWS: Final = 4  # machine names, Chinese, English, units
FIRST_ROW: Final = HEADER_ROWS + 1
GIVEN: Final = "given."  # a list on LISTS of the columns that a table had before it was a sheet
LONGEST_CELL: Final = 32_767  # characters, a limit of the file format
LONGEST_TEXT: Final = 32_000  # of a piece of a text that goes on in another column

# Columns that stand beside a park's tables in the workbook only.
SETTINGS_COLUMNS: Final = ("section", "key", "value", "means_zh", "means_en")
CASE_COLUMNS: Final = ("case", "text")
LAYER_COLUMNS: Final = ("layer", "properties", GEOMETRY)


@dataclass(frozen=True)
class Heading:
    """The four header rows of one column."""

    name: str
    zh: str
    en: str
    unit: str

    @property
    def rows(self) -> tuple[str, str, str, str]:
        """Machine name, Chinese, English, unit."""
        return self.name, self.zh, self.en, self.unit


def heading(name: str, spec: Column | None, currency: str = "") -> Heading:
    """What stands above a column; one that the tables do not declare has only its name."""
    return Heading(name, label(name, "zh"), label(name, "en"), unit_label(spec, currency))


def label(name: str, lang: Language) -> str:
    """The short name of a column; none where the words have none."""
    for base in (name, name.rstrip("0123456789").rstrip("_")):
        if f"workbook.column.{base}" in table():
            return say(f"workbook.column.{base}", lang)
    return ""


def unit_label(spec: Column | None, currency: str) -> str:
    """The unit as the fourth row shows it: the park's currency named, shares as 0 to 1."""
    if spec is None:
        return ""
    if spec.type == "list":
        return "a;b"
    if spec.type == "years":
        return "2025;2030"
    unit = {"stated": "[unit]", "share": "0–1", "degC": "°C", "1": "–"}.get(spec.unit, spec.unit)
    return unit.replace("currency", currency or "[currency]")


def offered_columns(spec: Table, mapped: bool) -> tuple[str, ...]:
    """The columns that the template offers for a table, those that may stand anywhere last."""
    own = [
        name
        for name in spec.columns
        if (name in spec.own or not spec.overrides) and not (mapped and name in PLACES)
    ]
    return (*own, *ANYWHERE)


def is_label_row(row: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row below the machine names is one of the template's three further header rows."""
    pairs = [(cell, name) for cell, name in zip(row, names, strict=False) if cell]
    if not pairs:
        return True
    matching = sum(_is_label(cell, name) for cell, name in pairs)
    return 2 * matching > len(pairs)


def _is_label(cell: str, name: str) -> bool:
    if cell in {label(name, "zh"), label(name, "en")}:
        return bool(cell)
    return any(
        name in spec.columns and cell == unit_label(spec.columns[name], "") for spec in _tables()
    ) or _in_currency(cell, name)


def _in_currency(cell: str, name: str) -> bool:
    """Whether the cell is the column's unit of money, in whatever currency."""
    for spec in _tables():
        unit = spec.columns[name].unit if name in spec.columns else ""
        before, found, after = unit.partition("currency")
        if found and len(cell) > len(before + after):
            money = cell.removeprefix(before).removesuffix(after)
            if before + money + after == cell and money.isalpha():
                return True
    return False


def _tables() -> tuple[Table, ...]:
    return tuple(tables().values())
