"""A lever: one number of the park's tables, and what its change does to the program.

Whether a lever can help at all follows from any optimal duals of the elastic program: by
convexity one whose reduced cost is not negative leaves as much short as there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.scale import power_of_two
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnosis.elastic import Gave


@dataclass(frozen=True, eq=False)
class Lever:
    """One number: ``column`` of the row ``item`` of ``table``, raised (sign +1) or lowered (-1).

    base : its value now; steady : whether it is the same in all years
    size : a typical change; ratio : whether its effect depends on the plan (a limit's ratio)
    row, row_value : (n,) what one unit of change adds to rows of the program
    bound, bound_value : (k,) columns whose bound one unit widens; upper : which bound
    stands : positions of the items whose standing capacity it is
    """

    kind: str
    table: str
    item: str
    column: str
    sign: int
    base: float
    steady: bool
    size: float
    row: Integers
    row_value: Floats
    bound: Integers
    bound_value: Floats
    upper: bool = True
    ratio: bool = False
    stands: Integers | None = None

    def gain(self, gave: Gave) -> float:
        """How much less has to give for one unit of change, at most."""
        in_rows = float(gave.duals[self.row] @ self.row_value)
        reduced = gave.reduced[self.bound]
        widened = np.maximum(-reduced if self.upper else reduced, 0.0)
        return max(in_rows, 0.0) + float(widened @ self.bound_value)


_NONE = np.zeros(0, dtype=np.int64)


Effects = list[tuple[Integers, Floats]]


def make_lever(
    problem: Problem,
    row_size: Floats,
    names: tuple[str, str, str, str],
    sign: int,
    base: Floats,
    rows: Effects,
    bounds: Effects,
    *,
    upper: bool = True,
) -> Lever | None:
    """A lever of those effects that are effects; None where nothing is left."""
    row = np.concatenate([_NONE, *(r.ravel() for r, _ in rows)])
    row_value = np.concatenate([np.zeros(0), *(v.ravel() for _, v in rows)])
    bound = np.concatenate([_NONE, *(b.ravel() for b, _ in bounds)])
    value = np.concatenate([np.zeros(0), *(v.ravel() for _, v in bounds)])
    own = problem.upper if upper else problem.lower
    kept = (value != 0) & np.isfinite(own[bound]) & (upper | (own[bound] > 0))
    bound, value = bound[kept], value[kept]
    kept = row_value != 0
    row, row_value = row[kept], row_value[kept]
    if not len(bound) and not len(row):
        return None
    sizes = np.concatenate([problem.scale[bound] / value, row_size[row] / np.abs(row_value)])
    finite = base[np.isfinite(base)]
    number = float(finite.max(initial=0.0))
    size = float(power_of_two(np.array([max(sizes.max(), abs(number))]))[0])
    kind, table, item, column = names
    steady = bool(len(finite) and np.all(finite == finite[0]))
    return Lever(
        kind, table, item, column, sign, number, steady, size, row, row_value, bound, value, upper
    )
