"""Colours, fonts and sizes of every picture, for light and for dark pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from circularpark.show.scene import Theme

FONT: Final = "'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme; every text colour reads at 4.5:1 on its grounds."""

    page: str
    card: str
    border: str
    text: str
    muted: str
    accent: str
    land: str
    rim: str
    plot: str
    plot_edge: str
    road: str
    water: str
    corridor: str
    casing: str
    halo: str
    node: str
    node_hollow: str
    sample: str
    good: str
    commodities: Mapping[str, str]
    spare: Sequence[str]
    changes: Mapping[str, str]


LIGHT: Final = Palette(
    page="#FAF9F6",
    card="#FFFFFF",
    border="#DDD9D0",
    text="#22303C",
    muted="#56626D",
    accent="#0B6E69",
    land="#F2F0EA",
    rim="#FAF9F6",
    plot="#E8E4DB",
    plot_edge="#DAD5C9",
    road="#FFFFFF",
    water="#D3E4EE",
    corridor="#B9B2A3",
    casing="#FFFFFF",
    halo="#F7F5F0",
    node="#22303C",
    node_hollow="#FFFFFF",
    sample="#66737F",
    good="#0B6E4F",
    commodities={
        "steam_high": "#900903",
        "steam_medium": "#CC3D08",
        "steam_low": "#FD6506",
        "hot_water": "#FDC510",
        "off_gas": "#5B157A",
        "hydrogen": "#E284B8",
        "co2": "#55616E",
        "ash": "#8D694A",
        "slag": "#22201C",
        "gypsum": "#E4E0B9",
        "water": "#1B77C7",
        "brine": "#AFE7F2",
        "sludge": "#36BA6E",
    },
    spare=("#0E7C7B", "#C2185B", "#7A8B00", "#3F51B5", "#B5651D", "#9E7BD1", "#00695C", "#D98880"),
    changes={
        "new": "#09455F",
        "more": "#449CF5",
        "same": "#D6D8D5",
        "less": "#FC8306",
        "gone": "#8B0E09",
    },
)

DARK: Final = Palette(
    page="#11171C",
    card="#1A2228",
    border="#33404A",
    text="#EAF0F4",
    muted="#A9B6C0",
    accent="#5CCBC2",
    land="#1E272E",
    rim="#151C21",
    plot="#283239",
    plot_edge="#333F47",
    road="#3A4750",
    water="#17394F",
    corridor="#5D6B75",
    casing="#11171C",
    halo="#161D23",
    node="#EAF0F4",
    node_hollow="#161D23",
    sample="#9AA8B3",
    good="#6FD6A8",
    commodities={
        "steam_high": "#DE4840",
        "steam_medium": "#F77F5E",
        "steam_low": "#FFA563",
        "hot_water": "#FFD54F",
        "off_gas": "#B678E0",
        "hydrogen": "#F5A6D0",
        "co2": "#9FB0BF",
        "ash": "#C79A73",
        "slag": "#D8D2C8",
        "gypsum": "#EFEBC2",
        "water": "#58AEF5",
        "brine": "#BDF0F8",
        "sludge": "#57D98D",
    },
    spare=("#45C4C2", "#FF6FA3", "#C5D440", "#8FA0FF", "#E0A063", "#C7AEF0", "#3FBFA5", "#F0B3AB"),
    changes={
        "new": "#6FD3FF",
        "more": "#3D8FE8",
        "same": "#56626B",
        "less": "#FFA040",
        "gone": "#F0564B",
    },
)

# A commodity's class is the first whose word stands in its id or name.
_CLASSES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("slag", ("slag", "矿渣", "钢渣", "炉渣", "tailing", "尾矿")),
    ("gypsum", ("gypsum", "石膏")),
    ("sludge", ("sludge", "污泥", "有机废物")),
    ("ash", ("fly_ash", "fly ash", "ash", "粉煤灰", "炉灰")),
    ("brine", ("brine", "浓盐水", "卤水")),
    ("co2", ("co2", "carbon_dioxide", "二氧化碳")),
    (
        "off_gas",
        (
            "off_gas",
            "offgas",
            "off-gas",
            "tail_gas",
            "fuel_gas",
            "coke_gas",
            "煤气",
            "副产气",
            "尾气",
            "干气",
        ),
    ),
    ("hydrogen", ("hydrogen", "h2_", "氢")),
    ("hot_water", ("hot_water", "warm", "waste_heat", "district", "热水", "余热", "废热")),
    ("water", ("water", "condensate", "水")),
)
_STEAMS: Final = (
    ("steam_high", ("high", "hp", "高压")),
    ("steam_medium", ("medium", "mp", "中压")),
)
# Cement is written with the character of water, and has nothing to do with it.
_NOT_WATER: Final = ("水泥", "kiln")


def commodity_class(commodity: str, *names: str) -> str:
    """The class of colours a commodity belongs to; "" for one that has none of its own."""
    words = " ".join((commodity, *names)).lower()
    if "steam" in words or "蒸汽" in words:
        parts = set(re.split(r"[^a-z]+", words))
        for name, marks in _STEAMS:
            if marks[-1] in words or not parts.isdisjoint(marks):
                return name
        return "steam_low"
    for misleading in _NOT_WATER:
        words = words.replace(misleading, "")
    for name, needles in _CLASSES:
        if any(needle in words for needle in needles):
            return name
    return ""


# Two colours at least so far apart are told apart: brown ash and a brown beside it are not.
_TOLD_APART: Final = 110.0
# Shades of one class may be nearer, because they belong together.
_SHADES_APART: Final = 80.0


def commodity_colours(commodities: Sequence[tuple[str, str, str]], theme: Theme) -> list[str]:
    """One colour a commodity (id, zh, en): its class's, else a shade of it, else a spare one.

    The first of the spare ones is taken that is told apart from all that are used already,
    else the farthest of them.
    """
    palette = palette_of(theme)
    owns = [palette.commodities.get(commodity_class(*one), "") for one in commodities]
    colours: list[str] = []
    for own in owns:
        shades = [mixed(own, ground, 0.45) for ground in (palette.text, palette.land) if own]
        clear = (
            one
            for one in shades
            if min(_apart(one, c) for c in (*owns, *colours) if c) >= _SHADES_APART
        )
        colours.append(own if own not in colours else next(clear, ""))
    used = [colour for colour in colours if colour]
    deeper = [mixed(colour, palette.text, 0.4) for colour in palette.spare]
    free = [colour for colour in (*palette.spare, *deeper) if colour not in used]
    for place, colour in enumerate(colours):
        if colour:
            continue
        if not free:
            free = list(deeper)
        nearest = [min((_apart(one, other) for other in used), default=1e9) for one in free]
        first = (row for row, near in enumerate(nearest) if near >= _TOLD_APART)
        taken = free.pop(next(first, nearest.index(max(nearest))))
        used.append(taken)
        colours[place] = taken
    return colours


def _apart(one: str, two: str) -> float:
    """How different two colours look. Source: the weights of T. Riemersma's "redmean"."""
    (r, g, b), (s, h, c) = rgb(one), rgb(two)
    mean = (r + s) / 2 / 256
    squares = (2 + mean) * (r - s) ** 2 + 4 * (g - h) ** 2 + (3 - mean) * (b - c) ** 2
    return float(squares**0.5)


def palette_of(theme: Theme) -> Palette:
    """The palette of a theme."""
    return DARK if theme == "dark" else LIGHT


def css_variables(theme: Theme) -> str:
    """The colours and the font of a theme as CSS variables, for every page alike."""
    palette = palette_of(theme)
    named = ("page", "card", "border", "text", "muted", "accent", "good", "plot", "land")
    variables = "".join(f"--{name}:{getattr(palette, name)};" for name in named)
    return f"{variables}--font:{FONT};--warn:{palette.changes['gone']};color-scheme:{theme};"


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of ``#RRGGBB``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2."""
    channels = [channel / 255 for channel in rgb(colour)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours, 1 to 21. Source: WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, two: str, share: float) -> str:
    """``one`` with ``share`` of ``two`` in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(two), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def outline(colour: str, palette: Palette) -> str:
    """The casing of an arrow: the theme's, or a deeper tone of a fill as pale as the land."""
    if contrast(colour, palette.land) < 1.8:
        return mixed(colour, palette.text, 0.5)
    return palette.casing
