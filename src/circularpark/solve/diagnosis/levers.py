"""Every lever of a park: capacities, contracts, required sizes and limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.data import Flags
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnosis.lever import Effects, Lever, make_lever
from circularpark.solve.diagnosis.limits import limit_levers
from circularpark.solve.diagnosis.program import rows_of, typical


def levers(problem: Problem, x: Floats) -> list[Lever]:
    """Every lever of a program; ``x`` is a point at which ratios are linearised."""
    sizes = typical(problem, np.arange(problem.matrix.shape[0]))
    return [
        *_items(problem, sizes),
        *_required(problem, sizes),
        *_markets(problem, sizes),
        *limit_levers(problem, x, sizes),
    ]


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
            "link": len(data.process.key) + len(data.storage.key),
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
        lever = make_lever(self.problem, self.sizes, names, 1, ceiling.ravel(), rows, bounds)
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


def _required(problem: Problem, sizes: Floats) -> list[Lever]:
    item, capacity = problem.data.item, problem.var.capacity
    found = []
    for place in np.flatnonzero((capacity.lower > 0).any(axis=1)):
        own = item.expandable[place]
        kind = TABLES[str(item.kind[own])]
        names = ("required", kind, str(item.index["item"].iloc[own]), "capacity")
        low = capacity.lower[place]
        bounds = [(capacity.columns()[place], np.ones(len(low)))]
        found.append(make_lever(problem, sizes, names, -1, low[low > 0], [], bounds, upper=False))
    return _found(found)


def _markets(problem: Problem, sizes: Floats) -> list[Lever]:
    """Largest, least and yearly amounts of contracts."""
    market, columns = problem.data.market, problem.var.exchange.columns()
    found: list[Lever | None] = []
    for place, name in enumerate(market.index["market"].astype(str)):
        # A market open to every site is bounded by rows, one of a site by its own columns.
        own = columns[(market.exchange_market == place) & ~market.shared[place]]
        most, least = market.most[place], market.least[place]
        yearly = market.most_per_year[place]
        if np.isfinite(most).any():
            begun = (most > 0) | (most <= 0).all()
            names = ("market", "markets", name, "max")
            rows = _market_rows(problem, "market_most", name, -begun.astype(float))
            bounds = _over_time(own, begun)
            found.append(make_lever(problem, sizes, names, 1, most[begun], rows, bounds))
        if (least > 0).any():
            held = least > 0
            names = ("contract", "markets", name, "min")
            rows = _market_rows(problem, "market_least", name, held.astype(float))
            bounds = _over_time(own, held)
            found.append(
                make_lever(problem, sizes, names, -1, least[held], rows, bounds, upper=False)
            )
        if np.isfinite(yearly).any():
            names = ("market_year", "markets", name, "max_per_year")
            rows = _market_rows(problem, "market_year", name, -np.ones(1))
            found.append(make_lever(problem, sizes, names, 1, yearly, rows, []))
    return _found(found)


def _over_time(columns: Integers, when: Flags) -> Effects:
    return [(columns, np.broadcast_to(when.astype(float), columns.shape))]


def _market_rows(problem: Problem, family: str, name: str, value: Floats) -> Effects:
    found = rows_of(problem, family)
    if found is None:
        return []
    block, numbers = found
    chosen = numbers[(block.index["market"] == name).to_numpy()]
    return [(chosen, np.broadcast_to(value, chosen.shape))]
