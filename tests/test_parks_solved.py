"""The demo parks solved: the toy gives its hand-worked optimum, Anqing a certified plan."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import circularpark
from circularpark import Plan

PARKS = Path(__file__).parents[1] / "parks"
CASES = ("small-budget", "long-steam", "save-water", "near-zero", "hydrogen-grades", "one-level")


@cache
def plan_of(name: str, case: str = "") -> Plan:
    return circularpark.solve(circularpark.read_park(PARKS / name, case=case or None))


def told(name: str, case: str = "") -> dict[str, Any]:
    """What ``solve --json`` says."""
    return dict(plan_of(name, case).summary())


def test_toy_gives_the_totals_of_its_readme() -> None:
    said = told("toy")
    assert said["baseline"]["co2"]["2025"] == pytest.approx(22_000, rel=1e-6)
    assert said["baseline"]["cost"]["2025"] == pytest.approx(26_400_000, rel=1e-6)
    assert said["measures"]["co2"]["2025"] == pytest.approx(8_400, rel=1e-5)
    assert said["measures"]["capex"]["2025"] == pytest.approx(4_800_000, rel=1e-5)
    assert said["measures"]["cost"]["2025"] == pytest.approx(10_320_000, rel=1e-5)
    assert said["certificate"]["ok"]


def test_toy_builds_what_its_readme_says() -> None:
    built = {row["item"]: row["capacity"] for row in told("toy")["builds"]}
    assert built == pytest.approx(
        {"recovery_works": 23 / 3, "works_to_dyeing": 20 / 3, "works_to_greenhouse": 1.0}, rel=1e-4
    )


def test_anqing_best_operation_agrees_with_a_program_written_separately() -> None:
    # 7,875,538 t: the same tables solved by 90 lines of scipy that share no code with this one;
    # they know no temperatures.
    baseline = told("anqing-hightech", "one-level")["baseline"]
    assert baseline["co2"]["2025"] == pytest.approx(7_875_538, rel=1e-6)
    assert baseline["coal"]["2025"] == pytest.approx(1_746_998, rel=1e-6)


def test_the_refinery_uses_its_own_heat_in_steps() -> None:
    """Temperatures let low heat warm what steam must finish; a level is all or nothing."""
    steps, levels = told("anqing-hightech"), told("anqing-hightech", "one-level")
    for which in ("baseline", "measures"):
        assert steps[which]["co2"]["2025"] < levels[which]["co2"]["2025"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_of_anqing_gives_the_results(readme: str) -> None:
    text = (PARKS / "anqing-hightech" / readme).read_text(encoding="utf-8")
    unit = 1e4 if "zh" in readme else 1e6
    text = text.partition("## 本版数据的结果" if "zh" in readme else "## What comes out")[2]
    rows = re.findall(r"^\| (.+?) \| ([\d.]+) \| (\d+) \|", text, flags=re.MULTILINE)
    found = {name: (float(co2), float(cost)) for name, co2, cost in rows}
    cases = {case: next(n for n in found if f"`{case}`" in n) for case in CASES}
    best, plan = list(found)[:2]
    said = {best: told("anqing-hightech")["baseline"], plan: told("anqing-hightech")["measures"]}
    said |= {name: told("anqing-hightech", case)["measures"] for case, name in cases.items()}
    for name, measures in said.items():
        co2, cost = found[name]
        assert co2 == pytest.approx(measures["co2"]["2025"] / unit, abs=0.51e-3 * 1e6 / unit)
        assert cost == pytest.approx(measures["cost"]["2025"] / 1e6, abs=0.51)


def test_anqing_plan_is_certified_and_keeps_its_limits() -> None:
    said = told("anqing-hightech")
    now, then = said["baseline"], said["measures"]
    assert said["certificate"]["ok"]
    assert then["co2"]["2025"] < now["co2"]["2025"]
    assert then["capex"]["2025"] <= 600e6 * (1 + 1e-6)
    assert then["coal"]["2025"] <= now["coal"]["2025"] * (1 + 1e-6)
    assert then["waste"]["2025"] <= now["waste"]["2025"] * (1 + 1e-6)
    saved = now["co2"]["2025"] - then["co2"]["2025"]
    assert then["cost"]["2025"] - now["cost"]["2025"] <= 600 * saved


def test_less_money_saves_less_co2() -> None:
    small, full = told("anqing-hightech", "small-budget"), told("anqing-hightech")
    assert small["measures"]["co2"]["2025"] > full["measures"]["co2"]["2025"]


@pytest.mark.parametrize("case", ["", *CASES])
def test_nothing_is_shipped_in_circles(case: str) -> None:
    """A saving by sending a commodity back and forth would show a hole in the factors."""
    flow = plan_of("anqing-hightech", case).link_flow
    flow = flow[flow[flow.columns[-1]] > 1e-3]
    links = flow["link"].str.split("@", expand=True)
    links = links[links[2].notna()]
    ways = set(map(tuple, links[[0, 1, 2]].to_numpy()))
    there_and_back = {way for way in ways if (way[0], way[2], way[1]) in ways}
    assert there_and_back == set()


def of_process(plan: Plan, name: str) -> float:
    flow = plan.activity
    return float(flow.loc[flow["process"] == name, "value"].sum())


def test_hard_water_of_the_effluent_is_thinned_at_the_dye_works() -> None:
    """River water of 130 mg/L and ultrafiltered effluent of 420 make at most 150."""
    plan = plan_of("anqing-hightech", "save-water")
    blend = plan.matched[plan.matched["sink"] == "dyeing_water"].set_index("source")["value"]
    river, reused = float(blend["dyeing_waterworks"]), float(blend["dyeing_uf_water"])
    assert (130 * river + 420 * reused) / (river + reused) == pytest.approx(150, rel=1e-6)


def test_nothing_but_salt_leaves_the_chain_of_near_zero_discharge() -> None:
    """Blowdown goes through membranes, what they reject through more, and the rest is salt."""
    plan = plan_of("anqing-hightech", "near-zero")
    sold = plan.exchange.groupby("market")["value"].sum()
    assert sold.get("blowdown_sewer", 0.0) == pytest.approx(0, abs=1e-6)
    assert sold.get("brine_discharge", 0.0) == pytest.approx(0, abs=1e-6)
    assert sold["river_discharge"] <= 912_500 / 8760 * (1 + 1e-6)
    blowdown = of_process(plan, "sinopec_blowdown_ro")
    assert blowdown == pytest.approx(120, rel=1e-6)
    # A three hundredth of the brine is lost on each kilometre of its pipe.
    brine = of_process(plan, "ww_brine_membrane")
    assert 0.95 * 0.3 * blowdown < brine < 0.3 * blowdown
    assert of_process(plan, "ww_concentrate_crystalliser") == pytest.approx(0.4 * brine, rel=1e-6)
    assert sold["salt_disposal"] == pytest.approx(0.07 * 0.4 * brine, rel=1e-6)


def test_the_station_blends_to_the_grade_of_fuel_cells() -> None:
    plan = plan_of("anqing-hightech", "hydrogen-grades")
    row = plan.blends.set_index("item").loc["h2_station_sales"]
    assert row["standard"] == "h2_fuel_cell"
    assert row["worst"] >= 99.97 - 1e-6


def test_waste_leaving_the_city_taxes_and_trips_are_those_of_the_plans_flows() -> None:
    plan = plan_of("anqing-hightech")
    hours = 8760
    sold = plan.exchange.groupby("market")["value"].sum()
    left = sum(sold.get(f"{name}_incineration", 0.0) for name in ("hazardous", "solvent"))
    annual = plan.account.annual
    assert annual("left_city")[2025] == pytest.approx(
        hours * (left + sold.get("salt_disposal", 0.0)), abs=1e-3
    )
    landfilled = sum(value for name, value in sold.items() if str(name).startswith("landfill_"))
    assert annual("env_tax")[2025] == pytest.approx(25 * hours * landfilled, rel=1e-6)
    trips = plan.park.tables.factors
    trips = trips[(trips["table"] == "transports") & (trips["measure"] == "lorry_trips")]
    per_tonne = trips.drop_duplicates("item").set_index("item")["value"]
    flow = plan.link_flow.assign(lorry=plan.link_flow["link"].str.split("@").str[-1])
    flow = flow[flow["lorry"].isin(per_tonne.index)]
    driven = (flow["value"] * per_tonne.reindex(flow["lorry"]).to_numpy()).sum()
    assert annual("lorry_trips")[2025] == pytest.approx(hours * driven, rel=1e-6)
    assert plan.best is not None
    assert annual("left_city")[2025] <= plan.best.account.annual("left_city")[2025] * (1 + 1e-6)


def test_hazardous_waste_travels_only_to_licence_holders() -> None:
    plan = plan_of("anqing-hightech")
    sites = plan.park.tables.sites.set_index("id")["licence"]
    links = plan.problem.data.blocks.links
    hazardous = links[links["commodity"].isin(["hazardous_waste", "spent_solvent", "mixed_salt"])]
    assert len(hazardous)
    assert (sites[hazardous["to"]] != "").all()
    assert "mixed_salt" not in set(hazardous["commodity"])
