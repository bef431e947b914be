"""Limits beside what a plan makes of them: how much room each leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from circularpark.account.check_limits import both_sides, rows_of_limits
from circularpark.account.measures import Account

# A limit with less room than this share of its value binds.
BINDS = 1e-5


def caps_told(account: Account, best: Account | None, measure: str) -> dict[int, float]:
    """The most that the limits allow of a whole measure in each planning year that has a limit.

    Where scenarios or several limits differ, the least.
    """
    found: dict[int, float] = {}
    for limit in rows_of_limits(account.book):
        whole = limit.top.measure == measure and not (limit.top.commodity or limit.top.site)
        if not whole or limit.below or limit.sense not in ("<=", "=") or limit.period != "year":
            continue
        told = both_sides(account, best, limit)
        for label, most in zip(told.labels, told.right, strict=True):
            year = int(str(label).partition("@")[0])
            if np.isfinite(most):
                found[year] = min(float(most), found.get(year, np.inf))
    return found


def limits_told(account: Account, best: Account | None) -> pd.DataFrame:
    """Every limit where it is tightest.

    Returns
    -------
    DataFrame : limit, sense, at (its step: a year, period or scenario), left, right (both in the
    limit's own unit), binds. A limit that is nowhere judged is left out.
    """
    rows = []
    for limit in rows_of_limits(account.book):
        if limit.sense == "peak":
            continue
        told = both_sides(account, best, limit)
        if not len(told.left) or np.isnan(told.right).all():
            continue
        room = told.right - told.left if limit.sense == "<=" else told.left - told.right
        room = np.abs(room) if limit.sense == "=" else room
        size = np.maximum(told.gross, 1e-300)
        tightest = int(np.nanargmin(room / size))
        rows.append(
            (
                limit.id,
                limit.sense,
                str(told.labels[tightest]),
                float(told.left[tightest]),
                float(told.right[tightest]),
                bool(room[tightest] <= BINDS * size[tightest]),
            )
        )
    return pd.DataFrame(rows, columns=["limit", "sense", "at", "left", "right", "binds"])
