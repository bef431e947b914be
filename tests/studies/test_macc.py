"""What abatement costs: step by step and project by project, known by hand on a small park."""

from __future__ import annotations

import json

import pytest

from circularpark.cli.main import run
from circularpark.studies.macc import macc
from circularpark.studies.study import Study
from tests.studies.steam_park import (
    GREEN,
    GREEN_MORE,
    MOST_CO2,
    PIPE_MORE,
    TONNES,
    WASTE,
    steam_park,
)

SLACK = 1e-5


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return macc(Study(steam_park(tmp_path_factory.mktemp("steam"))), steps=4)


def test_the_steps_are_equal_and_reach_the_least_co2(found):
    frame = found.frame
    whole = (WASTE + GREEN) * TONNES
    assert frame["saved"].tolist() == pytest.approx([whole / 4] * 4, rel=1e-4)
    assert frame["co2"].iloc[-1] == pytest.approx(MOST_CO2 - whole, rel=SLACK)


def test_the_cheapest_saving_comes_first(found):
    # 8 MW in four steps: three of pipe, one of green steam.
    pipe, green = PIPE_MORE / TONNES, GREEN_MORE / TONNES
    assert found.frame["average"].tolist() == pytest.approx([pipe] * 3 + [green], rel=1e-3)
    assert found.frame["average"].is_monotonic_increasing or pipe < green


def test_a_step_says_what_it_builds(found):
    (pipe,) = found.becomes(0).to_dict("records")
    assert (pipe["before"], pipe["after"]) == (
        pytest.approx(0.0, abs=1e-3),
        pytest.approx(2.0, rel=1e-3),
    )
    assert not len(found.becomes(3))


def test_the_one_project_saves_alone_what_it_saves_as_the_last(found):
    (pipe,) = found.projects.to_dict("records")
    for way in ("alone", "last"):
        assert pipe[f"{way}_co2"] == pytest.approx(WASTE * TONNES, rel=1e-4)
        assert pipe[f"{way}_cost"] == pytest.approx(WASTE * PIPE_MORE, rel=1e-4)
    assert found.overlap.together == pytest.approx(found.overlap.alone)
    assert found.certified


def test_what_is_idle_without_each_other_is_one_project():
    found = macc(Study("huaining-cement"), steps=2)
    groups = [set(items) for items in found.projects["items"]]
    assert {"conch_dryer", "conch_sludge_feed"} in groups
    raised = "hot_water_90@conch_hn@raised"
    needing = [n for n in found.projects["needs"] if raised in n]
    assert len(needing) == 2
    # Projects that compete count their savings twice when each is taken alone.
    assert found.overlap.alone > found.overlap.together
    assert found.certified


def test_a_limit_that_todays_park_cannot_meet_is_held_at_todays_level(tmp_path, capsys):
    folder = steam_park(tmp_path)
    cap = f"cap,co2,<=,{MOST_CO2 / 2},t,year\n"
    with (folder / "limits.csv").open("a", encoding="utf-8") as file:
        file.write(cap)
    found = macc(Study(folder), steps=2)
    (pipe,) = found.projects.to_dict("records")
    # Without the pipe 8 MW of grey steam are left, far above the cap; with it 2 MW.
    for way in ("alone", "last"):
        assert pipe[f"{way}_co2"] == pytest.approx(WASTE * TONNES, rel=1e-4)
    assert found.eased == ("cap",)
    assert run(["macc", str(folder), "--steps", "2", "--lang", "en"]) == 0
    assert "today's park cannot meet (cap)" in " ".join(capsys.readouterr().out.split())


def test_every_project_of_anqing_has_a_value_alone():
    found = macc(Study("anqing-hightech"), steps=1)
    assert found.projects[["last_co2", "alone_co2"]].notna().all().all()
    # Exchangers that stand today are no projects of the plan.
    today = set(found.plan.best.flows["build"].key["item"])
    assert not today & {item for items in found.projects["items"] for item in items}
    assert found.certified


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ["Why the two differ", "do not touch"]), ("zh", ["两条曲线为何不同", "互不影响"])],
)
def test_the_command_explains_in_both_languages(tmp_path, capsys, lang, words):
    assert run(["macc", str(steam_park(tmp_path)), "--steps", "2", "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert [word for word in words if word not in shown] == []


def test_the_command_answers_in_json(tmp_path, capsys):
    park = str(steam_park(tmp_path))
    assert run(["macc", park, "--steps", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["steps"]) == 2
    assert told["projects"][0]["alone_co2"] == pytest.approx(WASTE * TONNES, rel=1e-4)
    assert told["explanation"]
    assert run(["macc", park, "--steps", "0"]) == 2
