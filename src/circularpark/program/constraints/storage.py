"""Stores: what is put in is there later, less what is lost."""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, rows
from circularpark.program.time import Floats
from circularpark.program.variables import Variable, Variables


def storage_level(data: Data, var: Variables) -> Rows:
    r"""The level at a period's end follows from the one before it.

    .. math::
       L_{kt} = (1 - \lambda_k)^{h_t} L_{k,t-1} + h_t \eta^+_k d^+_{kt}
       - h_t d^-_{kt} / \eta^-_k \qquad \forall k \in K,\ t \in T

    L : var.level                    [unit]    in store k at the end of period t
    d : var.charge                   [unit/h]  into the store
    d : var.discharge                [unit/h]  out of the store
    h : data.time.hours              [h]       length of the period
    lambda : data.storage.kept_per_hour  [1]   1 - lambda is kept over an hour
    eta : data.storage.efficiency_in     [1]   of charging
    eta : data.storage.efficiency_out    [1]   of discharging

    t-1 is the period that t follows; the chain is closed.

    Dual: what one more unit in store would save.
    """
    store, hours = data.storage, data.time.steps_long
    each = np.arange(var.level.entities)
    return rows(
        "storage_level",
        store.key,
        data.time.period,
        [
            across(var.level, each, each),
            across(var.level, each, each, -(store.kept_per_hour**hours), at=data.time.previous),
            across(var.charge, each, each, -hours * store.efficiency_in),
            across(var.discharge, each, each, hours / store.efficiency_out),
        ],
        equals=0.0,
    )


def charge_capacity(data: Data, var: Variables) -> Rows:
    r"""A store is filled no faster than in its hours.

    .. math:: d^+_{kt} \le C_{k,y(t)} / h^+_k \qquad \forall k \text{ that can be built},\ t \in T

    d : var.charge             [unit/h]  into store k
    C : var.capacity           [unit]    capacity of the store
    h : data.storage.hours_in  [h]       hours to fill it

    Dual: what faster filling would save.
    """
    return _within(data, var, "charge_capacity", var.charge, 1.0 / data.storage.hours_in)


def discharge_capacity(data: Data, var: Variables) -> Rows:
    r"""A store is emptied no faster than in its hours.

    .. math:: d^-_{kt} \le C_{k,y(t)} / h^-_k \qquad \forall k \text{ that can be built},\ t \in T

    d : var.discharge           [unit/h]  out of store k
    C : var.capacity            [unit]    capacity of the store
    h : data.storage.hours_out  [h]       hours to empty it

    Dual: what faster emptying would save.
    """
    return _within(data, var, "discharge_capacity", var.discharge, 1.0 / data.storage.hours_out)


def level_capacity(data: Data, var: Variables) -> Rows:
    r"""A store holds no more than its capacity.

    .. math:: L_{kt} \le C_{k,y(t)} \qquad \forall k \text{ that can be built},\ t \in T

    L : var.level     [unit]  in store k
    C : var.capacity  [unit]  capacity of the store

    Dual: what one more unit of capacity would save.
    """
    return _within(data, var, "level_capacity", var.level, np.ones((1, 1)))


def _within(data: Data, var: Variables, family: str, flow: Variable, share: Floats) -> Rows:
    column = data.item.column[data.storage.item]
    chosen = np.flatnonzero(column >= 0)
    each = np.arange(len(chosen))
    part = np.broadcast_to(share, (len(column), share.shape[1]))[chosen]
    return rows(
        family,
        data.storage.key.take(chosen),
        data.time.period,
        [
            across(flow, each, chosen),
            across(var.capacity, each, column[chosen], -part, at=data.time.year_index),
        ],
        at_most=0.0,
    )
