"""The drawing a flow map grows on: traces, annotations, and the index of what is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from circularpark.show import describe
from circularpark.show.curves import arrow
from circularpark.show.furniture import REMARKS, circle, polygon, strip, text
from circularpark.show.labels import Labels
from circularpark.show.layout import LABEL_SIZE, MOST_ALONE, Layout
from circularpark.show.place import STRIP, Array, Flags, Ground, Placed
from circularpark.show.style import FONT, Palette, outline
from circularpark.show.zones import Zones
from circularpark.words import Language, say

_HIT: Final = 9.0
_LEAST_WIDTH: Final = 0.9
_PALE_BELOW: Final = 1.6
_PALE: Final = 0.75
_AROUND: Final = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1.6), (0, -1.6), (1.6, 0), (-1.6, 0))


@dataclass
class Drawing:
    """What is drawn so far; ``index`` tells a page which trace is which flow or site."""

    palette: Palette
    lang: Language
    traces: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    index: dict[str, Any] = field(
        default_factory=lambda: {
            "sites": [],
            "flows": [],
            "leaders": [],
            "bulk": {},
            "zones": None,
        }
    )

    def flows(
        self,
        laid: Layout,
        facts: Sequence[dict[str, str]],
        colours: Sequence[str],
        shown: Flags,
    ) -> None:
        """Arrows, the large ones first; then unseen bands that make thin arrows easy to hit.

        What is smaller than the 160 largest has no trace of its own: one trace a commodity holds
        as many of them as the page is asked for.
        """
        found = self._arrows(laid.flows, laid.paths, facts, colours, shown)
        self.index["flows"] = found
        small = sorted(set(laid.flows["kind_index"].iloc[MOST_ALONE:]))
        for kind in small:
            self.index["bulk"][str(kind)] = len(self.traces)
            none = polygon(np.zeros((0, 2)), colours[kind]) | {"visible": False}
            self.traces.append(none | {"opacity": _PALE})

    def zone_flows(self, zones: Zones, colours: Sequence[str], currency: str, against: str) -> None:
        """Arrows between zones, unseen until the page merges them."""
        facts = describe.facts_of(zones.flows, currency, against, self.lang)
        none: Flags = np.zeros(len(zones.flows), dtype=bool)
        found = self._arrows(zones.flows, zones.paths, facts, colours, none)
        self.index["zones"] = {
            "flows": found,
            "sites": [], "leaders": [], "of": [int(zone) for zone in zones.of],
            "first": zones.first,
        }  # fmt: skip

    def _arrows(
        self,
        flows: pd.DataFrame,
        paths: Sequence[Array],
        facts: Sequence[dict[str, str]],
        colours: Sequence[str],
        shown: Flags,
    ) -> list[dict[str, Any]]:
        bands: list[tuple[int, dict[str, Any]]] = []
        found: list[dict[str, Any]] = []
        for row, flow in enumerate(flows.to_dict("records")):
            kind, wide = int(flow["kind_index"]), float(flow["width"])
            one = {
                "t": -1, "h": -1, "from": int(flow["source"]), "to": int(flow["target"]),
                "c": kind, "d": str(flow["change"]), "o": 1.0 if wide > _PALE_BELOW else _PALE,
                "w": round(wide, 3),
            }  # fmt: skip
            found.append(one)
            if row >= MOST_ALONE:
                continue
            colour = colours[kind]
            title = f"{flow['source_name']} → {flow['target_name']}"
            name = str(flow["commodity_name"])
            words = describe.hover(title, name, list(facts[row].items()), self.lang)
            seen = {"visible": bool(shown[row]) and wide > 0}
            one["t"] = len(self.traces)
            trace = self._arrow(paths[row], wide, colour) | seen | {"opacity": one["o"]}
            if wide < _HIT:
                band = polygon(arrow(paths[row], _HIT, head=False), "rgba(0,0,0,0)")
                bands.append((row, band | seen | self._hoverable(words, colour)))
            else:
                trace |= self._hoverable(words, colour)
            self.traces.append(trace)
        for row, band in bands:
            found[row]["h"] = len(self.traces)
            self.traces.append(band)
        return found

    def movement(self) -> None:
        """The trace of dashes that a page moves along the flows on request."""
        self.index["movement"] = len(self.traces)
        look = {"color": self.palette.casing, "width": 1.6, "dash": "4px,14px"}
        none = {"type": "scatter", "mode": "lines", "x": [], "y": [], "line": look}
        self.traces.append(none | {"hoverinfo": "skip", "showlegend": False, "visible": False})

    def _arrow(self, path: Array, wide: float, colour: str) -> dict[str, Any]:
        casing = min(1.4, 0.25 + wide / 8) if wide > 1.2 else 0.0
        shape = arrow(path, max(wide, _LEAST_WIDTH))
        return polygon(shape, colour, outline(colour, self.palette), casing)

    def _hoverable(self, words: str, colour: str) -> dict[str, Any]:
        font = {"family": FONT, "size": 13, "color": self.palette.text}
        label = {"bgcolor": self.palette.card, "bordercolor": colour, "align": "left", "font": font}
        return {"text": words, "hoverinfo": "text", "hoveron": "fills", "hoverlabel": label}

    def leaders(self, placed: Placed, labels: Labels, zones: bool = False) -> None:
        """A thin line to each label that stands away from its node, under the nodes."""
        into = self.index["zones"] if zones else self.index
        for row in np.flatnonzero(labels.leader):
            ends = np.vstack([placed.xy[row], labels.anchor[row]])
            into["leaders"].append({"t": len(self.traces), "s": int(row)})
            line = polygon(ends, "rgba(0,0,0,0)", self.palette.muted, 0.8)
            self.traces.append(line | {"visible": not zones})

    def nodes(self, texts: Sequence[str], laid: Layout | Zones, zones: bool = False) -> None:
        """A disc a site, filled for a net supplier; ``texts`` are its hover texts."""
        into = self.index["zones"] if zones else self.index
        for row, words in enumerate(texts):
            fill = self.palette.node if laid.supplier[row] else self.palette.node_hollow
            disc = circle(laid.placed.xy[row, 0], laid.placed.xy[row, 1], laid.radius[row])
            trace = polygon(disc, fill, self.palette.node, 3.2 if zones else 1.8)
            into["sites"].append({"t": len(self.traces), "a": -1})
            seen = {"visible": not zones}
            self.traces.append(trace | seen | self._hoverable(words, self.palette.node))

    def labels(self, lines: Sequence[Sequence[str]], labels: Labels, zones: bool = False) -> None:
        """The name of each site, held at the side that faces its node so that zooming keeps it."""
        into = self.index["zones"] if zones else self.index
        halo = ",".join(f"{x}px {y}px 1.5px {self.palette.halo}" for x, y in _AROUND)
        font = {"size": LABEL_SIZE, "color": self.palette.text, "family": FONT, "shadow": halo}
        for row, words in enumerate(lines):
            into["sites"][row]["a"] = len(self.notes)
            right, up = labels.toward[row]
            note = {
                "x": round(float(labels.anchor[row, 0]), 1),
                "y": round(float(labels.anchor[row, 1]), 1),
                "xref": "x",
                "yref": "y",
                "text": "<br>".join(describe.plotly_text(part) for part in words),
                "xanchor": {1.0: "left", -1.0: "right"}.get(right, "center"),
                "yanchor": {1.0: "bottom", -1.0: "top"}.get(up, "middle"),
                "showarrow": False,
                "borderpad": 0,
                "captureevents": True,
                "font": font,
            }
            self.notes.append(note | ({"visible": False} if zones else {}))

    def zone_nodes(self, zones: Zones) -> None:
        """A ringed disc a zone with its name, unseen until the page merges the sites."""
        self.leaders(zones.placed, zones.labels, zones=True)
        told = describe.site_hovers(zones.names, zones.flows, self.lang)
        words = [
            describe.zone_hover(text, sites, self.lang)
            for text, sites in zip(told, zones.sites, strict=True)
        ]
        self.nodes(words, zones, zones=True)
        self.labels(zones.lines, zones.labels, zones=True)

    def strip(self, scales: dict[str, float], ground: Ground) -> None:
        """The strip under the map, on axes of its own that do not zoom."""
        traces, notes, zoom = strip(ground, scales, self.palette, self.lang)
        first_trace, first_note = len(self.traces), len(self.notes)
        zoom["samples"] = [[note + first_note, *rest] for note, *rest in zoom["samples"]]
        if zoom["scale"]:
            zoom["scale"]["bar"] += first_trace
            zoom["scale"]["label"] += first_note
        self.traces += [trace | {"xaxis": "x2", "yaxis": "y2"} for trace in traces]
        self.notes += notes
        self.index["zoom"] = zoom

    def remarks(self, placed: Placed, schematic: bool) -> None:
        """What the reader must know about positions, inside the plot so that exports keep it."""
        told = {
            "ring": not placed.ground.metre,
            "schematic": bool(placed.ground.metre) and schematic,
            "rim_note": bool(placed.rim.any()),
            "moved_note": bool((placed.moved[~placed.rim] > 6).any()),
        }
        words = [say(f"show.map.{key}", self.lang) for key, true in told.items() if true]
        if not words:
            return
        line = text(22.0, REMARKS, " · ".join(words), self.palette.text, 12, xanchor="left")
        self.notes.append(line)

    def legend(self, names: Sequence[str], colours: Sequence[str]) -> None:
        """Empty traces that give an exported picture its legend."""
        for name, colour in zip(names, colours, strict=True):
            marker = {"color": colour, "symbol": "square", "size": 11}
            look = {"name": describe.plotly_text(name), "marker": marker, "hoverinfo": "skip"}
            empty = {"type": "scatter", "mode": "markers", "x": [None], "y": [None]}
            self.traces.append(empty | look | {"showlegend": True})

    def layout(self, ground: Ground) -> dict[str, Any]:
        """Plotly's layout: the map's axes above, the strip's below, one unit a pixel."""
        whole = ground.height + STRIP
        share = STRIP / whole
        bare = {"visible": False, "showgrid": False, "zeroline": False}
        still = bare | {"fixedrange": True}
        across, equal = [0, ground.width], {"scaleanchor": "x", "scaleratio": 1}
        ink = {"color": self.palette.muted, "activecolor": self.palette.accent}
        return {
            "autosize": True,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": self.palette.card,
            "plot_bgcolor": self.palette.card,
            "font": {"family": FONT, "color": self.palette.text, "size": 12},
            "showlegend": False,
            "hovermode": "closest",
            "hoverdistance": 6,
            "dragmode": "pan",
            "xaxis": bare | {"range": across, "domain": [0, 1], "anchor": "y"},
            "yaxis": bare | equal | {"range": [0, ground.height], "domain": [share, 1]},
            "xaxis2": still | {"range": across, "domain": [0, 1], "anchor": "y2"},
            "yaxis2": still | {"range": [0, STRIP], "domain": [0, share], "anchor": "x2"},
            "annotations": self.notes,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", **ink},
            "meta": {"width": ground.width, "height": whole},
        }
