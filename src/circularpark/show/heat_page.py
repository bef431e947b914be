"""The heat of a plan as one HTML page: curves, targets, exchangers. No script, no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from string import Template
from typing import TYPE_CHECKING, Final

import pandas as pd

from circularpark.account.heat_grid import Loads
from circularpark.account.heat_loads import NETWORK
from circularpark.show.heat_charts import (
    composite_chart,
    grand_chart,
    total_site_chart,
    unit_for,
)
from circularpark.show.heat_words import HeatWords, pinch_text, span
from circularpark.show.numbers import number
from circularpark.show.page import asset
from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture
from circularpark.show.style import css_variables
from circularpark.show.twin import table
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.heat_report import HeatReport
    from circularpark.solve.plan import Plan

MOST_SITES: Final = 6
MOST_MATCHES: Final = 40
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:;"
    " base-uri 'none'; form-action 'none'"
)


def draw_heat(plan: Plan, report: HeatReport, lang: Language, theme: Theme = "light") -> str:
    """One HTML page with the curves, targets and exchangers of a plan."""
    words = HeatWords(plan, lang)
    name = plan.park.name.get(lang) or plan.park.id
    parts = [_figure(picture) for picture in pictures(plan, report, lang, theme)]
    parts += [_targets(report, words), _matches(report, words)]
    style = css_variables(theme)
    return Template(asset("heat.html").decode()).substitute(
        lang="zh-CN" if lang == "zh" else "en",
        policy=_POLICY,
        title=escape(say("heat.page.title", lang, park=name)),
        subtitle=escape(say("heat.page.subtitle", lang, year=report.year)),
        style=f":root{{{style}}}\n{asset('map.css').decode()}\n{asset('heat.css').decode()}",
        summary="".join(f"<li>{escape(line)}</li>" for line in summary_lines(report, lang)),
        body="".join(parts),
        notes=escape(_notes(plan, lang)),
    )


def pictures(
    plan: Plan, report: HeatReport, lang: Language, theme: Theme = "light"
) -> Iterator[Picture]:
    """The park's three pictures, then two for each site that could recover heat of its own."""
    words = HeatWords(plan, lang)
    name = plan.park.name.get(lang) or plan.park.id
    zones = list(report.loads.cascades())
    real = [(key, own) for key, own in zones if key[1] != NETWORK]
    if len(zones) > 1:
        yield composite_chart(report.loads, name, lang, theme)
        yield grand_chart(report.loads, name, lang, theme)
        carriers = report.carriers.assign(
            name=[words.carrier(carrier) for carrier in report.carriers["carrier"]]
        )
        yield total_site_chart([own for _, own in zones], carriers, name, lang, theme)
    for (site, zone), own in _largest(report, real):
        called = words.site(site, zone)
        yield composite_chart(own, called, lang, theme)
        yield grand_chart(own, called, lang, theme)


def _largest(
    report: HeatReport, zones: Sequence[tuple[tuple[str, str], Loads]]
) -> list[tuple[tuple[str, str], Loads]]:
    """The cascades that could recover most of their own heat, at most a few."""
    rows = report.reach.iloc[:-1]
    own = dict(
        zip(zip(rows["site"], rows["heat_zone"], strict=True), rows["recoverable"], strict=True)
    )
    able = [(key, loads) for key, loads in zones if own.get(key, 0.0) > 0]
    return sorted(able, key=lambda pair: -own[pair[0]])[:MOST_SITES]


def summary_lines(report: HeatReport, lang: Language) -> list[str]:
    """Recovered heat against the target, then why it is not more."""
    return [recovered_line(report, lang), *(reason.text(lang) for reason in report.reasons)]


def recovered_line(report: HeatReport, lang: Language) -> str:
    """How much heat is recovered by best operation and by the plan, against the target."""
    now, target = float(report.reach["now"].iloc[-1]), report.target
    plan = float(report.balance["recovered"])
    unit = unit_for(max(target, plan))
    share = number(100 * plan / target) if target > 0 else "–"
    key = "heat.recovered" if now == now else "heat.recovered_plan"
    return say(
        key, lang, now=unit.text(now), plan=unit.text(plan), target=unit.text(target), share=share
    )


def _notes(plan: Plan, lang: Language) -> str:
    """What the pictures rest on, and what of it is assumed."""
    assumed = 0
    for name in ("streams", "demands"):
        rows = plan.park.raw[name]
        if "confidence" in rows and "supply_temp" in rows:
            warm = rows["supply_temp"].notna()
            marked = rows["confidence"].astype(str).str.startswith("assum")
            assumed += int((warm & marked).sum())
    note = say("heat.page.method", lang)
    return f"{note} {say('heat.page.assumed', lang, count=assumed)}" if assumed else note


def _figure(picture: Picture) -> str:
    return (
        f'<figure class="panel"><h2>{escape(picture.title)}</h2>{picture.svg}'
        f"<figcaption>{escape(picture.told)}</figcaption></figure>"
    )


def _targets(report: HeatReport, words: HeatWords) -> str:
    """The table of targets, a row a cascade."""
    lang = words.lang
    rows = report.shown
    unit = unit_for(float(rows["wanted"].max()))
    columns = ("offered", "wanted", "recoverable", "heating", "cooling")
    done = ("now", "plan")
    heads = [(say("heat.head.site", lang), False)]
    heads += [(say(f"heat.head.{c}", lang, unit=unit.name), True) for c in (*columns, *done)]
    heads += [(say("heat.head.pinch", lang), True)]
    body = []
    for row in rows.to_dict("records"):
        cells = [_cell(words.site(str(row["site"]), str(row["heat_zone"])), False)]
        cells += [_cell(number(float(row[c]) * unit.size), True) for c in (*columns, *done)]
        cells.append(_cell(pinch_text(row["pinch"]), True))
        body.append(f"<tr>{''.join(cells)}</tr>")
    below = f'<p class="hint">{escape(say("heat.sides", lang))}</p>'
    return table(say("heat.head.targets", lang), heads, body, "targets") + below


def _matches(report: HeatReport, words: HeatWords) -> str:
    """The table of exchangers, the largest first."""
    lang = words.lang
    rows = shown_matches(report.matches).head(MOST_MATCHES)
    if not len(rows):
        return ""
    unit = unit_for(float(rows["mean"].max()))
    heads = [(say(f"heat.head.{c}", lang), False) for c in ("site", "source", "sink")]
    heads += [(say(f"heat.head.{c}", lang, unit=unit.name), True) for c in ("mean", "largest")]
    heads += [(say(f"heat.head.{c}", lang), True) for c in ("energy", "hot", "cold", "approach")]
    body = []
    for row in rows.to_dict("records"):
        cells = [
            _cell(text, False)
            for text in (
                words.site(str(row["site"]), str(row["heat_zone"])),
                words.item(str(row["source"]), str(row["source_part"])),
                words.item(str(row["sink"]), str(row["sink_part"])),
            )
        ]
        figures = (
            number(float(row["mean"]) * unit.size),
            number(float(row["largest"]) * unit.size),
            number(float(row["energy"])),
            span(row["hot_in"], row["hot_out"]),
            span(row["cold_in"], row["cold_out"]),
            number(float(row["approach"])),
        )
        body.append(f"<tr>{''.join([*cells, *(_cell(text, True) for text in figures)])}</tr>")
    return table(say("heat.head.matches", lang), heads, body, "matches")


def shown_matches(matches: pd.DataFrame) -> pd.DataFrame:
    """Exchangers between a source and a sink, the largest first, without the solver's dust."""
    pairs = matches[(matches["source"] != "") & (matches["sink"] != "")]
    pairs = pairs.sort_values("energy", ascending=False, kind="stable")
    return pairs[pairs["mean"] > 1e-6 * float(pairs["mean"].max())] if len(pairs) else pairs


def _cell(text: str, numeric: bool) -> str:
    return f'<td class="n">{escape(text)}</td>' if numeric else f"<td>{escape(text)}</td>"
