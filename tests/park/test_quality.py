"""Qualities and operations that cannot be are refused in their place; standards are filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

import circularpark
from circularpark.errors import ParkDataError
from circularpark.park.standards import standards
from tests.parks import findings_of, found, make_park

GOODS = """\
id,kind,unit,surplus
water,water,m3,free
fuel,material,t,free
heat,heat,MWh,
gas,gas,MWh,free
"""
SOURCE = "id,site,commodity,amount,unit\nrinse,mill,water,10,m3/h\n"
SINK = "id,site,commodity,amount,unit\nwash,{site},water,5,m3/h\n"
WELL = "id,site,commodity,direction\nwell,*,water,buy\nsewer,*,water,dispose\n"
ROWS = "item,commodity,property,value,min,max,unit,operator\n"
KNOWN = "rinse,,cod,50,,,mg/L,\nwell,,cod,0,,,mg/L,\nwash,,cod,,,30,mg/L,\n"
MILL = {
    "technologies": "id,capacity_of\nmill,fuel\n",
    "recipes": "technology,row,commodity,rate\nmill,1,fuel,1\nmill,2,gas,1\nmill,3,water,-2\n",
    "processes": "id,site,technology,capacity\nplant,mill,mill,5\n",
}
WORKS = "id,site,commodity,property,load,unit,max_in,max_out,quality_unit\n"


def park(folder: Path, rows: str = KNOWN, *, site: str = "mill", **more: str) -> Path:
    tables = {
        "commodities": GOODS,
        "streams": SOURCE,
        "demands": SINK.format(site=site),
        "markets": WELL,
        "quality": ROWS + rows,
    }
    return make_park(folder, **(tables | more))


def test_a_park_with_quality_is_sound(tmp_path: Path) -> None:
    problems = [f for f in findings_of(park(tmp_path)) if f.severity == "problem"]
    assert problems == []


@pytest.mark.parametrize(
    ("rows", "code", "row", "column"),
    [
        ("rinse,,ash,120,,,%,\n", "checks.share_above_all", 5, "value"),
        ("rinse,,ash,50,,,mg/L,\nwash,,ash,,9,3,mg/L,\n", "checks.min_above_max", 6, "min"),
        ("wash,,ash,3,,,%,\n", "checks.quality_of_sink", 5, "value"),
        ("rinse,,ash,,,3,%,\n", "checks.limit_of_source", 5, "max"),
        ("rinse,,ash,,,,%,\n", "checks.quality_says_nothing", 5, "value"),
        ("rinse,,cod,60,,,mg/L,\n", "checks.quality_twice", 5, "property"),
        ("rinse,,ash,3,,,furlong,\n", "park.unit.quality", 5, "unit"),
        ("rinse,,ash,3,,,GJ/t,\n", "park.unit.quality_basis", 5, "unit"),
        ("rinse,,ash,3,,,%,cubic\n", "checks.operator", 5, "operator"),
        ("rinse,,i,3,,,1,2\nwell,,i,3,,,1,3\n", "checks.operators_differ", 6, "operator"),
        ("rinse,,i,-3,,,1,0.5\n", "checks.no_power", 5, "value"),
        ("rinse,,ash,3,,,%,\nwell,,ash,3,,,1,\n", "checks.property_units", 6, "unit"),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_its_place(
    tmp_path: Path, rows: str, code: str, row: int, column: str
) -> None:
    finding = found(park(tmp_path, KNOWN + rows), code)
    assert (finding.severity, finding.file) == ("problem", "quality.csv")
    assert (finding.row, finding.column) == (row, column)


@pytest.mark.parametrize(
    ("rows", "code", "column"),
    [
        ("plant,gas,s,,,3,1,\n", "checks.no_such_input", "commodity"),
        ("mill,water,s,3,,,1,\n", "checks.no_such_output", "commodity"),
        ("mill,,s,3,,,1,\n", "checks.which_output", "commodity"),
    ],
)
def test_a_row_of_a_process_names_what_its_recipe_has(
    tmp_path: Path, rows: str, code: str, column: str
) -> None:
    finding = found(
        park(tmp_path, KNOWN + "rinse,,s,1,,,1,\nwell,,s,0,,,1,\n" + rows, **MILL), code
    )
    assert (finding.severity, finding.row, finding.column) == ("problem", 7, column)


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ("plant,water,s,,3,1,,gas\n", "", ""),
        ("plant,water,s,,3,1,,soap\n", "checks.unknown", "per"),
        ("plant,water,s,,3,1,,heat\n", "checks.per_of_what", "per"),
        ("rinse,,s,1,,1,,water\n", "checks.per_of_what", "per"),
        ("plant,water,s,,3,1,2,gas\n", "checks.per_not_linear", "operator"),
    ],
)
def test_a_limit_counts_against_a_commodity_of_the_recipe(
    tmp_path: Path, cells: str, code: str, column: str
) -> None:
    rows = "item,commodity,property,value,max,unit,operator,per\n"
    known = "" if cells.startswith("rinse") else f"rinse,,s,1,,1,{'2' if ',2,' in cells else ''},\n"
    operator = "2" if ",2," in cells else ""
    well = f"well,,s,0,,1,{operator},\n"
    tables = {"commodities": GOODS, "streams": SOURCE, "markets": WELL, **MILL}
    folder = make_park(tmp_path, **tables, quality=rows + known + well + cells)
    problems = [f for f in findings_of(folder) if f.severity == "problem"]
    assert [(f.code, f.column) for f in problems] == ([(code, column)] if code else [])


@pytest.mark.parametrize(
    ("table", "rows", "code"),
    [
        (
            "storages",
            "id,site,commodity,capacity\ntank,mill,water,5\n",
            "checks.graded_store",
        ),
        (
            "transports",
            "id,commodity,max_km,energy_per_km,energy_commodity\ntruck,fuel,5,1,water\n",
            "checks.graded_drive",
        ),
    ],
)
def test_what_would_mix_on_the_way_is_refused(
    tmp_path: Path, table: str, rows: str, code: str
) -> None:
    assert found(park(tmp_path, **{table: rows}), code).file == f"{table}.csv"


STEAM = {
    "commodities": GOODS + "steam,energy,MWh,free\n",
    "processes": "id,site,technology,capacity\nfire,mill,burner,5\n",
    "streams": "id,site,commodity,amount,unit\nchips,mill,fuel,2,t/h\nbark,mill,fuel,2,t/h\n",
    "quality": ROWS + "chips,,ncv,12,,,GJ/t,\nbark,,ncv,9,,,GJ/t,\n",
}
BURNER = "technology,row,commodity,rate,group,property\nburner,1,fuel,-1,,\n"


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("burner,2,steam,0.9,,ash\n", "checks.nothing_brings", "property"),
        ("burner,2,steam,-0.9,,ncv\n", "checks.property_of_output", "property"),
        ("burner,2,steam,0.9,out,ncv\n", "checks.property_of_output", "property"),
        ("burner,2,steam,1.1,,ncv\n", "checks.more_than_brought", "rate"),
    ],
)
def test_an_output_by_a_property_follows_from_the_inputs(
    tmp_path: Path, row: str, code: str, column: str
) -> None:
    tables = {**STEAM, "technologies": "id,capacity_of\nburner,fuel\n", "recipes": BURNER + row}
    finding = found(park(tmp_path, **tables), code)
    assert (finding.severity, finding.file) == ("problem", "recipes.csv")
    assert (finding.row, finding.column) == (3, column)


def test_a_fuel_without_heating_value_is_named(tmp_path: Path) -> None:
    tables = {
        **STEAM,
        "technologies": "id,capacity_of\nburner,fuel\n",
        "recipes": BURNER + "burner,2,steam,0.9,,ncv\n",
        "quality": ROWS + "chips,,ncv,12,,,GJ/t,\n",
        "markets": "id,site,commodity,direction\nsold,*,steam,sell\n",
    }
    folder = park(tmp_path, **tables)
    with pytest.raises(ParkDataError) as caught:
        circularpark.build(circularpark.read_park(folder))
    (finding,) = caught.value.findings
    assert finding.code == "physics.property_unknown"
    assert finding.value == "bark"


def test_parts_are_of_a_removal(tmp_path: Path) -> None:
    rows = ROWS.replace("operator", "parts") + "rinse,,cod,50,,,mg/L,8\n"
    finding = found(park(tmp_path, quality=rows), "checks.parts_alone")
    assert (finding.severity, finding.column, finding.row) == ("problem", "parts", 2)


def test_heat_is_not_graded(tmp_path: Path) -> None:
    more = {"streams": SOURCE + "hot,mill,heat,3,MW\n"}
    finding = found(park(tmp_path, KNOWN + "hot,,x,1,,,1,\n", **more), "checks.graded_heat")
    assert finding.file == "commodities.csv"


@pytest.mark.parametrize(
    ("rows", "code", "column"),
    [
        ("bath,mill,water,cod,2,kg/h,,0,mg/L\n", "checks.no_room_for_load", "max_out"),
        ("bath,mill,water,cod,2,kg/h,90,80,mg/L\n", "checks.dirtier_in", "max_in"),
        ("bath,mill,water,cod,2,MW,,80,mg/L\n", "park.unit.dimension", "unit"),
        ("bath,mill,water,cod,2,kg,,80,mg/L\n", "park.unit.per_what", "unit"),
        ("bath,mill,fuel,cod,2,GJ/h,,80,mg/L\n", "park.unit.dimension", "unit"),
        ("bath,mill,gas,cod,2,kg/h,,80,mg/L\n", "park.unit.quality_basis", "quality_unit"),
        (
            "bath,mill,water,cod,2,kg/h,,80,mg/L\nbath,farm,water,tds,2,kg/h,,80,mg/L\n",
            "checks.operation_apart",
            "site",
        ),
    ],
)
def test_an_operation_that_cannot_be_is_refused(
    tmp_path: Path, rows: str, code: str, column: str
) -> None:
    finding = found(park(tmp_path, operations=WORKS + rows), code)
    assert (finding.file, finding.column) == ("operations.csv", column)


def test_an_operation_takes_part_and_takes_what_must_be_used(tmp_path: Path) -> None:
    folder = make_park(
        tmp_path,
        commodities="id,kind,unit\nwater,water,m3\n",
        streams="id,site,commodity,amount,unit\nrinse,mill,water,1,m3/h\n",
        markets="id,site,commodity,direction\nwell,*,water,buy\n",
        operations=WORKS + "bath,farm,water,cod,2,kg/h,,80,mg/L\n",
        quality=ROWS + "rinse,,cod,50,,,mg/L,\nwell,,cod,0,,,mg/L,\n",
    )
    codes = {f.code for f in findings_of(folder)}
    assert not codes & {"checks.idle_site", "checks.no_way_out", "checks.no_supply"}


def test_what_is_unknown_is_never_taken_as_zero(tmp_path: Path) -> None:
    rows = "well,,cod,0,,,mg/L,\nwash,,cod,,,30,mg/L,\n"
    finding = found(park(tmp_path, rows), "physics.property_unknown")
    assert (finding.severity, finding.file, finding.row) == ("problem", "streams.csv", 2)
    assert "'rinse'" in finding.message("en")
    assert "'wash'" in finding.message("en")


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ({}, False),
        ({"transports": "id,commodity,max_km\npipe,water,1\n"}, False),
        ({"transports": "id,commodity,max_km\npipe,water,5\n"}, True),
        (
            {
                "transports": "id,commodity,max_km\npipe,water,0\n",
                "links": "id,from,to,commodity,transport,km\nl,mill,farm,water,pipe,9\n",
            },
            True,
        ),
        (
            {
                "transports": "id,commodity,max_km\npipe,water,0\n",
                "links": "id,from,to,commodity,transport,km\nl,farm,mill,water,pipe,9\n",
            },
            False,
        ),
    ],
)
def test_only_a_source_that_can_reach_the_sink_must_tell(
    tmp_path: Path, way: dict[str, str], told: bool
) -> None:
    rows = "well,,cod,0,,,mg/L,\nwash,,cod,,,30,mg/L,\n"
    codes = [f.code for f in findings_of(park(tmp_path, rows, site="farm", **way))]
    assert ("physics.property_unknown" in codes) is told


def test_a_source_that_reaches_along_a_corridor_only_is_told_when_links_are_found(
    tmp_path: Path,
) -> None:
    corridor = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":'
        ' {"id": "road", "allows": "pipe"}, "geometry": {"type": "LineString", "coordinates":'
        " [[117.0, 30.5], [117.01, 30.51]]}}]}"
    )
    rows = "well,,cod,0,,,mg/L,\nwash,,cod,,,30,mg/L,\n"
    way = {"transports": "id,commodity,max_km,detour\npipe,water,1.6,1.3\n"}
    folder = park(tmp_path, rows, site="farm", **way)
    (folder / "corridors.geojson").write_text(corridor, encoding="utf-8")
    with pytest.raises(ParkDataError) as caught:
        circularpark.build(circularpark.read_park(folder))
    assert [f.code for f in caught.value.findings] == ["physics.property_unknown"]


# --- standards ---------------------------------------------------------------------------


def with_standard(folder: Path, cells: str) -> Path:
    rows = "item,property,value,max,unit,standard\nrinse,Cl-,90,,mg/L,\nwell,Cl-,5,,mg/L,\n"
    return make_park(
        folder,
        commodities=GOODS,
        streams=SOURCE,
        demands=SINK.format(site="mill"),
        markets=WELL,
        quality=rows + cells,
    )


def test_a_row_takes_its_limit_from_the_standard_that_it_names(tmp_path: Path) -> None:
    read = circularpark.read_park(with_standard(tmp_path, "wash,,,,,w_cool_Cl-\n"))
    row = read.tables.quality.set_index("item").loc["wash"]
    assert (row["property"], row["max"], row["unit"]) == ("Cl-", 250.0, "mg/L")


def test_what_the_row_says_itself_stands_and_units_are_converted(tmp_path: Path) -> None:
    read = circularpark.read_park(with_standard(tmp_path, "wash,Cl-,,,%,w_cool_Cl-\n"))
    assert read.tables.quality.set_index("item").loc["wash", "max"] == pytest.approx(0.025)
    other = circularpark.read_park(with_standard(tmp_path, "wash,,,90,,w_cool_Cl-\n"))
    assert other.tables.quality.set_index("item").loc["wash", "max"] == 90.0


def test_a_limit_from_memory_keeps_its_mark(tmp_path: Path) -> None:
    finding = found(with_standard(tmp_path, "wash,,,,,w_cool_Cl-\n"), "checks.standard_unsure")
    assert finding.severity == "warning"
    assert "memory-high" in finding.message("en")
    assert "GB/T 19923" in finding.message("zh")
    assert "Cl- ≤ 250 mg/L" in finding.message("zh")


def test_an_unknown_standard_is_told_with_near_ones(tmp_path: Path) -> None:
    finding = found(
        with_standard(tmp_path, "wash,Cl-,,9,mg/L,w_cool_Cl\n"), "checks.unknown_standard"
    )
    assert finding.severity == "problem"
    assert "w_cool_Cl-" in finding.fix("en")


def test_a_unit_that_does_not_convert_is_refused(tmp_path: Path) -> None:
    code = "checks.standard_unit"
    assert found(with_standard(tmp_path, "wash,,,,GJ/t,w_cool_Cl-\n"), code).column == "unit"


def test_every_standard_has_a_limit_a_source_and_a_confidence() -> None:
    known = standards()
    assert len(known) > 100
    for row in known.values():
        assert row["source"]
        assert row["confidence"]
        assert row["property"]
        sides = [float(row[side]) for side in ("min", "max") if row[side]]
        assert sides == sorted(sides)
        assert sides
