"""A long dispatch in months: what belongs to each alone, and what they share.

With capacities chosen, months share little: limits of the whole year, and what a store carries
over from one month's last hour to the next month's first. A row that sums over months is
*shared*. A row of one month that takes over a single column of another one gets a *copy* of it;
that the copy is like its original is then all that couples the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.solve.reduced import Remainder

# More shared rows and copies than this couple the months too closely.
MOST = 400


def months_of(problem: Problem) -> Integers:
    """The month of each column, (n,); -1 where it belongs to a whole year."""
    time, found = problem.data.time, np.full(problem.var.size, -1, dtype=np.int64)
    months = {"period": time.month_index, "month": np.arange(len(time.months))}
    for variable in problem.var:
        month = months.get(variable.axis)
        if month is not None:
            found[variable.start : variable.stop] = np.tile(month, variable.entities)
    return found


@dataclass(frozen=True)
class Copies:
    """Columns that a row takes over from another block, (K,) each.

    row, block : the row and its block; column, home : the original and its block
    value : its coefficient in the row
    """

    row: Integers
    block: Integers
    column: Integers
    home: Integers
    value: Floats


@dataclass(frozen=True)
class Split:
    """A remainder in blocks.

    columns, rows : of each block; shared : rows over several blocks, (S,)
    """

    remainder: Remainder
    columns: tuple[Integers, ...]
    rows: tuple[Integers, ...]
    shared: Integers
    copies: Copies

    def block(self, number: int) -> Remainder:
        """A block as a program of its own, the copies it needs behind its own columns."""
        whole, rows, columns = self.remainder, self.rows[number], self.columns[number]
        matrix = whole.matrix[:, columns].tocsr()[rows]
        copied = np.flatnonzero(self.copies.block == number)
        place = np.searchsorted(rows, self.copies.row[copied])
        shape = (len(rows), len(copied))
        extra = (self.copies.value[copied], (place, np.arange(len(copied))))
        both = sparse.hstack([matrix, sparse.coo_array(extra, shape=shape)], format="csc")
        taken = np.concatenate([columns, self.copies.column[copied]])
        return Remainder(
            sparse.csc_array(both),
            whole.scale[taken],
            whole.lower[taken],
            whole.upper[taken],
            whole.derived[taken],
            whole.row_scale[rows],
            whole.row_lower[rows],
            whole.row_upper[rows],
        )


def split(remainder: Remainder, block: Integers) -> Split | None:
    """The remainder in blocks; None where they hang together too closely.

    block : (n,) of each column, -1 where it belongs to none
    """
    count = int(block.max(initial=-1)) + 1
    if count < 2 or (block < 0).any():
        return None
    matrix = remainder.matrix
    of = np.repeat(block, np.diff(matrix.indptr))
    first = np.full(matrix.shape[0], count)
    last = np.full(matrix.shape[0], -1)
    np.minimum.at(first, matrix.indices, of)
    np.maximum.at(last, matrix.indices, of)
    crossing = np.flatnonzero(first < last)
    if len(crossing) > MOST:
        return None
    copies = _copies(remainder, block, crossing)
    home = np.where(last < 0, 0, first)
    home[copies.row] = copies.block
    shared = np.setdiff1d(crossing, copies.row)
    home[shared] = -1
    return Split(
        remainder,
        tuple(np.flatnonzero(block == b) for b in range(count)),
        tuple(np.flatnonzero(home == b) for b in range(count)),
        shared,
        copies,
    )


def _copies(remainder: Remainder, block: Integers, crossing: Integers) -> Copies:
    """Of rows over two blocks, in one of which they have a single column: that column."""
    part = remainder.matrix.tocsr()[crossing]
    found: list[tuple[int, int, int, int, float]] = []
    for place, row in enumerate(crossing.tolist()):
        own = slice(int(part.indptr[place]), int(part.indptr[place + 1]))
        column, value = part.indices[own], part.data[own]
        blocks, many = np.unique(block[column], return_counts=True)
        if len(blocks) != 2 or many.min() > 1:
            continue
        foreign = int(blocks[many.argmin()])
        at = int(np.flatnonzero(block[column] == foreign)[0])
        mine = int(blocks[1 - many.argmin()])
        found.append((row, mine, int(column[at]), foreign, float(value[at])))
    table = np.array(found, dtype=float).reshape(len(found), 5).T
    row_, mine_, column_, foreign_ = table[:4].astype(np.int64)
    return Copies(row_, mine_, column_, foreign_, table[4])
