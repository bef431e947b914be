"""Where a user's own rules leave no plan: which of them, and by how much they ask too much."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from circularpark.program.assemble import Problem
from circularpark.program.constraints import CONSTRAINTS
from circularpark.program.time import Floats, Integers
from circularpark.solve.diagnosis.program import Extended, typical
from circularpark.solve.highs import Infeasible, LiveModel
from circularpark.solve.profile import SolverProfile
from circularpark.words import Language, say

OWN = frozenset(constraint.__name__ for constraint in CONSTRAINTS)
SHOWN = 10


@dataclass(frozen=True)
class Yielding:
    """A rule's row that would have to give way, and by how much, in the row's own unit."""

    row: str
    by: float


@dataclass(frozen=True)
class RuleConflict:
    """The least by which the user's rules would have to give way for a plan to exist."""

    rows: tuple[Yielding, ...]

    def as_dict(self, lang: Language) -> dict[str, object]:
        """``shortages`` (none) and ``cures`` (one: all rows together) as JSON-able values."""
        changes = [{"rule": r.row, "by": r.by, "text": _text(r, lang)} for r in self.rows]
        return {"shortages": [], "cures": [{"changes": changes, "text": self.text(lang)}]}

    def text(self, lang: Language) -> str:
        """The conflict in sentences."""
        lines = [say("pyomo.conflict", lang)]
        lines += [f"  - {_text(r, lang)}" for r in self.rows[:SHOWN]]
        if len(self.rows) > SHOWN:
            lines.append(say("pyomo.more", lang, count=len(self.rows) - SHOWN))
        return "\n".join(lines)


def _text(one: Yielding, lang: Language) -> str:
    return say("pyomo.yields", lang, row=one.row, by=f"{one.by:.6g}")


def added_rows(problem: Problem) -> Integers:
    """The rows that a user added to the program."""
    parts = [
        np.arange(problem.row_start[place], problem.row_start[place + 1])
        for place, block in enumerate(problem.blocks)
        if block.family not in OWN
    ]
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


def without_rules(problem: Problem) -> Problem:
    """The program without the rows that a user added."""
    return replace(problem, blocks=tuple(b for b in problem.blocks if b.family in OWN))


def conflict(problem: Problem, profile: SolverProfile) -> RuleConflict | None:
    """Which of the user's rows leave no plan; None where the park has none without them either.

    The rows give way by as little as possible in sum, each measured by its typical size.
    """
    rows = added_rows(problem)
    if not len(rows):
        return None
    size = typical(problem, rows)
    program = Extended(problem)
    endless = np.abs(np.concatenate([problem.derived, problem.lower])).max(initial=1.0)
    # More than any sum of columns can miss: every column at its bound at once.
    most = np.maximum(endless, size) * 2.0 * max(problem.var.size, 1) * np.maximum(size, 1.0)
    slacks = []
    for side, sign in ((problem.row_lower, 1.0), (problem.row_upper, -1.0)):
        bounded = np.flatnonzero(np.isfinite(side[rows]))
        columns = program.columns(most[bounded] + np.abs(side[rows][bounded]), size[bounded])
        program.put(rows[bounded], columns, sign)
        slacks.append((bounded, columns))
    costs = np.zeros(program.count)
    for bounded, columns in slacks:
        costs[columns] = 1.0 / size[bounded]
    try:
        point = LiveModel(program.arrays(), profile).minimise(costs)
    except Infeasible:
        return None
    given = _given(slacks, point.x, len(rows))
    # What is under the solver's tolerance is no reason.
    wanted = np.flatnonzero(given > 1e-7 * size)
    names = dict(enumerate(problem.row_names()))
    order = wanted[np.argsort(-given[wanted] / size[wanted], kind="stable")]
    return RuleConflict(tuple(Yielding(names[int(rows[i])], float(given[i])) for i in order))


def _given(slacks: list[tuple[Integers, Integers]], x: Floats, rows: int) -> Floats:
    given = np.zeros(rows)
    for bounded, columns in slacks:
        given[bounded] += x[columns]
    return given
