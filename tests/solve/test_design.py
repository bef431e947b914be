"""``--mode design``: what it promises, what is true of it, and what it says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import circularpark
from circularpark import Plan
from circularpark.cli.main import run
from circularpark.errors import NoFeasiblePlan, ParkDataError
from tests.parks import make_park
from tests.real_year import reduced_park

DAYS = 'mode = "hours"\ntypical_days = {}'
# How much dearer than the best the designed park may be: `python -m benchmarks.design`.
WITHIN = 0.01


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Plan]:
    """Four weeks of real shape, exact and designed on eight days."""
    folder = tmp_path_factory.mktemp("design")
    exact = circularpark.solve(reduced_park(folder / "exact"))
    park = reduced_park(folder / "design", time=DAYS.format(8))
    return exact, circularpark.solve(park, mode="design")


def test_the_designed_park_costs_little_more_than_the_best(plans: tuple[Plan, Plan]) -> None:
    exact, design = plans
    best, true = exact.account.whole("cost"), design.account.whole("cost")
    assert best * (1 - 1e-6) <= true <= best * (1 + WITHIN)


def test_its_capacities_are_those_of_the_typical_days(plans: tuple[Plan, Plan]) -> None:
    design = plans[1]
    assert design.design is not None
    chosen, built = design.design.estimate.flows["build"], design.flows["build"]
    assert built.index["item"].tolist() == chosen.index["item"].tolist()
    more = pd.Series((built.values - chosen.values)[:, 0], index=built.index["item"])
    added = design.design.changes(design).set_index("item")["capacity"]
    assert more.drop(added.index).abs().max() < 1e-4
    assert more[added.index].to_numpy() == pytest.approx(added.to_numpy(), rel=1e-3)
    # What the whole year needed besides is small beside what was designed.
    assert added.sum() < 0.01 * chosen.values.sum()


def test_every_hour_is_dispatched_and_certified(plans: tuple[Plan, Plan]) -> None:
    design = plans[1]
    assert len(design.problem.data.time.period) == 672
    assert design.certificate.ok
    assert design.judged.check.ok


def test_it_says_that_it_is_approximate_and_what_was_promised(plans: tuple[Plan, Plan]) -> None:
    exact, design = plans
    summary = json.loads(json.dumps(design.summary()))
    assert (summary["mode"], summary["approximate"]) == ("design", True)
    told = summary["design"]
    assert told["typical_days"] == len(told["days"]) == 8
    assert sum(day["weight"] for day in told["days"]) == pytest.approx(365)
    promised, true = told["estimate"]["cost"]["2025"], summary["measures"]["cost"]["2025"]
    assert promised != pytest.approx(true, rel=1e-6)
    assert promised == pytest.approx(true, rel=0.05)
    assert told["stores_within_the_day"] == ["battery", "tank"]
    assert (exact.summary()["mode"], exact.summary()["approximate"]) == ("exact", False)
    assert exact.summary()["design"] is None


def test_typical_days_alone_are_solved_like_any_other_park(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    park = reduced_park(tmp_path, time='mode = "typical_days"\ntypical_days = 4')
    plan = circularpark.solve(park)
    assert plan.certificate.ok
    assert len(plan.problem.data.time.period) == 96
    # The park's own mode says how it is told; nothing was left to a later dispatch.
    assert not plan.approximate
    assert run(["solve", str(tmp_path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "The year is told by typical days, so the figures above are estimates" in shown


def test_a_park_told_in_typical_days_is_dispatched_on_all_its_hours(tmp_path: Path) -> None:
    park = reduced_park(tmp_path, time='mode = "typical_days"\ntypical_days = 4')
    plan = circularpark.solve(park, mode="design")
    assert len(plan.problem.data.time.period) == 672
    assert plan.certificate.ok


BOILER = {
    "commodities": "id,kind,unit\nsteam,energy,MWh\ngas,gas,MWh\n",
    "technologies": "id,capacity_of,capex\nboiler,steam,100000\n",
    "recipes": "technology,commodity,rate\nboiler,gas,-1\nboiler,steam,1\n",
    "markets": "id,site,commodity,direction,price\ngas_in,farm,gas,buy,300\n",
    "processes": "id,site,technology,status\nboiler,farm,boiler,candidate\n",
}
TOML = """\
[park]
id = "cold"
name = "cold"
currency = "CNY"
price_year = 2025
discount_rate = 0.0
catalogue = false

[time]
years = [2025]
mode = "hours"
{more}

[objective]
minimise = "{first}"
then = []
"""
# Three dryers take 6 MW of steam in turn, a day each, and on the last day 3 MW each: 9 MW. No one
# of them and no two of them ever take more than on other days, so no critical hour tells of it;
# the mean, 171/28, is what one typical day sees.
LAST = 9.0
MEAN = 171 / 28
COLD = pd.DataFrame(
    {
        f"load_{turn}": [6.0 * (day % 3 == turn) for day in range(27) for _ in range(24)]
        + [LAST / 3] * 24
        for turn in range(3)
    }
)


def cold_park(
    folder: Path, unmet: str = "", more: str = "typical_days = 1", **tables: str
) -> circularpark.Park:
    demands = "id,site,commodity,amount,unit,profile,unmet_cost\n"
    given = {
        **BOILER,
        "demands": demands
        + "".join(f"dryer_{i},farm,steam,1,MW,load_{i},{unmet}\n" for i in range(3)),
        "profiles": COLD.to_csv(index=False),
        **tables,
    }
    toml = TOML.format(first="cost", more=more)
    return circularpark.read_park(make_park(folder, toml=toml, **given))


@pytest.mark.parametrize("unmet", ["", "500"])
def test_what_the_whole_year_needs_besides_is_built_and_told(tmp_path: Path, unmet: str) -> None:
    plan = circularpark.solve(cold_park(tmp_path, unmet), mode="design")
    assert plan.certificate.ok
    assert plan.design is not None
    (added,) = plan.design.changes(plan).to_dict("records")
    assert added["item"] == "boiler"
    assert added["capacity"] == pytest.approx(LAST - MEAN, rel=1e-4)
    assert plan.account.whole("capex") == pytest.approx(LAST * 1e5, rel=1e-4)
    if unmet:
        assert plan.unmet["value"].max() == pytest.approx(0, abs=1e-6)


def test_a_day_of_its_own_spares_the_addition(tmp_path: Path) -> None:
    plan = circularpark.solve(cold_park(tmp_path, more="typical_days = 2"), mode="design")
    assert plan.design is not None
    assert plan.design.changes(plan).empty
    assert plan.account.whole("capex") == pytest.approx(LAST * 1e5, rel=1e-5)


def test_a_peak_hour_is_served_though_no_typical_day_has_it(tmp_path: Path) -> None:
    """One dryer takes 6 MW, but 10 MW in one hour of the four weeks: a critical hour."""
    load = pd.DataFrame({"load": [6.0] * (24 * 28 - 10) + [10.0] + [6.0] * 9})
    one = "id,site,commodity,amount,unit,profile\ndryer,farm,steam,1,MW,load\n"
    park = cold_park(tmp_path, demands=one, profiles=load.to_csv(index=False))
    plan = circularpark.solve(park, mode="design")
    assert plan.certificate.ok
    assert plan.design is not None
    assert plan.design.changes(plan).empty
    assert plan.builds.set_index("item")["capacity"]["boiler"] == pytest.approx(10, rel=1e-5)
    told = plan.summary()["design"]
    # The hour of the most and an hour of the least.
    assert (told["typical_days"], len(told["days"]), told["critical_hours"]) == (1, 1, 2)
    assert sum(day["weight"] for day in told["days"]) == pytest.approx(365)


def test_typical_days_without_a_plan_are_told_as_such(tmp_path: Path) -> None:
    limits = "id,measure,sense,value,unit\ncap,capex,<=,100000,CNY\n"
    with pytest.raises(NoFeasiblePlan) as refused:
        circularpark.solve(cold_park(tmp_path, limits=limits), mode="design")
    assert "typical days" in refused.value.text("en")
    assert "典型日" in refused.value.text("zh")


def test_a_year_that_no_capacities_can_serve_is_diagnosed_as_a_whole(tmp_path: Path) -> None:
    limits = "id,measure,sense,value,unit\ncap,capex,<=,700000,CNY\n"
    with pytest.raises(NoFeasiblePlan) as refused:
        circularpark.solve(cold_park(tmp_path, limits=limits), mode="design")
    assert "typical days" not in refused.value.text("en")
    assert "cap" in json.dumps(refused.value.diagnosis.as_dict("en"))


def test_a_design_that_leaves_no_money_for_the_cold_day_is_mended(tmp_path: Path) -> None:
    """The typical day spends the whole budget on the sun; c + b = 9 and 3 c + b = 15 is best."""
    sun = {
        "technologies": BOILER["technologies"] + "collector,steam,300000\n",
        "recipes": BOILER["recipes"] + "collector,steam,1\n",
        "processes": BOILER["processes"] + "collector,farm,collector,candidate\n",
        "limits": "id,measure,sense,value,unit\ncap,capex,<=,1500000,CNY\n",
    }
    plan = circularpark.solve(cold_park(tmp_path, **sun), mode="design")
    assert plan.certificate.ok
    built = plan.builds.set_index("item")["capacity"]
    assert built["collector"] == pytest.approx(3.0, rel=1e-4)
    assert built["boiler"] == pytest.approx(6.0, rel=1e-4)
    designed_sun = (15 - MEAN) / 2
    changed = plan.design.changes(plan).set_index("item")["capacity"]  # type: ignore[union-attr]
    assert changed["collector"] == pytest.approx(3.0 - designed_sun, rel=1e-3)
    assert changed["boiler"] == pytest.approx(6.0 - (MEAN - designed_sun), rel=1e-3)


def test_a_year_that_is_short_anyway_is_solved_whole() -> None:
    park = circularpark.read_park("toy")
    plan, exact = circularpark.solve(park, mode="design"), circularpark.solve(park)
    assert (plan.mode, plan.approximate) == ("design", False)
    assert plan.account.whole("co2") == exact.account.whole("co2")
    assert plan.account.whole("cost") == exact.account.whole("cost")


def test_hours_that_make_no_days_are_refused(tmp_path: Path) -> None:
    shapes = COLD.head(30).to_csv(index=False)
    with pytest.raises(ParkDataError) as refused:
        circularpark.solve(cold_park(tmp_path, profiles=shapes), mode="design")
    assert [f.code for f in refused.value.findings] == ["design.no_whole_days"]


@pytest.mark.parametrize(("lang", "word"), [("zh", "近似"), ("en", "approximate")])
def test_the_terminal_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    cold_park(tmp_path)
    assert run(["solve", str(tmp_path), "--mode", "design", "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert shown.lower().count(word) >= 2
    assert "2.89" in shown
    assert run(["solve", str(tmp_path), "--mode", "exact", "--lang", lang]) == 0
    assert word not in capsys.readouterr().out.lower()
