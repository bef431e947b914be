"""Fonts on the command line: the option that embeds one, and what is said where none is there."""

from __future__ import annotations

from typing import Annotated

import typer

from circularpark.cli.outcome import complain
from circularpark.words import Language, say

EmbedFont = Annotated[bool, typer.Option("--embed-font", help="cli.help.embed_font")]


def printable(page: str, lang: Language, *, embed_font: bool = False) -> str:
    """A page or picture as this machine can draw it: with a Chinese font where it has none.

    What to install is said on standard error, and which characters stay boxes.
    embed_font : whether it brings its font even so
    """
    from circularpark.show.fonts import has_chinese_font, with_font

    known = has_chinese_font()
    if known and not embed_font:
        return page
    made = with_font(page)
    if not known:
        complain(say("report.no_font", lang))
    if made.missing:
        complain(say("report.font_lacks", lang, characters=made.missing))
    return made.page
