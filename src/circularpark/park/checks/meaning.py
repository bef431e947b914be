"""Rows that contradict the contract or say nothing: recipes, status, limits, factors, paths."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.change import PATH_KEYS
from circularpark.park.checks.arrays import Text, among, blank, each, repeated
from circularpark.park.checks.cells import (
    NOT_PROFILES,
    columns_of,
    filled,
    finding_at,
    found,
    number,
    rows_of,
    text,
    used_technologies,
)
from circularpark.park.checks.references import BUILT_IN, known_names, nearest, unknown
from circularpark.park.patterns import parts_of

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.draft import Draft

CAPACITY_TABLES: Final = ("processes", "storages", "links")
COUNTED: Final[dict[str, tuple[str, ...]]] = {
    "offers": ("streams",),
    "capacity": CAPACITY_TABLES,
}
ONE: Final = 1e-9


def capacity_is_counted_in_one_row(draft: Draft) -> Iterator[Finding]:
    """The first recipe row of capacity_of has rate +1 or -1, so activity is that flow."""
    recipes = rows_of(draft, "recipes")
    technologies = rows_of(draft, "technologies")
    makers, goods = text(recipes, "technology"), text(recipes, "commodity")
    rates, formula = number(recipes, "rate"), text(recipes, "formula")
    names, counted = text(technologies, "id"), text(technologies, "capacity_of")
    used = used_technologies(draft)
    for row in np.flatnonzero(among(names, used) & (counted != "")).tolist():
        mine = makers == names[row]
        values = {"technology": names[row], "commodity": counted[row]}
        if not mine.any():
            yield finding_at(technologies, row, "checks.no_recipe", "id", values=values)
            continue
        rows = np.flatnonzero(mine & (goods == counted[row])).tolist()
        if not rows:
            code = "checks.capacity_of_not_in_recipe"
            yield finding_at(technologies, row, code, "capacity_of", values=values)
        elif formula[rows[0]] == "" and abs(abs(rates[rows[0]]) - 1) > ONE:
            yield finding_at(recipes, rows[0], "checks.capacity_rate", "rate", values=values)


def required_things_have_a_size(draft: Draft) -> Iterator[Finding]:
    """What must be built says how large."""
    for _, frame in filled(draft, CAPACITY_TABLES):
        bare = (text(frame, "status") == "required") & blank(number(frame, "capacity"))
        yield from found(frame, bare, "checks.required_without_size", "capacity")


def existing_things_have_a_site(draft: Draft) -> Iterator[Finding]:
    """What stands, stands somewhere: an existing process is not at ``*``."""
    for _, frame in filled(draft, ("processes",)):
        status = text(frame, "status")
        stands = (status == "existing") | ((status == "") & ~blank(number(frame, "capacity")))
        everywhere = text(frame, "site") == "*"
        yield from found(frame, stands & everywhere, "checks.existing_everywhere", "site")


def things_close_after_they_open(draft: Draft) -> Iterator[Finding]:
    """A planned closure comes after the building year."""
    for _, frame in filled(draft, CAPACITY_TABLES):
        built, retires = number(frame, "built"), number(frame, "retires")
        early = retires <= built
        if early.any():
            years = each(built, _year), each(retires, _year)
            code = "checks.closes_before"
            yield from found(frame, early, code, "retires", built=years[0], retires=years[1])


def _year(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0f}"


def limits_name_something(draft: Draft) -> Iterator[Finding]:
    """A limit names measures, items and years that are there."""
    frame = rows_of(draft, "limits")
    if not len(frame):
        return
    measure, table, item = text(frame, "measure"), text(frame, "table"), text(frame, "item")
    goods = text(frame, "commodity")
    bare = (measure == "") & (table == "") & (item == "") & (goods == "")
    yield from found(frame, bare, "checks.limit_of_nothing", "measure")
    known = known_names(draft, ("measures",)) | {"value_added", "area_mu"}
    per_measure = text(frame, "per_measure")
    for row in np.flatnonzero((per_measure != "") & ~among(per_measure, known)).tolist():
        yield unknown(frame, row, "per_measure", per_measure[row], ("measures",), known)
    kinds = np.where((table != "") | (measure != ""), table, "markets")
    yield from _items(draft, frame, "item", item, kinds)
    yield from _items(draft, frame, "per_item", text(frame, "per_item"), text(frame, "per_table"))
    yield from _years(draft, frame)
    yield from _yardsticks(draft, frame)
    peak = (text(frame, "sense") == "peak") & (measure == "")
    yield from found(frame, peak, "checks.peak_of_nothing", "sense")


def _items(
    draft: Draft, frame: pd.DataFrame, column: str, cells: Text, tables: Text
) -> Iterator[Finding]:
    """A literal item exists; a pattern matches at least one."""
    for row in np.flatnonzero((cells != "") & (tables != "")).tolist():
        targets = COUNTED.get(tables[row], (tables[row],))
        known = known_names(draft, targets)
        for name in parts_of(cells[row]):
            if any(sign in name for sign in "*?["):
                if "@" not in name and not fnmatch.filter(known, name):
                    shown = ", ".join(sorted(known)[:8]) or "-"
                    values = {"where": ", ".join(targets), "known": shown}
                    yield finding_at(frame, row, "checks.pattern_idle", column, "warning", values)
            elif name not in known and not _instance(draft, name, targets, known):
                yield unknown(frame, row, column, name, targets, known)


def _instance(draft: Draft, name: str, targets: tuple[str, ...], known: set[str]) -> bool:
    """Whether ``name`` is a process at one of many sites, or a link that will be generated."""
    parts = name.split("@")
    sites = known_names(draft, ("sites",))
    if len(parts) == 2 and "processes" in targets:
        return parts[0] in known and parts[1] in sites
    if len(parts) == 4 and "links" in targets:
        goods, ways = known_names(draft, ("commodities",)), known_names(draft, ("transports",))
        return parts[0] in goods and {parts[1], parts[2]} <= sites and parts[3] in ways
    return False


def _years(draft: Draft, frame: pd.DataFrame) -> Iterator[Finding]:
    wanted = {str(year) for year in draft.settings.years}
    if not wanted:
        return
    cells = text(frame, "years").tolist()
    strange = [any(part.split(".")[0] not in wanted for part in parts_of(c)) for c in cells]
    where = np.array(strange, dtype=bool)
    yield from found(frame, where, "checks.limit_year", "years", years=", ".join(sorted(wanted)))


def _yardsticks(draft: Draft, frame: pd.DataFrame) -> Iterator[Finding]:
    """``relative_to`` is a metered year or the best operation."""
    cells = text(frame, "relative_to")
    records = rows_of(draft, "records")
    metered = {_year(y) for y in number(records, "year").tolist()} - {""}
    odd = (cells != "") & (cells != "best_operation") & ~among(cells, metered)
    yield from found(
        frame,
        odd,
        "checks.no_record_of_year",
        "relative_to",
        known=", ".join(sorted(metered)) or "-",
    )


def factors_name_something(draft: Draft) -> Iterator[Finding]:
    """A factor belongs to a row that is there, and is told once."""
    frame = rows_of(draft, "factors")
    if not len(frame):
        return
    table, item, measure = text(frame, "table"), text(frame, "item"), text(frame, "measure")
    yield from _items(draft, frame, "item", item, table)
    twice = repeated(table, item, measure, number(frame, "year")) & (item != "")
    yield from found(frame, twice, "checks.factor_twice", "measure")
    listed_once = set(zip(table.tolist(), item.tolist(), measure.tolist(), strict=True))
    for name in sorted(set(table.tolist()) - {"commodities", ""}):
        things = rows_of(draft, name)
        ids = text(things, "id").tolist()
        for column in sorted((BUILT_IN | set(measure.tolist())) & set(things.columns)):
            also = np.array([(name, one, column) in listed_once for one in ids], dtype=bool)
            both = also & ~blank(number(things, column))
            yield from found(things, both, "checks.factor_in_two_places", column)


def records_name_something(draft: Draft) -> Iterator[Finding]:
    """A record is of a measure or of a row that is there."""
    frame = rows_of(draft, "records")
    if not len(frame):
        return
    measure, table, item = text(frame, "measure"), text(frame, "table"), text(frame, "item")
    bare = (measure == "") & ((table == "") | (item == ""))
    yield from found(frame, bare, "checks.record_of_nothing", "measure")
    yield from _items(draft, frame, "item", item, table)


def paths_name_a_cell(draft: Draft) -> Iterator[Finding]:
    """A path changes a number column of a row that is there, by ``set`` or ``multiply``."""
    frame = rows_of(draft, "paths")
    if not len(frame):
        return
    tables, items, columns = text(frame, "table"), text(frame, "item"), text(frame, "column")
    sets, multiplies = ~blank(number(frame, "set")), ~blank(number(frame, "multiply"))
    yield from found(frame, sets & multiplies, "checks.path_both", "set")
    neither = ~sets & ~multiplies
    yield from found(frame, neither, "checks.path_nothing", "set")
    scenarios = set(text(rows_of(draft, "periods"), "scenario").tolist()) - {""}
    scenario = text(frame, "scenario")
    odd = (scenario != "") & ~among(scenario, scenarios)
    known_scenarios = ", ".join(sorted(scenarios)) or "-"
    yield from found(frame, odd, "checks.path_scenario", "scenario", known=known_scenarios)
    for row in np.flatnonzero(tables != "").tolist():
        yield from _path_cell(draft, frame, row, tables[row], items[row], columns[row])


def _path_cell(
    draft: Draft, frame: pd.DataFrame, row: int, table: str, item: str, column: str
) -> Iterator[Finding]:
    if table not in draft.raw:
        yield unknown(frame, row, "table", table, ("park",), set(draft.raw))
        return
    target = rows_of(draft, table)
    names = _path_items(target)
    # Where an id has several rows a path may name one by the rest of its key.
    first = item.partition("/")[0] if table in PATH_KEYS else item
    if item and item not in names and first not in names:
        yield unknown(frame, row, "item", item, (table,), names)
    numbers = {
        name
        for name, values in columns_of(target).items()
        if not name.startswith("_") and name not in NOT_PROFILES and values.dtype.kind in "fiu"
    }
    measures = known_names(draft, ("measures",))
    if column and column not in numbers and column not in measures:
        near = nearest(column, numbers)
        values = {"table": table, "near": near or ", ".join(sorted(numbers)[:8])}
        yield finding_at(frame, row, "checks.path_column", "column", values=values)


def _path_items(target: pd.DataFrame) -> set[str]:
    """What a path may call a row: its id; in a table without ids what the row belongs to."""
    for column in ("id", "item", "technology", "period"):
        if column in target.columns:
            return set(text(target, column).tolist()) - {""}
    return set()
