"""How a law is tried: solved parks, their optimum, and what two of them must have in common."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, settings

import circularpark
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, Optimum, optimise
from tests.laws.parks import RandomPark

# Every law meets the same parks, so that a park's own optimum is found once for all laws.
SEED = 20250101
SHORT = settings(
    max_examples=12,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, max_examples=300)


@dataclass(frozen=True)
class Solved:
    """A park's program and its optimum."""

    problem: Problem
    optimum: Optimum

    @property
    def value(self) -> float:
        """The optimum of the first stage, with its fixed part."""
        first = self.problem.objectives[0]
        return self.optimum.points[0].value + first.offset

    @property
    def size(self) -> float:
        """What the optimum sums up, sign aside: what an error is relative to."""
        first = self.problem.objectives[0]
        x = self.optimum.points[0].x
        typical = 1e-6 * float(np.abs(first.costs) @ self.problem.scale)
        return float(np.abs(first.costs * x).sum()) + abs(first.offset) + typical

    @property
    def x(self) -> Floats:
        """The first stage's point."""
        return self.optimum.points[0].x


def read(park: RandomPark) -> circularpark.Park:
    """The park, written to a folder and read through the public API."""
    with tempfile.TemporaryDirectory() as folder:
        return circularpark.read_park(park.write(Path(folder)))


def solved(park: RandomPark) -> Solved:
    """The optimum of a park's program, each of its stages proven."""
    problem = circularpark.build(read(park))
    found = Solved(problem, optimise(problem, read_profile(None), Clock()))
    assert all(proof.ok for proof in found.optimum.proofs)
    return found


_KNOWN: dict[str, Solved] = {}


def known(park: RandomPark) -> Solved:
    """The optimum of a park that other laws met too."""
    key = repr(park)
    if key not in _KNOWN:
        _KNOWN[key] = solved(park)
    return _KNOWN[key]


def same(one: Solved, other: Solved, factor: float = 1.0) -> bool:
    """Whether the optima agree to 1e-7 of what they sum up (one x factor = other)."""
    return abs(one.value * factor - other.value) <= 1e-7 * max(one.size * factor, other.size)


def no_worse(one: Solved, other: Solved) -> bool:
    """Whether the first is not worse than the second."""
    return one.value <= other.value + 1e-7 * max(one.size, other.size)
