"""How long a link is and where it runs: along corridors where they allow it, else straight.

A route runs from the sender to the nearest point of the corridors that allow the
transport, along them by the shortest way, and from the nearest point to the receiver.
Lengths along corridors count as they are; the two ways from and to the corridors are
straight lines and take the transport's detour. A site pair uses the corridors when a way
along them exists and the two straight parts together are no longer than ``ACCESS_SHARE``
of the straight line between the sites; otherwise the corridors do not serve the pair and
its length is the straight line x detour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from circularpark.physics.corridors import CorridorGraph, corridor_graph
from circularpark.physics.places import Places, places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from circularpark.park.model import Park, Tables

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.intp]

# A share, not a physical number: with 1 a pair never leaves its straight line for a
# corridor that is farther from the two sites than they are from one another.
ACCESS_SHARE = 1.0
# Distances from many senders are found in portions, so that memory stays below this many numbers.
_MATRIX_SIZE = 4_000_000


@dataclass(frozen=True)
class _Way:
    """Shortest ways between nodes: length and weighted length [m] (inf: none), and their hops."""

    length: Floats
    weighted: Floats
    hops: pd.DataFrame  # pair, step (counted from the end), edge, forward


def allowed_corridors(corridors: pd.DataFrame, transport: str) -> NDArray[np.bool_]:
    """Which corridors of some length allow a transport; one that names none allows all."""
    allows = map(listed, corridors["allows"])
    named = np.array([not names or transport in names for names in allows], dtype=bool)
    return np.asarray(named & (shapely.length(corridors["geometry"].to_numpy()) > 0))


def listed(cell: object) -> set[str]:
    """The names in a cell: a tuple of them, or a text ``a;b``."""
    names = cell.split(";") if isinstance(cell, str) else cell if isinstance(cell, tuple) else ()
    return {name.strip() for name in names if name.strip()}


def lengths(tables: Tables, wanted: pd.DataFrame) -> pd.DataFrame:
    """Length and mean cost factor of links.

    Parameters
    ----------
    wanted : DataFrame, one row a link: from, to, transport, detour

    Returns
    -------
    DataFrame with the same index: km (nan: a site has no coordinates), cost_factor
    (mean over the length; 1 off the corridors), routed (follows corridors)
    """
    sites = places(tables.sites)
    start, end = sites.numbers(wanted["from"]), sites.numbers(wanted["to"])
    detour = wanted["detour"].to_numpy(dtype=float)
    straight = sites.straight_km(start, end)
    found = pd.DataFrame(
        {"km": straight * detour, "cost_factor": 1.0, "routed": False}, index=wanted.index
    )
    for graph, rows in _served(tables.corridors, wanted["transport"], straight, sites):
        way = _ways(graph, start[rows], end[rows], hops=False)
        access = (graph.access[start[rows]] + graph.access[end[rows]]) / 1000
        used = _used(way, access, straight[rows])
        off = access[used] * detour[rows][used]
        along, weighted = way.length[used] / 1000, way.weighted[used] / 1000
        at = rows[used]
        total = off + along
        found.iloc[at, 0] = total
        found.iloc[at, 1] = np.divide(
            off + weighted, total, out=np.ones_like(total), where=total > 0
        )
        found.iloc[at, 2] = True
    return found


def route_lines(park: Park, keys: pd.DataFrame) -> pd.Series:
    """Where each link runs, for the map: id -> LineString (WGS84; None without coordinates).

    A link with a given km is drawn along the corridors too where they serve its sites.
    """
    tables = park.tables
    sites = places(tables.sites)
    start, end = sites.numbers(keys["from"]), sites.numbers(keys["to"])
    straight = sites.straight_km(start, end)
    known = np.flatnonzero(np.isfinite(straight))
    drawn = np.full(len(keys), None, dtype=object)
    ends = np.column_stack([sites.lon[start], sites.lat[start], sites.lon[end], sites.lat[end]])
    drawn[known] = shapely.linestrings(ends[known].reshape(-1, 2, 2))
    for graph, rows in _served(tables.corridors, keys["transport"], straight, sites):
        way = _ways(graph, start[rows], end[rows], hops=True)
        access = (graph.access[start[rows]] + graph.access[end[rows]]) / 1000
        used = np.flatnonzero(_used(way, access, straight[rows]))
        drawn[rows[used]] = _drawn(graph, way.hops, used, ends[rows[used]])
    return pd.Series(drawn, index=pd.Index(keys["id"], name="id"), name="geometry", dtype=object)


def _used(way: _Way, access: Floats, straight: Floats) -> NDArray[np.bool_]:
    return np.isfinite(way.length) & (access <= ACCESS_SHARE * straight)


def _served(
    corridors: pd.DataFrame, transport: pd.Series, straight: Floats, sites: Places
) -> Iterator[tuple[CorridorGraph, Numbers]]:
    """Each different set of corridors as a graph, with the rows of the links that may use it."""
    if not len(corridors):
        return
    number, names = pd.factorize(transport)
    masks = [allowed_corridors(corridors, name) for name in names]
    known = np.isfinite(straight)
    for mask in {mask.tobytes(): mask for mask in masks if mask.any()}.values():
        same = np.array([np.array_equal(mask, other) for other in masks])
        rows = np.flatnonzero(known & same[number])
        if len(rows):
            yield corridor_graph(corridors[mask], sites), rows


def _ways(graph: CorridorGraph, start: Numbers, end: Numbers, *, hops: bool) -> _Way:
    """Shortest ways between the doors of sites, from all ways of each distinct door."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    edges = graph.edges
    one, other = edges["start"].to_numpy(), edges["end"].to_numpy()
    both = (np.r_[one, other], np.r_[other, one])
    metres = np.r_[edges["length"], edges["length"]]
    matrix = coo_array((metres, both), shape=(graph.nodes, graph.nodes)).tocsr()
    door, sender = np.unique(graph.door[start], return_inverse=True)
    target = graph.door[end]
    length, weighted = np.full(len(start), np.inf), np.full(len(start), np.inf)
    walked: list[pd.DataFrame] = []
    cost = edges["weighted"].to_numpy()
    walk = hops or bool((edges["weighted"] != edges["length"]).any())
    portion = max(1, _MATRIX_SIZE // graph.nodes)
    for at in range(0, len(door), portion):
        far, before = dijkstra(
            matrix, directed=True, indices=door[at : at + portion], return_predecessors=True
        )
        pair = np.flatnonzero((sender >= at) & (sender < at + portion))
        row = sender[pair] - at
        length[pair] = weighted[pair] = far[row, target[pair]]
        if not walk:
            continue
        reached = pair[np.isfinite(length[pair])]
        weighted[reached] = 0.0
        for step, (at_pair, edge, forward) in enumerate(
            _hops(edges, before, row, target[pair], graph.nodes)
        ):
            weighted[pair[at_pair]] += cost[edge]
            if hops:
                walked.append(
                    pd.DataFrame(
                        {"pair": pair[at_pair], "step": step, "edge": edge, "forward": forward}
                    )
                )
    columns = ["pair", "step", "edge", "forward"]
    return _Way(length, weighted, pd.concat(walked) if walked else pd.DataFrame(columns=columns))


def _hops(
    edges: pd.DataFrame, before: NDArray[np.int32], row: Numbers, target: Numbers, nodes: int
) -> Iterator[tuple[Numbers, Numbers, NDArray[np.bool_]]]:
    """All ways at once, walked back hop by hop: (pairs still on their way, edge, forward)."""
    one, other = edges["start"].to_numpy(), edges["end"].to_numpy()
    name = np.r_[one * nodes + other, other * nodes + one]
    order = np.argsort(name)
    name, edge = name[order], order % len(edges)
    pair, node = np.arange(len(row)), target
    while True:
        previous = before[row[pair], node].astype(np.intp)
        going = previous >= 0
        pair, node, previous = pair[going], node[going], previous[going]
        if not len(pair):
            return
        taken = edge[np.searchsorted(name, previous * nodes + node)]
        yield pair, taken, one[taken] == previous
        node = previous


def _drawn(
    graph: CorridorGraph, hops: pd.DataFrame, used: Numbers, ends: Floats
) -> NDArray[np.object_]:
    """Lines from sender over the points of all its edges to receiver, for the pairs ``used``."""
    order = pd.Series(np.arange(len(used)), index=used)
    hops = hops[hops["pair"].isin(used)].sort_values(["pair", "step"], ascending=[True, False])
    first = graph.edges["first"].to_numpy()[hops["edge"]]
    last = graph.edges["last"].to_numpy()[hops["edge"]]
    count = last - first + 1
    hop = np.repeat(np.arange(len(hops)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    forward = hops["forward"].to_numpy(dtype=bool)[hop]
    point = np.where(forward, first[hop] + within, last[hop] - within)
    path = graph.points[["lon", "lat"]].to_numpy()[point]
    owner = order.loc[hops["pair"]].to_numpy()[hop]
    every = np.concatenate([np.arange(len(used)), owner, np.arange(len(used))])
    place = np.concatenate([ends[:, :2], path, ends[:, 2:]])
    sequence = np.argsort(every, kind="stable")
    return np.asarray(shapely.linestrings(place[sequence], indices=every[sequence]))
