"""From blocks of rows to one matrix by columns.

A variable whose terms all stand as pairs of entities is filled without sorting: each of its
columns has one nonzero of every pair of its entity, so that the nonzeros of an entity are a
(steps, pairs) grid. All others are sorted by scipy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from circularpark.program.near_one import extreme_sizes, joined
from circularpark.program.rows import Grid, Indices, Part, Rows
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variable, Variables

# With fewer steps the pairs are as many as the nonzeros, and sorting them is as quick.
MANY_STEPS = 48

Placed = tuple[int, Part]


@dataclass(frozen=True)
class _Pairs:
    """All pairs of a variable, entity by entity: of which term, where there, and first row."""

    entity: Indices
    term: Integers
    place: Integers
    base: Indices
    terms: tuple[Grid, ...]

    def counts(self, entities: int) -> Integers:
        """How many pairs each entity has."""
        return np.bincount(self.entity, minlength=entities)


def stack(blocks: Sequence[Rows], start: Integers, var: Variables) -> sparse.csc_array:
    """The matrix of blocks whose first rows are ``start``.

    Returns
    -------
    (m, n) array without duplicates; within a column the rows need not be in order
    """
    shape = (int(start[-1]), var.size)
    parts: dict[int, list[Placed]] = {}
    for place, block in enumerate(blocks):
        for part in block.entries:
            parts.setdefault(part.variable.start, []).append((int(start[place]), part))
    gridded: list[tuple[Variable, _Pairs]] = []
    others: list[Placed] = []
    for variable in var:
        own = parts.get(variable.start, []) if variable.size else []
        pairs = _pairs_of(variable, own)
        if pairs is None:
            others += own
        else:
            gridded.append((variable, pairs))
    if not gridded:
        return _sorted(others, shape)
    return _merged(gridded, _sorted(others, shape) if others else None, shape)


def entity_scales(blocks: Sequence[Rows]) -> list[Floats]:
    """Powers of two that bring an entity's largest scaled coefficient near one, (E,) a block."""
    # What is no number is refused where the matrix is handed over, in words.
    with np.errstate(invalid="ignore"):
        return [1.0 / power_of_two(_largest(block)) for block in blocks]


def _largest(block: Rows) -> Floats:
    """The largest scaled coefficient of each entity of a block, (E,)."""
    steps, largest = max(len(block.labels), 1), np.zeros(len(block.key))
    for part in block.entries:
        scale = part.variable.scale
        if isinstance(part, Grid):
            size = np.abs(part.coefficient).max(axis=1, initial=0.0) * scale[part.entity]
            np.maximum.at(largest, part.base // steps, size)
        else:
            entity = (part.column - part.variable.start) // max(part.variable.width, 1)
            np.maximum.at(largest, part.row // steps, np.abs(part.value) * scale[entity])
    return largest


def row_scale(blocks: Sequence[Rows], scales: Sequence[Floats]) -> Floats:
    """What ``entity_scales`` says of each row, (m,)."""
    steps = [max(len(block.labels), 1) for block in blocks]
    return joined(
        [
            np.broadcast_to(scale[:, None], (len(scale), many))
            for scale, many in zip(scales, steps, strict=True)
        ],
        called="row_scale",
    )


def extreme_coefficients(blocks: Sequence[Rows]) -> tuple[float, float]:
    """The smallest and the largest size of a coefficient, nan where one is; inf and 0 of none."""
    parts = [
        extreme_sizes((part.coefficient if isinstance(part, Grid) else part.value).ravel())
        for block in blocks
        for part in block.entries
    ]
    least, largest = np.array(parts).reshape(-1, 2).T
    return float(least.min(initial=np.inf)), float(largest.max(initial=0.0))


def scaled_parts(block: Rows, scale: Floats) -> Rows:
    """A block whose coefficients are multiplied by the sizes of their rows (E,) and columns."""
    steps = max(len(block.labels), 1)
    return replace(block, entries=tuple(_times(part, scale, steps) for part in block.entries))


def _times(part: Part, rows: Floats, steps: int) -> Part:
    columns = part.variable.scale
    if isinstance(part, Grid):
        size = rows[part.base // steps] * columns[part.entity]
        return replace(part, coefficient=part.coefficient * size[:, None])
    entity = (part.column - part.variable.start) // max(part.variable.width, 1)
    return replace(part, value=part.value * (rows[part.row // steps] * columns[entity]))


def _sorted(parts: Sequence[Placed], shape: tuple[int, int]) -> sparse.csc_array:
    total = sum(part.count for _, part in parts)
    row, column = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.int32)
    value, filled = np.empty(total), 0
    for first, part in parts:
        end = filled + part.count
        np.add(part.row, np.int32(first), out=row[filled:end])
        column[filled:end] = part.column
        value[filled:end] = part.value
        filled = end
    matrix = sparse.coo_array((value, (row, column)), shape=shape).tocsc()
    matrix.sum_duplicates()
    return matrix


def _pairs_of(variable: Variable, parts: Sequence[Placed]) -> _Pairs | None:
    """The pairs of a variable of many steps; None where its columns must be sorted."""
    terms = tuple(part for _, part in parts if isinstance(part, Grid))
    if variable.width < MANY_STEPS or len(terms) < len(parts) or not terms:
        return None
    entity = np.concatenate([t.entity for t in terms])
    base = np.concatenate(
        [np.int32(first) + term.base for (first, _), term in zip(parts, terms, strict=True)]
    )
    sizes = [len(t.entity) for t in terms]
    term = np.repeat(np.arange(len(terms)), sizes)
    place = np.concatenate([np.arange(size) for size in sizes])
    order = np.lexsort((base, entity))
    found = _Pairs(entity[order], term[order], place[order], base[order], terms)
    return None if _meet(found) else found


def _meet(pairs: _Pairs) -> bool:
    """Whether two pairs may have a nonzero at the same place, which then is their sum."""
    same = (np.diff(pairs.entity) == 0) & (np.diff(pairs.base) == 0)
    for at in np.flatnonzero(same):
        one, two = (pairs.terms[int(pairs.term[i])].into for i in (at, at + 1))
        if (one == two).any():
            return True
    # Of three pairs with the same rows the first and the last are not compared above.
    return bool((same[1:] & same[:-1]).any())


def _merged(
    gridded: Sequence[tuple[Variable, _Pairs]],
    rest: sparse.csc_array | None,
    shape: tuple[int, int],
) -> sparse.csc_array:
    """The gridded variables, and the ``rest`` between them."""
    pointer = np.zeros(shape[1] + 1, dtype=np.int32)
    if rest is None:
        _point(gridded, pointer[1:])
    else:
        pointer[1:] = np.diff(rest.indptr)
        for variable, pairs in gridded:
            own = pointer[1 + variable.start : 1 + variable.stop]
            own.reshape(variable.entities, -1)[:] = pairs.counts(variable.entities)[:, None]
        np.cumsum(pointer, out=pointer)
    index, value = np.empty(int(pointer[-1]), dtype=np.int32), np.empty(int(pointer[-1]))
    for variable, pairs in gridded:
        here = slice(int(pointer[variable.start]), int(pointer[variable.stop]))
        _fill(variable, pairs, index[here], value[here])
    if rest is not None:
        begins = [0, *(v.stop for v, _ in gridded)]
        ends = [*(v.start for v, _ in gridded), shape[1]]
        for begin, end in zip(begins, ends, strict=True):
            old = slice(int(rest.indptr[begin]), int(rest.indptr[end]))
            new = slice(int(pointer[begin]), int(pointer[end]))
            index[new], value[new] = rest.indices[old], rest.data[old]
    return sparse.csc_array((value, index, pointer), shape=shape)


def _point(gridded: Sequence[tuple[Variable, _Pairs]], ends: Indices) -> None:
    """Where each column ends, (n,): an entity's columns are of one length, and need no sum."""
    total, before = 0, 0
    for variable, pairs in gridded:
        counts = pairs.counts(variable.entities).astype(np.int32)
        begins = total + np.cumsum(counts * variable.width) - counts * variable.width
        ends[before : variable.start] = total
        own = ends[variable.start : variable.stop].reshape(variable.entities, variable.width)
        np.multiply(counts[:, None], np.arange(1, variable.width + 1, dtype=np.int32), out=own)
        own += begins.astype(np.int32)[:, None]
        total, before = int(ends[variable.stop - 1]), variable.stop
    ends[before:] = total


def _fill(variable: Variable, pairs: _Pairs, index: Indices, value: Floats) -> None:
    """The nonzeros of a variable, entities with as many pairs each at a time."""
    counts = pairs.counts(variable.entities)
    borders = np.flatnonzero(np.diff(counts)) + 1
    filled = pair = 0
    for run in np.split(counts, borders):
        many, size = int(run[0]), len(run) * variable.width * int(run[0])
        shape = (len(run), variable.width, many)
        rows = index[filled : filled + size].reshape(shape)
        numbers = value[filled : filled + size].reshape(shape)
        for rank in range(many):
            chosen = slice(pair + rank, pair + len(run) * many, many)
            _stroke(pairs, chosen, rows[:, :, rank], numbers[:, :, rank])
        filled, pair = filled + size, pair + len(run) * many


def _stroke(pairs: _Pairs, chosen: slice, rows: Indices, numbers: Floats) -> None:
    """One pair of each entity of a run: (entities, steps)."""
    base, of, place = pairs.base[chosen], pairs.term[chosen], pairs.place[chosen]
    for number in np.unique(of):
        term, own = pairs.terms[int(number)], of == number
        first, coefficient = base[own][:, None], term.coefficient[place[own]]
        if own.all():
            np.add(first, term.into, out=rows)
            numbers[:] = coefficient
        else:
            rows[own], numbers[own] = first + term.into, coefficient
