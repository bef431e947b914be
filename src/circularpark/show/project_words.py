"""What projects, their companies and their prices are called."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from circularpark.show.figures import figures
from circularpark.show.numbers import number
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.studies.evaluated import Project


def plain_name(project: Project, lang: Language) -> str:
    """A project by its name in the list, else by its largest part."""
    return project.names[lang] if project.id in set(project.items["item"]) else project.id


def project_name(project: Project, lang: Language) -> str:
    """The same, and how many parts it has besides."""
    name = plain_name(project, lang)
    more = len(project.items) - 1
    if more:
        name = say("studies.macc.parts", lang, name=name, count=more + (lang == "zh"))
    return name


def relation_word(project: Project, lang: Language) -> str:
    """Whether the others take from a project, add to it, or leave it alone."""
    relation = project.relation
    return say(f"evaluate.interaction.{relation}", lang) if relation else ""


def rate_words(project: Project, lang: Language) -> str:
    """The rate of return; words where there is none or more than one."""
    if project.finances is None:
        return number(math.nan)
    found = project.finances.after_tax.returns
    if found.rate is not None:
        return f"{figures(100 * found.rate)} %"
    return say(f"evaluate.irr.{found.status}", lang)


def payback_words(years: float | None, lang: Language) -> str:
    """After how many years it has paid back, or that it never does."""
    if years is None:
        return say("evaluate.never", lang)
    return say("evaluate.so_many_years", lang, years=figures(years))


def basis_word(link: Mapping[str, Any], lang: Language) -> str:
    """Where a link's price comes from, or why there is none."""
    if link["contract"] == link["contract"]:
        return say("evaluate.basis.contract", lang)
    if link["basis"] and link["price"] != link["price"]:
        return say("evaluate.basis.no_price", lang)
    return say(f"evaluate.basis.{link['basis'] or 'unknown'}", lang)


def company_names(park: Park, lang: Language) -> dict[str, str]:
    """What companies are called: in Chinese, and where a site is its own company, by its site."""
    sites = park.tables.sites
    found: dict[str, str] = {}
    for company, own in sites.groupby("company", sort=False):
        name = str(own[f"name_{lang}"].iloc[0])
        if name and len(own) > 1:
            name = say("report.company_sites", lang, name=name, count=len(own))
        unnamed = lang == "zh" or str(own["id"].iloc[0]) == str(company)
        found[str(company)] = name if name and unnamed else str(company)
    return found
