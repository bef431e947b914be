"""Heat map of shadow prices: what one more unit of a commodity is worth at each site."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.charts.sankey import shortened
from circularpark.show.figures import spoken_unit
from circularpark.show.labels import text_width
from circularpark.show.numbers import number
from circularpark.show.scene import Theme
from circularpark.show.sheet import SMALL, Picture, Sheet
from circularpark.show.style import Palette, contrast, luminance, mixed, palette_of
from circularpark.words import Language, say

MOST_COMMODITIES: Final = 16
MOST_SITES: Final = 20
_CELL: Final = (58.0, 24.0)
_NAME: Final = 190.0
_HEAD: Final = 165.0


def price_map(
    prices: pd.DataFrame, currency: str, lang: Language, theme: Theme = "light"
) -> Picture:
    """Sites down, commodities across, the price written in each cell.

    prices : rows with site, commodity (names as shown), unit and price [currency per unit]; a
        negative price is that of something one would pay to get rid of. The shade is by the
        share of the commodity's largest price, since units differ.
    """
    palette = palette_of(theme)
    table = prices.pivot_table(index="site", columns="commodity", values="price", sort=False)
    units = dict(zip(prices["commodity"], prices["unit"], strict=True))
    table = table[table.notna().sum().sort_values(ascending=False, kind="stable").index]
    table = table.iloc[:, :MOST_COMMODITIES]
    table = table.loc[table.notna().sum(axis=1).sort_values(ascending=False, kind="stable").index]
    table = table[table.notna().any(axis=1)].iloc[:MOST_SITES]
    wide, high = _CELL
    sites = [shortened(str(name), _NAME) for name in table.index]
    left = max((text_width(name, SMALL) for name in sites), default=0.0) + 20
    per = {
        name: f"{spoken_unit(currency, lang)}/{spoken_unit(str(unit), lang)}"
        for name, unit in units.items()
    }
    heads = [f"{shortened(str(n), _HEAD)} [{per[n]}]" for n in table.columns]
    above = max((text_width(name, SMALL) for name in heads), default=0.0) * 0.71 + 24
    right = max((text_width(heads[-1], SMALL) * 0.71 if heads else 0.0) - wide / 2, 0.0) + 12
    sheet = Sheet(palette, left + wide * len(heads) + right, above + high * len(sites) + 34)
    for column, name in enumerate(heads):
        sheet.slanted(left + wide * (column + 0.5), above - 6, name, palette.text, anchor="start")
    largest = np.maximum(table.abs().max().to_numpy(float), 1e-300)
    values = table.to_numpy(float)
    named = [str(name) for name in table.columns]
    for row, site in enumerate(sites):
        y = above + high * row
        sheet.write(left - 8, y + high / 2, site, palette.text, anchor="end", halo=False)
        for column in range(len(named)):
            value = float(values[row, column])
            if math.isnan(value):
                continue
            towards = palette.changes["more" if value >= 0 else "less"]
            colour = shade(palette, towards, abs(value) / largest[column])
            x = left + wide * column
            inks = (palette.text, palette.card)
            ink = inks[int(contrast(inks[1], colour) > contrast(inks[0], colour))]
            told = f"{table.index[row]}, {named[column]}: {number(value)}"
            told += f" {per[named[column]]}"
            sheet.box(x + 1, y + 1, wide - 2, high - 2, colour, told=told)
            sheet.write(
                x + wide / 2, y + high / 2, number(value, 2), ink, anchor="middle", halo=False
            )
    foot = above + high * len(sites) + 18
    sheet.write(left, foot, say("chart.prices.note", lang), palette.muted, halo=False)
    sheet.width = max(sheet.width, left + text_width(say("chart.prices.note", lang), SMALL) + 12)
    title = say("chart.prices.title", lang)
    told = say("chart.prices.told", lang, sites=len(sites), commodities=len(heads))
    return Picture("prices", title, told, sheet.svg(title, told))


def shade(palette: Palette, colour: str, share: float) -> str:
    """A cell's ground by its share of the largest; text reads on all of them in both themes."""
    deepest = 0.6 if luminance(palette.card) > 0.5 else 0.36
    return mixed(palette.card, colour, 0.12 + deepest * share)
