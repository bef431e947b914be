"""Flows and sites in words: one description a flow, for hover and for the table."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

import pandas as pd

from circularpark.show.amounts import rate_of
from circularpark.show.numbers import money, number, tonnes
from circularpark.words import Language, say

_GOODS_TOLD: Final = 6
_SITES_TOLD: Final = 12
# A transport's id is recognised by its words; the park's own names win.
_TRANSPORTS: Final = (
    ("pipe", ("pipe", "main", "duct", "管")),
    ("belt", ("belt", "conveyor", "皮带")),
    ("rail", ("rail", "train", "铁路")),
    ("ship", ("ship", "barge", "boat", "水运")),
    ("wire", ("wire", "cable", "line", "grid", "电缆")),
    ("truck", ("truck", "road", "lorry", "tanker", "汽车", "公路")),
)


def plotly_text(words: str) -> str:
    """Text that plotly shows as it stands, whatever tags it holds."""
    return escape(words, quote=False)


def transport_name(row: Mapping[Hashable, Any], lang: Language) -> str:
    """The way a flow is carried, in ``lang``; "" when it is not known in words."""
    return str(row[f"transport_{lang}"]) or transport_word(str(row["transport"]), lang)


def transport_word(transport: str, lang: Language) -> str:
    """The kind of way that a transport's id speaks of; "" when it speaks of none."""
    words = transport.lower()
    for name, needles in _TRANSPORTS:
        if any(needle in words for needle in needles):
            return say(f"show.transport.{name}", lang)
    return ""


def quantity(base: float, row: Mapping[Hashable, Any]) -> str:
    """A quantity [base unit/h] with the flow's own rate unit."""
    _, size, written = rate_of(str(row["unit"]))
    return f"{number(base / size)} {written}"


def annual(row: Mapping[Hashable, Any], lang: Language) -> str:
    """The year's amount with its unit, as the language writes it; "" where unknown."""
    if not math.isfinite(row["annual"]):
        return ""
    unit = str(row["unit"])
    try:
        named = say(f"show.unit.{unit}", lang)
    except KeyError:
        named = unit
    return _per_year(f"{number(row['annual'], 4)} {named}", lang)


def facts_of(
    flows: pd.DataFrame, currency: str, against: str, lang: Language
) -> list[dict[str, str]]:
    """What is known of each flow, word -> value, in the order it is told; unknown facts are out."""
    return [
        {word: value for word, value in _facts(row, currency, against, lang) if value}
        for row in flows.to_dict("records")
    ]


def _facts(
    row: Mapping[Hashable, Any], currency: str, against: str, lang: Language
) -> Iterator[tuple[str, str]]:
    gone = row["change"] == "gone"
    yield "quantity", quantity(row["base"], row)
    yield f"against_{against}", _change(row, lang)
    yield "annual", annual(row, lang)
    if math.isfinite(row["km"]):
        yield "km", say("show.hover.kilometres", lang, number=number(row["km"]))
    yield "transport", transport_name(row, lang)
    if not gone:
        yield "state", say(f"show.hover.{'new' if row['new'] else 'existing'}", lang)
    if math.isfinite(row["capex"]) and row["capex"]:
        yield "capex", money(row["capex"], currency, lang)
    if math.isfinite(row["cost"]):
        yield "cost", _per_year(money(row["cost"], currency, lang), lang)
    if math.isfinite(row["co2"]):
        yield "co2", _per_year(tonnes(row["co2"], lang), lang)
    if row["capex"] > 0 and row["cost"] < 0:
        years = number(row["capex"] / -row["cost"], 2)
        yield "payback", say("show.hover.years", lang, number=years)


def _change(row: Mapping[Hashable, Any], lang: Language) -> str:
    """Word and amount of the change against the baseline; "" without a baseline."""
    if not math.isfinite(row["before"]):
        return ""
    gain = (0.0 if row["change"] == "gone" else row["base"]) - row["before"]
    word = say(f"show.change.{row['change']}", lang)
    return f"{word} {'+' if gain > 0 else ''}{quantity(gain, row)}" if gain else word


def _per_year(value: str, lang: Language) -> str:
    return say("show.hover.per_year", lang, value=value)


def hover(title: str, commodity: str, pairs: list[tuple[str, str]], lang: Language) -> str:
    """The hover text of a flow as plotly writes it, every name escaped."""
    colon = say("show.hover.colon", lang)
    lines = [f"<b>{plotly_text(title)}</b>", plotly_text(commodity)]
    lines += [
        f"{say(f'show.hover.{word}', lang)}{colon}{plotly_text(value)}" for word, value in pairs
    ]
    return "<br>".join(lines)


def zone_hover(words: str, sites: Sequence[str], lang: Language) -> str:
    """The hover text of a zone: that of its flows, and which sites stand in it."""
    if len(sites) < 2:
        return words
    told = [plotly_text(f"  {name}") for name in sites[:_SITES_TOLD]]
    more = ["  …"] if len(sites) > _SITES_TOLD else []
    title, *rest = words.split("<br>")
    head = f"{say('show.hover.together', lang)}{say('show.hover.colon', lang)}"
    return "<br>".join([title, *rest, head, *told, *more])


def site_hovers(called: Sequence[str], flows: pd.DataFrame, lang: Language) -> list[str]:
    """What each site sends and receives, by commodity, as plotly writes it."""
    present = flows[flows["change"] != "gone"]
    told: list[list[str]] = [[f"<b>{plotly_text(name)}</b>"] for name in called]
    colon = say("show.hover.colon", lang)
    for word, end in (("sends", "source"), ("receives", "target")):
        sums = present.groupby([end, "commodity_name", "family"], sort=False)["base"].sum()
        largest = sums.sort_values(ascending=False, kind="stable").reset_index()
        goods: dict[int, list[str]] = {}
        for site, name, family, total in largest.itertuples(index=False, name=None):
            goods.setdefault(site, []).append(plotly_text(f"  {name} {number(total)} {family}"))
        for site, lines in goods.items():
            more = ["  …"] if len(lines) > _GOODS_TOLD else []
            told[site] += [f"{say(f'show.hover.{word}', lang)}{colon}", *lines[:_GOODS_TOLD], *more]
    nothing = say("show.hover.nothing", lang)
    return ["<br>".join(lines if len(lines) > 1 else [*lines, nothing]) for lines in told]
