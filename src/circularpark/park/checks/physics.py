"""What nature and the contract allow: signs, ranges, temperatures, efficiencies, gains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import (
    Number,
    among,
    blank,
    each,
    looked_up,
    of_group,
    repeated,
)
from circularpark.park.checks.cells import (
    by_id,
    filled,
    flag,
    found,
    least,
    most,
    number,
    reach,
    rows_of,
    text,
)
from circularpark.park.columns import or_else
from circularpark.park.geo import metres_between
from circularpark.park.schema import Column, tables
from circularpark.park.units import UnitError, quality_unit

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.draft import Draft

ENDLESS: Final = 1e20  # HiGHS reads bounds from here on as infinite
ABSOLUTE_ZERO: Final = -273.15  # degC, by definition of the kelvin
LARGEST_RATE: Final = 1e7  # beyond these two a row cannot be scaled to the solver's tolerance
SMALLEST_RATE: Final = 1e-9

UNUSUAL_NEGATIVE: Final[dict[str, tuple[str, ...]]] = {
    "markets": ("price",),
    "links": ("price", "cost_per_km"),
    "transports": ("cost_per_km",),
    "processes": ("var_om",),
    "technologies": ("var_om",),
}
POSITIVE: Final[dict[str, tuple[str, ...]]] = {
    "technologies": ("lifetime",),
    "processes": ("lifetime",),
    "transports": ("lifetime", "detour"),
    "links": ("lifetime",),
    "storages": ("lifetime", "hours_in", "hours_out", "efficiency_in", "efficiency_out"),
    "commodities": ("exchanger_lifetime", "min_approach"),
    "streams": ("min_approach",),
    "demands": ("min_approach",),
    "recipes": ("min_approach",),
}
ORDERED: Final[tuple[tuple[str, str, str], ...]] = (
    ("processes", "capacity", "capacity_max"),
    ("storages", "capacity", "capacity_max"),
    ("links", "capacity", "capacity_max"),
    ("markets", "min", "max"),
    ("matches", "min", "max"),
    ("quality", "min", "max"),
    ("recipes", "min_share", "max_share"),
)


def numbers_have_the_right_sign(draft: Draft) -> Iterator[Finding]:
    """Amounts are not negative, shares at most 1, lifetimes positive, and nothing below 0 K.

    Which column is which stands in ``tables.toml``: its unit and its range.
    """
    for table, frame in filled(draft, POSITIVE):
        for column in POSITIVE[table]:
            if least(frame, column) <= 0:
                below = number(frame, column) <= 0
                yield from found(frame, below, "checks.not_positive", column)
    for table, frame in filled(draft, tables()):
        for one in tables()[table].columns.values():
            if one.is_number and one.name in reach(frame):
                yield from _in_range(frame, one)
    yield from _unusual(draft)


def _unusual(draft: Draft) -> Iterator[Finding]:
    """Prices below zero, which may be meant, and who then pays whom."""
    for table, frame in filled(draft, UNUSUAL_NEGATIVE):
        for column in UNUSUAL_NEGATIVE[table]:
            if not least(frame, column) < 0:
                continue
            price = number(frame, column)
            below = price < 0
            if table != "markets" or column != "price":
                yield from found(frame, below, "checks.negative_price", column, "warning")
                continue
            ways = text(frame, "direction")
            for code, own in (("bought", ("buy",)), ("sold", ("sell",)), ("left", LEFT)):
                here = below & among(ways, own)
                name = f"checks.negative_price_{code}"
                yield from found(frame, here, name, column, "warning", amount=-price)


# What leaves by these is paid for, not received.
LEFT: Final = ("vent", "dispose")


def _in_range(frame: pd.DataFrame, declared: Column) -> Iterator[Finding]:
    name = declared.name
    lowest, highest = reach(frame)[name]
    if declared.unit == "degC":
        if lowest < ABSOLUTE_ZERO:
            cold = number(frame, name) < ABSOLUTE_ZERO
            yield from found(frame, cold, "checks.absolute_zero", name)
    elif declared.low == 0 and lowest < 0:
        yield from found(frame, number(frame, name) < 0, "checks.negative", name)
    if declared.unit == "share" and declared.high == 1 and highest > 1:
        yield from found(frame, number(frame, name) > 1, "checks.above_one", name)


def numbers_are_in_reach(draft: Draft) -> Iterator[Finding]:
    """No number is so large or so small that a solver would misread it."""
    for _, frame in filled(draft, draft.raw):
        for name, (lowest, highest) in reach(frame).items():
            if not name.startswith("_") and (lowest <= -ENDLESS or highest >= ENDLESS):
                far = np.abs(number(frame, name)) >= ENDLESS
                yield from found(frame, far, "checks.endless", name)
    recipes = rows_of(draft, "recipes")
    rate = np.abs(number(recipes, "rate"))
    far = ((rate > LARGEST_RATE) & (rate < ENDLESS)) | ((rate < SMALLEST_RATE) & (rate > 0))
    yield from found(recipes, far, "checks.rate_range", "rate")


def minima_stay_below_maxima(draft: Draft) -> Iterator[Finding]:
    """Every smallest value is at most its largest."""
    for table, low, high in ORDERED:
        frame = rows_of(draft, table)
        if not len(frame):
            continue
        below, above = number(frame, low), number(frame, high)
        if low == "capacity":
            # A candidate's capacity is only the default of capacity_max, but two that
            # contradict each other still mean that one of them is a slip.
            above = np.where(text(frame, "status") != "forbidden", above, np.nan)
        if low == "min_share":
            grouped = text(frame, "group") != ""
            below, above = np.where(grouped, or_else(below, 0.0), np.nan), or_else(above, 1.0)
        told: dict[str, Any] = {"low": low, "high": high, "least": below, "most": above}
        yield from found(frame, below > above, "checks.min_above_max", low, **told)


def shares_of_a_group_can_add_up(draft: Draft) -> Iterator[Finding]:
    """The shares of a recipe group can sum to 1: minima at most, maxima at least."""
    frame = rows_of(draft, "recipes")
    group = text(frame, "group")
    grouped = group != ""
    if not grouped.any():
        return
    keys = (text(frame, "technology"), group)
    smallest = of_group(or_else(number(frame, "min_share"), 0.0), keys, np.sum)
    largest = of_group(or_else(number(frame, "max_share"), 1.0), keys, np.sum)
    first = grouped & ~repeated(*keys)
    close = 1e-9
    over = (smallest > 1 + close) & first
    yield from found(frame, over, "checks.min_shares", "min_share", group=group, total=smallest)
    under = (largest < 1 - close) & first
    yield from found(frame, under, "checks.max_shares", "max_share", group=group, total=largest)


CHANGES: Final[dict[str, str]] = {
    "streams": "checks.stream_warms",
    "demands": "checks.demand_cools",
    "recipes": "checks.heat_row_reversed",
}
GIVES: Final[dict[str, int]] = {"streams": 1, "demands": -1}


def temperatures_make_sense(draft: Draft) -> Iterator[Finding]:
    """Offers cool down and demands warm up; equal temperatures are a phase change."""
    for table, frame in filled(draft, CHANGES):
        supply, target = number(frame, "supply_temp"), number(frame, "target_temp")
        # Streams give heat, demands take it; a recipe's row gives what its rate makes.
        gives = np.sign(number(frame, "rate")) if table == "recipes" else GIVES[table]
        wrong, code = gives * (target - supply) > 0, CHANGES[table]
        yield from found(frame, wrong, code, "target_temp", supply=supply, target=target)


def links_deliver_something(draft: Draft) -> Iterator[Finding]:
    """Less than everything is lost on the way: arriving = sent x (1 - loss_per_km x km) > 0."""
    links = rows_of(draft, "links")
    transports = rows_of(draft, "transports")
    # Without a loss nothing is lost, however far.
    if most(links, "loss_per_km") > 0 or most(transports, "loss_per_km") > 0:
        yield from _lost(draft, links, transports)
    loss, far = number(transports, "loss_per_km"), number(transports, "max_km")
    gone = loss * far >= 1
    if gone.any():
        with np.errstate(divide="ignore"):
            told = {"km": far, "share": 100 * (loss * far), "safe": 1 / loss}
        code = "checks.all_lost_far"
        yield from found(transports, gone, code, "loss_per_km", "warning", **told)


def _lost(draft: Draft, links: pd.DataFrame, transports: pd.DataFrame) -> Iterator[Finding]:
    loss, km = number(links, "loss_per_km"), number(links, "km")
    if len(transports):
        worst: dict[str, float] = {}
        rates = number(transports, "loss_per_km").tolist()
        for name, rate in zip(text(transports, "id").tolist(), rates, strict=True):
            worst[name] = float(np.fmax(worst.get(name, np.nan), rate))
        loss = or_else(loss, looked_up(text(links, "transport"), worst))
    if blank(km).any():
        km = or_else(km, _straight(draft, links))
    lost = loss * km
    yield from found(links, lost >= 1, "checks.all_lost", "km", share=100 * lost, km=km)


def _straight(draft: Draft, links: pd.DataFrame) -> Number:
    """The straight way [km] of each link, which no route undercuts."""
    sites = rows_of(draft, "sites")
    places = [by_id(sites, number(sites, name)) for name in ("lon", "lat")]
    ends = [looked_up(text(links, end), at) for end in ("from", "to") for at in places]
    return metres_between(*ends) / 1000


def quality_shares_are_shares(draft: Draft) -> Iterator[Finding]:
    """A share is at most everything, and the shares of one item at most everything together.

    What is everything of an item, e.g. the constituent of cement that it is, contains the others.
    """
    frame = rows_of(draft, "quality")
    if not len(frame):
        return
    unit, item = text(frame, "unit"), text(frame, "item")
    whole = each(unit, _whole).astype("float64")
    for column in ("value", "min", "max"):
        above = number(frame, column) > whole
        yield from found(frame, above, "checks.share_above_all", column, unit=unit)
    share = number(frame, "value") / whole
    share = np.where(share != 1, share, np.nan)
    keys = (item, text(frame, "commodity"))
    total = of_group(share, keys, np.nansum)
    over = (total > 1 + 1e-9) & ~repeated(*keys)
    told = {"item": item, "total": 100 * total}
    yield from found(frame, over, "checks.shares_above_all", "value", "warning", **told)


def _whole(unit: str) -> float:
    """How many of a unit of shares are everything; nan of other units."""
    try:
        kind, size = quality_unit(unit)
    except UnitError:
        return float("nan")
    return 1 / size if kind == "share" else float("nan")


def settings_make_sense(draft: Draft) -> Iterator[Finding]:
    """The discount rate is a share of one, not a percentage; hours and approach are positive."""
    settings = draft.settings
    rate = settings.discount_rate
    if rate >= 1 or rate < 0:
        code = "checks.discount_rate" if rate >= 1 else "checks.discount_negative"
        values: dict[str, object] = {"percent": f"{100 * rate:g}", "meant": f"{rate / 100:g}"}
        yield _of_settings(code, "discount_rate", rate, values)
    for column in ("operating_hours", "min_approach"):
        if getattr(settings, column) <= 0:
            yield _of_settings("checks.not_positive", column, getattr(settings, column), {})


def _of_settings(code: str, column: str, value: float, values: dict[str, object]) -> Finding:
    return Finding(code, "problem", "park.toml", None, column, f"{value:g}", values)


def upkeep_is_a_share(draft: Draft) -> Iterator[Finding]:
    """Yearly upkeep is a share of the investment, rarely all of it."""
    for _, frame in filled(draft, ("technologies", "processes", "storages", "links", "transports")):
        share = number(frame, "fixed_om")
        told = {"percent": 100 * share}
        yield from found(frame, share >= 1, "checks.fixed_om", "fixed_om", "warning", **told)


def stored_markets_take(draft: Draft) -> Iterator[Finding]:
    """Only what leaves the park can be stored underground."""
    frame = rows_of(draft, "markets")
    buys = flag(frame, "stored") & (text(frame, "direction") == "buy")
    yield from found(frame, buys, "checks.stored_purchase", "stored", "warning")
