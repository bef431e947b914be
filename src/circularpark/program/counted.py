"""Which things limits count: how many of them stand, not what flows through them."""

from __future__ import annotations

import numpy as np

from circularpark.park.patterns import fitting
from circularpark.program.arrays import Flags
from circularpark.program.data import Blocks


def counted(blocks: Blocks, table: str, kept: Flags) -> Flags:
    """Which things of a table some limit counts, of those that are kept, (n,)."""
    limits = blocks.first.limits
    found = np.zeros(int(kept.sum()), dtype=bool)
    if not len(limits):
        return found
    own = limits["count"].to_numpy(dtype=bool)
    if not own.any():
        return found
    for _, row in limits[own & (limits["table"].to_numpy() == table)].iterrows():
        here = np.ones(len(found), dtype=bool)
        if row["item"]:
            here &= fitting(blocks.texts(table, "id", kept), row["item"])
        if row["commodity"]:
            here &= blocks.texts(table, commodity_of(table), kept) == row["commodity"]
        if row["site"]:
            ends = ("from", "to") if table == "links" else ("site",)
            here &= np.any([blocks.texts(table, e, kept) == row["site"] for e in ends], axis=0)
        found |= here
    return found


def commodity_of(table: str) -> str:
    """The column that says which commodity a thing of the table is counted by."""
    return "capacity_of" if table == "processes" else "commodity"
