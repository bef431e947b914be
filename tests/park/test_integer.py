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


LIMIT = "id,table,count,item,sense,value,unit,period,measure,per_measure,relative_to\n"


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("few,markets,yes,,<=,2,,,,,", "checks.count_of_nothing", "table"),
        ("few,,yes,,<=,2,,,,,", "checks.count_of_nothing", "table"),
        ("few,links,yes,,>=,2,,,,,", "checks.count_sense", "sense"),
        ("few,links,yes,,=,2,,,,,", "checks.count_sense", "sense"),
        ("few,links,yes,,<=,2.5,,,,,", "checks.count_in_parts", "value"),
        ("few,links,yes,,<=,-1,,,,,", "checks.count_in_parts", "value"),
        ("few,links,yes,,<=,2,,each,,,", "checks.count_period", "period"),
        ("few,links,yes,,<=,2,,all,,,", "checks.count_period", "period"),
        ("few,links,yes,,<=,2,,,co2,,", "checks.count_beside", "measure"),
        ("few,links,yes,,<=,2,,,,cost,", "checks.count_beside", "per_measure"),
        ("few,links,yes,,<=,2,,,,,best_operation", "checks.count_beside", "relative_to"),
        ("few,links,yes,,<=,2,t/h,,,,", "park.unit.plain_wanted", "unit"),
        ("few,links,perhaps,,<=,2,,,,,", "park.flag", "count"),
        ("few,processes,yes,one;other,<=,2,,,,,", "checks.unknown", "item"),
    ],
)
def test_what_is_wrong_with_a_limit_that_counts_is_said(tmp_path, row, code, column):
    finding = found(park(tmp_path, ",9,candidate,,,", limits=LIMIT + row + "\n"), code)
    assert (finding.file, finding.row, finding.column) == ("limits.csv", 2, column)


def test_a_sound_count_is_left_alone(tmp_path):
    limits = LIMIT + "few,processes,yes,one,<=,2,1,,,,\nnone,links,1,,<=,0,,year,,,\n"
    assert not [
        f
        for f in findings_of(park(tmp_path, ",9,candidate,,,", limits=limits))
        if f.severity == "problem"
    ]


@pytest.mark.parametrize(
    ("capacity", "batch", "code"),
    [("5", "6", "checks.batch_too_large"), ("5", "-1", "checks.negative"), ("5", "5", None)],
)
def test_a_batch_fits_its_link(tmp_path, capacity, batch, code):
    folder = make_park(
        tmp_path,
        markets=MARKETS,
        transports="id,commodity,max_km\nlorry,steam,0\n",
        links=(
            "id,from,to,commodity,transport,capacity,min_batch\n"
            f"road,mill,farm,steam,lorry,{capacity},{batch}\n"
        ),
    )
    if code is None:
        assert not [f for f in findings_of(folder) if f.column == "min_batch"]
        return
    finding = found(folder, code)
    assert (finding.file, finding.row, finding.column) == ("links.csv", 2, "min_batch")
