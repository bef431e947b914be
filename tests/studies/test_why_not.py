"""Why not: what would have an idle link or process chosen, held against parks changed so."""

from __future__ import annotations

import json

import pytest

from circularpark import read_park, solve
from circularpark.cli.main import run
from circularpark.studies.case import Case
from circularpark.studies.study import Study
from circularpark.studies.why_impossible import pruned
from circularpark.studies.why_not import WhyNots
from tests.parks import make_park
from tests.studies.steam_park import (
    HOURS,
    LIFETIME,
    PIPE_A_YEAR,
    PIPE_MORE,
    PRICE,
    WASTE,
    steam_park,
)

PIPE = "steam@mill@farm@pipe"


@pytest.fixture(scope="module")
def cheap(tmp_path_factory):
    """The steam park at least cost, where the pipe does not pay."""
    where = steam_park(tmp_path_factory.mktemp("cheap"), minimise="cost", then="co2")
    return Study(where)


def levers(why):
    return {lever.kind: lever for lever in why.levers}


def test_what_a_pipe_lacks_is_known_by_hand(cheap):
    why = WhyNots(cheap.plan()).of(PIPE)
    assert why.lacks == pytest.approx(PIPE_MORE / HOURS)
    assert (why.unit, why.per) == ("CNY", "MWh")
    # The pipe pays once it costs no more than the steam that it saves.
    share = HOURS * PRICE / PIPE_A_YEAR
    capital = levers(why)["capital"]
    assert capital.value == pytest.approx(share, rel=0.02)
    assert capital.value < share
    assert capital.amount == pytest.approx(WASTE)
    assert capital.proven


@pytest.mark.parametrize(("beyond", "chosen"), [(1.0, True), (1.03, False)])
def test_the_park_with_that_price_of_the_pipe_has_it(cheap, beyond, chosen):
    lever = levers(WhyNots(cheap.plan()).of(PIPE))["capital"]
    price = PIPE_A_YEAR * LIFETIME * lever.value * beyond
    change = {"table": "transports", "where": {"id": "pipe"}, "set": {"capex_per_capacity": price}}
    plan = cheap.plan(Case("cheaper", [change]))
    assert (plan.flows["link_flow"].values.sum() > 1) == chosen


def test_a_limit_that_binds_is_told_with_the_value_that_frees_it(tmp_path):
    """A dearer pipe has to wait: the budget is spent on the cheaper one, which holds 1 MW."""
    study = Study(steam_park(tmp_path / "park"))
    budget = PIPE_A_YEAR * LIFETIME
    dear = {"id": "dear", "commodity": "steam", "max_km": 5, "lifetime": LIFETIME}
    first = {"id": "first", "from": "mill", "to": "farm", "commodity": "steam"}
    changes = [
        {"table": "limits", "where": {"id": "budget"}, "set": {"value": budget}},
        {"table": "transports", "row": dear | {"capex_per_capacity": 2 * budget}},
        {"table": "links", "row": first | {"transport": "pipe", "km": 1, "capacity_max": 1}},
    ]
    why = WhyNots(study.plan(Case("poor", changes))).of("steam@mill@farm@dear")
    lever = levers(why)["limit"]
    assert (lever.limit, lever.now) == ("budget", budget)
    assert lever.value == pytest.approx(1.02 * budget)
    assert lever.amount == pytest.approx(0.01)


def test_what_cannot_run_says_so(tmp_path):
    park = make_park(
        tmp_path,
        technologies="id,name_zh,name_en,capacity_of,capex\nmill,磨,Mill,grist,10\n",
        recipes="technology,row,commodity,rate\nmill,1,grist,1\nmill,2,grain,-1\n",
        processes="id,site,technology,status,capacity_max\nmiller,farm,mill,candidate,5\n",
        commodities="id,kind,unit\ngrist,material,t\ngrain,material,t\n",
        demands="id,site,commodity,amount,unit\nneed,farm,grist,1,t/h\n",
        markets="id,site,commodity,direction,price,co2\nshop,farm,grist,buy,5,1\n",
    )
    why = WhyNots(solve(read_park(park))).of("miller")
    assert not why.possible
    assert why.obstacle.kind == "nothing_gives"
    assert why.obstacle.facts == {"site": "farm", "commodity": "grain"}


def test_pairs_too_far_for_their_transport_are_told(tmp_path):
    where = steam_park(tmp_path / "park")
    study = Study(where)
    plan = study.plan(
        Case("short", [{"table": "transports", "where": {"id": "pipe"}, "set": {"max_km": 0.1}}])
    )
    pairs = pruned(plan)
    assert pairs["link"].tolist() == [PIPE]
    assert pairs["reason"].tolist() == ["too_far"]
    assert pairs["km"].iloc[0] > 0.1


def test_every_sentence_of_a_real_park_is_proven():
    every = WhyNots(Study("huaining-cement").plan())
    found = list(every.all())
    assert len(found) == len(every.idle) > 30
    told = [lever for why in found for lever in why.levers]
    assert told
    assert all(lever.proven and lever.amount > 0 for lever in told)
    assert all(why.levers or not why.possible or why.equal for why in found)
    # One solve finds what a thing lacks; every lever is another, and a carbon price is for all.
    assert every.solves < 5 * len(found)


@pytest.mark.parametrize(("lang", "word"), [("zh", "重新求解"), ("en", "solved again")])
def test_the_command_tells_all_and_one(cheap, capsys, lang, word):
    where = str(cheap.where)
    assert run(["explain", "why", where, "--lang", lang]) == 0
    assert word in capsys.readouterr().out
    assert run(["explain", PIPE, where, "--lang", lang]) == 0
    assert word in capsys.readouterr().out


def test_the_command_as_json(cheap, capsys):
    assert run(["explain", "why", str(cheap.where), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {w["item"] for w in told["idle"]} == {PIPE}
    assert told["idle"][0]["levers"][0]["proven"]
    assert told["no_candidate"] == []
