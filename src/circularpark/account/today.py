"""Today: the park as it is metered, and how far that is from the records.

The ``today`` columns are flows like those of a plan, held over the base year, so that the
same account turns them into measures. Nothing is filled in: what has no meter reads nothing
and is named in ``unmetered``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.account.book import Book, LinksOf, Texts, numbers, position, texts
from circularpark.account.flows import Flows, Quantity
from circularpark.account.limit_sides import What, side
from circularpark.account.measures import Account, account_of
from circularpark.account.recipe_rows import recipe_rows
from circularpark.park.keys import Keys, coded
from circularpark.program.time import Integers, TimeTable

if TYPE_CHECKING:
    from circularpark.park.model import Park

METERED = {
    "streams": ("taken", "stream"),
    "processes": ("activity", "process"),
    "markets": ("exchange", "market"),
    "links": ("link_flow", "link"),
}
COLUMNS = ("measure", "table", "item", "company", "unit", "record", "today", "residual", "share")


@dataclass(frozen=True)
class Today:
    """The metered year: its account, the residuals against records, and what has no meter.

    residuals : measure, table, item, company, unit, record, today, residual (today - record),
        share (residual / record)
    unmetered : table, item, and the reason as a key of the table of words
    """

    account: Account
    residuals: pd.DataFrame
    unmetered: pd.DataFrame

    @property
    def measures(self) -> dict[str, float]:
        """Every measure of the metered year."""
        return {m: float(self.account.annual(m).iloc[0]) for m in self.account.measures}


def today(park: Park, time: TimeTable, links_of: LinksOf) -> Today:
    """The park as metered in its base year.

    Parameters
    ----------
    park : the park; time : its time table, whose first block gives the year's hours
    links_of : (year, scenario) -> the table of all links in that year
    """
    year = int(park.settings.base_year)
    base = year_alone(time, year)
    empty = Book(park, base, links_of, {})
    flows = metered(empty)
    wanted = reading(empty, "demands", "met", "demand")
    account = account_of(Book(park, base, links_of, flows, wanted))
    gaps = pd.DataFrame(list(unmetered(empty, flows)), columns=["table", "item", "reason"])
    return Today(account, residuals(account, year), gaps)


def year_alone(time: TimeTable, year: int) -> TimeTable:
    """The first block of a time table, as a table of one year."""
    here = time.block == 0
    count = int(here.sum())
    month, months = np.unique(time.month_index[here], return_inverse=True)
    return replace(
        time,
        years=(year,),
        scenarios=time.scenarios[:1],
        blocks=((year, time.blocks[0][1]),),
        period=time.period[here],
        given=time.given[here],
        block=np.zeros(count, dtype=np.int64),
        year_index=np.zeros(count, dtype=np.int64),
        month_index=np.asarray(months, dtype=np.int64),
        months=tuple(time.months[m] for m in month),
        month_block=np.zeros(len(month), dtype=np.int64),
        month_weight=np.broadcast_to(time.month_weight, len(time.months))[month],
        hours=time.hours[here],
        weight=time.weight[here],
        block_probability=np.ones(1),
        next=time.next[here],
        _cache={},
    )


def metered(book: Book) -> Flows:
    """The ``today`` columns of streams, processes, markets and links as flows."""
    flows = {name: reading(book, table, name, key) for table, (name, key) in METERED.items()}
    return {**flows, "share_flow": _sole_members(book, flows["activity"])}


def reading(book: Book, table: str, name: str, key: str) -> Quantity:
    """The ``today`` column of one table as rates.

    A year's reading is spread over the year as the row's own profile says; an hourly one
    is the mean and stands for every period.
    """
    frame = book.parts[0].table(table)
    has = is_read(frame)
    rows = frame[has]
    per_year = texts(rows, "per") == "a"
    profile = np.where(per_year, texts(rows, "profile"), "")
    amount = numbers(rows, "today", 0.0)[:, None]
    rates = book.time.rates(amount, per_year, [str(p) for p in profile], np.ones(len(rows)))
    columns = {key: texts(rows, "id")}
    if name == "exchange":
        site = texts(rows, "site")
        columns["site"] = np.where(site == "*", "", site)
    return Quantity(Keys(columns), "period", book.time.period, rates)


def is_read(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows have a reading."""
    return ~np.isnan(numbers(frame, "today", np.nan))


def _sole_members(book: Book, activity: Quantity) -> Quantity:
    """Flows of recipe groups that leave no choice: a group's only member does all the work."""
    rows = recipe_rows(book)
    ids = book.text("processes", "id")[rows.process]
    sizes = group_sizes(ids, rows.group)
    where = position(texts(activity.index, "process"), ids)
    sole = np.flatnonzero((rows.group != "") & (sizes == 1) & (where >= 0))
    shape = book.time.matrix([str(name) for name in rows.profile[sole]])
    moved = np.abs(rows.rate[sole][:, :1]) * shape * activity.values[where[sole]]
    key = Keys({"process": ids[sole], "row": rows.row[sole]})
    return Quantity(key, "period", book.time.period, moved)


def group_sizes(process: Texts, group: Texts) -> Integers:
    """How many recipe rows share each row's (process, group), (L,)."""
    if not len(process):
        return np.zeros(0, dtype=np.int64)
    code = coded(zip(process.tolist(), group.tolist(), strict=True))[1]
    return np.asarray(np.bincount(code)[code], dtype=np.int64)


def unmetered(book: Book, flows: Flows) -> Iterator[tuple[str, str, str]]:
    """Things in use without a reading, and metered processes whose mix nobody knows."""
    for table in ("streams", "demands", "markets", "processes"):
        frame = book.parts[0].table(table)
        silent = ~is_read(frame)
        if table == "processes":
            silent &= texts(frame, "status") == "existing"
        for item in texts(frame, "id")[silent]:
            yield table, str(item), "account.no_reading"
    rows = recipe_rows(book)
    ids = book.text("processes", "id")[rows.process]
    running = position(texts(flows["activity"].index, "process"), ids) >= 0
    several = (group_sizes(ids, rows.group) > 1) | (rows.property != "")
    mixed = rows.grouped & several & running
    for item in dict.fromkeys(ids[mixed]):
        yield "processes", str(item), "account.no_mix"


def residuals(account: Account, year: int) -> pd.DataFrame:
    """The base year's records beside what the readings amount to."""
    records = account.book.parts[0].tables.records
    found = []
    if len(records):
        for _, record in records[records["year"] == year].iterrows():
            told = _amount(account, record)
            value = float(record["value"])
            share = (told - value) / value if value else float("nan")
            named = [str(record.get(k, "") or "") for k in COLUMNS[:5]]
            found.append((*named, value, told, told - value, share))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _amount(account: Account, record: pd.Series) -> float:
    """What the readings amount to for one record: a measure, or a thing's yearly flow."""
    company = str(record.get("company", "") or "")
    measure = str(record.get("measure", "") or "")
    if measure:
        if not company:
            return float(account.annual(measure).iloc[0])
        shares = account.by_company(measure)
        return float(shares.loc[shares["company"] == company, "value"].sum())
    what = What("", str(record["table"]), str(record["item"]), "", "")
    return float(side(account, what).year[0])
