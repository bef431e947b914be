"""Where a number comes from: the seven hops of one item."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.errors import Finding, ParkDataError
from circularpark.program.time import Floats
from circularpark.program.variables import Variable
from circularpark.solve.explain_quality import quality_lines
from circularpark.solve.naming import per_hour
from circularpark.solve.sensitivity import column_reduced_costs, stage_unit
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

TABLES = {
    "streams": ("taken", "stream"),
    "demands": ("unmet", "demand"),
    "processes": ("activity", "process"),
    "storages": ("level", "storage"),
    "markets": ("exchange", "market"),
    "links": ("link_flow", "link"),
    "operations": ("throughput", "operation"),
}
Hop = tuple[str, list[str]]
MOST_SHOWN = 6


def explain_item(plan: Plan, item: str, lang: Language) -> list[Hop]:
    """The seven hops of ``item`` from its file to the map: (key of the title, lines).

    Raises
    ------
    ParkDataError : no table has an item of that id.
    """
    table = find_table(plan, item)
    hops = [
        ("solve.hop.file", _file(plan, table, item, lang)),
        ("solve.hop.table", _row(plan, table, item)),
        ("solve.hop.links", _links(plan, table, item, lang)),
        ("solve.hop.columns", _columns(plan, table, item, lang)),
        ("solve.hop.solver", _values(plan, table, item, lang)),
        ("solve.hop.plan", _amounts(plan, table, item, lang)),
        ("solve.hop.map", _arrows(plan, table, item, lang)),
    ]
    quality = quality_lines(plan, item, lang)
    if quality:
        hops.append(("solve.hop.quality", quality))
    return hops


def find_table(plan: Plan, item: str) -> str:
    """The table whose row ``item`` is."""
    data = plan.problem.data
    known: list[str] = []
    for table in TABLES:
        frame = data.blocks.links if table == "links" else getattr(data.blocks.first, table)
        names = frame["id"].astype(str)
        if (names == item).any():
            return table
        known += list(names)
    close = difflib.get_close_matches(item, known, n=1)
    code = "solve.no_item_meant" if close else "solve.no_item"
    values = {"meant": close[0] if close else ""}
    raise ParkDataError([Finding(code, value=item, values=values)], plan.park.id)


def _frame(plan: Plan, table: str) -> pd.DataFrame:
    blocks = plan.problem.data.blocks
    return blocks.links if table == "links" else getattr(blocks.first, table)


def _file(plan: Plan, table: str, item: str, lang: Language) -> list[str]:
    raw = plan.park.raw[table]
    own = raw[raw["id"].astype(str) == item.split("@")[0]] if "id" in raw else raw.iloc[:0]
    exact = raw[raw["id"].astype(str) == item] if "id" in raw else own
    own = exact if len(exact) else own
    if not len(own):
        return [say("solve.hop.generated", lang)]
    first = own.iloc[0]
    return [say("solve.hop.place", lang, file=first["_file"], row=int(first["_row"]))]


def _row(plan: Plan, table: str, item: str) -> list[str]:
    frame = _frame(plan, table)
    row = frame[frame["id"] == item].iloc[0]
    cells = []
    for name, value in row.items():
        blank = value is None or value == "" or (isinstance(value, float) and np.isnan(value))
        if not blank and not str(name).startswith("_"):
            shown = f"{value:.6g}" if isinstance(value, float) else str(value)
            cells.append(f"{name} = {shown}")
    return ["; ".join(cells)]


def _site_and_good(plan: Plan, table: str, item: str) -> tuple[str, str]:
    frame = _frame(plan, table)
    # An operation has a row for each property, all of one site and commodity.
    row = frame[frame["id"] == item].iloc[0]
    good = row["capacity_of"] if table == "processes" else row["commodity"]
    return str(row["from"] if table == "links" else row["site"]), str(good)


def _links(plan: Plan, table: str, item: str, lang: Language) -> list[str]:
    links = plan.problem.data.blocks.links
    site, good = _site_and_good(plan, table, item)
    if table == "links":
        own = links[links["id"] == item]
    else:
        own = links[
            (links["commodity"] == good) & ((links["from"] == site) | (links["to"] == site))
        ]
    if not len(own):
        return [say("solve.hop.no_links", lang)]
    lines = [
        say(
            "solve.hop.link",
            lang,
            id=row["id"],
            start=row["from"],
            end=row["to"],
            transport=row["transport"],
            km=f"{row['km']:.3g}",
            loss=f"{100 * row['loss']:.3g}",
        )
        for _, row in own.head(MOST_SHOWN).iterrows()
    ]
    return lines + _more(len(own), lang)


def _more(count: int, lang: Language) -> list[str]:
    return [say("solve.hop.more", lang, count=count - MOST_SHOWN)] if count > MOST_SHOWN else []


def _entities(plan: Plan, table: str, item: str) -> tuple[Variable, np.ndarray]:
    name, key = TABLES[table]
    variable: Variable = getattr(plan.problem.var, name)
    return variable, np.flatnonzero((variable.index[key] == item).to_numpy())


def _columns(plan: Plan, table: str, item: str, lang: Language) -> list[str]:
    variable, own = _entities(plan, table, item)
    if not len(own):
        return [say("solve.hop.no_columns", lang)]
    lines = []
    matrix = plan.problem.matrix
    rows = np.array(list(plan.problem.row_names()), dtype=object)
    for entity in own[:MOST_SHOWN]:
        column = variable.start + int(entity) * variable.width
        named = list(variable.names())[int(entity) * variable.width]
        lines.append(say("solve.hop.column", lang, name=named, column=column, width=variable.width))
        used = matrix.indices[matrix.indptr[column] : matrix.indptr[column + 1]]
        lines += [f"   {rows[r]}" for r in used[:MOST_SHOWN]]
    return lines


def _values(plan: Plan, table: str, item: str, lang: Language) -> list[str]:
    variable, own = _entities(plan, table, item)
    if not len(own):
        return [say("solve.hop.no_columns", lang)]
    reduced = column_reduced_costs(plan.problem, plan)
    unit = stage_unit(plan, len(plan.problem.objectives) - 1)
    lines = []
    for entity in own[:MOST_SHOWN]:
        start = variable.start + int(entity) * variable.width
        step = _fullest(plan.optimum.x[start : start + variable.width])
        lines.append(
            say(
                "solve.hop.value",
                lang,
                name=list(variable.names())[int(entity) * variable.width + step],
                value=f"{plan.optimum.x[start + step]:.6g}",
                reduced=f"{reduced[start + step]:.4g} {unit}",
            )
        )
    return lines


def _fullest(values: Floats) -> int:
    return int(np.argmax(values))


def _amounts(plan: Plan, table: str, item: str, lang: Language) -> list[str]:
    name, key = TABLES[table]
    quantity = plan.flows[name]
    own = (quantity.index[key] == item).to_numpy()
    _, good = _site_and_good(plan, table, item)
    goods = plan.problem.data.blocks.first.commodities.set_index("id")
    unit = str(goods["unit"].get(good, ""))
    time = plan.problem.data.time
    yearly = float((quantity.values[own] @ (time.span * time.probability)).sum())
    mean = yearly / float((time.span * time.probability).sum())
    verdict = "solve.hop.checked" if plan.certificate.ok else "solve.hop.unchecked"
    return [
        say(
            "solve.hop.amount",
            lang,
            name=name,
            mean=f"{mean:.6g} {per_hour(unit)}",
            yearly=f"{yearly / len(time.years):.6g} {unit}",
        ),
        say(verdict, lang, error=f"{plan.certificate.primal:.1e}"),
    ]


def _arrows(plan: Plan, table: str, item: str, lang: Language) -> list[str]:
    site, good = _site_and_good(plan, table, item)
    links = plan.problem.data.blocks.links.set_index("id")
    quantity = plan.flows["link_flow"]
    sent = quantity.values.max(axis=1, initial=0.0)
    frame = links.reindex(quantity.index["link"]).assign(sent=sent)
    used = frame[frame["sent"] > 1e-6 * max(float(sent.max(initial=0.0)), 1e-12)]
    if table == "links":
        own = used[used.index == item]
    else:
        own = used[(used["commodity"] == good) & ((used["from"] == site) | (used["to"] == site))]
    if not len(own):
        return [say("solve.hop.no_arrow", lang)]
    goods = plan.problem.data.blocks.first.commodities.set_index("id")
    unit = per_hour(str(goods["unit"].get(good, "")))
    return [
        say(
            "solve.hop.arrow",
            lang,
            start=row["from"],
            end=row["to"],
            amount=f"{row['sent']:.4g} {unit}",
        )
        for _, row in own.head(MOST_SHOWN).iterrows()
    ]
