"""All optima of a plan at once: what its duals leave open is open, everything else is held.

A point is as good as the plan exactly where it keeps what the plan's duals ask for: a column
with a reduced cost stays at its bound, a row with a price stays at its side (complementary
slackness). So equal optima need no row that holds the objective, and no room for its rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.time import Floats
from circularpark.solve.certificate import Held
from circularpark.solve.integer import holding

if TYPE_CHECKING:
    from circularpark.solve.run import Optimum

# A price below this share of the numbers that it is the difference of is their rounding.
PRICE = 1e-9
# What stays the same when only bounds change.
_SHARED = ("matrix", "scale", "row_scale", "row_start")


def face_of(
    problem: Problem,
    costs: Floats,
    x: Floats,
    duals: Floats,
    held: Sequence[tuple[Floats, float]] = (),
) -> Problem:
    """The program of all points that are as good as an optimum of some costs.

    duals : (m,) of the rows; held : costs of the earlier stages, each with its dual
    """
    reduced = costs - problem.matrix.T @ duals
    summed = np.abs(costs) + abs(problem.matrix).T @ np.abs(duals)
    for one, dual in held:
        reduced = reduced - dual * one
        summed = summed + np.abs(dual * one)
    largest = float(np.abs(costs * problem.scale).max(initial=0.0))
    speaks = np.abs(reduced) > PRICE * np.maximum(summed, PRICE * largest / problem.scale)
    lower, upper = _closed(speaks, reduced, x, problem.lower, problem.derived)
    asks = np.abs(duals) > PRICE**2 * largest * problem.row_scale
    row_lower, row_upper = _closed(asks, duals, None, problem.row_lower, problem.row_upper)
    face = replace(problem)
    face.__dict__.update({name: getattr(problem, name) for name in _SHARED})
    face.__dict__.update(
        lower=lower,
        upper=np.where(speaks & (lower == upper), upper, problem.upper),
        derived=upper,
        row_lower=row_lower,
        row_upper=row_upper,
    )
    return face


def equal_optima(optimum: Optimum) -> tuple[Problem, list[Held]]:
    """The program of all points that are as good as the optimum in every stage.

    Whole numbers stay as they were chosen.

    Returns
    -------
    Problem : with the bounds and sides of the optimal face; and what holds the earlier stages
    """
    own, x = optimum.problem, optimum.x
    problem = holding(own, x) if own.integer.any() else own
    point, stage = optimum.points[-1], own.objectives[-1]
    rows = len(problem.row_lower)
    held = list(optimum.held)
    prices = [(h.costs, float(d)) for h, d in zip(held, point.duals[rows:], strict=False)]
    return face_of(problem, stage.costs, x, point.duals[:rows], prices), held


def _closed(
    speaks: np.ndarray, price: Floats, x: Floats | None, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """Bounds without the room that a price takes away; an open side has no price."""
    at_low = speaks & (price > 0) & np.isfinite(low)
    at_high = speaks & (price < 0) & np.isfinite(high)
    if x is not None:
        # A price that points away from where the point is comes from tolerances.
        middle = 0.5 * (low + high)
        at_low, at_high = at_low & (x <= middle), at_high & (x >= middle)
    return np.where(at_high, high, low), np.where(at_low, low, high)
