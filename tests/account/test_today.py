"""Today: readings as measures, and their distance from the records."""

from __future__ import annotations

import pandas as pd
import pytest

from circularpark.account.today import Today, today
from circularpark.words import say
from tests.account.toy import Toy, rows, toy_links, toy_tables, with_cell


def metered(**others: pd.DataFrame) -> Today:
    """The toy as metered: 9 MW from the boiler out of 11 MW gas, the mill's steam vented."""
    tables = toy_tables()
    read = {
        "markets": with_cell(tables["markets"], "gas_grid", today=11.0),
        "processes": with_cell(tables["processes"], "boiler", today=9.0),
        "streams": with_cell(tables["streams"], "waste_steam", today=1.0),
        "demands": with_cell(tables["demands"], "heating", today=72_000.0),
        **others,
    }
    toy = Toy(read, links=toy_links().assign(today=1.0))
    return today(toy, toy.time, toy.links_of)  # type: ignore[arg-type]


def test_readings_are_flows_of_the_base_year() -> None:
    told = metered()
    assert told.measures["energy"] == pytest.approx(11 * 8000 * 122.9 / 1000)
    burnt, upstream, moved = 9 * 1.25 * 0.2, 11 * 0.02, 1 * 0.001
    assert told.measures["co2"] == pytest.approx(8000 * (burnt + upstream + moved))
    assert told.measures["cost"] == pytest.approx(
        8000 * (11 * 30 + 9 * 0.5 + 1 * 0.1) + 0.02 * 1000 * 5
    )
    assert told.measures["capex"] == 0


def test_residuals_are_readings_less_records() -> None:
    records = rows(
        {"year": 2025, "measure": "energy", "table": "", "item": "", "company": "",
         "value": 10_000.0, "unit": "tce"},
        {"year": 2025, "measure": "", "table": "demands", "item": "heating", "company": "",
         "value": 80_000.0, "unit": "MWh"},
        {"year": 2025, "measure": "co2", "table": "", "item": "", "company": "Mill Ltd",
         "value": 5.0, "unit": "t"},
        {"year": 2020, "measure": "co2", "table": "", "item": "", "company": "",
         "value": 1.0, "unit": "t"},
    )  # fmt: skip
    told = metered(records=records).residuals
    assert told["today"].to_list() == pytest.approx([11 * 8 * 122.9, 72_000, 0])
    assert told["residual"].to_list() == pytest.approx([815.2, -8000, -5])
    assert told["share"].to_list() == pytest.approx([0.08152, -0.1, -1])


def test_what_has_no_meter_is_named_and_not_filled_in() -> None:
    told = metered(streams=toy_tables()["streams"])
    assert told.unmetered.to_numpy().tolist() == [["streams", "waste_steam", "account.no_reading"]]
    assert say("account.no_reading", "zh") == "没有计量读数"


def test_a_metered_process_with_an_unknown_mix_is_named() -> None:
    recipe = toy_tables()["recipes"]
    sole = recipe.assign(group=["", "fuel"])
    assert metered(recipes=sole).measures["co2"] == pytest.approx(metered().measures["co2"])
    oil = pd.concat([sole, sole.iloc[[1]].assign(row=3)])
    told = metered(recipes=oil)
    assert told.unmetered.to_numpy().tolist() == [["processes", "boiler", "account.no_mix"]]
    assert told.measures["co2"] == pytest.approx(8000 * (11 * 0.02 + 0.001))


def test_today_does_not_count_demand_without_a_reading_as_unmet() -> None:
    short = with_cell(toy_tables()["demands"], "heating", unmet_cost=1e6)
    assert metered(demands=short).measures["cost"] == pytest.approx(metered().measures["cost"])
