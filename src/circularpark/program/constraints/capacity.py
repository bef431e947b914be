"""What stands, what is built, and what it allows."""

from __future__ import annotations

import numpy as np

from circularpark.park.keys import Keys
from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, listed, no_rows, rows
from circularpark.program.variables import Variables


def process_capacity(data: Data, var: Variables) -> Rows:
    r"""A process runs within its available capacity.

    .. math:: x_{pt} \le A_{pt} C_{p,y(t)} \qquad \forall p \text{ that can be built},\ t \in T

    x : var.activity               [unit/h]  activity of process p
    C : var.capacity               [unit/h]  capacity of the process in the period's year
    A : data.process.availability  [1]       share of the capacity that is available

    Dual: what one more unit per hour of available capacity would save.
    """
    column = data.item.column[data.process.item]
    chosen = np.flatnonzero(column >= 0)
    each = np.arange(len(chosen))
    return rows(
        "process_capacity",
        data.process.key.take(chosen),
        data.time.period,
        [
            across(var.activity, each, chosen),
            across(
                var.capacity,
                each,
                column[chosen],
                -data.process.availability[chosen],
                at=data.time.year_index,
            ),
        ],
        at_most=0.0,
    )


def capacity_stock(data: Data, var: Variables) -> Rows:
    r"""Capacity is what stands and what was built and still lives.

    .. math:: C_{iy} = E_{iy} + \sum_{v \le y < v + n_{iv}} b_{iv} \qquad \forall i \in I,\ y \in Y

    C : var.capacity        [unit/h]  capacity of item i in year y
    b : var.build           [unit/h]  built in year v
    E : data.item.standing  [unit/h]  stands already
    n : data.item.lifetime  [a]       lifetime of what is built in year v

    Dual: what one more unit of capacity standing in the year would save.
    """
    grown = data.item.expandable
    years = np.array(data.time.years)
    count = len(years)
    alive = lives(years, data.item.lifetime[grown])
    item, year, vintage = np.nonzero(alive)
    standing = data.item.standing[grown]
    endless = np.isinf(standing)
    each = np.arange(len(grown))
    return rows(
        "capacity_stock",
        data.item.key.take(grown),
        np.array(years, dtype=object),
        [
            across(var.capacity, each, each),
            listed(var.build, item * count + year, item * count + vintage, -1.0),
        ],
        at_least=np.where(endless, -np.inf, standing),
        at_most=np.where(endless, np.inf, standing),
    )


def lives(years: np.ndarray, lifetime: np.ndarray) -> np.ndarray:
    """Whether what is built in year v still lives in year y: (I, Y of y, Y of v)."""
    y, v = years[None, :, None], years[None, None, :]
    return np.asarray((v <= y) & (y < v + lifetime[:, None, :]))


def shared_capacity(data: Data, var: Variables) -> Rows:
    r"""A process that may be built at any site has one largest capacity for all of them.

    .. math:: \sum_{i \in S} C_{iy} \le M_{S y} \qquad \forall S,\ y \in Y

    C : var.capacity       [unit/h]  capacity of instance i in year y
    M : data.item.maximum  [unit/h]  largest capacity of all instances together

    Dual: what one more unit of the shared capacity would save.
    """
    item = data.item
    built = item.expandable
    count = np.bincount(item.of[built], minlength=int(item.of.max(initial=-1)) + 1)
    limited = np.asarray(np.isfinite(item.maximum).any(axis=1), dtype=bool)
    chosen = np.flatnonzero((count[item.of[built]] > 1) & limited[built])
    if not len(chosen):
        return no_rows("shared_capacity")
    group, row = np.unique(item.of[built][chosen], return_inverse=True)
    first = built[chosen[np.searchsorted(np.sort(row), np.arange(len(group)))]]
    names = [name.rsplit("@", 1)[0] for name in item.key["item"][first].tolist()]
    return rows(
        "shared_capacity",
        Keys({"item": np.array(names, dtype=object)}),
        np.array(data.time.years, dtype=object),
        [across(var.capacity, row, chosen)],
        at_most=item.maximum[first],
    )
