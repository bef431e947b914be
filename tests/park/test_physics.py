"""What nature and the contract allow: signs, ranges, temperatures, efficiencies, gains."""

from __future__ import annotations

import pytest

from tests.park.drafts import (
    added,
    changed,
    findings,
    place,
    problem_codes,
    read_findings,
    sound,
    the,
)
from tests.parks import TOML, make_park


@pytest.mark.parametrize(
    ("table", "row", "cells", "column"),
    [
        ("processes", 0, {"capacity": 80.0, "capacity_max": 60.0}, "capacity"),
        ("links", 0, {"capacity": 80.0, "capacity_max": 60.0}, "capacity"),
        ("markets", 0, {"min": 5.0, "max": 4.0}, "min"),
    ],
)
def test_a_minimum_is_at_most_its_maximum(table, row, cells, column):
    finding = the(findings(changed(table, row, **cells)), "checks.min_above_max")
    assert place(finding) == ("problem", f"{table}.csv", row + 2, column)


def test_a_minimum_above_its_maximum_names_both():
    finding = the(findings(changed("markets", 0, min=5.0, max=4.0)), "checks.min_above_max")
    assert finding.message("en") == "min is 5, above max, which is 4."
    assert finding.message("zh") == "min 为 5，大于 max 的 4。"


def test_the_same_minimum_and_maximum_are_allowed():
    assert findings(changed("markets", 0, min=4.0, max=4.0)) == []


def two_fuels(**shares: float) -> dict:
    rows = sound()
    rows["commodities"].append(
        {"id": "wood", "kind": "energy", "unit": "t", "kgce": 500.0, "co2": 0.0}
    )
    rows["markets"].append(
        {"id": "wood_yard", "site": "*", "commodity": "wood", "direction": "buy", "price": 600.0}
    )
    rows["recipes"][1] = {**rows["recipes"][1], "group": "fuel", **shares}
    rows["recipes"].append(
        {
            "technology": "boiler",
            "row": "wood",
            "commodity": "wood",
            "rate": -0.09,
            "group": "fuel",
            **shares,
        }
    )
    return rows


def test_the_shares_of_a_group_can_add_up_to_one():
    assert findings(two_fuels(min_share=0.5, max_share=0.5)) == []
    finding = the(findings(two_fuels(min_share=0.6)), "checks.min_shares")
    assert place(finding) == ("problem", "recipes.csv", 3, "min_share")
    assert "1.2" in finding.message("en")
    finding = the(findings(two_fuels(max_share=0.4)), "checks.max_shares")
    assert place(finding) == ("problem", "recipes.csv", 3, "max_share")
    finding = the(findings(two_fuels(min_share=0.5, max_share=0.45)), "checks.max_shares")
    assert "0.9" in finding.message("zh")


def test_a_fuel_gives_at_most_108_percent_of_its_net_calorific_value():
    # 34.12 kgce of steam from 714 kgce/t of coal: 34.12 / (714 x 0.0443) = 1.0787
    assert findings(changed("recipes", 1, rate=-0.0443)) == []
    # 34.12 / (714 x 0.0440) = 1.0861
    finding = the(findings(changed("recipes", 1, rate=-0.0440)), "checks.efficiency")
    assert place(finding) == ("problem", "recipes.csv", 2, "rate")
    assert "108.6 %" in finding.message("en")
    assert "108.6%" in finding.message("zh")


def test_a_group_is_judged_by_its_best_fuel():
    rows = two_fuels()
    rows["recipes"][2]["rate"] = -0.05  # 34.12 / (500 x 0.05) = 1.36 with wood alone
    assert problem_codes(findings(rows)) == ["checks.efficiency"]
    rows["recipes"][2]["max_share"] = 0.1  # then 0.1 x 25 + 0.9 x 42.84 = 41.06 goes in
    assert findings(rows) == []


def electric(heat: float, **ambient: object) -> dict:
    rows = sound()
    rows["commodities"] += [
        {"id": "power", "kind": "energy", "unit": "MWh", "kgce": 122.83},
        {"id": "air_heat", "kind": "energy", "unit": "MWh", **ambient},
    ]
    rows["markets"] += [
        {"id": "grid", "site": "*", "commodity": "power", "direction": "buy", "price": 600.0},
        {"id": "air", "site": "*", "commodity": "air_heat", "direction": "buy", "price": 0.0},
    ]
    rows["technologies"].append(
        {"id": "pump", "capacity_of": "steam", "capex": 1.0, "lifetime": 9.0}
    )
    rows["recipes"] += [
        {"technology": "pump", "commodity": "steam", "rate": 1.0},
        {"technology": "pump", "commodity": "power", "rate": -1.0 / heat},
    ]
    rows["processes"].append(
        {"id": "pump_1", "site": "plant", "technology": "pump", "capacity": 9.0}
    )
    return rows


def test_energy_is_not_created():
    # 1 MWh is 3.6 GJ: 34.12 x 3.6 = 122.83
    assert findings(electric(3.6)) == []
    finding = the(findings(electric(9.0)), "checks.energy_created")
    assert place(finding) == ("problem", "recipes.csv", 4, "rate")
    assert "250 %" in finding.message("en")


def test_energy_from_an_undeclared_source_is_only_warned_of():
    rows = electric(9.0)
    rows["recipes"].append({"technology": "pump", "commodity": "air_heat", "rate": -0.2})
    finding = the(findings(rows), "checks.energy_maybe")
    assert place(finding) == ("warning", "recipes.csv", 4, "rate")
    assert "air_heat" in finding.message("zh")


def test_energy_from_a_declared_source_closes():
    rows = electric(9.0, kgce=122.83)
    rows["recipes"].append({"technology": "pump", "commodity": "air_heat", "rate": -0.17})
    assert findings(rows) == []


def test_a_circle_of_conversions_loses_something():
    rows = sound()
    rows["technologies"] += [
        {"id": "there", "capacity_of": "ash", "capex": 1.0, "lifetime": 9.0},
        {"id": "back", "capacity_of": "sand", "capex": 1.0, "lifetime": 9.0},
    ]
    rows["commodities"].append({"id": "sand", "kind": "material", "unit": "t"})
    rows["recipes"] += [
        {"technology": "there", "commodity": "ash", "rate": -1.0},
        {"technology": "there", "commodity": "sand", "rate": 1.0},
        {"technology": "back", "commodity": "sand", "rate": -1.0},
        {"technology": "back", "commodity": "ash", "rate": 0.99},
    ]
    rows["processes"] += [
        {"id": "a", "site": "mill", "technology": "there", "capacity": 1.0},
        {"id": "b", "site": "mill", "technology": "back", "capacity": 1.0},
    ]
    assert findings(rows) == []
    rows["recipes"][-1]["rate"] = 1.0
    finding = the(findings(rows), "checks.lossless_circle")
    assert place(finding)[:2] == ("problem", "recipes.csv")
    assert "ash → sand → ash" in finding.message("en")


def test_mass_that_appears_is_warned_of():
    rows = added("commodities", {"id": "sand", "kind": "material", "unit": "t"})
    rows["technologies"].append({"id": "mix", "capacity_of": "ash", "capex": 1.0, "lifetime": 9.0})
    rows["recipes"] += [
        {"technology": "mix", "commodity": "ash", "rate": -1.0},
        {"technology": "mix", "commodity": "sand", "rate": 1.5},
    ]
    rows["processes"].append({"id": "m", "site": "mill", "technology": "mix", "capacity": 1.0})
    finding = the(findings(rows), "checks.mass_created")
    assert place(finding) == ("warning", "recipes.csv", 5, "rate")


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("technologies", 0, "lifetime"),
        ("processes", 0, "lifetime"),
        ("streams", 0, "min_approach"),
        ("transports", 0, "lifetime"),
    ],
)
@pytest.mark.parametrize("number", [0.0, -1.0])
def test_lifetimes_and_approaches_are_positive(table, row, column, number):
    finding = the(findings(changed(table, row, **{column: number})), "checks.not_positive")
    assert place(finding) == ("problem", f"{table}.csv", row + 2, column)


def test_a_storage_gives_something_back():
    store = {"id": "tank", "site": "mill", "commodity": "steam", "capacity": 9.0, "lifetime": 9.0}
    assert findings(added("storages", store)) == []
    finding = the(
        findings(added("storages", {**store, "efficiency_out": 0.0})), "checks.not_positive"
    )
    assert place(finding) == ("problem", "storages.csv", 2, "efficiency_out")


def test_a_negative_price_is_warned_of():
    finding = the(findings(changed("markets", 1, price=-60.0)), "checks.negative_price_left")
    assert place(finding) == ("warning", "markets.csv", 3, "price")
    assert "-60" in finding.message("zh")


def test_a_number_the_solver_takes_for_infinity_is_refused():
    finding = the(findings(changed("markets", 0, max=1e20)), "checks.endless")
    assert place(finding) == ("problem", "markets.csv", 2, "max")


@pytest.mark.parametrize("rate", [-1e-10, -2e7])
def test_a_rate_that_cannot_be_scaled_is_refused(rate):
    found = findings(changed("recipes", 1, rate=rate))
    assert place(the(found, "checks.rate_range")) == ("problem", "recipes.csv", 3, "rate")


def test_offers_cool_down_and_demands_warm_up():
    rows = changed("streams", 0, supply_temp=85.0, target_temp=120.0)
    finding = the(findings(rows), "checks.stream_warms")
    assert place(finding) == ("problem", "streams.csv", 2, "target_temp")
    assert "120" in finding.message("en")
    assert "demands.csv" in finding.fix("en")
    rows = changed("demands", 0, supply_temp=120.0, target_temp=85.0)
    finding = the(findings(rows), "checks.demand_cools")
    assert place(finding) == ("problem", "demands.csv", 2, "target_temp")


def test_equal_temperatures_are_a_phase_change():
    rows = changed("streams", 0, supply_temp=100.0, target_temp=100.0)
    assert "checks.stream_warms" not in problem_codes(findings(rows))


def test_a_link_delivers_something():
    assert findings(changed("links", 0, km=49.0)) == []
    finding = the(findings(changed("links", 0, km=50.0)), "checks.all_lost")
    assert place(finding) == ("problem", "links.csv", 2, "km")
    rows = changed("links", 0, km=2.0, loss_per_km=0.6)
    assert place(the(findings(rows), "checks.all_lost"))[0] == "problem"
    finding = the(findings(changed("transports", 0, max_km=60.0)), "checks.all_lost_far")
    assert place(finding) == ("warning", "transports.csv", 2, "loss_per_km")
    assert "50" in finding.fix("en")


def test_a_share_is_at_most_everything():
    ash = {"item": "old_ash", "property": "carbon", "value": 120.0, "unit": "%"}
    finding = the(findings(added("quality", ash)), "checks.share_above_all")
    assert place(finding) == ("problem", "quality.csv", 2, "value")
    grams = {**ash, "value": 2e6, "unit": "mg/kg"}
    assert the(findings(added("quality", grams)), "checks.share_above_all").value == "2000000"
    half = {**ash, "value": 60.0}
    rows = added("quality", half, {**half, "property": "lime"})
    finding = the(findings(rows), "checks.shares_above_all")
    assert place(finding) == ("warning", "quality.csv", 2, "value")
    assert "120 %" in finding.message("en")
    # What is all clinker may say what the clinker contains.
    whole = {**ash, "value": 100.0}
    assert findings(added("quality", whole, {**half, "property": "lime"})) == []


def test_a_discount_rate_is_a_share_not_a_percentage():
    finding = the(findings(sound(), discount_rate=8.0), "checks.discount_rate")
    assert place(finding) == ("problem", "park.toml", None, "discount_rate")
    assert finding.message("en") == "A discount rate of 8 is 800 % a year."
    assert finding.fix("en") == "Did you mean 0.08?"
    assert finding.fix("zh") == "是否应为 0.08？"
    assert findings(sound(), discount_rate=0.0) == []
    assert (
        place(the(findings(sound(), discount_rate=-0.1), "checks.discount_negative"))[0]
        == "problem"
    )


@pytest.mark.parametrize("column", ["operating_hours", "min_approach"])
def test_hours_and_approach_of_the_park_are_positive(column):
    finding = the(findings(sound(), **{column: 0.0}), "checks.not_positive")
    assert place(finding) == ("problem", "park.toml", None, column)


def test_a_link_whose_straight_way_loses_everything_is_refused():
    # plant and mill lie 1.1 km apart; 1 / 1.1 = 0.91 a km
    rows = changed("links", 0, loss_per_km=0.95)
    assert place(the(findings(rows), "checks.all_lost")) == ("problem", "links.csv", 2, "km")
    assert findings(changed("links", 0, loss_per_km=0.85)) == []


# --- the same through a folder ---

STORE = "id,site,commodity,capacity,lifetime,{0}\ntank,mill,steam,5,20,{1}\n"
STREAM = "id,site,commodity,unit,amount,{0}\nspare,mill,steam,MWh/h,{2},{1}\n"


@pytest.mark.parametrize(
    ("table", "text", "code", "column"),
    [
        ("storages", STORE.format("loss_per_hour", 1.5), "above_one", "loss_per_hour"),
        ("storages", STORE.format("efficiency_in", 1.2), "above_one", "efficiency_in"),
        ("storages", STORE.format("capex", -3), "negative", "capex"),
        ("streams", STREAM.format("today", "", -5), "negative", "amount"),
        ("streams", STREAM.format("today", -1, 5), "negative", "today"),
        ("streams", STREAM.format("supply_temp", -300, 5), "absolute_zero", "supply_temp"),
        ("streams", STREAM.format("min_approach", 0, 5), "not_positive", "min_approach"),
    ],
)
def test_a_folder_with_an_impossible_number_is_refused(tmp_path, table, text, code, column):
    finding = the(read_findings(make_park(tmp_path / "park", **{table: text})), f"checks.{code}")
    assert place(finding) == ("problem", f"{table}.csv", 2, column)


def test_a_folder_shows_the_number_as_it_was_written(tmp_path):
    stream = "id,site,commodity,unit,amount\nspare,mill,steam,kWh/h,-5000\n"
    finding = the(read_findings(make_park(tmp_path / "park", streams=stream)), "checks.negative")
    assert finding.value == "-5000"


def test_a_folder_with_a_discount_rate_of_8_is_refused(tmp_path):
    toml = TOML.replace("[time]", "discount_rate = 8\n[time]")
    finding = the(read_findings(make_park(tmp_path / "park", toml=toml)), "checks.discount_rate")
    assert place(finding) == ("problem", "park.toml", None, "discount_rate")
