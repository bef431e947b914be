"""A sheet that pictures are drawn on: plain SVG that browsers, printers and slides show alike.

No script, nothing fetched. A picture is a sheet's SVG with what stands around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from circularpark.show.labels import text_width
from circularpark.show.style import FONT, Palette

Box = tuple[float, float, float, float]

SIZE: Final = 13.0
SMALL: Final = 12.0


@dataclass(frozen=True)
class Picture:
    """A picture and what stands around it: title, a sentence, and the SVG.

    caption : shorter than the sentence, where the picture shows its numbers itself
    """

    name: str
    title: str
    told: str
    svg: str
    caption: str = ""

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg


@dataclass
class Sheet:
    """An SVG in the making, in pixels; ``taken`` are the boxes that labels already fill."""

    palette: Palette
    width: float
    height: float
    parts: list[str] = field(default_factory=list)
    taken: list[Box] = field(default_factory=list)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        colour: str,
        *,
        anchor: str = "start",
        size: float = SMALL,
        weight: str = "normal",
        halo: bool = True,
    ) -> None:
        """A text at a pixel, its middle at that height."""
        wide = text_width(words, size)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        self.taken.append((left, y - size * 0.65, left + wide, y + size * 0.65))
        around = f' stroke="{self.palette.card}" stroke-width="3" paint-order="stroke"'
        self.parts.append(
            f'<text x="{x:.1f}" y="{y + size * 0.36:.1f}" fill="{colour}" font-size="{size:g}"'
            f' font-weight="{weight}" text-anchor="{anchor}"{around if halo else ""}>'
            f"{escape(words)}</text>"
        )

    def slanted(self, x: float, y: float, words: str, colour: str, *, anchor: str) -> None:
        """A text that rises by 45 degrees, for names that stand close beside one another."""
        self.parts.append(
            f'<text transform="translate({x:.1f} {y:.1f}) rotate(-45)" text-anchor="{anchor}"'
            f' font-size="{SMALL:g}" fill="{colour}">{escape(words)}</text>'
        )

    def stroke(self, x0: float, y0: float, x1: float, y1: float, colour: str, wide: float) -> None:
        """A straight line between two pixels."""
        self.parts.append(
            f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}"'
            f' stroke-width="{wide}"/>'
        )

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        colour: str,
        *,
        told: str = "",
        edge: str = "none",
        opacity: float = 1.0,
    ) -> None:
        """A filled rectangle from its upper left corner; ``told`` is shown under the pointer."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0.5):.1f}"'
            f' height="{max(high, 0.5):.1f}" fill="{colour}" stroke="{edge}"'
            f' opacity="{opacity:g}">{_hover(told)}</rect>'
        )

    def path(
        self,
        d: str,
        fill: str,
        *,
        told: str = "",
        edge: str = "none",
        wide: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """A path in SVG's own words; ``told`` is shown under the pointer."""
        self.parts.append(
            f'<path d="{d}" fill="{fill}" fill-rule="evenodd" stroke="{edge}"'
            f' stroke-width="{wide:g}" stroke-linejoin="round" opacity="{opacity:g}">'
            f"{_hover(told)}</path>"
        )

    def disc(
        self,
        x: float,
        y: float,
        radius: float,
        colour: str,
        *,
        told: str = "",
        edge: str = "none",
        opacity: float = 1.0,
    ) -> None:
        """A filled circle; ``told`` is shown under the pointer."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" stroke="{edge}"'
            f' stroke-width="1.1" opacity="{opacity:g}">{_hover(told)}</circle>'
        )

    def svg(self, title: str, described: str) -> str:
        """The whole picture; ``described`` is what a reader who cannot see it is told."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' role="img" aria-label="{escape(f"{title}. {described}", quote=True)}"'
            f' font-family="{escape(FONT, quote=True)}">'
            f"<title>{escape(title)}</title>"
            f'<rect width="100%" height="100%" fill="{self.palette.card}"/>'
            f"{''.join(self.parts)}</svg>"
        )


def _hover(told: str) -> str:
    """What is shown under the pointer."""
    return f"<title>{escape(told)}</title>" if told else ""


def swatches(
    sheet: Sheet, x: float, y: float, entries: Sequence[tuple[str, str]], right: float
) -> float:
    """A legend of (words, colour) in rows between ``x`` and ``right``; returns its lower edge."""
    left = x
    for words, colour in entries:
        wide = text_width(words, SMALL) + 30
        if left + wide > right and left > x:
            left, y = x, y + 20
        sheet.box(left, y - 6, 14, 12, colour, edge=sheet.palette.border)
        sheet.write(left + 19, y, words, sheet.palette.text, halo=False)
        left += wide
    return y + 12
