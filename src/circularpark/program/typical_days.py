"""A year of hours told by a few typical days: the time table of design.

Each chosen day is 24 hours that occur as often as the days it stands for; ``next`` closes
each day upon itself, so a store gives back within the day what it took: nothing is carried
from one typical day to another, and what a longer store is worth is not seen. A design also has
the year's critical hours, each for itself and almost without weight: they must be served.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.errors import Finding, ParkDataError
from circularpark.park.keys import Names
from circularpark.program.cluster_days import Choice, choose, days_of
from circularpark.program.critical_hours import critical_hours
from circularpark.program.driven import Driven, driven_by, extreme_days
from circularpark.program.time import Floats, Integers, TimeTable

if TYPE_CHECKING:
    from circularpark.park.model import Park

# How many days where park.toml does not say: in `make bench` more of them change little.
DAYS = 12
DAY = 24.0
# How often a critical hour occurs: so seldom that it moves no yearly amount.
HARDLY = 1e-6


@dataclass(frozen=True)
class _Block:
    """The days of one (year, scenario) and the profiles on them.

    hour, hour_month, hour_shapes : critical hours by their place in the year, (H,); (H, P)
    """

    choice: Choice
    shapes: Floats
    weight: Floats
    names: tuple[str, ...]
    month: Integers
    month_weight: dict[int, float]
    hour: Integers
    hour_month: Integers
    hour_shapes: Floats


def days_wanted(park: Park) -> int:
    """How many typical days the park asks for."""
    return park.settings.typical_days or DAYS


def steps_of_a_day(full: TimeTable) -> int:
    """How many periods make a day; 0 where the table is not a row of whole days.

    Whole days have steps of one length that divides the day, weigh alike within the day and
    follow each other in their order.
    """
    hours = float(full.hours[0])
    steps = round(DAY / hours)
    counts = np.bincount(full.block, minlength=len(full.blocks))
    ends = np.cumsum(counts)
    plain = np.arange(1, len(full.hours) + 1)
    plain[ends - 1] = ends - counts
    whole = (
        steps >= 1
        and abs(steps * hours - DAY) < 1e-9
        and bool((full.hours == hours).all())
        and bool((counts % steps == 0).all())
        and bool((full.next == plain).all())
        and not full.annual_mode
    )
    if not whole:
        return 0
    weights = full.weight.reshape(-1, steps)
    return steps if bool((weights == weights[:, :1]).all()) else 0


def typical_time(
    park: Park, full: TimeTable, count: int | None = None, *, critical: bool = False
) -> TimeTable:
    """The time table of ``park`` on typical days.

    Parameters
    ----------
    full : the whole year, hour by hour; count : of days [the park's]
    critical : with the year's critical hours behind the days, each a period for itself

    Raises
    ------
    ParkDataError : the whole year is not made of whole days.
    """
    steps = steps_of_a_day(full)
    if not steps:
        raise ParkDataError([Finding("design.no_whole_days", column="typical_days")], park.id)
    wanted = count or days_wanted(park)
    driven = driven_by(park, full)
    # Where a day is one step, it has no hours of its own.
    hours = critical and steps > 1
    blocks = [_block(full, b, steps, wanted, driven, hours) for b in range(len(full.blocks))]
    return _joined(full, blocks, steps)


def _block(
    full: TimeTable, block: int, steps: int, count: int, driven: Driven, critical: bool
) -> _Block:
    rows = np.flatnonzero(full.block == block)
    names = _profiles(full)
    days = len(rows) // steps
    values = full.matrix(names)[:, rows].reshape(len(names), days, steps)
    shapes = np.moveaxis(values, 0, 2)
    wanted = min(count, days)
    alone = extreme_days(shapes, names, driven, most=wanted // 2) if wanted < days else {}
    weight = np.array([driven.weight.get(name, 0.0) for name in names])
    choice = choose(shapes, weight, wanted, list(alone))
    span = full.weight[rows].reshape(days, steps)[:, 0]
    found, weights = days_of(shapes, span, choice)
    month = full.month_index[rows].reshape(days, steps)[:, 0]
    told, month_weight = _months(month, choice, full)
    year, scenario = full.blocks[block]
    tail = f"@{scenario}" if len(full.scenarios) > 1 else ""
    labels = tuple(f"{year}-d{day + 1:03d}{tail}" for day in choice.day)
    each = shapes.reshape(days * steps, len(names))
    none = np.zeros(0, dtype=np.int64)
    hour = critical_hours(each, names, driven) if critical else none
    return _Block(
        choice,
        found,
        weights,
        labels,
        told,
        month_weight,
        hour,
        told[choice.stands[hour // steps]],
        each[hour],
    )


def _profiles(full: TimeTable) -> list[str]:
    """The profiles of the park, those too that nothing uses now; no column about the file."""
    frame = full.profiles
    return [
        str(name)
        for name in frame.columns
        if name != "period" and not str(name).startswith("_")
        if pd.api.types.is_numeric_dtype(frame[name]) and frame[name].notna().all()
    ]


def _months(month: Integers, choice: Choice, full: TimeTable) -> tuple[Integers, dict[int, float]]:
    """The month of each chosen day, and how many months of the year each of these stands for.

    A month without a chosen day is charged like the one of the day that stands for most of it.
    """
    chosen = month[choice.day]
    present = np.unique(chosen)
    whole = np.broadcast_to(full.month_weight, len(full.months))
    stands = dict.fromkeys(present.tolist(), 0.0)
    for own in np.unique(month).tolist():
        most = np.bincount(choice.stands[month == own], minlength=choice.count).argmax()
        stands[own if own in stands else int(chosen[most])] += float(whole[own])
    return chosen, stands


def _joined(full: TimeTable, blocks: list[_Block], steps: int) -> TimeTable:
    parts = [_periods(b, steps) for b in blocks]
    label, month, weight, values = (np.concatenate(p) for p in zip(*parts, strict=True))
    block = np.repeat(np.arange(len(blocks)), [len(part[0]) for part in parts])
    named = _profiles(full)
    months = sorted({m for b in blocks for m in b.month_weight})
    place = {m: i for i, m in enumerate(months)}
    weight_of_month = {m: w for b in blocks for m, w in b.month_weight.items()}
    return TimeTable(
        years=full.years,
        scenarios=full.scenarios,
        blocks=full.blocks,
        period=label,
        given=label,
        block=block.astype(np.int64),
        year_index=full.block_year[block],
        month_index=np.array([place[m] for m in month.tolist()], dtype=np.int64),
        months=tuple(full.months[m] for m in months),
        month_block=full.month_block[months],
        hours=np.full(len(block), float(full.hours[0])),
        weight=weight,
        block_probability=full.block_probability,
        next=_closed(blocks, steps),
        annual_mode=False,
        profiles=pd.DataFrame({"period": label} | dict(zip(named, values.T, strict=True))),
        month_weight=np.array([weight_of_month[m] for m in months]),
    )


def _periods(block: _Block, steps: int) -> tuple[Names, Integers, Floats, Floats]:
    """The steps of a block's days and then its critical hours: label, month, weight, profiles."""
    days = block.choice.count
    year = block.names[0].partition("-")[0]
    tail = block.names[0].partition("@")[1] + block.names[0].partition("@")[2]
    of_days = [f"{name}h{i + 1:02d}" for name in block.names for i in range(steps)]
    of_hours = [f"{year}-h{hour + 1:04d}{tail}" for hour in block.hour.tolist()]
    label = np.array([*of_days, *of_hours], dtype=object)
    month = np.concatenate([np.repeat(block.month, steps), block.hour_month])
    rare = np.full(len(block.hour), HARDLY)
    weight = np.concatenate([np.repeat(block.weight, steps), rare])
    shapes = block.shapes.reshape(days * steps, -1)
    return label, month, weight, np.concatenate([shapes, block.hour_shapes])


def _closed(blocks: list[_Block], steps: int) -> Integers:
    """The step that follows each: a day closes upon itself, and so does a critical hour."""
    found, start = [], 0
    for block in blocks:
        first = start + steps * np.arange(block.choice.count)[:, None]
        found.append((first + (np.arange(steps) + 1) % steps).ravel())
        start += steps * block.choice.count
        found.append(start + np.arange(len(block.hour)))
        start += len(block.hour)
    return np.concatenate(found).astype(np.int64)
