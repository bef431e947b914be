"""Heat that cannot be: carriers, media, levels, and demands that no heat of the park reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding, Spoken
from circularpark.park.checks.cells import (
    flag,
    found,
    number,
    rows_of,
    text,
    used_technologies,
)
from circularpark.park.checks.plausibility import GJ_PER_UNIT
from circularpark.park.media import media

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

FLOWS: Final = ("streams", "demands", "recipes")
OF_CARRIERS: Final = ("temperature", "return_temperature", "latent_temperature")
OF_ROWS: Final = ("supply_temp", "target_temp")
ROUNDING: Final = 1e-6  # K


def carriers_make_sense(draft: Draft) -> Iterator[Finding]:
    """Heat counts in energy; a carrier cools from supply to return and condenses in between."""
    frame = rows_of(draft, "commodities")
    heat = text(frame, "kind") == "heat"
    if not heat.any() and not any(number(frame, one).notna().any() for one in OF_CARRIERS):
        return
    unit = text(frame, "unit")
    energy = unit.isin(list(GJ_PER_UNIT))
    yield from found(frame, heat & (unit != "") & ~energy, "checks.heat_unit", "unit", unit=unit)
    supply, back = number(frame, "temperature"), number(frame, "return_temperature")
    yield from found(
        frame, back > supply, "checks.carrier_warms", "return_temperature", supply=supply, back=back
    )
    bare = supply.isna() & (back.notna() | number(frame, "latent_temperature").notna())
    yield from found(frame, bare, "checks.carrier_without_temperature", "temperature")
    latent = number(frame, "latent_temperature")
    cold = back.fillna(supply)
    outside = (number(frame, "latent_share") > 0) & ((latent > supply) | (latent < cold))
    outside &= back.isna() | (back <= supply)
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
    ids = text(frame, "id")
    of = pd.Series(medium.to_numpy(), index=pd.Index(ids.to_numpy()))
    of = of[~of.index.duplicated()]
    for table in FLOWS:
        rows = rows_of(draft, table)
        if any(number(rows, column).notna().any() for column in OF_ROWS):
            yield from _beyond(rows, text(rows, "commodity").map(of).fillna(""), OF_ROWS)


def _media(frame: pd.DataFrame) -> pd.Series:
    """What each commodity is: as it says, else steam where it condenses and water where water."""
    medium = text(frame, "medium")
    condenses = number(frame, "latent_share") > 0
    implied = pd.Series(
        np.where(condenses, "steam", np.where(text(frame, "kind") == "water", "water", "")),
        index=frame.index,
        dtype=object,
    )
    return medium.where(medium != "", implied)


def _levels(frame: pd.DataFrame, medium: pd.Series) -> Iterator[Finding]:
    """What condenses does so on the saturation line of its medium."""
    latent = number(frame, "latent_temperature").fillna(number(frame, "temperature"))
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


def _beyond(frame: pd.DataFrame, medium: pd.Series, columns: tuple[str, ...]) -> Iterator[Finding]:
    """Temperatures at which the medium freezes, decays or is no longer itself."""
    for column in columns:
        given = number(frame, column)
        if not given.notna().any():
            continue
        numbers, names = given.to_numpy(), medium.to_numpy()
        for name, one in media().items():
            far = (names == name) & ((numbers < one.coldest) | (numbers > one.hottest))
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
        mine = text(frame, "commodity").isin(own)
        if table == "recipes":
            mine &= text(frame, "technology").isin(used)
        blank = number(frame, "supply_temp").isna() & number(frame, "target_temp").isna()
        yield from found(frame, mine & blank, "checks.heat_nowhere", "supply_temp")
    markets = rows_of(draft, "markets")
    bought = text(markets, "commodity").isin(own) & (text(markets, "direction") == "buy")
    yield from found(markets, bought, "checks.heat_bought", "commodity")


def carriers_are_hot_enough(draft: Draft) -> Iterator[Finding]:
    """A carrier is not asked to heat anything hotter than itself."""
    frame = rows_of(draft, "commodities")
    hot = number(frame, "temperature").where(text(frame, "kind") == "heat")
    if not hot.notna().any():
        return
    by_id = pd.Series(hot.to_numpy(), index=pd.Index(text(frame, "id").to_numpy()))
    by_id = by_id[~by_id.index.duplicated()]
    for table in ("demands", "recipes"):
        rows = rows_of(draft, table)
        carrier = text(rows, "commodity").map(by_id).astype("float64")
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
    asked = text(demands, "commodity").isin(own) & number(demands, "unmet_cost").isna()
    if not asked.any():
        return
    approach = _approach(draft, demands)
    target = number(demands, "target_temp").fillna(number(demands, "supply_temp"))
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


def _hottest(draft: Draft, sites: pd.Series) -> pd.Series:
    """The hottest heat, less half its approach, that may come to each of these sites."""
    own = _own_heat(draft)
    streams = rows_of(draft, "streams")
    mine = text(streams, "commodity").isin(own)
    at_site = pd.DataFrame({"site": text(streams, "site"), "top": _top(draft, streams)})[mine]
    recipes = rows_of(draft, "recipes")
    gives = text(recipes, "commodity").isin(own) & (number(recipes, "rate") > 0)
    made = pd.DataFrame({"technology": text(recipes, "technology"), "top": _top(draft, recipes)})
    processes = rows_of(draft, "processes")
    plants = pd.DataFrame(
        {"technology": text(processes, "technology"), "site": text(processes, "site")}
    )[text(processes, "status") != "forbidden"]
    at_site = pd.concat([at_site, plants.merge(made[gives], on="technology")[["site", "top"]]])
    everywhere = max(
        _carriers(draft),
        float(at_site.loc[at_site["site"] == "*", "top"].max())
        if (at_site["site"] == "*").any()
        else -np.inf,
    )
    if _direct(draft):
        everywhere = max(everywhere, float(at_site["top"].max()) if len(at_site) else -np.inf)
    best = at_site.groupby("site")["top"].max()
    return sites.map(best).astype("float64").fillna(-np.inf).clip(lower=everywhere)


def _carriers(draft: Draft) -> float:
    """The hottest carrier of the park, less half its approach: it may be led anywhere."""
    frame = rows_of(draft, "commodities")
    approach = number(frame, "min_approach").fillna(draft.settings.min_approach)
    top = (number(frame, "temperature") - approach / 2).where(text(frame, "kind") == "heat")
    return float(top.max()) if top.notna().any() else -np.inf


def _direct(draft: Draft) -> bool:
    """Whether heat may pass straight from one site's cascade to another's."""
    return any(bool(flag(rows_of(draft, name), "direct").any()) for name in ("transports", "links"))


def _top(draft: Draft, frame: pd.DataFrame) -> pd.Series:
    supply = number(frame, "supply_temp").fillna(number(frame, "target_temp"))
    return supply - _approach(draft, frame) / 2


def _approach(draft: Draft, frame: pd.DataFrame) -> pd.Series:
    """The smallest temperature difference of each row: its own, its commodity's, the park's."""
    goods = rows_of(draft, "commodities")
    of = pd.Series(number(goods, "min_approach").to_numpy(), index=pd.Index(text(goods, "id")))
    of = of[~of.index.duplicated()]
    theirs = text(frame, "commodity").map(of).astype("float64")
    return number(frame, "min_approach").fillna(theirs).fillna(draft.settings.min_approach)


def _own_heat(draft: Draft) -> list[str]:
    """Commodities that are the cascade's own heat: of kind heat, without a temperature."""
    frame = rows_of(draft, "commodities")
    own = (text(frame, "kind") == "heat") & number(frame, "temperature").isna()
    return [name for name in text(frame, "id")[own] if name]
