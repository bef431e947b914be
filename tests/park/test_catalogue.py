"""The catalogue: every figure has a source, and figures that follow from others do follow."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from circularpark.park.resolve import formula_value
from circularpark.physics.formulas import FORMULAS

FLOOR = Path(__file__).parents[2] / "src" / "circularpark" / "park"
FOLDER = FLOOR / "catalogue"
TABLES = ("commodities", "technologies", "recipes", "transports", "factors", "markets")
WORDS = {
    "verified-by-search",
    "memory-high",
    "memory-medium",
    "memory-low",
    "assumption",
    "seed-readable",
}
# What may stand beside the contract's columns: where a figure is from, and measures.
BESIDE = {"source", "confidence", "note", "year", "co2", "virgin", "avoided"}
MJ_PER_KGCE = 29.3076  # GB/T 2589-2020


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)


def numbers(name: str, column: str) -> pd.Series:
    frame = table(name).set_index("id")
    return pd.to_numeric(frame[column]).rename(column)


def rates() -> pd.DataFrame:
    """The recipes, every rate times its formula's value."""
    rows = table("recipes")
    values = [formula_value(row, FORMULAS) if row["formula"] else 1.0 for _, row in rows.iterrows()]
    return rows.assign(rate=rows["rate"].astype(float) * values)


def rate(technology: str, commodity: str) -> float:
    rows = rates()
    mine = rows[(rows["technology"] == technology) & (rows["commodity"] == commodity)]
    return float(mine["rate"].sum())


def columns_of(name: str) -> set[str]:
    schema = tomllib.loads((FLOOR / "tables.toml").read_text(encoding="utf-8"))
    return {column for column, told in schema[name].items() if isinstance(told, dict)}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_and_a_confidence(name: str) -> None:
    rows = table(name)
    assert len(rows) > 0
    assert (rows["source"] != "").all()
    assert set(rows["confidence"]) <= WORDS


@pytest.mark.parametrize("name", TABLES)
def test_only_columns_of_the_contract(name: str) -> None:
    assert set(table(name).columns) <= columns_of(name) | BESIDE


@pytest.mark.parametrize("name", ["commodities", "technologies", "transports", "markets"])
def test_ids_stand_once_and_both_languages_have_names(name: str) -> None:
    rows = table(name)
    assert rows["id"].is_unique
    if name != "transports":
        assert (rows[["name_zh", "name_en"]] != "").all(axis=None)


def test_every_name_is_known() -> None:
    commodities, technologies = set(table("commodities")["id"]), set(table("technologies")["id"])
    assert set(table("recipes")["commodity"]) <= commodities
    assert set(table("recipes")["technology"]) == technologies
    assert set(table("markets")["commodity"]) <= commodities
    assert set(table("technologies")["capacity_of"]) <= commodities
    carried = table("transports")["commodity"].str.split(";").explode()
    assert set(carried) <= commodities
    assert set(table("transports")["energy_commodity"]) <= commodities | {""}
    factors = table("factors")
    items = {"technologies": technologies, "markets": set(table("markets")["id"])}
    assert all(row.item in items[row.table] for row in factors.itertuples())


def test_activity_is_one_unit_of_what_the_capacity_is_of() -> None:
    rows = table("recipes").drop_duplicates(["technology", "commodity"])
    rows = rows.set_index(["technology", "commodity"])
    for technology, commodity in table("technologies")[["id", "capacity_of"]].to_numpy():
        row = rows.loc[(technology, commodity)]
        assert abs(float(row["rate"])) == 1.0, technology
        assert row["group"] == "", technology
        assert row["formula"] == "", technology


def test_no_integer_choices_are_hidden_in_the_catalogue() -> None:
    for name in ("technologies", "transports"):
        assert not {"capex_fixed", "capex_fixed_per_km", "min_load", "unit_size"} & set(
            table(name).columns
        )


@pytest.mark.parametrize(
    ("technology", "product", "fuel", "calorific_mwh", "efficiency"),
    [
        ("boiler_gas_mp", "steam_mp", "natural_gas", 38.931 / 3600, 0.925),
        ("boiler_gas_hot_water", "hot_water", "natural_gas", 38.931 / 3600, 0.925),
        ("boiler_offgas_mp", "steam_mp", "refinery_gas", 46.05 / 3.6, 0.925),
        ("boiler_coal_hp", "steam_hp", "coal_bituminous", 19.57 / 3.6, 0.88),
        ("boiler_biomass_mp", "steam_mp", "biomass_pellet", 16.5 / 3.6, 0.89),
        ("boiler_rdf_mp", "steam_mp", "rdf", 18.5 / 3.6, 0.80),
        ("kiln_firing_coal", "kiln_heat", "coal_bituminous", 19.57 / 3.6, 1.0),
        ("kiln_firing_rdf", "kiln_heat", "rdf", 18.5 / 3.6, 0.95),
        ("kiln_firing_sludge", "kiln_heat", "sludge_dry", 8.5 / 3.6, 0.95),
        ("furnace_natural_gas", "furnace_heat", "natural_gas", 38.931 / 3600, 0.90),
        ("furnace_gas", "furnace_heat", "refinery_gas", 46.05 / 3.6, 0.90),
        ("furnace_gas", "furnace_heat", "psa_tail_gas", 51.5 / 3.6, 0.90),
    ],
)
def test_fuel_use_follows_from_calorific_value_and_efficiency(
    technology: str, product: str, fuel: str, calorific_mwh: float, efficiency: float
) -> None:
    expected = rate(technology, product) / (calorific_mwh * efficiency)
    assert -rate(technology, fuel) == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize(
    ("fuel", "mj"),
    [
        ("coal_bituminous", 19_570),
        ("natural_gas", 38.931),
        ("lpg", 50_179),
        ("petcoke", 32_500),
        ("h2_offgas", 61_060),
        ("psa_tail_gas", 51_500),
        ("biomass_pellet", 16_500),
        ("rdf", 18_500),
    ],
)
def test_kgce_follows_from_calorific_value(fuel: str, mj: float) -> None:
    # Printed coefficients are rounded and partly older than the default calorific values.
    assert numbers("commodities", "kgce")[fuel] * MJ_PER_KGCE == pytest.approx(mj, rel=0.02)


def test_a_gas_boiler_emits_0_216_t_of_co2_per_mwh_and_a_coal_boiler_0_364() -> None:
    co2 = numbers("commodities", "co2")
    gas = -rate("boiler_gas_mp", "natural_gas") * co2["natural_gas"]
    coal = -rate("boiler_coal_mp", "coal_bituminous") * co2["coal_bituminous"]
    assert gas == pytest.approx(0.2162, abs=2e-4)
    assert coal == pytest.approx(0.3641, abs=2e-4)


@pytest.mark.parametrize(
    ("technology", "first", "second"),
    [
        ("hydrogen_psa", "h2_offgas", "psa_tail_gas"),
        ("rdf_preparation", "waste_plastic", "rdf"),
    ],
)
def test_carbon_is_neither_made_nor_lost(technology: str, first: str, second: str) -> None:
    co2 = numbers("commodities", "co2")
    taken = -rate(technology, first) * co2[first]
    assert rate(technology, second) * co2[second] == pytest.approx(taken, rel=2e-3)


def test_a_back_pressure_turbine_closes_its_energy_balance() -> None:
    # Steam in = steam out + power / 95 % (generator and gear): 0.085 MWh from 0.9028 MWh of steam.
    assert -rate("turbine_hp_mp", "steam_hp") == pytest.approx(0.9028 / 0.085, rel=1e-3)
    for technology, start, end in (
        ("turbine_hp_mp", "steam_hp", "steam_mp"),
        ("turbine_mp_lp", "steam_mp", "steam_lp"),
    ):
        given = -rate(technology, start)
        assert given == pytest.approx(rate(technology, end) + 1 / 0.95, rel=1e-4)


def test_no_recipe_gives_more_energy_than_it_takes() -> None:
    kgce = numbers("commodities", "kgce").fillna(0.0)
    rows = rates()
    rows = rows.assign(kgce=rows["rate"] * rows["commodity"].map(kgce))
    free = {"pv_roof", "pv_ground", "wind_distributed"}
    for technology, part in rows[~rows["technology"].isin(free)].groupby("technology"):
        made = part.loc[part["kgce"] > 0, "kgce"].sum()
        taken = -part.loc[(part["kgce"] < 0) & (part["group"] == ""), "kgce"].sum()
        grouped = part[(part["kgce"] < 0) & (part["group"] != "")]
        taken -= grouped.groupby("group")["kgce"].max().sum()
        assert made <= taken * (1 + 1e-3) or made == 0, technology


def test_dangerous_goods_have_a_transport_that_may_carry_them() -> None:
    hazard = table("commodities").set_index("id")["hazard"]
    allowed: set[tuple[str, str]] = set()
    for names, permission in table("transports")[["commodity", "permission"]].to_numpy():
        allowed |= {(name, permission) for name in names.split(";")}
    for commodity, danger in hazard[hazard != ""].items():
        assert (commodity, danger) in allowed, commodity


def test_hazardous_waste_never_rides_on_an_ordinary_lorry() -> None:
    hazard = table("commodities").set_index("id")["hazard"]
    transports = table("transports").set_index("id")
    for name in ("truck_30t", "truck_18t", "truck_sludge", "belt", "ship_bulk"):
        carried = transports.loc[name, "commodity"].split(";")
        assert (hazard[carried] == "").all(), name


def test_steam_reaches_no_farther_than_the_regulation_says() -> None:
    reach = numbers("transports", "max_km")
    assert reach["steam_pipe_mp"] == 10  # 《热电联产管理办法》: 10 km
    assert reach["steam_pipe_hp"] <= 10
    assert reach["steam_pipe_lp"] <= 10
    assert reach["hot_water_pipe"] == 20  # the same: hot water 20 km


def test_scopes_of_what_is_bought() -> None:
    markets = table("markets").set_index("id")
    for bought in ("grid_110kv", "grid_10kv", "steam_purchase_mp"):
        assert markets.loc[bought, "scope"] == "2"
    assert float(markets.loc["grid_110kv", "co2"]) == 0.6553  # Anhui 2023
    assert float(markets.loc["steam_purchase_mp", "co2"]) == pytest.approx(0.11 * 3.6)
    vents = markets[(markets["direction"] == "vent") & markets["co2"].astype(bool)]
    assert set(vents.drop(index="sewer")["scope"]) == {"1"}


def test_selling_co2_is_no_saving() -> None:
    # What is sold as food or industrial gas leaves again when it is used.
    assert float(table("markets").set_index("id").loc["co2_sale", "co2"]) == 1.0
