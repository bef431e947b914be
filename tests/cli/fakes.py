"""A small solved park that never saw a solver, for tests of what the commands print."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from circularpark.errors import Finding

MEASURES = pd.DataFrame(
    [
        ("co2", "CO2 排放", "CO2 emissions", "t"),
        ("cost", "成本", "cost", "CNY"),
        ("capex", "投资", "investment", "CNY"),
        ("energy", "能耗", "energy use", "tce"),
        ("waste", "固废处置", "waste disposed of", "t"),
    ],
    columns=["id", "name_zh", "name_en", "unit"],
)

BUILDS = pd.DataFrame(
    [
        ("steam@a@b@pipe", "link", 2025, 6.4512, "t/h", 480_000.0, "蒸汽管", "steam pipe"),
        ("heat_pump_1", "process", 2025, 2.0, "MW", 5_000_000.0, "一号热泵", "heat pump 1"),
    ],
    columns=["item", "kind", "year", "capacity", "unit", "capex", "name_zh", "name_en"],
)


SITES = pd.DataFrame(
    [("a", "一号电厂", "Power 1"), ("b", "一号印染", "Dyeing 1")],
    columns=["id", "name_zh", "name_en"],
)

COMMODITIES = pd.DataFrame({"id": ["ash", "steam"]})

FLOWS = pd.DataFrame(
    [("a", "b", "steam", "蒸汽", "steam", "t", 10.314, 1.52, True)],
    columns=["from", "to", "commodity", "name_zh", "name_en", "unit", "amount", "km", "new"],
)


def park(findings: tuple[Finding, ...] = ()) -> Any:
    """A park with what the commands look at."""
    processes = pd.DataFrame({"id": ["heat_pump_1"], "technology": ["heat_pump"]})
    return SimpleNamespace(
        id="riverside",
        place=None,
        name={"zh": "滨江示范园", "en": "Riverside Park"},
        settings=SimpleNamespace(currency="CNY", years=(2025,)),
        tables=SimpleNamespace(
            measures=MEASURES, sites=SITES, commodities=COMMODITIES, processes=processes
        ),
        raw={
            "technologies": pd.DataFrame({"id": ["heat_pump"], "confidence": ["assumption"]}),
            "transports": pd.DataFrame({"id": ["pipe"], "confidence": ["high"]}),
            "processes": processes.assign(confidence=""),
        },
        findings=findings,
    )


def summary(*, certified: bool = True) -> dict[str, Any]:
    """The contract's JSON form of a plan."""
    return {
        "status": "optimal",
        "park": "riverside",
        "case": None,
        "objective": {"measure": "co2", "value": 25_000.0, "unit": "t"},
        "measures": {
            "co2": {"2025": 25_000.0},
            "cost": {"2025": 21_000_000.0},
            "capex": {"2025": 5_480_000.0},
            "energy": {"2025": 0.0},
            "waste": {"2025": 8_000.0},
        },
        "baseline": {"co2": {"2025": 32_000.0}, "cost": {"2025": 29_440_000.0}},
        "today": {"co2": {"2025": 40_000.0}},
        "builds": BUILDS.drop(columns=["name_zh", "name_en"]).to_dict("records"),
        "certificate": {"primal": 1e-12, "dual_gap": 2e-10, "balance": 3e-13, "ok": certified},
        "timing": {"build": 0.1, "hand_over": 0.1, "solve": 0.2, "account": 0.1, "certify": 0.1},
        "versions": {"circularpark": "0.1.0"},
    }


@dataclass
class FakePlan:
    """A plan as the commands see it."""

    certified: bool = True
    builds: pd.DataFrame = field(default_factory=lambda: BUILDS)
    blends: pd.DataFrame = field(default_factory=pd.DataFrame)
    cost_per_tonne: dict[str, float | None] = field(
        default_factory=lambda: {"average": -1206.0, "marginal": 312.4}
    )
    flows: dict[str, Any] = field(default_factory=dict)
    written: list[Path] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        return summary(certified=self.certified)

    def heat_report(self) -> None:
        """This park has no heat."""

    def write(self, folder: Path, also: object = None) -> None:
        self.written.append(folder)
