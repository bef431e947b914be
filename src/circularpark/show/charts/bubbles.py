"""Bubble chart of projects: what each costs to build, saves, and earns."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.chart import Chart
from circularpark.show.charts.abatement import HEIGHT, WIDTH
from circularpark.show.charts.sankey import shortened
from circularpark.show.figures import spoken_unit
from circularpark.show.numbers import money, number, tonnes
from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture
from circularpark.show.style import palette_of
from circularpark.words import Language, say

MOST_NAMED: Final = 10
_LARGEST: Final = 34.0
_NAME: Final = 210.0


def project_bubbles(
    projects: pd.DataFrame,
    currency: str,
    lang: Language,
    theme: Theme = "light",
    *,
    ceiling: float | None = None,
) -> Picture:
    """Across: CO2 saved a year; upwards: cost of a tonne; area: what is to be invested.

    projects : rows with name, capex [currency], co2 [t a year saved], cost [currency a year
        more]. Projects that save nothing have no cost of a tonne; the sentence counts them.
    """
    palette = palette_of(theme)
    saving = projects[projects["co2"] > 0].reset_index(drop=True)
    per_tonne = (saving["cost"] / saving["co2"]).to_numpy(float)
    co2 = saving["co2"].to_numpy(float)
    logs = np.log10(co2)
    low, high = math.floor(float(logs.min()) * 2) / 2, math.ceil(float(logs.max()) * 2) / 2
    bottom, top = _bulk(per_tonne, ceiling)
    chart = Chart.of(palette, (low - 0.1, high + 0.25), (bottom, top),
                     width=WIDTH, height=HEIGHT, room=(86.0, 44.0, 60.0, 30.0))  # fmt: skip
    _axes(chart, currency, lang)
    full = float(saving["capex"].max()) or 1.0
    per = f"{spoken_unit(currency, lang)}/{spoken_unit('t', lang)}"
    order = np.argsort(-saving["capex"].to_numpy(float), kind="stable")
    for row in order:
        x, y = float(chart.x.at(logs[row])), float(chart.y.at(np.clip(per_tonne[row], bottom, top)))
        radius = max(4.0, _LARGEST * math.sqrt(max(float(saving["capex"][row]), 0.0) / full))
        colour = palette.good if per_tonne[row] <= 0 else palette.changes["more"]
        told = (
            f"{saving['name'][row]}: {tonnes(float(co2[row]), lang)},"
            f" {number(float(per_tonne[row]))} {per},"
            f" {money(float(saving['capex'][row]), currency, lang)}"
        )
        chart.disc(x, y, radius, colour, told=told, edge=palette.card, opacity=0.75)
        chart.ink.append(np.array([[x + radius * c, y + radius * s] for c, s in _AROUND]))
        # A name beside its disc reads better than one on it, and hides no smaller disc.
        reach = radius * 0.8
        chart.taken.append((x - reach, y - reach, x + reach, y + reach))
    if ceiling is not None and bottom < ceiling < top:
        chart.rule(ceiling, palette.text)
    for row in order[:MOST_NAMED]:
        point = np.array([[logs[row], np.clip(per_tonne[row], bottom, top)]])
        name = shortened(str(saving["name"][row]), _NAME)
        chart.label(point, name, palette.text, weight="normal")
    title = say("chart.bubbles.title", lang)
    told = say(
        "chart.bubbles.told", lang, count=len(saving), none=len(projects) - len(saving),
        capex=money(float(projects["capex"].sum()), currency, lang),
    )  # fmt: skip
    return Picture("projects", title, told, chart.svg(title, told))


_AROUND: Final = [(math.cos(a), math.sin(a)) for a in np.linspace(0, 2 * math.pi, 13)]


def _bulk(values: np.ndarray, ceiling: float | None) -> tuple[float, float]:
    """The range that shows most bubbles; what lies outside stands at its edge."""
    low, high = (float(v) for v in np.quantile(values, [0.04, 0.96]))
    low, high = min(low, 0.0), max(high, 0.0, ceiling or 0.0)
    pad = (high - low) * 0.12 or 1.0
    return low - pad, high + pad


def _axes(chart: Chart, currency: str, lang: Language) -> None:
    """Round numbers along a logarithmic axis of tonnes, and money upwards."""
    palette = chart.palette
    for tick in chart.y.ticks():
        y = float(chart.y.at(tick))
        chart.stroke(chart.x.start, y, chart.x.end, y, palette.border, 1.0)
        chart.write(chart.x.start - 8, y, number(tick, 6), palette.muted, anchor="end")
    for power in range(math.ceil(chart.x.low), math.floor(chart.x.high) + 1):
        x = float(chart.x.at(power))
        chart.stroke(x, chart.y.start, x, chart.y.end, palette.border, 1.0)
        chart.write(
            x, chart.y.start + 16, tonnes(10.0**power, lang), palette.muted, anchor="middle"
        )
    nought = float(chart.y.at(0.0))
    chart.stroke(chart.x.start, nought, chart.x.end, nought, palette.muted, 1.2)
    middle = (chart.x.start + chart.x.end) / 2
    chart.write(middle, chart.y.start + 40, say("chart.bubbles.across", lang), palette.text,
                anchor="middle")  # fmt: skip
    upward = say("chart.macc.upward", lang, currency=spoken_unit(currency, lang))
    chart.write(chart.x.start - 72, chart.y.end - 18, upward, palette.text)
