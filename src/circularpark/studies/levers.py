"""One park's program with one thing cheaper or nearer: what it would take, tried by re-solving.

Capital and distance act on a thing's own columns, and evenly: twice the capital doubles what
they cost, twice the way doubles what moving costs, loses and builds. So the program is made
once with capital and once without, once with the ways as they are and once with half of them,
and what lies between is reckoned from the two, column by column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from circularpark.program.assemble import Objective, Problem, assemble
from circularpark.program.collect import collect
from circularpark.program.time import Floats, Integers

# What stays the same when only the coefficients of some columns change.
_SHARED = ("lower", "upper", "derived", "scale", "row_scale", "row_lower", "row_upper", "row_start")
CAPITAL, DISTANCE = "capital", "distance"


@dataclass(frozen=True)
class Slope:
    """By how much a program changes from nothing of a lever to all of it.

    matrix : (m, n); costs : (n,) of each objective stage
    """

    matrix: sparse.csc_array
    costs: tuple[Floats, ...]


class Levers:
    """The programs of a park in which single things cost less or are nearer."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @cached_property
    def _stages(self) -> list[Any]:
        return [_Weights(o.weights) for o in self.problem.objectives if "unmet" not in o.weights]

    @cached_property
    def slopes(self) -> Mapping[str, Slope]:
        """What capital and distance do to each column."""
        data = self.problem.data
        nothing = np.zeros_like(data.item.capex)
        free = replace(data.item, capex=nothing, capex_fixed=np.zeros_like(data.item.capex_fixed))
        without = assemble(replace(data, item=free), self._stages)
        blocks = data.blocks.with_distance(0.5)
        nearer = assemble(
            collect(
                data.park,
                operation_only=data.operation_only,
                baseline=data.baseline,
                blocks=blocks,
            ),
            self._stages,
        )
        return {CAPITAL: self._from(without, 1.0), DISTANCE: self._from(nearer, 2.0)}

    def _from(self, other: Problem, times: float) -> Slope:
        return Slope(
            sparse.csc_array((self.problem.matrix - other.matrix) * times),
            tuple(
                (own.costs - new.costs) * times
                for own, new in zip(self.problem.objectives, other.objectives, strict=True)
            ),
        )

    def columns(self, item: str) -> Integers:
        """The columns that are the thing's own."""
        found = []
        for variable in self.problem.var:
            named = [np.asarray(c == item, dtype=bool) for c in variable.key.columns.values()]
            own = np.flatnonzero(np.logical_or.reduce(named)) if named else np.zeros(0, int)
            found.append(variable.columns()[own].ravel())
        return np.concatenate(found).astype(np.int64)

    def at(self, lever: str, item: str, share: float) -> Problem:
        """The program in which the thing has only this share of the lever."""
        slope, own = self.slopes[lever], self.columns(item)
        kept = np.zeros(self.problem.var.size)
        kept[own] = 1.0 - share
        matrix = sparse.csc_array(self.problem.matrix - slope.matrix @ sparse.diags_array(kept))
        objectives = tuple(
            replace(stage, costs=stage.costs - kept * costs)
            for stage, costs in zip(self.problem.objectives, slope.costs, strict=True)
        )
        return self.with_parts(objectives, matrix=matrix)

    def helped(self, item: Floats, stage: int, amount: float) -> Problem:
        """The program in which every unit of a form is given an amount of a stage's unit."""
        objectives = list(self.problem.objectives)
        own = objectives[stage]
        objectives[stage] = replace(own, costs=own.costs - amount * item)
        return self.with_parts(tuple(objectives), matrix=self.problem.matrix)

    def with_parts(self, objectives: tuple[Objective, ...], **parts: Any) -> Problem:
        """The program with other objectives or arrays; the rest is shared."""
        found = replace(self.problem, objectives=objectives)
        names = ("matrix", *_SHARED)
        found.__dict__.update({n: getattr(self.problem, n) for n in names if n not in parts})
        found.__dict__.update(parts)
        return found


@dataclass(frozen=True)
class _Weights:
    weights: Mapping[str, float]
