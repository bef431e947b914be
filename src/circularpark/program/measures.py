"""Measures: co2, cost, capex, energy, coal, water, waste, land and all from factors.

Each is a linear quantity of the plan's columns (section 2 and 5 of the contract).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from circularpark.park.columns import or_else
from circularpark.program.collect import MARKET_SIGN
from circularpark.program.constraints.capacity import lives
from circularpark.program.data import Data
from circularpark.program.factors import factor_terms
from circularpark.program.link_terms import link_terms
from circularpark.program.terms import Constant, Linear, Term, Texts
from circularpark.program.time import Floats, Integers, annuity
from circularpark.program.variables import Variables


def measure(data: Data, var: Variables, name: str) -> Linear:
    """The measure ``name`` in the scopes that the park counts."""
    terms: list[Term] = []
    constants: list[Constant] = []
    own = BUILT_IN.get(name)
    if own is not None:
        found = own(data, var)
        terms, constants = list(found.terms), list(found.constants)
    factors = factor_terms(data, var, name)
    whole = Linear((*terms, *factors.terms), (*constants, *factors.constants))
    return whole.within(data.park.settings.scopes) if name == "co2" else whole


def _market_term(data: Data, var: Variables, kind: str, chosen: Integers, value: Floats) -> Term:
    market = data.market
    of = market.exchange_market[chosen]
    return Term(
        kind=kind,
        scope=0,
        variable=var.exchange,
        position=chosen,
        value=value,
        table="markets",
        item=market.key["market"][of],
        site=market.exchange["site"][chosen],
        commodity=market.key["commodity"][of],
    )


def _directed(data: Data, *directions: str) -> Integers:
    direction = data.market.key["direction"][data.market.exchange_market]
    return np.flatnonzero(np.isin(direction, directions))


def _exchange_commodity(data: Data, chosen: Integers) -> Texts:
    of = data.market.exchange_market[chosen]
    return data.market.key["commodity"][of]


def _energy(data: Data, var: Variables) -> Linear:
    terms = []
    for kind, direction, sign in (("bought", "buy", 1.0), ("sold", "sell", -1.0)):
        chosen = _directed(data, direction)
        blocks = data.blocks
        position = pd.Index(blocks.first.commodities["id"]).get_indexer(
            pd.Index(_exchange_commodity(data, chosen))
        )
        kgce = or_else(blocks.number("commodities", "kgce"), 0.0)[position]
        value = sign * blocks.over_time(kgce) / 1000.0
        terms.append(_market_term(data, var, kind, chosen, value))
    return Linear(tuple(terms))


def _counted(data: Data, var: Variables, what: str) -> Linear:
    chosen = _directed(data, "buy")
    commodity = _exchange_commodity(data, chosen)
    marked = data.blocks.cells("commodities", "counts_as", commodity) == what
    tonnes = data.blocks.cells("commodities", "tonnes", commodity).astype(float)
    chosen, tonnes = chosen[marked], or_else(tonnes[marked], 0.0)
    return Linear((_market_term(data, var, "bought", chosen, tonnes[:, None]),))


def _coal(data: Data, var: Variables) -> Linear:
    return _counted(data, var, "coal")


def _water(data: Data, var: Variables) -> Linear:
    return _counted(data, var, "water")


def _waste(data: Data, var: Variables) -> Linear:
    chosen = _directed(data, "dispose")
    commodity = _exchange_commodity(data, chosen)
    tonnes = data.blocks.cells("commodities", "tonnes", commodity).astype(float)
    return Linear((_market_term(data, var, "disposed", chosen, or_else(tonnes, 0.0)[:, None]),))


KINDS_OF_ITEMS = (
    ("processes", "process"),
    ("storages", "storage"),
    ("links", "link"),
    ("exchangers", "exchanger"),
)


def _item_place(data: Data, chosen: Integers) -> tuple[Texts, Texts, Texts]:
    """Item, site and far site of capacities: a link stands at both ends."""
    blocks = data.blocks
    item = data.item.key["item"]
    near = np.full(len(item), "", dtype=object)
    far = np.full(len(item), "", dtype=object)
    for table, kind in (("processes", "process"), ("storages", "storage")):
        own = data.item.kind == kind
        near[own] = blocks.cells(table, "site", item[own])
    own = data.item.kind == "exchanger"
    near[own] = data.heat.exchange["site"][data.heat.built]
    own = data.item.kind == "link"
    near[own] = blocks.cells("links", "to", item[own])
    far[own] = blocks.cells("links", "from", item[own])
    return item[chosen], near[chosen], far[chosen]


def _built(
    data: Data, var: Variables, kind: str, value: Floats, variable: str = "build"
) -> list[Term]:
    """Terms on build, capacity or open, by kind of item: value (n, Y, Y)."""
    grown = data.item.expandable
    if variable == "open":
        grown = grown[data.item.opened]
    if not len(grown):
        return []
    item, site, far = _item_place(data, grown)
    terms = []
    for table, of in KINDS_OF_ITEMS:
        own = np.flatnonzero(data.item.kind[grown] == of)
        if len(own):
            terms.append(
                Term(
                    kind=kind,
                    scope=0,
                    variable=getattr(var, variable),
                    position=own,
                    value=value[own],
                    table=table,
                    item=item[own],
                    site=site[own],
                    commodity=np.full(len(own), "", dtype=object),
                    other_site=far[own],
                )
            )
    return terms


def _standing(data: Data, kind: str, yearly: Floats) -> list[Constant]:
    """Constants of standing capacity, (I, Y) yearly amounts, by kind of item."""
    constants = []
    by_block_year = yearly[:, data.time.block_year]
    for table, of in KINDS_OF_ITEMS:
        own = np.flatnonzero((data.item.kind == of) & (yearly != 0).any(axis=1))
        if len(own):
            item, site, _ = _item_place(data, own)
            blank = np.full(len(own), "", dtype=object)
            constants.append(Constant(kind, 0, by_block_year[own], table, item, site, blank))
    return constants


def _finite_standing(data: Data) -> Floats:
    return np.where(np.isfinite(data.item.standing), data.item.standing, 0.0)


def _land(data: Data, var: Variables) -> Linear:
    count = len(data.time.years)
    area = data.item.area[data.item.expandable]
    value = area[:, :, None] * np.eye(count)
    terms = _built(data, var, "land", value, variable="capacity")
    standing = _finite_standing(data) * data.item.area
    standing[data.item.expandable] = 0.0
    return Linear(tuple(terms), tuple(_standing(data, "land", standing)))


def _capex(data: Data, var: Variables) -> Linear:
    items, years = data.item, np.eye(len(data.time.years))
    price, fixed = items.capex[items.expandable], items.capex_fixed[items.expandable[items.opened]]
    built = _built(data, var, "built", price[:, None, :] * years)
    return Linear((*built, *_built(data, var, "opened", fixed[:, None, :] * years, "open")))


def _cost(data: Data, var: Variables) -> Linear:
    items, rate = data.item, data.park.settings.discount_rate
    grown = items.expandable
    alive = lives(np.array(data.time.years), items.lifetime[grown])
    yearly = annuity(rate, items.lifetime[grown])
    terms = [
        *_trade(data, var),
        *_built(data, var, "annuity", alive * (items.capex[grown] * yearly)[:, None, :]),
        *_built(
            data, var, "fixed_om", alive * (items.capex[grown] * items.fixed_om[grown])[:, None, :]
        ),
        *_fixed(data, var),
        *_operation(data, var),
    ]
    stands = _finite_standing(data)
    kept = _standing(data, "fixed_om", stands * items.capex * items.fixed_om)
    again = np.where(items.renewal, stands * items.capex * annuity(rate, items.lifetime), 0.0)
    return Linear(tuple(terms), (*kept, *_standing(data, "renewal", again)))


def _fixed(data: Data, var: Variables) -> list[Term]:
    """What is paid once however large the thing is: its annuity and upkeep while it lives."""
    items = data.item
    chosen = items.expandable[items.opened]
    alive = lives(np.array(data.time.years), items.lifetime[chosen])
    yearly = annuity(data.park.settings.discount_rate, items.lifetime[chosen])
    once = items.capex_fixed[chosen]
    return [
        *_built(data, var, "annuity", alive * (once * yearly)[:, None, :], "open"),
        *_built(data, var, "fixed_om", alive * (once * items.fixed_om[chosen])[:, None, :], "open"),
    ]


def _trade(data: Data, var: Variables) -> list[Term]:
    market = data.market
    terms = []
    for direction in MARKET_SIGN:
        chosen = _directed(data, direction)
        price = market.price[market.exchange_market[chosen]]
        if direction == "sell":
            price = -price
        terms.append(_market_term(data, var, TRADE[direction], chosen, price))
    paying = market.peak
    if len(paying):
        term = _market_term(data, var, "peak", paying, np.zeros((len(paying), 1)))
        price = or_else(market.peak_price[market.exchange_market[paying]], 0.0)
        each = np.arange(len(paying))
        terms.append(
            Term("peak", 0, var.peak, each, price, "markets", term.item, term.site, term.commodity)
        )
    return terms


TRADE = {"buy": "purchases", "sell": "sales", "vent": "venting", "dispose": "disposal"}


def _operation(data: Data, var: Variables) -> list[Term]:
    blocks, process = data.blocks, data.process
    name = process.key["process"]
    terms = [
        Term(
            kind="var_om",
            scope=0,
            variable=var.activity,
            position=np.arange(len(name)),
            value=or_else(process.var_om, 0.0),
            table="processes",
            item=name,
            site=blocks.cells("processes", "site", name),
            commodity=blocks.cells("processes", "capacity_of", name),
        )
    ]
    terms += link_terms(data, var, "moving", 0, data.link.moving_cost)
    short = data.demand.short
    if len(short):
        terms.append(
            Term(
                kind="unmet",
                scope=0,
                variable=var.unmet,
                position=np.arange(len(short)),
                value=data.demand.unmet_cost[short],
                table="demands",
                item=blocks.texts("demands", "id")[short],
                site=blocks.texts("demands", "site")[short],
                commodity=blocks.texts("demands", "commodity")[short],
            )
        )
    return terms


BUILT_IN = {
    "energy": _energy,
    "coal": _coal,
    "water": _water,
    "waste": _waste,
    "land": _land,
    "capex": _capex,
    "cost": _cost,
}
