"""A plan solved before is drawn again by its run or its folder, and only while it is the park's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.sources import ROOT

from circularpark.cli.main import run
from circularpark.studies.store import RunStore


@pytest.fixture
def park(tmp_path, monkeypatch) -> Path:
    """A park that may be changed, and a store of its own."""
    monkeypatch.setenv("CIRCULARPARK_STORE", str(tmp_path / "store"))
    folder = tmp_path / "park"
    shutil.copytree(ROOT / "parks" / "toy", folder)
    return folder


@pytest.fixture
def solved(park, tmp_path, capsys) -> Path:
    """The folder of its plan."""
    out = tmp_path / "plan"
    assert run(["solve", str(park), "--out", str(out)]) == 0
    capsys.readouterr()
    return out


def change(park: Path) -> None:
    """Another budget: the plan of before is another park's now."""
    file = park / "limits.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("4800000", "4700000"), "utf-8")


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("name", ["last", "number", "tag"])
def test_a_stored_run_is_drawn_without_solving(tmp_path, capsys, name):
    store = RunStore()
    (kept,) = store.runs()
    store.tag(kept, "as reported")
    called = {"last": "last", "number": kept.number, "tag": "as reported"}[name]
    file = tmp_path / "map.html"
    assert run(["map", called, "--out", str(file), "--lang", "en"]) == 0
    assert kept.number in capsys.readouterr().out
    assert "Toy park" in file.read_text(encoding="utf-8")
    assert len(store.runs()) == 1


def test_a_plans_folder_is_drawn_from_the_store(solved, tmp_path, capsys):
    file = tmp_path / "map.html"
    assert run(["map", str(solved), "--out", str(file), "--lang", "en"]) == 0
    (kept,) = RunStore().runs()
    assert kept.number in capsys.readouterr().out


def test_a_plans_folder_keeps_its_case_and_its_objective(park, tmp_path, capsys):
    (park / "cases").mkdir(exist_ok=True)
    text = '[case]\nname = "rich"\n[[change]]\ntable = "limits"\nwhere = { id = "budget" }\n'
    (park / "cases" / "rich.toml").write_text(f"{text}set = {{ value = 6000000 }}\n", "utf-8")
    out = tmp_path / "plan"
    assert run(["solve", str(park), "--case", "rich", "--minimise", "cost", "--out", str(out)]) == 0
    asked = json.loads((out / "plan.json").read_text(encoding="utf-8"))["asked"]
    assert (asked["case"], asked["minimise"]) == ("rich", "cost")
    assert run(["map", str(out), "--out", str(tmp_path / "map.html")]) == 0
    assert len(RunStore().runs()) == 1
    capsys.readouterr()


@pytest.mark.usefixtures("no_browser")
def test_a_report_of_a_run_is_that_of_its_park(solved, tmp_path, capsys):
    assert run(["report", "last", "--out", str(tmp_path / "report"), "--lang", "en"]) == 0
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "Toy park" in page
    capsys.readouterr()


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.setattr("circularpark.show.browser.BROWSERS", ())
    monkeypatch.delenv("CIRCULARPARK_CHROMIUM", raising=False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_data_that_have_changed_since_are_told(park, solved, tmp_path, capsys, lang):
    change(park)
    for name in ("last", str(solved)):
        assert run(["map", name, "--out", str(tmp_path / "map.html"), "--lang", lang]) == 3
        said = capsys.readouterr().err
        assert {"zh": "已经改变", "en": "have changed"}[lang] in said
    assert not (tmp_path / "map.html").exists()


def test_a_plan_of_another_version_says_that_it_may_have_been_read_otherwise(park, solved, capsys):
    file = solved / "plan.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["asked"]["model"] = "0.0.1+older"
    file.write_text(json.dumps(told), encoding="utf-8")
    change(park)
    assert run(["map", str(solved), "--lang", "en"]) == 3
    assert "Another version solved" in capsys.readouterr().err


def test_an_unknown_name_is_told_as_a_park_is(park, capsys):
    assert run(["map", "nothing-of-this-name"]) == 2
    assert "nothing-of-this-name" in capsys.readouterr().err


def test_a_folder_that_a_program_wrote_says_what_is_missing(solved, capsys):
    file = solved / "plan.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    del told["asked"]
    file.write_text(json.dumps(told), encoding="utf-8")
    assert run(["map", str(solved), "--lang", "en"]) == 3
    assert "does not say where" in capsys.readouterr().err


def test_a_run_without_a_plan_cannot_be_drawn(park, capsys):
    file = park / "limits.csv"
    text = file.read_text(encoding="utf-8")
    never = text.replace("budget,capex,<=,4800000,CNY,all", "budget,co2,<=,1,t,year")
    file.write_text(never, encoding="utf-8")
    assert run(["solve", str(park)]) == 4
    capsys.readouterr()
    assert run(["map", "last", "--lang", "en"]) == 3
    assert "no plan to draw" in capsys.readouterr().err
