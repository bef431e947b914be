"""The rows of limits: what counts, against the value, a ratio, a record or the best operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.account.book import Book, texts
from circularpark.account.judged import Family, relative
from circularpark.account.limit_sides import Side, What, matches, side
from circularpark.account.measures import Account
from circularpark.program.time import Floats

BEST = "best_operation"


@dataclass(frozen=True)
class Limit:
    """One row of ``limits`` with its value in every block, (B,)."""

    id: str
    top: What
    below: What | None
    relative_to: str
    sense: str
    value: Floats
    years: tuple[int, ...]
    period: str


@dataclass(frozen=True)
class Compared:
    """left <= right (or the like) with its gross size, each over the steps of one limit."""

    left: Floats
    right: Floats
    gross: Floats
    labels: NDArray[np.object_]


def rows_of_limits(book: Book) -> list[Limit]:
    """The limits as values."""
    frame = book.parts[0].tables.limits
    if not len(frame):
        return []
    values = book.number("limits", "value", np.nan)
    counts = book.flag("limits", "count")
    column = {name: texts(frame, name) for name in frame.columns if name not in ("value", "years")}

    def what(row: int, prefix: str) -> What:
        parts = ("measure", "table", "item", "commodity", "site")
        found = [str(column[prefix + p][row]) if prefix + p in column else "" for p in parts]
        measure, table, item, commodity, site = found
        count = not prefix and bool(counts[row])
        given = What(measure, table, item, commodity, site, count)
        if given.measure or given.table or (prefix and not any(found)):
            return given
        return What("", "markets", given.item, given.commodity, given.site)

    found = []
    for row in range(len(frame)):
        below = what(row, "per_")
        years = frame["years"].iloc[row] if "years" in frame else ()
        found.append(
            Limit(
                str(column["id"][row]),
                what(row, ""),
                below if below.measure or below.table else None,
                str(column["relative_to"][row]) if "relative_to" in column else "",
                str(column["sense"][row]),
                values[row],
                tuple(int(y) for y in years),
                str(column["period"][row]) or "year",
            )
        )
    return found


def limit_families(account: Account, best: Account | None) -> Iterator[Family]:
    """Every limit in each scenario; ``best`` is the account of the best operation."""
    for limit in rows_of_limits(account.book):
        told = _peak(account, limit) if limit.sense == "peak" else both_sides(account, best, limit)
        violation = {
            "<=": told.left - told.right,
            "peak": told.left - told.right,
            ">=": told.right - told.left,
            "=": np.abs(told.left - told.right),
        }[limit.sense]
        # A reference that nobody knows makes the limit broken, not void.
        unknown = np.isnan(violation)[None, :]
        known, gross = np.nan_to_num(violation)[None, :], np.nan_to_num(told.gross)[None, :]
        error = np.where(unknown, np.inf, relative(known, gross))
        yield Family("limit", pd.DataFrame({"limit": [limit.id]}), told.labels, error)


def both_sides(account: Account, best: Account | None, limit: Limit) -> Compared:
    """Both sides of a limit over the steps that it is judged at."""
    book = account.book
    top = _steps(book, side(account, limit.top), limit)
    value = _value(book, limit)
    labels, keep = _labels(book, limit)
    if limit.below is None:
        right, gross = value, np.zeros_like(value)
        if limit.relative_to:
            right = value * _reference(book, best, limit, limit.top)
        return _kept(top[0], right, top[1] + gross + np.abs(right), labels, keep)
    below = _steps(book, side(account, limit.below), limit)
    if limit.relative_to == BEST and limit.top.measure == "cost" and limit.below.measure == "co2":
        return _ceiling(book, best, limit, top, below, value, labels, keep)
    ratio = value
    if limit.relative_to:
        over = _reference(book, best, limit, limit.below)
        ratio = value * _reference(book, best, limit, limit.top) / over
    gross = top[1] + np.abs(ratio) * below[1]
    return _kept(top[0], ratio * below[0], gross, labels, keep)


def _ceiling(
    book: Book,
    best: Account | None,
    limit: Limit,
    cost: tuple[Floats, Floats],
    co2: tuple[Floats, Floats],
    value: Floats,
    labels: NDArray[np.object_],
    keep: NDArray[np.bool_],
) -> Compared:
    """A cost ceiling per tonne: cost beyond the best operation's <= value x co2 saved from it."""
    cost_before = _reference(book, best, limit, limit.top)
    co2_before = _reference(book, best, limit, limit.below or limit.top)
    right = value * (co2_before - co2[0])
    gross = cost[1] + np.abs(cost_before) + np.abs(value) * (co2[1] + np.abs(co2_before))
    return _kept(cost[0] - cost_before, right, gross, labels, keep)


def _kept(
    left: Floats, right: Floats, gross: Floats, labels: NDArray[np.object_],
    keep: NDArray[np.bool_],
) -> Compared:  # fmt: skip
    return Compared(left[keep], right[keep], gross[keep], labels[keep])


def _steps(book: Book, one: Side, limit: Limit) -> tuple[Floats, Floats]:
    """A side's values and gross sizes at the limit's steps: blocks, periods or scenarios."""
    if limit.period == "each":
        return one.rate, one.rate_gross
    if limit.period == "year":
        return one.year, one.year_gross
    inside = _years_named(book, limit)
    return by_scenario(book, one.year) @ inside, by_scenario(book, one.year_gross) @ inside


def _years_named(book: Book, limit: Limit) -> Floats:
    years = np.array(book.time.years)
    return np.isin(years, limit.years or years).astype(float)


def by_scenario(book: Book, values: Floats) -> Floats:
    """Values of blocks as (scenarios, years); a year without the scenario has its expectation."""
    expected = np.zeros(len(book.time.years))
    np.add.at(expected, book.time.block_year, values * book.time.block_probability)
    table = np.tile(expected, (len(book.time.scenarios), 1))
    for block, (year, name) in enumerate(book.time.blocks):
        table[book.time.scenarios.index(name), book.time.years.index(year)] = values[block]
    return table


def _value(book: Book, limit: Limit) -> Floats:
    if limit.period == "each":
        return limit.value[book.time.block]
    return limit.value if limit.period == "year" else by_scenario(book, limit.value)[:, 0]


def _labels(book: Book, limit: Limit) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Names of the limit's steps, and which of them it is judged at."""
    if limit.period == "all":
        names = np.array([str(s) for s in book.time.scenarios], dtype=object)
        return names, np.ones(len(names), dtype=bool)
    years = np.array([year for year, _ in book.time.blocks])
    judged = np.isin(years, limit.years or years)
    if limit.period == "each":
        return book.time.period, judged[book.time.block]
    return book.block_labels, judged


def _reference(book: Book, best: Account | None, limit: Limit, what: What) -> Floats:
    """What a relative limit is relative to, over the limit's steps; nan where nobody knows."""
    blank = np.full(len(_labels(book, limit)[0]), np.nan)
    if limit.relative_to == BEST:
        return blank if best is None else _steps(best.book, side(best, what), limit)[0]
    return np.full(len(blank), recorded(book, int(float(limit.relative_to)), what))


def recorded(book: Book, year: int, what: What) -> float:
    """The metered amount of a year: the park's own record, else the sum of its companies'."""
    records = book.parts[0].tables.records
    if what.measure in ("value_added", "area_mu") and not len(records):
        return float(np.nansum(book.number("sites", what.measure, np.nan)[:, 0]))
    rows = records[records["year"] == year]
    if what.measure:
        rows = rows[texts(rows, "measure") == what.measure]
    else:
        pattern = what.item or "*"
        fits = np.array([matches(i, pattern) for i in texts(rows, "item")], dtype=bool)
        rows = rows[fits & (texts(rows, "table") == what.table)]
    own = rows[texts(rows, "company") == ""]
    rows = own if len(own) else rows
    return float(rows["value"].sum()) if len(rows) else float("nan")


def _peak(account: Account, limit: Limit) -> Compared:
    """Never above the peak year's amount, and not rising after it."""
    book = account.book
    one = side(account, limit.top)
    year = by_scenario(book, one.year)
    gross = by_scenario(book, one.year_gross)
    names = [f"{y}@{s}" if s else str(y) for s in book.time.scenarios for y in book.time.years]
    labels = np.array(names, dtype=object)
    top = int(limit.value[0])
    if top not in book.time.years:
        unknown = np.full(len(labels), np.nan)
        return Compared(unknown, unknown, unknown, labels)
    at = book.time.years.index(top)
    bound, size = np.tile(year[:, [at]], year.shape[1]), np.tile(gross[:, [at]], year.shape[1])
    bound[:, at + 1 :] = np.minimum(bound[:, at + 1 :], year[:, at:-1])
    return Compared(year.ravel(), bound.ravel(), (gross + size).ravel(), labels)
