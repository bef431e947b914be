"""Projects and a whole evaluation of them, as values: tables, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.account.finance import Finances
from circularpark.errors import Finding
from circularpark.park.finance import Terms

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan

WAYS = ("alone", "last", "average")
# Less than this share of the largest value is nothing.
NOTHING = 1e-6
# A saving that differs by less than this share of itself is untouched by the others.
TOUCHED = 1e-2


@dataclass(frozen=True)
class Project:
    """One project: what it is, what it changes, and what it is worth.

    items : item, kind, capacity, unit, year, capex, lifetime, least, most, confidence, names,
        company; needs : ids of others' items that it is idle without
    partners : companies at all its ends
    values : way ("alone", "last", "average") -> (t CO2 saved, money more), over all planning
        years as the objective counts them; blank ways are absent; error : of the average
    way : the way that the following figures are of; None where there is no operation
    revenue, running : money a year saved or earned, and spent [last planning year]
    lines : term, commodity, value (positive: costs more); co2 : t a year more, by scope
    companies : company, gain (a year, before payments), received, after
    links : see ``account.projects.link_prices``; eased : limits held at today's level
    beside : the project that it depends on most, and the t CO2 that both save beyond the two
    """

    id: str
    names: Mapping[str, str]
    items: pd.DataFrame
    needs: tuple[str, ...]
    partners: tuple[str, ...]
    values: Mapping[str, tuple[float, float]]
    error: tuple[float, float] | None
    way: str | None
    revenue: float
    running: float
    lines: pd.DataFrame
    co2: Mapping[int, float]
    saved: float
    companies: pd.DataFrame
    links: pd.DataFrame
    finances: Finances | None
    eased: tuple[str, ...]
    proven: bool
    beside: tuple[str, float] | None = None

    @property
    def capex(self) -> float:
        """What it costs to build."""
        return float(self.items["capex"].sum())

    @property
    def interaction(self) -> tuple[float, float] | None:
        """What it saves and costs alone beyond what it does as the last one: (t CO2, money).

        More CO2 saved alone: it competes with the others; less: they complete it.
        """
        if "alone" not in self.values or "last" not in self.values:
            return None
        (first, cost), (last, last_cost) = self.values["alone"], self.values["last"]
        return first - last, cost - last_cost

    @property
    def relation(self) -> str | None:
        """``competes``, ``completes`` or ``none``: whether the others take from it or add to it.

        Within a hundredth the others do not touch it; alone it comes with what it needs.
        """
        gap = self.interaction
        if gap is None:
            return None
        size = max(abs(self.values[way][0]) for way in ("alone", "last"))
        if abs(gap[0]) > TOUCHED * size:
            return "competes" if gap[0] > 0 else "completes"
        return "completes" if self.needs else "none"

    def cost_per_tonne(self, way: str = "last") -> float | None:
        """Money more for a tonne of CO2 saved; None where it saves none."""
        if way not in self.values:
            return None
        saved, more = self.values[way]
        return more / saved if saved > NOTHING * max(abs(saved), 1.0) else None


@dataclass(frozen=True)
class Evaluation:
    """All projects of a plan or a list.

    together : (t CO2 saved, money more) of all of them; None without operation at either end
    companies : company, today, plan (yearly cost), gain (before payments), received, after
    orders : how many orders the averages are of (0: none); exact : of all of them
    runs : how many programs were solved; lifted : capex limits that the list exceeds
    """

    park: Park
    plan: Plan | None
    file: str | None
    projects: tuple[Project, ...]
    together: tuple[float, float] | None
    finances: Finances | None
    companies: pd.DataFrame
    terms: Terms
    orders: int
    exact: bool
    runs: int
    eased: tuple[str, ...]
    lifted: tuple[str, ...]
    proven: bool
    certified: bool
    warnings: tuple[Finding, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """One row a project, ready for a table or chart."""
        return pd.DataFrame([_flat(project) for project in self.projects])

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as one JSON object."""
        from circularpark.studies.evaluate_json import evaluation_dict

        return evaluation_dict(self)


def _flat(project: Project) -> dict[str, Any]:
    """One project as one row."""
    row: dict[str, Any] = {
        "id": project.id,
        "name_zh": project.names["zh"],
        "name_en": project.names["en"],
        "items": list(project.items["item"]),
        "partners": list(project.partners),
        "capex": project.capex,
        "revenue": project.revenue,
        "running": project.running,
        "saved": project.saved,
    }
    for way in WAYS:
        saved, more = project.values.get(way, (np.nan, np.nan))
        row |= {f"{way}_co2": saved, f"{way}_cost": more}
    row["cost_per_tonne"] = project.cost_per_tonne()
    money = project.finances
    if money is not None:
        after = money.after_tax
        row |= {"npv": after.npv, "irr": after.returns.rate, "payback": after.payback}
        row |= {"npv_low": money.low, "npv_high": money.high, "npv_carbon": money.with_carbon.npv}
    return row
