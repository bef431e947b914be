"""Rules of capacity: what runs is within what stands, and what stands was built in its time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

import numpy as np

from circularpark.account.book import Book, Texts, position, texts
from circularpark.account.capital import Things, all_things, known, stated
from circularpark.account.check_balance import all_legs
from circularpark.account.exchangers import Exchangers
from circularpark.account.judged import Family, codes, relative
from circularpark.park.keys import Keys, coded
from circularpark.program.time import Floats


def capacities(book: Book, floors: bool) -> Iterator[Family]:
    """All rules of capacity.

    ``floors`` asks for what is required to be built; without it nothing may be built at all.
    """
    processes, storages, links, made = all_things(book)
    yield from whole(book)
    yield from _processes(book, processes)
    yield from _links(book, links)
    yield from _storages(book, storages)
    for things in (processes, storages, links):
        if len(things.item):
            yield from _built(book, things, floors)
    if isinstance(made, Exchangers) and len(made.item):
        most = made.capacity[:, book.time.block]
        yield _within(book, "exchanger", made, made.flow, most)
        yield from _built(book, made, floors=True)


def _within(book: Book, name: str, things: Things, flow: Floats, most: Floats) -> Family:
    """Flows (E, T) at most the capacity (E, T), which may be unbounded."""
    error = relative(flow - most, np.abs(flow) + known(most), codes(things.commodity))
    return Family(name, Keys({"item": things.item}), book.time.period, error)


def _processes(book: Book, things: Things) -> Iterator[Family]:
    """Activity is within capacity x availability; above min_load x capacity where it runs."""
    activity = book.spread("activity", "process", things.item)
    available = book.time.matrix([str(name) for name in book.text("processes", "profile")])
    capacity = things.capacity[:, book.time.block]
    most = np.where(available > 0, capacity, 0.0) * np.where(available > 0, available, 1.0)
    yield _within(book, "process_capacity", things, activity, most)
    least = things.number("min_load", 0.0)[:, book.time.block]
    asks = (least > 0).any(axis=1)
    if asks.any():
        floor = (least * known(capacity))[asks]
        flow = activity[asks]
        short = np.minimum(flow, floor - flow)
        error = relative(short, np.abs(flow) + floor)
        index = Keys({"item": things.item[asks]})
        yield Family("min_load", index, book.time.period, error)
        # What the plan calls off, runs nothing.
        on = book.spread("on", "process", things.item[asks])
        says = position(texts(book.quantity("on").key, "process"), things.item[asks]) >= 0
        idle = np.where(says[:, None] & (on < 0.5), flow, 0.0)
        yield Family("off", index, book.time.period, relative(idle, np.abs(flow)))


def _links(book: Book, things: Things) -> Iterator[Family]:
    """What a link carries, both ways together, is within its capacity."""
    back = book.spread("link_flow_back", "link", things.item)
    flow = book.spread("link_flow", "link", things.item) + back
    yield _within(book, "link_capacity", things, flow, things.capacity[:, book.time.block])
    both = book.flag("links", "bidirectional")
    error = relative(np.where(both[:, None], 0.0, back), np.abs(flow), codes(things.commodity))
    yield Family("one_way", Keys({"link": things.item}), book.time.period, error)
    yield from _batches(book, things, flow)


def _batches(book: Book, things: Things, flow: Floats) -> Iterator[Family]:
    """A link that has a least batch carries that much or nothing."""
    least = things.number("min_batch", 0.0)[:, book.time.block]
    asks = (least > 0).any(axis=1)
    if asks.any():
        index = Keys({"link": things.item[asks]})
        sent, floor = flow[asks], least[asks]
        error = relative(np.minimum(sent, floor - sent), np.abs(sent) + floor)
        yield Family("min_batch", index, book.time.period, error)


def _storages(book: Book, things: Things) -> Iterator[Family]:
    """Levels and rates are within capacity; levels follow from what is charged and drawn."""
    if not len(things.item):
        return
    time, block = book.time, book.time.block
    level = book.spread("level", "storage", things.item)
    charge = book.spread("charge", "storage", things.item)
    discharge = book.spread("discharge", "storage", things.item)
    capacity = things.capacity[:, block]
    yield _within(book, "storage_level", things, level, capacity)
    for name, flow, hours in (
        ("storage_charge", charge, "hours_in"),
        ("storage_discharge", discharge, "hours_out"),
    ):
        yield _within(book, name, things, flow, capacity / things.number(hours, 1.0)[:, block])
    kept = (1.0 - things.number("loss_per_hour", 0.0)[:, block]) ** time.hours
    put = time.hours * things.number("efficiency_in", 1.0)[:, block] * charge
    drawn = time.hours * discharge / things.number("efficiency_out", 1.0)[:, block]
    # ``next`` names the period that follows: its level starts from this one's end.
    start = kept[:, time.next] * level
    end = level[:, time.next]
    miss = np.abs(start + (put - drawn)[:, time.next] - end)
    gross = np.abs(start) + (put + drawn)[:, time.next] + np.abs(end)
    error = relative(miss, gross, codes(things.commodity))
    index = Keys({"storage": things.item})
    yield Family("storage_balance", index, time.period[time.next], error)
    yield from _kept(book, things, level)


def _coming(book: Book, store: str) -> Floats:
    """All that comes to a store's site of its commodity, but from stores, (T,)."""
    row = book.find("storages", np.array([store], dtype=object))[0]
    site, good = (book.text("storages", column)[row] for column in ("site", "commodity"))
    total = np.zeros(len(book.time.hours))
    for leg in all_legs(book):
        if leg.quantity == "discharge":
            continue
        for place in np.flatnonzero((leg.site == site) & (leg.commodity == good)).tolist():
            drawn = book.quantity(leg.quantity).values[leg.row[place]]
            share = np.maximum(leg.coefficient[place], 0.0)[book.time.block]
            total += share * book.time.profile(str(leg.profile[place])) * drawn
    return total


def _kept(book: Book, things: Things, level: Floats) -> Iterator[Family]:
    """What a store holds came to its site within its longest time: walked back store by store."""
    longest = 24.0 * things.number("max_days", np.nan)
    time = book.time
    for store in np.flatnonzero(np.isfinite(longest).any(axis=1)).tolist():
        hours = float(np.nanmin(longest[store]))
        loss = things.number("loss_per_hour", 0.0)[store, time.block]
        gain = things.number("efficiency_in", 1.0)[store, time.block]
        came = time.hours * gain * _coming(book, things.item[store])
        young, lasts = np.zeros(len(time.hours)), np.ones(len(time.hours))
        passed, at = np.zeros(len(time.hours)), np.arange(len(time.hours))
        closed = np.zeros(len(time.hours), dtype=bool)
        while not (closed | (passed >= hours)).all():
            share = np.clip((hours - passed) / time.hours[at], 0.0, 1.0)
            young += np.where(closed, 0.0, share * lasts * came[at])
            lasts = lasts * (1.0 - loss[at]) ** time.hours[at]
            passed = passed + time.hours[at]
            at = time.previous[at]
            closed |= at == np.arange(len(at))
        # A chain that closes within the time says nothing of what is older than a lap.
        over = np.where(closed & (passed <= hours), 0.0, level[store] - young)
        error = relative(over[None, :], (level[store] + young)[None, :])
        index = Keys({"storage": things.item[store : store + 1]})
        yield Family("storage_time", index, time.period, error)


def _built(book: Book, things: Things, floors: bool) -> Iterator[Family]:
    """Building and standing capacity, year by year."""
    index = Keys({"item": things.item})
    labels, years = book.block_labels, np.array(book.time.years, dtype=float)
    said, says = stated(book, "capacity", things.item)
    here = np.where(says[:, None], said[:, things.year_index], known(things.capacity))
    own = np.abs(here) + known(things.capacity)
    kind = codes(things.commodity)
    error = relative(np.abs(here - known(things.capacity)), own, kind)
    yield Family("capacity", index, labels, np.where(np.isinf(things.capacity), 0.0, error))

    forbidden = things.status == "forbidden"
    opens = things.number("available_from", -np.inf)[:, book.block_at[0]]
    closed = forbidden[:, None] | (years < opens) | (not floors)
    early = np.where(closed, things.built, 0.0)
    shown = book.labels("year")
    yield Family("build_year", index, shown, relative(early, np.abs(things.built), kind))
    yield _unit_sizes(things, index, shown)
    yield from _paid_once(things, shown)
    yield _maximum(things, labels)
    if floors:
        yield _required(book, things, shown)


def _unit_sizes(things: Things, index: Keys, labels: Texts) -> Family:
    """What comes in units is built in whole ones."""
    size = things.number("unit_size", 0.0)[:, :1]
    units = np.divide(things.built, size, out=np.zeros_like(things.built), where=size > 0)
    miss = np.abs(units - np.round(units))
    return Family("unit_size", index, labels, relative(miss, np.maximum(units, miss)))


def _paid_once(things: Things, labels: Texts) -> Iterator[Family]:
    """What is paid once, or that the plan says to be opened, is built only where it is."""
    says = stated(things.book, "open", things.item)[1]
    asks = (things.capex_fixed > 0).any(axis=1) | says
    if asks.any():
        built = things.built[asks]
        free = np.where(things.paid(things.opened)[asks], 0.0, built)
        kind = codes(things.commodity[asks])
        index = Keys({"item": things.item[asks]})
        yield Family("paid_once", index, labels, relative(free, np.abs(built), kind))


def whole(book: Book) -> Iterator[Family]:
    """Units, what is paid once, and on or off are whole numbers; yes or no is 0 or 1."""
    for name, most in (("units", np.inf), ("open", 1.0), ("on", 1.0), ("sends", 1.0)):
        quantity = book.quantity(name)
        if len(quantity.key):
            values = quantity.values
            miss = np.maximum(np.abs(values - np.round(values)), values - most)
            yield Family("whole", quantity.key, quantity.labels, miss)


def _maximum(things: Things, labels: Texts) -> Family:
    """Capacity is at most capacity_max; instances of one row share it.

    What stands from before is history: only what has been added is held against the bound.
    """
    names, shared = coded(things.of.tolist())
    first = np.unique(shared, return_index=True)[1]
    total = np.zeros((len(names), things.capacity.shape[1]))
    added = np.zeros_like(total)
    np.add.at(total, shared, things.capacity)
    np.add.at(added, shared, things.added)
    most = things.number("capacity_max", np.inf)[first]
    bounded = np.isfinite(most) & (added > 0)
    over = np.where(bounded, known(total) - known(most), 0.0)
    error = relative(over, np.abs(known(total)) + known(most))
    return Family("capacity_max", _named(names), labels, error)


def _required(book: Book, things: Things, labels: Texts) -> Family:
    """A required thing stands with its floor in the first year it is available."""
    names, shared = coded(things.of.tolist())
    source = book.block_at[0]
    first = np.unique(shared, return_index=True)[1]
    total = np.zeros((len(names), len(source)))
    np.add.at(total, shared, things.capacity[:, source])
    floor = things.number("floor", 0.0)[first][:, source]
    since = np.maximum(things.number("available_from", -np.inf), things.number("built", -np.inf))
    open_now = np.array(book.time.years) >= since[first][:, source]
    now = open_now & (np.cumsum(open_now, axis=1) == 1)
    short = np.where(now, floor - known(total), 0.0)
    error = np.where(np.isinf(total), 0.0, relative(short, known(total) + floor))
    return Family("required", _named(names), labels, error)


def _named(names: Iterable[Hashable]) -> Keys:
    return Keys({"item": np.array(list(names), dtype=object)})
