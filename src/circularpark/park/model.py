"""What a park is once it has been read: its settings, and its tables as they hold in a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd
from shapely.geometry.base import BaseGeometry

from circularpark.errors import Finding
from circularpark.park.columns import Arrays

Layers = dict[str, list[tuple[BaseGeometry, dict[str, object]]]]
Formulas = Mapping[str, Callable[..., float]]

# Measures that every park has, with their units; "" is the park's currency.
BUILT_IN: Final[Mapping[str, tuple[str, str, str]]] = {
    "co2": ("t", "二氧化碳排放", "CO2 emissions"),
    "cost": ("", "年费用", "Yearly cost"),
    "capex": ("", "投资", "Investment"),
    "energy": ("tce", "综合能耗", "Energy consumption"),
    "coal": ("t", "煤炭消费", "Coal consumption"),
    "water": ("t", "取水量", "Water intake"),
    "waste": ("t", "废物处置量", "Waste disposed of"),
    "land": ("mu", "占地", "Land use"),
    "virgin": ("t", "原生资源用量", "Virgin material"),
    "avoided": ("t", "园区外避免的排放", "Emissions avoided outside"),
}


@dataclass(frozen=True)
class Stage:
    """One objective: measure -> weight."""

    weights: Mapping[str, float]


@dataclass(frozen=True)
class Settings:
    """What park.toml says of the whole park; ``stages`` are the objectives, first things first."""

    currency: str
    price_year: int | None
    discount_rate: float
    catalogue: bool
    years: tuple[int, ...]
    base_year: int
    mode: str
    operating_hours: float
    steps: int | None
    typical_days: int | None
    min_approach: float
    stages: tuple[Stage, ...]
    scopes: tuple[int, ...]
    thousands: bool = False
    objective_given: bool = False
    years_given: bool = True
    cost_ceiling: float | None = None


@dataclass(frozen=True)
class Tables:
    """Every table as it holds in one year and scenario: defaults filled, statuses settled.

    Numbers are float64 (NaN: there is none), text is str ("" blank), flags are bool; amounts are
    in the commodity's own unit. One DataFrame with a plain index for each table.
    """

    sites: pd.DataFrame
    corridors: pd.DataFrame
    commodities: pd.DataFrame
    streams: pd.DataFrame
    demands: pd.DataFrame
    operations: pd.DataFrame
    quality: pd.DataFrame
    technologies: pd.DataFrame
    recipes: pd.DataFrame
    processes: pd.DataFrame
    storages: pd.DataFrame
    markets: pd.DataFrame
    links: pd.DataFrame
    matches: pd.DataFrame
    transports: pd.DataFrame
    measures: pd.DataFrame
    factors: pd.DataFrame
    limits: pd.DataFrame
    records: pd.DataFrame
    paths: pd.DataFrame
    profiles: pd.DataFrame
    periods: pd.DataFrame


@dataclass(eq=False)
class Park:
    """A park that has been read and checked.

    ``raw`` holds the tables after the catalogue was merged and units were converted, before
    defaults; ``given`` the text cells as they stand in the park's files, for writing them back;
    ``findings`` the warnings, and what was mended on reading; ``mapped`` the tables that came as
    maps; ``place`` the folder or workbook it was read from; ``cases`` the bytes of the case
    files; ``kept`` what parks that differ little share; ``arrays`` the columns of ``raw``'s frames,
    none of which is to be changed in place.
    """

    id: str
    name: Mapping[str, str]
    folder: Path | None
    settings: Settings
    raw: Mapping[str, pd.DataFrame]
    layers: Layers
    findings: tuple[Finding, ...]
    case: str | None = None
    place: Path | None = None
    formulas: Formulas = field(default_factory=dict)
    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    toml: Mapping[str, Any] = field(default_factory=dict, repr=False)
    mapped: tuple[str, ...] = ()
    cases: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    kept: dict[Any, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)
    arrays: Arrays = field(default_factory=Arrays, repr=False, compare=False)
    _cache: dict[Any, Tables] = field(default_factory=dict, repr=False)

    def at(self, year: int | None = None, scenario: str | None = None) -> Tables:
        """The tables as they hold in ``year`` [the first] and ``scenario`` [the base].

        The same object comes back where no path and no dated factor makes a difference.
        """
        from circularpark.park.resolve import tables_at

        return tables_at(self, self.settings.years[0] if year is None else year, scenario or "")

    @property
    def tables(self) -> Tables:
        """The tables in the first planning year."""
        return self.at()

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios in the order of the periods; one without name if none."""
        named = self.raw["periods"]["scenario"].tolist()
        return tuple(dict.fromkeys(named)) or ("",)
