"""From tables as given to tables as they hold: defaults, statuses, overrides, instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
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
    filled: dict[str, Any] = {}
    for spec in tables()[name].columns.values():
        inherited = name in KEPT_BLANK and spec.name not in tables()[name].own
        if spec.name not in frame.columns or inherited:
            continue
        if spec.type == "flag":
            filled[spec.name] = frame[spec.name].to_numpy() == 1.0
        elif spec.default is None:
            continue
        elif spec.type in NUMBERS:
            values = frame[spec.name].to_numpy()
            filled[spec.name] = np.where(np.isnan(values), float(spec.default), values)
        else:
            filled[spec.name] = _else(frame[spec.name], str(spec.default))
    return frame.assign(**filled).reset_index(drop=True)


def _else(column: pd.Series, other: object) -> pd.Series:
    """The text column with ``other`` (a text or a column) where it is blank."""
    return column.where(column != "", other).astype(object)


def _number(column: pd.Series, other: object) -> pd.Series:
    return column.where(column.notna(), other)


def _looked_up(keys: pd.Series, frame: pd.DataFrame, column: str) -> pd.Series:
    """``column`` of the row of ``frame`` whose id is the key; blank where there is none."""
    first = frame.drop_duplicates("id")
    found = pd.Index(first["id"]).get_indexer(pd.Index(keys))
    values = first[column].to_numpy()
    missing: Any = "" if values.dtype == object else np.nan
    if not len(values):
        return pd.Series([missing] * len(keys), index=keys.index, dtype=values.dtype)
    picked = np.where(found >= 0, values[np.maximum(found, 0)], missing)
    return pd.Series(picked, index=keys.index, dtype=values.dtype)


def _sites(sites: pd.DataFrame) -> pd.DataFrame:
    return sites.assign(company=_else(sites["company"], sites["id"]))


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several names, separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _corridors(corridors: pd.DataFrame) -> pd.DataFrame:
    allows = pd.Series([listed(cell) for cell in corridors["allows"]], dtype=object)
    return corridors.assign(allows=allows)


def _commodities(commodities: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    usual = pd.Series(np.where(commodities["kind"] == "heat", "free", "must_use"), dtype=object)
    back = _number(commodities["return_temperature"], commodities["temperature"])
    watery = (commodities["counts_as"] == "water") | (commodities["kind"] == "water")
    tonnes = [
        _tonnes(unit, bool(wet)) for unit, wet in zip(commodities["unit"], watery, strict=True)
    ]
    return commodities.assign(
        surplus=_else(commodities["surplus"], usual),
        return_temperature=back,
        min_approach=_number(commodities["min_approach"], settings.min_approach),
        tonnes=np.array(tonnes, dtype=float),
    )


def _tonnes(unit: str, watery: bool) -> float:
    """How many t one unit weighs: m3 only of water, nothing else that is not a mass."""
    for base, weight in (("t", 1.0), ("m3", 1.0 if watery else np.nan)):
        try:
            return factor(unit, base).factor * weight
        except UnitError:
            continue
    return float(np.nan)


def _flows(flows: pd.DataFrame, commodities: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    approach = _looked_up(flows["commodity"], commodities, "min_approach")
    approach = _number(_number(flows["min_approach"], approach), settings.min_approach)
    surplus = _else(flows["surplus"], _looked_up(flows["commodity"], commodities, "surplus"))
    renamed = flows.rename(columns={"_per": "per", "_unit_factor": "unit_factor"})
    return renamed.assign(min_approach=approach, surplus=surplus)


def _recipes(
    recipes: pd.DataFrame, commodities: pd.DataFrame, settings: Settings, formulas: Formulas
) -> pd.DataFrame:
    number = (recipes.groupby("technology").cumcount() + 1).astype(str).astype(object)
    approach = _looked_up(recipes["commodity"], commodities, "min_approach")
    approach = _number(_number(recipes["min_approach"], approach), settings.min_approach)
    rate = recipes["rate"].to_numpy(copy=True)
    for position in np.flatnonzero(recipes["formula"].to_numpy() != ""):
        rate[position] *= formula_value(recipes.iloc[position], formulas)
    return recipes.assign(row=_else(recipes["row"], number), min_approach=approach, rate=rate)


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
    merged: dict[str, pd.Series] = {}
    for name, spec in tables()["technologies"].columns.items():
        if name == "id" or name not in processes.columns:
            continue
        theirs = _looked_up(processes["technology"], technologies, name)
        if spec.is_number:
            default = np.nan if spec.default is None else spec.default
            merged[name] = _number(_number(processes[name], theirs), default)
        else:
            merged[name] = _else(processes[name], theirs)
    settled = resolve_status(processes.assign(**merged)).assign(of=processes["id"])
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
    years = [tuple(int(y) for y in listed(cell) if y.isdigit()) for cell in limits["years"]]
    flows = _else(limits["table"], "markets").where(limits["measure"] == "", limits["table"])
    return limits.assign(years=pd.Series(years, dtype=object), table=flows.astype(object))
