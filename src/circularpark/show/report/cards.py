"""The three numbers a mayor asks for: CO2 saved, what it takes, and what it costs or gains."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from circularpark.show.figures import percent
from circularpark.show.numbers import money, tonnes
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan


def last_year(plan: Plan, measure: str) -> tuple[float | None, float]:
    """A measure's amount in the last planning year: best operation (None without), plan."""
    year = plan.park.settings.years[-1]
    before = None if plan.best is None else float(plan.best.account.annual(measure)[year])
    return before, float(plan.account.annual(measure)[year])


def number_cards(plan: Plan, lang: Language) -> str:
    """CO2 saved a year, the investment, and the change of the yearly cost."""
    currency = plan.park.settings.currency
    co2, cost = last_year(plan, "co2"), last_year(plan, "cost")
    built = float(plan.builds["capex"].sum())
    projects = int((plan.builds["capex"] > 0).sum())
    return _list(
        [
            _saved(co2, lang),
            _card("capex", money(built, currency, lang),
                  [say("report.card.projects", lang, count=projects)], lang),
            _spent(plan, cost, currency, lang),
        ],
        lang,
    )  # fmt: skip


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
    return _card("saved", tonnes(before - after, lang), lines, lang, main=True)


def _spent(plan: Plan, cost: tuple[float | None, float], currency: str, lang: Language) -> str:
    before, after = cost
    if before is None:
        return _card("cost", money(after, currency, lang), [], lang)
    name = "gained" if after <= before else "spent"
    told = {"before": money(before, currency, lang), "after": money(after, currency, lang)}
    lines = [say("report.card.from_to", lang, **told)]
    average = plan.cost_per_tonne["average"]
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


def _list(cards: list[str], lang: Language) -> str:
    label = escape(say("report.card.label", lang), quote=True)
    return f'<dl class="cards" aria-label="{label}">{"".join(cards)}</dl>'
