"""Time: periods that stand once, in order, with a next; profiles that fit the year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.arrays import Text, among, blank, of_group, repeated
from circularpark.park.checks.cells import (
    filled,
    finding_at,
    first_row,
    found,
    least,
    most,
    number,
    profile_names,
    reach,
    rows_of,
    text,
)
from circularpark.park.columns import or_else

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

STAMP: Final = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}(:\d{2}){0,2}([+-]\d{2}:?\d{2}|Z)?$")
YEAR_OF_STEPS: Final = 8760
LEAP_YEAR_OF_STEPS: Final = 8784
WEEK: Final = 168
ALMOST: Final = 1e-6


def rows_stand_in_order(draft: Draft) -> Iterator[Finding]:
    """Rows with time stamps stand in the order of time; if not, they are put into it.

    This is the one check that mends what it looks at: later floors count rows in order.
    """
    for table, frame in filled(draft, ("periods", "profiles")):
        names = text(frame, "period")
        if not _all_stamps(names) or (text(frame, "next") != "").any():
            continue
        stamps = _stamps(names)
        keys = pd.DataFrame({"block": _blocks(frame), "stamp": stamps})
        if stamps.isna().any() or keys.groupby("block")["stamp"].is_monotonic_increasing.all():
            continue
        order = keys.assign(block=pd.factorize(keys["block"])[0]).sort_values(
            ["block", "stamp"], kind="stable"
        )
        draft.raw[table] = frame.loc[order.index].reset_index(drop=True)
        file = first_row(draft, table)[0]
        yield Finding("checks.unsorted", "fixed", file, column="period")


def periods_stand_once(draft: Draft) -> Iterator[Finding]:
    """Each period has a name of its own and belongs to a planning year."""
    frame = rows_of(draft, "periods")
    if not len(frame):
        return
    names, years = text(frame, "period"), number(frame, "year")
    yield from found(frame, names == "", "checks.period_blank", "period")
    twice = (names != "") & repeated(names, years, text(frame, "scenario"))
    yield from found(frame, twice, "checks.period_twice", "period")
    wanted = set(draft.settings.years)
    if wanted:
        told = ~blank(years)
        strange = told & ~among(years, wanted)
        listed = ", ".join(str(y) for y in sorted(wanted))
        yield from found(frame, strange, "checks.period_year", "year", years=listed)
        missing = wanted - {int(year) for year in years[told].tolist()}
        if told.any() and missing:
            yield Finding(
                "checks.year_without_periods",
                file=first_row(draft, "periods")[0],
                column="year",
                values={"years": ", ".join(str(y) for y in sorted(missing))},
            )


def periods_have_length(draft: Draft) -> Iterator[Finding]:
    """Steps last and occur; within a year and scenario they cover one year, no more."""
    frame = rows_of(draft, "periods")
    if not len(frame):
        return
    hours, weight = (or_else(number(frame, name), 1.0) for name in ("hours", "weight"))
    yield from found(frame, hours <= 0, "checks.not_positive", "hours")
    blocks = _blocks(frame)
    spans = of_group(hours * weight, (blocks,), np.nansum)
    long = (spans > LEAP_YEAR_OF_STEPS + ALMOST) & ~repeated(blocks)
    yield from found(frame, long, "checks.year_too_long", "hours", "warning", hours=spans)


def scenarios_are_weighed(draft: Draft) -> Iterator[Finding]:
    """A scenario has one probability, and those of a year's scenarios sum to 1."""
    frame = rows_of(draft, "periods")
    if not len(frame):
        return
    chance, blocks = or_else(number(frame, "probability"), 1.0), _blocks(frame)
    mixed = of_group(chance, (blocks,), np.ptp) > 0
    first = ~repeated(blocks)
    scenario = text(frame, "scenario")
    code, column = "checks.probability_mixed", "probability"
    yield from found(frame, mixed & first, code, column, scenario=scenario)
    alike = first & ~mixed
    years = text(frame, "year").copy()
    years[~alike] = None
    total = of_group(chance, (years,), np.sum)
    off = alike & (np.abs(total - 1) > ALMOST) & ~repeated(years)
    year = text(frame, "year")
    yield from found(frame, off, "checks.probability_sum", column, total=total, year=year)


def periods_follow_each_other(draft: Draft) -> Iterator[Finding]:
    """``next`` names a period of the same year and scenario, each of them once."""
    frame = rows_of(draft, "periods")
    follower = text(frame, "next")
    if not (follower != "").any():
        return
    blocks, names = _blocks(frame), text(frame, "period")
    here = set(zip(blocks, names, strict=True))
    known = np.array([pair in here for pair in zip(blocks, follower, strict=True)], dtype=bool)
    dangling = (follower != "") & ~known
    yield from found(frame, dangling, "checks.next_unknown", "next")
    twice = (follower != "") & known & repeated(blocks, follower)
    yield from found(frame, twice, "checks.next_twice", "next")


def _blocks(frame: pd.DataFrame) -> Text:
    """The year and scenario each period belongs to, as one name."""
    blocks: Text = text(frame, "year") + "|" + text(frame, "scenario")
    return blocks


def profiles_fit_the_year(draft: Draft) -> Iterator[Finding]:
    """A profile has a value for every step of the year, or one for all of them."""
    profiles = rows_of(draft, "profiles")
    if not len(profiles):
        return
    file, _ = first_row(draft, "profiles")
    names, count = text(profiles, "period"), len(profiles)
    yield from _gaps(draft, profiles)
    periods = rows_of(draft, "periods")
    named = names != ""
    if named.any() and not named.all():
        yield from found(profiles, ~named, "checks.period_blank", "period")
        return
    known = set(text(periods, "period").tolist()) - {""}
    if named.all() and (among(names, known).any() or not _all_stamps(names)):
        yield from _named_rows(draft, profiles, names, periods)
        return
    if named.all():
        yield from _stamped_rows(draft, profiles, names)
    elif draft.settings.mode != "annual" and not len(periods) and count == LEAP_YEAR_OF_STEPS:
        yield Finding("checks.leap_year", file=file, values={"steps": count})
        return
    fits = _steps_wanted(draft, periods)
    if fits and count not in fits | {1}:
        values = {"rows": count, "steps": " / ".join(str(n) for n in sorted(fits))}
        yield Finding("checks.profile_length", file=file, column="period", values=values)


def _all_stamps(names: Text) -> bool:
    return all(STAMP.match(name) for name in names.tolist())


def _stamps(names: Text) -> pd.Series:
    """The instants that the names say; NaT where one is none."""
    return pd.to_datetime(
        pd.Series(names, dtype=object), errors="coerce", utc=True, format="ISO8601"
    )


def _steps_wanted(draft: Draft, periods: pd.DataFrame) -> set[int]:
    """How many rows a profile may have: one year's steps or all periods; empty: any number."""
    if len(periods):
        return {len(periods), *Counter(_blocks(periods).tolist()).values()}
    if draft.settings.mode == "annual":
        return set()
    steps, rows = draft.settings.steps, len(rows_of(draft, "profiles"))
    # Whole weeks may be taken from profiles of a longer time.
    longer = {rows} if steps and rows > steps and steps % WEEK == 0 else set()
    return {steps} | longer if steps else set()


def _gaps(draft: Draft, profiles: pd.DataFrame) -> Iterator[Finding]:
    """Used profiles have a number in every row."""
    for name in sorted(used_profiles(draft) & profile_names(draft)):
        gaps = blank(number(profiles, name))
        if gaps.all():
            yield Finding("checks.profile_empty", file=first_row(draft, "profiles")[0], column=name)
        elif gaps.any():
            first = int(np.flatnonzero(gaps)[0])
            told = {"count": int(gaps.sum())}
            yield finding_at(profiles, first, "checks.profile_gap", name, values=told)


def _named_rows(
    draft: Draft, profiles: pd.DataFrame, names: Text, periods: pd.DataFrame
) -> Iterator[Finding]:
    """Rows named like periods name each of them once."""
    yield from found(profiles, repeated(names), "checks.period_twice", "period")
    if not len(periods):
        return
    known = set(text(periods, "period").tolist())
    yield from found(profiles, ~among(names, known), "checks.profile_period", "period")
    missing = sorted(known - set(names.tolist()) - {""})
    if missing and len(names) > 1:
        values = {"count": len(missing), "first": missing[0]}
        file = first_row(draft, "profiles")[0]
        yield Finding("checks.profile_missing", file=file, column="period", values=values)


def _stamped_rows(draft: Draft, profiles: pd.DataFrame, names: Text) -> Iterator[Finding]:
    """Rows with time stamps go up in one step, without gaps, double hours or leap day."""
    stamps = _stamps(names)
    bad = stamps.isna().to_numpy()
    if bad.any():
        yield from found(profiles, bad, "checks.stamp", "period")
        return
    file = first_row(draft, "profiles")[0]
    twice = stamps.duplicated().to_numpy()
    if twice.any():
        first = int(np.flatnonzero(twice)[0])
        local = names[first][-1].isdigit() and not re.search(r"[+-]\d{2}:?\d{2}$", names[first])
        code = "checks.clock_change" if local and twice.sum() <= 4 else "checks.period_twice"
        yield finding_at(profiles, first, code, "period")
        return
    yield from _steps(draft, profiles, stamps)
    wanted = {*draft.settings.years, draft.settings.base_year}
    # A local year begins up to 14 hours away from the same year in universal time.
    middle = int(stamps.iloc[len(stamps) // 2].year)
    if wanted and len(stamps) > 1 and middle not in wanted:
        years = ", ".join(str(y) for y in sorted(wanted))
        values = {"year": middle, "years": years}
        yield Finding("checks.profile_year", file=file, column="period", values=values)


def _steps(draft: Draft, profiles: pd.DataFrame, stamps: pd.Series) -> Iterator[Finding]:
    """One length of step; says whether a missing hour, the clocks or a leap day broke it."""
    if len(stamps) < 3:
        return
    hours = np.diff(stamps.to_numpy()).astype("timedelta64[s]").astype(float) / 3600
    usual = float(np.median(hours))
    odd = np.flatnonzero(np.abs(hours - usual) > ALMOST)
    if len(odd) == 0:
        if len(stamps) * usual == LEAP_YEAR_OF_STEPS:
            file = first_row(draft, "profiles")[0]
            yield Finding("checks.leap_year", file=file, values={"steps": len(stamps)})
        return
    after = int(odd[0]) + 1
    multiple = hours[odd] / usual
    if len(odd) == 1 and abs(multiple[0] - 2) < ALMOST and usual == 1 and _in_spring(stamps[after]):
        yield finding_at(profiles, after, "checks.clock_change", "period")
    elif np.allclose(multiple, np.round(multiple)) and (multiple > 1).all():
        values = {"missing": f"{float((multiple - 1).sum()):.0f}"}
        yield finding_at(profiles, after, "checks.steps_missing", "period", values=values)
    else:
        values = {"usual": f"{usual:g}", "other": f"{hours[odd[0]]:g}"}
        yield finding_at(profiles, after, "checks.steps_mixed", "period", values=values)


def _in_spring(stamp: pd.Timestamp) -> bool:
    return stamp.month in {3, 4} and stamp.hour <= 4


def used_profiles(draft: Draft) -> set[str]:
    """Profiles that some row names."""
    tables = ("streams", "demands", "markets", "technologies", "processes", "recipes")
    return {name for t in tables for name in text(rows_of(draft, t), "profile").tolist()} - {""}


def profiles_carry_amounts(draft: Draft) -> Iterator[Finding]:
    """A yearly amount has a profile that is not zero throughout; no rate is below zero."""
    profiles = rows_of(draft, "profiles")
    known = profile_names(draft)
    for _, frame in filled(draft, ("streams", "demands")):
        names = text(frame, "profile")
        yearly = (text(frame, "_per") == "a") & ~blank(number(frame, "amount"))
        for name in sorted(set(names.tolist()) & known):
            lowest, highest = reach(profiles).get(name, (np.nan, np.nan))
            if lowest < 0:
                own = names == name
                yield from found(frame, own, "checks.profile_negative", "profile", name=name)
            # Where all are zero, or they cancel each other out.
            if lowest <= 0 <= highest and float(np.nansum(number(profiles, name))) == 0:
                own = yearly & (names == name)
                yield from found(frame, own, "checks.profile_zero", "profile", name=name)
    for _, frame in filled(draft, ("technologies", "processes")):
        names = text(frame, "profile")
        for name in sorted(set(names.tolist()) & known):
            if least(profiles, name) < 0 or most(profiles, name) > 1:
                yield from found(frame, names == name, "checks.availability", "profile", name=name)


def amounts_are_told(draft: Draft) -> Iterator[Finding]:
    """A stream or demand has an amount or a profile that holds its rates."""
    for _, frame in filled(draft, ("streams", "demands")):
        nothing = blank(number(frame, "amount")) & (text(frame, "profile") == "")
        yield from found(frame, nothing, "checks.amount_blank", "amount")
