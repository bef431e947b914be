"""Unchanged questions are answered from the store, proven anew; the store never harms an answer."""

from __future__ import annotations

import errno
import json
import os

import pytest

from circularpark.park import read_park
from circularpark.park.content import content_hash
from circularpark.solve import highs, typical
from circularpark.solve.memory import Memory, remembering
from circularpark.solve.profile import read_profile
from circularpark.solve.run import solve
from circularpark.studies import question as questions
from circularpark.studies import run_files
from circularpark.studies.case import Case
from circularpark.studies.compare import compare
from circularpark.studies.question import question
from circularpark.studies.store import RunStore
from circularpark.studies.study import Study
from tests.solve.test_design import cold_park
from tests.studies.steam_park import GREEN, MOST_CO2, TONNES, WASTE, steam_park

LESS = Case("less", [{"table": "streams", "where": {"id": "waste"}, "set": {"amount": 3}}])
SAME = Case("same", [{"table": "streams", "where": {"id": "waste"}, "set": {"amount": "6.00"}}])
DRY = Case(
    "dry",
    [{"table": "markets", "where": {"id": "grey"}, "set": {"max": 1}}],
)
LEAST = MOST_CO2 - (WASTE + GREEN) * TONNES


@pytest.fixture
def park(tmp_path):
    return steam_park(tmp_path / "park")


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def runs_of_highs(monkeypatch):
    """Counts how often HiGHS is asked for anything."""
    counted = []
    before = highs.LiveModel.minimise

    def minimise(self, costs):
        counted.append(1)
        return before(self, costs)

    monkeypatch.setattr(highs.LiveModel, "minimise", minimise)
    return counted


def test_the_same_question_is_answered_without_a_solver_and_proven(park, store, runs_of_highs):
    first = Study(park, store=store).answer()
    solved = len(runs_of_highs)
    second = Study(park, store=store).answer()
    assert solved > 0
    assert len(runs_of_highs) == solved
    assert (first.kept.answered, second.kept.answered) == (False, True)
    assert second.kept.run.key == first.kept.run.key
    assert second.plan.certificate.ok
    assert second.plan.account.whole("co2") == pytest.approx(LEAST, rel=1e-5)
    assert (second.plan.optimum.x == first.plan.optimum.x).all()


def test_a_case_that_changes_nothing_is_the_base_and_another_is_not(park, store):
    found = compare(Study(park, store=store), [SAME, LESS])
    assert [a.kept.answered for a in found.answers] == [False, True, False]
    assert found.cases[0].plan.park.case == "same"
    assert found.cases[1].plan.account.whole("co2") == pytest.approx(LEAST + 3 * TONNES, rel=1e-5)
    again = compare(Study(park, store=store), [LESS])
    assert [a.kept.answered for a in again.answers] == [True, True]


def test_what_has_no_plan_is_remembered_with_its_reasons(park, store, runs_of_highs):
    first = Study(park, store=store).answer(DRY)
    solved = len(runs_of_highs)
    second = Study(park, store=store).answer(DRY)
    assert (first.status, second.status) == ("infeasible", "infeasible")
    assert second.kept.answered
    assert len(runs_of_highs) == solved
    for lang in ("zh", "en"):
        assert second.error.text(lang) == first.error.text(lang)
        assert second.error.diagnosis.text(lang) == first.error.diagnosis.text(lang)
        told = second.error.diagnosis.as_dict(lang)
        assert told == json.loads(json.dumps(first.error.diagnosis.as_dict(lang)))
        assert told["shortages"]


def test_curves_are_answered_too(park, store, runs_of_highs):
    one, two = (Study(park, store=store) for _ in range(2))
    curve, costs = one.pareto(points=4), one.macc(steps=3)
    solved = len(runs_of_highs)
    again, costs_again = two.pareto(points=4), two.macc(steps=3)
    assert len(runs_of_highs) == solved
    assert (curve.kept.answered, again.kept.answered) == (False, True)
    assert (costs.kept.answered, costs_again.kept.answered) == (False, True)
    assert again.certified
    assert again.frame.equals(curve.frame)
    assert costs_again.frame.equals(costs.frame)
    assert not two.pareto(points=5).kept.answered


def test_a_plan_from_typical_days_is_answered_whole(tmp_path, runs_of_highs):
    # What the design solves on its way, typical days and mending, is remembered as well.
    park = cold_park(tmp_path)
    memory = Memory()
    with remembering(memory):
        first = solve(park, mode="design")
    solved = len(runs_of_highs)
    again = Memory(dict(memory.points))
    with remembering(again):
        second = solve(park, mode="design")
    assert first.approximate
    assert again.answered
    assert len(runs_of_highs) == solved
    assert second.account.whole("cost") == first.account.whole("cost")
    assert second.summary()["design"] == first.summary()["design"]


def test_typical_days_that_nobody_proves_are_remembered_too(tmp_path, monkeypatch):
    # A large design leaves its typical days unproven in the interior; its year is proven.
    monkeypatch.setattr(typical, "_inside", lambda problem, profile: True)
    park, memory = cold_park(tmp_path), Memory()
    with remembering(memory):
        first = solve(park, mode="design")
    again = Memory(dict(memory.points))
    with remembering(again):
        second = solve(park, mode="design")
    assert memory.missed > 0
    assert again.answered
    assert second.certificate.ok
    assert second.account.whole("cost") == first.account.whole("cost")


def test_chosen_whole_numbers_are_answered_with_their_bound(tmp_path, store, runs_of_highs):
    park = steam_park(tmp_path / "park")
    file = park / "transports.csv"
    rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text(f"{rows[0]},capex_fixed_per_km\n{rows[1]},1000\n", encoding="utf-8")
    first = Study(park, store=store).answer()
    solved = len(runs_of_highs)
    second = Study(park, store=store).answer()
    assert second.kept.answered
    assert len(runs_of_highs) == solved
    assert second.plan.problem.integer.any()
    assert second.plan.certificate.mip_gap == first.plan.certificate.mip_gap is not None
    assert second.plan.certificate.ok


@pytest.mark.parametrize("name", ["points.parquet", "answer.json"])
def test_a_damaged_run_is_solved_again_told_and_replaced(park, store, name):
    case = DRY if name == "answer.json" else None
    first = Study(park, store=store).answer(case)
    file = store.files / first.kept.run.folder / name
    file.write_bytes(file.read_bytes()[:-3])
    second = Study(park, store=store).answer(case)
    assert second.status == first.status
    assert [t.finding.code for t in second.kept.troubles] == ["store.damaged"]
    assert not second.kept.answered
    third = Study(park, store=store).answer(case)
    assert third.kept.answered
    assert not third.kept.troubles


def test_points_that_prove_nothing_are_not_believed(park, store):
    # Somebody swaps the points of two runs, checksums and all.
    one = Study(park, store=store).answer()
    other = Study(park, store=store).answer(LESS)
    wrong = store.memory(one.kept.run)
    for key in wrong.points:
        wrong.points[key].x[:] *= 0.5
        wrong.keep(key, wrong.points[key])
    asked = question(Study(park).park(), read_profile(), minimise=None, mode="exact")
    store.keep(asked, "optimal", answer={}, tables={}, memory=wrong, replace=True)
    found = Study(park, store=store).answer()
    assert found.status == "optimal"
    assert found.plan.account.whole("co2") == pytest.approx(LEAST, rel=1e-5)
    assert [t.finding.code for t in found.kept.troubles] == ["store.unproven"]
    assert other.kept.run.key != asked.key
    assert Study(park, store=store).answer().kept.answered


def test_the_answer_stands_where_the_store_fails(park, store, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(run_files.os, "fsync", full)
    found = Study(park, store=store).answer()
    assert found.status == "optimal"
    assert found.kept.run is None
    assert [t.finding.code for t in found.kept.troubles] == ["store.full"]
    # Without a plan the reasons stand, too.
    assert Study(park, store=store).answer(DRY).status == "infeasible"


def test_every_part_of_the_question_makes_another(park, monkeypatch):
    found = read_park(park)
    profile = read_profile()
    base = question(found, profile, minimise=None, mode="exact")
    assert question(found, profile, minimise=None, mode="exact").key == base.key
    others = [
        question(found, profile, minimise="cost", mode="exact"),
        question(found, profile, minimise=None, mode="design"),
        question(found, profile, "pareto", minimise=None, mode="exact"),
        question(found, read_profile("scip"), minimise=None, mode="exact"),
    ]
    monkeypatch.setattr(questions, "model_version", lambda: "0.0.9")
    others.append(question(found, profile, minimise=None, mode="exact"))
    assert len({base.key, *(o.key for o in others)}) == 1 + len(others)


def changed(park, table, old, new):
    """The hash of the park's data after one text in one table was replaced."""
    file = park / f"{table}.csv"
    before = file.read_text(encoding="utf-8")
    assert old in before
    file.write_text(before.replace(old, new, 1), encoding="utf-8")
    found = content_hash(read_park(park))
    file.write_text(before, encoding="utf-8")
    return found


def test_the_hash_is_of_what_the_data_says_not_of_how(park):
    base = content_hash(read_park(park))
    # Another spelling of the number, another unit, another order of the columns.
    assert changed(park, "streams", "6.0,MW", "6,MW") == base
    assert changed(park, "streams", "6.0,MW", "6000,kW") != ""
    turned = "unit,kind,id\nMWh,energy,steam\n"
    assert changed(park, "commodities", "id,kind,unit\nsteam,energy,MWh\n", turned) == base
    assert changed(park, "streams", "6.0,MW", "6.0000001,MW") != base
    assert changed(park, "markets", "120.0", "121") != base
    toml = park / "park.toml"
    toml.write_text(toml.read_text().replace("discount_rate = 0", "discount_rate = 0.01"))
    assert content_hash(read_park(park)) != base


def test_what_is_no_question_of_a_plan_stays_out_of_the_hash(park):
    base = content_hash(read_park(park))
    (park / "cases").mkdir()
    (park / "cases" / "new.toml").write_text('[case]\nname = "new"\n')
    assert content_hash(read_park(park)) == base
