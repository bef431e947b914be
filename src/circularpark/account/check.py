"""The independent judge of a plan: every rule of the contract, from raw data and flows alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd

from circularpark.account import check_flows
from circularpark.account.book import Book, LinksOf
from circularpark.account.check_balance import balance
from circularpark.account.check_capacity import capacities
from circularpark.account.check_heat import heat
from circularpark.account.check_limits import BEST, limit_families, rows_of_limits
from circularpark.account.check_matches import matches
from circularpark.account.check_quality import quality
from circularpark.account.flows import Flows
from circularpark.account.judged import TOLERANCE, Family
from circularpark.account.measures import Account, account_of
from circularpark.program.time import TimeTable
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park

SHOWN = 20


@dataclass(frozen=True)
class Check:
    """What the judge found: one family of errors a kind of rule.

    ``unjudged`` names what the park has and the judge has no rule for: a plan with such
    things is not certified by it.
    """

    families: tuple[Family, ...]
    unjudged: tuple[str, ...] = ()

    @property
    def worst(self) -> float:
        """The largest relative error of all rules."""
        return max((family.worst for family in self.families), default=0.0)

    @property
    def ok(self) -> bool:
        """Whether every rule holds to a millionth, and none was left unjudged."""
        return bool(self.worst <= TOLERANCE) and not self.unjudged

    def error(self, *names: str) -> float:
        """The largest relative error of the families named, e.g. ``balance``."""
        return max((f.worst for f in self.families if f.name in names), default=0.0)

    def text(self, lang: Language) -> str:
        """What the judge says, in one sentence."""
        if self.worst > TOLERANCE:
            row = self.frame.iloc[0]
            return say(
                "account.broken",
                lang,
                family=say(f"account.family.{row['family']}", lang),
                item=row["item"],
                period=row["period"],
                worst=row["error"],
            )
        if self.unjudged:
            what = say("errors.comma", lang).join(
                say(f"account.what.{name}", lang) for name in self.unjudged
            )
            return say("account.unjudged", lang, what=what)
        count = len({family.name for family in self.families})
        return say("account.ok", lang, count=count, worst=self.worst)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The worst rows of every family: family, item, period, error; worst first."""
        tables = [family.offenders(SHOWN, TOLERANCE) for family in self.families]
        if not tables:
            return pd.DataFrame({"family": [], "item": [], "period": [], "error": []})
        whole = pd.concat(tables, ignore_index=True)
        whole = whole.sort_values("error", ascending=False, kind="stable", ignore_index=True)
        # A rule that holds everywhere needs one row, not one for each table that it covers.
        return whole[(whole["error"] > TOLERANCE) | ~whole["family"].duplicated()].reset_index(
            drop=True
        )


def check(
    park: Park,
    time: TimeTable,
    links_of: LinksOf,
    flows: Flows,
    limits: bool = True,
    best: Flows | None = None,
) -> Check:
    """Judge flows by the park's raw tables.

    Parameters
    ----------
    park : the park; time : its time table
    links_of : (year, scenario) -> the table of all links in that year
    flows : the plan's variables by the contract's names
    limits : False judges a best operation: no limits hold, and nothing is built
    best : the flows of the best operation, for limits that are relative to it
    """
    book = Book(park, time, links_of, flows)
    other = account_of(Book(park, time, links_of, best)) if best is not None else None
    return check_book(book, limits=limits, best=other)


def check_book(
    book: Book, *, limits: bool = True, best: Account | None = None, own: Account | None = None
) -> Check:
    """Judge flows that are already laid beside their park (``own``: their account, if made)."""
    families = list(_families(book))
    families.extend(capacities(book, floors=limits))
    if limits and book.size("limits"):
        families.extend(limit_families(own or account_of(book), best))
    kept = tuple(family for family in families if family.error.size)
    return Check(kept, unjudged(book, best if limits else None, limits))


def _families(book: Book) -> Iterator[Family]:
    return chain(
        check_flows.numbers(book),
        check_flows.known(book),
        balance(book),
        heat(book),
        matches(book),
        quality(book),
        check_flows.streams(book),
        check_flows.demands(book),
        check_flows.recipes(book),
        check_flows.markets(book),
        check_flows.peaks(book),
    )


def unjudged(book: Book, best: Account | None, with_limits: bool) -> tuple[str, ...]:
    """What the park has that no rule here covers."""
    found: list[str] = []
    asked = with_limits and any(limit.relative_to == BEST for limit in rows_of_limits(book))
    if asked and best is None:
        found.append(BEST)
    return tuple(found)
