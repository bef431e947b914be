"""Sankey diagram: supplier -> commodity -> receiver, one unit family each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.chart import spread
from circularpark.show.labels import text_width
from circularpark.show.numbers import number
from circularpark.show.scene import Theme
from circularpark.show.sheet import SMALL, Picture, Sheet
from circularpark.show.style import Palette, outline, palette_of
from circularpark.words import Language, say

WIDTH: Final = 1080.0
MOST: Final = 14
_SIDE: Final = 262.0
_NODE: Final = 12.0
_GAP: Final = 9.0
_ROW: Final = 17.0
_TOP: Final = 44.0
_TEXT: Final = 250.0


@dataclass(frozen=True)
class _Column:
    """The nodes of one column, from the top: name, amount, upper edge and height [pixels]."""

    x: float
    names: list[str]
    amount: np.ndarray
    top: np.ndarray
    high: np.ndarray

    def at(self, name: str) -> int:
        return self.names.index(name)


def sankey(flows: pd.DataFrame, family: str, lang: Language, theme: Theme = "light") -> Picture:
    """Who supplies what to whom in one unit family.

    flows : rows with source, commodity and target (names as shown), base [family's unit] and
        colour (of the commodity). Sites beyond the largest ``MOST`` of a side are one node.
    """
    rows = _merged(flows, lang)
    palette = palette_of(theme)
    colours = dict(zip(rows["commodity"], rows["colour"], strict=True))
    order = _order(rows)
    count = max(len(names) for names in order)
    high = max(220.0, 30.0 * count, 24.0 * len(order[1]))
    scale = _scale(rows, order, high)
    columns = [
        _column(rows, key, names, x, scale, high)
        for key, names, x in zip(
            ("source", "commodity", "target"),
            order,
            (_SIDE, (WIDTH - _NODE) / 2, WIDTH - _SIDE - _NODE),
            strict=True,
        )
    ]
    sheet = Sheet(palette, WIDTH, high + _TOP + 18)
    _heads(sheet, columns, lang)
    _ribbons(sheet, rows, columns, scale, colours, family)
    for place, column in enumerate(columns):
        _nodes(sheet, column, place, colours if place == 1 else {}, high, family)
    title = say("chart.sankey.title", lang, unit=family)
    largest = rows.sort_values("base", ascending=False).iloc[0]
    told = say(
        "chart.sankey.told", lang, total=number(float(rows["base"].sum())), unit=family,
        source=largest["source"], commodity=largest["commodity"], target=largest["target"],
        amount=number(float(largest["base"])),
    )  # fmt: skip
    return Picture(f"sankey-{family.split('/')[0]}", title, told, sheet.svg(title, told))


def _merged(flows: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """The flows with small sites of each side taken together."""
    rows = flows.copy()
    for end in ("source", "target"):
        sums = rows.groupby(end)["base"].sum().sort_values(ascending=False)
        if len(sums) > MOST:
            small = set(sums.index[MOST - 1 :])
            others = say("chart.sankey.others", lang, count=len(small))
            rows[end] = [others if name in small else name for name in rows[end]]
    keys = ["source", "commodity", "target", "colour"]
    return rows.groupby(keys, sort=False)["base"].sum().reset_index()


def _order(rows: pd.DataFrame) -> list[list[str]]:
    """Names of the three columns, placed so that ribbons cross little (barycentres)."""
    left, middle, right = (
        list(rows.groupby(key)["base"].sum().sort_values(ascending=False).index)
        for key in ("source", "commodity", "target")
    )
    for _ in range(6):
        left = _by_middle(rows, "source", left, "commodity", middle)
        right = _by_middle(rows, "target", right, "commodity", middle)
        both = pd.concat(
            [
                rows[["commodity", "base"]].assign(rank=[left.index(n) for n in rows["source"]]),
                rows[["commodity", "base"]].assign(rank=[right.index(n) for n in rows["target"]]),
            ]
        )
        both["weighed"] = both["base"] * both["rank"]
        sums = both.groupby("commodity")[["weighed", "base"]].sum()
        middle = list((sums["weighed"] / sums["base"]).sort_values(kind="stable").index)
    return [left, middle, right]


def _by_middle(
    rows: pd.DataFrame, key: str, names: list[str], other: str, places: list[str]
) -> list[str]:
    rank = np.array([places.index(name) for name in rows[other]])
    frame = pd.DataFrame({"name": rows[key], "base": rows["base"], "weighed": rows["base"] * rank})
    sums = frame.groupby("name")[["weighed", "base"]].sum()
    means = (sums["weighed"] / sums["base"]).reindex(names)
    return list(means.sort_values(kind="stable").index)


def _scale(rows: pd.DataFrame, order: list[list[str]], high: float) -> float:
    """Pixels per unit, so that the fullest column with its gaps fits."""
    total = float(rows["base"].sum())
    return min((high - _GAP * (len(names) - 1)) / total for names in order)


def _column(
    rows: pd.DataFrame, key: str, names: list[str], x: float, scale: float, high: float
) -> _Column:
    amount = rows.groupby(key)["base"].sum().reindex(names).to_numpy(float)
    sizes = np.maximum(amount * scale, 0.8)
    room = high - float(sizes.sum())
    gap = min(26.0, room / max(len(names) - 1, 1))
    top = _TOP + np.concatenate([[0.0], np.cumsum(sizes[:-1] + gap)])
    top += (high - (float(sizes.sum()) + gap * (len(names) - 1))) / 2
    return _Column(x, names, amount, top, sizes)


def _heads(sheet: Sheet, columns: list[_Column], lang: Language) -> None:
    for column, key, anchor in zip(
        columns, ("supplier", "commodity", "receiver"), ("end", "middle", "start"), strict=True
    ):
        x = {"end": column.x + _NODE, "middle": column.x + _NODE / 2, "start": column.x}[anchor]
        words = say(f"chart.sankey.{key}", lang)
        sheet.write(x, 18, words, sheet.palette.muted, anchor=anchor, weight="bold")


def _ribbons(
    sheet: Sheet,
    rows: pd.DataFrame,
    columns: list[_Column],
    scale: float,
    colours: dict[str, str],
    family: str,
) -> None:
    """Ribbons between neighbouring columns, stacked at both ends in the order of the nodes."""
    for (one, first), (two, second) in (
        (("source", columns[0]), ("commodity", columns[1])),
        (("commodity", columns[1]), ("target", columns[2])),
    ):
        pairs = rows.groupby([one, two], as_index=False, sort=False)["base"].sum()
        begun = np.array([first.at(str(name)) for name in pairs[one]])
        ended = np.array([second.at(str(name)) for name in pairs[two]])
        amount = pairs["base"].to_numpy(float)
        thick = amount * scale
        above = _stacked(first.top, thick, begun, ended)
        below = _stacked(second.top, thick, ended, begun)
        ends = zip(pairs[one].astype(str), pairs[two].astype(str), strict=True)
        for row, (start, end) in enumerate(ends):
            colour = colours[start if one == "commodity" else end]
            told = f"{start} → {end}: {number(float(amount[row]))} {family}"
            left = (first.x + _NODE, float(above[row]))
            _ribbon(sheet, left, (second.x, float(below[row])), float(thick[row]), colour, told)


def _stacked(top: np.ndarray, thick: np.ndarray, own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Upper edges of ribbons at their own nodes, ordered by the nodes at the other end."""
    found = np.empty(len(thick))
    level = top.astype(float).copy()
    for row in np.lexsort((other, own)):
        found[row] = level[own[row]]
        level[own[row]] += thick[row]
    return found


def _ribbon(
    sheet: Sheet,
    start: tuple[float, float],
    end: tuple[float, float],
    thick: float,
    colour: str,
    told: str,
) -> None:
    (x0, y0), (x1, y1) = start, end
    bend = (x0 + x1) / 2
    thick = max(thick, 0.7)
    d = (
        f"M{x0:.1f} {y0:.1f}C{bend:.1f} {y0:.1f} {bend:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"V{y1 + thick:.1f}C{bend:.1f} {y1 + thick:.1f} {bend:.1f} {y0 + thick:.1f}"
        f" {x0:.1f} {y0 + thick:.1f}Z"
    )
    sheet.path(d, colour, told=told, opacity=0.62)


def _nodes(
    sheet: Sheet,
    column: _Column,
    place: int,
    colours: dict[str, str],
    high: float,
    family: str,
) -> None:
    palette = sheet.palette
    middles = column.top + column.high / 2
    heights = spread(list(middles), _ROW, _TOP + 4, _TOP + high - 4)
    for row, name in enumerate(column.names):
        fill = colours.get(name, palette.node)
        edge = outline(fill, palette) if colours else "none"
        sheet.box(
            column.x, float(column.top[row]), _NODE, float(column.high[row]), fill, edge=edge,
            told=f"{name}: {number(float(column.amount[row]))} {family}",
        )  # fmt: skip
        x = (column.x - 8, column.x + _NODE + 6, column.x + _NODE + 8)[place]
        anchor = ("end", "start", "start")[place]
        amount = number(float(column.amount[row]))
        words = f"{shortened(name, _TEXT - text_width(amount, SMALL) - 6)} {amount}"
        if abs(heights[row] - float(middles[row])) > 6:
            _leader(sheet, palette, (column.x, x), float(middles[row]), heights[row], place)
        # Only the words between the ribbons lie on them.
        sheet.write(x, heights[row], words, palette.text, anchor=anchor, halo=place == 1)


def _leader(
    sheet: Sheet,
    palette: Palette,
    ends: tuple[float, float],
    middle: float,
    height: float,
    place: int,
) -> None:
    edge = ends[0] if place == 0 else ends[0] + _NODE
    sheet.stroke(edge, middle, ends[1] + (2 if place == 0 else -2), height, palette.muted, 0.7)


def shortened(name: str, wide: float, size: float = SMALL) -> str:
    """A name that fits into so many pixels, its end cut and marked where it must be."""
    if text_width(name, size) <= wide:
        return name
    kept = name
    while kept and text_width(kept + "…", size) > wide:
        kept = kept[:-1]
    return kept.rstrip(" ·（(") + "…"
