"""The curves of saving CO2: marginal abatement cost, and the trade between two measures."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.chart import Chart
from circularpark.show.figures import spoken_unit
from circularpark.show.numbers import money, money_unit, number, tonnes, tonnes_unit
from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture
from circularpark.show.style import palette_of
from circularpark.words import Language, say

WIDTH: Final = 960.0
HEIGHT: Final = 440.0
_ROOM: Final = (86.0, 44.0, 60.0, 30.0)


def abatement_chart(
    steps: pd.DataFrame,
    currency: str,
    lang: Language,
    theme: Theme = "light",
    *,
    ceiling: float | None = None,
) -> Picture:
    """Marginal abatement cost: width t CO2 a year, height cost per t.

    steps : rows with name, saved [t], average [currency/t], from the cheapest on; each bar
        bears the number of its step, names are told under the pointer.
    ceiling : what the park pays for a tonne at most, a dashed line
    """
    palette = palette_of(theme)
    rows = steps[steps["saved"] > 0].reset_index(drop=True)
    size, unit = tonnes_unit(float(rows["saved"].sum()), lang)
    ends = np.concatenate([[0.0], np.cumsum(rows["saved"].to_numpy(float))]) / size
    heights = rows["average"].to_numpy(float)
    said = spoken_unit(currency, lang)
    per = f"{said}/{spoken_unit('t', lang)}"
    shown = np.append(heights, [0.0] if ceiling is None else [0.0, ceiling])
    low, high = float(shown.min()), float(shown.max())
    pad = (high - low) * 0.08 or 1.0
    chart = Chart.of(palette, (0.0, float(ends[-1])), (low - pad * (low < 0), high + pad),
                     width=WIDTH, height=HEIGHT, room=_ROOM)  # fmt: skip
    chart.axes(
        say("chart.macc.across", lang, unit=unit), say("chart.macc.upward", lang, currency=said)
    )
    nought = float(chart.y.at(0.0))
    for row, height in enumerate(heights):
        left, right = (float(x) for x in chart.x.at(ends[row : row + 2]))
        top, foot = sorted((float(chart.y.at(height)), nought))
        colour = palette.good if height <= 0 else palette.changes["more"]
        if ceiling is not None and height > ceiling * (1 + 1e-9):
            colour = palette.changes["less"]
        told = (
            f"{rows['name'][row]}: {tonnes(float(rows['saved'][row]), lang)},"
            f" {number(height)} {per}"
        )
        chart.box(left, top, right - left, foot - top, colour, edge=palette.card, told=told)
        chart.ink.append(np.array([[x, top] for x in np.linspace(left, right, 6)]))
    chart.stroke(chart.x.start, nought, chart.x.end, nought, palette.muted, 1.2)
    for row, height in enumerate(heights):
        middle = float(chart.x.at(float(ends[row : row + 2].mean())))
        edge = float(chart.y.at(max(height, 0.0)))
        chart.write(middle, edge - 9, str(row + 1), palette.text, anchor="middle", weight="bold")
    if ceiling is not None:
        chart.rule(ceiling, palette.text)
        words = say("chart.macc.ceiling", lang, value=number(ceiling), currency=said)
        chart.label(np.array([[float(ends[-1]) * 0.02, ceiling]]), words, palette.text)
    title = say("chart.macc.title", lang)
    told = say(
        "chart.macc.told", lang, count=len(rows),
        saved=tonnes(float(rows["saved"].sum()), lang),
        first=number(float(heights[0])), last=number(float(heights[-1])), currency=said,
    )  # fmt: skip
    return Picture("macc", title, told, chart.svg(title, told))


def pareto_chart(
    points: pd.DataFrame,
    names: tuple[str, str],
    knee: int | None,
    base: tuple[float, float] | None,
    currency: str,
    lang: Language,
    theme: Theme = "light",
) -> Picture:
    """What less CO2 costs: a point for each plan, the knee and today's best operation named.

    points : rows with co2 [t] and cost [currency]; base : co2 and cost of best operation
    """
    palette = palette_of(theme)
    co2, cost = points["co2"].to_numpy(float), points["cost"].to_numpy(float)
    size, unit = tonnes_unit(float(np.abs(co2).max()), lang)
    scale, said = money_unit(float(np.abs(cost).max()), currency, lang)
    x, y = co2 / size, cost / scale
    every_x, every_y = x, y
    if base is not None:
        every_x = np.append(x, base[0] / size)
        every_y = np.append(y, base[1] / scale)
    pads = [(float(v.max() - v.min()) or 1.0) * 0.08 for v in (every_x, every_y)]
    chart = Chart.of(
        palette,
        (float(every_x.min()) - pads[0], float(every_x.max()) + pads[0]),
        (float(every_y.min()) - pads[1], float(every_y.max()) + pads[1]),
        width=WIDTH, height=HEIGHT, room=_ROOM,
    )  # fmt: skip
    chart.axes(f"{names[0]} ({unit})", f"{names[1]} ({said})")
    chart.line(x, y, palette.accent)
    for place in range(len(x)):
        if place != knee:
            chart.dot(float(x[place]), float(y[place]), palette.accent)
    if knee is not None:
        chart.dot(float(x[knee]), float(y[knee]), palette.changes["less"])
        chart.label(np.array([[x[knee], y[knee]]]), say("chart.pareto.knee", lang), palette.text)
    for place, key in ((0, "first"), (len(x) - 1, "last")):
        words = say(
            "chart.pareto.end", lang, co2=tonnes(float(co2[place]), lang),
            cost=money(float(cost[place]), currency, lang),
        )  # fmt: skip
        if place or key == "first":
            chart.label(np.array([[x[place], y[place]]]), words, palette.text, weight="normal")
    if base is not None:
        bx, by = base[0] / size, base[1] / scale
        chart.dot(bx, by, palette.text)
        chart.label(np.array([[bx, by]]), say("chart.pareto.base", lang), palette.text)
    title = say("chart.pareto.title", lang, first=names[0], second=names[1])
    told = say(
        "chart.pareto.told", lang, count=len(x),
        high=tonnes(float(co2.max()), lang), low=tonnes(float(co2.min()), lang),
    )  # fmt: skip
    return Picture("pareto", title, told, chart.svg(title, told))
