"""The smallest cures, each solved before it is named.

Single changes come first: every lever whose gain is positive, alone; and a new market where
something is short. Where no number of the park suffices alone, the levers are opened together,
round after round with those that the new duals point at (a boiler and the pipe behind it),
and the smallest combination is named. A new market enters a combination only where the park's
own numbers cannot do it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.solve.diagnosis.bench import (
    FARTHEST,
    Bench,
    Change,
    Cure,
    Source,
    is_possible,
    open_levers,
)
from circularpark.solve.diagnosis.elastic import Elastic, Slacks, relax
from circularpark.solve.diagnosis.lever import Lever
from circularpark.solve.diagnosis.limits import limit_values, with_limit, with_upkeep
from circularpark.solve.diagnosis.program import rows_of
from circularpark.solve.profile import SolverProfile

MOST_TRIED = 12
ROUNDS = 4


def cures(
    problem: Problem, elastic: Elastic, every: Sequence[Lever], profile: SolverProfile
) -> list[Cure]:
    """Changes that make a plan possible: single ones, and else the smallest combination found."""
    single = _helping(elastic, every, first=True)[:MOST_TRIED]
    found = Bench(problem, with_upkeep(problem, single), [], profile).singles() if single else []
    found += _other_peaks(problem, elastic, profile)
    sources = new_markets(problem, elastic)
    markets = Bench(problem, [], sources, profile).singles() if sources else []
    if found:
        return found + markets
    wider = with_upkeep(problem, _grown(problem, elastic, every, profile))
    if wider:
        together = Bench(problem, wider, [], profile).together()
        found = [together] if together else []
    if not found and not markets:
        wider = with_upkeep(problem, _helping(elastic, every, first=False)[: 4 * MOST_TRIED])
        together = Bench(problem, wider, sources, profile).together()
        found = [together] if together else []
    return found + markets


def _helping(elastic: Elastic, every: Sequence[Lever], *, first: bool) -> list[Lever]:
    """Levers that can lessen what gives in the first stage, or in any; the nearest first."""
    stages = elastic.gave[:1] if first else elastic.gave
    distance = {}
    for place, lever in enumerate(every):
        gain = max(lever.gain(stage) / stage.value for stage in stages)
        if gain * FARTHEST * lever.size > 1.0:
            distance[place] = 1.0 / (gain * lever.size)
    return [every[place] for place in sorted(distance, key=lambda place: distance[place])]


def _grown(
    problem: Problem, elastic: Elastic, every: Sequence[Lever], profile: SolverProfile
) -> list[Lever]:
    """Levers that suffice when all are moved; none where the park's numbers cannot do it."""
    opened: list[Lever] = []
    for _ in range(ROUNDS):
        if not elastic.gave:
            return opened
        new = [v for v in _helping(elastic, every, first=False) if v not in opened]
        if not new:
            return []
        opened += new[: 4 * MOST_TRIED]
        elastic = relax(problem, profile, partial(open_levers, levers=tuple(opened)))
    return [] if elastic.gave else opened


def new_markets(problem: Problem, elastic: Elastic) -> list[Source]:
    """A market for everything that is short or finds no place."""
    data = problem.data
    found: dict[tuple[int, int, int], Source] = {}
    for slack in elastic.slacks:
        if slack.kind == "heat":
            found |= _heat_sources(problem, elastic, slack)
        if slack.kind not in ("demand", "surplus"):
            continue
        demand = slack.kind == "demand"
        nodes, sign = (data.demand.node, 1) if demand else (data.stream.node, -1)
        for entity in np.flatnonzero(elastic.amounts(slack).any(axis=1)):
            node = int(nodes[slack.entity[entity]])
            site, commodity = (str(v) for v in data.node.index.iloc[node])
            size = float(slack.size[entity])
            # Own heat that finds no place leaves at the cold end of its cascade.
            cold = _cold_end(problem, int(slack.entity[entity])) if data.node.cascade[node] else -1
            end = -1
            if data.node.graded[node]:
                ends = data.quality.sinks if demand else data.quality.sources
                kind = "demand" if demand else "stream"
                end = int(ends.place(kind)[slack.entity[entity]])
            key = (node, sign, cold if end < 0 else end)
            found[key] = Source(site, commodity, node, sign, size, cold, end=end)
    return list(found.values())


def _heat_sources(
    problem: Problem, elastic: Elastic, slack: Slacks
) -> dict[tuple[int, int, int], Source]:
    """A source of heat in every interval in which some is missing."""
    heat, found = problem.data.heat, {}
    for entity in np.flatnonzero(elastic.amounts(slack).any(axis=1)):
        interval = int(slack.entity[entity])
        node = heat_node(problem, interval)
        site, commodity = (str(v) for v in problem.data.node.index.iloc[node])
        found[(node, 1, interval)] = Source(
            site, commodity, node, 1, float(slack.size[entity]), interval,
            float(heat.upper[interval]),
        )  # fmt: skip
    return found


def heat_node(problem: Problem, interval: int) -> int:
    """The node of the own heat that demands want in the cascade of an interval."""
    data = problem.data
    part = data.heat.demand
    here = data.heat.cascade[part.interval] == data.heat.cascade[interval]
    return int(data.demand.node[part.of[here][0]])


def _cold_end(problem: Problem, stream: int) -> int:
    heat = problem.data.heat
    interval = heat.stream.interval[heat.stream.of == stream][0]
    return int(np.flatnonzero((heat.cascade == heat.cascade[interval]) & (heat.below < 0))[0])


def _other_peaks(problem: Problem, elastic: Elastic, profile: SolverProfile) -> Iterator[Cure]:
    """The nearest other peak year of each peak that is missed."""
    found = rows_of(problem, "limits")
    missed = [s for s in elastic.slacks if s.kind == "limit" and elastic.amounts(s).any()]
    if found is None or not missed:
        return
    names = found[0].index["limit"].to_numpy()
    gave = {n for s in missed for n in names[s.entity[elastic.amounts(s).any(axis=1)]]}
    table = problem.data.blocks.first.limits.set_index("id")
    for name in sorted(n for n in gave if table.at[n, "sense"] == "peak"):
        planned = float(limit_values(problem, name)[0])
        others = [float(y) for y in problem.data.time.years if y != planned]
        for year in sorted(others, key=lambda y: abs(y - planned)):
            if is_possible(with_limit(problem, name, year), profile):
                yield (Change(_peak(name, planned), year),)
                break


def _peak(name: str, year: float) -> Lever:
    rows, values = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Lever("peak", "limits", name, "value", 1, year, True, 1.0, rows, values, rows, values)
