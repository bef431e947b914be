"""The sections of a park's report, each from the plan's own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.show.assumed import assumed_items, is_assumed
from circularpark.show.figures import amount, percent, unit_name
from circularpark.show.heat_page import pictures as heat_pictures
from circularpark.show.heat_page import summary_lines
from circularpark.show.numbers import money, number, tonnes
from circularpark.show.plan_charts import (
    flow_pictures,
    hour_pictures,
    pathway_pictures,
    saving_picture,
    today_pictures,
)
from circularpark.show.plan_scene import flow_table, scene_of
from circularpark.show.report.accounts import assumed, assumed_share, carbon, limits, method
from circularpark.show.report.parts import Section, heads
from circularpark.show.report.worth import worth
from circularpark.show.scene import Theme, names
from circularpark.show.static_map import static_map
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.account.flows import Flows
    from circularpark.solve.plan import Plan
    from circularpark.studies.evaluated import Evaluation

MOST_ROWS: Final = 12
MOST_MARKETS: Final = 24
MOST_HEAT: Final = 3


def summary(plan: Plan, lang: Language, theme: Theme) -> Section:
    """Three numbers, the map, and what a reader in a hurry must know."""
    section = Section("summary", lang)
    currency = plan.park.settings.currency
    co2, cost = _change(plan, "co2"), _change(plan, "cost")
    capex = float(plan.builds["capex"].sum())
    lines = []
    if co2 is not None and cost is not None:
        key = "gains" if cost[1] <= cost[0] else "costs"
        spent = say(
            f"report.summary.{key}", lang, value=money(abs(cost[1] - cost[0]), currency, lang)
        )
        lead = say(
            "report.summary.lead", lang, saved=tonnes(co2[0] - co2[1], lang),
            share=percent((co2[1] - co2[0]) / co2[0]) if co2[0] else "–",
            capex=money(capex, currency, lang), money=spent,
        )  # fmt: skip
        section.say(lead, "lead")
    ceiling = plan.cost_per_tonne["ceiling"]
    if ceiling is not None:
        value = money(ceiling, currency, lang)
        lines.append(say("report.summary.ceiling", lang, value=value))
    flows = flow_table(plan, plan.flows, plan.park.settings.years[-1])
    new = flows[flows["new"]] if len(flows) else flows
    if len(new):
        sites = len(set(new["from"]) | set(new["to"]))
        lines.append(say("report.summary.new_links", lang, count=len(new), sites=sites))
    largest = plan.builds.sort_values("capex", ascending=False).head(3)
    if len(largest):
        names = say("chart.join", lang).join(largest[f"name_{lang}"])
        lines.append(say("report.summary.biggest", lang, names=names))
    if plan.today is None or not plan.today_complete:
        lines.append(say("report.summary.no_estimate", lang))
    share = assumed_share(plan)
    if share > 0:
        lines.append(say("report.summary.assumptions", lang, share=f"{100 * share:.0f}%"))
    section.points(lines)
    section.picture(static_map(scene_of(plan), lang, theme), "full")
    return section


def _change(plan: Plan, measure: str) -> tuple[float, float] | None:
    """A measure's amount in the last year, in best operation and in the plan."""
    if plan.best is None:
        return None
    year = plan.park.settings.years[-1]
    return float(plan.best.account.annual(measure)[year]), float(plan.account.annual(measure)[year])


def today(plan: Plan, lang: Language, theme: Theme) -> Section:
    """What the firms exchange before anything is built."""
    section = Section("today", lang)
    drawn = list(today_pictures(plan, lang, theme))
    section.say(say("report.text.today" if drawn else "report.text.today_none", lang))
    for picture in drawn:
        section.picture(picture)
    rows = list(market_rows(plan, lang))
    if rows:
        section.say(say("report.text.markets", lang))
        figures = ("best", "plan", "change")
        half = (len(rows) + 1) // 2
        columns = heads(lang, "market", *figures, right=figures)
        section.columns("", columns, [rows[:half], rows[half:]])
    return section


def market_rows(plan: Plan, lang: Language) -> Iterator[list[str]]:
    """What crosses the park's boundary in a year, dearest first: best operation, plan, change."""
    year = plan.park.settings.years[-1]
    after = exchanged(plan, plan.flows, year)
    before = exchanged(plan, plan.best.flows, year) if plan.best is not None else {}
    markets = plan.park.tables.markets.set_index("id")
    goods = plan.park.tables.commodities.set_index("id")["unit"]
    named = dict(zip(markets.index, names(markets, lang, "show.twin.unnamed"), strict=True))
    paid = plan.account.frame
    paid = paid[(paid["measure"] == "cost") & (paid["table"] == "markets")]
    worth = paid.groupby("item")["value"].sum().abs()
    both = set(after) | set(before)
    for market in sorted(both, key=lambda name: -float(worth.get(name, 0.0)))[:MOST_MARKETS]:
        unit = str(goods.get(markets.at[market, "commodity"], ""))
        one, two = before.get(market, 0.0), after.get(market, 0.0)
        if not (one or two):
            continue
        moved = percent((two - one) / abs(one)) if abs(one) > 1e-9 else "–"
        yield [named[market], amount(one, unit, lang), amount(two, unit, lang), moved]


def exchanged(plan: Plan, flows: Flows, year: int) -> dict[str, float]:
    """What each market exchanges in a year, expected over the scenarios, in its unit."""
    quantity, time = flows["exchange"], plan.problem.data.time
    if not len(quantity.index):
        return {}
    own = np.array([y == year for y, _ in time.blocks])[time.block]
    weight = np.where(own, time.span * time.block_probability[time.block], 0.0)
    sums = pd.Series(quantity.values @ weight, index=quantity.index["market"].astype(str))
    return {str(name): float(v) for name, v in sums.groupby(level=0, sort=False).sum().items()}


def the_plan(plan: Plan, lang: Language, theme: Theme) -> Section:
    """Where CO2 is saved, every measure before and after, and what changes on the map."""
    section = Section("plan", lang)
    section.say(say("report.text.plan", lang))
    section.picture(saving_picture(plan, lang, theme))
    section.table(
        "", heads(lang, "measure", "best", "plan", "change", right=("best", "plan", "change")),
        list(measure_rows(plan, lang)),
    )  # fmt: skip
    for picture in pathway_pictures(plan, lang, theme):
        section.picture(picture)
    if plan.best is not None:
        section.picture(static_map(scene_of(plan), lang, theme, difference=True), "full")
    return section


def measure_rows(plan: Plan, lang: Language) -> Iterator[list[str]]:
    """Every measure that is not nought: its name, best operation, plan and change."""
    measures = plan.park.tables.measures.set_index("id")
    year = plan.park.settings.years[-1]
    currency = plan.park.settings.currency
    for name in plan.account.measures:
        after = float(plan.account.annual(name)[year])
        before = None if plan.best is None else float(plan.best.account.annual(name)[year])
        if name not in measures.index or not (after or before):
            continue
        unit = str(measures.at[name, "unit"])
        moved = "–" if not before else percent((after - before) / abs(before))
        yield [
            str(measures.at[name, f"name_{lang}"]),
            amount(before, unit, lang, currency),
            amount(after, unit, lang, currency),
            moved,
        ]


def projects(
    plan: Plan, lang: Language, theme: Theme, evaluation: Evaluation | None = None
) -> Section:
    """What is built, the dearest first; with an evaluation, what each project is worth."""
    section = Section("projects", lang)
    builds = plan.builds[plan.builds["capex"] > 0]
    if not len(builds):
        section.say(say("report.nothing", lang))
        return section
    section.say(say("report.text.order", lang))
    figures = ("order", "year", "capacity", "capex")
    columns = heads(lang, "order", "item", "kind", "year", "capacity", "capex", right=figures)
    section.table("", columns, list(build_rows(plan, builds, lang)))
    if len(builds) > MOST_ROWS:
        section.say(say("report.more", lang, count=len(builds) - MOST_ROWS), "hint")
    section.say(say("report.assumed_mark", lang), "hint")
    if evaluation is not None and evaluation.projects:
        worth(section, evaluation, lang, theme)
    return section


def build_rows(plan: Plan, builds: pd.DataFrame, lang: Language) -> Iterator[list[str]]:
    """Rows of investments, the dearest first, assumed ones marked."""
    assumed, currency = assumed_items(plan.park), plan.park.settings.currency
    ordered = builds.sort_values("capex", ascending=False, kind="stable").head(MOST_ROWS)
    for place, build in enumerate(ordered.to_dict("records"), start=1):
        mark = "*" if is_assumed(str(build["item"]), assumed) else ""
        yield [
            str(place),
            f"{build[f'name_{lang}']}{mark}",
            say(f"report.kind.{build['kind']}", lang),
            str(build["year"]),
            f"{number(float(build['capacity']))} {unit_name(str(build['unit']), lang)}",
            money(float(build["capex"]), currency, lang),
        ]


def heat(plan: Plan, lang: Language, theme: Theme) -> Section:
    """How much heat is recovered against the target, and the park's curves."""
    section = Section("heat", lang)
    report = plan.heat_report()
    if report is None:
        return section
    section.points(summary_lines(report, lang))
    section.pair(list(islice(heat_pictures(plan, report, lang, theme), MOST_HEAT)))
    return section


def materials(plan: Plan, lang: Language, theme: Theme) -> Section:
    """Who supplies what to whom, and the matrix of firms."""
    section = Section("materials", lang)
    for picture in flow_pictures(plan, lang, theme):
        section.picture(picture, "full")
    return section


def hours(plan: Plan, lang: Language, theme: Theme) -> Section:
    """Dispatch and duration where the plan has hours."""
    section = Section("hours", lang)
    for picture in hour_pictures(plan, lang, theme):
        section.picture(picture)
    return section


SECTIONS: Final[tuple[Callable[..., Section], ...]] = (
    summary, today, the_plan, projects, heat, materials, hours, carbon, limits, assumed, method,
)  # fmt: skip
