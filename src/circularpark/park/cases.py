"""Cases: a park with changes, written in ``cases/<name>.toml``; a case may stand on another."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.case_effect import changed_cells, snapshot
from circularpark.park.change import INHERITS
from circularpark.park.folder import CASES, Files
from circularpark.park.numerals import read_number
from circularpark.park.schema import PROVENANCE, Table, settings_keys, tables
from circularpark.park.settings import flatten, parse_toml
from circularpark.park.sheets import Sheet, joined, sheet_of, size

SECTIONS: Final = ("park", "time", "heat", "objective")
ACTIONS: Final = ("set", "multiply", "increase", "row", "drop")
CASE_KEYS: Final = frozenset({"name", "base", "note"})
CHANGE_KEYS: Final = frozenset({"table", "where", "note", "source", *ACTIONS})


@dataclass(frozen=True)
class Change:
    """One change of a case, and where it stands."""

    table: str
    where: Mapping[str, Any]
    action: str
    values: Any
    file: str
    number: int

    def finding(
        self, code: str, column: str | None = None, value: object = "", **more: object
    ) -> Finding:
        """A problem of this change."""
        values = {"number": self.number, "table": self.table, **more}
        return Finding(code, "problem", self.file, None, column, str(value)[:60], values)

    def warning(self, code: str) -> Finding:
        """What is odd about this change."""
        values = {"number": self.number, "table": self.table}
        return Finding(code, "warning", self.file, values=values)


def case_names(park: Path) -> tuple[str, ...]:
    """The names of the cases of a park's folder or workbook, sorted."""
    if park.is_file():
        from circularpark.park.workbook.read import read_workbook

        return tuple(sorted(read_workbook(park).cases))
    return tuple(sorted(path.stem for path in (park / CASES).glob("*.toml")))


def apply_case(files: Files, name: str) -> list[Finding]:
    """Apply the changes of a case, and of those it stands on, to the park's text, in place.

    Returns what is wrong with the case: an unknown case, table, column or row, a number that is
    none; and as a warning what it changes without any effect.
    """
    changes, findings = read_case(files.cases, name)
    if not changes and not findings:
        findings.append(Finding("park.case.nothing", "warning", f"{CASES}/{name}.toml"))
    for change in changes:
        before = snapshot(files, change.table)
        found = _apply(files, change)
        places = set() if found else changed_cells(files, change.table, before)
        if places is None:
            found = [change.warning("park.case.no_effect")]
        findings += found
        files.changed |= dict.fromkeys(places or (), change.file)
    return findings


def read_case(cases: Mapping[str, bytes], name: str) -> tuple[list[Change], list[Finding]]:
    """The changes of a case, those of its base first."""
    changes: list[Change] = []
    findings: list[Finding] = []
    seen: list[str] = []
    wanted: str | None = name
    while wanted:
        file = f"{CASES}/{wanted}.toml"
        if wanted in seen:
            findings.append(Finding("park.case.circle", file=file, value=wanted))
            break
        seen.append(wanted)
        if wanted not in cases:
            findings.append(_missing(sorted(cases), wanted, file, seen[:-1]))
            break
        tree, troubles = parse_toml(cases[wanted], file)
        own, more = _changes(tree, file)
        findings += [*troubles, *more]
        changes = own + changes
        base = _section(tree).get("base")
        wanted = str(base) if base else None
    return changes, findings


def bases_of(cases: Mapping[str, bytes], name: str) -> tuple[str, ...]:
    """The cases that a case stands on, the nearest first, as far as they are there."""
    found: list[str] = []
    while name in cases:
        base = _section(parse_toml(cases[name], name)[0]).get("base")
        if not base or base in found:
            break
        name = str(base)
        found.append(name)
    return tuple(found)


def _section(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    section = tree.get("case", {})
    return section if isinstance(section, dict) else {}


def _missing(known: list[str], name: str, file: str, on_top: list[str]) -> Finding:
    """There is no such case; ``on_top``: those that stand on it."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    values = {"near": near[0] if near else "-", "known": ", ".join(known) or "-"}
    if on_top:
        file = f"{CASES}/{on_top[-1]}.toml"
        return Finding("park.case.no_base", "problem", file, None, "base", name, values)
    return Finding("park.case.missing", file=file, value=name, values=values)


def _changes(tree: Mapping[str, Any], file: str) -> tuple[list[Change], list[Finding]]:
    changes: list[Change] = []
    findings = [
        Finding("park.case.key", "problem", file, None, str(key), str(key))
        for key in (
            *(k for k in tree if k not in {"case", "change"}),
            *(k for k in _section(tree) if k not in CASE_KEYS),
        )
    ]
    given = tree.get("change", [])
    for number, entry in enumerate(given if isinstance(given, list) else [given], 1):
        if not isinstance(entry, dict):
            continue
        actions = [a for a in ACTIONS if a in entry]
        change = Change(
            str(entry.get("table", "")),
            entry.get("where", {}),
            actions[0] if actions else "",
            entry.get(actions[0]) if actions else None,
            file,
            number,
        )
        findings += [
            change.finding("park.case.key", key, key) for key in entry if key not in CHANGE_KEYS
        ]
        if len(actions) != 1 or not isinstance(change.where, dict):
            findings.append(change.finding("park.case.action", None, ", ".join(actions)))
        else:
            changes.append(change)
    return changes, findings


def _apply(files: Files, change: Change) -> list[Finding]:
    if change.table in SECTIONS:
        return _set_settings(files, change)
    if change.table not in tables():
        names = [*tables(), *SECTIONS]
        near = _near(change.table, names)
        return [change.finding("park.case.table", "table", change.table, near=near)]
    table, sheet = tables()[change.table], files.sheets[change.table]
    if change.action == "row":
        return _add_row(files, table, change)
    strange = [name for name in change.where if name not in {*table.names, *sheet}]
    if strange:
        return [_unknown_column(change, table, sheet, name) for name in strange]
    rows = _found(sheet, table, change.where)
    if not rows.any():
        shown = ", ".join(f"{k} = {_cell(v)}" for k, v in change.where.items()) or "-"
        near = _near_row(sheet, change.where)
        code = "park.case.row_near" if near else "park.case.row"
        return [change.finding(code, None, shown, near=near)]
    if change.action == "drop":
        if change.values is not True:
            return [change.finding("park.case.action", "drop", change.values)]
        files.sheets[change.table] = {name: cells[~rows] for name, cells in sheet.items()}
        _forget_places(files, change.table, ~rows)
        return []
    if not isinstance(change.values, dict):
        return [change.finding("park.case.action", change.action, change.values)]
    return [
        f
        for name, value in change.values.items()
        for f in _change_cell(files, table, change, rows, name, value)
    ]


def _forget_places(files: Files, table: str, kept: np.ndarray) -> None:
    """Geometry goes with its row."""
    if table in files.geometry:
        files.geometry[table] = files.geometry[table][kept]


def _near_row(sheet: Sheet, where: Mapping[str, Any]) -> str:
    """The cell that was probably meant, where one text was looked for; "" where none is near."""
    for column, wanted in where.items():
        cells = [str(c) for c in sheet.get(column, ()) if c]
        if isinstance(wanted, str) and wanted not in cells:
            close = difflib.get_close_matches(wanted, cells, n=1, cutoff=0.5)
            return close[0] if close else ""
    return ""


def _near(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return close[0] if close else "-"


def _unknown_column(change: Change, table: Table, sheet: Sheet, name: str) -> Finding:
    known = [n for n in (*table.names, *sheet) if n not in PROVENANCE]
    return change.finding("park.case.column", name, name, near=_near(name, known))


def _found(sheet: Sheet, table: Table, where: Mapping[str, Any]) -> np.ndarray:
    """The rows whose cells are the given values; numbers are compared as numbers."""
    rows = np.ones(size(sheet), dtype=bool)
    for name, value in where.items():
        cells = sheet.get(name, np.full(size(sheet), "", dtype=object))
        wanted = value if isinstance(value, list) else [value]
        texts = {_cell(v) for v in wanted}
        same = np.isin(cells.astype(str), list(texts))
        spec = table.columns.get(name)
        if spec is not None and spec.is_number:
            numbers = {float(v) for v in wanted if isinstance(v, (int, float))}
            values = [read_number(cell).value for cell in cells.tolist()]
            same |= np.isin(values, list(numbers))
        rows &= same
    return rows


def _cell(value: Any) -> str:
    """A TOML value as the text of a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_cell(part) for part in value)
    return repr(value) if isinstance(value, float) else str(value)


def _change_cell(
    files: Files, table: Table, change: Change, rows: np.ndarray, name: str, value: Any
) -> list[Finding]:
    sheet = files.sheets[table.name]
    if name not in table.names and name not in sheet and not _is_measure(files, table, name):
        return [_unknown_column(change, table, sheet, name)]
    cells = sheet.get(name, np.full(size(sheet), "", dtype=object)).copy()
    if change.action == "set":
        cells[rows] = _cell(value)
        sheet[name] = cells
        return []
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return [change.finding("park.case.number", name, value)]
    findings = []
    for position in np.flatnonzero(rows):
        text = cells[position] or _stands_for(files, table, name, int(position))
        number = read_number(text).value if text else float("nan")
        if np.isnan(number):
            item = str(sheet[table.key[0]][position]) if table.key[0] in sheet else ""
            findings.append(change.finding("park.case.blank", name, text, item=item))
            continue
        new = number * value if change.action == "multiply" else number + value
        cells[position] = repr(float(new))
    sheet[name] = cells
    return findings


def _is_measure(files: Files, table: Table, name: str) -> bool:
    from circularpark.park.model import BUILT_IN

    own = files.sheets["measures"].get("id", np.empty(0)).tolist()
    return table.factors and (name in BUILT_IN or name in own)


def _stands_for(files: Files, table: Table, name: str, position: int) -> str:
    """What a blank cell stands for: the technology's or transport's cell, else the default."""
    spec = table.columns.get(name)
    if table.name in INHERITS and name not in table.own:
        other, key = INHERITS[table.name]
        theirs, wanted = files.sheets[other], files.sheets[table.name][key][position]
        found = np.flatnonzero(theirs.get("id", np.empty(0)) == wanted)
        if len(found) and name in theirs and theirs[name][found[0]]:
            return str(theirs[name][found[0]])
        spec = tables()[other].columns.get(name)
    return "" if spec is None or spec.default is None else _cell(spec.default)


def _add_row(files: Files, table: Table, change: Change) -> list[Finding]:
    sheet = files.sheets[table.name]
    if not isinstance(change.values, dict) or not change.values:
        return [change.finding("park.case.action", "row", change.values)]
    findings = [
        _unknown_column(change, table, sheet, name)
        for name in change.values
        if name not in table.names and name not in sheet and not _is_measure(files, table, name)
    ]
    cells = {name: [_cell(value)] for name, value in change.values.items()}
    new = sheet_of(cells, [change.number], change.file, "")
    files.sheets[table.name] = joined([sheet, new])
    if table.name in files.geometry:
        places = np.append(files.geometry[table.name], [None])
        files.geometry[table.name] = places
    return findings


def _set_settings(files: Files, change: Change) -> list[Finding]:
    """Tables park, time, heat and objective set the keys of park.toml."""
    if change.where or change.action == "row" or not isinstance(change.values, dict):
        return [change.finding("park.case.action", "where", change.table)]
    section = dict(files.toml.get(change.table, {}))
    findings = []
    for key, value in change.values.items():
        full = f"{change.table}.{key}"
        spec = settings_keys().get(full)
        if spec is None:
            near = _near(full, list(settings_keys())).removeprefix(f"{change.table}.")
            findings.append(change.finding("park.case.column", key, key, near=near))
        elif change.action == "set":
            section[key] = value
        else:
            old = flatten(files.toml).get(full, spec.default)
            if any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in (old, value)):
                findings.append(change.finding("park.case.number", key, value))
            else:
                section[key] = old * value if change.action == "multiply" else old + value
    files.toml[change.table] = section
    return findings
