"""What a row of yearly payments is worth: present value, rates of return, payback, loans.

Payments stand at the ends of years: the first is today's (year 0), the next a year later.
What is received is positive, what is paid negative. Rates are real or nominal as the payments
are; all here are the park's: real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circularpark.program.time import Floats

# A rate of return beyond these is no answer that anybody needs.
LOWEST, HIGHEST = -0.999, 1e4
# Rates closer than this are one; an imaginary part below it is rounding.
SAME_RATE = 1e-6
ROUNDING = 1e-6
# Sums smaller than this share of all that is paid and received are nothing.
NOTHING = 1e-12


@dataclass(frozen=True)
class Returns:
    """The internal rates of return of a row of payments, least first.

    rates : where the present value is zero; none where it never is
    """

    rates: tuple[float, ...]

    @property
    def rate(self) -> float | None:
        """The rate, where there is exactly one: several rates are no answer."""
        return self.rates[0] if len(self.rates) == 1 else None

    @property
    def status(self) -> str:
        """``one``, ``none`` or ``several``."""
        return ("none", "one")[len(self.rates)] if len(self.rates) < 2 else "several"


def present_value(rate: float, flows: Sequence[float] | Floats) -> float:
    """What payments are worth today: sum of flow x (1 + rate)^-year."""
    values = np.asarray(flows, dtype=float)
    return float(values @ (1.0 + rate) ** -np.arange(len(values), dtype=float))


def annuity_factor(rate: float, years: int) -> float:
    """What one a year for ``years`` years is worth today: (1 - (1+r)^-n) / r, n at r = 0."""
    return present_value(rate, np.r_[0.0, np.ones(years)])


def returns(flows: Sequence[float] | Floats) -> Returns:
    """The internal rates of return of payments.

    Payments that change their sign once have at most one rate; of those that change it more
    often all rates are found, as roots of the polynomial in 1 / (1 + rate).

    Source: Descartes' rule of signs; Brealey, Myers & Allen, Principles of Corporate Finance,
    on pitfalls of the rate of return.
    """
    values = np.trim_zeros(np.asarray(flows, dtype=float), "b")
    first = np.flatnonzero(values)
    if not len(first):
        return Returns(())
    # Years without payments before the first one change no rate.
    values = values[first[0] :]
    signs = np.sign(values[values != 0])
    changes = int((signs[1:] != signs[:-1]).sum())
    if changes == 0:
        return Returns(())
    found = [r for r in _roots(values) if LOWEST < r < HIGHEST]
    return Returns(tuple(_apart(sorted(found))))


def _roots(values: Floats) -> list[float]:
    """Rates at which the polynomial of the payments is zero, polished."""
    roots = np.roots(values[::-1] / np.abs(values).max())
    real = roots[np.abs(roots.imag) <= ROUNDING * np.maximum(1.0, np.abs(roots))].real
    return [_polished(values, float(1.0 / x - 1.0)) for x in real if x > 0]


def _polished(values: Floats, rate: float) -> float:
    """The root near ``rate``, by a few steps of Newton's method."""
    years = np.arange(len(values), dtype=float)
    for _ in range(20):
        weights = (1.0 + rate) ** -years
        slope = float(-(values * years) @ weights) / (1.0 + rate)
        step = float(values @ weights) / slope if slope else 0.0
        if not np.isfinite(step) or abs(step) > 0.1 * (1.0 + rate):
            break
        rate -= step
        if abs(step) <= 1e-15 * (1.0 + abs(rate)):
            break
    return float(rate)


def _apart(rates: list[float]) -> list[float]:
    """The rates without those that are the same root found twice."""
    found: list[float] = []
    for rate in rates:
        if not found or rate - found[-1] > SAME_RATE * (1.0 + abs(rate)):
            found.append(rate)
    return found


def payback(flows: Sequence[float] | Floats, rate: float = 0.0) -> float | None:
    """Years until what was paid has come back with interest; None where it never has.

    Within the year the payments are taken as even. Where later payments, such as a renewal,
    bring the sum below zero again, the last return counts. With rate 0 it is the simple one.
    """
    values = np.asarray(flows, dtype=float)
    worth = values * (1.0 + rate) ** -np.arange(len(values), dtype=float)
    total = np.cumsum(worth)
    below = np.flatnonzero(total < -NOTHING * np.abs(worth).sum())
    if not len(below):
        return 0.0
    last = int(below[-1])
    if last + 1 == len(total):
        return None
    return last + float(-total[last] / worth[last + 1])


@dataclass(frozen=True)
class Loan:
    """A loan that is paid back in equal yearly payments.

    interest, repaid : (years,) of every year from the first
    """

    amount: float
    rate: float
    interest: Floats
    repaid: Floats

    @property
    def service(self) -> Floats:
        """What is paid in every year: interest and repayment."""
        return self.interest + self.repaid


def loan(amount: float, rate: float, years: int) -> Loan:
    """A loan over ``years`` years at ``rate``, paid back by an annuity at the ends of years."""
    if amount <= 0 or years <= 0:
        return Loan(0.0, rate, np.zeros(0), np.zeros(0))
    each = amount / annuity_factor(rate, years)
    interest, repaid, owed = np.zeros(years), np.zeros(years), amount
    for year in range(years):
        interest[year] = owed * rate
        repaid[year] = each - interest[year]
        owed -= repaid[year]
    return Loan(amount, rate, interest, repaid)


def straight_line(amount: float, years: int, length: int) -> Floats:
    """Yearly depreciation of ``amount`` over ``years`` years, told for ``length`` years."""
    found = np.zeros(length)
    if years > 0:
        found[: min(years, length)] = amount / years
    return found
