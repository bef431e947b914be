"""Line charts as plain SVG: axes with units, direct labels that keep clear of one another.

A chart is text that any browser, printer and slide shows alike: no script, nothing fetched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from circularpark.show.labels import text_width
from circularpark.show.numbers import nice, number
from circularpark.show.sheet import SIZE, Box, Sheet
from circularpark.show.style import Palette

Array = NDArray[np.float64]

_TICKS: Final = 5
_CLEAR: Final = 4.0
# Where a label may stand around its point: right, left, above, below, and between.
_AROUND: Final = (
    (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0),
    (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8),
)  # fmt: skip


@dataclass
class Axis:
    """One axis: the range of its data, and the pixels that it covers."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float | Array) -> Array:
        """Pixels of values."""
        share = (np.asarray(value, dtype=float) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values within the range."""
        step = nice((self.high - self.low) / _TICKS * 1.9)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [count * step for count in range(first, last + 1)]


@dataclass
class Chart(Sheet):
    """A sheet with two axes; ``ink`` are points on its lines, which labels keep clear of."""

    x: Axis = field(kw_only=True)
    y: Axis = field(kw_only=True)
    ink: list[Array] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        palette: Palette,
        across: tuple[float, float],
        upward: tuple[float, float],
        *,
        width: float = 640.0,
        height: float = 420.0,
        room: tuple[float, float, float, float] = (62.0, 30.0, 56.0, 26.0),
    ) -> Chart:
        """A chart over these ranges; ``room`` is left, top, bottom and right of the plot."""
        left, top, bottom, right = room
        x = Axis(*_wide(across), left, width - right)
        y = Axis(*_wide(upward), height - bottom, top)
        return cls(palette, width, height, x=x, y=y)

    def axes(self, across: str, upward: str, ends: tuple[str, str] = ("", "")) -> None:
        """Grid, ticks with numbers, and what the axes count with its unit.

        ends : what lies at the left and right end of the horizontal axis
        """
        p, right, bottom = self.palette, self.x.end, self.y.start
        for tick in self.y.ticks():
            y = float(self.y.at(tick))
            self.stroke(self.x.start, y, right, y, p.border, 1.0)
            self.write(self.x.start - 8, y, _tick(tick), p.muted, anchor="end", halo=False)
        for tick in self.x.ticks():
            x = float(self.x.at(tick))
            self.stroke(x, bottom, x, self.y.end, p.border, 1.0)
            self.write(x, bottom + 16, _tick(abs(tick)), p.muted, anchor="middle", halo=False)
        self.stroke(self.x.start, bottom, right, bottom, p.muted, 1.2)
        middle = (self.x.start + right) / 2
        self.write(middle, bottom + 40, across, p.text, anchor="middle", size=SIZE)
        for x, words, anchor in ((self.x.start, ends[0], "start"), (right, ends[1], "end")):
            if words:
                self.write(x, bottom + 40, words, p.text, anchor=anchor, size=SIZE)
        self.write(self.x.start - 48, self.y.end - 16, upward, p.text, size=SIZE)

    def line(self, x: Array, y: Array, colour: str, wide: float = 2.6, dash: str = "") -> None:
        """A line through data points."""
        px, py = self.x.at(x), self.y.at(y)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(px, py, strict=True))
        style = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{wide}"'
            f' stroke-linejoin="round" stroke-linecap="round"{style}/>'
        )
        self.ink.append(_dense(px, py))

    def area(self, x: Array, y: Array, colour: str, opacity: float) -> None:
        """A filled polygon of data points."""
        pairs = zip(self.x.at(x), self.y.at(y), strict=True)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in pairs)
        self.parts.append(f'<polygon points="{points}" fill="{colour}" opacity="{opacity}"/>')

    def bar(self, x0: float, x1: float, y: float, high: float, colour: str) -> None:
        """A horizontal bar between two data values at a height in pixels."""
        left, right = sorted((float(self.x.at(x0)), float(self.x.at(x1))))
        self.parts.append(
            f'<rect x="{left:.1f}" y="{y - high / 2:.1f}" width="{max(right - left, 1):.1f}"'
            f' height="{high:.1f}" rx="2" fill="{colour}"/>'
        )
        self.taken.append((left, y - high / 2, right, y + high / 2))

    def dot(self, x: float, y: float, colour: str) -> None:
        """A small disc at a data point."""
        px, py = float(self.x.at(x)), float(self.y.at(y))
        self.parts.append(
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4.5" fill="{self.palette.card}"'
            f' stroke="{colour}" stroke-width="2.2"/>'
        )
        self.taken.append((px - 5, py - 5, px + 5, py + 5))

    def label(self, points: Array, words: str, colour: str, *, weight: str = "bold") -> None:
        """A label beside one of several data points (N, 2), where it covers least.

        A thin line leads to it where no place next to a point is free.
        """
        wide, high = text_width(words, SIZE) + 4, SIZE * 1.5
        ink = np.vstack(self.ink) if self.ink else np.zeros((0, 2))
        best: tuple[float, Box, tuple[float, float]] | None = None
        for point in points:
            px, py = float(self.x.at(point[0])), float(self.y.at(point[1]))
            for far in (8.0, 22.0, 44.0, 70.0):
                for right, down in _AROUND:
                    x = px + right * far + (right - 1) * wide / 2
                    y = py + down * far - high / 2
                    box = (x, y, x + wide, y + high)
                    cost = self._cost(box, ink) + far * 0.12 + (abs(right * down) > 0) * 0.3
                    if best is None or cost < best[0]:
                        best = (cost, box, (px, py))
        if best is None:
            return
        _, (left, top, right_end, bottom), (px, py) = best
        middle = (top + bottom) / 2
        near_x, near_y = min(max(px, left), right_end), min(max(py, top), bottom)
        if math.hypot(near_x - px, near_y - py) > 12:
            self.stroke(px, py, near_x, near_y, self.palette.muted, 0.9)
        self.write(left + 2, middle, words, colour, size=SIZE, weight=weight)

    def _cost(self, box: Box, ink: Array) -> float:
        left, top, right, bottom = box
        outside = (
            max(0.0, self.x.start - left) + max(0.0, right - self.width + 4)
            + max(0.0, self.y.end - top) + max(0.0, bottom - self.y.start)
        )  # fmt: skip
        covered = 0.0
        for other in self.taken:
            across = min(right, other[2] + _CLEAR) - max(left, other[0] - _CLEAR)
            down = min(bottom, other[3] + 1) - max(top, other[1] - 1)
            covered += max(across, 0.0) * max(down, 0.0)
        inside = (
            (ink[:, 0] > left - 3) & (ink[:, 0] < right + 3)
            & (ink[:, 1] > top - 1) & (ink[:, 1] < bottom + 1)
        ).sum()  # fmt: skip
        return outside * 50 + covered * 4 + float(inside) * 2

    def rule(self, y: float, colour: str, dash: str = "5 4") -> None:
        """A dashed line across the plot at a data value."""
        self.line(np.array([self.x.low, self.x.high]), np.array([y, y]), colour, 1.2, dash)

    def post(self, x: float, colour: str, dash: str = "5 4") -> None:
        """A dashed line up the plot at a data value."""
        self.line(np.array([x, x]), np.array([self.y.low, self.y.high]), colour, 1.2, dash)


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Heights next to the wanted ones that keep ``apart`` from one another, in the same order."""
    order = np.argsort(np.asarray(wanted), kind="stable")
    placed = np.asarray(wanted, dtype=float)[order]
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + apart)
    if len(placed) and placed[-1] > high:
        placed[-1] = high
        for place in range(len(placed) - 2, -1, -1):
            placed[place] = min(placed[place], placed[place + 1] - apart)
    found = np.empty(len(placed))
    found[order] = np.maximum(placed, low)
    return [float(value) for value in found]


def _tick(value: float) -> str:
    return number(round(value, 9), 6)


def _wide(ends: tuple[float, float]) -> tuple[float, float]:
    """A range that is more than a point."""
    low, high = ends
    return (low, high) if high - low > 1e-12 * max(abs(high), 1.0) else (low - 1.0, high + 1.0)


def _dense(x: Array, y: Array) -> Array:
    """Points every few pixels along a line."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    steps = np.linspace(0.0, length[-1], max(2, int(length[-1] / 6)))
    return np.column_stack([np.interp(steps, length, x), np.interp(steps, length, y)])
