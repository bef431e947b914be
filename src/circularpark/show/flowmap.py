"""The flow map: who gives what to whom, as arrows on the park's own ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from circularpark.show import describe
from circularpark.show.amounts import compared, family_scales, with_widths
from circularpark.show.curves import bezier, choose_bends, trimmed
from circularpark.show.drawing import LABEL_SIZE, Drawing
from circularpark.show.labels import LINE, Labels, place_labels, text_width, wrapped
from circularpark.show.numbers import number
from circularpark.show.place import Array, Flags, Placed, place
from circularpark.show.scene import SITE_COLUMNS, Scene, Theme, completed, names
from circularpark.show.style import commodity_colours, outline, palette_of
from circularpark.show.underlay import underlay
from circularpark.words import Language, say

LARGEST_SHOWN: Final = 80
_EDGE: Final = 18.0
_LABEL_WIDTH: Final = 148.0


@dataclass(frozen=True)
class FlowMap:
    """A flow map ready to be shown.

    ``figure`` is plotly's own dict (data, layout), ``index`` tells a page which trace is which
    flow or site, ``flows``, ``sites`` and ``facts`` hold what the table beside the map says.
    """

    figure: dict[str, Any]
    index: dict[str, Any]
    flows: pd.DataFrame
    sites: pd.DataFrame
    facts: list[dict[str, str]]


def draw_flow_map(scene: Scene, lang: Language, theme: Theme = "light") -> str:
    """One HTML page with the flow map of a scene; it opens from a file without a network."""
    from circularpark.show.page import flow_map_page

    return flow_map_page(scene, flow_map(scene, lang, theme), lang, theme)


def flow_map(scene: Scene, lang: Language, theme: Theme = "light") -> FlowMap:
    """The flow map of a scene as plotly's dict, for a page, an app or a picture."""
    palette = palette_of(theme)
    sites, flows, commodities = _named(scene, lang)
    scales = family_scales(flows, scene.scales)
    flows = with_widths(flows, scales)
    radius, supplier = _nodes(len(sites), flows)
    placed = place(sites, radius)
    paths = _paths(flows, placed, radius)
    lines = _label_lines(sites, placed, lang)
    labels = _labels(lines, placed, radius, flows, paths)
    colours = _colours(commodities, theme)
    currency = scene.summary.currency if scene.summary else "CNY"
    facts = describe.facts_of(flows, currency, scene.against, lang)
    present = (flows["change"] != "gone").to_numpy(bool)

    drawing = Drawing(palette, lang)
    drawing.traces += underlay(scene.layers, sites, placed.ground, palette)
    shown: Flags = present & (np.cumsum(present) <= LARGEST_SHOWN)
    drawing.flows(flows, paths, facts, colours, shown)
    drawing.leaders(placed, labels)
    texts = describe.site_hovers(list(sites["name"]), flows, lang)
    drawing.nodes(texts, placed, radius, supplier)
    drawing.labels(lines, labels)
    drawing.strip(scales, placed.ground)
    drawing.remarks(placed, scene.is_schematic)
    drawing.legend(list(commodities["name"]), colours)
    drawing.index |= {
        "commodities": [
            {"name": name, "colour": colour, "edge": outline(colour, palette)}
            for name, colour in zip(commodities["name"], colours, strict=True)
        ],
        "changes": {
            change: {"colour": colour, "edge": outline(colour, palette)}
            for change, colour in palette.changes.items()
        },
        "differs": bool((flows["change"] != "same").any()) or scene.baseline is not None,
        "against": scene.against,
        "shown": max(1, int(shown.sum())),
        "span": placed.ground.width,
    }
    figure = {"data": drawing.traces, "layout": drawing.layout(placed.ground)}
    return FlowMap(figure, drawing.index, flows, sites, facts)


def _named(scene: Scene, lang: Language) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Sites, flows between them, and commodities, all with names in ``lang``."""
    sites = completed(scene.sites, SITE_COLUMNS)
    sites["name"] = names(sites, lang, "show.map.unnamed_site")
    flows = compared(scene.flows, scene.baseline)
    at = {site: row for row, site in enumerate(sites["id"])}
    for end, column in (("source", "from"), ("target", "to")):
        flows[end] = flows[column].map(at).fillna(-1).astype(int)
    inside = (flows["source"] >= 0) & (flows["target"] >= 0)
    flows = flows[inside & (flows["source"] != flows["target"])].reset_index(drop=True)
    called = sites["name"].to_numpy(object)
    for end in ("source", "target"):
        flows[f"{end}_name"] = called[flows[end].to_numpy()]
    commodities = flows.groupby("commodity", as_index=False)[["name_zh", "name_en"]].first()
    commodities["name"] = names(commodities, lang, "show.map.unnamed_commodity")
    order = {commodity: row for row, commodity in enumerate(commodities["commodity"])}
    flows["kind_index"] = flows["commodity"].map(order).astype(int)
    flows["commodity_name"] = commodities["name"].to_numpy(object)[flows["kind_index"].to_numpy()]
    return sites, flows, commodities


def commodity_names(
    flows: pd.DataFrame, lang: Language, theme: Theme
) -> tuple[dict[str, str], dict[str, str]]:
    """Of every commodity that flows, its name in ``lang`` and the colour of its arrows."""
    goods = flows.groupby("commodity", as_index=False)[["name_zh", "name_en"]].first()
    called = names(goods, lang, "show.map.unnamed_commodity")
    colours = _colours(goods, theme)
    ids = [str(name) for name in goods["commodity"]]
    return dict(zip(ids, called, strict=True)), dict(zip(ids, colours, strict=True))


def _colours(commodities: pd.DataFrame, theme: Theme) -> list[str]:
    columns = ["commodity", "name_zh", "name_en"]
    return commodity_colours(list(commodities[columns].itertuples(index=False, name=None)), theme)


def _nodes(count: int, flows: pd.DataFrame) -> tuple[Array, list[bool]]:
    """Radius [drawing units] by throughput, and whether a site sends more than it receives."""
    present = flows[flows["change"] != "gone"]
    out = np.bincount(present["source"], present["width"], count)
    into = np.bincount(present["target"], present["width"], count)
    through = out + into
    largest = max(float(through.max(initial=0.0)), 1e-9)
    # A node is never narrower than an arrow that leaves it.
    widest = np.zeros(count)
    np.maximum.at(widest, present["source"].to_numpy(), present["width"].to_numpy())
    radius = np.maximum(4.5 + 10.5 * np.sqrt(through / largest), widest / 2 + 1.5)
    return radius, list(out > into)


def _paths(flows: pd.DataFrame, placed: Placed, radius: Array) -> list[Array]:
    """The middle line of each flow, from the edge of one node to the edge of the other."""
    source, target = flows["source"].to_numpy(), flows["target"].to_numpy()
    box = (_EDGE, _EDGE, placed.ground.width - _EDGE, placed.ground.height - _EDGE)
    bends = choose_bends(placed.xy, radius, source, target, flows["width"].to_numpy(), box)
    curves = bezier(placed.xy[source], placed.xy[target], bends, 90)
    return [
        trimmed(curve, radius[start] * 0.7, radius[end] + 2.0)
        for curve, start, end in zip(curves, source, target, strict=True)
    ]


def _label_lines(sites: pd.DataFrame, placed: Placed, lang: Language) -> list[list[str]]:
    """The lines of each label: the name, and how far a site on the rim lies."""
    lines = [wrapped(str(name), _LABEL_WIDTH, LABEL_SIZE) for name in sites["name"]]
    for row in np.flatnonzero(placed.rim):
        far = say("show.map.kilometres", lang, number=number(float(placed.km[row]), 2))
        lines[row].append(say("show.map.no_position", lang) if placed.unknown[row] else far)
    return lines


def _labels(
    lines: list[list[str]], placed: Placed, radius: Array, flows: pd.DataFrame, paths: list[Array]
) -> Labels:
    wide = [max(text_width(words, LABEL_SIZE) for words in one) for one in lines]
    high = [len(one) * LINE * LABEL_SIZE for one in lines]
    strokes = [np.zeros((0, 4))]
    for path, width in zip(paths, flows["width"], strict=True):
        step = np.hypot(*np.diff(path, axis=0).T).mean()
        strokes.append(np.column_stack([path, *np.full((2, len(path)), [[width / 2], [step]])]))
    bounds = (6.0, 4.0, placed.ground.width - 6, placed.ground.height - 4)
    size = np.column_stack([wide, high])
    return place_labels(placed.xy, radius, size, np.vstack(strokes), bounds, -radius)
