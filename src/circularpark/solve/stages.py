"""One stage of a program inside HiGHS, which can become the same stage of another program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from circularpark.program.assemble import Problem
from circularpark.program.near_one import Sizes, Sizing
from circularpark.program.time import Floats, Integers
from circularpark.solve.highs import PRIMAL_SIMPLEX, SMALLEST, LiveModel, Point
from circularpark.solve.names import Names, names_of
from circularpark.solve.profile import SolverProfile
from circularpark.solve.scaling import refuse_nonsense, row_scale

# Between sizes further apart than this the numbers are scaled anew.
REACH = 64.0
# More coefficients than this are not sent one by one.
MANY = 2000
# What is smaller than this, beside a column's typical size, is nothing.
DUST = 1e-8
# The same where the solver's tolerance is the tightest.
FINE_DUST = 1e-10
DUAL_SIMPLEX = 1


@dataclass(frozen=True)
class Stage:
    """A program with the earlier stages held as its last rows, as ``Program`` has it.

    held : (costs, most) of the earlier stages: costs @ x <= most
    """

    problem: Problem
    held: tuple[tuple[Floats, float], ...]

    @property
    def scale(self) -> Floats:
        return self.problem.scale

    @property
    def lower(self) -> Floats:
        return self.problem.lower

    @property
    def derived(self) -> Floats:
        return self.problem.derived

    @cached_property
    def matrix(self) -> sparse.csc_array:
        """The coefficients with those of the held stages below them."""
        own = self.problem.matrix
        if not self.held:
            return own
        costs = sparse.csr_array(np.vstack([costs for costs, _ in self.held]))
        return sparse.csc_array(sparse.vstack([own, costs], format="csc"))

    @cached_property
    def row_scale(self) -> Floats:
        if not self.held:
            return self.problem.row_scale
        last = sparse.csc_array(np.vstack([costs for costs, _ in self.held]))
        return np.concatenate([self.problem.row_scale, row_scale(last, self.scale)])

    @cached_property
    def row_lower(self) -> Floats:
        return np.concatenate([self.problem.row_lower, np.full(len(self.held), -np.inf)])

    @cached_property
    def row_upper(self) -> Floats:
        return np.concatenate([self.problem.row_upper, [most for _, most in self.held]])

    @cached_property
    def columns(self) -> Names:
        """The names of the columns."""
        return names_of((v.name, v.key, v.labels) for v in self.problem.var)

    @cached_property
    def rows(self) -> Names:
        """The names of the program's own rows; the held stages stand behind them."""
        return names_of((b.family, b.key, b.labels) for b in self.problem.blocks)


class WarmStage(LiveModel):
    """One stage inside HiGHS, which can become the same stage of another program."""

    def __init__(
        self, stage: Stage, profile: SolverProfile, start: tuple[Integers, Integers] | None = None
    ) -> None:
        """``start``: statuses of the columns and rows to begin from."""
        super().__init__(stage, profile)
        self.stage = stage
        self.columns, self.rows = stage.scale, stage.row_scale
        self.dust = DUST
        self.begin(start, PRIMAL_SIMPLEX)

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x``, within the bounds and without the dust of tolerances.

        A basis that began elsewhere ends with last digits where a new one would have zeros.
        """
        point = super().minimise(costs)
        x = np.where(np.abs(point.x) < self.dust * self.columns, 0.0, point.x)
        x = np.clip(x, self.stage.lower, self.stage.derived)
        return replace(point, x=x, value=float(costs @ x))

    @property
    def _sizing(self) -> Sizing:
        # HiGHS keeps the sizes of the first stage when it becomes another.
        return Sizes(self.columns, self.rows)

    def basis(self) -> tuple[Integers, Integers]:
        """The statuses of the columns and of all rows."""
        basis = self.highs.getBasis()
        return basis.col_status.astype(np.int64), basis.row_status.astype(np.int64)

    def begin(self, start: tuple[Integers, Integers] | None, strategy: int) -> None:
        """Start the next run from a basis: statuses of the columns and of all rows."""
        if start is None:
            return
        columns, rows = start
        # Rows and columns may have come or gone: HiGHS mends the number of basic ones.
        basis = self.highspy.HighsBasis(columns.astype(np.int32), rows.astype(np.int32))
        self._checked(self.highs.setBasis(basis), "setBasis")
        self._from_basis(strategy)

    def go_on(self) -> None:
        """Start the next run, of other costs, from the point that is there."""
        self._from_basis(PRIMAL_SIMPLEX)

    def _from_basis(self, strategy: int) -> None:
        for name, value in (("solver", "simplex"), ("simplex_strategy", strategy)):
            self._checked(self.highs.setOptionValue(name, value), f"setOptionValue({name})")

    def can_become(self, stage: Stage) -> bool:
        """Whether the rows and columns have the same names, and numbers of the same size."""
        return (
            len(stage.held) == len(self.stage.held)
            and stage.columns.same(self.stage.columns)
            and stage.rows.same(self.stage.rows)
            and _near(stage.scale, self.columns)
            and _near(stage.row_scale, self.rows)
        )

    def become(self, stage: Stage) -> bool:
        """Send what differs; False where that would be too much, and nothing was sent."""
        old, new = self.stage, stage
        different = _coefficients(old.matrix, new.matrix)
        if different is None:
            return False
        refuse_nonsense(matrix=different.data)
        for row, column, value in zip(
            different.row.tolist(), different.col.tolist(), different.data.tolist(), strict=True
        ):
            sent = value * self.columns[column] * self.rows[row]
            sent = sent if abs(sent) > SMALLEST else 0.0
            self._checked(self.highs.changeCoeff(row, column, sent), "changeCoeff")
        self._send_bounds(old, new)
        self._send_sides(old, new)
        self.stage = stage
        self.problem = stage
        self._from_basis(DUAL_SIMPLEX)
        return True

    def _send_bounds(self, old: Stage, new: Stage) -> None:
        which = np.flatnonzero((old.lower != new.lower) | (old.derived != new.derived))
        if len(which):
            self.bound(which, new.lower[which], new.derived[which])

    def _send_sides(self, old: Stage, new: Stage) -> None:
        which = np.flatnonzero((old.row_lower != new.row_lower) | (old.row_upper != new.row_upper))
        if not len(which):
            return
        low, high = new.row_lower[which], new.row_upper[which]
        refuse_nonsense(row_lower=low, row_upper=high)
        status = self.highs.changeRowsBounds(
            len(which), which.astype(np.int32), low * self.rows[which], high * self.rows[which]
        )
        self._checked(status, "changeRowsBounds")


def _near(new: Floats, old: Floats) -> bool:
    return bool(((new <= REACH * old) & (old <= REACH * new)).all())


def _coefficients(old: sparse.csc_array, new: sparse.csc_array) -> sparse.coo_array | None:
    """The coefficients of the new matrix that differ, zeros among them; None for too many."""
    if np.array_equal(old.indptr, new.indptr) and np.array_equal(old.indices, new.indices):
        which = np.flatnonzero(old.data != new.data)
        if len(which) > MANY:
            return None
        at = np.searchsorted(new.indptr, which, side="right") - 1
        return sparse.coo_array((new.data[which], (new.indices[which], at)), shape=new.shape)
    change = sparse.coo_array(new - old)
    kept = np.flatnonzero(change.data)
    if len(kept) > MANY:
        return None
    row, column = change.row[kept], change.col[kept]
    value = np.asarray(new.tocsr()[row, column]).ravel() if len(kept) else np.zeros(0)
    return sparse.coo_array((value, (row, column)), shape=new.shape)
