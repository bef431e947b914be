"""Whole-number choices: answers that can be worked out by hand, and what is proven of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import circularpark
from circularpark.account.book import Book
from circularpark.account.check import check_book
from circularpark.errors import NoFeasiblePlan
from circularpark.solve.plan import Plan
from circularpark.solve.profile import read_profile
from tests.parks import TOML, make_park

COST = TOML.replace("[time]", "discount_rate = 0\n\n[time]", 1).replace(
    "catalogue = false\n\ndiscount_rate = 0", "catalogue = false\ndiscount_rate = 0"
)
HOURLY = COST.replace("years = [2025]", "years = [2025]\noperating_hours = 1")
LEAST_COST = '\n[objective]\nminimise = "cost"\nthen = []\n'
FUELS = "id,kind,unit\nsteam,energy,MWh\ngas,energy,MWh\n"
MARKETS = """\
id,site,commodity,direction,price,co2
gas_in,*,gas,buy,20,0.2
steam_in,*,steam,buy,50,0
"""
RECIPES = "technology,row,commodity,rate\nboiler,1,steam,1\nboiler,2,gas,-1\n"
WANT = "id,site,commodity,amount,unit\nwant,mill,steam,10,MW\n"
HEAD = "id,capacity_of,capex,capex_fixed,lifetime,unit_size,min_load\n"
NEW = "id,site,technology,capacity_max,status\nnew,mill,boiler,20,candidate\n"


def solved(folder: Path, toml: str = HOURLY + LEAST_COST, **tables: str) -> Plan:
    """The plan of one boiler (gas at 20) that competes with steam bought at 50."""
    given = {
        "commodities": FUELS,
        "markets": MARKETS,
        "recipes": RECIPES,
        "demands": WANT,
        "processes": NEW,
        **tables,
    }
    return circularpark.solve(circularpark.read_park(make_park(folder, toml=toml, **given)))


def of(plan: Plan, name: str) -> float:
    return float(getattr(plan, name)["value"].sum())


def test_a_fixed_cost_is_paid_where_all_that_it_saves_is_more(tmp_path):
    # 10 MWh are 300 cheaper from gas; the boiler costs 1 per MW and what is paid once.
    cheap = solved(tmp_path / "cheap", technologies=HEAD + "boiler,steam,1,280,1,,\n")
    assert cheap.objective["value"] == pytest.approx(200 + 10 + 280)
    assert of(cheap, "open") == 1
    dear = solved(tmp_path / "dear", technologies=HEAD + "boiler,steam,1,295,1,,\n")
    assert dear.objective["value"] == pytest.approx(500)
    assert of(dear, "build") == of(dear, "open") == 0


def test_what_is_paid_once_stands_in_the_account_and_the_builds(tmp_path):
    plan = solved(tmp_path, technologies=HEAD + "boiler,steam,1,280,1,,\n")
    assert plan.account.annual("capex")[2025] == pytest.approx(290)
    assert plan.account.annual("cost")[2025] == pytest.approx(490)
    assert list(plan.builds["capex"]) == pytest.approx([290])


def test_whole_units_leave_what_does_not_fill_one_to_the_market(tmp_path):
    # A unit of 4 MW costs 40 and saves 120: two are full, the third would save only 60.
    plan = solved(tmp_path, technologies=HEAD + "boiler,steam,10,,1,4,\n")
    assert of(plan, "units") == 3
    assert plan.objective["value"] == pytest.approx(200 + 120)
    dear = solved(tmp_path / "dear", technologies=HEAD + "boiler,steam,20,,1,4,\n")
    assert of(dear, "units") == 2
    assert dear.objective["value"] == pytest.approx(8 * 20 + 2 * 50 + 160)


def test_a_boiler_runs_at_its_smallest_load_or_not_at_all(tmp_path):
    stands = "id,site,technology,capacity,min_load\nold,mill,boiler,20,0.6\n"
    tables = {"technologies": HEAD + "boiler,steam,,,1,,\n", "processes": stands}
    off = solved(tmp_path / "off", **tables)
    # 12 MW at least are more than the 10 that anybody wants.
    assert of(off, "activity") == of(off, "on") == 0
    assert off.objective["value"] == pytest.approx(500)
    # The best operation of today is held to it too.
    assert off.baseline["cost"]["2025"] == pytest.approx(500)
    stands = stands.replace("0.6", "0.5")
    on = solved(tmp_path / "on", **{**tables, "processes": stands})
    assert of(on, "activity") == pytest.approx(10)
    assert of(on, "on") == 1


def test_a_new_boiler_is_built_no_larger_than_its_smallest_load_allows(tmp_path):
    periods = "period,year,hours,weight\nbusy,2025,1,1\nquiet,2025,1,1\n"
    wants = "id,site,commodity,amount,unit,profile\nwant,mill,steam,1,MW,how\n"
    plan = solved(
        tmp_path,
        toml=COST + LEAST_COST,
        periods=periods,
        profiles="period,how\nbusy,10\nquiet,4\n",
        demands=wants,
        technologies=HEAD + "boiler,steam,1,,1,,0.5\n",
    )
    # At 8 MW it runs all the time, at 10 only when busy: 2 x 30 more against 4 x 30 less.
    assert of(plan, "capacity") == pytest.approx(8)
    assert plan.activity["value"].tolist() == pytest.approx([8, 4])
    assert plan.objective["value"] == pytest.approx(12 * 20 + 2 * 50 + 8)


def test_what_is_paid_once_is_paid_again_after_its_life(tmp_path):
    years = HOURLY.replace("[2025]", "[2025, 2030, 2040]")
    plan = solved(
        tmp_path, toml=years + LEAST_COST, technologies=HEAD + "boiler,steam,10,100,10,,\n"
    )
    opened = plan.open.set_index("year")["value"]
    assert opened.to_dict() == {2025: 1, 2030: 0, 2040: 1}
    assert plan.account.annual("cost")[2030] == pytest.approx(200 + (100 + 10 * 10) / 10)


def test_the_stages_hold_the_earlier_ones(tmp_path):
    # Bought steam has no CO2: the first stage wants nothing else, the second cannot change that.
    lexicographic = HOURLY + '\n[objective]\nminimise = "co2"\nthen = ["cost"]\n'
    plan = solved(tmp_path, toml=lexicographic, technologies=HEAD + "boiler,steam,1,9,1,,\n")
    assert plan.certificate.ok
    assert plan.objective["value"] == pytest.approx(0, abs=1e-6)
    assert plan.account.annual("cost")[2025] == pytest.approx(500, rel=1e-5)
    assert [s.mip_gap for s in plan.certificate.stages] == pytest.approx([0, 0], abs=1e-6)


def test_a_park_that_asks_for_no_whole_number_has_none(tmp_path):
    plan = solved(tmp_path, technologies=HEAD + "boiler,steam,10,,1,,\n")
    assert not plan.problem.integer.any()
    assert plan.certificate.mip_gap is None
    assert "mip_gap" not in plan.summary()["certificate"]


def test_bound_and_gap_are_stated(tmp_path):
    plan = solved(tmp_path, technologies=HEAD + "boiler,steam,1,280,1,,\n")
    told = plan.summary()["certificate"]
    assert told["mip_gap"] <= 1e-6
    assert told["whole"] == 0
    assert told["bound"][0]["bound"] <= told["bound"][0]["value"] * (1 + 1e-9)
    assert told["duals"] == "fixed_integers"
    assert plan.summary()["status"] == "optimal"


def test_an_unproven_choice_is_not_called_optimal(tmp_path):
    plan = solved(tmp_path, technologies=HEAD + "boiler,steam,1,280,1,,\n")
    optimum = plan.optimum
    proofs = tuple(replace(p, best_bound=0.98 * p.value) for p in optimum.proofs)
    plan.judged = replace(plan.judged, certificate=replace(plan.judged.certificate, stages=proofs))
    assert plan.certificate.mip_gap == pytest.approx(0.02)
    assert plan.certificate.ok
    assert plan.summary()["status"] == "feasible"


def test_the_duals_are_those_of_the_program_that_holds_the_choice(tmp_path):
    plan = solved(tmp_path, technologies=HEAD + "boiler,steam,1,280,1,,\n")
    duals = plan.duals.set_index("row")["dual"]
    # One more MWh is made by a boiler that is open already: gas, and a little more of it.
    assert duals["balance[mill, steam, 2025]"] == pytest.approx(21)


def test_no_choice_at_all_is_infeasible(tmp_path):
    # Nobody sells steam: the boiler must give 10 MW of units of 8 within 12.
    with pytest.raises(NoFeasiblePlan) as caught:
        solved(
            tmp_path,
            technologies=HEAD + "boiler,steam,1,,1,8,\n",
            processes=NEW.replace(",20,", ",12,"),
            markets="id,site,commodity,direction,price\ngas_in,*,gas,buy,20\n",
        )
    for lang in ("zh", "en"):
        assert caught.value.text(lang)


def test_a_smallest_load_that_leaves_no_plan_is_named(tmp_path):
    # Twelve megawatts at least, ten wanted, and nowhere for the rest to go.
    with pytest.raises(NoFeasiblePlan) as caught:
        solved(
            tmp_path,
            technologies=HEAD + "boiler,steam,,,1,,\n",
            processes="id,site,technology,capacity,min_load\nold,mill,boiler,20,0.6\n",
            markets="id,site,commodity,direction,price\ngas_in,*,gas,buy,20\n",
        )
    assert caught.value.diagnosis.choices == ("on",)
    assert "min_load" in caught.value.diagnosis.text("en")
    assert "min_load" in caught.value.diagnosis.text("zh")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> Plan:
    """A plan with all whole numbers at once."""
    return solved(
        tmp_path_factory.mktemp("mixed"), technologies=HEAD + "boiler,steam,10,20,1,4,0.5\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "families"),
    [
        ("open", 0.0, {"paid_once"}),
        ("open", 0.4, {"whole", "paid_once"}),
        ("units", 2.5, {"whole"}),
        ("on", 0.0, {"off"}),
        ("on", 0.7, {"whole"}),
        ("build", 11.0, {"capacity", "unit_size"}),
        ("activity", 5.0, {"min_load", "balance"}),
    ],
)
def test_the_raw_data_check_catches_a_changed_choice(mixed, name, value, families):
    flow = mixed.flows[name]
    flows = {**mixed.flows, name: replace(flow, values=np.full_like(flow.values, value))}
    data = mixed.problem.data
    book = Book(mixed.park, data.time, data.blocks.links_at, flows)
    broken = {f.name for f in check_book(book).families if f.worst > 1e-6}
    assert families <= broken


def test_the_raw_data_check_finds_nothing_wrong_in_the_plan(mixed):
    assert mixed.certificate.ok
    assert {"paid_once", "whole", "off", "min_load", "unit_size"} <= {
        f.name for f in mixed.judged.check.families
    }


def test_the_gap_that_counts_as_none_is_the_profiles():
    profile = read_profile("highs")
    assert profile.gap == 1e-6
    wide = replace(profile, options={**profile.options, "mip_rel_gap": 0.5})
    assert wide.gap == 0.5
