"""The map's twin: the same data as tables that need neither eyes for colour nor a script."""

from __future__ import annotations

from html import escape

import pandas as pd

from circularpark.show import describe
from circularpark.show.flowmap import FlowMap
from circularpark.show.numbers import money, number
from circularpark.show.scene import BUILD_COLUMNS, Scene, completed, names
from circularpark.words import Language, say

_NUMBERS = ("quantity", "annual", "change", "km", "capex", "cost", "co2", "payback")


def flows_table(drawn: FlowMap, lang: Language, with_changes: bool) -> str:
    """Every flow of the map as an HTML table; columns nobody has data for are left out."""
    facts = ["quantity", "change", "annual", "km", "transport", "state", "capex", "cost", "co2", "payback"]
    known = [f for f in facts if any(f in pair for pair in drawn.facts)]
    if not with_changes and "change" in known:
        known.remove("change")
    words = [say(f"show.twin.{w}", lang) for w in ("number", "from", "to", "commodity")]
    words += [say(f"show.hover.{fact}", lang) for fact in known]
    rows = []
    for count, (pair, (_, flow)) in enumerate(zip(drawn.facts, drawn.flows.iterrows(), strict=True)):
        texts = [str(count + 1), flow["source_name"], flow["target_name"], flow["commodity_name"]]
        cells = [_cell(texts[0], True), *(_cell(text, False) for text in texts[1:])]
        cells += [_cell(pair.get(fact, "–"), fact in _NUMBERS) for fact in known]
        rows.append(f'<tr data-flow="{count}">{"".join(cells)}</tr>')
    return table(say("show.twin.title", lang), words, rows, "twin")


def builds_table(scene: Scene, lang: Language) -> str:
    """What is built, as an HTML table; "" when nothing is."""
    if not len(scene.builds):
        return ""
    builds = completed(scene.builds, BUILD_COLUMNS)
    sites = drawn_names(scene, lang)
    currency = scene.summary.currency if scene.summary else "CNY"
    words = [say(f"show.twin.{w}", lang) for w in ("item", "year", "capacity")]
    words.insert(1, say("show.view.site", lang))
    words.append(say("show.hover.capex", lang))
    called = names(builds, lang, say("show.twin.item", lang) + " {number}")
    rows = []
    for name, (_, row) in zip(called, builds.iterrows(), strict=True):
        written = describe.rate_of(str(row["unit"]))[2] if row["unit"] else ""
        cells = [
            _cell(name, False),
            _cell(sites.get(row["site"], "–"), False),
            _cell(f"{row['year']:.0f}" if pd.notna(row["year"]) else "–", True),
            _cell(f"{number(row['capacity'])} {written}".strip(), True),
            _cell(money(row["capex"], currency, lang), True),
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return table(say("show.twin.builds", lang), words, rows, "builds")


def drawn_names(scene: Scene, lang: Language) -> dict[str, str]:
    """Name of each site in ``lang``, by id."""
    from circularpark.show.scene import SITE_COLUMNS

    sites = completed(scene.sites, SITE_COLUMNS)
    called = names(sites, lang, say("show.map.unnamed_site", lang, number="{number}"))
    return dict(zip(sites["id"], called, strict=True))


def table(caption: str, heads: list[str], rows: list[str], name: str) -> str:
    """An HTML table with a caption and column heads that a screen reader announces."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="scroll"><table id="{name}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(text: str, numeric: bool) -> str:
    return f'<td class="n">{escape(text)}</td>' if numeric else f"<td>{escape(text)}</td>"
