"""Heat that cannot be, each named with its row and its way out."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from circularpark.park.media import media
from circularpark.park.schema import tables
from tests.park.drafts import Rows, findings, place, problem_codes, sound, the

STEAM = {
    "id": "steam_10_bar",
    "kind": "heat",
    "unit": "MWh",
    "temperature": 184.1,
    "return_temperature": 95.0,
    "latent_temperature": 184.1,
    "latent_share": 0.84,
}
HEAT = {"id": "heat", "kind": "heat", "unit": "MWh"}


def heated(*, stream: float = 120.0, demand: float = 80.0, **carrier: object) -> dict[str, Rows]:
    """The sound park with heat of its own, a steam carrier, waste heat and a demand of heat."""
    rows = sound()
    rows["commodities"] += [dict(HEAT), {**STEAM, **carrier}]
    heat = {"commodity": "heat", "amount": 5.0}
    rows["streams"].append(
        {"id": "flue", "site": "mill", "supply_temp": stream, "target_temp": 60.0, **heat}
    )
    rows["demands"].append(
        {"id": "dryer", "site": "mill", "supply_temp": 20.0, "target_temp": demand, **heat}
    )
    return rows


def heat_codes(rows: dict[str, Rows]) -> list[str]:
    """The codes of all findings, but for what stands in the way of computing heat at all."""
    return [f.code for f in findings(rows)]


CARRIER = 6  # the carrier's row in commodities.csv, the header being row 1


def test_a_sound_carrier_is_left_alone():
    assert heat_codes(heated()) == []


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"unit": "t"}, "heat_unit", "unit"),
        ({"return_temperature": 190.0}, "carrier_warms", "return_temperature"),
        ({"temperature": None}, "carrier_without_temperature", "temperature"),
        ({"latent_temperature": 184.2}, "latent_outside", "latent_temperature"),
        ({"latent_temperature": 94.0}, "latent_outside", "latent_temperature"),
        ({"latent_share": 1.2}, "above_one", "latent_share"),
        ({"latent_share": -0.1}, "negative", "latent_share"),
        ({"temperature": -300.0}, "absolute_zero", "temperature"),
        ({"min_approach": 0.0}, "not_positive", "min_approach"),
        ({"temperature": 900.0}, "medium_limit", "temperature"),
        ({"temperature": 400.0, "latent_temperature": 380.0}, "no_level", "latent_temperature"),
        ({"medium": "water"}, "never_condenses", "latent_share"),
        (
            {
                "medium": "mineral_oil",
                "latent_share": 0.0,
                "temperature": 350.0,
                "latent_temperature": None,
            },
            "medium_limit",
            "temperature",
        ),
        (
            {
                "medium": "water",
                "latent_share": 0.0,
                "return_temperature": -5.0,
                "latent_temperature": None,
            },
            "medium_limit",
            "return_temperature",
        ),
    ],
)
def test_an_impossible_carrier_is_refused_in_its_row(cells, code, column):
    finding = the(findings(heated(**cells)), f"checks.{code}")
    assert place(finding) == ("problem", "commodities.csv", CARRIER, column)


def test_superheated_steam_and_a_blank_latent_temperature_are_allowed():
    assert heat_codes(heated(temperature=310.0)) == []
    assert heat_codes(heated(latent_temperature=None)) == []


def test_a_level_outside_the_saturation_table_names_the_table():
    finding = the(findings(heated(temperature=420.0, latent_temperature=400.0)), "checks.no_level")
    assert finding.message("en") == (
        "There is no level of steam at 400 degC: it condenses only from 0.01 to 373.946 degC."
    )
    assert finding.message("zh").startswith("没有 400 ℃ 的蒸汽压力等级")


def test_flows_of_a_medium_stay_within_it():
    rows = heated()
    rows["commodities"].append({"id": "brine", "kind": "water", "unit": "m3"})
    rows["streams"].append(
        {
            "id": "blowdown",
            "site": "mill",
            "commodity": "brine",
            "amount": 1.0,
            "surplus": "free",
            "supply_temp": 400.0,
            "target_temp": 30.0,
        }
    )
    finding = the(findings(rows), "checks.medium_limit")
    assert place(finding) == ("problem", "streams.csv", 4, "supply_temp")


def test_heat_says_how_hot_it_is():
    rows = heated()
    for column in ("supply_temp", "target_temp"):
        rows["streams"][1][column] = None
    finding = the(findings(rows), "checks.heat_nowhere")
    assert place(finding) == ("problem", "streams.csv", 3, "supply_temp")


def test_heat_without_a_temperature_is_not_bought():
    rows = heated()
    rows["markets"].append(
        {"id": "town", "site": "*", "commodity": "heat", "direction": "buy", "price": 50.0}
    )
    finding = the(findings(rows), "checks.heat_bought")
    assert place(finding) == ("problem", "markets.csv", 4, "commodity")
    rows["markets"][-1]["direction"] = "vent"
    assert "checks.heat_bought" not in problem_codes(findings(rows))


def test_a_carrier_heats_nothing_hotter_than_itself():
    rows = heated()
    wanted = {"id": "press", "site": "mill", "commodity": "steam_10_bar", "amount": 1.0}
    rows["demands"].append({**wanted, "supply_temp": 150.0, "target_temp": 200.0})
    finding = the(findings(rows), "checks.carrier_too_cold")
    assert place(finding) == ("problem", "demands.csv", 5, "target_temp")
    assert "184.1" in finding.message("zh")
    rows["demands"][-1]["target_temp"] = 170.0
    assert "checks.carrier_too_cold" not in problem_codes(findings(rows))


def test_a_demand_hotter_than_all_heat_is_warned_of():
    # Steam of 184.1 degC heats to 184.1 - 10 degC, five on either side.
    assert heat_codes(heated(demand=174.1)) == []
    finding = the(findings(heated(demand=174.2)), "checks.heat_too_cold")
    assert place(finding) == ("warning", "demands.csv", 4, "target_temp")
    assert "174.1" in finding.message("en")


def test_waste_heat_reaches_its_own_site_only():
    rows = heated(demand=300.0, stream=350.0)
    assert heat_codes(rows) == []
    rows["demands"][-1]["site"] = "kiln"
    assert heat_codes(rows) == ["checks.heat_too_cold"]
    rows["transports"].append(
        {"id": "duct", "commodity": "heat", "max_km": 5.0, "detour": 1.3, "direct": 1.0}
    )
    assert heat_codes(rows) == []


def test_a_demand_without_any_heat_is_warned_of():
    rows = heated()
    del rows["streams"][1], rows["commodities"][-1]
    finding = the(findings(rows), "checks.no_heat")
    assert place(finding) == ("warning", "demands.csv", 4, "target_temp")


def machine(*recipe: dict[str, object]) -> dict[str, Rows]:
    """The heated park with a machine of these recipe rows."""
    rows = heated()
    rows["commodities"].append({"id": "electricity", "kind": "energy", "unit": "MWh"})
    rows["markets"] += [
        {"id": "grid", "site": "*", "commodity": "electricity", "direction": "buy", "price": 600.0},
    ]
    first = str(recipe[0]["commodity"])
    rows["technologies"].append(
        {"id": "machine", "capacity_of": first, "capex": 1.0, "lifetime": 9.0}
    )
    rows["recipes"] += [{"technology": "machine", **row} for row in recipe]
    rows["processes"].append(
        {"id": "machine_1", "site": "mill", "technology": "machine", "capacity": 1.0}
    )
    return rows


def heat(rate: float, supply: float, target: float | None = None) -> dict[str, object]:
    return {
        "commodity": "heat",
        "rate": rate,
        "supply_temp": supply,
        "target_temp": supply if target is None else target,
    }


def power(rate: float) -> dict[str, object]:
    return {"commodity": "electricity", "rate": rate}


def test_a_heat_pump_stays_below_carnot():
    # Between 40 and 80 degC at most 353.15 / 40 = 8.829.
    pump = machine(heat(1.0, 80.0), heat(-1 + 1 / 8.8, 40.0), power(-1 / 8.8))
    assert heat_codes(pump) == []
    pump = machine(heat(1.0, 80.0), heat(-1 + 1 / 9.0, 40.0), power(-1 / 9.0))
    finding = the(findings(pump), "checks.cop_above_carnot")
    assert place(finding) == ("problem", "recipes.csv", 4, "rate")
    assert "COP of 9;" in finding.message("en")
    assert "8.829" in finding.message("zh")


def test_a_glide_counts_at_its_mean_temperature():
    # From 60 to 80 and from 40 to 20 degC: 343.05 / (343.05 - 303.04) = 8.574.
    rows = (heat(1.0, 80.0, 60.0), heat(-1 + 1 / 8.5, 20.0, 40.0), power(-1 / 8.5))
    assert heat_codes(machine(*rows)) == []
    rows = (heat(1.0, 80.0, 60.0), heat(-1 + 1 / 8.7, 20.0, 40.0), power(-1 / 8.7))
    assert "checks.cop_above_carnot" in heat_codes(machine(*rows))


def test_a_heat_pump_into_a_carrier_is_judged_by_the_carrier():
    rows = (
        {"commodity": "steam_10_bar", "rate": 1.0},
        heat(-0.9, 80.0),
        power(-0.1),
    )
    assert "checks.cop_above_carnot" in heat_codes(machine(*rows))


def test_power_from_heat_stays_below_carnot():
    # 120 to 30 degC: at most 1 - 303.15 / 393.15 = 22.89 %.
    cycle = machine(power(1.0), heat(-1 / 0.228, 120.0), heat(1 / 0.228 - 1, 30.0))
    assert heat_codes(cycle) == []
    cycle = machine(power(1.0), heat(-1 / 0.231, 120.0), heat(1 / 0.231 - 1, 30.0))
    finding = the(findings(cycle), "checks.power_above_carnot")
    assert "22.89" in finding.message("en")
    # Without a word on where the rest goes: to 0 degC, 30.5 %.
    assert heat_codes(machine(power(1.0), heat(-1 / 0.3, 120.0))) == []
    assert "checks.power_above_carnot" in heat_codes(machine(power(1.0), heat(-1 / 0.31, 120.0)))


def test_heat_does_not_rise_by_itself():
    # A heat transformer: 100 at 80 degC, 47 come out at 120 degC, the rest leaves cold.
    assert heat_codes(machine(heat(1.0, 120.0), heat(-1 / 0.47, 80.0))) == []
    finding = the(findings(machine(heat(1.0, 120.0), heat(-1 / 0.85, 80.0))), "checks.heat_uphill")
    assert finding.file == "recipes.csv"


def test_fuel_may_drive_anything():
    burner = machine(heat(1.0, 900.0, 130.0), {"commodity": "coal", "rate": -0.2})
    assert heat_codes(burner) == []


@pytest.mark.parametrize("name", tables()["commodities"].columns["medium"].choices)
def test_every_medium_has_its_limits_and_their_source(name):
    file = resources.files("circularpark.park").joinpath("catalogue").joinpath("media.csv")
    rows = {row["id"]: row for row in csv.DictReader(file.read_text("utf-8").splitlines())}
    assert set(rows) == set(media())
    assert rows[name]["source"]
    assert rows[name]["confidence"]
    assert media()[name].coldest < media()[name].hottest
