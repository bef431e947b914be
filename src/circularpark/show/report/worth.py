"""What each project of a plan is worth: its economics as a table and as bubbles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd

from circularpark.show.charts.bubbles import project_bubbles
from circularpark.show.charts.sankey import shortened
from circularpark.show.project_words import (
    payback_words,
    project_name,
    rate_words,
    relation_word,
)
from circularpark.show.report.cards import money, tonnes
from circularpark.show.report.parts import Section, heads
from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.studies.evaluated import Evaluation, Project

MOST: Final = 10
_NAME: Final = 310.0


def worth(section: Section, found: Evaluation, lang: Language, theme: Theme) -> None:
    """Add what the projects save, cost and are worth, in the order in which to do them."""
    section.say(say("report.text.worth", lang))
    figures = ("order", "saved", "per_tonne", "capex", "npv", "irr", "payback")
    columns = heads(lang, "order", "item", *figures[1:], "relation", right=figures)
    section.table("", columns, list(_rows(found, lang)))
    if len(found.projects) > MOST:
        section.say(say("report.more_projects", lang, count=len(found.projects) - MOST), "hint")
    section.picture(project_picture(found, lang, theme), "full")


def project_picture(found: Evaluation, lang: Language, theme: Theme = "light") -> Picture | None:
    """The projects as bubbles; None where none of them saves CO2."""
    frame = pd.DataFrame(
        [
            (project_name(p, lang), p.capex, *p.values.get("last", (0.0, 0.0)))
            for p in found.projects
        ],
        columns=["name", "capex", "co2", "cost"],
    )
    if not (frame["co2"] > 0).any():
        return None
    settings = found.park.settings
    return project_bubbles(frame, settings.currency, lang, theme, ceiling=settings.cost_ceiling)


def in_order(projects: Sequence[Project]) -> list[Project]:
    """The projects as one would do them: the cheapest tonne first, what it needs before it.

    What saves nothing by itself comes where the first that needs it stands, else last.
    """
    price = {p.id: p.cost_per_tonne() for p in projects}
    order = sorted(projects, key=lambda p: (price[p.id] is None, price[p.id] or 0.0))
    holder = {str(item): p for p in projects for item in p.items["item"]}
    done: dict[str, Project] = {}

    def take(project: Project, waiting: frozenset[str]) -> None:
        if project.id in done or project.id in waiting:
            return
        for item in project.needs:
            if item in holder:
                take(holder[item], waiting | {project.id})
        done[project.id] = project

    for project in order:
        take(project, frozenset())
    return list(done.values())


def _rows(found: Evaluation, lang: Language) -> Iterator[list[str]]:
    currency = found.park.settings.currency
    for place, project in enumerate(in_order(found.projects)[:MOST], start=1):
        price = project.cost_per_tonne()
        finances = project.finances
        yield [
            str(place),
            shortened(project_name(project, lang), _NAME),
            tonnes(project.values.get("last", (float("nan"), 0.0))[0], lang),
            "–" if price is None else money(price, currency, lang),
            money(project.capex, currency, lang),
            "–" if finances is None else money(finances.after_tax.npv, currency, lang),
            rate_words(project, lang),
            "–" if finances is None else payback_words(finances.after_tax.payback, lang),
            relation_word(project, lang) or "–",
        ]
