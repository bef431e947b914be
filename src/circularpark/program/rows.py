"""Rows of the program as general sparse blocks.

A block has a row for each entity and step. It is a sum of terms; a term joins entities of
the rows to entities of a variable (a short table of pairs) and says how the two time axes
meet. The join happens between tables of entities; only then is it spread over time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from circularpark.park.keys import Keys
from circularpark.program.arrays import spread
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variable, labelled

Indices = NDArray[np.int32]


@dataclass(frozen=True)
class Entries:
    """Nonzeros of one term: row within the block, column of the program, value (all flat)."""

    variable: Variable
    row: Indices
    column: Indices
    value: Floats

    @property
    def count(self) -> int:
        """How many nonzeros."""
        return len(self.value)


@dataclass(frozen=True)
class Grid:
    """Nonzeros of one term as pairs of entities, one at each step of the variable.

    A program of many steps is filled from the pairs; the flat arrays are made where asked for.

    entity : (n,) of the variable; row of pair i at step k of the variable = base[i] + into[k]
    coefficient : (n, 1) or (n, K), none of them zero
    """

    variable: Variable
    entity: Indices
    base: Indices
    into: Indices
    coefficient: Floats

    @property
    def count(self) -> int:
        """How many nonzeros."""
        return len(self.entity) * self.variable.width

    @cached_property
    def row(self) -> Indices:
        """Row within the block, flat."""
        return _indices((self.base[:, None] + self.into).ravel())

    @cached_property
    def column(self) -> Indices:
        """Column of the program, flat."""
        width = self.variable.width
        first = self.variable.start + self.entity.astype(np.int64) * width
        return _indices((first[:, None] + np.arange(width)).ravel())

    @cached_property
    def value(self) -> Floats:
        """Coefficient, flat."""
        shape = (len(self.entity), self.variable.width)
        return np.broadcast_to(self.coefficient, shape).ravel()


Part = Entries | Grid


@dataclass(frozen=True)
class Rows:
    """A block of constraints: lower <= sum of entries <= upper, a row for each (entity, step).

    family : name of the constraint; labels : (K,) steps
    key : (E rows) the entities' names, ``index`` the same as a DataFrame
    lower, upper : (E, K)
    """

    family: str
    key: Keys
    labels: NDArray[np.object_]
    entries: tuple[Part, ...]
    lower: Floats
    upper: Floats

    @property
    def index(self) -> pd.DataFrame:
        """The entities' keys, one column a key."""
        return self.key.frame

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.key) * len(self.labels)

    @property
    def nonzeros(self) -> int:
        """How many entries."""
        return sum(e.count for e in self.entries)

    def names(self) -> Iterator[str]:
        """Names of the rows: ``balance[dyeing, steam, winter]``."""
        return labelled(self.family, self.key, self.labels)


def across(
    variable: Variable,
    row: ArrayLike,
    column: ArrayLike,
    value: ArrayLike = 1.0,
    *,
    at: Integers | None = None,
) -> Part:
    """Entities of the rows joined to entities of ``variable``, step by step.

    Parameters
    ----------
    row, column : (n,) entity of the row and of the variable
    value : coefficient, broadcast to (n, K)
    at : (K,) step of the variable that each step of the row meets; default the same one
    """
    row, column = _indices(row), _indices(column)
    steps = variable.width if at is None else len(at)
    if at is None:
        each = np.arange(steps, dtype=np.int32)
        return _pairs(variable, row * np.int32(steps), column, value, each)
    meets = np.bincount(at, minlength=variable.width)
    if len(meets) == steps == variable.width and meets.max(initial=1) == 1:
        into = np.argsort(at).astype(np.int32)
        given = np.asarray(value, dtype=float)
        if given.ndim and given.shape[-1] == steps > 1:
            given = given[..., into]
        return _pairs(variable, row * np.int32(steps), column, given, into)
    rows = row[:, None] * np.int32(steps) + np.arange(steps, dtype=np.int32)
    columns = np.int32(variable.start) + column[:, None] * np.int32(variable.width)
    return _flat(variable, _indices(rows), _indices(columns + at), value)


def gathered(
    variable: Variable,
    row: ArrayLike,
    column: ArrayLike,
    value: ArrayLike,
    *,
    into: Integers,
    steps: int,
) -> Part:
    """Steps of ``variable`` summed into fewer steps of the rows (a year's amount, say).

    Parameters
    ----------
    row, column : (n,) entity of the row and of the variable
    value : coefficient, broadcast to (n, K of the variable)
    into : (K,) step of the row that each step of the variable belongs to; steps : of the row
    """
    row, column = _indices(row), _indices(column)
    return _pairs(variable, row * np.int32(steps), column, value, into.astype(np.int32))


def listed(variable: Variable, row: ArrayLike, column: ArrayLike, value: ArrayLike) -> Entries:
    """Single entries: (n,) row within the block, column within the variable, coefficient."""
    return _flat(variable, _indices(row), _indices(column) + np.int32(variable.start), value)


def _indices(numbers: ArrayLike) -> Indices:
    return np.atleast_1d(np.asarray(numbers)).astype(np.int32, copy=False)


def _pairs(
    variable: Variable, base: Indices, entity: Indices, value: ArrayLike, into: Indices
) -> Part:
    given = np.asarray(value, dtype=float)
    wide = given.ndim > 0 and given.shape[-1] == variable.width
    shape = (len(base), variable.width if wide else 1)
    coefficient = spread(given, shape)
    if not given.all():
        some = (coefficient != 0).any(axis=1)
        base, entity, coefficient = base[some], entity[some], coefficient[some]
    found = Grid(variable, entity, base, into, coefficient)
    if coefficient.all():
        return found
    kept = found.value != 0
    return Entries(variable, found.row[kept], found.column[kept], found.value[kept])


def _flat(variable: Variable, rows: Indices, columns: Indices, value: ArrayLike) -> Entries:
    given = np.asarray(value, dtype=float)
    values = np.broadcast_to(given, rows.shape)
    if given.all():
        return Entries(variable, rows.ravel(), columns.ravel(), values.ravel())
    kept = values != 0
    return Entries(variable, rows[kept], columns[kept], values[kept])


def rows(
    family: str,
    index: Keys | pd.DataFrame,
    labels: NDArray[np.object_],
    sum_of: Sequence[Part],
    *,
    at_least: ArrayLike | None = None,
    at_most: ArrayLike | None = None,
    equals: ArrayLike | None = None,
) -> Rows:
    """A block of constraints; the sides broadcast to (E, K).

    Parameters
    ----------
    index : (E rows) keys of the rows, one column a key; labels : (K,) their steps
    sum_of : terms, made by ``across``, ``gathered`` or ``listed``
    at_least, at_most, equals : sides, in the unit of the sum

    A rule of one's own, here that two links together carry no more than 5 at any time:

    >>> problem = build(park)
    >>> flow = problem.var.link_flow
    >>> pair = np.flatnonzero(flow.index["link"].isin(["a-b", "a-c"]))
    >>> together = rows(
    ...     "one_trench",
    ...     pd.DataFrame({"trench": ["north"]}),
    ...     flow.labels,
    ...     [across(flow, np.zeros(len(pair), dtype=int), pair)],
    ...     at_most=5.0,
    ... )
    >>> plan = solve(problem.add(together))
    """
    key = Keys.of(index)
    shape = (len(key), len(labels))
    sides = (at_least, at_most) if equals is None else (equals, equals)
    lower, upper = (
        spread(open_side if side is None else side, shape)
        for side, open_side in zip(sides, (-np.inf, np.inf), strict=True)
    )
    return Rows(
        family=family,
        key=key,
        labels=labels,
        entries=tuple(e for e in sum_of if e.count),
        lower=lower,
        upper=lower if equals is not None else upper,
    )


_NO_KEYS = Keys({"item": np.array([], dtype=object)})


def no_rows(family: str) -> Rows:
    """An empty block: the park has no data for this constraint."""
    none = np.zeros((0, 0))
    return Rows(family, _NO_KEYS, np.array([], dtype=object), (), none, none)


def as_text(block: Rows) -> list[str]:
    """Each row in words: ``balance[a, steam, t1]: taken[s, t1] - link_flow[a-b, t1] == 0``."""
    terms: list[list[tuple[int, str, float]]] = [[] for _ in range(block.size)]
    for part in block.entries:
        names = list(part.variable.names())
        for row, column, value in zip(part.row, part.column, part.value, strict=True):
            terms[row].append((int(column), names[column - part.variable.start], float(value)))
    lower, upper = block.lower.ravel(), block.upper.ravel()
    return [
        f"{name}: {_sum(terms[i])} {_sides(lower[i], upper[i])}"
        for i, name in enumerate(block.names())
    ]


def _number(value: float) -> str:
    # Adding zero takes the sign from a negative zero.
    return f"{value + 0.0:.10g}"


def _sum(terms: list[tuple[int, str, float]]) -> str:
    total: dict[str, float] = {}
    for _, name, value in sorted(terms, key=lambda t: t[0]):
        total[name] = total.get(name, 0.0) + value
    text = ""
    for name, value in total.items():
        size = "" if abs(value) == 1 else f"{_number(abs(value))} "
        sign = (" + " if value > 0 else " - ") if text else ("" if value > 0 else "-")
        text += f"{sign}{size}{name}"
    return text or "0"


def _sides(low: float, high: float) -> str:
    if low == high:
        return f"== {_number(low)}"
    if np.isinf(low):
        return f"<= {_number(high)}"
    if np.isinf(high):
        return f">= {_number(low)}"
    return f"in [{_number(low)}, {_number(high)}]"
