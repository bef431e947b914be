"""The items of projects with their money: capex, range, lifetime, upkeep, own terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.account.finance import LONGEST
from circularpark.park.finance import Terms
from circularpark.program.assemble import year_weight
from circularpark.program.exchangers import exchanger_frame
from circularpark.program.time import Floats, annuity
from circularpark.solve.naming import item_names, item_units
from circularpark.solve.projects import Projects
from circularpark.studies.project_list import Listed, ProjectList

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem
    from circularpark.solve.plan import Plan

# Capacities smaller than this share of what is built are no investment of a year.
DUST = 1e-9


@dataclass(frozen=True)
class Investments:
    """Items of all projects: group, item, kind, capacity, unit, year, capex, ... a row each.

    names : (groups,) of the projects; own : (groups,) financial terms that a list gives
    """

    problem: Problem
    table: pd.DataFrame
    names: tuple[str, ...]
    own: tuple[Mapping[str, float], ...]

    def of(self, group: int) -> pd.DataFrame:
        """The items of one project, largest capex first."""
        return self._groups[group]

    @cached_property
    def _groups(self) -> dict[int, pd.DataFrame]:
        ordered = self.table.sort_values("capex", ascending=False, kind="stable")
        group = ordered["group"].to_numpy(dtype=np.int64)
        plain = ordered.drop(columns="group")
        return {
            place: plain[group == place].reset_index(drop=True)
            for place in np.unique(group).tolist()
        }

    def terms_of(self, group: int) -> Mapping[str, float]:
        """The subsidy and loan that a list gives of this project."""
        return self.own[group]

    @staticmethod
    def lives(items: pd.DataFrame) -> pd.Series:
        """Whole years that each item lives."""
        life = items["lifetime"].fillna(LONGEST).clip(1, LONGEST)
        return life.round().astype(int)

    def alive(self, items: pd.DataFrame) -> Floats:
        """Whether each item stands in each planning year, (n, Y)."""
        years = np.array(self.problem.data.time.years, dtype=float)
        begins = items["year"].to_numpy(dtype=float)[:, None]
        life = items["model_lifetime"].to_numpy(dtype=float)[:, None]
        return np.asarray((begins <= years) & (years < begins + life), dtype=float)

    def upkeep(self, items: pd.DataFrame) -> Floats:
        """What keeping the items costs in each planning year, (Y,)."""
        return np.asarray(items["upkeep"].to_numpy(dtype=float) @ self.alive(items), dtype=float)

    def beyond_model(self, items: pd.DataFrame) -> dict[str, float]:
        """What each item costs a year more than the model counts, in the last planning year."""
        stands = self.alive(items)[:, -1]
        more = (self._own(items) - self._model(items)) * stands
        found: dict[str, float] = {}
        for item, value in zip(items["item"], more, strict=True):
            found[str(item)] = found.get(str(item), 0.0) + float(value)
        return found

    def correction(self, items: pd.DataFrame) -> float:
        """The same over all planning years, as the objective weighs cost."""
        more = (self._own(items) - self._model(items)) @ self.alive(items)
        return float(more @ np.asarray(year_weight(self.problem.data, "cost"), dtype=float))

    def _own(self, items: pd.DataFrame) -> Floats:
        rate = float(self.problem.park.settings.discount_rate)
        share = annuity(rate, items["lifetime"].to_numpy(dtype=float))
        capex = items["capex"].to_numpy(dtype=float)
        return np.asarray(capex * share + items["upkeep"].to_numpy(dtype=float), dtype=float)

    def _model(self, items: pd.DataFrame) -> Floats:
        rate = float(self.problem.park.settings.discount_rate)
        share = annuity(rate, items["model_lifetime"].to_numpy(dtype=float))
        capex = items["model_capex"].to_numpy(dtype=float)
        return np.asarray(capex * (share + items["fixed_om"].to_numpy(dtype=float)), dtype=float)


def plan_items(plan: Plan, projects: Projects) -> Investments:
    """The investments of a plan: what it builds beyond what stands today."""
    rows = []
    for group, members in enumerate(projects.groups):
        rows += _rows(projects, group, members)
    table = _priced(projects.problem, pd.DataFrame(rows), None)
    names = tuple(
        str(table[table["group"] == g].sort_values("capex", ascending=False)["item"].iloc[0])
        for g in range(len(projects.groups))
    )
    return Investments(plan.problem, table, names, tuple({} for _ in names))


def listed_items(problem: Problem, projects: Projects, listed: ProjectList) -> Investments:
    """The investments of a list, with the money that it says."""
    rows, own, said = [], [], {row.item: row for row in listed.rows}
    for group, (members, lines) in enumerate(
        zip(projects.groups, listed.projects.values(), strict=True)
    ):
        rows += _rows(projects, group, members)
        own.append(_terms(lines))
    table = _priced(problem, pd.DataFrame(rows), said)
    return Investments(problem, table, tuple(listed.projects), tuple(own))


def _terms(lines: list[Listed]) -> dict[str, float]:
    """What the rows of a project say of its subsidy and loan."""
    found: dict[str, float] = {}
    for name, part in (
        ("subsidy", 1.0),
        ("loan_share", 0.01),
        ("loan_rate", 0.01),
        ("loan_years", 1.0),
    ):
        values = [line.number(name) for line in lines if not np.isnan(line.number(name))]
        if values:
            found[name] = values[0] * part
    return found


def _rows(projects: Projects, group: int, members: np.ndarray) -> list[dict[str, object]]:
    """An item and year a row: what is built of it beyond today."""
    given, years = projects.given, projects.problem.data.time.years
    found: list[dict[str, object]] = []
    for member in members:
        row = int(projects.rows[member])
        more = np.maximum(given.built[row] - given.today[row], 0.0)
        for year in np.flatnonzero(more > DUST * more.max()):
            item = str(projects.items[member])
            found.append(
                {"group": group, "item": item, "build": row, "place": int(year),
                 "year": int(years[year]), "capacity": float(more[year])}
            )  # fmt: skip
    return found


def _priced(
    problem: Problem, table: pd.DataFrame, said: Mapping[str, Listed] | None
) -> pd.DataFrame:
    """The items with their money: the model's, and a list's own where it says any."""
    data = problem.data
    if not len(table):
        table = pd.DataFrame(columns=["group", "item", "build", "place", "year", "capacity"])
    item = data.item.expandable[table["build"].to_numpy(dtype=np.int64)]
    place = table["place"].to_numpy(dtype=np.int64)
    capacity = table["capacity"].to_numpy(dtype=float)
    # What is paid once is paid in the first year of an item.
    once = data.item.capex_fixed[item, place] * ~table["item"].duplicated().to_numpy()
    capex = data.item.capex[item, place] * capacity + once
    names, units = item_names(data), item_units(data)
    life = data.item.lifetime[item, place]
    found = table.assign(
        kind=data.item.kind[item],
        unit=[units.get(i, "") for i in table["item"]],
        capex=capex,
        lifetime=life,
        model_capex=capex,
        model_lifetime=life,
        fixed_om=data.item.fixed_om[item, place],
        confidence=_confidence(problem, table["item"]),
        name_zh=[names.get(i, {}).get("zh", i) for i in table["item"]],
        name_en=[names.get(i, {}).get("en", i) for i in table["item"]],
    )
    found["upkeep"] = found["fixed_om"] * found["capex"]
    found["own"] = False
    if said is not None:
        found = _with_own(found, said)
    else:
        found = found.assign(capex_least=np.nan, capex_most=np.nan)
    return found.drop(columns=["build", "place"])


def _with_own(table: pd.DataFrame, said: Mapping[str, Listed]) -> pd.DataFrame:
    """The table with a list's own figures in place of the model's."""
    rows = [said[str(item)] for item in table["item"]]

    def own(name: str) -> pd.Series:
        return pd.Series([row.number(name) for row in rows], index=table.index, dtype=float)

    capex = own("capex")
    found = table.assign(
        capex=capex.fillna(table["capex"]),
        lifetime=own("lifetime").fillna(table["lifetime"]),
        own=capex.notna(),
        capex_least=own("capex_least"),
        capex_most=own("capex_most"),
        confidence=[
            row.texts["confidence"] or (known if np.isnan(row.number("capex")) else "")
            for row, known in zip(rows, table["confidence"], strict=True)
        ],
    )
    # Upkeep is a share of what the list says the thing costs, unless it says the upkeep itself.
    found["upkeep"] = own("yearly_cost").fillna(found["fixed_om"] * found["capex"])
    return found


def _confidence(problem: Problem, items: pd.Series) -> list[str]:
    """How sure the price of each item is: of its technology, transport, store or carrier."""
    tables = problem.data.blocks.first
    by_id = {
        name: dict(zip(frame["id"], frame["confidence"], strict=True))
        for name, frame in (
            ("technologies", tables.technologies),
            ("commodities", tables.commodities),
            ("storages", tables.storages),
        )
    }
    processes = tables.processes
    found = {
        str(name): by_id["technologies"].get(technology, "")
        for name, technology in zip(processes["id"], processes["technology"], strict=True)
    }
    found |= {str(k): v for k, v in by_id["storages"].items()}
    made = exchanger_frame(problem.data)
    found |= {
        str(name): by_id["commodities"].get(good, "")
        for name, good in zip(made["id"], made["commodity"], strict=True)
    }
    transports = tables.transports.drop_duplicates(["id", "commodity"])
    keys = zip(transports["id"], transports["commodity"], strict=True)
    ways = dict(zip(keys, transports["confidence"], strict=True))
    links = problem.data.blocks.links
    for name, way, good in zip(links["id"], links["transport"], links["commodity"], strict=True):
        found[str(name)] = ways.get((way, good), ways.get((way, ""), ""))
    return [str(found.get(str(item), "")) for item in items]


def ranged(table: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """The items with ``least`` and ``most``: by what factors their capex may come out."""
    least, most = [], []
    for row in table.to_dict("records"):
        low, high = terms.capex_range(str(row["confidence"]))
        capex = float(row["capex"])
        said_low, said_high = float(row["capex_least"]), float(row["capex_most"])
        least.append(said_low / capex if capex > 0 and said_low == said_low else low)
        most.append(said_high / capex if capex > 0 and said_high == said_high else high)
    return table.assign(least=least, most=most)
