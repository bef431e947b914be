"""What the arrays of a program are: their units, and the names of their entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from circularpark.park.keys import Keys, Names
from circularpark.program.time import Floats

Flags = NDArray[np.bool_]
Rate = Annotated[Floats, "unit/h"]
Amount = Annotated[Floats, "unit"]
PerUnit = Annotated[Floats, "1"]
Price = Annotated[Floats, "money/unit"]
Hours = Annotated[Floats, "h"]
Capex = Annotated[Floats, "money/(unit/h)"]


def spread(values: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Numbers broadcast to ``shape``, each but once in memory and not to be written to."""
    given = np.asarray(values, dtype=float)
    if given.ndim:
        return np.broadcast_to(given, shape)
    # One number for all is what bounds mostly are; numpy's own way takes four times as long.
    single = np.array(given)
    single.flags.writeable = False
    return np.ndarray(shape, float, single, strides=(0,) * len(shape))


@dataclass(frozen=True)
class Keyed:
    """A group of arrays over the same entities; ``index`` are their names as a DataFrame."""

    key: Keys

    @property
    def index(self) -> pd.DataFrame:
        """The entities' names."""
        return self.key.frame


def named(names: Sequence[str]) -> Names:
    """Names as an array."""
    found = np.empty(len(names), dtype=object)
    found[:] = names
    return found
