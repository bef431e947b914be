"""The geometry of a flow map: where nodes, curves and labels lie, in whatever colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.amounts import compared, family_scales, rate_of, with_widths
from circularpark.show.curves import bezier, choose_bends, trimmed
from circularpark.show.labels import LINE, Labels, place_labels, text_width, wrapped
from circularpark.show.lanes import lanes
from circularpark.show.numbers import number
from circularpark.show.place import Array, Placed, place
from circularpark.show.scene import SITE_COLUMNS, Scene, completed, names
from circularpark.words import Language, say

LABEL_SIZE: Final = 12.5
# Flows beyond these are drawn together, one trace a commodity: more traces no browser pans.
MOST_ALONE: Final = 160
_EDGE: Final = 18.0
_POINT_EVERY: Final = 18.0
_FEW_POINTS: Final = 9
_LABEL_WIDTH: Final = 148.0


@dataclass(frozen=True)
class Layout:
    """Sites and flows with their places.

    sites, flows : with names; ``flows`` by width, with source and target as rows of ``sites``
    rates : (F, S) [base unit/h] the flows in steps of time; no columns where there are none
    radius, supplier : (N,) size of each node, and whether it sends more than it receives
    paths, routes : the middle line of each flow, and along corridors; None where none serve it
    lines, labels : the words of each site's label, and where they stand
    """

    sites: pd.DataFrame
    flows: pd.DataFrame
    commodities: pd.DataFrame
    scales: dict[str, float]
    rates: Array
    placed: Placed
    radius: Array
    supplier: list[bool]
    paths: list[Array]
    routes: list[Array | None]
    lines: list[list[str]]
    labels: Labels


def lay_out(scene: Scene, lang: Language) -> Layout:
    """The layout of a scene with the names in ``lang``."""
    sites = completed(scene.sites, SITE_COLUMNS)
    sites["name"] = names(sites, lang, "show.map.unnamed_site")
    flows, commodities = named_flows(scene, sites, lang)
    flows, rates = with_rates(scene, flows)
    scales = family_scales(flows, scene.scales)
    flows = with_widths(flows.assign(row=np.arange(len(flows))), scales)
    rates = rates[flows["row"].to_numpy()]
    radius, supplier = node_sizes(len(sites), flows)
    placed = place(sites, radius)
    paths = middle_lines(flows, placed, radius)
    lines = _label_lines(sites, placed, lang)
    return Layout(
        sites, flows, commodities, scales, rates, placed, radius, supplier, paths,
        lanes(scene.routes, flows, placed, radius), lines,
        labels_beside(lines, placed, radius, flows, paths),
    )  # fmt: skip


def named_flows(
    scene: Scene, sites: pd.DataFrame, lang: Language
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The flows between sites of the park and what they carry, both with names in ``lang``."""
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
    return flows, commodities


def with_rates(scene: Scene, flows: pd.DataFrame) -> tuple[pd.DataFrame, Array]:
    """The flows with the most that each is in any step, and their rates (F, S) [base unit/h]."""
    if scene.periods is None or not len(flows):
        return flows, np.zeros((len(flows), 0))
    rates = np.zeros((len(flows), len(scene.periods.steps)))
    units = [rate_of(str(unit)) for unit in scene.flows["unit"]]
    key = ["from", "to", "commodity", "family"]
    asked = scene.flows.assign(family=[family for family, _, _ in units])
    at = pd.MultiIndex.from_frame(flows[key]).get_indexer(pd.MultiIndex.from_frame(asked[key]))
    known = at >= 0
    size = np.array([size for _, size, _ in units])[known]
    np.add.at(rates, at[known], scene.periods.amounts[known] * size[:, None])
    high = np.maximum(rates.max(axis=1, initial=0.0), flows["base"].to_numpy(float))
    return flows.assign(high=high), rates


def node_sizes(count: int, flows: pd.DataFrame) -> tuple[Array, list[bool]]:
    """Radius [drawing units] by throughput, and whether a site sends more than it receives."""
    present = flows[flows["change"] != "gone"]
    out = np.bincount(present["source"], present["width"], count)
    into = np.bincount(present["target"], present["width"], count)
    through = out + into
    largest = max(float(through.max(initial=0.0)), 1e-9)
    # A node is never narrower than an arrow that leaves it.
    widest = np.zeros(count)
    np.maximum.at(widest, present["source"].to_numpy(), present["reach"].to_numpy())
    radius = np.maximum(4.5 + 10.5 * np.sqrt(through / largest), widest / 2 + 1.5)
    return radius, list(out > into)


def middle_lines(flows: pd.DataFrame, placed: Placed, radius: Array) -> list[Array]:
    """The middle line of each flow, from the edge of one node to the edge of the other."""
    source, target = flows["source"].to_numpy(), flows["target"].to_numpy()
    box = (_EDGE, _EDGE, placed.ground.width - _EDGE, placed.ground.height - _EDGE)
    bends = choose_bends(placed.xy, radius, source, target, flows["reach"].to_numpy(), box)
    curves = bezier(placed.xy[source], placed.xy[target], bends, 90)
    # A long curve takes more points to look round; the small rest is drawn in few, so that 5,000
    # flows still make a page.
    long = np.hypot(*(placed.xy[target] - placed.xy[source]).T) * (1 + np.abs(bends))
    points = np.clip(long / _POINT_EVERY + 4, 26, 60).astype(int)
    points[MOST_ALONE:] = _FEW_POINTS
    return [
        trimmed(curve, radius[start] * 0.7, radius[end] + 2.0, int(count))
        for curve, start, end, count in zip(curves, source, target, points, strict=True)
    ]


def _label_lines(sites: pd.DataFrame, placed: Placed, lang: Language) -> list[list[str]]:
    """The lines of each label: the name, and how far a site on the rim lies."""
    lines = [wrapped(str(name), _LABEL_WIDTH, LABEL_SIZE) for name in sites["name"]]
    for row in np.flatnonzero(placed.rim):
        far = say("show.map.kilometres", lang, number=number(float(placed.km[row]), 2))
        lines[row].append(say("show.map.no_position", lang) if placed.unknown[row] else far)
    return lines


def labels_beside(
    lines: list[list[str]], placed: Placed, radius: Array, flows: pd.DataFrame, paths: list[Array]
) -> Labels:
    """A place for each label beside its node, clear of the flows that are drawn alone."""
    wide = [max(text_width(words, LABEL_SIZE) for words in one) for one in lines]
    high = [len(one) * LINE * LABEL_SIZE for one in lines]
    strokes = [np.zeros((0, 4))]
    for path, width in zip(paths[:MOST_ALONE], flows["width"], strict=False):
        step = np.hypot(*np.diff(path, axis=0).T).mean()
        strokes.append(np.column_stack([path, *np.full((2, len(path)), [[width / 2], [step]])]))
    bounds = (6.0, 4.0, placed.ground.width - 6, placed.ground.height - 4)
    size = np.column_stack([wide, high])
    return place_labels(placed.xy, radius, size, np.vstack(strokes), bounds, -radius)
