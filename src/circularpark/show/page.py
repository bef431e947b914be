"""The HTML page around a flow map: one file, no network, nothing that may be fetched."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any, Final

from circularpark.show.blends import blends_table
from circularpark.show.controls import controls, summary_cards
from circularpark.show.flowmap import FlowMap
from circularpark.show.payload import payload
from circularpark.show.scene import Scene, Theme
from circularpark.show.style import css_variables
from circularpark.show.twin import builds_table, flows_table, zones_table
from circularpark.words import Language, say

PLOTLY: Final = "plotly-basic-4.1.1.min.js.gz"
_LARGEST_TOLD: Final = 5
# Nothing is fetched, nothing is sent, and only the two scripts of this page run.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:;"
    " base-uri 'none'; form-action 'none';"
)


@cache
def asset(name: str) -> bytes:
    """One of the files that stand in ``show/assets``."""
    return (resources.files("circularpark.show") / "assets" / name).read_bytes()


@cache
def _plotly() -> tuple[str, str]:
    """plotly.js compressed for the page, and the hash by which the page lets it run."""
    packed = asset(PLOTLY)
    return base64.b64encode(packed).decode(), _hash(gzip.decompress(packed))


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def script_policy(*, none: bool = False) -> str:
    """What a page may do: run the map's two scripts, or (``none``) no script at all."""
    if none:
        return _POLICY.rstrip(";")
    return f"{_POLICY} {_scripts()}; frame-src 'self' about:"


def _scripts() -> str:
    return f"script-src {_plotly()[1]} {_hash(_script().encode())}"


@cache
def _script() -> str:
    """The page's own script: the shapes, what stands around the map, the map."""
    return "".join(asset(name).decode() for name in ("shapes.js", "page.js", "map.js"))


def flow_map_page(scene: Scene, drawn: FlowMap, lang: Language, theme: Theme | None) -> str:
    """The page of a flow map; ``drawn`` is the same scene's map in the same language and theme.

    theme : how it looks at first; None (``drawn`` is light) follows the reader's system
    """
    title = scene.title or say("show.map.title", lang, park=_park_name(scene, lang))
    total = len(drawn.flows)
    subtitle = scene.subtitle or say(f"show.map.{'subtitle' if total else 'no_flows'}", lang)
    data = payload(scene, drawn, title, lang, theme)
    parts = {
        "lang": "zh-CN" if lang == "zh" else "en",
        "theme": theme or "auto",
        "policy": f"{_POLICY} {_scripts()}",
        "title": escape(title),
        "subtitle": escape(subtitle),
        "style": _style(data, drawn.figure["layout"]["meta"]),
        "summary": summary_cards(scene.summary, lang) if scene.summary else "",
        "controls": controls(drawn, data, lang) if total else "",
        "aria": escape(_aria(drawn, lang)),
        "no_script": escape(say("show.map.no_script", lang)),
        "hint": escape(say("show.map.hint", lang)) if total else "",
        "builds": builds_table(scene, lang),
        "blends": blends_table(scene.blends, lang),
        "twin": flows_table(scene, drawn, lang) + zones_table(scene, drawn, lang) if total else "",
        "data": _json(data),
        "plotly": _plotly()[0],
        "script": _script(),
    }
    return Template(asset("page.html").decode()).substitute(parts)


def _park_name(scene: Scene, lang: Language) -> str:
    return scene.park.get(lang) or next((name for name in scene.park.values() if name), "")


def _style(data: dict[str, Any], meta: dict[str, float]) -> str:
    """The colours of both themes, and the style sheet that takes them by name."""
    sheets = []
    where: dict[Theme, str] = {
        "light": ":root,:root[data-theme=light]",
        "dark": ":root[data-theme=dark]",
    }
    for one, selector in where.items():
        look = data["looks"][one]
        named = {f"k{row}": ink for row, ink in enumerate(look["commodities"])} | look["changes"]
        inks = "".join(
            f"--{name}:{ink['colour']};--{name}-edge:{ink['edge']};" for name, ink in named.items()
        )
        sheets.append(f"{selector}{{{css_variables(one)}{inks}}}")
        if one == "dark":
            # Until the script says which, and where none runs, the reader's system decides.
            dark = f":root[data-theme=auto]{{{css_variables(one)}{inks}}}"
            sheets.append(f"@media(prefers-color-scheme:dark){{{dark}}}")
    sheets.append(f":root{{--aspect:{meta['width']:.0f}/{meta['height']:.0f}}}")
    return "\n".join([*sheets, asset("map.css").decode()])


def _json(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _aria(drawn: FlowMap, lang: Language) -> str:
    largest = zip(drawn.facts, drawn.flows.head(_LARGEST_TOLD).iterrows(), strict=False)
    told = [
        say(
            "show.map.aria_flow",
            lang,
            from_site=flow["source_name"],
            to_site=flow["target_name"],
            commodity=flow["commodity_name"],
            quantity=pair["quantity"],
        )
        for pair, (_, flow) in largest
    ]
    if not told:
        return say("show.map.no_flows", lang)
    counts = {"flows": len(drawn.flows), "sites": len(drawn.sites)}
    return say("show.map.aria", lang, largest=say("show.map.aria_join", lang).join(told), **counts)
