"""What reading gives: tables, settings, companies, measures, catalogue; and writing back."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from circularpark import read_park
from circularpark.errors import ParkDataError
from circularpark.park import demo_parks, write_park
from circularpark.park.schema import tables
from tests.parks import MARKETS, TOML, add_case, findings_of, found, make_park

STREAMS = "id,site,commodity,amount,unit,source,confidence\nfly,mill,ash,3,t/h,meter,measured\n"


def test_the_least_park_is_settings_sites_and_commodities(tmp_path):
    park = read_park(make_park(tmp_path))
    assert (park.id, park.name["zh"], park.name["en"]) == ("tiny", "小园区", "Tiny park")
    assert park.tables.streams.empty
    assert list(park.raw) == list(tables())
    assert [str(g) for g in park.tables.sites["geometry"]] == [
        "POINT (117 30.5)",
        "POINT (117.01 30.51)",
    ]


def test_every_declared_column_is_there_with_its_type(tmp_path):
    park = read_park(make_park(tmp_path, streams=STREAMS, markets=MARKETS))
    for name, table in tables().items():
        frame = park.raw[name]
        for column in table.columns.values():
            wanted = np.float64 if column.is_number else object
            assert frame[column.name].dtype == wanted, (name, column.name)


def test_every_column_is_explained_in_a_sentence_of_both_languages():
    for table in tables().values():
        for column in table.columns.values():
            assert column.means["en"].endswith("."), (table.name, column.name)
            assert column.means["zh"].endswith("。"), (table.name, column.name)


def test_source_confidence_and_note_are_kept(tmp_path):
    park = read_park(make_park(tmp_path, streams=STREAMS, markets=MARKETS))
    row = park.raw["streams"].iloc[0]
    assert (row["source"], row["confidence"], row["note"]) == ("meter", "measured", "")
    assert (row["_file"], row["_row"], row["_origin"]) == ("streams.csv", 2, "park")


def test_a_company_s_own_rows_are_merged_and_its_name_remembered(tmp_path):
    folder = make_park(tmp_path, streams=STREAMS, markets=MARKETS)
    own = folder / "companies" / "mill"
    own.mkdir(parents=True)
    (own / "streams.csv").write_text("id,site,commodity,amount,unit\nslag,mill,ash,1,t/h\n")
    streams = read_park(folder).tables.streams
    assert streams["id"].tolist() == ["fly", "slag"]
    assert streams["_owner"].tolist() == ["", "mill"]
    assert streams["_file"].tolist() == ["streams.csv", "companies/mill/streams.csv"]


def test_all_problems_are_told_at_once(tmp_path):
    streams = "id,site,commodity,amount,unit\na,mill,ash,x,t/h\nb,mill,ash,1,T/h\n"
    markets = "id,site,commodity,direction\nc,*,steam,buyy\n"
    with pytest.raises(ParkDataError) as error:
        read_park(make_park(tmp_path, streams=streams, markets=markets))
    codes = {f.code for f in error.value.findings}
    assert {"park.number.no_number", "park.unit.unknown_near", "park.choice.near"} <= codes


@pytest.mark.parametrize("name", ["sites", "commodities"])
def test_a_park_has_sites_and_commodities(tmp_path, name):
    folder = make_park(tmp_path, **{name: "id,lon,lat,kind,unit\n"})
    assert found(folder, f"park.folder.no_{name}").severity == "problem"
    (folder / f"{name}.csv").unlink()
    assert found(folder, f"park.folder.no_{name}").file == f"{name}.csv"


def test_a_folder_without_settings_is_told_once(tmp_path):
    folder = make_park(tmp_path)
    (folder / "park.toml").unlink()
    assert found(folder, "park.folder.no_toml").file == "park.toml"
    assert [f for f in findings_of(folder) if f.code == "park.toml.missing"] == []


def test_corridors_need_a_map(tmp_path):
    assert found(make_park(tmp_path, corridors="id,allows\nc,\n"), "park.folder.no_lines")


def test_sites_stand_in_one_file(tmp_path):
    folder = make_park(tmp_path)
    (folder / "sites.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    problem = found(folder, "park.folder.two_maps")
    assert problem.file == "sites.geojson, sites.csv"


def test_a_misspelt_file_is_not_overlooked(tmp_path):
    problem = found(make_park(tmp_path, stream=STREAMS), "park.folder.unknown_near")
    assert (problem.severity, problem.values["near"]) == ("warning", "streams.csv")


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ('[park]\ncurency = "CNY"', "park.toml.unknown_near", "park.curency"),
        ("[time]\nyear = [2030]", "park.toml.unknown_near", "time.year"),
        ('[weather]\nkind = "mild"', "park.toml.unknown", "weather.kind"),
        ("[park]\ndiscount_rate = true", "park.toml.wrong_number", "park.discount_rate"),
        ("[park]\ndiscount_rate = nan", "park.toml.wrong_number", "park.discount_rate"),
        ('[time]\nmode = "monthly"', "park.toml.wrong_choice", "time.mode"),
        ("[time]\nyears = [2025, 2025]", "park.toml.wrong_years", "time.years"),
        ("[objective]\nminimise = 3", "park.toml.wrong_weights", "objective.minimise"),
        ("[objective]\nscopes = [4]", "park.toml.wrong_scopes", "objective.scopes"),
        ('[objective]\nminimise = "co"', "park.toml.measure_near", "objective"),
        ("[time]\nyears = [2025", "park.toml.broken", None),
        ("[time]\nsteps = 1\nsteps = 2", "park.toml.broken", None),
    ],
)
def test_settings_that_are_unknown_or_wrong_are_refused(tmp_path, line, code, column):
    section, _, rest = line.partition("\n")
    toml = TOML.replace("[time]\nyears = [2025]\n", "") if section == "[time]" else TOML
    toml = toml.replace(section, line) if section in toml else f"{toml}\n{line}\n"
    problem = found(make_park(tmp_path, toml=toml), code)
    assert (problem.file, problem.column, problem.severity) == ("park.toml", column, "problem")
    assert rest


@pytest.mark.parametrize(
    ("lines", "stages"),
    [
        ("", [{"co2": 1.0}, {"cost": 1.0}]),
        ('minimise = "cost"', [{"cost": 1.0}]),
        ('minimise = ["energy"]', [{"energy": 1.0}, {"cost": 1.0}]),
        ("minimise = { co2 = 1, cost = 0.002 }", [{"co2": 1.0, "cost": 0.002}, {"cost": 1.0}]),
        ('then = [["water"], { cost = 2 }]', [{"co2": 1.0}, {"water": 1.0}, {"cost": 2.0}]),
        ("then = []", [{"co2": 1.0}]),
    ],
)
def test_objectives_are_stages_of_weights(tmp_path, lines, stages):
    park = read_park(make_park(tmp_path, toml=f"{TOML}\n[objective]\n{lines}\n"))
    assert [dict(stage.weights) for stage in park.settings.stages] == stages


def test_settings_have_the_contract_s_defaults(tmp_path):
    settings = read_park(make_park(tmp_path)).settings
    assert (settings.discount_rate, settings.mode, settings.operating_hours) == (
        0.05,
        "annual",
        8760,
    )
    assert (settings.min_approach, settings.scopes, settings.base_year) == (10, (1, 2, 3), 2025)


def test_hours_mode_counts_the_rows_of_the_profiles(tmp_path):
    toml = TOML + 'mode = "hours"\n'
    assert read_park(make_park(tmp_path, toml=toml)).settings.steps == 8760
    profiles = "sun\n" + "0.5\n" * 24
    assert read_park(make_park(tmp_path, toml=toml, profiles=profiles)).settings.steps == 24


def test_a_column_named_like_a_measure_is_a_factor(tmp_path):
    markets = (
        "id,site,commodity,direction,scope,co2,so2\nbuy,*,steam,buy,2,0.3,\nout,*,ash,vent,,,2\n"
    )
    measures = "id,name_zh,name_en,unit\nso2,二氧化硫,SO2,kg\n"
    factors = read_park(make_park(tmp_path, markets=markets, measures=measures)).tables.factors
    told = factors[["table", "item", "measure", "value", "scope"]].values.tolist()
    assert told == [["markets", "buy", "co2", 0.3, 2.0], ["markets", "out", "so2", 2.0, 3.0]]


def test_one_measure_in_two_places_is_refused(tmp_path):
    markets = "id,site,commodity,direction,co2\nbuy,*,steam,buy,0.3\n"
    factors = "table,item,measure,value\nmarkets,buy,co2,0.4\n"
    problem = found(make_park(tmp_path, markets=markets, factors=factors), "park.factor.twice")
    assert (problem.file, problem.row, problem.column) == ("markets.csv", 2, "co2")


WITH_CATALOGUE = TOML.replace("catalogue = false", "catalogue = true")
GAS = "id\nnatural_gas\nsteam_mp\nelectricity\n"
BOILER = "id,site,technology,capacity\nb1,mill,boiler_gas_mp,20\n"
GAS_MARKETS = (
    "id,site,commodity,direction\ng,*,natural_gas,buy\ne,*,electricity,buy\ns,*,steam_mp,sell\n"
)


def test_the_catalogue_fills_only_what_the_park_names(tmp_path):
    park = read_park(
        make_park(
            tmp_path, toml=WITH_CATALOGUE, commodities=GAS, processes=BOILER, markets=GAS_MARKETS
        )
    )
    assert park.tables.commodities["id"].tolist() == ["natural_gas", "steam_mp", "electricity"]
    assert park.tables.technologies["id"].tolist() == ["boiler_gas_mp"]
    assert set(park.tables.recipes["technology"]) == {"boiler_gas_mp"}
    assert park.raw["technologies"]["_origin"].tolist() == ["catalogue"]
    assert park.raw["technologies"]["confidence"][0] != ""


def test_the_park_s_filled_cells_override_the_catalogue_one_by_one(tmp_path):
    technologies = "id,capex\nboiler_gas_mp,123\n"
    park = read_park(
        make_park(
            tmp_path,
            toml=WITH_CATALOGUE,
            commodities=GAS,
            processes=BOILER,
            technologies=technologies,
            markets=GAS_MARKETS,
        )
    )
    row = park.tables.technologies.iloc[0]
    assert (row["capex"], row["capacity_of"]) == (123.0, "steam_mp")
    assert row["lifetime"] != 0


def test_own_recipes_replace_the_catalogue_s(tmp_path):
    recipes = (
        "technology,commodity,rate\nboiler_gas_mp,steam_mp,1\nboiler_gas_mp,natural_gas,-110\n"
    )
    park = read_park(
        make_park(
            tmp_path,
            toml=WITH_CATALOGUE,
            commodities=GAS,
            processes=BOILER,
            recipes=recipes,
            markets=GAS_MARKETS,
        )
    )
    assert park.tables.recipes["rate"].tolist() == [1.0, -110.0]


def test_without_the_catalogue_the_park_stands_alone(tmp_path):
    park = make_park(tmp_path, commodities=GAS)
    blanks = [f for f in findings_of(park) if f.code == "park.blank.column"]
    assert {f.column for f in blanks} == {"kind", "unit"}


def test_catalogue_numbers_follow_the_unit_in_which_the_park_counts(tmp_path):
    plain = make_park(
        tmp_path / "a", toml=WITH_CATALOGUE, commodities=GAS, processes=BOILER, markets=GAS_MARKETS
    )
    other = make_park(
        tmp_path / "b",
        toml=WITH_CATALOGUE,
        processes=BOILER,
        markets=GAS_MARKETS,
        commodities="id,unit\nnatural_gas,kNm3\nsteam_mp,GJ\nelectricity,\n",
    )
    one, two = read_park(plain).tables, read_park(other).tables
    unit = one.commodities.set_index("id")["unit"]
    assert (unit["natural_gas"], unit["steam_mp"]) == ("Nm3", "MWh")
    rates, others = (t.recipes.set_index("commodity")["rate"] for t in (one, two))
    # Per GJ of steam instead of per MWh, and in 1000 Nm3 of gas instead of Nm3.
    assert others["natural_gas"] == pytest.approx(rates["natural_gas"] / 3.6 / 1000, rel=1e-12)
    assert others["steam_mp"] == pytest.approx(1.0, rel=1e-12)
    co2 = two.commodities.set_index("id")["co2"]["natural_gas"]
    assert co2 == pytest.approx(
        1000 * one.commodities.set_index("id")["co2"]["natural_gas"], rel=1e-12
    )
    assert two.technologies["capex"][0] == pytest.approx(
        one.technologies["capex"][0] / 3.6, rel=1e-12
    )


def test_a_catalogue_row_in_an_unlike_unit_is_refused(tmp_path):
    commodities = "id,kind,unit\nnatural_gas,gas,t\nsteam_mp,,\nelectricity,,\n"
    park = make_park(
        tmp_path,
        toml=WITH_CATALOGUE,
        commodities=commodities,
        processes=BOILER,
        markets=GAS_MARKETS,
    )
    assert found(park, "park.catalogue.unit_needed").row == 2


def test_a_park_of_another_currency_takes_no_prices_from_the_catalogue(tmp_path):
    toml = WITH_CATALOGUE.replace("CNY", "EUR")
    park = make_park(tmp_path, toml=toml, commodities=GAS, processes=BOILER, markets=GAS_MARKETS)
    assert found(park, "park.catalogue.money").severity == "warning"
    assert read_park(park).tables.technologies["capex"][0] == 0.0


def test_unknown_parks_are_told_with_the_nearest_demo(tmp_path):
    name = demo_parks()[0]
    with pytest.raises(ParkDataError) as error:
        read_park(name[:-1])
    assert name in error.value.findings[0].fix("en")
    assert read_park(name).folder.name == name


def same(one, two, but=()):
    for name in tables():
        for column in [c for c in one.raw[name] if c not in ("_row", "_file", "geometry", *but)]:
            pd.testing.assert_series_equal(
                one.raw[name][column],
                two.raw[name][column],
                check_dtype=True,
                obj=f"{name}.{column}",
            )
        if "geometry" in one.raw[name]:
            shapes = zip(one.raw[name]["geometry"], two.raw[name]["geometry"], strict=True)
            assert all(a == b for a, b in shapes)
    assert one.settings == two.settings


@pytest.mark.parametrize("name", demo_parks())
def test_a_park_written_and_read_again_is_the_same(tmp_path, name):
    park = read_park(name)
    again = read_park(write_park(park, tmp_path / "copy"))
    same(park, again)
    assert set(park.layers) == set(again.layers)


def test_writing_keeps_companies_and_strange_cells(tmp_path):
    streams = 'id,site,commodity,amount,unit,note,weather\nfly,mill,ash,3,t/h,"a, ""b""",=1+1\n'
    folder = make_park(tmp_path / "one", streams=streams, markets=MARKETS)
    (folder / "companies" / "mill").mkdir(parents=True)
    (folder / "companies" / "mill" / "streams.csv").write_text(
        "id,site,commodity,amount,unit\nslag,mill,ash,1,t/h\n"
    )
    park = read_park(folder)
    again = read_park(write_park(park, tmp_path / "two"))
    same(park, again)
    assert (tmp_path / "two" / "companies" / "mill" / "streams.csv").is_file()
    assert again.given["streams"]["weather"].tolist()[0] == "=1+1"
    assert again.raw["streams"]["note"][0] == 'a, "b"'


@pytest.mark.speed
def test_a_thousand_sites_and_five_thousand_rows_are_read_in_a_second(tmp_path):
    sites = "id,lon,lat\n" + "".join(f"s{i},{117 + i / 5e4:.5f},30.5\n" for i in range(1000))
    rows = "".join(f"x{i},s{i % 1000},ash,{i % 7 + 0.5},kg/h\n" for i in range(5000))
    folder = make_park(
        tmp_path, sites=sites, streams=f"id,site,commodity,amount,unit\n{rows}", markets=MARKETS
    )
    read_park(folder)
    start = time.perf_counter()
    park = read_park(folder)
    assert len(park.tables.streams) == 5000
    assert time.perf_counter() - start < 2.0


def test_a_catalogue_transport_carries_only_what_the_park_has(tmp_path):
    park = make_park(
        tmp_path,
        toml=WITH_CATALOGUE,
        commodities="id\nfly_ash\n",
        transports="id\ntruck_30t\n",
        markets="id,site,commodity,direction\nout,mill,fly_ash,dispose\n",
        streams="id,site,commodity,amount,unit\nash,mill,fly_ash,3,t/h\n",
    )
    tables = read_park(park).tables
    assert tables.commodities["id"].tolist() == ["fly_ash"]
    assert tables.transports[["id", "commodity"]].values.tolist() == [["truck_30t", "fly_ash"]]
    assert tables.transports["max_km"][0] > 0


def test_a_case_may_bring_catalogue_rows_and_drop_them(tmp_path):
    folder = make_park(tmp_path, toml=WITH_CATALOGUE, commodities=GAS, markets=GAS_MARKETS)
    row = '{ id = "b", site = "mill", technology = "boiler_gas_mp" }'
    new = f'[[change]]\ntable = "processes"\nrow = {row}\n'
    where = '{ id = "boiler_gas_mp" }'
    cheaper = f'[[change]]\ntable = "technologies"\nwhere = {where}\nset = {{ capex = 1 }}\n'
    add_case(folder, "new", new)
    assert read_park(folder).tables.technologies.empty
    park = read_park(folder, case="new")
    assert park.tables.processes["capacity_of"].tolist() == ["steam_mp"]
    same(park, read_park(write_park(park, tmp_path / "written")), but=("_origin",))
    with_boiler = make_park(
        tmp_path / "two",
        toml=WITH_CATALOGUE,
        commodities=GAS,
        markets=GAS_MARKETS,
        processes=BOILER,
    )
    add_case(with_boiler, "cheaper", cheaper)
    assert read_park(with_boiler, case="cheaper").tables.processes["capex"].tolist() == [1.0]
