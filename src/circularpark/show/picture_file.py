"""A picture as a file of its own: SVG as it is, PNG through a headless Chromium."""

from __future__ import annotations

import re
import tempfile
from html import escape
from pathlib import Path
from typing import Final

from circularpark.show.browser import browser, drawn_by, put
from circularpark.show.labels import text_width
from circularpark.show.sheet import Picture
from circularpark.show.style import FONT, palette_of
from circularpark.words import Language

SUFFIXES: Final = (".svg", ".png")
_HEADING: Final = 50.0
_TITLE: Final = 22.0
# How much wider bold letters are than what plain ones are reckoned at.
_BOLD: Final = 1.08
_SIZE: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def titled(picture: Picture) -> tuple[str, int, int]:
    """A picture under its title, as an SVG that stands alone: text, width, height [px]."""
    found = _SIZE.search(picture.svg)
    if found is None:
        raise ValueError(f"the picture {picture.name} has no size")
    wide, high = float(found[1]), float(found[2])
    palette, whole = palette_of("light"), high + _HEADING
    # A title that is too long for the picture is written smaller, never cut off.
    size = min(_TITLE, _TITLE * (wide - 44) / (text_width(picture.title, _TITLE) * _BOLD))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{whole:g}"'
        f' viewBox="0 0 {wide:g} {whole:g}" font-family="{escape(FONT, quote=True)}">'
        f'<rect width="100%" height="100%" fill="{palette.card}"/>'
        f'<text x="22" y="34" font-size="{size:.4g}" font-weight="bold" fill="{palette.text}">'
        f"{escape(picture.title)}</text>"
        f'<svg y="{_HEADING:g}" width="{wide:g}" height="{high:g}"'
        f"{picture.svg.removeprefix('<svg')}</svg>\n"
    )
    return svg, round(wide), round(whole)


def write_picture(picture: Picture, file: Path, lang: Language) -> None:
    """Write a picture to ``file``, an .svg or a .png at twice the density; complete or not at all.

    Raises
    ------
    PrintError : a PNG is wanted, and there is no browser, or it failed
    """
    svg, wide, high = titled(picture)
    with tempfile.TemporaryDirectory(prefix="circularpark-") as folder:
        source, drawn = Path(folder, "picture.html"), Path(folder, "picture.svg")
        drawn.write_text(svg, encoding="utf-8")
        if file.suffix.lower() == ".png":
            heading = f'<!doctype html><html lang="{lang}"><meta charset="utf-8">'
            source.write_text(f'{heading}<body style="margin:0">{svg}', encoding="utf-8")
            drawn = _photographed(source, wide, high)
        put(drawn, file)


def _photographed(source: Path, wide: int, high: int) -> Path:
    program, drawn = browser("show.picture.no_browser"), source.with_name("picture.png")
    options = (
        "--hide-scrollbars", "--force-device-scale-factor=2", f"--window-size={wide},{high}",
        f"--screenshot={drawn}",
    )  # fmt: skip
    drawn_by(program, source, drawn, *options, failed="show.picture.failed")
    return drawn
