"""The account of a plan: every measure of every year, by scope, company and reason.

Recomputed from the park's tables and the flows alone; of the program it knows only the
time table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.account.book import Book, LinksOf
from circularpark.account.capital import Lines, all_things
from circularpark.account.factor_terms import factor_terms
from circularpark.account.flows import Flows
from circularpark.account.recipe_rows import recipe_rows
from circularpark.account.terms import (
    Terms,
    emission_terms,
    link_terms,
    market_terms,
    process_terms,
    unmet_terms,
)
from circularpark.program.time import Floats, TimeTable
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park

BUILT_IN = (
    "co2",
    "cost",
    "capex",
    "energy",
    "coal",
    "water",
    "waste",
    "land",
    "virgin",
    "avoided",
)
COLUMNS = (
    "year",
    "scenario",
    "measure",
    "scope",
    "company",
    "site",
    "table",
    "item",
    "commodity",
    "term",
    "value",
)


class Weighed(Protocol):
    """An objective stage: measure -> weight."""

    @property
    def weights(self) -> Mapping[str, float]:
        """The weights of its measures."""


@dataclass(frozen=True)
class Account:
    """A planning year's own annual amounts of every measure.

    Of co2, totals count the scopes of the park's settings only; ``frame`` lists the others
    too. A scope of 0 means that the measure has none. A transfer is a payment from one
    company to another: its rows net to zero in the park.
    """

    book: Book
    lines: tuple[Lines, ...]
    terms: tuple[Terms, ...]

    @property
    def _time(self) -> TimeTable:
        return self.book.time

    @property
    def measures(self) -> tuple[str, ...]:
        """The ids of all measures that the park knows or a flow counts in."""
        named = [str(m) for m in self.book.text("measures", "id")]
        return tuple(dict.fromkeys([*BUILT_IN, *named, *(line.measure for line in self.lines)]))

    def _of(self, measure: str) -> Iterator[Lines]:
        return (line for line in self.lines if line.measure == measure)

    def counted(self, line: Lines | Terms) -> NDArray[np.bool_]:
        """Which entries count in the measure's total, (n,)."""
        if line.measure != "co2":
            return np.ones(len(line.item), dtype=bool)
        return np.isin(line.scope, self.book.park.settings.scopes)

    def blocks(self, measure: str) -> Floats:
        """The total of a measure in every (year, scenario), (B,)."""
        total = np.zeros(len(self._time.blocks))
        for line in self._of(measure):
            total += line.value[self.counted(line)].sum(axis=0)
        return total

    def annual(self, measure: str) -> pd.Series:
        """The expected total of a measure in every planning year, indexed by year."""
        return pd.Series(
            self._expected(self.blocks(measure)),
            index=pd.Index(self._time.years, name="year"),
            name=measure,
        )

    def _expected(self, values: Floats) -> Floats:
        years = np.zeros(len(self._time.years))
        np.add.at(years, self._time.block_year, values * self._time.block_probability)
        return years

    def totals(self) -> pd.DataFrame:
        """All measures (columns) in every planning year (rows)."""
        return pd.DataFrame({measure: self.annual(measure) for measure in self.measures})

    def objective(self, stage: Weighed) -> float:
        """The value of an objective stage: its weighed measures over the whole time."""
        return float(sum(weight * self.whole(measure) for measure, weight in stage.weights.items()))

    def whole(self, measure: str) -> float:
        """A measure over all the years that the planning years stand for.

        Costs are discounted to the first planning year, capex counts once, the others as
        often as the years that a planning year stands for.
        """
        if measure == "cost":
            weights = self._time.discount(float(self.book.park.settings.discount_rate))
        elif measure == "capex":
            weights = np.ones(len(self._time.years))
        else:
            weights = self._time.years_long
        return float(self._expected(self.blocks(measure)) @ weights)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All entries that are not zero: year, scenario, measure, scope, company, ..., value."""
        # Columns are joined as arrays: a table for every line would cost more than all it holds.
        pieces = [self._columns(line) for line in self.lines if len(line.item)]
        if not pieces:
            return pd.DataFrame({column: [] for column in COLUMNS})
        joined = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        return pd.DataFrame(dict(zip(COLUMNS, joined, strict=True)))

    def _columns(self, line: Lines) -> tuple[NDArray[Any], ...]:
        """The entries of a line that are not zero, a column each as in ``COLUMNS``."""
        entry, block = np.nonzero(line.value)
        years = np.array([year for year, _ in self._time.blocks], dtype=np.int64)
        scenarios = np.array([name for _, name in self._time.blocks], dtype=object)

        def same(word: str) -> NDArray[Any]:
            return np.full(len(entry), word, dtype=object)

        return (
            years[block],
            scenarios[block],
            same(line.measure),
            line.scope[entry],
            self.book.companies(line.site)[entry],
            line.site[entry],
            same(line.table),
            line.item[entry],
            line.commodity[entry],
            same(line.term),
            line.value[entry, block],
        )

    def _grouped(self, measure: str, key: str, *, every_scope: bool = False) -> pd.DataFrame:
        entries = self.frame[self.frame["measure"] == measure]
        if measure == "co2" and not every_scope:
            entries = entries[entries["scope"].isin(self.book.park.settings.scopes)]
        grouped = self.expected(entries).groupby(["year", key], sort=True)
        return grouped["value"].sum().reset_index()

    def expected(self, entries: pd.DataFrame) -> pd.DataFrame:
        """Entries of the account with their values weighed by the probability of their scenario."""
        chance = dict(zip(self._time.blocks, self._time.block_probability, strict=True))
        weights = [chance[pair] for pair in zip(entries["year"], entries["scenario"], strict=True)]
        return entries.assign(value=entries["value"] * np.array(weights, dtype=float))

    def by_scope(self, measure: str) -> pd.DataFrame:
        """Expected amounts by year and scope: also scopes that the totals leave out."""
        return self._grouped(measure, "scope", every_scope=True)

    def by_company(self, measure: str) -> pd.DataFrame:
        """Expected amounts by year and company; they add up to the park's total."""
        return self._grouped(measure, "company")

    def by_term(self, measure: str) -> pd.DataFrame:
        """Expected amounts by year and reason; they add up to the park's total."""
        return self._grouped(measure, "term")


def reason(term: str, lang: Language) -> str:
    """A term of the account in words, e.g. "purchases"."""
    return say(f"account.term.{term}", lang)


def account(park: Park, time: TimeTable, links_of: LinksOf, flows: Flows) -> Account:
    """Every measure of a plan, from the park's tables and the flows.

    Parameters
    ----------
    park : the park; time : its time table
    links_of : (year, scenario) -> the table of all links in that year
    flows : the plan's variables by the contract's names, unit per hour
    """
    return account_of(Book(park, time, links_of, flows))


def account_of(book: Book) -> Account:
    """The account of flows that are already laid beside their park."""
    terms = measure_terms(book)
    lines = [line_of(book, term) for term in terms]
    for things in all_things(book):
        lines.extend(things.lines())
    return Account(book, tuple(lines), tuple(terms))


def measure_terms(book: Book) -> list[Terms]:
    """Every term of every measure that follows from a flow (capital comes besides)."""
    recipes = recipe_rows(book)
    terms = chain(
        market_terms(book),
        process_terms(book),
        link_terms(book),
        unmet_terms(book),
        emission_terms(book, recipes),
        factor_terms(book, recipes),
    )
    return [term for term in terms if len(term.row)]


def line_of(book: Book, term: Terms) -> Lines:
    """The yearly amounts of a term: coefficient x the flow's yearly amount."""
    amount = book.amounts(term.quantity, term.profile)[term.row]
    return Lines(
        term.measure,
        term.table,
        term.term,
        term.item,
        term.site,
        term.commodity,
        term.scope,
        term.coefficient * amount,
        term.far,
    )
