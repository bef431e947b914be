"""What a plan does, as arrays keyed like the park's tables: the flows that everyone judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.park.keys import Keys

# A user's own columns have no axis: all their keys stand in the index.
Axis = Literal["period", "year", "month", ""]


@dataclass(frozen=True)
class Quantity:
    """One variable of the plan: a row an entity, a column a step of its axis.

    key : (E rows) the entities' names, ``index`` the same as a DataFrame, ``keys`` its columns
    axis, labels : what the columns are, (K,) labels
    values : (E, K) in the commodity's unit per hour (axis period), or units of capacity (year)
    """

    key: Keys
    axis: Axis
    labels: NDArray[np.object_]
    values: NDArray[np.float64]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the entity's keys, e.g. ("market", "site")."""
        return tuple(self.key.columns)

    @property
    def index(self) -> pd.DataFrame:
        """The entities, columns = keys."""
        return self.key.frame

    def frame(self) -> pd.DataFrame:
        """The quantity as a long table: the keys, the axis, value."""
        entities, steps = self.values.shape
        long = {name: np.repeat(self.key[name], steps) for name in self.keys}
        if self.axis:
            long[self.axis] = np.tile(self.labels, entities)
        return pd.DataFrame({**long, "value": self.values.ravel()})


Flows = Mapping[str, Quantity]
