"""A plan's flows in steps of time: planning years, typical days, or the hours as far as they fit.

A page holds a number for each flow and step. Where there are more hours than fit, days are told
by the mean day of each month; a table without months by the mean day of as many spans of days.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from circularpark.show.scene import Periods

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from circularpark.account.flows import Flows
    from circularpark.solve.plan import Plan

# A month of hours: with 80 flows 160 kB of the page's 1.2 MB, and never more than that many.
MOST_STEPS: Final = 744
MOST_CELLS: Final = 120_000
_DAY: Final = 24.0
_TYPICAL: Final = re.compile(r"^\d+-d(\d+)")
_MONTH: Final = re.compile(r"^\d+-(\d\d)(?:-|$)")


def periods_of(plan: Plan, table: pd.DataFrame, flows: Flows) -> Periods | None:
    """The amounts of a flow table in steps of time; None where the plan has one step only.

    table : as ``flow_table`` gives it, with ``way``, the variable that holds each flow
    """
    time = plan.problem.data.time
    if len(time.period) < 2 or not len(table):
        return None
    steps, shares = steps_of(time, min(MOST_STEPS, max(12, MOST_CELLS // len(table))))
    amounts = np.zeros((len(table), len(steps)))
    for way in ("link_flow", "link_flow_back"):
        rows = np.flatnonzero((table["way"] == way).to_numpy())
        if len(rows):
            quantity = flows[way]
            at = pd.Index(quantity.index["link"]).get_indexer(pd.Index(table["id"].iloc[rows]))
            amounts[rows] = (shares.T @ quantity.values[at].T).T
    return Periods(steps, np.maximum(amounts, 0.0))


def steps_of(time: object, most: int) -> tuple[pd.DataFrame, csr_array]:
    """Steps (S rows, see ``Periods``) and what of each period (T) is in them, (T, S).

    time : a time table (``program.time.TimeTable``); most : how many steps there may be
    """
    frame = _frame(time)
    daily = _steps_of_a_day(frame)
    if getattr(time, "annual_mode", False) or (frame["place"].max() == 0 and not daily):
        frame = frame.assign(kind="year", group=frame["block"])
    elif daily:
        frame = _days(frame, daily, most)
    elif len(frame) <= most:
        frame = frame.assign(kind="given", group=np.arange(len(frame)))
    else:
        frame = _spans(frame, 1, most)
    return _gathered(frame)


def _frame(time: object) -> pd.DataFrame:
    """One row a period: block, year, scenario, place in its block, hours, weight, names."""
    t: Any = time
    blocks = pd.DataFrame(list(t.blocks), columns=["year", "scenario"])
    frame = blocks.iloc[t.block].reset_index(drop=True)
    frame["block"] = t.block
    frame["place"] = frame.groupby("block").cumcount()
    frame["hours"], frame["weight"] = t.hours, t.weight
    frame["name"] = [str(name) for name in t.given]
    months = [_MONTH.match(str(label)) for label in t.months]
    numbers = np.array([int(found[1]) if found else 0 for found in months])
    frame["month"] = numbers[t.month_index]
    typical = [_TYPICAL.match(str(label)) for label in t.period]
    frame["typical"] = [int(found[1]) if found else 0 for found in typical]
    found: pd.DataFrame = frame.assign(number=0, of=0, days=0.0, hour=np.nan)
    return found


def _steps_of_a_day(frame: pd.DataFrame) -> int:
    """How many periods make a day; 0 where the periods are not days of equal steps."""
    hours = float(frame["hours"].iloc[0])
    steps = round(_DAY / hours) if hours > 0 else 0
    counts = frame.groupby("block").size().to_numpy()
    if steps < 1 or abs(steps * hours - _DAY) > 1e-9 or (frame["hours"] != hours).any():
        return 0
    if (counts % steps).any():
        return 0
    weights = frame["weight"].to_numpy(float).reshape(-1, steps)
    return steps if bool((weights == weights[:, :1]).all()) else 0


def _days(frame: pd.DataFrame, steps: int, most: int) -> pd.DataFrame:
    """Every day where all fit, else the mean day of each month or of spans of days."""
    day = frame["place"].to_numpy() // steps
    hour = (frame["place"].to_numpy() % steps) * float(frame["hours"].iloc[0])
    frame = frame.assign(hour=hour if steps > 1 else np.nan, days=frame["weight"])
    if len(frame) <= most:
        group = pd.factorize(frame["block"].to_numpy() * (day.max() + 1) + day)[0]
        typical = bool((frame["typical"] > 0).all())
        number = frame["typical"] if typical else day + 1
        kind = "typical" if typical else "day"
        return frame.assign(kind=kind, group=group, number=number, of=day.max() + 1)
    if (frame["month"] > 0).all():
        group = pd.factorize(frame["block"].to_numpy() * 12 + frame["month"].to_numpy())[0]
        fits = len(np.unique(group)) * steps <= most
        told = frame["hour"] if fits else np.nan
        return frame.assign(kind="month", group=group, number=frame["month"], of=12, hour=told)
    return _spans(frame, steps, most)


def _spans(frame: pd.DataFrame, steps: int, most: int) -> pd.DataFrame:
    """Equally long spans of consecutive days (or periods), as many as fit."""
    blocks = int(frame["block"].max()) + 1
    if steps * blocks > most:
        frame, steps = frame.assign(hour=np.nan), 1
    wanted = max(1, most // (steps * blocks))
    long = frame.groupby("block")["place"].transform("size").to_numpy()
    span = frame["place"].to_numpy() * wanted // long
    group = frame["block"].to_numpy() * wanted + span
    return frame.assign(kind="span", group=group, number=span + 1, of=wanted)


def _gathered(frame: pd.DataFrame) -> tuple[pd.DataFrame, csr_array]:
    """Steps by group and hour, and each period's share in the mean of its step."""
    from scipy.sparse import csr_array

    key = frame[["group", "hour"]].fillna(-1.0).to_numpy(float)
    first, step = np.unique(key, axis=0, return_inverse=True)
    step = step.ravel()
    span = frame["weight"].to_numpy(float) * frame["hours"].to_numpy(float)
    whole = np.bincount(step, span, len(first))
    share = np.divide(span, whole[step], out=np.zeros(len(span)), where=whole[step] > 0)
    shares = csr_array((share, (np.arange(len(step)), step)), shape=(len(step), len(first)))
    columns = ["group", "year", "scenario", "kind", "number", "of", "hour", "name"]
    steps = frame[columns].groupby(step).first()
    days = frame.groupby(step)["days"].first()
    found: pd.DataFrame = steps.assign(days=days).reset_index(drop=True)
    return found, shares
