"""What is allowed but unusual: warnings, and the defaults that matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding, Severity
from circularpark.park.checks.arrays import among, blank, looked_up
from circularpark.park.checks.cells import finding_at, found, most, number, rows_of, text
from circularpark.park.columns import or_else

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
    money = among(text(limits, "measure"), ("cost", "capex"))
    if not (money & among(text(limits, "sense"), ("<=", "="))).any():
        yield Finding("checks.co2_at_any_price", "warning", "park.toml", column="minimise")


def trade_earns_nothing_by_itself(draft: Draft) -> Iterator[Finding]:
    """Nothing can be sold for more than it is bought for without end."""
    frame = rows_of(draft, "markets")
    endless = blank(number(frame, "max")) & blank(number(frame, "max_per_year"))
    ways = text(frame, "direction")
    bought, taken = endless & (ways == "buy"), endless & (ways != "buy")
    if not (bought.any() and taken.any()):
        return
    goods, site = text(frame, "commodity").tolist(), text(frame, "site").tolist()
    price = or_else(number(frame, "price"), 0.0).tolist()
    buyers: dict[str, list[int]] = {}
    for row in np.flatnonzero(taken).tolist():
        buyers.setdefault(goods[row], []).append(row)
    told: set[int] = set()
    for source in np.flatnonzero(bought).tolist():
        for row in buyers.get(goods[source], ()):
            sold_at = price[row] if ways[row] == "sell" else -price[row]
            same = site[source] == site[row] or "*" in (site[source], site[row])
            if row in told or not same or sold_at <= price[source]:
                continue
            told.add(row)
            values = {
                "commodity": goods[row],
                "other": text(frame, "id")[source],
                "bought": f"{price[source]:g}",
                "sold": f"{sold_at:g}",
            }
            yield finding_at(frame, row, "checks.free_money", "price", "warning", values)


def calorific_values_are_usual(draft: Draft) -> Iterator[Finding]:
    """kgce lies where the unit or the calorific value of fuels puts it."""
    frame = rows_of(draft, "commodities")
    # Without a figure of its own no commodity can be unusual.
    if not most(frame, "kgce") > 0:
        return
    unit, kgce = text(frame, "unit"), number(frame, "kgce")
    told = among(text(frame, "kind"), ("energy", "heat", "gas")) & (kgce > 0)
    exact = looked_up(unit, GJ_PER_UNIT) / GJ_PER_TCE * 1000
    off = told & (np.abs(kgce / exact - 1) > 0.02)
    yield from found(frame, off, "checks.kgce_unit", "kgce", "warning", unit=unit, exact=exact)
    low, high = (
        looked_up(unit, {one: span[side] for one, span in KGCE_PER_UNIT.items()}) for side in (0, 1)
    )
    strange = told & ((kgce < low) | (kgce > high))
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
            yield finding_at(frame, position, code, "amount", "warning", values)


def _amounts(draft: Draft, table: str) -> Iterator[tuple[str, int, str, str, float]]:
    """Amounts above zero: table, row, what is counted alike, commodity, and the size as log."""
    frame = rows_of(draft, table)
    amount, commodity = number(frame, "amount"), text(frame, "commodity")
    per = text(frame, "_per")
    for row in np.flatnonzero(amount > 0).tolist():
        key = f"{commodity[row]}/{per[row]}"
        yield table, row, key, str(commodity[row]), float(np.log(amount[row]))


def defaults_are_told(draft: Draft) -> Iterator[Finding]:
    """Blanks whose default decides much are listed: free purchases, free plants, lifetimes."""
    markets = rows_of(draft, "markets")
    unpriced = blank(number(markets, "price")) & (text(markets, "direction") == "buy")
    yield from found(markets, unpriced, "checks.default_price", "price", "warning")
    yield from _plants(draft)
    for table, column, cost, default in (
        ("storages", "lifetime", "capex", 20),
        ("transports", "lifetime", "capex_per_km", 20),
    ):
        frame = rows_of(draft, table)
        bare = blank(number(frame, column)) & (number(frame, cost) > 0)
        yield from found(frame, bare, "checks.default_used", column, "fixed", default=default)
    ways = rows_of(draft, "transports")
    detour = blank(number(ways, "detour")) & (text(ways, "id") != "")
    yield from found(ways, detour, "checks.default_used", "detour", "fixed", default=1.3)


def _plants(draft: Draft) -> Iterator[Finding]:
    processes, technologies = rows_of(draft, "processes"), rows_of(draft, "technologies")
    names = text(technologies, "id").tolist()
    place = dict(zip(reversed(names), range(len(names) - 1, -1, -1), strict=True))
    of = np.array([place.get(n, -1) for n in text(processes, "technology").tolist()], dtype=int)
    status = text(processes, "status")
    bare = (status == "") & blank(number(processes, "capacity"))
    may_be_built = (status == "candidate") | (status == "required") | bare
    for column, code in (("capex", "checks.default_capex"), ("lifetime", "checks.default_used")):
        told = np.append(number(technologies, column), np.nan)[of]
        filled = ~blank(number(processes, column)) | ~blank(told)
        missing = ~filled & may_be_built & (of >= 0)
        severity: Severity = "warning" if column == "capex" else "fixed"
        yield from found(processes, missing, code, column, severity, default=20)
