"""Dispatch and duration: who supplies a carrier hour by hour, and how often how much."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.chart import Chart
from circularpark.show.charts.sankey import shortened
from circularpark.show.numbers import number
from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture, swatches
from circularpark.show.style import Palette, palette_of
from circularpark.words import Language, say

WIDTH: Final = 960.0
HEIGHT: Final = 400.0
MOST: Final = 8
_ROOM: Final = (70.0, 40.0, 110.0, 26.0)


def dispatch_chart(
    supply: pd.DataFrame,
    wanted: np.ndarray,
    name: str,
    unit: str,
    lang: Language,
    theme: Theme = "light",
) -> Picture:
    """Stacked supply of one carrier over the periods, and what is wanted as a line.

    supply : one row a source with its name, one column a period [unit]; wanted : (K,) [unit]
    """
    palette = palette_of(theme)
    rows = _merged(supply, lang)
    values = np.maximum(rows.to_numpy(float), 0.0)
    top = max(float(values.sum(axis=0).max()), float(wanted.max(initial=0.0))) * 1.06 or 1.0
    periods = values.shape[1]
    chart = Chart.of(palette, (0.0, float(periods)), (0.0, top), width=WIDTH, height=HEIGHT,
                     room=_ROOM)  # fmt: skip
    chart.axes(say("chart.hours.across", lang), unit)
    steps = np.repeat(np.arange(periods + 1, dtype=float), 2)[1:-1]
    floor = np.zeros(periods)
    colours = _colours(palette, len(rows))
    for row, colour in enumerate(colours):
        ceiling = floor + values[row]
        across = np.concatenate([steps, steps[::-1]])
        upward = np.concatenate([np.repeat(ceiling, 2), np.repeat(floor, 2)[::-1]])
        chart.area(across, upward, colour, 0.9)
        floor = ceiling
    chart.line(steps, np.repeat(wanted, 2), palette.text, 1.4)
    entries = [(shortened(str(n), 260.0), c) for n, c in zip(rows.index, colours, strict=True)]
    entries.append((say("chart.hours.wanted", lang), palette.text))
    swatches(chart, 14.0, HEIGHT - 52.0, entries, WIDTH - 10)
    title = say("chart.hours.dispatch", lang, name=name)
    told = say("chart.hours.told", lang, name=name, count=len(rows), periods=periods,
               peak=number(float(wanted.max(initial=0.0))), unit=unit)  # fmt: skip
    return Picture("dispatch", title, told, chart.svg(title, told))


def duration_chart(
    curves: pd.DataFrame,
    hours: np.ndarray,
    name: str,
    unit: str,
    lang: Language,
    theme: Theme = "light",
) -> Picture:
    """How many hours of the year at least so much is drawn: a falling line for each state.

    curves : one row a state (its name), one column a period [unit]; hours : (K,) of each period
    """
    palette = palette_of(theme)
    values = curves.to_numpy(float)
    total = float(hours.sum())
    low, high = min(0.0, float(values.min())), float(values.max()) * 1.06 or 1.0
    chart = Chart.of(palette, (0.0, total), (low, high), width=WIDTH, height=HEIGHT,
                     room=(70.0, 40.0, 60.0, 40.0))  # fmt: skip
    chart.axes(say("chart.duration.across", lang), unit)
    looks = [(palette.muted, "6 4"), (palette.accent, ""), (palette.changes["less"], "")]
    for row, (state, (colour, dash)) in enumerate(zip(curves.index, looks, strict=False)):
        order = np.argsort(-values[row], kind="stable")
        ends = np.concatenate([[0.0], np.cumsum(hours[order])])
        across = np.repeat(ends, 2)[1:-1]
        upward = np.repeat(values[row][order], 2)
        chart.line(across, upward, colour, 2.2, dash)
        places = np.linspace(0.1, 0.8, 8) * (len(across) - 1)
        spots = np.column_stack([across[places.astype(int)], upward[places.astype(int)]])
        chart.label(spots, str(state), colour)
    title = say("chart.duration.title", lang, name=name)
    told = say("chart.duration.told", lang, name=name, peak=number(float(values.max())),
               unit=unit, hours=number(total, 4))  # fmt: skip
    return Picture("duration", title, told, chart.svg(title, told))


def _merged(supply: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """The largest sources, the rest as one."""
    rows = supply.groupby(level=0, sort=False).sum()
    rows = rows.loc[rows.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    if len(rows) <= MOST:
        return rows
    rest = rows.iloc[MOST - 1 :].sum().to_frame(say("chart.hours.others", lang)).T
    return pd.concat([rows.iloc[: MOST - 1], rest])


def _colours(palette: Palette, count: int) -> list[str]:
    return [palette.spare[place % len(palette.spare)] for place in range(count)]
