"""What a link can carry."""

from __future__ import annotations

import numpy as np

from circularpark.program.columns import fixed_capacity
from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, rows
from circularpark.program.variables import Variables


def link_capacity(data: Data, var: Variables) -> Rows:
    r"""Both ways together a link carries no more than its capacity.

    .. math:: f_{lt} + f^{back}_{lt} \le C_{l,y(t)} \qquad \forall l \in L,\ t \in T

    Only for links that can be built or go both ways; the others are bounded directly.

    f : var.link_flow         [unit/h]  sent along link l
    f : var.link_flow_back    [unit/h]  sent along it the other way
    C : var.capacity          [unit/h]  capacity of the link in the period's year

    Dual: what one more unit per hour of capacity would save.
    """
    link = data.link
    column = data.item.column[link.item]
    both = np.zeros(len(column), dtype=bool)
    both[link.back] = True
    standing = fixed_capacity(data, link.item)
    chosen = np.flatnonzero((column >= 0) | (both & np.isfinite(standing).any(axis=1)))
    row = np.full(len(column), -1, dtype=np.int64)
    row[chosen] = np.arange(len(chosen))
    built = chosen[column[chosen] >= 0]
    back = np.flatnonzero(row[link.back] >= 0)
    return rows(
        "link_capacity",
        link.key.take(chosen),
        data.time.period,
        [
            across(var.link_flow, row[chosen], chosen),
            across(var.link_flow_back, row[link.back[back]], back),
            across(var.capacity, row[built], column[built], -1.0, at=data.time.year_index),
        ],
        at_most=np.where(column[chosen][:, None] >= 0, 0.0, standing[chosen]),
    )
