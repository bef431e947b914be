"""Checks of parks that differ little: what cannot have changed is not looked at again.

The first park's findings are kept, check by check, with the tables that each check asked for.
Of a later park a check runs again where one of its tables differs. Where tables differ in
amounts alone (the numbers of ``AMOUNTS``, blank where they were blank), only the checks run
again that look at amounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks import ALL, AMOUNTS, LOOK_AT_AMOUNTS, Check, blamed_once
from circularpark.park.checks.cells import remembered
from circularpark.park.columns import Arrays

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

SAME, AMOUNT, OTHER = 0, 1, 2
# What stands beside the tables in a draft and is seen by every check.
_BESIDE: Final = ("name", "folder", "settings", "formulas")


class KnownChecks:
    """The findings of a park and what they followed from.

    runs : how many checks ran; kept : what the parks share, see ``resolve``
    """

    def __init__(self) -> None:
        self.raw: Mapping[str, pd.DataFrame] = {}
        self.beside: tuple[Any, ...] = ()
        self.reads: list[frozenset[str]] = []
        self.found: list[tuple[Finding, ...]] = []
        self.runs = 0
        self.arrays: Arrays | None = None
        self.kept: dict[Any, dict[str, Any]] = {}

    def __call__(self, draft: Draft) -> list[Finding]:
        """Every finding on ``draft``, as ``checks.check`` gives them."""
        beside = tuple(getattr(draft, name) for name in _BESIDE)
        if not self.raw or beside != self.beside:
            return self._learnt(draft, beside)
        different = {name: _difference(self.raw[name], frame) for name, frame in draft.raw.items()}
        # The very same frames tell what follows from them that it is the same.
        draft.raw = {n: self.raw[n] if d == SAME else draft.raw[n] for n, d in different.items()}
        if self.arrays is not None:
            draft.arrays.also(self.arrays)
        with remembered(draft):
            return blamed_once(draft, self._again(draft, different))

    def _learnt(self, draft: Draft, beside: tuple[Any, ...]) -> list[Finding]:
        """All checks run, each with the tables that it asks for; none takes what another made."""
        raw, reads, found = draft.raw, [], []
        for check in ALL:
            watched = _Watched(raw)
            draft.raw = watched
            try:
                with remembered(draft):
                    found.append(tuple(check(draft)))
            finally:
                draft.raw = raw
            reads.append(frozenset(watched.asked))
            self.runs += 1
        if not self.raw:
            self.raw, self.beside, self.reads, self.found = raw, beside, reads, found
            self.arrays = draft.arrays
        return blamed_once(draft, iter(found))

    def _again(self, draft: Draft, different: Mapping[str, int]) -> Iterator[tuple[Finding, ...]]:
        for check, reads, found in zip(ALL, self.reads, self.found, strict=True):
            most = max((different[name] for name in reads), default=SAME)
            if most == OTHER or any(
                different[name] == AMOUNT for name in amounts_looked_at(check, reads)
            ):
                self.runs += 1
                yield tuple(check(draft))
            else:
                yield found


def amounts_looked_at(check: Check, reads: frozenset[str]) -> frozenset[str]:
    """The tables, of those that a check reads, whose amounts may make it say something else."""
    if check not in LOOK_AT_AMOUNTS:
        return frozenset()
    return LOOK_AT_AMOUNTS[check] or reads


class _Watched(dict[str, pd.DataFrame]):
    """Tables that remember which of them were asked for."""

    def __init__(self, raw: Mapping[str, pd.DataFrame]) -> None:
        super().__init__(raw)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As of a dict."""
        self.asked.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self.asked |= set(super().keys())
        return super().__iter__()

    def keys(self) -> Any:
        """As of a dict."""
        self.asked |= set(super().keys())
        return super().keys()

    def values(self) -> Any:
        """As of a dict."""
        self.asked |= set(super().keys())
        return super().values()

    def items(self) -> Any:
        """As of a dict."""
        self.asked |= set(super().keys())
        return super().items()


def _difference(old: pd.DataFrame, new: pd.DataFrame) -> int:
    """Whether a table is the same, differs in amounts alone, or otherwise."""
    if old is new or old.equals(new):
        return SAME
    if len(old) != len(new) or not old.columns.equals(new.columns):
        return OTHER
    worst = SAME
    for column in old.columns:
        one, two = old[column].to_numpy(), new[column].to_numpy()
        if one is two or _alike(one, two):
            continue
        blank = isinstance(one[0], float) and np.array_equal(np.isnan(one), np.isnan(two))
        if not blank or column not in AMOUNTS:
            return OTHER
        worst = AMOUNT
    return worst


def _alike(one: np.ndarray, two: np.ndarray) -> bool:
    if one.dtype != two.dtype:
        return False
    if one.dtype == object:
        return bool((one == two).all())
    return np.array_equal(one, two, equal_nan=one.dtype.kind == "f")
