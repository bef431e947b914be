"""Limits that contradict the park: the one that yields is named, with the value that would do."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import circularpark
from circularpark.program.rows import across, rows
from circularpark.solve.diagnose import diagnose
from circularpark.solve.diagnosis.bench import beyond
from circularpark.solve.profile import read_profile
from tests.parks import TOML
from tests.solve.diagnosed import (
    BASE,
    GREEN,
    LIMIT,
    assert_smallest,
    cured,
    diagnosis_of,
    named,
    park_of,
    with_cell,
    with_rows,
)


def test_a_share_is_lowered_to_the_value_that_can_be_reached(tmp_path):
    share = "share,,markets,green,,markets,power,>=,0.5,1,,year,绿电占比,Green share\n"
    tables = with_rows(GREEN, limits=LIMIT + share)
    found = diagnosis_of(tmp_path / "p", tables)
    (short,) = found.shortages
    assert (short.kind, short.item, short.unit) == ("limit", "share", "%")
    assert short.amount == pytest.approx(50 - 100 / 3)
    assert sorted(named(found)) == [(("green", 3.0),), (("share", 0.333),)]
    assert_smallest(tmp_path, tables, found)
    assert 'the limit "Green share" from 50 to 33.3 %' in found.text("en")


@pytest.mark.parametrize(("first", "yields"), [("share", "share"), ("most", "most")])
def test_the_limit_of_the_lowest_rank_yields(tmp_path, first, yields):
    rank = {"share": 2, "most": 2, first: 1}
    tables = with_rows(
        with_cell(GREEN, "markets", "green", "max", ""),
        limits=LIMIT
        + f"share,,markets,green,,markets,power,>=,0.5,1,{rank['share']},year,,\n"
        + f"most,,markets,green,,,,<=,2,MW,{rank['most']},each,,\n",
    )
    found = diagnosis_of(tmp_path / "p", tables)
    assert [s.item for s in found.shortages] == [yields]
    assert sorted(named(found)) == [(("most", 3.0),), (("share", 0.333),)]
    assert_smallest(tmp_path, tables, found)


def test_demand_goes_before_a_limit(tmp_path):
    tables = with_rows(
        with_cell(BASE, "demands", "heat", "amount", 6),
        limits=LIMIT + "cap,co2,,,,,,<=,5000,t,,year,,\n",
    )
    found = diagnosis_of(tmp_path / "p", tables)
    # What 4 MW through the pipe emit: 8760 t; the limit yields before less heat arrives.
    assert [s.kind for s in found.shortages] == ["demand", "limit"]
    assert [s.amount for s in found.shortages] == pytest.approx([2.0, 3760.0])
    for number, cure in enumerate(found.cures):
        circularpark.solve(park_of(tmp_path / f"cured{number}", cured(tables, cure)))


def test_a_required_thing_that_breaks_the_budget(tmp_path):
    tables = with_rows(
        BASE,
        processes="kettle,farm,electric_boiler,4,required\n",
        markets="power_grid,farm,power,buy,500,,,\n",
        limits=LIMIT + "budget,capex,,,,,,<=,1000,CNY,,all,,\n",
    )
    found = diagnosis_of(tmp_path / "p", tables)
    (short,) = found.shortages
    assert (short.kind, short.item, short.amount) == ("limit", "budget", pytest.approx(1000))
    assert sorted(named(found)) == [(("budget", 2000.0),), (("kettle", 2.0),)]
    assert_smallest(tmp_path, tables, found)


def test_a_peak_moves_to_a_year_that_can_be_one(tmp_path):
    toml = TOML.replace("[2025]", "[2025, 2030, 2035]")
    tables = with_rows(
        BASE,
        paths="table,item,column,year,scenario,set,multiply\n"
        "demands,heat,amount,2030,,4,\ndemands,heat,amount,2035,,3,\n",
        limits=LIMIT + "peak,co2,,,,,,peak,2025,,,year,达峰,Peak\n",
    )
    found = diagnosis_of(tmp_path / "p", tables, toml)
    assert {s.item for s in found.shortages} == {"peak"}
    assert named(found) == [(("peak", 2030.0),)]
    circularpark.solve(park_of(tmp_path / "cured", cured(tables, found.cures[0]), toml))
    assert 'the peak year of the limit "Peak" from 2025 to 2030' in found.text("en")


def test_a_rule_that_somebody_added_is_named(tmp_path):
    problem = circularpark.build(park_of(tmp_path / "p", BASE))
    problem = problem.add(
        rows(
            "my_rule",
            pd.DataFrame({"rule": ["cold_boiler"]}),
            problem.data.time.period,
            [across(problem.var.activity, [0], [0])],
            at_most=1.0,
        )
    )
    found = diagnose(problem, read_profile())
    assert [(s.kind, s.item) for s in found.shortages] == [("limit", "my_rule")]
    assert found.shortages[0].amount == pytest.approx(2.0)
    assert "my_rule[cold_boiler, 2025]" in found.text("en")


def test_the_diagnosis_is_json_in_both_languages(tmp_path):
    tables = with_rows(
        with_cell(BASE, "demands", "heat", "amount", 6), demands="rinse,mill,water,5,m3/h,\n"
    )
    found = diagnosis_of(tmp_path / "p", tables)
    for lang in ("zh", "en"):
        answer = json.loads(json.dumps(found.as_dict(lang), allow_nan=False))
        assert len(answer["shortages"]) == 2
        assert all(entry["text"] for entry in (*answer["shortages"], *answer["cures"]))
        assert answer["cures"][0]["changes"][0]["to"] > 0


def test_units_do_not_change_what_is_short(tmp_path):
    """The same park in kWh: the same diagnosis, a thousand times the numbers."""
    tables = with_cell(BASE, "demands", "heat", "amount", 6)
    small = {name: text.replace("MW", "kW") for name, text in tables.items()}
    found = diagnosis_of(tmp_path / "mega", tables)
    fine = diagnosis_of(tmp_path / "kilo", small)
    assert named(found) == named(fine)
    assert [s.unit for s in fine.shortages] == ["kW"]


@pytest.mark.parametrize(
    ("value", "sign", "expected"),
    [(6570.0000001, 1, 6570.0), (13141.0, 1, 13200.0), (1 / 3, -1, 0.333), (-12.34, 1, -12.3),
     (0.0, 1, 0.0), (2.0, -1, 2.0), (999.6, 1, 1000.0)],
)  # fmt: skip
def test_numbers_are_rounded_to_the_safe_side(value, sign, expected):
    assert beyond(value, sign) == pytest.approx(expected, rel=1e-12)
    assert np.sign(beyond(value, sign) - value * (1 - sign * np.sign(value) * 1e-9)) in (0, sign)
