"""The park's boundary: what is bought, sold, vented and disposed of."""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, gathered, no_rows, rows
from circularpark.program.variables import Variables


def market_most(data: Data, var: Variables) -> Rows:
    r"""A market open to every site gives or takes no more than its maximum from all together.

    .. math:: \sum_{s} e_{mst} \le E^{max}_{mt} \qquad \forall m \text{ shared},\ t \in T

    e : var.exchange      [unit/h]  exchange of market m with site s
    E : data.market.most  [unit/h]  largest exchange

    Dual: what one more unit per hour of the market would save.
    """
    return _shared(data, var, "market_most")


def market_least(data: Data, var: Variables) -> Rows:
    r"""A market open to every site gives or takes at least its minimum from all together.

    .. math:: \sum_{s} e_{mst} \ge E^{min}_{mt} \qquad \forall m \text{ shared},\ t \in T

    e : var.exchange       [unit/h]  exchange of market m with site s
    E : data.market.least  [unit/h]  least exchange

    Dual: what the contract's minimum costs.
    """
    return _shared(data, var, "market_least")


def _shared(data: Data, var: Variables, family: str) -> Rows:
    market = data.market
    side = market.most if family == "market_most" else market.least
    binds = np.isfinite(side).any(axis=1) if family == "market_most" else (side > 0).any(axis=1)
    chosen = np.flatnonzero(market.shared & binds)
    if not len(chosen):
        return no_rows(family)
    row = np.full(len(market.key), -1, dtype=np.int64)
    row[chosen] = np.arange(len(chosen))
    sites = np.flatnonzero(row[market.exchange_market] >= 0)
    return rows(
        family,
        market.key.only("market").take(chosen),
        data.time.period,
        [across(var.exchange, row[market.exchange_market[sites]], sites)],
        at_most=side[chosen] if family == "market_most" else None,
        at_least=side[chosen] if family == "market_least" else None,
    )


def market_year(data: Data, var: Variables) -> Rows:
    r"""A market's yearly amount stays within its contract, in each scenario.

    .. math:: \sum_{s,\, t \in y} w_t h_t e_{mst} \le Q_{my} \qquad \forall m,\ y \in Y

    e : var.exchange               [unit/h]  exchange of market m with site s
    Q : data.market.most_per_year  [unit]    largest amount of a year
    w : data.time.weight           [1]       how often the period occurs in its year
    h : data.time.hours            [h]       its length

    Dual: what one more unit a year would save.
    """
    market, time = data.market, data.time
    chosen = np.flatnonzero(np.isfinite(market.most_per_year).any(axis=1))
    if not len(chosen):
        return no_rows("market_year")
    row = np.full(len(market.key), -1, dtype=np.int64)
    row[chosen] = np.arange(len(chosen))
    sites = np.flatnonzero(row[market.exchange_market] >= 0)
    return rows(
        "market_year",
        market.key.only("market").take(chosen),
        block_labels(data),
        [
            gathered(
                var.exchange,
                row[market.exchange_market[sites]],
                sites,
                time.span,
                into=time.block,
                steps=len(time.blocks),
            )
        ],
        at_most=market.most_per_year[chosen],
    )


def block_labels(data: Data) -> np.ndarray:
    """Names of the (year, scenario) blocks: the year alone where there is one scenario."""
    named = [f"{y}@{s}" if s else str(y) for y, s in data.time.blocks]
    return np.array(named, dtype=object)


def monthly_peak(data: Data, var: Variables) -> Rows:
    r"""The charged peak is the month's largest draw.

    .. math:: e_{mst} \le P_{ms,\mu(t)} \qquad \forall m \text{ with a peak price},\ s,\ t \in T

    e : var.exchange  [unit/h]  draw at site s
    P : var.peak      [unit/h]  the month's largest draw

    Dual: the part of the peak price that falls on the period.
    """
    paying = data.market.peak
    each = np.arange(len(paying))
    return rows(
        "monthly_peak",
        data.market.exchange.take(paying),
        data.time.period,
        [
            across(var.exchange, each, paying),
            across(var.peak, each, each, -1.0, at=data.time.month_index),
        ],
        at_most=0.0,
    )
