"""The names of rows and columns, compared and found again without writing them out.

A program of a year has millions of names; they are compared block by block, as keys of
entities and labels of steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.park.keys import Keys
from circularpark.program.time import Integers

# Stands between the parts of a key; no id may hold it.
BETWEEN = "\x1f"


@dataclass(frozen=True)
class Block:
    """Rows or columns of one kind, entity by entity, from ``start`` on."""

    key: Keys
    labels: NDArray[np.object_]
    start: int

    def same(self, other: Block) -> bool:
        """Whether both have the same names at the same places."""
        return (
            self.start == other.start
            and _alike(self.labels, other.labels)
            and self.key.columns.keys() == other.key.columns.keys()
            and all(_alike(v, other.key.columns[n]) for n, v in self.key.columns.items())
        )


@dataclass(frozen=True)
class Names:
    """The names of all rows, or of all columns, of a program."""

    blocks: dict[str, Block]
    size: int

    def same(self, other: Names) -> bool:
        """Whether both have the same names in the same order."""
        return (
            self.size == other.size
            and self.blocks.keys() == other.blocks.keys()
            and all(block.same(other.blocks[name]) for name, block in self.blocks.items())
        )

    def positions(self, other: Names) -> Integers:
        """Where each name stands among the ``other`` names, -1 where it does not, (size,)."""
        parts = [
            _positions(block, other.blocks.get(name)).ravel() for name, block in self.blocks.items()
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def names_of(blocks: Iterable[tuple[str, Keys, NDArray[np.object_]]]) -> Names:
    """The names of blocks of rows or columns that follow each other."""
    found: dict[str, Block] = {}
    start = 0
    for name, key, labels in blocks:
        found[name] = Block(key, labels, start)
        start += len(key) * len(labels)
    return Names(found, start)


def _alike(one: NDArray[np.object_], two: NDArray[np.object_]) -> bool:
    return one is two or np.array_equal(one, two)


def _positions(block: Block, other: Block | None) -> Integers:
    shape = (len(block.key), len(block.labels))
    if other is None or not all(shape):
        return np.full(shape, -1, dtype=np.int64)
    entity = pd.Index(_joined(other.key)).get_indexer(pd.Index(_joined(block.key)))
    step = pd.Index(other.labels).get_indexer(pd.Index(block.labels))
    place = other.start + entity[:, None] * len(other.labels) + step[None, :]
    return np.where((entity >= 0)[:, None] & (step >= 0)[None, :], place, -1).astype(np.int64)


def _joined(key: Keys) -> list[str]:
    return [BETWEEN.join(str(part) for part in name) for name in key]
