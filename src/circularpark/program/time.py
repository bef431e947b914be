"""The time table: planning years, scenarios and periods, and the profiles laid over them.

A *block* is one (year, scenario); its periods are consecutive rows. A retrofit study,
a multi-year pathway and a stochastic study differ only in the rows of this table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from circularpark.park.model import Park

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WEEK = 168
HOURS_OF_A_YEAR = 8760
_DAYS_OF_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class TimeTable:
    """Every period of the program, block after block.

    period : (T,) unique labels; block, year_index, month_index, next, previous : (T,) indices
    hours : (T,) [h] a step's length; weight : (T,) how often it occurs in its year
    span : (T,) [h/a] weight x hours; probability : (T,) of the period's scenario
    blocks : (year, scenario) pairs; months : labels of (block, month) pairs
    month_weight : (1 or M,) how many months of its year each month stands for
    """

    years: tuple[int, ...]
    scenarios: tuple[str, ...]
    blocks: tuple[tuple[int, str], ...]
    period: NDArray[np.object_]
    given: NDArray[np.object_]
    block: Integers
    year_index: Integers
    month_index: Integers
    months: tuple[str, ...]
    month_block: Integers
    hours: Floats
    weight: Floats
    block_probability: Floats
    next: Integers
    annual_mode: bool
    profiles: pd.DataFrame
    month_weight: Floats = field(default_factory=lambda: np.ones(1))
    _cache: dict[str, Floats] = field(default_factory=dict, repr=False)

    @property
    def steps_long(self) -> Floats:
        """``hours`` [h], or a single number (1,) where all steps are of one length."""
        even = len(self.hours) > 0 and bool((self.hours == self.hours[0]).all())
        return self.hours[:1] if even else self.hours

    @property
    def span(self) -> Floats:
        """Hours of a year that each period stands for [h/a]."""
        return self.weight * self.hours

    @property
    def probability(self) -> Floats:
        """Probability of each period's scenario."""
        return self.block_probability[self.block]

    @property
    def block_year(self) -> Integers:
        """Index of each block's year."""
        return np.array([self.years.index(year) for year, _ in self.blocks], dtype=np.int64)

    @property
    def previous(self) -> Integers:
        """The period that each period follows (the inverse of ``next``)."""
        inverse = np.empty_like(self.next)
        inverse[self.next] = np.arange(len(self.next))
        return inverse

    @property
    def years_long(self) -> Floats:
        """How many years each planning year stands for, (Y,)."""
        return np.array(years_stood_for(self.years), dtype=float)

    def discount(self, rate: float) -> Floats:
        """Weight of a planning year's cost: the sum over its n years of (1+r)^-(y+k-y0), (Y,)."""
        first = self.years[0]
        return np.array(
            [
                sum((1.0 + rate) ** -(year + k - first) for k in range(long))
                for year, long in zip(self.years, years_stood_for(self.years), strict=True)
            ]
        )

    def profile(self, name: str) -> Floats:
        """The profile ``name`` over all periods, (T,); a blank name is constant 1."""
        if name not in self._cache:
            self._cache[name] = np.ones(len(self.period)) if not name else self._laid(name)
        return self._cache[name]

    def _laid(self, name: str) -> Floats:
        values = self.profiles[name].to_numpy(dtype=float)
        if self._labels is not None:
            known = pd.Series(values, index=self._labels)
            found = known.reindex(self.given.astype(str)).to_numpy(dtype=float)
            if not np.isnan(found).any():
                return found
        if self.annual_mode:
            return np.full(len(self.period), values.mean())
        counts = np.bincount(self.block, minlength=len(self.blocks))
        if len(values) == 1:
            return np.full(len(self.period), values[0])
        if (counts != len(values)).any():
            raise ValueError(f"profile {name}: {len(values)} rows for {counts.max()} periods")
        return np.tile(values, len(self.blocks))

    @cached_property
    def _labels(self) -> pd.Index | None:
        """The names of the profiles' rows; None where all are blank."""
        labels = self.profiles.get("period")
        if labels is None or not any(labels.tolist()):
            return None
        return pd.Index(labels.astype(str))

    def matrix(self, names: list[str]) -> Floats:
        """The profiles ``names`` as rows, (len(names), T)."""
        return (
            np.stack([self.profile(n) for n in names]) if names else np.ones((0, len(self.period)))
        )

    def year_total(self, values: Floats) -> Floats:
        """The yearly amount of rates (..., T) in each block, (..., B)."""
        weighed = np.broadcast_to(values, (*values.shape[:-1], len(self.period))) * self.span
        starts = np.searchsorted(self.block, np.arange(len(self.blocks)))
        return np.asarray(np.add.reduceat(weighed, starts, axis=-1), dtype=float)

    def rates(
        self,
        amount: Floats,
        per_year: NDArray[np.bool_],
        profile: list[str],
        unit_factor: Floats,
    ) -> Floats:
        """Rates of entities with stated amounts (fine print of the contract, "Rates").

        Parameters
        ----------
        amount : (E, 1 or B) in the commodity's unit, nan where the profile holds the rates
        per_year : (E,) whether the amount is a year's; profile : E names; unit_factor : (E,)

        Returns
        -------
        (E, T) unit per hour

        Raises
        ------
        ValueError : a yearly amount with a profile that sums to zero.
        """
        names, code = np.unique(np.array(profile, dtype=object).astype(str), return_inverse=True)
        shapes = self.matrix([str(n) for n in names])
        scale: Floats | float = 1.0
        if per_year.any():
            totals = self.year_total(shapes)[code]
            if ((totals == 0).any(axis=1) & per_year).any():
                raise ValueError("a yearly amount has a profile that sums to zero")
            scale = np.where(per_year[:, None], 1.0 / np.where(totals == 0, 1.0, totals), 1.0)
        per_block = np.where(np.isnan(amount), unit_factor[:, None], amount * scale)
        blocks = len(self.blocks)
        per_block = np.broadcast_to(per_block, (len(per_block), blocks))
        # In place: the first touch of fresh memory costs more than the arithmetic.
        found = np.asarray(shapes[code], dtype=float)
        found *= per_block if blocks == 1 else per_block[:, self.block]
        return found


def years_stood_for(years: tuple[int, ...]) -> list[int]:
    """Each planning year lasts until the next, the last as long as the one before it."""
    if len(years) == 1:
        return [1]
    gaps = [after - before for before, after in pairwise(years)]
    return [*gaps, gaps[-1]]


def annuity(rate: float | Floats, lifetime: Floats) -> Floats:
    """Yearly share of an investment: r / (1 - (1+r)^-n), and 1/n at r = 0."""
    life = np.asarray(lifetime, dtype=float)
    r = np.broadcast_to(np.asarray(rate, dtype=float), life.shape)
    safe = np.where(r == 0, 1.0, r)
    return np.where(r == 0, 1.0 / life, safe / (1.0 - (1.0 + safe) ** -life))


def time_table(park: Park, *, mode: str | None = None) -> TimeTable:
    """The time table of ``park``: its ``periods`` table, else built from ``[time]``.

    mode : "annual", "hours" or "typical_days" instead of the park's own
    """
    years = park.settings.years
    mode = "given" if len(park.tables.periods) else mode or park.settings.mode
    if mode == "typical_days":
        from circularpark.program.typical_days import typical_time

        return typical_time(park, time_table(park, mode="hours"))
    frame = _given_periods(park, years) if mode == "given" else _built(park, years, mode)
    blocks = list(
        dict.fromkeys(zip(frame["year"].tolist(), frame["scenario"].tolist(), strict=True))
    )
    order_of = {name: i for i, name in reversed(list(enumerate(s for _, s in blocks)))}
    blocks.sort(key=lambda pair: (pair[0], order_of[pair[1]]))
    number = {pair: i for i, pair in enumerate(blocks)}
    block = np.array([number[p] for p in zip(frame["year"], frame["scenario"], strict=True)])
    order = np.argsort(block, kind="stable")
    frame, block = frame.iloc[order].reset_index(drop=True), block[order]
    labels = _labels(frame, blocks)
    month_key = [
        f"{blocks[b][0]}" + (f"-{m}" if m else "") + (f"-{blocks[b][1]}" if blocks[b][1] else "")
        for b, m in zip(block.tolist(), frame["month"].tolist(), strict=True)
    ]
    months = tuple(dict.fromkeys(month_key))
    month_index = pd.Index(months).get_indexer(pd.Index(month_key))
    month_block = np.empty(len(months), dtype=np.int64)
    month_block[month_index] = block
    chance = np.ones(len(blocks))
    chance[block] = frame["probability"].to_numpy(dtype=float)
    return TimeTable(
        years=years,
        scenarios=tuple(dict.fromkeys(s for _, s in blocks)),
        blocks=tuple((int(y), str(s)) for y, s in blocks),
        period=labels,
        given=frame["period"].to_numpy(dtype=object),
        block=block.astype(np.int64),
        year_index=np.array([years.index(y) for y, _ in blocks], dtype=np.int64)[block],
        month_index=np.asarray(month_index, dtype=np.int64),
        months=months,
        month_block=month_block,
        hours=frame["hours"].to_numpy(dtype=float),
        weight=frame["weight"].to_numpy(dtype=float),
        block_probability=chance,
        next=_next(frame, block),
        annual_mode=mode == "annual",
        profiles=_taken(park, mode),
    )


def _taken(park: Park, mode: str) -> pd.DataFrame:
    """The profiles; of those longer than the steps of the year, whole weeks evenly spread.

    Of a year of 8760 rows, 672 steps are four weeks, each from the middle of a quarter.
    """
    profiles, steps = park.tables.profiles, park.settings.steps
    if mode != "hours" or not steps or steps % WEEK or steps >= len(profiles):
        return profiles
    weeks = steps // WEEK
    first = ((np.arange(weeks) + 0.5) * (len(profiles) // WEEK) / weeks).astype(np.int64)
    rows = (first[:, None] * WEEK + np.arange(WEEK)).ravel()
    return profiles.iloc[rows].reset_index(drop=True)


def _labels(frame: pd.DataFrame, blocks: list[tuple[int, str]]) -> NDArray[np.object_]:
    plain = frame["period"].astype(str)
    if plain.is_unique:
        return plain.to_numpy(dtype=object)
    several = len({s for _, s in blocks}) > 1
    full = plain + "@" + frame["year"].astype(str)
    return (full + "@" + frame["scenario"] if several else full).to_numpy(dtype=object)


def _next(frame: pd.DataFrame, block: NDArray[np.int64]) -> Integers:
    count = len(frame)
    following = np.arange(1, count + 1)
    last = np.flatnonzero(np.append(block[1:] != block[:-1], True))
    first = np.append(0, last[:-1] + 1)
    following[last] = first
    named = np.flatnonzero((frame["next"] != "").to_numpy())
    if len(named):
        key = pd.MultiIndex.from_arrays([block, frame["period"].astype(str)])
        wanted = pd.MultiIndex.from_arrays(
            [block[named], frame["next"].astype(str).to_numpy()[named]]
        )
        following[named] = key.get_indexer(wanted)
    return following.astype(np.int64)


def _given_periods(park: Park, years: tuple[int, ...]) -> pd.DataFrame:
    raw = park.tables.periods
    frame = pd.DataFrame(
        {
            "period": raw["period"].astype(str),
            "year": raw["year"],
            "month": [
                "" if pd.isna(m) or m == "" else f"{int(float(m)):02d}" for m in raw["month"]
            ],
            "scenario": raw["scenario"].astype(str),
            "probability": raw["probability"].fillna(1.0),
            "hours": raw["hours"].fillna(1.0),
            "weight": raw["weight"].fillna(1.0),
            "next": raw["next"].astype(str),
        }
    )
    every = frame[frame["year"].isna()]
    repeated = [every.assign(year=year) for year in years] if len(every) else []
    frame = pd.concat([frame[frame["year"].notna()], *repeated], ignore_index=True)
    return frame.assign(year=frame["year"].astype(int))


def _built(park: Park, years: tuple[int, ...], mode: str) -> pd.DataFrame:
    settings = park.settings
    if mode == "annual":
        return pd.DataFrame(
            {
                "period": [str(y) for y in years],
                "year": list(years),
                "month": "",
                "scenario": "",
                "probability": 1.0,
                "hours": float(settings.operating_hours),
                "weight": 1.0,
                "next": "",
            }
        )
    steps = settings.steps or (len(park.tables.profiles) or HOURS_OF_A_YEAR)
    month = np.full(steps, "", dtype=object)
    if steps == HOURS_OF_A_YEAR:
        month = np.repeat([f"{m:02d}" for m in range(1, 13)], [24 * d for d in _DAYS_OF_MONTHS])
    one = pd.DataFrame(
        {
            "month": month,
            "scenario": "",
            "probability": 1.0,
            "hours": 1.0,
            "weight": HOURS_OF_A_YEAR / steps,
            "next": "",
        }
    )
    step = pd.Series([f"h{i:04d}" for i in range(1, steps + 1)])
    return pd.concat(
        [one.assign(year=year, period=f"{year}-" + step) for year in years], ignore_index=True
    )
