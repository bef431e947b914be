"""The plan: what is built, who sends what to whom, what it saves and costs, and the proof."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.account.flows import Flows, Quantity
from circularpark.park.content import content_hash
from circularpark.program.columns import item_scale
from circularpark.program.time import Floats
from circularpark.solve.sensitivity import duals_frame, reduced_costs

if TYPE_CHECKING:
    from circularpark.account.measures import Account
    from circularpark.account.today import Today
    from circularpark.park.model import Park
    from circularpark.program.assemble import Problem
    from circularpark.solve.certificate import Certificate
    from circularpark.solve.design import Design
    from circularpark.solve.heat_report import HeatReport
    from circularpark.solve.profile import SolverProfile
    from circularpark.solve.run import Judged, Optimum

VERSIONS = ("circularpark", "highspy", "numpy", "pandas", "scipy")
# Builds smaller than this share of the typical flow are the solver's dust.
DUST = 1e-7


class Plan:
    """The answer for one park: tables keyed like its inputs, measures, duals, certificate.

    Every variable of the contract is a table: ``plan.link_flow``, ``plan.activity``,
    ``plan.exchange``, ``plan.taken``, ``plan.capacity``, ...
    """

    def __init__(
        self,
        park: Park,
        judged: Judged,
        best: Judged | None,
        profile: SolverProfile,
        timing: Mapping[str, float],
        *,
        mode: str = "exact",
        design: Design | None = None,
    ) -> None:
        """``design`` says how the capacities were chosen, where it was on typical days."""
        self.park = park
        self.judged = judged
        self.best = best
        self.profile = profile
        self.timing = dict(timing)
        self.mode = mode
        self.design = design

    def __getattr__(self, name: str) -> pd.DataFrame:
        judged = self.__dict__.get("judged")
        if judged is None or name not in judged.flows:
            # Asked again, a property that failed inside says what it missed.
            object.__getattribute__(self, name)
            raise AttributeError(name)
        quantity: Quantity = judged.flows[name]
        return quantity.frame()

    @property
    def flows(self) -> Flows:
        """All variables as arrays."""
        return self.judged.flows

    @property
    def account(self) -> Account:
        """The plan's account: every measure by year, scope, company and reason."""
        return self.judged.account

    @property
    def optimum(self) -> Optimum:
        """The program's optimum with its stages."""
        return self.judged.optimum

    @property
    def problem(self) -> Problem:
        """The program that was solved."""
        return self.judged.optimum.problem

    @property
    def certificate(self) -> Certificate:
        """Why the plan may be trusted."""
        return self.judged.certificate

    @property
    def approximate(self) -> bool:
        """Whether the capacities were chosen on typical days instead of the whole year."""
        return self.design is not None

    @property
    def measures(self) -> pd.DataFrame:
        """Every entry of the account: year, scenario, measure, scope, company, term, value."""
        return self.judged.account.frame

    @cached_property
    def heat(self) -> pd.DataFrame:
        """Heat by cascade, interval and period: released and used by whom, and what falls on."""
        from circularpark.account.heat import heat_table

        return heat_table(self.account.book)

    @property
    def baseline(self) -> dict[str, dict[str, float]] | None:
        """Measures of the best operation of what stands: measure -> year -> amount."""
        return _by_year(self.best.account) if self.best is not None else None

    @cached_property
    def metered(self) -> Today | None:
        """The park as metered in its base year; None where nothing is metered."""
        from circularpark.account.today import METERED, today

        tables = self.park.tables
        if not any(getattr(tables, name)["today"].notna().any() for name in METERED):
            return None
        data = self.problem.data
        return today(self.park, data.time, data.blocks.links_at)

    @property
    def today(self) -> dict[str, dict[str, float]] | None:
        """Measures of the metered flows: measure -> year -> amount; None without meters."""
        if self.metered is None:
            return None
        year = str(self.park.settings.base_year)
        return {name: {year: value} for name, value in self.metered.measures.items()}

    @property
    def today_complete(self) -> bool:
        """Whether every market and process has a meter: else today's measures are too low."""
        if self.metered is None:
            return False
        return not self.metered.unmetered["table"].isin(("markets", "processes")).any()

    @property
    def pruned(self) -> pd.DataFrame:
        """Pairs of sources and sinks that no mix can have: source, sink, link, property, side."""
        return self.problem.data.quality.pruned.frame

    @cached_property
    def blends(self) -> pd.DataFrame:
        """Mixes of the last planning year beside what is accepted, nearest first."""
        from circularpark.solve.blends import blends_of

        return blends_of(self)

    @cached_property
    def builds(self) -> pd.DataFrame:
        """What to build: item, kind, year, capacity, unit, capex, name_zh, name_en."""
        data = self.problem.data
        quantity = self.flows["build"]
        place = pd.Index(data.item.index["item"]).get_indexer(pd.Index(quantity.index["item"]))
        typical = item_scale(data)[place]
        once = self._paid_once(quantity)
        row, year = np.nonzero((quantity.values > DUST * typical[:, None]) | (once > 0))
        names, units = self._names_and_units()
        items = quantity.index["item"].to_numpy(dtype=object)[row]
        amounts = quantity.values[row, year]
        return pd.DataFrame(
            {
                "item": items,
                "kind": data.item.kind[place[row]],
                "year": np.array(data.time.years)[year],
                "capacity": amounts,
                "unit": [units.get(i, "") for i in items],
                "capex": data.item.capex[place[row], year] * amounts + once[row, year],
                "name_zh": [names.get(i, {}).get("zh", i) for i in items],
                "name_en": [names.get(i, {}).get("en", i) for i in items],
            }
        )

    def _paid_once(self, built: Quantity) -> Floats:
        """What is paid once for each build in each year, however large it is, (E, Y)."""
        found, data = np.zeros(built.values.shape), self.problem.data
        opened = self.flows["open"]
        place = pd.Index(built.index["item"]).get_indexer(pd.Index(opened.index["item"]))
        price = data.item.capex_fixed[data.item.expandable[data.item.opened]]
        found[place] = np.round(opened.values) * price
        return found

    def _names_and_units(self) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
        from circularpark.solve.naming import item_names, item_units

        return item_names(self.problem.data), item_units(self.problem.data)

    @cached_property
    def cost_per_tonne(self) -> dict[str, float | None]:
        """What saving a tonne of CO2 costs: on average against the best operation, at the margin
        (the last tonne), and the park's ceiling."""
        average = None
        if self.best is not None:
            saved = self.best.account.whole("co2") - self.account.whole("co2")
            more = self.account.whole("cost") - self.best.account.whole("cost")
            # Discounted money over plain tonnes, as the objective weighs them.
            average = more / saved if saved > 1e-6 * abs(self.best.account.whole("co2")) else None
        ceiling = self.park.settings.cost_ceiling if self.under_ceiling else None
        return {"average": average, "marginal": self._marginal(), "ceiling": ceiling}

    def _marginal(self) -> float | None:
        """What the last tonne costs: the dual of the row that holds the CO2 stage.

        With capacities that are already chosen it would be the price of running only.
        """
        if self.approximate:
            return None
        objectives = self.problem.objectives
        rows = self.problem.matrix.shape[0]
        for place, objective in enumerate(objectives[:-1]):
            if set(objective.weights) == {"co2"} and set(objectives[-1].weights) == {"cost"}:
                dual = float(self.optimum.points[-1].duals[rows + place])
                return abs(dual) if dual < 0 else None
        return None

    @cached_property
    def duals(self) -> pd.DataFrame:
        """Shadow prices of every row at each stage: stage, unit, family, row, dual."""
        return duals_frame(self)

    @cached_property
    def reduced_cost(self) -> pd.DataFrame:
        """Reduced costs of links that are not used: link, unit, reduced cost, switch price."""
        return reduced_costs(self)

    @cached_property
    def matches(self) -> pd.DataFrame:
        """Which source heats which sink: exchangers in every planning year, year first.

        See ``account.matches``; empty where the park has no heat.
        """
        from circularpark.solve.heat_report import matches_of

        return matches_of(self)

    def heat_report(self, year: int | None = None) -> HeatReport | None:
        """Targets, what is reached of them and why not more, in a planning year [the last]."""
        from circularpark.solve.heat_report import heat_report

        return heat_report(self, year)

    @cached_property
    def objective(self) -> dict[str, object]:
        """The first measure's name, final value and unit."""
        units = self._measure_units()
        first = next(o for o in self.problem.objectives if "unmet" not in o.weights)
        if self.under_ceiling:
            return {"measure": "co2", "value": self.account.whole("co2"), "unit": units["co2"]}
        name = next(iter(first.weights)) if len(first.weights) == 1 else first.name
        value = first.sense * (float(first.costs @ self.optimum.x) + first.offset)
        return {"measure": name, "value": value, "unit": units.get(name, "")}

    def _measure_units(self) -> dict[str, str]:
        measures = self.park.tables.measures
        return dict(zip(measures["id"], measures["unit"], strict=True))

    @property
    def under_ceiling(self) -> bool:
        """Whether the first stage is least co2 at no more than the park's price for a tonne."""
        first = next(o for o in self.problem.objectives if "unmet" not in o.weights)
        ceiling = self.park.settings.cost_ceiling
        return ceiling is not None and dict(first.weights) == {"co2": 1.0, "cost": 1.0 / ceiling}

    @property
    def solver(self) -> dict[str, object]:
        """Which solver found the plan, whose duals prove it, and what was edited in Pyomo."""
        return {
            "profile": self.profile.id,
            "options": self.profile.native_options(),
            "proved_by": list(dict.fromkeys(p.proved_by for p in self.optimum.points)),
            "edited_in_pyomo": list(self.optimum.edits),
        }

    @property
    def status(self) -> str:
        """``optimal``, ``feasible`` (a better choice of whole numbers may be left) or neither."""
        if not self.certificate.ok:
            return "not_certified"
        gap = self.certificate.mip_gap
        return "optimal" if gap is None or gap <= self.profile.gap else "feasible"

    def summary(self) -> dict[str, Any]:
        """The plan as one JSON object (section 3 of the contract)."""
        names = self.account.measures
        columns = ["item", "kind", "year", "capacity", "unit", "capex"]
        return {
            "status": self.status,
            "park": self.park.id,
            "case": self.park.case,
            "mode": self.mode,
            "approximate": self.approximate,
            "design": self.design.as_dict(self) if self.design is not None else None,
            "objective": self.objective,
            "measures": {name: _years(self.account, name) for name in names},
            "baseline": self.baseline,
            "baseline_reason": None if self.best is not None else "infeasible",
            "today": self.today,
            "today_complete": self.today_complete,
            "cost_per_tonne": self.cost_per_tonne,
            "builds": self.builds[columns].to_dict(orient="records"),
            "pairs": self._pairs(),
            "operations": self._outlets(),
            "certificate": self._proof(),
            "timing": self.timing,
            "versions": versions(),
            "data_hash": self.park_hash,
            "solver": self.solver,
        }

    def _proof(self) -> dict[str, object]:
        """The certificate; where outlets are mixes, how many of them were cut into parts."""
        found, mixed = self.certificate.as_dict(), len(self.problem.data.quality.pools.key)
        return found | {"mixed_outlets": mixed} if mixed else found

    def _outlets(self) -> dict[str, int] | None:
        """Operations whose outlets are exactly at their most, and those only counted so."""
        quality = self.problem.data.quality
        if not len(quality.load_of):
            return None
        exact = len(np.unique(quality.load_of[quality.exact]))
        every = len(np.unique(quality.load_of))
        return {"exact": exact, "counted_at_most": every - exact}

    def _pairs(self) -> dict[str, int] | None:
        """How many pairs of sources and sinks may meet; None where no commodity is graded."""
        quality = self.problem.data.quality
        if not len(quality.sources.key) and not len(quality.sinks.key):
            return None
        return {"open": len(quality.key), "left_out": len(quality.pruned)}

    @cached_property
    def park_hash(self) -> str:
        """SHA-256 of the park's data as it was read."""
        return content_hash(self.park)

    def write(self, folder: str | Path, also: Mapping[str, Any] | None = None) -> Path:
        """Write the plan's tables as Parquet and ``plan.json`` into ``folder``.

        ``also`` stands in ``plan.json`` besides what ``summary`` says.

        Each file is complete or not there: it is written beside its place and renamed.
        """
        where = Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        tables = {name: quantity.frame() for name, quantity in self.flows.items()}
        tables |= {
            "builds": self.builds,
            "blends": self.blends,
            "matches": self.matches,
            "measures": self.measures,
            "duals": self.duals,
            "reduced_cost": self.reduced_cost,
            "check": self.judged.check.frame,
            "heat": self.heat,
            "pruned": self.pruned,
        }
        for name, frame in tables.items():
            if len(frame):
                _replace(where / f"{name}.parquet", frame.to_parquet(index=False))
        text = json.dumps({**self.summary(), **(also or {})}, ensure_ascii=False, indent=2)
        _replace(where / "plan.json", text.encode())
        return where


def _years(account: Account, name: str) -> dict[str, float]:
    return {str(year): float(value) for year, value in account.annual(name).items()}


def _by_year(account: Account) -> dict[str, dict[str, float]]:
    return {name: _years(account, name) for name in account.measures}


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(f".{file.name}.part")
    with beside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def versions() -> dict[str, str]:
    """Versions of what made the answer."""
    return {name: metadata.version(name) for name in VERSIONS} | {
        "python": platform.python_version()
    }
