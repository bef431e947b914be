"""What a plan makes of its heat: targets reached, reasons named, exchangers that close."""

from __future__ import annotations

import json

import numpy as np
import pytest

import circularpark
from circularpark.words import LANGUAGES
from tests.solve.heat_parks import published, two_sites


def report(park):
    plan = circularpark.solve(park)
    assert plan.certificate.ok
    found = plan.heat_report()
    assert found is not None
    return plan, found


def kinds(found):
    return [reason.kind for reason in found.reasons]


def test_one_site_without_carriers_reaches_its_pinch_target(tmp_path):
    _, found = report(published(tmp_path))
    assert found.target == pytest.approx(0.45)
    assert found.balance["recovered"] == pytest.approx(0.45)
    assert found.reach["pinch"].iloc[0] == (85.0,)
    assert found.placement["wrong"].sum() == pytest.approx(0, abs=1e-9)
    assert kinds(found) == ["reached"]


def test_the_exchangers_of_a_plan_hold_all_its_heat(tmp_path):
    plan, found = report(published(tmp_path, "heat_aromatics_plant"))
    pairs = plan.matches[(plan.matches["source"] != "") & (plan.matches["sink"] != "")]
    met = found.balance["met"] * 8000
    assert pairs["energy"].sum() == pytest.approx(met)
    assert (pairs["approach"] >= 18 - 1e-6).all()
    streams = pairs[pairs["source_part"] == "process"]
    assert (streams["approach"] >= 26 - 1e-6).all()
    assert not (plan.matches["source"] == "").any()


def test_what_is_forbidden_or_required_is_so_among_the_exchangers(tmp_path):
    plan, found = report(
        published(tmp_path, matches="s2,s3,forbidden,,\ns4,s1,,,0.1\nboiler,s1,,0.015,\n")
    )
    pairs = plan.matches[(plan.matches["source"] != "") & (plan.matches["sink"] != "")]
    told = pairs.groupby(["source", "sink"])["mean"].sum()
    assert ("s2", "s3") not in told
    assert told["s4", "s1"] <= 0.1 + 1e-9
    assert told["boiler", "s1"] >= 0.015 - 1e-9
    assert told.sum() == pytest.approx(found.balance["met"])
    assert not (plan.matches["source"] == "").any()
    streams = pairs[pairs["source_part"] == "process"]
    assert (streams["approach"] >= 10 - 1e-6).all()


def test_a_steam_line_brings_the_rest_of_the_target(tmp_path):
    plan, found = report(two_sites(tmp_path))
    assert found.reach["now"].iloc[-1] == pytest.approx(3)
    assert found.balance["recovered"] == pytest.approx(8)
    assert found.target == pytest.approx(8)
    assert kinds(found) == ["reached"]
    steam = found.carriers.iloc[0]
    assert (steam["plan_raised"], steam["plan_used"]) == (pytest.approx(5), pytest.approx(5))
    raised = plan.matches[plan.matches["sink"] == "steam"].iloc[0]
    assert (raised["source"], raised["mean"]) == ("flue_gas", pytest.approx(5))
    assert (raised["cold_in"], raised["cold_out"]) == (140, 140)


def test_what_lies_too_far_apart_is_said(tmp_path):
    _, found = report(two_sites(tmp_path, max_km=1.0))
    assert found.steps["within_reach"] == pytest.approx(3)
    (reason,) = [r for r in found.reasons if r.kind == "distance"]
    assert (reason.facts["from"], reason.facts["to"]) == ("works", "dairy")
    assert reason.heat == pytest.approx(5)
    assert reason.facts["max_km"] == 1
    assert "Chemical works" in reason.text("en")
    assert "化工厂" in reason.text("zh")


def test_a_line_that_is_too_dear_says_what_it_lacks(tmp_path):
    _, found = report(two_sites(tmp_path, pipe=3e8))
    assert found.balance["recovered"] == pytest.approx(3)
    (reason,) = [r for r in found.reasons if r.kind in ("line_lacks", "line_never")]
    assert reason.facts["link"] == "steam@works@dairy@steam_pipe"
    assert reason.facts["lacks"] > 0
    # With that much less per MWh the line is worth it.
    assert reason.facts["switch_km"] < reason.facts["km"]


def test_a_line_that_says_at_which_length_it_pays_does_pay_there(tmp_path):
    park = two_sites(tmp_path / "long", pipe=3e8)
    _, found = report(park)
    (reason,) = [r for r in found.reasons if r.kind == "line_lacks"]
    share = reason.facts["switch_km"] / reason.facts["km"]
    _, dearer = report(two_sites(tmp_path / "dearer", pipe=3e8 * share * 1.01))
    _, cheaper = report(two_sites(tmp_path / "cheaper", pipe=3e8 * share * 0.99))
    assert dearer.balance["recovered"] == pytest.approx(3)
    assert cheaper.balance["recovered"] > 3.1


def test_a_limit_that_binds_is_named(tmp_path):
    _, found = report(two_sites(tmp_path, budget=150_000))
    assert kinds(found) == ["rest", "limit"]
    assert "investment budget" in found.reasons[-1].text("en")
    assert 3 < found.balance["recovered"] < 8


def test_heat_at_the_wrong_time_is_told_apart(tmp_path):
    _, found = report(two_sites(tmp_path, profile=True))
    assert kinds(found) == ["time", "temperature", "reached"]
    # The target through steam is what the plan reaches, found without the program.
    assert found.balance["recovered"] == pytest.approx(found.steps["through_carriers"], rel=1e-6)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_is_a_sentence(tmp_path, lang):
    for number, options in enumerate([{}, {"max_km": 1.0}, {"pipe": 3e8}, {"budget": 150_000}]):
        _, found = report(two_sites(tmp_path / str(number), **options))
        for reason in found.reasons:
            text = reason.text(lang)
            assert "{" not in text
            assert "nan" not in text


def test_the_report_is_plain_json(tmp_path):
    _, found = report(two_sites(tmp_path))
    answer = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert answer["target"] == pytest.approx(8)
    assert answer["whole"]["plan"] == pytest.approx(8)
    assert {row["site"] for row in answer["cascades"]} == {"works", "dairy"}


def test_a_park_without_heat_has_no_report():
    plan = circularpark.solve(circularpark.read_park("toy"))
    assert plan.heat_report() is None
    assert len(plan.matches) == 0


def test_supply_and_demand_side_agree_on_what_is_recovered(tmp_path):
    _, found = report(two_sites(tmp_path, profile=True, budget=150_000))
    rows = found.reach.iloc[:-1]
    # Without losses on the way both sides tell the same.
    assert rows["plan"].sum() == pytest.approx(found.balance["recovered"], rel=1e-6)
    assert np.isfinite(rows["plan"]).all()
