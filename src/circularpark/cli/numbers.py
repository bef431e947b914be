"""Numbers as people read them: three significant figures, and words for large amounts."""

from __future__ import annotations

import math
from typing import Final

from circularpark.words import Language, say, table

# The steps at which each language changes to a larger word; Chinese counts in ten thousands.
_STEPS: Final[dict[Language, tuple[tuple[float, str], ...]]] = {
    "zh": ((1e8, "cli.number.hundred_million"), (1e4, "cli.number.ten_thousand")),
    "en": ((1e9, "cli.number.billion"), (1e6, "cli.number.million")),
}


def three_figures(value: float) -> str:
    """``value`` rounded to three significant figures, with thousands separators."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "-"
    digits = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    # Rounding up to the next power of ten (9.996 -> 10) takes one decimal less.
    digits = 2 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(digits, 0)}f}".replace("-", "\N{MINUS SIGN}")


def amount(value: float | None, unit: str, lang: Language) -> str:
    """``value`` with its unit, in the words of ``lang``; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "-"
    for step, key in _STEPS[lang]:
        if round_to_three(abs(value)) >= step:
            return say(key, lang, value=three_figures(value / step), unit=unit_name(unit, lang))
    return say("cli.number.plain", lang, value=three_figures(value), unit=unit_name(unit, lang))


def round_to_three(value: float) -> float:
    """``value`` rounded to three significant figures."""
    return float(f"{value:.2e}")


def unit_name(unit: str, lang: Language) -> str:
    """A unit in words where the language has one for it, else the unit itself."""
    entry = table().get(f"cli.unit.{unit}")
    return entry[lang] if entry else unit


def percent(share: float) -> str:
    """A change as a percentage with its sign."""
    if not math.isfinite(share):
        return "-"
    sign = "+" if share > 0 else ""
    return f"{sign}{three_figures(share * 100)} %"
