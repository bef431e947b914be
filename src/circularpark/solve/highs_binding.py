"""HiGHS by highspy's own binding, for machines whose wheel carries no library beside it.

It answers as ``highs_library`` does: arrays, where highspy gives lists of Python objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import highspy
import numpy as np
from highspy import (
    HighsModelStatus,
    HighsStatus,
    HighsVarType,
    MatrixFormat,
    ObjSense,
    kSolutionStatusFeasible,
)

from circularpark.solve.highs_library import HighsBasis, Indices, Solution

__all__ = [
    "Highs",
    "HighsBasis",
    "HighsModelStatus",
    "HighsStatus",
    "HighsVarType",
    "MatrixFormat",
    "ObjSense",
    "Solution",
    "kSolutionStatusFeasible",
]


# Its methods answer otherwise than those of the class, which the types of highspy forbid.
_Own: Any = highspy.Highs


class Highs(_Own):  # type: ignore[misc]
    """One model inside HiGHS."""

    def passModel(self, *arguments: Any) -> Any:
        """Take a model, as ``highs_library`` does: whole numbers may be left out."""
        *known, integrality = arguments
        if integrality is None:
            integrality = np.zeros(known[0], dtype=np.int32)
        return super().passModel(*known, np.asarray(integrality, dtype=np.int32))

    def getSolution(self) -> Solution:
        """Columns and duals of the rows as the last run left them."""
        found = super().getSolution()
        return Solution(
            np.asarray(found.col_value, dtype=float), np.asarray(found.row_dual, dtype=float)
        )

    def getBasis(self) -> HighsBasis:
        """The statuses of columns and rows; empty where HiGHS has none."""
        found = super().getBasis()
        return HighsBasis(*(_numbers(part) for part in (found.col_status, found.row_status)))

    def setBasis(self, basis: HighsBasis) -> Any:
        """Begin from a basis; HiGHS mends the number of basic ones."""
        kinds = np.array([highspy.HighsBasisStatus(kind) for kind in range(5)], dtype=object)
        own = highspy.HighsBasis()
        own.col_status = kinds[basis.col_status].tolist()
        own.row_status = kinds[basis.row_status].tolist()
        own.valid, own.alien = True, True
        return super().setBasis(own)


def _numbers(statuses: Iterable[Any]) -> Indices:
    return np.array([int(status) for status in statuses], dtype=np.int32)
