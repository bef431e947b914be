"""Corridors as a graph: lines cut where they meet and where sites join them.

A node is a line's end, a crossing of two lines, or the point where a site joins; the
bends between two nodes only add to the length of their edge. Positions along a line are
metres on the WGS84 ellipsoid; what meets what is found in an azimuthal equidistant plane
about the corridors' centre, whose error within 50 km is below 0.01 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from circularpark.physics.places import Places, geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.intp]

# A line that ends within this distance of another is taken to meet it [m]: coordinates
# with five decimals, as maps are often drawn, cannot say it more exactly.
TOUCH = 1.5
# Cuts of one line nearer than this are one cut [m].
_SAME = 0.001
# A corridor is straight in longitude and latitude (RFC 7946), not in the plane: pieces no
# longer than this [degree] make the difference less than 2 cm.
_LONGEST = 0.01


@dataclass(frozen=True)
class CorridorGraph:
    """Nodes, edges and doors of a set of corridors.

    points : every vertex and cut in order along each line: line, metres, node (-1: a bend),
        lon, lat [degree]
    edges : start, end [node], first, last [point], length [m], weighted [m x cost factor]
    door : node at which each site joins (-1: it has no coordinates)
    access : geodesic from each site to its door [m]
    nodes : how many nodes
    """

    points: pd.DataFrame
    edges: pd.DataFrame
    door: Numbers
    access: Floats
    nodes: int


def corridor_graph(corridors: pd.DataFrame, sites: Places) -> CorridorGraph:
    """Cut the corridors where they meet and where the sites join them."""
    lines = _Lines.read(corridors, sites)
    cuts, meetings = lines.crossings()
    ends, touching = lines.touches()
    doors, access = lines.doors()
    return _graph(lines, [cuts, ends, doors], [meetings, touching], access)


@dataclass(frozen=True)
class _Lines:
    """The corridors' segments, on the plane (x, y in m) and along their lines (metres)."""

    vertex: pd.DataFrame  # line, metres, x, y, terminal
    segment: pd.DataFrame  # line, metres, length, x, y, dx, dy (of its first vertex)
    tree: shapely.STRtree
    shapes: NDArray[Any]
    cost_factor: Floats
    centre: tuple[float, float]
    sites: Places

    @classmethod
    def read(cls, corridors: pd.DataFrame, sites: Places) -> _Lines:
        parts, owner = shapely.get_parts(corridors["geometry"].to_numpy(), return_index=True)
        vertex = _vertices(*shapely.get_coordinates(parts, return_index=True))
        centre = (float(vertex["lon"].mean()), float(vertex["lat"].mean()))
        vertex["x"], vertex["y"] = to_plane(
            centre, vertex["lon"].to_numpy(), vertex["lat"].to_numpy()
        )
        vertex = vertex.drop(columns=["lon", "lat"])
        after = vertex.shift(-1)
        inside = (after["line"] == vertex["line"]) & (after["metres"] > vertex["metres"])
        segment, ahead = vertex[inside].reset_index(drop=True), after[inside].reset_index(drop=True)
        segment["length"] = ahead["metres"] - segment["metres"]
        segment["dx"], segment["dy"] = ahead["x"] - segment["x"], ahead["y"] - segment["y"]
        ends = np.stack([frame[["x", "y"]].to_numpy() for frame in (segment, ahead)], axis=1)
        drawn = np.asarray(shapely.linestrings(ends.astype(float)))
        factor = corridors["cost_factor"].to_numpy(dtype=float)[owner]
        return cls(vertex, segment, shapely.STRtree(drawn), drawn, factor, centre, sites)

    def on(self, segment: Numbers, x: Floats, y: Floats) -> pd.DataFrame:
        """Positions along the lines of the points of segments nearest to (x, y)."""
        own = self.segment.iloc[segment].reset_index(drop=True)
        along = (x - own["x"]) * own["dx"] + (y - own["y"]) * own["dy"]
        share = (along / (own["dx"] ** 2 + own["dy"] ** 2)).clip(0.0, 1.0)
        return pd.DataFrame(
            {
                "line": own["line"],
                "metres": own["metres"] + share * own["length"],
                "x": own["x"] + share * own["dx"],
                "y": own["y"] + share * own["dy"],
            }
        )

    def crossings(self) -> tuple[pd.DataFrame, Numbers]:
        """Cuts where two segments meet, and which two cuts are one node."""
        left, right = self.tree.query(self.shapes, predicate="intersects")
        line = self.segment["line"].to_numpy()
        neighbours = (line[left] == line[right]) & (right == left + 1)
        wanted = (left < right) & ~neighbours
        left, right = left[wanted], right[wanted]
        shared = shapely.intersection(self.shapes[left], self.shapes[right])
        point, pair = shapely.get_coordinates(shared, return_index=True)
        one = self.on(left[pair], point[:, 0], point[:, 1])
        other = self.on(right[pair], point[:, 0], point[:, 1])
        meetings = np.arange(2 * len(pair)).reshape(2, -1).T
        return pd.concat([one, other], ignore_index=True), meetings

    def touches(self) -> tuple[pd.DataFrame, Numbers]:
        """Line ends, each with the point of another line that it touches."""
        ends = self.vertex[self.vertex["terminal"]]
        points = shapely.points(ends[["x", "y"]].to_numpy())
        end, segment = self.tree.query(points, predicate="dwithin", distance=TOUCH)
        mine = ends.iloc[end].drop(columns="terminal").reset_index(drop=True)
        touched = self.on(segment, mine["x"].to_numpy(), mine["y"].to_numpy())
        beside = (mine["metres"] - touched["metres"]).abs() <= 2 * TOUCH
        elsewhere = ~((mine["line"] == touched["line"]) & beside)
        pair = [mine[elsewhere], touched[elsewhere]]
        meetings = np.arange(2 * int(elsewhere.sum())).reshape(2, -1).T
        return pd.concat(pair, ignore_index=True), meetings

    def doors(self) -> tuple[pd.DataFrame, Floats]:
        """Where each site with coordinates joins, and how far that is from it [m]."""
        placed = np.flatnonzero(self.sites.placed)
        lon, lat = self.sites.lon[placed], self.sites.lat[placed]
        x, y = to_plane(self.centre, lon, lat)
        points = shapely.points(np.column_stack([x, y]))
        segment = self.tree.query_nearest(points, all_matches=False)[1]
        joined = self.on(segment, x, y)
        door_lon, door_lat = from_plane(self.centre, joined["x"], joined["y"])
        access = np.full(len(self.sites.lon), np.nan)
        access[placed] = geod().inv(lon, lat, door_lon, door_lat)[2]
        return joined, access


def _vertices(coordinates: Floats, line: Numbers) -> pd.DataFrame:
    """Vertices of the lines, long segments cut: line, metres, lon, lat, terminal."""
    ahead = np.roll(coordinates, -1, axis=0)
    last = line != np.roll(line, -1)
    last[-1] = True
    metres = np.asarray(geod().inv(*coordinates.T, *ahead.T)[2])
    metres[last] = 0.0
    step = np.where(last[:, None], 0.0, ahead - coordinates)
    pieces = np.maximum(1, np.ceil(np.hypot(*step.T) / _LONGEST)).astype(np.intp)
    at = np.repeat(np.arange(len(line)), pieces)
    share = (np.arange(len(at)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[at]
    place = coordinates[at] + share[:, None] * step[at]
    terminal = (last | np.roll(last, 1))[at] & (share == 0)
    piece = np.asarray(geod().inv(*place.T, *(place + (step / pieces[:, None])[at]).T)[2])
    whole = np.bincount(at, piece, len(line))[at]
    # Together the pieces are as long as the geodesic between the two vertices.
    piece *= np.divide(metres[at], whole, out=np.zeros_like(whole), where=whole > 0)
    along = pd.Series(piece).groupby(line[at]).cumsum().to_numpy() - piece
    return pd.DataFrame(
        {
            "line": line[at],
            "metres": along,
            "lon": place[:, 0],
            "lat": place[:, 1],
            "terminal": terminal,
        }
    )


def to_plane(centre: tuple[float, float], lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Azimuthal equidistant coordinates about ``centre`` (lon, lat) [m]."""
    from_lon, from_lat = np.full(len(lon), centre[0]), np.full(len(lon), centre[1])
    azimuth, _, metres = geod().inv(from_lon, from_lat, lon, lat)
    angle = np.radians(azimuth)
    return np.asarray(metres * np.sin(angle)), np.asarray(metres * np.cos(angle))


def from_plane(centre: tuple[float, float], x: pd.Series, y: pd.Series) -> tuple[Floats, Floats]:
    """Longitude and latitude of azimuthal equidistant coordinates about ``centre``."""
    azimuth = np.degrees(np.arctan2(x.to_numpy(), y.to_numpy()))
    metres = np.hypot(x.to_numpy(), y.to_numpy())
    from_lon, from_lat = np.full(len(x), centre[0]), np.full(len(x), centre[1])
    lon, lat, _ = geod().fwd(from_lon, from_lat, azimuth, metres)
    return np.asarray(lon), np.asarray(lat)


def _graph(
    lines: _Lines, cuts: list[pd.DataFrame], meetings: list[Numbers], access: Floats
) -> CorridorGraph:
    """Number the cuts as nodes and join consecutive cuts of a line by edges."""
    ends = lines.vertex[lines.vertex["terminal"]].drop(columns="terminal")
    bends = lines.vertex[~lines.vertex["terminal"]].drop(columns="terminal")
    offset = np.cumsum([len(ends)] + [len(part) for part in cuts])
    met = np.concatenate([pair + at for pair, at in zip(meetings, offset[:2], strict=True)])
    cut = pd.concat([ends, *cuts], ignore_index=True)
    order = np.lexsort((cut["metres"], cut["line"]))
    behind, ahead = order[:-1], order[1:]
    line, metres = cut["line"].to_numpy(), cut["metres"].to_numpy()
    gap = metres[ahead] - metres[behind]
    one_line = line[behind] == line[ahead]
    same = one_line & (gap <= _SAME)
    node, nodes = _merged(len(cut), np.r_[met[:, 0], behind[same]], np.r_[met[:, 1], ahead[same]])
    cut["node"] = node
    points, place = _points(lines, cut, bends)
    edges = pd.DataFrame({"start": node[behind], "end": node[ahead], "length": gap})
    edges["first"], edges["last"] = place[behind], place[ahead]
    edges["weighted"] = gap * lines.cost_factor[line[behind]]
    door = np.full(len(access), -1, dtype=np.intp)
    door[np.isfinite(access)] = node[offset[2] :]
    return CorridorGraph(points, _shortest(edges[one_line & ~same]), door, access, nodes)


def _merged(count: int, left: Numbers, right: Numbers) -> tuple[Numbers, int]:
    """Node of each cut, where the cuts ``left`` and ``right`` are pairwise one node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(left)), (left, right)), shape=(count, count))
    nodes, label = connected_components(joined.tocsr(), directed=False)
    return label.astype(np.intp), int(nodes)


def _points(lines: _Lines, cut: pd.DataFrame, bends: pd.DataFrame) -> tuple[pd.DataFrame, Numbers]:
    """Cuts and bends in order along each line, and the place of each cut among them."""
    every = pd.concat([cut, bends.assign(node=-1)], ignore_index=True)
    order = np.lexsort((every["metres"], every["line"]))
    place = np.empty(len(every), dtype=np.intp)
    place[order] = np.arange(len(every))
    points = every.iloc[order].reset_index(drop=True)
    points["lon"], points["lat"] = from_plane(lines.centre, points["x"], points["y"])
    return points[["line", "metres", "node", "lon", "lat"]], place[: len(cut)]


def _shortest(edges: pd.DataFrame) -> pd.DataFrame:
    """Of edges between the same two nodes the shortest (cheapest) one, and no loops."""
    low = edges[["start", "end"]].min(axis=1)
    high = edges[["start", "end"]].max(axis=1)
    ranked = edges.assign(low=low, high=high)[low != high]
    ranked = ranked.sort_values(["low", "high", "length", "weighted"], kind="stable")
    kept = ranked.drop_duplicates(["low", "high"])
    return kept.drop(columns=["low", "high"]).reset_index(drop=True)
