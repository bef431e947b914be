"""The HTML page around a flow map: one file, no network, nothing that may be fetched."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any, Final

from circularpark.show.flowmap import FlowMap
from circularpark.show.numbers import money, number, tonnes
from circularpark.show.scene import Outcome, Scene, Summary, Theme
from circularpark.show.style import FONT, palette_of
from circularpark.show.twin import builds_table, flows_table
from circularpark.words import Language, say

PLOTLY: Final = "plotly-basic-4.1.1.min.js.gz"
_LARGEST_TOLD: Final = 5


@cache
def asset(name: str) -> bytes:
    """One of the files that stand in ``show/assets``."""
    return (resources.files("circularpark.show") / "assets" / name).read_bytes()


@cache
def _plotly() -> tuple[str, str]:
    """plotly.js compressed for the page, and the hash by which the page lets it run."""
    packed = asset(PLOTLY)
    return base64.b64encode(packed).decode(), _hash(gzip.decompress(packed))


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def flow_map_page(scene: Scene, drawn: FlowMap, lang: Language, theme: Theme) -> str:
    """The page of a flow map; ``drawn`` is the same scene's map in the same language and theme."""
    packed, plotly_hash = _plotly()
    script = asset("map.js").decode()
    title = scene.title or say("show.map.title", lang, park=_park_name(scene, lang))
    shown, total = drawn.index["shown"], len(drawn.flows)
    subtitle = scene.subtitle or (
        say("show.map.subtitle", lang, shown=shown, flows=total) if total else say("show.map.no_flows", lang)
    )
    meta = drawn.figure["layout"]["meta"]
    parts = {
        "lang": "zh-CN" if lang == "zh" else "en",
        "theme": theme,
        "policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; "
        f"font-src data:; base-uri 'none'; form-action 'none'; script-src {plotly_hash} {_hash(script.encode())}",
        "title": escape(title),
        "subtitle": escape(subtitle),
        "style": _style(theme, meta),
        "summary": _summary(scene.summary, lang) if scene.summary else "",
        "controls": _controls(drawn, lang) if total else "",
        "aria": escape(_aria(drawn, lang)),
        "no_script": escape(say("show.map.no_script", lang)),
        "hint": escape(say("show.map.hint", lang)) if total else "",
        "builds": builds_table(scene, lang),
        "twin": flows_table(drawn, lang, scene.baseline is not None) if total else "",
        "data": _json(_payload(drawn, title, lang, theme)),
        "plotly": packed,
        "script": script,
    }
    return Template(asset("page.html").decode()).substitute(parts)


def _park_name(scene: Scene, lang: Language) -> str:
    return scene.park.get(lang) or next((name for name in scene.park.values() if name), "")


def _style(theme: Theme, meta: dict[str, float]) -> str:
    palette = palette_of(theme)
    named = ("page", "card", "border", "text", "muted", "accent", "good", "plot", "land")
    variables = "".join(f"--{name}:{getattr(palette, name)};" for name in named)
    variables += f"--font:{FONT};--aspect:{meta['width']:.0f}/{meta['height']:.0f};"
    variables += f"--warn:{palette.changes['gone']};color-scheme:{theme};"
    return f":root{{{variables}}}\n{asset('map.css').decode()}"


def _json(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _payload(drawn: FlowMap, title: str, lang: Language, theme: Theme) -> dict[str, Any]:
    buttons = ("zoom_in", "zoom_out", "reset", "pan", "save")
    return {
        "figure": drawn.figure,
        "index": drawn.index,
        "lang": "zh-CN" if lang == "zh" else "en",
        "title": title,
        "words": {
            **{button: say(f"show.button.{button}", lang) for button in buttons},
            "count": say("show.view.count", lang, shown="{shown}", flows="{flows}"),
            "metres": say("show.map.metres", lang, number="{number}"),
            "kilometres": say("show.map.kilometres", lang, number="{number}"),
            "picture": say("show.map.picture", lang),
        },
    }


def _aria(drawn: FlowMap, lang: Language) -> str:
    told = [
        say(
            "show.map.aria_flow", lang, from_site=flow["source_name"], to_site=flow["target_name"],
            commodity=flow["commodity_name"], quantity=pair["quantity"],
        )
        for pair, (_, flow) in zip(drawn.facts[:_LARGEST_TOLD], drawn.flows.iterrows(), strict=False)
    ]  # fmt: skip
    if not told:
        return say("show.map.no_flows", lang)
    largest = say("show.map.aria_join", lang).join(told)
    return say("show.map.aria", lang, flows=len(drawn.flows), sites=len(drawn.sites), largest=largest)


def _summary(summary: Summary, lang: Language) -> str:
    """Three numbers: today, best operation of today's equipment, plan."""
    cards = []
    states = (("today", summary.today), ("best_operation", summary.best_operation), ("plan", summary.plan))
    for name, outcome in states:
        lines = []
        if name != "today" and (share := _share(outcome, summary.today)):
            lines.append(say("show.summary.against_today", lang, share=share))
        if name == "plan" and (share := _share(outcome, summary.best_operation)):
            lines.append(say("show.summary.against_operation", lang, share=share))
        if outcome.cost is not None:
            cost = money(outcome.cost, summary.currency, lang)
            lines.append(say("show.summary.cost", lang, value=cost))
        if name == "plan" and summary.cost_per_tonne is not None:
            each = money(summary.cost_per_tonne, summary.currency, lang)
            lines.append(say("show.summary.cost_per_tonne", lang, value=each))
        flag = ""
        if name == "plan" and summary.certified is False:
            flag = f' <strong class="warn">{escape(say("show.summary.not_certified", lang))}</strong>'
        value = tonnes(outcome.co2 if outcome.co2 is not None else math.nan, lang)
        cards.append(
            f'<div class="card {name}"><dt>{escape(say(f"show.summary.{name}", lang))}{flag}</dt>'
            f"<dd><b>{escape(value)}</b> <span>{escape(say('show.summary.co2', lang))}</span>"
            + "".join(f"<small>{escape(line)}</small>" for line in lines)
            + "</dd></div>"
        )
    label = escape(say("show.summary.label", lang))
    return f'<dl class="cards" aria-label="{label}">{"".join(cards)}</dl>'


def _share(now: Outcome, before: Outcome) -> str:
    if now.co2 is None or before.co2 is None or before.co2 <= 0:
        return ""
    change = (now.co2 / before.co2 - 1) * 100
    return f"{'+' if change > 0 else ''}{number(change, 2 if abs(change) < 10 else 3)}%"


def _controls(drawn: FlowMap, lang: Language) -> str:
    """Views, slider, choice of a site, and the legends that filter."""
    index = drawn.index
    total = len(drawn.flows)
    views = ""
    if index["differs"]:
        buttons = "".join(
            f'<button type="button" data-view="{view}" aria-pressed="{str(view == "plan").lower()}">'
            f"{escape(say(f'show.view.{view}', lang))}</button>"
            for view in ("plan", "difference")
        )
        views = f'<div class="views" role="group" aria-label="{escape(say("show.view.label", lang))}">{buttons}</div>'
    sites = sorted(enumerate(drawn.sites["name"]), key=lambda pair: pair[1])
    options = "".join(f'<option value="{row}">{escape(name)}</option>' for row, name in sites)
    chosen = (
        f"<label>{escape(say('show.view.site', lang))} <select id=\"site\">"
        f'<option value="-1">{escape(say("show.view.all_sites", lang))}</option>{options}</select></label>'
    )
    slider = (
        f'<label class="slider">{escape(say("show.view.largest", lang))} '
        f'<input type="range" id="largest" min="1" max="{total}" value="{min(index["shown"], total)}">'
        f'<output id="count" for="largest"></output></label>'
    )
    swatches = [(str(i), c["name"], c["colour"], c["edge"]) for i, c in enumerate(index["commodities"])]
    changes = [(c, say(f"show.change.{c}", lang), v["colour"], v["edge"]) for c, v in index["changes"].items()]
    return (
        f'<div class="controls">{views}{slider}{chosen}</div>'
        + _legend("commodity", say("show.view.commodities", lang), swatches, lang, False)
        + (_legend("change", say("show.view.changes", lang), changes, lang, True) if index["differs"] else "")
    )


def _legend(kind: str, label: str, swatches: list[tuple[str, str, str, str]], lang: Language, hidden: bool) -> str:
    items = "".join(
        f'<button type="button" data-{kind}="{key}" aria-pressed="true">'
        f'<svg width="22" height="12" aria-hidden="true"><path d="M1 4h12V1l8 5-8 5V8H1z" fill="{colour}" '
        f'stroke="{edge}" stroke-width=".8"/></svg>{escape(name)}</button>'
        for key, name, colour, edge in swatches
    )
    every = f'<button type="button" class="all" data-all="{kind}">{escape(say("show.view.all", lang))}</button>'
    hide = " hidden" if hidden else ""
    return f'<div class="legend" id="{kind}-legend" role="group" aria-label="{escape(label)}"{hide}>{items}{every}</div>'
