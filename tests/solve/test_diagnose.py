"""A park without a plan is told what is short and what cures it; each cure is tried."""

from __future__ import annotations

import pytest

import circularpark
from circularpark.errors import NoFeasiblePlan
from circularpark.solve.diagnosis.bench import is_possible
from circularpark.solve.profile import read_profile
from tests.parks import TOML, make_park
from tests.solve.diagnosed import (
    BASE,
    HOURS,
    LIMIT,
    assert_smallest,
    cured,
    diagnosis_of,
    named,
    park_of,
    with_cell,
    with_rows,
)


def test_a_link_too_small_is_named_and_enlarged(tmp_path):
    tables = with_cell(BASE, "demands", "heat", "amount", 6)
    found = diagnosis_of(tmp_path / "p", tables)
    (short,) = found.shortages
    assert (short.kind, short.site, short.commodity, short.item) == (
        "demand",
        "farm",
        "steam",
        "heat",
    )
    assert short.amount == pytest.approx(2.0)
    assert (short.unit, short.period, short.hours, short.of_hours) == ("MW", "2025", 8760, 8760)
    assert [(b.item, b.value, b.unit) for b in found.binding] == [("L1", 4.0, "MW")]
    assert named(found) == [(("L1", 6.0),), (("source", 2.0),)]
    assert_smallest(tmp_path, tables, found)
    assert short.names == {
        "site": {"zh": "农场", "en": "Farm"},
        "commodity": {"zh": "蒸汽", "en": "steam"},
    }
    assert found.text("en").splitlines() == [
        "Steam at Farm is short by 2 MW (2025).",
        "The steam link L1 from Paper mill to Farm is full at 4 MW.",
        "Any one of these makes a plan possible:",
        "  - the steam link L1 from Paper mill to Farm from 4 to 6 MW",
        "  - a new source of 2 MW of steam at Farm",
    ]
    assert "农场的蒸汽缺口 2 MW" in found.text("zh")


def test_a_demand_nothing_can_meet_needs_a_new_source(tmp_path):
    tables = with_rows(BASE, demands="rinse,farm,water,1.234,m3/h,\n")
    found = diagnosis_of(tmp_path / "p", tables)
    (short,) = found.shortages
    assert (short.commodity, short.unit) == ("water", "m3/h")
    assert short.amount == pytest.approx(1.234)
    assert found.binding == ()
    assert named(found) == [(("source", 1.24),)]
    assert_smallest(tmp_path, tables, found)


def test_the_worst_period_and_the_hours_are_told(tmp_path):
    profile = "period,day\n" + "".join(
        f"h{h},{1.5 if h == 17 else 1.2 if h in (16, 18) else 0.5}\n" for h in range(24)
    )
    tables = with_cell(with_rows(BASE, profiles=profile), "demands", "heat", "amount", 4)
    tables = with_cell(tables, "demands", "heat", "profile", "day")
    found = diagnosis_of(tmp_path / "p", tables, HOURS)
    (short,) = found.shortages
    assert short.amount == pytest.approx(2.0)
    assert short.period == "2025-h0018"
    assert (short.hours, short.of_hours) == (pytest.approx(3 * 365), 8760)
    assert named(found) == [(("L1", 6.0),), (("source", 2.0),)]
    assert_smallest(tmp_path, tables, found, HOURS)
    assert "at worst (2025-h0018), in 1,095 of 8,760 hours." in found.text("en")


def test_a_store_spreads_what_is_short(tmp_path):
    # With a store any hour could be told as short; told is the spread with the mildest worst hour.
    profile = "period,day\n" + "".join(f"h{h},{0.5 + (h % 4)}\n" for h in range(24))
    tables = with_cell(with_rows(BASE, profiles=profile), "demands", "heat", "profile", "day")
    tables = with_rows(
        tables, storages="id,site,commodity,capacity,hours_in,hours_out\ntank,farm,steam,6,1,1\n"
    )
    found = diagnosis_of(tmp_path / "p", tables, HOURS)
    (short,) = found.shortages
    # Of 1.5, 4.5, 7.5 and 10.5 MWh the pipe brings 16: of 8 short the first hour takes all its 1.5.
    assert short.amount == pytest.approx((8 - 1.5) / 3)
    assert short.hours == pytest.approx(8760)
    assert (("source", 2.0),) in named(found)
    assert (("L1", 6.0),) in named(found)


def test_a_cap_too_tight_is_named_with_the_value_that_would_do(tmp_path):
    # 3 MW x 1.25 x 8760 h x 0.2 t/MWh = 6570 t; no other heat than gas.
    tables = with_rows(BASE, limits=LIMIT + "cap,co2,,,,,,<=,5000,t,,year,碳排放上限,CO2 cap\n")
    found = diagnosis_of(tmp_path / "p", tables)
    (short,) = found.shortages
    assert (short.kind, short.item, short.unit) == ("limit", "cap", "t")
    assert short.amount == pytest.approx(1570)
    assert named(found) == [(("cap", 6570.0),)]
    assert_smallest(tmp_path, tables, found)
    assert found.text("en") == (
        'The limit "CO2 cap" (≤ 5,000 t) cannot be kept: 6,570 t is the best that can be reached'
        ' (2025).\nThis makes a plan possible: the limit "CO2 cap" from 5,000 to 6,570 t.'
    )


def test_a_cap_that_changes_is_told_as_it_is_in_its_year(tmp_path):
    toml = TOML.replace("[2025]", "[2025, 2030]")
    tables = with_rows(
        BASE,
        paths="table,item,column,year,scenario,set,multiply\nlimits,cap,value,2030,,6000,\n",
        limits=LIMIT + "cap,co2,,,,,,<=,7000,t,,year,,CO2 cap\n",
    )
    found = diagnosis_of(tmp_path / "p", tables, toml)
    assert 'The limit "CO2 cap" (≤ 6,000 t) cannot be kept: 6,570 t is' in found.text("en")
    ((change,),) = found.cures
    assert change.by == pytest.approx(570, abs=10)
    tables = with_cell(tables, "limits", "cap", "value", 7000 + change.by)
    tables["paths"] = tables["paths"].replace("6000", repr(6000 + change.by))
    circularpark.solve(park_of(tmp_path / "cured", tables, toml))


def test_equipment_can_cure_a_cap(tmp_path):
    # Power counts nothing here, so 0.7 MW of electric boiler instead of 0.2 MW keep the cap.
    tables = with_rows(
        BASE,
        processes="kettle,farm,electric_boiler,0.2,existing\n",
        markets="power_grid,farm,power,buy,500,,,\n",
        limits=LIMIT + "cap,co2,,,,,,<=,5037,t,,year,,\n",
    )
    found = diagnosis_of(tmp_path / "p", tables)
    assert [s.kind for s in found.shortages] == ["limit"]
    assert sorted(named(found)) == [(("cap", 6140.0),), (("kettle", 0.7),)]
    assert_smallest(tmp_path, tables, found)


def test_a_waste_that_must_be_used_has_nowhere_to_go(tmp_path):
    tables = with_rows(
        BASE,
        streams="id,site,commodity,amount,unit\nboiler_ash,mill,ash,3,t/h\n",
        markets="landfill,mill,ash,dispose,100,,1,\n",
    )
    found = diagnosis_of(tmp_path / "p", tables)
    (short,) = found.shortages
    assert (short.kind, short.item, short.unit) == ("surplus", "boiler_ash", "t/h")
    assert short.amount == pytest.approx(2.0)
    assert named(found) == [(("landfill", 3.0),), (("outlet", 2.0),)]
    assert_smallest(tmp_path, tables, found)


def test_two_shortages_need_two_changes(tmp_path):
    tables = with_rows(
        with_cell(BASE, "demands", "heat", "amount", 6), demands="rinse,mill,water,5,m3/h,\n"
    )
    found = diagnosis_of(tmp_path / "p", tables)
    assert [(s.site, s.commodity) for s in found.shortages] == [
        ("mill", "water"),
        ("farm", "steam"),
    ]
    (cure,) = found.cures
    assert {c.kind: c.to for c in cure} == {"capacity": 6.0, "source": 5.0}
    plan = circularpark.solve(park_of(tmp_path / "cured", cured(tables, cure)))
    assert plan.certificate.ok
    for left_out in cure:
        rest = [change for change in cure if change is not left_out]
        less = park_of(tmp_path / f"without_{left_out.kind}", cured(tables, rest))
        assert not is_possible(circularpark.build(less), read_profile())
    assert "No single change is enough" in found.text("en")


def test_a_boiler_and_the_pipe_behind_it_are_enlarged_together(tmp_path):
    tables = with_cell(BASE, "demands", "heat", "amount", 6)
    tables = with_cell(tables, "processes", "boiler", "capacity", 4)
    found = diagnosis_of(tmp_path / "p", tables)
    together, market = (dict(cure) for cure in named(found))
    assert together == {"boiler": 6.0, "L1": 6.0}
    assert market == {"source": 2.0}
    assert_smallest(tmp_path, tables, found)


def test_a_yearly_contract_is_a_cure(tmp_path):
    # 3 MW x 1.25 x 8760 h = 32850 MWh of gas.
    tables = with_cell(BASE, "markets", "gas_grid", "max_per_year", 30000)
    found = diagnosis_of(tmp_path / "p", tables)
    assert [(b.item, b.unit) for b in found.binding] == [("gas_grid", "MWh")]
    assert named(found)[0] == (("gas_grid", 32900.0),)
    assert found.cures[0][0].column == "max_per_year"
    circularpark.solve(park_of(tmp_path / "cured", cured(tables, found.cures[0])))


@pytest.mark.parametrize("site", ["mill", "*"])
def test_a_minimum_nobody_can_take_is_a_contract(tmp_path, site):
    tables = with_cell(BASE, "markets", "gas_grid", "min", 10)
    tables = with_cell(tables, "markets", "gas_grid", "site", site)
    found = diagnosis_of(tmp_path / "p", tables)
    (short,) = found.shortages
    assert (short.kind, short.item) == ("contract", "gas_grid")
    assert short.amount == pytest.approx(10 - 3 * 1.25)
    assert named(found) == [(("gas_grid", 3.75),)]
    assert_smallest(tmp_path, tables, found)


def test_a_park_where_nothing_stands_is_told_what_is_missing(tmp_path):
    folder = make_park(tmp_path, demands="id,site,commodity,amount,unit\nheat,farm,steam,6,MW\n")
    with pytest.raises(NoFeasiblePlan) as told:
        circularpark.solve(circularpark.read_park(folder))
    assert "short by 6 MW" in told.value.diagnosis.text("en")
