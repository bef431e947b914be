"""Points of programs that were solved before, known again by the program itself.

A point is kept under the hash of everything that decides about it: the program's arrays, the
costs that are minimised, the earlier stages that are held, and the solver's profile. Where the
same program comes again, its point is taken from here instead of from the solver; whoever asked
proves it anew, exactly as a fresh one. So a wrong or damaged memory costs time and nothing else;
only where nobody asks for a proof (typical days that only suggest capacities, whose year is then
dispatched and proven) is a remembered point taken as unproven as it came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from circularpark.solve.highs import Infeasible, Point

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem
    from circularpark.program.time import Floats
    from circularpark.solve.profile import SolverProfile
    from circularpark.solve.run import Live

Holds = Sequence[tuple["Floats", float]]


@dataclass
class Memory:
    """Points by the key of their program; None where the program has no feasible point.

    used : keys that were asked for and known, or came to be known since; in that order
    missed : how many were asked for and not known
    """

    points: dict[str, Point | None] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    missed: int = 0

    def find(self, key: str) -> Point | None:
        """The point of a program; None where it is not known.

        Raises
        ------
        Infeasible : the program is known to have no feasible point.
        """
        if key not in self.points:
            self.missed += 1
            return None
        self.used[key] = None
        point = self.points[key]
        if point is None:
            raise Infeasible
        return point

    def keep(self, key: str, point: Point | None) -> None:
        """Remember what a program gave."""
        self.points[key] = point
        self.used[key] = None

    @property
    def answered(self) -> bool:
        """Whether nothing had to be solved."""
        return bool(self.used) and not self.missed


# What is remembered belongs to one command or call, not to the process.
_OPEN: ContextVar[Memory | None] = ContextVar("memory", default=None)


@contextmanager
def remembering(memory: Memory) -> Iterator[Memory]:
    """Take points from ``memory``, and keep new ones in it, as long as this lasts."""
    token = _OPEN.set(memory)
    try:
        yield memory
    finally:
        _OPEN.reset(token)


class Recall:
    """What the open memory knows of one program."""

    def __init__(self, memory: Memory, problem: Problem, profile: SolverProfile) -> None:
        self.memory = memory
        self.content = _content(problem, profile)

    def key(self, costs: Floats, held: Holds) -> str:
        """The key of one stage: what is minimised, under which earlier stages."""
        digest = self.content.copy()
        for one, most in held:
            digest.update(np.ascontiguousarray(one).tobytes())
            digest.update(repr(float(most)).encode())
        digest.update(b"minimise")
        digest.update(np.ascontiguousarray(costs).tobytes())
        return digest.hexdigest()

    def find(self, costs: Floats, held: Holds) -> Point | None:
        """The known point of a stage; None where there is none.

        Raises
        ------
        Infeasible : the program is known to have no feasible point.
        """
        return self.memory.find(self.key(costs, held))

    def disbelieve(self) -> None:
        """A point that was found here did not prove itself."""
        self.memory.missed += 1

    def keep(self, costs: Floats, held: Holds, point: Point | None) -> None:
        """Remember a stage's point, or that it has none.

        What only a narrower program proves could not be proven again, and is not kept.
        """
        if point is not None and point.within is not None:
            return
        self.memory.keep(self.key(costs, held), point)


def recall(problem: Problem, profile: SolverProfile) -> Recall | None:
    """What is remembered of a program; None where nobody remembers."""
    memory = _OPEN.get()
    return None if memory is None else Recall(memory, problem, profile)


def _content(problem: Problem, profile: SolverProfile) -> hashlib._Hash:
    """The hash of a program's arrays and of how it is solved, open for more."""
    matrix = problem.matrix
    parts = (
        matrix.indptr,
        matrix.indices,
        matrix.data,
        problem.row_lower,
        problem.row_upper,
        problem.lower,
        problem.upper,
        problem.derived,
        problem.integer,
    )
    said = (profile.id, profile.interface, sorted(profile.native_options().items()))
    digest = hashlib.sha256(repr((matrix.shape, said)).encode())
    for part in parts:
        array = np.ascontiguousarray(part)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest


class Recalling:
    """A program inside a solver, which is only woken for what is not remembered.

    hand_over : puts the program into its solver
    certain : a program that the solver calls infeasible is; False where its basis is an earlier
        program's
    asks : points are to be proven; False where nobody asks for that
    """

    def __init__(
        self, known: Recall, hand_over: Callable[[], Live], *, certain: bool, asks: bool
    ) -> None:
        self.known = known
        self.hand_over = hand_over
        self.certain = certain
        self.asks = asks
        self.live: Live | None = None
        # Whether the last point came from the solver.
        self.fresh = True
        self.held: list[tuple[Floats, float]] = []
        self.found: list[tuple[Floats, tuple[tuple[Floats, float], ...], Point]] = []

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` under the stages held so far, remembered or solved."""
        point = self.known.find(costs, self.held)
        self.fresh = point is None
        return self._solved(costs) if point is None else point

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more; one that was remembered and does not prove itself is solved."""
        if not self.asks:
            return point
        if not self.fresh or self.live is None:
            self.known.disbelieve()
            self.fresh = True
            return self._solved(costs)
        found = self.live.again(costs, point)
        self.found[-1] = (costs, tuple(self.held), found)
        return found

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""
        self.held.append((costs, most))
        if self.live is not None:
            self.live.hold(costs, most)

    def learn(self, *, proven: bool) -> None:
        """Remember what the solver found, if all of it is proven or nobody asks for that."""
        if self.asks and not proven:
            return
        for costs, held, point in self.found:
            self.known.keep(costs, held, point)

    def _solved(self, costs: Floats) -> Point:
        if self.live is None:
            self.live = self.hand_over()
            for one, most in self.held:
                self.live.hold(one, most)
        try:
            point = self.live.minimise(costs)
        except Infeasible:
            if self.certain:
                self.known.keep(costs, self.held, None)
            raise
        self.found.append((costs, tuple(self.held), point))
        return point


def standing(
    problem: Problem,
    profile: SolverProfile,
    live: Live | None,
    hand_over: Callable[[Problem, SolverProfile], Live],
) -> Live:
    """The program in its solver [handed over]; where points are remembered, only when one misses.

    live : the program where it already stands in a solver
    """
    known = recall(problem, profile)
    if known is None:
        return live if live is not None else hand_over(problem, profile)
    if live is None:
        return Recalling(known, lambda: hand_over(problem, profile), certain=True, asks=True)
    woken = live
    certain, asks = (getattr(live, name, True) for name in ("certain", "asks_proof"))
    return Recalling(known, lambda: woken, certain=certain, asks=asks)
