"""Typical sizes of flows, so that the solver works on numbers near one.

Solver tolerances are absolute; a park in kWh and one in GWh must give the same plan.
Sizes are powers of two, so that scaling changes no digit.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from circularpark.program.time import Floats, Integers


def power_of_two(size: Floats) -> Floats:
    """The power of two next to each positive size; 1 where it is zero or not finite."""
    usable = np.isfinite(size) & (size > 0)
    part, exponent = np.frexp(np.where(usable, size, 1.0))
    # A size is part x 2^exponent with the part from 1/2 to 1: below sqrt(1/2) the lower is next.
    return np.asarray(np.ldexp(1.0, exponent - (part < np.sqrt(0.5))), dtype=float)


def power(size: float) -> float:
    """The power of two next to a positive size; 1 where it is zero, itself where not finite."""
    return float(power_of_two(np.array([size]))[0]) if np.isfinite(size) else size


def node_scale(
    nodes: int, commodity: Integers, things: Iterable[tuple[Integers, Floats]]
) -> Floats:
    """Typical flow at each (site, commodity): its largest offer or want, else the commodity's.

    things : node and rates (E, K) of what offers, wants or uses
    """
    known = np.zeros(nodes)
    for node, rate in things:
        if len(node):
            np.maximum.at(known, node, rate.max(axis=1))
    largest = np.zeros(int(commodity.max()) + 1 if nodes else 1)
    np.maximum.at(largest, commodity, known)
    filled = np.where(known > 0, known, largest[commodity] if nodes else known)
    return power_of_two(np.where(filled > 0, filled, 1.0))
