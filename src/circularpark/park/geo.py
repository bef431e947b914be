"""Maps of the park: GeoJSON and GeoPackage layers as rows with coordinates, or findings.

GeoJSON is read by json and shapely alone, so an uploaded file never reaches a GDAL driver.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import numpy as np
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from circularpark.errors import Finding, Severity
from circularpark.park.formats import decode
from circularpark.park.strict_json import BadJson, parse

Kind = Literal["sites", "corridors", "layer"]
Record = dict[str, object]
Feature = tuple[int, dict[str, object], BaseGeometry | None]

GEODETIC: Final = re.compile(r"(CRS84|EPSG:{1,2}(4326|4490|4979))$", re.IGNORECASE)
SAME_AS_WGS84: Final = frozenset({4326, 4490, 4979})  # CGCS2000 is within a few centimetres
SHAPES: Final[dict[Kind, frozenset[str]]] = {
    "sites": frozenset({"Point", "MultiPoint", "Polygon", "MultiPolygon"}),
    "corridors": frozenset({"LineString", "MultiLineString"}),
    "layer": frozenset(),
}
DRAWN: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)
SHIFTED_DATUMS: Final = {"gcj02": "GCJ-02", "bd09": "BD-09"}


class Unreadable(Exception):
    """The file as a whole cannot be used; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)


def read_geojson(path: Path, kind: Kind, name: str = "") -> tuple[list[Record], list[Finding]]:
    """The features of a GeoJSON file, each with its properties and place.

    Parameters
    ----------
    path : the file; ``name`` is what findings call it [the file's own name]
    kind : "sites" (points and polygons), "corridors" (lines) or "layer" (anything, for the map)

    Returns
    -------
    records : one dict a feature: its properties, ``geometry`` (shapely, WGS84; None where a site
        has none), ``lon``, ``lat`` [degrees] of a point inside it (NaN without geometry), ``_row``
        (feature number, from 1)
    findings : problems, warnings and fixes; a file that cannot be read gives no records

    Source: RFC 7946.
    """
    file = name or path.name
    text, findings = decode(path.read_bytes(), file)
    if any(finding.severity == "problem" for finding in findings):
        return [], findings
    try:
        tree = _parsed(text, file)
    except Unreadable as broken:
        return [], [*findings, broken.finding]
    records, more = read_tree(tree, kind, file)
    return records, [*findings, *more]


def read_tree(tree: dict[str, object], kind: Kind, file: str) -> tuple[list[Record], list[Finding]]:
    """The same of GeoJSON that has been parsed already."""
    findings: list[Finding] = []
    try:
        features = list(_features(tree, file, kind, findings))
    except Unreadable as broken:
        return [], [*findings, broken.finding]
    return _records(features, file, kind, findings), findings


def read_geopackage(path: Path, kind: Kind, name: str = "") -> tuple[list[Record], list[Finding]]:
    """The first layer of a GeoPackage as rows like ``read_geojson``'s, moved to WGS84.

    Only for a park's own folder: it needs geopandas, and so GDAL.
    """
    file = name or path.name
    if path.read_bytes()[:15] != b"SQLite format 3":
        return [], [Finding("geo.not_geopackage", file=file)]
    import geopandas

    try:
        frame = geopandas.read_file(path, engine="pyogrio")
    except (OSError, RuntimeError, ValueError):
        return [], [Finding("geo.not_geopackage", file=file)]
    findings: list[Finding] = []
    if frame.crs is None:
        return [], [Finding("geo.crs_missing", file=file)]
    if frame.crs.to_epsg() not in SAME_AS_WGS84:
        findings.append(Finding("geo.projected_moved", "fixed", file, value=frame.crs.to_string()))
        frame = frame.to_crs(4326)
    rows = frame.drop(columns=frame.geometry.name).to_dict("records")
    features: list[Feature] = []
    for number, (properties, geometry) in enumerate(zip(rows, frame.geometry, strict=True), 1):
        plain = {str(key): _plain(value) for key, value in properties.items()}
        usable = _checked(geometry, number, file, kind, findings)
        if usable is not None or kind == "sites":
            features.append((number, plain, usable))
    return _records(features, file, kind, findings), findings


def read_layer(
    path: Path, name: str = ""
) -> tuple[list[tuple[BaseGeometry, dict[str, object]]], list[Finding]]:
    """A further layer of the map (water, roads, plots): pairs of geometry and properties."""
    records, findings = read_geojson(path, "layer", name)
    return pairs_of(records), findings


def pairs_of(records: list[Record]) -> list[tuple[BaseGeometry, dict[str, object]]]:
    """The records of a layer as pairs of geometry and properties."""
    own = {"geometry", "lon", "lat", "_row"}
    return [
        (geometry, {key: value for key, value in record.items() if key not in own})
        for record in records
        if isinstance(geometry := record["geometry"], BaseGeometry)
    ]


def metres_between(
    lon: np.ndarray, lat: np.ndarray, other_lon: np.ndarray, other_lat: np.ndarray
) -> np.ndarray:
    """Great-circle distance [m] between points in degrees, within 0.5 % of the geodesic."""
    a, b = np.radians(lat), np.radians(other_lat)
    half = np.sin((b - a) / 2) ** 2
    half = half + np.cos(a) * np.cos(b) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


# Mean radius of the earth [m], IUGG 1980.
EARTH_RADIUS: Final = 6_371_008.8


def _parsed(text: str, file: str) -> dict[str, object]:
    if not text.strip():
        raise Unreadable(Finding("geo.empty_file", file=file))
    try:
        return parse(text)
    except BadJson as bad:
        finding = Finding(bad.code, "problem", file, None, None, bad.value, bad.values)
        raise Unreadable(finding) from None


def _features(
    tree: dict[str, object], file: str, kind: Kind, findings: list[Finding]
) -> Iterator[Feature]:
    if tree.get("type") == "Feature":
        tree = {"type": "FeatureCollection", "features": [tree], "crs": tree.get("crs")}
    features = tree.get("features")
    if tree.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise Unreadable(Finding("geo.not_geojson", file=file, value=str(tree.get("type", ""))))
    _check_crs(tree.get("crs"), file)
    if not features and kind == "sites":
        raise Unreadable(Finding("geo.empty_file", file=file))
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            findings.append(Finding("geo.not_feature", "problem", file, number))
            continue
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict):
            findings.append(Finding("geo.not_feature", "problem", file, number))
            continue
        plain = dict(properties)
        if "id" not in plain and isinstance(feature.get("id"), (str, int)):
            plain["id"] = str(feature["id"])
        geometry = _geometry(feature.get("geometry"), number, file, kind, findings)
        if geometry is not None or kind == "sites":
            yield number, plain, geometry


def _check_crs(crs: object, file: str) -> None:
    if crs is None:
        return
    name: object = ""
    if isinstance(crs, dict) and isinstance(crs.get("properties"), dict):
        name = crs["properties"].get("name", "")
    if not (isinstance(name, str) and GEODETIC.search(name)):
        raise Unreadable(Finding("geo.other_crs", file=file, column="crs", value=str(name)[:60]))


def _geometry(
    given: object, number: int, file: str, kind: Kind, findings: list[Finding]
) -> BaseGeometry | None:
    if given is None:
        return _checked(None, number, file, kind, findings)
    if not isinstance(given, dict) or given.get("type") not in DRAWN:
        shown = str(given.get("type")) if isinstance(given, dict) else ""
        findings.append(
            Finding("geo.bad_geometry", "problem", file, number, "geometry", shown[:40])
        )
        return None
    try:
        geometry = shape(given)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        shown = str(given.get("type"))
        findings.append(Finding("geo.bad_geometry", "problem", file, number, "geometry", shown))
        return None
    return _checked(geometry, number, file, kind, findings)


def _checked(
    geometry: BaseGeometry | None, number: int, file: str, kind: Kind, findings: list[Finding]
) -> BaseGeometry | None:
    """The geometry if it can be used; else None and a finding that says why."""

    def tell(
        code: str, severity: Severity = "problem", value: str | None = None, **more: object
    ) -> None:
        findings.append(Finding(code, severity, file, number, "geometry", value, more))

    if geometry is None or geometry.is_empty:
        if kind == "sites" and geometry is None:
            tell("geo.no_place", "warning")
        else:
            tell("geo.empty_geometry")
        return None
    if geometry.has_z:
        from shapely import force_2d

        geometry = force_2d(geometry)
        tell("geo.height_dropped", "warning")
    if SHAPES[kind] and geometry.geom_type not in SHAPES[kind]:
        tell(f"geo.wrong_shape_{kind}", value=geometry.geom_type)
        return None
    west, south, east, north = geometry.bounds
    if not all(math.isfinite(v) for v in geometry.bounds):
        tell("geo.bad_geometry", value=geometry.geom_type)
        return None
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 180:
        tell("geo.projected", value=f"{west:.6g}, {south:.6g}")
        return None
    if max(abs(south), abs(north)) > 90:
        tell("geo.swapped", value=f"{west:.6g}, {south:.6g}")
        return None
    if not geometry.is_valid:
        from shapely.validation import explain_validity

        tell("geo.invalid", value=explain_validity(geometry))
        return None
    return geometry


def _records(
    features: list[Feature], file: str, kind: Kind, findings: list[Finding]
) -> list[Record]:
    records: list[Record] = []
    for number, properties, geometry in features:
        lon = lat = math.nan
        if geometry is not None:
            inside = geometry.representative_point()
            lon, lat = float(inside.x), float(inside.y)
        datum = re.sub(r"[\W_]+", "", str(properties.get("datum", ""))).lower()
        if datum in SHIFTED_DATUMS:
            shown = SHIFTED_DATUMS[datum]
            findings.append(Finding("geo.datum", "warning", file, number, "datum", shown))
        place = {"geometry": geometry, "lon": lon, "lat": lat, "_row": number}
        records.append({**properties, **place})
    return records


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
