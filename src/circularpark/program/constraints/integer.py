"""Whole-number choices, only where a row of the park asks for them."""

from __future__ import annotations

import numpy as np

from circularpark.program.bounds import largest_builds, largest_flows, link_ends
from circularpark.program.columns import building_room, whole_units
from circularpark.program.constraints.capacity import lives
from circularpark.program.data import Data
from circularpark.program.rows import Part, Rows, across, listed, no_rows, rows
from circularpark.program.time import Floats
from circularpark.program.variables import Variables

# These follow from other rows, and are there to leave the search for whole numbers less to try.
# Once the numbers are chosen they are let go: what they say wrongly cannot hide in the answer.
IMPLIED = ("flow_opened",)


def build_in_units(data: Data, var: Variables) -> Rows:
    r"""What comes in units of one size is built in whole ones.

    .. math:: b_{iy} = s_i\, u_{iy} \qquad \forall i \text{ of a given size},\ y \in Y

    b : var.build            [unit/h]  built in year y
    u : var.units            [1]       whole units built in the year
    s : data.item.unit_size  [unit/h]  size of one unit

    Dual: what one more unit per hour would save, the whole numbers held.
    """
    item = data.item
    if not len(item.in_units):
        return no_rows("build_in_units")
    each, sized = np.arange(len(item.in_units)), item.expandable[item.in_units]
    return rows(
        "build_in_units",
        item.key.take(sized),
        np.array(data.time.years, dtype=object),
        [
            across(var.build, each, item.in_units),
            across(var.units, each, each, -item.unit_size[sized][:, None]),
        ],
        equals=0.0,
    )


def build_opened(data: Data, var: Variables) -> Rows:
    r"""Where something is paid once, or counted, nothing is built before it is.

    .. math::
       b_{iy} \le (M_{iy} - E_{iy}) \sum_{v \le y < v + n_{iv}} o_{iv}
       \qquad \forall i \text{ paid once or counted},\ y \in Y

    b : var.build            [unit/h]  built in year y
    o : var.open             [1]       whether it is opened in year v, its fixed cost paid
    M : data.item.maximum    [unit/h]  largest capacity, or what the park can give and take
    E : data.item.standing   [unit/h]  stands already
    n : data.item.lifetime   [a]       lifetime of what is built in year v

    Dual: what one more unit per hour to be built would save, the whole numbers held.
    """
    item = data.item
    if not len(item.opened):
        return no_rows("build_opened")
    chosen, each = item.expandable[item.opened], np.arange(len(item.opened))
    years = np.array(data.time.years)
    alive = lives(years, item.lifetime[chosen]) & item.available[chosen][:, None, :]
    of, year, vintage = np.nonzero(alive)
    room = _room(data)[item.opened]
    return rows(
        "build_opened",
        item.key.take(chosen),
        np.array(years, dtype=object),
        [
            across(var.build, each, item.opened),
            listed(var.open, of * len(years) + year, of * len(years) + vintage, -room[of, year]),
        ],
        at_most=0.0,
    )


def flow_opened(data: Data, var: Variables) -> Rows:
    r"""A new way that is paid once, or counted, carries nothing in any period before it is.

    .. math::
       f_{lt} + f^{back}_{lt} \le \min \Big( M_{l,y(t)}, \sum_d \frac{D_{dt}}{\eta_{lt}} \Big)
       \sum_{v \le y(t) < v + n_{lv}} o_{lv} \qquad \forall l \text{ paid once or counted},\ t \in T

    It follows from the capacity, but says in every period what that says for the largest flow,
    and leaves the search far less to try. Where the way ends at more than demands, what else
    is used there counts too, and where it starts, what is offered; M alone where things go on
    or a surplus may be dropped.

    f : var.link_flow         [unit/h]  sent along link l
    f : var.link_flow_back    [unit/h]  sent along it the other way
    o : var.open              [1]       whether it is opened in year v, its fixed cost paid
    M : data.item.maximum     [unit/h]  largest capacity, or what the park can give and take
    D : data.demand.rate      [unit/h]  wanted by demand d in period t
    eta : data.link.arriving  [1]       share of what is sent that arrives
    n : data.item.lifetime    [a]       lifetime of what is built in year v

    Dual: what carrying one more unit per hour would save, the whole numbers held.
    """
    item, link, time = data.item, data.link, data.time
    place = np.full(len(item.column), -1, dtype=np.int64)
    place[item.expandable[item.opened]] = np.arange(len(item.opened))
    opened = place[link.item]
    chosen = np.flatnonzero((opened >= 0) & (item.standing[link.item] == 0).all(axis=1))
    if not len(chosen):
        return no_rows("flow_opened")
    row = np.full(len(opened), -1, dtype=np.int64)
    row[chosen] = np.arange(len(chosen))
    back = np.flatnonzero(row[link.back] >= 0)
    room = _room(data)[item.opened[opened[chosen]]][:, time.year_index]
    most = np.minimum(room, link_ends(data)[chosen])
    items = link.item[chosen]
    alive = lives(np.array(time.years), item.lifetime[items]) & item.available[items][:, None, :]
    vintages = [
        across(
            var.open,
            row[chosen],
            opened[chosen],
            -most * alive[:, time.year_index, v],
            at=np.full(len(time.period), v),
        )
        for v in range(len(time.years))
    ]
    return rows(
        "flow_opened",
        link.key.take(chosen),
        time.period,
        [
            across(var.link_flow, row[chosen], chosen),
            across(var.link_flow_back, row[link.back[back]], back),
            *vintages,
        ],
        at_most=0.0,
    )


def load_most(data: Data, var: Variables) -> Rows:
    r"""A process that has a least load runs only while it is on.

    .. math:: x_{pt} \le A_{pt} M_{p,y(t)} z_{pt} \qquad \forall p \text{ with a least load},\ t

    x : var.activity               [unit/h]  activity of process p
    z : var.on                     [1]       whether it is on
    A : data.process.availability  [1]       share of the capacity that is available
    M : data.item.maximum          [unit/h]  largest capacity

    Dual: what one more unit per hour would save, the whole numbers held.
    """
    process = data.process
    if not len(process.switched):
        return no_rows("load_most")
    chosen, each = process.switched, np.arange(len(process.switched))
    return rows(
        "load_most",
        process.key.take(chosen),
        data.time.period,
        [
            across(var.activity, each, chosen),
            across(var.on, each, each, -process.availability[chosen] * _running(data)),
        ],
        at_most=0.0,
    )


def load_least(data: Data, var: Variables) -> Rows:
    r"""While a process is on it runs at its least load or above.

    .. math:: x_{pt} \ge m_{pt} \big( C_{p,y(t)} - (1 - z_{pt}) M_{p,y(t)} \big)
       \qquad \forall p \text{ with a least load},\ t

    Where nothing can be built, the capacity is what stands, and M is the same.

    x : var.activity           [unit/h]  activity of process p
    C : var.capacity           [unit/h]  capacity of the process in the period's year
    z : var.on                 [1]       whether it is on
    m : data.process.min_load  [1]       least load as a share of the capacity
    M : data.item.maximum      [unit/h]  largest capacity

    Dual: what a least load lower by one unit per hour would save, the whole numbers held.
    """
    process = data.process
    if not len(process.switched):
        return no_rows("load_least")
    chosen, each = process.switched, np.arange(len(process.switched))
    least = np.broadcast_to(process.min_load[chosen], (len(chosen), len(data.time.period)))
    column = data.item.column[process.item[chosen]]
    grown = np.flatnonzero(column >= 0)
    floor = least * _running(data)
    return rows(
        "load_least",
        process.key.take(chosen),
        data.time.period,
        [
            across(var.activity, each, chosen),
            across(var.on, each, each, -floor),
            across(var.capacity, grown, column[grown], -least[grown], at=data.time.year_index),
        ],
        at_least=np.where(column[:, None] >= 0, -floor, 0.0),
    )


def batch_most(data: Data, var: Variables) -> Rows:
    r"""A link that has a least batch carries something only while it sends.

    .. math:: f_{lt} + f^{back}_{lt} \le M_{lt} z_{lt} \qquad \forall l \text{ with a batch},\ t

    M is the largest capacity, or what the sender can have and the receiver use.

    f : var.link_flow       [unit/h]  sent along link l
    f : var.link_flow_back  [unit/h]  sent along it the other way
    z : var.sends           [1]       whether anything is sent in the period

    Dual: what one more unit per hour would save, the whole numbers held.
    """
    link = data.link
    if not len(link.batched):
        return no_rows("batch_most")
    each = np.arange(len(link.batched))
    return rows(
        "batch_most",
        link.key.take(link.batched),
        data.time.period,
        [*_batches(data, var), across(var.sends, each, each, -largest_flows(data)[link.batched])],
        at_most=0.0,
    )


def batch_least(data: Data, var: Variables) -> Rows:
    r"""While a link sends it carries its least batch or more.

    .. math:: f_{lt} + f^{back}_{lt} \ge b_{lt} z_{lt} \qquad \forall l \text{ with a batch},\ t

    f : var.link_flow        [unit/h]  sent along link l
    f : var.link_flow_back   [unit/h]  sent along it the other way
    z : var.sends            [1]       whether anything is sent in the period
    b : data.link.min_batch  [unit/h]  least that is sent in a period

    Dual: what a least batch smaller by one unit per hour would save, the whole numbers held.
    """
    link = data.link
    if not len(link.batched):
        return no_rows("batch_least")
    each = np.arange(len(link.batched))
    least = np.broadcast_to(link.min_batch[link.batched], (len(each), len(data.time.period)))
    return rows(
        "batch_least",
        link.key.take(link.batched),
        data.time.period,
        [*_batches(data, var), across(var.sends, each, each, -least)],
        at_least=0.0,
    )


def _batches(data: Data, var: Variables) -> list[Part]:
    """What links with a least batch carry, both ways together."""
    link = data.link
    row = np.full(len(link.item), -1, dtype=np.int64)
    row[link.batched] = np.arange(len(link.batched))
    back = np.flatnonzero(row[link.back] >= 0)
    return [
        across(var.link_flow, row[link.batched], link.batched),
        across(var.link_flow_back, row[link.back[back]], back),
    ]


def _running(data: Data) -> Floats:
    """The largest capacity of each process with a least load, in each period."""
    chosen = data.process.item[data.process.switched]
    item = data.item
    grows = item.column[chosen][:, None] >= 0
    most = np.where(grows, np.maximum(item.maximum, item.standing)[chosen], item.standing[chosen])
    return np.asarray(most[:, data.time.year_index], dtype=float)


def _room(data: Data) -> Floats:
    """How much may be built of each expandable item in each year, (G, Y)."""
    size, room = data.item.unit_size[data.item.expandable][:, None], building_room(data)
    room = np.where(np.isfinite(room), room, largest_builds(data)[:, None])
    return np.where(size > 0, whole_units(room, np.where(size > 0, size, 1.0)) * size, room)
