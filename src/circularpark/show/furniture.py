"""What stands in the strip under the map: sample arrows, node signs, north arrow, scale bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from circularpark.show.amounts import FULL_WIDTH
from circularpark.show.curves import arrow
from circularpark.show.numbers import nice, number
from circularpark.show.place import Array, Ground
from circularpark.show.style import FONT, Palette
from circularpark.words import Language, say

_LEFT: Final = 22.0
_MIDDLE: Final = 73.0
_TEXT: Final = 41.0
# The line of remarks stands below everything else.
REMARKS: Final = 14.0
_SHARES: Final = {1: (0.1, 0.4, 1.0), 2: (0.1, 0.4, 1.0), 3: (0.15, 1.0), 4: (0.15, 1.0)}


def polygon(
    points: Array, fill: str, line: str = "rgba(0,0,0,0)", wide: float = 0.0
) -> dict[str, Any]:
    """A filled polygon as a trace without hover."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [round(float(x), 1) for x in points[:, 0]],
        "y": [round(float(y), 1) for y in points[:, 1]],
        "fill": "toself",
        "fillcolor": fill,
        "line": {"color": line, "width": wide},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def text(
    x: float, y: float, words: str, colour: str, size: float = 12, **more: Any
) -> dict[str, Any]:
    """A text of the strip as an annotation."""
    return {
        "x": round(x, 1), "y": round(y, 1), "xref": "x2", "yref": "y2", "text": words,
        "showarrow": False, "font": {"size": size, "color": colour, "family": FONT},
        "xanchor": "center", "yanchor": "middle", "borderpad": 0, **more,
    }  # fmt: skip


def circle(x: float, y: float, radius: float) -> Array:
    """A circle as a closed polygon of 33 points."""
    turn = np.linspace(0, 2 * np.pi, 33)
    return np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])


def strip(
    ground: Ground, scales: Mapping[str, float], palette: Palette, lang: Language
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """Traces, annotations, and what the page needs to keep them true while zooming.

    The last part: ``scale`` = {bar, label (of the annotations), x1, metre} and
    ``samples`` = [[annotation, quantity, unit], ...] at zoom 1.
    """
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    samples: list[list[Any]] = []
    x = _LEFT
    shares = _SHARES.get(len(scales), (1.0,))
    for family, full in list(scales.items())[:8]:
        for share in shares:
            quantity = nice(full * share)
            wide = FULL_WIDTH * quantity / full
            path = np.column_stack([np.linspace(x, x + 50, 12), np.full(12, _MIDDLE)])
            traces.append(polygon(arrow(path, max(wide, 0.8)), palette.sample))
            samples.append([len(notes), quantity, family])
            notes.append(text(x + 25, _TEXT, f"{number(quantity)} {family}", palette.text, 11))
            x += 72
        x += 18
    for key, filled in (("supplier", True), ("receiver", False)):
        fill = palette.node if filled else palette.node_hollow
        traces.append(polygon(circle(x + 8, _MIDDLE, 8), fill, palette.node, 1.6))
        notes.append(text(x + 8, _TEXT, say(f"show.map.{key}", lang), palette.text, 11))
        x += 84
    zoom: dict[str, Any] = {"samples": samples, "scale": None}
    if ground.metre:
        zoom["scale"] = _scale_bar(ground, palette, lang, traces, notes)
    return traces, notes, zoom


def _scale_bar(
    ground: Ground, palette: Palette, lang: Language, traces: list[Any], notes: list[Any]
) -> dict[str, Any]:
    metres = nice(190 / ground.metre)
    x1 = ground.width - 28
    x0 = x1 - metres * ground.metre
    needle = np.array([[0, 13], [7, -9], [0, -4], [-7, -9], [0, 13]], float)
    needle += (ground.width - 262, _MIDDLE)
    traces.append(polygon(needle, palette.text))
    notes.append(text(ground.width - 262, _TEXT, say("show.map.north", lang), palette.text, 11))
    bar = polygon(
        np.array([[x0, _MIDDLE + 6], [x0, _MIDDLE - 2], [x1, _MIDDLE - 2], [x1, _MIDDLE + 6]]),
        palette.text,
    )
    bar |= {"fill": "none", "line": {"color": palette.text, "width": 1.8}}
    traces.append(bar)
    notes.append(text((x0 + x1) / 2, _TEXT, distance(metres, lang), palette.text, 11))
    return {"bar": len(traces) - 1, "label": len(notes) - 1, "x1": x1, "metre": ground.metre}


def distance(metres: float, lang: Language) -> str:
    """A distance in metres or kilometres, as the language writes it."""
    unit, size = ("kilometres", 1000.0) if metres >= 1000 else ("metres", 1.0)
    return say(f"show.map.{unit}", lang, number=number(metres / size))
