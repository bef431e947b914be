"""Steps of time in words: years, days and hours as the slider of a page tells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from circularpark.show.numbers import number
from circularpark.words import Language, say

# A day that stands for no more than this stands for itself.
_ONE_DAY: Final = 1.5


def moments(steps: pd.DataFrame, lang: Language) -> dict[str, Any]:
    """What a page needs to let a reader choose a step.

    kind : years (a slider of years), days (a menu of groups and a slider within each) or list
        (one slider over all, the whole year first)
    groups : their labels; steps : each step's own label; group : (S,) the group of each step
    first, count : where each group begins among the steps, and how long it is
    """
    groups = steps.drop_duplicates("group")
    several = steps["year"].nunique() > 1, steps["scenario"].nunique() > 1
    labels = [_group(row, several, lang) for row in groups.to_dict("records")]
    group = np.searchsorted(groups["group"].to_numpy(), steps["group"].to_numpy())
    count = np.bincount(group, minlength=len(groups))
    kind = "days" if count.max() > 1 else "years" if steps["kind"].eq("year").all() else "list"
    return {
        "kind": kind,
        "groups": labels,
        "steps": [_hour(hour) for hour in steps["hour"]],
        "group": [int(row) for row in group],
        "first": [int(row) for row in np.cumsum(count) - count],
        "count": [int(row) for row in count],
    }


def _group(row: Mapping[Any, Any], several: tuple[bool, bool], lang: Language) -> str:
    kind = str(row["kind"])
    parts = [str(row["year"])] if several[0] or kind == "year" else []
    parts += [str(row["scenario"])] if several[1] else []
    if kind == "given":
        parts.append(str(row["name"]))
    elif kind == "typical":
        day = date(2025, 1, 1) + timedelta(days=int(row["number"]) - 1)
        called = say("show.period.date", lang, month=_month(day.month, lang), day=day.day)
        days = float(row["days"])
        key = "typical" if days > _ONE_DAY else "alone"
        parts.append(say(f"show.period.{key}", lang, day=called, days=number(days, 3)))
    elif kind == "month":
        parts.append(say("show.period.month", lang, month=_month(int(row["number"]), lang)))
    elif kind != "year":
        parts.append(say(f"show.period.{kind}", lang, number=row["number"], of=row["of"]))
    return " ".join(parts)


def _month(number_of_month: int, lang: Language) -> str:
    return say(f"show.month.m{number_of_month:02d}", lang)


def _hour(hour: float) -> str:
    if not np.isfinite(hour):
        return ""
    return f"{int(hour):d}:{round(hour % 1 * 60):02d}"
