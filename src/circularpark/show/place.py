"""Where things stand on the drawing: projection, the core to scale, far sites on the rim.

The drawing's unit is one pixel at design size, x to the right, y upwards. Sites that lie many
times farther out than the core would shrink it to a dot; they stand on a rim around the core,
in their true direction, with the distance written out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from circularpark.show import rim

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

WIDTH: Final = 1280.0
STRIP: Final = 106.0
_MARGIN: Final = 62.0
_ASPECTS: Final = (0.5, 0.68)
_FAR: Final = 2.5
_LEAST_SPAN: Final = 300.0


@dataclass(frozen=True)
class Ground:
    """The drawing's ground: size, the core's frame, and the way from degrees to the drawing.

    ``frame``: x0, y0, x1, y1 of the part to scale; ``metre`` [drawing units per metre];
    ``project`` maps arrays of (lon, lat) degrees to drawing units.
    """

    width: float
    height: float
    frame: tuple[float, float, float, float]
    metre: float
    project: Callable[[Array], Array]


@dataclass(frozen=True)
class Placed:
    """Sites on the drawing: ``xy`` (N, 2); ``rim`` (N,) far sites; ``km`` [km from the core's
    middle]; ``unknown`` (N,) sites without a position; ``moved`` (N,) [drawing units] shift that
    keeps neighbours apart."""

    xy: Array
    rim: Flags
    km: Array
    unknown: Flags
    moved: Array
    ground: Ground


def lonlat(sites: pd.DataFrame) -> Array:
    """Longitude and latitude (N, 2) of each site, else a point of its geometry."""
    degrees = sites[["lon", "lat"]].to_numpy(float)
    shapes = sites["geometry"].to_numpy(object)
    drawn = shapely.is_geometry(shapes) & ~shapely.is_missing(shapes)
    drawn &= np.isnan(degrees).any(axis=1)
    middles = shapely.point_on_surface(shapes[drawn])
    degrees[drawn] = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])
    return degrees


def far_from_core(metres: Array) -> Flags:
    """Which of the points (N, 2) [m] lie so far out that the rest could not be told apart."""
    if len(metres) < 4:
        return np.zeros(len(metres), dtype=bool)
    distance = np.hypot(*(metres - np.median(metres, axis=0)).T)
    order = np.argsort(distance)
    ranked = np.maximum(distance[order], _LEAST_SPAN)
    jump = ranked[1:] / ranked[:-1]
    jump[: (len(metres) + 1) // 2 - 1] = 0
    far = np.zeros(len(metres), dtype=bool)
    if ranked[-1] > _FAR * ranked[int(0.6 * (len(ranked) - 1))] and jump.max() > 1.6:
        far[order[int(np.argmax(jump)) + 1 :]] = True
    return far


def place(sites: pd.DataFrame, radius: Array) -> Placed:
    """Put every site on the drawing; ``radius`` (N,) [drawing units] is the size of its node."""
    degrees = lonlat(sites)
    unknown: Flags = np.asarray(np.isnan(degrees).any(axis=1))
    if unknown.all():
        return _ring(len(sites), unknown)
    to_metres = _projection(np.median(degrees[~unknown], axis=0))
    metres = np.zeros_like(degrees)
    metres[~unknown] = to_metres(degrees[~unknown])
    far = np.zeros(len(sites), dtype=bool)
    far[~unknown] = far_from_core(metres[~unknown])
    core = ~far & ~unknown
    low, high = metres[core].min(axis=0), metres[core].max(axis=0)
    middle = (low + high) / 2
    span = np.maximum(high - low, _LEAST_SPAN)
    on_rim = np.concatenate([np.flatnonzero(far), np.flatnonzero(unknown)])
    offsets = metres[far] - middle
    sides = rim.sides_of(offsets, int(unknown.sum()))
    ground = _ground(span, middle, sides, to_metres)
    xy = np.full_like(degrees, np.nan)
    xy[core] = ground.project(degrees[core])
    xy[on_rim] = rim.positions(offsets, sides, ground.frame, (ground.width, ground.height))
    spread = kept_apart(xy, radius, core, ground)
    km = np.where(unknown, np.nan, np.hypot(*(metres - middle).T) / 1000)
    return Placed(spread, ~core, km, unknown, np.hypot(*(spread - xy).T), ground)


def _projection(centre: Array) -> Callable[[Array], Array]:
    """Degrees to metres around ``centre``: azimuthal equidistant, so distances are true there."""
    from pyproj import Transformer

    local = f"+proj=aeqd +lon_0={centre[0]} +lat_0={centre[1]} +ellps=WGS84 +units=m"
    transformer = Transformer.from_crs("EPSG:4326", local, always_xy=True)

    def project(degrees: Array) -> Array:
        x, y = transformer.transform(degrees[:, 0], degrees[:, 1])
        return np.column_stack([np.asarray(x, float), np.asarray(y, float)])

    return project


def _ground(
    span: Array, middle: Array, sides: rim.Sides, to_metres: Callable[[Array], Array]
) -> Ground:
    left, low, right, high = rim.bands(sides)
    inner = WIDTH - left - right - 2 * _MARGIN
    aspect = float(np.clip((span[1] / span[0]), *_ASPECTS))
    tall = max(inner * aspect, rim.least_height(sides) - 2 * _MARGIN - low - high)
    scale = float(min(inner / span[0], tall / span[1]))
    height = tall + 2 * _MARGIN + low + high
    centre = np.array([left + _MARGIN + inner / 2, low + _MARGIN + tall / 2])

    def project(degrees: Array) -> Array:
        return np.asarray((to_metres(degrees) - middle) * scale + centre)

    frame = (left, low, WIDTH - right, height - high)
    return Ground(WIDTH, height, frame, scale, project)


def kept_apart(xy: Array, radius: Array, core: Flags, ground: Ground) -> Array:
    """Push nodes of the core that would touch apart, as little as needed."""
    inside = xy[core]
    room = radius[core] + 7.0
    need = room[:, None] + room[None, :]
    np.fill_diagonal(need, 0.0)
    x0, y0, x1, y1 = ground.frame
    # Sites on the very same spot have no direction to part in: a spiral gives them one.
    turn = np.arange(len(inside)) * 2.39996
    nudge = np.column_stack([np.cos(turn), np.sin(turn)]) * 1e-3
    for _ in range(60):
        gap = (inside + nudge)[:, None, :] - (inside + nudge)[None, :, :]
        distance = np.maximum(np.hypot(gap[..., 0], gap[..., 1]), 1e-6)
        short = np.maximum(need - distance, 0.0)
        if short.max() < 0.5:
            break
        push = (gap / distance[..., None] * short[..., None]).sum(axis=1) * 0.5
        inside = np.clip(inside + np.clip(push, -12, 12), (x0 + 24, y0 + 30), (x1 - 24, y1 - 24))
    spread = xy.copy()
    spread[core] = inside
    return spread


def _ring(count: int, unknown: Flags) -> Placed:
    """No site has a position: an ellipse, in the order of the rows."""
    height = 700.0
    ground = Ground(WIDTH, height, (0.0, 0.0, WIDTH, height), 0.0, lambda degrees: degrees)
    angle = np.pi / 2 - 2 * np.pi * np.arange(count) / max(count, 1)
    xy = np.column_stack([WIDTH / 2 + np.cos(angle) * 500, height / 2 + np.sin(angle) * 270])
    still = np.zeros(count, dtype=bool)
    return Placed(xy, still, np.full(count, np.nan), unknown, np.zeros(count), ground)
