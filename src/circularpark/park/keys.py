"""Names of entities: the keys that a row of a table keeps up to the map.

A DataFrame costs a tenth of a millisecond to make or to cut, and a program has dozens of
these; so the names stand in plain arrays, and become a DataFrame where somebody reads them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Names = NDArray[np.object_]


class Keys:
    """Columns of names, a row for each entity."""

    def __init__(self, columns: Mapping[str, Names]) -> None:
        self.columns = dict(columns)

    @classmethod
    def of(cls, index: Keys | pd.DataFrame) -> Keys:
        """The keys of a DataFrame, whose own index does not matter; keys stay as they are."""
        if isinstance(index, Keys):
            return index
        found = cls({str(c): index[c].to_numpy() for c in index.columns})
        found.__dict__["frame"] = index.reset_index(drop=True)
        return found

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, column: str) -> Names:
        return self.columns[column]

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        return zip(*self.columns.values(), strict=True)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Keys:
        """The keys of some entities, by position or mask."""
        return Keys({name: values[rows] for name, values in self.columns.items()})

    def only(self, *columns: str) -> Keys:
        """Some of the columns."""
        return Keys({name: self.columns[name] for name in columns})

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The same as a DataFrame."""
        return pd.DataFrame(self.columns)


def coded(names: Iterable[Hashable]) -> tuple[dict[Hashable, int], NDArray[np.int64]]:
    """Each different name with its number, in the order of first sight, and the numbers."""
    known: dict[Hashable, int] = {}
    code = [known.setdefault(name, len(known)) for name in names]
    return known, np.array(code, dtype=np.int64)


def numbered(known: Mapping[Hashable, int], names: Names) -> NDArray[np.int64]:
    """The number of each name; -1 for one that is not known."""
    found = [known.get(name, -1) for name in names.tolist()]
    return np.array(found, dtype=np.int64)
