"""A headless Chromium that pictures are looked at in: what it asks for, what its texts are like.

Of every text: the corners of its box (also of slanted ones), its colour, and the colours that
really lie behind it, found by asking the browser what it has drawn at points of the text. A halo
counts as the ground of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import shapely

from circularpark.park.model import Park
from circularpark.show.browser import FLAGS
from circularpark.show.style import contrast

CHROMIUM = "/usr/bin/chromium"
LOCAL = ("file:", "data:", "about:", "blob:")
READABLE = 4.5

# What every text of a page is like, as JavaScript.
_TEXTS = (Path(__file__).parent / "texts.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Text:
    """One text as it is drawn: its words, its outline on the page, its ink and its grounds."""

    words: str
    shape: Any
    ink: Sequence[float]
    grounds: Sequence[Sequence[float]]

    @property
    def contrast(self) -> float:
        """The least contrast of the text against what is behind it."""
        return min(contrast(_hex(_over(self.ink, g)), _hex(g)) for g in self.grounds)


@dataclass
class Watched:
    """A page of the browser with all that it asked for and complained of."""

    page: Any
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def abroad(self) -> list[str]:
        """What it asked for beyond this machine."""
        return [url for url in self.asked if not url.startswith(LOCAL)]

    def texts(self, selector: str = "svg text") -> list[Text]:
        """Every visible text."""
        return [
            Text(t["words"], shapely.Polygon(t["corners"]), t["ink"], t["grounds"])
            for t in self.page.evaluate(_TEXTS, selector)
        ]

    def shown(self, svg: str) -> tuple[float, float]:
        """Show a picture alone, at its own size; its width and height."""
        self.page.set_content(f'<body style="margin:0;line-height:0">{svg}</body>')
        wide, high = self.page.evaluate(
            "() => { const s = document.querySelector('svg'), b = s.viewBox.baseVal;"
            " s.setAttribute('width', b.width); s.setAttribute('height', b.height);"
            " return [b.width, b.height]; }"
        )
        self.page.set_viewport_size({"width": round(wide), "height": round(high)})
        return float(wide), float(high)


@contextmanager
def chromium() -> Iterator[Any]:
    """One browser for many pages; the test is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


def watched(browser: Any, width: int = 1400, height: int = 1000) -> Watched:
    """A new page whose requests and complaints are kept."""
    found = Watched(browser.new_page(viewport={"width": width, "height": height}))
    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    return found


def clipped(texts: Sequence[Text], wide: float, high: float) -> list[str]:
    """The texts that reach beyond the picture."""
    frame = shapely.box(-0.5, -0.5, wide + 0.5, high + 0.5)
    return [text.words for text in texts if not frame.covers(text.shape)]


def covered(texts: Sequence[Text]) -> list[tuple[str, str]]:
    """Pairs of texts that lie over one another."""
    tree = shapely.STRtree([text.shape for text in texts])
    return [
        (text.words, texts[other].words)
        for place, text in enumerate(texts)
        for other in tree.query(text.shape)
        if other > place and text.shape.intersection(texts[other].shape).area > 1.5
    ]


def pale(texts: Sequence[Text]) -> list[tuple[str, float]]:
    """The texts that do not read on what is behind them."""
    return [(t.words, round(t.contrast, 2)) for t in texts if t.contrast < READABLE - 0.005]


def raw_ids(park: Park) -> set[str]:
    """The ids of a park's tables that are no words of any of its names."""
    found: set[str] = set()
    names: list[str] = []
    tables = ("sites", "streams", "demands", "commodities", "processes", "storages", "markets",
              "links", "technologies", "transports", "limits", "measures")  # fmt: skip
    for name in tables:
        frame = park.raw.get(name)
        if frame is None or not len(frame):
            continue
        found |= set(frame["id"].dropna().astype(str))
        for column in ("name_zh", "name_en", "label_zh", "label_en", "company"):
            if column in frame:
                names += frame[column].dropna().astype(str).tolist()
    known = " | ".join(names).lower()
    return {one for one in found if one and one.lower() not in known}


def ids_shown(texts: Sequence[str], ids: set[str]) -> set[str]:
    """The ids that a reader sees among these texts."""
    words = {w for text in texts for w in re.findall(r"[\w@.-]+", text)}
    return ids & words


def _over(ink: Sequence[float], ground: Sequence[float]) -> list[float]:
    share = ink[3]
    return [a * share + b * (1 - share) for a, b in zip(ink[:3], ground, strict=True)]


def _hex(colour: Sequence[float]) -> str:
    return "#" + "".join(f"{min(255, max(0, round(c))):02X}" for c in colour)
