"""Who brings a commodity and who takes it, period by period, over the whole park."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from circularpark.account.book import Book
from circularpark.account.check_balance import Legs, all_legs
from circularpark.program.time import Floats

# Links move a commodity within the park: they neither make nor use it.
_MOVES = ("link_flow", "link_flow_back")


@dataclass(frozen=True)
class Supply:
    """Who brings (positive) and takes (negative) a commodity: ``items`` (n,), ``rate`` (n, K)."""

    items: list[str]
    rate: Floats


def supply_of(book: Book, commodity: str) -> Supply:
    """Every item that brings or takes a commodity, [unit/h] in each period.

    Storage and what surpluses are thrown away count; links between sites do not.
    """
    sums: dict[str, Floats] = {}
    for leg in all_legs(book):
        if leg.quantity in _MOVES:
            continue
        chosen = np.flatnonzero(leg.commodity == commodity)
        if len(chosen):
            _add(book, leg, chosen, sums)
    names = list(sums)
    periods = len(book.time.period)
    rate = np.vstack([sums[name] for name in names]) if names else np.zeros((0, periods))
    return Supply(names, rate)


def _add(book: Book, leg: Legs, chosen: np.ndarray, sums: dict[str, Floats]) -> None:
    quantity = book.quantity(leg.quantity)
    first = str(quantity.index.columns[0])
    items = quantity.index[first].to_numpy(dtype=object)[leg.row[chosen]]
    coefficient = leg.coefficient[chosen][:, book.time.block]
    values = quantity.values[leg.row[chosen]] * coefficient
    for name in dict.fromkeys(leg.profile[chosen]):
        if name:
            own = leg.profile[chosen] == name
            values[own] *= book.time.profile(str(name))
    frame = pd.DataFrame(values).groupby(items, sort=False).sum()
    for item, row in zip(frame.index, frame.to_numpy(), strict=True):
        key = str(item)
        sums[key] = sums[key] + row if key in sums else row
