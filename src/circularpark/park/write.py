"""Writing a park back as a folder of text files, so that reading it again gives the same park."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from circularpark.park.folder import CASES, COMPANIES
from circularpark.park.model import Park
from circularpark.park.schema import PROVENANCE
from circularpark.park.settings import FILE

PLACES: Final = ("lon", "lat", "geometry")


def write_park(park: Park, folder: str | Path) -> Path:
    """Write the park's given rows as CSV (UTF-8), its maps as GeoJSON, its settings as TOML.

    A company's own rows go back into its folder. A park read with a case is written with the
    changes made, and its catalogue rows, which the case may have changed, as rows of its own.

    Returns
    -------
    The folder, made if need be; other files in it are left alone.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / FILE).write_text(toml_text(park.toml), encoding="utf-8")
    for name, sheet in park.given.items():
        if name in park.mapped:
            _write_map(park, name, sheet, target / f"{name}.geojson")
        else:
            _write_table(name, sheet, target)
    for name, layer in park.layers.items():
        features = [(geometry, properties) for geometry, properties in layer]
        _write_features(features, target / f"{name}.geojson")
    _copy_cases(park, target)
    return target


def _write_table(name: str, sheet: Mapping[str, np.ndarray], target: Path) -> None:
    """One CSV file for the park, and one for each company that gave rows of its own."""
    columns = [column for column in sheet if column not in PROVENANCE]
    owners = sheet["_owner"]
    for owner in dict.fromkeys(owners.tolist()):
        place = target / COMPANIES / owner if owner else target
        place.mkdir(parents=True, exist_ok=True)
        rows = np.flatnonzero(owners == owner)
        with (place / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            cells = (sheet[column][rows].tolist() for column in columns)
            writer.writerows(zip(*cells, strict=True))


def _write_map(park: Park, name: str, sheet: Mapping[str, np.ndarray], path: Path) -> None:
    columns = [c for c in sheet if c not in PROVENANCE and c not in PLACES]
    features = []
    for row, geometry in enumerate(park.raw[name]["geometry"]):
        properties = {column: sheet[column][row] for column in columns if sheet[column][row]}
        features.append((geometry, properties))
    _write_features(features, path)


def _write_features(features: list[tuple[Any, dict[str, Any]]], path: Path) -> None:
    from shapely.geometry import mapping

    tree = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": None if geometry is None else mapping(geometry),
            }
            for geometry, properties in features
        ],
    }
    path.write_text(json.dumps(tree, ensure_ascii=False, indent=1), encoding="utf-8")


def _copy_cases(park: Park, target: Path) -> None:
    """Cases go along unless one of them has been applied already."""
    if park.case is not None:
        return
    source = None if park.folder is None else park.folder / CASES
    if source is not None and source.is_dir() and source != target / CASES:
        shutil.copytree(source, target / CASES, dirs_exist_ok=True)
    elif source is None and park.cases:
        (target / CASES).mkdir(exist_ok=True)
        for name, text in park.cases.items():
            (target / CASES / f"{name}.toml").write_bytes(text)


def toml_text(tree: Mapping[str, Any]) -> str:
    """A tree of TOML values as text; tables of tables by their dotted names."""
    lines: list[str] = []
    _emit(tree, "", lines)
    return "\n".join(lines) + "\n"


def _emit(tree: Mapping[str, Any], prefix: str, lines: list[str]) -> None:
    plain = {k: v for k, v in tree.items() if not isinstance(v, dict)}
    if prefix and plain:
        lines.append(f"[{prefix}]")
    lines += [f"{_key(key)} = {toml_value(value)}" for key, value in plain.items()]
    for key, value in tree.items():
        if isinstance(value, dict):
            _emit(value, f"{prefix}.{_key(key)}" if prefix else _key(key), lines)


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key, ensure_ascii=False)


def toml_value(value: Any) -> str:
    """One value as TOML writes it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(toml_value(part) for part in value)}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(k)} = {toml_value(v)}" for k, v in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, (int, float)):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False)
