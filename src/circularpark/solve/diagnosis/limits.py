"""Levers of the limits: what one more unit of a limit's value gives, whatever its form.

The limits are written a second time with other values and the two blocks are compared, so
that no form of a limit (a ratio, a ceiling, a factor on a record) needs to be known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from circularpark.program.assemble import Problem
from circularpark.program.constraints.limits import limits
from circularpark.program.data import Data, Flags
from circularpark.program.rows import Rows
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnosis.lever import Lever, make_lever
from circularpark.solve.diagnosis.program import rows_of


def limit_levers(problem: Problem, x: Floats, sizes: Floats) -> list[Lever]:
    """The values of the limits; a ratio's effect is that at the point ``x``."""
    found = rows_of(problem, "limits")
    if found is None:
        return []
    block, numbers = found
    rows = numbers.ravel()
    weight, ratio = limit_weights(problem, block, x)
    names = block.index["limit"].to_numpy()
    table = problem.data.blocks.first.limits.set_index("id")
    levers_found = []
    for name in dict.fromkeys(names):
        own = np.flatnonzero(names == name)
        if table.at[name, "sense"] == "peak":
            continue
        for sign in {"<=": (1,), ">=": (-1,)}.get(str(table.at[name, "sense"]), (1, -1)):
            base = limit_values(problem, str(name))
            part = ("limit", "limits", str(name), "value")
            lever = make_lever(
                problem, sizes, part, sign, base, [(rows[own], -sign * weight[own])], []
            )
            if lever is not None:
                levers_found.append(replace(lever, ratio=bool(ratio[own].any())))
    return levers_found


def limit_values(problem: Problem, name: str) -> Floats:
    """The value of a limit in each block, as the table states it."""
    blocks = problem.data.blocks
    place = int(np.flatnonzero((blocks.first.limits["id"] == name).to_numpy())[0])
    return np.asarray(blocks.number("limits", "value")[place], dtype=float)


def limit_value_at(problem: Problem, name: str, step: str) -> float:
    """The value of a limit in the year, scenario or period of one of its rows."""
    values, time = limit_values(problem, name), problem.data.time
    blocks = [f"{year}@{scenario}" if scenario else str(year) for year, scenario in time.blocks]
    if len(values) == 1 or step.partition("@")[0] == "all":
        return float(values[0])
    if step in blocks:
        return float(values[blocks.index(step)])
    return float(values[time.block[int(np.flatnonzero(time.period == step)[0])]])


def limit_weights(problem: Problem, block: Rows, x: Floats) -> tuple[Floats, Flags]:
    """What one more unit of its value gives each row of the limits, and whether that depends on x.

    A row reads (a + v d) x <= r + v q, so that one unit of v gives q - d x. Both are found by
    writing the limits a second time with other values: no form of a limit needs to be known here.
    """
    other = limits(revalued(problem.data, lambda _, value: value + 1.0), problem.var)
    moved = -_moved(block, other)
    change = _sums(other, x[: problem.var.size]) - _sums(block, x[: problem.var.size])
    return moved - change, _differ(block, other)


def _sums(block: Rows, x: Floats) -> Floats:
    total = np.zeros(block.size)
    for part in block.entries:
        np.add.at(total, part.row, part.value * x[part.column])
    return total


def _differ(one: Rows, two: Rows) -> Flags:
    """Whether the coefficients of two blocks differ, row by row."""
    if not one.entries or not two.entries:
        return np.zeros(one.size, dtype=bool)
    width = max(e.variable.stop for e in (*one.entries, *two.entries))
    mine, other = (_matrix(block, width) for block in (one, two))
    change, size = (np.asarray(abs(m).sum(axis=1)).ravel() for m in (mine - other, mine))
    return np.asarray(change > 1e-12 * size, dtype=bool)


def _matrix(block: Rows, width: int) -> sparse.csr_array:
    parts = [(e.row, e.column, e.value) for e in block.entries]
    row, column, value = (np.concatenate(p) for p in zip(*parts, strict=True))
    return sparse.coo_array((value, (row, column)), shape=(block.size, width)).tocsr()


def revalued(
    data: Data, change: Callable[[pd.Series, pd.Series], pd.Series], *, peaks: bool = False
) -> Data:
    """The data with other values of its limits, ``change(ids, values)``; of peaks only if asked."""
    tables = []
    for table in data.blocks.tables:
        frame = table.limits
        value = change(frame["id"], frame["value"])
        if not peaks:
            value = value.where(frame["sense"] != "peak", frame["value"])
        tables.append(replace(table, limits=frame.assign(value=value)))
    return replace(data, blocks=data.blocks.with_tables(tables))


def with_limit(problem: Problem, name: str, value: float) -> Problem:
    """The program with one limit at another value (of a peak: in another year)."""
    data = revalued(problem.data, lambda ids, values: values.where(ids != name, value), peaks=True)
    blocks = tuple(limits(data, problem.var) if b.family == "limits" else b for b in problem.blocks)
    return replace(problem, data=data, blocks=blocks)


def with_upkeep(problem: Problem, chosen: Sequence[Lever]) -> list[Lever]:
    """The levers with what larger standing capacity adds to limits: land, and upkeep in costs."""
    found = rows_of(problem, "limits")
    data = problem.data
    if found is None or not _grown(problem, found[0], np.arange(len(data.item.index))).any():
        return list(chosen)
    numbers = found[1].ravel()
    with_it = []
    for lever in chosen:
        if lever.stands is not None:
            moved = _grown(problem, found[0], lever.stands)
            rows = np.flatnonzero(moved)
            lever = replace(
                lever,
                row=np.concatenate([lever.row, numbers[rows]]),
                row_value=np.concatenate([lever.row_value, moved[rows]]),
            )
        with_it.append(lever)
    return with_it


def _grown(problem: Problem, block: Rows, items: Integers) -> Floats:
    """What the constants of the limits gain from one more unit of these standing capacities."""
    data = problem.data
    larger = data.item.standing.copy()
    fixed = (larger[items] > 0) & (data.item.column[items] < 0)[:, None]
    larger[items] += fixed
    other = limits(replace(data, item=replace(data.item, standing=larger)), problem.var)
    return _moved(block, other)


def _moved(now: Rows, then: Rows) -> Floats:
    """How far the sides of rows moved, with the sign of the entry that says the same."""
    side = np.where(np.isfinite(now.upper), now.upper, now.lower)
    other = np.where(np.isfinite(then.upper), then.upper, then.lower)
    return np.asarray((side - other).ravel(), dtype=float)
