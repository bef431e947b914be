"""Tables as they hold: defaults, statuses, instances, overrides, formulas."""

from __future__ import annotations

import numpy as np
import pytest

import circularpark
from circularpark.errors import ParkDataError
from circularpark.park import read_park
from circularpark.park.formula_text import parse_formula
from circularpark.park.status import resolve_status
from tests.parks import MARKETS, TOML, found, make_park

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("status", "capacity", "capacity_max", "settled"),
    [
        # status, standing, floor, most
        ("", 5, NAN, ("existing", 5, 0, 5)),
        ("", 5, 8, ("existing", 5, 0, 8)),
        ("", NAN, NAN, ("candidate", 0, 0, INF)),
        ("", NAN, 8, ("candidate", 0, 0, 8)),
        ("existing", NAN, NAN, ("existing", INF, 0, INF)),
        ("existing", NAN, 8, ("existing", INF, 0, INF)),
        ("candidate", 5, NAN, ("candidate", 0, 0, 5)),
        ("candidate", 5, 8, ("candidate", 0, 0, 8)),
        ("candidate", NAN, NAN, ("candidate", 0, 0, INF)),
        ("required", 5, NAN, ("required", 0, 5, INF)),
        ("required", 5, 8, ("required", 0, 5, 8)),
        ("required", NAN, 8, ("required", 0, 0, 8)),
        ("forbidden", 5, 8, ("forbidden", 0, 0, 0)),
    ],
)
def test_status_and_capacity_follow_the_contract(status, capacity, capacity_max, settled):
    columns = {
        "status": np.array([status], dtype=object),
        "capacity": np.array([float(capacity)]),
        "capacity_max": np.array([float(capacity_max)]),
    }
    row = {name: column[0] for name, column in resolve_status(columns).items()}
    assert (row["status"], row["capacity"], row["floor"], row["capacity_max"]) == settled


KETTLE = {
    "technologies": "id,capacity_of,capex,lifetime,route\nkettle,steam,1000,,synergy\n",
    "recipes": (
        "technology,row,commodity,rate,emits\nkettle,,steam,1,\nkettle,,ash,-1,yes\n"
        "kettle,drain,water,-0.5,no\n"
    ),
    "markets": MARKETS + "w,*,water,buy\na,*,ash,buy\n",
}


def test_processes_take_their_technology_s_columns_unless_they_override_them(tmp_path):
    processes = "id,site,technology,capacity,capex\nk1,mill,kettle,5,\nk2,farm,kettle,,700\n"
    table = read_park(make_park(tmp_path, processes=processes, **KETTLE)).tables.processes
    assert table["capex"].tolist() == [1000.0, 700.0]
    assert table["lifetime"].tolist() == [20.0, 20.0]
    assert table["route"].tolist() == ["synergy", "synergy"]
    assert table["capacity_of"].tolist() == ["steam", "steam"]
    assert table["status"].tolist() == ["existing", "candidate"]
    assert table["of"].tolist() == ["k1", "k2"]


def test_a_process_for_any_site_has_an_instance_at_each(tmp_path):
    processes = "id,site,technology,capacity_max,co2\nk0,mill,kettle,3,\nany,*,kettle,9,0.2\n"
    tables = read_park(make_park(tmp_path, processes=processes, **KETTLE)).tables
    table = tables.processes
    assert table["id"].tolist() == ["k0", "any@mill", "any@farm"]
    assert table["of"].tolist() == ["k0", "any", "any"]
    assert table["site"].tolist() == ["mill", "mill", "farm"]
    assert table["capacity_max"].tolist() == [3.0, 9.0, 9.0]
    told = tables.factors[["table", "item", "value", "scope"]].values.tolist()
    assert told == [["processes", "any@mill", 0.2, 1.0], ["processes", "any@farm", 0.2, 1.0]]


def test_a_technology_s_factor_counts_for_its_processes_unless_they_have_their_own(tmp_path):
    more = {**KETTLE, "technologies": "id,capacity_of,co2\nkettle,steam,0.5\n"}
    processes = "id,site,technology,capacity,co2\nk1,mill,kettle,5,\nk2,farm,kettle,5,0.1\n"
    factors = read_park(make_park(tmp_path, processes=processes, **more)).tables.factors
    assert factors.set_index("item")["value"].to_dict() == {"k1": 0.5, "k2": 0.1}
    assert set(factors["table"]) == {"processes"}


def test_recipe_rows_are_named_and_their_flags_read(tmp_path):
    processes = "id,site,technology,capacity\nk1,mill,kettle,5\n"
    recipes = read_park(make_park(tmp_path, processes=processes, **KETTLE)).tables.recipes
    assert recipes["row"].tolist() == ["1", "2", "drain"]
    assert recipes["emits"].tolist() == [False, True, False]
    assert (recipes["min_share"].tolist(), recipes["max_share"].tolist()) == ([0.0] * 3, [1.0] * 3)


def with_formula(folder, formula):
    more = {
        **KETTLE,
        "recipes": "technology,commodity,rate,formula\n"
        f'kettle,steam,1,\nkettle,ash,-2,"{formula}"\n',
    }
    return make_park(folder, processes="id,site,technology,capacity\nk1,mill,kettle,5\n", **more)


FORMULAS = {"ratio": lambda over, under: over / under}


def test_a_formula_multiplies_the_rate(tmp_path):
    park = read_park(with_formula(tmp_path, "ratio(over=3, under=4)"), formulas=FORMULAS)
    assert park.tables.recipes["rate"].tolist() == [1.0, -1.5]


def test_a_heat_pump_better_than_carnot_is_refused_in_both_languages(tmp_path):
    park = with_formula(tmp_path, "heat_pump_cop(source=60, sink=125, share=1.3)")
    with pytest.raises(ParkDataError) as told:
        circularpark.read_park(park)
    finding = next(f for f in told.value.findings if f.code == "park.formula.fails")
    assert (finding.file, finding.row, finding.column) == ("recipes.csv", 3, "formula")
    assert "at most 1, not 1.3" in finding.message("en")
    assert "不超过 1" in finding.message("zh")


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("ration(over=3, under=4)", "unknown"),
        ("ratio(over=3, under=0)", "fails"),
        ("ratio(over=3)", "fails"),
        ("3 * 4", "broken"),
        ("ratio(3, 4)", "broken"),
        ("ratio(over=__import__('os'), under=1)", "broken"),
    ],
)
def test_a_formula_that_gives_no_number_is_refused(tmp_path, formula, code):
    with pytest.raises(ParkDataError) as error:
        read_park(with_formula(tmp_path, formula), formulas=FORMULAS)
    hits = [f for f in error.value.findings if f.code == f"park.formula.{code}"]
    assert [(f.file, f.row, f.column) for f in hits] == [("recipes.csv", 3, "formula")]


def test_a_formula_s_text_is_taken_apart_never_run():
    assert parse_formula("f()") == ("f", {})
    assert parse_formula(" cop( source = 40, sink=-9e1 ,t=supply_temp)") == (
        "cop",
        {"source": 40.0, "sink": -90.0, "t": "supply_temp"},
    )
    assert parse_formula("f(a=1, a=2)") is None
    assert parse_formula("f(a=(1))") is None


def test_surplus_is_free_for_heat_and_must_be_used_else(tmp_path, monkeypatch):
    # Not every version can compute heat; here only its defaults are looked at.
    monkeypatch.setattr("circularpark.park.checks.CHECKS", ())
    commodities = (
        "id,kind,unit,surplus,temperature\nh,heat,MWh,,90\nw,water,m3,,\nf,waste,t,free,\n"
    )
    table = read_park(make_park(tmp_path, commodities=commodities)).tables.commodities
    assert table["surplus"].tolist() == ["free", "must_use", "free"]
    assert table["return_temperature"][0] == 90.0
    assert table["min_approach"].tolist() == [10.0] * 3


def test_a_stream_s_rules_fall_back_to_its_commodity_s_then_the_park_s(tmp_path):
    commodities = "id,kind,unit,surplus,min_approach\nash,waste,t,free,7\nslag,waste,t,,\n"
    streams = (
        "id,site,commodity,amount,unit,surplus,min_approach\n"
        "a,mill,ash,1,t/h,,\nb,mill,ash,1,t/h,must_use,3\nc,mill,slag,1,t/h,,\n"
    )
    markets = "id,site,commodity,direction\nm,*,ash,dispose\nn,*,slag,dispose\n"
    toml = TOML + "[heat]\nmin_approach = 20\n"
    table = read_park(
        make_park(tmp_path, toml=toml, commodities=commodities, streams=streams, markets=markets)
    ).tables.streams
    assert table["surplus"].tolist() == ["free", "must_use", "must_use"]
    assert table["min_approach"].tolist() == [7.0, 3.0, 20.0]


def test_a_commodity_s_weight_is_known_for_masses_and_water_only(tmp_path):
    commodities = (
        "id,kind,unit,counts_as\na,material,kg,\nb,water,m3,\nc,gas,m3,\nd,energy,MWh,\n"
        "e,material,m3,water\n"
    )
    table = read_park(make_park(tmp_path, commodities=commodities)).tables.commodities
    np.testing.assert_array_equal(table["tonnes"], [0.001, 1.0, NAN, NAN, 1.0])


def test_markets_are_open_without_limits_unless_told(tmp_path):
    row = read_park(make_park(tmp_path, markets=MARKETS)).tables.markets.iloc[0]
    told = (row["price"], row["min"], row["max"], row["max_per_year"], row["scope"], row["stored"])
    assert told == (0.0, 0.0, INF, INF, 3.0, False)
    assert np.isnan(row["from_year"])


def test_a_transport_of_several_commodities_counts_for_each(tmp_path):
    transports = "id,commodity,max_km\ntruck,ash; steam,50\n"
    table = read_park(make_park(tmp_path, transports=transports, markets=MARKETS)).tables.transports
    assert table[["id", "commodity", "max_km", "detour"]].values.tolist() == [
        ["truck", "ash", 50.0, 1.3],
        ["truck", "steam", 50.0, 1.3],
    ]


def test_links_leave_blank_what_the_transport_decides(tmp_path):
    more = {
        "transports": "id,commodity,capex_per_km,bidirectional\npipe,steam,9,true\n",
        "links": "id,from,to,commodity,transport,capacity,capex_per_km\n"
        "l1,mill,farm,steam,pipe,5,\nl2,farm,mill,steam,pipe,,4\n",
    }
    folder = make_park(tmp_path, markets=MARKETS, **more)
    try:
        table = read_park(folder).tables.links
    except ParkDataError as error:
        pytest.fail(str(error))
    np.testing.assert_array_equal(table["capex_per_km"], [NAN, 4.0])
    assert np.isnan(table["bidirectional"]).all()
    assert table["status"].tolist() == ["existing", "candidate"]


def test_a_site_without_company_is_one_of_its_own(tmp_path):
    sites = "id,lon,lat,company\nmill,117,30.5,acme\nfarm,117.01,30.51,\n"
    assert read_park(make_park(tmp_path, sites=sites)).tables.sites["company"].tolist() == [
        "acme",
        "farm",
    ]


def test_built_in_measures_are_there_in_the_park_s_money(tmp_path):
    toml = TOML.replace("CNY", "EUR")
    measures = read_park(
        make_park(tmp_path, toml=toml, measures="id,unit\nnox,kg\n")
    ).tables.measures
    units = measures.set_index("id")["unit"].to_dict()
    assert (units["co2"], units["cost"], units["energy"], units["nox"]) == ("t", "EUR", "tce", "kg")


def test_limits_say_their_years_and_table(tmp_path):
    limits = "id,item,sense,value,unit,years,measure\na,ash_out,<=,5,t,2025;2030,\nb,,≤,9,t,,co2\n"
    park = make_park(
        tmp_path, limits=limits, markets=MARKETS, toml=TOML.replace("[2025]", "[2025, 2030]")
    )
    assert found(park, "park.choice.sign").severity == "fixed"
    table = read_park(park).tables.limits
    assert table["years"].tolist() == [(2025, 2030), ()]
    assert table["table"].tolist() == ["markets", ""]
    assert table["sense"].tolist() == ["<=", "<="]
    assert table["period"].tolist() == ["year", "year"]
