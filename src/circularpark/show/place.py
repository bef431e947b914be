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

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

WIDTH: Final = 1280.0
STRIP: Final = 84.0
_MARGIN: Final = 62.0
_BAND: Final = 104.0
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
    on_rim = far | unknown
    bands = _bands(metres[far] - middle, bool(unknown.any()))
    ground = _ground(span, middle, bands, to_metres)
    xy = np.full_like(degrees, np.nan)
    xy[core] = ground.project(degrees[core])
    xy[far] = _on_rim(metres[far] - middle, ground)
    xy[unknown] = _bottom_row(int(unknown.sum()), ground)
    spread = _kept_apart(xy, radius, on_rim, ground)
    km = np.where(unknown, np.nan, np.hypot(*(metres - middle).T) / 1000)
    return Placed(spread, on_rim, km, unknown, np.hypot(*(spread - xy).T), ground)


def _projection(centre: Array) -> Callable[[Array], Array]:
    """Degrees to metres around ``centre``: azimuthal equidistant, so distances are true there."""
    from pyproj import Transformer

    local = f"+proj=aeqd +lon_0={centre[0]} +lat_0={centre[1]} +ellps=WGS84 +units=m"
    transformer = Transformer.from_crs("EPSG:4326", local, always_xy=True)

    def project(degrees: Array) -> Array:
        x, y = transformer.transform(degrees[:, 0], degrees[:, 1])
        return np.column_stack([np.asarray(x, float), np.asarray(y, float)])

    return project


def _bands(offsets: Array, bottom: bool) -> tuple[float, float, float, float]:
    """Room for the rim at the left, bottom, right and top, where a far site needs it."""
    wide = np.abs(offsets[:, 0]) >= np.abs(offsets[:, 1]) * 1.6
    east, north = offsets[:, 0] > 0, offsets[:, 1] > 0
    needed = (
        bool((wide & ~east).any()),
        bool((~wide & ~north).any()) or bottom,
        bool((wide & east).any()),
        bool((~wide & north).any()),
    )
    left, low, right, high = (_BAND if side else 0.0 for side in needed)
    return left * 1.3, low * 0.85, right * 1.3, high * 0.85


def _ground(
    span: Array, middle: Array, bands: tuple[float, ...], to_metres: Callable[[Array], Array]
) -> Ground:
    left, low, right, high = bands
    inner = WIDTH - left - right - 2 * _MARGIN
    aspect = float(np.clip((span[1] / span[0]), *_ASPECTS))
    tall = inner * aspect
    scale = float(min(inner / span[0], tall / span[1]))
    height = tall + 2 * _MARGIN + low + high
    centre = np.array([left + _MARGIN + inner / 2, low + _MARGIN + tall / 2])

    def project(degrees: Array) -> Array:
        return np.asarray((to_metres(degrees) - middle) * scale + centre)

    frame = (left, low, WIDTH - right, height - high)
    return Ground(WIDTH, height, frame, scale, project)


def _on_rim(offsets: Array, ground: Ground) -> Array:
    """Where the ray towards each far site meets the middle of the rim."""
    x0, y0, x1, y1 = ground.frame
    outer = np.array([x0, y0, ground.width - x1, ground.height - y1]) / 2
    box = np.array([outer[0], outer[1], ground.width - outer[2], ground.height - outer[3]])
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(offsets > 0, box[2:] - middle, middle - box[:2]) / np.abs(offsets)
    # A side without a band offers no rim: the ray is bent to the side that has one.
    wide = np.abs(offsets[:, 0]) >= np.abs(offsets[:, 1]) * 1.6
    stretch = np.where(wide, reach[:, 0], reach[:, 1])
    inside = np.clip(middle + offsets * stretch[:, None], box[:2] + 30, box[2:] - 30)
    at = np.where(
        wide[:, None],
        np.column_stack([np.where(offsets[:, 0] > 0, box[2], box[0]), inside[:, 1]]),
        np.column_stack([inside[:, 0], np.where(offsets[:, 1] > 0, box[3], box[1])]),
    )
    return np.asarray(at, dtype=float)


def _bottom_row(count: int, ground: Ground) -> Array:
    """Sites without a position stand in a row on the lower rim."""
    x = ground.width * (np.arange(count) + 1) / (count + 1)
    return np.column_stack([x, np.full(count, ground.frame[1] / 2)])


def _kept_apart(xy: Array, radius: Array, rim: Flags, ground: Ground) -> Array:
    """Push nodes that would touch apart, as little as needed; rim sites slide along their side."""
    spread = xy.copy()
    room = np.where(rim, 46.0, radius + 7.0)
    need = room[:, None] + room[None, :]
    np.fill_diagonal(need, 0.0)
    slide = np.ones_like(xy)
    x0, y0, x1, y1 = ground.frame
    beside = rim & ((xy[:, 0] < x0) | (xy[:, 0] > x1))
    slide[beside] = (0.0, 0.7)
    slide[rim & ~beside] = (1.4, 0.0)
    # Sites on the very same spot have no direction to part in: a spiral gives them one.
    turn = np.arange(len(xy)) * 2.39996
    nudge = np.column_stack([np.cos(turn), np.sin(turn)]) * 1e-3
    for _ in range(60):
        gap = (spread + nudge)[:, None, :] - (spread + nudge)[None, :, :]
        distance = np.maximum(np.hypot(gap[..., 0], gap[..., 1]), 1e-6)
        short = np.maximum(need - distance, 0.0)
        if short.max() < 0.5:
            break
        push = (gap / distance[..., None] * short[..., None]).sum(axis=1) * 0.5
        spread += np.clip(push, -12, 12) * slide
        core_low, core_high = np.array([x0 + 24, y0 + 30]), np.array([x1 - 24, y1 - 24])
        spread[~rim] = np.clip(spread[~rim], core_low, core_high)
        spread[rim] = np.clip(spread[rim], 40, np.array([ground.width, ground.height]) - 40)
    return spread


def _ring(count: int, unknown: Flags) -> Placed:
    """No site has a position: an ellipse, in the order of the rows."""
    height = 700.0
    ground = Ground(WIDTH, height, (0.0, 0.0, WIDTH, height), 0.0, lambda degrees: degrees)
    angle = np.pi / 2 - 2 * np.pi * np.arange(count) / max(count, 1)
    xy = np.column_stack([WIDTH / 2 + np.cos(angle) * 500, height / 2 + np.sin(angle) * 270])
    still = np.zeros(count, dtype=bool)
    return Placed(xy, still, np.full(count, np.nan), unknown, np.zeros(count), ground)
