"""Tables as arrays by column, and the DataFrames made of them: reading works on the former."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

# The stubs of pandas do not know this module of its own.
from pandas.api.internals import create_dataframe_from_blocks  # type: ignore[import-not-found]

# The columns of one table: float64 for numbers (NaN blank), object for text ("" blank).
Columns = dict[str, np.ndarray]


def frame_of(columns: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The columns as a DataFrame with a plain index, each of its own dtype."""
    return _made(columns)[0]


def _made(columns: Mapping[str, np.ndarray]) -> tuple[pd.DataFrame, Columns]:
    """A DataFrame, and its columns as parts of its own memory.

    Columns of a kind are put into one block: to make a Series of each would take far longer than
    to read it.
    """
    arrays = list(columns.values())
    names, places = _layout(tuple((name, array.dtype) for name, array in columns.items()))
    rows = len(arrays[0]) if arrays else 0
    if any(len(array) != rows for array in arrays):
        # A column of one cell would spread over all rows without a word.
        raise ValueError("the columns of a table are of one length")
    blocks = []
    for kind, own in places:
        block = np.empty((len(own), rows), dtype=kind)
        for row, place in zip(block, own.tolist(), strict=True):
            row[:] = arrays[place]
            row.flags.writeable = False
            arrays[place] = row
        blocks.append((block, own))
    # Each frame has an index of its own, so that naming one does not name the others.
    frame: pd.DataFrame = create_dataframe_from_blocks(blocks, pd.RangeIndex(rows), names.view())
    return frame, dict(zip(columns, arrays, strict=True))


@lru_cache(maxsize=1024)
def _layout(
    columns: tuple[tuple[str, np.dtype[np.generic]], ...],
) -> tuple[pd.Index, list[tuple[np.dtype[np.generic], np.ndarray]]]:
    """The names, and of each dtype the positions of its columns."""
    places: dict[np.dtype[np.generic], list[int]] = {}
    for place, (_, kind) in enumerate(columns):
        places.setdefault(kind, []).append(place)
    names = pd.Index([name for name, _ in columns])
    return names, [(kind, np.array(own, dtype=np.intp)) for kind, own in places.items()]


class Arrays:
    """The columns of DataFrames, remembered for the very frames that were made of them.

    To take the columns out of a frame one by one takes longer than to look at them.
    """

    def __init__(self) -> None:
        # The frame is kept beside its columns, so that no other one can take its identity; and
        # what it held then, for a column that is set later is held elsewhere.
        self._known: dict[int, tuple[pd.DataFrame, Columns, object]] = {}

    def __reduce__(self) -> tuple[type[Arrays], tuple[()]]:
        """In another process the frames are others: nothing is known of them."""
        return Arrays, ()

    def frame(self, columns: Columns) -> pd.DataFrame:
        """A DataFrame of these columns."""
        made, own = _made(columns)
        self._known[id(made)] = made, own, _held(made)
        return made

    def of(self, frame: pd.DataFrame) -> Columns:
        """The columns of a frame; nobody may change them."""
        known = self._of(frame)
        if known is not None:
            return known
        return {str(name): column.to_numpy() for name, column in frame.items()}

    def remember(self, frame: pd.DataFrame, columns: Columns) -> None:
        """Know a frame that was made elsewhere of these columns."""
        self._known.setdefault(id(frame), (frame, columns, _held(frame)))

    def column(self, frame: pd.DataFrame, name: str) -> np.ndarray | None:
        """One column of a frame; None where it has none of that name."""
        known = self._of(frame)
        if known is not None:
            return known.get(name)
        return frame[name].to_numpy() if name in frame else None

    def _of(self, frame: pd.DataFrame) -> Columns | None:
        """What is known of a frame; nothing where a column has been set since."""
        known = self._known.get(id(frame))
        return known[1] if known is not None and known[2] is _held(frame) else None

    def also(self, others: Arrays) -> None:
        """Remember what the others do."""
        self._known.update(others._known)


def _held(frame: pd.DataFrame) -> object:
    """What a frame holds now: another object after a column or a row has been set."""
    # pandas has no public word for it; a copy of the frame's memory would cost what is saved.
    return frame._mgr.blocks


def or_else(numbers: np.ndarray, other: np.ndarray | float) -> np.ndarray:
    """The numbers (n,) with ``other``, a number or a column, where they are blank."""
    return np.where(np.isnan(numbers), other, numbers)


def extremes(columns: Mapping[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    """The smallest and the largest number of each column of numbers; NaN where it is blank."""
    named = [(name, array) for name, array in columns.items() if array.dtype.kind in "fiu"]
    if not named or not len(named[0][1]):
        return {name: (np.nan, np.nan) for name, _ in named}
    block = np.array([array for _, array in named])
    least, most = np.fmin.reduce(block, axis=1), np.fmax.reduce(block, axis=1)
    pairs = zip(least.tolist(), most.tolist(), strict=True)
    return dict(zip((name for name, _ in named), pairs, strict=True))
