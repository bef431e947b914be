"""The charts of one plan: what its tables say, drawn in the house style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.account.limits_told import caps_told
from circularpark.account.supply import supply_of
from circularpark.show.amounts import compared
from circularpark.show.charts.heat_map import price_map
from circularpark.show.charts.hours import dispatch_chart, duration_chart
from circularpark.show.charts.matrix import link_matrix
from circularpark.show.charts.pathway import NATIONAL_PEAK, pathway_chart
from circularpark.show.charts.sankey import sankey
from circularpark.show.charts.waterfall import Bar, waterfall
from circularpark.show.flowmap import commodity_names
from circularpark.show.numbers import money_unit, tonnes_unit
from circularpark.show.plan_scene import scene_of
from circularpark.show.scene import SITE_COLUMNS, Theme, completed, names
from circularpark.show.sheet import Picture
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

# A chart of hours says something only where there are some.
LEAST_PERIODS: Final = 24
MOST_REASONS: Final = 9
_SMALL: Final = 0.01


def named_flows(
    plan: Plan, lang: Language, theme: Theme = "light", *, before: bool = False
) -> pd.DataFrame:
    """Flows between firms as shown: source, target, commodity, family, base, colour.

    before : those of the best operation instead of the plan's
    """
    scene = scene_of(plan)
    shown = scene.baseline if before else scene.flows
    flows = compared(pd.DataFrame() if shown is None else shown, None)
    sites = completed(scene.sites, SITE_COLUMNS)
    called = dict(zip(sites["id"], names(sites, lang, "show.map.unnamed_site"), strict=True))
    goods, colours = commodity_names(flows, lang, theme)
    flows = flows.assign(
        source=flows["from"].map(called),
        target=flows["to"].map(called),
        colour=flows["commodity"].map(colours),
        commodity=flows["commodity"].map(goods),
    )
    apart = flows["source"] != flows["target"]
    return flows[apart & flows["source"].notna() & flows["target"].notna()].reset_index(drop=True)


def flow_pictures(plan: Plan, lang: Language, theme: Theme = "light") -> Iterator[Picture]:
    """A Sankey diagram for each unit family that flows between firms, then the link matrix."""
    flows = named_flows(plan, lang, theme)
    if not len(flows):
        return
    sizes = flows.groupby("family").size().sort_values(ascending=False, kind="stable")
    for family in sizes.index:
        yield sankey(flows[flows["family"] == family], str(family), lang, theme)
    yield link_matrix(flows, lang, theme)


def today_pictures(plan: Plan, lang: Language, theme: Theme = "light") -> Iterator[Picture]:
    """A Sankey diagram of the best operation for each unit family that flows then."""
    if plan.best is None:
        return
    flows = named_flows(plan, lang, theme, before=True)
    for family in flows.groupby("family").size().sort_values(ascending=False).index:
        yield sankey(flows[flows["family"] == family], str(family), lang, theme)


def saving_picture(plan: Plan, lang: Language, theme: Theme = "light") -> Picture | None:
    """From best operation to the plan: which equipment and purchases save the CO2."""
    if plan.best is None:
        return None
    year = plan.park.settings.years[-1]
    before = _reasons(plan.best.account.frame, plan, year, lang)
    after = _reasons(plan.account.frame, plan, year, lang)
    change = after.subtract(before, fill_value=0.0)
    whole = float(plan.best.account.annual("co2")[year])
    # The changes are what is told: counted in the unit of the whole they would be fractions.
    size, said = tonnes_unit(2 * float(change.abs().max()), lang)
    order = change.abs().sort_values(ascending=False, kind="stable").index
    kept = [name for name in order if abs(change[name]) > _SMALL * change.abs().sum()]
    kept = kept[:MOST_REASONS]
    rest = float(change.drop(kept).sum())
    bars = [Bar(say("chart.waterfall.best", lang), whole / size, True)]
    ordered = sorted(kept, key=lambda name: float(change[name]))
    bars += [Bar(str(name), float(change[name]) / size) for name in ordered]
    if abs(rest) > 1e-3 * abs(whole - float(plan.account.annual("co2")[year])):
        bars.append(Bar(say("chart.waterfall.other", lang), rest / size))
    bars.append(
        Bar(say("chart.waterfall.plan", lang), float(plan.account.annual("co2")[year]) / size, True)
    )
    return waterfall(bars, said, say("chart.waterfall.title", lang), lang, theme)


def _reasons(frame: pd.DataFrame, plan: Plan, year: int, lang: Language) -> pd.Series:
    """CO2 of a year by what emits it: kinds of equipment, markets, transport."""
    scopes = plan.park.settings.scopes
    rows = frame[(frame["measure"] == "co2") & (frame["year"] == year)]
    rows = rows[rows["scope"].isin(scopes)]
    called = _item_names(plan, lang)
    reason = [
        called.get(item) or say(f"chart.table.{table}", lang)
        for item, table in zip(rows["item"], rows["table"], strict=True)
    ]
    weighed = pd.Series(plan.account.expected(rows)["value"].to_numpy(float), index=reason)
    return weighed.groupby(level=0).sum()


def pathway_pictures(
    plans: Plan | Sequence[Plan], lang: Language, theme: Theme = "light"
) -> Iterator[Picture]:
    """CO2 by what emits it and cost by what is paid, over the planning years, where several are.

    plans : a plan of several years; or several plans of one park, each with years of its own
    """
    several = [plans] if not isinstance(plans, Sequence) else list(plans)
    years = sorted({year for plan in several for year in plan.park.settings.years})
    if len(years) < 2:
        return
    last = several[-1]
    named = last.park.tables.measures.set_index("id")[f"name_{lang}"]
    sources: dict[str, dict[int, pd.Series]] = {"co2": {}, "cost": {}}
    caps: dict[str, dict[int, float]] = {"co2": {}, "cost": {}}
    for plan in several:
        for year in plan.park.settings.years:
            sources["co2"][year] = _reasons(plan.account.frame, plan, year, lang)
            sources["cost"][year] = _terms(plan, year, lang)
        best = plan.best.account if plan.best is not None else None
        for measure, found in caps.items():
            found |= caps_told(plan.account, best, measure)
    for measure, columns in sources.items():
        table = pd.DataFrame(columns).fillna(0.0)[years]
        largest = float(table.clip(lower=0.0).sum().max())
        size, unit = (
            tonnes_unit(largest, lang)
            if measure == "co2"
            else money_unit(largest, last.park.settings.currency, lang)
        )
        yield pathway_chart(
            table / size,
            str(named[measure]),
            unit,
            lang,
            theme,
            caps={year: most / size for year, most in caps[measure].items()},
            goal=NATIONAL_PEAK if measure == "co2" else None,
        )


def _terms(plan: Plan, year: int, lang: Language) -> pd.Series:
    """The cost of a year by the account's terms, in words."""
    frame = plan.account.frame
    rows = frame[(frame["measure"] == "cost") & (frame["year"] == year)]
    rows = rows[rows["term"] != "transfer"]
    words = [say(f"account.term.{term}", lang) for term in rows["term"]]
    sums = pd.Series(plan.account.expected(rows)["value"].to_numpy(float), index=words)
    return sums.groupby(level=0).sum()


def price_picture(plan: Plan, lang: Language, theme: Theme = "light") -> Picture | None:
    """Shadow prices by site and commodity; None where the last stage is not money."""
    from circularpark.solve.prices import local_prices

    prices = local_prices(plan)
    sites, goods = plan.park.tables.sites, plan.park.tables.commodities
    for column, table, unnamed in (
        ("site", sites, "show.map.unnamed_site"),
        ("commodity", goods, "show.map.unnamed_commodity"),
    ):
        called = dict(zip(table["id"], names(table, lang, unnamed), strict=True))
        prices[column] = prices[column].map(called)
    prices = prices[prices["site"].notna()]
    if not len(prices):
        return None
    return price_map(prices, plan.park.settings.currency, lang, theme)


def hour_pictures(plan: Plan, lang: Language, theme: Theme = "light") -> Iterator[Picture]:
    """Dispatch and duration of the carrier that costs most to buy, where the plan has hours."""
    time = plan.problem.data.time
    if len(time.period) < LEAST_PERIODS:
        return
    for _, good in _dearest(plan).iterrows():
        name = names(pd.DataFrame([good]), lang, "show.map.unnamed_commodity")[0]
        unit = "MW" if str(good["unit"]).upper() == "MWH" else f"{good['unit']}/h"
        states = {say("chart.waterfall.plan", lang): plan.account.book}
        if plan.best is not None:
            best = plan.best.account.book
            states = {say("chart.waterfall.best", lang): best, **states}
        supplies = {state: supply_of(book, str(good["id"])) for state, book in states.items()}
        own = supplies[say("chart.waterfall.plan", lang)]
        made = np.flatnonzero(own.rate.max(axis=1, initial=0.0) > 0)
        called = _item_names(plan, lang)
        supply = pd.DataFrame(
            own.rate[made],
            index=[called.get(own.items[row], say("chart.hours.others", lang)) for row in made],
        )
        wanted = -np.minimum(own.rate, 0.0).sum(axis=0)
        yield dispatch_chart(supply, wanted, name, unit, lang, theme)
        markets = set(plan.park.tables.markets["id"])
        curves = pd.DataFrame(
            [
                supply.rate[[item in markets for item in supply.items]].sum(axis=0)
                for supply in supplies.values()
            ],
            index=list(supplies),
        )
        hours = time.span * time.block_probability[time.block]
        yield duration_chart(
            curves, hours, say("chart.duration.bought", lang, name=name), unit, lang, theme
        )


def _item_names(plan: Plan, lang: Language) -> dict[str, str]:
    """What a market, storage or process is called, equipment of one technology alike."""
    tables = plan.park.tables
    found: dict[str, str] = {}
    for table in ("markets", "storages", "processes"):
        frame = getattr(tables, table)
        if len(frame) and f"name_{lang}" in frame:
            rows = names(frame, lang, "show.twin.unnamed")
            found |= dict(zip(frame["id"].astype(str), rows, strict=True))
    return found


def _dearest(plan: Plan) -> pd.DataFrame:
    """The row of the carrier of energy that the park pays most for; none where it buys none."""
    goods = plan.park.tables.commodities
    paid = plan.account.frame
    paid = paid[(paid["measure"] == "cost") & (paid["term"] == "purchases")]
    sums = paid.groupby("commodity")["value"].sum()
    carriers = goods[(goods["kind"] == "energy") & goods["id"].isin(sums.index)]
    if not len(carriers):
        return carriers
    order = carriers["id"].map(sums).sort_values(ascending=False, kind="stable").index
    return carriers.loc[order[:1]]
