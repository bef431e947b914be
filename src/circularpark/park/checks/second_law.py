"""The second law: no machine lifts heat, or makes power of it, better than Carnot's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import (
    Mask,
    each,
    finding_at,
    looked_up,
    number,
    real_rates,
    repeated,
    rows_of,
    text,
    used_technologies,
)
from circularpark.park.checks.plausibility import GJ_PER_UNIT
from circularpark.park.columns import frame_of

if TYPE_CHECKING:
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
    if rows.empty:
        return
    which, names = pd.factorize(rows["technology"].to_numpy())
    totals = pd.DataFrame(
        {name: np.bincount(which, rows[name].to_numpy(), len(names)) for name in SUMMED},
        index=pd.Index(names, dtype=object),
    )
    # What has no temperature, water, is as cold as its surroundings.
    coldest = np.full(len(names), SURROUNDINGS)
    np.minimum.at(coldest, which, rows["coldest"].fillna(SURROUNDINGS).to_numpy())
    sink = pd.Series(coldest, index=totals.index)
    given, taken = totals["heat_out"] + totals["work_out"], totals["heat_in"] + totals["work_in"]
    rest = (taken - given).clip(lower=0)
    made = totals["entropy_out"] + rest / sink
    won = (totals["entropy_in"] - made) * sink
    slack = ROUNDING_OF_POWER * (totals["work_in"] + totals["work_out"])
    broken = won > slack + ROUNDING_OF_HEAT * totals["heat_in"]
    frame = rows_of(draft, "recipes")
    gives = rows["heat_out"] + rows["work_out"] > 0
    for technology in totals.index[broken.to_numpy(dtype=bool)]:
        code, values = _said(totals.loc[technology], float(sink[technology]))
        mine = rows["technology"] == technology
        index = rows.index[mine & gives if (mine & gives).any() else mine][0]
        column = "formula" if text(frame, "formula")[index] else "rate"
        told = {"technology": technology, **values}
        yield finding_at(frame, index, code, column, values=told)


def _said(total: pd.Series, sink: float) -> tuple[str, dict[str, str]]:
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


def _rows(draft: Draft) -> pd.DataFrame:
    """Heat [MWh] and entropy [MWh/K] of the rows of technologies that can be judged."""
    frame, goods = rows_of(draft, "recipes"), rows_of(draft, "commodities")
    if not len(frame) or not (text(goods, "kind") == "heat").any():
        return pd.DataFrame()
    ids = text(goods, "id")
    columns = ("temperature", "return_temperature", "latent_temperature", "latent_share", "co2")
    energy = looked_up(text(goods, "unit"), GJ_PER_UNIT) / 3.6
    about = frame_of(
        {name: number(goods, name) for name in columns}
        | {"kind": text(goods, "kind"), "power": _is_power(goods), "energy": energy}
    )
    named = (ids != "") & ~repeated(ids)
    about = about[named].set_axis(pd.Index(ids[named], dtype=object))
    rows = frame_of(
        {
            "technology": text(frame, "technology"),
            "commodity": text(frame, "commodity"),
            "rate": real_rates(draft),
            "group": text(frame, "group"),
            "supply": number(frame, "supply_temp"),
            "target": number(frame, "target_temp"),
        }
    ).join(about, on="commodity")
    rows = _warm(rows)
    heat = rows["kind"] == "heat"
    work = (rows["kind"] == "energy") & rows["energy"].notna() & ~(rows["co2"] > 0)
    # Energy that comes out without a temperature may be heat: only power can be judged.
    work &= rows["power"] | (rows["rate"] < 0)
    known = (heat & rows["mean"].notna() & rows["energy"].notna()) | work
    known |= rows["kind"] == "water"
    known &= rows["rate"].notna() & (rows["group"] == "")
    known &= rows["technology"].isin(used_technologies(draft))
    technology = rows["technology"]
    judged = ~technology.isin(set(technology[~known]))
    judged &= technology.isin(set(technology[heat & (rows["rate"] < 0)]))
    if not judged.any():
        return pd.DataFrame()
    amount = (rows["rate"] * rows["energy"]).fillna(0.0)
    entropy = amount * rows["per_kelvin"]
    return rows.assign(
        heat_in=(-amount).where(heat & (amount < 0), 0.0),
        heat_out=amount.where(heat & (amount > 0), 0.0),
        work_in=(-amount).where(work & (amount < 0), 0.0),
        work_out=amount.where(work & (amount > 0), 0.0),
        entropy_in=(-entropy).where(heat & (amount < 0), 0.0),
        entropy_out=entropy.where(heat & (amount > 0), 0.0),
    )[judged]


def _warm(rows: pd.DataFrame) -> pd.DataFrame:
    """Each row's mean temperature [K], entropy per heat [1/K] and coldest temperature [K]."""
    hot = rows["supply"].fillna(rows["temperature"]).fillna(rows["target"]) + ZERO_CELSIUS
    typed = rows["supply"].notna() | rows["target"].notna()
    cool = rows["target"].where(typed, rows["return_temperature"]) + ZERO_CELSIUS
    cool = cool.fillna(hot)
    share = rows["latent_share"].fillna(0.0).where(~typed, 0.0)
    latent = rows["latent_temperature"].fillna(rows["temperature"]) + ZERO_CELSIUS
    even = pd.Series(np.log(hot / cool) / (hot - cool), index=hot.index)
    even = even.where((hot - cool).abs() > 1e-9 * hot, 1 / hot)
    per_kelvin = (1 - share) * even + (share / latent).where(share > 0, 0.0)
    coldest = pd.concat([hot, cool], axis=1).min(axis=1)
    return rows.assign(mean=1 / per_kelvin, per_kelvin=per_kelvin, coldest=coldest)


def _is_power(goods: pd.DataFrame) -> Mask:
    names = text(goods, "id") + " " + text(goods, "name_en") + " " + text(goods, "name_zh")
    return each(names, lambda name: any(word in name.lower() for word in POWER)).astype(bool)
