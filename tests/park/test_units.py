"""Bad inputs 51 to 58: units come from a list, are converted once, or are refused with a hint."""

from __future__ import annotations

import pytest

from circularpark.park import read_park
from circularpark.park.units import UnitError, factor, quality_unit
from tests.parks import MARKETS, TOML, findings_of, found, make_park


def with_unit(folder, unit, commodity="ash", amount="6", **more):
    streams = f"id,site,commodity,amount,unit\ns,mill,{commodity},{amount},{unit}\n"
    return make_park(folder, streams=streams, **more)


# The expected values are the definitions: 1 h = 3600 s, 1 kgce = 29 307.6 kJ (GB/T 2589-2020).
@pytest.mark.parametrize(
    ("unit", "base", "value", "per"),
    [
        ("t/h", "t", 1.0, "h"),
        ("kg/h", "t", 0.001, "h"),
        ("t/d", "t", 1 / 24, "h"),
        ("kg/s", "t", 3.6, "h"),
        ("t/a", "t", 1.0, "a"),
        ("万t/a", "t", 1e4, "a"),
        ("万吨/年", "t", 1e4, "a"),
        ("kt/a", "t", 1e3, "a"),
        ("吨/小时", "kg", 1e3, "h"),
        ("MW", "MWh", 1.0, "h"),
        ("kW", "MWh", 1e-3, "h"),
        ("MW", "GJ", 3.6, "h"),
        ("GJ/h", "MWh", 1 / 3.6, "h"),
        ("MJ/h", "GJ", 1e-3, "h"),
        ("万kWh/a", "MWh", 10.0, "a"),
        ("亿kWh/a", "MWh", 1e5, "a"),
        ("TJ/a", "GJ", 1e3, "a"),
        ("tce/a", "GJ", 29.3076, "a"),
        ("kgce/h", "MJ", 29.3076, "h"),
        ("万m3/a", "m3", 1e4, "a"),
        ("m³/h", "m3", 1.0, "h"),
        ("kNm3/h", "Nm3", 1e3, "h"),
        ("万元/a", "CNY", 1e4, "a"),
        ("亿元", "CNY", 1e8, ""),
        ("ha", "mu", 15.0, ""),
        ("%", "1", 0.01, ""),
    ],
)
def test_listed_units_are_worth_what_they_are_defined_as(unit, base, value, per):
    quantity = factor(unit, base)
    assert quantity.factor == pytest.approx(value, rel=1e-15)
    assert quantity.per == per


@pytest.mark.parametrize(
    ("unit", "near"),
    [
        ("T/h", "t/h"),
        ("ton/h", "t/h"),
        ("Kw", "kW"),
        ("mW", "MW"),
        ("mWh", "MWh"),
        ("KWH", "kWh"),
        ("RT", "kW"),
        ("kg/hr", "kg/h"),
        ("万T/a", "万t/a"),
        ("t/H", "t/h"),
        ("m^3/h", "m3/h"),
    ],
)
def test_52_53_units_that_mean_something_else_get_the_likely_one(unit, near):
    with pytest.raises(UnitError) as error:
        factor(unit, "t")
    assert error.value.values["near"] == near


def test_51_a_missing_unit_is_refused(tmp_path):
    problem = found(with_unit(tmp_path, ""), "park.blank.cell")
    assert (problem.file, problem.row, problem.column) == ("streams.csv", 2, "unit")


@pytest.mark.parametrize(("unit", "commodity"), [("MW", "ash"), ("t/h", "steam"), ("CNY/h", "ash")])
def test_52_a_unit_of_another_dimension_is_refused_with_both(tmp_path, unit, commodity):
    problem = found(with_unit(tmp_path, unit, commodity), "park.unit.dimension")
    own = {"ash": "t", "steam": "MWh"}[commodity]
    assert (problem.severity, problem.row, problem.column) == ("problem", 2, "unit")
    assert unit in problem.message("en")
    assert own in problem.message("en")


@pytest.mark.parametrize("unit", ["bar(g)", "parsec/h", "t*h", "t/h/h"])
def test_52_unlisted_units_are_refused(tmp_path, unit):
    codes = {f.code for f in findings_of(with_unit(tmp_path, unit)) if f.column == "unit"}
    assert codes & {"park.unit.unknown", "park.unit.unknown_near"}


def test_54_normal_cubic_metres_are_not_cubic_metres(tmp_path):
    assert found(with_unit(tmp_path, "Nm3/h", "water"), "park.unit.normal_volume").row == 2


def test_56_currency_and_price_year_are_asked_for(tmp_path):
    toml = '[park]\nid = "tiny"\ncatalogue = false\n'
    missing = [
        f for f in findings_of(make_park(tmp_path, toml=toml)) if f.code == "park.toml.missing"
    ]
    assert {(f.file, f.column, f.severity) for f in missing} == {
        ("park.toml", "park.currency", "problem"),
        ("park.toml", "park.price_year", "problem"),
    }


def test_56_another_currency_makes_yuan_unknown(tmp_path):
    limits = "id,measure,sense,value,unit\nbudget,cost,<=,5,万元\n"
    park = make_park(tmp_path, toml=TOML.replace("CNY", "EUR"), limits=limits)
    assert [f.row for f in findings_of(park) if f.code.startswith("park.unit.unknown")] == [2]


@pytest.mark.parametrize("unit", ["kg**9**9**9", "k" * 100_000, "__import__('os')"])
def test_57_a_unit_is_never_evaluated(tmp_path, unit):
    codes = {f.code for f in findings_of(with_unit(tmp_path, unit)) if f.column == "unit"}
    assert codes <= {"park.unit.unknown", "park.unit.unknown_near"}
    assert codes


@pytest.mark.parametrize("header", ["supply_temp [K]", "min_approach [degC]"])
def test_58_degrees_and_kelvins_are_not_mixed(tmp_path, header):
    streams = f"id,site,commodity,amount,unit,{header}\ns,mill,ash,6,t/h,80\n"
    problem = found(make_park(tmp_path, streams=streams), "park.header.temperature_unit")
    assert problem.severity == "problem"


def test_an_amount_says_per_hour_or_per_year(tmp_path):
    assert found(with_unit(tmp_path, "t"), "park.unit.per_what").row == 2


def test_a_commodity_counts_in_amounts(tmp_path):
    commodities = "id,kind,unit\npower,energy,MW\n"
    problem = found(make_park(tmp_path, commodities=commodities), "park.unit.rate_for_amount")
    assert problem.values["near"] == "MWh"


def test_amounts_are_converted_once_to_the_commodity_s_unit(tmp_path):
    streams = (
        "id,site,commodity,amount,unit,today\n"
        "a,mill,ash,48,t/d,24\nb,mill,ash,2,万t/a,1\nc,mill,steam,7.2,GJ/h,\n"
    )
    table = read_park(make_park(tmp_path, streams=streams, markets=SINKS)).tables.streams
    assert table["amount"].tolist() == pytest.approx([2.0, 20_000.0, 2.0], rel=1e-12)
    assert table["per"].tolist() == ["h", "a", "h"]
    assert table["today"].tolist()[:2] == pytest.approx([1.0, 10_000.0], rel=1e-12)
    assert table["unit_factor"].tolist() == pytest.approx([1 / 24, 1e4, 1 / 3.6], rel=1e-12)


SINKS = MARKETS + "steam_out,*,steam,sell\n"
LIMITS = "id,measure,table,item,commodity,per_measure,relative_to,sense,value,unit,period\n"


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("co2,,,,,,<=,3,万t,year", 30_000.0),
        ("co2,,,,,,<=,3,kt/a,year", 3_000.0),
        ("capex,,,,,,<=,2,亿元,all", 2e8),
        (",markets,steam_in,,,,<=,5000,kW,each", 5.0),
        (",,,ash,,,<=,600,kg,year", 0.6),
        ("energy,,,,value_added,,<=,0.5,tce/万元,year", 5e-5),
        ("co2,,,,,2025,<=,82,%,year", 0.82),
        ("co2,,,,,,peak,2025,,year", 2025.0),
        ("energy,,,,value_added,2025,<=,85,%,year", 0.85),
        ("cost,,,,co2,best_operation,<=,300,元/t,year", 300.0),
    ],
)
def test_limits_are_converted_to_the_unit_of_what_they_limit(tmp_path, monkeypatch, row, value):
    # What a limit may mean is for the checks; here only its unit is looked at.
    monkeypatch.setattr("circularpark.park.checks.CHECKS", ())
    park = make_park(tmp_path, limits=f"{LIMITS}l,{row}\n", markets=SINKS)
    assert read_park(park).tables.limits["value"][0] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("co2,,,,,,<=,3,MWh,year", "dimension"),
        (",markets,steam_in,,,,<=,5,MWh,each", "rate_wanted"),
        (",markets,steam_in,,,,<=,5,MW,year", "amount_wanted"),
        (",markets,,,,,<=,5,t,year", "mixed"),
        ("co2,,,,energy,,<=,5,t,year", "plain_wanted"),
        ("co2,,,,,,<=,5,,year", "missing"),
    ],
)
def test_limits_in_the_wrong_unit_are_refused(tmp_path, row, code):
    park = make_park(tmp_path, limits=f"{LIMITS}l,{row}\n", markets=SINKS)
    assert found(park, f"park.unit.{code}").row == 2


def test_quality_units_are_a_short_list():
    assert quality_unit("mg/L") == ("concentration", 1e-6)
    assert quality_unit("kg/t") == ("share", 1e-3)
    with pytest.raises(UnitError):
        quality_unit("mol/L")
