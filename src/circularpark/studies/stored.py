"""Stored runs beside each other, from what was kept of them: nothing is solved or read anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from circularpark.errors import StoreError
from circularpark.studies.compare import beside, built, records
from circularpark.studies.prices import moved_most

if TYPE_CHECKING:
    from circularpark.studies.journal import Run
    from circularpark.studies.store import RunStore

_SENT = ["link", "from", "to", "commodity", "unit"]
_NAMES = [f"{column}_{lang}" for column in ("from", "to", "commodity") for lang in ("zh", "en")]


@dataclass(frozen=True)
class StoredPlan:
    """A stored run with the tables that a comparison needs; labels: what its names mean."""

    run: Run
    labels: dict[str, Any]
    builds: pd.DataFrame
    sent: pd.DataFrame
    prices: pd.DataFrame


@dataclass(frozen=True)
class StoredComparison:
    """Stored runs beside the first of them."""

    base: StoredPlan
    others: tuple[StoredPlan, ...]

    @property
    def plans(self) -> tuple[StoredPlan, ...]:
        """The base, then the others."""
        return (self.base, *self.others)

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure of every run: run, measure, year, value, base, change."""
        base = self.base.run.headline
        rows = [
            (plan.run.number, measure, int(year), value, base.get(measure, {}).get(year))
            for plan in self.plans
            for measure, values in plan.run.headline.items()
            for year, value in values.items()
        ]
        found = pd.DataFrame(rows, columns=["run", "measure", "year", "value", "base"])
        return found.assign(change=found["value"] - found["base"].astype(float))

    def builds(self, other: StoredPlan) -> pd.DataFrame:
        """What a run builds beside the base: as ``Comparison.builds``."""
        keys = ["item", "kind", "unit", "name_zh", "name_en"]
        return beside(built(self.base.builds), built(other.builds), keys, "capacity", ["capex"])

    def flows(self, other: StoredPlan) -> pd.DataFrame:
        """What a run sends beside the base: as ``Comparison.flows``, with names."""
        return beside(self.base.sent, other.sent, [*_SENT, *_NAMES], "amount", [])

    def why(self, other: StoredPlan) -> pd.DataFrame:
        """The shadow prices that changed most: as ``Comparison.why``; none in other units."""
        units = {*self.base.prices.get("unit", ()), *other.prices.get("unit", ())}
        if len(units) > 1:
            return moved_most(self.base.prices.head(0), other.prices.head(0))
        return moved_most(self.base.prices, other.prices)

    def as_dict(self) -> dict[str, Any]:
        """The comparison as one JSON object."""
        return {
            "base": self.base.run.as_dict(),
            "runs": [
                other.run.as_dict()
                | {
                    "builds": records(self.builds(other)),
                    "flows": records(self.flows(other)),
                    "why": records(self.why(other)),
                }
                for other in self.others
            ],
        }


def compare_runs(store: RunStore, runs: Sequence[Run]) -> StoredComparison:
    """Lay stored plans beside the first of them.

    Raises
    ------
    StoreError : a run is no plan, or its files are damaged.
    """
    plans = [_plan(store, run) for run in runs]
    return StoredComparison(plans[0], tuple(plans[1:]))


def _plan(store: RunStore, run: Run) -> StoredPlan:
    if run.kind != "solve" or run.status == "infeasible":
        raise StoreError("store.not_a_plan", value=run.number)
    labels = store.answer(run)["labels"]
    return StoredPlan(
        run,
        labels,
        _table(store, run, "builds", ["item", "kind", "unit", "name_zh", "name_en", "capacity"]),
        _table(store, run, "sent", [*_SENT, *_NAMES, "amount"]),
        _table(store, run, "prices", ["kind", "item", "site", "commodity", "per", "price", "size"]),
    )


def _table(store: RunStore, run: Run, name: str, columns: list[str]) -> pd.DataFrame:
    """A table of a run; one that had no rows was not written."""
    if name in run.tables:
        return store.table(run, name)
    return pd.DataFrame(columns=[*columns, "capex"] if name == "builds" else columns)
