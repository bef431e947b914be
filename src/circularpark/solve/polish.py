"""Duals of an interior point, mended where they ask a little more of a column than it costs.

A reduced cost that is just below nothing, at a column that the park leaves open, counts in the
safe bound with all that the column might ever be. Where such a column stands in a row with few
others, the row's dual can take the difference: then the bound loses what the column is, not what
it might be.
"""

from __future__ import annotations

import numpy as np

from circularpark.program.near_one import sizes
from circularpark.program.time import Floats
from circularpark.solve.certificate import picked
from circularpark.solve.open_columns import Open

# A reduced cost below this share of what it is summed from is rounding.
CANCELLED = 1e-12


def polished(program: Open, costs: Floats, duals: Floats) -> Floats:
    """The duals of the rows, (m,), mended where that proves more; else as they are.

    Of the rows of a column whose dual may move so far, that with the fewest columns takes it.
    """
    matrix, duals = program.matrix, _told(program, duals)
    reduced = costs - matrix.T @ duals
    below = np.flatnonzero(np.isinf(program.upper) & (reduced < 0))
    if not len(below):
        return duals
    entries = matrix[:, below].tocoo()
    row, column = entries.row, entries.col
    change = reduced[below[column]] / entries.data
    after = duals[row] + change
    # A side that is not there has no price.
    allowed = (np.isfinite(program.row_lower[row]) | (after <= 0)) & (
        np.isfinite(program.row_upper[row]) | (after >= 0)
    )
    row, column, change = row[allowed], column[allowed], change[allowed]
    length = np.bincount(matrix.indices, minlength=len(duals))[row]
    order = np.lexsort((length, column))
    chosen = order[np.unique(column[order], return_index=True)[1]]
    moved = duals.copy()
    np.add.at(moved, row[chosen], change[chosen])
    # Each alone may move so far; together they may not.
    moved = _told(program, moved)
    better = safe_bound(program, costs, moved) > safe_bound(program, costs, duals)
    return moved if better else duals


def safe_bound(program: Open, costs: Floats, duals: Floats) -> float:
    """No point of the program costs less than these duals of its rows say."""
    y = _told(program, duals)
    reduced = costs - program.matrix.T @ y
    # What is left of numbers that cancel is nothing: judged in the end by the certificate.
    summed = np.abs(costs) + sizes(program.matrix).T @ np.abs(y)
    reduced = np.where(np.abs(reduced) <= CANCELLED * summed, 0.0, reduced)
    rows = picked(y, program.row_lower, program.row_upper)
    return rows + picked(reduced, program.lower, program.derived)


def _told(program: Open, duals: Floats) -> Floats:
    """The duals without those of sides that are not there: the solver's rounding, no price."""
    above, below = np.isinf(program.row_lower), np.isinf(program.row_upper)
    return np.where(((duals > 0) & above) | ((duals < 0) & below), 0.0, duals)
