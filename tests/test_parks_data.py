"""The demo parks: they read without a problem, can run today, and say where figures are from."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.anqing_year import year

from circularpark import read_park
from circularpark.park.model import Park, Tables

PARKS = Path(__file__).parents[1] / "parks"
ANQING, TOY = PARKS / "anqing-hightech", PARKS / "toy"
CASES = [""] + [file.stem for file in sorted((ANQING / "cases").glob("*.toml"))]


@cache
def park_of(folder: Path, case: str = "") -> Park:
    return read_park(folder, case=case or None)


def rows_of(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{table}.csv", keep_default_na=False)


def rates(rows: pd.DataFrame, hours: float = 8760) -> pd.Series:
    """Mean rate of streams or demands in the commodity's unit per hour."""
    return rows["amount"] / rows["per"].map({"h": 1.0, "a": hours})


@pytest.mark.parametrize("case", CASES)
def test_the_anqing_park_and_its_cases_read_without_a_problem(case: str) -> None:
    assert [f for f in park_of(ANQING, case).findings if f.severity == "problem"] == []


def test_the_toy_park_reads_without_any_remark() -> None:
    assert park_of(TOY).findings == ()


@pytest.mark.parametrize("folder", [TOY, ANQING], ids=lambda folder: folder.name)
def test_every_row_of_the_parks_says_where_it_is_from(folder: Path) -> None:
    catalogue = Path(__file__).parents[1] / "src/circularpark/park/catalogue"
    for file in sorted(folder.glob("*.csv")):
        if file.name == "profiles.csv":  # explained column by column in README.md
            continue
        rows = pd.read_csv(file, keep_default_na=False)
        known: set[str] = set()
        if folder != TOY and (catalogue / file.name).exists():
            known = set(pd.read_csv(catalogue / file.name, keep_default_na=False).iloc[:, 0])
        blank = pd.Series("", index=rows.index)
        unsaid = (rows.get("source", blank) == "") | (rows.get("confidence", blank) == "")
        own = ~rows.iloc[:, 0].isin(known)
        assert rows.loc[unsaid & own].iloc[:, 0].tolist() == [], file.name


def test_the_anqing_park_is_large_enough_to_be_a_demonstration() -> None:
    tables = park_of(ANQING).tables
    assert len(tables.sites) >= 25
    assert len(tables.streams) + len(tables.demands) >= 60


def test_what_is_assumed_is_called_assumed() -> None:
    sites = json.loads((ANQING / "sites.geojson").read_text(encoding="utf-8"))["features"]
    for site in (feature["properties"] for feature in sites):
        invented = site["confidence"] == "assumption"
        assert invented == site["id"].startswith("assumed_")
        assert invented == site["name_zh"].startswith("假设")
        assert invented == site["name_en"].startswith("Assumed")


def test_all_coordinates_are_said_to_be_approximate() -> None:
    assert set(park_of(ANQING).tables.sites["coordinates"]) == {"approximate"}
    for layer in ("corridors", "water", "roads"):
        text = (ANQING / f"{layer}.geojson").read_text(encoding="utf-8")
        features = json.loads(text)["features"]
        assert all(f["properties"]["source"] == "schematic" for f in features)


def test_no_exchange_is_presented_as_real_and_nothing_is_called_metered() -> None:
    park = park_of(ANQING)
    assert len(park.tables.links) == 0
    assert len(park.tables.records) == 0
    for table in ("streams", "demands", "processes", "markets"):
        assert getattr(park.tables, table)["today"].isna().all(), table


def test_no_expected_link_is_written_into_the_transports() -> None:
    """A transport may carry a commodity anywhere within reach: no site is named."""
    named = set(rows_of(ANQING, "transports").astype(str).to_numpy().ravel())
    assert named.isdisjoint(park_of(ANQING).tables.sites["id"])


def reached(tables: Tables, site: str, commodity: str, directions: set[str]) -> bool:
    markets = tables.markets
    here = markets["site"].isin(["*", site]) & (markets["commodity"] == commodity)
    return bool((here & markets["direction"].isin(directions)).any())


def existing_rates(tables: Tables) -> pd.DataFrame:
    """Recipe rows of what stands today, with its site and capacity."""
    standing = tables.processes[tables.processes["status"] == "existing"]
    return standing[["id", "site", "technology", "capacity"]].merge(
        tables.recipes[["technology", "commodity", "rate"]], on="technology"
    )


def test_every_demand_can_be_met_today() -> None:
    tables = park_of(ANQING).tables
    made = existing_rates(tables).query("rate > 0")
    made = made.assign(most=made["rate"] * made["capacity"])
    most = made.groupby(["site", "commodity"])["most"].sum()
    offered = tables.streams.assign(rate=rates(tables.streams))
    offered = offered.groupby(["site", "commodity"])["rate"].sum()
    wanted = tables.demands.assign(rate=rates(tables.demands))
    carriers = tables.commodities.query("kind == 'heat' and temperature.notna()")["id"]
    for (site, commodity), rate in wanted.groupby(["site", "commodity"])["rate"].sum().items():
        if reached(tables, site, commodity, {"buy"}):
            continue
        # Heat of the cascade is brought by whatever carrier is made at the site.
        goods = carriers if commodity == "heat" else [commodity]
        here = sum(most.get((site, c), 0.0) + offered.get((site, c), 0.0) for c in goods)
        assert here >= rate, (site, commodity)


def test_boilers_also_cover_the_highest_hour() -> None:
    park = park_of(ANQING)
    tables, shapes = park.tables, park.tables.profiles
    made = existing_rates(tables).query("rate > 0")
    most = made.assign(most=made["rate"] * made["capacity"]).groupby(["site", "commodity"])["most"]
    most = most.sum()
    heat = tables.demands[
        tables.demands["commodity"].isin(["steam_mp", "steam_lp", "hot_water", "chilled_water"])
        & ~tables.demands["site"].isin(tables.demands.query("commodity == 'heat'")["site"])
    ]
    peak = heat["profile"].map(lambda name: shapes[name].max() if name else 1.0)
    wanted = (rates(heat) * peak).groupby([heat["site"], heat["commodity"]]).sum()
    for place, rate in wanted.items():
        assert most.get(place, 0.0) >= rate or place[0] == "shuguang", place


def test_everything_that_must_be_used_can_go_somewhere_today() -> None:
    tables = park_of(ANQING).tables
    free = set(tables.commodities.loc[tables.commodities["surplus"] == "free", "id"])
    used = existing_rates(tables).query("rate < 0")[["site", "commodity"]]
    taken = set(map(tuple, used.to_numpy())) | set(
        map(tuple, tables.demands[["site", "commodity"]].to_numpy())
    )
    left = existing_rates(tables).query("rate > 0")[["site", "commodity"]]
    given = set(map(tuple, left.to_numpy())) | set(
        map(tuple, tables.streams[["site", "commodity"]].to_numpy())
    )
    out = {"sell", "vent", "dispose"}
    stuck = [
        place
        for place in sorted(given)
        if place[1] not in free and place not in taken and not reached(tables, *place, out)
    ]
    assert stuck == []


def test_refinery_gases_are_about_four_percent_of_the_crude() -> None:
    streams = park_of(ANQING).tables.streams.set_index("id")
    gases = streams.loc[["sinopec_refinery_gas", "sinopec_h2_offgas"], "amount"].sum()
    assert 0.03 <= gases / 8e6 <= 0.05


def test_the_power_plants_ash_is_a_fifth_of_its_coal() -> None:
    streams = park_of(ANQING).tables.streams.set_index("id")
    ash = streams.loc[["power_fly_ash", "power_bottom_ash"], "amount"].sum()
    assert 0.15 <= ash / 3.3e6 <= 0.30  # 3.3 Mt of coal at 4500 h


def test_the_power_plant_is_too_far_for_steam_but_not_for_ash() -> None:
    from circularpark.physics.candidates import link_keys

    keys = link_keys(park_of(ANQING))
    from_power = keys[keys["from"] == "wanjiang_power"]
    zones = park_of(ANQING).tables.sites.set_index("id")["zone"]
    steam = from_power[from_power["commodity"] == "steam_mp"]
    assert set(zones[steam["to"]]) == {"economic zone"}
    assert "conch_hn" in set(from_power.loc[from_power["commodity"] == "fly_ash", "to"])


def test_profiles_have_their_meaning_as_mean() -> None:
    shapes = rows_of(ANQING, "profiles")
    assert len(shapes) == 8760
    mean = shapes.mean()
    assert mean["pv_roof"] * 8760 == pytest.approx(1050, rel=1e-4)
    assert mean["wind"] * 8760 == pytest.approx(2200, rel=1e-4)
    for shift in ("day_shift", "two_shift", "cooling", "heating"):
        assert mean[shift] == pytest.approx(1.0, rel=1e-4)
    assert shapes[["pv_roof", "wind"]].max().max() <= 1.0
    assert shapes.min().min() >= 0.0


def test_the_tariff_profile_reproduces_the_published_prices_of_110_kv() -> None:
    # July 2026, 110 kV: tip 1.0639, peak 0.9181, flat 0.5848, valley 0.3404 CNY/kWh.
    day = 24 * 211  # 31 July: the tip hours are those from 15 July to 31 August
    july = rows_of(ANQING, "profiles")["tou_110kv"].iloc[day : day + 24].to_numpy() * 0.5848
    assert july[20] == pytest.approx(1.0639, abs=3e-4)
    assert july[17] == pytest.approx(0.9181, abs=3e-4)
    assert july[0] == pytest.approx(0.5848, abs=3e-4)
    assert july[3] == pytest.approx(0.3404, abs=3e-4)


def test_the_profiles_are_what_their_generator_writes() -> None:
    written = (ANQING / "profiles.csv").read_text(encoding="utf-8")
    assert year().to_csv(index=False, float_format="%.5g", lineterminator="\n") == written


def test_toy_optimum_follows_from_its_tables() -> None:
    """README.md of the toy park, worked from the tables with a pencil's arithmetic."""
    tables = park_of(TOY).tables
    hours = park_of(TOY).settings.operating_hours
    recipes = tables.recipes.set_index(["technology", "commodity"])["rate"]
    gas = -recipes["gas_boiler", "gas"]
    co2_per_mwh = gas * tables.commodities.set_index("id").loc["gas", "co2"]
    pipe = tables.transports.iloc[0]
    links = tables.links.set_index("to")["km"]
    wanted = tables.demands.set_index("site")["amount"]
    boiler = tables.processes.set_index("id").loc["recovery_works"]
    arrives = 1 - pipe["loss_per_km"] * links
    capex = boiler["capex"] + pipe["capex_per_km"] * links
    worth = arrives * hours * co2_per_mwh / capex
    assert worth["dyeing"] > worth["greenhouse"]
    budget = float(tables.limits["value"].iloc[0])
    to_dyeing = wanted["dyeing"] / arrives["dyeing"]
    to_greenhouse = (budget - to_dyeing * capex["dyeing"]) / capex["greenhouse"]
    still_fired = wanted["greenhouse"] - to_greenhouse * arrives["greenhouse"]
    assert to_dyeing == pytest.approx(20 / 3)
    assert to_greenhouse == pytest.approx(1.0)
    assert to_dyeing + to_greenhouse <= boiler["capacity_max"]
    assert wanted.sum() * hours * co2_per_mwh == pytest.approx(22_000)
    assert still_fired * hours * co2_per_mwh == pytest.approx(8_400)
    fuel = still_fired * hours * gas * tables.markets["price"].iloc[0]
    assert fuel + budget / 20 == pytest.approx(10_320_000)


def test_toy_users_are_too_far_apart_for_a_third_pipe() -> None:
    from circularpark.physics.candidates import link_keys

    assert set(link_keys(park_of(TOY))["id"]) == {"works_to_dyeing", "works_to_greenhouse"}


def test_numbers_are_finite() -> None:
    for folder in (TOY, ANQING):
        tables = park_of(folder).tables
        for table in ("streams", "demands"):
            assert np.isfinite(getattr(tables, table)["amount"]).all()
