"""A program with rows, columns and an objective that a user wrote in Pyomo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from circularpark.park.keys import Keys
from circularpark.program.assemble import Objective, Problem
from circularpark.program.bounds import OPEN, WIDER, derived_bounds
from circularpark.program.near_one import joined
from circularpark.program.rows import Entries, Rows
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variable, Variables

# How often bounds are carried from column to column through the user's rows.
ROUNDS = 5
BLANK = np.array([""], dtype=object)


@dataclass(frozen=True)
class NamedRows(Rows):
    """Rows that keep the names which Pyomo gave them."""

    called: tuple[str, ...] = ()

    def names(self) -> Iterator[str]:
        """The names, in order."""
        return iter(self.called)


@dataclass(frozen=True)
class NamedVariable(Variable):
    """Columns that a user added, under the names which Pyomo gave them."""

    called: tuple[str, ...] = ()

    def names(self) -> Iterator[str]:
        """The names, in order."""
        return iter(self.called)


@dataclass(frozen=True)
class Added:
    """A user's component: its elements' names and keys, and their lower and upper sides."""

    name: str
    called: tuple[str, ...]
    keys: tuple[tuple[object, ...], ...]
    lower: Floats
    upper: Floats

    @property
    def index(self) -> pd.DataFrame:
        """The keys as a table, ``index`` or ``index_1``, ``index_2``, ...; blank for a single one.

        ``keys`` of one component may differ in length; shorter ones end in blanks.
        """
        width = max((len(k) for k in self.keys), default=0)
        heads = ["index"] if width <= 1 else [f"index_{i + 1}" for i in range(width)]
        filled = [[*k, *[""] * (len(heads) - len(k))] for k in self.keys]
        return pd.DataFrame(filled, columns=heads, dtype=object)


@dataclass(frozen=True)
class ExtendedProblem(Problem):
    """A ``Problem`` whose last columns are a user's; ``filled`` bounds those, (n,), inf elsewhere.

    open_below : columns whose lower bound we derived too, since the user gave none
    """

    filled: Floats
    open_below: Integers

    @cached_property
    def derived(self) -> Floats:
        """Finite upper bounds: the program's own, and those of the user's columns."""
        return np.minimum(
            joined(derived_bounds(self.data, self.var), called="derived"), self.filled
        )


def extended(
    problem: Problem,
    *,
    bounds: tuple[Floats, Floats],
    replaced: dict[str, Rows],
    columns: Sequence[Added],
    rows: Sequence[tuple[Added, sparse.csr_array]],
    objectives: Sequence[Objective],
) -> ExtendedProblem:
    """The program with a user's columns and rows behind its own.

    Parameters
    ----------
    bounds : (n,) lower and upper of the program's own columns, as they now stand
    replaced : family -> its rows as they now stand, of the same size
    columns : the user's variables, in order
    rows : the user's constraints with their coefficients, (rows, all columns)
    objectives : stages over all columns
    """
    start = problem.var.size
    var = _with_bounds(problem.var, *bounds)
    sizes = [len(c.called) for c in columns]
    total = start + sum(sizes)
    matrix = sparse.vstack([m for _, m in rows], format="csr") if rows else None
    low, high, scale = _user_columns(problem, bounds, columns, rows, matrix, total)
    for added, first in zip(columns, np.cumsum([start, *sizes]), strict=False):
        own = slice(int(first) - start, int(first) - start + len(added.called))
        var.blocks[added.name] = NamedVariable(
            name=added.name,
            key=Keys.of(added.index),
            axis="",
            labels=BLANK,
            start=int(first),
            lower=low[own][:, None],
            upper=added.upper[:, None],
            scale=scale[own],
            called=added.called,
        )
    var.size = total
    blocks = [replaced.get(b.family, b) for b in problem.blocks]
    blocks += [named_rows(added, coefficients, var) for added, coefficients in rows]
    given = np.concatenate([c.lower for c in columns]) if columns else np.zeros(0)
    return ExtendedProblem(
        data=problem.data,
        var=var,
        blocks=tuple(blocks),
        objectives=tuple(objectives),
        filled=np.concatenate([np.full(start, np.inf), high]),
        open_below=start + np.flatnonzero(np.isinf(given)),
    )


def named_rows(added: Added, coefficients: sparse.csr_array, var: Variables) -> NamedRows:
    """Rows of a user's constraint, their entries sorted by variable."""
    entries = coefficients.tocoo()
    order = np.argsort(entries.col, kind="stable")
    row, column = entries.row[order], entries.col[order]
    value = entries.data[order]
    parts = []
    for variable in var:
        own = slice(*np.searchsorted(column, [variable.start, variable.stop]))
        if own.stop > own.start:
            parts.append(
                Entries(
                    variable,
                    row[own].astype(np.int32),
                    column[own].astype(np.int32),
                    value[own].astype(float),
                )
            )
    return NamedRows(
        family=added.name,
        key=Keys.of(added.index),
        labels=BLANK,
        entries=tuple(parts),
        lower=added.lower[:, None],
        upper=added.upper[:, None],
        called=added.called,
    )


def _with_bounds(var: Variables, lower: Floats, upper: Floats) -> Variables:
    blocks = {}
    for variable in var:
        own = slice(variable.start, variable.stop)
        shape = (variable.entities, variable.width)
        blocks[variable.name] = replace(
            variable, lower=lower[own].reshape(shape), upper=upper[own].reshape(shape)
        )
    return Variables(blocks, var.size)


def _user_columns(
    problem: Problem,
    bounds: tuple[Floats, Floats],
    columns: Sequence[Added],
    rows: Sequence[tuple[Added, sparse.csr_array]],
    matrix: sparse.csr_array | None,
    total: int,
) -> tuple[Floats, Floats, Floats]:
    """Finite lower and upper bounds and typical sizes of the user's columns, (k,) each.

    Tolerances and safe bounds need them finite. The user's rows carry the bounds of the park's
    columns over; a bound ten times as wide is not met by a sensible plan.
    """
    start = problem.var.size
    if total == start:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    own_low, own_high = bounds[0], np.minimum(np.maximum(problem.derived, bounds[0]), bounds[1])
    user_low = np.concatenate([c.lower for c in columns])
    user_high = np.concatenate([c.upper for c in columns])
    low, high = np.concatenate([own_low, user_low]), np.concatenate([own_high, user_high])
    sizes = np.concatenate([problem.scale, np.ones(total - start)])
    if matrix is not None:
        sides = (
            np.concatenate([a.lower for a, _ in rows]),
            np.concatenate([a.upper for a, _ in rows]),
        )
        for _ in range(ROUNDS):
            low, high = _carried(matrix, sides, low, high, start)
        sizes = _typical(matrix, sizes, start)
    known = np.abs(np.concatenate([own_high, user_low, user_high]))
    fallback = OPEN * max(float(known[np.isfinite(known)].max(initial=0.0)), 1.0)
    low, high = low[start:], high[start:]
    wide_low = np.where(np.isinf(low), -fallback, WIDER * np.minimum(low, 0.0) - 1.0)
    wide_high = np.where(np.isinf(high), fallback, WIDER * np.maximum(high, 0.0) + 1.0)
    return (
        np.where(np.isinf(user_low), wide_low, user_low),
        np.where(np.isinf(user_high), wide_high, user_high),
        power_of_two(sizes[start:]),
    )


def _carried(
    matrix: sparse.csr_array,
    sides: tuple[Floats, Floats],
    low: Floats,
    high: Floats,
    start: int,
) -> tuple[Floats, Floats]:
    """Bounds that each row implies for a user's column, given those of all its other columns."""
    row, column, value = _entries(matrix)
    at_low, at_high = (
        np.where(value > 0, low[column], high[column]),
        np.where(value > 0, high[column], low[column]),
    )
    least, least_open = _sums(row, value * at_low, matrix.shape[0])
    most, most_open = _sums(row, value * at_high, matrix.shape[0])
    mine = column >= start
    row, column, value = row[mine], column[mine], value[mine]
    rest_low = _without(row, value * at_low[mine], least, least_open)
    rest_high = _without(row, value * at_high[mine], most, most_open)
    upper, lower = (sides[1][row] - rest_low) / value, (sides[0][row] - rest_high) / value
    upper, lower = np.where(value > 0, upper, lower), np.where(value > 0, lower, upper)
    new_low, new_high = low.copy(), high.copy()
    np.maximum.at(new_low, column, np.where(np.isfinite(lower), lower, -np.inf))
    np.minimum.at(new_high, column, np.where(np.isfinite(upper), upper, np.inf))
    return new_low, new_high


def _entries(matrix: sparse.csr_array) -> tuple[Integers, Integers, Floats]:
    """Row, column and value of every entry."""
    entries = matrix.tocoo()
    return entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data


def _sums(row: Integers, amounts: Floats, rows: int) -> tuple[Floats, Integers]:
    """Sum of the finite amounts of each row, and how many are not finite."""
    finite = np.isfinite(amounts)
    total = np.bincount(row, np.where(finite, amounts, 0.0), minlength=rows).astype(float)
    return total, np.bincount(row[~finite], minlength=rows).astype(np.int64)


def _without(row: Integers, own: Floats, total: Floats, unknown: Integers) -> Floats:
    """Each row's sum without one of its entries; nan where another one is open."""
    finite = np.isfinite(own)
    rest = total[row] - np.where(finite, own, 0.0)
    return np.where(unknown[row] == np.where(finite, 0, 1), rest, np.nan)


def _typical(matrix: sparse.csr_array, sizes: Floats, start: int) -> Floats:
    """Typical sizes of the user's columns: what stands beside them in their rows."""
    row, column, value = _entries(matrix)
    value = np.abs(value)
    park = column < start
    beside = np.zeros(matrix.shape[0])
    np.maximum.at(beside, row[park], value[park] * sizes[column[park]])
    mine = ~park & (beside[row] > 0)
    least = np.full(len(sizes), np.inf)
    np.minimum.at(least, column[mine], beside[row[mine]] / value[mine])
    return np.where(np.isfinite(least), least, sizes)
