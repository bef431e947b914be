"""What stands around the map: the three numbers of the header, switches and legends."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from circularpark.show.flowmap import FlowMap
from circularpark.show.numbers import money, number, tonnes
from circularpark.show.scene import Outcome, Summary
from circularpark.words import Language, say


def summary_cards(summary: Summary, lang: Language) -> str:
    """Three numbers: today, best operation of today's equipment, plan."""
    states = {
        "today": summary.today,
        "best_operation": summary.best_operation,
        "plan": summary.plan,
    }
    cards = "".join(_card(name, outcome, summary, lang) for name, outcome in states.items())
    return f'<dl class="cards" aria-label="{_words("show.summary.label", lang)}">{cards}</dl>'


def _card(name: str, outcome: Outcome, summary: Summary, lang: Language) -> str:
    lines = _savings(name, outcome, summary, lang)
    if outcome.cost is not None:
        value = money(outcome.cost, summary.currency, lang)
        lines.append(say("show.summary.cost", lang, value=value))
    if outcome.co2 is None and name == "today":
        lines.append(say("show.summary.unknown", lang))
    flag = ""
    if name == "plan" and summary.cost_per_tonne is not None:
        word = "cost" if summary.cost_per_tonne >= 0 else "gain"
        value = money(abs(summary.cost_per_tonne), summary.currency, lang)
        lines.append(say(f"show.summary.{word}_per_tonne", lang, value=value))
    if name == "plan" and summary.approximate:
        flag = f" <em>{_words('show.summary.approximate', lang)}</em>"
        lines.append(say("show.summary.typical_days", lang))
    if name == "plan" and summary.certified is False:
        flag += f' <strong class="warn">{_words("show.summary.not_certified", lang)}</strong>'
    co2 = tonnes(math.nan if outcome.co2 is None else outcome.co2, lang)
    small = "".join(f"<small>{escape(line)}</small>" for line in lines)
    value = f"<b>{escape(co2)}</b> <span>{_words('show.summary.co2', lang)}</span>"
    called = say(f"show.summary.{name}", lang)
    if summary.year and name != "today":
        called = say("show.summary.in_year", lang, name=called, year=summary.year)
    title = f"<dt>{escape(called)}{flag}</dt>"
    return f'<div class="card {name}">{title}<dd>{value}{small}</dd></div>'


def _savings(name: str, outcome: Outcome, summary: Summary, lang: Language) -> list[str]:
    """What a state saves, split into the step to best operation and the step to the plan."""
    before = {"against_today": summary.today, "against_operation": summary.best_operation}
    told = {"today": (), "best_operation": ("against_today",), "plan": tuple(before)}[name]
    return [
        say(f"show.summary.{word}", lang, share=share)
        for word in told
        if (share := _share(outcome, before[word]))
    ]


def _share(now: Outcome, before: Outcome) -> str:
    if now.co2 is None or before.co2 is None or before.co2 <= 0:
        return ""
    change = (now.co2 / before.co2 - 1) * 100
    return f"{'+' if change > 0 else ''}{number(round(change, 1))}%"


def controls(drawn: FlowMap, data: dict[str, Any], lang: Language) -> str:
    """Views, sliders, choice of a site, switches, and the legends that filter.

    data : what the page gives to its script
    """
    index = data["index"]
    # The commodity that moves most stands first.
    order = drawn.flows.groupby("kind_index")["width"].sum().sort_values(ascending=False).index
    commodities = [
        (str(row), one["name"], f"k{row}") for row in order for one in [index["commodities"][row]]
    ]
    changes = [(change, say(f"show.change.{change}", lang), change) for change in index["changes"]]
    parts = [
        _views(index, lang), _period(index["periods"], lang), _slider(drawn, lang),
        _site_menu(drawn, lang), _zones(index["zones"], lang), _switches(index, lang),
    ]  # fmt: skip
    parts = [
        f'<div class="controls">{"".join(parts)}</div>',
        _legend("commodity", say("show.view.commodities", lang), commodities, lang),
    ]
    if index["differs"]:
        parts.append(_legend("change", say("show.view.changes", lang), changes, lang, hidden=True))
    return "".join(parts)


def _views(index: dict[str, Any], lang: Language) -> str:
    if not index["differs"]:
        return ""
    words = {"plan": "plan", "difference": f"against_{index['against']}"}
    buttons = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="{pressed}">'
        f"{_words(f'show.view.{words[view]}', lang)}</button>"
        for view, pressed in (("plan", "true"), ("difference", "false"))
    )
    label = _words("show.view.label", lang)
    return f'<div class="views" role="group" aria-label="{label}">{buttons}</div>'


def _slider(drawn: FlowMap, lang: Language) -> str:
    total = len(drawn.flows)
    return (
        f'<label class="slider">{_words("show.view.largest", lang)} '
        f'<input type="range" id="largest" min="1" max="{total}" value="{drawn.index["shown"]}">'
        '<output id="count" for="largest"></output></label>'
    )


def _period(periods: dict[str, Any] | None, lang: Language) -> str:
    """The step of time: years, or a menu of days and a slider of hours; nothing for one step."""
    if periods is None:
        return ""
    menu, low, high = "", 0, len(periods["steps"]) - 1
    word = "year" if periods["kind"] == "years" else "label"
    if periods["kind"] == "days":
        options = "".join(
            f'<option value="{row}">{escape(name)}</option>'
            for row, name in enumerate(periods["groups"])
        )
        whole = f'<option value="-1">{_words("show.period.whole", lang)}</option>'
        label = _words("show.period.label", lang)
        menu = f'<label>{label} <select id="group">{whole}{options}</select></label>'
        word, high = "hour", max(periods["count"]) - 1
    elif periods["kind"] == "list":
        high += 1
    still = " disabled" if menu else ""
    value = high if periods["kind"] == "years" else 0
    return (
        f'<div class="period" id="period" role="group"'
        f' aria-label="{_words("show.period.label", lang)}">{menu}'
        f'<label class="slider">{_words(f"show.period.{word}", lang)} '
        f'<input type="range" id="step" min="{low}" max="{high}" value="{value}"{still}>'
        '<output id="moment" for="step"></output></label>'
        f'<button type="button" id="play" aria-pressed="false">'
        f"{_words('show.button.play', lang)}</button></div>"
    )


def _zones(zones: dict[str, Any] | None, lang: Language) -> str:
    """Whether sites stand alone, or a zone of them together."""
    if zones is None:
        return ""
    buttons = "".join(
        f'<button type="button" data-merge="{merge}" aria-pressed="{pressed}">'
        f"{_words(f'show.view.merge_{merge}', lang)}</button>"
        for merge, pressed in (("auto", "true"), ("sites", "false"), ("zones", "false"))
    )
    label = _words("show.view.zones", lang)
    return (
        f'<div class="choice">{label} <div class="views" role="group" aria-label="{label}">'
        f"{buttons}</div></div>"
    )


def _switches(index: dict[str, Any], lang: Language) -> str:
    """Buttons that are on or off: routes where there are any, movement, the dark look."""
    wanted = ["routed"] if any("r" in flow for flow in index["flows"]) else []
    return "".join(
        f'<button type="button" class="switch" id="{key}" aria-pressed="false">'
        f"{_words(f'show.view.{word}', lang)}</button>"
        for word in (*wanted, "moving", "dark")
        for key in ["theme" if word == "dark" else word]
    )


def _site_menu(drawn: FlowMap, lang: Language) -> str:
    sites = sorted(enumerate(drawn.sites["name"]), key=lambda pair: str(pair[1]))
    options = "".join(f'<option value="{row}">{escape(name)}</option>' for row, name in sites)
    every = f'<option value="-1">{_words("show.view.all_sites", lang)}</option>'
    label = _words("show.view.site", lang)
    return f'<label>{label} <select id="site">{every}{options}</select></label>'


def _legend(
    kind: str,
    label: str,
    swatches: list[tuple[str, str, str]],
    lang: Language,
    hidden: bool = False,
) -> str:
    """Buttons (key, name, name of the colour) that show and hide what they name."""
    items = "".join(
        f'<button type="button" data-{kind}="{key}" aria-pressed="true">'
        '<svg width="22" height="12" aria-hidden="true"><path d="M1 4h12V1l8 5-8 5V8H1z" '
        f'style="fill:var(--{ink});stroke:var(--{ink}-edge)" stroke-width=".8"/></svg>'
        f"{escape(name)}</button>"
        for key, name, ink in swatches
    )
    return (
        f'<div class="legend" id="{kind}-legend" role="group" aria-label="{escape(label)}"'
        f"{' hidden' if hidden else ''}>{items}"
        f'<button type="button" class="all" data-all="{kind}">{_words("show.view.all", lang)}'
        "</button></div>"
    )


def _words(key: str, lang: Language) -> str:
    return escape(say(key, lang))
