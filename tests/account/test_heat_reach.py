"""What a plan reaches of the targets, what loses the rest, and what stands wrong at the pinch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from circularpark.account.book import Book
from circularpark.account.heat_grid import loads_of, together
from circularpark.account.heat_loads import heat_loads, weights_of
from circularpark.account.heat_reach import (
    carrier_targets,
    components,
    heat_balance,
    reach,
    recovered_by_cascade,
    steps,
)
from circularpark.account.pinch_rules import pinch_lines, placement
from circularpark.account.targets import problem_table
from tests.account import heat_cases
from tests.account.heat_toy import heat_book, heat_flows, heat_tables, recipe
from tests.account.toy import Toy, quantity, rows
from tests.known.building import read_case

LINE = [("mill", "farm", "steam")]


def test_with_a_boiler_only_the_mill_recovers_its_own_heat():
    found = heat_balance(heat_book())
    assert found["met"] == pytest.approx(10)
    assert found["heating"] == pytest.approx(6)
    assert found["recovered"] == pytest.approx(4)
    assert recovered_by_cascade(heat_book()) == pytest.approx({("mill", ""): 4, ("farm", ""): 0})


def test_steam_brings_the_rest():
    book = heat_book(boiler=0.0, steam=6.0)
    assert heat_balance(book)["recovered"] == pytest.approx(10)
    # What the mill raises for the farm is heat that the mill puts to use.
    assert recovered_by_cascade(book) == pytest.approx({("mill", ""): 10, ("farm", ""): 0})


def test_the_table_of_targets_and_what_is_reached():
    frame = reach(heat_book(boiler=0.0, steam=6.0), heat_book()).set_index("site")
    assert frame.loc["mill", ["recoverable", "now", "plan"]].tolist() == pytest.approx([4, 4, 10])
    assert frame.loc["", ["recoverable", "now", "plan"]].tolist() == pytest.approx([10, 4, 10])
    assert reach(heat_book(), None)["now"].isna().all()


def test_each_step_of_the_way_loses_its_part():
    apart = {"one_cascade": 10, "through_carriers": 10, "within_reach": 4, "own_site": 4}
    assert steps(heat_book(), []) == pytest.approx(apart)
    # A truck with paper joins nothing, whatever way it goes.
    assert steps(heat_book(), [("mill", "farm", "paper")]) == pytest.approx(apart)
    assert steps(heat_book(), LINE) == pytest.approx(apart | {"within_reach": 10})


def test_a_direct_line_joins_two_cascades_to_one():
    found = steps(heat_book(), [("mill", "farm", "heat")])
    assert found["through_carriers"] == pytest.approx(10)
    assert found["within_reach"] == pytest.approx(10)
    assert found["own_site"] == pytest.approx(4)


def test_what_the_steam_level_could_do():
    found = carrier_targets(heat_book()).carriers
    assert found[["carrier", "could_raise", "could_use"]].to_numpy().tolist() == [
        ["steam", pytest.approx(6), pytest.approx(6)]
    ]


def test_sites_that_lines_join():
    zones = [("a", ""), ("b", ""), ("b", "2"), ("c", "")]
    found = components(zones, [("a", "b", "steam")], {"c": {"loop"}})
    assert found == {frozenset("ab"): {"steam"}, frozenset("c"): {"loop"}}


def test_a_boiler_right_for_its_site_may_be_wrong_for_the_park():
    book = heat_book()
    frame = placement(heat_loads(book, asked=False), weights_of(book)).set_index("item")
    assert frame.loc["boiler", ["wrong", "wrong_park"]].tolist() == pytest.approx([0, 6])


def test_raising_steam_from_surplus_is_right():
    book = heat_book(boiler=0.0, steam=6.0)
    frame = placement(heat_loads(book, asked=False), weights_of(book))
    assert frame["wrong"].sum() == pytest.approx(0)
    assert frame["wrong_park"].sum() == pytest.approx(0)


def load(item, part, hot, supply, target, rate):
    return {"item": item, "part": part, "hot": hot, "supply": supply, "target": target,
            "approach": 0.0, "rate": rate}  # fmt: skip


def placed(*equipment):
    """Equipment around the pinch of the four streams, 85 degC shifted."""
    case = read_case("heat_kemp_four_stream")
    streams = heat_cases.loads(case["streams"], case["dt_min"])
    loads = together([streams, loads_of(pd.DataFrame(list(equipment)))])
    return placement(loads, np.ones(1)).set_index("item")


def test_a_heat_pump_across_the_pinch_is_right_and_others_are_not():
    frame = placed(
        load("across", "means", False, 70, 70, 10),
        load("across", "means", True, 100, 100, 12),
        load("above", "means", False, 95, 95, 10),
        load("above", "means", True, 130, 130, 12),
    )
    assert frame.loc["across", ["takes_below", "gives_above", "wrong"]].tolist() == [10, 12, 0]
    assert frame.loc["above", ["takes_above", "wrong"]].tolist() == [10, 10]


def test_heating_below_and_cooling_above_are_wrong_by_their_part():
    frame = placed(
        load("fire", "means", True, 105, 65, 8),
        load("cooler", "cooler", False, 65, 105, 8),
        load("low steam", "carrier", True, 85, 85, 3),
    )
    assert frame["wrong"].to_dict() == pytest.approx({"fire": 4, "cooler": 4, "low steam": 3})


def test_where_no_heating_is_needed_all_of_it_is_wrong():
    hot = load("h", "process", True, 200, 100, 10)
    cold = load("c", "process", False, 20, 60, 4)
    table = problem_table(loads_of(pd.DataFrame([hot, cold])))
    heating, cooling = pinch_lines(table)
    assert heating[0] == np.inf
    assert cooling[0] == np.inf
    needs_all = problem_table(loads_of(pd.DataFrame([cold])))
    heating, cooling = pinch_lines(needs_all)
    assert heating[0] == -np.inf
    assert cooling[0] == -np.inf


def test_an_engine_is_judged_by_what_crosses_the_pinch():
    frame = placed(
        load("below", "means", False, 70, 70, 10),
        load("below", "means", True, 40, 40, 8),
        load("across", "means", False, 120, 120, 10),
        load("across", "means", True, 40, 40, 8),
    )
    assert frame["wrong"].to_dict() == {"below": 0, "across": 8}
    assert not frame["lifts"].any()


def test_heat_that_becomes_power_is_told_apart_from_heat_that_serves():
    tables = heat_tables()
    engine = [recipe("engine", 1, "power", 1.0), recipe("engine", 2, "heat", -18.0, 150, 150)]
    process = tables["processes"].iloc[0].to_dict()
    extra = process | {"id": "orc", "technology": "engine", "site": "mill"}
    tables["recipes"] = pd.concat([tables["recipes"], rows(*engine)], ignore_index=True)
    tables["processes"] = pd.concat([tables["processes"], rows(extra)], ignore_index=True)
    running = {"boiler": 6.0, "machine": 10.0, "tower": 0.0, "orc": 0.4}
    flows = heat_flows() | {"activity": quantity("process", "period", running)}
    park = Toy(tables, links=rows())
    book = Book(park, park.time, park.links_of, flows)  # type: ignore[arg-type]
    found = heat_balance(book)
    # The boiler's 6 MW are not what the engine makes its power of.
    assert found["recovered"] == pytest.approx(4)
    assert found["to_power"] == pytest.approx(2)
    assert recovered_by_cascade(book)["mill", ""] == pytest.approx(4)
