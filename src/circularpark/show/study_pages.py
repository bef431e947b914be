"""Pages of studies: the Pareto curve whose points open their maps, and the abatement curves."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from string import Template
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.show.alike import alike
from circularpark.show.charts.abatement import abatement_chart, pareto_chart
from circularpark.show.charts.bubbles import project_bubbles
from circularpark.show.numbers import money, tonnes
from circularpark.show.page import asset, script_policy
from circularpark.show.plan_scene import scene_of
from circularpark.show.report.page import page_style
from circularpark.show.report.parts import Section, heads
from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture
from circularpark.show.static_map import static_map
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.studies.macc import Macc
    from circularpark.studies.pareto import Pareto

# Names on a chart are those of the largest change of a step.
_PART: Final = " · "


def pareto_picture(found: Pareto, lang: Language, theme: Theme = "light") -> Picture | None:
    """The curve as a chart; None where its measures are not money and CO2."""
    if set(found.measures) != {"cost", "co2"}:
        return None
    park = found.park
    values = pd.DataFrame([(p.first, p.second) for p in found.points], columns=list(found.measures))
    named = dict(zip(park.tables.measures["id"], park.tables.measures[f"name_{lang}"], strict=True))
    best = found.points[0].plan.best
    base = None if best is None else (best.account.whole("co2"), best.account.whole("cost"))
    names = (str(named["co2"]), str(named["cost"]))
    return pareto_chart(values, names, found.knee, base, park.settings.currency, lang, theme)


def draw_pareto(found: Pareto, lang: Language, theme: Theme = "light") -> str:
    """One HTML page: the curve, its points as a table, and the map of each point on request."""
    currency = found.park.settings.currency
    section = Section("pareto", lang)
    section.picture(pareto_picture(found, lang, theme))
    rows = []
    for place, row in enumerate(found.frame.to_dict("records"), start=1):
        knee = say("studies.pareto.knee", lang) if row["knee"] else ""
        rows.append(
            [
                f"{place} {knee}".strip(),
                tonnes(float(row.get("co2", float("nan"))), lang),
                money(float(row.get("cost", float("nan"))), currency, lang),
                money(float(row["price"]), currency, lang),
            ]
        )
    columns = heads(lang, "point", "co2", "cost", "price", right=("co2", "cost", "price"))
    section.table("", columns, rows)
    maps = Section("points", lang)
    scenes = alike([scene_of(point.plan) for point in found.points])
    for place, scene in enumerate(scenes, start=1):
        drawn = static_map(scene, lang, theme)
        words = say("chart.pareto.point", lang, number=place, told=rows[place - 1][1])
        maps.raw(f'<details id="point-{place}"><summary>{escape(words)}</summary>')
        maps.picture(drawn)
        maps.raw("</details>")
    park = found.park.name.get(lang) or found.park.id
    title = say("chart.pareto.page", lang, park=park)
    return _page(title, [section, maps], lang, theme)


def macc_pictures(found: Macc, lang: Language, theme: Theme = "light") -> list[Picture]:
    """The curve by re-solving, and the projects as bubbles."""
    park = found.plan.park
    currency, ceiling = park.settings.currency, park.settings.cost_ceiling
    pictures = []
    if found.steps:
        frame = found.frame
        steps = pd.DataFrame(
            {
                "name": [_largest(found, place, lang) for place in range(len(frame))],
                "saved": frame["saved"].to_numpy(float),
                "average": frame["average"].to_numpy(float),
            }
        )
        pictures.append(abatement_chart(steps, currency, lang, theme, ceiling=ceiling))
    projects = found.projects
    if len(projects) and (projects["last_co2"] > 0).any():
        named = pd.DataFrame(
            {
                "name": [str(n).split(_PART)[0] for n in projects[f"name_{lang}"]],
                "capex": projects["capex"].to_numpy(float),
                "co2": projects["last_co2"].to_numpy(float),
                "cost": projects["last_cost"].to_numpy(float),
            }
        ).fillna({"co2": 0.0, "cost": 0.0})
        pictures.append(project_bubbles(named, currency, lang, theme, ceiling=ceiling))
    return pictures


def draw_macc(found: Macc, lang: Language, theme: Theme = "light") -> str:
    """One HTML page with both abatement curves."""
    section = Section("macc", lang)
    for picture in macc_pictures(found, lang, theme):
        section.picture(picture)
        if picture.name == "macc":
            section.table(
                "", heads(lang, "order", "saved", "per_tonne", "mainly",
                          right=("order", "saved", "per_tonne")),
                list(_step_rows(found, lang)),
            )  # fmt: skip
    section.say(say("chart.macc.by_project", lang), "hint")
    park = found.plan.park
    return _page(
        say("chart.macc.page", lang, park=park.name.get(lang) or park.id), [section], lang, theme
    )


def _step_rows(found: Macc, lang: Language) -> Iterator[list[str]]:
    """Each step: what it saves, what a tonne costs on average, what it mainly builds."""
    currency = found.plan.park.settings.currency
    for place, step in enumerate(found.steps):
        average = step.average
        yield [
            str(place + 1),
            tonnes(step.saved, lang),
            "–" if average is None else money(average, currency, lang),
            _largest(found, place, lang),
        ]


def _largest(found: Macc, place: int, lang: Language) -> str:
    """What a step builds most of, by the size of the change."""
    built = found.becomes(place)
    if not len(built):
        return say("chart.macc.running", lang)
    before, after = built["before"].to_numpy(float), built["after"].to_numpy(float)
    moved = np.abs(after - before) / np.maximum(np.maximum(before, after), 1e-12)
    scores = moved * np.log1p(np.maximum(before, after))
    return str(built[f"name_{lang}"].iloc[int(np.argmax(scores))]).split(_PART)[0]


def _page(title: str, sections: list[Section], lang: Language, theme: Theme) -> str:
    return Template(asset("report.html").decode()).substitute(
        lang="zh-CN" if lang == "zh" else "en",
        policy=script_policy(none=True),
        title=escape(title),
        subtitle="",
        style=page_style(theme),
        cards="",
        contents="",
        body="".join(section.html() for section in sections),
    )
