"""Costs of columns, sized for the solver until somebody asks for them in the program's units.

One array serves both, for to touch fresh memory takes longer than to multiply. Sizes are powers
of two: no digit is lost on the way there or back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import numpy as np

from circularpark.program.near_one import by_entity, size_costs
from circularpark.program.time import Floats
from circularpark.program.variables import Variables


class SizedCosts:
    """Costs (n,) that nobody has seen yet; once seen, they never change again.

    variables : whose scales are the sizes
    """

    def __init__(self, costs: Floats, variables: Variables) -> None:
        self.variables = variables
        self._costs = costs
        self._size: float | None = None
        self._seen = False
        self._lock = RLock()

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process they are an array."""
        return np.asarray, (self.in_units(),)

    def in_units(self) -> Floats:
        """The costs of the columns' own units, (n,)."""
        with self._lock:
            if self._size is not None:
                for own, scale in by_entity(self._costs, self.variables):
                    if own.any():
                        own *= self._size / scale
                self._size = None
            self._seen = True
            return self._costs

    @contextmanager
    def near_one(self) -> Iterator[tuple[Floats, float] | None]:
        """What columns of sizes near one cost, (n,), and by how much larger the real costs are.

        To be read before the context ends; None where the costs have been seen.
        """
        with self._lock:
            if not self._seen:
                yield self._costs, self._sized()
                return
        yield None

    def _sized(self) -> float:
        size = self._size
        if size is None:
            size = size_costs(self._costs, self.variables, self._costs)
            self._size = size if np.isfinite(size) else None
        return size


class InUnits:
    """The costs of an objective as an attribute: always an array in the program's units."""

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        held = instance.__dict__["costs"]
        return held.in_units() if isinstance(held, SizedCosts) else held

    def __set__(self, instance: Any, costs: Floats | SizedCosts) -> None:
        instance.__dict__["costs"] = costs
