"""Levers: numbers of the park's tables that could be changed to make a plan possible.

A lever says what one unit of its change does to rows and bounds of the program. Whether it
can help at all follows from any optimal duals of the elastic program: by convexity a lever
whose reduced cost is not negative leaves the shortage as large as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from circularpark.program.assemble import Problem
from circularpark.program.constraints.limits import limits
from circularpark.program.data import Blocks, Data, Flags
from circularpark.program.rows import Rows
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnose_elastic import Gave
from circularpark.solve.diagnose_program import rows_of, typical


@dataclass(frozen=True)
class Lever:
    """One number: ``column`` of the row ``item`` of ``table``, raised (sign +1) or lowered (-1).

    base : its value now; steady : whether it is the same in all years
    size : a typical change; ratio : whether its effect depends on the plan (a limit's ratio)
    row, row_value : (n,) what one unit of change adds to rows of the program
    bound, bound_value : (k,) columns whose bound one unit widens; upper : which bound
    stands : positions of the items whose standing capacity it is
    """

    kind: str
    table: str
    item: str
    column: str
    sign: int
    base: float
    steady: bool
    size: float
    row: Integers
    row_value: Floats
    bound: Integers
    bound_value: Floats
    upper: bool = True
    ratio: bool = False
    stands: Integers | None = None

    def gain(self, gave: Gave) -> float:
        """How much less has to give for one unit of change, at most."""
        in_rows = float(gave.duals[self.row] @ self.row_value)
        reduced = gave.reduced[self.bound]
        widened = np.maximum(-reduced if self.upper else reduced, 0.0)
        return max(in_rows, 0.0) + float(widened @ self.bound_value)


def levers(problem: Problem, x: Floats) -> list[Lever]:
    """Every lever of a program; ``x`` is a point at which ratios are linearised."""
    sizes = typical(problem, np.arange(problem.matrix.shape[0]))
    return [
        *_items(problem, sizes),
        *_required(problem, sizes),
        *_markets(problem, sizes),
        *limit_levers(problem, x, sizes),
    ]


_NONE = np.zeros(0, dtype=np.int64)


Effects = list[tuple[Integers, Floats]]


def _lever(
    problem: Problem,
    row_size: Floats,
    names: tuple[str, str, str, str],
    sign: int,
    base: Floats,
    rows: Effects,
    bounds: Effects,
    *,
    upper: bool = True,
) -> Lever | None:
    """A lever of those effects that are effects; None where nothing is left."""
    row = np.concatenate([_NONE, *(r.ravel() for r, _ in rows)])
    row_value = np.concatenate([np.zeros(0), *(v.ravel() for _, v in rows)])
    bound = np.concatenate([_NONE, *(b.ravel() for b, _ in bounds)])
    value = np.concatenate([np.zeros(0), *(v.ravel() for _, v in bounds)])
    own = problem.upper if upper else problem.lower
    kept = (value != 0) & np.isfinite(own[bound]) & (upper | (own[bound] > 0))
    bound, value = bound[kept], value[kept]
    kept = row_value != 0
    row, row_value = row[kept], row_value[kept]
    if not len(bound) and not len(row):
        return None
    sizes = np.concatenate([problem.scale[bound] / value, row_size[row] / np.abs(row_value)])
    finite = base[np.isfinite(base)]
    number = float(finite.max(initial=0.0))
    size = float(power_of_two(np.array([max(sizes.max(), abs(number))]))[0])
    kind, table, item, column = names
    steady = bool(len(finite) and np.all(finite == finite[0]))
    return Lever(
        kind, table, item, column, sign, number, steady, size, row, row_value, bound, value, upper
    )


def _found(parts: Iterable[Lever | None]) -> list[Lever]:
    return [part for part in parts if part is not None]


TABLES = {"process": "processes", "storage": "storages", "link": "links"}


def _items(problem: Problem, sizes: Floats) -> list[Lever]:
    """Capacities that stand and cannot grow, and largest capacities of what can be built."""
    item = problem.data.item
    effects = _Capacities(problem, sizes)
    found = []
    for grows, ceiling in ((False, item.standing), (True, item.maximum)):
        bounded = np.isfinite(ceiling).any(axis=1) & (ceiling > 0).any(axis=1)
        chosen = np.flatnonzero(bounded & ((item.column >= 0) == grows))
        chosen = chosen[np.argsort(item.of[chosen], kind="stable")]
        new = np.flatnonzero(np.diff(item.of[chosen], prepend=-1))
        groups = np.split(chosen, new[1:]) if len(chosen) else []
        found += [effects.lever(own, ceiling[own], grows) for own in groups]
    return _found(found)


class _Capacities:
    """What one more unit of capacity does, by kind of item."""

    def __init__(self, problem: Problem, sizes: Floats) -> None:
        self.problem = problem
        self.sizes = sizes
        data = problem.data
        self.shared = rows_of(problem, "shared_capacity")
        self.pipes = rows_of(problem, "link_capacity")
        frame = data.blocks.first.processes
        self.of = dict(zip(frame["id"], frame["of"], strict=True))
        self.before = {
            "process": 0,
            "storage": len(data.process.index),
            "link": len(data.item.index) - len(data.link.index),
        }

    def lever(self, own: Integers, ceiling: Floats, grows: bool) -> Lever | None:
        item = self.problem.data.item
        kind = str(item.kind[own[0]])
        name = str(item.index["item"].iloc[own[0]])
        row_name = self.of.get(name, name) if kind == "process" else name
        column = "capacity_max" if grows else "capacity"
        rows: Effects = []
        bounds: Effects = []
        if grows:
            self._growing(own, row_name, rows, bounds)
        else:
            self._standing(own, kind, rows, bounds)
        names = ("capacity", TABLES[kind], str(row_name), column)
        lever = _lever(self.problem, self.sizes, names, 1, ceiling.ravel(), rows, bounds)
        return lever if lever is None or grows else replace(lever, stands=own)

    def _growing(
        self,
        own: Integers,
        name: str,
        rows: Effects,
        bounds: Effects,
    ) -> None:
        var, item = self.problem.var, self.problem.data.item
        place = item.column[own]
        bounds.append((var.build.columns()[place], item.available[own].astype(float)))
        bounds.append((var.capacity.columns()[place], np.ones((len(own), var.capacity.width))))
        if self.shared is not None:
            block, numbers = self.shared
            chosen = numbers[(block.index["item"] == name).to_numpy()]
            rows.append((chosen, -np.ones(chosen.shape)))

    def _standing(
        self,
        own: Integers,
        kind: str,
        rows: Effects,
        bounds: Effects,
    ) -> None:
        var, data = self.problem.var, self.problem.data
        place = own - self.before[kind]
        # What is not there yet, or not any more, does not grow with its size.
        stands = (data.item.standing[own] > 0)[:, data.time.year_index].astype(float)

        def widen(variable: str, positions: Integers, value: Floats) -> None:
            columns = getattr(var, variable).columns()[positions]
            bounds.append((columns, np.broadcast_to(value, columns.shape)))

        if kind == "process":
            widen("activity", place, stands * data.process.availability[place])
        elif kind == "storage":
            widen("charge", place, stands / data.storage.hours_in[place])
            widen("discharge", place, stands / data.storage.hours_out[place])
            widen("level", place, stands)
        else:
            widen("link_flow", place, stands)
            back = np.flatnonzero(np.isin(data.link.back, place))
            widen("link_flow_back", back, stands[: len(back)])
            if self.pipes is not None:
                block, numbers = self.pipes
                names = data.link.index["link"].iloc[place]
                chosen = numbers[block.index["link"].isin(names).to_numpy()]
                rows.append((chosen, -stands[: len(chosen)]))


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


def _required(problem: Problem, sizes: Floats) -> list[Lever]:
    item, capacity = problem.data.item, problem.var.capacity
    found = []
    for place in np.flatnonzero((capacity.lower > 0).any(axis=1)):
        own = item.expandable[place]
        kind = TABLES[str(item.kind[own])]
        names = ("required", kind, str(item.index["item"].iloc[own]), "capacity")
        low = capacity.lower[place]
        bounds = [(capacity.columns()[place], np.ones(len(low)))]
        found.append(_lever(problem, sizes, names, -1, low[low > 0], [], bounds, upper=False))
    return _found(found)


def _markets(problem: Problem, sizes: Floats) -> list[Lever]:
    market, var = problem.data.market, problem.var
    columns = var.exchange.columns()
    name = market.index["market"].to_numpy()
    found = []
    for m in range(len(name)):
        exchanges = columns[(market.exchange_market == m) & ~market.shared[m]]
        most, least = market.most[m], market.least[m]
        yearly = market.most_per_year[m]
        open_then = (most > 0).astype(float) if (most > 0).any() else np.ones(len(most))
        widened = [(exchanges, np.broadcast_to(open_then, exchanges.shape))]
        own = ("markets", str(name[m]))
        if np.isfinite(most).any():
            rows = _market_rows(problem, "market_most", own[1], -open_then)
            largest = most if not (most > 0).any() else most[most > 0]
            found.append(_lever(problem, sizes, ("market", *own, "max"), 1, largest, rows, widened))
        if (least > 0).any():
            bound = [(exchanges, np.broadcast_to((least > 0).astype(float), exchanges.shape))]
            rows = _market_rows(problem, "market_least", own[1], (least > 0).astype(float))
            found.append(
                _lever(problem, sizes, ("contract", *own, "min"), -1, least[least > 0], rows, bound,
                       upper=False)
            )  # fmt: skip
        if np.isfinite(yearly).any():
            rows = _market_rows(problem, "market_year", own[1], -np.ones(1))
            found.append(
                _lever(problem, sizes, ("market_year", *own, "max_per_year"), 1, yearly, rows, [])
            )
    return _found(found)


def _market_rows(problem: Problem, family: str, name: str, value: Floats) -> Effects:
    found = rows_of(problem, family)
    if found is None:
        return []
    block, numbers = found
    chosen = numbers[(block.index["market"] == name).to_numpy()]
    return [(chosen, np.broadcast_to(value, chosen.shape))]


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
            lever = _lever(problem, sizes, part, sign, base, [(rows[own], -sign * weight[own])], [])
            if lever is not None:
                levers_found.append(replace(lever, ratio=bool(ratio[own].any())))
    return levers_found


def limit_values(problem: Problem, name: str) -> Floats:
    """The value of a limit in each block, as the table states it."""
    blocks = problem.data.blocks
    place = int(np.flatnonzero((blocks.first.limits["id"] == name).to_numpy())[0])
    return np.asarray(blocks.number("limits", "value")[place], dtype=float)


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
    blocks: Blocks = copy.copy(data.blocks)
    tables = []
    for table in blocks.tables:
        frame = table.limits
        value = change(frame["id"], frame["value"])
        if not peaks:
            value = value.where(frame["sense"] != "peak", frame["value"])
        tables.append(replace(table, limits=frame.assign(value=value)))
    blocks.tables = tables
    return replace(data, blocks=blocks)
