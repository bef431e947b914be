"""Companies: their shares of the park's account, and their own carbon inventories.

Two different tables. *Shares* add up to the park's total: each company bears what stands on
its sites, and of a link what its receiver pays. *Inventories* follow the reporting guides:
what a company emits itself is scope 1, the power, steam and heat that it buys, also from a
neighbour, is its scope 2. Summed up they count a neighbour's steam twice, at the boiler and
at its user, so the park's total needs an elimination.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from circularpark.account.book import Book, numbers, texts
from circularpark.account.measures import Account, line_of
from circularpark.account.terms import Terms, sent_ways

PURCHASED_KINDS = ("energy", "heat")


def shares(account: Account, measure: str) -> pd.DataFrame:
    """Each company's share of a measure: year, company, value; they add up to the park's total."""
    return account.by_company(measure)


def inventory(account: Account, factors: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Each company's own carbon inventory.

    Parameters
    ----------
    account : the account of the plan
    factors : t CO2 per unit of a carrier bought from a neighbour; by default the factor that
        the park's own market of the same carrier counts as scope 2. A carrier with neither
        counts nothing and is listed by ``without_factor``.

    Returns
    -------
    DataFrame : year, company, scope (1, 2 or 3), kind ("own", "from neighbours"), value [t].
    """
    known = {**market_factors(account.book), **(factors or {})}
    own = account.expected(account.frame[account.frame["measure"] == "co2"])
    own = own.assign(kind="own")
    bought = account.expected(_from_neighbours(account, known)).assign(kind="from neighbours")
    both = pd.concat([own, bought], ignore_index=True)
    keys = ["year", "company", "scope", "kind"]
    return both.groupby(keys, sort=True)["value"].sum().reset_index()


def elimination(account: Account, factors: Mapping[str, float] | None = None) -> pd.DataFrame:
    """From the sum of inventories to the park's own amount, by year, in all three scopes.

    Returns
    -------
    DataFrame : year, inventories (their sum), eliminated (counted at giver and taker), park [t].
    """
    table = inventory(account, factors)
    total = table.groupby("year")["value"].sum()
    twice = table[table["kind"] == "from neighbours"].groupby("year")["value"].sum()
    eliminated = twice.reindex(total.index, fill_value=0.0)
    found = {"inventories": total, "eliminated": eliminated, "park": total - eliminated}
    return pd.DataFrame(found).reset_index()


def without_factor(account: Account, factors: Mapping[str, float] | None = None) -> list[str]:
    """Carriers that neighbours sell each other and nobody gave a purchase factor for."""
    known = {**market_factors(account.book), **(factors or {})}
    carriers = [t.commodity for t in _moved(account.book)]
    traded = np.concatenate(carriers) if carriers else np.array([], dtype=object)
    return sorted({str(c) for c in traded} - set(known))


def market_factors(book: Book) -> dict[str, float]:
    """The scope-2 factor of each carrier's market, the mean where several markets sell it."""
    frame = book.parts[0].tables.factors
    if not len(frame):
        return {}
    scope = numbers(frame, "scope", 0.0)
    chosen = (texts(frame, "table") == "markets") & (texts(frame, "measure") == "co2")
    rows = frame[chosen & (scope == 2)]
    market = book.find("markets", texts(rows, "item"))
    commodity = book.text("markets", "commodity")[market]
    values = pd.Series(rows["value"].to_numpy(dtype=float), index=commodity)
    return {str(name): float(value) for name, value in values.groupby(level=0).mean().items()}


def _moved(book: Book) -> list[Terms]:
    """What links bring of power, steam and heat from one company to another."""
    kind = book.text("commodities", "kind")
    ids, commodity = book.text("links", "id"), book.text("links", "commodity")
    energy = np.isin(kind[book.find("commodities", commodity)], PURCHASED_KINDS)
    arriving = 1.0 - book.number("links", "loss", 0.0)
    found = []
    for quantity, sender, receiver in sent_ways(book):
        row = pd.Index(texts(book.quantity(quantity).index, "link")).get_indexer(pd.Index(ids))
        apart = book.companies(sender) != book.companies(receiver)
        keep = (row >= 0) & energy & apart
        scope = np.full(len(ids), 2, dtype=np.int64)
        whole = Terms(
            "co2", "links", "from neighbours", quantity, row, arriving, ids, receiver, commodity,
            scope,
        )  # fmt: skip
        found.append(whole.chosen(keep))
    return [term for term in found if len(term.row)]


def _from_neighbours(account: Account, factors: Mapping[str, float]) -> pd.DataFrame:
    book = account.book
    blocks = book.time.blocks
    pieces = []
    for term in _moved(book):
        line = line_of(book, term)
        per_unit = np.array([factors.get(str(c), 0.0) for c in term.commodity])
        entry, block = np.nonzero(line.value * per_unit[:, None])
        pieces.append(
            pd.DataFrame(
                {
                    "year": np.array([y for y, _ in blocks], dtype=np.int64)[block],
                    "scenario": np.array([s for _, s in blocks], dtype=object)[block],
                    "company": book.companies(line.site)[entry],
                    "scope": term.scope[entry],
                    "value": (line.value * per_unit[:, None])[entry, block],
                }
            )
        )
    columns = ["year", "scenario", "company", "scope", "value"]
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)
