"""``explain heat``: what it prints, writes and answers."""

from __future__ import annotations

import json
import re

import pytest
from tests.solve.heat_parks import two_sites

from circularpark.cli.main import run


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    two_sites(folder, budget=150_000)
    return str(folder)


def test_the_report_in_english(park, capsys):
    assert run(["explain", "heat", park, "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "of the pinch target of 8 MW" in shown
    assert "investment budget" in shown
    assert "low-pressure steam" in shown
    assert "Heat exchangers: where a design can start" in shown
    assert not re.search(r"[\u3400-\u9fff]", shown)


def test_the_report_in_chinese(park, capsys):
    assert run(["explain", "heat", park, "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert "为夹点目标 8 MW 的" in shown
    assert "投资预算" in shown
    assert set(re.findall(r"[A-Za-z_]{3,}", shown)) <= {"MWh", "json"}


def test_the_report_for_a_program(park, capsys):
    assert run(["explain", "heat", park, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)["heat"]
    assert answer["target"] == pytest.approx(8)
    assert answer["reasons"][-1]["text"]


def test_curves_are_written_where_asked(park, tmp_path, capsys):
    page = tmp_path / "pictures" / "heat.html"
    assert run(["explain", "heat", park, "--curves", str(page), "--lang", "en"]) == 0
    assert str(page) in capsys.readouterr().out.replace("\n", "")
    assert page.read_text(encoding="utf-8").count("<svg") == 5


def test_a_park_without_heat_says_what_it_would_take(capsys):
    assert run(["explain", "heat", "toy", "--lang", "en"]) == 0
    assert "supply_temp" in capsys.readouterr().out


def test_solve_tells_recovered_heat_and_the_best_matches(park, tmp_path, capsys):
    assert run(["solve", park, "--out", str(tmp_path / "out"), "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "Recovered heat:" in shown
    assert "flue_gas" not in shown
    assert "260 → 120 °C, hot" in " ".join(re.sub(r"[│]", " ", shown).split())
    assert (tmp_path / "out" / "heat.html").is_file()
    assert (tmp_path / "out" / "matches.parquet").is_file()


def test_solve_is_silent_about_heat_where_there_is_none(tmp_path, capsys):
    assert run(["solve", "toy", "--out", str(tmp_path / "out"), "--lang", "en"]) == 0
    assert "Recovered heat" not in capsys.readouterr().out
    assert not (tmp_path / "out" / "heat.html").exists()


def test_the_summary_for_programs_has_target_and_recovered_heat(park, capsys):
    assert run(["solve", park, "--json"]) == 0
    heat = json.loads(capsys.readouterr().out)["heat"]
    assert heat["target"] == pytest.approx(8)
    assert 3 < heat["plan"] < 8


def test_the_hops_of_an_item_for_a_program(park, capsys):
    assert run(["explain", "dairy_boiler", park, "--json", "--lang", "en"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["item"] == "dairy_boiler"
    assert len(answer["hops"]) == 7
