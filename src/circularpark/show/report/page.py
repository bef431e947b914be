"""The report as HTML: for the screen with the interactive map, and for print without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from string import Template
from typing import TYPE_CHECKING

from circularpark.show.controls import summary_cards
from circularpark.show.flowmap import draw_flow_map
from circularpark.show.page import asset, script_policy
from circularpark.show.plan_scene import scene_of
from circularpark.show.project_words import company_names
from circularpark.show.report.company import company_sections
from circularpark.show.report.parts import Section
from circularpark.show.report.sections import SECTIONS, projects
from circularpark.show.scene import Theme
from circularpark.show.style import css_variables
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan
    from circularpark.studies.evaluated import Evaluation


def draw_report(
    plan: Plan,
    lang: Language,
    theme: Theme = "light",
    *,
    company: str = "",
    print_it: bool = False,
    evaluation: Evaluation | None = None,
) -> str:
    """The report of a plan as one HTML page that opens from a file without a network.

    company : only this company's data and gain; blank: the whole park
    print_it : for paper: page numbers, no script, the map as a picture only
    evaluation : what the plan's projects are worth, where it was found

    Raises
    ------
    KeyError : the park has no such company
    """
    sections = (
        company_sections(plan, company, lang, theme)
        if company
        else [
            make(plan, lang, theme, evaluation) if make is projects else make(plan, lang, theme)
            for make in SECTIONS
        ]
    )
    park = plan.park.name.get(lang) or plan.park.id
    if company:
        called = company_names(plan.park, lang)[company]
        title = say("report.company_title", lang, company=called, park=park)
    else:
        title = say("report.title", lang, park=park)
    interactive = not print_it and not company
    scene = scene_of(plan)
    if interactive:
        # The map that answers the reader takes the place of the picture of it.
        frame = draw_flow_map(replace(scene, summary=None), lang, theme)
        name = escape(say("report.map_frame", lang), quote=True)
        sections[0].parts[-1] = (
            f'<iframe class="map" title="{name}" loading="lazy"'
            f' srcdoc="{escape(frame, quote=True)}"></iframe>'
        )
    cards = "" if company or scene.summary is None else summary_cards(scene.summary, lang)
    return Template(asset("report.html").decode()).substitute(
        lang="zh-CN" if lang == "zh" else "en",
        policy=script_policy() if interactive else script_policy(none=True),
        title=escape(title),
        subtitle=escape(_subtitle(plan, lang)),
        style=page_style(theme, print_it=print_it),
        cards=cards,
        contents=_contents(sections, lang),
        body="".join(section.html() for section in sections),
    )


def _subtitle(plan: Plan, lang: Language) -> str:
    status = "certified" if plan.certificate.ok else "not_certified"
    if plan.approximate and plan.certificate.ok:
        status = "approximate"
    year = plan.park.settings.years[-1]
    status = say(f"report.{status}", lang)
    return say("report.subtitle", lang, year=year, status=status, hash=plan.park_hash[:8])


def _contents(sections: Sequence[Section], lang: Language) -> str:
    items = "".join(
        f'<li><a href="#{section.name}">{escape(section.title)}</a></li>'
        for section in sections
        if section.parts
    )
    return f'<nav aria-label="{escape(say("report.contents", lang))}"><ol>{items}</ol></nav>'


def page_style(theme: Theme, *, print_it: bool = False) -> str:
    """The style of a report, or (``print_it``) of the same on paper."""
    files = ["map.css", "report.css", *(["paper.css"] if print_it else [])]
    return f":root{{{css_variables(theme)}}}\n" + "\n".join(asset(name).decode() for name in files)
