"""The columns of a park's program: every variable of the contract with the park's own bounds.

A capacity that nobody can change bounds its flow directly; only what can be built has a
``capacity`` column and rows that tie the flow to it.
"""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variables


def make_variables(data: Data) -> Variables:
    """All columns, in the order of the contract."""
    var = Variables()
    _flow_columns(data, var)
    _quality_columns(data, var)
    _heat_columns(data, var)
    _storage_columns(data, var)
    _capacity_columns(data, var)
    _whole_columns(data, var)
    _pool_columns(data, var)
    return var


def fixed_capacity(data: Data, items: Integers, availability: Floats | float = 1.0) -> Floats:
    """Upper bound of a flow whose capacity nobody can change; inf for what can be built, (n, T)."""
    standing = data.item.standing[items]
    standing = standing if standing.shape[1] == 1 else standing[:, data.time.year_index]
    bound = np.where(np.isinf(standing), 1.0, standing) * availability
    open_ended = (data.item.column[items] >= 0) | data.item.free[items]
    free = np.isinf(standing) | open_ended[:, None]
    return np.where(free, np.inf, bound)


def _within(scale: Floats, most: Floats) -> Floats:
    """Typical sizes that are no larger than what the flow can ever be: a boiler that uses a
    little of the power of a large site is not as large as the site."""
    largest = most.max(axis=1, initial=0.0)
    bounded = np.isfinite(largest) & (largest > 0)
    return np.where(bounded, np.minimum(scale, power_of_two(largest)), scale)


def _flow_columns(data: Data, var: Variables) -> None:
    periods, months = data.time.period, np.array(data.time.months, dtype=object)
    node = data.node.scale
    flexible = data.recipe.share >= 0
    most_active = fixed_capacity(data, data.process.item, data.process.availability)
    var.add(
        "activity",
        data.process.key,
        "period",
        periods,
        upper=most_active,
        scale=_within(data.process.scale, most_active),
    )
    var.add(
        "share_flow",
        data.recipe.key.only("process", "row").take(flexible),
        "period",
        periods,
        scale=node[data.recipe.node[flexible]],
    )
    link_scale = np.minimum(node[data.link.from_node], node[data.link.to_node])
    carried = fixed_capacity(data, data.link.item)
    link_scale = _within(link_scale, carried)
    back = data.link.back
    var.add("link_flow", data.link.key, "period", periods, upper=carried, scale=link_scale)
    var.add(
        "link_flow_back",
        data.link.key.take(back),
        "period",
        periods,
        upper=carried[back],
        scale=link_scale[back],
    )
    own = ~data.market.shared[data.market.exchange_market]
    least = np.where(own[:, None], data.market.least[data.market.exchange_market], 0.0)
    most = data.market.most[data.market.exchange_market]
    exchange_scale = node[data.market.node]
    var.add(
        "exchange",
        data.market.exchange,
        "period",
        periods,
        lower=least,
        upper=most,
        scale=exchange_scale,
    )
    var.add(
        "peak",
        data.market.exchange.take(data.market.peak),
        "month",
        months,
        scale=exchange_scale[data.market.peak],
    )
    offered = data.stream.offer
    var.add(
        "taken",
        data.stream.key,
        "period",
        periods,
        lower=np.where(data.stream.must_use[:, None], offered, 0.0),
        upper=offered,
        scale=power_of_two(offered.max(axis=1, initial=0)) if len(offered) else 1.0,
    )
    short = data.demand.short
    var.add(
        "unmet",
        data.demand.key.take(short),
        "period",
        periods,
        upper=data.demand.rate[short],
        scale=node[data.demand.node[short]],
    )


def _heat_columns(data: Data, var: Variables) -> None:
    heat, periods = data.heat, data.time.period
    var.add("residual_heat", heat.key, "period", periods, scale=heat.scale)
    typical = carrier_scale(data)
    for name in ("raised", "used"):
        var.add(name, heat.exchange, "period", periods, scale=typical)
    direct, back = heat.direct, heat.direct.back
    moved = np.minimum(heat.scale[direct.from_interval], heat.scale[direct.to_interval])
    moved = power_of_two(moved / direct.factor)
    var.add("direct_flow", direct.key, "period", periods, scale=moved)
    match = heat.match
    falling = heat.scale[match.source_interval]
    var.add("source_residual", match.source, "period", periods, scale=falling)
    passing = falling[match.pair_source]
    var.add("heat_matched", match.pair, "period", periods, scale=passing)
    var.add("direct_flow_back", direct.key.take(back), "period", periods, scale=moved[back])


def _quality_columns(data: Data, var: Variables) -> None:
    quality, periods, node = data.quality, data.time.period, data.node.scale
    working = data.operation
    var.add("throughput", working.key, "period", periods, scale=node[working.node])
    ends = quality.sources.node[quality.source], quality.sinks.node[quality.sink]
    var.add(
        "matched", quality.key, "period", periods, scale=np.minimum(node[ends[0]], node[ends[1]])
    )


def carrier_scale(data: Data) -> Floats:
    """Typical flow of each carrier that is raised or used in a cascade, (X,), a power of two."""
    return data.node.scale[data.heat.node]


def _storage_columns(data: Data, var: Variables) -> None:
    store, periods = data.storage, data.time.period
    scale = data.node.scale[store.node]
    for name, hours in (("charge", store.hours_in), ("discharge", store.hours_out)):
        bound = fixed_capacity(data, store.item, 1.0 / hours)
        var.add(name, store.key, "period", periods, upper=bound, scale=scale)
    bound = fixed_capacity(data, store.item)
    longest = power_of_two(np.maximum(store.hours_in, store.hours_out).max(axis=1, initial=1))
    var.add("level", store.key, "period", periods, upper=bound, scale=scale * longest)


def _capacity_columns(data: Data, var: Variables) -> None:
    items, years = data.item, np.array(data.time.years, dtype=object)
    grown = items.expandable
    index = items.key.take(grown)
    scale = item_scale(data)[grown]
    room = np.where(items.available, items.maximum, 0.0)[grown]
    var.add("build", index, "year", years, upper=room, scale=scale)
    var.add(
        "capacity",
        index,
        "year",
        years,
        lower=items.least[grown],
        upper=np.maximum(items.maximum, items.standing)[grown],
        scale=scale,
    )


def _whole_columns(data: Data, var: Variables) -> None:
    """Whole numbers, only where a row asks for them: units, a yes or no, on or off."""
    items, years = data.item, np.array(data.time.years, dtype=object)
    grown = items.expandable
    sized = grown[items.in_units]
    room, size = building_room(data)[items.in_units], items.unit_size[sized][:, None]
    units = np.where(items.available[sized], whole_units(room, size), 0.0)
    var.add("units", items.key.take(sized), "year", years, upper=units, whole=True)
    chosen = grown[items.opened]
    may = items.available[chosen].astype(float)
    var.add("open", items.key.take(chosen), "year", years, upper=may, whole=True)
    runs = data.process.key.take(data.process.switched)
    var.add("on", runs, "period", data.time.period, upper=1.0, whole=True)
    sends = data.link.key.take(data.link.batched)
    var.add("sends", sends, "period", data.time.period, upper=1.0, whole=True)


def _pool_columns(data: Data, var: Variables) -> None:
    """Parts of outlets that are mixes; last of all, so that the bound's program only adds to it."""
    pools, periods = data.quality.pools, data.time.period
    typical = data.node.scale[data.quality.sources.node[pools.source]]
    of = pools.part_of
    var.add("part", pools.part, "period", periods, upper=1.0, whole=True)
    var.add("part_flow", pools.part, "period", periods, scale=typical[of])
    var.add("part_matched", pools.shared, "period", periods, scale=typical[of[pools.shared_part]])
    most = pools.extra_scale * typical[pools.extra_of]
    var.add("part_extra", pools.extra, "period", periods, scale=most)


def building_room(data: Data) -> Floats:
    """How much may be built of each expandable item in each year, inf without end, (G, Y)."""
    item = data.item
    stands = np.where(np.isfinite(item.standing), item.standing, 0.0)
    return np.asarray(np.maximum(item.maximum - stands, 0.0)[item.expandable], dtype=float)


def whole_units(room: Floats, size: Floats) -> Floats:
    """How many whole units fit into the room; a last one that lacks only rounding fits too."""
    return np.floor(np.maximum(room, 0.0) / size * (1 + 1e-9))


def item_scale(data: Data) -> Floats:
    """Typical capacity of each item, (I,), a power of two."""
    stores = data.node.scale[data.storage.node]
    longest = power_of_two(data.storage.hours_in.max(axis=1, initial=1))
    flows = np.minimum(data.node.scale[data.link.from_node], data.node.scale[data.link.to_node])
    exchangers = carrier_scale(data)[data.heat.built]
    return np.concatenate([data.process.scale, stores * longest, flows, exchangers])
