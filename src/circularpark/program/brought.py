"""Outputs that follow from a property of the inputs: tonnes of fuel become energy.

Such an output is rate times what the inputs bring of the property. A heating value brings GJ by
the tonne, a share its part of the input; both are counted in the output's own unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circularpark.park.keys import Names
from circularpark.park.units import UnitError, factor, quality_unit
from circularpark.program.arrays import Flags
from circularpark.program.data import Blocks
from circularpark.program.declared import Declared
from circularpark.program.time import Floats, Integers


def counted(kind: str, unit: str, out: str) -> float:
    """What a property of 1 in its base brings with one ``unit`` of input, in units ``out``."""
    try:
        if kind == "heating":
            return factor(unit, "t").factor * factor("GJ", out).factor
        return factor(unit, out).factor
    except UnitError:
        return 1.0


def kind_of(declared: Declared, name: str) -> str:
    """What the unit of a property measures."""
    units = [u for u, p in zip(declared.unit, declared.property, strict=True) if p == name]
    return quality_unit(units[0])[0] if units else "number"


@dataclass(frozen=True)
class Brought:
    """Recipe rows of processes whose flow follows from a property: (L,) its name, else blank."""

    name: Names
    technology: Names

    def rows(self) -> Integers:
        """Positions of those rows."""
        return np.flatnonzero(self.name != "")


def brought(blocks: Blocks, at: Integers) -> Brought:
    """The property of each recipe row of the processes; ``at`` is its row in the table."""
    name, technology = (blocks.texts("recipes", c)[at] for c in ("property", "technology"))
    return Brought(name, technology)


def at_best(declared: Declared, found: Brought, goods: Names) -> Floats:
    """What a unit of activity brings at most per unit of rate, (L,): 1 for ordinary rows."""
    most = np.ones(len(goods))
    for row in found.rows().tolist():
        name, technology = str(found.name[row]), str(found.technology[row])
        own = np.array([p == name for p in declared.property], dtype=bool)
        value = np.nanmax(declared.value[own] * declared.size[own, None], initial=0.0)
        kind, out = kind_of(declared, name), declared.units[str(goods[row])]
        takes = declared.mixed(technology, name)
        counts = [counted(kind, declared.units[good], out) for good in takes]
        most[row] = max([value * count for count in counts], default=0.0) or 1.0
    return most


def own_flow(group: Names, found: Brought) -> Flags:
    """Which recipe rows have a flow of their own: members of groups, and those by a property."""
    return np.asarray((group != "") | (found.name != ""), dtype=bool)
