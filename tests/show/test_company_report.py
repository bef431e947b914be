"""One company's edition holds nothing of the others: no name, no id, no amount, also not hidden.

What it shares with a partner is the connection between the two: the partner's name, the
commodity, the quantity and the length.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest
from tests.show.watched import raw_ids

import circularpark
from circularpark.show.figures import amount
from circularpark.show.numbers import money, number, tonnes
from circularpark.show.plan_scene import flow_table
from circularpark.show.project_words import company_names
from circularpark.show.report.company import own_builds, sites_of
from circularpark.show.report.page import Report

CASES = (
    ("anqing-hightech", "Intco Medical"),
    ("anqing-hightech", "Taifa Energy"),
    ("anqing-hightech", "Linghu Paint"),
    ("huaining-cement", "Huaining Conch"),
)
LANGUAGES = ("zh", "en")


@cache
def plan_of(park: str) -> circularpark.Plan:
    return circularpark.solve(circularpark.read_park(park))


def flows_of(plan: circularpark.Plan):
    return flow_table(plan, plan.flows, plan.park.settings.years[-1])


def partners_of(plan: circularpark.Plan, company: str) -> set[str]:
    """Sites at the other end of a connection that the company takes part in."""
    own, flows = sites_of(plan, company), flows_of(plan)
    touching = flows[flows["from"].isin(own) | flows["to"].isin(own)]
    return (set(touching["from"]) | set(touching["to"])) - own


def whole(park: str, company: str, lang: str, *, paper: bool) -> str:
    """All that is in the file, hidden or not, but its style."""
    report = Report(plan_of(park), lang, company=company)
    html = report.paper() if paper else report.screen()
    return unescape(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))


def figures(text: str) -> set[str]:
    """The numbers of a text with the words of size that stand behind them."""
    return set(
        re.findall(r"[−-]?\d[\d,]*(?:\.\d+)?(?: ?[万亿]| ?kt| ?Mt| ?million| ?billion)?", text)
    )


def amounts_of_others(plan: circularpark.Plan, company: str, lang: str) -> set[str]:
    """What other firms emit, pay, invest and exchange among themselves, as it would be written."""
    year, currency = plan.park.settings.years[-1], plan.park.settings.currency
    own, flows = sites_of(plan, company), flows_of(plan)
    said: list[str] = []
    for account in (plan.account, plan.best.account):
        for name, say in (("co2", tonnes), ("cost", lambda v, lang: money(v, currency, lang))):
            frame = account.by_company(name)
            others = frame[(frame["company"] != company) & (frame["year"] == year)]
            said += [say(float(v), lang) for v in others["value"]]
            said += [amount(float(v), "t" if name == "co2" else currency, lang, currency)
                     for v in [*others["value"], account.annual(name)[year]]]  # fmt: skip
    between = flows[~flows["from"].isin(own) & ~flows["to"].isin(own)]
    said += [number(float(v)) for v in between["amount"]]
    mine = set(own_builds(plan, company)["item"])
    others = plan.builds[~plan.builds["item"].isin(mine) & (plan.builds["capex"] > 0)]
    said += [money(float(v), currency, lang) for v in others["capex"]]
    # Short numbers mean nothing: a 2 stands in every date.
    return {f for text in said for f in figures(text) if len(re.sub(r"\D", "", f)) >= 3}


@pytest.mark.parametrize("paper", [False, True], ids=["screen", "paper"])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("park", "company"), CASES)
def test_it_names_nobody_but_the_company_and_its_partners(park, company, lang, paper):
    plan, shown = plan_of(park), whole(park, company, lang, paper=paper)
    sites = plan.park.tables.sites
    known = sites_of(plan, company) | partners_of(plan, company)
    hidden = sites[~sites["id"].isin(known)]
    assert len(hidden) >= 1
    names = {n for one in LANGUAGES for n in hidden[f"name_{one}"]} - {""}
    at_hand = set(sites.loc[sites["id"].isin(known), "company"])
    strangers = set(hidden["company"]) - at_hand
    names |= {company_names(plan.park, lang)[one] for one in strangers} | strangers
    own_words = " ".join(sites.loc[sites["id"].isin(known), "name_zh"])
    own_words += " ".join(sites.loc[sites["id"].isin(known), "name_en"]) + plan.park.name[lang]
    assert [name for name in names if name in shown and name not in own_words] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("park", "company"), CASES)
def test_it_holds_no_id_of_anything(park, company, lang):
    plan, shown = plan_of(park), whole(park, company, lang, paper=False)
    words = set(re.findall(r"[\w@.-]+", shown))
    ids = {one for one in raw_ids(plan.park) if "_" in one or "@" in one}
    assert len(ids) > 50
    assert ids & words == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("park", "company"), CASES)
def test_it_holds_no_amount_of_others(park, company, lang):
    plan, shown = plan_of(park), whole(park, company, lang, paper=False)
    body = re.sub(r"<(path|rect|line|circle|svg|text|polyline)\b[^>]*>", " ", shown)
    others = amounts_of_others(plan, company, lang)
    assert len(others) > 30
    own = figures(" ".join(_own_amounts(plan, company, lang)))
    assert (others & figures(body)) - own == set()


def _own_amounts(plan: circularpark.Plan, company: str, lang: str) -> list[str]:
    """The company's own figures, some of which are another's by chance or by the same flow."""
    year, currency = plan.park.settings.years[-1], plan.park.settings.currency
    own, flows = sites_of(plan, company), flows_of(plan)
    touching = flows[flows["from"].isin(own) | flows["to"].isin(own)]
    units = dict(zip(plan.park.tables.measures["id"], plan.park.tables.measures["unit"],
                     strict=True))  # fmt: skip
    said = [number(float(v)) for v in [*touching["amount"], *touching["km"]]]
    for key in ("from", "to", "commodity"):
        said += [number(float(v)) for v in touching.groupby([key, "unit"])["amount"].sum()]
    for name in plan.account.measures:
        values = []
        for account in (plan.best.account, plan.account):
            frame = account.by_company(name)
            mine = frame[(frame["company"] == company) & (frame["year"] == year)]
            values.append(float(mine["value"].sum()))
        values.append(values[1] - values[0])
        said += [amount(v, units.get(name, ""), lang, currency) for v in values]
    return said


def test_there_is_no_script_and_no_data_in_it():
    shown = whole("anqing-hightech", "Intco Medical", "en", paper=False)
    assert "<script" not in shown
    assert "<iframe" not in shown
    assert "data-" not in shown


def test_its_cards_are_the_companys_own():
    plan = plan_of("anqing-hightech")
    year = plan.park.settings.years[-1]
    shares = []
    for account in (plan.best.account, plan.account):
        frame = account.by_company("co2")
        mine = frame[(frame["company"] == "Intco Medical") & (frame["year"] == year)]
        shares.append(float(mine["value"].sum()))
    shown = whole("anqing-hightech", "Intco Medical", "en", paper=True)
    cards = shown[: shown.index("<section")]
    assert f"{(shares[0] - shares[1]) / 1e3:.1f} kt" in cards


def test_what_is_built_at_its_sites_is_its_own_exchangers_too():
    plan = plan_of("huaining-cement")
    own = own_builds(plan, "Huaining Conch")
    assert {"process", "exchanger"} <= set(own["kind"])
    everybody = [own_builds(plan, c) for c in plan.park.tables.sites["company"].unique()]
    built = plan.builds[plan.builds["capex"] > 0]
    assert sorted(i for one in everybody for i in one["item"]) == sorted(built["item"])
