"""Flows along corridors: every flow in a lane of its own beside the others of its corridor."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from circularpark.show.curves import trimmed
from circularpark.show.place import Array, Placed

# A route is drawn by a point every so many pixels, so that its corners are round.
_STEP: Final = 9.0
_FEWEST: Final = 26
_MOST: Final = 180
# Lanes stand this far apart at least, and never farther from the corridor than this.
_GAP: Final = 1.5
_FARTHEST: Final = 60.0
# Corners are cut round over this length, and a flow moves into its lane within that [px].
_ROUND: Final = 12.0
_RAMP: Final = 46.0


def lanes(
    routes: Mapping[str, BaseGeometry], flows: pd.DataFrame, placed: Placed, radius: Array
) -> list[Array | None]:
    """The middle line of each flow (by width, the largest first) along its corridor.

    None where no corridor serves the flow, or one of its ends is not to scale on the drawing.
    """
    found: list[Array | None] = []
    taken: dict[tuple[float, ...], list[tuple[float, float]]] = {}
    ends = zip(flows["id"], flows["source"], flows["target"], flows["reach"], strict=True)
    for link, source, target, wide in ends:
        line = routes.get(str(link))
        if line is None or not placed.ground.metre or placed.rim[source] or placed.rim[target]:
            found.append(None)
            continue
        corners = _corners(line, placed, int(source), int(target))
        keys, turned = _stretches(corners)
        room = float(wide) + _GAP
        lane = _free_lane([taken.get(key, []) for key in keys], turned, room)
        for key, sign in zip(keys, turned, strict=True):
            middle = sign * lane
            taken.setdefault(key, []).append((middle - room / 2, middle + room / 2))
        # Rounding again takes out the folds that a lane has on the inner side of a corner.
        reach = _ROUND + abs(lane) / 2
        path = _rounded(_beside(_rounded(corners, reach), lane), reach)
        long = float(np.hypot(*np.diff(path, axis=0).T).sum())
        samples = int(np.clip(long / _STEP + 4, _FEWEST, _MOST))
        found.append(trimmed(path, radius[source] * 0.7, radius[target] + 2.0, samples))
    return found


def _corners(line: BaseGeometry, placed: Placed, source: int, target: int) -> Array:
    """The route's corners on the drawing, from the sender's node to the receiver's."""
    corners = placed.ground.project(np.asarray(line.coords, dtype=float)[:, :2])
    start, end = placed.xy[source], placed.xy[target]
    forward = np.hypot(*(corners[0] - start)) + np.hypot(*(corners[-1] - end))
    backward = np.hypot(*(corners[-1] - start)) + np.hypot(*(corners[0] - end))
    inner = corners[1:-1] if forward <= backward else corners[-2:0:-1]
    path = np.vstack([start, inner, end])
    moved = np.append(True, np.hypot(*np.diff(path, axis=0).T) > 0.5)
    moved[-1] = True
    return np.asarray(path[moved])


def _stretches(corners: Array) -> tuple[list[tuple[float, ...]], list[float]]:
    """What each stretch between two corners is called, whichever way it is run, and which way."""
    told = [(float(x), float(y)) for x, y in np.round(corners, 0)]
    keys: list[tuple[float, ...]] = []
    signs: list[float] = []
    for one, other in pairwise(told):
        forward = one <= other
        keys.append((*one, *other) if forward else (*other, *one))
        signs.append(1.0 if forward else -1.0)
    return keys, signs


def _free_lane(taken: list[list[tuple[float, float]]], turned: list[float], room: float) -> float:
    """The lane nearest to the corridor's middle that is free on every stretch of the way."""
    filled = [
        (low, high) if sign > 0 else (-high, -low)
        for spans, sign in zip(taken, turned, strict=True)
        for low, high in spans
    ]
    if not filled:
        return 0.0
    spans = np.array(filled)
    beside = np.concatenate([[0.0], spans[:, 1] + room / 2, spans[:, 0] - room / 2])
    beside = beside[np.abs(beside) <= _FARTHEST]
    low, high = beside[:, None] - room / 2, beside[:, None] + room / 2
    shared = np.minimum(high, spans[:, 1]) - np.maximum(low, spans[:, 0])
    cost = np.maximum(shared - 1e-6, 0.0).sum(axis=1) * 1e3 + np.abs(beside)
    return float(beside[int(np.argmin(cost))])


def _rounded(corners: Array, reach: float) -> Array:
    """A line with its corners cut round over ``reach`` [drawing units], evenly sampled."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    count = max(_FEWEST, int(along[-1] / 3))
    even = np.linspace(0.0, along[-1], count)
    line = np.column_stack([np.interp(even, along, corners[:, axis]) for axis in (0, 1)])
    each = min(max(1, int(reach / max(along[-1] / count, 1e-9))), count // 5)
    # A moving mean over the points around each rounds a corner and leaves a straight line alone;
    # beyond its ends the line goes on as its mirror image, so that they stay where they are.
    kernel = np.ones(2 * each + 1) / (2 * each + 1)
    before, after = line[each:0:-1], line[-2 : -each - 2 : -1]
    whole = np.vstack([2 * line[:1] - before, line, 2 * line[-1:] - after])
    return np.column_stack([np.convolve(whole[:, axis], kernel, "valid") for axis in (0, 1)])


def _beside(line: Array, lane: float) -> Array:
    """A line moved sideways into its lane, which begins and ends in the middle."""
    heading = np.gradient(line, axis=0)
    heading /= np.maximum(np.hypot(*heading.T), 1e-9)[:, None]
    normal = np.column_stack([-heading[:, 1], heading[:, 0]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    ramp = min(_RAMP, along[-1] / 3)
    ease = np.clip(np.minimum(along, along[-1] - along) / max(ramp, 1e-9), 0.0, 1.0)
    return np.asarray(line + normal * (lane * ease * ease * (3 - 2 * ease))[:, None])
