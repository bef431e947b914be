"""How far a number is from its rule, relative to the numbers that the rule is about.

One yardstick for every rule: the violation over the gross amount of the row itself. A row
that carries next to nothing is measured against a small share of the largest row of its
kind, so that a solver's dust is not called an error, and a node nine orders of magnitude
below its neighbours is still judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.park.keys import Keys, coded
from circularpark.program.time import Floats, Integers

TOLERANCE = 1e-6
SHARE_OF_LARGEST = 1e-4


@dataclass(frozen=True)
class Family:
    """The errors of one kind of rule: index (E rows) names the rows, error is (E, K)."""

    name: str
    index: Keys | pd.DataFrame
    labels: NDArray[np.object_]
    error: Floats

    @property
    def worst(self) -> float:
        """The largest relative error."""
        return float(self.error.max(initial=0.0))

    def offenders(self, count: int, above: float) -> pd.DataFrame:
        """The worst rows: family, item, period, error; at least one, at most ``count``."""
        if not self.error.size:
            return pd.DataFrame({"family": [self.name], "item": "", "period": "", "error": 0.0})
        flat = self.error.ravel()
        largest = np.argpartition(flat, max(len(flat) - count, 0))[max(len(flat) - count, 0) :]
        largest = largest[np.argsort(-flat[largest], kind="stable")]
        shown = [i for i in largest if flat[i] > above] or [int(largest[0])]
        row, column = np.divmod(np.array(shown), self.error.shape[1])
        keys = Keys.of(self.index).take(row)
        return pd.DataFrame(
            {
                "family": self.name,
                "item": [", ".join(str(k) for k in key if k != "") for key in keys],
                "period": self.labels[column],
                "error": flat[shown],
            }
        )


def relative(violation: Floats, own: Floats, group: Integers | None = None) -> Floats:
    """Relative errors of rows (E, K).

    violation : (E, K) how far each row is from its rule, at most 0 where it holds
    own : (E, K) the gross amount of the row; group : (E,) rows of one kind
    """
    beyond = np.maximum(violation, 0.0)
    # What breaks its rule nowhere is not measured; what is no number does.
    if not beyond.any():
        return np.zeros(violation.shape)
    kind = np.zeros(len(violation), dtype=np.int64) if group is None else group
    peak = np.broadcast_to(own, violation.shape).max(axis=1)
    largest = np.zeros(int(kind.max()) + 1)
    np.maximum.at(largest, kind, peak)
    scale = largest[kind][:, None]
    room = own + SHARE_OF_LARGEST * scale
    return np.divide(beyond, room, out=np.where(beyond > 0, np.inf, 0.0), where=room > 0)


def codes(names: NDArray[np.object_]) -> Integers:
    """Names as numbers from 0, (E,)."""
    return coded(names.tolist())[1]
