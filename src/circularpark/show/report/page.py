"""The report as HTML: for the screen with the interactive map, and for print without a script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from string import Template
from typing import TYPE_CHECKING, Final

from circularpark.show.flowmap import draw_flow_map
from circularpark.show.fonts import with_font
from circularpark.show.page import asset, script_policy
from circularpark.show.plan_scene import scene_of
from circularpark.show.project_words import company_names
from circularpark.show.report.cards import number_cards
from circularpark.show.report.company import company_sections, own_cards
from circularpark.show.report.parts import Section
from circularpark.show.report.sections import SECTIONS, Told, summary
from circularpark.show.scene import Theme
from circularpark.show.style import css_variables
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan
    from circularpark.studies.evaluated import Evaluation


# The map within its frame on the widest page, and what stands above and below it [px].
WIDEST: Final = 1074
CONTROLS: Final = 330
_ASPECT: Final = re.compile(r"--aspect:(\d+)/(\d+)")


@dataclass
class Report:
    """The report of a plan; what screen and paper share is drawn once.

    company : only this company's data and gain; blank: the whole park
    evaluation : what the plan's projects are worth, where it was found
    embed_font : the page for the screen brings a Chinese font of its own; readers' machines
        have one as a rule
    """

    plan: Plan
    lang: Language
    theme: Theme = "light"
    company: str = ""
    evaluation: Evaluation | None = None
    embed_font: bool = False

    def screen(self) -> str:
        """One HTML page that opens from a file without a network.

        Raises
        ------
        KeyError : the park has no such company
        """
        if self.company:
            return self._fonted(self._page(self._shared, paper=False))
        first = summary(self._told)
        # The map that answers the reader takes the place of the picture of it.
        scene = replace(scene_of(self.plan, interactive=True), summary=None)
        frame = self._fonted(draw_flow_map(scene, self.lang, self.theme))
        name = escape(say("report.map_frame", self.lang), quote=True)
        first.raw(
            f'<iframe class="map" title="{name}" loading="lazy" style="{_height(frame)}"'
            f' srcdoc="{escape(frame, quote=True)}"></iframe>'
        )
        return self._fonted(self._page([first, *self._shared], paper=False))

    def paper(self) -> str:
        """The same for print: page numbers, no script, the map as a picture only.

        Raises
        ------
        KeyError : the park has no such company
        """
        if self.company:
            return self._page(self._shared, paper=True)
        first = summary(self._told)
        lead, rest = first.parts[:1], first.parts[1:]
        first.parts = lead
        with first.beside("front"):
            first.picture(self._told.map)
            first.parts += rest
        return self._page([first, *self._shared], paper=True)

    def _fonted(self, page: str) -> str:
        return with_font(page).page if self.embed_font else page

    @cached_property
    def _told(self) -> Told:
        scene = scene_of(self.plan)
        return Told(self.plan, self.lang, self.theme, scene, self.evaluation)

    @cached_property
    def _shared(self) -> list[Section]:
        """All sections that are alike on screen and on paper."""
        if self.company:
            return company_sections(self.plan, self.company, self.lang, self.theme)
        return [make(self._told) for make in SECTIONS]

    def _page(self, sections: Sequence[Section], *, paper: bool) -> str:
        interactive = not paper and not self.company
        return Template(asset("report.html").decode()).substitute(
            lang="zh-CN" if self.lang == "zh" else "en",
            policy=script_policy() if interactive else script_policy(none=True),
            title=escape(self._title),
            subtitle=escape(self._subtitle),
            style=page_style(self.theme, print_it=paper),
            cards=self._cards,
            contents="" if paper else _contents(sections, self.lang),
            body="".join(section.html() for section in sections),
        )

    @property
    def _cards(self) -> str:
        if self.company:
            return own_cards(self.plan, self.company, self.lang)
        return number_cards(self.plan, self.lang)

    @property
    def _title(self) -> str:
        park = self.plan.park.name.get(self.lang) or self.plan.park.id
        if not self.company:
            return say("report.title", self.lang, park=park)
        called = company_names(self.plan.park, self.lang)[self.company]
        return say("report.company_title", self.lang, company=called, park=park)

    @property
    def _subtitle(self) -> str:
        plan, lang = self.plan, self.lang
        status = "certified" if plan.certificate.ok else "not_certified"
        if plan.approximate and plan.certificate.ok:
            status = "approximate"
        year, status = plan.park.settings.years[-1], say(f"report.{status}", lang)
        return say("report.subtitle", lang, year=year, status=status, hash=plan.park_hash[:8])


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
    report = Report(plan, lang, theme, company, evaluation)
    return report.paper() if print_it else report.screen()


def _height(frame: str) -> str:
    """The height of a map's frame: its controls, and the map at the width of the page."""
    found = _ASPECT.search(frame)
    if found is None:
        return ""
    share = int(found[2]) / int(found[1])
    return f"height:calc(min(100vw - 90px, {WIDEST}px) * {share:.3f} + {CONTROLS}px)"


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
