"""Exchangers from a plan's heat: energy closes, approaches hold, few units do it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from circularpark.account.heat_grid import Loads, loads_of, together
from circularpark.account.matches import matches
from circularpark.account.targets import problem_table
from tests.account import heat_cases
from tests.account.test_targets import random_loads
from tests.known.building import read_case


def heated(loads: Loads) -> Loads:
    """The loads with the least heating from a fire above everything."""
    table = problem_table(loads)
    fire = pd.DataFrame(
        {"item": ["fire"], "hot": True, "supply": 900.0, "target": 900.0, "approach": 10.0}
    ).assign(site=loads.index["site"].iloc[0])
    return together([loads, loads_of(fire, table.heating[None, :])])


def by(frame, key, loads, hot, weight):
    """(what the matches say of each unit, what the loads say) [MWh/a]."""
    told = frame[frame[key] != ""].groupby(key)["energy"].sum()
    side = pd.Series((loads.rate @ weight)[loads.hot == hot], loads.index["item"][loads.hot == hot])
    return told.reindex(side.index).fillna(0.0).to_numpy(), side.to_numpy()


@pytest.mark.parametrize("seed", range(60))
def test_energy_closes_and_approaches_hold(seed):
    weight = np.array([1000.0, 3000.0, 500.0])
    loads = heated(random_loads(seed))
    frame = matches(loads, weight)
    whole = float((loads.rate @ weight).sum())
    for key, hot in (("source", True), ("sink", False)):
        told, wanted = by(frame, key, loads, hot, weight)
        assert told == pytest.approx(wanted, abs=1e-7 * whole)
    assert not (frame["source"] == "").any()
    pairs = frame[frame["sink"] != ""]
    own = dict(zip(loads.index["item"], loads.shift, strict=True))
    needed = pairs["source"].map(own) + pairs["sink"].map(own)
    assert (pairs["approach"] >= needed - 1e-6).all()
    assert (pairs["hot_in"] - pairs["cold_out"] >= needed - 1e-6).all()
    assert (pairs["hot_out"] - pairs["cold_in"] >= needed - 1e-6).all()
    assert (pairs["largest"] >= pairs["mean"] - 1e-12).all()


@pytest.mark.parametrize("seed", range(30))
def test_few_exchangers_do_it(seed):
    loads = heated(random_loads(seed, periods=1))
    frame = matches(loads, np.ones(1))
    pairs = frame[frame["sink"] != ""]
    units = (loads.rate > 1e-9).sum()
    # At every pinch the problem falls apart into parts, each with its own units.
    parts = 1 + len(problem_table(loads).pinches())
    assert len(pairs) <= units * parts


def test_the_four_streams_as_a_designer_would_start():
    case = read_case("heat_kemp_four_stream")
    loads = heated(heat_cases.loads(case["streams"], case["dt_min"]))
    frame = matches(loads, np.array([8000.0]))
    pairs = frame[frame["sink"] != ""].set_index(["source", "sink"])
    # The published network: three exchangers between streams, one heater, one cooler.
    assert pairs["mean"].to_dict() == pytest.approx(
        {("2", "3"): 240, ("4", "1"): 180, ("2", "1"): 30, ("fire", "1"): 20}
    )
    assert pairs["approach"].tolist()[:3] == pytest.approx([10, 10, 10])
    assert frame.loc[frame["sink"] == "", "mean"].sum() == pytest.approx(60)
    assert pairs["energy"].sum() == pytest.approx(470 * 8000)


def test_a_match_tells_real_temperatures():
    rows = pd.DataFrame(
        [
            {"item": "gas", "hot": True, "supply": 200, "target": 100, "approach": 20, "rate": 10},
            {"item": "air", "hot": False, "supply": 20, "target": 80, "approach": 10, "rate": 6},
        ]
    )
    frame = matches(loads_of(rows), np.ones(1))
    pair = frame[frame["sink"] == "air"].iloc[0]
    assert (pair["cold_in"], pair["cold_out"]) == (20, 80)
    # The gas is split: six tenths of it cool all the way.
    assert (pair["hot_in"], pair["hot_out"]) == (200, 100)
    assert pair["approach"] == pytest.approx(80)
    unused = frame[frame["sink"] == ""].iloc[0]
    assert (unused["hot_in"], unused["hot_out"]) == (200, 100)
    assert unused["mean"] == pytest.approx(4)


def test_the_refinery_needs_few_exchangers_for_its_64_streams():
    case = read_case("heat_op_refinery")
    loads = heated(heat_cases.loads(case["streams"]))
    frame = matches(loads, np.ones(1))
    assert not (frame["source"] == "").any()
    assert (frame["sink"] != "").sum() < 64


def test_a_sink_that_nothing_can_serve_is_told():
    rows = pd.DataFrame(
        [
            {"item": "gas", "hot": True, "supply": 60, "target": 50, "approach": 10, "rate": 5},
            {"item": "air", "hot": False, "supply": 70, "target": 80, "approach": 10, "rate": 3},
        ]
    )
    frame = matches(loads_of(rows), np.ones(1))
    assert frame[frame["source"] == ""]["sink"].tolist() == ["air"]
    assert frame[frame["sink"] == ""]["mean"].tolist() == [5]
