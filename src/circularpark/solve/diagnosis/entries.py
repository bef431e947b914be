"""Entries of a diagnosis: what is short, what is used up, what to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from circularpark.program.time import Floats, TimeTable
from circularpark.solve.diagnosis.words import Names
from circularpark.words import Language, say


@dataclass(frozen=True)
class Shortage:
    """One thing that has to give.

    kind : demand, surplus, contract, capacity or limit; site, commodity, item : its keys
    amount : at worst, in ``unit``; period : the worst; hours, of_hours : of the year
    names : of its site, commodity or item, in both languages
    """

    kind: str
    site: str
    commodity: str
    item: str
    amount: float
    unit: str
    period: str
    hours: float | None
    of_hours: float | None
    names: Mapping[str, Names]
    texts: Names

    def as_dict(self, lang: Language) -> dict[str, object]:
        """The shortage as the JSON contract writes it."""
        own = {k: v for k, v in self.__dict__.items() if k != "texts"}
        return {**own, "text": self.texts[lang]}


@dataclass(frozen=True)
class Binding:
    """A capacity or contract that is used up where something is short."""

    table: str
    item: str
    value: float
    unit: str
    texts: Names


@dataclass(frozen=True)
class NamedChange:
    """One number to change: ``column`` of ``item`` in ``table``, from ``value`` to ``to``.

    A new market has no item yet; its site and commodity say where. by : where the number
    changes over the years, what to add in each.
    """

    kind: str
    table: str
    item: str
    column: str
    site: str
    commodity: str
    value: float | None
    to: float
    by: float | None
    unit: str
    texts: Names

    def as_dict(self, lang: Language) -> dict[str, object]:
        """The change as the JSON contract writes it."""
        own = {k: v for k, v in self.__dict__.items() if k not in ("texts", "value")}
        return {**own, "from": self.value, "text": self.texts[lang]}


@dataclass(frozen=True)
class When:
    """The worst period of an amount over time, and how long there is any."""

    worst: float
    period: str
    hours: float
    of_hours: float
    varies: bool

    def words(self, lang: Language) -> tuple[str, str]:
        """ "at worst" and the time, or blanks where there is but one period."""
        if not self.varies:
            return "", say("diagnose.in_period", lang, period=self.period)
        when = say(
            "diagnose.in_hours",
            lang,
            period=self.period,
            hours=f"{self.hours:,.0f}",
            of_hours=f"{self.of_hours:,.0f}",
        )
        return say("diagnose.worst", lang), when


def worst_of(time: TimeTable, amount: Floats) -> When:
    """Worst period and hours of an amount (T,), in the year that has most of them."""
    blocks = len(time.blocks)
    hours = np.bincount(time.block, time.span * (amount > 0), minlength=blocks)
    every = np.bincount(time.block, time.span, minlength=blocks)
    year = int(np.argmax(hours))
    place = int(np.argmax(amount))
    return When(
        worst=float(amount[place]),
        period=str(time.period[place]),
        hours=float(hours[year]),
        of_hours=float(every[year]),
        varies=len(time.period) > blocks,
    )
