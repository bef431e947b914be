"""Columns of the program: a block of them for each variable of the contract, entity by entity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.park.keys import Keys
from circularpark.program.arrays import spread
from circularpark.program.time import Floats, Integers

# A user's own columns have no axis: all their keys stand in the index.
Axis = Literal["period", "year", "month", ""]


@dataclass(frozen=True)
class Variable:
    """One named block of columns, entity-major: column(e, k) = start + e * width + k.

    key : (E rows) the entities' names, ``index`` the same as a DataFrame; labels : (K,) of the axis
    lower, upper : (E, K); upper is inf where the park gives no bound
    scale : (E,) typical size of a column, a power of two
    whole : whether only whole numbers are allowed
    """

    name: str
    key: Keys
    axis: Axis
    labels: NDArray[np.object_]
    start: int
    lower: Floats
    upper: Floats
    scale: Floats
    whole: bool = False

    @property
    def index(self) -> pd.DataFrame:
        """The entities' keys, one column a key."""
        return self.key.frame

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the entity keys."""
        return tuple(self.key.columns)

    @property
    def entities(self) -> int:
        """How many entities have this variable."""
        return len(self.key)

    @property
    def width(self) -> int:
        """How many steps the axis has."""
        return len(self.labels)

    @property
    def size(self) -> int:
        """How many columns."""
        return self.entities * self.width

    @property
    def stop(self) -> int:
        """One past the last column."""
        return self.start + self.size

    def columns(self) -> Integers:
        """The columns as (E, K)."""
        return np.arange(self.start, self.stop, dtype=np.int64).reshape(self.entities, self.width)

    def names(self) -> Iterator[str]:
        """Names of the columns: ``link_flow[condensate-dryer, winter]``."""
        return labelled(self.name, self.key, self.labels)


def labelled(name: str, key: Keys, labels: NDArray[np.object_]) -> Iterator[str]:
    """Names of every entity and step of a block; a blank step is not named."""
    for keys in key:
        head = f"{name}[" + ", ".join(str(k) for k in keys)
        for label in labels:
            yield f"{head}, {label}]" if label != "" else f"{head}]"


@dataclass
class Variables:
    """All variables of a program by name; a name without entities is an empty block."""

    blocks: dict[str, Variable] = field(default_factory=dict)
    size: int = 0

    def add(
        self,
        name: str,
        index: Keys | pd.DataFrame,
        axis: Axis,
        labels: NDArray[np.object_],
        *,
        lower: Floats | float = 0.0,
        upper: Floats | float = np.inf,
        scale: Floats | float = 1.0,
        whole: bool = False,
    ) -> Variable:
        """Append a block of columns; bounds broadcast to (E, K)."""
        key = Keys.of(index)
        shape = (len(key), len(labels))
        block = Variable(
            name=name,
            key=key,
            axis=axis,
            labels=labels,
            start=self.size,
            lower=spread(lower, shape),
            upper=spread(upper, shape),
            scale=spread(scale, shape[:1]),
            whole=whole,
        )
        self.blocks[name] = block
        self.size = block.stop
        return block

    def __getattr__(self, name: str) -> Variable:
        try:
            found: Variable = self.__dict__["blocks"][name]
        except KeyError:
            known = ", ".join(self.__dict__.get("blocks", {}))
            raise AttributeError(f"no variable '{name}' here; there are: {known}") from None
        return found

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.blocks.values())
