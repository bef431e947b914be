"""What a plan does, as arrays keyed like the park's tables: the flows that everyone judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# A user's own columns have no axis: all their keys stand in the index.
Axis = Literal["period", "year", "month", ""]


@dataclass(frozen=True)
class Quantity:
    """One variable of the plan: a row an entity, a column a step of its axis.

    keys : names of the entity's keys, e.g. ("market", "site")
    index : (E rows) the entities, columns = keys
    axis, labels : what the columns are, (K,) labels
    values : (E, K) in the commodity's unit per hour (axis period), or units of capacity (year)
    """

    keys: tuple[str, ...]
    index: pd.DataFrame
    axis: Axis
    labels: NDArray[np.object_]
    values: NDArray[np.float64]

    def frame(self) -> pd.DataFrame:
        """The quantity as a long table: the keys, the axis, value."""
        entities, steps = self.values.shape
        long = {key: np.repeat(self.index[key].to_numpy(), steps) for key in self.keys}
        if self.axis:
            long[self.axis] = np.tile(self.labels, entities)
        return pd.DataFrame({**long, "value": self.values.ravel()})


Flows = Mapping[str, Quantity]
