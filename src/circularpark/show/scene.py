"""What a flow map shows, as plain data: no program, no solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from circularpark.words import Language, say

Theme = Literal["light", "dark"]
Layers = Mapping[str, Sequence[tuple[BaseGeometry, Mapping[str, Any]]]]

SITE_COLUMNS: Mapping[str, Any] = {
    "id": "",
    "name_zh": "",
    "name_en": "",
    "lon": float("nan"),
    "lat": float("nan"),
    "geometry": None,
    "coordinates": "",
    "zone": "",
    "zone_zh": "",
    "zone_en": "",
}

FLOW_COLUMNS: Mapping[str, Any] = {
    "id": "",
    "from": "",
    "to": "",
    "commodity": "",
    "name_zh": "",
    "name_en": "",
    "kind": "",
    "unit": "",
    "amount": float("nan"),
    "peak": float("nan"),
    "annual": float("nan"),
    "km": float("nan"),
    "transport": "",
    "transport_zh": "",
    "transport_en": "",
    "new": False,
    "capex": float("nan"),
    "cost": float("nan"),
    "co2": float("nan"),
    "status": "",
}

BUILD_COLUMNS: Mapping[str, Any] = {
    "item": "",
    "name_zh": "",
    "name_en": "",
    "site": "",
    "year": float("nan"),
    "capacity": float("nan"),
    "unit": "",
    "capex": float("nan"),
}


@dataclass(frozen=True)
class Outcome:
    """One state of the park: co2 [t a year] and cost [currency a year]; None where unknown."""

    co2: float | None = None
    cost: float | None = None


@dataclass(frozen=True)
class Summary:
    """The three numbers of the header; ``cost_per_tonne`` [currency per t CO2 saved].

    approximate : whether the capacities were chosen on typical days
    year : the planning year of the numbers; "" where there is one only
    """

    today: Outcome = Outcome()
    best_operation: Outcome = Outcome()
    plan: Outcome = Outcome()
    cost_per_tonne: float | None = None
    currency: str = "CNY"
    certified: bool | None = None
    approximate: bool = False
    year: str = ""


@dataclass(frozen=True)
class Periods:
    """What the flows of a scene are in steps of time.

    steps : one row a step, in groups that stand together: ``group`` (0, 1, ...), ``year``,
        ``scenario`` ("" where there is one), ``kind`` of group (year, typical, day, month, span,
        given), ``number`` of the group among its ``of`` (a typical day: its day of the year),
        ``days`` of the year that the group stands for, ``hour`` of the day (nan: none), ``name``.
    amounts : (F, S) [unit/h], a row each row of ``Scene.flows``.
    """

    steps: pd.DataFrame
    amounts: NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """Everything a flow map needs.

    Parameters
    ----------
    title, subtitle : text in the language of the page; blank title: the words' default.
    park : name of the park, {"zh": ..., "en": ...}.
    sites : one row a site, columns of ``SITE_COLUMNS`` (lon, lat WGS84 degrees; geometry
        shapely WGS84 or None; sites of one ``zone`` merge when the page is zoomed out).
    flows : one row a flow, columns of ``FLOW_COLUMNS``; ``unit`` is the commodity's own unit
        (t, GJ, MWh, m3), ``amount`` [unit/h], ``annual`` [unit/a], ``km`` [km], ``capex``
        [currency], ``cost`` [currency/a], ``co2`` [t/a; negative where the flow saves];
        ``status`` "" or one of today, new, more, same, less, gone.
    layers : WGS84 geometry drawn underneath: water, roads, plots, corridors, boundary.
    builds : what is built, columns of ``BUILD_COLUMNS``; ``unit`` as it is read: t/h, MW.
    blends : mixes beside what is accepted of them, as ``solve.blends`` gives them.
    baseline : flows to compare with, columns as ``flows``; None: the ``status`` of the flows
        says what is new against today.
    compared_with : what the baseline is: today (metered) or best_operation.
    scales : quantity [base unit/h] drawn at full width, by unit family; give the same to maps
        that are compared. Missing families take their largest flow.
    goods : (id, zh, en) of every commodity that has a colour of its own; give the same to maps
        that are compared. Without them those that flow.
    schematic : the coordinates are approximate; None: look at ``sites.coordinates``.
    periods : the amounts in steps of time, for the page's slider; None: there is one step only.
    routes : WGS84 lines of the flows that run along corridors, by the flow's id.
    """

    park: Mapping[str, str]
    sites: pd.DataFrame
    flows: pd.DataFrame
    title: str = ""
    subtitle: str = ""
    layers: Layers = field(default_factory=dict)
    builds: pd.DataFrame = field(default_factory=pd.DataFrame)
    blends: pd.DataFrame = field(default_factory=pd.DataFrame)
    summary: Summary | None = None
    baseline: pd.DataFrame | None = None
    compared_with: Literal["today", "best_operation"] = "best_operation"
    scales: Mapping[str, float] = field(default_factory=dict)
    goods: Sequence[tuple[str, str, str]] = ()
    schematic: bool | None = None
    periods: Periods | None = None
    routes: Mapping[str, BaseGeometry] = field(default_factory=dict)

    @property
    def against(self) -> str:
        """What changes are told against: today or best_operation."""
        return "today" if self.baseline is None else self.compared_with

    @property
    def is_schematic(self) -> bool:
        """Whether any position shown is not surveyed."""
        if self.schematic is not None:
            return self.schematic
        return bool((completed(self.sites, SITE_COLUMNS)["coordinates"] == "approximate").any())


def completed(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """``frame`` with every declared column: text without gaps, numbers as float, flags as bool."""
    done = frame.reset_index(drop=True).copy()
    for column, default in columns.items():
        if column not in done:
            done[column] = pd.Series([default] * len(done), index=done.index, dtype=object)
        values = done[column]
        if isinstance(default, bool):
            done[column] = values.fillna(False).astype(bool)
        elif isinstance(default, str):
            done[column] = values.astype(object).where(values.notna(), "").map(str)
        elif isinstance(default, float):
            done[column] = pd.to_numeric(values, errors="coerce").astype(float)
    return done


def names(frame: pd.DataFrame, lang: Language, unnamed: str) -> list[str]:
    """The name of each row in ``lang``, else in the other language, else the words ``unnamed``.

    ``unnamed`` is a key of the table of words with a ``{number}``; no reader ever sees an id.
    """
    other = "en" if lang == "zh" else "zh"
    first, second = frame[f"name_{lang}"], frame[f"name_{other}"]
    return [
        one.strip() or two.strip() or say(unnamed, lang, number=number)
        for number, (one, two) in enumerate(zip(first, second, strict=True), start=1)
    ]
