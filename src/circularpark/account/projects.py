"""A project as its companies see it: what changes in the park's account with and without it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from circularpark.account.book import Book, Texts, texts
from circularpark.account.measures import Account
from circularpark.program.time import Floats

KEYS = ("year", "measure", "scope", "company", "table", "item", "commodity", "term")
# What building and standing cost: told apart from what running costs.
CAPITAL = ("capex_annuity", "fixed_om")
TRANSFER = "transfer"
# Less than this share of the largest line is not told.
NOTHING = 1e-6


@dataclass(frozen=True)
class Change:
    """What is different in a park's account after from before: one expected amount a row.

    entries : year, measure, scope, company, table, item, commodity, term, value (after - before)
    scopes : of CO2 that count in totals; years : planning years
    """

    entries: pd.DataFrame
    scopes: tuple[int, ...]
    years: tuple[int, ...]

    def by_year(self, measure: str, rows: pd.Series | None = None) -> Floats:
        """The change of a measure in every planning year, (Y,)."""
        own = self.of(measure)
        if rows is not None:
            own = own[rows.reindex(own.index, fill_value=False)]
        summed = own.groupby("year")["value"].sum()
        return summed.reindex(list(self.years), fill_value=0.0).to_numpy(dtype=float)

    def of(self, measure: str) -> pd.DataFrame:
        """The rows of a measure; of CO2 those whose scope counts."""
        own = self.entries[self.entries["measure"] == measure]
        return own[own["scope"].isin(self.scopes)] if measure == "co2" else own

    def scopes_of_co2(self) -> dict[int, float]:
        """Change of CO2 in the last planning year by scope, also of scopes that do not count."""
        own = self.entries[self.entries["measure"] == "co2"]
        own = own[own["year"] == self.years[-1]]
        summed = own.groupby("scope")["value"].sum()
        scopes, values = summed.index.to_numpy(dtype=np.int64), summed.to_numpy(dtype=float)
        return dict(zip(scopes.tolist(), values.tolist(), strict=True))

    def companies(self, measure: str = "cost") -> pd.Series:
        """Change of a measure in the last planning year by company, payments to others left out."""
        own = self.of(measure)
        own = own[(own["year"] == self.years[-1]) & (own["term"] != TRANSFER)]
        return own.groupby("company")["value"].sum()

    def lines(self, own_items: Collection[str]) -> pd.DataFrame:
        """Running cost by reason and commodity in the last planning year, largest first.

        Returns
        -------
        DataFrame : term, commodity, value (positive: costs more); the annuities of the
        project's own items and payments between companies are left out.
        """
        own = self.of("cost")
        own = own[(own["year"] == self.years[-1]) & (own["term"] != TRANSFER)]
        own = own[~self.capital(own, own_items)]
        found = own.groupby(["term", "commodity"])["value"].sum().reset_index()
        told = found["value"].abs() > NOTHING * found["value"].abs().max()
        order = (-found["value"].abs()).sort_values(kind="stable").index
        kept: pd.DataFrame = found.loc[order][told.loc[order]]
        return kept.reset_index(drop=True)

    @staticmethod
    def capital(rows: pd.DataFrame, own_items: Collection[str]) -> pd.Series:
        """Which rows are what the project's own items cost to build and to keep."""
        found: pd.Series = rows["term"].isin(CAPITAL) & rows["item"].isin(list(own_items))
        return found


def entries(account: Account) -> pd.Series:
    """An account's expected amounts, indexed by ``KEYS``."""
    frame, time = account.frame, account.book.time
    if not len(frame):
        nothing = pd.MultiIndex.from_arrays([[] for _ in KEYS], names=list(KEYS))
        return pd.Series([], index=nothing, dtype=float)
    chance = dict(zip(time.blocks, time.block_probability, strict=True))
    weights = [chance[pair] for pair in zip(frame["year"], frame["scenario"], strict=True)]
    weighed = frame.assign(value=frame["value"] * np.array(weights, dtype=float))
    return weighed.groupby(list(KEYS), sort=False)["value"].sum()


def change(before: pd.Series, after: pd.Series, account: Account) -> Change:
    """What is different after; ``account`` is either's, for its years and scopes."""
    values = after.sub(before, fill_value=0.0)
    values = values[values != 0]
    scopes = tuple(int(s) for s in account.book.park.settings.scopes)
    return Change(values.rename("value").reset_index(), scopes, account.book.time.years)


def places(book: Book) -> pd.DataFrame:
    """Where every thing stands that may be built: item, site, other (a link's sending site)."""
    from circularpark.account.capital import all_things

    pieces = []
    for things in all_things(book):
        other: Texts = np.full(len(things.item), "", dtype=object)
        if things.table == "links":
            other = book.text("links", "from")
        pieces.append(pd.DataFrame({"item": things.item, "site": things.site, "other": other}))
    return pd.concat(pieces, ignore_index=True).drop_duplicates("item").set_index("item")


def partners(book: Book, items: Collection[str]) -> list[str]:
    """The companies where a project's things stand, senders first."""
    where = places(book).reindex(list(items))
    sites = [*where["other"].dropna(), *where["site"].dropna()]
    named = [str(c) for c in book.companies(np.array(sites, dtype=object)) if c]
    return list(dict.fromkeys(named))


def owners(book: Book, items: Collection[str]) -> pd.Series:
    """The company that each item's costs stand with, indexed by item."""
    site = places(book).reindex(list(items))["site"].fillna("")
    return pd.Series(book.companies(site.to_numpy(dtype=object)), index=list(items))


def sent(book: Book) -> pd.Series:
    """What every link carries in the last planning year, expected, both ways, by link."""
    time = book.time
    last = time.block_year == len(time.years) - 1
    weight = np.where(last, time.block_probability, 0.0)
    pieces = [
        pd.Series(book.amounts(name) @ weight, index=texts(book.quantity(name).index, "link"))
        for name in ("link_flow", "link_flow_back")
    ]
    both = pd.concat(pieces)
    return both.groupby(level=0).sum() if len(both) else pd.Series(dtype=float)


def traded(book: Book, amounts: pd.Series) -> pd.DataFrame:
    """What links carry between companies.

    Parameters
    ----------
    amounts : units a year by link

    Returns
    -------
    DataFrame : link, commodity, giver, taker (companies), from, to (sites), amount, arriving
    (share), moving (money per unit sent), contract (price per unit, or nan)
    """
    ids = book.text("links", "id")
    rows = np.flatnonzero(np.isin(ids, amounts.index.to_numpy(dtype=object)))
    start, end = book.text("links", "from")[rows], book.text("links", "to")[rows]
    price = book.number("links", "price", np.nan)[rows, -1]
    km = book.number("links", "km", 0.0)[rows, -1]
    found = pd.DataFrame(
        {
            "link": ids[rows],
            "commodity": book.text("links", "commodity")[rows],
            "giver": book.companies(start),
            "taker": book.companies(end),
            "from": start,
            "to": end,
            "amount": amounts.reindex(ids[rows]).to_numpy(dtype=float),
            "arriving": 1.0 - book.number("links", "loss", 0.0)[rows, -1],
            "moving": book.number("links", "cost_per_km", 0.0)[rows, -1] * km,
            "contract": np.where(price == 0, np.nan, price),
        }
    )
    return found[found["giver"] != found["taker"]].reset_index(drop=True)


def worth_at_ends(moved: pd.DataFrame, worth: pd.DataFrame) -> pd.DataFrame:
    """The links with what a unit is worth at both ends: worth_from, worth_to (nan if unknown).

    worth : site, commodity, price: shadow prices in money
    """
    keys = zip(worth["site"], worth["commodity"], strict=True)
    value = dict(zip(keys, worth["price"], strict=True))

    def at(end: str) -> list[float]:
        return [value.get(k, np.nan) for k in zip(moved[end], moved["commodity"], strict=True)]

    return moved.assign(worth_from=at("from"), worth_to=at("to"))


def link_prices(moved: pd.DataFrame, more: pd.Series, worth: pd.DataFrame) -> pd.DataFrame:
    """Between which prices both ends of a project's links gain.

    Where the project's links join one pair of companies with one commodity, the least price is
    what the giver's yearly cost rises by the project, and the highest what the taker's falls,
    building included, both per unit sent. Where several pairs trade, what belongs to which link
    is not known: there it is what a unit is worth at both ends, loss and moving taken off.

    Parameters
    ----------
    moved : from ``traded``; more : what the project costs each company more a year
    worth : site, commodity, price: shadow prices in money

    Returns
    -------
    DataFrame : the columns of ``moved``, worth_from, worth_to (at both ends), low, high, basis
    ("account", "shadow" or ""), price (contract, else the middle of the range where both gain)
    """
    found = worth_at_ends(moved, worth)
    low, high, basis = found["worth_from"], found["worth_to"] * found["arriving"], "shadow"
    high = high - found["moving"]
    pairs = found[["giver", "taker", "commodity"]].drop_duplicates()
    amount = float(found["amount"].sum())
    if len(pairs) == 1 and amount > 0:
        giver, taker = pairs["giver"].iloc[0], pairs["taker"].iloc[0]
        low = pd.Series(float(more.get(giver, 0.0)) / amount, index=found.index)
        high, basis = pd.Series(-float(more.get(taker, 0.0)) / amount, index=found.index), "account"
    # What the solver's tolerances leave of a price is none.
    low = low.mask(low.abs() <= NOTHING * high.abs(), 0.0)
    told = low.notna() & high.notna()
    middle = ((low + high) / 2).where(told & (high >= low))
    return found.assign(
        low=low,
        high=high,
        basis=np.where(told, basis, ""),
        price=found["contract"].where(found["contract"].notna(), middle),
    )


def payments(links: pd.DataFrame) -> pd.Series:
    """What each company receives for what it sends, at the prices of the links, net."""
    paid = (links["price"] * links["amount"]).fillna(0.0)
    received = paid.groupby(links["giver"]).sum()
    return received.sub(paid.groupby(links["taker"]).sum(), fill_value=0.0)
