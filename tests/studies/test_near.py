"""Nearly optimal plans: the ranges are known by hand on a small park, and hold on real ones."""

from __future__ import annotations

import json

import numpy as np
import pytest

from circularpark.cli.main import run
from circularpark.errors import ParkDataError
from circularpark.studies.case import Case
from circularpark.studies.near import near
from circularpark.studies.study import Study
from tests.studies.steam_park import (
    GREEN_MORE,
    HOURS,
    LEAST_COST,
    LIFETIME,
    PIPE_A_YEAR,
    PIPE_MORE,
    TONNES,
    WASTE,
    steam_park,
)

PIPE = "steam@mill@farm@pipe"
# A second way for the same steam that costs the same.
TWIN = {
    "id": "twin",
    "commodity": "steam",
    "max_km": 5,
    "capex_per_capacity": PIPE_A_YEAR * LIFETIME,
    "lifetime": LIFETIME,
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return Study(steam_park(tmp_path_factory.mktemp("steam")))


def of(frame, key, name):
    return frame.set_index(key).loc[name]


def test_what_a_tenth_more_money_can_buy_is_known_by_hand(study):
    found = near(study, 10, minimise="cost")
    pipe = of(found.links, "link", PIPE)
    room = LEAST_COST / 10
    assert found.room == pytest.approx(room)
    assert (pipe["plan"], pipe["least"], pipe["status"]) == (0.0, 0.0, "optional")
    assert pipe["most"] == pytest.approx(room / PIPE_MORE * HOURS)
    built = of(found.investments, "item", PIPE)
    assert built["most"] == pytest.approx(room / PIPE_MORE)
    co2 = of(found.measures, "measure", "co2")
    assert co2["least"] == pytest.approx(co2["plan"] - room / PIPE_MORE * TONNES)
    assert of(found.measures, "measure", "cost")["most"] == pytest.approx(LEAST_COST + room)
    assert PIPE_MORE < GREEN_MORE
    assert found.certified


def test_a_good_plan_for_co2_must_have_most_of_the_pipe(study):
    # The least is 2 MW of grey steam; half as much again is 1 MW less through the pipe.
    found = near(study, 50)
    pipe = of(found.investments, "item", PIPE)
    assert pipe["least"] == pytest.approx(WASTE - 1)
    assert pipe["most"] == pytest.approx(WASTE)
    assert pipe["status"] == "must"


def test_at_nought_per_cent_the_plan_is_all_there_is(study):
    found = near(study, 0)
    for frame in (found.links, found.investments, found.measures):
        assert frame["least"].to_numpy() == pytest.approx(frame["plan"].to_numpy())
        assert frame["most"].to_numpy() == pytest.approx(frame["plan"].to_numpy())
    assert of(found.links, "link", PIPE)["status"] == "must"
    assert near(study, 0, minimise="cost").links["status"].tolist() == ["never"]


def test_equal_optima_show_as_ranges(study):
    twin = Case("twin", [{"table": "transports", "row": TWIN}])
    found = near(study, 0, case=twin)
    assert found.links["status"].tolist() == ["optional", "optional"]
    assert found.links["least"].tolist() == [0.0, 0.0]
    assert found.links["most"].to_numpy() == pytest.approx([WASTE * HOURS] * 2)
    assert found.links["plan"].sum() == pytest.approx(WASTE * HOURS)
    co2 = of(found.measures, "measure", "co2")
    assert co2["least"] == pytest.approx(co2["most"])


def test_no_end_is_solved_for_that_an_earlier_point_has():
    found = near(Study("huaining-cement"), 0)
    ends = 2 * sum(len(t) for t in (found.links, found.investments, found.measures))
    assert found.certified
    assert found.solves <= 0.35 * ends
    assert found.solves + found.spared >= ends


@pytest.mark.parametrize("within", [0, 0.1])
def test_ranges_of_a_real_park_hold_its_plan_and_every_end_is_proven(within):
    found = near(Study("huaining-cement"), within, items=["*conch*"])
    assert found.certified
    for frame in (found.links, found.investments, found.measures):
        assert (frame["least"] <= frame["plan"]).all()
        assert (frame["plan"] <= frame["most"]).all()
    assert all("conch" in name for name in found.links["link"])


def test_measures_are_those_of_the_account():
    found = near(Study("huaining-cement"), 0, items=[])
    account = found.plan.account
    expected = [account.whole(m) for m in found.measures["measure"]]
    assert found.measures["plan"].to_numpy() == pytest.approx(np.array(expected), rel=1e-9)
    assert len(found.links) == len(found.investments) == 0


@pytest.mark.parametrize("within", [-1.0, float("nan")])
def test_a_distance_is_a_percentage(study, within):
    with pytest.raises(ParkDataError) as told:
        near(study, within)
    assert [f.code for f in told.value.findings] == ["studies.within"]


def test_the_command_tells_it_in_both_languages_and_as_json(study, capsys):
    asked = ["near", str(study.where), "--within", "50"]
    assert run([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "optimal"
    assert told["links"][0]["status"] == "must"
    assert told["solves"] > 0
    for lang, word in (("zh", "必须"), ("en", "must have")):
        assert run([*asked, "--lang", lang]) == 0
        assert word in capsys.readouterr().out
    assert run(["near", str(study.where), "--within", "-1"]) == 2


def test_after_hundreds_of_warm_starts_every_end_is_still_proven() -> None:
    found = near(Study("anqing-hightech"), 1)
    assert found.solves > 500
    assert found.certified
