"""Why an answer may be trusted: a safe bound from the duals beside the raw-data check.

Source of the bound: Neumaier & Shcherbina (2004), Safe bounds in linear programming.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.near_one import near_one, sizes
from circularpark.program.time import Floats

TOLERANCE = 1e-6
ROUNDING = 8 * np.finfo(float).eps


@dataclass(frozen=True)
class Held:
    """An earlier stage kept as a row: costs @ x <= most."""

    costs: Floats
    most: float


@dataclass(frozen=True)
class StageProof:
    """The certificate of one lexicographic stage.

    gap : (value - safe bound) / sum |c_j x_j|; leaning : columns that lean on a derived bound
    best_bound : where whole numbers were chosen: no other choice of them gives less; value,
        bound and gap are then those of the linear program that holds the chosen ones
    size : what gaps are relative to, sum |c_j x_j|
    offset : the part of the objective that no column changes, which value and bounds leave out
    """

    name: str
    value: float
    bound: float
    gap: float
    leaning: tuple[str, ...]
    best_bound: float | None = None
    size: float = np.inf
    offset: float = 0.0

    @property
    def beaten(self) -> bool:
        """Whether the value is less than what was called least: then some row said too much."""
        best = -np.inf if self.best_bound is None else self.best_bound
        return best - self.value > TOLERANCE * self.size

    @property
    def mip_gap(self) -> float | None:
        """How much less another choice of whole numbers might give, relative to the value."""
        if self.best_bound is None:
            return None
        if not np.isfinite(self.best_bound):
            return np.inf
        left = max(self.value - self.best_bound, 0.0)
        return left / abs(self.value) if self.value else (np.inf if left else 0.0)

    @property
    def ok(self) -> bool:
        """Whether the stage is proven."""
        proven = np.isfinite(self.gap) and self.gap <= TOLERANCE
        return bool(proven and not self.leaning and not self.beaten)


@dataclass(frozen=True)
class Certificate:
    """The proof of a whole plan.

    primal : worst relative error of the raw-data check; balance : of its balances alone
    dual_gap : the largest gap of all stages; account : objective against the account, relative
    whole : how far the whole numbers are from being whole; None where there are none
    """

    primal: float
    balance: float
    account: float
    stages: tuple[StageProof, ...]
    whole: float | None = None

    @property
    def mip_gap(self) -> float | None:
        """The largest gap that a choice of whole numbers leaves; None where there was none."""
        gaps = [s.mip_gap for s in self.stages if s.mip_gap is not None]
        return float(np.max(gaps)) if gaps else None

    @property
    def dual_gap(self) -> float:
        """The largest relative duality gap of all stages."""
        return max((s.gap for s in self.stages), default=0.0)

    @property
    def ok(self) -> bool:
        """Whether everything is within 1e-6."""
        errors = (self.primal, self.balance, self.account, self.whole or 0.0)
        return all(np.isfinite(e) and e <= TOLERANCE for e in errors) and all(
            s.ok for s in self.stages
        )

    def as_dict(self) -> dict[str, object]:
        """The certificate as the JSON contract writes it."""
        found: dict[str, object] = {
            "primal": self.primal,
            "dual_gap": self.dual_gap,
            "balance": self.balance,
            "account": self.account,
            "ok": self.ok,
        }
        return found if self.mip_gap is None else found | self._choice()

    def _choice(self) -> dict[str, object]:
        """What is proven of the whole numbers; a gap or bound that nobody stated is null."""
        stated = [s for s in self.stages if s.best_bound is not None]
        gap = self.mip_gap
        return {
            "whole": self.whole,
            "mip_gap": gap if gap is not None and np.isfinite(gap) else None,
            "bound": [
                {
                    "stage": s.name,
                    "value": s.value + s.offset,
                    "bound": _finite(s.best_bound, s.offset),
                }
                for s in stated
            ],
            "duals": "fixed_integers",
        }


def _finite(bound: float | None, offset: float) -> float | None:
    return bound + offset if bound is not None and np.isfinite(bound) else None


def prove(
    problem: Problem, name: str, costs: Floats, x: Floats, duals: Floats, held: list[Held]
) -> StageProof:
    """Bound one stage from below by its duals, whatever the solver's tolerances were.

    Parameters
    ----------
    costs, x : (n,) of the stage and its point; duals : (m + held,) row duals
    held : the earlier stages, in the order of their rows

    Returns
    -------
    StageProof : with the bound sum_i pick(y_i) + sum_j pick(z_j), z = c - A'y
    """
    # All of it in sizes near one, as it was solved: powers of two change no digit.
    near, across = near_one(problem), problem.scale
    matrix = near.near_matrix
    rows = matrix.shape[0]
    y = duals[:rows] / problem.row_scale
    low, high = near.near_row_lower, near.near_row_upper
    y[(y > 0) & np.isinf(low)] = 0.0
    y[(y < 0) & np.isinf(high)] = 0.0
    reduced = costs * across
    summed = np.abs(reduced)
    reduced -= matrix.T @ y
    summed += sizes(matrix).T @ np.abs(y)
    bound = 0.0
    for stage, dual in zip(held, duals[rows:], strict=True):
        kept = min(float(dual), 0.0)
        priced = kept * stage.costs * across
        reduced -= priced
        summed += np.abs(priced)
        bound += kept * stage.most
    # What is left of numbers that cancel to their last digits is nothing, not a price.
    reduced[np.abs(reduced) <= ROUNDING * summed] = 0.0
    bound += picked(y, low, high) + picked(reduced, near.near_lower, near.near_derived)
    value = float(costs @ x)
    size = _size(problem, costs, x)
    error = abs(value - bound)
    gap = error / size if size > 0 else (0.0 if error == 0 else np.inf)
    leaning = _leaning(problem, x / across, reduced, size)
    return StageProof(name, value, bound, float(gap), leaning, size=size)


def _size(problem: Problem, costs: Floats, x: Floats) -> float:
    """What the gap is relative to: sum |c_j x_j|.

    Where the optimum is nothing (no CO2 at all), any rounding would be infinitely large beside
    it: there it is a millionth of what columns of typical size would sum to.
    """
    typical = float(np.abs(costs) @ problem.scale)
    return max(float(np.abs(costs * x).sum()), TOLERANCE * typical)


def picked(dual: Floats, low: Floats, high: Floats) -> float:
    """The sides that duals (n,) price, summed: the lower where above zero, else the upper."""
    side = np.where(dual > 0, low, high)
    used = dual != 0
    return float(side[used] @ dual[used])


def _leaning(problem: Problem, x: Floats, reduced: Floats, size: float) -> tuple[str, ...]:
    """Columns at a bound that we derived and that would still gain by growing.

    x, reduced : (n,) in sizes near one
    """
    most = near_one(problem).near_derived
    full = (x >= most * (1 - 1e-6)) & (most > 0)
    if not full.any():
        return ()
    full &= np.isinf(problem.upper)
    gains = -reduced * x > TOLERANCE * max(size, 1e-12)
    chosen = np.flatnonzero(full & gains)
    if not len(chosen):
        return ()
    wanted = set(chosen.tolist())
    return tuple(n for i, n in enumerate(problem.column_names()) if i in wanted)
