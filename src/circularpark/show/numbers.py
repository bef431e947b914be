"""Numbers as each language writes them."""

from __future__ import annotations

import math
from typing import Final

from circularpark.words import Language, say

_STEPS: Final = (1.0, 2.0, 5.0, 10.0)


def number(value: float, digits: int = 3) -> str:
    """``value`` to ``digits`` significant digits, thousands apart; "–" where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{round(value, places):,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def tonnes(value: float, lang: Language) -> str:
    """A year's tonnes of CO2: 12.3 万吨 in Chinese, 123 kt in English."""
    return _scaled(value, "show.tonnes", lang)


def money(value: float, currency: str, lang: Language) -> str:
    """An amount of money with its currency: 1.2 亿元 in Chinese, CNY 120 million in English."""
    named = f"show.currency.{currency}"
    try:
        unit = say(named, lang)
    except KeyError:
        unit = currency
    return _scaled(value, "show.money", lang, currency=unit)


def _scaled(value: float, key: str, lang: Language, **more: object) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    large, larger = (1e4, 1e8) if lang == "zh" else (1e3, 1e6)
    if key == "show.money" and lang == "en":
        large, larger = 1e6, 1e9
    part, by = (
        ("larger", larger)
        if size >= larger
        else ("large", large)
        if size >= large
        else ("plain", 1.0)
    )
    return say(f"{key}.{part}", lang, number=number(value / by), **more)


def nice(value: float) -> float:
    """The largest of 1, 2, 5 x 10^n that is not above ``value`` > 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step for step in _STEPS if step * power <= value * (1 + 1e-9)) * power
