"""Labels that cover neither nodes nor one another, and arrows as little as can be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LINE: Final = 1.3
# A bracket with what it holds, one wide character with what may not start a line, or a word with
# the space after it.
_WORD: Final = re.compile(
    r"（[^）]{1,9}）|[（(]?[\u3000-\u9fff\uff00-\uffef][）)，。、]?|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+"
)
_GAP: Final = 3.0
# Direction, how much the place is liked less than the one below, and the horizontal anchor.
_PLACES: Final = (
    (0.0, -1.0, 0.0, "center"),
    (0.0, 1.0, 0.5, "center"),
    (1.0, 0.0, 0.7, "left"),
    (-1.0, 0.0, 0.7, "right"),
    (0.72, -0.72, 0.8, "left"),
    (-0.72, -0.72, 0.8, "right"),
    (0.72, 0.72, 1.1, "left"),
    (-0.72, 0.72, 1.1, "right"),
    (0.4, -0.92, 0.6, "center"),
    (-0.4, -0.92, 0.6, "center"),
    (0.4, 0.92, 0.9, "center"),
    (-0.4, 0.92, 0.9, "center"),
)
_STEPS: Final = (0.0, 12.0, 26.0)


@dataclass(frozen=True)
class Labels:
    """Middle of each label (N, 2), its half size (N, 2), and whether it needs a leader line.

    ``toward`` (N, 2) is -1, 0 or 1: on which side of its node the label stands wholly;
    ``anchor`` (N, 2) is the point of the label's edge that faces the node.
    """

    xy: Array
    half: Array
    leader: NDArray[np.bool_]
    toward: Array
    anchor: Array


def text_width(text: str, size: float) -> float:
    """Width of a text [drawing units] at a font size: a full em for wide characters."""
    ems = sum(
        1.02 if unicodedata.east_asian_width(c) in "WF" else 0.68 if c.isupper() else 0.58
        for c in text
    )
    return ems * size


def wrapped(text: str, limit: float, size: float) -> list[str]:
    """A text in as few lines of even length as keep each within ``limit``, cut between words.

    Chinese text is cut between characters, best before a bracket.
    """
    if text_width(text, size) <= limit:
        return [text]
    name, bracket, rest = text.partition("（")
    if bracket and name and max(text_width(t, size) for t in (name, bracket + rest)) <= limit:
        return [name, bracket + rest]
    words = [piece for word in _WORD.findall(text) for piece in _pieces(word, limit, size)]
    fewest = len(_filled(words, limit, size))
    narrowest = text_width(text, size) / fewest
    for width in np.linspace(narrowest, limit, 12):
        lines = _filled(words, float(width), size)
        if len(lines) <= fewest:
            return lines
    return _filled(words, limit, size)


def _pieces(word: str, limit: float, size: float) -> list[str]:
    """A bracket that is too long for a line, character by character; any other word whole."""
    if word.startswith("（") and len(word) > 3 and text_width(word, size) > limit:
        return [word[:2], *word[2:-2], word[-2:]]
    return [word]


def _filled(words: list[str], width: float, size: float) -> list[str]:
    """Words set line by line, a line taking what fits."""
    lines = [""]
    for word in words:
        if lines[-1] and text_width((lines[-1] + word).rstrip(), size) > width:
            lines.append(word)
        else:
            lines[-1] += word
    return [line.strip() for line in lines]


def place_labels(
    xy: Array, radius: Array, size: Array, strokes: Array, bounds: tuple[float, ...], rank: Array
) -> Labels:
    """Choose a place for each label, the most important (lowest ``rank``) first, then improve.

    Parameters
    ----------
    xy, radius, size : nodes (N, 2), (N,), and the labels' width and height (N, 2).
    strokes : (M, 4) points on arrows: x, y, half width, length of arrow the point stands for.
    bounds : x0, y0, x1, y1 the labels must stay inside.
    """
    count = len(xy)
    if not count:
        nothing = np.zeros((0, 2))
        return Labels(nothing, nothing, np.zeros(0, dtype=bool), nothing, nothing)
    half = size / 2
    middles, liked = _candidates(xy, radius, half)
    fixed = (
        liked
        + 40.0 * _over_nodes(middles, half, xy, radius)
        + _over_strokes(middles, half, strokes)
        + 400.0 * _beyond(middles, half, bounds)
    )
    chosen = np.full(count, -1)
    for _ in range(4):
        before = chosen.copy()
        for label in np.argsort(rank, kind="stable"):
            others = np.flatnonzero((chosen >= 0) & (np.arange(count) != label))
            placed = middles[others, chosen[others]]
            reach = half[label] + half[others] + 2.0
            apart = np.abs(middles[label][:, None, :] - placed[None, :, :])
            shared = np.maximum(reach[None] - apart, 0.0).prod(axis=2).sum(axis=1)
            hit = (shared > 0) * 30.0 + shared / 10.0
            chosen[label] = int(np.argmin(fixed[label] + hit))
        if (before == chosen).all():
            break
    rows = np.arange(count)
    middle = middles[rows, chosen]
    toward = np.where(np.abs(middle - xy) >= half, np.sign(middle - xy), 0.0)
    return Labels(middle, half, chosen >= len(_PLACES), toward, middle - toward * half)


def _candidates(xy: Array, radius: Array, half: Array) -> tuple[Array, Array]:
    """Middles (N, K, 2) of every place a label may take, and how little each is liked (K,)."""
    middles, liked = [], []
    for step, far in enumerate(_STEPS):
        for right, up, cost, anchor in _PLACES:
            reach = radius + _GAP + far
            shift = {"left": 1.0, "right": -1.0, "center": 0.0}[anchor]
            sideways = half[:, 0] * shift
            upright = half[:, 1] * up if anchor == "center" else half[:, 1] * up * 0.5
            if anchor == "center" and right:
                sideways = half[:, 0] * np.sign(right) * 0.55
            slant = reach * right if anchor != "center" else np.zeros(len(xy))
            middles.append(
                np.column_stack([xy[:, 0] + slant + sideways, xy[:, 1] + reach * up + upright])
            )
            liked.append(cost + 1.6 * step)
    return np.stack(middles, axis=1), np.array(liked)


def _over_nodes(middles: Array, half: Array, xy: Array, radius: Array) -> Array:
    """How many nodes (N, K) each place touches."""
    apart = np.abs(middles[:, :, None, :] - xy[None, None, :, :]) - half[:, None, None, :]
    outside = np.hypot(*np.moveaxis(np.maximum(apart, 0.0), 3, 0))
    return np.asarray((outside < radius[None, None, :] + 1.5).sum(axis=2), dtype=float)


def _over_strokes(middles: Array, half: Array, strokes: Array) -> Array:
    """Arrow area (N, K) under each place, a thin line counting little, a wide one much."""
    if not len(strokes):
        return np.zeros(middles.shape[:2])
    covered = np.empty(middles.shape[:2])
    cost = strokes[:, 3] * (0.035 + strokes[:, 2] * 0.035)
    for place in range(middles.shape[1]):
        apart = np.abs(middles[:, place, None, :] - strokes[None, :, :2])
        inside = (apart < half[:, None, :] + strokes[None, :, 2:3] * 0.8).all(axis=2)
        covered[:, place] = inside @ cost
    return covered


def _beyond(middles: Array, half: Array, bounds: tuple[float, ...]) -> Array:
    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    out = (middles - half[:, None] < low) | (middles + half[:, None] > high)
    return np.asarray(out.any(axis=2), dtype=float)
