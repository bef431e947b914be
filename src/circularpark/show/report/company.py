"""The edition for one company: its own data, its own connections, its own gain, nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from circularpark.account.exchangers import Exchangers
from circularpark.show.amounts import rate_of
from circularpark.show.charts.sankey import sankey
from circularpark.show.figures import amount
from circularpark.show.numbers import number
from circularpark.show.plan_charts import named_flows
from circularpark.show.plan_scene import flow_table
from circularpark.show.project_words import company_names
from circularpark.show.report.cards import company_cards
from circularpark.show.report.parts import Section, heads
from circularpark.show.report.sections import build_rows, flows_shown
from circularpark.show.scene import Theme
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan


def company_sections(plan: Plan, company: str, lang: Language, theme: Theme) -> list[Section]:
    """The sections of one company's edition.

    Raises
    ------
    KeyError : the park has no such company
    """
    if company not in company_names(plan.park, lang):
        raise KeyError(company)
    return [
        _gain(plan, company, lang),
        _flows(plan, company, lang, theme),
        _projects(plan, company, lang),
    ]


def sites_of(plan: Plan, company: str) -> set[str]:
    """The company's own sites."""
    sites = plan.park.tables.sites
    return set(sites.loc[sites["company"] == company, "id"])


def _gain(plan: Plan, company: str, lang: Language) -> Section:
    section = Section("gain", lang)
    called = company_names(plan.park, lang)[company]
    section.say(say("report.text.private", lang, company=called), "hint")
    section.say(say("report.text.gain", lang))
    rows = list(_shares(plan, company, lang))
    columns = heads(
        lang, "measure", "before", "after", "change", right=("before", "after", "change")
    )
    section.table("", columns, rows)
    return section


def _shares(plan: Plan, company: str, lang: Language) -> Iterator[list[str]]:
    """The company's share of each measure, before and after."""
    year, currency = plan.park.settings.years[-1], plan.park.settings.currency
    measures = plan.park.tables.measures.set_index("id")
    for name in plan.account.measures:
        if name not in measures.index:
            continue
        after = _share(plan.account.by_company(name), company, year)
        before = 0.0 if plan.best is None else _share(
            plan.best.account.by_company(name), company, year
        )  # fmt: skip
        if not (after or before):
            continue
        unit = str(measures.at[name, "unit"])
        shown = [amount(v, unit, lang, currency) for v in (before, after, after - before)]
        yield [str(measures.at[name, f"name_{lang}"]), *shown]


def _share(frame: pd.DataFrame, company: str, year: int) -> float:
    own = frame[(frame["company"] == company) & (frame["year"] == year)]
    return float(own["value"].sum())


def _flows(plan: Plan, company: str, lang: Language, theme: Theme) -> Section:
    section = Section("flows", lang)
    own = sites_of(plan, company)
    year = plan.park.settings.years[-1]
    named = named_flows(plan, lang, theme)
    named = named[named["from"].isin(own) | named["to"].isin(own)]
    families = named.groupby("family").size().sort_values(ascending=False).index
    drawn = [sankey(named[named["family"] == f], str(f), lang, theme) for f in families]
    flows_shown(section, drawn)
    flows = flow_table(plan, plan.flows, year)
    if len(flows):
        flows = flows[flows["from"].isin(own) | flows["to"].isin(own)]
    called = dict(zip(named["id"], zip(named["source"], named["target"], named["commodity"],
                                       strict=True), strict=True))  # fmt: skip
    rows = [
        [*called[flow["id"]], f"{number(float(flow['amount']))} {rate_of(str(flow['unit']))[2]}",
         number(float(flow["km"]))]
        for flow in flows.sort_values("amount", ascending=False).to_dict("records")
        if flow["id"] in called
    ]  # fmt: skip
    if rows:
        columns = heads(lang, "from", "to", "commodity", "quantity", "km", right=("quantity", "km"))
        section.table("", columns, rows)
    else:
        section.say(say("report.nothing", lang))
    return section


def own_builds(plan: Plan, company: str) -> pd.DataFrame:
    """Investments at the company's sites, and connections that end there (the receiver pays)."""
    tables, links = plan.park.tables, plan.problem.data.blocks.links
    stands = Exchangers(plan.account.book)
    at = {
        str(item): str(site)
        for items, sites in (
            (tables.processes["id"], tables.processes["site"]),
            (tables.storages["id"], tables.storages["site"]),
            (links["id"], links["to"]),
            (stands.item, stands.site),
        )
        for item, site in zip(items, sites, strict=True)
    }
    own = sites_of(plan, company)
    builds = plan.builds[plan.builds["capex"] > 0]
    # A process that may stand at any site is called by its own id and its site's.
    found = [at.get(str(item), str(item).rpartition("@")[2]) for item in builds["item"]]
    return builds[[site in own for site in found]]


def own_cards(plan: Plan, company: str, lang: Language) -> str:
    """The company's three numbers."""
    year = plan.park.settings.years[-1]
    shares: dict[str, tuple[float | None, float]] = {}
    for name in ("co2", "cost"):
        before = None if plan.best is None else _share(
            plan.best.account.by_company(name), company, year
        )  # fmt: skip
        shares[name] = (before, _share(plan.account.by_company(name), company, year))
    return company_cards(plan, lang, shares, own_builds(plan, company))


def _projects(plan: Plan, company: str, lang: Language) -> Section:
    section = Section("projects", lang)
    builds = own_builds(plan, company)
    if not len(builds):
        section.say(say("report.text.no_projects", lang))
        return section
    columns = heads(lang, "number", "item", "kind", "year", "capacity", "capex",
                    right=("number", "year", "capacity", "capex"))  # fmt: skip
    section.table("", columns, list(build_rows(plan, builds, lang)))
    section.say(say("report.assumed_mark", lang), "hint")
    return section
