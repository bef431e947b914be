"""Whole-number choices are told what they need: a largest capacity, room for a unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parks import MARKETS, findings_of, found, make_park

TABLES = {
    "markets": MARKETS,
    "technologies": "id,capacity_of,capex_fixed,unit_size,min_load\nboiler,steam,,,\n",
    "recipes": "technology,row,commodity,rate\nboiler,1,steam,1\n",
}
HEAD = "id,site,technology,capacity,capacity_max,status,capex_fixed,unit_size,min_load\n"


def park(folder: Path, row: str, **tables: str) -> Path:
    return make_park(folder, **{**TABLES, "processes": f"{HEAD}one,mill,boiler,{row}\n", **tables})


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",,candidate,,,0.3", "checks.min_load_without_size", "capacity_max"),
        (",,existing,,,0.3", "checks.min_load_without_size", "capacity_max"),
        ("5,,required,,,0.3", "checks.min_load_without_size", "capacity_max"),
        (",9,candidate,,0,", "checks.not_positive", "unit_size"),
        (",9,candidate,,-2,", "checks.negative", "unit_size"),
        (",9,candidate,,10,", "checks.unit_too_large", "unit_size"),
        ("8,9,required,,5,", "checks.units_too_few", "unit_size"),
        (",,candidate,100,,", "checks.fixed_cost_without_size", "capacity_max"),
        (",9,candidate,-1,,", "checks.negative", "capex_fixed"),
        (",9,candidate,,,1.2", "checks.above_one", "min_load"),
    ],
)
def test_what_a_choice_lacks_is_said(tmp_path, row, code, column):
    finding = found(park(tmp_path, row), code)
    assert (finding.file, finding.row, finding.column) == ("processes.csv", 2, column)
    warns = code == "checks.fixed_cost_without_size"
    assert finding.severity == ("warning" if warns else "problem")


def test_a_technologys_cells_count_too(tmp_path):
    lazy = TABLES["technologies"].replace("steam,,,", "steam,7,12,0.4")
    codes = {f.code for f in findings_of(park(tmp_path, ",9,candidate,,,", technologies=lazy))}
    assert "checks.unit_too_large" in codes
    codes = {f.code for f in findings_of(park(tmp_path / "b", ",,,,,", technologies=lazy))}
    assert "checks.min_load_without_size" in codes
    lazy = lazy.replace("0.4", "")
    codes = {f.code for f in findings_of(park(tmp_path / "c", ",,,,,", technologies=lazy))}
    assert "checks.fixed_cost_without_size" in codes


@pytest.mark.parametrize(
    "row",
    [",9,candidate,100,3,0.5", "9,,,,,0.5", "8,12,required,,4,0.2", ",,forbidden,,,0.2", ",,,,,"],
)
def test_sound_choices_are_left_alone(tmp_path, row):
    codes = {f.code for f in findings_of(park(tmp_path, row))}
    assert not codes & {
        "checks.min_load_without_size",
        "checks.unit_too_large",
        "checks.units_too_few",
        "checks.fixed_cost_without_size",
        "checks.not_positive",
    }


def test_a_link_that_is_paid_once_says_how_large_it_may_be(tmp_path):
    links = "id,from,to,commodity,transport,capex_fixed_per_km\ntrench,mill,farm,steam,pipe,1000\n"
    finding = found(
        make_park(
            tmp_path,
            markets=MARKETS,
            transports="id,commodity,max_km\npipe,steam,0\n",
            links=links,
        ),
        "checks.fixed_cost_without_size",
    )
    assert (finding.file, finding.column) == ("links.csv", "capacity_max")
