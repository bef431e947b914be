"""Huaining: kiln heat between power, drying and neighbours, and what the READMEs say of it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import circularpark
from circularpark import Plan
from circularpark.cli.main import run
from circularpark.park.model import Park

PARK = Path(__file__).parents[1] / "parks" / "huaining-cement"
CATALOGUE = Path(__file__).parents[1] / "src/circularpark/park/catalogue"
CASES = sorted(file.stem for file in (PARK / "cases").glob("*.toml"))
READMES = ("README.md", "README.zh-CN.md")
CARRIERS = ("steam_16_bar", "hot_water_90", "hot_water_70")


@cache
def park_of(case: str = "") -> Park:
    return circularpark.read_park(PARK, case=case or None)


@cache
def plan_of(case: str = "") -> Plan:
    return circularpark.solve(park_of(case))


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(PARK / f"{name}.csv", keep_default_na=False)


def activity(plan: Plan, name: str, *, best: bool = False) -> float:
    """Mean activity of a process in the plan, or at best operation."""
    assert plan.best is not None
    flow = plan.best.flows["activity"].frame() if best else plan.activity
    return float(flow.loc[flow["process"] == name, "value"].sum())


def heat_sent(plan: Plan) -> float:
    flow = plan.link_flow
    return float(flow.loc[flow["link"].str.split("@").str[0].isin(CARRIERS), "value"].sum())


def dried(plan: Plan) -> float:
    return activity(plan, "conch_dryer") + activity(plan, "haichuang_dryer")


@pytest.mark.parametrize("case", ["", *CASES])
def test_nothing_is_remarked_but_limits_that_rest_on_memory(case: str) -> None:
    assert {finding.code for finding in park_of(case).findings} == {"checks.standard_unsure"}


@pytest.mark.parametrize("case", ["", *CASES])
def test_every_plan_is_certified_and_keeps_to_its_budget(case: str) -> None:
    plan = plan_of(case)
    assert plan.certificate.ok
    limits = park_of(case).tables.limits.set_index("id")
    assert plan.account.annual("capex")[2025] <= limits.loc["capex_budget", "value"] * (1 + 1e-6)


def test_every_row_says_where_it_is_from() -> None:
    for file in sorted(PARK.glob("*.csv")):
        rows = table(file.stem)
        known = set()
        if (CATALOGUE / file.name).exists() and file.stem not in {"technologies", "recipes"}:
            known = set(pd.read_csv(CATALOGUE / file.name, keep_default_na=False).iloc[:, 0])
        own = rows[~rows.iloc[:, 0].isin(known)]
        if len(own):
            assert (own[["source", "confidence"]] != "").all(axis=None), file.name


def test_what_is_assumed_is_called_assumed() -> None:
    sites = json.loads((PARK / "sites.geojson").read_text(encoding="utf-8"))["features"]
    for site in (feature["properties"] for feature in sites):
        invented = site["confidence"] == "assumption"
        assert invented == site["id"].startswith("assumed_")
        assert invented == site["name_zh"].startswith("假设")
        assert site["coordinates"] == "approximate"


def test_no_exchange_is_presented_as_real_and_no_link_is_named() -> None:
    park = park_of()
    assert len(park.tables.links) == 0
    assert len(park.tables.records) == 0
    named = set(table("transports").astype(str).to_numpy().ravel())
    assert named.isdisjoint(park.tables.sites["id"])


def test_the_kilns_heat_is_that_of_their_gases() -> None:
    rows = table("recipes").set_index(["technology", "row"])["rate"]
    line = rows["kiln_line"].astype(float)
    # Nm3/t x kJ/(Nm3 K) x K, in MWh a tonne.
    assert line["preheater_gas"] == pytest.approx(1450 * 1.5 * 230 / 3.6e6, abs=1e-4)
    assert line["cooler_air"] == pytest.approx(1200 * 1.31 * 260 / 3.6e6, abs=1e-4)
    assert line["raw_mill"] == pytest.approx(-1.55 * 0.04 * 0.85, abs=1e-4)
    # A third of the fuel's heat leaves with gas and air.
    fuel = line["coal"] * 19.57 / 3.6
    share = (line["preheater_gas"] + line["cooler_air"]) / -fuel
    assert 0.25 < share < 0.40


def test_waste_heat_power_at_best_operation_is_that_of_such_lines() -> None:
    # 28 to 40 kWh a tonne of clinker (technology survey, cement_whr).
    plan = plan_of()
    per_tonne = activity(plan, "conch_power", best=True) / activity(plan, "conch_kiln", best=True)
    assert 0.028 <= per_tonne <= 0.040


def test_power_gives_way_to_neighbours_and_sludge() -> None:
    plan = plan_of()
    assert activity(plan, "conch_power") < activity(plan, "conch_power", best=True)
    assert heat_sent(plan) > 0
    assert dried(plan) > 0
    assert dried(plan_of("small-budget")) < dried(plan)


def test_the_heat_that_is_used_is_the_heat_that_is_there() -> None:
    heat = plan_of().heat
    at_kiln = heat[heat["site"] == "conch_hn"]
    total = at_kiln.groupby("kind")["value"].sum()
    left = at_kiln[at_kiln["kind"] == "residual"].sort_values("lower")["value"].iloc[0]
    assert total["released"] == pytest.approx(total["used"] + left, rel=1e-9)


def test_steel_slag_goes_through_the_raw_meal_and_into_no_cement() -> None:
    """GB 175-2023 permits it as no constituent of cement: its lime goes through the kiln."""
    own, theirs = table("recipes"), pd.read_csv(CATALOGUE / "recipes.csv", keep_default_na=False)
    for rows in (own, theirs):
        rate = rows["rate"].astype(float)
        slag = set(rows.loc[(rows["commodity"] == "steel_slag") & (rate < 0), "technology"])
        cement = set(rows.loc[(rows["commodity"] == "cement") & (rate > 0), "technology"])
        assert slag.isdisjoint(cement)
    plan = plan_of()
    fed = plan.matched[plan.matched["source"].str.startswith("steel_slag")]
    assert set(fed.loc[fed["value"] > 1e-6, "sink"]) == {"conch_kiln@steel_slag"}


def test_metals_per_tonne_of_clinker_hold_the_slag_back() -> None:
    """HJ 662-2013: Be + Cr + 10 Sn + 50 Sb + Cu + Mn + Ni + V at most 1150 mg/kg of clinker."""
    plan, rows = plan_of(), table("quality")
    name = "Be+Cr+10Sn+50Sb+Cu+Mn+Ni+V"
    content = rows[rows["property"] == name].set_index("item")["value"]
    into = plan.matched[plan.matched["sink"].str.startswith("conch_kiln@")].copy()
    into["item"] = into["source"].str.split("@").str[0]
    made = {"conch_rdf_feed": "rdf_feeding", "conch_sludge_feed": "sludge_feeding"}
    into["item"] = into["item"].replace(made)
    metals = (into["value"] * content.reindex(into["item"]).astype(float).to_numpy()).sum()
    clinker = activity(plan, "conch_kiln")
    assert metals / clinker == pytest.approx(1150, rel=1e-6)
    more = park_of().tables.quality.set_index(["item", "property"])
    assert more.loc[("kiln_line", name), "max"] == 1150


def test_offcuts_rich_in_chlorine_are_thinned_as_far_as_the_limit() -> None:
    matched = plan_of().matched
    fed = matched[matched["sink"] == "haichuang_rdf"].set_index("source")["value"]
    clean, rich = float(fed["etdz_plastic"]), float(fed["etdz_offcuts"])
    assert (0.4 * clean + 8 * rich) / (clean + rich) == pytest.approx(0.85, rel=1e-6)


def told(readme: str) -> dict[str, list[float]]:
    """The rows of the README's table of results."""
    text = (PARK / readme).read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \|((?: [\d.,]+ \|){6})", text, flags=re.MULTILINE)
    return {
        name.strip(" `"): [float(cell.replace(",", "")) for cell in cells.split("|")[:-1]]
        for name, cells in rows
    }


def results(plan: Plan) -> list[float]:
    annual = plan.account.annual
    return [
        annual("co2")[2025] / 1e3,
        annual("cost")[2025] / 1e6,
        annual("capex")[2025] / 1e6,
        activity(plan, "conch_power"),
        heat_sent(plan),
        dried(plan),
    ]


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_gives_the_results(readme: str) -> None:
    rows = told(readme)
    assert len(rows) == 2 + len(CASES)
    first, plan = list(rows)[:2]
    best = plan_of().best
    assert best is not None
    power = activity(plan_of(), "conch_power", best=True)
    now = [best.account.annual("co2")[2025] / 1e3, best.account.annual("cost")[2025] / 1e6]
    assert rows[first] == pytest.approx([*now, 0, power, 0, 0], abs=0.051)
    assert rows[plan] == pytest.approx(results(plan_of()), abs=0.051)
    for case in CASES:
        assert rows[case] == pytest.approx(results(plan_of(case)), abs=0.051), case


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_prints_what_to_build(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", lang, "solve", "huaining-cement"]) == 0
    assert {"zh": "换热器", "en": "exchanger"}[lang] in capsys.readouterr().out
