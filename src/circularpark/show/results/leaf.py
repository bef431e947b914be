"""One sheet of the results workbook."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Leaf:
    """One sheet: its name and rows; which columns are summed or hidden; the units of columns."""

    name: str
    frame: pd.DataFrame
    summed: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()
