"""What is allowed but unusual: warnings, and the defaults that matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding, Severity
from circularpark.park.checks.cells import figures, finding_at, found, number, rows_of, text

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

# Coal equivalent is defined by 29.3076 GJ a tonne (GB/T 2589), so an energy unit has one value.
GJ_PER_TCE: Final = 29.3076
GJ_PER_UNIT: Final[dict[str, float]] = {
    "GJ": 1.0,
    "MJ": 1e-3,
    "TJ": 1e3,
    "kWh": 3.6e-3,
    "MWh": 3.6,
    "GWh": 3600.0,
    "tce": GJ_PER_TCE,
    "kgce": GJ_PER_TCE / 1000,
}
# From low-grade waste to hydrogen, net calorific values of GB/T 2589 and of hydrogen (120 MJ/kg).
KGCE_PER_UNIT: Final[dict[str, tuple[float, float]]] = {
    "t": (50.0, 4200.0),
    "kg": (0.05, 4.2),
    "m3": (0.05, 5.0),
    "Nm3": (0.05, 5.0),
}
THOUSAND: Final = 300.0  # a slip between kWh and MWh, kg and t, or mW and kW lies beyond this


def co2_has_a_price_or_a_budget(draft: Draft) -> Iterator[Finding]:
    """Least CO2 comes with a budget, a cost ceiling per tonne or a cost limit."""
    stages = draft.settings.stages
    if not stages or dict(stages[0].weights).get("co2", 0) <= 0:
        return
    if dict(stages[0].weights).get("cost", 0) > 0:
        return
    limits = rows_of(draft, "limits")
    money = text(limits, "measure").isin(["cost", "capex"])
    if not (money & text(limits, "sense").isin(["<=", "="])).any():
        yield Finding("checks.co2_at_any_price", "warning", "park.toml", column="minimise")


def trade_earns_nothing_by_itself(draft: Draft) -> Iterator[Finding]:
    """Nothing can be sold for more than it is bought for without end."""
    frame = rows_of(draft, "markets")
    if frame.empty:
        return
    rows = pd.DataFrame(
        {
            "id": text(frame, "id"),
            "site": text(frame, "site"),
            "commodity": text(frame, "commodity"),
            "price": number(frame, "price").fillna(0.0),
            "direction": text(frame, "direction"),
            "open": number(frame, "max").isna() & number(frame, "max_per_year").isna(),
            "row": frame.index,
        }
    )
    rows = rows[rows["open"]]
    bought = rows[rows["direction"] == "buy"]
    if len(bought) in (0, len(rows)):
        return
    pairs = bought.merge(rows[rows["direction"] != "buy"], on="commodity", suffixes=("_in", "_out"))
    sold = pairs["direction_out"] == "sell"
    earned = pairs["price_out"].where(sold, -pairs["price_out"]) - pairs["price_in"]
    same = (pairs["site_in"] == pairs["site_out"]) | (
        (pairs["site_in"] == "*") | (pairs["site_out"] == "*")
    )
    for _, pair in pairs[(earned > 0) & same].drop_duplicates("row_out").iterrows():
        sold_at = pair["price_out"] if pair["direction_out"] == "sell" else -pair["price_out"]
        values = {
            "commodity": pair["commodity"],
            "other": pair["id_in"],
            "bought": f"{pair['price_in']:g}",
            "sold": f"{sold_at:g}",
        }
        yield finding_at(frame, pair["row_out"], "checks.free_money", "price", "warning", values)


def calorific_values_are_usual(draft: Draft) -> Iterator[Finding]:
    """kgce lies where the unit or the calorific value of fuels puts it."""
    frame = rows_of(draft, "commodities")
    # Without a figure of its own no commodity can be unusual.
    if not (figures(frame, "kgce") > 0).any():
        return
    frame = frame[text(frame, "kind").isin(["energy", "heat", "gas"])]
    unit, kgce = text(frame, "unit"), number(frame, "kgce")
    exact = unit.map(GJ_PER_UNIT).astype("float64") / GJ_PER_TCE * 1000
    off = (kgce > 0) & ((kgce / exact - 1).abs() > 0.02)
    yield from found(frame, off, "checks.kgce_unit", "kgce", "warning", unit=unit, exact=exact)
    low = unit.map({u: span[0] for u, span in KGCE_PER_UNIT.items()}).astype("float64")
    high = unit.map({u: span[1] for u, span in KGCE_PER_UNIT.items()}).astype("float64")
    strange = (kgce > 0) & ((kgce < low) | (kgce > high))
    yield from found(
        frame, strange, "checks.kgce_range", "kgce", "warning", unit=unit, low=low, high=high
    )


def sizes_are_alike(draft: Draft) -> Iterator[Finding]:
    """No amount of a commodity is hundreds of times the usual one: a slip of unit."""
    rows = [row for table in ("streams", "demands") for row in _amounts(draft, table)]
    alike: dict[str, list[float]] = {}
    for _, _, key, _, size in rows:
        alike.setdefault(key, []).append(size)
    usual = {key: float(np.median(own)) for key, own in alike.items() if len(own) >= 4}
    for table, position, key, commodity, size in rows:
        apart = size - usual.get(key, size)
        if abs(apart) > np.log(THOUSAND):
            frame = rows_of(draft, table)
            values = {"commodity": commodity, "times": f"{float(np.exp(abs(apart))):.0f}"}
            code = "checks.outlier_high" if apart > 0 else "checks.outlier_low"
            index = frame.index[position]
            yield finding_at(frame, index, code, "amount", "warning", values)


def _amounts(draft: Draft, table: str) -> Iterator[tuple[str, int, str, str, float]]:
    """Amounts above zero: table, row, what is counted alike, commodity, and the size as log."""
    frame = rows_of(draft, table)
    amount, commodity = number(frame, "amount").to_numpy(), text(frame, "commodity").to_numpy()
    per = text(frame, "_per").to_numpy()
    for row in np.flatnonzero(amount > 0).tolist():
        key = f"{commodity[row]}/{per[row]}"
        yield table, row, key, str(commodity[row]), float(np.log(amount[row]))


def defaults_are_told(draft: Draft) -> Iterator[Finding]:
    """Blanks whose default decides much are listed: free purchases, free plants, lifetimes."""
    markets = rows_of(draft, "markets")
    unpriced = np.isnan(figures(markets, "price")) & (
        text(markets, "direction").to_numpy() == "buy"
    )
    yield from found(markets, unpriced, "checks.default_price", "price", "warning")
    yield from _plants(draft)
    for table, column, cost, default in (
        ("storages", "lifetime", "capex", 20),
        ("transports", "lifetime", "capex_per_km", 20),
    ):
        frame = rows_of(draft, table)
        blank = np.isnan(figures(frame, column)) & (figures(frame, cost) > 0)
        yield from found(frame, blank, "checks.default_used", column, "fixed", default=default)
    ways = rows_of(draft, "transports")
    detour = np.isnan(figures(ways, "detour")) & (text(ways, "id").to_numpy() != "")
    yield from found(ways, detour, "checks.default_used", "detour", "fixed", default=1.3)


def _plants(draft: Draft) -> Iterator[Finding]:
    processes, technologies = rows_of(draft, "processes"), rows_of(draft, "technologies")
    names = text(technologies, "id").tolist()
    place = dict(zip(reversed(names), range(len(names) - 1, -1, -1), strict=True))
    of = np.array([place.get(n, -1) for n in text(processes, "technology").tolist()], dtype=int)
    status = text(processes, "status").to_numpy()
    sized = ~np.isnan(figures(processes, "capacity"))
    may_be_built = (status == "candidate") | (status == "required") | ((status == "") & ~sized)
    for column, code in (("capex", "checks.default_capex"), ("lifetime", "checks.default_used")):
        told = np.append(figures(technologies, column), np.nan)[of]
        filled = ~np.isnan(figures(processes, column)) | ~np.isnan(told)
        blank = ~filled & may_be_built & (of >= 0)
        severity: Severity = "warning" if column == "capex" else "fixed"
        yield from found(processes, blank, code, column, severity, default=20)
