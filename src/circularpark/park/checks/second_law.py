"""The second law: no machine lifts heat, or makes power of it, better than Carnot's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import Mask, Number, among, beside, blank, each, looked_up
from circularpark.park.checks.cells import (
    commodity_rows,
    finding_at,
    number,
    real_rates,
    rows_of,
    text,
    used_technologies,
)
from circularpark.park.checks.energy import picked
from circularpark.park.checks.plausibility import GJ_PER_UNIT
from circularpark.park.columns import or_else
from circularpark.park.keys import coded

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.columns import Columns
    from circularpark.park.draft import Draft

ZERO_CELSIUS: Final = 273.15  # K, by definition of the degree Celsius
# Heat that a recipe does not tell leaves to surroundings as cold as freezing water, unless the
# recipe itself is colder: no plant of a park finds a colder place all year.
SURROUNDINGS: Final = 273.15
# Typed coefficients have three or four digits: what a machine may seem to win by them, as a
# share of its power and of the heat it takes.
ROUNDING_OF_POWER: Final = 5e-3
ROUNDING_OF_HEAT: Final = 1e-4
SUMMED: Final = ("heat_in", "heat_out", "work_in", "work_out", "entropy_in", "entropy_out")
POWER: Final = ("electric", "power", "电")


def machines_obey_carnot(draft: Draft) -> Iterator[Finding]:
    """Of technologies with heat rows in and no fuel, entropy out is at least entropy in."""
    rows = _rows(draft)
    if not rows:
        return
    technology = rows["technology"]
    names, which = coded(technology.tolist())
    totals = {name: np.bincount(which, rows[name], len(names)) for name in SUMMED}
    # What has no temperature, water, is as cold as its surroundings.
    sink = np.full(len(names), SURROUNDINGS)
    np.minimum.at(sink, which, or_else(rows["coldest"], SURROUNDINGS))
    given, taken = totals["heat_out"] + totals["work_out"], totals["heat_in"] + totals["work_in"]
    rest = np.maximum(taken - given, 0)
    made = totals["entropy_out"] + rest / sink
    won = (totals["entropy_in"] - made) * sink
    slack = ROUNDING_OF_POWER * (totals["work_in"] + totals["work_out"])
    broken = won > slack + ROUNDING_OF_HEAT * totals["heat_in"]
    frame = rows_of(draft, "recipes")
    gives = rows["heat_out"] + rows["work_out"] > 0
    for name, one in names.items():
        if not broken[one]:
            continue
        total = {key: float(values[one]) for key, values in totals.items()}
        code, values = _said(total, float(sink[one]))
        mine = technology == name
        row = int(rows["at"][mine & gives if (mine & gives).any() else mine][0])
        column = "formula" if text(frame, "formula")[row] else "rate"
        yield finding_at(frame, row, code, column, values={"technology": name, **values})


def _said(total: dict[str, float], sink: float) -> tuple[str, dict[str, str]]:
    """The code of the finding, and its numbers: what is reached, and the most there can be."""
    source = total["heat_in"] / total["entropy_in"]
    warm = total["heat_out"] / total["entropy_out"] if total["entropy_out"] > 0 else sink
    values = {
        "cold": f"{min(source, warm) - ZERO_CELSIUS:.4g}",
        "hot": f"{max(source, warm) - ZERO_CELSIUS:.4g}",
    }
    if total["work_out"] > 0:
        values["reached"] = f"{100 * total['work_out'] / total['heat_in']:.4g}"
        values["best"] = f"{100 * (1 - warm / source):.4g}"
        return "checks.power_above_carnot", values
    if total["work_in"] > 0 and warm > source:
        values["reached"] = f"{total['heat_out'] / total['work_in']:.4g}"
        values["best"] = f"{warm / (warm - source):.4g}"
        return "checks.cop_above_carnot", values
    return "checks.heat_uphill", values


def _rows(draft: Draft) -> Columns:
    """Heat [MWh] and entropy [MWh/K] of the rows of technologies that can be judged."""
    frame, goods = rows_of(draft, "recipes"), rows_of(draft, "commodities")
    if not len(frame) or not (text(goods, "kind") == "heat").any():
        return {}
    technology, rate = text(frame, "technology"), real_rates(draft)
    of = commodity_rows(draft, text(frame, "commodity"))
    kind = beside(of, text(goods, "kind"), "")
    energy = beside(of, looked_up(text(goods, "unit"), GJ_PER_UNIT) / 3.6, np.nan)
    heat = kind == "heat"
    work = (kind == "energy") & ~blank(energy) & ~(beside(of, number(goods, "co2"), np.nan) > 0)
    # Energy that comes out without a temperature may be heat: only power can be judged.
    work &= beside(of, _is_power(goods), False) | (rate < 0)
    per_kelvin, coldest = _warm(frame, goods, of)
    known = (heat & ~blank(per_kelvin) & ~blank(energy)) | work | (kind == "water")
    known &= ~blank(rate) & (text(frame, "group") == "")
    known &= among(technology, used_technologies(draft))
    judged = ~among(technology, set(technology[~known].tolist()))
    judged &= among(technology, set(technology[heat & (rate < 0)].tolist()))
    amount = or_else(rate * energy, 0.0)
    enters, leaves = amount < 0, amount > 0
    rows = {
        "at": np.arange(len(frame)),
        "technology": technology,
        "coldest": coldest,
        "heat_in": np.where(heat & enters, -amount, 0.0),
        "heat_out": np.where(heat & leaves, amount, 0.0),
        "work_in": np.where(work & enters, -amount, 0.0),
        "work_out": np.where(work & leaves, amount, 0.0),
        "entropy_in": np.where(heat & enters, -amount * per_kelvin, 0.0),
        "entropy_out": np.where(heat & leaves, amount * per_kelvin, 0.0),
    }
    return picked(rows, judged) if judged.any() else {}


def _warm(frame: pd.DataFrame, goods: pd.DataFrame, of: np.ndarray) -> tuple[Number, Number]:
    """Each row's entropy per heat [1/K] at its mean temperature, and coldest temperature [K].

    of : (n,) the row of each row's commodity, -1 where there is none
    """

    def about(column: str) -> Number:
        return beside(of, number(goods, column), np.nan)

    supply, target = number(frame, "supply_temp"), number(frame, "target_temp")
    typed = ~blank(supply) | ~blank(target)
    hot = or_else(or_else(supply, about("temperature")), target) + ZERO_CELSIUS
    cool = or_else(np.where(typed, target, about("return_temperature")) + ZERO_CELSIUS, hot)
    share = np.where(typed, 0.0, or_else(about("latent_share"), 0.0))
    latent = or_else(about("latent_temperature"), about("temperature")) + ZERO_CELSIUS
    with np.errstate(divide="ignore", invalid="ignore"):
        even = np.log(hot / cool) / (hot - cool)
        even = np.where(np.abs(hot - cool) > 1e-9 * hot, even, 1 / hot)
        per_kelvin = (1 - share) * even + np.where(share > 0, share / latent, 0.0)
    return per_kelvin, np.fmin(hot, cool)


def _is_power(goods: pd.DataFrame) -> Mask:
    names = text(goods, "id") + " " + text(goods, "name_en") + " " + text(goods, "name_zh")
    return each(names, lambda name: any(word in name.lower() for word in POWER)).astype(bool)
