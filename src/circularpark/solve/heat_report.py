"""What a plan makes of the park's heat: targets, what is reached of them, and why not more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.account.book import Book, texts
from circularpark.account.heat_carriers import carrier_sizes, carrier_table
from circularpark.account.heat_grid import Loads
from circularpark.account.heat_loads import heat_loads, periods_of, weights_of
from circularpark.account.heat_reach import (
    NEEDS,
    carrier_targets,
    heat_balance,
    reach,
    steps,
)
from circularpark.account.matches import Asked, matches
from circularpark.account.pinch_rules import placement

if TYPE_CHECKING:
    from circularpark.account.flows import Flows
    from circularpark.solve.heat_reasons import Reason
    from circularpark.solve.plan import Plan


@dataclass(frozen=True)
class HeatReport:
    """The heat of one planning year; amounts are means over it [MW] unless named otherwise.

    reach : a row a cascade, the park as one cascade last (see ``account.heat_reach.reach``)
    balance : where the plan's heat comes from and what it does
    steps : what could be recovered at best, ever closer to what the park can build
    carriers : carrier, level [degC], could_raise, could_use (each alone at best); plan_raised,
        plan_used
    placement : equipment on either side of the pinch, with ``built`` [of it in the plan]
    matches : exchangers (see ``account.matches.matches``)
    reasons : why no more is recovered
    loads : the park's needs, at mean rates
    """

    year: int
    reach: pd.DataFrame
    balance: Mapping[str, float]
    steps: Mapping[str, float]
    carriers: pd.DataFrame
    placement: pd.DataFrame
    matches: pd.DataFrame
    reasons: tuple[Reason, ...]
    loads: Loads

    @property
    def shown(self) -> pd.DataFrame:
        """The rows of ``reach`` that have heat to give or want some, the park last."""
        rows = self.reach
        some = (rows["offered"] + rows["wanted"]) > 1e-9 * float(rows["wanted"].max())
        return rows[some | (rows["site"] == "")]

    @property
    def target(self) -> float:
        """The most that could be recovered if everything exchanged heat with everything [MW]."""
        return self.steps["one_cascade"]

    def brief(self) -> dict[str, Any]:
        """Target and what is recovered of it [MW], for a plan's summary."""
        return {
            "unit": "MW",
            "target": self.target,
            "best_operation": _number(self.reach["now"].iloc[-1]),
            "plan": self.balance["recovered"],
        }

    def as_dict(self) -> dict[str, Any]:
        """The report as one JSON object: amounts in MW, energy in MWh a year, degC, K."""
        return {
            "year": self.year,
            "target": self.target,
            "recovered": {
                "best_operation": _number(self.reach["now"].iloc[-1]),
                "plan": self.balance["recovered"],
            },
            "balance": dict(self.balance),
            "steps": dict(self.steps),
            "cascades": _records(self.reach.iloc[:-1]),
            "whole": _records(self.reach.iloc[-1:].drop(columns=["site", "heat_zone"]))[0],
            "carriers": _records(self.carriers),
            "placement": _records(self.placement),
            "matches": _records(self.matches),
            "reasons": [reason.as_dict() for reason in self.reasons],
        }


def heat_report(plan: Plan, year: int | None = None) -> HeatReport | None:
    """The heat of a plan in a planning year [the last]; None where the park has no heat."""
    from circularpark.solve.heat_reasons import reasons

    book = book_of(plan, plan.flows)
    year = book.time.years[-1] if year is None else year
    needs = heat_loads(book, year).of_part(*NEEDS)
    if not len(needs):
        return None
    best = book_of(plan, plan.best.flows) if plan.best is not None else None
    weight = weights_of(book, year)
    done = heat_loads(book, year, asked=False)
    links = _lines(plan, year)
    through = carrier_targets(book, year)
    found = HeatReport(
        year=year,
        reach=reach(book, best, year),
        balance=heat_balance(book, year),
        steps=steps(book, links, year, through),
        carriers=_carriers(book, year, through.carriers),
        placement=_placement(plan, done, weight),
        matches=_matches(book, year),
        reasons=(),
        loads=needs.averaged(weight),
    )
    return HeatReport(**{**found.__dict__, "reasons": tuple(reasons(plan, book, found))})


def matches_of(plan: Plan) -> pd.DataFrame:
    """The exchangers of a plan in every planning year: year, then as ``account.matches``."""
    book = book_of(plan, plan.flows)
    parts = [_matches(book, year).assign(year=year) for year in book.time.years]
    frame = pd.concat(parts, ignore_index=True)
    return frame[["year", *frame.columns.drop("year")]]


def book_of(plan: Plan, flows: Flows) -> Book:
    """The plan's park beside some flows."""
    data = plan.problem.data
    return Book(plan.park, data.time, data.blocks.links_at, flows)


def _matches(book: Book, year: int) -> pd.DataFrame:
    """Exchangers inside cascades; what is given or wanted as a carrier needs none."""
    done = heat_loads(book, year, asked=False)
    done = done.of_part("process", "means", "cooler", "carrier", "direct")
    weight = weights_of(book, year)
    asked = _asked(book, year)
    return matches(done, weight, asked) if asked else matches(*done.distinct(weight))


def _asked(book: Book, year: int) -> dict[tuple[str, str], Asked]:
    """What the plan matches in the cascades for which the park asks for matches."""
    if "heat_matched" not in book.flows:
        return {}
    quantity = book.quantity("heat_matched")
    index, rate = quantity.index, quantity.values[:, periods_of(book, year)]
    edges = [str(interval).split("..") for interval in texts(index, "interval")]
    upper, lower = np.array(edges, dtype=float).reshape(len(index), 2).T
    source, sink = texts(index, "source"), texts(index, "sink")
    places = list(zip(texts(index, "site"), texts(index, "heat_zone"), strict=True))
    found = {}
    for place in dict.fromkeys(places):
        own = np.array([one == place for one in places], dtype=bool)
        found[place] = Asked(source[own], sink[own], upper[own], lower[own], rate[own])
    return found


def _lines(plan: Plan, year: int) -> list[tuple[str, str, str]]:
    """All lines that could be in a year: from, to, commodity; forbidden ones are not."""
    scenario = next(name for y, name in plan.problem.data.time.blocks if y == year)
    links = plan.problem.data.blocks.links_at(year, scenario)
    links = links[links["status"] != "forbidden"]
    ends = (links[name].astype(str) for name in ("from", "to", "commodity"))
    return list(zip(*ends, strict=True))


def _carriers(book: Book, year: int, frame: pd.DataFrame) -> pd.DataFrame:
    """What carriers could do at best, and what they do."""
    frame = frame.copy()
    block = int(book.time.block[periods_of(book, year)[0]])
    table = carrier_table(book, block).set_index("id")
    latent = table["latent_temperature"].where(table["latent_share"] > 0, table["temperature"])
    frame["level"] = latent.reindex(frame["carrier"]).to_numpy(dtype=float)
    share = weights_of(book, year) / weights_of(book, year).sum()
    sizes = carrier_sizes(book)
    for name in ("raised", "used"):
        quantity = book.quantity(name)
        carrier = texts(quantity.index, "carrier")
        rate = quantity.values[:, periods_of(book, year)] @ share
        size = np.array([sizes[c] for c in carrier], dtype=float)
        done = pd.Series(rate * size, index=carrier, dtype=float).groupby(level=0).sum()
        frame[f"plan_{name}"] = done.reindex(frame["carrier"]).fillna(0.0).to_numpy()
    return frame


def _placement(plan: Plan, done: Loads, weight: np.ndarray) -> pd.DataFrame:
    """Equipment at the pinch that does something, with what of it the plan builds."""
    frame = placement(done, weight)
    built = plan.builds.groupby("item")["capacity"].sum()
    frame["built"] = frame["item"].map(built).fillna(0.0).astype(float)
    sides = ["gives_above", "gives_below", "takes_above", "takes_below"]
    runs = frame[sides].sum(axis=1) > 1e-9 * max(float(done.rate.sum()), 1e-12)
    return frame[runs].reset_index(drop=True)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON: what is no number is null."""
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_number(each) for each in value]
    return value if isinstance(value, str) else _number(value)


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
