"""The flow map as one plain SVG, for print and slides: the same drawing without its script."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Any, Final

from circularpark.show.flowmap import FlowMap, flow_map
from circularpark.show.place import STRIP
from circularpark.show.scene import Scene, Theme
from circularpark.show.sheet import Picture, Sheet, swatches
from circularpark.show.style import palette_of
from circularpark.words import Language, say

_LINE: Final = 1.3
_ANCHOR: Final = {"left": "start", "center": "middle", "right": "end"}


def static_map(
    scene: Scene, lang: Language, theme: Theme = "light", *, difference: bool = False
) -> Picture:
    """The flow map of a scene as a picture with its legend.

    A park of very many sites is drawn by its zones, as its page begins.

    difference : colour by what is new, more, the same, less or gone, instead of by commodity.
    """
    drawn = flow_map(scene, lang, theme)
    palette = palette_of(theme)
    meta = drawn.figure["layout"]["meta"]
    wide, high = float(meta["width"]), float(meta["height"])
    sheet = Sheet(palette, wide, high)
    merged = drawn.zones is not None and drawn.zones.first
    looks = _looks(drawn, merged, difference)
    for row, trace in enumerate(drawn.figure["data"]):
        if "fill" in trace or trace.get("mode") == "lines":
            _outline(sheet, {**trace, **looks.get(row, {})}, high)
    unseen = {one["a"] for one in drawn.index["sites"]} if merged else set()
    every = drawn.index["zones"]["sites"] if merged else []
    shown = {one["a"] for one in every}
    for row, note in enumerate(drawn.figure["layout"]["annotations"]):
        if row not in unseen and (row in shown or note.get("visible", True)):
            _note(sheet, note, high)
    entries = _legend(drawn, lang, difference)
    sheet.height = swatches(sheet, 22.0, high + 14.0, entries, wide - 20.0) + 6.0
    park = scene.park.get(lang) or next(iter(scene.park.values()), "")
    title = scene.title or say("show.map.title", lang, park=park)
    key = "chart.map.difference" if difference else "chart.map.told"
    told = say(key, lang, flows=len(drawn.flows), sites=len(drawn.sites))
    name = "difference" if difference else "map"
    return Picture(name, title, told, sheet.svg(title, told))


def _looks(drawn: FlowMap, merged: bool, difference: bool) -> dict[int, dict[str, Any]]:
    """What differs from the page's first look, by trace: whole zones, and colours of changes."""
    level = drawn.index["zones"] if merged else drawn.index
    found: dict[int, dict[str, Any]] = {}
    if merged:
        parts = [drawn.index[part] for part in ("flows", "sites", "leaders")]
        found |= {one["t"]: {"visible": False} for part in parts for one in part}
        found |= {one["t"]: {"visible": True} for one in (*level["sites"], *level["leaders"])}
    for flow in (one for one in level["flows"] if one["t"] >= 0 and (merged or difference)):
        seen = flow["w"] > 0 and (difference or flow["d"] != "gone")
        found[flow["t"]] = {"visible": seen}
        if difference:
            look = drawn.index["changes"][flow["d"]]
            edge = {"color": look["edge"], "width": 0.6}
            found[flow["t"]] |= {"fillcolor": look["colour"], "line": edge}
    return found


def _legend(drawn: FlowMap, lang: Language, difference: bool) -> list[tuple[str, str]]:
    if difference:
        changes = drawn.index["changes"]
        return [
            (say(f"show.change.{name}", lang), look["colour"]) for name, look in changes.items()
        ]
    order = drawn.flows.groupby("kind_index")["width"].sum().sort_values(ascending=False).index
    known = drawn.index["commodities"]
    return [(known[row]["name"], known[row]["colour"]) for row in order]


def _outline(sheet: Sheet, trace: Mapping[str, Any], high: float) -> None:
    """One trace: points parted by gaps are rings of one area, or pieces of one line."""
    if trace.get("visible", True) is False or not trace.get("x"):
        return
    line = trace.get("line", {})
    fill = str(trace.get("fillcolor", "none")) if trace.get("fill") == "toself" else "none"
    edge, thick = str(line.get("color", "none")), float(line.get("width", 0.0))
    if _unseen(fill) and (_unseen(edge) or thick <= 0):
        return
    words, fresh = [], True
    lowest = high - STRIP if trace.get("yaxis", "y") == "y" else high
    for x, y in zip(trace["x"], trace["y"], strict=True):
        if x is None or y is None:
            fresh = True
            continue
        words.append(f"{'M' if fresh else 'L'}{x:g} {lowest - y:.1f}")
        fresh = False
    closed = "Z" if fill != "none" else ""
    sheet.path(
        "".join(words) + closed, "none" if _unseen(fill) else fill,
        edge="none" if _unseen(edge) else edge, wide=thick,
        opacity=float(trace.get("opacity", 1.0)),
    )  # fmt: skip


def _unseen(colour: str) -> bool:
    return colour in ("none", "rgba(0,0,0,0)")


def _note(sheet: Sheet, note: Mapping[str, Any], high: float) -> None:
    """One text, its lines below one another, held where plotly would hold it."""
    lower = high if note.get("yref") == "y2" else high - STRIP
    font = note.get("font", {})
    size = float(font.get("size", 12))
    lines = [unescape(part) for part in str(note["text"]).split("<br>")]
    tall = len(lines) * _LINE * size
    y = lower - float(note["y"])
    first = {"bottom": y - tall, "top": y}.get(str(note.get("yanchor")), y - tall / 2)
    for row, words in enumerate(lines):
        plain = _plain(words)
        anchor = _ANCHOR.get(str(note.get("xanchor", "center")), "middle")
        middle = first + (row + 0.5) * _LINE * size
        sheet.write(
            float(note["x"]), middle, plain, str(font.get("color")), anchor=anchor, size=size
        )


def _plain(words: str) -> str:
    """A text without the marks that plotly reads as HTML."""
    for mark in ("<b>", "</b>", "<i>", "</i>"):
        words = words.replace(mark, "")
    return words
