"""The flow map: who gives what to whom, as arrows on the park's own ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from circularpark.show import describe
from circularpark.show.drawing import Drawing
from circularpark.show.layout import MOST_ALONE, Layout, lay_out
from circularpark.show.place import Flags
from circularpark.show.scene import Scene, Theme, names
from circularpark.show.style import commodity_colours, outline, palette_of
from circularpark.show.underlay import underlay
from circularpark.show.zones import Zones, zone_layout
from circularpark.words import Language

LARGEST_SHOWN: Final = 80


@dataclass(frozen=True)
class FlowMap:
    """A flow map ready to be shown.

    ``figure`` is plotly's own dict (data, layout), ``index`` tells a page which trace is which
    flow or site, ``flows``, ``sites`` and ``facts`` hold what the table beside the map says;
    ``layout`` and ``zones`` where everything lies, of the sites and of whole zones.
    """

    figure: dict[str, Any]
    index: dict[str, Any]
    flows: pd.DataFrame
    sites: pd.DataFrame
    facts: list[dict[str, str]]
    layout: Layout
    zones: Zones | None


def draw_flow_map(scene: Scene, lang: Language, theme: Theme | None = None) -> str:
    """One HTML page with the flow map of a scene; it opens from a file without a network.

    theme : how it looks at first; None follows the reader's system
    """
    from circularpark.show.page import flow_map_page

    return flow_map_page(scene, flow_map(scene, lang, theme or "light"), lang, theme)


def flow_map(scene: Scene, lang: Language, theme: Theme = "light") -> FlowMap:
    """The flow map of a scene as plotly's dict, for a page, an app or a picture."""
    laid = lay_out(scene, lang)
    return drawn_map(scene, laid, zone_layout(scene, laid, lang), lang, theme)


def drawn_map(
    scene: Scene, laid: Layout, zones: Zones | None, lang: Language, theme: Theme
) -> FlowMap:
    """The drawing of a layout in a theme."""
    palette = palette_of(theme)
    flows, ground = laid.flows, laid.placed.ground
    colours = _colours(laid.commodities, scene, theme)
    currency = scene.summary.currency if scene.summary else "CNY"
    facts = describe.facts_of(flows, currency, scene.against, lang)
    present = (flows["change"] != "gone").to_numpy(bool)
    shown: Flags = present & (np.cumsum(present) <= LARGEST_SHOWN)

    drawing = Drawing(palette, lang)
    drawing.traces += underlay(scene.layers, laid.sites, ground, palette)
    drawing.flows(laid, facts, colours, shown)
    if zones:
        drawing.zone_flows(zones, colours, currency, scene.against)
    drawing.movement()
    drawing.leaders(laid.placed, laid.labels)
    drawing.nodes(describe.site_hovers(list(laid.sites["name"]), flows, lang), laid)
    drawing.labels(laid.lines, laid.labels)
    if zones:
        drawing.zone_nodes(zones)
    drawing.strip(laid.scales, ground)
    drawing.remarks(laid.placed, scene.is_schematic)
    drawing.legend(list(laid.commodities["name"]), colours)
    drawing.index |= {
        "commodities": [
            {"name": name, "colour": colour, "edge": outline(colour, palette)}
            for name, colour in zip(laid.commodities["name"], colours, strict=True)
        ],
        "changes": {
            change: {"colour": colour, "edge": outline(colour, palette)}
            for change, colour in palette.changes.items()
        },
        "differs": bool((flows["change"] != "same").any()) or scene.baseline is not None,
        "against": scene.against,
        "shown": max(1, int(shown.sum())),
        "alone": MOST_ALONE,
        "span": ground.width,
    }
    figure = {"data": drawing.traces, "layout": drawing.layout(ground)}
    return FlowMap(figure, drawing.index, flows, laid.sites, facts, laid, zones)


def _colours(commodities: pd.DataFrame, scene: Scene, theme: Theme) -> list[str]:
    """The colour of each commodity that flows, among all that share a set of colours."""
    columns = ["commodity", "name_zh", "name_en"]
    own = list(commodities[columns].itertuples(index=False, name=None))
    known = {name for name, *_ in scene.goods}
    goods = [*scene.goods, *(one for one in own if one[0] not in known)]
    colours = dict(zip([one[0] for one in goods], commodity_colours(goods, theme), strict=True))
    return [colours[name] for name in commodities["commodity"]]


def commodity_names(
    flows: pd.DataFrame, lang: Language, theme: Theme
) -> tuple[dict[str, str], dict[str, str]]:
    """Of every commodity that flows, its name in ``lang`` and the colour of its arrows."""
    goods = flows.groupby("commodity", as_index=False)[["name_zh", "name_en"]].first()
    called = names(goods, lang, "show.map.unnamed_commodity")
    columns = ["commodity", "name_zh", "name_en"]
    colours = commodity_colours(list(goods[columns].itertuples(index=False, name=None)), theme)
    ids = [str(name) for name in goods["commodity"]]
    return dict(zip(ids, called, strict=True)), dict(zip(ids, colours, strict=True))
