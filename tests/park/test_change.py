"""Paths change numbers over years and scenarios; cases change a park's cells."""

from __future__ import annotations

import pytest

from circularpark import read_park
from circularpark.park import case_names
from circularpark.park.change import rows_named
from tests.parks import MARKETS, TOML, add_case, findings_of, found, make_park

YEARS = TOML.replace("[2025]", "[2025, 2030, 2035]")
PATHS = "table,item,column,year,scenario,set,multiply\n"
STREAMS = "id,site,commodity,amount,unit\nfly,mill,ash,24,t/d\n"
PRICED = "id,site,commodity,direction,price,co2\nash_out,*,ash,dispose,100,0.5\nin,*,steam,buy,,\n"
BOILER = {
    "technologies": "id,capacity_of,capex\nkettle,steam,1000\n",
    "recipes": "technology,commodity,rate\nkettle,steam,1\nkettle,ash,-1\n",
    "processes": "id,site,technology,capacity\nk1,mill,kettle,5\n",
}


def parks(folder, paths, **more):
    given = {"streams": STREAMS, "markets": PRICED, **more}
    return read_park(make_park(folder, toml=YEARS, paths=PATHS + paths, **given))


def price(park, year, scenario=None):
    return park.at(year, scenario).markets["price"][0]


def test_a_path_holds_from_its_year_until_the_next_of_its_cell(tmp_path):
    park = parks(tmp_path, "markets,ash_out,price,2030,,150,\nmarkets,ash_out,price,2035,,,3\n")
    assert [price(park, y) for y in (2025, 2029, 2030, 2034, 2035, 2050)] == [
        100,
        100,
        150,
        150,
        300,
        300,
    ]


def test_a_scenario_s_own_path_goes_before_the_common_one(tmp_path):
    rows = [f"{s}{y},{y},{s},0.5,8760" for s in ("low", "high") for y in (2025, 2030, 2035)]
    periods = "period,year,scenario,probability,hours\n" + "\n".join(rows) + "\n"
    paths = "markets,ash_out,price,2030,,150,\nmarkets,ash_out,price,2030,high,400,\n"
    park = parks(tmp_path, paths, periods=periods)
    assert park.scenarios == ("low", "high")
    assert price(park, 2030) == 150
    assert price(park, 2030, "low") == 150
    assert price(park, 2030, "high") == 400
    assert price(park, 2025, "high") == 100


def test_set_counts_in_the_row_s_stated_unit(tmp_path):
    park = parks(tmp_path, "streams,fly,amount,2030,,48,\n")
    assert park.at(2025).streams["amount"][0] == pytest.approx(1.0, rel=1e-12)
    assert park.at(2030).streams["amount"][0] == pytest.approx(2.0, rel=1e-12)


def test_tables_are_the_same_object_where_nothing_changes(tmp_path):
    park = parks(tmp_path, "streams,fly,amount,2030,,48,\n")
    assert park.tables is park.at(2025) is park.at(2029, "any")
    assert park.at(2030) is park.at(2035)
    assert park.at(2030) is not park.at(2025)


def test_a_path_on_a_measure_column_changes_the_factor(tmp_path):
    paths = "markets,ash_out,co2,2030,,,0.5\nmarkets,in,co2,2035,,0.2,\n"
    park = parks(tmp_path, paths)
    by_item = {
        y: park.at(y).factors.set_index("item")["value"].to_dict() for y in (2025, 2030, 2035)
    }
    assert by_item == {
        2025: {"ash_out": 0.5},
        2030: {"ash_out": 0.25},
        2035: {"ash_out": 0.25, "in": 0.2},
    }


def test_multiplying_a_blank_cell_starts_from_what_it_stands_for(tmp_path):
    paths = "processes,k1,capex,2030,,,0.5\nmarkets,ash_out,max,2030,,7,\n"
    park = parks(tmp_path, paths, **BOILER)
    assert park.at(2025).processes["capex"][0] == 1000
    assert park.at(2030).processes["capex"][0] == 500
    assert park.at(2030).markets["max"][0] == 7


def test_rows_of_a_recipe_are_named_by_technology_and_row(tmp_path):
    recipes = parks(tmp_path, "", **BOILER).raw["recipes"]
    assert rows_named(recipes, "recipes", "kettle/2").tolist() == [False, True]
    assert rows_named(recipes, "recipes", "kettle").tolist() == [True, True]
    assert rows_named(recipes, "recipes", "kettle/3").tolist() == [False, False]


def test_dated_factors_hold_from_their_year(tmp_path):
    factors = (
        "table,item,measure,value,year\nmarkets,in,co2,0.6,2025\nmarkets,in,co2,0.4,2030\n"
        "markets,in,water,1,\n"
    )
    park = parks(tmp_path, "", factors=factors)

    def value(year, measure):
        table = park.at(year).factors
        return table[(table["item"] == "in") & (table["measure"] == measure)]["value"].tolist()

    assert [value(y, "co2") for y in (2020, 2025, 2029, 2030, 2040)] == [
        [0.6],
        [0.6],
        [0.6],
        [0.4],
        [0.4],
    ]
    assert value(2035, "water") == [1.0]


def case_park(folder, text, **more):
    park = make_park(folder, streams=STREAMS, markets=PRICED, **more)
    return add_case(park, "c", text)


def change(table, where, action):
    return f'[[change]]\ntable = "{table}"\nwhere = {{ {where} }}\n{action}\n'


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("set = { price = 30 }", 30.0),
        ("multiply = { price = 1.5 }", 150.0),
        ("increase = { price = -40 }", 60.0),
    ],
)
def test_a_case_sets_multiplies_or_increases(tmp_path, action, value):
    park = case_park(tmp_path, change("markets", 'id = "ash_out"', action))
    assert read_park(park, case="c").tables.markets["price"][0] == value
    assert read_park(park).tables.markets["price"][0] == 100.0


def test_a_case_counts_in_the_row_s_stated_unit(tmp_path):
    park = case_park(tmp_path, change("streams", 'id = "fly"', "set = { amount = 48 }"))
    assert read_park(park, case="c").tables.streams["amount"][0] == pytest.approx(2.0)


def test_a_case_without_where_changes_every_row(tmp_path):
    text = '[[change]]\ntable = "markets"\nset = { price = 1 }\n'
    markets = read_park(case_park(tmp_path, text), case="c").tables.markets
    assert markets["price"].tolist() == [1.0, 1.0]


def test_a_case_adds_and_drops_rows(tmp_path):
    text = (
        '[[change]]\ntable = "markets"\n'
        'row = { id = "sell", site = "*", commodity = "ash", direction = "sell", price = 2 }\n'
        + change("markets", 'id = "ash_out"', "drop = true")
    )
    markets = read_park(case_park(tmp_path, text), case="c").tables.markets
    assert markets["id"].tolist() == ["in", "sell"]
    assert markets["_file"].tolist() == ["markets.csv", "cases/c.toml"]


def test_a_case_changes_the_park_s_settings(tmp_path):
    text = (
        '[[change]]\ntable = "park"\nset = { discount_rate = 0.08 }\n'
        '[[change]]\ntable = "time"\nset = { years = [2025, 2030] }\n'
        '[[change]]\ntable = "objective"\nset = { minimise = "cost" }\n'
        '[[change]]\ntable = "heat"\nincrease = { min_approach = 5 }\n'
    )
    settings = read_park(case_park(tmp_path, text), case="c").settings
    assert (settings.discount_rate, settings.years, settings.min_approach) == (
        0.08,
        (2025, 2030),
        15,
    )
    assert dict(settings.stages[0].weights) == {"cost": 1.0}


def test_a_case_stands_on_its_base(tmp_path):
    park = case_park(tmp_path, change("markets", 'id = "ash_out"', "set = { price = 10 }"))
    add_case(
        park,
        "d",
        '[case]\nbase = "c"\n' + change("markets", 'id = "ash_out"', "multiply = { price = 3 }"),
    )
    assert read_park(park, case="d").tables.markets["price"][0] == 30.0
    assert case_names(park) == ("c", "d")


def test_a_case_s_blank_cell_starts_from_the_technology(tmp_path):
    text = change("processes", 'id = "k1"', "multiply = { capex = 2 }")
    park = case_park(tmp_path, text, **BOILER)
    assert read_park(park, case="c").tables.processes["capex"][0] == 2000.0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (change("markets", 'id = "xyz"', "set = { price = 1 }"), "row"),
        (change("markets", 'name = "ash_out"', "set = { price = 1 }"), "column"),
        (change("markets", 'id = "ash_out"', "set = { prize = 1 }"), "column"),
        (change("market", 'id = "ash_out"', "set = { price = 1 }"), "table"),
        (change("markets", 'id = "ash_out"', 'multiply = { price = "x" }'), "number"),
        (change("markets", 'id = "ash_out"', "multiply = { max = 2 }"), "blank"),
        (change("markets", 'id = "ash_out"', "set = { price = 1 }\ndrop = true"), "action"),
        (change("markets", 'id = "ash_out"', ""), "action"),
        (change("markets", 'id = "ash_out"', "put = { price = 1 }\nset = { price = 1 }"), "key"),
        ('[[change]]\ntable = "time"\nset = { year = [2030] }\n', "column"),
        (change("markets", 'id = "ash_ou"', "set = { price = 1 }"), "row_near"),
        ('[case]\nbase = "other"\n', "no_base"),
        ('[case]\nbase = "c"\n', "circle"),
    ],
)
def test_a_case_that_fits_nothing_is_refused(tmp_path, text, code):
    problem = found(case_park(tmp_path, text), f"park.case.{code}", case="c")
    assert problem.severity == "problem"
    assert problem.file.startswith("cases/")


def test_a_bad_number_in_a_case_is_refused(tmp_path):
    text = change("markets", 'id = "ash_out"', 'set = { price = "1,5" }')
    problem = found(case_park(tmp_path, text), "park.number.decimal_comma", case="c")
    assert (problem.row, problem.column) == (2, "price")
    assert problem.file == "cases/c.toml → markets.csv"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (change("markets", 'id = "ash_out"', "set = { price = 100.0 }"), ["no_effect"]),
        (change("markets", 'id = "ash_out"', "multiply = { price = 1 }"), ["no_effect"]),
        ('[[change]]\ntable = "heat"\nset = { min_approach = 10 }\n', []),
        ('[[change]]\ntable = "time"\nset = { years = [2025] }\n', ["no_effect"]),
        ('[case]\nnote = "nothing"\n', ["nothing"]),
        (
            change("markets", 'id = "ash_out"', "set = { price = 7 }")
            + change("markets", 'id = "ash_out"', 'set = { price = "7.0" }'),
            ["no_effect"],
        ),
        (change("markets", 'id = "ash_out"', "drop = true"), []),
    ],
)
def test_what_a_case_changes_without_effect_is_told(tmp_path, text, codes):
    noticed = findings_of(case_park(tmp_path, text), case="c")
    told = [f for f in noticed if f.code.startswith("park.case.")]
    assert [f.code.removeprefix("park.case.") for f in told] == codes
    assert {f.severity for f in told} <= {"warning"}


def test_an_unknown_case_is_told_with_the_nearest(tmp_path):
    park = add_case(make_park(tmp_path, markets=MARKETS), "reuse", "")
    assert found(park, "park.case.missing", case="ruse").values["near"] == "reuse"
