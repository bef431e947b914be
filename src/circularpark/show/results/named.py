"""Names in both languages for the ids of a sheet; the ids themselves stand in hidden columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.show.describe import transport_word
from circularpark.show.heat_words import HeatWords
from circularpark.show.project_words import company_names
from circularpark.show.results.leaf import Leaf
from circularpark.solve.naming import item_names, text_names
from circularpark.words import LANGUAGES, Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

Called = Callable[[pd.Series], str]

# An id's column -> the columns of its names; all others are called like the id's.
_SHOWN_AS: Final = {"item": "thing"}
# Ids whose names stand in the sheet already.
_NAMED_BY: Final = {"measure": "name_zh", "item": "name_zh", "id": "name_zh"}
# What only tells rows apart for a program.
_INNER: Final = ("heat_zone", "source_part", "sink_part")


def with_names(names: Mapping[Language, Mapping[str, Called]], leaf: Leaf) -> Leaf:
    """The sheet with a name in each language in the place of every id, the ids hidden at its end.

    A row's id is what joins the sheets with one another and with the park's tables.

    names : of ``called``, by language
    """
    frame = leaf.frame
    shown: dict[str, object] = {}
    hidden: dict[str, object] = {}
    for column in frame.columns:
        if column in _INNER or (column in names["zh"] and _NAMED_BY.get(column) in frame):
            hidden[column] = frame[column]
        elif column in names["zh"]:
            hidden[column] = frame[column]
            for lang in LANGUAGES:
                word = f"{_SHOWN_AS.get(column, column)}_{lang}"
                shown[word] = _each(frame, names[lang][column])
        else:
            shown[column] = frame[column]
    return replace(leaf, frame=pd.DataFrame(shown | hidden), hidden=tuple(hidden))


def _each(frame: pd.DataFrame, name: Called) -> np.ndarray:
    return np.array([name(row) for _, row in frame.iterrows()], dtype=object)


def called(plan: Plan, lang: Language) -> Mapping[str, Called]:
    """What the id of each column is called in a row."""
    tables = plan.park.tables
    goods, measures, markets = (
        {name: words[lang] for name, words in text_names(frame).items()}
        for frame in (tables.commodities, tables.measures, tables.markets)
    )
    things = {name: words[lang] for name, words in item_names(plan.problem.data).items()} | markets
    companies = company_names(plan.park, lang)
    other: Language = "en" if lang == "zh" else "zh"
    limits = {
        str(row["id"]): str(row[f"label_{lang}"] or row[f"label_{other}"] or row["id"])
        for row in tables.limits.to_dict("records")
    }
    heat = HeatWords(plan, lang)

    def looked_up(column: str, known: Mapping[str, str]) -> Called:
        return lambda row: known.get(str(row[column]), str(row[column]))

    def said(column: str, key: str) -> Called:
        return lambda row: say(f"{key}.{row[column]}", lang) if row[column] else ""

    def met(end: str) -> Called:
        return lambda row: heat.item(str(row[end]), str(row[f"{end}_part"])) if row[end] else ""

    def place(row: pd.Series) -> str:
        return heat.site(str(row["site"]), str(row.get("heat_zone", ""))) if row["site"] else ""

    return {
        "measure": looked_up("measure", measures),
        "company": looked_up("company", companies),
        "site": place,
        "commodity": looked_up("commodity", goods),
        "item": looked_up("item", things),
        "id": looked_up("id", things),
        "limit": looked_up("limit", limits),
        "transport": lambda row: transport_word(str(row["transport"]), lang) or "–",
        "kind": said("kind", "report.kind"),
        "table": said("table", "chart.table"),
        "term": said("term", "account.term"),
        "source": met("source"),
        "sink": met("sink"),
    }
