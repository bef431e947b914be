"""The park's own geometry under the flows: land, water, plots, roads, corridors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from circularpark.show.furniture import polygon
from circularpark.show.place import Array, Ground
from circularpark.show.scene import Layers
from circularpark.show.style import Palette

# From the ground up. A layer of another name is drawn as an outline.
_ORDER: Final = ("land", "boundary", "plots", "water", "corridors", "roads")
_ALIASES: Final = {
    "river": "water", "rivers": "water", "lake": "water", "sea": "water", "road": "roads",
    "streets": "roads", "plot": "plots", "parcels": "plots", "buildings": "plots",
    "corridor": "corridors", "park": "boundary", "area": "boundary", "coast": "water",
}  # fmt: skip
_LINE_WIDTH: Final = {"water": 10.0, "roads": 5.0, "corridors": 1.6, "boundary": 1.6, "plots": 1.2}


def underlay(
    layers: Layers, sites: pd.DataFrame, ground: Ground, palette: Palette
) -> list[dict[str, Any]]:
    """Traces from the ground up, clipped to the frame that is to scale."""
    x0, y0, x1, y1 = ground.frame
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]])
    whole = np.array(
        [[0, 0], [ground.width, 0], [ground.width, ground.height], [0, ground.height], [0, 0]]
    )
    on_rim = bool(x0 or y0 or x1 < ground.width or y1 < ground.height)
    traces = [polygon(whole.astype(float), palette.rim if on_rim else palette.land)]
    if on_rim:
        traces.append(polygon(corners, palette.land, palette.plot_edge, 1.2))
    if not ground.metre:
        return traces
    shapes = _by_layer(layers, sites)
    if not {"plots", "roads", "water"} & set(shapes):
        traces.append(_grid(ground, palette))
    frame = box(x0, y0, x1, y1)
    looks = {
        "plots": (palette.plot, palette.plot_edge, 0.8),
        "water": (palette.water, palette.water, 0.0),
        "roads": (palette.road, palette.road, 0.0),
        "corridors": (palette.corridor, palette.corridor, 0.0),
        "boundary": (palette.plot, palette.plot_edge, 1.2),
        "land": (palette.land, palette.plot_edge, 0.0),
    }
    for name in sorted(shapes, key=lambda n: _ORDER.index(n) if n in _ORDER else 1):
        fill, edge, wide = looks.get(name, ("rgba(0,0,0,0)", palette.plot_edge, 1.0))
        points = _outlines(shapes[name], name, ground, frame)
        if len(points):
            traces.append(_holed(points, fill, edge, wide))
    return traces


def _by_layer(layers: Layers, sites: pd.DataFrame) -> dict[str, list[BaseGeometry]]:
    """Geometry by the name it is drawn under; sites that are areas count as plots."""
    found: dict[str, list[BaseGeometry]] = {}
    for name, features in layers.items():
        known = _ALIASES.get(name.lower(), name.lower())
        found.setdefault(known, []).extend(
            g for g, _ in features if g is not None and not g.is_empty
        )
    areas = [
        g for g in sites["geometry"] if getattr(g, "geom_type", "") in ("Polygon", "MultiPolygon")
    ]
    if areas:
        found.setdefault("plots", []).extend(areas)
    return {name: shapes for name, shapes in found.items() if shapes}


def _outlines(shapes: list[BaseGeometry], name: str, ground: Ground, frame: BaseGeometry) -> Array:
    """Rings (P, 2) of one layer on the drawing, parted by NaN; lines become narrow areas."""
    drawn = shapely.transform(np.array(shapes, dtype=object), ground.project)
    flat = shapely.get_dimensions(drawn) < 2
    drawn = drawn[shapely.get_dimensions(drawn) > 0] if flat.any() else drawn
    lines = shapely.get_dimensions(drawn) == 1
    wide = _LINE_WIDTH.get(name, 1.0)
    drawn = np.where(lines, shapely.buffer(drawn, wide / 2, quad_segs=2), drawn)
    clipped = shapely.intersection(shapely.make_valid(drawn), frame)
    joined = shapely.union_all(clipped) if name != "plots" else shapely.geometrycollections(clipped)
    parts = shapely.get_parts(shapely.simplify(shapely.get_parts(joined), 0.4))
    rings: list[Array] = []
    for part in parts[shapely.get_type_id(parts) == 3]:
        turned = shapely.orient_polygons(part)
        rings += [shapely.get_coordinates(r) for r in (turned.exterior, *turned.interiors)]
    if not rings:
        return np.zeros((0, 2))
    gap = np.full((1, 2), np.nan)
    return np.vstack([piece for ring in rings for piece in (ring, gap)])[:-1]


def _holed(points: Array, fill: str, edge: str, wide: float) -> dict[str, Any]:
    trace = polygon(np.nan_to_num(points), fill, edge, wide)
    missing = np.isnan(points[:, 0])
    for axis in ("x", "y"):
        trace[axis] = [None if gone else v for v, gone in zip(trace[axis], missing, strict=True)]
    return trace


def _grid(ground: Ground, palette: Palette) -> dict[str, Any]:
    """A faint grid, so that a park without a base map still has a sense of size."""
    x0, y0, x1, y1 = ground.frame
    from circularpark.show.numbers import nice

    step = nice(180 / ground.metre) * ground.metre
    across = np.arange(x0 + step / 2, x1, step)
    up = np.arange(y0 + step / 2, y1, step)
    x = [v for a in across for v in (round(a, 1), round(a, 1), None)]
    y = [v for _ in across for v in (y0, y1, None)]
    x += [v for _ in up for v in (x0, x1, None)]
    y += [v for b in up for v in (round(b, 1), round(b, 1), None)]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip",
        "line": {"color": palette.plot, "width": 1.2}, "showlegend": False,
    }  # fmt: skip
