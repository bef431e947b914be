"""A Chinese font within a page or picture, for machines that have none.

The package carries a subset of Noto Sans SC (SIL Open Font License 1.1): the characters of
GB 2312 and Latin-1. Of these a page takes the ones that it shows. A page that readers open on
their own machines has their fonts, and takes none unless asked; what a server without a Chinese
font prints needs it.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Final

from circularpark.show.page import asset

FILE: Final = "NotoSansSC-subset.woff"
# One of the names in ``style.FONT``: the embedded font stands in where the first is missing.
FAMILY: Final = "Noto Sans SC"


@dataclass(frozen=True)
class Embedded:
    """A page with its font in it; missing : the characters that the font lacks."""

    page: str
    missing: str


def has_chinese_font() -> bool:
    """Whether this machine can draw Chinese; true where nobody can tell."""
    return _listed(":lang=zh-cn")


def has_font() -> bool:
    """Whether this machine has any font at all; true where nobody can tell."""
    return _listed(":")


def _listed(pattern: str) -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return True
    asked = [lister, pattern, "family"]
    done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603 - fixed words
    return bool(done.stdout.strip())


def font_folder(folder: Path) -> Path:
    """Put the font and a configuration that knows only it into a folder; returns the latter.

    A browser on a machine without any font draws no text, not even in an embedded one.
    """
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(asset(FILE)))
    font.flavor = None
    font.save(folder / "font.ttf")
    known = folder / "fonts.conf"
    known.write_text(
        '<?xml version="1.0"?><fontconfig>'
        f"<dir>{escape(str(folder))}</dir><cachedir>{escape(str(folder / 'cache'))}</cachedir>"
        "</fontconfig>",
        encoding="utf-8",
    )
    return known


def with_font(page: str) -> Embedded:
    """An HTML page, or a picture in SVG, that brings the font for what it shows."""
    font, missing = subset(characters(page))
    face = (
        f"@font-face{{font-family:'{FAMILY}';font-display:block;"
        f"src:url(data:font/woff;base64,{base64.b64encode(font).decode()}) format('woff')}}"
    )
    shown = "".join(sorted(missing))
    if "<style>" in page:
        return Embedded(page.replace("<style>", f"<style>{face}\n", 1), shown)
    head = re.search(r"<svg\b[^>]*>", page)
    if head is None:
        return Embedded(page, shown)
    place = head.end()
    return Embedded(f"{page[:place]}<style>{face}</style>{page[place:]}", shown)


def characters(page: str) -> set[str]:
    """The characters that a page may show: its text, and what its script and frames hold.

    A frame's page stands escaped in an attribute, so its text is escaped twice.
    """
    return {one for one in unescape(unescape(page)) if one.isprintable()}


def subset(wanted: set[str]) -> tuple[bytes, set[str]]:
    """The font with these characters alone, as WOFF, and those that it lacks."""
    from fontTools import subset as cutting
    from fontTools.ttLib import TTFont

    # It tells of every table that it leaves out.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    font = TTFont(io.BytesIO(asset(FILE)))
    codes = {ord(one) for one in wanted}
    known = set(font.getBestCmap())
    options = cutting.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.notdef_outline = True
    cutter = cutting.Subsetter(options)
    cutter.populate(unicodes=codes & known)
    cutter.subset(font)
    font.flavor = "woff"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue(), {chr(code) for code in codes - known}
