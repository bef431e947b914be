"""Pareto curves: convex, monotone, their ends the single optima, known by hand on a small park."""

from __future__ import annotations

import json

import numpy as np
import pytest

from circularpark import read_park, solve
from circularpark.cli.main import run
from circularpark.errors import ParkDataError
from circularpark.studies.pareto import pareto
from circularpark.studies.study import Study
from tests.studies.project_park import (
    LIFE,
    MONEY,
    PIPE,
    PIPE_CAPEX,
    SOLAR_CAPEX,
    TABLES,
    two_projects,
)
from tests.studies.steam_park import (
    GREEN,
    GREEN_MORE,
    HOURS,
    LEAST_COST,
    MOST_CO2,
    PIPE_MORE,
    PRICE,
    TONNES,
    WANTED,
    WASTE,
    steam_park,
)

# What later stages may give up of the earlier ones.
SLACK = 1e-5
EDGE = {"pipe": PIPE_MORE / TONNES, "green": GREEN_MORE / TONNES}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return Study(steam_park(tmp_path_factory.mktemp("steam")))


@pytest.fixture(scope="module")
def curve(study):
    return pareto(study, points=9)


def test_its_breakpoints_are_known_by_hand(study):
    found = pareto(study, exact=True).frame
    co2 = [MOST_CO2 - saved * TONNES for saved in (WASTE + GREEN, WASTE, 0)]
    cost = [LEAST_COST + WASTE * PIPE_MORE + GREEN * GREEN_MORE, LEAST_COST + WASTE * PIPE_MORE]
    assert found["co2"].tolist() == pytest.approx(co2, rel=SLACK)
    assert found["cost"].tolist() == pytest.approx([*cost, LEAST_COST], rel=SLACK)
    assert found["price"].tolist() == pytest.approx([EDGE["green"], EDGE["pipe"], 0], rel=1e-4)
    assert found["knee"].tolist() == [False, True, False]


def test_its_ends_are_the_optima_of_each_measure_alone(curve, tmp_path):
    least_co2 = solve(read_park(steam_park(tmp_path / "co2")))
    least_cost = solve(read_park(steam_park(tmp_path / "cost", minimise="cost", then="co2")))
    first, last = curve.points[0], curve.points[-1]
    assert first.second == pytest.approx(least_co2.account.whole("co2"), rel=SLACK)
    assert first.first == pytest.approx(least_co2.account.whole("cost"), rel=SLACK)
    assert last.first == pytest.approx(least_cost.account.whole("cost"), rel=SLACK)
    assert last.first == pytest.approx(WANTED * HOURS * PRICE, rel=SLACK)


def assert_convex_and_falling(frame, first="cost", second="co2"):
    one, two = frame[first].to_numpy(), frame[second].to_numpy()
    assert (np.diff(two) > 0).all()
    assert (np.diff(one) <= SLACK * np.ptp(one)).all()
    slopes = -np.diff(one) / np.diff(two)
    assert (np.diff(slopes) <= SLACK * slopes.max()).all()
    prices = frame["price"].to_numpy()
    assert (np.diff(prices) <= 1e-4 * prices.max()).all()


def test_the_curve_is_convex_and_falls(curve):
    assert_convex_and_falling(curve.frame)
    assert curve.certified


def test_prices_are_those_of_what_saves_the_last_tonne(curve):
    knee = MOST_CO2 - WASTE * TONNES
    for point in curve.points[1:-1]:
        edge = "green" if point.second < knee * (1 - SLACK) else "pipe"
        if abs(point.second - knee) > SLACK * knee:
            assert point.price == pytest.approx(EDGE[edge], rel=1e-4)


def test_the_points_stand_evenly_along_the_curve(curve):
    frame = curve.frame
    steps = [np.diff(frame[m]) / np.ptp(frame[m]) for m in ("cost", "co2")]
    length = np.hypot(*steps)
    assert len(curve.points) == 9
    assert length.max() < 1.1 * length.min()


def test_the_accounts_of_the_points_are_the_curve(curve):
    for point in curve.points:
        assert point.plan.account.whole("co2") == pytest.approx(point.second, rel=1e-6)
        assert point.plan.account.whole("cost") == pytest.approx(point.first, rel=1e-6)


def test_a_real_parks_curve_is_convex_too():
    found = pareto(Study("huaining-cement"), points=6)
    assert_convex_and_falling(found.frame)
    assert found.certified


def test_measures_that_agree_leave_one_point(study):
    # Every tonne is bought steam, and so is every tonne of coal: none here.
    found = pareto(study, ("coal", "co2"))
    assert len(found.points) == 1
    assert found.knee is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("cost", "costs"), "solve.measure"),
        (("cost",), "studies.two_measures"),
        (("cost", "cost"), "studies.two_measures"),
    ],
)
def test_what_is_no_pair_of_measures_is_said(study, asked, code):
    with pytest.raises(ParkDataError) as error:
        pareto(study, asked)
    assert error.value.findings[0].code == code


@pytest.mark.parametrize(("lang", "word"), [("en", "← knee"), ("zh", "← 拐点")])
def test_the_command_shows_the_knee(tmp_path, capsys, lang, word):
    park = str(steam_park(tmp_path))
    assert run(["pareto", park, "--exact", "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert word in shown
    assert "350" in shown


def test_the_command_answers_in_json(tmp_path, capsys):
    park = str(steam_park(tmp_path))
    assert run(["pareto", park, "--measures", "cost,co2", "--points", "4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [m["measure"] for m in told["measures"]] == ["cost", "co2"]
    assert len(told["points"]) == 4
    assert told["price_unit"] == "CNY/t"
    assert run(["pareto", park, "--points", "1"]) == 2


def test_whole_numbers_are_chosen_on_the_curve_too(tmp_path):
    heads, row = TABLES["technologies"].split("\n")[:2]
    park = two_projects(tmp_path, technologies=f"{heads},unit_size\n{row},3\n")
    found = Study(park).pareto(points=3)
    assert found.certified
    # Three MW of collectors beside the whole pipe and one MW bought, or six beside a smaller pipe.
    cheapest = PIPE * PIPE_CAPEX / LIFE + 3 * SOLAR_CAPEX / LIFE + MONEY
    cleanest = 4 * PIPE_CAPEX / LIFE + 6 * SOLAR_CAPEX / LIFE
    assert {round(p.second) for p in found.points} == {0, round(TONNES)}
    assert found.points[-1].first == pytest.approx(cheapest, rel=1e-5)
    assert found.points[0].first == pytest.approx(cleanest, rel=1e-5)
