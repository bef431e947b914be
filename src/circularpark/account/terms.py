"""What each flow adds to each measure: the contract's fine print, one function a table.

A term says that a row of a flow counts with a coefficient in every block. The same terms
make the yearly account, the rates that limits of single periods judge, and the shares of
companies, so that these cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from circularpark.account.book import Book, Texts, position, texts
from circularpark.account.recipe_rows import RecipeRows
from circularpark.program.time import Floats, Integers

NO_SCOPE = 0
SIGN_OF_PRICE = {"buy": 1.0, "sell": -1.0, "vent": 1.0, "dispose": 1.0}
TERM_OF_PRICE = {"buy": "purchases", "sell": "sales", "vent": "venting", "dispose": "disposal"}


@dataclass(frozen=True)
class Terms:
    """Rows of one flow that count in one measure for one reason.

    row : (n,) rows of the flow; coefficient : (n, B) measure per unit of the flow
    profile : multiplies the coefficient in time; scope : (n,) 1 to 3, or 0 for none
    item, site, commodity : (n,) what it is, who bears it, of what
    far : (n,) the other end of a link, at which limits count it too
    """

    measure: str
    table: str
    term: str
    quantity: str
    row: Integers
    coefficient: Floats
    item: Texts
    site: Texts
    commodity: Texts
    scope: Integers
    profile: str = ""
    far: Texts | None = None

    def chosen(self, keep: NDArray[np.bool_]) -> Terms:
        """Only the entries to keep, (n,) of bool."""
        return replace(
            self,
            row=self.row[keep],
            coefficient=self.coefficient[keep],
            item=self.item[keep],
            site=self.site[keep],
            commodity=self.commodity[keep],
            scope=self.scope[keep],
            far=None if self.far is None else self.far[keep],
        )


def _split(terms: Terms, profiles: Texts) -> Iterator[Terms]:
    """The terms apart by profile, without those that count nothing."""
    active = (terms.coefficient != 0).any(axis=1)
    for name in dict.fromkeys(profiles[active]):
        part = terms.chosen(active & (profiles == name))
        yield replace(part, profile=str(name))


def _plain(count: int, scope: int = NO_SCOPE) -> Integers:
    return np.full(count, scope, dtype=np.int64)


def market_terms(book: Book) -> Iterator[Terms]:
    """Money of purchases, sales, vents, disposal and peaks; energy, coal, water, waste."""
    index = book.quantity("exchange").key
    market = book.find("markets", texts(index, "market"))
    row = np.flatnonzero(market >= 0)
    market = market[row]
    direction = book.text("markets", "direction")[market]
    item, site = texts(index, "market")[row], texts(index, "site")[row]
    commodity = book.text("markets", "commodity")[market]
    price = book.number("markets", "price", 0.0)[market]
    profile = book.text("markets", "profile")[market]
    kind = book.find("commodities", commodity)
    blank = np.full(len(row), "", dtype=object)

    def of(
        measure: str, term: str, way: str, coefficient: Floats, shape: Texts = blank
    ) -> Iterator[Terms]:
        keep = direction == way
        terms = Terms(
            measure, "markets", term, "exchange", row, coefficient, item, site, commodity,
            _plain(len(row)),
        )  # fmt: skip
        yield from _split(terms.chosen(keep), shape[keep])

    for way, sign in SIGN_OF_PRICE.items():
        yield from of("cost", TERM_OF_PRICE[way], way, sign * price, profile)
    energy = book.number("commodities", "kgce", 0.0)[kind] / 1000.0
    yield from of("energy", "bought", "buy", energy)
    yield from of("energy", "sold", "sell", -energy)
    tonnes = book.number("commodities", "tonnes", 0.0)[kind]
    counts = book.text("commodities", "counts_as")[kind]
    for marked in ("coal", "water"):
        yield from of(marked, "bought", "buy", tonnes * (counts == marked)[:, None])
    yield from of("waste", "disposed", "dispose", tonnes)
    yield from peak_terms(book)


def peak_terms(book: Book) -> Iterator[Terms]:
    """Charges on the largest draw of each month."""
    index = book.quantity("peak").key
    market = book.find("markets", texts(index, "market"))
    row = np.flatnonzero(market >= 0)
    terms = Terms(
        "cost",
        "markets",
        "peak",
        "peak",
        row,
        book.number("markets", "peak_price", 0.0)[market[row]],
        texts(index, "market")[row],
        texts(index, "site")[row],
        book.text("markets", "commodity")[market[row]],
        _plain(len(row)),
    )
    yield from _split(terms, np.full(len(row), "", dtype=object))


def process_terms(book: Book) -> Iterator[Terms]:
    """Variable cost of running."""
    running = book.number("processes", "var_om", 0.0)
    yield from of_table(book, "cost", "var_om", "processes", running)


def unmet_terms(book: Book) -> Iterator[Terms]:
    """What unmet demand costs, and how much of it there is."""
    cost = book.number("demands", "unmet_cost", np.nan)
    item, site = book.text("demands", "id"), book.text("demands", "site")
    commodity = book.text("demands", "commodity")
    row = position(texts(book.quantity("unmet").key, "demand"), item)
    keep = row >= 0
    for measure, coefficient in (("cost", np.nan_to_num(cost)), ("unmet", np.ones_like(cost))):
        whole = Terms(
            measure, "demands", "unmet", "unmet", row, coefficient, item, site, commodity,
            _plain(len(row)),
        )  # fmt: skip
        yield whole.chosen(keep)


def link_terms(book: Book) -> Iterator[Terms]:
    """Moving costs and emissions, paid by the receiver; prices between companies net out."""
    km = book.number("links", "km", 0.0)
    moving = book.number("links", "cost_per_km", 0.0) * km
    carbon = book.number("links", "co2_per_km", 0.0) * km
    price = book.number("links", "price", 0.0)
    for quantity, sender, receiver in sent_ways(book):
        yield from of_links(book, "cost", "moving", quantity, receiver, moving, NO_SCOPE)
        yield from of_links(book, "co2", "moving", quantity, receiver, carbon, 3)
        yield from of_links(book, "cost", "transfer", quantity, receiver, price, NO_SCOPE)
        yield from of_links(book, "cost", "transfer", quantity, sender, -price, NO_SCOPE)


def sent_ways(book: Book) -> tuple[tuple[str, Texts, Texts], ...]:
    """Both directions of links: the flow, the sites that send, the sites that receive."""
    start, end = book.text("links", "from"), book.text("links", "to")
    return ("link_flow", start, end), ("link_flow_back", end, start)


def of_links(
    book: Book,
    measure: str,
    term: str,
    quantity: str,
    site: Texts,
    coefficient: Floats,
    scope: int,
) -> Iterator[Terms]:
    ids = book.text("links", "id")
    row = position(texts(book.quantity(quantity).key, "link"), ids)
    keep = (row >= 0) & (coefficient != 0).any(axis=1)
    commodity = book.text("links", "commodity")
    whole = Terms(
        measure, "links", term, quantity, row, coefficient, ids, site, commodity,
        _plain(len(ids), scope), far=_far_end(book, site),
    )  # fmt: skip
    yield whole.chosen(keep)


def _far_end(book: Book, near: Texts) -> Texts:
    start, end = book.text("links", "from"), book.text("links", "to")
    return np.where(start == near, end, start)


def emission_terms(book: Book, recipes: RecipeRows) -> Iterator[Terms]:
    """Carbon that leaves as CO2 at recipe rows with ``emits``; an output takes it back."""
    kind = book.find("commodities", recipes.commodity)
    carbon = np.where((kind >= 0)[:, None], book.number("commodities", "co2", 0.0)[kind], 0.0)
    yield from emitted(book, recipes, "co2", carbon, _plain(len(kind), 1))


def emitted(
    book: Book, recipes: RecipeRows, measure: str, per_unit: Floats, scope: Integers
) -> Iterator[Terms]:
    """Terms of a commodity's own factor, (L, B), at the recipe rows that emit."""
    emits = book.flag("recipes", "emits")[recipes.recipe] & (recipes.flow >= 0)
    coefficient = -recipes.per_flow() * per_unit
    item = book.text("processes", "id")[recipes.process]
    for grouped in (False, True):
        keep = emits & (recipes.grouped == grouped)
        whole = Terms(
            measure, "processes", "emitted", recipes.quantity(grouped), recipes.flow, coefficient,
            item, recipes.site, recipes.commodity, scope,
        )  # fmt: skip
        yield from _split(whole.chosen(keep), recipes.drawn_profile()[keep])


@dataclass(frozen=True)
class Owner:
    """How the things of a table act: the flow of each, and the flow's key."""

    quantity: str
    key: str


OWNERS = {
    "streams": Owner("taken", "stream"),
    "demands": Owner("met", "demand"),
    "operations": Owner("throughput", "operation"),
    "markets": Owner("exchange", "market"),
    "processes": Owner("activity", "process"),
    "storages": Owner("discharge", "storage"),
}


def of_table(
    book: Book,
    measure: str,
    term: str,
    table: str,
    coefficient: Floats,
    scope: Integers | None = None,
) -> Iterator[Terms]:
    """Terms of a table's things, coefficient (E, B), each on its own flow."""
    owner = OWNERS[table]
    index = book.quantity(owner.quantity).key
    item = texts(index, owner.key)
    thing = book.find(table, item)
    row = np.flatnonzero(thing >= 0)
    thing = thing[row]
    site = texts(index, "site") if table == "markets" else book.text(table, "site")[thing]
    commodity = book.text(table, "capacity_of" if table == "processes" else "commodity")[thing]
    scopes = _plain(len(row)) if scope is None else scope[thing]
    whole = Terms(
        measure, table, term, owner.quantity, row, coefficient[thing], item[row],
        site[row] if table == "markets" else site, commodity, scopes,
    )  # fmt: skip
    yield whole.chosen((whole.coefficient != 0).any(axis=1))
