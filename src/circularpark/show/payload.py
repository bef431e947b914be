"""What a flow map's page gives to its script: the drawing, both looks, and the steps of time."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from circularpark.show.amounts import FULL_WIDTH, rate_of
from circularpark.show.flowmap import FlowMap, drawn_map
from circularpark.show.moments import moments
from circularpark.show.place import Array
from circularpark.show.scene import Scene, Theme
from circularpark.words import Language, say

_BUTTONS: Final = ("zoom_in", "zoom_out", "reset", "save", "play", "pause")
_MOST: Final = 65535
# What a hover says of the year that the map begins with.
_YEARLY: Final = (
    "against_today", "against_best_operation", "annual", "cost", "co2", "payback",
)  # fmt: skip


def payload(
    scene: Scene, drawn: FlowMap, title: str, lang: Language, theme: Theme | None
) -> dict[str, Any]:
    """Everything that the page's script needs, as plain data."""
    levels = [(drawn.index["flows"], drawn.flows, drawn.layout.paths, drawn.layout.routes)]
    rates = [drawn.layout.rates]
    if drawn.zones is not None:
        bare: list[Array | None] = [None] * len(drawn.zones.flows)
        levels.append((drawn.index["zones"]["flows"], drawn.zones.flows, drawn.zones.paths, bare))
        rates.append(drawn.zones.rates)
    units: dict[tuple[str, str], int] = {}
    told = [
        [
            one | {"p": _flat(path), "u": _unit(units, row)}
            | ({} if route is None else {"r": _flat(route)})
            for one, row, path, route in zip(
                flows, frame.to_dict("records"), paths, routes, strict=True
            )
        ]
        for flows, frame, paths, routes in levels
    ]  # fmt: skip
    index: dict[str, Any] = {**drawn.index, "flows": told[0]}
    if drawn.zones is not None:
        index["zones"] = {**drawn.index["zones"], "flows": told[1]}
    index["units"] = [
        [family, *_written(unit), FULL_WIDTH / drawn.layout.scales.get(family, FULL_WIDTH)]
        for family, unit in units
    ]
    index["periods"] = _periods(scene, np.vstack(rates), told, lang)
    other: Theme = "light" if _theme_of(drawn, theme) == "dark" else "dark"
    looks = {
        _theme_of(drawn, theme): look(drawn),
        other: look(drawn_map(scene, drawn.layout, drawn.zones, lang, other)),
    }
    return {
        "figure": {**drawn.figure, "data": _bare(drawn)},
        "index": index,
        "looks": looks,
        "theme": theme,
        "title": title,
        "words": {
            **{button: say(f"show.button.{button}", lang) for button in _BUTTONS},
            "count": say("show.view.count", lang, shown="{shown}", flows="{flows}"),
            "metres": say("show.map.metres", lang, number="{number}"),
            "kilometres": say("show.map.kilometres", lang, number="{number}"),
            "picture": say("show.map.picture", lang),
            "quantity": say("show.hover.quantity", lang),
            "colon": say("show.hover.colon", lang),
            "yearly": [say(f"show.hover.{fact}", lang) for fact in _YEARLY],
            "year": say("show.period.whole", lang),
        },
    }


def _theme_of(drawn: FlowMap, theme: Theme | None) -> Theme:
    return theme or "light"


def _flat(path: Array) -> list[float]:
    return [round(float(value), 1) for value in path.ravel()]


def _unit(units: dict[tuple[str, str], int], row: Any) -> int:
    return units.setdefault((str(row["family"]), str(row["unit"])), len(units))


def _written(unit: str) -> tuple[str, float]:
    _, size, written = rate_of(unit)
    return written, size


def _bare(drawn: FlowMap) -> list[dict[str, Any]]:
    """The traces without the outlines of arrows: the page draws those from their middle lines."""
    traces = list(drawn.figure["data"])
    zones = drawn.index["zones"]
    for flow in [*drawn.index["flows"], *(zones["flows"] if zones else [])]:
        for row in (flow["t"], flow["h"]):
            if row >= 0:
                traces[row] = {**traces[row], "x": [], "y": []}
    return traces


def _periods(
    scene: Scene, rates: Array, told: Sequence[list[dict[str, Any]]], lang: Language
) -> dict[str, Any] | None:
    """Labels of the steps, and a number of 16 bits for each flow and step, of its own largest."""
    if scene.periods is None or not rates.size:
        return None
    most = rates.max(axis=1)
    for flow, high in zip((one for flows in told for one in flows), most, strict=True):
        flow["m"] = float(f"{high:.6g}")
    share = np.divide(rates, most[:, None], out=np.zeros_like(rates), where=most[:, None] > 0)
    packed = np.round(share * _MOST).astype("<u2").tobytes()
    return moments(scene.periods.steps, lang) | {"data": base64.b64encode(packed).decode()}


def look(drawn: FlowMap) -> dict[str, Any]:
    """Every colour of a drawing: different sets once, and which set each trace and note has."""
    inks, traces = _coded([_ink(trace) for trace in drawn.figure["data"]])
    pens, notes = _coded([_pen(note) for note in drawn.figure["layout"]["annotations"]])
    named = ("paper_bgcolor", "plot_bgcolor", "modebar", "font")
    layout = {name: drawn.figure["layout"][name] for name in named}
    return {
        "inks": inks, "traces": traces, "pens": pens, "notes": notes, "layout": layout,
        "commodities": drawn.index["commodities"], "changes": drawn.index["changes"],
    }  # fmt: skip


def _coded(colours: list[tuple[str | None, ...]]) -> tuple[list[Any], list[int]]:
    codes, different = pd.factorize(pd.Series([json.dumps(one) for one in colours], dtype=object))
    return [json.loads(one) for one in different], [int(code) for code in codes]


def _ink(trace: dict[str, Any]) -> tuple[str | None, ...]:
    label = trace.get("hoverlabel", {})
    return (
        trace.get("fillcolor"), trace.get("line", {}).get("color"), label.get("bgcolor"),
        label.get("bordercolor"), label.get("font", {}).get("color"),
        trace.get("marker", {}).get("color"),
    )  # fmt: skip


def _pen(note: dict[str, Any]) -> tuple[str | None, ...]:
    return note["font"]["color"], note["font"].get("shadow")
