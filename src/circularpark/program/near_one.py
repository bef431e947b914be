"""A program with rows and columns of sizes near one, as solvers take it.

Sizes are powers of two, so that no digit changes: what holds of the scaled arrays holds of those
in the park's units, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse

from circularpark.errors import SolverError
from circularpark.program.scale import power
from circularpark.program.time import Floats
from circularpark.program.variables import Variable

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
    """The same arrays, scaled: matrix (m, n), bounds (n,), sides (m,).

    near_extremes : the smallest and the largest size of a coefficient
    near_checked : whether bounds and sides have been looked at for what is no number
    """

    @property
    def near_extremes(self) -> tuple[float, float]: ...
    @property
    def near_checked(self) -> bool: ...
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


class Sizing(Protocol):
    """Between a program's own units and sizes near one.

    near_costs : what columns of sizes near one cost, (n,), the largest near ``finer``, and by
        how much larger the real costs are: nan or inf where one of them is
    in_units : a point's columns (n,) and duals (m,), brought to the program's units in place
    """

    def near_costs(self, costs: Floats, finer: float) -> tuple[Floats, float]: ...
    def in_units(self, x: Floats, duals: Floats) -> None: ...


class Sizes:
    """By the scales of every column (n,) and row (m,)."""

    def __init__(self, columns: Floats, rows: Floats) -> None:
        self.columns, self.rows = columns, rows

    def near_costs(self, costs: Floats, finer: float) -> tuple[Floats, float]:
        near = costs * self.columns
        size = power(largest_size(near)) / finer
        if np.isfinite(size):
            near /= size
        return near, size

    def in_units(self, x: Floats, duals: Floats) -> None:
        x *= self.columns
        duals *= self.rows


class Scaled:
    """A program's arrays scaled when they are asked for."""

    near_checked = False

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def near_matrix(self) -> sparse.csc_array:
        return scaled(self.program.matrix, self.program.scale, self.program.row_scale)

    @cached_property
    def near_extremes(self) -> tuple[float, float]:
        return extreme_sizes(self.near_matrix.data)

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


def sizing(program: Program) -> Sizing:
    """How the program's columns and rows are sized: block by block where it has blocks."""
    if hasattr(type(program), "near_costs"):
        own: Sizing = program  # type: ignore[assignment]
        return own
    return Sizes(program.scale, program.row_scale)


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


def extreme_sizes(values: Floats) -> tuple[float, float]:
    """The smallest and the largest size of the values, nan where one is; inf and 0 of nothing."""
    count = -(-len(values) // PORTION)
    ends, spare = np.empty((2, count)), np.empty(min(PORTION, len(values)))
    for place in range(count):
        part = values[place * PORTION : (place + 1) * PORTION]
        size = np.abs(part, out=spare[: len(part)])
        ends[:, place] = size.min(), size.max()
    return float(ends[0].min(initial=np.inf)), float(ends[1].max(initial=0.0))


def sizes(matrix: sparse.csc_array) -> sparse.csc_array:
    """The matrix of absolute values; unlike ``abs`` of scipy it sorts nothing, which takes long."""
    return sparse.csc_array(
        (np.abs(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )


def largest_size(values: Floats) -> float:
    """The largest size of any of the values, nan where one is; 0 where there are none."""
    return float(np.maximum(values.max(initial=0.0), -values.min(initial=0.0)))


def shrunk(values: Floats, columns: Floats) -> Floats:
    """Values over sizes; the values themselves where all are zero, which spares fresh memory."""
    return values / columns if values.any() else values


def by_entity(values: Floats, variables: Iterable[Variable]) -> Iterator[tuple[Floats, Floats]]:
    """Numbers of columns (n,), each variable's as (E, K), with the scale of its entities (E, 1)."""
    for variable in variables:
        if not variable.entities:
            continue
        own = values[variable.start : variable.stop]
        yield own.reshape(variable.entities, variable.width), variable.scale[:, None]


def size_costs(
    costs: Floats, variables: Iterable[Variable], onto: Floats, finer: float = 1.0
) -> float:
    """By how much the costs (n,) are larger than those of columns of sizes near one.

    Those are written onto an array (n,) of zeros, or the costs themselves; nothing is written
    where a cost is no finite number, and neither is then the answer.
    """
    known = tuple(variables)
    both = zip(by_entity(costs, known), by_entity(onto, known), strict=True)
    # Most columns cost nothing, and their memory need not be touched.
    priced = [(given, own, scale) for (given, scale), (own, _) in both if given.any()]
    largest = [largest_size(given * scale) for given, _, scale in priced]
    size = power(float(np.max(largest, initial=0.0))) / finer
    if np.isfinite(size):
        for given, own, scale in priced:
            np.multiply(given, scale / size, out=own)
    return size


def joined(
    parts: Sequence[Floats], times: Sequence[Floats] | None = None, *, called: str
) -> Floats:
    """The numbers of all parts, one after the other.

    times : of each part (E, K), by what its rows are multiplied, (E,)

    Raises
    ------
    SolverError : a part holds what is no number.
    """
    whole, filled = np.zeros(sum(part.size for part in parts)), 0
    for place, part in enumerate(parts):
        here = whole[filled : filled + part.size].reshape(part.shape)
        filled += part.size
        # What is the same in every step is looked at once; a part that is zero throughout need
        # not be written, and its memory not be touched.
        once = part[..., :1] if part.ndim and part.strides[-1] == 0 else part
        if not once.any():
            continue
        if np.isnan(once.min()):
            raise SolverError("solve.not_a_number", call=called)
        if times is None:
            here[...] = part
        else:
            np.multiply(part, times[place][:, None], out=here)
    return whole
