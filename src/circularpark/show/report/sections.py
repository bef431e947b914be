"""The sections of a park's report, each from the plan's own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.show.assumed import assumed_items, is_assumed
from circularpark.show.figures import amount, percent, unit_name
from circularpark.show.heat_page import pictures as heat_pictures
from circularpark.show.heat_page import summary_lines
from circularpark.show.numbers import number
from circularpark.show.plan_charts import (
    flow_pictures,
    hour_pictures,
    pathway_pictures,
    saving_picture,
    today_pictures,
)
from circularpark.show.plan_scene import flow_table
from circularpark.show.report.accounts import assumed, assumed_share, carbon, limits, method
from circularpark.show.report.cards import last_year, money, tonnes
from circularpark.show.report.parts import Section, heads
from circularpark.show.report.worth import worth
from circularpark.show.scene import Scene, Theme, names
from circularpark.show.sheet import Picture
from circularpark.show.static_map import static_map
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.account.flows import Flows
    from circularpark.solve.plan import Plan
    from circularpark.studies.evaluated import Evaluation

MOST_ROWS: Final = 10
MOST_MARKETS: Final = 18
MOST_HEAT: Final = 4
# A flow has two ribbons: to its commodity, and from there to its receiver.
LONE: Final = 2
# A diagram of more ribbons needs the height of a page.
RICH: Final = 24


@dataclass(frozen=True)
class Told:
    """What every section is made from: the plan, its scene, what its projects are worth."""

    plan: Plan
    lang: Language
    theme: Theme
    scene: Scene
    evaluation: Evaluation | None = None

    @cached_property
    def map(self) -> Picture:
        """The flow map as a picture; paper has it on its first page and once more as a page."""
        return static_map(self.scene, self.lang, self.theme)


def summary(told: Told) -> Section:
    """What a reader in a hurry must know: one sentence, then a few points."""
    plan, lang = told.plan, told.lang
    section = Section("summary", lang)
    section.say(_lead(plan, lang), "lead")
    section.points(_points(plan, lang))
    return section


def _lead(plan: Plan, lang: Language) -> str:
    """What is saved, for how much; or what the plan emits where nothing can be compared."""
    currency = plan.park.settings.currency
    co2, cost = last_year(plan, "co2"), last_year(plan, "cost")
    capex = money(float(plan.builds["capex"].sum()), currency, lang)
    if co2[0] is None or cost[0] is None:
        told = {"co2": tonnes(co2[1], lang), "cost": money(cost[1], currency, lang)}
        return say("report.summary.no_baseline", lang, capex=capex, **told)
    key = "gains" if cost[1] <= cost[0] else "costs"
    spent = say(f"report.summary.{key}", lang, value=money(abs(cost[1] - cost[0]), currency, lang))
    share = percent((co2[1] - co2[0]) / co2[0]) if co2[0] else "–"
    saved = tonnes(co2[0] - co2[1], lang)
    return say("report.summary.lead", lang, saved=saved, share=share, capex=capex, money=spent)


def _points(plan: Plan, lang: Language) -> Iterator[str]:
    ceiling = plan.cost_per_tonne["ceiling"]
    if ceiling is not None:
        value = money(ceiling, plan.park.settings.currency, lang)
        yield say("report.summary.ceiling", lang, value=value)
    flows = flow_table(plan, plan.flows, plan.park.settings.years[-1])
    new = flows[flows["new"]] if len(flows) else flows
    if len(new):
        sites = len(set(new["from"]) | set(new["to"]))
        yield say("report.summary.new_links", lang, count=len(new), sites=sites)
    largest = plan.builds[plan.builds["capex"] > 0].sort_values("capex", ascending=False).head(3)
    if len(largest):
        called = say("report.join", lang).join(largest[f"name_{lang}"])
        yield say("report.summary.biggest", lang, names=called)
    if plan.today is None or not plan.today_complete:
        yield say("report.summary.no_estimate", lang)
    share = assumed_share(plan)
    if share > 0:
        yield say("report.summary.assumptions", lang, share=f"{100 * share:.0f} %")
    if not plan.certificate.ok:
        yield say("report.summary.not_certified", lang)


def today(told: Told) -> Section:
    """What the firms exchange before anything is built."""
    plan, lang = told.plan, told.lang
    section = Section("today", lang)
    drawn = list(today_pictures(plan, lang, told.theme))
    section.points(_today_lines(plan, lang))
    section.say(say("report.text.today" if drawn else "report.text.today_none", lang))
    flows_shown(section, drawn)
    return section


def _today_lines(plan: Plan, lang: Language) -> Iterator[str]:
    """What the park emits and pays today: metered where all of it is, and at its best."""
    year, currency = str(plan.park.settings.years[-1]), plan.park.settings.currency
    if plan.today is not None and plan.today_complete:
        metered = [list(plan.today[name].values())[-1] for name in ("co2", "cost")]
        told = {"co2": tonnes(metered[0], lang), "cost": money(metered[1], currency, lang)}
        yield say("report.text.metered", lang, **told)
    co2, cost = last_year(plan, "co2")[0], last_year(plan, "cost")[0]
    if co2 is None or cost is None:
        yield say("report.text.no_best", lang)
        return
    told = {"co2": tonnes(co2, lang), "cost": money(cost, currency, lang)}
    yield say("report.text.best", lang, year=year, **told)


def flows_shown(section: Section, drawn: list[Picture]) -> None:
    """Each picture at its full width; one ribbon alone is better said than drawn."""
    lone = [p for p in drawn if p.name.startswith("sankey") and p.svg.count("<path") <= LONE]
    for picture in drawn:
        if picture not in lone:
            poor = picture.name != "matrix" and picture.svg.count("<path") <= RICH
            section.picture(picture, "flow" if poor else "full")
    section.points(picture.told for picture in lone)


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


def the_plan(told: Told) -> Section:
    """Where CO2 is saved, every measure before and after, and what changes on the map."""
    plan, lang, theme = told.plan, told.lang, told.theme
    section = Section("plan", lang)
    saving = saving_picture(plan, lang, theme)
    if saving is not None:
        section.say(say("report.text.plan", lang))
    figures = ("best", "plan", "change")
    with section.beside("wide" if saving is not None else "alone"):
        section.picture(saving)
        columns = heads(lang, "measure", *figures, right=figures)
        section.table("", columns, list(measure_rows(plan, lang)))
    for picture in pathway_pictures(plan, lang, theme):
        section.picture(picture)
    # On the screen the map that answers the reader stands in front of this one.
    section.picture(told.map, "full paper")
    if plan.best is not None:
        drawn = static_map(told.scene, lang, theme, difference=True)
        title = say("report.difference", lang)
        section.picture(replace(drawn, title=title), "full")
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


def projects(told: Told) -> Section:
    """What is built, the dearest first; with an evaluation, what each project is worth."""
    plan, lang = told.plan, told.lang
    section = Section("projects", lang)
    builds = plan.builds[plan.builds["capex"] > 0]
    if not len(builds):
        section.say(say("report.text.no_builds", lang))
        return section
    section.say(say("report.text.builds", lang))
    figures = ("number", "year", "capacity", "capex")
    columns = heads(lang, "number", "item", "kind", "year", "capacity", "capex", right=figures)
    section.table("", columns, list(build_rows(plan, builds, lang)))
    if len(builds) > MOST_ROWS:
        section.say(say("report.more", lang, count=len(builds) - MOST_ROWS), "hint")
    section.say(say("report.assumed_mark", lang), "hint")
    if told.evaluation is not None and told.evaluation.projects:
        worth(section, told.evaluation, lang, told.theme)
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


def heat(told: Told) -> Section:
    """How much heat is recovered against the target, and the park's curves."""
    plan, lang = told.plan, told.lang
    section = Section("heat", lang)
    report = plan.heat_report()
    if report is None:
        return section
    section.points(summary_lines(report, lang))
    section.pair(list(islice(heat_pictures(plan, report, lang, told.theme), MOST_HEAT)))
    return section


def materials(told: Told) -> Section:
    """Who supplies what to whom, and the matrix of firms."""
    section = Section("materials", told.lang)
    plan, lang = told.plan, told.lang
    drawn = list(flow_pictures(plan, lang, told.theme))
    section.say(say("report.text.materials" if drawn else "report.text.no_flows", lang))
    flows_shown(section, [p for p in drawn if p.name != "matrix"])
    rows = list(market_rows(plan, lang))
    if rows:
        section.say(say("report.text.markets", lang))
        figures = ("best", "plan", "change")
        half = (len(rows) + 1) // 2
        columns = heads(lang, "market", *figures, right=figures)
        section.columns("", columns, [rows[:half], rows[half:]])
    flows_shown(section, [p for p in drawn if p.name == "matrix"])
    return section


def hours(told: Told) -> Section:
    """Dispatch and duration where the plan has hours."""
    section = Section("hours", told.lang)
    for picture in hour_pictures(told.plan, told.lang, told.theme):
        section.picture(picture)
    return section


# What follows the summary, which differs between screen and paper.
SECTIONS: Final[tuple[Callable[[Told], Section], ...]] = (
    today, the_plan, projects, heat, materials, hours,
    lambda told: carbon(told.plan, told.lang),
    lambda told: limits(told.plan, told.lang, told.theme),
    lambda told: assumed(told.plan, told.lang),
    lambda told: method(told.plan, told.lang),
)  # fmt: skip
