"""A program with rows and columns of sizes near one, as solvers take it.

Sizes are powers of two, so that no digit changes: what holds of the scaled arrays holds of those
in the park's units, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse

from circularpark.program.time import Floats

# Columns of a matrix that are worked on at a time: what comes between stays in the cache.
PORTION = 32_768


class Program(Protocol):
    """Arrays of a linear program: a ``Problem``, or one that was extended.

    scale : (n,) typical sizes of the columns; lower, derived : (n,) their finite bounds
    matrix : (m, n); row_scale, row_lower, row_upper : (m,)
    """

    @property
    def matrix(self) -> sparse.csc_array: ...
    @property
    def scale(self) -> Floats: ...
    @property
    def lower(self) -> Floats: ...
    @property
    def derived(self) -> Floats: ...
    @property
    def row_scale(self) -> Floats: ...
    @property
    def row_lower(self) -> Floats: ...
    @property
    def row_upper(self) -> Floats: ...


class NearOne(Protocol):
    """The same arrays, scaled: matrix (m, n), bounds (n,), sides (m,)."""

    @property
    def near_matrix(self) -> sparse.csc_array: ...
    @property
    def near_lower(self) -> Floats: ...
    @property
    def near_derived(self) -> Floats: ...
    @property
    def near_row_lower(self) -> Floats: ...
    @property
    def near_row_upper(self) -> Floats: ...


class Scaled:
    """A program's arrays scaled when they are asked for."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def near_matrix(self) -> sparse.csc_array:
        return scaled(self.program.matrix, self.program.scale, self.program.row_scale)

    @cached_property
    def near_lower(self) -> Floats:
        return shrunk(self.program.lower, self.program.scale)

    @cached_property
    def near_derived(self) -> Floats:
        return shrunk(self.program.derived, self.program.scale)

    @cached_property
    def near_row_lower(self) -> Floats:
        return self.program.row_lower * self.program.row_scale

    @cached_property
    def near_row_upper(self) -> Floats:
        if self.program.row_upper is self.program.row_lower:
            return self.near_row_lower
        return self.program.row_upper * self.program.row_scale


def near_one(program: Program) -> NearOne:
    """The program's scaled arrays: its own where it has them."""
    own: NearOne = program if hasattr(type(program), "near_matrix") else Scaled(program)  # type: ignore[assignment]
    return own


def scaled(matrix: sparse.csc_array, columns: Floats, rows: Floats) -> sparse.csc_array:
    """The matrix with its rows and columns multiplied."""
    # In place: the first touch of fresh memory costs more than the arithmetic.
    values, spare = np.empty(len(matrix.data)), np.zeros(0)
    for own, across in portions(matrix, columns):
        part = values[own]
        np.multiply(matrix.data[own], across, out=part)
        if len(part) > len(spare):
            spare = np.empty(len(part))
        # Every index is in range; to say what else to do spares a copy.
        part *= rows.take(matrix.indices[own], out=spare[: len(part)], mode="clip")
    # The places are copied: scipy may sort them, with the values of one of the two alone.
    places = (values, matrix.indices.copy(), matrix.indptr.copy())
    return sparse.csc_array(places, shape=matrix.shape)


def portions(matrix: sparse.csc_array, columns: Floats) -> Iterator[tuple[slice, Floats]]:
    """Parts of the nonzeros, each with the scale of its columns."""
    count = len(columns)
    for begin in range(0, count, PORTION):
        pointer = matrix.indptr[begin : min(begin + PORTION, count) + 1]
        many = np.diff(pointer)
        yield (
            slice(int(pointer[0]), int(pointer[-1])),
            np.repeat(columns[begin : begin + PORTION], many),
        )


def smallest(values: Floats) -> float:
    """The smallest size of any of the values; inf where there are none."""
    least, spare = np.inf, np.empty(min(PORTION, len(values)))
    for begin in range(0, len(values), PORTION):
        part = values[begin : begin + PORTION]
        least = min(least, float(np.abs(part, out=spare[: len(part)]).min(initial=np.inf)))
    return least


def sizes(matrix: sparse.csc_array) -> sparse.csc_array:
    """The matrix of absolute values; unlike ``abs`` of scipy it sorts nothing, which takes long."""
    return sparse.csc_array(
        (np.abs(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )


def shrunk(values: Floats, columns: Floats) -> Floats:
    """Values over sizes; the values themselves where all are zero, which spares fresh memory."""
    return values / columns if values.any() else values


def joined(parts: Sequence[Floats], times: Sequence[Floats] | None = None) -> Floats:
    """The numbers of all parts, one after the other.

    times : of each part (E, K), by what its rows are multiplied, (E,)
    """
    whole, filled = np.zeros(sum(part.size for part in parts)), 0
    for place, part in enumerate(parts):
        # A part that is zero throughout need not be written, and its memory not be touched.
        if any(part.strides) or (part.size and part.flat[0] != 0):
            here = whole[filled : filled + part.size].reshape(part.shape)
            if times is None:
                here[...] = part
            else:
                np.multiply(part, times[place][:, None], out=here)
        filled += part.size
    return whole
