"""Outputs by a property: they are outputs, outside groups, and some input has the property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import found, number, rows_of, text

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

# Sums of rates that should be one are one but for rounding.
CLOSE: Final = 1e-9


def outputs_by_property_can_follow(draft: Draft) -> Iterator[Finding]:
    """A row with a property is an output outside groups, of no more than its inputs bring."""
    frame = rows_of(draft, "recipes")
    name = text(frame, "property")
    if not (name != "").any():
        return
    own = name != ""
    wrong = own & ((number(frame, "rate") <= 0) | (text(frame, "group") != ""))
    yield from found(frame, wrong, "checks.property_of_output", "property")
    used = text(frame, "technology").isin(set(text(rows_of(draft, "processes"), "technology")))
    quality = rows_of(draft, "quality")
    known = _known(draft, quality)
    inputs = frame[number(frame, "rate") < 0]
    takes = inputs.groupby(text(inputs, "technology"))["commodity"].agg(set).to_dict()
    nothing = pd.Series(
        [
            not any((good, what) in known for good in takes.get(technology, ()))
            for technology, what in zip(text(frame, "technology"), name, strict=True)
        ],
        index=frame.index,
        dtype=bool,
    )
    yield from found(frame, own & ~wrong & used & nothing, "checks.nothing_brings", "property")
    numbers = set(text(quality, "property")[text(quality, "unit") == "1"])
    real = own & ~name.isin(numbers)
    total = number(frame, "rate").where(real, 0.0).groupby([text(frame, "technology"), name])
    over = real & (total.transform("sum") > 1 + CLOSE)
    yield from found(frame, over, "checks.more_than_brought", "rate", total=total.transform("sum"))


def _known(draft: Draft, quality: pd.DataFrame) -> set[tuple[str, str]]:
    """Commodity and property of every value that some source of the park has."""
    of: dict[str, str] = {}
    for table in ("streams", "markets"):
        rows = rows_of(draft, table)
        of |= dict(zip(text(rows, "id"), text(rows, "commodity"), strict=True))
    told = quality[number(quality, "value").notna() | number(quality, "removal").notna()]
    goods = text(told, "item").map(of)
    made = text(told, "commodity")
    whole = goods.where(goods.notna(), made)
    loads = rows_of(draft, "operations")
    pairs = zip(whole, text(told, "property"), strict=True)
    more = zip(text(loads, "commodity"), text(loads, "property"), strict=True)
    return set(pairs) | set(more)
