"""Heat that cannot be: carriers, media, levels, and demands that no heat of the park reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding, Spoken
from circularpark.park.checks.arrays import Number, Text, among, blank, looked_up
from circularpark.park.checks.cells import (
    by_id,
    filled,
    flag,
    found,
    number,
    rows_of,
    text,
    used_technologies,
)
from circularpark.park.checks.plausibility import GJ_PER_UNIT
from circularpark.park.columns import or_else
from circularpark.park.media import media

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.draft import Draft

FLOWS: Final = ("streams", "demands", "recipes")
OF_CARRIERS: Final = ("temperature", "return_temperature", "latent_temperature")
OF_ROWS: Final = ("supply_temp", "target_temp")
ROUNDING: Final = 1e-6  # K


def carriers_make_sense(draft: Draft) -> Iterator[Finding]:
    """Heat counts in energy; a carrier cools from supply to return and condenses in between."""
    frame = rows_of(draft, "commodities")
    heat = text(frame, "kind") == "heat"
    if not heat.any() and all(blank(number(frame, one)).all() for one in OF_CARRIERS):
        return
    unit = text(frame, "unit")
    strange = heat & (unit != "") & ~among(unit, GJ_PER_UNIT)
    yield from found(frame, strange, "checks.heat_unit", "unit", unit=unit)
    supply, back = number(frame, "temperature"), number(frame, "return_temperature")
    yield from found(
        frame, back > supply, "checks.carrier_warms", "return_temperature", supply=supply, back=back
    )
    latent = number(frame, "latent_temperature")
    bare = blank(supply) & (~blank(back) | ~blank(latent))
    yield from found(frame, bare, "checks.carrier_without_temperature", "temperature")
    cold = or_else(back, supply)
    outside = (number(frame, "latent_share") > 0) & ((latent > supply) | (latent < cold))
    outside &= blank(back) | (back <= supply)
    yield from found(
        frame,
        outside,
        "checks.latent_outside",
        "latent_temperature",
        supply=supply,
        back=cold,
    )


def media_hold_their_temperatures(draft: Draft) -> Iterator[Finding]:
    """Water, steam and oils stay within the limits of ``catalogue/media.csv``."""
    frame = rows_of(draft, "commodities")
    medium = _media(frame)
    yield from _levels(frame, medium)
    yield from _beyond(frame, medium, OF_CARRIERS)
    of = by_id(frame, medium)
    for _, rows in filled(draft, FLOWS):
        if not all(blank(number(rows, column)).all() for column in OF_ROWS):
            yield from _beyond(rows, looked_up(text(rows, "commodity"), of, ""), OF_ROWS)


def _media(frame: pd.DataFrame) -> Text:
    """What each commodity is: as it says, else steam where it condenses and water where water."""
    medium = text(frame, "medium")
    condenses, water = number(frame, "latent_share") > 0, text(frame, "kind") == "water"
    implied = np.where(condenses, "steam", np.where(water, "water", ""))
    return np.where(medium != "", medium, implied)


def _levels(frame: pd.DataFrame, medium: Text) -> Iterator[Finding]:
    """What condenses does so on the saturation line of its medium."""
    latent = or_else(number(frame, "latent_temperature"), number(frame, "temperature"))
    condenses = number(frame, "latent_share") > 0
    column = "latent_temperature"
    if not condenses.any():
        return
    for name, one in media().items():
        mine = condenses & (medium == name)
        if one.condenses is None:
            words = Spoken(f"checks.medium.{name}")
            yield from found(frame, mine, "checks.never_condenses", "latent_share", medium=words)
            continue
        low, high = one.condenses
        wrong = mine & ((latent < low) | (latent > high))
        words = Spoken(f"checks.medium.{name}")
        yield from found(
            frame, wrong, "checks.no_level", column, medium=words, latent=latent, low=low, high=high
        )


def _beyond(frame: pd.DataFrame, medium: Text, columns: tuple[str, ...]) -> Iterator[Finding]:
    """Temperatures at which the medium freezes, decays or is no longer itself."""
    for column in columns:
        given = number(frame, column)
        if blank(given).all():
            continue
        for name, one in media().items():
            far = (medium == name) & ((given < one.coldest) | (given > one.hottest))
            yield from found(
                frame,
                far,
                "checks.medium_limit",
                column,
                medium=Spoken(f"checks.medium.{name}"),
                given=given,
                coldest=one.coldest,
                hottest=one.hottest,
            )


def heat_has_temperatures(draft: Draft) -> Iterator[Finding]:
    """The cascade's own heat says where it is, and is not bought."""
    own = set(_own_heat(draft))
    if not own:
        return
    used = used_technologies(draft)
    for table in FLOWS:
        frame = rows_of(draft, table)
        mine = among(text(frame, "commodity"), own)
        if table == "recipes":
            mine &= among(text(frame, "technology"), used)
        bare = blank(number(frame, "supply_temp")) & blank(number(frame, "target_temp"))
        yield from found(frame, mine & bare, "checks.heat_nowhere", "supply_temp")
    markets = rows_of(draft, "markets")
    bought = among(text(markets, "commodity"), own) & (text(markets, "direction") == "buy")
    yield from found(markets, bought, "checks.heat_bought", "commodity")


def carriers_are_hot_enough(draft: Draft) -> Iterator[Finding]:
    """A carrier is not asked to heat anything hotter than itself."""
    frame = rows_of(draft, "commodities")
    hot = np.where(text(frame, "kind") == "heat", number(frame, "temperature"), np.nan)
    if blank(hot).all():
        return
    hottest = by_id(frame, hot)
    for table in ("demands", "recipes"):
        rows = rows_of(draft, table)
        carrier = looked_up(text(rows, "commodity"), hottest)
        target = number(rows, "target_temp")
        cold = target > carrier + ROUNDING
        if table == "recipes":
            cold &= number(rows, "rate") < 0
        yield from found(
            rows,
            cold,
            "checks.carrier_too_cold",
            "target_temp",
            commodity=text(rows, "commodity"),
            carrier=carrier,
            target=target,
        )


def demands_are_within_reach(draft: Draft) -> Iterator[Finding]:
    """Some heat of the park is hot enough for every demand of heat, its approach kept."""
    demands = rows_of(draft, "demands")
    own = _own_heat(draft)
    asked = among(text(demands, "commodity"), own) & blank(number(demands, "unmet_cost"))
    if not asked.any():
        return
    approach = _approach(draft, demands)
    target = or_else(number(demands, "target_temp"), number(demands, "supply_temp"))
    needed = target + approach / 2
    best = _hottest(draft, text(demands, "site"))
    cold = asked & (needed > best + ROUNDING)
    nothing = np.isneginf(best)
    yield from found(
        demands, cold & nothing, "checks.no_heat", "target_temp", "warning", target=target
    )
    yield from found(
        demands,
        cold & ~nothing,
        "checks.heat_too_cold",
        "target_temp",
        "warning",
        target=target,
        best=best - approach / 2,
    )


def _hottest(draft: Draft, sites: Text) -> Number:
    """The hottest heat, less half its approach, that may come to each of these sites."""
    own = _own_heat(draft)
    best: dict[str, float] = {}

    def reached(site: str, top: float) -> None:
        if not np.isnan(top):
            best[site] = max(best.get(site, -np.inf), top)

    streams, recipes = rows_of(draft, "streams"), rows_of(draft, "recipes")
    mine = among(text(streams, "commodity"), own)
    for site, top in zip(text(streams, "site")[mine], _top(draft, streams)[mine], strict=True):
        reached(site, top)
    gives = among(text(recipes, "commodity"), own) & (number(recipes, "rate") > 0)
    made: dict[str, list[float]] = {}
    columns = text(recipes, "technology")[gives], _top(draft, recipes)[gives]
    for technology, top in zip(*columns, strict=True):
        made.setdefault(technology, []).append(top)
    plants = rows_of(draft, "processes")
    runs = text(plants, "status") != "forbidden"
    names = (text(plants, name)[runs] for name in ("technology", "site"))
    for technology, site in zip(*names, strict=True):
        for top in made.get(technology, ()):
            reached(site, top)
    everywhere = max(_carriers(draft), best.get("*", -np.inf))
    if _direct(draft):
        everywhere = max([everywhere, *best.values()])
    hottest: Number = np.maximum(looked_up(sites, best, -np.inf), everywhere)
    return hottest


def _carriers(draft: Draft) -> float:
    """The hottest carrier of the park, less half its approach: it may be led anywhere."""
    frame = rows_of(draft, "commodities")
    approach = or_else(number(frame, "min_approach"), draft.settings.min_approach)
    top = (number(frame, "temperature") - approach / 2)[text(frame, "kind") == "heat"]
    return float(np.fmax.reduce(top, initial=-np.inf))


def _direct(draft: Draft) -> bool:
    """Whether heat may pass straight from one site's cascade to another's."""
    return any(bool(flag(rows_of(draft, name), "direct").any()) for name in ("transports", "links"))


def _top(draft: Draft, frame: pd.DataFrame) -> Number:
    supply = or_else(number(frame, "supply_temp"), number(frame, "target_temp"))
    return supply - _approach(draft, frame) / 2


def _approach(draft: Draft, frame: pd.DataFrame) -> Number:
    """The smallest temperature difference of each row: its own, its commodity's, the park's."""
    goods = rows_of(draft, "commodities")
    of = by_id(goods, number(goods, "min_approach"))
    theirs = or_else(looked_up(text(frame, "commodity"), of), draft.settings.min_approach)
    return or_else(number(frame, "min_approach"), theirs)


def _own_heat(draft: Draft) -> list[str]:
    """Commodities that are the cascade's own heat: of kind heat, without a temperature."""
    frame = rows_of(draft, "commodities")
    own = (text(frame, "kind") == "heat") & blank(number(frame, "temperature"))
    return [name for name in text(frame, "id")[own].tolist() if name]
