"""What a formula refuses, and the checks that all formulas share."""

from __future__ import annotations

import math
from typing import Final

from circularpark.errors import WordedError

ZERO_CELSIUS: Final = 273.15  # by definition of the degree Celsius [K]


class FormulaError(WordedError, ValueError):
    """The arguments of a formula are unphysical; ``text(lang)`` says why."""


def kelvin(celsius: float) -> float:
    """The absolute temperature [K] of one in degC; raises FormulaError where there is none."""
    absolute = celsius + ZERO_CELSIUS
    if not (math.isfinite(absolute) and absolute > 0):
        raise FormulaError("physics.below_absolute_zero", temperature=f"{celsius:g}")
    return absolute


def mean_kelvin(one: float, other: float | None) -> float:
    """The temperature [K] at which heat given evenly between two [degC] counts (Lorenz 1894)."""
    first = kelvin(one)
    second = first if other is None else kelvin(other)
    if math.isclose(first, second, rel_tol=1e-9):
        return first
    return (first - second) / math.log(first / second)


def check_order(cold: float, hot: float) -> None:
    """Raises FormulaError unless ``hot`` is above ``cold`` [degC]."""
    if not hot > cold:
        raise FormulaError("physics.not_hotter", hot=f"{hot:.4g}", cold=f"{cold:.4g}")


def share_of_one(share: float) -> float:
    """The share itself; raises FormulaError unless it is above 0 and at most 1."""
    if not 0 < share <= 1:
        raise FormulaError("physics.not_a_share", share=f"{share:g}")
    return share


def positive(name: str, number: float) -> float:
    """The number itself; raises FormulaError, which names it, unless it is above 0 and finite."""
    if not (math.isfinite(number) and number > 0):
        raise FormulaError("physics.not_positive", name=name, number=f"{number:g}")
    return number
