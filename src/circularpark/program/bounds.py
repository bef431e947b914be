"""Finite upper bounds for columns that the park leaves open.

Solver tolerances and safe dual bounds need finite columns. What a park can make or use of
a commodity follows from its offers, wants, contracts and capacities; a bound ten times as
wide is never met by a sensible plan. An optimum that leans on one means that the park lets
something grow for ever (a cycle that earns money), and is an error.
"""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data, Flags
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variable, Variables

ROUNDS = 30
WIDER = 10.0
OPEN = 1e4


def derived_bounds(data: Data, var: Variables) -> list[Floats]:
    """Upper bounds of each variable's columns (E, K), the open ones filled with a derived one."""
    flow, activity = _largest(data)
    node = data.node.commodity
    hours = float(data.time.hours.max(initial=1.0)) * len(data.time.period)
    store = WIDER * flow[node[data.storage.node]]
    turn = np.maximum(data.storage.hours_in, data.storage.hours_out).max(axis=1, initial=1.0)
    largest = {
        "activity": WIDER * activity,
        "share_flow": WIDER * _shares(data, activity),
        "link_flow": WIDER * flow[node[data.link.from_node]],
        "link_flow_back": WIDER * flow[node[data.link.from_node[data.link.back]]],
        "exchange": WIDER * flow[node[data.market.node]],
        "peak": WIDER * flow[node[data.market.node[data.market.peak]]],
        "charge": store,
        "discharge": store,
        "level": store * np.maximum(turn, hours),
        "throughput": WIDER * flow[node[data.operation.node]],
        "matched": WIDER * flow[node[data.quality.sources.node[data.quality.source]]],
        **_pooled_bounds(data, flow[node]),
        "residual_heat": np.full(len(data.heat.key), WIDER * _all_falling(data, flow)),
        "source_residual": np.full(len(data.heat.match.source), WIDER * _all_falling(data, flow)),
        "heat_matched": np.full(len(data.heat.match.pair), WIDER * _all_falling(data, flow)),
        "direct_flow": WIDER * flow[node[data.link.from_node[data.heat.direct.link]]],
        "direct_flow_back": WIDER
        * flow[node[data.link.from_node[data.heat.direct.link[data.heat.direct.back]]]],
        "raised": WIDER * flow[node[data.heat.node]],
        "used": WIDER * flow[node[data.heat.node]],
    }
    grown = np.concatenate(
        [
            WIDER * activity * _idle(data),
            store * np.maximum(turn, hours),
            WIDER * flow[node[data.link.from_node]],
            WIDER * flow[node[data.heat.node[data.heat.built]]],
        ]
    )[data.item.expandable]
    largest["capacity"] = largest["build"] = grown
    sized = data.item.in_units
    largest["units"] = np.ceil(grown[sized] / data.item.unit_size[data.item.expandable[sized]])
    _within_capacity(data, largest)
    return [_filled(variable, largest.get(variable.name)) for variable in var]


def _filled(variable: Variable, bound: Floats | None) -> Floats:
    """The upper bounds of a variable (E, K), the open ones with ``bound`` (E,)."""
    # What is the same in every period is looked at once.
    upper = once_over_time(variable.upper)
    open_end = np.isinf(upper)
    if bound is None or not open_end.any():
        return variable.upper
    least = np.abs(once_over_time(variable.lower))
    wide = np.where(open_end, np.maximum(bound[:, None], WIDER * least), upper)
    return np.broadcast_to(wide, variable.upper.shape)


def _pooled_bounds(data: Data, flow: Floats) -> dict[str, Floats]:
    """Of the parts of mixed outlets; ``flow`` is the largest at each node."""
    pools = data.quality.pools
    most = WIDER * flow[data.quality.sources.node[pools.source]]
    return {
        "part_flow": most[pools.part_of],
        "part_matched": most[pools.part_of[pools.shared_part]],
        "part_extra": most[pools.extra_of] * 2.0 * pools.extra_scale,
    }


def largest_activity(data: Data) -> Floats:
    """The largest activity of each process that the park's tables imply, (P,)."""
    return _largest(data)[1]


def once_over_time(values: Floats) -> Floats:
    """Numbers (E, K) as (E, 1) where they stand for all of K but once in memory."""
    return values[:, :1] if values.strides[1] == 0 else values


def largest_builds(data: Data) -> Floats:
    """The most that can be of use of each expandable item where the park says no end, (G,).

    A way carries no more than its sender can have and its receiver can use. Where either
    passes things on or stores them, it is what the whole park can have and use.
    """
    flow, activity = _largest(data)
    node = data.node.commodity
    turn = np.maximum(data.storage.hours_in, data.storage.hours_out).max(axis=1, initial=1.0)
    hours = float(data.time.hours.max(initial=1.0)) * len(data.time.period)
    # What is stored, or goes from water use to water use, may be more at a time than is offered.
    again = np.zeros(len(flow), dtype=bool)
    again[node[np.concatenate([data.storage.node, *_graded(data)])]] = True
    wide = np.where(again, WIDER, 1.0) * flow
    every = np.concatenate(
        [
            activity * _idle(data),
            WIDER * flow[node[data.storage.node]] * np.maximum(turn, hours),
            np.minimum(
                wide[node[data.link.from_node]], link_ends(data, activity).max(axis=1, initial=0.0)
            ),
            WIDER * flow[node[data.heat.node[data.heat.built]]],
        ]
    )
    return np.asarray(every[data.item.expandable], dtype=float)


def _graded(data: Data) -> tuple[Integers, Integers]:
    """Where sources and sinks of graded commodities stand."""
    return data.quality.sources.node, data.quality.sinks.node


def link_ends(data: Data, activity: Floats | None = None) -> Floats:
    """What the sender of each link can have and its receiver use; inf where unknown, (L, T).

    activity : (P,) largest of each process [what the park's tables imply]
    """
    link, recipe = data.link, data.recipe
    activity = _largest(data)[1] if activity is None else activity
    shape = (len(data.node.key), len(data.time.period))
    gives, takes = np.zeros(shape), np.zeros(shape)
    np.add.at(gives, data.stream.node, data.stream.offer)
    np.add.at(takes, data.demand.node, data.demand.rate)
    rate = np.abs(recipe.rate).max(axis=1, initial=0.0) * activity[recipe.process]
    rate = rate[:, None]
    makes = np.asarray((recipe.rate > 0).any(axis=1), dtype=bool)[:, None]
    uses = np.asarray((recipe.rate < 0).any(axis=1), dtype=bool)[:, None]
    np.add.at(gives, recipe.node, np.where(makes, rate, 0.0))
    np.add.at(takes, recipe.node, np.where(uses, rate, 0.0))
    market = data.market
    most = market.most[market.exchange_market]
    buys = market.sign[market.exchange_market] > 0
    np.add.at(gives, market.node[buys], most[buys])
    np.add.at(takes, market.node[~buys], most[~buys])
    # What comes from elsewhere or goes on, is stored or is heat of a cascade has no such end.
    both = link.back
    gives[np.concatenate([link.to_node, link.from_node[both]])] = np.inf
    takes[np.concatenate([link.from_node, link.to_node[both]])] = np.inf
    pumped = _pumps(data)
    takes[np.concatenate([link.energy_from[pumped], link.energy_to[pumped]])] = np.inf
    own_heat = np.flatnonzero(data.node.cascade)
    # Where a surplus may be dropped, more may arrive than is used, if that pays or a batch asks it.
    takes[np.flatnonzero(data.node.free)] = np.inf
    for nodes in (data.storage.node, data.heat.node, own_heat, *_graded(data)):
        gives[nodes], takes[nodes] = np.inf, np.inf
    share = np.clip(link.arriving, 1e-3, 1.0)
    found = np.minimum(gives[link.from_node], takes[link.to_node] / share)
    found[both] = np.inf
    return np.asarray(found, dtype=float)


def largest_flows(data: Data) -> Floats:
    """The most that each link may carry in each period, both ways together, (L, T)."""
    link, item = data.link, data.item
    grows = (item.column[link.item] >= 0) | item.free[link.item]
    ever = np.maximum(item.maximum, item.standing)[link.item]
    most = np.where(grows[:, None], ever, item.standing[link.item])[:, data.time.year_index]
    whole = WIDER * _largest(data)[0][data.node.commodity[link.from_node]]
    return np.minimum(np.minimum(most, link_ends(data)), whole[:, None])


def _all_falling(data: Data, flow: Floats) -> float:
    """Heat that may fall in a cascade: what all heat of the park together may be."""
    heat = _heat_commodities(data)
    return float((flow[heat] * data.heat.factor[heat]).max(initial=0.0))


def _heat_commodities(data: Data) -> Integers:
    """Own heat and carriers: within a cascade one turns into the other."""
    node = data.node.commodity
    return np.unique(np.concatenate([node[data.node.cascade], node[data.heat.node]]))


def _within_capacity(data: Data, largest: dict[str, Floats]) -> None:
    """What a capacity limits stays within the largest that may ever stand."""
    item, store, link = data.item, data.storage, data.link
    most = WIDER * np.maximum(item.maximum, item.standing).max(axis=1)
    shares = {
        "activity": (data.process.item, data.process.availability.max(axis=1, initial=0.0)),
        "link_flow": (link.item, 1.0),
        "link_flow_back": (link.item[link.back], 1.0),
        "charge": (store.item, 1.0 / store.hours_in.min(axis=1, initial=np.inf)),
        "discharge": (store.item, 1.0 / store.hours_out.min(axis=1, initial=np.inf)),
        "level": (store.item, 1.0),
    }
    for name, (items, share) in shares.items():
        own = most[items]
        # Nothing has an end where a capacity has none, whatever part of it is available.
        room = np.where(np.isinf(own), np.inf, np.where(np.isinf(own), 1.0, own) * share)
        largest[name] = np.minimum(largest[name], room)


def _idle(data: Data) -> Floats:
    """How much more capacity than activity a process may need: one over its least availability."""
    shape = np.broadcast_to(
        data.process.availability, (len(data.process.key), data.process.availability.shape[1])
    )
    best = np.where(shape > 0, shape, np.inf).min(axis=1, initial=np.inf)
    return np.where(np.isfinite(best), 1.0 / np.clip(best, 1e-3, 1.0), 1.0)


def _shares(data: Data, activity: Floats) -> Floats:
    rows = data.recipe.share >= 0
    largest = np.abs(data.recipe.rate[rows]).max(axis=1, initial=0)
    return np.asarray(largest * activity[data.recipe.process[rows]], dtype=float)


def _sum(commodities: int, of: Integers, amount: Floats) -> Floats:
    total = np.zeros(commodities)
    np.add.at(total, of, amount)
    return total


def _largest(data: Data) -> tuple[Floats, Floats]:
    """Largest flow of each commodity and largest activity of each process, (C,), (P,)."""
    commodities = len(data.blocks.first.commodities)
    node = data.node.commodity
    recipe = data.recipe
    rate = np.abs(recipe.rate).max(axis=1, initial=0.0)
    commodity = node[recipe.node]
    makes = recipe.rate.max(axis=1, initial=0.0) > 0
    activity = _by_capacity(data)
    fixed_supply, fixed_use = _without_processes(data, commodities)
    pumps = _pumps(data)
    drives = np.zeros(commodities, dtype=bool)
    drives[node[data.link.energy_from[pumps]]] = True
    heat = _heat_commodities(data)
    free = np.zeros(commodities, dtype=bool)
    free[node] = data.node.free
    # Whatever its surplus rule, heat may leave the cold end of a cascade.
    free[heat] = True
    for _ in range(ROUNDS):
        flows = rate * activity[recipe.process]
        flows = np.where(rate == 0, 0.0, flows)
        supply = fixed_supply + _sum(commodities, commodity[makes], flows[makes])
        use = fixed_use + _sum(commodities, commodity[~makes], flows[~makes])
        # How much energy links need depends on what they carry, which is not known here.
        used = np.where(drives, np.inf, use)
        supply, used = _pooled(data, heat, supply), _pooled(data, heat, used)
        limit = np.where(makes, used[commodity], supply[commodity])
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = np.where((rate > 0) & (recipe.share < 0), limit / rate, np.inf)
        allowed = _allowed(len(activity), recipe.process, bound, makes, makes & free[commodity])
        tighter = np.minimum(activity, allowed)
        if np.array_equal(tighter, activity):
            break
        activity = tighter
    largest = np.minimum(supply, used)
    largest[heat] = _all_heat(data, heat, supply, used)
    unknown = ~np.isfinite(largest)
    fallback = _fallback(data, commodities, fixed_supply, fixed_use)
    largest = np.where(unknown, fallback, largest)
    driven = _pooled(data, heat, use + _driven(data, pumps, largest))
    largest = np.where(unknown & drives, np.minimum(driven, fallback), largest)
    # What a node wants is at least what flows there, even where only one side is known.
    largest = np.maximum(largest, _sum(commodities, node, data.node.scale))
    whole = np.full(len(activity), np.inf)
    with np.errstate(divide="ignore"):
        own = np.where(rate > 0, fallback[commodity] / np.where(rate > 0, rate, 1.0), np.inf)
    np.minimum.at(whole, recipe.process, own)
    whole = np.where(np.isfinite(whole), whole, float(fallback.max(initial=OPEN)))
    activity = np.where(np.isfinite(activity), activity, whole)
    return largest, np.maximum(activity, data.process.scale)


def _pumps(data: Data) -> Flags:
    """Links that need energy for what they carry, (L,)."""
    return np.asarray(data.link.energy.any(axis=1), dtype=bool)


def _driven(data: Data, pumps: Flags, flow: Floats) -> Floats:
    """What links need of the energy that drives them where they carry all they may, (C,)."""
    link, node = data.link, data.node.commodity
    need = once_over_time(link.energy).max(axis=1, initial=0.0) * WIDER * flow[node[link.from_node]]
    found = np.zeros(len(flow))
    both = np.zeros(len(pumps), dtype=bool)
    both[link.back] = pumps[link.back]
    np.add.at(found, node[link.energy_from[pumps]], need[pumps])
    np.add.at(found, node[link.energy_to[both]], need[both])
    return found


def _pooled(data: Data, heat: Integers, amount: Floats) -> Floats:
    """Amounts of commodities, those of heat added up, each in its own unit."""
    if not len(heat):
        return amount
    found, unit = amount.copy(), data.heat.factor[heat]
    found[heat] = (amount[heat] * unit).sum() / unit
    return found


def _all_heat(data: Data, heat: Integers, supply: Floats, use: Floats) -> Floats:
    """All heat that may be about, (H,): what nobody needs falls through the cascades too."""
    offers = np.zeros(len(data.node.free))
    np.add.at(offers, data.stream.node, data.stream.offer.max(axis=1, initial=0.0))
    offered = _pooled(data, heat, _sum(len(supply), data.node.commodity, offers))[heat]
    wanted = np.where(np.isfinite(use[heat]), use[heat], 0.0) + offered
    known = np.isfinite(supply[heat])
    both = np.where(known, np.maximum(supply[heat], wanted), wanted)
    return np.where(known | np.isfinite(use[heat]), both, np.inf)


def _fallback(data: Data, commodities: int, supply: Floats, use: Floats) -> Floats:
    """For what nothing bounds: far more than is offered or wanted of the commodity anywhere."""
    known = np.where(np.isfinite(supply), supply, 0.0) + np.where(np.isfinite(use), use, 0.0)
    known = np.maximum(known, _sum(commodities, data.node.commodity, data.node.scale))
    return OPEN * np.where(known > 0, known, max(float(known.max(initial=0.0)), 1.0))


def _allowed(processes: int, of: Integers, bound: Floats, makes: Flags, dropped: Flags) -> Floats:
    """Largest activity that inputs and outputs allow, (P,).

    A surplus that may be dropped does not hold back a process that makes something else too;
    one that makes nothing else is not run for more than all of its outputs can use.
    """
    allowed = np.full(processes, np.inf)
    np.minimum.at(allowed, of[~dropped], bound[~dropped])
    most = np.zeros(processes)
    np.maximum.at(most, of[dropped], bound[dropped])
    other = np.zeros(processes, dtype=bool)
    other[of[makes & ~dropped]] = True
    only_dropped = np.zeros(processes, dtype=bool)
    only_dropped[of[dropped]] = True
    only_dropped &= ~other
    return np.where(only_dropped, np.minimum(allowed, most), allowed)


def _by_capacity(data: Data) -> Floats:
    item = data.item
    most = np.where(
        item.column[:, None] >= 0, np.maximum(item.maximum, item.standing), item.standing
    )
    return np.asarray(most.max(axis=1, initial=0.0)[data.process.item], dtype=float)


def _without_processes(data: Data, commodities: int) -> tuple[Floats, Floats]:
    node = data.node.commodity
    supply = _sum(commodities, node[data.stream.node], data.stream.offer.max(axis=1, initial=0.0))
    use = _sum(commodities, node[data.demand.node], data.demand.rate.max(axis=1, initial=0.0))
    # An operation gives back what it takes.
    working = node[data.operation.node], data.operation.typical.max(axis=1, initial=0.0)
    supply, use = supply + _sum(commodities, *working), use + _sum(commodities, *working)
    market = data.market
    of = node[market.node]
    most = market.most.max(axis=1, initial=0.0)[market.exchange_market]
    # A critical hour of a design hardly weighs, but it lasts no less than others.
    least_hours = np.maximum(data.time.span, data.time.hours).min(initial=np.inf)
    yearly = market.most_per_year.max(axis=1, initial=0.0)[market.exchange_market]
    most = np.minimum(most, np.where(np.isfinite(yearly), yearly / least_hours, np.inf))
    buys = market.sign[market.exchange_market] > 0
    sells = ~buys
    # Nobody makes heat to be rid of it.
    sells[data.heat.left] = False
    supply += _sum(commodities, of[buys], most[buys])
    use += _sum(commodities, of[sells], most[sells])
    return supply, use
