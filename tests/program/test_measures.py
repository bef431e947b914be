"""Objectives by hand: what each column costs and emits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program.small import coefficients, program

BOILER = {
    "commodities": "id,kind,unit,co2\nsteam,energy,MWh,\ncoal,energy,MWh,0.35\n",
    "technologies": (
        "id,capacity_of,capex,fixed_om,var_om,lifetime\nboiler,steam,1000,0.02,4,{life}\n"
    ),
    "recipes": "technology,row,commodity,rate,emits\nboiler,1,steam,1,\nboiler,2,coal,-1.2,yes\n",
    "processes": "id,site,technology,capacity,capacity_max,built\nheater,farm,boiler,{cell}\n",
    "markets": "id,site,commodity,direction,price\nfuel,farm,coal,buy,100\n",
}


def boiler(life: int = 20, cell: str = ",9,") -> dict[str, str]:
    tables = dict(BOILER)
    tables["technologies"] = BOILER["technologies"].format(life=life)
    tables["processes"] = BOILER["processes"].format(cell=cell)
    return tables


def test_what_is_built_pays_annuity_and_upkeep_and_what_runs_pays_by_the_hour(
    tmp_path: Path,
) -> None:
    problem = program(tmp_path, **boiler())
    assert coefficients(problem, problem.objectives[0]) == pytest.approx(
        {
            "activity[heater, 2025]": 4 * 1000,
            "exchange[fuel, farm, 2025]": 100 * 1000,
            "build[heater, 2025]": 1000 / 20 + 0.02 * 1000,
        }
    )


def test_what_stands_pays_upkeep_and_after_its_life_its_annuity_again(tmp_path: Path) -> None:
    young = program(tmp_path / "young", **boiler(cell="8,,2010"))
    old = program(tmp_path / "old", **boiler(cell="8,,2005"))
    assert young.objectives[0].offset == pytest.approx(8 * 1000 * 0.02)
    assert old.objectives[0].offset == pytest.approx(8 * 1000 * 0.02 + 8 * 1000 / 20)


def test_a_vintage_pays_in_the_years_that_it_lives(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        time="years = [2025, 2027, 2029]\noperating_hours = 1000",
        discount_rate=0.25,
        **boiler(life=4),
    )
    share = 0.25 / (1 - 1.25**-4) + 0.02
    # Two years each: 2025 weighs 1 + 0.8, 2027 0.64 + 0.512, 2029 0.4096 + 0.32768.
    first, second, third = 1.8, 1.152, 0.73728
    costs = coefficients(problem, problem.objectives[0])
    assert costs["build[heater, 2025]"] == pytest.approx(1000 * share * (first + second))
    assert costs["build[heater, 2027]"] == pytest.approx(1000 * share * (second + third))
    assert costs["build[heater, 2029]"] == pytest.approx(1000 * share * third)
    assert costs["exchange[fuel, farm, 2029]"] == pytest.approx(100 * 1000 * third)


def test_carbon_that_leaves_counts_once_where_it_is_burnt(tmp_path: Path) -> None:
    problem = program(tmp_path, objective='minimise = "co2"\nthen = []', **boiler())
    assert coefficients(problem, problem.objectives[0]) == pytest.approx(
        {"activity[heater, 2025]": 1.2 * 0.35 * 1000}
    )


def test_a_market_s_own_co2_counts_in_its_scope_only(tmp_path: Path) -> None:
    markets = (
        "id,site,commodity,direction,price,scope,co2\n"
        "grid,farm,steam,buy,300,2,0.5\nfar,farm,steam,buy,200,3,0.9\n"
    )
    every = program(tmp_path / "every", objective='minimise = "co2"\nthen = []', markets=markets)
    near = program(
        tmp_path / "near",
        objective='minimise = "co2"\nthen = []\nscopes = [1, 2]',
        markets=markets,
    )
    grid, far = "exchange[grid, farm, 2025]", "exchange[far, farm, 2025]"
    assert coefficients(every, every.objectives[0]) == pytest.approx({grid: 500, far: 900})
    assert coefficients(near, near.objectives[0]) == pytest.approx({grid: 500})


def test_what_is_sold_earns_and_a_peak_costs_once_a_month(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        periods="period,year,month,hours,weight\nday,2025,1,2,100\nnight,2025,7,3,200\n",
        profiles="period,tariff\nday,2\nnight,0.5\n",
        markets=(
            "id,site,commodity,direction,price,profile,peak_price\n"
            "grid,farm,steam,buy,300,tariff,40\nfeed_in,farm,steam,sell,100,,\n"
        ),
    )
    assert coefficients(problem, problem.objectives[0]) == pytest.approx(
        {
            "exchange[grid, farm, day]": 300 * 2 * 200,
            "exchange[grid, farm, night]": 300 * 0.5 * 600,
            "exchange[feed_in, farm, day]": -100 * 200,
            "exchange[feed_in, farm, night]": -100 * 600,
            "peak[grid, farm, 2025-01]": 40,
            "peak[grid, farm, 2025-07]": 40,
        }
    )


def test_what_stays_unmet_is_the_first_stage(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        demands="id,site,commodity,amount,unit,unmet_cost\nheating,farm,steam,6,MW,900\n",
    )
    first, then = problem.objectives
    assert first.name == "unmet"
    assert coefficients(problem, first) == pytest.approx({"unmet[heating, 2025]": 1000})
    assert coefficients(problem, then)["unmet[heating, 2025]"] == pytest.approx(900 * 1000)


def test_scenarios_count_by_their_probability(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        periods=(
            "period,year,scenario,probability,weight\na,2025,calm,0.75,10\na,2025,dear,0.25,10\n"
        ),
        paths="table,item,column,year,scenario,set,multiply\nmarkets,bought,price,2025,dear,,2\n",
    )
    assert list(coefficients(problem, problem.objectives[0]).values()) == pytest.approx(
        [0.75 * 10 * 300, 0.25 * 10 * 600]
    )


def test_weights_make_one_objective_of_several_measures(tmp_path: Path) -> None:
    problem = program(
        tmp_path, objective="minimise = { cost = 1, co2 = 200 }\nthen = []", **boiler()
    )
    costs = coefficients(problem, problem.objectives[0])
    assert costs["activity[heater, 2025]"] == pytest.approx(4000 + 200 * 420)
