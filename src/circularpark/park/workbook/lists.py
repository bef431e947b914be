"""The lists behind the drop-downs: what may stand in a column, as defined names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from circularpark.park.catalogue import catalogue
from circularpark.park.schema import Column, tables
from circularpark.park.workbook.cells import letters
from circularpark.park.workbook.layout import FIRST_ROW, GIVEN, LISTS

LAST_ROW: Final = 2000  # how far drop-downs reach, and at least what they list
RATES: Final = "units.rate"
OWN_UNITS: Final = "units.own"
QUALITY_UNITS: Final = "units.quality"
TRUTH: Final = "truth"
# What people write most; any unit that the reader knows may be typed instead.
UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    RATES: ("t/h", "t/a", "MW", "MWh/a", "GJ/h", "GJ/a", "m3/h", "m3/a", "Nm3/h", "kg/h", "kWh/a"),
    OWN_UNITS: ("t", "kg", "MWh", "GJ", "kWh", "m3", "Nm3"),
    QUALITY_UNITS: ("ppm", "%", "kg/t", "mg/L", "GJ/t", "1"),
}
# From the catalogue as well as from the park: what a row may name without having it.
SHARED: Final = ("commodities", "technologies", "transports")


@dataclass
class Lists:
    """The columns of the sheet of lists, and the names by which drop-downs call them.

    ``given`` are the park's tables; ``sheets`` the columns of each sheet in their order, where
    there are such sheets; ``defaults`` whether the catalogue is on offer.
    """

    given: Mapping[str, Any]
    sheets: Mapping[str, Sequence[str]]
    defaults: bool = True
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def source(self, table: str, spec: Column, last_row: int) -> str | None:
        """The defined name that lists what may stand in a column; None where anything may."""
        if spec.type == "flag":
            return self._list(TRUTH, ("true", "false"))
        if spec.choices:
            return self._list(f"choices.{table}.{spec.name}", spec.choices)
        if spec.type == "unit":
            kind = {"commodities": OWN_UNITS, "quality": QUALITY_UNITS}.get(table, RATES)
            kind = QUALITY_UNITS if spec.name == "quality_unit" else kind
            kind = OWN_UNITS if table in {"measures", "limits", "records"} else kind
            return self._list(kind, UNITS[kind])
        if spec.type == "ref" and len(spec.refers) == 1:
            return self._ids(spec.refers[0], last_row)
        return None

    def keep(self, table: str, columns: tuple[str, ...]) -> None:
        """Remember a table's own columns, so that reading drops only those that were offered."""
        self.columns[f"{GIVEN}{table}"] = columns

    def _list(self, name: str, values: tuple[str, ...]) -> str:
        """The name of a list with these values; equal lists share one."""
        for known, held in self.columns.items():
            if held == values and not known.startswith(GIVEN):
                return self._name(known)
        self.columns[name] = values
        return self._name(name)

    def _name(self, name: str) -> str:
        defined = f"list_{name.replace('.', '_')}"
        at = letters(list(self.columns).index(name) + 1)
        last = 1 + len(self.columns[name])
        self.names[defined] = f"={LISTS}!${at}$2:${at}${last}"
        return defined

    def _ids(self, table: str, last_row: int) -> str | None:
        """The ids of a table: those on its own sheet, or with the catalogue's a list."""
        columns = self.sheets.get(table, ())
        if table in SHARED or not columns:
            known = self._known(table)
            return self._list(f"ids.{table}", known) if known else None
        defined = f"ids_{table}"
        if tables()[table].free_columns:
            across = f"{table}!$A$1:$ZZ$1"
            self.names[defined] = f"=OFFSET({table}!$A$1,0,0,1,MAX(COUNTA({across}),1))"
        else:
            at = f"${letters(list(columns).index('id') + 1)}$"
            down = f"{table}!{at}{FIRST_ROW}:{at}{max(LAST_ROW, last_row)}"
            first = f"{table}!{at}{FIRST_ROW}"
            self.names[defined] = f"=OFFSET({first},0,0,MAX(COUNTA({down}),1),1)"
        return defined

    def _known(self, table: str) -> tuple[str, ...]:
        """The park's own ids, then the catalogue's."""
        own = [i for i in list(self.given.get(table, {}).get("id", ())) if i]
        more = catalogue()[table]["id"].tolist() if self.defaults and table in SHARED else []
        return tuple(dict.fromkeys([*own, *more]))
