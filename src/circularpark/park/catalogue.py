"""The catalogue: default rows, used only where the park names their ids, cell by cell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park import units
from circularpark.park.model import BUILT_IN
from circularpark.park.schema import PROVENANCE, tables
from circularpark.park.sheets import Sheet, joined, read_csv, size

FOLDER: Final = "catalogue"
# The commodity in whose unit a row's numbers are counted.
COUNTED_IN: Final = {
    "commodities": "id",
    "technologies": "capacity_of",
    "markets": "commodity",
    "transports": "commodity",
}
# Table, item and measure of a factor.
Key = tuple[str, str, str]


@cache
def catalogue() -> Mapping[str, Sheet]:
    """Every table of the catalogue as text; rows know their file and that they are defaults."""
    found: dict[str, Sheet] = {}
    folder = resources.files(__package__).joinpath(FOLDER)
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        name = file.name.removesuffix(".csv")
        if not file.name.endswith(".csv") or name not in tables():
            continue
        shown = f"{FOLDER}/{file.name}"
        sheet, _ = read_csv(file.read_bytes(), tables()[name], tuple(BUILT_IN), shown)
        sheet["_origin"] = np.full(size(sheet), "catalogue", dtype=object)
        found[name] = sheet
    return found


@dataclass
class Merge:
    """One merge: the park's sheets, and the catalogue in the park's units and money."""

    sheets: dict[str, Sheet]
    defaults: dict[str, Sheet]


def merge(sheets: dict[str, Sheet], currency: str, without: Collection[Key] = ()) -> list[Finding]:
    """Fill the park's blank cells, and add the rows that it names, from the catalogue, in place.

    Recipes come with a named technology unless the park has recipes of its own for it. Numbers
    that count per unit are converted where the park counts a commodity in another unit.

    Parameters
    ----------
    without : (table, item, measure) of default factors to leave out, because a case dropped them
    """
    defaults = {name: dict(sheet) for name, sheet in catalogue().items()}
    findings = _in_money(defaults, currency)
    task = Merge(sheets, defaults)
    unequal = _unequal_units(task, currency)
    _in_units(task, {c: ratio for c, (_, _, ratio) in unequal.items()})
    technologies = {
        *_named(sheets, "processes", "technology"),
        *_named(sheets, "quality", "item"),
        *_named(sheets, "recipes", "technology"),
    }
    _fill(task, "technologies", technologies)
    _add_recipes(task)
    transports = {*_named(sheets, "links", "transport"), *_named(sheets, "corridors", "allows")}
    _fill(task, "transports", transports)
    _fill(task, "markets", set())
    _fill(task, "commodities", _named_commodities(sheets))
    _add_factors(task, without)
    findings += _cannot_convert(task, unequal)
    return findings


def _named(sheets: Mapping[str, Sheet], table: str, column: str) -> set[str]:
    """Every id that a column names; cells with several names count each."""
    cells = sheets[table].get(column) if table in sheets else None
    if cells is None:
        return set()
    names = {part.strip() for cell in set(cells.tolist()) for part in cell.split(";")}
    return names - {"", "*"}


def _named_commodities(sheets: Mapping[str, Sheet], apart: str = "") -> set[str]:
    found: set[str] = set()
    for table in tables().values():
        if table.name == apart:
            continue
        for spec in table.columns.values():
            if spec.refers == ("commodities",):
                found |= _named(sheets, table.name, spec.name)
    found |= _named(sheets, "matches", "from") | _named(sheets, "matches", "to")
    return found


def _fill(task: Merge, name: str, named: set[str]) -> None:
    """Fill blanks of the park's rows, then add the default rows that are named but not there."""
    defaults = task.defaults.get(name)
    if defaults is None:
        return
    sheet = task.sheets[name]
    sources = [_matching(name, sheet, row, defaults) for row in range(size(sheet))]
    for column, theirs in defaults.items():
        if column in PROVENANCE or not any(found is not None for found in sources):
            continue
        own = sheet.get(column, np.full(size(sheet), "", dtype=object)).copy()
        for row, found in enumerate(sources):
            if found is not None and own[row] == "" and _fits(task, name, column, sheet, row):
                own[row] = _known_profile(task, column, theirs[found])
        sheet[column] = own
    there = set(sheet.get("id", np.empty(0)).tolist())
    missing = np.isin(defaults["id"], list(named - there))
    if missing.any():
        task.sheets[name] = joined([sheet, _picked(task, defaults, missing)])


def _matching(name: str, sheet: Sheet, row: int, defaults: Sheet) -> int | None:
    """The default row for a park's row: by id, and for transports by commodity too."""
    ids = sheet.get("id")
    if ids is None:
        return None
    found = np.flatnonzero(defaults["id"] == ids[row])
    if name != "transports" or not len(found):
        return int(found[0]) if len(found) else None
    cells = sheet.get("commodity")
    wanted = {part.strip() for part in cells[row].split(";")} if cells is not None else {""}
    for position in found:
        offered = {part.strip() for part in defaults["commodity"][position].split(";")}
        if wanted == {""} or wanted <= offered:
            return int(position)
    return int(found[0]) if len(found) == 1 else None


def _fits(task: Merge, name: str, column: str, sheet: Sheet, row: int) -> bool:
    """Not where the park says the measure of this item in its factors."""
    if column in tables()[name].names or column not in BUILT_IN:
        return True
    factors = task.sheets["factors"]
    if not size(factors):
        return True
    same = (
        (factors["table"] == name)
        & (factors["item"] == sheet["id"][row])
        & (factors["measure"] == column)
    )
    return not same.any()


def _known_profile(task: Merge, column: str, cell: str) -> str:
    """A default profile only where the park has it; without it the number is constant."""
    return cell if column != "profile" or cell in task.sheets["profiles"] else ""


def _picked(task: Merge, defaults: Sheet, rows: np.ndarray) -> Sheet:
    picked = {column: cells[rows] for column, cells in defaults.items()}
    if "profile" in picked:
        cells = [_known_profile(task, "profile", cell) for cell in picked["profile"]]
        picked["profile"] = np.array([*cells, None], dtype=object)[:-1]
    return picked


def _add_recipes(task: Merge) -> None:
    defaults = task.defaults.get("recipes")
    if defaults is None:
        return
    used = set(task.sheets["technologies"].get("id", np.empty(0)).tolist())
    own = _named(task.sheets, "recipes", "technology")
    rows = np.isin(defaults["technology"], list(used - own))
    if rows.any():
        task.sheets["recipes"] = joined([task.sheets["recipes"], _picked(task, defaults, rows)])


def _add_factors(task: Merge, without: Collection[Key]) -> None:
    """Default factors of the things that the park has, unless it gives that measure itself."""
    defaults = task.defaults.get("factors")
    if defaults is None:
        return
    measures = {*BUILT_IN, *_named(task.sheets, "measures", "id")}
    factors = task.sheets["factors"]
    own = factor_keys(task.sheets) | set(without)
    keep = np.zeros(size(defaults), dtype=bool)
    cells = zip(defaults["table"], defaults["item"], defaults["measure"], strict=True)
    for position, (table, item, measure) in enumerate(cells):
        if measure not in measures or (table, item, measure) in own:
            continue
        keep[position] = _without_column(task.sheets.get(table), item, measure)
    if keep.any():
        rows = {column: values[keep] for column, values in defaults.items()}
        task.sheets["factors"] = joined([factors, rows])


def factor_keys(sheets: Mapping[str, Sheet]) -> set[Key]:
    """Table, item and measure of every row of factors."""
    factors = sheets["factors"]
    if not size(factors) or not {"table", "item", "measure"} <= set(factors):
        return set()
    return set(zip(factors["table"], factors["item"], factors["measure"], strict=True))


def only_what_is_named(sheets: dict[str, Sheet]) -> None:
    """Leave out what only a default transport's long list of commodities brought in, in place."""
    transports, commodities = sheets["transports"], sheets["commodities"]
    lists = {c for c in catalogue()["transports"]["commodity"].tolist() if ";" in c}
    own = commodities.get("id", np.empty(0))[commodities["_origin"] == "park"]
    named = {*own.tolist(), *_named_commodities(sheets, apart="transports")}
    cells = transports.get("commodity", np.empty(0, dtype=object)).copy()
    for row, cell in enumerate(cells.tolist()):
        if cell in lists:
            kept = [name for part in cell.split(";") if (name := part.strip()) in named]
            cells[row] = ";".join(kept) or cell
    if not len(cells):
        return
    transports["commodity"] = cells
    named |= _named_commodities({"transports": transports})
    kept = np.isin(commodities["id"], list(named)) | (commodities["_origin"] == "park")
    sheets["commodities"] = {column: values[kept] for column, values in commodities.items()}


def _without_column(sheet: Sheet | None, item: str, measure: str) -> bool:
    """Whether the table has the item, and no measure column says the same of it."""
    if sheet is None or "id" not in sheet:
        return False
    here = sheet["id"] == item
    return bool(here.any() and (measure not in sheet or not (sheet[measure][here] != "").any()))


def _in_money(defaults: dict[str, Sheet], currency: str) -> list[Finding]:
    """Default prices are in yuan; a park with another currency gets none of them."""
    if currency in units.YUAN:
        return []
    for name, sheet in defaults.items():
        for spec in tables()[name].columns.values():
            if "currency" in spec.unit and spec.name in sheet:
                sheet[spec.name] = np.full(size(sheet), "", dtype=object)
    values = {"currency": currency}
    return [
        Finding(
            "park.catalogue.money", "warning", "park.toml", None, "park.currency", currency, values
        )
    ]


def _unequal_units(task: Merge, currency: str) -> dict[str, tuple[str, str, float]]:
    """Commodities that the park counts in another unit: the two units, and default per park unit.

    NaN where the two units are of different dimensions.
    """
    theirs = task.defaults.get("commodities")
    own = task.sheets["commodities"]
    if theirs is None or "unit" not in own or "id" not in own:
        return {}
    default_units = dict(zip(theirs["id"].tolist(), theirs["unit"].tolist(), strict=True))
    found: dict[str, tuple[str, str, float]] = {}
    for name, unit in zip(own["id"].tolist(), own["unit"].tolist(), strict=True):
        default = default_units.get(name, "")
        if unit and default and units.plain(unit) != units.plain(default):
            try:
                ratio = units.factor(unit, default, currency).factor
            except units.UnitError:
                ratio = float("nan")
            found[name] = (unit, default, ratio)
    return found


def _in_units(task: Merge, ratios: Mapping[str, float]) -> None:
    """Bring the defaults' per-unit numbers to the units in which the park counts."""
    if not ratios:
        return
    for name, key in COUNTED_IN.items():
        sheet = task.defaults.get(name)
        if sheet is None:
            continue
        times = _ratio_of_rows(sheet[key], ratios)
        for column in sheet:
            spec = tables()[name].columns.get(column)
            unit = spec.unit if spec is not None else "t/unit" if column in BUILT_IN else ""
            if unit.startswith("unit/h"):
                sheet[column] = _scaled(sheet[column], 1 / times)
            elif "/unit" in unit or "/(unit" in unit:
                sheet[column] = _scaled(sheet[column], times)
    _recipes_in_units(task, ratios)
    _factors_in_units(task, ratios)


def _ratio_of_rows(cells: np.ndarray, ratios: Mapping[str, float]) -> np.ndarray:
    return np.array([ratios.get(cell.split(";")[0].strip(), 1.0) for cell in cells.tolist()])


def _scaled(cells: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The numbers in the cells times their ratio; blank where the ratio is none."""
    scaled = cells.copy()
    for position in np.flatnonzero(times != 1.0):
        if cells[position]:
            ratio = times[position]
            number = float(cells[position]) * float(ratio)
            scaled[position] = "" if np.isnan(ratio) else repr(number)
    return scaled


def _recipes_in_units(task: Merge, ratios: Mapping[str, float]) -> None:
    recipes, technologies = task.defaults.get("recipes"), task.defaults.get("technologies")
    if recipes is None or technologies is None:
        return
    of = dict(zip(technologies["id"].tolist(), technologies["capacity_of"].tolist(), strict=True))
    activity = np.array([ratios.get(of.get(t, ""), 1.0) for t in recipes["technology"].tolist()])
    flows = _ratio_of_rows(recipes["commodity"], ratios)
    recipes["rate"] = _scaled(recipes["rate"], activity / flows)


def _factors_in_units(task: Merge, ratios: Mapping[str, float]) -> None:
    factors = task.defaults.get("factors")
    if factors is None:
        return
    counted: dict[tuple[str, str], str] = {}
    for name, key in COUNTED_IN.items():
        sheet = task.defaults.get(name)
        if sheet is not None:
            counted |= {(name, i): c for i, c in zip(sheet["id"], sheet[key], strict=True)}
    pairs = zip(factors["table"], factors["item"], strict=True)
    times = np.array([ratios.get(counted.get(pair, ""), 1.0) for pair in pairs])
    factors["value"] = _scaled(factors["value"], times)


def _cannot_convert(
    task: Merge, unequal: Mapping[str, tuple[str, str, float]]
) -> Iterator[Finding]:
    """Commodities counted in a unit to which the defaults cannot be brought.

    A problem where other default rows need them, else a warning that the defaults stay out.
    """
    needed: set[str] = set()
    for name in ("technologies", "recipes", "markets", "transports"):
        sheet = task.sheets[name]
        key = "capacity_of" if name == "technologies" else "commodity"
        defaults = sheet["_origin"] == "catalogue"
        needed |= {
            c
            for cell in sheet.get(key, np.full(size(sheet), ""))[defaults]
            for c in cell.split(";")
        }
    own = task.sheets["commodities"]
    for name, (unit, default, ratio) in unequal.items():
        if not np.isnan(ratio):
            continue
        row = int(np.flatnonzero(own["id"] == name)[0])
        values = {"commodity": name, "unit": unit, "default": default}
        place = (str(own["_file"][row]), int(own["_row"][row]), "unit", unit, values)
        if name in needed:
            yield Finding("park.catalogue.unit_needed", "problem", *place)
        else:
            yield Finding("park.catalogue.unit_unused", "warning", *place)
