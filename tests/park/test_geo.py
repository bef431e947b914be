"""Maps: GeoJSON and GeoPackage as rows, and what is refused."""

from __future__ import annotations

import json
import math

import pytest

from circularpark.park.geo import metres_between, read_geojson, read_geopackage, read_layer
from circularpark.park.read import read_park
from tests.park.drafts import changed, findings, place, read_findings, sound, the
from tests.parks import make_park

POINT = {"type": "Point", "coordinates": [117.05, 30.54]}
SQUARE = [[117.05, 30.54], [117.06, 30.54], [117.06, 30.55], [117.05, 30.55], [117.05, 30.54]]
BOW_TIE = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]


def feature(geometry, **properties):
    return {"type": "Feature", "properties": {"id": "mill", **properties}, "geometry": geometry}


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def written(tmp_path, content, name="sites.geojson"):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
    return path


def only(tmp_path, content, kind="sites"):
    """The one finding of a file."""
    _, found = read_geojson(written(tmp_path, content), kind)
    assert len(found) == 1, found
    for lang in ("zh", "en"):
        assert "{" not in found[0].message(lang) + found[0].fix(lang)
    return found[0]


def test_points_and_polygons_become_rows(tmp_path):
    square = {"type": "Polygon", "coordinates": [SQUARE]}
    path = written(
        tmp_path, collection(feature(POINT, name_zh="印染厂"), feature(square, id="kiln"))
    )
    records, found = read_geojson(path, "sites")
    assert found == []
    assert [(r["id"], r["_row"]) for r in records] == [("mill", 1), ("kiln", 2)]
    assert records[0]["name_zh"] == "印染厂"
    assert (records[0]["lon"], records[0]["lat"]) == (117.05, 30.54)
    assert 117.05 < records[1]["lon"] < 117.06
    assert 30.54 < records[1]["lat"] < 30.55
    assert records[1]["geometry"].geom_type == "Polygon"


def test_corridors_are_lines_and_further_layers_anything(tmp_path):
    line = {"type": "LineString", "coordinates": SQUARE[:2]}
    path = written(tmp_path, collection(feature(line, id="rack", allows="pipe")))
    records, found = read_geojson(path, "corridors")
    assert found == []
    assert records[0]["allows"] == "pipe"
    pairs, found = read_layer(written(tmp_path, collection(feature(POINT, id="lake"))))
    assert found == []
    assert pairs[0][0].geom_type == "Point"
    assert pairs[0][1] == {"id": "lake"}
    assert (
        only(tmp_path, collection(feature(POINT)), "corridors").code == "geo.wrong_shape_corridors"
    )
    assert only(tmp_path, collection(feature(line))).code == "geo.wrong_shape_sites"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "geo.empty_file"),
        (collection(), "geo.empty_file"),
        ("<OGRVRTDataSource/>", "geo.not_geojson"),
        ("[1, 2]", "geo.not_geojson"),
        ({"type": "Topology"}, "geo.not_geojson"),
        ('{"type": "FeatureCollection", "features": [', "geo.broken_json"),
        ('{"type": ' + "[" * 30 + "]" * 30 + "}", "geo.too_deep"),
        ('{"type": "FeatureCollection", "type": "x", "features": []}', "geo.duplicate_key"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "geo.no_number"),
        ('{"type": "FeatureCollection", "features": [-Infinity]}', "geo.no_number"),
        ('{"type": "FeatureCollection", "features": [1e999]}', "geo.no_number"),
        ('{"type": "FeatureCollection", "features": [' + "9" * 5000 + "]}", "geo.no_number"),
    ],
)
def test_a_file_that_is_no_sound_geojson_is_refused(tmp_path, content, code):
    finding = only(tmp_path, content)
    assert place(finding) == ("problem", "sites.geojson", None, None)
    assert finding.code == code


def test_brackets_in_names_do_not_nest(tmp_path):
    records, found = read_geojson(
        written(tmp_path, collection(feature(POINT, note="[" * 99))), "sites"
    )
    assert found == []
    assert len(records) == 1


def test_only_wgs84_is_geojson(tmp_path):
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"):
        crs = {"type": "name", "properties": {"name": name}}
        assert (
            read_geojson(written(tmp_path, collection(feature(POINT), crs=crs)), "sites")[1] == []
        )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32650"}}
    finding = only(tmp_path, collection(feature(POINT), crs=crs))
    assert (finding.code, finding.column) == ("geo.other_crs", "crs")
    assert "32650" in finding.message("zh")


@pytest.mark.parametrize(
    ("coordinates", "code"),
    [([504800.0, 3378700.0], "geo.projected"), ([30.54, 117.05], "geo.swapped")],
)
def test_metres_and_swapped_degrees_are_refused(tmp_path, coordinates, code):
    finding = only(tmp_path, collection(feature({"type": "Point", "coordinates": coordinates})))
    assert (finding.code, *place(finding)) == (code, "problem", "sites.geojson", 1, "geometry")


def test_a_bow_tie_is_refused_with_its_reason(tmp_path):
    bow_tie = {"type": "Polygon", "coordinates": [BOW_TIE]}
    finding = only(tmp_path, collection(feature(POINT), feature(bow_tie)))
    assert (finding.code, *place(finding)) == (
        "geo.invalid",
        "problem",
        "sites.geojson",
        2,
        "geometry",
    )
    assert "Self-intersection" in finding.message("en")


def test_a_site_without_geometry_is_drawn_schematically(tmp_path):
    records, found = read_geojson(written(tmp_path, collection(feature(None))), "sites")
    assert math.isnan(records[0]["lon"])
    assert records[0]["geometry"] is None
    assert (found[0].code, *place(found[0])) == (
        "geo.no_place",
        "warning",
        "sites.geojson",
        1,
        "geometry",
    )


@pytest.mark.parametrize(
    ("geometry", "kind", "code"),
    [
        (None, "corridors", "geo.empty_geometry"),
        ({"type": "Point", "coordinates": []}, "sites", "geo.empty_geometry"),
        ({"type": "Point"}, "sites", "geo.bad_geometry"),
        ({"type": "Circle", "coordinates": [1, 2]}, "sites", "geo.bad_geometry"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "sites", "geo.bad_geometry"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "sites", "geo.bad_geometry"),
        ("POINT (1 2)", "sites", "geo.bad_geometry"),
    ],
)
def test_empty_and_broken_geometries_are_refused(tmp_path, geometry, kind, code):
    finding = only(tmp_path, collection(feature(geometry)), kind)
    assert (finding.code, *place(finding)) == (code, "problem", "sites.geojson", 1, "geometry")


def test_heights_are_dropped_with_a_warning(tmp_path):
    high = {"type": "Point", "coordinates": [117.05, 30.54, 12.0]}
    records, found = read_geojson(written(tmp_path, collection(feature(high))), "sites")
    assert not records[0]["geometry"].has_z
    assert (found[0].code, found[0].severity) == ("geo.height_dropped", "warning")


@pytest.mark.parametrize("datum", ["GCJ-02", "gcj02", "BD09"])
def test_a_shifted_datum_is_warned_of(tmp_path, datum):
    finding = only(tmp_path, collection(feature(POINT, datum=datum)))
    assert place(finding) == ("warning", "sites.geojson", 1, "datum")
    assert "500" in finding.message("zh")


def test_the_encodings_of_chinese_offices_are_read(tmp_path):
    text = json.dumps(collection(feature(POINT, name_zh="安庆高新区印染厂")), ensure_ascii=False)
    for raw in (text.encode("gb18030"), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        records, found = read_geojson(written(tmp_path, raw), "sites")
        assert records[0]["name_zh"] == "安庆高新区印染厂"
        assert [f.severity for f in found] == ["fixed"]


def test_a_geopackage_is_moved_to_degrees(tmp_path):
    geopandas = pytest.importorskip("geopandas")
    from shapely.geometry import Point

    frame = geopandas.GeoDataFrame({"id": ["mill"]}, geometry=[Point(117.05, 30.54)], crs=4326)
    path = tmp_path / "sites.gpkg"
    frame.to_crs(32650).to_file(path, driver="GPKG")
    records, found = read_geopackage(path, "sites")
    assert records[0]["lon"] == pytest.approx(117.05)
    assert records[0]["lat"] == pytest.approx(30.54)
    assert [(f.code, f.severity) for f in found] == [("geo.projected_moved", "fixed")]
    frame.to_file(path, driver="GPKG")
    assert read_geopackage(path, "sites")[1] == []


def test_what_only_calls_itself_a_geopackage_is_refused(tmp_path):
    for raw in (b"/vsicurl/http://x", b"SQLite format 3\0 and then nothing"):
        records, found = read_geopackage(written(tmp_path, raw, "sites.gpkg"), "sites")
        assert records == []
        assert [f.code for f in found] == ["geo.not_geopackage"]


def test_distances_are_metres_not_degrees():
    # One minute of latitude is a nautical mile, 1852 m.
    assert metres_between(0.0, 0.0, 0.0, 1 / 60) == pytest.approx(1852, rel=0.005)


# --- coordinates in sites.csv ---


def test_coordinates_are_degrees():
    finding = the(findings(changed("sites", 0, lon=504800.0, lat=3378700.0)), "geo.projected")
    assert place(finding) == ("problem", "sites.csv", 2, "lat")
    finding = the(findings(changed("sites", 0, lon=30.54, lat=117.05)), "geo.swapped")
    assert place(finding) == ("problem", "sites.csv", 2, "lat")
    assert "30.54, 117.05" in finding.message("en")


def test_a_place_has_both_coordinates_or_none():
    finding = the(findings(changed("sites", 0, lat=None)), "geo.half_place")
    assert place(finding) == ("problem", "sites.csv", 2, "lat")
    finding = the(findings(changed("sites", 0, lon=None, lat=None)), "geo.no_place")
    assert place(finding) == ("warning", "sites.csv", 2, "lon")


def test_a_site_whose_swapped_place_is_in_the_park_is_refused():
    rows = sound()
    for number, site in enumerate(rows["sites"]):  # Urumqi: both ways round are valid degrees
        site.update(lon=87.6 + number / 100, lat=43.8)
    assert findings(rows) == []
    rows["sites"][1].update(lon=43.8, lat=87.61)
    finding = the(findings(rows), "geo.swapped_site")
    assert place(finding) == ("problem", "sites.csv", 3, "lat")


def test_a_park_at_the_pole_is_the_wrong_way_round():
    rows = sound()
    for number, site in enumerate(rows["sites"]):
        site.update(lon=43.8, lat=87.6 + number / 100)
    assert place(the(findings(rows), "geo.polar")) == ("problem", "sites.csv", 2, "lat")


def test_a_site_far_from_the_others_is_warned_of():
    finding = the(findings(changed("sites", 0, lat=33.0)), "geo.far_away")
    assert place(finding) == ("warning", "sites.csv", 2, "lat")


@pytest.mark.parametrize(("shift", "warned"), [(0.0005, False), (0.0045, True), (0.02, False)])
def test_two_records_of_a_site_a_datum_apart_are_warned_of(shift, warned):
    rows = sound()
    rows["sites"].append({"id": "kiln", "lon": 117.07, "lat": 30.55 + shift})
    codes = [f.code for f in findings(rows)]
    assert ("geo.shifted" in codes) is warned
    assert "checks.duplicate_id" in codes


# --- the same through a folder ---


def test_a_map_in_a_folder_places_its_sites(tmp_path):
    folder = make_park(tmp_path / "park")
    (folder / "sites.csv").unlink()
    features = [feature(POINT, id="mill"), feature(None, id="farm")]
    written(folder, collection(*features))
    park = read_park(folder)
    assert park.tables.sites["lon"].iloc[0] == 117.05
    finding = the(list(park.findings), "geo.no_place")
    assert place(finding) == ("warning", "sites.geojson", 2, "geometry")


def test_a_broken_map_in_a_folder_is_refused(tmp_path):
    folder = make_park(tmp_path / "park")
    (folder / "sites.csv").unlink()
    bow_tie = {"type": "Polygon", "coordinates": [BOW_TIE]}
    written(folder, collection(feature(POINT, id="mill"), feature(bow_tie, id="farm")))
    finding = the(read_findings(folder), "geo.invalid")
    assert place(finding) == ("problem", "sites.geojson", 2, "geometry")
