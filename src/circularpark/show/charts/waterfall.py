"""Waterfall: from one state of the park to another, reason by reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circularpark.show.chart import Axis
from circularpark.show.labels import wrapped
from circularpark.show.numbers import number
from circularpark.show.scene import Theme
from circularpark.show.sheet import SMALL, Picture, Sheet
from circularpark.show.style import palette_of
from circularpark.words import Language, say

WIDTH: Final = 960.0
_PLOT: Final = 400.0
_LEFT, _RIGHT, _TOP = 70.0, 20.0, 44.0
_LINES: Final = 4


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its amount, and whether it is a whole state or a change."""

    words: str
    amount: float
    whole: bool = False


def waterfall(
    bars: Sequence[Bar], unit: str, title: str, lang: Language, theme: Theme = "light"
) -> Picture:
    """A bar for each state, and between them one for each reason that adds or takes.

    The axis does not begin at nought where the changes would be too small to see; a broken
    foot of the whole bars says so.
    """
    palette = palette_of(theme)
    edges = _edges(bars)
    axis = _axis(bars, edges)
    pitch = (WIDTH - _LEFT - _RIGHT) / len(bars)
    names = [wrapped(bar.words, pitch - 8, SMALL)[:_LINES] for bar in bars]
    sheet = Sheet(palette, WIDTH, _PLOT + 20 + 15 * max(len(lines) for lines in names))
    broken = axis.low > 0
    for tick in axis.ticks():
        y = float(axis.at(tick))
        sheet.stroke(_LEFT, y, WIDTH - _RIGHT, y, palette.border, 1.0)
        sheet.write(_LEFT - 8, y, number(tick, 5), palette.muted, anchor="end", halo=False)
    sheet.write(12, 16, unit, palette.text, halo=False)
    wide = min(pitch * 0.62, 90.0)
    before = 0.0
    for place, (bar, (low, high)) in enumerate(zip(bars, edges, strict=True)):
        middle = _LEFT + pitch * (place + 0.5)
        top, foot = float(axis.at(high)), float(axis.at(max(low, axis.low)))
        colour = palette.node if bar.whole else palette.good
        if not bar.whole and bar.amount > 0:
            colour = palette.changes["gone"]
        told = f"{bar.words}: {_signed(bar)} {unit}"
        sheet.box(middle - wide / 2, top, wide, foot - top, colour, told=told)
        if bar.whole and broken:
            _break(sheet, middle, wide, foot)
        if place:
            y = float(axis.at(before))
            sheet.stroke(middle - pitch + wide / 2, y, middle - wide / 2, y, palette.muted, 1.0)
        sheet.write(middle, top - 11, _signed(bar), palette.text, anchor="middle", weight="bold")
        for line, words in enumerate(names[place]):
            y = _PLOT + 18 + 15 * line
            sheet.write(middle, y, words, palette.text, anchor="middle", halo=False)
        before = bar.amount if bar.whole else before + bar.amount
    sheet.stroke(_LEFT, _PLOT, WIDTH - _RIGHT, _PLOT, palette.muted, 1.2)
    changes = say("chart.join", lang).join(f"{b.words} {_signed(b)}" for b in bars)
    told = say("chart.waterfall.told", lang, changes=changes, unit=unit)
    caption = say("chart.waterfall.caption", lang, unit=unit)
    if broken:
        axis_told = say("chart.waterfall.broken", lang)
        told, caption = f"{told} {axis_told}", f"{caption} {axis_told}"
    return Picture("waterfall", title, told, sheet.svg(title, told), caption)


def _signed(bar: Bar) -> str:
    text = number(bar.amount)
    return text if bar.whole or bar.amount <= 0 else f"+{text}"


def _edges(bars: Sequence[Bar]) -> list[tuple[float, float]]:
    """Lower and upper end of each bar."""
    found, level = [], 0.0
    for bar in bars:
        if bar.whole:
            level = bar.amount
            found.append((min(0.0, level), max(0.0, level)))
        else:
            found.append((min(level, level + bar.amount), max(level, level + bar.amount)))
            level += bar.amount
    return found


def _axis(bars: Sequence[Bar], edges: Sequence[tuple[float, float]]) -> Axis:
    high = max(edge[1] for edge in edges)
    low = min(edge[0] for edge in edges)
    moving = [edge for bar, edge in zip(bars, edges, strict=True) if not bar.whole]
    if moving and low >= 0:
        floor = min(edge[0] for edge in moving)
        if floor > 0.45 * high:
            low = floor - (high - floor) * 0.5
    return Axis(low, high + (high - low) * 0.04, _PLOT, _TOP)


def _break(sheet: Sheet, middle: float, wide: float, foot: float) -> None:
    """A slanted gap in the foot of a bar whose axis does not begin at nought."""
    for lower in (12.0, 18.0):
        y = foot - lower
        sheet.stroke(
            middle - wide / 2 - 3, y + 4, middle + wide / 2 + 3, y - 4, sheet.palette.card, 2.6
        )
