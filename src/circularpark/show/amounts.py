"""Flows made comparable: merged, matched with the baseline, and given a width per unit family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from circularpark.show.scene import FLOW_COLUMNS, completed

FULL_WIDTH: Final = 22.0
_UNCHANGED: Final = 0.01
_KEY: Final = ["from", "to", "commodity", "family"]

# Family, size of one unit in the family's base unit, and how the rate is written.
_UNITS: Final[Mapping[str, tuple[str, float, str]]] = {
    "GJ": ("GJ/h", 1.0, "GJ/h"),
    "MJ": ("GJ/h", 0.001, "MJ/h"),
    "TJ": ("GJ/h", 1000.0, "TJ/h"),
    "MWH": ("MW", 1.0, "MW"),
    "KWH": ("MW", 0.001, "kW"),
    "GWH": ("MW", 1000.0, "GW"),
    "T": ("t/h", 1.0, "t/h"),
    "KG": ("t/h", 0.001, "kg/h"),
    "M3": ("m³/h", 1.0, "m³/h"),
    "M³": ("m³/h", 1.0, "m³/h"),
    "NM3": ("Nm³/h", 1.0, "Nm³/h"),
    "NM³": ("Nm³/h", 1.0, "Nm³/h"),
}


def rate_of(unit: str) -> tuple[str, float, str]:
    """The family of a commodity's unit, its size in it, and the rate as written: t -> t/h."""
    plain = unit.strip().removesuffix("/h").removesuffix("/a")
    return _UNITS.get(plain.upper(), (f"{plain}/h", 1.0, f"{plain}/h"))


def merged(flows: pd.DataFrame) -> pd.DataFrame:
    """One row per (from, to, commodity): parallel links together; those that ever carry something.

    Columns added: ``family``, ``base`` and ``high`` [base unit/h], the amount and the most that
    it is in any period.
    """
    frame = completed(flows, FLOW_COLUMNS)
    families = [rate_of(unit) for unit in frame["unit"]]
    frame["family"] = [family for family, _, _ in families]
    frame["size"] = [size for _, size, _ in families]
    frame["base"] = frame["amount"].fillna(0.0) * frame["size"]
    frame["high"] = np.maximum(frame["base"], frame["peak"].fillna(0.0) * frame["size"])
    frame = frame[frame["high"] > 0]
    together = frame.groupby(_KEY, sort=False, as_index=False)
    sums = together[["base", "high", "annual", "capex", "cost", "co2"]].sum(min_count=1)
    firsts = together[
        ["id", "name_zh", "name_en", "kind", "unit", "size", "transport", "transport_zh",
         "transport_en", "status"]
    ].first()  # fmt: skip
    km = together["km"].min()
    new = together["new"].any()
    one = firsts.merge(sums, on=_KEY).merge(km, on=_KEY).merge(new, on=_KEY)
    one["amount"] = one["base"] / one["size"]
    return one


def compared(flows: pd.DataFrame, baseline: pd.DataFrame | None) -> pd.DataFrame:
    """Flows of the plan and, where a baseline is given, those that are gone.

    Columns added: ``before`` [base unit/h], ``change`` (new, more, same, less, gone).
    """
    now = merged(flows)
    if baseline is None:
        now["before"] = np.nan
        named = {"new": "new", "more": "more", "less": "less", "gone": "gone"}
        now["change"] = now["status"].map(named).fillna("same")
        return now
    then = merged(baseline)
    both = now.merge(then[[*_KEY, "base"]].rename(columns={"base": "before"}), on=_KEY, how="left")
    both["before"] = both["before"].fillna(0.0)
    ratio = both["base"] / both["before"].where(both["before"] > 0)
    # What flows in another period only is nothing new, and gone if it was there before.
    idle = both["base"] <= 0
    both["change"] = np.select(
        [
            idle & (both["before"] > 0), idle, both["before"] <= 0,
            ratio > 1 + _UNCHANGED, ratio < 1 - _UNCHANGED,
        ],
        ["gone", "same", "new", "more", "less"],
        "same",
    )  # fmt: skip
    both["base"] = both["base"].where(both["change"] != "gone", both["before"])
    lost = then.merge(now[_KEY], on=_KEY, how="left", indicator=True)
    lost = lost[lost["_merge"] == "left_only"].drop(columns="_merge")
    lost = lost.assign(before=lost["base"], change="gone")
    return pd.concat([both, lost], ignore_index=True) if len(lost) else both


def family_scales(flows: pd.DataFrame, given: Mapping[str, float]) -> dict[str, float]:
    """Quantity [base unit/h] drawn at full width, by family; the largest families first."""
    largest = flows.groupby("family")["high"].agg(["max", "size"])
    largest = largest.sort_values("size", ascending=False, kind="stable")
    own = largest["max"].to_dict()
    return {str(family): float(given.get(str(family), full)) for family, full in own.items()}


def with_widths(flows: pd.DataFrame, scales: Mapping[str, float]) -> pd.DataFrame:
    """Flows with their width, linear in quantity, and ``reach``, that of their largest period.

    Both in drawing units; the widest reach comes first.
    """
    full = flows["family"].map(scales).astype(float)
    most = FULL_WIDTH * np.maximum(flows["base"], flows["high"]) / full
    wide = flows.assign(width=FULL_WIDTH * flows["base"] / full, reach=most)
    return wide.sort_values("reach", ascending=False, kind="stable").reset_index(drop=True)
