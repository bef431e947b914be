"""What nature and the contract allow: signs, ranges, temperatures, efficiencies, gains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import figures, flag, floats, found, number, rows_of, text
from circularpark.park.geo import metres_between
from circularpark.park.schema import Column, tables
from circularpark.park.units import UnitError, quality_unit

if TYPE_CHECKING:
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
    for table, columns in POSITIVE.items():
        frame = rows_of(draft, table)
        for column in columns:
            yield from found(frame, figures(frame, column) <= 0, "checks.not_positive", column)
    for name, declared in tables().items():
        frame = rows_of(draft, name)
        for one in declared.columns.values() if len(frame) else ():
            if one.is_number and one.name in frame.columns:
                yield from _in_range(frame, one)
    yield from _unusual(draft)


def _unusual(draft: Draft) -> Iterator[Finding]:
    """Prices below zero, which may be meant, and who then pays whom."""
    for table, columns in UNUSUAL_NEGATIVE.items():
        frame = rows_of(draft, table)
        for column in columns:
            below = figures(frame, column) < 0
            if not below.any():
                continue
            ways = text(frame, "direction") if table == "markets" else None
            if ways is None or column != "price":
                yield from found(frame, below, "checks.negative_price", column, "warning")
                continue
            for code, own in (("bought", ("buy",)), ("sold", ("sell",)), ("left", LEFT)):
                here = below & ways.isin(own).to_numpy()
                name = f"checks.negative_price_{code}"
                yield from found(
                    frame, here, name, column, "warning", amount=-number(frame, column)
                )


# What leaves by these is paid for, not received.
LEFT: Final = ("vent", "dispose")


def _in_range(frame: pd.DataFrame, declared: Column) -> Iterator[Finding]:
    name = declared.name
    given = figures(frame, name)
    if declared.unit == "degC":
        yield from found(frame, given < ABSOLUTE_ZERO, "checks.absolute_zero", name)
    elif declared.low == 0:
        yield from found(frame, given < 0, "checks.negative", name)
    if declared.unit == "share" and declared.high == 1:
        yield from found(frame, given > 1, "checks.above_one", name)


def numbers_are_in_reach(draft: Draft) -> Iterator[Finding]:
    """No number is so large or so small that a solver would misread it."""
    for table in draft.raw:
        frame = rows_of(draft, table)
        for name, given in floats(frame).items() if len(frame) else ():
            if not name.startswith("_"):
                yield from found(frame, np.abs(given) >= ENDLESS, "checks.endless", name)
    recipes = rows_of(draft, "recipes")
    rate = np.abs(figures(recipes, "rate"))
    far = ((rate > LARGEST_RATE) & (rate < ENDLESS)) | ((rate < SMALLEST_RATE) & (rate > 0))
    yield from found(recipes, far, "checks.rate_range", "rate")


def minima_stay_below_maxima(draft: Draft) -> Iterator[Finding]:
    """Every smallest value is at most its largest."""
    for table, low, high in ORDERED:
        frame = rows_of(draft, table)
        if frame.empty:
            continue
        least, most = number(frame, low), number(frame, high)
        if table in {"processes", "storages", "links"} and low == "capacity":
            # A candidate's capacity is only the default of capacity_max, but two that
            # contradict each other still mean that one of them is a slip.
            most = most.where(text(frame, "status") != "forbidden")
        if low == "min_share":
            least, most = least.fillna(0.0), most.fillna(1.0)
            grouped = text(frame, "group") != ""
            least = least.where(grouped)
        crossed = least > most
        yield from found(
            frame, crossed, "checks.min_above_max", low, low=low, high=high, least=least, most=most
        )


def shares_of_a_group_can_add_up(draft: Draft) -> Iterator[Finding]:
    """The shares of a recipe group can sum to 1: minima at most, maxima at least."""
    frame = rows_of(draft, "recipes")
    frame = frame[text(frame, "group") != ""]
    if frame.empty:
        return
    keys = [text(frame, "technology"), text(frame, "group")]
    least = number(frame, "min_share").fillna(0.0).groupby(keys).transform("sum")
    most = number(frame, "max_share").fillna(1.0).groupby(keys).transform("sum")
    lone = pd.concat(keys, axis=1).duplicated(keep="first")
    group = text(frame, "group")
    close = 1e-9
    over = (least > 1 + close) & ~lone
    yield from found(frame, over, "checks.min_shares", "min_share", group=group, total=least)
    under = (most < 1 - close) & ~lone
    yield from found(frame, under, "checks.max_shares", "max_share", group=group, total=most)


def temperatures_make_sense(draft: Draft) -> Iterator[Finding]:
    """Offers cool down and demands warm up; equal temperatures are a phase change."""
    for table, code, sign in (
        ("streams", "checks.stream_warms", 1),
        ("demands", "checks.demand_cools", -1),
    ):
        frame = rows_of(draft, table)
        supply, target = number(frame, "supply_temp"), number(frame, "target_temp")
        wrong = sign * (target - supply) > 0
        yield from found(frame, wrong, code, "target_temp", supply=supply, target=target)
    recipes = rows_of(draft, "recipes")
    supply, target = number(recipes, "supply_temp"), number(recipes, "target_temp")
    wrong = np.sign(number(recipes, "rate")) * (target - supply) > 0
    yield from found(
        recipes, wrong, "checks.heat_row_reversed", "target_temp", supply=supply, target=target
    )


def links_deliver_something(draft: Draft) -> Iterator[Finding]:
    """Less than everything is lost on the way: arriving = sent x (1 - loss_per_km x km) > 0."""
    links = rows_of(draft, "links")
    transports = rows_of(draft, "transports")
    # Without a loss nothing is lost, however far.
    if (figures(links, "loss_per_km") > 0).any() or (figures(transports, "loss_per_km") > 0).any():
        yield from _lost(draft, links, transports)
    if not (figures(transports, "loss_per_km") * figures(transports, "max_km") >= 1).any():
        return
    reach = number(transports, "loss_per_km") * number(transports, "max_km")
    yield from found(
        transports,
        reach >= 1,
        "checks.all_lost_far",
        "loss_per_km",
        "warning",
        km=number(transports, "max_km"),
        share=100 * reach,
        safe=1 / number(transports, "loss_per_km"),
    )


def _lost(draft: Draft, links: pd.DataFrame, transports: pd.DataFrame) -> Iterator[Finding]:
    loss = figures(links, "loss_per_km")
    if len(transports):
        worst: dict[str, float] = {}
        rates = figures(transports, "loss_per_km").tolist()
        for name, rate in zip(text(transports, "id").tolist(), rates, strict=True):
            worst[name] = float(np.fmax(worst.get(name, np.nan), rate))
        ways = text(links, "transport").tolist()
        theirs = np.array([worst.get(name, np.nan) for name in ways], dtype=float)
        loss = np.where(np.isnan(loss), theirs, loss)
    km = figures(links, "km")
    if np.isnan(km).any():
        km = np.where(np.isnan(km), _straight(draft, links).to_numpy(), km)
    lost = loss * km
    if (lost >= 1).any():
        share, way = (pd.Series(v, index=links.index) for v in (100 * lost, km))
        yield from found(links, lost >= 1, "checks.all_lost", "km", share=share, km=way)


def _straight(draft: Draft, links: pd.DataFrame) -> pd.Series:
    """The straight way [km] of each link, which no route undercuts."""
    sites = rows_of(draft, "sites")
    ids = text(sites, "id")
    places = pd.DataFrame({"lon": number(sites, "lon"), "lat": number(sites, "lat")})
    places = places[~ids.duplicated()].set_axis(pd.Index(ids[~ids.duplicated()]))
    start, end = places.reindex(text(links, "from")), places.reindex(text(links, "to"))
    metres = metres_between(
        start["lon"].to_numpy(),
        start["lat"].to_numpy(),
        end["lon"].to_numpy(),
        end["lat"].to_numpy(),
    )
    return pd.Series(metres / 1000, index=links.index)


def quality_shares_are_shares(draft: Draft) -> Iterator[Finding]:
    """A share is at most everything, and the shares of one item at most everything together.

    What is everything of an item, e.g. the constituent of cement that it is, contains the others.
    """
    frame = rows_of(draft, "quality")
    if frame.empty:
        return
    whole = text(frame, "unit").map(_whole).astype("float64")
    for column in ("value", "min", "max"):
        above = number(frame, column) > whole
        yield from found(frame, above, "checks.share_above_all", column, unit=text(frame, "unit"))
    share = number(frame, "value") / whole
    share = share.where(share != 1)
    keys = [text(frame, "item"), text(frame, "commodity")]
    total = share.groupby(keys).transform("sum")
    lone = pd.concat(keys, axis=1).duplicated(keep="first")
    over = (total > 1 + 1e-9) & ~lone
    yield from found(
        frame,
        over,
        "checks.shares_above_all",
        "value",
        "warning",
        item=text(frame, "item"),
        total=100 * total,
    )


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
    for table in ("technologies", "processes", "storages", "links", "transports"):
        frame = rows_of(draft, table)
        share = number(frame, "fixed_om")
        yield from found(
            frame, share >= 1, "checks.fixed_om", "fixed_om", "warning", percent=100 * share
        )


def stored_markets_take(draft: Draft) -> Iterator[Finding]:
    """Only what leaves the park can be stored underground."""
    frame = rows_of(draft, "markets")
    buys = flag(frame, "stored") & (text(frame, "direction") == "buy")
    yield from found(frame, buys, "checks.stored_purchase", "stored", "warning")
