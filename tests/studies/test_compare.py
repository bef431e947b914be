"""Cases beside the park: what changes, what becomes of it, and why; a bad one stops no other."""

from __future__ import annotations

import json

import pytest

import circularpark
from circularpark.cli.main import run
from circularpark.errors import ParkDataError
from circularpark.studies.case import Case
from circularpark.studies.compare import compare
from circularpark.studies.study import Study
from tests.parks import add_case
from tests.studies.steam_park import (
    EMITS,
    GREEN,
    GREEN_MORE,
    HOURS,
    MOST_CO2,
    PIPE_MORE,
    PRICE,
    TONNES,
    WASTE,
    steam_park,
)

LESS_WASTE = Case("less", [{"table": "streams", "where": {"id": "waste"}, "set": {"amount": 3}}])
NO_STEAM = Case(
    "none",
    [
        {"table": "markets", "where": {"id": "grey"}, "drop": True},
    ],
)
NOTHING = Case("same", [{"table": "streams", "where": {"id": "waste"}, "set": {"amount": "6.00"}}])
MISSPELT = Case("misspelt", [{"table": "streams", "where": {"id": "wast"}, "set": {"amount": 3}}])


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    study = Study(steam_park(tmp_path_factory.mktemp("steam")))
    return compare(study, [LESS_WASTE, NO_STEAM, NOTHING, MISSPELT, LESS_WASTE])


def by_name(found, name):
    return next(case for case in found.cases if case.name == name)


def test_the_base_is_the_park_by_hand(found):
    co2 = MOST_CO2 - (WASTE + GREEN) * TONNES
    assert found.base.plan.account.whole("co2") == pytest.approx(co2, rel=1e-5)


def test_measures_stand_beside_the_bases(found):
    frame = found.measures
    own = frame[(frame["case"] == "less") & (frame["measure"] == "co2")]
    assert own["change"].iloc[0] == pytest.approx(3 * TONNES, rel=1e-5)


def test_a_smaller_pipe_is_less_and_what_stays_is_the_same(found):
    (pipe,) = found.builds(by_name(found, "less")).to_dict("records")
    assert (pipe["status"], pipe["base"], pipe["case"]) == (
        "less",
        pytest.approx(6, 1e-5),
        pytest.approx(3, 1e-5),
    )
    (flow,) = found.flows(by_name(found, "less")).to_dict("records")
    assert (flow["from"], flow["to"], flow["status"]) == ("mill", "farm", "less")
    assert flow["case"] == pytest.approx(3 * HOURS, rel=1e-5)
    assert set(found.builds(by_name(found, "same"))["status"]) == {"same"}


def test_every_change_of_a_case_is_told(found):
    (change,) = by_name(found, "less").changes
    assert change.as_dict() == {
        "table": "streams",
        "row": "waste",
        "column": "amount",
        "from": 6.0,
        "to": 3.0,
        "change": "cell",
    }
    (gone,) = by_name(found, "none").changes
    assert (gone.table, gone.row, gone.change) == ("markets", "grey", "gone")


def test_a_case_that_writes_what_is_there_changes_nothing(found):
    assert by_name(found, "same").changes == ()
    assert not len(found.why(by_name(found, "same")))


def test_a_case_without_a_plan_is_told_and_the_others_go_on(found):
    assert [case.status for case in found.cases] == [
        "optimal",
        "infeasible",
        "optimal",
        "invalid",
        "optimal",
    ]
    told = json.dumps(found.as_dict(), allow_nan=False)
    assert '"changes_nothing": true' in told


def test_the_public_names_are_these():
    assert circularpark.Case is Case
    assert circularpark.Study is Study


def test_a_name_that_is_no_case_is_said_before_anything_is_solved(tmp_path):
    with pytest.raises(ParkDataError) as error:
        compare(Study(steam_park(tmp_path)), ["frugal"])
    assert [f.code for f in error.value.findings] == ["park.case.missing"]


def test_why_names_the_steam_that_became_dear(tmp_path):
    # Cost only: a MWh at the farm is worth what the grey market asks, then twice that.
    park = steam_park(tmp_path, minimise="cost", then="co2")
    change = {"table": "markets", "where": {"id": "grey"}, "multiply": {"price": 1.5}}
    found = compare(Study(park), [Case("dear", [change])])
    why = found.why(found.cases[0])
    farm = why[(why["site"] == "farm") & (why["commodity"] == "steam")].iloc[0]
    assert (farm["from"], farm["to"]) == (pytest.approx(PRICE), pytest.approx(1.5 * PRICE))
    assert min(PRICE + GREEN_MORE / HOURS, PRICE + PIPE_MORE / HOURS) > 1.5 * PRICE
    assert EMITS > 0


CASE = '[case]\nname = "less"\n\n[[change]]\ntable = "streams"\nwhere = { id = "waste" }\n'


@pytest.fixture
def park(tmp_path):
    park = steam_park(tmp_path / "park")
    add_case(park, "less", CASE + "set = { amount = 3 }\n")
    add_case(park, "same", CASE + "set = { amount = 6 }\n")
    add_case(park, "wrong", CASE + "set = { amont = 3 }\n")
    return add_case(
        park,
        "dry",
        CASE.replace("streams", "demands").replace("waste", "need")
        + (
            'set = { amount = 1e6 }\n\n[[change]]\ntable = "markets"\n'
            'where = { id = "grey" }\nset = { max = 1 }\n'
        ),
    )


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            [
                "as it is",
                "less",
                "streams, steam · mill, Amount: 6 → 3",
                "This case changes nothing",
            ],
        ),
        ("zh", ["基准", "减少", "可供物流 · steam · mill · 数量：6 → 3", "没有改变任何数据"]),
    ],
)
def test_the_command_says_it_in_both_languages(park, capsys, lang, words):
    assert run(["compare", str(park), "less", "same", "dry", "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert [word for word in words if word not in shown] == []


def test_the_command_answers_in_json(park, capsys):
    assert run(["compare", str(park), "less", "dry", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "optimal"
    assert [case["status"] for case in told["cases"]] == ["optimal", "infeasible"]
    assert told["cases"][1]["cures"] or told["cases"][1]["shortages"]
    assert told["cases"][0]["builds"][0]["status"] == "less"


def test_bad_data_of_a_case_gives_3_and_a_misspelt_case_2(park, capsys):
    assert run(["compare", str(park), "less", "wrong"]) == 3
    shown = capsys.readouterr().out
    assert "amont" in shown
    assert "less" in shown
    assert run(["compare", str(park), "les"]) == 2
    assert run(["compare", str(park)]) == 2
    assert "less" in capsys.readouterr().err
