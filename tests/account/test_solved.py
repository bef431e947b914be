"""Solved plans before the judge: right as they are, wrong after any one number changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from circularpark.account.book import Book
from circularpark.account.check import Check, check_book
from circularpark.account.measures import account
from circularpark.park import read_park
from circularpark.solve.plan import Plan
from circularpark.solve.run import solve
from tests.account.rich import rich_park

EVERY_FAMILY = {
    "finite", "sign", "unknown", "balance", "stream", "unmet", "share", "group", "market",
    "market_year", "peak", "process_capacity", "link_capacity", "one_way", "storage_level",
    "storage_charge", "storage_discharge", "storage_balance", "capacity", "build_year",
    "unit_size", "capacity_max", "required", "limit",
}  # fmt: skip
FLOWS = (
    "activity", "share_flow", "link_flow", "link_flow_back", "exchange", "peak", "taken",
    "charge", "discharge", "level", "build", "capacity",
)  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return solve(read_park(rich_park(tmp_path_factory.mktemp("rich"))))


def judge(plan: Plan, **changed: Any) -> Check:
    """The judge's word on the plan's flows, some of them or the park changed."""
    park = changed.pop("park", plan.park)
    links_of = changed.pop("links_of", plan.problem.data.blocks.links_at)
    flows = {**plan.flows, **changed}
    assert plan.best is not None
    book = Book(park, plan.problem.data.time, links_of, flows)
    return check_book(book, best=plan.best.account)


def test_a_park_with_every_kind_of_row_is_judged_right(plan: Plan) -> None:
    found = judge(plan)
    assert found.ok, found.frame.head()
    assert {family.name for family in found.families} == EVERY_FAMILY


def test_the_account_is_the_programs_objective(plan: Plan) -> None:
    data = plan.problem.data
    told = account(plan.park, data.time, data.blocks.links_at, plan.flows)
    for objective in plan.problem.objectives:
        program = float(objective.costs @ plan.optimum.x) + objective.offset
        size = float(np.abs(objective.costs * plan.optimum.x).sum()) + abs(objective.offset)
        stage = SimpleNamespace(weights=objective.weights)
        assert told.objective(stage) == pytest.approx(program, abs=1e-12 * size + 1e-9)


@pytest.mark.parametrize("name", FLOWS)
def test_no_flow_of_a_plan_may_change(plan: Plan, name: str) -> None:
    flow = plan.flows[name]
    assert flow.values.max() > 0, "the park must use this flow"
    largest = np.unravel_index(np.argmax(flow.values), flow.values.shape)
    errors = []
    for factor in (0.9999, 1.0001):
        values = flow.values.copy()
        values[largest] *= factor
        errors.append(judge(plan, **{name: replace(flow, values=values)}).worst)
    assert max(errors) > 1e-6


class Changed:
    """The plan's park with one column of one table changed in every year."""

    def __init__(
        self, plan: Plan, table: str, item: str, column: str, change: Callable[[Any], Any]
    ) -> None:
        self._park = plan.park
        self.settings, self.arrays = plan.park.settings, plan.park.arrays
        self._change = (table, item, column, change)
        self._links = plan.problem.data.blocks.links_at

    def _edited(self, frame: pd.DataFrame) -> pd.DataFrame:
        _, item, column, change = self._change
        key = "id" if "id" in frame else "technology"
        found = frame.copy()
        row = found[key] == item
        assert row.any()
        found.loc[row, column] = change(found.loc[row, column])
        return found

    def at(self, year: int, scenario: str) -> Any:
        tables = self._park.at(year, scenario)
        table = self._change[0]
        if table == "links":
            return tables
        every = {f.name: getattr(tables, f.name) for f in fields(tables)}
        return SimpleNamespace(**{**every, table: self._edited(every[table])})

    def links_of(self, year: int, scenario: str) -> pd.DataFrame:
        frame = self._links(year, scenario)
        return self._edited(frame) if self._change[0] == "links" else frame


@pytest.mark.parametrize(
    ("table", "item", "column", "factor", "family"),
    [
        ("streams", "ash_out", "amount", 1.0001, "stream"),
        ("demands", "heating", "amount", 1.0001, "balance"),
        ("demands", "drying", "unit_factor", 1.0001, "balance"),
        ("recipes", "boiler", "rate", 1.0001, "balance"),
        ("recipes", "boiler", "max_share", 0.9999, "share"),
        ("processes", "boiler_plant", "capacity", 0.1, "process_capacity"),
        ("processes", "sun_school", "floor", 1.1, "required"),
        ("processes", "boiler_farm", "retires", 0.99, "process_capacity"),
        ("storages", "tank", "efficiency_in", 0.9999, "storage_balance"),
        ("storages", "tank", "efficiency_out", 0.9999, "storage_balance"),
        ("storages", "tank", "loss_per_hour", 1.01, "storage_balance"),
        ("storages", "tank", "lifetime", 0.1, "capacity"),
        ("storages", "battery", "hours_in", 20.0, "storage_charge"),
        ("storages", "battery", "capacity_max", 0.999, "capacity_max"),
        ("links", "pipe", "loss", 1.01, "balance"),
        ("links", "pipe", "energy_per_km", 1.01, "balance"),
        ("links", "pipe", "capacity", 0.9, "capacity"),
        ("markets", "wood", "max", 0.3, "market"),
        ("markets", "gas_net", "max", 0.1, "market"),
    ],
)
def test_a_coefficient_that_changes_is_noticed(
    plan: Plan, table: str, item: str, column: str, factor: float, family: str
) -> None:
    park = Changed(plan, table, item, column, lambda value: value * factor)
    found = judge(plan, park=park, links_of=park.links_of)
    broken = {f.name for f in found.families if f.worst > 1e-6}
    assert family in broken


@pytest.mark.parametrize(
    "limit",
    ["cap", "rate", "budget", "green", "fuel", "moved", "intensity", "less", "better", "size"],
)
def test_a_limit_that_is_a_thousand_times_tighter_is_broken(plan: Plan, limit: str) -> None:
    row = plan.park.tables.limits.set_index("id").loc[limit]
    at_most = row["sense"] == "<="

    def error(scale: float) -> float:
        park = Changed(plan, "limits", limit, "value", lambda value: value * scale)
        return judge(plan, park=park).error("limit")

    assert error(1.0) <= 1e-6
    assert error(1e-3 if at_most else 1e3) > 1e-3
