"""Reading a park: files, catalogue, case, types, units, checks; every problem is told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding, ParkDataError
from circularpark.park import amounts, catalogue
from circularpark.park.cases import apply_case
from circularpark.park.columns import Arrays, Columns
from circularpark.park.draft import Draft
from circularpark.park.factors import gather_factors
from circularpark.park.folder import Files, find_park, read_folder
from circularpark.park.formula_text import parse_formula
from circularpark.park.model import BUILT_IN, Formulas, Park, Settings
from circularpark.park.resolve import formula_value
from circularpark.park.schema import tables
from circularpark.park.settings import FILE, WHOLE_YEAR, read_settings
from circularpark.park.sheets import size
from circularpark.park.standards import fill_standards
from circularpark.park.typed import blanks, out_of_range, typed
from circularpark.park.workbook.read import read_workbook

if TYPE_CHECKING:
    from circularpark.park.known import KnownChecks

GEOMETRY: Final = "geometry"
# The tables without which there is no park.
NEEDED: Final = ("sites", "commodities")
# A workbook's cell of which only that can be said.
NO_VALUE: Final = "workbook.cell."


def read_park(
    where: str | Path, *, case: str | None = None, formulas: Formulas | None = None
) -> Park:
    """Read a park from a folder or a workbook, or a demo park by its name.

    Parameters
    ----------
    where : a folder with park.toml, a workbook with the same tables, or a demo park's name
    case : the name of a file in the park's ``cases``, whose changes are applied
    formulas : the functions that recipes may name; name -> function of numbers

    Raises
    ------
    ParkDataError : the data has problems; all of them are in it. Warnings and what was mended
        are in ``Park.findings``.
    """
    return park_of(read_files(find_park(where)), case=case, formulas=formulas)


def read_files(park: Path) -> Files:
    """What the files of a park's folder, or the sheets of its workbook, say."""
    return read_workbook(park) if park.is_file() else read_folder(park)


def park_of(
    files: Files,
    *,
    case: str | None = None,
    formulas: Formulas | None = None,
    known: KnownChecks | None = None,
) -> Park:
    """The park of what has been read, checked as ``read_park`` does.

    known : the checks of a park that differs little

    Raises
    ------
    ParkDataError : the data has problems.
    """
    here = files.folder.resolve().name
    given = {name: dict(sheet) for name, sheet in files.sheets.items()}
    settings, _, _, _ = read_settings(files.toml, here)
    if settings.catalogue:
        files.findings += catalogue.merge(files.sheets, settings.currency)
    if case is not None:
        _with_case(files, case)
        given = files.sheets
    elif settings.catalogue:
        catalogue.only_what_is_named(files.sheets)
    files.findings += fill_standards(files.sheets)
    settings, name, names, findings = read_settings(files.toml, here)
    unread = any(f.file == FILE and f.severity == "problem" for f in files.findings)
    files.findings += [] if unread else findings
    draft, late = _draft(files, settings, name)
    _check(draft, late, formulas or {}, known)
    draft.findings = _once([_placed(files, finding) for finding in draft.findings])
    if any(f.severity == "problem" for f in draft.findings):
        raise ParkDataError(draft.findings, name)
    return Park(
        id=name,
        name=names,
        folder=draft.folder,
        settings=draft.settings,
        raw=draft.raw,
        layers=draft.layers,
        findings=tuple(draft.findings),
        case=case,
        place=files.folder.resolve(),
        formulas=formulas or {},
        given=given,
        toml=files.toml,
        mapped=tuple(files.geometry),
        cases=files.cases,
        kept={} if known is None else known.kept,
        arrays=draft.arrays,
    )


def _placed(files: Files, finding: Finding) -> Finding:
    """Where a finding stands: in a workbook's sheet, or first in the case that wrote the cell."""
    found = files.placed(finding)
    case = files.changed.get((finding.file, finding.row, finding.column))
    return found if case is None else replace(found, file=f"{case} → {found.file}")


def _once(findings: list[Finding]) -> list[Finding]:
    """Of a workbook's cell that has no value only that is told, not what follows from it."""
    places = {(f.file, f.row, f.column) for f in findings if f.code.startswith(NO_VALUE)}
    return [
        f
        for f in findings
        if f.code.startswith(NO_VALUE) or (f.file, f.row, f.column) not in places
    ]


def _with_case(files: Files, case: str) -> None:
    """Apply the case; what its new rows name comes from the catalogue, what it drops does not."""
    before = catalogue.factor_keys(files.sheets)
    files.findings += apply_case(files, case)
    settings, _, _, _ = read_settings(files.toml, files.folder.resolve().name)
    if settings.catalogue:
        dropped = before - catalogue.factor_keys(files.sheets)
        told = catalogue.merge(files.sheets, settings.currency, dropped)
        files.findings += [finding for finding in told if finding not in files.findings]
        catalogue.only_what_is_named(files.sheets)


def _draft(files: Files, settings: Settings, name: str) -> tuple[Draft, list[Finding]]:
    """The typed tables in base units; and the findings that give way to those of the checks."""
    findings, late = list(files.findings), []
    columns: dict[str, Columns] = {}
    for table in tables().values():
        sheet = files.sheets[table.name]
        columns[table.name], found = typed(sheet, table, thousands=settings.thousands)
        findings += found
        findings += blanks(columns[table.name], sheet, table)
        late += list(out_of_range(columns[table.name], sheet, table))
    findings += _missing_tables(files, findings)
    measures = _measure_units(columns["measures"], settings)
    columns["factors"], found = gather_factors(
        files.sheets, columns["factors"], measures, thousands=settings.thousands
    )
    findings += found
    findings += amounts.settle(amounts.Book(columns, settings.currency, measures))
    findings += _unknown_measures(settings, measures)
    _place(columns["sites"], files)
    corridors = files.geometry.get("corridors")
    columns["corridors"][GEOMETRY] = (
        _nowhere(columns["corridors"]) if corridors is None else corridors
    )
    arrays = Arrays()
    raw = {key: arrays.frame(value) for key, value in columns.items()}
    settings = _settled(settings, raw)
    folder = files.folder if files.folder.is_dir() else None
    draft = Draft(name, folder, settings, raw, files.layers, findings, arrays=arrays)
    return draft, late


def _missing_tables(files: Files, told: list[Finding]) -> Iterator[Finding]:
    """A park has sites and commodities; and only a map can say where a corridor runs."""
    broken = {f.file for f in told if f.severity == "problem" and f.row is None}
    for name in NEEDED:
        file = f"{name}.csv"
        if not size(files.sheets[name]) and file not in broken:
            yield Finding(f"park.folder.no_{name}", file=file)
    if size(files.sheets["corridors"]) and "corridors" not in files.geometry:
        yield Finding("park.folder.no_lines", file="corridors.csv")


def _measure_units(measures: Columns, settings: Settings) -> dict[str, str]:
    built_in = {name: unit or settings.currency for name, (unit, _, _) in BUILT_IN.items()}
    own = zip(measures["id"].tolist(), measures["unit"].tolist(), strict=True)
    return built_in | {name: unit for name, unit in own if name}


def _unknown_measures(settings: Settings, measures: dict[str, str]) -> Iterator[Finding]:
    for stage in settings.stages:
        for name in stage.weights:
            if name not in measures:
                near = difflib.get_close_matches(name, measures, n=1, cutoff=0.5)
                values = {"near": near[0] if near else "", "known": ", ".join(measures)}
                code = "park.toml.measure_near" if near else "park.toml.measure"
                yield Finding(code, "problem", FILE, None, "objective", name, values)


def _place(sites: Columns, files: Files) -> None:
    """The sites' geometry: from the map, else a point of lon and lat."""
    from shapely import points

    mapped = files.geometry.get("sites")
    sites[GEOMETRY] = _nowhere(sites) if mapped is None else mapped.copy()
    nowhere = np.array([geometry is None for geometry in sites[GEOMETRY]], dtype=bool)
    placed = np.isfinite(sites["lon"]) & np.isfinite(sites["lat"]) & nowhere
    if placed.any():
        sites[GEOMETRY][placed] = points(sites["lon"][placed], sites["lat"][placed])


def _nowhere(columns: Columns) -> np.ndarray:
    return np.full(len(columns["_row"]), None, dtype=object)


def _settled(settings: Settings, raw: dict[str, pd.DataFrame]) -> Settings:
    """Years and steps that park.toml leaves to the tables ``periods`` and ``profiles``."""
    years = raw["periods"]["year"].dropna()
    if len(years) and not settings.years_given:
        found = tuple(sorted({int(y) for y in years}))
        settings = replace(settings, years=found, base_year=found[0])
    if settings.mode == "hours" and settings.steps is None:
        rows = len(raw["profiles"])
        settings = replace(settings, steps=rows if rows > 1 else int(WHOLE_YEAR))
    return settings


def _check(
    draft: Draft, late: list[Finding], formulas: Formulas, known: KnownChecks | None
) -> None:
    from circularpark.park.checks import CHECKS

    draft.formulas = formulas
    draft.findings += _formulas_work(draft.raw["recipes"], formulas)
    for check in CHECKS if known is None else (known,):
        draft.findings += list(check(draft))
    blamed = {(f.file, f.row, f.column) for f in draft.findings if f.severity == "problem"}
    draft.findings += [f for f in late if (f.file, f.row, f.column) not in blamed]


def _formulas_work(recipes: pd.DataFrame, formulas: Formulas) -> Iterator[Finding]:
    for position in np.flatnonzero(recipes["formula"].to_numpy() != ""):
        row = recipes.iloc[position]
        text = str(row["formula"])
        parsed = parse_formula(text)
        place = (str(row["_file"]), int(row["_row"]), "formula", text)
        known = ", ".join(formulas) or "-"
        if parsed is None:
            yield Finding("park.formula.broken", "problem", *place, {})
        elif parsed[0] not in formulas:
            near = difflib.get_close_matches(parsed[0], list(formulas), n=1, cutoff=0.6)
            values = {"name": parsed[0], "near": near[0] if near else "-", "known": known}
            yield Finding("park.formula.unknown", "problem", *place, values)
        else:
            try:
                result = formula_value(row, formulas)
                reason: object = "" if np.isfinite(result) else "NaN"
            except (TypeError, ValueError, KeyError, ArithmeticError) as error:
                reason = error
            if reason:
                told = {"name": parsed[0], "reason": reason}
                yield Finding("park.formula.fails", "problem", *place, told)
