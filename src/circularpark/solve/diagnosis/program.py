"""A program with more columns: slacks on its rows and bounds, or levers on the park's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from circularpark.program.assemble import Problem
from circularpark.program.rows import Rows
from circularpark.program.time import Floats, Integers
from circularpark.solve.scaling import row_scale


@dataclass(frozen=True)
class Arrays:
    """An extended program as arrays; the columns and rows of the problem come first."""

    matrix: sparse.csc_array
    scale: Floats
    lower: Floats
    derived: Floats
    row_lower: Floats
    row_upper: Floats

    @cached_property
    def row_scale(self) -> Floats:
        """Powers of two that bring the largest scaled coefficient of each row near one."""
        return row_scale(self.matrix, self.scale)


class Extended:
    """Columns and rows gathered around a problem, whose own arrays stay as they are."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lower = [problem.lower.copy()]
        self.upper = [problem.derived.copy()]
        self.scale = [problem.scale]
        self.row_lower = [problem.row_lower]
        self.row_upper = [problem.row_upper]
        self.rows, self.count = problem.matrix.shape
        self._entries: list[tuple[Integers, Integers, Floats]] = []
        self._loosened: list[tuple[Integers, Integers]] = []

    def columns(self, upper: Floats, scale: Floats | float) -> Integers:
        """New columns between 0 and ``upper``, in its shape; none is in any row yet."""
        shape = upper.shape
        found = self.count + np.arange(upper.size, dtype=np.int64).reshape(shape)
        self.count += upper.size
        self.lower.append(np.zeros(upper.size))
        self.upper.append(upper.ravel().astype(float))
        self.scale.append(np.broadcast_to(np.asarray(scale, dtype=float), shape).ravel())
        return found

    def put(self, row: Integers, column: Integers, value: Floats | float) -> None:
        """Coefficients in rows that exist; the arguments broadcast."""
        r, c, v = np.broadcast_arrays(row, column, np.asarray(value, dtype=float))
        self._entries.append((r.ravel(), c.ravel(), v.ravel()))

    def more_rows(self, lower: Floats, upper: Floats) -> Integers:
        """New empty rows with these sides, (n,)."""
        found = self.rows + np.arange(len(lower), dtype=np.int64)
        self.rows += len(lower)
        self.row_lower.append(lower.astype(float))
        self.row_upper.append(upper.astype(float))
        return found

    def loosen(self, column: Integers, by: Integers, value: Floats, *, upper: bool) -> None:
        """Bounds of the problem's columns become rows that the columns ``by`` widen.

        Upper bounds turn into x - value * by <= bound, lower ones into x + value * by >= bound.
        """
        if not len(column):
            return
        endless = np.full(len(column), np.inf)
        bound = (self.problem.upper if upper else self.problem.lower)[column]
        row = self.more_rows(-endless if upper else bound, bound if upper else endless)
        self._loosened.append((row, column))
        self.put(row, column, 1.0)
        self.put(row, by, -value if upper else value)
        if upper:
            widest = np.concatenate(self.upper)[by]
            np.maximum.at(self.upper[0], column, bound + value * widest)
        else:
            self.lower[0][column] = 0.0

    def bounds_in_reduced(self, reduced: Floats, duals: Floats) -> Floats:
        """Reduced costs (n,) as if the bounds that became rows were bounds still."""
        found = reduced.copy()
        for row, column in self._loosened:
            found[column] += duals[row]
        return found

    def arrays(self) -> Arrays:
        """Everything gathered, as one program."""
        own = self.problem.matrix.tocoo()
        parts = [(own.row, own.col, own.data), *self._entries]
        row, column, value = (np.concatenate(p) for p in zip(*parts, strict=True))
        shape = (self.rows, self.count)
        indices = (row.astype(np.int32), column.astype(np.int32))
        matrix = sparse.coo_array((value, indices), shape=shape).tocsc()
        matrix.sum_duplicates()
        return Arrays(
            matrix=matrix,
            scale=np.concatenate(self.scale),
            lower=np.concatenate(self.lower),
            derived=np.concatenate(self.upper),
            row_lower=np.concatenate(self.row_lower),
            row_upper=np.concatenate(self.row_upper),
        )


def rows_of(problem: Problem, family: str) -> tuple[Rows, Integers] | None:
    """The block of a constraint and its rows as (E, K); None where the problem has none."""
    if all(block.family != family for block in problem.blocks):
        return None
    block, where = problem.block(family)
    rows = np.arange(where.start, where.stop, dtype=np.int64)
    return block, rows.reshape(len(block.index), len(block.labels))


def typical(problem: Problem, rows: Integers) -> Floats:
    """The typical size of each row's sum, (n,): its largest coefficient times column scale."""
    part = problem.matrix.tocsr()[rows]
    if not part.shape[1]:
        return np.ones(part.shape[0])
    sizes = abs(part).multiply(problem.scale[None, :]).tocsr().max(axis=1)
    largest = np.asarray(sizes.todense()).ravel()
    return np.where(largest > 0, largest, 1.0)
