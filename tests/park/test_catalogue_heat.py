"""Carriers, pipes and machines of the catalogue follow from steam tables and stated rules."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from circularpark.park.media import media
from circularpark.park.resolve import formula_value
from circularpark.physics.formulas import FORMULAS
from circularpark.physics.steam import saturation_temperature, steam_level
from tests.park.drafts import findings
from tests.park.test_catalogue import rates, table

STEAM = [name for name in table("commodities")["id"] if re.fullmatch(r"steam_\d+_bar", name)]
CARRIERS = table("commodities").query("temperature != ''")["id"].tolist()
MACHINES = sorted(set(table("recipes").query("supply_temp != '' or formula != ''")["technology"]))


def carrier(name: str) -> pd.Series:
    return table("commodities").set_index("id").loc[name]


@pytest.mark.parametrize("name", STEAM)
def test_steam_levels_are_those_of_the_steam_tables(name: str) -> None:
    # steam_10_bar is 1.0 MPa above the atmosphere, so 1.1 MPa absolute.
    row = carrier(name)
    pressure = int(name.split("_")[1]) / 10 + 0.1
    saturated = row["temperature"] == row["latent_temperature"]
    hot = None if saturated else float(row["temperature"])
    level = steam_level(pressure, float(row["return_temperature"]), hot)
    assert float(row["temperature"]) == pytest.approx(level.temperature, abs=0.006)
    assert float(row["latent_temperature"]) == pytest.approx(level.latent_temperature, abs=0.006)
    assert float(row["latent_share"]) == pytest.approx(level.latent_share, abs=6e-5)
    assert f"{pressure:g} MPa absolute" in row["source"]
    assert f"1 t = {level.mwh_per_tonne:.4f} MWh" in row["note"]


def test_the_usual_levels_of_a_park_are_there() -> None:
    assert {"steam_40_bar", "steam_25_bar", "steam_16_bar", "steam_10_bar", "steam_5_bar"} <= set(
        STEAM
    )


@pytest.mark.parametrize("name", CARRIERS)
def test_every_carrier_says_what_an_exchanger_needs(name: str) -> None:
    row = carrier(name)
    assert row["kind"] == "heat"
    assert row["medium"] in media()
    assert float(row["return_temperature"]) < float(row["temperature"])
    assert float(row["exchanger_capex"]) > 0
    assert float(row["min_approach"]) > 0
    assert name in set(table("transports")["commodity"])


def used_park(technology: str) -> dict:
    """Tables of a park with one process of a technology of the catalogue."""
    rows = table("recipes")
    mine = rows[rows["technology"] == technology]
    goods = table("commodities")
    goods = goods[goods["id"].isin(set(mine["commodity"]) | {"electricity"})]
    return {
        "sites": [{"id": "plant", "lon": 117.05, "lat": 30.54}],
        "commodities": _cells(goods),
        "technologies": _cells(table("technologies").query("id == @technology")),
        "recipes": _cells(mine),
        "processes": [
            {"id": "one", "site": "plant", "technology": technology, "capacity_max": 1.0}
        ],
    }


def _cells(frame: pd.DataFrame) -> list[dict]:
    columns = [c for c in frame.columns if c not in {"source", "year", "confidence", "note"}]
    return [
        {c: row[c].replace("yes", "1") for c in columns if row[c] != ""}
        for row in frame[columns].to_dict("records")
    ]


@pytest.mark.parametrize("technology", MACHINES)
def test_no_machine_breaks_the_first_or_second_law(technology: str) -> None:
    found = findings(used_park(technology), formulas=FORMULAS)
    laws = ("carnot", "uphill", "energy", "efficiency", "reversed", "limit", "mass", "circle")
    assert [f.code for f in found if any(word in f.code for word in laws)] == []


@pytest.mark.parametrize("technology", MACHINES)
def test_a_machine_without_fuel_closes_its_energy_balance(technology: str) -> None:
    rows = rates()
    mine = rows[rows["technology"] == technology]
    goods = table("commodities").set_index("id")
    kinds = mine["commodity"].map(goods["kind"])
    if technology.startswith("steam_extraction"):
        return  # The power that the plant sends out less is no energy of the steam.
    if (kinds == "gas").any() or (pd.to_numeric(mine["commodity"].map(goods["co2"])) >= 0).any():
        return  # Fuel, or gas that only passes: see the tests of calorific values.
    gain = float(mine["rate"].sum())
    assert -0.12 * mine["rate"].abs().sum() <= gain <= 2e-3 * mine["rate"].abs().sum()


def test_formulas_use_the_temperatures_of_their_rows() -> None:
    rows = table("recipes")
    for technology, part in rows[rows["formula"].str.startswith("heat_pump")].groupby("technology"):
        arguments = dict(re.findall(r"(\w+)=([\d.]+)", part["formula"].iloc[0]))
        heat = rows[(rows["technology"] == technology) & (rows["commodity"] == "heat")]
        sink, source = heat.set_index("row").loc["sink"], heat.set_index("row").loc["source"]
        assert sink["supply_temp"] == arguments["sink"], technology
        assert sink["target_temp"] == arguments.get("sink_in", arguments["sink"]), technology
        assert source["target_temp"] == arguments["source"], technology
        assert source["supply_temp"] == arguments["source_out"], technology
    for technology, part in rows[rows["formula"].str.startswith("orc_heat")].groupby("technology"):
        assert f"hot={part['supply_temp'].iloc[0]}," in part["formula"].iloc[0], technology
    for _, row in rows[rows["technology"].str.startswith("mvr")].iterrows():
        if row["commodity"] == "heat":
            arguments = dict(re.findall(r"(\w+)=([\d.]+)", row["formula"] or "outlet=0"))
            pressure = {"mvr_100_120": (0.1, 0.2), "mvr_100_144": (0.1, 0.4)}.get(
                row["technology"], (0.2, 0.6)
            )[row["row"] == "outlet"]
            assert float(row["supply_temp"]) == pytest.approx(
                saturation_temperature(pressure), abs=0.006
            )


def test_turbines_name_the_pressures_of_their_levels() -> None:
    rows = table("recipes")
    for name, part in rows[rows["technology"].str.fullmatch(r"turbine_\d+_\d+")].groupby(
        "technology"
    ):
        start, end = (int(cell) / 10 + 0.1 for cell in str(name).split("_")[1:])
        for formula in part["formula"][part["formula"] != ""]:
            assert f"inlet={start:g}, outlet={end:g}, returned=95," in formula
            level = carrier(f"steam_{str(name).split('_')[1]}_bar")
            superheated = level["temperature"] != level["latent_temperature"]
            assert (f"temperature={level['temperature']}" in formula) == superheated


def test_fired_heat_stops_at_the_dew_point_of_its_fuel() -> None:
    floors = {"gas": 60, "offgas": 130, "coal": 130, "biomass": 130, "rdf": 160}
    rows = table("recipes")
    for fuel, floor in floors.items():
        mine = rows[rows["technology"] == f"firing_{fuel}"]
        heat = mine[mine["commodity"] == "heat"].iloc[0]
        assert float(heat["target_temp"]) == floor
        formulas = mine["formula"][mine["formula"] != ""]
        assert formulas.str.contains(f"outlet={floor}, ambient=20", regex=False).all()


@pytest.mark.parametrize(
    ("technology", "fuel", "calorific_mwh", "floor", "losses", "flame"),
    [
        ("firing_gas", "natural_gas", 38.931 / 3600, 60, 0.03, 1900),
        ("firing_coal", "coal_bituminous", 19.57 / 3.6, 130, 0.06, 1900),
        ("firing_rdf", "rdf", 18.5 / 3.6, 160, 0.10, 1600),
    ],
)
def test_fired_heat_takes_the_fuel_of_its_stack(
    technology: str, fuel: str, calorific_mwh: float, floor: float, losses: float, flame: float
) -> None:
    share = (flame - floor) / (flame - 20) * (1 - losses)
    rows = rates()
    mine = rows[(rows["technology"] == technology) & (rows["commodity"] == fuel)]
    assert -float(mine["rate"].iloc[0]) == pytest.approx(1 / calorific_mwh / share, rel=1e-4)


def test_a_5000_t_kiln_line_gives_about_9_mw() -> None:
    # Notices of such lines: 9 MW each. Preheater gas 330,000 Nm3/h of 330 degC to 210 degC (raw
    # mill) and cooler air 250,000 Nm3/h of 360 degC to 100 degC, 1.5 and 1.31 kJ/(Nm3 K):
    # 16.5 and 23.7 MW of heat.
    rows = rates()
    mine = rows[(rows["technology"] == "kiln_waste_heat_power") & (rows["rate"] < 0)]
    per_power = -float(mine["rate"].sum())
    assert (16.5 + 23.7) / per_power == pytest.approx(9.0, rel=0.1)


def test_pipes_lose_more_the_farther_and_the_hotter() -> None:
    pipes = table("transports").set_index("id")
    loss = pd.to_numeric(pipes["loss_per_km"])
    km = pd.to_numeric(pipes["max_km"])
    steam = [name for name in pipes.index if re.fullmatch(r"pipe_steam_\d+_bar", name)]
    assert loss[steam].between(0.015, 0.03).all()
    assert (km[steam] <= 10).all()
    for name in steam:
        pressure = int(name.split("_")[2]) / 10 + 0.1
        assert km[name] == min(10, math.floor(0.25 * pressure / 0.05 + 1e-9))
    assert (km[steam] * loss[steam] <= 0.2).all()
    assert loss["pipe_warm_water_40"] < loss["pipe_hot_water_120"] < loss["pipe_steam_10_bar"]


def test_an_expander_takes_the_heat_that_leaves_as_work() -> None:
    row = table("recipes").query("technology == 'expander_natural_gas' and formula != ''")
    power, warming = (
        float(cells["rate"]) * formula_value(cells, FORMULAS) for _, cells in row.iterrows()
    )
    assert power == pytest.approx(-0.95 * warming, rel=1e-9)
