"""The figures of one project: the park's account with and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from circularpark.account.finance import Finances, finances
from circularpark.account.measures import Account
from circularpark.account.projects import (
    Change,
    change,
    entries,
    link_prices,
    owners,
    partners,
    payments,
    sent,
    traded,
    worth_at_ends,
)
from circularpark.park.finance import Terms
from circularpark.program.time import Floats
from circularpark.solve.projects import Outcome, Projects
from circularpark.studies.evaluated import NOTHING, Project
from circularpark.studies.investments import Investments

# A flow that differs by less than this share of itself is the same.
MOVED = 1e-3


@dataclass
class Work:
    """What all projects of one evaluation share."""

    projects: Projects
    investments: Investments
    terms: Terms
    rate: float
    worth: pd.DataFrame
    _books: dict[int, tuple[Account, pd.Series]] = field(default_factory=dict)

    def account(self, outcome: Outcome) -> tuple[Account, pd.Series]:
        """A run's account and its expected entries, made once."""
        if id(outcome) not in self._books:
            account = self.projects.account(outcome)
            self._books[id(outcome)] = (account, entries(account))
        return self._books[id(outcome)]

    def change(self, before: Outcome, after: Outcome) -> tuple[Change, Account]:
        """What is different after, and the account of the later one."""
        first, (account, last) = self.account(before)[1], self.account(after)
        return change(first, last, account), account

    def moved(self, before: Outcome, after: Outcome) -> pd.Series:
        """What links carry more after than before, by link; dust is left out."""
        found = [sent(self.account(o)[0].book) for o in (before, after)]
        more = found[1].sub(found[0], fill_value=0.0)
        return more[more.abs() > MOVED * found[1].reindex(more.index).fillna(0.0).abs()]

    @property
    def built(self) -> np.ndarray:
        """The ids of all that is built and costs something."""
        return np.asarray(self.projects.items, dtype=object)

    @cached_property
    def value_of(self) -> Floats:
        """What every project's own money adds to the model's cost, (groups,)."""
        groups = [self.investments.of(g) for g in range(len(self.projects.groups))]
        return np.array([self.investments.correction(items) for items in groups])


def told(work: Work, place: int, pair: tuple[Any, Any]) -> dict[str, Any]:
    """Figures of a project from the park's account before and after it."""
    items = work.investments.of(place)
    ids = list(items["item"])
    changed, account = work.change(*pair)
    lines = changed.lines(ids)
    upkeep = work.investments.upkeep(items)
    spent = lines["value"].to_numpy(dtype=float)
    ends = partners(account.book, ids)
    moved = traded(account.book, work.moved(*pair))
    own = moved["link"].isin(ids)
    # What the project's companies then carry on ways that cost nothing to build is theirs, too.
    own |= moved["giver"].isin(ends) & moved["taker"].isin(ends) & (moved["amount"] > 0)
    paid = np.isin(moved["link"], work.built) & ~moved["link"].isin(ids)
    owned = owners(account.book, ids)
    gains = -changed.companies()
    for item, more in work.investments.beyond_model(items).items():
        owner = str(owned.get(item, ""))
        gains[owner] = gains.get(owner, 0.0) - more
    links = link_prices(moved[own & ~paid].reset_index(drop=True), -gains, work.worth)
    money = finances_of(work, np.array([place]), changed, work.investments.terms_of(place))
    co2 = changed.scopes_of_co2()
    last = float(changed.by_year("co2")[-1])
    return {
        "partners": tuple(ends),
        "revenue": float(-spent[spent < 0].sum()),
        "running": float(spent[spent > 0].sum()) + float(upkeep[-1]),
        "lines": lines,
        "co2": co2,
        "saved": -last,
        "companies": _settled(gains, links),
        "links": links,
        "finances": money,
    }


def untold(work: Work, place: int) -> dict[str, Any]:
    """The same of a project without which, and with which alone, nothing can run."""
    nothing = pd.DataFrame(columns=["company", "gain", "received", "after"])
    whole, ids = work.projects.whole, list(work.investments.of(place)["item"])
    ends = partners(work.account(whole)[0].book, ids) if whole is not None else []
    return {
        "partners": tuple(ends), "revenue": np.nan, "running": np.nan,
        "lines": pd.DataFrame(columns=["term", "commodity", "value"]), "co2": {}, "saved": np.nan,
        "companies": nothing, "links": pd.DataFrame(), "finances": None,
    }  # fmt: skip


def _settled(gains: pd.Series, links: pd.DataFrame) -> pd.DataFrame:
    """Each company's gain before and after what is paid for what links carry; largest first."""
    received = payments(links) if len(links) else pd.Series(dtype=float)
    both = pd.DataFrame({"gain": gains, "received": received}).fillna(0.0)
    both = both.assign(after=both["gain"] + both["received"])
    size = both.abs().max(axis=1)
    both = both[size > NOTHING * max(float(size.max()) if len(size) else 0.0, 1e-300)]
    both.index.name = "company"
    return both.sort_values("gain", ascending=False, kind="stable").reset_index()


def finances_of(
    work: Work, places: np.ndarray, changed: Change, own: Mapping[str, float]
) -> Finances:
    """What some projects are worth: their saving and tonnes over as long as they live."""
    investments = work.investments
    items = pd.concat([investments.of(int(p)) for p in places], ignore_index=True)
    ids = list(items["item"])
    cost = changed.of("cost")
    running = changed.by_year("cost", ~changed.capital(cost, ids)) + investments.upkeep(items)
    first = int(items["year"].min())
    length = int((items["year"] - first + investments.lives(items)).max())
    at = np.searchsorted(changed.years, first + np.arange(length), side="right") - 1
    at = np.maximum(at, 0)
    return finances(items, -running[at], -changed.by_year("co2")[at], work.terms, work.rate, own)


def companies(work: Work, none: Outcome, whole: Outcome, found: Sequence[Project]) -> pd.DataFrame:
    """What every company pays a year without any project and with all, payments apart.

    Links of projects are paid at their prices; what more goes on ways that cost nothing to
    build, at what a unit is worth where it is sent (waste may be worth less than nothing).
    """
    sides = [work.account(o)[1] for o in (none, whole)]
    account = work.account(whole)[0]
    nothing = sides[0] * 0.0
    today, plan = (change(nothing, side, account).companies() for side in sides)
    items = pd.concat([p.items for p in found], ignore_index=True) if found else pd.DataFrame()
    if len(items):
        owned = owners(account.book, list(items["item"]))
        for item, more in work.investments.beyond_model(items).items():
            owner = str(owned.get(item, ""))
            plan[owner] = plan.get(owner, 0.0) + more
    links = [p.links for p in found if len(p.links)]
    free = traded(account.book, work.moved(none, whole))
    told_of = {str(name) for table in links for name in table["link"]}
    free = free[~free["link"].isin([*work.built, *told_of])].reset_index(drop=True)
    free = worth_at_ends(free, work.worth)
    # On a way that costs nothing to build both ends value a unit alike.
    links.append(free.assign(price=free["contract"].fillna(free["worth_from"])))
    received = payments(pd.concat(links, ignore_index=True))
    both = pd.DataFrame({"today": today, "plan": plan, "received": received}).fillna(0.0)
    both = both.assign(gain=both["today"] - both["plan"])
    both = both.assign(after=both["gain"] + both["received"])
    both.index.name = "company"
    kept = both[["gain", "received"]].abs().max(axis=1)
    both = both[kept > NOTHING * max(float(kept.max()) if len(kept) else 0.0, 1e-300)]
    columns = ["today", "plan", "gain", "received", "after"]
    return both[columns].sort_values("gain", ascending=False, kind="stable").reset_index()
