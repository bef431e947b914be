"""Maps in a workbook: the geometry of sites and corridors, and the layers, as GeoJSON text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from circularpark.errors import Finding
from circularpark.park import geo
from circularpark.park.folder import Files
from circularpark.park.schema import Table
from circularpark.park.sheets import Sheet, size
from circularpark.park.strict_json import BadJson, parse
from circularpark.park.workbook.cells import RawSheet
from circularpark.park.workbook.layout import GEOMETRY, HEADER_ROWS, LAYER_COLUMNS, is_label_row


def place_rows(files: Files, table: Table, cells: Sheet, texts: Sequence[str]) -> None:
    """Give the rows of sites or corridors their geometry, and its longitude and latitude."""
    if not any(texts) or not size(cells):
        return
    kind: geo.Kind = "sites" if table.name == "sites" else "corridors"
    file = str(cells["_file"][0])
    numbers = [int(number) for number in cells["_row"]]
    datums = cells.get("datum", np.full(size(cells), "", dtype=object)).tolist()
    features: list[object] = []
    for number, text, datum in zip(numbers, texts, datums, strict=True):
        geometry = _parsed(files, text, file, number)
        properties = {"datum": datum} if datum else {}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    records, findings = geo.read_tree(
        {"type": "FeatureCollection", "features": features}, kind, file
    )
    files.findings += [_at_row(finding, numbers) for finding in findings]
    _take(files, table, cells, records, len(numbers))


def _take(
    files: Files, table: Table, cells: Sheet, records: Sequence[geo.Record], rows: int
) -> None:
    places = np.full(rows, None, dtype=object)
    lon, lat = (cells.get(n, np.full(rows, "", dtype=object)).copy() for n in ("lon", "lat"))
    for record in records:
        at = int(str(record["_row"])) - 1
        places[at] = record[GEOMETRY]
        if record[GEOMETRY] is not None:
            lon[at], lat[at] = repr(record["lon"]), repr(record["lat"])
    files.geometry[table.name] = places
    if table.name == "sites":
        cells["lon"], cells["lat"] = lon, lat


def _at_row(finding: Finding, numbers: Sequence[int]) -> Finding:
    """The finding about the n-th feature at the row on which that one stands."""
    return finding if finding.row is None else replace(finding, row=numbers[finding.row - 1])


def _parsed(files: Files, text: str, file: str, row: int) -> object:
    """The JSON in a cell, None where it is blank or cannot be read."""
    if not text:
        return None
    try:
        return parse(text)
    except BadJson as bad:
        finding = Finding(bad.code, "problem", file, row, GEOMETRY, bad.value, bad.values)
        files.findings.append(finding)
        return None


def read_layers(files: Files, sheet: RawSheet | None) -> None:
    """Take in the further layers of the map, a feature a row."""
    if sheet is None or not sheet.rows:
        return
    heads = [head.strip() for head in sheet.rows[0]]
    features: dict[str, list[object]] = {}
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(sheet.rows[1:], 2):
        if number <= HEADER_ROWS and is_label_row(row, heads):
            continue
        layer, properties, geometry = (_joined(row, heads, name) for name in LAYER_COLUMNS)
        if not layer.strip():
            continue
        into = features.setdefault(layer.strip(), [])
        if geometry:
            numbers.setdefault(layer.strip(), []).append(number)
            place = {
                "properties": _parsed(files, properties, sheet.place, number) or {},
                "geometry": _parsed(files, geometry, sheet.place, number),
            }
            into.append({"type": "Feature", **place})
    for layer, found in features.items():
        tree: dict[str, object] = {"type": "FeatureCollection", "features": found}
        records, findings = geo.read_tree(tree, "layer", sheet.place)
        files.findings += [_at_row(finding, numbers.get(layer, [])) for finding in findings]
        files.layers[layer] = geo.pairs_of(records)


def _joined(row: Sequence[str], heads: Sequence[str], name: str) -> str:
    """A text that may go on in columns named ``name_2``, ``name_3``, ..."""
    own = [
        at
        for at, head in enumerate(heads)
        if head == name or (head.startswith(f"{name}_") and head[len(name) + 1 :].isdigit())
    ]
    return "".join(row[at] for at in own if at < len(row))


def as_json(value: object) -> str:
    """A value as JSON in the fewest characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
