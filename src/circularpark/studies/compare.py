"""Cases beside each other: measures, what is built, what goes where, and why it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.errors import ParkDataError
from circularpark.studies.case import Case
from circularpark.studies.prices import moved_most, price_unit, prices
from circularpark.studies.study import Answer, Study

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

# Below this share of the largest of its commodity a flow is nothing.
NOTHING = 1e-6
# Amounts closer than this share are the same: the later stage of an objective may move the
# earlier one by a millionth, and single flows by more.
SAME = 1e-3

_BUILT = ["item", "kind", "unit", "name_zh", "name_en", "capacity", "capex"]


@dataclass(frozen=True)
class Comparison:
    """The park as it is (``base``) and its cases."""

    base: Answer
    cases: tuple[Answer, ...]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The base, then the cases."""
        return (self.base, *self.cases)

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure of every solved case: case, measure, year, value, base, change."""
        pieces = [_measures(a.name or "", a.plan) for a in self.answers if a.plan is not None]
        if not pieces:
            return pd.DataFrame(columns=["case", "measure", "year", "value", "base", "change"])
        found = pd.concat(pieces, ignore_index=True)
        base = found[found["case"] == ""].set_index(["measure", "year"])["value"]
        keys = pd.MultiIndex.from_frame(found[["measure", "year"]])
        found["base"] = base.reindex(keys).to_numpy() if len(base) else np.nan
        return found.assign(change=found["value"] - found["base"])

    def builds(self, case: Answer) -> pd.DataFrame:
        """What a case builds beside the base: item, kind, unit, base, case, capex, status.

        Capacities are sums over the planning years; what costs nothing to build is a flow only.
        Status is new, more, same, less or gone.
        """
        keys = ["item", "kind", "unit", "name_zh", "name_en"]
        return beside(_built(self.base.plan), _built(case.plan), keys, "capacity", ["capex"])

    def flows(self, case: Answer) -> pd.DataFrame:
        """What a case sends beside the base, in the last planning year.

        link, from, to, commodity, unit, base, case (a year's amount sent), status
        """
        keys = ["link", "from", "to", "commodity", "unit"]
        return beside(sent(self.base.plan), sent(case.plan), keys, "amount", [])

    def why(self, case: Answer) -> pd.DataFrame:
        """The shadow prices that changed most from the base: see ``studies.prices``."""
        if self.base.plan is None or case.plan is None:
            return pd.DataFrame(columns=["kind", "item", "site", "commodity", "per", "from", "to"])
        return moved_most(prices(self.base.plan), prices(case.plan))

    def as_dict(self) -> dict[str, Any]:
        """The comparison as one JSON object."""
        return {
            "base": _told(self.base),
            "cases": [
                _told(case)
                | {
                    "stands_on": list(case.bases),
                    "changes": None
                    if case.changes is None
                    else [d.as_dict() for d in case.changes],
                    "changes_nothing": case.changes == (),
                    "builds": records(self.builds(case)) if case.plan else [],
                    "flows": records(self.flows(case)) if case.plan else [],
                    "why": records(self.why(case)) if case.plan else [],
                    "why_unit": price_unit(case.plan) if case.plan else None,
                }
                for case in self.cases
            ],
        }


def compare(study: Study, cases: Sequence[Case | str]) -> Comparison:
    """Solve the park as it is and each case, and lay them beside each other.

    A case without a feasible plan, or whose data has problems, is told; the others continue.

    Raises
    ------
    ParkDataError : a name is no case of the park, or the park itself has problems
    """
    missing = study.missing([c for c in cases if isinstance(c, str)])
    if missing is not None:
        raise missing
    base = study.answer(None)
    if isinstance(base.error, ParkDataError):
        raise base.error
    return Comparison(base, tuple(study.answers(cases)))


def _told(answer: Answer) -> dict[str, Any]:
    """One answer as the JSON contract writes it, without what compares it."""
    told: dict[str, Any] = {"case": answer.name, "status": answer.status}
    told["seconds"] = answer.seconds
    plan = answer.plan
    if plan is not None:
        told["objective"] = plan.objective
        told["measures"] = {
            name: {str(y): float(v) for y, v in plan.account.annual(name).items()}
            for name in plan.account.measures
        }
        told["certificate"] = plan.certificate.as_dict()
    return told


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; what is no number is None."""
    whole = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in whole.to_dict("records")]


def _measures(name: str, plan: Plan) -> pd.DataFrame:
    account = plan.account
    rows = [
        (name, measure, int(year), float(value))
        for measure in account.measures
        for year, value in zip(plan.park.settings.years, account.annual(measure), strict=True)
    ]
    return pd.DataFrame(rows, columns=["case", "measure", "year", "value"])


def _built(plan: Plan | None) -> pd.DataFrame:
    return pd.DataFrame(columns=_BUILT) if plan is None else built(plan.builds)


def built(builds: pd.DataFrame) -> pd.DataFrame:
    """What a plan's builds come to over all years: item, kind, unit, names, capacity, capex."""
    columns = _BUILT
    builds = builds[builds["capex"] > 0]
    summed = builds.groupby(columns[:5], sort=False)[["capacity", "capex"]].sum()
    return summed.reset_index()


def sent(plan: Plan | None) -> pd.DataFrame:
    """A year's amounts on every link, both ways: link, from, to, commodity, unit, amount.

    The year is the last planning year, the amount an expectation over its scenarios.
    """
    columns = ["link", "from", "to", "commodity", "unit", "amount"]
    if plan is None:
        return pd.DataFrame(columns=columns)
    data = plan.problem.data
    time = data.time
    own = time.block_year[time.block] == len(time.years) - 1
    weight = np.where(own, time.span * time.probability, 0.0)
    links = data.blocks.links.set_index("id")
    pieces = []
    for name, start, end in (("link_flow", "from", "to"), ("link_flow_back", "to", "from")):
        quantity = plan.flows[name]
        frame = links.reindex(quantity.key["link"])
        pieces.append(
            pd.DataFrame(
                {
                    "link": quantity.key["link"],
                    "from": frame[start].to_numpy(),
                    "to": frame[end].to_numpy(),
                    "commodity": frame["commodity"].to_numpy(),
                    "amount": quantity.values @ weight,
                }
            )
        )
    found = pd.concat(pieces, ignore_index=True)
    goods = plan.park.tables.commodities.drop_duplicates("id").set_index("id")["unit"]
    found["unit"] = goods.reindex(found["commodity"]).to_numpy()
    largest = found.groupby("commodity")["amount"].transform("max")
    return found.loc[found["amount"] > NOTHING * largest, columns].reset_index(drop=True)


def beside(
    base: pd.DataFrame, case: pd.DataFrame, keys: list[str], value: str, also: list[str]
) -> pd.DataFrame:
    """Two tables side by side with what became of each row; changed rows first, largest first."""
    names = [value, *also]
    both = base[[*keys, *names]].merge(
        case[[*keys, *names]], on=keys, how="outer", suffixes=("_base", "_case"), sort=False
    )
    old, new = (both[f"{value}_{side}"].fillna(0.0).astype(float) for side in ("base", "case"))
    status = np.select(
        [
            (old == 0) & (new > 0),
            (old > 0) & (new == 0),
            (new - old).abs() <= SAME * np.maximum(old, new),
            new > old,
        ],
        ["new", "gone", "same", "more"],
        "less",
    )
    columns = {"base": old, "case": new} | {
        f"{name}_{side}": both[f"{name}_{side}"].fillna(0.0).astype(float)
        for name in also
        for side in ("base", "case")
    }
    found = both[keys].assign(**columns, status=status)
    largest = np.maximum(np.maximum(old, new), np.finfo(float).tiny)
    weight: pd.Series = (new - old).abs() / largest
    if also:
        weight = (found[f"{also[0]}_case"] - found[f"{also[0]}_base"]).abs()
    order = np.lexsort((-weight.to_numpy(dtype=float), found["status"].to_numpy() == "same"))
    return found.iloc[order].reset_index(drop=True)
