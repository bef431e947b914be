"""Pathway: a measure's sources as stacked areas over the years, its peak marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.chart import Array, Axis, spread
from circularpark.show.charts.sankey import shortened
from circularpark.show.labels import text_width
from circularpark.show.numbers import number
from circularpark.show.scene import Theme
from circularpark.show.sheet import SMALL, Picture, Sheet
from circularpark.show.style import Palette, contrast, palette_of
from circularpark.words import Language, say

WIDTH: Final = 960.0
HEIGHT: Final = 460.0
MOST: Final = 8
# The year by which the country's carbon dioxide is to peak.
# Source: State Council, Guofa (2021) 23, action plan for carbon dioxide peaking before 2030.
NATIONAL_PEAK: Final = 2030
_LEFT, _RIGHT, _TOP, _BOTTOM = 78.0, 232.0, 66.0, 44.0
_LINE: Final = 16.0
_STEPS: Final = 160
_READS: Final = 4.5
_INKS: Final = ("#FFFFFF", "#22303C", "#000000")


@dataclass(frozen=True)
class Band:
    """One source's area: its name, colour, and both edges over the grid of years."""

    name: str
    colour: str
    low: Array
    high: Array


@dataclass(frozen=True)
class Beside:
    """A name at the right of the plot, and the pixel of what it names."""

    words: str
    colour: str
    x: float
    y: float


def pathway_chart(
    sources: pd.DataFrame,
    name: str,
    unit: str,
    lang: Language,
    theme: Theme = "light",
    *,
    caps: Mapping[int, float] | None = None,
    goal: int | None = None,
) -> Picture:
    """Stacked areas by source over the planning years; what a source takes back lies below nought.

    sources : one row a source (its name), one column a planning year [unit], as in the account
    caps : year -> the most that a limit allows [unit], a dashed line
    goal : a year marked by a line, such as the national peak; where it lies on the axis
    """
    palette = palette_of(theme)
    rows = _largest(sources, lang)
    years = np.array([float(year) for year in rows.columns])
    if len(years) < 2:
        raise ValueError("a pathway needs two planning years or more")
    values = rows.to_numpy(float)
    total = values.sum(axis=0)
    peak = int(np.argmax(total))
    x = Axis(years[0], years[-1], _LEFT, WIDTH - _RIGHT)
    most = [values.clip(min=0).sum(axis=0).max(), *(caps or {}).values()]
    least = values.clip(max=0).sum(axis=0).min()
    high = float(max(most)) or 1.0
    y = Axis(float(least) * 1.06, high * 1.04, HEIGHT - _BOTTOM, _TOP)
    sheet = Sheet(palette, WIDTH, HEIGHT)
    _axes(sheet, x, y, years, unit)
    grid = _grid(years, values)
    bands = _bands(rows, years, grid, palette)
    for band in bands:
        _area(sheet, x, y, grid, band)
    ink = []
    if (values < 0).any():
        _line(sheet, x.at(years), y.at(total), palette.text, 2.6)
        ink.append(np.column_stack([x.at(grid), y.at(np.interp(grid, years, total))]))
    nought = float(y.at(0.0))
    sheet.stroke(x.start, nought, x.end, nought, palette.muted, 1.2)
    if goal is not None and years[0] < goal < years[-1]:
        words = say("chart.pathway.goal", lang, year=goal)
        _post(sheet, x, y, goal, words, left=years[peak] >= goal)
        up = np.linspace(y.end, y.start, _STEPS)
        ink.append(np.column_stack([np.full(_STEPS, float(x.at(goal))), up]))
    beside = _name_bands(sheet, x, y, grid, bands, np.vstack([np.zeros((0, 2)), *ink]))
    if caps:
        beside += _cap(sheet, x, y, caps, lang)
    _name_beside(sheet, x, y, beside)
    _peak(sheet, x, y, int(years[peak]), float(total[peak]), lang)
    title = say("chart.pathway.title", lang, name=name)
    told = say(
        "chart.pathway.told", lang, name=name, count=len(rows), first=int(years[0]),
        last=int(years[-1]), start=number(float(total[0])), end=number(float(total[-1])),
        peak=int(years[peak]), most=number(float(total[peak])), unit=unit,
    )  # fmt: skip
    return Picture("pathway", title, told, sheet.svg(title, told))


def _largest(sources: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """The sources in stacking order, the largest at the foot; small ones together."""
    rows = sources.groupby(level=0, sort=False).sum()
    rows = rows.loc[rows.abs().sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rows = rows[rows.abs().max(axis=1) > 1e-4 * float(rows.abs().to_numpy().sum(axis=0).max())]
    if len(rows) <= MOST:
        return rows
    rest = rows.iloc[MOST - 1 :].sum().to_frame(say("chart.pathway.others", lang)).T
    return pd.concat([rows.iloc[: MOST - 1], rest])


def _grid(years: Array, values: Array) -> Array:
    """Years close enough for smooth labels, with every planning year and change of sign."""
    crossings = []
    for left in range(len(years) - 1):
        for one, two in values[:, left : left + 2]:
            if one * two < 0:
                share = one / (one - two)
                crossings.append(years[left] + share * (years[left + 1] - years[left]))
    fine = np.linspace(years[0], years[-1], _STEPS)
    return np.unique(np.concatenate([fine, years, crossings]))


def _bands(rows: pd.DataFrame, years: Array, grid: Array, palette: Palette) -> list[Band]:
    """Edges of every source's area: above nought what it adds, below it what it takes back."""
    above, below = np.zeros(len(grid)), np.zeros(len(grid))
    found = []
    for place, (name, row) in enumerate(rows.iterrows()):
        value = np.interp(grid, years, row.to_numpy(float))
        colour = palette.spare[place % len(palette.spare)]
        more, less = value.clip(min=0.0), value.clip(max=0.0)
        if more.any():
            found.append(Band(str(name), colour, above, above + more))
        if less.any():
            found.append(Band(str(name), colour, below + less, below))
        above, below = above + more, below + less
    return found


def _axes(sheet: Sheet, x: Axis, y: Axis, years: Array, unit: str) -> None:
    """Grid lines with numbers, and the planning years below."""
    palette = sheet.palette
    for tick in y.ticks():
        at = float(y.at(tick))
        sheet.stroke(x.start, at, x.end, at, palette.border, 1.0)
        sheet.write(x.start - 8, at, number(round(tick, 9), 6), palette.muted, anchor="end")
    sheet.write(x.start - 60, 12, unit, palette.text)
    last = -np.inf
    for year in years:
        at = float(x.at(year))
        sheet.stroke(at, y.start, at, y.start + 5, palette.muted, 1.2)
        if at - last > 44:
            sheet.write(at, y.start + 18, str(int(year)), palette.muted, anchor="middle")
            last = at


def _area(sheet: Sheet, x: Axis, y: Axis, grid: Array, band: Band) -> None:
    there = np.flatnonzero(band.high > band.low)
    first, last = max(int(there[0]) - 1, 0), min(int(there[-1]) + 1, len(grid) - 1)
    across = x.at(grid[first : last + 1])
    upper, lower = (y.at(edge[first : last + 1]) for edge in (band.high, band.low))
    points = [*zip(across, upper, strict=True), *zip(across[::-1], lower[::-1], strict=True)]
    d = "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in points) + "Z"
    sheet.path(d, band.colour, told=band.name, edge=sheet.palette.card, wide=0.8)


def _line(sheet: Sheet, x: Array, y: Array, colour: str, wide: float, dash: str = "") -> None:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    style = f' stroke-dasharray="{dash}"' if dash else ""
    sheet.parts.append(
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{wide:g}"'
        f' stroke-linejoin="round"{style}/>'
    )


def _name_bands(
    sheet: Sheet, x: Axis, y: Axis, grid: Array, bands: list[Band], ink: Array
) -> list[Beside]:
    """Each source's name within its area where there is room; returns those that have none.

    ink : (N, 2) pixels of lines that names keep clear of
    """
    named: set[str] = set()
    beside = []
    for band in sorted(bands, key=lambda one: -float((one.high - one.low).sum())):
        if band.name in named:
            continue
        named.add(band.name)
        colour = max(_INKS, key=lambda one: contrast(one, band.colour))
        place = _room(x, y, grid, band, ink)
        if place is None or contrast(colour, band.colour) < _READS:
            beside.append(_end(band, x, y, grid))
        else:
            sheet.write(*place, band.name, colour, anchor="middle", weight="bold", halo=False)
    return beside


def _end(band: Band, x: Axis, y: Axis, grid: Array) -> Beside:
    """Where a line to an area begins: in its last year, or the last where there is much of it."""
    thick = band.high - band.low
    last = int(np.flatnonzero(thick > 0.2 * thick.max())[-1])
    middle = float(y.at((band.high[last] + band.low[last]) / 2))
    return Beside(band.name, band.colour, float(x.at(grid[last])), middle)


def _name_beside(sheet: Sheet, x: Axis, y: Axis, beside: list[Beside]) -> None:
    """Names at the right of the plot, each with a line to what it names."""
    heights = spread([one.y for one in beside], _LINE, y.end + 8, y.start - 4)
    for one, height in zip(beside, heights, strict=True):
        sheet.stroke(one.x, one.y, x.end + 14, height, one.colour, 1.2)
        sheet.box(x.end + 16, height - 5, 10, 10, one.colour, edge=sheet.palette.border)
        words = shortened(one.words, _RIGHT - 40)
        sheet.write(x.end + 31, height, words, sheet.palette.text)


def _room(x: Axis, y: Axis, grid: Array, band: Band, ink: Array) -> tuple[float, float] | None:
    """The middle of the largest place within an area that holds its name clear of lines."""
    across, upper, lower = x.at(grid), y.at(band.high), y.at(band.low)
    half = text_width(band.name, SMALL) / 2 + 8
    best: tuple[float, tuple[float, float]] | None = None
    if x.end - x.start < 2 * half:
        return None
    for middle in np.linspace(x.start + half, x.end - half, 40):
        inside = (across >= middle - half) & (across <= middle + half)
        top, foot = float(upper[inside].max()), float(lower[inside].min())
        height = (top + foot) / 2
        crossed = (np.abs(ink[:, 0] - middle) < half) & (np.abs(ink[:, 1] - height) < _LINE / 2)
        if foot - top >= _LINE and not crossed.any() and (best is None or foot - top > best[0]):
            best = (foot - top, (float(middle), height))
    return None if best is None else best[1]


def _post(sheet: Sheet, x: Axis, y: Axis, year: int, words: str, *, left: bool) -> None:
    """A dashed line up the plot at a year, its words above the plot on the side off the peak."""
    at = float(x.at(year))
    _line(sheet, np.array([at, at]), np.array([y.start, y.end - 8]), sheet.palette.text, 1.2, "5 4")
    anchor = "end" if left else "start"
    sheet.write(at - 6 if left else at + 6, y.end - 12, words, sheet.palette.muted, anchor=anchor)


def _cap(sheet: Sheet, x: Axis, y: Axis, caps: Mapping[int, float], lang: Language) -> list[Beside]:
    """The limit: level from each year that has one until the next; named where it begins.

    Returns the name of its last amount, where that is another.
    """
    years = sorted(caps)
    ends = [*years[1:], max(int(x.high), years[-1])]
    across = np.array([at for pair in zip(years, ends, strict=True) for at in pair], float)
    upward = np.repeat([caps[year] for year in years], 2)
    colour = sheet.palette.changes["gone"]
    _line(sheet, x.at(across), y.at(upward), colour, 2.0, "7 4")
    first, last = caps[years[0]], caps[years[-1]]
    left, height = float(x.at(years[0])) + 6, float(y.at(first)) - 10
    words = say("chart.pathway.cap", lang, value=number(first))
    left = min(left, x.end - text_width(words, SMALL) - 6)
    sheet.write(left, height, words, colour, weight="bold")
    if first == last:
        return []
    words = say("chart.pathway.cap", lang, value=number(last))
    return [Beside(words, colour, x.end, float(y.at(last)))]


def _peak(sheet: Sheet, x: Axis, y: Axis, year: int, value: float, lang: Language) -> None:
    """A disc at the peak and its words in the row above the plot."""
    palette, at, height = sheet.palette, float(x.at(year)), float(y.at(value))
    words = say("chart.pathway.peak", lang, year=year, value=number(value))
    half = text_width(words, SMALL) / 2
    middle = min(max(at, x.start + half), WIDTH - half - 6)
    sheet.stroke(at, y.end - 28, at, height - 6, palette.text, 1.2)
    sheet.disc(at, height, 5.0, palette.card, edge=palette.text)
    sheet.write(middle, y.end - 36, words, palette.text, anchor="middle", weight="bold")
