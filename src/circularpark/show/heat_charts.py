"""Composite, grand composite and total-site curves as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from circularpark.account.heat_curves import (
    Curve,
    Pieces,
    composite,
    curve_of,
    grand_composite,
    total_site,
)
from circularpark.account.heat_grid import Loads
from circularpark.account.targets import ProblemTable, problem_table
from circularpark.show.chart import Array, Chart, spread
from circularpark.show.labels import text_width
from circularpark.show.numbers import number
from circularpark.show.scene import Theme
from circularpark.show.sheet import SIZE, Picture
from circularpark.show.style import Palette, mixed, palette_of
from circularpark.words import Language, say

_ROOM: Final = 0.06
_BAR: Final = 9.0
# Of a curve a label may stand at these shares of its length.
_ALONG: Final = (0.97, 0.85, 0.7, 0.5, 0.3, 0.15)


@dataclass(frozen=True)
class Unit:
    """Heat as it is written: ``size`` of it in a MW, and what it is called."""

    size: float
    name: str

    def text(self, megawatts: float) -> str:
        """An amount with its unit."""
        return f"{number(megawatts * self.size)} {self.name}"


def unit_for(largest: float) -> Unit:
    """The unit in which a picture counts heat up to ``largest`` [MW]."""
    return Unit(1000.0, "kW") if largest < 1.0 else Unit(1.0, "MW")


def _colours(palette: Palette) -> tuple[str, str]:
    """Hot and cold."""
    return palette.changes["gone"], palette.changes["new"]


def composite_chart(loads: Loads, name: str, lang: Language, theme: Theme = "light") -> Picture:
    """Hot and cold composite curve of one cascade, with what they can exchange.

    loads : of one cascade at one period's (or mean) rates; name : of the site or park
    """
    palette = palette_of(theme)
    table = problem_table(loads)
    hot, cold = composite(loads)
    unit = unit_for(float(max(table.offered[0], table.wanted[0])))
    heats = np.concatenate([hot.heat, cold.heat]) * unit.size
    temperatures = np.concatenate([hot.temperature, cold.temperature])
    chart = Chart.of(
        palette,
        (0.0, float(heats.max(initial=0.0)) * (1 + _ROOM)),
        _margins(temperatures),
        room=(62.0, 98.0, 56.0, 26.0),
    )
    chart.axes(say("heat.chart.heat_axis", lang, unit=unit.name), say("heat.chart.celsius", lang))
    red, blue = _colours(palette)
    _overlap(chart, table, unit, palette, lang)
    for curve, colour in ((hot, red), (cold, blue)):
        chart.line(curve.heat * unit.size, curve.temperature, colour)
    _pinch_posts(chart, table, (hot, cold), unit, lang)
    for curve, colour, key in ((hot, red, "hot"), (cold, blue, "cold")):
        if len(curve.heat):
            points = _along(chart, curve.heat * unit.size, curve.temperature)
            chart.label(points, say(f"heat.chart.{key}", lang), colour)
    title = say("heat.chart.composite", lang, name=name)
    told = _told(table, unit, lang)
    return Picture("composite", title, told, chart.svg(title, told))


def _overlap(
    chart: Chart, table: ProblemTable, unit: Unit, palette: Palette, lang: Language
) -> None:
    """A strip over the plot: cooling, what can be recovered, heating, along the heat axis."""
    red, blue = _colours(palette)
    cooling, heating = float(table.cooling[0]), float(table.heating[0])
    offered = float(table.offered[0])
    y = chart.y.end - 40
    parts = (
        ("cooling", 0.0, cooling, blue),
        ("recoverable", cooling, offered, palette.good),
        ("heating", offered, offered + heating, red),
    )
    whole = max(offered + heating, 1e-12)
    wanted, texts = [], []
    for key, start, end, colour in parts:
        if end - start <= 1e-6 * whole:
            continue
        chart.bar(start * unit.size, end * unit.size, y, _BAR, colour)
        words = say(f"heat.chart.{key}", lang, heat=unit.text(end - start))
        wanted.append(float(chart.x.at((start + end) / 2 * unit.size)))
        texts.append((words, colour))
    _in_a_row(chart, wanted, texts, y - 18)


def _in_a_row(
    chart: Chart, wanted: Sequence[float], texts: Sequence[tuple[str, str]], y: float
) -> None:
    """Texts side by side near where each wants to be; one that finds no room goes a line up."""
    right = [chart.x.start - 90.0, chart.x.start - 90.0]
    for middle, (words, colour) in zip(wanted, texts, strict=True):
        wide = text_width(words, SIZE)
        left = min(max(middle - wide / 2, chart.x.start - 56), chart.width - wide - 6)
        line = 0 if left > right[0] + 14 else 1
        left = max(left, right[line] + 14) if line else left
        chart.write(left, y - 19 * line, words, colour, size=SIZE, weight="bold")
        right[line] = left + wide


def _pinch_posts(
    chart: Chart, table: ProblemTable, curves: tuple[Curve, Curve], unit: Unit, lang: Language
) -> None:
    """Where on the heat axis the pinches lie: the hot heat below them; told in real degrees."""
    for pinch in table.pinches():
        heat = float(table.hot[table.grid.upper <= pinch, 0].sum())
        hot, cold = (
            float(np.interp(heat, curve.heat[::-1], curve.temperature[::-1])) for curve in curves
        )
        chart.post(heat * unit.size, chart.palette.muted)
        points = np.array([[heat * unit.size, chart.y.high], [heat * unit.size, chart.y.low]])
        words = say("heat.chart.pinch_pair", lang, hot=number(hot), cold=number(cold))
        chart.label(points, words, chart.palette.text, weight="normal")


def grand_chart(loads: Loads, name: str, lang: Language, theme: Theme = "light") -> Picture:
    """Grand composite curve of one cascade, its pockets shaded."""
    palette = palette_of(theme)
    table = problem_table(loads)
    drawn = grand_composite(loads)
    unit = unit_for(float(drawn.curve.heat.max(initial=0.0)))
    heat = drawn.curve.heat * unit.size
    chart = Chart.of(
        palette,
        (0.0, float(heat.max(initial=0.0)) * (1 + _ROOM)),
        _margins(drawn.curve.temperature),
    )
    chart.axes(
        say("heat.chart.net_axis", lang, unit=unit.name), say("heat.chart.shifted_celsius", lang)
    )
    red, blue = _colours(palette)
    grey = mixed(palette.muted, palette.card, 0.6)
    chart.area(
        np.concatenate([[0.0], heat, [0.0]]),
        np.concatenate(
            [drawn.curve.temperature[:1], drawn.curve.temperature, drawn.curve.temperature[-1:]]
        ),
        grey,
        0.35,
    )
    for pieces, colour in ((drawn.sinks, red), (drawn.sources, blue)):
        _outside_area(chart, pieces, unit, colour, below=colour == blue)
    chart.line(heat, drawn.curve.temperature, palette.text)
    edge = drawn.curve.temperature
    for amount, at, key, colour in (
        (table.heating[0], edge[0], "heating", red),
        (table.cooling[0], edge[-1], "cooling", blue),
    ):
        if amount > 0:
            point = np.array([[float(amount) * unit.size, float(at)]])
            chart.label(point, say(f"heat.chart.{key}", lang, heat=unit.text(amount)), colour)
    for pinch in table.pinches():
        chart.dot(0.0, pinch, palette.text)
        words = say("heat.chart.pinch", lang, temperature=number(pinch))
        chart.label(np.array([[0.0, pinch]]), words, palette.text, weight="normal")
    title = say("heat.chart.grand", lang, name=name)
    told = _told(table, unit, lang)
    return Picture("grand_composite", title, told, chart.svg(title, told))


def _outside_area(chart: Chart, pieces: Pieces, unit: Unit, colour: str, *, below: bool) -> None:
    """What utilities must bring or take outside the pockets, between its temperatures."""
    curve = curve_of(pieces)
    if not len(curve.heat):
        return
    heat, temperature = curve.heat * unit.size, curve.temperature
    if below:
        heat = float(heat.max()) - heat
    chart.area(
        np.concatenate([[0.0], heat, [0.0]]),
        np.concatenate([temperature[:1], temperature, temperature[-1:]]),
        colour,
        0.22,
    )


def total_site_chart(
    cascades: Sequence[Loads],
    carriers: pd.DataFrame,
    name: str,
    lang: Language,
    theme: Theme = "light",
) -> Picture:
    """What all sites have left and lack, and the carriers between them.

    carriers : name, level [degC], plan_raised, plan_used [MW]
    """
    palette = palette_of(theme)
    sources, sinks = total_site(cascades)
    given, wanted = curve_of(sources), curve_of(sinks)
    most = [float(c.heat.max(initial=0.0)) for c in (given, wanted)]
    most[0] = max(most[0], float(carriers["plan_raised"].sum()) if len(carriers) else 0.0)
    most[1] = max(most[1], float(carriers["plan_used"].sum()) if len(carriers) else 0.0)
    unit = unit_for(max(most))
    ends = (-most[0] * unit.size * (1 + _ROOM), most[1] * unit.size * (1 + _ROOM))
    levels = carriers["level"].to_numpy(dtype=float) if len(carriers) else np.zeros(0)
    temperatures = np.concatenate([given.temperature, wanted.temperature, levels])
    names = [str(each) for each in carriers["name"]] if len(carriers) else []
    right = max([text_width(words, SIZE) for words in names], default=0.0)
    chart = Chart.of(
        palette, ends, _margins(temperatures), room=(62.0, 30.0, 56.0, max(26.0, right + 22))
    )
    chart.axes(
        say("heat.chart.heat_axis", lang, unit=unit.name),
        say("heat.chart.shifted_celsius", lang),
        (say("heat.chart.left_over", lang), say("heat.chart.lacking", lang)),
    )
    red, blue = _colours(palette)
    _levels(chart, carriers, names, unit, palette)
    chart.line(np.zeros(2), np.array([chart.y.low, chart.y.high]), palette.muted, 1.2)
    labels = []
    for curve, side, colour, key in ((given, -1.0, red, "surplus"), (wanted, 1.0, blue, "lack")):
        if not len(curve.heat):
            continue
        # Sources start at the axis with their hottest heat, sinks with their coldest.
        heat = float(curve.heat.max()) - curve.heat if side < 0 else curve.heat
        chart.line(side * heat * unit.size, curve.temperature, colour)
        points = _along(chart, side * heat * unit.size, curve.temperature)
        words = say(f"heat.chart.{key}", lang, heat=unit.text(float(curve.heat.max())))
        labels.append((points, words, colour))
    # A label keeps clear of both curves, so that these come first.
    for points, words, colour in labels:
        chart.label(points, words, colour)
    title = say("heat.chart.site", lang, name=name)
    amounts = [unit.text(float(c.heat.max(initial=0.0))) for c in (given, wanted)]
    told = say("heat.chart.site_told", lang, surplus=amounts[0], lack=amounts[1])
    if len(carriers) and float(carriers[["plan_raised", "plan_used"]].to_numpy().max()) > 0:
        told += say("heat.chart.levels_told", lang)
    return Picture("total_site", title, told, chart.svg(title, told))


def _levels(
    chart: Chart, carriers: pd.DataFrame, names: Sequence[str], unit: Unit, palette: Palette
) -> None:
    """A line for each carrier, thick as far as the plan raises (left) and uses (right) it."""
    if not len(carriers):
        return
    levels = carriers["level"].to_numpy(dtype=float)
    pixels = [float(chart.y.at(level)) for level in levels]
    heights = spread(pixels, 17.0, chart.y.end, chart.y.start)
    for row, (level, y) in enumerate(zip(levels, heights, strict=True)):
        chart.rule(float(level), palette.muted, "2 4")
        for side, column in ((-1.0, "plan_raised"), (1.0, "plan_used")):
            heat = float(carriers[column].iloc[row]) * unit.size
            if heat > 0:
                chart.bar(0.0, side * heat, pixels[row], 6.0, palette.accent)
        chart.write(chart.x.end + 8, y, names[row], palette.accent, size=SIZE)


def _margins(temperatures: Array) -> tuple[float, float]:
    low, high = float(temperatures.min()), float(temperatures.max())
    pad = max(high - low, 1.0) * _ROOM
    return low - pad, high + pad


def _along(chart: Chart, heat: Array, temperature: Array) -> Array:
    """Data points along a line at which its label may stand, by its drawn length."""
    x, y = chart.x.at(heat), chart.y.at(temperature)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    steps = np.array(_ALONG) * length[-1]
    return np.column_stack([np.interp(steps, length, heat), np.interp(steps, length, temperature)])


def _told(table: ProblemTable, unit: Unit, lang: Language) -> str:
    pinches = table.pinches()
    pinch = (
        say("heat.chart.comma", lang).join(number(p) for p in pinches)
        if pinches
        else say("heat.chart.no_pinch", lang)
    )
    key = "heat.chart.told" if pinches else "heat.chart.told_threshold"
    return say(
        key,
        lang,
        offered=unit.text(float(table.offered[0])),
        wanted=unit.text(float(table.wanted[0])),
        recoverable=unit.text(float(table.recoverable[0])),
        heating=unit.text(float(table.heating[0])),
        cooling=unit.text(float(table.cooling[0])),
        pinch=pinch,
    )


__all__ = ["Curve", "Picture", "composite_chart", "grand_chart", "total_site_chart", "unit_for"]
