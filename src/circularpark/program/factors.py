"""Measures by factor: a factor times the flow of the thing it belongs to.

Fine print of the contract: streams count what is taken, demands what is met, markets their
exchange, links what is sent, processes their activity, storages their discharge; commodities
act only through recipe rows with ``emits``, an output taking back what an input gives.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from circularpark.program.data import Data
from circularpark.program.link_terms import link_terms
from circularpark.program.terms import Constant, Linear, Term, Texts
from circularpark.program.time import Floats
from circularpark.program.variables import Variables


def factor_terms(data: Data, var: Variables, name: str) -> Linear:
    """Every factor of the measure ``name`` in the park, as a linear quantity."""
    if name != "co2" and not any((f["measure"] == name).any() for f in data.blocks.factors):
        return Linear()
    found = _factors(data, name)
    terms: list[Term] = []
    constants: list[Constant] = []
    for scope in sorted({int(s) for s in found.index.get_level_values("scope")}):
        for table, add in (
            ("markets", partial(_exchanges, name=name)),
            ("streams", _taken),
            ("processes", _activities),
            ("storages", _discharges),
            ("links", _links),
            ("operations", _throughputs),
        ):
            rows = _rows(found, table, scope)
            if len(rows):
                terms += add(data, var, scope, rows)
        rows = _rows(found, "demands", scope)
        if len(rows):
            more, fixed = _demands(data, var, scope, rows)
            terms += more
            constants += fixed
    terms += _emitted(data, var, name, found)
    if name == "co2":
        terms += _moving(data, var)
    return Linear(tuple(t for t in terms if len(t.position)), tuple(constants))


def _factors(data: Data, name: str) -> pd.DataFrame:
    """The factors of one measure: index (table, item, scope), a column a block."""
    each = []
    for every in data.blocks.factors:
        own = every[every["measure"] == name]
        each.append(own.groupby(["table", "item", "scope"], sort=False)["value"].sum())
    stacked = pd.concat(each, axis=1).fillna(0.0)
    which = data.blocks.which if len(each) > 1 else data.blocks.which[:1]
    return pd.DataFrame(stacked.to_numpy(dtype=float)[:, which], index=stacked.index)


def _rows(found: pd.DataFrame, table: str, scope: int) -> pd.DataFrame:
    index = found.index
    chosen = (index.get_level_values("table") == table) & (index.get_level_values("scope") == scope)
    return found[chosen].droplevel(["table", "scope"])


def _value(data: Data, rows: pd.DataFrame, items: pd.Series | Texts) -> Floats:
    named = pd.Index(np.asarray(items, dtype=object))
    return data.blocks.over_time(rows.reindex(named).to_numpy(dtype=float))


def _of(rows: pd.DataFrame, items: pd.Series | np.ndarray) -> np.ndarray:
    return np.flatnonzero(pd.Index(items).isin(rows.index))


def _exchanges(
    data: Data, var: Variables, scope: int, rows: pd.DataFrame, *, name: str
) -> list[Term]:
    market = data.market
    names = market.exchange["market"]
    chosen = _of(rows, names)
    frame = data.blocks.first.markets.set_index("id").reindex(names[chosen])
    value = _value(data, rows, names[chosen])
    if scope == 1 and name == "co2":
        stored = frame["stored"].to_numpy(dtype=bool)
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
            commodity=frame["commodity"].to_numpy(dtype=object),
        )
    ]


def _taken(data: Data, var: Variables, scope: int, rows: pd.DataFrame) -> list[Term]:
    frame = data.blocks.first.streams
    chosen = _of(rows, frame["id"])
    return [_placed("taken", scope, var.taken, chosen, "streams", frame.iloc[chosen], data, rows)]


def _placed(
    kind: str,
    scope: int,
    variable: object,
    position: np.ndarray,
    table: str,
    frame: pd.DataFrame,
    data: Data,
    rows: pd.DataFrame,
) -> Term:
    return Term(
        kind=kind,
        scope=scope,
        variable=variable,  # type: ignore[arg-type]
        position=position,
        value=_value(data, rows, frame["id"]),
        table=table,
        item=frame["id"].to_numpy(dtype=object),
        site=frame["site"].to_numpy(dtype=object),
        commodity=frame["commodity"].to_numpy(dtype=object),
    )


def _activities(data: Data, var: Variables, scope: int, rows: pd.DataFrame) -> list[Term]:
    names = data.process.index["process"]
    chosen = _of(rows, names)
    frame = data.blocks.first.processes.set_index("id").reindex(names.iloc[chosen])
    frame = (
        frame.reset_index()
        .rename(columns={"process": "id"})
        .assign(commodity=frame["capacity_of"].to_numpy())
    )
    return [_placed("activity", scope, var.activity, chosen, "processes", frame, data, rows)]


def _discharges(data: Data, var: Variables, scope: int, rows: pd.DataFrame) -> list[Term]:
    names = data.storage.index["storage"]
    chosen = _of(rows, names)
    frame = data.blocks.first.storages.set_index("id").reindex(names.iloc[chosen])
    frame = frame.reset_index().rename(columns={"storage": "id"})
    return [_placed("discharge", scope, var.discharge, chosen, "storages", frame, data, rows)]


def _throughputs(data: Data, var: Variables, scope: int, rows: pd.DataFrame) -> list[Term]:
    names = data.operation.key["operation"]
    chosen = _of(rows, names)
    frame = data.blocks.first.operations.drop_duplicates("id").set_index("id")
    frame = frame.reindex(names[chosen]).rename_axis("id").reset_index()
    return [_placed("throughput", scope, var.throughput, chosen, "operations", frame, data, rows)]


def _links(data: Data, var: Variables, scope: int, rows: pd.DataFrame) -> list[Term]:
    value = np.nan_to_num(_value(data, rows, data.link.index["link"]))
    return link_terms(data, var, "sent", scope, value)


def _moving(data: Data, var: Variables) -> list[Term]:
    names = data.link.index["link"]
    kept = data.blocks.links["id"].isin(names).to_numpy()
    per_km = np.nan_to_num(data.blocks.number("links", "co2_per_km", kept))
    value = data.blocks.over_time(per_km * data.blocks.number("links", "km", kept))
    return link_terms(data, var, "moving", 3, value)


def _demands(
    data: Data, var: Variables, scope: int, rows: pd.DataFrame
) -> tuple[list[Term], list[Constant]]:
    frame = data.blocks.first.demands
    chosen = _of(rows, frame["id"])
    wanted = frame.iloc[chosen]
    value = _value(data, rows, wanted["id"])
    rate = value * data.demand.rate[chosen]
    fixed = Constant(
        kind="met",
        scope=scope,
        yearly=data.time.year_total(rate),
        table="demands",
        item=wanted["id"].to_numpy(dtype=object),
        site=wanted["site"].to_numpy(dtype=object),
        commodity=wanted["commodity"].to_numpy(dtype=object),
        rate=rate,
    )
    short = data.demand.short
    among = np.flatnonzero(np.isin(short, chosen))
    missing = frame.iloc[short[among]]
    term = _placed("met", scope, var.unmet, among, "demands", missing, data, rows)
    return [replace(term, value=-term.value)], [fixed]


def _emitted(data: Data, var: Variables, name: str, found: pd.DataFrame) -> list[Term]:
    recipe, blocks = data.recipe, data.blocks
    commodities = blocks.first.commodities
    per_unit = np.zeros((len(commodities), 1))
    if name == "co2":
        per_unit = np.nan_to_num(blocks.number("commodities", "co2"))
    terms: list[Term] = []
    listed = found[found.index.get_level_values("table") == "commodities"].droplevel("table")
    if len(listed):
        more = listed.groupby(level="item").sum().reindex(commodities["id"]).fillna(0.0)
        per_unit = per_unit + more.to_numpy(dtype=float)
    if not np.any(per_unit):
        return terms
    place = pd.Index(commodities["id"]).get_indexer(pd.Index(recipe.index["commodity"]))
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
