"""The plan's carbon account as faces show it: before and after, by scope or company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    from circularpark.account.measures import Account
    from circularpark.solve.plan import Plan


def before_and_after(plan: Plan, key: Literal["scope", "company"]) -> pd.DataFrame:
    """CO2 of the last planning year by scope or company: key, before [t], after [t].

    Before is the best operation; nan where there is none.
    """
    year = plan.park.settings.years[-1]

    def of(account: Account) -> pd.DataFrame:
        frame = account.by_scope("co2") if key == "scope" else account.by_company("co2")
        return frame.loc[frame["year"] == year, [key, "value"]]

    after = of(plan.account).rename(columns={"value": "after"})
    if plan.best is None:
        return after.assign(before=float("nan"))[[key, "before", "after"]]
    before = of(plan.best.account).rename(columns={"value": "before"})
    both = before.merge(after, on=key, how="outer").fillna({"before": 0.0, "after": 0.0})
    return both.sort_values(key, ignore_index=True)
