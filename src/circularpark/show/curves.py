"""Arrows as filled polygons, and the choice of a curve for each flow.

Every flow has about ten candidate curves. Large flows choose first; a curve costs more the
closer it passes to unrelated sites, the longer it runs along curves already drawn, and the more
it bends. All candidates are weighed as arrays; only the choosing itself is in sequence.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]

BENDS: Final = np.array([0.0, 0.1, -0.1, 0.2, -0.2, 0.31, -0.31, 0.44, -0.44, 0.6, -0.6])
_SAMPLES: Final = 28
_CELL: Final = 14.0
# So many flows weigh their candidates; the small rest only keeps to the side of its opposite.
_WEIGHED: Final = 300
_REST: Final = 0.14
_LABEL_BELOW: Final = 17.0


def bezier(start: Array, end: Array, bend: Array, samples: int) -> Array:
    """Quadratic Bezier curves (..., samples, 2) that leave the chord by ``bend`` x its length."""
    step = np.linspace(0.0, 1.0, samples)[:, None]
    chord = end - start
    normal = np.stack([-chord[..., 1], chord[..., 0]], axis=-1)
    control = (start + end) / 2 + normal * bend[..., None]
    a, b, c = start[..., None, :], control[..., None, :], end[..., None, :]
    return np.asarray((1 - step) ** 2 * a + 2 * step * (1 - step) * b + step**2 * c)


def choose_bends(
    xy: Array, radius: Array, source: Index, target: Index, width: Array, box: tuple[float, ...]
) -> Array:
    """The bend of each flow (F,), flows given largest first.

    The 300 largest choose among all candidates; the rest, each a hair's breadth, bend alike.

    Parameters
    ----------
    xy, radius : sites (N, 2), (N,) [drawing units]; source, target : site of each flow (F,).
    width : (F,) [drawing units]; box : x0, y0, x1, y1 that curves should stay inside.
    """
    if not len(source):
        return np.zeros(0)
    if len(source) > _WEIGHED:
        few = slice(0, _WEIGHED)
        first = choose_bends(xy, radius, source[few], target[few], width[few], box)
        return np.concatenate([first, np.full(len(source) - _WEIGHED, _REST)])
    start, end = xy[source][:, None, :], xy[target][:, None, :]
    paths = bezier(start, end, np.broadcast_to(BENDS, (len(source), len(BENDS))), _SAMPLES)
    cost = (
        _near_sites(paths, xy, radius, source, target, width)
        + _outside(paths, box)
        + 2.2 * np.abs(BENDS) ** 1.5 * 4
    )
    return BENDS[_taken_in_turn(paths, cost, width, box)]


def _near_sites(
    paths: Array, xy: Array, radius: Array, source: Index, target: Index, width: Array
) -> Array:
    """Cost (F, C) of passing close to unrelated sites or through the place of their labels."""
    flat = paths.reshape(len(paths), -1, 2).astype(np.float32)
    unrelated = np.ones((len(paths), len(xy)), dtype=np.float32)
    rows = np.arange(len(paths))
    unrelated[rows, source] = unrelated[rows, target] = 0.0
    clear = radius[None, :] + width[:, None] / 2 + 7.0
    below = xy - np.column_stack([np.zeros(len(xy)), radius + _LABEL_BELOW - 8])
    label = width[:, None] / 2 + np.full_like(clear, 12.0)
    total = np.zeros(flat.shape[:2], dtype=np.float32)
    for spots, size, weight in ((xy, clear, 1.6), (below, label, 0.4)):
        # 1 at the middle of the site, 0 at the edge of its room: 1 - (distance / room)^2.
        room = (size**-2.0).astype(np.float32)[:, None, :]
        near = np.subtract(flat[:, :, None, 0], spots[:, 0], dtype=np.float32) ** 2
        near += np.subtract(flat[:, :, None, 1], spots[:, 1], dtype=np.float32) ** 2
        near *= -room
        near += 1.0
        np.maximum(near, 0.0, out=near)
        total += weight * np.einsum("fps,fs->fp", near, unrelated)
    # Points stand far apart on a long curve: each then counts for more of it.
    step = np.hypot(*np.moveaxis(paths[:, 0, 0] - paths[:, 0, -1], -1, 0)) / paths.shape[2] / 12.0
    nearness = total.reshape(paths.shape[:3]).sum(axis=2) * np.maximum(step, 0.5)[:, None]
    return np.asarray(nearness * 2.4)


def _outside(paths: Array, box: tuple[float, ...]) -> Array:
    low, high = np.array(box[:2]), np.array(box[2:])
    beyond = np.maximum(low - paths, 0).sum(axis=3) + np.maximum(paths - high, 0).sum(axis=3)
    return np.asarray(beyond.sum(axis=2) * 0.2)


def _taken_in_turn(paths: Array, cost: Array, width: Array, box: tuple[float, ...]) -> Index:
    """Choose one candidate a flow, largest first, on a raster of what is drawn already.

    The raster holds the tensor of directions, so running along a curve costs much more than
    crossing it.
    """
    origin = np.array(box[:2]) - 3 * _CELL
    shape = ((np.array(box[2:]) - origin) / _CELL).astype(int) + 4
    cells = np.clip(((paths - origin) / _CELL).astype(int), 0, shape - 1)
    flat = cells[..., 0] * shape[1] + cells[..., 1]
    heading = np.gradient(paths, axis=2)
    length = np.maximum(np.hypot(heading[..., 0], heading[..., 1]), 1e-9)
    cos, sin = heading[..., 0] / length, heading[..., 1] / length
    tensor = np.stack([cos * cos, 2 * cos * sin, sin * sin, np.full_like(cos, 0.22)])
    # What is laid down: double products once, so that the sum of products is the cosine squared.
    laid = np.stack([cos * cos, cos * sin, sin * sin, np.ones_like(cos)])
    weight = 0.25 + width / 11.0
    drawn = np.zeros((4, int(shape[0] * shape[1])))
    middle = np.ones(paths.shape[2])
    middle[:4] = middle[-4:] = 0.35
    chosen = np.zeros(len(paths), dtype=np.intp)
    for flow in range(len(paths)):
        met = (tensor[:, flow] * drawn[:, flat[flow]]).sum(axis=0)
        total = cost[flow] + (met * middle).sum(axis=1) * 0.42
        best = int(np.argmin(total))
        chosen[flow] = best
        here = flat[flow, best]
        for layer in range(4):
            np.add.at(drawn[layer], here, laid[layer, flow, best] * weight[flow])
    return chosen


def trimmed(path: Array, from_source: float, to_target: float, samples: int = 26) -> Array:
    """The part of a path (S, 2) outside the two circles around its ends, evenly sampled."""
    out = np.hypot(*(path - path[0]).T) >= from_source
    into = np.hypot(*(path - path[-1]).T) <= to_target
    first = int(np.argmax(out)) if out.any() else 0
    last = int(np.argmax(into)) if into.any() else len(path) - 1
    if last - first < 2:
        first, last = len(path) // 4, max(len(path) // 4 + 2, 3 * len(path) // 4)
    part = path[first : last + 1]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(part, axis=0).T))])
    even = np.linspace(0, along[-1], samples)
    return np.column_stack([np.interp(even, along, part[:, 0]), np.interp(even, along, part[:, 1])])


def arrow(path: Array, width: float, head: bool = True) -> Array:
    """A closed polygon (P, 2) along ``path``: body tapering from 100 to 80 %, then the head.

    The head takes at most half of the arrow. Without a head it is a band of even width.
    ``assets/shapes.js`` draws the same shape in the page; a test holds the two together.
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    length = float(along[-1])
    head_width = 1.3 * width + 5.0
    head_length = min(0.8 * head_width + 2.0, length / 2) if head else 0.0
    even = np.linspace(0.0, length - head_length, _body_points(len(path), length))
    body = _at(path, along, even)
    heading = np.gradient(body, axis=0)
    heading /= np.maximum(np.hypot(heading[:, 0], heading[:, 1]), 1e-9)[:, None]
    normal = np.column_stack([-heading[:, 1], heading[:, 0]])
    half = (
        width / 2 * (1 - 0.2 * even / max(length, 1e-9)) if head else np.full(len(even), width / 2)
    )
    left, right = body + normal * half[:, None], body - normal * half[:, None]
    if not head:
        return np.vstack([left, right[::-1], left[:1]])
    tip, base = path[-1], body[-1]
    axis = tip - base
    across = np.array([-axis[1], axis[0]]) / max(float(np.hypot(*axis)), 1e-9) * head_width / 2
    point = np.vstack([base + across, tip, base - across])
    return np.vstack([left, point, right[::-1], left[:1]])


def _body_points(given: int, length: float) -> int:
    """How many points outline one side: enough for a curve, and the corners of a route."""
    return max(4, min(max(22, given - 4), int(length / 9) + 3))


def _at(path: Array, along: Array, where: Array) -> Array:
    return np.column_stack(
        [np.interp(where, along, path[:, 0]), np.interp(where, along, path[:, 1])]
    )
