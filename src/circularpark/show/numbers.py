"""Numbers as each language writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from circularpark.words import Language, say

# Where each language changes to its larger words.
_LARGE: Final[Mapping[tuple[str, str], tuple[float, float]]] = {
    ("show.tonnes", "zh"): (1e4, 1e8),
    ("show.tonnes", "en"): (1e3, 1e6),
    ("show.money", "zh"): (1e4, 1e8),
    ("show.money", "en"): (1e6, 1e9),
}
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
    return _scaled(value, "show.money", lang, currency=_named(currency, lang))


def _named(currency: str, lang: Language) -> str:
    try:
        return say(f"show.currency.{currency}", lang)
    except KeyError:
        return currency


def _scaled(value: float, key: str, lang: Language, **more: object) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    part, by = _part(abs(value), _LARGE[key, lang])
    return say(f"{key}.{part}", lang, number=number(value / by), **more)


def _part(size: float, sizes: tuple[float, float]) -> tuple[str, float]:
    """Which of the language's words counts so much, and how much one of it is."""
    large, larger = sizes
    if size >= larger:
        return "larger", larger
    return ("large", large) if size >= large else ("plain", 1.0)


def tonnes_unit(largest: float, lang: Language) -> tuple[float, str]:
    """How many tonnes an axis counts as one, and how it calls them."""
    part, by = _part(largest / 2, _LARGE["show.tonnes", lang])
    return by, say(f"chart.tonnes.{part}", lang)


def money_unit(largest: float, currency: str, lang: Language) -> tuple[float, str]:
    """How much money an axis counts as one, and how it calls that."""
    part, by = _part(largest / 2, _LARGE["show.money", lang])
    return by, say(f"chart.money.{part}", lang, currency=_named(currency, lang))


def nice(value: float) -> float:
    """The largest of 1, 2, 5 x 10^n that is not above ``value`` > 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step for step in _STEPS if step * power <= value * (1 + 1e-9)) * power
