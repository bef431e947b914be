"""The command ``runs``, and what the other commands say of the store, in both languages."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import apsw
import pytest

from circularpark.cli.main import run
from circularpark.studies import journal
from circularpark.studies.store import RunStore
from tests.parks import add_case
from tests.studies.steam_park import steam_park
from tests.studies.stores import put

CASE = '[case]\nname = "less"\n\n[[change]]\ntable = "streams"\nwhere = { id = "waste" }\n'


@pytest.fixture(scope="module")
def solved(tmp_path_factory) -> tuple[Path, Path]:
    """A park, and a store with its plan, a case, a case without plan, and a curve."""
    folder = tmp_path_factory.mktemp("solved")
    park = steam_park(folder / "park")
    add_case(park, "less", CASE + "set = { amount = 3 }\n")
    dry = '[[change]]\ntable = "markets"\nwhere = { id = "grey" }\nset = { max = 1 }\n'
    add_case(park, "dry", '[case]\nname = "dry"\n\n' + dry)
    where = ["--store-folder", str(folder / "runs")]
    assert run(["compare", str(park), "less", "dry", *where]) == 0
    assert run(["pareto", str(park), "--points", "3", *where]) == 0
    return park, folder / "runs"


@pytest.fixture
def ask(solved, capsys):
    """Runs a command with the store; returns its exit code, output and complaints."""

    def asked(*words: str) -> tuple[int, str, str]:
        code = run([*words, "--store-folder", str(solved[1])])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return asked


@pytest.mark.parametrize("command", ["solve", "pareto", "macc"])
def test_the_screen_says_where_the_answer_is_from(tmp_path, capsys, command):
    park = str(steam_park(tmp_path / "park"))
    words = [command, park, "--store-folder", str(tmp_path / "runs"), "--lang"]

    def said(*more: str) -> str:
        assert run([*words, *more]) == 0
        return capsys.readouterr().out

    first = said("zh")
    assert "已存入运行库" in first
    assert "由运行库回答" not in first
    assert "由运行库回答" in said("zh")
    assert "the run store answers" in said("en")
    alone = said("en", "--no-store")
    assert "run store" not in alone


def test_json_says_it_too(solved, ask, capsys):
    park = str(solved[0])
    code, out, _ = ask("solve", park, "--json")
    told = json.loads(out)
    assert (code, told["status"]) == (0, "optimal")
    assert told["stored"]["answered"]
    assert told["stored"]["problems"] == []
    assert {"read", "build", "hand_over", "solve", "account", "certify"} <= set(told["timing"])
    assert run(["solve", park, "--json", "--no-store"]) == 0
    fresh = json.loads(capsys.readouterr().out)
    assert fresh["stored"] is None
    assert fresh["measures"] == told["measures"]
    code, out, _ = ask("solve", park, "--case", "dry", "--json")
    refused = json.loads(out)
    assert (code, refused["status"]) == (4, "infeasible")
    assert refused["stored"]["answered"]
    assert refused["shortages"]
    code, out, _ = ask("compare", park, "less", "dry", "--json")
    told = json.loads(out)
    assert [e["stored"]["answered"] for e in (told["base"], *told["cases"])] == [True] * 3


def test_an_infeasible_case_from_the_store_says_the_same_as_a_fresh_one(solved, ask, capsys):
    for lang, word in (("en", "reasons are those found then"), ("zh", "原因与当时所述相同")):
        code, _, stored = ask("solve", str(solved[0]), "--case", "dry", "--lang", lang)
        assert code == 4
        assert run(["solve", str(solved[0]), "--case", "dry", "--lang", lang, "--no-store"]) == 4
        fresh = capsys.readouterr().err
        assert stored.startswith(fresh.rstrip())
        assert word in stored


@pytest.mark.parametrize(
    ("lang", "all_of_them"),
    [("en", "all 2 answers came from the run store"), ("zh", "2 个结果均由运行库回答")],
)
def test_compare_takes_what_is_unchanged(solved, ask, lang, all_of_them):
    code, out, _ = ask("compare", str(solved[0]), "less", "--lang", lang)
    assert code == 0
    assert all_of_them in out


def test_the_map_takes_the_plan_that_was_solved(solved, ask, tmp_path):
    code, out, _ = ask("map", str(solved[0]), "--out", str(tmp_path / "map.html"))
    assert code == 0
    assert "the run store answers" in out


def test_runs_of_another_version_are_deleted_but_not_those_with_a_tag(tmp_path, capsys):
    store = RunStore(tmp_path / "runs")
    kept, gone = put(store, 1), put(store, 2)
    store.tag(kept, "mine")
    park = steam_park(tmp_path / "park")
    where = ["--store-folder", str(store.folder)]
    assert run(["solve", str(park), *where]) == 0
    capsys.readouterr()
    for lang, word in (("en", "nothing to delete"), ("zh", "没有需要删除")):
        if lang == "en":
            assert run(["runs", "delete", "--stale", "--json", *where]) == 0
            assert json.loads(capsys.readouterr().out)["deleted"] == [gone.key]
        assert run(["runs", "delete", "--stale", "--lang", lang, *where]) == 0
        assert word in capsys.readouterr().out
    assert len(store.runs()) == 2


def test_list_shows_what_is_there_and_what_was_asked_for(solved, ask):
    code, out, _ = ask("runs", "list", "--json")
    told = json.loads(out)
    assert code == 0
    assert {(r["command"], r["case"], r["status"]) for r in told["runs"]} == {
        ("solve", None, "optimal"),
        ("solve", "less", "optimal"),
        ("solve", "dry", "infeasible"),
        ("pareto", None, "optimal"),
    }
    _, out, _ = ask("runs", "list", "--park", "elsewhere", "--json")
    assert json.loads(out)["runs"] == []
    for lang, words in (("en", ["less", "no feasible plan"]), ("zh", ["less", "无可行方案"])):
        code, out, _ = ask("runs", "list", "--lang", lang)
        assert [w for w in words if w not in out] == []


def number(solved, case: str | None) -> str:
    runs = RunStore(solved[1]).runs()
    return next(r.number for r in runs if r.kind == "solve" and r.case == case)


def test_show_tells_a_run_as_it_was(solved, ask):
    for lang, words in (("en", ["CO2 emissions", "files are whole"]), ("zh", ["二氧化碳", "完好"])):
        code, out, _ = ask("runs", "show", number(solved, "less"), "--lang", lang)
        assert code == 0
        assert [w for w in words if w not in out] == []
        code, out, _ = ask("runs", "show", number(solved, "dry"), "--lang", lang)
        assert code == 0
        assert "steam" in out
    code, out, _ = ask("runs", "show", "last", "--json")
    told = json.loads(out)
    assert (told["command"], told["damaged"], len(told["answer"]["points"])) == ("pareto", [], 3)
    assert ask("runs", "show", "last")[0] == 0


def test_stored_runs_stand_beside_each_other_without_a_park(solved, ask):
    base, less, dry = (number(solved, case) for case in (None, "less", "dry"))
    code, out, _ = ask("runs", "compare", base, less, "--json")
    told = json.loads(out)
    assert code == 0
    (other,) = told["runs"]
    assert other["builds"][0]["status"] == "less"
    assert other["flows"][0]["from_zh"]
    for lang, word in (("en", "less"), ("zh", "减少")):
        code, out, _ = ask("runs", "compare", base, less, "--lang", lang)
        assert code == 0
        assert word in out
    assert ask("runs", "compare", base)[0] == 2
    assert ask("runs", "compare", base, dry)[0] == 2
    assert ask("runs", "compare", base, "last")[0] == 2


def test_a_question_in_sql_sees_the_runs_and_nothing_else(solved, ask, tmp_path):
    pytest.importorskip("duckdb")
    sql = "select case_name, sum(value) from measures join runs using (run) where measure = 'co2'"
    code, out, _ = ask("runs", "query", f"{sql} group by all order by 2", "--json")
    told = json.loads(out)
    assert code == 0
    assert [row[0] for row in told["rows"]] == [None, "less"]
    assert told["rows"][0][1] < told["rows"][1][1]
    code, out, _ = ask("runs", "query", "select * from curve", "--out", str(tmp_path / "c.csv"))
    assert code == 0
    assert len((tmp_path / "c.csv").read_text(encoding="utf-8-sig").splitlines()) == 4
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhidden\n")
    for bad in (
        f"from read_csv('{secret}')",
        f"copy runs to '{tmp_path / 'out.csv'}'",
        f"attach '{solved[1] / journal.FILE}' as j",
        "install httpfs",
        "set enable_external_access = true",
        "select * from nothing",
        "select",
        "",
    ):
        code, out, err = ask("runs", "query", bad, "--lang", "zh")
        assert code == 2, bad
        assert "measures" in err
        assert "hidden" not in out
    assert not (tmp_path / "out.csv").exists()


def test_without_duckdb_it_says_how_to_get_it(solved, ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    for lang, word in (("en", "not installed"), ("zh", "尚未安装")):
        code, _, err = ask("runs", "query", "select 1", "--lang", lang)
        assert code == 2
        assert word in err
        assert "circularpark[query]" in err


def test_tag_and_delete(tmp_path, capsys):
    park, where = str(steam_park(tmp_path / "park")), ["--store-folder", str(tmp_path / "runs")]
    assert run(["solve", park, *where]) == 0
    assert run(["runs", "tag", "last", "报告版", *where, "--lang", "zh"]) == 0
    assert "报告版" in capsys.readouterr().out
    assert run(["runs", "list", "--tag", "报告版", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["tags"] == ["报告版"]
    assert run(["runs", "tag", "last", "报告版", "--remove", *where]) == 0
    assert run(["runs", "tag", "last", "beef", *where]) == 2
    assert run(["runs", "delete", *where]) == 2
    assert run(["runs", "delete", "nothing", *where]) == 2
    assert run(["runs", "delete", "last", *where]) == 0
    capsys.readouterr()
    assert run(["runs", "list", *where]) == 0
    assert "No such run" in capsys.readouterr().out


def test_the_group_has_help_in_both_languages(capsys):
    for lang, word in (("en", "The run store"), ("zh", "运行库")):
        assert run(["runs", "--help", "--lang", lang]) == 0
        shown = capsys.readouterr().out
        assert word in shown
        assert "cli.help" not in shown
        for part in ("list", "show", "tag", "compare", "delete", "query"):
            assert run(["runs", part, "--help", "--lang", lang]) == 0
            assert "cli.help" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "another version of circularpark"), ("zh", "由另一版本的 circularpark 写成")],
)
def test_a_store_of_another_version_stops_runs_but_no_plan(tmp_path, capsys, lang, words):
    park, folder = str(steam_park(tmp_path / "park")), tmp_path / "runs"
    where = ["--store-folder", str(folder), "--lang", lang]
    assert run(["solve", park, *where]) == 0
    connection = apsw.Connection(str(folder / journal.FILE))
    connection.pragma("user_version", 99)
    connection.close()
    capsys.readouterr()
    assert run(["solve", park, *where]) == 0
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.out
    assert run(["solve", park, *where, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "optimal"
    assert told["stored"]["run"] is None
    assert words in told["stored"]["problems"][0]["message"]
    assert run(["runs", "list", *where]) == 3
    assert words in capsys.readouterr().err
    assert run(["runs", "list", *where, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["status"] == "invalid"
    assert run(["compare", park, "--no-store"]) == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_full_disk_costs_the_store_and_not_the_plan(tmp_path, capsys, monkeypatch, lang):
    from circularpark.studies import run_files

    def full(handle: int) -> None:
        raise OSError(28, os.strerror(28))

    park = steam_park(tmp_path / "park")
    add_case(park, "less", CASE + "set = { amount = 3 }\n")
    monkeypatch.setattr(run_files.os, "fsync", full)
    for words in (["solve"], ["pareto", "--points", "3"], ["macc", "--steps", "2"]):
        where = ["--store-folder", str(tmp_path / "runs"), "--lang", lang]
        assert run([words[0], str(park), *words[1:], *where]) == 0
        shown = capsys.readouterr()
        assert ("磁盘已满" if lang == "zh" else "The disk is full") in shown.err
        assert len(shown.out.splitlines()) > 3
    assert run(["compare", str(park), "less", *where]) == 0
    assert capsys.readouterr().err.count("磁盘已满" if lang == "zh" else "disk is full") == 1


def test_the_environment_says_where_or_switches_it_off(tmp_path, capsys, monkeypatch):
    park = str(steam_park(tmp_path / "park"))
    monkeypatch.setenv("CIRCULARPARK_STORE", str(tmp_path / "mine"))
    assert run(["solve", park]) == 0
    assert (tmp_path / "mine" / journal.FILE).exists()
    monkeypatch.setenv("CIRCULARPARK_STORE", "off")
    assert run(["solve", park]) == 0
    assert run(["runs", "list"]) == 2
    assert "switched off" in capsys.readouterr().err
