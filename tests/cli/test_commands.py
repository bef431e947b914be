"""The commands keep the contract: exit codes, one JSON object, words in both languages."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.cli.fakes import FLOWS, FakePlan, park

import circularpark
from circularpark import words
from circularpark.cli import tables
from circularpark.cli.main import run
from circularpark.errors import Finding, NoFeasiblePlan, ParkDataError, SolverError
from circularpark.solve import run as solving


class Diagnosis:
    def as_dict(self, lang):
        return {"shortages": [{"site": "dyeing"}], "cures": [{"link": "L141"}]}

    def text(self, lang):
        return {"zh": "印染厂缺汽。", "en": "Steam is short at the dyeing works."}[lang]


PROBLEM = Finding(
    "cli_test.too_hot", file="streams.csv", row=7, column="target_temp", value="120"
)  # fmt: skip


@pytest.fixture(autouse=True)
def _words(monkeypatch):
    """One finding of our own in the table of words, so that no check's wording matters here."""
    own = {
        "cli_test.too_hot.message": {"zh": "{value} 度太热。", "en": "{value} degC is too hot."},
        "cli_test.too_hot.fix": {"zh": "请互换两列。", "en": "Swap the two columns."},
        "cli_test.failed": {"zh": "求解器失败。", "en": "The solver failed."},
    }
    whole = words.table() | own
    monkeypatch.setattr(words, "table", lambda: whole)


@pytest.fixture
def engine(monkeypatch):
    """Lets a test say what reading and solving give, or what they raise."""

    def set_up(read=None, solved=None):
        def read_park(where, case=None):
            if isinstance(read, Exception):
                raise read
            return read or park()

        def solve(found, solver=None, minimise=None, mode="exact"):
            if isinstance(solved, Exception):
                raise solved
            return solved or FakePlan()

        monkeypatch.setattr(tables, "flow_table", lambda plan, flows, year: FLOWS)
        monkeypatch.setattr(circularpark, "read_park", read_park)
        monkeypatch.setattr(solving, "solve", solve)

    return set_up


def test_a_solved_park_leaves_with_0_and_says_what_to_build(engine, capsys):
    engine()
    assert run(["solve", "riverside"]) == 0
    shown = capsys.readouterr().out
    assert "Riverside Park: the best plan, certified" in shown
    assert "32 kt" in shown
    assert "heat pump 1*" in shown
    assert "steam pipe " in shown
    assert "Dyeing 1" in shown
    assert "10.3 t/h" in shown
    assert "A tonne of CO2 saved earns CNY 1,210 on average." in shown


def test_the_same_in_chinese(engine, capsys):
    engine()
    assert run(["solve", "riverside", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert "滨江示范园：最优方案（已核验）" in shown
    assert "3.2 万吨" in shown
    assert "一号热泵*" in shown
    assert "每减排一吨 CO2 平均反而节省 1,210 元。" in shown


def test_json_is_one_object_with_the_keys_of_the_contract(engine, capsys):
    engine()
    assert run(["solve", "riverside", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer.keys() >= {
        "status", "park", "case", "objective", "measures", "baseline", "today", "builds",
        "certificate", "timing", "versions",
    }  # fmt: skip
    assert answer["timing"].keys() == {
        "read", "build", "hand_over", "solve", "account", "certify",
    }  # fmt: skip


def test_a_plan_without_certificate_leaves_with_5_and_says_so(engine, capsys):
    engine(solved=FakePlan(certified=False))
    assert run(["solve", "riverside"]) == 5
    shown = capsys.readouterr()
    assert "NOT CERTIFIED" in shown.out
    assert "Do not act on it." in shown.err


def test_data_with_problems_leaves_with_3_and_lists_them_all(engine, capsys):
    engine(read=ParkDataError([PROBLEM, PROBLEM], "riverside"))
    assert run(["solve", "riverside"]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    line = "streams.csv, row 7, column target_temp: 120 degC is too hot."
    assert shown.err.count(line) == 2
    assert shown.err.count("Swap the two columns.") == 2


def test_data_problems_as_json(engine, capsys):
    engine(read=ParkDataError([PROBLEM], "riverside"))
    assert run(["solve", "riverside", "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "invalid"
    (problem,) = answer["problems"]
    assert problem.keys() == {"file", "row", "column", "value", "message", "fix"}
    assert (problem["file"], problem["row"], problem["value"]) == ("streams.csv", 7, "120")


def test_no_feasible_plan_leaves_with_4(engine, capsys):
    engine(solved=NoFeasiblePlan(Diagnosis(), "riverside"))
    assert run(["solve", "riverside", "--json"]) == 4
    assert json.loads(capsys.readouterr().out) == {
        "status": "infeasible",
        "shortages": [{"site": "dyeing"}],
        "cures": [{"link": "L141"}],
    }


@pytest.mark.parametrize(("lang", "words"), [("zh", "印染厂缺汽。"), ("en", "Steam is short")])
def test_what_is_short_is_said_in_words(engine, capsys, lang, words):
    engine(solved=NoFeasiblePlan(Diagnosis(), "riverside"))
    assert run(["solve", "riverside", "--lang", lang]) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err


def test_a_failed_solver_leaves_with_5(engine, capsys):
    engine(solved=SolverError("cli_test.failed"))
    assert run(["solve", "riverside", "--json"]) == 5
    assert json.loads(capsys.readouterr().out)["status"] == "failed"


@pytest.mark.parametrize(
    "words",
    [
        ["solve"],
        ["slove", "riverside"],
        ["solve", "riverside", "--cost", "1"],
        ["solve", "riverside", "--mode", "quick"],
        ["solve", "riverside", "--solver", "hihgs"],
        ["explain"],
        ["explain", "L1"],
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_wrong_usage_leaves_with_2_and_nothing_on_standard_output(
    engine, capsys, words, lang, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    engine()
    assert run([*words, "--lang", lang]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.strip()


def test_what_is_wrong_with_a_command_is_said_in_chinese(capsys):
    run(["solve", "--lang", "zh"])
    assert "缺少 PARK。" in capsys.readouterr().err


def test_help_is_in_the_language_asked_for(capsys):
    assert run(["solve", "--help", "--lang", "zh"]) == 0
    assert "求解园区" in capsys.readouterr().out
    assert run(["solve", "--help", "--lang=en"]) == 0
    assert "Solve a park" in capsys.readouterr().out


@pytest.mark.parametrize("asked", [["--lang", "zh"], ["--lang=zh"]])
def test_the_language_may_stand_before_the_command(capsys, asked):
    run([*asked, "solve"])
    assert "缺少 PARK。" in capsys.readouterr().err


def test_the_plan_is_written_where_it_was_asked_for(engine, tmp_path, capsys):
    plan = FakePlan()
    engine(solved=plan)
    assert run(["solve", "riverside", "--out", str(tmp_path / "out")]) == 0
    assert plan.written == [tmp_path / "out"]
    assert str(tmp_path / "out") in capsys.readouterr().out


def test_warnings_are_told_but_do_not_stop(engine, capsys):
    warning = replace(PROBLEM, severity="warning")
    engine(read=park(findings=(warning,) * 7))
    assert run(["solve", "riverside"]) == 0
    told = capsys.readouterr().err
    assert told.count("Warning: streams.csv, row 7") == 5
    assert "2 more: circularpark check riverside" in told


def test_the_template_park_solves(tmp_path, capsys):
    assert run(["new", str(tmp_path / "mine")]) == 0
    assert run(["check", str(tmp_path / "mine")]) == 0
    assert run(["solve", str(tmp_path / "mine")]) == 0
    assert "certified" in capsys.readouterr().out


def test_the_template_is_not_written_over_anything(tmp_path, capsys):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "sites.csv").write_text("id\nmy_site\n", encoding="utf-8")
    assert run(["new", str(mine)]) == 2
    assert [file.name for file in mine.iterdir()] == ["sites.csv"]
    assert (mine / "sites.csv").read_text(encoding="utf-8") == "id\nmy_site\n"
