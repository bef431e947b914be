"""Numbers near one for solvers, which judge by absolute tolerances.

Rows and columns are scaled by powers of two, which change no digit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from circularpark.errors import SolverError
from circularpark.program.near_one import portions
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats


def row_scale(matrix: sparse.csc_array, columns: Floats) -> Floats:
    """Powers of two that bring the largest scaled coefficient of each row near one."""
    largest = np.zeros(matrix.shape[0])
    for own, across in portions(matrix, columns):
        np.maximum.at(largest, matrix.indices[own], np.abs(matrix.data[own] * across))
    return 1.0 / power_of_two(largest)


def refuse_nonsense(**arrays: NDArray[np.float64]) -> None:
    """Refuse arrays with what is no number; solvers take it without a word."""
    for name, values in arrays.items():
        # A sum of finite numbers is finite, but for huge ones, which are looked at one by one.
        if np.isfinite(values.sum()):
            continue
        if np.isnan(values).any():
            raise SolverError("solve.not_a_number", call=name)
        if name in ("matrix", "costs") and not np.isfinite(values).all():
            raise SolverError("solve.not_finite", call=name)
