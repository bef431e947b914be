"""Measures by factor: a factor times the flow of the thing it belongs to.

Fine print of the contract: streams count what is taken, demands what is met, markets their
exchange, links what is sent, processes their activity, storages their discharge; commodities
act only through recipe rows with ``emits``, an output taking back what an input gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from circularpark.park.keys import coded
from circularpark.program.data import Data
from circularpark.program.link_terms import link_terms
from circularpark.program.terms import Constant, Linear, Term, Texts
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variable, Variables

_COLUMNS = ["table", "item", "scope", "value"]


@dataclass(frozen=True)
class Factors:
    """The factors of one measure on one table in one scope: items (K), value (K, 1 or B)."""

    items: pd.Index
    value: Floats

    def on(self, names: Texts) -> Integers:
        """Positions of the names that have a factor."""
        return np.flatnonzero(self._row(names) >= 0)

    def blocks(self, names: Texts) -> Floats:
        """The factors of these names, (n, 1 or B); nothing for those that have none."""
        row = self._row(names)
        return np.where((row >= 0)[:, None], self.value[row], 0.0)

    def _row(self, names: Texts) -> Integers:
        return np.asarray(self.items.get_indexer(pd.Index(names)), dtype=np.int64)


# By table and scope.
Found = Mapping[tuple[str, int], Factors]


def factor_terms(data: Data, var: Variables, name: str) -> Linear:
    """Every factor of the measure ``name`` in the park, as a linear quantity."""
    found = _factors(data, name)
    if name != "co2" and not found:
        return Linear()
    terms: list[Term] = []
    constants: list[Constant] = []
    for scope in sorted({scope for _, scope in found}):
        for table, add in (
            ("markets", partial(_exchanges, name=name)),
            ("streams", _taken),
            ("processes", _activities),
            ("storages", _discharges),
            ("links", _links),
            ("operations", _throughputs),
        ):
            if (table, scope) in found:
                terms += add(data, var, scope, found[table, scope])
        if ("demands", scope) in found:
            more, fixed = _demands(data, var, scope, found["demands", scope])
            terms += more
            constants += fixed
    terms += _emitted(data, var, name, found)
    if name == "co2":
        terms += _moving(data, var)
    return Linear(tuple(t for t in terms if len(t.position)), tuple(constants))


def _factors(data: Data, name: str) -> Found:
    """The factors of one measure, apart by table and scope."""
    rows = [
        {column: every[column].to_numpy()[own] for column in _COLUMNS}
        for every in data.blocks.factors
        for own in [np.flatnonzero(every["measure"].to_numpy() == name)]
    ]
    state = np.repeat(np.arange(len(rows)), [len(part["item"]) for part in rows])
    if not len(state):
        return {}
    table, item, scope, value = (np.concatenate([part[c] for part in rows]) for c in _COLUMNS)
    which = data.blocks.which if len(rows) > 1 else data.blocks.which[:1]
    found = {}
    keys, number = coded(zip(table.tolist(), scope.tolist(), strict=True))
    for key, own in keys.items():
        mine = number == own
        code, items = pd.factorize(item[mine])
        values = np.zeros((len(items), len(rows)))
        np.add.at(values, (code, state[mine]), np.nan_to_num(value[mine].astype(float)))
        found[cast(tuple[str, int], key)] = Factors(pd.Index(items), values[:, which])
    return found


def _exchanges(
    data: Data, var: Variables, scope: int, factors: Factors, *, name: str
) -> list[Term]:
    market, blocks = data.market, data.blocks
    names = market.exchange["market"]
    chosen = factors.on(names)
    value = blocks.over_time(factors.blocks(names[chosen]))
    if scope == 1 and name == "co2":
        stored = blocks.cells("markets", "stored", names[chosen]).astype(bool)
        value = np.where(stored[:, None], 0.0, value)
    return [
        Term(
            kind="exchange",
            scope=scope,
            variable=var.exchange,
            position=chosen,
            value=value,
            table="markets",
            item=names[chosen],
            site=market.exchange["site"][chosen],
            commodity=blocks.cells("markets", "commodity", names[chosen]),
        )
    ]


def _placed(
    kind: str,
    scope: int,
    variable: Variable,
    position: Integers,
    table: str,
    items: Texts,
    data: Data,
    factors: Factors,
    carries: str = "commodity",
) -> Term:
    """What the things' own factors say of their flow; ``carries`` names what it is of."""
    return Term(
        kind=kind,
        scope=scope,
        variable=variable,
        position=position,
        value=data.blocks.over_time(factors.blocks(items)),
        table=table,
        item=items,
        site=data.blocks.cells(table, "site", items),
        commodity=data.blocks.cells(table, carries, items),
    )


def _taken(data: Data, var: Variables, scope: int, factors: Factors) -> list[Term]:
    names = data.blocks.texts("streams", "id")
    chosen = factors.on(names)
    return [_placed("taken", scope, var.taken, chosen, "streams", names[chosen], data, factors)]


def _activities(data: Data, var: Variables, scope: int, factors: Factors) -> list[Term]:
    names = data.process.key["process"]
    chosen = factors.on(names)
    own = (chosen, "processes", names[chosen], data, factors, "capacity_of")
    return [_placed("activity", scope, var.activity, *own)]


def _discharges(data: Data, var: Variables, scope: int, factors: Factors) -> list[Term]:
    names = data.storage.key["storage"]
    chosen = factors.on(names)
    own = (chosen, "storages", names[chosen], data, factors)
    return [_placed("discharge", scope, var.discharge, *own)]


def _throughputs(data: Data, var: Variables, scope: int, factors: Factors) -> list[Term]:
    names = data.operation.key["operation"]
    chosen = factors.on(names)
    own = (chosen, "operations", names[chosen], data, factors)
    return [_placed("throughput", scope, var.throughput, *own)]


def _links(data: Data, var: Variables, scope: int, factors: Factors) -> list[Term]:
    value = data.blocks.over_time(factors.blocks(data.link.key["link"]))
    return link_terms(data, var, "sent", scope, value)


def _moving(data: Data, var: Variables) -> list[Term]:
    names = data.link.key["link"]
    kept = pd.Index(data.blocks.texts("links", "id")).isin(names)
    per_km = np.nan_to_num(data.blocks.number("links", "co2_per_km", kept))
    value = data.blocks.over_time(per_km * data.blocks.number("links", "km", kept))
    return link_terms(data, var, "moving", 3, value)


def _demands(
    data: Data, var: Variables, scope: int, factors: Factors
) -> tuple[list[Term], list[Constant]]:
    names, blocks = data.blocks.texts("demands", "id"), data.blocks
    chosen = factors.on(names)
    wanted = names[chosen]
    rate = blocks.over_time(factors.blocks(wanted)) * data.demand.rate[chosen]
    fixed = Constant(
        kind="met",
        scope=scope,
        yearly=data.time.year_total(rate),
        table="demands",
        item=wanted,
        site=blocks.cells("demands", "site", wanted),
        commodity=blocks.cells("demands", "commodity", wanted),
        rate=rate,
    )
    short = data.demand.short
    among = np.flatnonzero(np.isin(short, chosen))
    term = _placed("met", scope, var.unmet, among, "demands", names[short[among]], data, factors)
    return [replace(term, value=-term.value)], [fixed]


def _emitted(data: Data, var: Variables, name: str, found: Found) -> list[Term]:
    recipe, blocks = data.recipe, data.blocks
    commodities = blocks.texts("commodities", "id")
    per_unit = np.zeros((len(commodities), 1))
    if name == "co2":
        per_unit = np.nan_to_num(blocks.number("commodities", "co2"))
    terms: list[Term] = []
    for (table, _), factors in found.items():
        if table == "commodities":
            per_unit = per_unit + factors.blocks(commodities)
    if not np.any(per_unit):
        return terms
    place = pd.Index(commodities).get_indexer(pd.Index(recipe.key["commodity"]))
    for variable, own in ((var.activity, recipe.share < 0), (var.share_flow, recipe.share >= 0)):
        rows = np.flatnonzero(recipe.emits & own & (per_unit[place] != 0).any(axis=1))
        if not len(rows):
            continue
        share = variable is var.share_flow
        # An input leaves with its carbon, an output takes it along: the flow's sign turned round.
        flow = -np.sign(recipe.rate[rows]) if share else -recipe.rate[rows]
        terms.append(
            Term(
                kind="emitted",
                scope=1,
                variable=variable,
                position=(recipe.share if share else recipe.process)[rows],
                value=flow * blocks.over_time(per_unit[place[rows]]),
                table="processes",
                item=recipe.key["process"][rows],
                site=recipe.key["site"][rows],
                commodity=recipe.key["commodity"][rows],
            )
        )
    return terms
