"""Outputs by a property: they are outputs, outside groups, and some input has the property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import among, blank, of_group
from circularpark.park.checks.cells import found, number, rows_of, text

if TYPE_CHECKING:
    import pandas as pd

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
    technology, rate = text(frame, "technology"), number(frame, "rate")
    used = among(technology, set(text(rows_of(draft, "processes"), "technology").tolist()))
    quality = rows_of(draft, "quality")
    known = _known(draft, quality)
    takes: dict[str, set[str]] = {}
    for row in np.flatnonzero(rate < 0).tolist():
        takes.setdefault(technology[row], set()).add(text(frame, "commodity")[row])
    nothing = [
        not any((good, what) in known for good in takes.get(one, ()))
        for one, what in zip(technology, name, strict=True)
    ]
    lost = own & ~wrong & used & np.array(nothing, dtype=bool)
    yield from found(frame, lost, "checks.nothing_brings", "property")
    numbers = set(text(quality, "property")[text(quality, "unit") == "1"].tolist())
    real = own & ~among(name, numbers)
    total = of_group(np.where(real, rate, 0.0), (technology, name), np.nansum)
    over = real & (total > 1 + CLOSE)
    yield from found(frame, over, "checks.more_than_brought", "rate", total=total)


def _known(draft: Draft, quality: pd.DataFrame) -> set[tuple[str, str]]:
    """Commodity and property of every value that some source of the park has."""
    of: dict[str, str] = {}
    for table in ("streams", "markets"):
        rows = rows_of(draft, table)
        of |= dict(zip(text(rows, "id"), text(rows, "commodity"), strict=True))
    told = ~blank(number(quality, "value")) | ~blank(number(quality, "removal"))
    columns = (text(quality, c)[told] for c in ("item", "commodity", "property"))
    pairs = {(of.get(item, made), what) for item, made, what in zip(*columns, strict=True)}
    loads = rows_of(draft, "operations")
    return pairs | set(zip(text(loads, "commodity"), text(loads, "property"), strict=True))
