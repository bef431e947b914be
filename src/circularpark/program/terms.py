"""A linear quantity as terms: coefficients on columns, and the part that does not depend on them.

The same terms serve the objective, limits, the account of the plan and its shares, so that
these cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circularpark.program.time import Floats, Integers, TimeTable
from circularpark.program.variables import Variable

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Term:
    """Coefficients on one variable.

    kind : what the term stands for ("purchases", "fuel", ...); scope : 1, 2, 3, or 0 for none
    position : (n,) entities of the variable
    value : on period columns (n, 1 or T) per hour; on month columns (n, 1 or B) per month;
        on year columns (n, Y of the measure, Y of the column) per year
    item, site, other_site, commodity : (n,) whose quantity it is (other_site: a link's far end)
    """

    kind: str
    scope: int
    variable: Variable
    position: Integers
    value: Floats
    table: str
    item: Texts
    site: Texts
    commodity: Texts
    other_site: Texts | None = None

    def kept(self, mask: NDArray[np.bool_]) -> Term:
        """The term for some of its entities."""
        return Term(
            self.kind,
            self.scope,
            self.variable,
            self.position[mask],
            self.value[mask],
            self.table,
            self.item[mask],
            self.site[mask],
            self.commodity[mask],
            None if self.other_site is None else self.other_site[mask],
        )


@dataclass(frozen=True)
class Constant:
    """The part of a quantity that no column changes: yearly (n, B), rate (n, T) or None.

    other_site : (n,) a link's far end
    """

    kind: str
    scope: int
    yearly: Floats
    table: str
    item: Texts
    site: Texts
    commodity: Texts
    rate: Floats | None = None
    other_site: Texts | None = None

    def kept(self, mask: NDArray[np.bool_]) -> Constant:
        """The constant for some of its entities."""
        return Constant(
            self.kind,
            self.scope,
            self.yearly[mask],
            self.table,
            self.item[mask],
            self.site[mask],
            self.commodity[mask],
            None if self.rate is None else self.rate[mask],
            None if self.other_site is None else self.other_site[mask],
        )


@dataclass(frozen=True)
class Linear:
    """A quantity: terms and constants."""

    terms: tuple[Term, ...] = ()
    constants: tuple[Constant, ...] = ()

    def within(self, scopes: Iterable[int]) -> Linear:
        """Only what counts in these scopes; what has no scope always counts."""
        wanted = {0, *scopes}
        return Linear(
            tuple(t for t in self.terms if t.scope in wanted),
            tuple(c for c in self.constants if c.scope in wanted),
        )


def weigh(
    quantity: Linear,
    time: TimeTable,
    columns: int,
    year_weight: Floats,
    *,
    times: float = 1.0,
    onto: Floats | None = None,
    written: set[str] | None = None,
) -> tuple[Floats, float]:
    """The expectation of a quantity over scenarios, its years weighed.

    times : by which all is multiplied; onto : (columns,) costs that it is added to, in place
    written : variables of which ``onto`` holds something; those of the quantity are added

    Returns
    -------
    costs (columns,), offset
    """
    cost = np.zeros(columns) if onto is None else onto
    known = set[str]() if onto is None else written
    block_weight = times * time.block_probability * year_weight[time.block_year]
    by_period = time.span * block_weight[time.block]
    for term in quantity.terms:
        variable = term.variable
        view = cost[variable.start : variable.stop].reshape(variable.entities, variable.width)
        # Most of the things that a park has cost nothing to run, and are not written to.
        some = np.flatnonzero(term.value.any(axis=tuple(range(1, term.value.ndim))))
        if not len(some):
            continue
        position, value = term.position[some], term.value[some]
        first = known is not None and variable.name not in known
        if known is not None:
            known.add(variable.name)
        at_once = bool((np.diff(position) == 1).all())
        own = view[position[0] : position[-1] + 1]
        if variable.axis == "period" and at_once and first:
            # To add to fresh memory would touch it twice.
            np.multiply(value, by_period, out=own)
            continue
        if variable.axis == "period":
            part = value * by_period
        elif variable.axis == "month":
            value = np.broadcast_to(value, (len(position), len(time.blocks)))
            part = (value * block_weight)[:, time.month_block] * time.month_weight
        else:
            part = np.einsum("nyv,y->nv", value, times * year_weight)
        # Adding at once is much quicker, but counts a position that comes twice only once.
        if at_once:
            own += part
        elif len(np.unique(position)) == len(position):
            view[position] += part
        else:
            np.add.at(view, position, np.broadcast_to(part, (len(position), view.shape[1])))
    offset = sum(float((c.yearly * block_weight).sum()) for c in quantity.constants)
    return cost, float(offset)


Spread = tuple[Integers, Integers, Floats]


def by_block(quantity: Linear, time: TimeTable) -> tuple[list[tuple[Variable, Spread]], Floats]:
    """Yearly amounts by block: (block, column within the variable, value); constants (B,)."""
    spread: list[tuple[Variable, Spread]] = []
    count = len(time.blocks)
    for term in quantity.terms:
        variable, width = term.variable, term.variable.width
        n = len(term.position)
        base = term.position[:, None] * width + np.arange(width)
        if variable.axis == "period":
            value = np.broadcast_to(term.value * time.span, (n, width))
            block = np.broadcast_to(time.block, (n, width))
        elif variable.axis == "month":
            value = np.broadcast_to(term.value, (n, count))[:, time.month_block]
            value = value * time.month_weight
            block = np.broadcast_to(time.month_block, (n, width))
        else:
            value = term.value[:, time.block_year, :]
            block = np.broadcast_to(np.arange(count)[None, :, None], value.shape)
            base = np.broadcast_to(base[:, None, :], value.shape)
        spread.append((variable, (block.ravel(), base.ravel(), value.ravel())))
    constants = np.zeros(count)
    for constant in quantity.constants:
        constants += np.broadcast_to(constant.yearly, (len(constant.item), count)).sum(axis=0)
    return spread, constants


def by_period(quantity: Linear, time: TimeTable) -> tuple[list[tuple[Variable, Spread]], Floats]:
    """Rates in each period, without what is paid by month or year."""
    spread: list[tuple[Variable, Spread]] = []
    steps = len(time.period)
    for term in quantity.terms:
        if term.variable.axis != "period":
            continue
        n = len(term.position)
        value = np.broadcast_to(term.value, (n, steps))
        period = np.broadcast_to(np.arange(steps), (n, steps))
        base = term.position[:, None] * steps + np.arange(steps)
        spread.append((term.variable, (period.ravel(), base.ravel(), value.ravel())))
    constants = np.zeros(steps)
    for constant in quantity.constants:
        if constant.rate is not None:
            constants += np.broadcast_to(constant.rate, (len(constant.item), steps)).sum(axis=0)
    return spread, constants
