"""What profiles drive: how much each counts among the others, and which days are extreme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from circularpark.program.time import Floats, Integers, TimeTable

if TYPE_CHECKING:
    from circularpark.park.model import Park, Tables

# What shapes little of its commodity still counts a little, so that no profile goes unseen.
LEAST = 0.1
# A day like one in twenty others is no extreme: the clusters find it by themselves.
RARE = 0.05
CLOSE = 1e-9


@dataclass(frozen=True)
class Driven:
    """The profiles that the park uses.

    weight : profile -> how much it counts, up to 1
    demand : commodity -> profile -> amount per hour at a profile of 1; price, available : names
    """

    weight: dict[str, float]
    demand: dict[str, dict[str, float]]
    price: tuple[str, ...]
    available: tuple[str, ...]


def driven_by(park: Park, full: TimeTable) -> Driven:
    """What the profiles of ``park`` drive, by its tables in the first year.

    A profile of streams or demands counts by the share of its commodity that it shapes; one
    of a price, an availability or a recipe counts whole.
    """
    tables = park.tables
    flows = _flows(tables, full)
    total = flows.groupby("commodity")["amount"].transform("sum")
    shaped = flows.assign(share=flows["amount"] / total.where(total > 0, 1.0))
    share = shaped[shaped["profile"] != ""].groupby(["profile", "commodity"])["share"].sum()
    # A profile that shapes several commodities counts as in the one that it shapes most.
    largest = share.groupby(level="profile").max().clip(lower=LEAST)
    weight = {str(name): float(value) for name, value in largest.items()}
    price = _named(tables.markets[tables.markets["direction"] == "buy"])
    available = _named(tables.processes[tables.processes["status"] != "forbidden"])
    whole = {*price, *available, *_named(tables.markets), *_used_recipes(tables)}
    weight |= dict.fromkeys(whole, 1.0)
    wanted = flows[flows["wanted"] & (flows["profile"] != "")]
    demand = {
        str(good): {str(n): float(r) for n, r in own.groupby("profile")["rate"].sum().items()}
        for good, own in wanted.groupby("commodity")
    }
    return Driven(weight, demand, price, available)


def _named(frame: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(set(frame["profile"]) - {""}))


def _used_recipes(tables: Tables) -> tuple[str, ...]:
    used = tables.recipes["technology"].isin(set(tables.processes["technology"]))
    return _named(tables.recipes[used])


def _flows(tables: Tables, full: TimeTable) -> pd.DataFrame:
    """Streams and demands: commodity, profile, a year's amount, rate at a profile of 1."""
    parts = []
    for wanted, frame in ((False, tables.streams), (True, tables.demands)):
        shapes = full.matrix([str(p) for p in frame["profile"]])
        # The blocks of one park share their profiles; the first one gives the sizes.
        sums = full.year_total(shapes)[:, 0] if len(frame) else np.zeros(0)
        amount = frame["amount"].to_numpy(dtype=float)
        yearly = (frame["per"] == "a").to_numpy()
        safe = np.where(sums > 0, sums, 1.0)
        rate = np.where(yearly, amount / safe, amount)
        rate = np.where(np.isnan(amount), frame["unit_factor"].to_numpy(dtype=float), rate)
        parts.append(
            pd.DataFrame(
                {
                    "commodity": frame["commodity"],
                    "profile": frame["profile"],
                    "rate": rate,
                    "amount": rate * sums,
                    "wanted": wanted,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def extreme_days(shapes: Floats, names: list[str], driven: Driven, *, most: int) -> dict[int, str]:
    """Days that must not be averaged away: day -> why, at most ``most`` of them.

    In this order: the largest demand of a whole day, the least of what sun and wind give, the
    dearest day, and the highest hour of each commodity's demand.

    shapes : (N days, S steps, P profiles), named
    """
    place = {name: i for i, name in enumerate(names)}
    low, high = shapes.min(axis=(0, 1)), shapes.max(axis=(0, 1))
    scaled = (shapes - low) / np.where(high > low, high - low, 1.0)

    def daily(weights: dict[str, float]) -> Floats:
        parts = [w * scaled[..., place[n]].sum(axis=1) for n, w in weights.items() if n in place]
        return np.sum(parts, axis=0) if parts else np.zeros(len(shapes))

    wants = {n: driven.weight.get(n, LEAST) for own in driven.demand.values() for n in own}
    scores = [
        ("demand", daily(wants)),
        ("available", -daily(dict.fromkeys(driven.available, 1.0))),
        ("price", daily(dict.fromkeys(driven.price, 1.0))),
    ]
    for good, rates in driven.demand.items():
        parts = [rate * shapes[..., place[n]] for n, rate in rates.items() if n in place]
        if parts:
            scores.append((f"peak:{good}", np.sum(parts, axis=0).max(axis=1)))
    found: dict[int, str] = {}
    for why, score in scores:
        day = _rare_top(score)
        if day is not None and len(found) < most:
            found.setdefault(day, why)
    return found


def _rare_top(score: Floats) -> int | None:
    """The day with the highest score; None where too many days come as high."""
    top = float(score.max(initial=-np.inf))
    size = float(np.abs(score).max(initial=0.0))
    equal: Integers = np.flatnonzero(score >= top - CLOSE * size)
    return int(equal[0]) if len(equal) <= max(1.0, RARE * len(score)) else None
