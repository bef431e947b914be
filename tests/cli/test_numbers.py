"""Amounts are short, rounded to three figures, and in the words of their language."""

from __future__ import annotations

import pytest

from circularpark.cli.numbers import amount, percent


@pytest.mark.parametrize(
    ("value", "unit", "lang", "text"),
    [
        (3_214_567.0, "t", "zh", "321 万吨"),
        (3_214_567.0, "t", "en", "3.21 Mt"),
        (1_204_000_000.0, "CNY", "zh", "12 亿元"),
        (1_204_000_000.0, "CNY", "en", "CNY 1.2 billion"),
        (48_123.0, "tce", "zh", "4.81 万吨标准煤"),
        (48_123.0, "tce", "en", "48,100 tce"),
        (9_999_999.0, "tce", "en", "10 million tce"),
        (0.0, "mu", "en", "0 mu"),
        (None, "t", "en", "–"),
        (float("nan"), "m3", "zh", "–"),
    ],
)
def test_an_amount_is_written_as_people_read_it(value, unit, lang, text):
    assert amount(value, unit, lang, currency="CNY") == text


@pytest.mark.parametrize(("share", "text"), [(-0.2184, "−21.8 %"), (0.05, "+5 %"), (0.0, "0 %")])
def test_a_change_has_its_sign(share, text):
    assert percent(share) == text
