"""Numbers near one for solvers, which judge by absolute tolerances.

Rows and columns are scaled by powers of two, which change no digit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from circularpark.errors import SolverError
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats

# Columns of a matrix that are worked on at a time: what comes between stays in the cache.
PORTION = 32_768


def row_scale(matrix: sparse.csc_array, columns: Floats) -> Floats:
    """Powers of two that bring the largest scaled coefficient of each row near one."""
    largest = np.zeros(matrix.shape[0])
    for own, across in _portions(matrix, columns):
        np.maximum.at(largest, matrix.indices[own], np.abs(matrix.data[own] * across))
    return 1.0 / power_of_two(largest)


def scaled(matrix: sparse.csc_array, columns: Floats, rows: Floats) -> tuple[Floats, float]:
    """The coefficients scaled by rows and columns, (nnz,), and the smallest of their sizes."""
    # In place: the first touch of fresh memory costs more than the arithmetic.
    values, smallest = np.empty(len(matrix.data)), np.inf
    spare = np.zeros(0)
    for own, across in _portions(matrix, columns):
        part = values[own]
        np.multiply(matrix.data[own], across, out=part)
        if len(part) > len(spare):
            spare = np.empty(len(part))
        beside = spare[: len(part)]
        # Every index is in range; to say what else to do spares a copy.
        rows.take(matrix.indices[own], out=beside, mode="clip")
        part *= beside
        smallest = min(smallest, float(np.abs(part, out=beside).min(initial=np.inf)))
    return values, smallest


def _portions(matrix: sparse.csc_array, columns: Floats) -> Iterator[tuple[slice, Floats]]:
    """Parts of the nonzeros, each with the scale of its columns."""
    count = len(columns)
    for begin in range(0, count, PORTION):
        pointer = matrix.indptr[begin : min(begin + PORTION, count) + 1]
        many = np.diff(pointer)
        yield (
            slice(int(pointer[0]), int(pointer[-1])),
            np.repeat(columns[begin : begin + PORTION], many),
        )


def shrunk(values: Floats, sizes: Floats) -> Floats:
    """Values over sizes; the values themselves where all are zero, which spares fresh memory."""
    return values / sizes if values.any() else values


def power(size: float) -> float:
    """The power of two next to a positive size; 1 where it is zero or not finite."""
    return float(power_of_two(np.array([size]))[0])


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
