"""The commands on a real park, from the files to the page."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from circularpark.cli.main import run

HEAVY = ("pandas", "numpy", "highspy", "geopandas", "plotly", "pyomo", "networkx", "rich.table")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def test_the_command_starts_without_loading_anything_heavy():
    code = "import sys, circularpark.cli.main; print([m for m in sys.argv[1:] if m in sys.modules])"
    assert python("-c", code, *HEAVY).stdout.strip() == "[]"


def test_standard_output_is_one_json_object_and_nothing_else():
    solved = python("-m", "circularpark", "solve", "toy", "--json")
    assert solved.returncode == 0, solved.stderr
    answer = json.loads(solved.stdout)
    assert answer["status"] == "optimal"
    assert answer["park"] == "toy"
    assert answer["certificate"]["ok"] is True
    assert answer["certificate"]["dual_gap"] <= 1e-6
    assert answer["certificate"]["balance"] <= 1e-6
    timing = {"read", "build", "hand_over", "solve", "account", "certify"}
    assert timing <= set(answer["timing"])
    for measure, years in answer["measures"].items():
        assert all(isinstance(value, float) for value in years.values()), measure


def test_the_written_plan_says_what_was_printed(tmp_path, capsys):
    assert run(["solve", "toy", "--json", "--out", str(tmp_path)]) == 0
    printed = json.loads(capsys.readouterr().out)
    written = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert written["measures"] == printed["measures"]
    assert written["builds"] == printed["builds"]
    assert (tmp_path / "link_flow.parquet").is_file()


@pytest.mark.parametrize(("lang", "word"), [("zh", "方案"), ("en", "plan")])
def test_the_map_is_one_page_in_the_language_asked_for(tmp_path, capsys, lang, word):
    page = tmp_path / "new" / "map.html"
    assert run(["map", "toy", "--out", str(page), "--lang", lang]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in text
    assert word in text
    assert str(page) in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_model_is_written_as_equations(capsys, lang):
    assert run(["explain", "--equations", "--lang", lang]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# ")
    assert r"\sum" in text


def test_an_unknown_item_leaves_with_2(capsys):
    assert run(["explain", "no_such_thing", "--park", "toy"]) == 2
    assert "no_such_thing" in capsys.readouterr().err


def test_an_unknown_park_leaves_with_2_and_names_the_nearest(capsys):
    assert run(["solve", "tyo"]) == 2
    assert "toy" in capsys.readouterr().err


def test_an_unknown_measure_leaves_with_2(capsys):
    assert run(["solve", "toy", "--minimise", "happiness"]) == 2
    assert "happiness" in capsys.readouterr().err
