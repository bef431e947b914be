"""Time: periods that stand once, in order, with a next; profiles that fit the year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import (
    figures,
    finding_at,
    first_row,
    found,
    number,
    profile_names,
    rows_of,
    text,
)

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
    for table in ("periods", "profiles"):
        frame = rows_of(draft, table)
        names = text(frame, "period")
        if frame.empty or not names.map(_is_stamp).all() or (text(frame, "next") != "").any():
            continue
        stamps = pd.to_datetime(names, errors="coerce", utc=True, format="ISO8601")
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
    if frame.empty:
        return
    names = text(frame, "period")
    yield from found(frame, names == "", "checks.period_blank", "period")
    key = pd.DataFrame(
        {"period": names, "year": number(frame, "year"), "scenario": text(frame, "scenario")}
    )
    twice = (names != "") & key.duplicated()
    yield from found(frame, twice, "checks.period_twice", "period")
    years = number(frame, "year")
    wanted = set(draft.settings.years)
    if wanted:
        strange = years.notna() & ~years.isin(list(wanted))
        listed = ", ".join(str(y) for y in sorted(wanted))
        yield from found(frame, strange, "checks.period_year", "year", years=listed)
        missing = wanted - set(years.dropna().astype(int))
        if years.notna().any() and missing:
            yield Finding(
                "checks.year_without_periods",
                file=first_row(draft, "periods")[0],
                column="year",
                values={"years": ", ".join(str(y) for y in sorted(missing))},
            )


def periods_have_length(draft: Draft) -> Iterator[Finding]:
    """Steps last and occur; within a year and scenario they cover one year, no more."""
    frame = rows_of(draft, "periods")
    if frame.empty:
        return
    hours, weight = number(frame, "hours").fillna(1.0), number(frame, "weight").fillna(1.0)
    yield from found(frame, hours <= 0, "checks.not_positive", "hours")
    spans = (hours * weight).groupby(_blocks(frame)).transform("sum")
    lone = _blocks(frame).duplicated()
    yield from found(
        frame,
        (spans > LEAP_YEAR_OF_STEPS + ALMOST) & ~lone,
        "checks.year_too_long",
        "hours",
        "warning",
        hours=spans,
    )


def scenarios_are_weighed(draft: Draft) -> Iterator[Finding]:
    """A scenario has one probability, and those of a year's scenarios sum to 1."""
    frame = rows_of(draft, "periods")
    if frame.empty:
        return
    chance = number(frame, "probability").fillna(1.0)
    blocks = _blocks(frame)
    mixed = chance.groupby(blocks).transform("nunique") > 1
    lone = blocks.duplicated()
    yield from found(
        frame,
        mixed & ~lone,
        "checks.probability_mixed",
        "probability",
        scenario=text(frame, "scenario"),
    )
    once = frame[~lone & ~mixed]
    years = text(once, "year")
    total = chance[once.index].groupby(years).transform("sum")
    off = ((total - 1).abs() > ALMOST) & ~years.duplicated()
    yield from found(once, off, "checks.probability_sum", "probability", total=total, year=years)


def periods_follow_each_other(draft: Draft) -> Iterator[Finding]:
    """``next`` names a period of the same year and scenario, each of them once."""
    frame = rows_of(draft, "periods")
    follower = text(frame, "next")
    if frame.empty or not (follower != "").any():
        return
    blocks, names = _blocks(frame), text(frame, "period")
    here = set(zip(blocks, names, strict=True))
    known = pd.Series(
        [pair in here for pair in zip(blocks, follower, strict=True)], index=frame.index
    )
    dangling = (follower != "") & ~known
    yield from found(frame, dangling, "checks.next_unknown", "next")
    pairs = pd.DataFrame({"block": blocks, "next": follower})
    twice = (follower != "") & known & pairs.duplicated()
    yield from found(frame, twice, "checks.next_twice", "next")


def _blocks(frame: pd.DataFrame) -> pd.Series:
    """The year and scenario each period belongs to, as one name."""
    return text(frame, "year") + "|" + text(frame, "scenario")


def profiles_fit_the_year(draft: Draft) -> Iterator[Finding]:
    """A profile has a value for every step of the year, or one for all of them."""
    profiles = rows_of(draft, "profiles")
    if profiles.empty:
        return
    file, _ = first_row(draft, "profiles")
    names, count = text(profiles, "period"), len(profiles)
    yield from _gaps(draft, profiles)
    periods = rows_of(draft, "periods")
    if (names == "").any() and (names != "").any():
        yield from found(profiles, names == "", "checks.period_blank", "period")
        return
    of_periods = bool(names.isin(set(text(periods, "period")) - {""}).any())
    if (names != "").all() and (of_periods or not names.map(_is_stamp).all()):
        yield from _named_rows(draft, profiles, names, periods)
        return
    if (names != "").all():
        yield from _stamped_rows(draft, profiles, names)
    elif draft.settings.mode != "annual" and periods.empty and count == LEAP_YEAR_OF_STEPS:
        yield Finding("checks.leap_year", file=file, values={"steps": count})
        return
    fits = _steps_wanted(draft, periods)
    if fits and count not in fits | {1}:
        values = {"rows": count, "steps": " / ".join(str(n) for n in sorted(fits))}
        yield Finding("checks.profile_length", file=file, column="period", values=values)


def _is_stamp(name: str) -> bool:
    return bool(STAMP.match(name))


def _steps_wanted(draft: Draft, periods: pd.DataFrame) -> set[int]:
    """How many rows a profile may have: one year's steps or all periods; empty: any number."""
    if len(periods):
        per_block = _blocks(periods).value_counts()
        return {len(periods), *(int(n) for n in per_block.unique())}
    if draft.settings.mode == "annual":
        return set()
    steps, rows = draft.settings.steps, len(rows_of(draft, "profiles"))
    # Whole weeks may be taken from profiles of a longer time.
    longer = {rows} if steps and rows > steps and steps % WEEK == 0 else set()
    return {steps} | longer if steps else set()


def _gaps(draft: Draft, profiles: pd.DataFrame) -> Iterator[Finding]:
    """Used profiles have a number in every row."""
    for name in sorted(used_profiles(draft) & profile_names(draft)):
        blank = np.isnan(figures(profiles, name))
        if blank.all():
            yield Finding("checks.profile_empty", file=first_row(draft, "profiles")[0], column=name)
        elif blank.any():
            first = profiles.index[blank][0]
            told = {"count": int(blank.sum())}
            yield finding_at(profiles, first, "checks.profile_gap", name, values=told)


def _named_rows(
    draft: Draft, profiles: pd.DataFrame, names: pd.Series, periods: pd.DataFrame
) -> Iterator[Finding]:
    """Rows named like periods name each of them once."""
    yield from found(profiles, names.duplicated(), "checks.period_twice", "period")
    if periods.empty:
        return
    known = set(text(periods, "period"))
    yield from found(profiles, ~names.isin(known), "checks.profile_period", "period")
    missing = sorted(known - set(names) - {""})
    if missing and len(names) > 1:
        values = {"count": len(missing), "first": missing[0]}
        file = first_row(draft, "profiles")[0]
        yield Finding("checks.profile_missing", file=file, column="period", values=values)


def _stamped_rows(draft: Draft, profiles: pd.DataFrame, names: pd.Series) -> Iterator[Finding]:
    """Rows with time stamps go up in one step, without gaps, double hours or leap day."""
    stamps = pd.to_datetime(names, errors="coerce", utc=True, format="ISO8601")
    bad = stamps.isna()
    if bad.any():
        yield from found(profiles, bad, "checks.stamp", "period")
        return
    file = first_row(draft, "profiles")[0]
    twice = stamps.duplicated()
    if twice.any():
        first = profiles.index[twice.to_numpy()][0]
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
    after = stamps.index[int(odd[0]) + 1]
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
    return set().union(*(set(text(rows_of(draft, t), "profile")) for t in tables)) - {""}


def profiles_carry_amounts(draft: Draft) -> Iterator[Finding]:
    """A yearly amount has a profile that is not zero throughout; no rate is below zero."""
    profiles = rows_of(draft, "profiles")
    known = profile_names(draft)
    for table in ("streams", "demands"):
        frame = rows_of(draft, table)
        names = text(frame, "profile")
        for name in sorted(set(names) & known):
            values = number(profiles, name).to_numpy()
            if (values < 0).any():
                own = names == name
                yield from found(frame, own, "checks.profile_negative", "profile", name=name)
            if not np.isnan(values).all() and float(np.nansum(values)) == 0:
                own = names == name
                yearly = own & (text(frame, "_per") == "a") & number(frame, "amount").notna()
                yield from found(frame, yearly, "checks.profile_zero", "profile", name=name)
    for table in ("technologies", "processes"):
        frame = rows_of(draft, table)
        names = text(frame, "profile")
        for name in sorted(set(names) & known):
            values = number(profiles, name).to_numpy()
            if (values < 0).any() or (values > 1).any():
                yield from found(frame, names == name, "checks.availability", "profile", name=name)


def amounts_are_told(draft: Draft) -> Iterator[Finding]:
    """A stream or demand has an amount or a profile that holds its rates."""
    for table in ("streams", "demands"):
        frame = rows_of(draft, table)
        nothing = number(frame, "amount").isna() & (text(frame, "profile") == "")
        yield from found(frame, nothing, "checks.amount_blank", "amount")
