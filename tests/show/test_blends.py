"""Blends beside what is accepted, as the page shows them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from circularpark.show.blends import blends_table, told_blends
from circularpark.words import Language

ROW: dict[str, Any] = {
    "sink": "oven", "item": "kiln", "site": "mill", "commodity": "coal", "property": "Cl",
    "mixed": 0.04, "worst": 0.04, "min": float("nan"), "max": 0.04, "unit": "%", "per": "",
    "standard": "kiln_cl", "source": "HJ 662-2013 §6.6", "confidence": "memory-high",
    "name_zh": "窑<1>", "name_en": "Kiln <1>", "per_zh": "", "per_en": "", "room": 0.0,
}  # fmt: skip


def frame(**cells: Any) -> pd.DataFrame:
    return pd.DataFrame([ROW | cells])


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Kiln &lt;1&gt;", "chlorine", "0.04 %", "≤ 0.04 %", "at its limit", "from memory")),
        ("zh", ("窑&lt;1&gt;", "氯", "0.04 %", "≤ 0.04 %", "已达限值", "凭记忆")),
    ],
)
def test_the_page_says_what_is_mixed_and_on_whose_word(
    lang: Language, words: tuple[str, ...]
) -> None:
    page = blends_table(frame(), lang)
    for word in words:
        assert word in page
    assert {"en": "not been checked against print", "zh": "尚未对照标准原文"}[lang] in page


def test_a_limit_that_was_seen_has_no_mark() -> None:
    sure = frame(confidence="verified-by-search", room=0.5, max=0.08)
    page = blends_table(sure, "en")
    assert "from memory" not in page
    assert "at its limit" not in page
    assert "not been checked" not in page


def test_a_property_outside_the_catalogue_keeps_the_parks_own_name() -> None:
    (told,) = told_blends(frame(property="my index", unit="1", max=3.0, worst=2.5), "zh")
    assert (told.property, told.mixed, told.accepted) == ("my index", "2.5", "≤ 3")


def test_without_blends_there_is_no_table() -> None:
    assert blends_table(pd.DataFrame(), "en") == ""
