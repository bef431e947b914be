"""The flow map: who gives what to whom, as arrows on the park's own ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from circularpark.show import describe
from circularpark.show.amounts import compared, family_scales, with_widths
from circularpark.show.curves import arrow, bezier, choose_bends, trimmed
from circularpark.show.furniture import circle, polygon, strip
from circularpark.show.labels import LINE, Labels, place_labels, text_width
from circularpark.show.numbers import number
from circularpark.show.place import STRIP, Array, Placed, place
from circularpark.show.scene import SITE_COLUMNS, Scene, Theme, completed, names
from circularpark.show.style import FONT, commodity_colours, outline, palette_of
from circularpark.show.underlay import underlay
from circularpark.words import Language, say

LARGEST_SHOWN: Final = 80
_THIN: Final = 8.0
_LEAST_WIDTH: Final = 0.9
_LABEL_SIZE: Final = 12.5


@dataclass(frozen=True)
class FlowMap:
    """A flow map ready to be shown.

    ``figure`` is plotly's own dict (data, layout), ``index`` tells a page which trace is which
    flow or site, ``flows`` and ``sites`` hold what the table beside the map says.
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
    sites, flows, commodities = _named(scene, lang)
    scales = family_scales(flows, scene.scales)
    flows = with_widths(flows, scales)
    radius, supplier = _nodes(len(sites), flows)
    placed = place(sites, radius)
    palette = palette_of(theme)
    paths = _paths(flows, placed, radius)
    notes = _site_notes(placed, lang)
    labels = _labels(sites, notes, placed, radius, flows, paths)
    colours = commodity_colours(list(commodities[["id", "name_zh", "name_en"]].itertuples(index=False, name=None)), theme)
    has_baseline = scene.baseline is not None
    differs = has_baseline or bool((flows["change"] != "same").any())
    currency = scene.summary.currency if scene.summary else "CNY"
    pairs = describe.facts_frame(flows, currency, lang, has_baseline)
    drawing = _Drawing([], [], {"sites": [], "flows": []})
    drawing.traces += underlay(scene.layers, sites, placed.ground, palette)
    _draw_flows(drawing, flows, paths, pairs, colours, theme, lang)
    _draw_nodes(drawing, sites, notes, flows, placed, radius, supplier, theme, lang)
    _draw_labels(drawing, sites, notes, labels, placed, radius, theme)
    _draw_strip(drawing, scales, placed, theme, lang)
    drawing.notes += _remarks(scene, placed, theme, lang)
    drawing.index |= {
        "commodities": [
            {"name": name, "colour": colour, "edge": outline(colour, palette)}
            for name, colour in zip(commodities["name"], colours, strict=True)
        ],
        "changes": {c: {"colour": v, "edge": outline(v, palette)} for c, v in palette.changes.items()},
        "differs": differs,
        "shown": min(LARGEST_SHOWN, int((flows["change"] != "gone").sum()) or len(flows)),
        "span": placed.ground.width,
    }
    _draw_legend(drawing, commodities["name"], colours, palette.text)
    layout = _layout(placed, theme, drawing.notes)
    return FlowMap({"data": drawing.traces, "layout": layout}, drawing.index, flows, sites, pairs)


@dataclass
class _Drawing:
    """What is drawn so far."""

    traces: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    index: dict[str, Any]


def _named(scene: Scene, lang: Language) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Sites, flows between them, and commodities in order of size, all with names in ``lang``."""
    sites = completed(scene.sites, SITE_COLUMNS)
    sites["name"] = names(sites, lang, say("show.map.unnamed_site", lang, number="{number}"))
    flows = compared(scene.flows, scene.baseline)
    at = {site: row for row, site in enumerate(sites["id"])}
    flows["source"] = flows["from"].map(at)
    flows["target"] = flows["to"].map(at)
    flows = flows[flows["source"].notna() & flows["target"].notna() & (flows["source"] != flows["target"])]
    flows = flows.astype({"source": int, "target": int}).reset_index(drop=True)
    for end in ("source", "target"):
        flows[f"{end}_name"] = sites["name"].to_numpy()[flows[end]]
    commodities = flows.groupby("commodity", sort=False, as_index=False)[["name_zh", "name_en"]].first()
    commodities = commodities.rename(columns={"commodity": "id"})
    commodities["name"] = names(commodities, lang, say("show.map.unnamed_commodity", lang, number="{number}"))
    flows["kind_index"] = flows["commodity"].map({c: i for i, c in enumerate(commodities["id"])}).astype(int)
    flows["commodity_name"] = commodities["name"].to_numpy()[flows["kind_index"]]
    return sites, flows, commodities


def _nodes(count: int, flows: pd.DataFrame) -> tuple[Array, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Radius [drawing units] by throughput, and whether a site sends more than it receives."""
    present = flows[flows["change"] != "gone"]
    out = np.bincount(present["source"], present["width"], count)
    into = np.bincount(present["target"], present["width"], count)
    through = out + into
    largest = through.max() if count and through.max() > 0 else 1.0
    return 4.5 + 10.5 * np.sqrt(through / largest), out > into


def _paths(flows: pd.DataFrame, placed: Placed, radius: Array) -> list[Array]:
    """The middle line of each flow, from the edge of one node to the edge of the other."""
    source, target = flows["source"].to_numpy(), flows["target"].to_numpy()
    ground = placed.ground
    box = (18.0, 18.0, ground.width - 18, ground.height - 18)
    bends = choose_bends(placed.xy, radius, source, target, flows["width"].to_numpy(), box)
    curves = bezier(placed.xy[source], placed.xy[target], bends, 90)
    return [
        trimmed(curve, radius[s] * 0.7, radius[t] + 2.0)
        for curve, s, t in zip(curves, source, target, strict=True)
    ]


def _site_notes(placed: Placed, lang: Language) -> list[list[str]]:
    """A second line under a site's name: how far a site on the rim lies, or that nobody knows."""
    notes: list[list[str]] = []
    for rim, unknown, km in zip(placed.rim, placed.unknown, placed.km, strict=True):
        if unknown and placed.ground.metre:
            notes.append([say("show.map.no_position", lang)])
        elif rim:
            notes.append([say("show.map.distance", lang, km=number(km, 2))])
        else:
            notes.append([])
    return notes


def _labels(
    sites: pd.DataFrame, notes: list[list[str]], placed: Placed, radius: Array,
    flows: pd.DataFrame, paths: list[Array],
) -> Labels:  # fmt: skip
    lines = [[name, *more] for name, more in zip(sites["name"], notes, strict=True)]
    size = np.array(
        [[max(text_width(t, _LABEL_SIZE) for t in one), len(one) * LINE * _LABEL_SIZE] for one in lines]
    ).reshape(-1, 2)
    steps = [np.hypot(*np.diff(path, axis=0).T).mean() for path in paths]
    strokes = [
        np.column_stack([path, np.full(len(path), wide / 2), np.full(len(path), step)])
        for path, wide, step in zip(paths, flows["width"], steps, strict=True)
    ]
    ground = placed.ground
    bounds = (6.0, 4.0, ground.width - 6, ground.height - 4)
    every = np.vstack(strokes) if strokes else np.zeros((0, 4))
    return place_labels(placed.xy, radius, size, every, bounds, -radius)


def _draw_flows(
    drawing: _Drawing, flows: pd.DataFrame, paths: list[Array], pairs: list[dict[str, str]],
    colours: list[str], theme: Theme, lang: Language,
) -> None:  # fmt: skip
    """Arrows, the large ones first; then unseen wider bands that make thin arrows easy to hit."""
    palette = palette_of(theme)
    thin: list[tuple[int, dict[str, Any]]] = []
    for row, (path, pair) in enumerate(zip(paths, pairs, strict=True)):
        flow = flows.iloc[row]
        colour = colours[flow["kind_index"]]
        wide = float(flow["width"])
        edge = min(1.4, 0.25 + wide / 8) if wide > 1.2 else 0.0
        trace = polygon(arrow(path, max(wide, _LEAST_WIDTH)), colour, outline(colour, palette), edge)
        start, end = flow["source_name"], flow["target_name"]
        text = describe.hover(f"{start} → {end}", flow["commodity_name"], list(pair.items()), lang)
        look = _hoverable(text, colour, theme)
        entry = {"t": len(drawing.traces), "h": -1, "from": int(flow["source"]), "to": int(flow["target"]),
                 "c": int(flow["kind_index"]), "d": flow["change"], "o": 1.0 if wide > 1.6 else 0.75}  # fmt: skip
        trace["opacity"] = entry["o"]
        trace["visible"] = bool(row < LARGEST_SHOWN and flow["change"] != "gone")
        if wide < _THIN:
            band = polygon(arrow(path, _THIN + 1, head=False), "rgba(0,0,0,0)")
            thin.append((row, band | look | {"visible": trace["visible"]}))
        else:
            trace |= look
        drawing.traces.append(trace)
        drawing.index["flows"].append(entry)
    for row, band in thin:
        drawing.index["flows"][row]["h"] = len(drawing.traces)
        drawing.traces.append(band)


def _hoverable(text: str, colour: str, theme: Theme) -> dict[str, Any]:
    palette = palette_of(theme)
    label = {"bgcolor": palette.card, "bordercolor": colour, "align": "left",
             "font": {"family": FONT, "size": 13, "color": palette.text}}  # fmt: skip
    return {"text": text, "hoverinfo": "text", "hoveron": "fills", "hoverlabel": label}


def _draw_nodes(
    drawing: _Drawing, sites: pd.DataFrame, notes: list[list[str]], flows: pd.DataFrame,
    placed: Placed, radius: Array, supplier: Any, theme: Theme, lang: Language,
) -> None:  # fmt: skip
    palette = palette_of(theme)
    for row, name in enumerate(sites["name"]):
        x, y = placed.xy[row]
        fill = palette.node if supplier[row] else palette.node_hollow
        trace = polygon(circle(x, y, radius[row]), fill, palette.node, 1.8)
        trace |= _hoverable(describe.site_hover(name, notes[row], flows, row, lang), palette.node, theme)
        drawing.index["sites"].append({"t": len(drawing.traces), "name": name})
        drawing.traces.append(trace)


def _draw_labels(
    drawing: _Drawing, sites: pd.DataFrame, notes: list[list[str]], labels: Labels,
    placed: Placed, radius: Array, theme: Theme,
) -> None:  # fmt: skip
    palette = palette_of(theme)
    halo = ",".join(f"{x}px {y}px 1.5px {palette.halo}" for x, y in
                    ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1.6), (0, -1.6), (1.6, 0), (-1.6, 0)))  # fmt: skip
    font = {"size": _LABEL_SIZE, "color": palette.text, "family": FONT, "shadow": halo}
    for row, name in enumerate(sites["name"]):
        if labels.leader[row]:
            ends = np.vstack([placed.xy[row], labels.xy[row]])
            line = polygon(ends, "none", palette.muted, 0.8)
            drawing.traces.insert(drawing.index["sites"][0]["t"], line)
            for site in drawing.index["sites"]:
                site["t"] += 1
        words = "<br>".join(describe.plotly_text(part) for part in (name, *notes[row]))
        drawing.index["sites"][row]["a"] = len(drawing.notes)
        drawing.notes.append({
            "x": round(float(labels.xy[row, 0]), 1), "y": round(float(labels.xy[row, 1]), 1),
            "xref": "x", "yref": "y", "text": words, "showarrow": False, "borderpad": 0,
            "font": font, "xanchor": "center", "yanchor": "middle", "captureevents": True,
        })  # fmt: skip


def _draw_strip(drawing: _Drawing, scales: dict[str, float], placed: Placed, theme: Theme, lang: Language) -> None:
    traces, notes, zoom = strip(placed.ground, scales, palette_of(theme), lang)
    first_trace, first_note = len(drawing.traces), len(drawing.notes)
    zoom["samples"] = [[note + first_note, *rest] for note, *rest in zoom["samples"]]
    if zoom["scale"]:
        zoom["scale"]["bar"] += first_trace
        zoom["scale"]["label"] += first_note
    drawing.traces += [trace | {"xaxis": "x2", "yaxis": "y2"} for trace in traces]
    drawing.notes += notes
    drawing.index["zoom"] = zoom


def _remarks(scene: Scene, placed: Placed, theme: Theme, lang: Language) -> list[dict[str, Any]]:
    """What the reader must know about positions, at the top left inside the plot."""
    palette = palette_of(theme)
    words: list[str] = []
    if not placed.ground.metre:
        words.append(say("show.map.ring", lang))
    elif scene.is_schematic:
        words.append(say("show.map.schematic", lang))
    if placed.rim.any():
        words.append(say("show.map.rim_note", lang))
    if (placed.moved[~placed.rim] > 6).any():
        words.append(say("show.map.moved_note", lang))
    if not words:
        return []
    return [{
        "x": 0, "y": 1, "xref": "x domain", "yref": "y domain", "xanchor": "left", "yanchor": "top",
        "xshift": 10, "yshift": -10, "text": " · ".join(words), "showarrow": False, "borderpad": 5,
        "bgcolor": palette.card, "bordercolor": palette.border, "opacity": 0.94,
        "font": {"size": 12, "color": palette.text, "family": FONT},
    }]  # fmt: skip


def _draw_legend(drawing: _Drawing, commodities: Any, colours: list[str], text: str) -> None:
    """Empty traces that give an exported picture its legend."""
    drawing.traces += [
        {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "showlegend": True,
         "name": describe.plotly_text(name), "marker": {"color": colour, "symbol": "square", "size": 11},
         "hoverinfo": "skip"}
        for name, colour in zip(commodities, colours, strict=True)
    ]  # fmt: skip


def _layout(placed: Placed, theme: Theme, notes: list[dict[str, Any]]) -> dict[str, Any]:
    palette = palette_of(theme)
    ground = placed.ground
    whole = ground.height + STRIP
    share = STRIP / whole
    bare = {"visible": False, "showgrid": False, "zeroline": False}
    return {
        "autosize": True,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": palette.card, "plot_bgcolor": palette.card,
        "font": {"family": FONT, "color": palette.text, "size": 12},
        "showlegend": False, "hovermode": "closest", "dragmode": "pan", "hoverdistance": 6,
        "xaxis": bare | {"range": [0, ground.width], "domain": [0, 1], "anchor": "y"},
        "yaxis": bare | {"range": [0, ground.height], "domain": [share, 1], "anchor": "x",
                         "scaleanchor": "x", "scaleratio": 1},
        "xaxis2": bare | {"range": [0, ground.width], "domain": [0, 1], "anchor": "y2", "fixedrange": True},
        "yaxis2": bare | {"range": [0, STRIP], "domain": [0, share], "anchor": "x2", "fixedrange": True},
        "annotations": notes,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": palette.muted, "activecolor": palette.accent},
        "meta": {"width": ground.width, "height": whole},
    }  # fmt: skip
