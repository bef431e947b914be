"""The three numbers a mayor asks for: CO2 saved, what it takes, and what it costs or gains."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from circularpark.show import numbers
from circularpark.show.figures import percent, rounded
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan


def money(value: float, currency: str, lang: Language) -> str:
    """Money to three figures: more than that the data cannot bear."""
    return numbers.money(rounded(value), currency, lang)


def tonnes(value: float, lang: Language) -> str:
    """Tonnes of CO2 to three figures."""
    return numbers.tonnes(rounded(value), lang)


def last_year(plan: Plan, measure: str) -> tuple[float | None, float]:
    """A measure's amount in the last planning year: best operation (None without), plan."""
    year = plan.park.settings.years[-1]
    before = None if plan.best is None else float(plan.best.account.annual(measure)[year])
    return before, float(plan.account.annual(measure)[year])


def number_cards(plan: Plan, lang: Language) -> str:
    """CO2 saved a year, the investment, and the change of the yearly cost."""
    built = plan.builds[plan.builds["capex"] > 0]
    co2, cost = last_year(plan, "co2"), last_year(plan, "cost")
    average = plan.cost_per_tonne["average"]
    return _list(plan, lang, co2, cost, built, average)


def company_cards(
    plan: Plan,
    lang: Language,
    shares: Mapping[str, tuple[float | None, float]],
    built: pd.DataFrame,
) -> str:
    """The same of one company: its shares of CO2 and cost, and what is built at its sites."""
    return _list(plan, lang, shares["co2"], shares["cost"], built, None)


def _list(
    plan: Plan,
    lang: Language,
    co2: tuple[float | None, float],
    cost: tuple[float | None, float],
    built: pd.DataFrame,
    average: float | None,
) -> str:
    currency = plan.park.settings.currency
    capex = money(float(built["capex"].sum()), currency, lang)
    projects = [say("report.card.projects", lang, count=len(built))]
    cards = [
        _saved(co2, lang),
        _card("capex", capex, projects, lang),
        _spent(cost, average, currency, lang),
    ]
    label = escape(say("report.card.label", lang), quote=True)
    return f'<dl class="cards" aria-label="{label}">{"".join(cards)}</dl>'


def _saved(co2: tuple[float | None, float], lang: Language) -> str:
    before, after = co2
    if before is None:
        return _card("co2", tonnes(after, lang), [say("report.card.no_baseline", lang)], lang)
    lines = [
        say("report.card.from_to", lang, before=tonnes(before, lang), after=tonnes(after, lang))
    ]
    if before > 0:
        share = percent((after - before) / before)
        lines.insert(0, say("report.card.share", lang, share=share))
    name = "saved" if after <= before else "more"
    return _card(name, tonnes(abs(before - after), lang), lines, lang, main=True)


def _spent(
    cost: tuple[float | None, float], average: float | None, currency: str, lang: Language
) -> str:
    before, after = cost
    if before is None:
        return _card("cost", money(after, currency, lang), [], lang)
    name = "gained" if after <= before else "spent"
    told = {"before": money(before, currency, lang), "after": money(after, currency, lang)}
    lines = [say("report.card.from_to", lang, **told)]
    if average is not None:
        word = "tonne" if average >= 0 else "tonne_gain"
        lines.append(say(f"report.card.{word}", lang, value=money(abs(average), currency, lang)))
    return _card(name, money(abs(after - before), currency, lang), lines, lang)


def _card(name: str, value: str, lines: list[str], lang: Language, *, main: bool = False) -> str:
    small = "".join(f"<small>{escape(line)}</small>" for line in lines)
    kind = " plan" if main else ""
    return (
        f'<div class="card{kind}"><dt>{escape(say(f"report.card.{name}", lang))}</dt>'
        f"<dd><b>{escape(value)}</b>{small}</dd></div>"
    )
