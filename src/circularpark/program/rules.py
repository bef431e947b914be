"""A user's own rows are looked at before they join a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from circularpark.errors import RuleError
from circularpark.program.rows import Rows

if TYPE_CHECKING:
    from circularpark.program.assemble import Problem


def checked(problem: Problem, block: Rows) -> Rows:
    """The block, if it can be a part of the program.

    Raises
    ------
    RuleError : its name is taken, it uses a variable of another program, positions that are not
        there, or numbers that are none.
    """
    name = block.family
    if any(b.family == name for b in problem.blocks):
        raise RuleError("rule.taken", name=name)
    for entries in block.entries:
        variable = entries.variable
        if problem.var.blocks.get(variable.name) is not variable:
            raise RuleError("rule.foreign", name=name, variable=variable.name)
        if _outside(entries.column, variable.start, variable.stop):
            raise RuleError(
                "rule.column", name=name, variable=variable.name, count=variable.entities
            )
        if _outside(entries.row, 0, block.size):
            raise RuleError("rule.row", name=name, count=block.size)
    numbers = [e.value for e in block.entries]
    sides = np.isnan(block.lower).any() or np.isnan(block.upper).any()
    if sides or not all(np.isfinite(n).all() for n in numbers):
        raise RuleError("rule.number", name=name)
    return block


def _outside(index: np.ndarray, first: int, stop: int) -> bool:
    return bool(len(index)) and bool(index.min() < first or index.max() >= stop)
