"""Every kind of limit, held just and just broken by a hand-made plan."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from circularpark.account.check import Check, check
from circularpark.account.flows import Quantity
from tests.account.test_check import storage_flows, storage_toy
from tests.account.toy import NAN, Toy, limited, quantity, rows, scaled, toy_flows, with_cell


def judge(toy: Toy, flows: Mapping[str, Quantity] | None = None, **options: object) -> Check:
    return check(toy, toy.time, toy.links_of, flows or toy_flows(), **options)  # type: ignore[arg-type]


def error(limits: pd.DataFrame, tables: Mapping[str, pd.DataFrame] | None = None) -> float:
    """The error of one limit; everything else must hold."""
    found = judge(Toy({**(tables or {}), "limits": limits}))
    assert all(f.worst < 1e-6 for f in found.families if f.name != "limit")
    return found.error("limit")


CO2, COST, GAS, STEAM_SENT = 5344.0, 736_900.0, 24_000.0, 64_000.0


@pytest.mark.parametrize(
    ("amount", "cells"),
    [
        (CO2, {"measure": "co2"}),
        (480.0, {"measure": "co2", "site": "farm", "item": "*grid"}),
        (COST, {"measure": "cost"}),
        (8000.0, {"measure": "capex"}),
        (8000.0, {"measure": "capex", "period": "all"}),
        (3 * 0.22 + 8 * 0.001, {"measure": "co2", "period": "each"}),
        (3 * 30 + 2.4 * 0.5 + 8 * 0.1, {"measure": "cost", "period": "each"}),
        (GAS, {}),
        (GAS, {"item": "gas_*"}),
        (GAS, {"commodity": "gas", "site": "farm"}),
        (3.0, {"item": "gas_grid", "period": "each"}),
        (8 * 8000.0, {"table": "streams"}),
        (8 * 8000.0, {"table": "offers", "commodity": "steam"}),
        (80_000.0, {"table": "demands"}),
        (2.4 * 8000, {"table": "processes"}),
        (3 * 8000.0, {"table": "processes", "commodity": "gas"}),
        (STEAM_SENT, {"table": "links", "site": "mill"}),
        (STEAM_SENT, {"table": "links", "site": "farm"}),
        (13.0, {"table": "capacity"}),
        (8.0, {"table": "capacity", "site": "mill"}),
        (5.0, {"table": "capacity", "item": "boiler"}),
        (CO2 / 400, {"measure": "co2", "per_measure": "value_added"}),
        (CO2 / 60, {"measure": "co2", "per_measure": "area_mu", "per_site": "farm"}),
        (CO2 / GAS, {"measure": "co2", "per_table": "markets", "per_item": "gas_grid"}),
        (GAS / STEAM_SENT, {"table": "markets", "per_table": "links", "per_commodity": "steam"}),
        (GAS / STEAM_SENT, {"per_table": "streams", "period": "each"}),
    ],
)  # fmt: skip
def test_a_limit_holds_at_its_amount_and_breaks_beside_it(
    amount: float, cells: dict[str, object]
) -> None:
    assert error(limited("<=", amount, **cells)) < 1e-12
    assert error(limited(">=", amount, **cells)) < 1e-12
    assert error(limited("=", amount, **cells)) < 1e-12
    assert error(limited("<=", 0.9999 * amount, **cells)) > 1e-5
    assert error(limited(">=", 1.0001 * amount, **cells)) > 1e-5
    assert error(limited("=", 0.9999 * amount, **cells)) > 1e-5


def test_a_limit_of_another_year_does_not_bind() -> None:
    assert error(limited("<=", 1.0, measure="co2", years=(2030,))) == 0
    assert error(limited("<=", 1.0, measure="co2", years=(2025,))) > 0.1


def test_a_limit_relative_to_a_record_is_a_factor_on_it() -> None:
    records = rows(
        {"year": 2020, "measure": "co2", "table": "", "item": "", "company": "", "value": 10_000.0},
        {"year": 2020, "measure": "", "table": "markets", "item": "gas_grid", "company": "Farm Ltd",
         "value": 48_000.0},
    )  # fmt: skip
    told = {"records": records}
    assert error(limited("<=", 0.5344, measure="co2", relative_to="2020"), told) < 1e-12
    assert error(limited("<=", 0.534, measure="co2", relative_to="2020"), told) > 1e-5
    assert error(limited("<=", 0.5, item="gas_grid", relative_to="2020"), told) < 1e-12
    assert error(limited("<=", 0.49, item="gas_grid", relative_to="2020"), told) > 1e-3


def test_a_limit_without_its_record_is_broken() -> None:
    records = rows({"year": 2021, "measure": "co2", "company": "", "value": 10_000.0})
    assert error(limited("<=", 9.0, measure="co2", relative_to="2020"), {"records": records}) > 1


def best() -> dict[str, Quantity]:
    """All steam from the boiler: 10 MW from 12.5 MW of gas; the mill's is left."""
    return {
        "activity": quantity("process", "period", {"boiler": 10.0}),
        "exchange": quantity(("market", "site"), "period", {("gas_grid", "farm"): 12.5}),
    }


def test_a_ceiling_per_tonne_compares_with_the_best_operation() -> None:
    co2 = 12.5 * 8000 * 0.22
    cost = 12.5 * 8000 * 30 + 10 * 8000 * 0.5 + 100
    ceiling = (COST - cost) / (co2 - CO2)
    cells = {"measure": "cost", "per_measure": "co2", "relative_to": "best_operation"}
    for value, good in ((ceiling, True), (ceiling - 0.01, False)):
        toy = Toy({"limits": limited("<=", value, **cells)})
        assert judge(toy, best=best()).ok is good
    half = limited("<=", CO2 / co2, measure="co2", relative_to="best_operation")
    assert judge(Toy({"limits": half}), best=best()).ok
    assert judge(Toy({"limits": half})).unjudged == ("best_operation",)


def pathway(draws: list[float]) -> tuple[dict[str, object], dict[str, Quantity]]:
    years = (2025, 2030, 2035)
    bought = quantity(("market", "site"), "period", {("gas_grid", "farm"): draws})
    return {"years": years}, {"exchange": bought}


@pytest.mark.parametrize(
    ("draws", "good"),
    [([2.0, 3.0, 2.5], True), ([3.1, 3.0, 2.5], False), ([2.0, 3.0, 3.1], False)],
)
def test_a_peak_is_the_largest_year_and_nothing_rises_after_it(
    draws: list[float], good: bool
) -> None:
    settings, flows = pathway(draws)
    toy = Toy({"limits": limited("peak", 2030.0, item="gas_grid")}, **settings)
    assert (judge(toy, flows).error("limit") < 1e-9) is good


def test_after_the_peak_even_a_dip_may_not_be_followed_by_a_rise() -> None:
    settings, flows = pathway([3.0, 2.0, 2.5])
    toy = Toy({"limits": limited("peak", 2025.0, item="gas_grid")}, **settings)
    assert judge(toy, flows).error("limit") > 1e-2


def test_a_limit_of_all_years_sums_them() -> None:
    settings, flows = pathway([1.0, 2.0, 3.0])
    cells = {"item": "gas_grid", "period": "all"}
    for value, years, good in (
        (48_000.0, (), True),
        (47_900.0, (), False),
        (24_000.0, (2025, 2030), True),
        (23_900.0, (2025, 2030), False),
    ):
        toy = Toy({"limits": limited("<=", value, years=years, **cells)}, **settings)
        assert (judge(toy, flows).error("limit") < 1e-9) is good


def test_a_limit_holds_in_each_scenario_not_on_average() -> None:
    basic = {"year": NAN, "month": "", "hours": 1.0, "weight": 8000.0, "next": ""}
    periods = rows(
        {"period": "a", "scenario": "low", "probability": 0.5, **basic},
        {"period": "b", "scenario": "high", "probability": 0.5, **basic},
    )
    toy = Toy({"periods": periods, "limits": limited("<=", 24_000.0, item="gas_grid")})
    bought = quantity(("market", "site"), "period", {("gas_grid", "farm"): [2.0, 4.0]})
    frame = judge(toy, {"exchange": bought}).frame
    worst = frame[(frame["family"] == "limit") & (frame["error"] > 1e-6)]
    assert worst["period"].to_list() == ["2025@high"]


def test_each_period_is_held_by_itself() -> None:
    toy = storage_toy()
    rule = limited("<=", 3.4, table="processes", item="boiler", period="each")
    same = {"storages": toy.tables.storages, "periods": toy.tables.periods}
    toy = Toy({**same, "limits": rule})
    assert judge(toy, storage_flows()).ok
    found = judge(toy, scaled(storage_flows(), "activity", 1.01))
    assert found.error("limit") > 1e-3


def test_limits_are_left_out_for_a_best_operation() -> None:
    toy = Toy({"limits": limited("<=", 1.0, measure="co2")})
    assert judge(toy).error("limit") > 0.1
    assert judge(toy, limits=False).error("limit") == 0


def test_scopes_left_out_of_co2_are_left_out_of_its_limits() -> None:
    toy = Toy({"limits": limited("=", 4800.0, measure="co2")}, scopes=(1,))
    assert judge(toy).ok


def test_value_of_a_path_holds_in_its_year() -> None:
    settings, flows = pathway([3.0, 2.0, 1.0])
    now = limited("<=", 24_000.0, item="gas_grid")
    later = {(y, ""): {"limits": with_cell(now, "rule", value=v)}
             for y, v in ((2030, 16_000.0), (2035, 7_000.0))}  # fmt: skip
    frame = judge(Toy({"limits": now}, later=later, **settings), flows).frame
    worst = frame[(frame["family"] == "limit") & (frame["error"] > 1e-6)]
    assert worst["period"].to_list() == ["2035"]
