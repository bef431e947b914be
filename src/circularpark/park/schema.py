"""The tables and columns a park may have, as ``tables.toml`` declares them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final

# Columns that may stand in any table and are kept as they are.
ANYWHERE: Final[tuple[str, ...]] = ("source", "confidence", "note")

# Where a row came from; these columns stand beside the declared ones in every table as read.
PROVENANCE: Final[tuple[str, ...]] = ("_file", "_row", "_owner", "_origin")

NUMBERS: Final = frozenset({"number", "integer", "flag"})


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column: what may stand in it and what it means."""

    name: str
    type: str
    unit: str
    low: float
    high: float
    default: float | str | bool | None
    choices: tuple[str, ...]
    refers: tuple[str, ...]
    required: bool
    star: bool
    group: str
    means: Mapping[str, str]

    @property
    def is_number(self) -> bool:
        """Whether the column is held as float64 (flags: 1 and 0)."""
        return self.type in NUMBERS

    @property
    def percent(self) -> bool:
        """Whether ``5%`` may stand for 0.05 here."""
        return self.unit == "share"


@dataclass(frozen=True, slots=True)
class Table:
    """One declared table: its key and its columns, in the order in which they are written."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    own: frozenset[str]
    overrides: str
    factors: bool
    free_columns: bool
    geo: bool
    means: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that the table has, with those that may stand anywhere."""
        return (*self.columns, *ANYWHERE)


def _column(name: str, entry: Mapping[str, Any]) -> Column:
    low, high = entry.get("range", (float("-inf"), float("inf")))
    return Column(
        name=name,
        type=entry["type"],
        unit=entry.get("unit", ""),
        low=float(low),
        high=float(high),
        default=entry.get("default"),
        choices=tuple(str(choice) for choice in entry.get("choices", ())),
        refers=_several(entry.get("refers", ())),
        required=entry.get("required", False),
        star=entry.get("star", False),
        group=entry.get("group", ""),
        means={"zh": entry["means_zh"], "en": entry["means_en"]},
    )


def _several(given: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


@cache
def _declared() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("tables.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def tables() -> Mapping[str, Table]:
    """Every table of a park by its name."""
    declared = {name: entry for name, entry in _declared().items() if name != "settings"}
    own = {
        name: {c: _column(c, spec) for c, spec in entry.items() if isinstance(spec, dict)}
        for name, entry in declared.items()
    }
    return {
        name: Table(
            name=name,
            key=_several(entry["key"]),
            columns=_with_inherited(own, name, entry),
            own=frozenset(own[name]),
            overrides=entry.get("overrides", ""),
            factors=entry.get("factors", False),
            free_columns=entry.get("free_columns", False),
            geo=entry.get("geo", False),
            means={"zh": entry["means_zh"], "en": entry["means_en"]},
        )
        for name, entry in declared.items()
    }


def _with_inherited(
    own: Mapping[str, Mapping[str, Column]], name: str, entry: Mapping[str, Any]
) -> dict[str, Column]:
    """The table's columns, those of a table it is like, and those it may override."""
    columns = {**own.get(entry.get("like", ""), {}), **own[name]}
    for column in own.get(entry.get("overrides", ""), {}).values():
        if column.name not in columns:
            # A blank leaves the value of the technology or transport, so it has no default here.
            columns[column.name] = replace(column, default=None, required=False)
    return columns


@cache
def settings_keys() -> Mapping[str, Column]:
    """Every key of park.toml, written ``section.key``."""
    declared = _declared()["settings"]
    return {k: _column(k, spec) for k, spec in declared.items() if isinstance(spec, dict)}
