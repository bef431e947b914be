"""Amounts as people read them: three significant figures, and words for large ones."""

from __future__ import annotations

import math
from typing import Final

from circularpark.show.numbers import money, number, tonnes
from circularpark.words import Language, say, table

# Where each language changes to its larger words; Chinese counts in ten thousands.
_STEPS: Final[dict[Language, tuple[float, float]]] = {"zh": (1e4, 1e8), "en": (1e6, 1e9)}


def amount(value: float | None, unit: str, lang: Language, currency: str = "") -> str:
    """``value`` with its unit, in the words of ``lang``; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return number(math.nan)
    value = rounded(value)
    if unit == "t":
        return tonnes(value, lang)
    if unit == currency:
        return money(value, currency, lang)
    key, step = _step(abs(value), lang)
    # A count has no unit that anybody would read.
    named = "" if unit == "1" else unit_name(unit, lang)
    return say(key, lang, value=number(value / step), unit=named).strip()


def figures(value: float) -> str:
    """``value`` rounded to three significant figures, thousands apart."""
    return number(rounded(value))


def rounded(value: float) -> float:
    """``value`` rounded to three significant figures."""
    return float(f"{value:.2e}")


def _step(size: float, lang: Language) -> tuple[str, float]:
    large, larger = _STEPS[lang]
    if size >= larger:
        return "cli.number.larger", larger
    return ("cli.number.large", large) if size >= large else ("cli.number.plain", 1.0)


def unit_name(unit: str, lang: Language) -> str:
    """A unit in words where the language has one for it, else the unit itself."""
    entry = table().get(f"cli.unit.{unit}")
    return entry[lang] if entry else unit


def percent(share: float) -> str:
    """A change as a percentage with its sign."""
    sign = "+" if share > 0 else ""
    return f"{sign}{figures(share * 100)} %"


def unit_words(unit: str, lang: Language) -> str:
    """A unit or a currency in words where the language has one for it, else itself."""
    entry = table().get(f"show.currency.{unit}")
    return entry[lang] if entry else unit_name(unit, lang)


def spoken_unit(unit: str, lang: Language) -> str:
    """A unit or a currency as charts and sentences say it: t is 吨 in Chinese."""
    entry = table().get(f"show.unit.{unit}")
    return entry[lang] if entry else unit_words(unit, lang)


def number_in_full(value: float, unit: str, lang: Language) -> str:
    """A number to seven figures with its unit: neighbours on a curve differ late."""
    return f"{number(value, 7)} {unit_words(unit, lang)}"
