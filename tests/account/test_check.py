"""The judge: flows that keep every rule pass; each broken rule is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from circularpark.account.check import Check, check
from circularpark.account.flows import Quantity
from circularpark.account.judged import relative
from tests.account.toy import (
    NAN,
    Toy,
    limited,
    quantity,
    rows,
    scaled,
    toy_flows,
    toy_links,
    toy_tables,
    with_cell,
)


def judge(toy: Toy, flows: Mapping[str, Quantity] | None = None, **options: object) -> Check:
    return check(toy, toy.time, toy.links_of, flows or toy_flows(), **options)  # type: ignore[arg-type]


def broken(found: Check) -> set[str]:
    """Names of the families with an error beyond tolerance."""
    return {family.name for family in found.families if family.worst > 1e-6}


def test_flows_that_keep_every_rule_pass() -> None:
    found = judge(Toy())
    assert found.ok
    assert found.worst < 1e-15


@pytest.mark.parametrize(
    ("flow", "families"),
    [
        ("taken", {"balance", "stream"}),
        ("link_flow", {"balance", "link_capacity"}),
        ("activity", {"balance"}),
        ("exchange", {"balance"}),
        ("build", {"capacity"}),
        ("capacity", {"capacity"}),
    ],
)
def test_each_flow_changed_by_a_hundred_thousandth_fails(flow: str, families: set[str]) -> None:
    found = judge(Toy(), scaled(toy_flows(), flow, 1.00001))
    assert not found.ok
    assert broken(found) == families
    assert found.worst < 2e-5


@pytest.mark.parametrize(
    ("table", "item", "cells", "family"),
    [
        ("streams", "waste_steam", {"amount": 8.1}, "stream"),
        ("demands", "heating", {"amount": 80_001.0}, "balance"),
        ("recipes", "gas_boiler", {"rate": 1.0001}, "balance"),
        ("processes", "boiler", {"capacity": 2.39}, "process_capacity"),
        ("processes", "boiler", {"retires": 2025.0}, "process_capacity"),
        ("processes", "boiler", {"built": 2026.0}, "process_capacity"),
        ("processes", "boiler", {"min_load": 0.5}, "min_load"),
        ("markets", "gas_grid", {"max": 2.9}, "market"),
        ("markets", "gas_grid", {"min": 3.1}, "market"),
        ("markets", "gas_grid", {"from_year": 2030.0}, "market"),
        ("markets", "gas_grid", {"max_per_year": 23_999.0}, "market_year"),
        ("markets", "gas_grid", {"peak_price": 1.0}, "peak"),
        ("markets", "gas_grid", {"site": "mill"}, "unknown"),
    ],
)
def test_a_number_of_the_tables_changed_fails(
    table: str, item: str, cells: dict[str, object], family: str
) -> None:
    changed = with_cell(toy_tables()[table], item, **cells)
    assert family in broken(judge(Toy({table: changed})))


@pytest.mark.parametrize(
    ("cells", "family"),
    [
        ({"loss": 0.051}, "balance"),
        ({"capacity_max": 7.9}, "capacity_max"),
        ({"status": "forbidden"}, "build_year"),
        ({"status": "required", "floor": 8.1}, "required"),
        ({"lifetime": 0.0}, "link_capacity"),
        ({"energy_per_km": 0.1, "energy_commodity": "gas"}, "balance"),
    ],
)
def test_a_number_of_the_links_changed_fails(cells: dict[str, object], family: str) -> None:
    assert family in broken(judge(Toy(links=with_cell(toy_links(), "pipe", **cells))))


def test_a_best_operation_builds_nothing_even_of_what_is_required() -> None:
    tables = toy_tables()
    changed = {
        "streams": with_cell(tables["streams"], "waste_steam", surplus="free"),
        "processes": with_cell(tables["processes"], "boiler", capacity=12.0),
        "markets": with_cell(tables["markets"], "gas_grid", max_per_year=NAN),
    }
    toy = Toy(changed, links=with_cell(toy_links(), "pipe", status="required", floor=8.1))
    run = {
        "activity": quantity("process", "period", {"boiler": 10.0}),
        "exchange": quantity(("market", "site"), "period", {("gas_grid", "farm"): 12.5}),
    }
    assert judge(toy, run, limits=False).ok
    assert broken(judge(toy, run)) == {"required"}
    assert broken(judge(Toy(), limits=False)) == {"build_year"}


def test_building_waits_for_the_year_it_is_possible_in() -> None:
    later = toy_tables()["processes"].assign(available_from=2030.0, capacity_max=9.0)
    flows = {**toy_flows(), "build": quantity("item", "year", {"pipe": 8.0, "boiler": 1.0})}
    flows["capacity"] = quantity("item", "year", {"pipe": 8.0, "boiler": 6.0})
    assert broken(judge(Toy({"processes": later}), flows)) == {"build_year"}


def test_whole_units_are_built() -> None:
    sized = toy_tables()["processes"].assign(unit_size=2.0, capacity_max=9.0)
    flows = {**toy_flows(), "build": quantity("item", "year", {"pipe": 8.0, "boiler": 1.0})}
    flows["capacity"] = quantity("item", "year", {"pipe": 8.0, "boiler": 6.0})
    assert broken(judge(Toy({"processes": sized}), flows)) == {"unit_size"}


def test_a_free_surplus_may_be_left_but_not_made_up() -> None:
    free = with_cell(toy_tables()["commodities"], "steam", surplus="free")
    toy = Toy({"commodities": free})
    more = scaled(toy_flows(), "activity", 1.2)
    more = scaled(more, "exchange", 1.2)
    assert judge(toy, more).ok
    less = scaled(scaled(toy_flows(), "activity", 0.9), "exchange", 0.9)
    assert broken(judge(toy, less)) == {"balance"}


def test_a_free_stream_gives_at_most_its_offer() -> None:
    free = with_cell(toy_tables()["streams"], "waste_steam", surplus="free", amount=9.0)
    assert judge(Toy({"streams": free})).ok
    scarce = with_cell(free, "waste_steam", amount=7.9)
    assert broken(judge(Toy({"streams": scarce}))) == {"stream"}


def test_demand_may_stay_unmet_only_at_a_cost() -> None:
    flows = scaled(scaled(toy_flows(), "activity", 0.5), "exchange", 0.5)
    flows["unmet"] = quantity("demand", "period", {"heating": 1.2})
    assert broken(judge(Toy(), flows)) == {"unmet"}
    priced = with_cell(toy_tables()["demands"], "heating", unmet_cost=9.0)
    assert judge(Toy({"demands": priced}), flows).ok


def test_negative_missing_and_unknown_flows_are_named() -> None:
    negative = {
        **toy_flows(),
        "peak": quantity(("market", "site"), "month", {("gas_grid", "farm"): -1.0}),
    }
    assert broken(judge(Toy(), negative)) == {"sign"}
    missing = {**toy_flows(), "level": quantity("storage", "period", {"tank": NAN})}
    assert broken(judge(Toy(), missing)) == {"finite"}
    stray = {**toy_flows(), "activity": quantity("process", "period", {"boiler": 2.4, "elf": 1.0})}
    assert broken(judge(Toy(), stray)) == {"unknown"}


def test_nothing_flows_back_through_a_one_way_pipe() -> None:
    flows = {**toy_flows(), "link_flow_back": quantity("link", "period", {"pipe": 1.0})}
    assert "one_way" in broken(judge(Toy(), flows))


def test_both_ways_of_a_link_share_its_capacity_and_balance() -> None:
    both = with_cell(toy_links(), "pipe", bidirectional=True)
    flows = {**toy_flows(), "link_flow_back": quantity("link", "period", {"pipe": 1.0})}
    # The mill sends 0.95 more, the farm's boiler gives back what it gets too little.
    flows["link_flow"] = quantity("link", "period", {"pipe": 8.95})
    made = 10 + 1 - 8.95 * 0.95
    flows["activity"] = quantity("process", "period", {"boiler": made})
    flows["exchange"] = quantity(("market", "site"), "period", {("gas_grid", "farm"): 1.25 * made})
    assert broken(judge(Toy(links=both), flows)) == {"link_capacity"}
    flows["build"] = flows["capacity"] = quantity("item", "year", {"pipe": 9.95})
    assert judge(Toy(links=both), flows).ok


def fuels() -> pd.DataFrame:
    """The boiler burns gas or oil in a group; at most 70 % may be oil."""
    recipe = toy_tables()["recipes"]
    oil = recipe.iloc[[1]].assign(row=3, commodity="oil", rate=-1.5, max_share=0.7)
    return pd.concat([recipe, oil]).assign(group=["", "fuel", "fuel"])


def oil_tables() -> dict[str, pd.DataFrame]:
    goods, trade = toy_tables()["commodities"], toy_tables()["markets"]
    oil = goods.iloc[[1]].assign(id="oil")
    return {
        "recipes": fuels(),
        "commodities": pd.concat([goods, oil]).reset_index(drop=True),
        "markets": pd.concat([trade, trade.assign(id="oil_yard", commodity="oil")]),
    }


def oil_flows(gas: float, oil: float) -> dict[str, Quantity]:
    drawn = {("boiler", "2"): gas, ("boiler", "3"): oil}
    bought = {("gas_grid", "farm"): gas, ("oil_yard", "farm"): oil}
    return {
        **toy_flows(),
        "share_flow": quantity(("process", "row"), "period", drawn),
        "exchange": quantity(("market", "site"), "period", bought),
    }


def test_shares_of_a_group_add_up_and_keep_their_bounds() -> None:
    toy = Toy(oil_tables())
    # 2.4 MW of steam: a quarter by gas takes 0.75, three quarters by oil 2.7.
    assert judge(toy, oil_flows(1.5, 1.8)).ok
    assert broken(judge(toy, oil_flows(0.75, 2.7))) == {"share"}
    assert broken(judge(toy, oil_flows(1.5, 1.81))) == {"group"}


def storage_toy(**cells: object) -> Toy:
    """The toy in two periods of 2 h and 1 h with a steam tank at the farm."""
    tank = {
        "id": "tank", "site": "farm", "commodity": "steam", "status": "existing", "capacity": 4.0,
        "floor": 0.0, "capacity_max": 4.0, "hours_in": 2.0, "hours_out": 1.0,
        "efficiency_in": 0.9, "efficiency_out": 0.8, "loss_per_hour": 0.1, **cells,
    }  # fmt: skip
    basic = {"year": NAN, "month": "", "scenario": "", "probability": 1.0, "next": ""}
    periods = rows(
        {"period": "day", "hours": 2.0, "weight": 2500.0, **basic},
        {"period": "night", "hours": 1.0, "weight": 3000.0, **basic},
    )
    return Toy({"storages": rows(tank), "periods": periods})


def storage_flows() -> dict[str, Quantity]:
    """Charge 1 MW for 2 h by day, discharge by night what keeps the level cyclic."""
    # start s (end of night); day: s 0.81 + 2 x 0.9 x 1; night: 0.9 of that - d / 0.8 = s
    start, charged = 1.0, 1.0
    day = start * 0.9**2 + 2 * 0.9 * charged
    drawn = (day * 0.9 - start) * 0.8
    boiler = np.array([2.4 + charged, 2.4 - drawn])
    return {
        "taken": quantity("stream", "period", {"waste_steam": [8.0, 8.0]}),
        "link_flow": quantity("link", "period", {"pipe": [8.0, 8.0]}),
        "activity": quantity("process", "period", {"boiler": boiler}),
        "exchange": quantity(("market", "site"), "period", {("gas_grid", "farm"): 1.25 * boiler}),
        "build": quantity("item", "year", {"pipe": 8.0}),
        "capacity": quantity("item", "year", {"pipe": 8.0}),
        "charge": quantity("storage", "period", {"tank": [charged, 0.0]}),
        "discharge": quantity("storage", "period", {"tank": [0.0, drawn]}),
        "level": quantity("storage", "period", {"tank": [day, start]}),
    }


def test_a_store_keeps_its_levels() -> None:
    assert judge(storage_toy(), storage_flows()).ok
    off = scaled(storage_flows(), "level", 1.001)
    assert broken(judge(storage_toy(), off)) == {"storage_balance"}


@pytest.mark.parametrize(
    ("cells", "family"),
    [
        ({"capacity": 2.6}, "storage_level"),
        ({"hours_in": 4.1}, "storage_charge"),
        ({"hours_out": 4.2}, "storage_discharge"),
        ({"efficiency_in": 0.91}, "storage_balance"),
        ({"efficiency_out": 0.81}, "storage_balance"),
        ({"loss_per_hour": 0.11}, "storage_balance"),
    ],
)
def test_a_number_of_a_store_changed_fails(cells: dict[str, float], family: str) -> None:
    assert broken(judge(storage_toy(**cells), storage_flows())) == {family}


def test_a_market_open_to_every_site_shares_its_limits() -> None:
    trade = with_cell(toy_tables()["markets"], "gas_grid", site="*", max=3.0)
    toy = Toy({"markets": trade})
    assert judge(toy).ok
    both = {("gas_grid", "farm"): 3.0, ("gas_grid", "mill"): 0.1}
    flows = {**toy_flows(), "exchange": quantity(("market", "site"), "period", both)}
    assert broken(judge(toy, flows)) == {"balance", "market"}


def test_instances_of_one_row_share_its_capacity_max() -> None:
    one = toy_tables()["processes"].iloc[0].to_dict()
    shared = {**one, "of": "pump", "status": "candidate", "capacity": 0.0, "capacity_max": 5.0}
    both = rows(one, {**shared, "id": "pump@mill", "site": "mill"}, {**shared, "id": "pump@farm"})
    for size, families in ((2.5, set()), (2.6, {"capacity_max"})):
        built = {"pipe": 8.0, "pump@mill": size, "pump@farm": size}
        grown = {**toy_flows(), "build": quantity("item", "year", built)}
        grown["capacity"] = quantity("item", "year", built)
        assert broken(judge(Toy({"processes": both}), grown)) == families


def test_a_peak_is_at_least_every_draw_of_its_month() -> None:
    charged = with_cell(toy_tables()["markets"], "gas_grid", peak_price=12.0)
    toy = Toy({"markets": charged})
    for size, good in ((3.0, True), (2.9, False)):
        peak = quantity(("market", "site"), "month", {("gas_grid", "farm"): size})
        assert judge(toy, {**toy_flows(), "peak": peak}).ok is good


def test_availability_scales_capacity() -> None:
    shape = pd.DataFrame({"period": [""], "sun": [0.48]})
    sunny = with_cell(toy_tables()["processes"], "boiler", profile="sun")
    assert judge(Toy({"processes": sunny, "profiles": shape})).ok
    dim = shape.assign(sun=0.47)
    found = judge(Toy({"processes": sunny, "profiles": dim}))
    assert broken(found) == {"process_capacity"}


def test_the_frame_names_the_worst_rows_first() -> None:
    frame = judge(Toy(), scaled(toy_flows(), "activity", 1.1)).frame
    assert frame.iloc[0]["family"] == "balance"
    assert set(frame.loc[frame["error"] > 1e-6, "item"]) == {"farm, gas", "farm, steam"}
    assert set(frame["family"]) >= {"stream", "market", "link_capacity"}


def test_what_has_no_rule_is_not_certified() -> None:
    limits = limited("<=", 0.9, measure="co2", relative_to="best_operation")
    found = judge(Toy({"limits": limits}))
    assert found.unjudged == ("best_operation",)
    assert not found.ok


def test_heat_without_a_temperature_falls_nowhere() -> None:
    heat = with_cell(toy_tables()["commodities"], "steam", kind="heat")
    assert "cascade" in broken(judge(Toy({"commodities": heat})))


def test_a_node_nine_orders_below_its_neighbours_is_still_judged() -> None:
    own = np.array([[1e9], [1.0]])
    assert relative(np.array([[0.0], [0.59]]), own)[1, 0] > 1e-6
    assert relative(np.array([[0.0], [1e-9]]), own)[1, 0] < 1e-6


def test_rounding_is_not_an_error() -> None:
    own = np.full((1, 1), 0.3)
    assert 0 < relative(np.abs(np.array([[0.1 + 0.2 - 0.3]])), own)[0, 0] < 1e-15


def test_renaming_the_order_of_flows_changes_nothing() -> None:
    flows = oil_flows(1.5, 1.8)
    turned = {
        name: replace(q, key=q.key.take(np.arange(len(q.key))[::-1]), values=q.values[::-1])
        for name, q in flows.items()
    }
    assert judge(Toy(oil_tables()), turned).ok
