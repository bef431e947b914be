"""A park's folder: which files there are, and the text of their tables."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np

from circularpark.errors import Finding, ParkDataError
from circularpark.park import geo
from circularpark.park.model import BUILT_IN, Layers
from circularpark.park.schema import Table, tables
from circularpark.park.settings import FILE, read_toml
from circularpark.park.sheets import (
    Sheet,
    beside,
    blank,
    joined,
    read_csv,
    sheet_of,
    size,
    spoilt_ids,
)
from circularpark.park.workbook.guard import is_workbook

COMPANIES: Final = "companies"
CASES: Final = "cases"
PACKED: Final = "_parks"
NEAR: Final = 0.6


@dataclass
class Files:
    """What the files of a park say, as text.

    ``cases`` are the bytes of the case files by name; ``changed`` the cells (file, row, column)
    that a case has written, with its file; ``placed`` says where a finding about a
    file stands, should the tables be the sheets of a workbook.
    """

    folder: Path
    toml: dict[str, Any]
    sheets: dict[str, Sheet]
    layers: Layers = field(default_factory=dict)
    geometry: dict[str, np.ndarray] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    cases: dict[str, bytes] = field(default_factory=dict)
    changed: dict[tuple[str, int | None, str | None], str] = field(default_factory=dict)
    placed: Callable[[Finding], Finding] = lambda finding: finding


def demo_folder() -> Path | None:
    """Where the demo parks stand: inside the installed package, else beside its source."""
    packed = Path(str(resources.files("circularpark"))) / PACKED
    beside_source = Path(__file__).resolve().parents[3] / "parks"
    return next((place for place in (packed, beside_source) if place.is_dir()), None)


def demo_parks() -> tuple[str, ...]:
    """The names of the demo parks, sorted."""
    place = demo_folder()
    if place is None:
        return ()
    return tuple(sorted(p.name for p in place.iterdir() if (p / FILE).is_file()))


def find_park(where: str | Path) -> Path:
    """The folder or workbook of a park: a path, else a demo park's name.

    Raises
    ------
    ParkDataError : there is no such park; the finding names the nearest demo park.
    """
    given = Path(where)
    if given.is_dir() or is_workbook(given):
        return given
    place, name = demo_folder(), str(where)
    if place is not None and name in demo_parks():
        return place / name
    near = difflib.get_close_matches(name, demo_parks(), n=1, cutoff=NEAR)
    values = {"near": near[0] if near else "", "known": ", ".join(demo_parks()) or "-"}
    code = "park.folder.missing_near" if near else "park.folder.missing"
    if given.is_file():
        code = "park.folder.file"
    raise ParkDataError([Finding(code, file=name, value=name, values=values)], name)


def read_folder(folder: Path) -> Files:
    """Every table of the folder and of its companies as text, and its map layers."""
    files = Files(folder, {}, {})
    if (folder / FILE).is_file():
        files.toml, findings = read_toml(folder / FILE, FILE)
        files.findings += findings
    else:
        files.findings.append(Finding("park.folder.no_toml", file=FILE))
    places = _places(folder)
    measures = _measure_names(places)
    for name, table in tables().items():
        parts = _map_parts(files, table) if table.geo else []
        for path, shown, owner in places.get(name, ()):
            sheet, findings = read_csv(path.read_bytes(), table, measures, shown, owner)
            files.findings += findings
            parts.append(sheet)
        files.sheets[name] = _together(files, table, parts)
        if name in files.geometry:
            # Rows of CSV files follow those of the map; their place is lon and lat.
            more = size(files.sheets[name]) - len(files.geometry[name])
            files.geometry[name] = np.append(files.geometry[name], _objects([None] * more))
    files.findings += _unknown_files(folder)
    files.findings += spoilt_ids(files.sheets)
    _read_layers(files)
    files.cases = {p.stem: p.read_bytes() for p in sorted((folder / CASES).glob("*.toml"))}
    return files


def _places(folder: Path) -> dict[str, list[tuple[Path, str, str]]]:
    """Each table's CSV files: path, name as findings show it, owner."""
    found: dict[str, list[tuple[Path, str, str]]] = {}
    for name in tables():
        if (path := folder / f"{name}.csv").is_file():
            found.setdefault(name, []).append((path, path.name, ""))
    if (folder / COMPANIES).is_dir():
        for company in sorted(p for p in (folder / COMPANIES).iterdir() if p.is_dir()):
            for path in sorted(company.glob("*.csv")):
                if path.stem in tables():
                    shown = f"{COMPANIES}/{company.name}/{path.name}"
                    found.setdefault(path.stem, []).append((path, shown, company.name))
    return found


def _measure_names(places: dict[str, list[tuple[Path, str, str]]]) -> tuple[str, ...]:
    """The measures that a column may be named like: the built-in ones and the park's."""
    names = list(BUILT_IN)
    for path, shown, owner in places.get("measures", ()):
        sheet, _ = read_csv(path.read_bytes(), tables()["measures"], (), shown, owner)
        names += [name for name in sheet.get("id", np.empty(0)).tolist() if name]
    return tuple(dict.fromkeys(names))


def _together(files: Files, table: Table, parts: list[Sheet]) -> Sheet:
    if not parts:
        return blank(table)
    if table.free_columns:
        sheet, findings = beside(parts)
        files.findings += findings
        return sheet
    return joined(parts)


def _map_parts(files: Files, table: Table) -> list[Sheet]:
    """Sites and corridors from GeoJSON or GeoPackage, their properties as text cells."""
    kind: geo.Kind = "sites" if table.name == "sites" else "corridors"
    given = [files.folder / f"{table.name}{end}" for end in (".geojson", ".gpkg")]
    paths = [path for path in given if path.is_file()]
    table_file = files.folder / f"{table.name}.csv"
    if len(paths) + table_file.is_file() > 1:
        shown = ", ".join([p.name for p in paths] + [table_file.name] * table_file.is_file())
        files.findings.append(Finding("park.folder.two_maps", file=shown))
        return []
    if not paths:
        return []
    read = geo.read_geojson if paths[0].suffix == ".geojson" else geo.read_geopackage
    records, findings = read(paths[0], kind)
    files.findings += findings
    names = list(dict.fromkeys(name for record in records for name in record))
    cells = {
        name: [_text(record.get(name)) for record in records]
        for name in names
        if name not in {"geometry", "_row"}
    }
    files.findings += _unknown_properties(cells, table, paths[0].name)
    files.geometry[table.name] = _objects([record["geometry"] for record in records])
    rows = [int(str(record["_row"])) for record in records]
    return [sheet_of(cells, rows, paths[0].name, "")]


def _unknown_properties(cells: Collection[str], table: Table, file: str) -> list[Finding]:
    strange = [name for name in cells if name not in table.names and name not in {"lon", "lat"}]
    found = []
    for name in strange:
        near = difflib.get_close_matches(name, table.names, n=1, cutoff=NEAR)
        values = {"near": near[0] if near else "", "known": ", ".join(table.columns)}
        code = "park.header.unknown_near" if near else "park.header.unknown"
        found.append(Finding(code, "warning", file, None, name, name, values))
    return found


def _text(value: object) -> str:
    """A property as the text of a cell; numbers exactly, nothing as a blank."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_text(part) for part in value)
    return repr(value) if isinstance(value, float) else str(value).strip()


def _objects(values: list[object]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _unknown_files(folder: Path) -> list[Finding]:
    """CSV files that are no table; a misspelt one would be missing without a word."""
    found = []
    here = [*folder.glob("*.csv"), *folder.glob(f"{COMPANIES}/*/*.csv")]
    for path in sorted(path for path in here if path.stem not in tables()):
        near = difflib.get_close_matches(path.stem.lower(), tables(), n=1, cutoff=NEAR)
        values = {"near": f"{near[0]}.csv" if near else "", "known": ", ".join(tables())}
        code = "park.folder.unknown_near" if near else "park.folder.unknown"
        shown = path.relative_to(folder).as_posix()
        found.append(Finding(code, "warning", shown, value=path.name, values=values))
    return found


def _read_layers(files: Files) -> None:
    for path in sorted(files.folder.glob("*.geojson")):
        if path.stem not in tables():
            files.layers[path.stem], findings = geo.read_layer(path)
            files.findings += findings
