"""From tables as given to tables as they hold: defaults, statuses, overrides, instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final, TypeVar, cast

import numpy as np
import pandas as pd

from circularpark.park import change
from circularpark.park.columns import Arrays, Columns, or_else
from circularpark.park.factors import choose_years, expand_factors
from circularpark.park.formula_text import parse_formula
from circularpark.park.model import BUILT_IN, Formulas, Park, Settings, Tables
from circularpark.park.schema import NUMBERS, tables
from circularpark.park.status import resolve_status
from circularpark.park.units import UnitError, factor

Raw = Mapping[str, pd.DataFrame]

# Cells of links stay blank where the transport decides; the links function merges them.
KEPT_BLANK: Final = frozenset({"links"})
# Columns that reading adds beside stated units; later floors know them without the underscore.
UNITS: Final = ("_per", "_unit_factor")

Table = TypeVar("Table")


def tables_at(park: Park, year: int, scenario: str) -> Tables:
    """The park's tables in one year and scenario, computed once for each distinct state."""
    paths = change.active(park.raw["paths"], year, scenario)
    dated = choose_years(park.raw["factors"], year)
    key = (paths.tobytes(), dated.tobytes())
    if key not in park._cache:
        raw = dict(park.raw)
        if len(dated) < len(raw["factors"]):
            raw["factors"] = raw["factors"].iloc[dated]
        raw = change.with_paths(raw, park.raw["paths"].iloc[paths])
        kept = park.kept.setdefault(("tables", *key), {})
        park._cache[key] = resolve(raw, park.settings, park.formulas, kept, park.arrays)
    return park._cache[key]


def resolve(
    raw: Raw,
    settings: Settings,
    formulas: Formulas,
    kept: dict[str, Any] | None = None,
    arrays: Arrays | None = None,
) -> Tables:
    """Fill defaults, merge technologies into processes, and settle what stands and what may.

    Parameters
    ----------
    raw : every table as read, in base units (see ``Draft``)
    formulas : name -> function of numbers; a recipe row's rate is multiplied by its value
    kept : tables of a park that shares some of its frames: what follows from the same frames
        is taken from there, and what is new is put there
    arrays : the columns of the frames, where they are known; those of the tables are put there
    """
    made = _Made(settings, {} if kept is None else kept)
    given = Arrays() if arrays is None else arrays
    filled: dict[str, Columns] = {}
    for name, frame in raw.items():
        filled[name] = made.of(name, (frame,), partial(_filled, given, frame, name))

    def step(name: str, make: Callable[..., Columns], *inputs: str) -> None:
        columns = tuple(filled[i] for i in inputs)
        filled[name] = made.of(f"{name} resolved", columns, partial(make, *columns))

    step("sites", _sites, "sites")
    step("corridors", _corridors, "corridors")
    step("commodities", lambda goods: _commodities(goods, settings), "commodities")
    for name in ("streams", "demands"):
        step(name, lambda own, goods: _flows(own, goods, settings), name, "commodities")
    step(
        "recipes",
        lambda own, goods: _recipes(own, goods, settings, formulas),
        "recipes",
        "commodities",
    )
    step("transports", _one_commodity_a_row, "transports")
    step("processes", _processes, "processes", "technologies", "sites")
    for name in ("storages", "links"):
        step(name, resolve_status, name)
    step("markets", _markets, "markets")
    step("measures", lambda own: _measures(own, settings), "measures")
    step("factors", expand_factors, "factors", "processes", "markets")
    step("limits", _limits, "limits")
    found: dict[str, pd.DataFrame] = {}
    for name, columns in filled.items():
        frame = made.of(f"{name} table", (columns,), partial(_table, given, raw[name], columns))
        given.remember(frame, columns)
        found[name] = frame
    return Tables(**found)


class _Made:
    """Tables made before, by the very tables that they were made from."""

    def __init__(self, settings: Settings, kept: dict[str, Any]) -> None:
        self.kept = kept
        if kept.get("settings") != settings:
            kept.clear()
            kept["settings"] = settings

    def of(self, name: str, inputs: tuple[object, ...], make: Callable[[], Table]) -> Table:
        """What ``make`` makes of the inputs; once for the same ones."""
        before, found = self.kept.get(name, ((), None))
        if found is None or any(a is not b for a, b in zip(before, inputs, strict=True)):
            found = make()
            self.kept[name] = (inputs, found)
        return cast(Table, found)


def _filled(arrays: Arrays, frame: pd.DataFrame, name: str) -> Columns:
    """The table with its declared defaults; flags as bool (in links: blank cells stay)."""
    given, declared = arrays.of(frame), tables()[name]
    filled: Columns = {}
    for spec in declared.columns.values():
        inherited = name in KEPT_BLANK and spec.name not in declared.own
        if spec.name not in given or inherited:
            continue
        if spec.type == "flag":
            filled[spec.name] = given[spec.name] == 1.0
        elif spec.default is None:
            continue
        elif spec.type in NUMBERS:
            filled[spec.name] = or_else(given[spec.name], float(spec.default))
        else:
            filled[spec.name] = _else(given[spec.name], str(spec.default))
    return given | filled if filled else given


def _table(arrays: Arrays, raw: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """The table of these columns; where they are those of the raw one, it shares its memory."""
    return raw.copy(deep=False) if columns is arrays.of(raw) else arrays.frame(columns)


def _else(column: np.ndarray, other: object) -> np.ndarray:
    """The text column (n,) with ``other``, a text or a column, where it is blank."""
    return np.where(column != "", column, np.asarray(other, dtype=object))


class _LookUp:
    """The rows of a table whose ids are the keys (the first of several), column by column."""

    def __init__(self, keys: np.ndarray, table: Columns) -> None:
        ids = table["id"].tolist()
        first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        self.table = table
        self.row = np.array([first.get(key, -1) for key in keys.tolist()], dtype=np.int64)

    def __call__(self, column: str) -> np.ndarray:
        """What stands in a column, (n,); blank where there is no such row."""
        values = self.table[column]
        missing: Any = "" if values.dtype == object else np.nan
        if not len(values):
            return np.full(len(self.row), missing, dtype=values.dtype)
        return np.where(self.row >= 0, values[self.row], missing)


def _sites(sites: Columns) -> Columns:
    return sites | {"company": _else(sites["company"], sites["id"])}


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several names, separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _objects(values: Sequence[object]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _corridors(corridors: Columns) -> Columns:
    return corridors | {"allows": _objects([listed(cell) for cell in corridors["allows"]])}


def _commodities(commodities: Columns, settings: Settings) -> Columns:
    kind = commodities["kind"]
    watery = (commodities["counts_as"] == "water") | (kind == "water")
    units = zip(commodities["unit"].tolist(), watery.tolist(), strict=True)
    return commodities | {
        "surplus": _else(commodities["surplus"], np.where(kind == "heat", "free", "must_use")),
        "return_temperature": or_else(
            commodities["return_temperature"], commodities["temperature"]
        ),
        "min_approach": or_else(commodities["min_approach"], settings.min_approach),
        "tonnes": np.array([_tonnes(unit, wet) for unit, wet in units], dtype=float),
    }


@cache
def _tonnes(unit: str, watery: bool) -> float:
    """How many t one unit weighs: m3 only of water, nothing else that is not a mass."""
    for base, weight in (("t", 1.0), ("m3", 1.0 if watery else np.nan)):
        try:
            return factor(unit, base).factor * weight
        except UnitError:
            continue
    return float(np.nan)


def _flows(flows: Columns, commodities: Columns, settings: Settings) -> Columns:
    theirs = _LookUp(flows["commodity"], commodities)
    approach = or_else(flows["min_approach"], theirs("min_approach"))
    renamed = {name.removeprefix("_") if name in UNITS else name: a for name, a in flows.items()}
    return renamed | {
        "min_approach": or_else(approach, settings.min_approach),
        "surplus": _else(flows["surplus"], theirs("surplus")),
    }


def _recipes(
    recipes: Columns, commodities: Columns, settings: Settings, formulas: Formulas
) -> Columns:
    seen: dict[str, int] = {}
    number = np.empty(len(recipes["technology"]), dtype=object)
    for place, technology in enumerate(recipes["technology"].tolist()):
        seen[technology] = seen.get(technology, 0) + 1
        number[place] = str(seen[technology])
    theirs = _LookUp(recipes["commodity"], commodities)
    approach = or_else(recipes["min_approach"], theirs("min_approach"))
    rate = recipes["rate"].copy()
    for position in np.flatnonzero(recipes["formula"] != "").tolist():
        row = {name: column[position] for name, column in recipes.items()}
        rate[position] *= formula_value(row, formulas)
    return recipes | {
        "row": _else(recipes["row"], number),
        "min_approach": or_else(approach, settings.min_approach),
        "rate": rate,
    }


def formula_value(row: Mapping[Any, Any] | pd.Series, formulas: Formulas) -> float:
    """What the row's formula gives; NaN where the formula is no call of a known function."""
    parsed = parse_formula(row["formula"])
    if parsed is None or parsed[0] not in formulas:
        return float("nan")
    name, arguments = parsed
    numbers = {k: float(row[v]) if isinstance(v, str) else v for k, v in arguments.items()}
    return float(formulas[name](**numbers))


def _one_commodity_a_row(transports: Columns) -> Columns:
    """A cell that lists several commodities counts as a row for each."""
    lists = [listed(cell) or ("",) for cell in transports["commodity"].tolist()]
    rows = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    repeated = {name: column[rows] for name, column in transports.items()}
    return repeated | {"commodity": _objects([name for each in lists for name in each])}


def _processes(processes: Columns, technologies: Columns, sites: Columns) -> Columns:
    """Processes with their technology's columns, settled; an instance for each site of ``*``."""
    theirs = _LookUp(processes["technology"], technologies)
    merged = dict(processes)
    for name, spec in tables()["technologies"].columns.items():
        if name == "id" or name not in processes or processes[name].dtype == bool:
            continue
        own = processes[name]
        if spec.is_number:
            default = np.nan if spec.default is None else float(spec.default)
            merged[name] = or_else(or_else(own, theirs(name)), default)
        else:
            merged[name] = _else(own, theirs(name))
    return _instances(resolve_status(merged) | {"of": processes["id"]}, sites["id"])


def _instances(processes: Columns, sites: np.ndarray) -> Columns:
    """One row an instance: ``id@site`` for every site where the row says ``*``."""
    everywhere = processes["site"] == "*"
    if not everywhere.any():
        return processes
    times = np.where(everywhere, len(sites), 1)
    rows = np.repeat(np.arange(len(times)), times)
    repeated = {name: column[rows] for name, column in processes.items()}
    spread = everywhere[rows]
    repeated["site"][spread] = np.tile(sites, int(everywhere.sum()))
    named = repeated["of"] + "@" + repeated["site"]
    return repeated | {"id": np.where(spread, named, repeated["id"])}


def _markets(markets: Columns) -> Columns:
    return markets | {name: or_else(markets[name], np.inf) for name in ("max", "max_per_year")}


def _measures(measures: Columns, settings: Settings) -> Columns:
    """The built-in measures and the park's own; the park may rename a built-in one."""
    names = ("id", "name_zh", "name_en", "unit")
    built_in = [
        (name, zh, en, unit or settings.currency) for name, (unit, zh, en) in BUILT_IN.items()
    ]
    rows = [*built_in, *zip(*(measures[name].tolist() for name in names), strict=True)]
    last = {row[0]: place for place, row in enumerate(rows)}
    kept = [rows[place] for place in sorted(last.values())]
    return {name: _objects([row[at] for row in kept]) for at, name in enumerate(names)}


def _limits(limits: Columns) -> Columns:
    years = [tuple(int(y) for y in listed(cell) if y.isdigit()) for cell in limits["years"]]
    table = limits["table"]
    flows = np.where(limits["measure"] == "", _else(table, "markets"), table)
    return limits | {"years": _objects(years), "table": flows}
