"""A park without a plan is told what is short, what binds and what cures it; each cure is tried."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.parks import TOML, make_park

import circularpark
from circularpark.errors import NoFeasiblePlan
from circularpark.program.rows import across, rows
from circularpark.solve.diagnose import Diagnosis, diagnose
from circularpark.solve.diagnose_bench import beyond, is_possible
from circularpark.solve.profile import read_profile

Tables = dict[str, str]

# A gas boiler of 10 MW at the mill, and a pipe of 4 MW without losses to the farm.
BASE: Tables = {
    "sites": "id,name_zh,name_en,lon,lat\n"
    "mill,造纸厂,Paper mill,117.00,30.50\n"
    "farm,农场,Farm,117.01,30.51\n",
    "commodities": "id,name_zh,name_en,kind,unit,surplus,co2\n"
    "steam,蒸汽,Steam,energy,MWh,must_use,\n"
    "gas,天然气,Natural gas,energy,MWh,must_use,0.2\n"
    "power,电,Power,energy,MWh,must_use,\n"
    "ash,粉煤灰,Fly ash,waste,t,must_use,\n"
    "water,中水,Reclaimed water,water,m3,must_use,\n",
    "technologies": "id,name_zh,name_en,capacity_of,capex,lifetime\n"
    "gas_boiler,燃气锅炉,Gas boiler,steam,1000,20\n"
    "electric_boiler,电锅炉,Electric boiler,steam,500,20\n",
    "recipes": "technology,row,commodity,rate,emits\n"
    "gas_boiler,steam,steam,1,\n"
    "gas_boiler,gas,gas,-1.25,yes\n"
    "electric_boiler,steam,steam,1,\n"
    "electric_boiler,power,power,-1,\n",
    "processes": "id,site,technology,capacity,status\nboiler,mill,gas_boiler,10,existing\n",
    "markets": "id,site,commodity,direction,price,min,max,max_per_year\n"
    "gas_grid,mill,gas,buy,200,,,\n",
    "links": "id,from,to,commodity,transport,km,status,capacity\n"
    "L1,mill,farm,steam,pipe,1,existing,4\n",
    "transports": "id,commodity,max_km,capex_per_km,lifetime\npipe,steam,0.1,100,20\n",
    "demands": "id,site,commodity,amount,unit,profile\nheat,farm,steam,3,MW,\n",
}
LIMIT = (
    "id,measure,table,item,commodity,per_table,per_commodity,"
    "sense,value,unit,rank,period,label_zh,label_en\n"
)
HOURS = TOML.replace("[time]", '[time]\nmode = "hours"')


def with_rows(tables: Mapping[str, str], **more: str) -> Tables:
    """The tables with rows appended to some, or with a new table."""
    return {**tables, **{name: tables.get(name, "") + text for name, text in more.items()}}


def with_cell(tables: Mapping[str, str], table: str, item: str, column: str, value: Any) -> Tables:
    """The tables with one cell replaced."""
    frame = pd.read_csv(io.StringIO(tables[table]), dtype=str, keep_default_na=False)
    frame.loc[frame["id"] == item, column] = str(value)
    return {**tables, table: frame.to_csv(index=False)}


def park_of(folder: Path, tables: Mapping[str, str], toml: str = TOML) -> Any:
    return circularpark.read_park(make_park(folder, toml=toml, **tables))


def diagnosis_of(folder: Path, tables: Mapping[str, str], toml: str = TOML) -> Diagnosis:
    """What the public API says of a park that has no plan."""
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(park_of(folder, tables, toml))
    found = caught.value.diagnosis
    assert isinstance(found, Diagnosis)
    return found


def cured(tables: Mapping[str, str], cure: Iterable[Any], share: float = 1.0) -> Tables:
    """The tables with the changes of a cure written into them, or only a share of each."""
    for change in cure:
        base = change.value or 0.0
        to = base + share * (change.to - base)
        if change.item:
            tables = with_cell(tables, change.table, change.item, change.column, repr(to))
        else:
            direction = "buy" if change.kind == "source" else "dispose"
            name = f"new_{change.site}_{change.commodity}"
            row = f"{name},{change.site},{change.commodity},{direction},0,,{to!r},\n"
            tables = with_rows(tables, markets=row)
    return dict(tables)


def assert_smallest(folder: Path, tables: Tables, found: Diagnosis, toml: str = TOML) -> None:
    """Every cure makes a plan possible; 2 % less of it does not."""
    assert found.cures
    for number, cure in enumerate(found.cures):
        plan = circularpark.solve(park_of(folder / f"cured{number}", cured(tables, cure), toml))
        assert plan.certificate.ok
        less = park_of(folder / f"less{number}", cured(tables, cure, 0.98), toml)
        assert not is_possible(circularpark.build(less), read_profile())


def named(found: Diagnosis) -> list[tuple[tuple[str, float], ...]]:
    """The cures as (item or new market, to)."""
    return [tuple((c.item or c.kind, c.to) for c in cure) for cure in found.cures]


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


GREEN = with_rows(
    BASE,
    demands="light,farm,power,6,MW,\n",
    markets="grid,farm,power,buy,500,,,\ngreen,farm,power,buy,600,,2,\n",
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
