"""Why a plan recovers no more heat: temperatures, distance, time, lines, limits, money.

Each reason is read from the plan or found by reckoning the target again without what stands in
the way; none is guessed. What is left over after them is said to be left over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from circularpark.account.book import Book
from circularpark.account.heat_carriers import carrier_sizes
from circularpark.account.heat_loads import heat_loads, weights_of
from circularpark.account.heat_reach import NEEDS
from circularpark.account.targets import problem_table
from circularpark.solve.diagnosis.words import Lexicon, figures
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.heat_report import HeatReport
    from circularpark.solve.plan import Plan

# What is less than this share of the target is not worth a sentence.
SPEAKS: Final = 0.005
MOST_LINES: Final = 3
# A line that carries this share of what it may at most is full.
FULL: Final = 1 - 1e-6


@dataclass(frozen=True)
class Reason:
    """One reason: what kind it is, how much heat it concerns [MW], and its facts.

    names : placeholders that are names, in both languages; facts : numbers and ids
    """

    kind: str
    heat: float
    facts: Mapping[str, Any]
    names: Mapping[str, Mapping[Language, str]]

    def text(self, lang: Language) -> str:
        """The reason in a sentence."""
        words = {name: each[lang] for name, each in self.names.items()}
        numbers = {
            name: figures(value) if isinstance(value, float) else value
            for name, value in self.facts.items()
        }
        values = {"heat": power_text(self.heat), **numbers, **words}
        return say(f"heat.reason.{self.kind}", lang, **values)

    def as_dict(self) -> dict[str, Any]:
        """The reason for a program."""
        return {"reason": self.kind, "heat": self.heat, **self.facts}


def power_text(megawatts: float) -> str:
    """An amount of heat with its unit: kW where it is less than a MW."""
    small = abs(megawatts) < 1
    return f"{figures(megawatts * 1000)} kW" if small else f"{figures(megawatts)} MW"


def reasons(plan: Plan, book: Book, report: HeatReport) -> Iterator[Reason]:
    """Why the plan recovers less than the target, the largest step first to last."""
    steps, target = report.steps, report.target
    least = SPEAKS * max(target, 1e-9)
    recovered = report.balance["recovered"]
    if report.balance["to_power"] > least:
        yield Reason("power", report.balance["to_power"], {}, {})
    if recovered > target + least:
        yield Reason("beyond", recovered - target, {}, {})
        return
    yield from _time(book, report, least)
    lost = steps["one_cascade"] - steps["through_carriers"]
    if lost > least:
        some = "temperature" if len(report.carriers) else "no_carrier"
        yield Reason(some, lost, {}, {})
    lost = steps["through_carriers"] - steps["within_reach"]
    if lost > least:
        yield _distance(plan, report, lost)
    rest = steps["within_reach"] - recovered
    if rest <= least:
        yield Reason("reached", recovered, {}, {})
        return
    yield Reason("rest", rest, {}, {})
    found = [*_lines_not_used(plan, book, report), *_full_lines(plan, book), *_limits(plan)]
    yield from found or [Reason("money", rest, {}, {})]


def _left_and_lacking(book: Book, report: HeatReport) -> tuple[pd.Series, pd.Series]:
    """What each site's own heat is left over, and what means heat it with, at mean rates [MW]."""
    rows = report.reach.iloc[:-1]
    left = (rows["offered"] - rows["plan"]).groupby(rows["site"]).sum()
    weight = weights_of(book, report.year)
    done = heat_loads(book, report.year, asked=False).of_part("means").averaged(weight)
    heat = np.where(done.hot, done.rate[:, 0], -done.rate[:, 0])
    lacking = pd.Series(heat, index=done.index["site"].to_numpy(), dtype=float)
    return left, lacking.groupby(level=0).sum().reindex(left.index).fillna(0.0)


def _distance(plan: Plan, report: HeatReport, lost: float) -> Reason:
    """The nearest sites of which one has heat left and the other is heated, with no line."""
    data = plan.problem.data
    rows = report.reach.iloc[:-1]
    giving = rows.loc[rows["cooling"] > 0, "site"].drop_duplicates()
    taking = rows.loc[rows["heating"] > 0, "site"].drop_duplicates()
    tables = data.blocks.first
    carriers = set(report.carriers["carrier"])
    reach = tables.transports.loc[tables.transports["commodity"].isin(carriers), "max_km"]
    if not len(reach):
        return Reason("no_transport", lost, {}, {})
    pairs = giving.to_frame("from").merge(taking.to_frame("to"), how="cross")
    pairs = pairs[pairs["from"] != pairs["to"]]
    links = data.blocks.links
    carrying = links[links["commodity"].isin(carriers)]
    joined = pd.MultiIndex.from_frame(carrying[["from", "to"]])
    pairs = pairs[~pd.MultiIndex.from_frame(pairs[["from", "to"]]).isin(joined)]
    km = _straight_km(tables.sites, pairs)
    if not len(pairs) or np.isnan(km).all():
        return Reason("apart", lost, {}, {})
    nearest = pairs.iloc[int(np.nanargmin(km))]
    lexicon = Lexicon(data)
    start, end = str(nearest["from"]), str(nearest["to"])
    facts = {
        "from": start,
        "to": end,
        "km": float(np.nanmin(km)),
        "max_km": float(reach.max()),
    }
    names = {"start": lexicon.site(start), "end": lexicon.site(end)}
    return Reason("distance", lost, facts, names)


def _straight_km(sites: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    from circularpark.physics.places import places

    found = places(sites)
    return found.straight_km(found.numbers(pairs["from"]), found.numbers(pairs["to"]))


def _lines_not_used(plan: Plan, book: Book, report: HeatReport) -> Iterator[Reason]:
    """Lines from heat that is left over to where means heat, and what each lacks to be worth it."""
    left, lacking = _left_and_lacking(book, report)
    frame = plan.reduced_cost
    if not len(frame):
        return
    links = plan.problem.data.blocks.links.set_index("id")
    ways = links.reindex(frame["link"])
    from_site, to_site = (
        ways[name].map(side).fillna(0.0).to_numpy(dtype=float)
        for name, side in (("from", left), ("to", lacking))
    )
    could = np.minimum(from_site, to_site)
    sizes = carrier_sizes(book)
    carried = ways["commodity"].isin(sizes).to_numpy()
    frame = frame.assign(could=could, commodity=ways["commodity"].to_numpy())
    chosen = frame[carried & (could > SPEAKS * report.target)]
    lexicon = Lexicon(plan.problem.data)
    for row in chosen.sort_values("per_unit").head(MOST_LINES).to_dict("records"):
        per_mwh = float(row["per_unit"]) / sizes[row["commodity"]]
        link = str(row["link"])
        facts = {
            "link": link,
            "lacks": per_mwh,
            "unit": str(row["unit"]),
            "km": float(row["km"]),
            "switch_km": float(row["switch_km"]) if np.isfinite(row["switch_km"]) else None,
        }
        names = {"line": lexicon.item("links", link)}
        if per_mwh <= 1e-6:
            yield Reason("line_even", float(row["could"]), facts, names)
        elif facts["switch_km"] is None:
            yield Reason("line_never", float(row["could"]), facts, names)
        else:
            yield Reason("line_lacks", float(row["could"]), facts, names)


def _full_lines(plan: Plan, book: Book) -> Iterator[Reason]:
    """Lines of carriers that carry all they may."""
    sizes = carrier_sizes(book)
    quantity = plan.flows["link_flow"]
    links = plan.problem.data.blocks.links.set_index("id").reindex(quantity.index["link"])
    most = quantity.values.max(axis=1, initial=0.0)
    limit = links["capacity_max"].to_numpy(dtype=float)
    full = np.isfinite(limit) & (limit > 0) & (most >= FULL * limit)
    lexicon = Lexicon(plan.problem.data)
    for place in np.flatnonzero(full & links["commodity"].isin(sizes).to_numpy()):
        name = str(links.index[int(place)])
        heat = float(most[place] * sizes[links["commodity"].iloc[place]])
        yield Reason("line_full", heat, {"link": name}, {"line": lexicon.item("links", name)})


def _limits(plan: Plan) -> Iterator[Reason]:
    """Limits that bind: a unit more of them would change the plan."""
    duals = plan.duals
    own = duals[(duals["family"] == "limits") & (duals["dual"].abs() > 1e-9)]
    lexicon = Lexicon(plan.problem.data)
    labels = plan.park.tables.limits["id"].astype(str)
    named = [name for name in labels if own["row"].str.startswith(f"limits[{name},").any()]
    for name in named:
        yield Reason("limit", 0.0, {"limit": name}, {"label": lexicon.item("limits", name)})


def _time(book: Book, report: HeatReport, least: float) -> Iterator[Reason]:
    """What heat and wants at different times cost: the target at mean rates against the true."""
    needs = heat_loads(book, report.year).of_part(*NEEDS)
    weight = weights_of(book, report.year)
    mean = problem_table(needs.averaged(weight))
    gained = float(mean.recoverable[0]) - report.steps["one_cascade"]
    if gained > least:
        yield Reason("time", gained, {}, {})
