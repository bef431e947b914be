"""Bad inputs 28 to 41 and 49: a number is read exactly, mended visibly, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from circularpark.park import read_park
from circularpark.park.numerals import read_column, read_number
from tests.parks import MARKETS, TOML, findings_of, found, make_park


def with_amount(folder, cell, toml=TOML):
    quoted = f'"{cell}"' if "," in cell else cell
    streams = f"id,site,commodity,amount,unit\nfine,mill,ash,1,t/h\nodd,mill,ash,{quoted},t/h\n"
    return make_park(folder, toml=toml, streams=streams, markets=MARKETS)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12.0),
        ("-3.5", -3.5),
        ("+2", 2.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("2.5E-2", 0.025),
        ("0", 0.0),
        ("007", 7.0),
    ],
)
def test_plain_numbers_are_read_as_they_stand(cell, value):
    reading = read_number(cell)
    assert (reading.value, reading.fixed, reading.problem) == (value, "", "")


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("１２．５", 12.5, "park.number.full_width"),  # class 28
        ("\u22125", -5.0, "park.number.minus"),  # class 31
        ("'42", 42.0, "park.number.text"),  # class 49
        ("\u00a042\u00a0", 42.0, "park.number.text"),  # class 49
    ],
)
def test_28_31_49_odd_spellings_are_mended_and_told(cell, value, code):
    reading = read_number(cell)
    assert (reading.value, reading.fixed) == (value, code)


def test_28_a_mended_number_names_its_cell(tmp_path):
    park = with_amount(tmp_path, "１２")
    assert read_park(park).tables.streams["amount"][1] == 12.0
    fixed = found(park, "park.number.full_width")
    place = (fixed.severity, fixed.file, fixed.row, fixed.column, fixed.value)
    assert place == ("fixed", "streams.csv", 3, "amount", "１２")


REFUSED = [
    ("1,234.5", "thousands"),  # 29
    ("1 234", "thousands"),
    ("1.234,5", "decimal_comma"),  # 30
    ("12,5", "decimal_comma"),
    ("1_000", "underscore"),  # 32
    ("٣٤", "other_digits"),  # 33
    ("True", "truth"),  # 34
    ("是", "truth"),
    ("5%", "percent"),  # 35
    ("<0.1", "inexact"),  # 36
    ("~3", "inexact"),
    ("约3", "inexact"),
    ("n.d.", "inexact"),
    ("-", "inexact"),
    ("3±1", "inexact"),
    ("NaN", "endless"),  # 37
    ("inf", "endless"),
    ("-Infinity", "endless"),
    ("1e308", "reach"),  # 38
    ("1e-310", "reach"),
    ("1e999", "reach"),
    ("#N/A", "sheet_error"),  # 40
    ("#DIV/0!", "sheet_error"),
    ("#REF!", "sheet_error"),
    ("=A1*2", "formula"),  # 41
    ("2025/13/01", "date"),  # 44
    ("2025-01-01", "date"),
    ("12 t", "with_unit"),
    ("10³", "other_digits"),
    ("viel", "no_number"),
    ("1e", "with_unit"),
    ("--3", "no_number"),
]


@pytest.mark.parametrize(("cell", "reason"), REFUSED)
def test_29_to_41_doubtful_numbers_are_refused_in_place(tmp_path, cell, reason):
    problem = found(with_amount(tmp_path, cell), f"park.number.{reason}")
    place = (problem.severity, problem.file, problem.row, problem.column, problem.value)
    assert place == ("problem", "streams.csv", 3, "amount", cell)


@pytest.mark.parametrize(("cell", "reason"), REFUSED)
def test_a_refused_number_never_becomes_another(cell, reason):
    values, remarks = read_column(np.array(["1", cell, ""], dtype=object))
    assert values[0] == 1.0
    assert np.isnan(values[1:]).all()
    assert remarks[1].problem == f"park.number.{reason}"


def test_29_a_declared_thousands_mark_is_read(tmp_path):
    toml = TOML.replace("catalogue", 'thousands = ","\ncatalogue')
    park = with_amount(tmp_path, "1,234.5", toml)
    amount = [f for f in findings_of(park) if f.code.startswith("park.")]
    assert amount == []


def test_35_a_percentage_is_read_where_a_share_stands(tmp_path):
    storages = "id,site,commodity,capacity,efficiency_in\ntank,mill,steam,5,95%\n"
    markets = "id,site,commodity,direction\nbuy,*,steam,buy\nsell,*,steam,sell\n"
    park = make_park(tmp_path, storages=storages, markets=markets)
    assert found(park, "park.number.percent_read").severity == "fixed"
    assert read_park(park).tables.storages["efficiency_in"][0] == 0.95


def test_39_a_blank_that_says_nothing_is_refused(tmp_path):
    markets = "id,site,commodity,direction\nbuy,*,steam,\n"
    problem = found(make_park(tmp_path, markets=markets), "park.blank.cell")
    assert (problem.file, problem.row, problem.column) == ("markets.csv", 2, "direction")


def test_39_a_missing_column_is_told_once(tmp_path):
    markets = "id,site,commodity\na,*,steam\nb,*,steam\n"
    problem = found(make_park(tmp_path, markets=markets), "park.blank.column")
    assert (problem.row, problem.column) == (None, "direction")


def test_a_year_is_a_whole_number_in_reach(tmp_path):
    markets = "id,site,commodity,direction,from_year\na,*,steam,buy,2025.5\nb,*,steam,buy,45658\n"
    park = make_park(tmp_path, markets=markets)
    assert found(park, "park.number.whole").row == 2
    assert found(park, "park.number.range").row == 3


@pytest.mark.parametrize(("cell", "near"), [("Buy", "buy"), ("sel", "sell")])
def test_a_wrong_choice_is_refused_with_the_right_one(tmp_path, cell, near):
    markets = f"id,site,commodity,direction\na,*,steam,{cell}\n"
    assert found(make_park(tmp_path, markets=markets), "park.choice.near").values["near"] == near


def test_many_mends_of_one_kind_are_told_together(tmp_path):
    rows = "".join(f"s{i},mill,ash,１,t/h\n" for i in range(40))
    park = make_park(tmp_path, streams=f"id,site,commodity,amount,unit\n{rows}")
    told = [f for f in findings_of(park) if f.code == "park.number.full_width"]
    assert len(told) == 5
    assert "(+35)" in told[-1].message("en")


def test_a_profile_has_a_number_in_every_row(tmp_path):
    park = make_park(tmp_path, profiles="period,sun\na,0\nb,\nc,x\n")
    assert found(park, "park.blank.profile").row == 3
    assert found(park, "park.number.no_number").row == 4
