"""Measures of hand-made plans, with the sums written out."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from circularpark.account.measures import Account, account
from tests.account.toy import (
    NAN,
    Toy,
    quantity,
    rows,
    toy_flows,
    toy_links,
    toy_tables,
    with_cell,
)


def of(toy: Toy, flows: object = None) -> Account:
    return account(toy, toy.time, toy.links_of, flows or toy_flows())  # type: ignore[arg-type]


def entries(told: Account, measure: str) -> dict[tuple[str, str], float]:
    """(item, term) -> value of one measure, transfers left out."""
    frame = told.frame[(told.frame["measure"] == measure) & (told.frame["term"] != "transfer")]
    return {(r.item, r.term): r.value for r in frame.itertuples()}


def test_co2_is_what_burns_what_is_bought_and_what_is_moved() -> None:
    told = of(Toy())
    assert entries(told, "co2") == pytest.approx(
        {
            ("boiler", "emitted"): 3 * 8000 * 0.2,
            ("gas_grid", "factor"): 3 * 8000 * 0.02,
            ("pipe", "moving"): 8 * 8000 * 0.001,
        }
    )
    assert told.annual("co2")[2025] == pytest.approx(4800 + 480 + 64)


def test_the_total_of_co2_counts_the_parks_scopes_and_lists_the_others() -> None:
    told = of(Toy(scopes=(1, 2)))
    assert told.annual("co2")[2025] == pytest.approx(4800)
    by_scope = told.by_scope("co2").set_index("scope")["value"]
    assert by_scope.to_dict() == pytest.approx({1: 4800, 3: 544})
    assert told.by_company("co2")["value"].sum() == pytest.approx(4800)


def test_cost_is_money_of_flows_and_of_capacity() -> None:
    told = of(Toy())
    assert entries(told, "cost") == pytest.approx(
        {
            ("gas_grid", "purchases"): 3 * 8000 * 30,
            ("boiler", "var_om"): 2.4 * 8000 * 0.5,
            ("boiler", "fixed_om"): 0.02 * 1000 * 5,
            ("pipe", "moving"): 8 * 8000 * 0.1,
            ("pipe", "capex_annuity"): 8 * (900 + 100) / 20,
            ("pipe", "fixed_om"): 0.05 * 8 * (900 + 100),
        }
    )
    assert entries(told, "capex") == {("pipe", "building"): 8000}
    assert told.annual("cost")[2025] == pytest.approx(736_900)


def test_a_links_price_moves_money_between_companies_and_nets_out() -> None:
    told = of(Toy())
    shares = told.by_company("cost").set_index("company")["value"]
    assert shares["Mill Ltd"] == pytest.approx(-2 * 8 * 8000)
    assert shares.sum() == pytest.approx(736_900)
    assert told.by_term("cost").set_index("term").loc["transfer", "value"] == pytest.approx(0)


def test_energy_counts_what_is_bought_less_what_is_sold_and_land_what_stands() -> None:
    told = of(Toy())
    assert told.annual("energy")[2025] == pytest.approx(3 * 8000 * 122.9 / 1000)
    assert told.annual("land")[2025] == pytest.approx(0.1 * 5)
    assert told.annual("water")[2025] == 0


def test_built_capacity_pays_an_annuity_with_interest() -> None:
    told = of(Toy(discount_rate=0.05))
    annuity = 0.05 / (1 - 1.05**-20)
    assert entries(told, "cost")["pipe", "capex_annuity"] == pytest.approx(8000 * annuity)


def test_existing_capacity_pays_again_from_the_end_of_its_life() -> None:
    aged = with_cell(toy_tables()["processes"], "boiler", built=2004.0)
    told = of(Toy({"processes": aged}))
    assert entries(told, "cost")["boiler", "renewal"] == pytest.approx(5 * 1000 / 20)
    assert ("boiler", "building") not in entries(told, "capex")


def test_a_closed_boiler_pays_nothing() -> None:
    closed = with_cell(toy_tables()["processes"], "boiler", retires=2025.0)
    assert ("boiler", "fixed_om") not in entries(of(Toy({"processes": closed})), "cost")


def test_what_is_paid_once_is_counted_once() -> None:
    fixed = toy_links().assign(capex_fixed_per_km=500.0)
    told = of(Toy(links=fixed))
    assert entries(told, "capex")["pipe", "building"] == pytest.approx(8000 + 500)
    assert entries(told, "cost")["pipe", "capex_annuity"] == pytest.approx(8500 / 20)


def market(item: str, commodity: str, direction: str, **cells: object) -> dict[str, object]:
    row = toy_tables()["markets"].iloc[0].to_dict()
    return {**row, "id": item, "commodity": commodity, "direction": direction, **cells}


def commodity(item: str, **cells: object) -> dict[str, object]:
    row = toy_tables()["commodities"].iloc[0].to_dict()
    return {**row, "id": item, **cells}


def test_coal_water_and_waste_count_tonnes_of_what_the_catalogue_marks() -> None:
    goods = rows(
        commodity("lignite", tonnes=0.001, counts_as="coal", kgce=0.5),
        commodity("raw_water", tonnes=1.0, counts_as="water"),
        commodity("ash", tonnes=1.0),
    )
    trade = rows(
        market("coal_yard", "lignite", "buy", price=0.8),
        market("river", "raw_water", "buy", price=4.0),
        market("landfill", "ash", "dispose", price=100.0),
    )
    flows = {
        "exchange": quantity(
            ("market", "site"),
            "period",
            {("coal_yard", "farm"): 2000.0, ("river", "farm"): 5.0, ("landfill", "farm"): 0.5},
        )
    }
    told = of(Toy({"commodities": goods, "markets": trade, "factors": rows()}), flows)
    assert told.annual("coal")[2025] == pytest.approx(2 * 8000)
    assert told.annual("water")[2025] == pytest.approx(5 * 8000)
    assert told.annual("waste")[2025] == pytest.approx(0.5 * 8000)
    assert entries(told, "cost")["landfill", "disposal"] == pytest.approx(0.5 * 8000 * 100)


def test_sales_bring_money_and_take_energy_back() -> None:
    sold = rows(market("export", "gas", "sell", price=20.0))
    flows = {"exchange": quantity(("market", "site"), "period", {("export", "farm"): 1.0})}
    told = of(Toy({"markets": sold, "factors": rows()}), flows)
    assert entries(told, "cost")["export", "sales"] == pytest.approx(-20 * 8000)
    assert told.annual("energy")[2025] == pytest.approx(-122.9 * 8)


def test_a_stored_market_has_no_scope_1_carbon() -> None:
    trade = rows(
        market("stack", "gas", "vent", price=0.0, stored=False),
        market("aquifer", "gas", "vent", price=0.0, stored=True),
    )
    emits = [
        {"table": "markets", "item": i, "measure": "co2", "value": 1.0, "scope": 1.0}
        for i in ("stack", "aquifer")
    ]
    both = {("stack", "farm"): 1.0, ("aquifer", "farm"): 1.0}
    flows = {"exchange": quantity(("market", "site"), "period", both)}
    told = of(Toy({"markets": trade, "factors": rows(*emits)}), flows)
    assert told.annual("co2")[2025] == pytest.approx(8000)


def test_any_measure_may_act_on_any_flow() -> None:
    given = [
        ("streams", "waste_steam", 1.0),
        ("demands", "heating", 10.0),
        ("processes", "boiler", 100.0),
        ("links", "pipe", 1000.0),
        ("commodities", "gas", 10_000.0),
    ]
    factors = rows(
        *[{"table": t, "item": i, "measure": "so2", "value": v, "scope": NAN} for t, i, v in given]
    )
    told = of(Toy({"factors": factors}))
    flows = 8 * 1 + 10 * 10 + 2.4 * 100 + 8 * 1000 + 3 * 10_000
    assert told.annual("so2")[2025] == pytest.approx(flows * 8000)
    assert set(told.frame.loc[told.frame["measure"] == "so2", "scope"]) == {1, 3}


def test_a_transports_factor_holds_for_its_links_unless_they_have_their_own() -> None:
    def factor(table: str, item: str, value: float) -> dict[str, object]:
        return {"table": table, "item": item, "measure": "so2", "value": value, "scope": NAN}

    general = factor("transports", "pipe", 5.0)
    assert of(Toy({"factors": rows(general)})).annual("so2")[2025] == pytest.approx(8 * 8000 * 5)
    own = factor("links", "pipe", 7.0)
    assert of(Toy({"factors": rows(general, own)})).annual("so2")[2025] == pytest.approx(
        8 * 8000 * 7
    )


def test_an_output_with_emits_takes_carbon_back() -> None:
    recipe = toy_tables()["recipes"].assign(emits=True)
    goods = with_cell(toy_tables()["commodities"], "steam", co2=0.05)
    told = of(Toy({"recipes": recipe, "commodities": goods}))
    burnt, kept = 3 * 8000 * 0.2, 2.4 * 8000 * 0.05
    scope1 = told.by_scope("co2").set_index("scope").loc[1, "value"]
    assert scope1 == pytest.approx(burnt - kept)


def day_and_night(**scenario: object) -> pd.DataFrame:
    """A year of 5000 h day and 3000 h night."""
    basic = {"year": NAN, "month": "", "scenario": "", "probability": 1.0, "next": "", **scenario}
    return rows(
        {"period": "day", "hours": 2.0, "weight": 2500.0, **basic},
        {"period": "night", "hours": 1.0, "weight": 3000.0, **basic},
    )


def test_a_price_follows_its_profile_and_a_peak_is_paid_once_a_month() -> None:
    shape = pd.DataFrame({"period": ["day", "night"], "tariff": [1.5, 0.5]})
    priced = with_cell(toy_tables()["markets"], "gas_grid", profile="tariff", peak_price=12.0)
    toy = Toy({"periods": day_and_night(), "profiles": shape, "markets": priced})
    flows = {
        "exchange": quantity(("market", "site"), "period", {("gas_grid", "farm"): [4.0, 2.0]}),
        "peak": quantity(("market", "site"), "month", {("gas_grid", "farm"): [4.0]}),
    }
    told = entries(of(toy, flows), "cost")
    assert told["gas_grid", "purchases"] == pytest.approx(30 * (1.5 * 4 * 5000 + 0.5 * 2 * 3000))
    assert told["gas_grid", "peak"] == pytest.approx(12 * 4)


def test_unmet_demand_costs_and_is_counted() -> None:
    short = with_cell(toy_tables()["demands"], "heating", unmet_cost=1000.0)
    flows = {**toy_flows(), "unmet": quantity("demand", "period", {"heating": 0.25})}
    told = of(Toy({"demands": short}), flows)
    assert entries(told, "cost")["heating", "unmet"] == pytest.approx(0.25 * 8000 * 1000)
    assert told.annual("unmet")[2025] == pytest.approx(2000)


def test_a_later_year_pays_for_what_was_built_before_and_costs_are_discounted() -> None:
    toy = Toy(years=(2025, 2030, 2050), discount_rate=0.1)
    flows = {
        "exchange": quantity(("market", "site"), "period", {("gas_grid", "farm"): [3.0, 2.0, 1.0]}),
        "build": quantity("item", "year", {"pipe": [8.0, 0.0, 1.0]}),
    }
    told = of(toy, flows)
    annuity = 0.1 / (1 - 1.1**-20)
    assert entries_of_year(told, "capex_annuity") == pytest.approx(
        {2025: 8000 * annuity, 2030: 8000 * annuity, 2050: 1000 * annuity}
    )
    assert told.annual("capex").to_list() == pytest.approx([8000, 0, 1000])
    # 2025 stands for 5 years, 2030 for 20, 2050 for as many as 2030 does.
    weights = [
        sum(1.1**-k for k in range(5)),
        sum(1.1 ** -(5 + k) for k in range(20)),
        sum(1.1 ** -(25 + k) for k in range(20)),
    ]
    assert told.whole("cost") == pytest.approx(told.annual("cost").to_numpy() @ weights)
    assert told.whole("co2") == pytest.approx(8000 * 0.02 * (3 * 5 + 2 * 20 + 1 * 20))
    assert told.whole("capex") == pytest.approx(9000)
    stage = SimpleNamespace(weights={"co2": 1.0, "capex": 0.01})
    assert told.objective(stage) == pytest.approx(told.whole("co2") + 90)  # type: ignore[arg-type]


def entries_of_year(told: Account, term: str) -> dict[int, float]:
    frame = told.frame[told.frame["term"] == term]
    return dict(zip(frame["year"], frame["value"], strict=True))


def test_measures_are_expectations_over_scenarios_and_each_has_its_own_tables() -> None:
    periods = pd.concat(
        [
            day_and_night(scenario="cheap", probability=0.75),
            day_and_night(scenario="dear", probability=0.25),
        ]
    )
    dear = with_cell(toy_tables()["markets"], "gas_grid", price=50.0)
    toy = Toy({"periods": periods}, later={(2025, "dear"): {"markets": dear}})
    draws = {("gas_grid", "farm"): [3.0, 3.0, 2.0, 2.0]}
    told = of(toy, {"exchange": quantity(("market", "site"), "period", draws)})
    spent = told.by_term("cost").set_index("term").loc["purchases", "value"]
    assert spent == pytest.approx(0.75 * 30 * 3 * 8000 + 0.25 * 50 * 2 * 8000)
    assert told.blocks("co2") == pytest.approx([0.02 * 3 * 8000, 0.02 * 2 * 8000])


def test_members_of_a_group_count_by_their_own_flow() -> None:
    recipe = toy_tables()["recipes"]
    fuels = pd.concat([recipe, recipe.iloc[[1]].assign(row=3, commodity="steam", emits=False)])
    fuels = fuels.assign(group=["", "fuel", "fuel"])
    flows = toy_flows()
    flows["share_flow"] = quantity(
        ("process", "row"), "period", {("boiler", "2"): 2.0, ("boiler", "3"): 1.0}
    )
    told = of(Toy({"recipes": fuels}), flows)
    assert entries(told, "co2")["boiler", "emitted"] == pytest.approx(2 * 8000 * 0.2)


def test_the_account_adds_up_from_its_rows() -> None:
    told = of(Toy())
    for measure in ("co2", "cost", "capex", "energy", "land"):
        total = told.frame.loc[told.frame["measure"] == measure, "value"].sum()
        assert total == pytest.approx(told.annual(measure)[2025])


def test_no_flows_cost_what_stands_and_nothing_else() -> None:
    told = of(Toy(), {"taken": replace(toy_flows()["taken"], values=np.zeros((1, 1)))})
    assert entries(told, "cost") == {("boiler", "fixed_om"): pytest.approx(100)}
