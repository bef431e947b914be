"""The map's twin: the same data as tables that need neither eyes for colour nor a script."""

from __future__ import annotations

import math
from html import escape
from typing import Final

import pandas as pd

from circularpark.show.describe import facts_of
from circularpark.show.flowmap import FlowMap
from circularpark.show.numbers import money, number
from circularpark.show.scene import (
    BUILD_COLUMNS,
    FLOW_COLUMNS,
    SITE_COLUMNS,
    Scene,
    completed,
    names,
)
from circularpark.words import Language, say

_FACTS: Final = (
    *("quantity", "against_today", "against_best_operation", "annual", "km", "transport", "state"),
    *("capex", "cost", "co2", "payback"),
)
_WORDS: Final = ("transport", "state")


def flows_table(scene: Scene, drawn: FlowMap, lang: Language) -> str:
    """Every flow of the map as an HTML table; columns nobody has data for are left out."""
    caption = _of_year(say("show.twin.title", lang), scene)
    return _flows(drawn.flows, drawn.facts, "twin", caption, lang)


def zones_table(scene: Scene, drawn: FlowMap, lang: Language) -> str:
    """Every flow between zones, and who is in them, shown while they are merged; "" without."""
    if drawn.zones is None:
        return ""
    flows = drawn.zones.flows
    currency = scene.summary.currency if scene.summary else "CNY"
    facts = facts_of(flows, currency, scene.against, lang)
    caption = _of_year(say("show.twin.zones", lang), scene)
    between = _flows(flows, facts, "zone-twin", caption, lang)
    comma = say("chart.join", lang)
    rows = [
        f"<tr>{_cell(name, False)}{_cell(comma.join(sites), False)}</tr>"
        for name, sites in zip(drawn.zones.names, drawn.zones.sites, strict=True)
    ]
    heads = [(say("show.twin.zone", lang), False), (say("show.hover.together", lang), False)]
    return between + table(say("show.twin.zone_sites", lang), heads, rows, "zone-sites")


def _of_year(caption: str, scene: Scene) -> str:
    """A caption with the planning year that the amounts are of, where there are several."""
    year = scene.summary.year if scene.summary else ""
    return f"{caption} · {year}" if year else caption


def _flows(
    flows: pd.DataFrame, told: list[dict[str, str]], name: str, caption: str, lang: Language
) -> str:
    known = [fact for fact in _FACTS if any(fact in facts for facts in told)]
    words = ("number", "from", "to", "commodity")
    heads = [(say(f"show.twin.{word}", lang), word == "number") for word in words]
    heads += [(say(f"show.hover.{fact}", lang), fact not in _WORDS) for fact in known]
    ends = flows[["source_name", "target_name", "commodity_name"]]
    rows = []
    for count, (texts, facts) in enumerate(
        zip(ends.itertuples(index=False, name=None), told, strict=True)
    ):
        cells = [_cell(str(count + 1), True), *(_cell(str(name), False) for name in texts)]
        cells += [
            _cell(facts.get(fact, "–"), fact not in _WORDS, " q" if fact == "quantity" else "")
            for fact in known
        ]
        rows.append(f'<tr data-flow="{count}">{"".join(cells)}</tr>')
    return table(caption, heads, rows, name)


def builds_table(scene: Scene, lang: Language) -> str:
    """What is built, as an HTML table; "" when nothing is."""
    if not len(scene.builds):
        return ""
    sites, builds = completed(scene.sites, SITE_COLUMNS), completed(scene.builds, BUILD_COLUMNS)
    called = dict(zip(sites["id"], names(sites, lang, "show.map.unnamed_site"), strict=True))
    links = _link_names(scene, called, lang)
    currency = scene.summary.currency if scene.summary else "CNY"
    heads = ["twin.item", "view.site", "twin.year", "twin.capacity", "hover.capex"]
    rows = []
    for name, (_, row) in zip(
        names(builds, lang, "show.twin.unnamed"), builds.iterrows(), strict=True
    ):
        year = f"{row['year']:.0f}" if math.isfinite(row["year"]) else "–"
        size = f"{number(row['capacity'])} {row['unit']}".strip()
        own = row["name_zh"] or row["name_en"]
        texts = [name if own else links.get(row["item"], name), called.get(row["site"], "–")]
        cells = [*(_cell(text, False) for text in texts), _cell(year, True), _cell(size, True)]
        rows.append(f"<tr>{''.join(cells)}{_cell(money(row['capex'], currency, lang), True)}</tr>")
    words = [(say(f"show.{head}", lang), column > 1) for column, head in enumerate(heads)]
    return table(say("show.twin.builds", lang), words, rows, "builds")


def _link_names(scene: Scene, sites: dict[str, str], lang: Language) -> dict[str, str]:
    """What a link is called: both ends and what it carries, by the link's id."""
    flows = completed(scene.flows, FLOW_COLUMNS)
    carried = flows[f"name_{lang}"]
    ends = zip(flows["id"], flows["from"], flows["to"], carried, strict=True)
    return {
        link: f"{sites[start]} → {sites[end]} {commodity}".strip()
        for link, start, end, commodity in ends
        if start in sites and end in sites
    }


def table(caption: str, heads: list[tuple[str, bool]], rows: list[str], name: str) -> str:
    """An HTML table with a caption and column heads (words, whether numbers stand below)."""
    kind = {True: ' class="n"', False: ""}
    top = "".join(f'<th scope="col"{kind[right]}>{escape(head)}</th>' for head, right in heads)
    return (
        f'<div class="scroll"><table id="{name}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(text: str, numeric: bool, more: str = "") -> str:
    return f'<td class="n{more}">{escape(text)}</td>' if numeric else f"<td>{escape(text)}</td>"
