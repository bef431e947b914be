"""Where a figure is from, in the reader's language as far as the source itself is not a title."""

from __future__ import annotations

import re
from typing import Final

from circularpark.words import Language, say, table

_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_CATALOGUE: Final = re.compile(r"catalogue/\w+\.csv(?:: (.+))?")
_HALVES: Final = " / "


def source_words(source: str, lang: Language) -> str:
    """A source as it is shown.

    Titles and names of documents stay as they are. A text written in both languages, with a
    slash between, is shown in one; common phrases are translated; of a Chinese standard's remark
    an English reader sees the number and the clause.
    """
    halves = source.split(_HALVES)
    chinese = [bool(_CHINESE.search(half)) for half in halves]
    if sorted(chinese) == [False, True]:
        return halves[chinese.index(lang == "zh")]
    key = f"show.source.{re.sub(r'[^a-z0-9]+', '_', source.lower()).strip('_')}"
    if key in table():
        return say(key, lang)
    taken = _CATALOGUE.fullmatch(source)
    if taken:
        return say("show.from_catalogue", lang, source=taken[1] or "").strip(" ,，")
    return _for_english(source) if lang == "en" else source


def _for_english(source: str) -> str:
    """A source up to its first Chinese words; whole where it begins with them."""
    plain = re.sub(r"表\s*(?=[\dA-Z])", "table ", source)
    found = _CHINESE.search(plain)
    if found is None:
        return plain
    start = plain[: found.start()].rstrip(" ,;:(（《")
    return start or source


def confidence_words(name: str, lang: Language) -> str:
    """A confidence in words; what has none of its own stands as it was written."""
    try:
        return say(f"report.confidence.{name or 'none'}", lang)
    except KeyError:
        return name
