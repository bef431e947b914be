"""The rim around the core: where sites stand that lie too far out to be drawn to scale.

A far site stands on the side its direction points to, in the order of the directions, and as
near to its true direction as the room between neighbours allows.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Sides = NDArray[np.intp]

LEFT, LOW, RIGHT, HIGH = range(4)
# Width of a side's band, and the room one site takes along it.
BANDS: Final = (152.0, 104.0, 152.0, 104.0)
ROOMS: Final = (92.0, 158.0, 92.0, 158.0)
# Labels are wide and low, so sites stack better beside the core than above or below it.
_STEEP: Final = 1.25
_CORNER: Final = 46.0


def sides_of(offsets: Array, unknown: int) -> Sides:
    """The side of each far site, by its offset (N, 2) from the core's middle.

    Sites without a position (``unknown`` many, after the others) stand on the low side.
    """
    upright = np.abs(offsets[:, 1]) > _STEEP * np.abs(offsets[:, 0])
    level = np.where(offsets[:, 0] > 0, RIGHT, LEFT)
    known = np.where(upright, np.where(offsets[:, 1] > 0, HIGH, LOW), level)
    return np.concatenate([known, np.full(unknown, LOW)]).astype(np.intp)


def bands(sides: Sides) -> tuple[float, ...]:
    """The width of the band on each side; 0 where no site needs one."""
    return tuple(BANDS[side] if (sides == side).any() else 0.0 for side in range(4))


def least_height(sides: Sides) -> float:
    """The height that the fuller of the two upright sides needs."""
    most = max(int((sides == LEFT).sum()), int((sides == RIGHT).sum()))
    return 2 * _CORNER + ROOMS[LEFT] * max(0, most - 1)


def positions(
    offsets: Array, sides: Sides, frame: tuple[float, ...], size: tuple[float, float]
) -> Array:
    """Where each far site stands (N, 2) on a drawing of ``size`` around ``frame``."""
    x0, y0, x1, y1 = frame
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    across = (x0 / 2, y0 / 2, (x1 + size[0]) / 2, (y1 + size[1]) / 2)
    at = np.zeros((len(sides), 2))
    for side in range(4):
        on = np.flatnonzero(sides == side)
        if not len(on):
            continue
        fixed, free = (0, 1) if side in (LEFT, RIGHT) else (1, 0)
        at[on, fixed] = across[side]
        low, high = (_CORNER, size[1] - _CORNER) if free == 1 else (x0 + 70, x1 - 70)
        reach = abs(across[side] - middle[fixed])
        wanted = np.full(len(on), middle[free])
        known = on < len(offsets)
        far = offsets[on[known]]
        wanted[known] += far[:, free] * reach / np.maximum(np.abs(far[:, fixed]), 1e-9)
        at[on, free] = spaced(wanted, ROOMS[side], low, high)
    return at


def spaced(wanted: Array, room: float, low: float, high: float) -> Array:
    """Positions nearest to those wanted (least squares), ``room`` apart, within low and high."""
    from scipy.optimize import isotonic_regression

    count = len(wanted)
    if count > 1:
        room = min(room, (high - low) / (count - 1))
    order = np.argsort(wanted, kind="stable")
    steps = room * np.arange(count)
    wished = np.clip(wanted[order], low, high) - steps
    fitted = np.asarray(isotonic_regression(wished).x)
    placed = np.empty(count)
    placed[order] = np.clip(fitted, low, max(high - room * (count - 1), low)) + steps
    return placed
