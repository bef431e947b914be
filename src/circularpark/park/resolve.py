"""From tables as given to tables as they hold: defaults, statuses, overrides, instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from circularpark.park import change
from circularpark.park.factors import choose_years, expand_factors
from circularpark.park.formula_text import parse_formula
from circularpark.park.model import BUILT_IN, Formulas, Park, Settings, Tables
from circularpark.park.schema import NUMBERS, tables
from circularpark.park.status import resolve_status
from circularpark.park.units import UnitError, factor

Raw = Mapping[str, pd.DataFrame]

# Cells of links stay blank where the transport decides; the links function merges them.
KEPT_BLANK: Final = frozenset({"links"})
# The tables from which processes follow.
PROCESSES_FOLLOW: Final = ("processes", "technologies", "sites")


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
        park._cache[key] = resolve(raw, park.settings, park.formulas, kept)
    return park._cache[key]


def resolve(
    raw: Raw, settings: Settings, formulas: Formulas, kept: dict[str, Any] | None = None
) -> Tables:
    """Fill defaults, merge technologies into processes, and settle what stands and what may.

    Parameters
    ----------
    raw : every table as read, in base units (see ``Draft``)
    formulas : name -> function of numbers; a recipe row's rate is multiplied by its value
    kept : tables of a park that shares some of its frames: what follows from the same frames
        is taken from there, and what is new is put there
    """
    made = _Made(settings, {} if kept is None else kept)
    filled: dict[str, pd.DataFrame] = {}
    for name, frame in raw.items():
        filled[name] = made.of(name, (frame,), partial(_filled, frame, name))

    def step(name: str, make: Callable[..., pd.DataFrame], *inputs: str) -> None:
        frames = tuple(filled[i] for i in inputs)
        filled[name] = made.of(f"{name} resolved", frames, partial(make, *frames))

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
    whole = tuple(filled[name] for name in PROCESSES_FOLLOW)
    filled["processes"] = made.of("processes resolved", whole, lambda: _processes(filled))
    for name in ("storages", "links"):
        step(name, resolve_status, name)
    step("markets", _markets, "markets")
    step("measures", lambda own: _measures(own, settings), "measures")
    factors = tuple(filled[name] for name in ("factors", "processes", "markets"))
    filled["factors"] = made.of("factors resolved", factors, lambda: expand_factors(filled))
    step("limits", _limits, "limits")
    return Tables(**filled)


class _Made:
    """Tables made before, by the very frames that they were made from."""

    def __init__(self, settings: Settings, kept: dict[str, Any]) -> None:
        self.kept = kept
        if kept.get("settings") != settings:
            kept.clear()
            kept["settings"] = settings

    def of(
        self, name: str, inputs: tuple[pd.DataFrame, ...], make: Callable[[], pd.DataFrame]
    ) -> pd.DataFrame:
        """What ``make`` makes of the inputs; once for the same frames."""
        before, found = self.kept.get(name, ((), None))
        if found is None or any(a is not b for a, b in zip(before, inputs, strict=True)):
            found = make()
            self.kept[name] = (inputs, found)
        return cast(pd.DataFrame, found)


def _filled(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with its declared defaults; flags as bool (in links: blank cells stay)."""
    filled: dict[str, np.ndarray] = {}
    for spec in tables()[name].columns.values():
        inherited = name in KEPT_BLANK and spec.name not in tables()[name].own
        if spec.name not in frame.columns or inherited:
            continue
        if spec.type == "flag":
            filled[spec.name] = frame[spec.name].to_numpy() == 1.0
        elif spec.default is None:
            continue
        elif spec.type in NUMBERS:
            filled[spec.name] = _number(frame[spec.name].to_numpy(), float(spec.default))
        else:
            filled[spec.name] = _else(frame[spec.name].to_numpy(), str(spec.default))
    return _with(frame, filled).reset_index(drop=True)


def _with(frame: pd.DataFrame, columns: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The table with these columns instead of its own, or behind them; text stays object."""
    kept = {
        name: pd.Series(values, frame.index, dtype=object, copy=False)
        if values.dtype == object
        else values
        for name, values in columns.items()
    }
    return frame.assign(**kept)


def _else(column: np.ndarray, other: object) -> np.ndarray:
    """The text column (n,) with ``other``, a text or a column, where it is blank."""
    return np.where(column != "", column, np.asarray(other, dtype=object))


def _number(column: np.ndarray, other: np.ndarray | float) -> np.ndarray:
    """The numbers (n,) with ``other``, a number or a column, where they are blank."""
    return np.where(np.isnan(column), other, column)


class _LookUp:
    """The rows of a table whose ids are the keys (the first of several), column by column."""

    def __init__(self, keys: np.ndarray, frame: pd.DataFrame) -> None:
        ids = frame["id"].tolist()
        first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        self.frame = frame
        self.row = np.array([first.get(key, -1) for key in keys.tolist()], dtype=np.int64)

    def __call__(self, column: str) -> np.ndarray:
        """What stands in a column, (n,); blank where there is no such row."""
        values = self.frame[column].to_numpy()
        missing: Any = "" if values.dtype == object else np.nan
        if not len(values):
            return np.full(len(self.row), missing, dtype=values.dtype)
        return np.where(self.row >= 0, values[self.row], missing)


def _sites(sites: pd.DataFrame) -> pd.DataFrame:
    company = _else(sites["company"].to_numpy(), sites["id"].to_numpy())
    return _with(sites, {"company": company})


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several names, separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _corridors(corridors: pd.DataFrame) -> pd.DataFrame:
    allows = pd.Series([listed(cell) for cell in corridors["allows"]], dtype=object)
    return corridors.assign(allows=allows)


def _commodities(commodities: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    def of(name: str) -> np.ndarray:
        return commodities[name].to_numpy()

    watery = (of("counts_as") == "water") | (of("kind") == "water")
    units = zip(of("unit").tolist(), watery.astype(bool).tolist(), strict=True)
    tonnes = [_tonnes(unit, wet) for unit, wet in units]
    return _with(
        commodities,
        {
            "surplus": _else(of("surplus"), np.where(of("kind") == "heat", "free", "must_use")),
            "return_temperature": _number(of("return_temperature"), of("temperature")),
            "min_approach": _number(of("min_approach"), settings.min_approach),
            "tonnes": np.array(tonnes, dtype=float),
        },
    )


@cache
def _tonnes(unit: str, watery: bool) -> float:
    """How many t one unit weighs: m3 only of water, nothing else that is not a mass."""
    for base, weight in (("t", 1.0), ("m3", 1.0 if watery else np.nan)):
        try:
            return factor(unit, base).factor * weight
        except UnitError:
            continue
    return float(np.nan)


def _flows(flows: pd.DataFrame, commodities: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    theirs = _LookUp(flows["commodity"].to_numpy(), commodities)
    approach = _number(flows["min_approach"].to_numpy(), theirs("min_approach"))
    renamed = flows.rename(columns={"_per": "per", "_unit_factor": "unit_factor"})
    return _with(
        renamed,
        {
            "min_approach": _number(approach, settings.min_approach),
            "surplus": _else(flows["surplus"].to_numpy(), theirs("surplus")),
        },
    )


def _recipes(
    recipes: pd.DataFrame, commodities: pd.DataFrame, settings: Settings, formulas: Formulas
) -> pd.DataFrame:
    seen: dict[str, int] = {}
    number = np.empty(len(recipes), dtype=object)
    for place, technology in enumerate(recipes["technology"].tolist()):
        seen[technology] = seen.get(technology, 0) + 1
        number[place] = str(seen[technology])
    theirs = _LookUp(recipes["commodity"].to_numpy(), commodities)
    approach = _number(recipes["min_approach"].to_numpy(), theirs("min_approach"))
    rate = recipes["rate"].to_numpy(copy=True)
    for position in np.flatnonzero(recipes["formula"].to_numpy() != ""):
        rate[position] *= formula_value(recipes.iloc[position], formulas)
    return _with(
        recipes,
        {
            "row": _else(recipes["row"].to_numpy(), number),
            "min_approach": _number(approach, settings.min_approach),
            "rate": rate,
        },
    )


def formula_value(row: pd.Series, formulas: Formulas) -> float:
    """What the row's formula gives; NaN where the formula is no call of a known function."""
    parsed = parse_formula(row["formula"])
    if parsed is None or parsed[0] not in formulas:
        return float("nan")
    name, arguments = parsed
    numbers = {k: float(row[v]) if isinstance(v, str) else v for k, v in arguments.items()}
    return float(formulas[name](**numbers))


def _one_commodity_a_row(transports: pd.DataFrame) -> pd.DataFrame:
    """A cell that lists several commodities counts as a row for each."""
    lists = [listed(cell) or ("",) for cell in transports["commodity"]]
    names = [name for each in lists for name in each]
    repeated = transports.loc[np.repeat(transports.index, [len(each) for each in lists])]
    repeated = repeated.reset_index(drop=True)
    return repeated.assign(commodity=pd.Series(names, dtype=object))


def _processes(filled: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Processes with their technology's columns, settled; an instance for each site of ``*``."""
    processes, technologies = filled["processes"], filled["technologies"]
    theirs = _LookUp(processes["technology"].to_numpy(), technologies)
    merged: dict[str, np.ndarray] = {}
    for name, spec in tables()["technologies"].columns.items():
        if name == "id" or name not in processes.columns:
            continue
        own = processes[name].to_numpy()
        if own.dtype == bool:
            continue
        if spec.is_number:
            default = np.nan if spec.default is None else float(spec.default)
            merged[name] = _number(_number(own, theirs(name)), default)
        else:
            merged[name] = _else(own, theirs(name))
    settled = resolve_status(_with(processes, merged)).assign(of=processes["id"])
    return _instances(settled, filled["sites"]["id"])


def _instances(processes: pd.DataFrame, sites: pd.Series) -> pd.DataFrame:
    """One row an instance: ``id@site`` for every site where the row says ``*``."""
    everywhere = (processes["site"] == "*").to_numpy()
    if not everywhere.any():
        return processes
    times = np.where(everywhere, len(sites), 1)
    repeated = processes.loc[np.repeat(processes.index, times)].reset_index(drop=True)
    spread = np.repeat(everywhere, times)
    site = repeated["site"].to_numpy(copy=True)
    site[spread] = np.tile(sites.to_numpy(), int(everywhere.sum()))
    named = (repeated["of"] + "@" + pd.Series(site)).astype(object)
    return repeated.assign(
        site=pd.Series(site, dtype=object), id=repeated["id"].where(~spread, named).astype(object)
    )


def _markets(markets: pd.DataFrame) -> pd.DataFrame:
    return markets.assign(
        max=markets["max"].fillna(np.inf), max_per_year=markets["max_per_year"].fillna(np.inf)
    )


def _measures(measures: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The built-in measures and the park's own; the park may rename a built-in one."""
    rows = [
        {"id": name, "name_zh": zh, "name_en": en, "unit": unit or settings.currency}
        for name, (unit, zh, en) in BUILT_IN.items()
    ]
    own = measures[["id", "name_zh", "name_en", "unit"]]
    both = pd.concat([pd.DataFrame(rows, dtype=object), own], ignore_index=True)
    return both.drop_duplicates("id", keep="last").sort_index().reset_index(drop=True)


def _limits(limits: pd.DataFrame) -> pd.DataFrame:
    years = np.empty(len(limits), dtype=object)
    years[:] = [tuple(int(y) for y in listed(cell) if y.isdigit()) for cell in limits["years"]]
    table = limits["table"].to_numpy()
    flows = np.where(limits["measure"].to_numpy() == "", _else(table, "markets"), table)
    return _with(limits, {"years": years, "table": flows})
