"""Who gives and who takes."""

from __future__ import annotations

import numpy as np
import pytest
from tests.physics.fakes import Row, fake_park, has

from circularpark.physics.givers import ends


def given_and_taken(**rows: list[Row]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    giving, taking = ends(fake_park(commodities=[{"id": "ash"}], **rows).tables)
    return set(giving.itertuples(index=False, name=None)), set(
        taking.itertuples(index=False, name=None)
    )


def test_a_stream_gives_and_a_demand_takes() -> None:
    gives, takes = given_and_taken(streams=[has("a"), has("a")], demands=[has("b")])
    assert gives == {("a", "ash")}
    assert takes == {("b", "ash")}


def test_a_process_gives_its_outputs_and_takes_its_inputs() -> None:
    recipes = [
        {"technology": "kiln", "commodity": "lime", "rate": 1.0},
        {"technology": "kiln", "commodity": "stone", "rate": -1.8},
        {"technology": "kiln", "commodity": "dust", "rate": 0.0},
    ]
    gives, takes = given_and_taken(processes=[{"site": "a", "technology": "kiln"}], recipes=recipes)
    assert gives == {("a", "lime")}
    assert takes == {("a", "stone")}


@pytest.mark.parametrize(("status", "counts"), [("candidate", True), ("forbidden", False)])
def test_what_may_be_built_counts_and_what_is_forbidden_does_not(status: str, counts: bool) -> None:
    gives, takes = given_and_taken(
        processes=[{"site": "a", "technology": "kiln", "status": status}],
        recipes=[{"technology": "kiln", "commodity": "lime"}],
        storages=[{"site": "b", "commodity": "ash", "status": status}],
    )
    assert gives == ({("a", "lime"), ("b", "ash")} if counts else set())
    assert takes == ({("b", "ash")} if counts else set())


def test_a_storage_and_an_operation_both_give_and_take() -> None:
    gives, takes = given_and_taken(storages=[has("a")], operations=[has("b", "water")])
    assert gives == takes == {("a", "ash"), ("b", "water")}


def test_a_market_of_its_own_makes_a_giver_or_taker_and_an_open_one_does_not() -> None:
    sold = [{**has(name), "direction": d} for name, d in [("a", "sell"), ("b", "vent")]]
    bought = [{**has(name), "direction": "buy"} for name in ("c", "*")]
    gives, takes = given_and_taken(markets=[*sold, *bought, {**has("*"), "direction": "dispose"}])
    assert gives == {("c", "ash")}
    assert takes == {("a", "ash"), ("b", "ash")}


def test_carriers_are_given_where_there_is_hot_heat_and_taken_where_there_is_cold() -> None:
    park = fake_park(
        commodities=[
            {"id": "heat", "kind": "heat", "temperature": np.nan},
            {"id": "steam", "kind": "heat", "temperature": 180.0},
            {"id": "hot_water", "kind": "heat", "temperature": 90.0},
        ],
        streams=[has("hot", "heat"), has("neighbour", "steam")],
        demands=[has("cold", "heat")],
        processes=[{"site": "dryer", "technology": "dryer"}],
        recipes=[{"technology": "dryer", "commodity": "heat", "rate": -1.0}],
    )
    giving, taking = ends(park.tables)
    steam = giving[giving["commodity"] == "steam"]["site"]
    water = giving[giving["commodity"] == "hot_water"]["site"]
    assert set(steam) == {"hot", "neighbour"}
    assert set(water) == {"hot"}
    assert set(taking[taking["commodity"] == "steam"]["site"]) == {"cold", "dryer"}
