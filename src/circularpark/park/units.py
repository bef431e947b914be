"""Units from an allow-list: what a stated unit is worth in a commodity's own unit.

No unit is ever parsed as an expression: a name stands in the list or is refused. Case counts
(T is tesla, mW a milliwatt), so near misses get a hint.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from circularpark.errors import WordedError
from circularpark.words import Language, say

LONGEST: Final = 24

# kJ of one kg of coal equivalent: GB/T 2589-2020, 3.7 (29 307.6 kJ).
KGCE: Final = 29_307.6
# kJ of one international-table kilocalorie, as GB/T 2589-2020 uses it.
KCAL: Final = 4.1868

# name -> (dimension, size in the dimension's smallest common unit)
MASS: Final[dict[str, float]] = {
    "g": 0.001,
    "kg": 1,
    "t": 1_000,
    "kt": 1e6,
    "Mt": 1e9,
    "千克": 1,
    "公斤": 1,
    "吨": 1_000,
}
ENERGY: Final[dict[str, float]] = {
    "kJ": 1,
    "MJ": 1e3,
    "GJ": 1e6,
    "TJ": 1e9,
    "PJ": 1e12,
    "Wh": 3.6,
    "kWh": 3_600,
    "MWh": 3.6e6,
    "GWh": 3.6e9,
    "TWh": 3.6e12,
    "kcal": KCAL,
    "Mcal": KCAL * 1e3,
    "Gcal": KCAL * 1e6,
    "kgce": KGCE,
    "tce": KGCE * 1e3,
    "ktce": KGCE * 1e6,
    "千瓦时": 3_600,
    "度": 3_600,
    "兆瓦时": 3.6e6,
    "吉焦": 1e6,
    "兆焦": 1e3,
    "千克标准煤": KGCE,
    "吨标准煤": KGCE * 1e3,
    "吨标煤": KGCE * 1e3,
}
VOLUME: Final[dict[str, float]] = {"L": 0.001, "m3": 1, "升": 0.001, "立方米": 1}
NORMAL_VOLUME: Final[dict[str, float]] = {"Nm3": 1, "kNm3": 1_000, "标准立方米": 1, "标方": 1}
LENGTH: Final[dict[str, float]] = {"m": 0.001, "km": 1, "米": 0.001, "公里": 1, "千米": 1}
AREA: Final[dict[str, float]] = {
    "m2": 0.0015,
    "ha": 15,
    "km2": 1_500,
    "mu": 1,
    "亩": 1,
    "公顷": 15,
    "平方米": 0.0015,
}
COUNT: Final[dict[str, float]] = {"1": 1, "%": 0.01, "pcs": 1, "件": 1, "台": 1}
DIMENSIONS: Final[dict[str, dict[str, float]]] = {
    "mass": MASS,
    "energy": ENERGY,
    "volume": VOLUME,
    "normal_volume": NORMAL_VOLUME,
    "length": LENGTH,
    "area": AREA,
    "count": COUNT,
}
# Power is energy per hour; its sizes are in kJ/h.
POWER: Final[dict[str, float]] = {
    "W": 3.6,
    "kW": 3_600,
    "MW": 3.6e6,
    "GW": 3.6e9,
    "千瓦": 3_600,
    "兆瓦": 3.6e6,
    "万千瓦": 3.6e7,
}
# How often an interval comes in an hour or a year, and which of the two it is told in.
INTERVALS: Final[dict[str, tuple[str, float]]] = {
    "s": ("h", 3_600),
    "min": ("h", 60),
    "h": ("h", 1),
    "d": ("h", 1 / 24),
    "a": ("a", 1),
    "yr": ("a", 1),
    "year": ("a", 1),
    "month": ("a", 12),
    "秒": ("h", 3_600),
    "分钟": ("h", 60),
    "时": ("h", 1),
    "小时": ("h", 1),
    "天": ("h", 1 / 24),
    "日": ("h", 1 / 24),
    "月": ("a", 12),
    "年": ("a", 1),
}
TEN_THOUSANDS: Final = {"万": 1e4, "亿": 1e8}
YUAN: Final = ("CNY", "元", "RMB")

# What people write for units that mean something else or nothing, and what they mean.
HINTS: Final[dict[str, str]] = {
    "T": "t",
    "ton": "t",
    "tons": "t",
    "tonne": "t",
    "tonnes": "t",
    "MT": "Mt",
    "KG": "kg",
    "Kg": "kg",
    "kgs": "kg",
    "G": "g",
    "mw": "MW",
    "mW": "MW",
    "Mw": "MW",
    "KW": "kW",
    "Kw": "kW",
    "kw": "kW",
    "mWh": "MWh",
    "MWH": "MWh",
    "Mwh": "MWh",
    "mwh": "MWh",
    "KWH": "kWh",
    "KWh": "kWh",
    "kwh": "kWh",
    "Kwh": "kWh",
    "gj": "GJ",
    "Gj": "GJ",
    "mJ": "MJ",
    "Mj": "MJ",
    "RT": "kW",
    "H": "h",
    "hr": "h",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "D": "d",
    "y": "a",
    "A": "a",
    "TCE": "tce",
    "KGCE": "kgce",
    "m^3": "m3",
    "cbm": "m3",
    "M3": "m3",
    "NM3": "Nm3",
    "nm3": "Nm3",
    "Nm^3": "Nm3",
    "l": "L",
    "km3": "m3",
    "rmb": "CNY",
    "cny": "CNY",
    "yuan": "CNY",
    "￥": "CNY",
    "¥": "CNY",
}

# A quality's unit: the dimension and the number in the base of each (share: part of 1; GJ/t).
QUALITY: Final[dict[str, tuple[str, float]]] = {
    "ppm": ("share", 1e-6),
    "%": ("share", 0.01),
    "kg/t": ("share", 1e-3),
    "g/t": ("share", 1e-6),
    "mg/kg": ("share", 1e-6),
    "mg/L": ("concentration", 1e-6),
    "GJ/t": ("heating", 1.0),
    "MJ/kg": ("heating", 1.0),
    "1": ("number", 1.0),
}


class UnitError(WordedError):
    """A unit that cannot be used; ``code`` and ``values`` make a finding of it."""

    def text(self, lang: Language) -> str:
        filled = {"column": "", "value": "", **self.values}
        return say(f"{self.code}.message", lang, **filled)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What one stated unit is worth: ``factor`` base units, per "h", per "a", or "" for neither."""

    factor: float
    per: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A known unit: its dimension, its size there, and per what it counts."""

    dimension: str
    size: float
    per: str


def factor(unit: str, base: str, currency: str = "CNY") -> Quantity:
    """What one ``unit`` is worth in ``base``.

    Parameters
    ----------
    unit : the stated unit, for example "t/h", "MW", "万t/a"
    base : a unit of an amount, for example a commodity's own unit, "t" or "MWh"
    currency : the park's currency, the only money there is

    Raises
    ------
    UnitError : the unit is unknown, or its dimension is not that of ``base``.
    """
    return _factor(unit, base, currency)


@cache
def _factor(unit: str, base: str, currency: str) -> Quantity:
    stated, wanted = known(unit, currency), known(base, currency)
    if {stated.dimension, wanted.dimension} == {"volume", "normal_volume"}:
        raise UnitError("park.unit.normal_volume", unit=unit, base=base)
    if stated.dimension != wanted.dimension:
        raise UnitError("park.unit.dimension", unit=unit, base=base)
    return Quantity(stated.size / wanted.size, stated.per)


@cache
def known(unit: str, currency: str = "CNY") -> Unit:
    """The unit of the allow-list that ``unit`` names.

    Raises
    ------
    UnitError : it names none; the error says which one is probably meant.
    """
    text = plain(unit)
    if not text:
        raise UnitError("park.unit.missing")
    if len(text) > LONGEST:
        raise UnitError("park.unit.unknown", unit=text[:LONGEST] + "...", near=_examples())
    amount, slash, interval = text.rpartition("/")
    if not slash:
        if text in POWER:
            return Unit("energy", POWER[text], "h")
        return _amount(text, text, currency)
    if interval not in INTERVALS:
        raise _unknown(text, currency)
    if amount in POWER:
        raise UnitError("park.unit.power_per_time", unit=text, near=amount)
    per, times = INTERVALS[interval]
    found = _amount(amount, text, currency)
    return Unit(found.dimension, found.size * times, per)


def is_amount(unit: str, currency: str = "CNY") -> bool:
    """Whether the unit counts an amount (t, MWh), not a rate (t/h, MW)."""
    return known(unit, currency).per == ""


def plain(unit: str) -> str:
    """The unit in plain signs: ㎥ and m³ are m3, ％ is %, spaces do not count."""
    for sign, letters in (
        ("³", "3"),
        ("²", "2"),
        ("㎥", "m3"),
        ("㎡", "m2"),
        ("％", "%"),
        ("／", "/"),
        ("㎏", "kg"),
        (" ", ""),
    ):
        unit = unit.replace(sign, letters)
    return unit.strip()


def _amount(text: str, whole: str, currency: str) -> Unit:
    names = _names(currency)
    if text in names:
        dimension, size = names[text]
        return Unit(dimension, size, "")
    many = TEN_THOUSANDS.get(text[:1])
    if many and text[1:] in names:
        dimension, size = names[text[1:]]
        return Unit(dimension, size * many, "")
    raise _unknown(whole, currency)


@cache
def _names(currency: str) -> Mapping[str, tuple[str, float]]:
    names = {n: (d, size) for d, units in DIMENSIONS.items() for n, size in units.items()}
    money = YUAN if currency in YUAN else (currency,)
    for name in money:
        names[name] = ("money", 1.0)
        if name.isascii():
            names["k" + name] = ("money", 1e3)
            names["M" + name] = ("money", 1e6)
    return names


def _unknown(text: str, currency: str) -> UnitError:
    """The error for a unit outside the list, with the one that is probably meant."""
    amount, slash, interval = text.rpartition("/") if "/" in text else (text, "", "")
    many = amount[:1] if amount[:1] in TEN_THOUSANDS else ""
    names = [*_names(currency), *POWER]
    near_amount = _nearest(amount.removeprefix(many), names)
    near_interval = _nearest(interval, list(INTERVALS)) if slash else ""
    near = f"{many}{near_amount}{slash}{near_interval}"
    if not near_amount or near == text or (slash and not near_interval):
        return UnitError("park.unit.unknown", unit=text, near=_examples())
    return UnitError("park.unit.unknown_near", unit=text, near=near)


def _nearest(name: str, names: list[str]) -> str:
    if name in names:
        return name
    if name in HINTS:
        return HINTS[name]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    return close[0] if close else ""


def _examples() -> str:
    return "t/h, t/a, kg/h, MW, MWh, GJ/h, kWh, m3/h, Nm3/h, 万t/a, 万kWh, tce, CNY"


def quality_unit(unit: str) -> tuple[str, float]:
    """A quality unit's dimension and size: shares as parts of 1, heating values in GJ/t.

    mg/L counts as g/t, as for water; ``1`` is any number.

    Raises
    ------
    UnitError : the unit is not one of QUALITY.
    """
    found = QUALITY.get(plain(unit))
    if found is None:
        raise UnitError("park.unit.quality", unit=unit, near=", ".join(QUALITY))
    return found


def quality_basis(unit: str, base: str, currency: str = "CNY") -> None:
    """Whether a quality in ``unit`` can be told of a commodity counted in ``base``.

    Shares are of a mass or a volume, concentrations of a liquid, heating values of a mass.

    Raises
    ------
    UnitError : it cannot.
    """
    kind, counted = quality_unit(unit)[0], known(base, currency).dimension
    if counted not in BASES.get(kind, (counted,)):
        raise UnitError("park.unit.quality_basis", unit=plain(unit), base=base)


BASES: Final = {
    "share": ("mass", "volume", "normal_volume"),
    "concentration": ("mass", "volume"),
    "heating": ("mass",),
}


def load_factor(unit: str, kind: str, base: str, currency: str = "CNY") -> Quantity:
    """What one ``unit`` of a load is worth in the commodity's unit times the property's base.

    Parameters
    ----------
    kind : the dimension of the property's unit; base : the commodity's own unit

    Raises
    ------
    UnitError : the unit is unknown, says no time, or is not of this kind.
    """
    stated, own = known(unit, currency), known(base, currency)
    if not stated.per:
        raise UnitError("park.unit.per_what", unit=unit)
    if kind == "heating":
        # GJ of a commodity in t: per unit of it, as many GJ as it has t.
        return Quantity(factor(unit, "GJ", currency).factor / factor(base, "t").factor, stated.per)
    if own.dimension == "volume" and stated.dimension == "mass":
        # A cubic metre counts as a tonne, as mg/L counts as g/t.
        return Quantity(factor(unit, "t").factor / factor(base, "m3").factor, stated.per)
    if kind == "number" and stated.dimension == "count":
        return Quantity(stated.size, stated.per)
    return factor(unit, base, currency)
