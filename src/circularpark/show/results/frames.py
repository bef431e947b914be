"""What the results workbook holds: one frame a sheet, with names in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.account.limits_told import limits_told
from circularpark.show.carbon import before_and_after
from circularpark.show.plan_scene import flow_table
from circularpark.show.results.leaf import Leaf
from circularpark.show.results.named import called, with_names
from circularpark.solve.prices import local_prices
from circularpark.words import LANGUAGES

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan


def leaves(plan: Plan) -> Iterator[Leaf]:
    """All sheets of a plan, in the order in which they are read."""
    names = {lang: called(plan, lang) for lang in LANGUAGES}
    return (with_names(names, leaf) for leaf in _leaves(plan))


def _leaves(plan: Plan) -> Iterator[Leaf]:
    currency = plan.park.settings.currency
    yield Leaf("measures", _measures(plan))
    builds = plan.builds.sort_values("capex", ascending=False, kind="stable")
    columns = ["item", "name_zh", "name_en", "kind", "year", "capacity", "unit", "capex"]
    yield Leaf("builds", builds[columns], ("capex",), (("capex", currency),))
    yield Leaf("flows", _flows(plan), ("capex", "cost"), (("km", "km"), ("capex", currency),
                                                          ("cost", f"{currency}/a")))  # fmt: skip
    yield Leaf("accounts", _accounts(plan), ("value",))
    yield Leaf("companies", _companies(plan), ("before", "after", "change"), (
        ("before", "t CO2/a"), ("after", "t CO2/a"), ("change", "t CO2/a")))  # fmt: skip
    prices = _with_names(plan, local_prices(plan))
    yield Leaf("prices", prices, (), (("price", f"{currency} / 1"),))
    best = plan.best.account if plan.best is not None else None
    yield Leaf("limits", limits_told(plan.account, best))
    if len(plan.matches):
        inner = ["source_row", "sink_row"]
        yield Leaf("matches", plan.matches.drop(columns=inner), ("energy",))


def _measures(plan: Plan) -> pd.DataFrame:
    """Every measure in every planning year, best operation beside the plan."""
    named = plan.park.tables.measures.set_index("id")
    rows = []
    for measure in plan.account.measures:
        after = plan.account.annual(measure).to_numpy(float)
        before = after * np.nan
        if plan.best is not None:
            before = plan.best.account.annual(measure).to_numpy(float)
        known = measure in named.index
        for place, year in enumerate(plan.park.settings.years):
            rows.append(
                {
                    "measure": measure,
                    "name_zh": named.at[measure, "name_zh"] if known else measure,
                    "name_en": named.at[measure, "name_en"] if known else measure,
                    "unit": named.at[measure, "unit"] if known else "",
                    "year": year,
                    "best_operation": float(before[place]),
                    "plan": float(after[place]),
                }
            )
    return pd.DataFrame(rows)


def _flows(plan: Plan) -> pd.DataFrame:
    """Every flow between sites in the last year."""
    flows = flow_table(plan, plan.flows, plan.park.settings.years[-1])
    if not len(flows):
        return pd.DataFrame(columns=["id"])
    sites = plan.park.tables.sites.set_index("id")
    for end in ("from", "to"):
        for lang in ("zh", "en"):
            flows[f"{end}_{lang}"] = sites[f"name_{lang}"].reindex(flows[end]).to_numpy()
    return flows[
        ["id", "from_zh", "from_en", "to_zh", "to_en", "name_zh", "name_en", "transport",
         "km", "new", "unit", "amount", "annual", "capex", "cost"]
    ]  # fmt: skip


def _accounts(plan: Plan) -> pd.DataFrame:
    """The account of the last year: measure, scope, company, item, reason, value."""
    year = plan.park.settings.years[-1]
    frame = plan.account.frame
    rows = plan.account.expected(frame[frame["year"] == year])
    keys = ["measure", "scope", "company", "site", "table", "item", "commodity", "term"]
    return rows.groupby(keys, sort=False)["value"].sum().reset_index()


def _companies(plan: Plan) -> pd.DataFrame:
    """CO2 of each company: its share before and after."""
    both = before_and_after(plan, "company")
    both["change"] = both["after"] - both["before"]
    return both.sort_values("after", ascending=False, kind="stable")


def _with_names(plan: Plan, prices: pd.DataFrame) -> pd.DataFrame:
    sites = plan.park.tables.sites.set_index("id")
    goods = plan.park.tables.commodities.set_index("id")
    for lang in ("zh", "en"):
        prices[f"site_{lang}"] = sites[f"name_{lang}"].reindex(prices["site"]).to_numpy()
        prices[f"name_{lang}"] = goods[f"name_{lang}"].reindex(prices["commodity"]).to_numpy()
    return prices[["site_zh", "site_en", "name_zh", "name_en", "unit", "price"]]
