"""Operations that use water or a solvent: where they stand, and what they load it with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from circularpark.park.keys import Keys, Names, coded
from circularpark.program.arrays import Flags, named
from circularpark.program.data import Blocks
from circularpark.program.declared import sizes
from circularpark.program.quality_data import Operations
from circularpark.program.time import Floats, Integers

NodeOf = Callable[[Names, Names], Integers]


@dataclass(frozen=True)
class Operated:
    """The rows of ``operations.csv``, one an (operation, property).

    names : (O,) the operations; of : (L,) the operation of each row
    unit : of quality; size : (L,) what it is worth in its base
    most_in, most : (L, 1 or B) of inlet and outlet, nan where there is no limit
    load : (L, 1 or T) in the row's unit times the commodity's
    exact : (L,) whether the outlet is at its most: it is where there is one property
    """

    key: Keys
    names: Names
    of: Integers
    unit: list[str]
    size: Floats
    most_in: Floats
    most: Floats
    load: Annotated[Floats, "unit/h"]
    exact: Flags

    def rows(self) -> list[list[int]]:
        """The rows of each operation."""
        found: list[list[int]] = [[] for _ in self.names]
        for row, operation in enumerate(self.of.tolist()):
            found[operation].append(row)
        return found


def operated(blocks: Blocks) -> Operated:
    """The operations of a park."""
    ids, name, per = (blocks.texts("operations", c) for c in ("id", "property", "_per"))
    known, of = coded(ids.tolist())
    unit = blocks.texts("operations", "quality_unit").tolist()
    size = sizes(unit)
    load = blocks.time.rates(
        blocks.number("operations", "load"),
        np.asarray(per == "a", dtype=bool),
        [""] * len(ids),
        np.ones(len(ids)),
    )
    single = np.bincount(of, minlength=len(known))[of] == 1
    return Operated(
        key=Keys({"operation": ids, "property": name}),
        names=named([str(name) for name in known]),
        of=of,
        unit=unit,
        size=size,
        most_in=blocks.number("operations", "max_in"),
        most=blocks.number("operations", "max_out"),
        load=load / size[:, None] if len(ids) else load,
        exact=np.asarray(single, dtype=bool),
    )


def operations(blocks: Blocks, found: Operated, node_of: NodeOf) -> Operations:
    """The operations as things with a throughput."""
    first = np.array([rows[0] for rows in found.rows()], dtype=np.int64)
    site, good = (blocks.texts("operations", c)[first] for c in ("site", "commodity"))
    needed = np.zeros(len(found.names))
    np.maximum.at(needed, found.of, _needed(found))
    return Operations(
        key=Keys({"operation": found.names}), node=node_of(site, good), typical=needed[:, None]
    )


def _needed(found: Operated) -> Floats:
    """The throughput that each row's load asks for with the dirtiest inlet that it accepts."""
    load = np.abs(found.load).max(axis=1, initial=0.0)
    room = (found.most - np.nan_to_num(found.most_in)).min(axis=1, initial=np.inf)
    whole = np.nan_to_num(found.most).min(axis=1, initial=np.inf)
    room = np.where(room > 0, room, np.where(whole > 0, whole, 1.0))
    return np.asarray(load / np.where(np.isfinite(room), room, 1.0), dtype=float)
