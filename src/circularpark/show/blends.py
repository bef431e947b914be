"""Mixes beside what is accepted of them, in words: for the terminal and for the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from circularpark.park.properties import property_name
from circularpark.show.numbers import number
from circularpark.show.source_words import source_words
from circularpark.words import Language, say

# A mix with less room than this is told to lie at its limit.
AT_LIMIT: Final = 1e-6


@dataclass(frozen=True)
class Told:
    """One mix in words; ``tight``: at its limit; ``short``: the word without its remarks."""

    sink: str
    property: str
    mixed: str
    accepted: str
    word: str
    short: str
    tight: bool


def told_blends(frame: pd.DataFrame, lang: Language) -> Iterator[Told]:
    """Every mix of ``solve.blends`` in words."""
    for row in frame.to_dict("records"):
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        yield Told(
            sink=str(row[f"name_{lang}"]),
            property=property_name(str(row["property"]), lang),
            mixed=f"{_figure(row['worst'])}{unit}",
            accepted=_accepted(row, unit, lang),
            word=_word(row, str(row["source"]).split(" (in force")[0], lang),
            short=_word(row, str(row["source"]).split(" (")[0], lang),
            tight=bool(row["room"] <= AT_LIMIT),
        )


def any_from_memory(frame: pd.DataFrame) -> bool:
    """Whether any of the limits rests on memory."""
    return bool(frame["confidence"].str.startswith("memory").any())


def _figure(value: float) -> str:
    return number(0.0 if abs(value) < 1e-9 else value, 4)


def _accepted(row: Mapping[Any, Any], unit: str, lang: Language) -> str:
    parts = [
        f"{sign} {_figure(row[column])}"
        for sign, column in (("≥", "min"), ("≤", "max"))
        if math.isfinite(row[column])
    ]
    text = ", ".join(parts) + unit
    if row["per"]:
        return say("show.blends.per", lang, limit=text, product=row[f"per_{lang}"])
    return text


def _word(row: Mapping[Any, Any], source: str, lang: Language) -> str:
    """Where the limit is from, and how sure it is."""
    source, sure = source_words(source, lang), str(row["confidence"])
    kind = next((k for k in ("memory", "assumption") if sure.startswith(k)), "")
    if not kind:
        return source
    mark = say(f"show.blends.{kind}", lang)
    return say("show.blends.marked", lang, source=source, mark=mark) if source else mark


def blends_table(frame: pd.DataFrame, lang: Language) -> str:
    """Every mix as an HTML table; "" where nothing is limited."""
    from circularpark.show.twin import table

    if not len(frame):
        return ""
    heads = [
        (say(f"show.blends.{word}", lang), word in ("mixed", "accepted"))
        for word in ("sink", "property", "mixed", "accepted", "word")
    ]
    rows = []
    for told in told_blends(frame, lang):
        texts = [(told.sink, False), (told.property, False), (told.mixed, True)]
        cells = [_cell(text, right) for text, right in texts]
        limit = escape(told.accepted)
        at = f" <em>{escape(say('show.blends.tight', lang))}</em>" if told.tight else ""
        cells += [f'<td class="n">{limit}{at}</td>', _cell(told.word, False)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    shown = table(say("show.blends.title", lang), heads, rows, "blends")
    if any_from_memory(frame):
        shown += f'<p class="hint">{escape(say("show.blends.note", lang))}</p>'
    return shown


def _cell(text: str, numeric: bool) -> str:
    return f'<td class="n">{escape(text)}</td>' if numeric else f"<td>{escape(text)}</td>"
