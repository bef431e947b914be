"""Link matrix: which firm sends what to which firm."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from circularpark.show.charts.sankey import shortened
from circularpark.show.labels import text_width
from circularpark.show.numbers import number
from circularpark.show.scene import Theme
from circularpark.show.sheet import SMALL, Picture, Sheet, swatches
from circularpark.show.style import outline, palette_of
from circularpark.words import Language, say

MOST: Final = 40
_CELL: Final = 26.0
_NAME: Final = 220.0


def link_matrix(flows: pd.DataFrame, lang: Language, theme: Theme = "light") -> Picture:
    """Senders down, receivers across; a disc for each commodity, its area by its share.

    flows : rows with source, target, commodity (names as shown), family, base and colour. The
        area is linear in the quantity within a unit family, which the legend says.
    """
    palette = palette_of(theme)
    senders = _names(flows, "source")
    receivers = _names(flows, "target")
    rows = flows[flows["source"].isin(senders) & flows["target"].isin(receivers)]
    full = rows.groupby("family")["base"].transform("max")
    rows = rows.assign(share=rows["base"] / full)
    names = [shortened(name, _NAME - 12) for name in senders]
    left = max((text_width(name, SMALL) for name in names), default=0.0) + 18
    top = 40.0
    width = max(left + _CELL * len(receivers) + 150, 640.0)
    high = top + _CELL * len(senders)
    across = [shortened(name, _NAME) for name in receivers]
    foot = max((text_width(name, SMALL) for name in across), default=0.0) * 0.72 + 24
    key = dict(zip(rows["commodity"], rows["colour"], strict=True))
    sheet = Sheet(palette, width, high + foot)
    for row, name in enumerate(names):
        y = top + _CELL * (row + 0.5)
        sheet.box(left, top + _CELL * row, _CELL * len(receivers), _CELL,
                  palette.land if row % 2 else palette.card)  # fmt: skip
        sheet.write(left - 8, y, name, palette.text, anchor="end", halo=False)
    for column, name in enumerate(across):
        x = left + _CELL * (column + 0.5)
        sheet.stroke(x, top, x, high, palette.border, 0.8)
        sheet.slanted(x + 4, high + 12, name, palette.text, anchor="end")
    sheet.write(left - 8, 20, say("chart.matrix.from", lang), palette.muted, anchor="end")
    sheet.write(left, 20, say("chart.matrix.to", lang), palette.muted)
    for (source, target), own in rows.groupby(["source", "target"], sort=False):
        x = left + _CELL * (receivers.index(str(target)) + 0.5)
        y = top + _CELL * (senders.index(str(source)) + 0.5)
        _discs(sheet, x, y, own)
    sheet.height = swatches(sheet, 12, high + foot + 12, list(key.items()), width - 8) + 4
    title = say("chart.matrix.title", lang)
    told = say(
        "chart.matrix.told", lang,
        links=len(rows), senders=len(senders), receivers=len(receivers),
    )  # fmt: skip
    return Picture("matrix", title, told, sheet.svg(title, told))


def _names(flows: pd.DataFrame, end: str) -> list[str]:
    """The firms of one side by what share of the largest flow of each family they move."""
    full = flows.groupby("family")["base"].transform("max")
    weight = (flows["base"] / full).groupby(flows[end]).sum()
    return list(weight.sort_values(ascending=False).index[:MOST])


def _discs(sheet: Sheet, x: float, y: float, own: pd.DataFrame) -> None:
    """Discs of one pair of firms, beside one another where there are several."""
    own = own.sort_values("share", ascending=False)
    shift = 6.0 if len(own) > 1 else 0.0
    for place, (_, flow) in enumerate(own.head(4).iterrows()):
        radius = max(2.6, 10.5 * math.sqrt(float(flow["share"])) * (0.72 if shift else 1.0))
        dx = (-shift, shift, -shift, shift)[place]
        dy = 0.0 if len(own) < 3 else (-shift, -shift, shift, shift)[place]
        told = (
            f"{flow['source']} → {flow['target']}, {flow['commodity']}:"
            f" {number(float(flow['base']))} {flow['family']}"
        )
        colour = str(flow["colour"])
        edge = outline(colour, sheet.palette)
        sheet.disc(x + dx, y + dy, radius, colour, told=told, edge=edge)
