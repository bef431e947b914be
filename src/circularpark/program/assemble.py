"""From blocks of rows to the arrays of one linear program.

The assembler knows nothing of parks: it stacks the blocks that the constraints return,
in the order of the contents page, and sorts their entries into columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from circularpark.program.bounds import derived_bounds
from circularpark.program.collect import collect
from circularpark.program.columns import make_variables
from circularpark.program.constraints import CONSTRAINTS
from circularpark.program.costs import InUnits, SizedCosts
from circularpark.program.data import Blocks, Data
from circularpark.program.measures import measure
from circularpark.program.near_one import (
    Sizes,
    by_entity,
    extreme_sizes,
    joined,
    scaled,
    shrunk,
    size_costs,
)
from circularpark.program.quantity import quantity
from circularpark.program.rows import Rows
from circularpark.program.rules import checked
from circularpark.program.stack import (
    entity_scales,
    extreme_coefficients,
    row_scale,
    scaled_parts,
    stack,
)
from circularpark.program.terms import Constant, Linear, weigh
from circularpark.program.time import Floats, Integers
from circularpark.program.variables import Variables

if TYPE_CHECKING:
    from circularpark.park.model import Park, Stage


@dataclass(frozen=True)
class Objective:
    """One lexicographic stage: minimise costs @ x + offset.

    weights : measure -> weight; a user's own objective has none
    sense : -1 where the stage is the negative of what a user wants to be largest
    """

    name: str
    weights: Mapping[str, float]
    costs: Floats
    offset: float
    sense: float = 1.0

    def sized(self, program: object) -> AbstractContextManager[tuple[Floats, float] | None]:
        """The costs near one as the program's solver takes them: see ``SizedCosts``."""
        held = self.__dict__["costs"]
        own = isinstance(held, SizedCosts) and held.variables is getattr(program, "var", None)
        return held.near_one() if own else nullcontext()


# The array is sized while nobody has seen it.
cast(Any, Objective).costs = InUnits()


@dataclass(frozen=True)
class Problem:
    """A park's linear program: arrays with named rows and columns, in the park's own units.

    Where a row of the park asks for whole numbers, ``integer`` names their columns.

    lower, upper : (n,) bounds of the columns, inf where the park gives none
    derived : (n,) finite upper bound that no sensible plan reaches, for the solver
    matrix : (m, n) by columns; row_lower, row_upper : (m,)

    ``near_matrix``, ``near_lower`` and so on are the same with rows and columns of sizes near
    one. They are made first, for they are what is solved and proven; those in the park's units
    follow from them when they are asked for.
    """

    data: Data
    var: Variables
    blocks: tuple[Rows, ...]
    objectives: tuple[Objective, ...]

    @property
    def park(self) -> Park:
        """The park this program is of."""
        return self.data.park

    @cached_property
    def row_start(self) -> Integers:
        """First row of each block, and the number of rows at the end."""
        return np.concatenate([[0], np.cumsum([b.size for b in self.blocks])]).astype(np.int64)

    @cached_property
    def matrix(self) -> sparse.csc_array:
        """The coefficients by columns."""
        if "near_matrix" in self.__dict__:
            return scaled(self.near_matrix, 1.0 / self.scale, 1.0 / self.row_scale)
        return stack(self.blocks, self.row_start, self.var)

    @cached_property
    def near_matrix(self) -> sparse.csc_array:
        if "matrix" in self.__dict__:
            return scaled(self.matrix, self.scale, self.row_scale)
        blocks = tuple(map(scaled_parts, self.blocks, self.entity_scales))
        found = stack(blocks, self.row_start, self.var)
        if found.nnz == sum(block.nonzeros for block in blocks):
            # Nothing was summed: the coefficients are those of the parts, which are fewer.
            self.__dict__["near_extremes"] = extreme_coefficients(blocks)
        return found

    @cached_property
    def near_extremes(self) -> tuple[float, float]:
        return extreme_sizes(self.near_matrix.data)

    @property
    def near_checked(self) -> bool:
        own = ("lower", "derived", "row_lower", "row_upper")
        return type(self).derived is Problem.derived and not any(n in self.__dict__ for n in own)

    @cached_property
    def near_lower(self) -> Floats:
        if "lower" in self.__dict__:
            return shrunk(self.lower, self.scale)
        return joined(
            [v.lower for v in self.var], [1.0 / v.scale for v in self.var], called="lower"
        )

    @cached_property
    def near_upper(self) -> Floats:
        if "upper" in self.__dict__:
            return shrunk(self.upper, self.scale)
        return joined(
            [v.upper for v in self.var], [1.0 / v.scale for v in self.var], called="upper"
        )

    @cached_property
    def near_derived(self) -> Floats:
        if "derived" in self.__dict__ or type(self).derived is not Problem.derived:
            return shrunk(self.derived, self.scale)
        bounds = derived_bounds(self.data, self.var)
        return joined(bounds, [1.0 / v.scale for v in self.var], called="derived")

    def near_costs(self, costs: Floats, finer: float) -> tuple[Floats, float]:
        """Costs of columns of sizes near one, (n,), and by how much larger the real ones are."""
        near = np.zeros(len(costs))
        return near, size_costs(costs, self.var, near, finer)

    def in_units(self, x: Floats, duals: Floats) -> None:
        """Bring columns (n,) and duals (m,) of a point to the program's units, in place."""
        if "scale" in self.__dict__ and "row_scale" in self.__dict__:
            Sizes(self.scale, self.row_scale).in_units(x, duals)
            return
        for own, scale in by_entity(x, self.var):
            own *= scale
        parts = zip(self.row_start[:-1], self.blocks, self.entity_scales, strict=True)
        for begin, block, scale in parts:
            own = duals[begin : begin + block.size].reshape(len(scale), len(block.labels))
            own *= scale[:, None]

    @cached_property
    def near_row_lower(self) -> Floats:
        if "row_lower" in self.__dict__:
            return self.row_lower * self.row_scale
        return joined([b.lower for b in self.blocks], self.entity_scales, called="row_lower")

    @cached_property
    def near_row_upper(self) -> Floats:
        if "row_upper" in self.__dict__:
            same = self.row_upper is self.__dict__.get("row_lower")
            return self.near_row_lower if same else self.row_upper * self.row_scale
        if all(b.upper is b.lower for b in self.blocks) and "row_lower" not in self.__dict__:
            return self.near_row_lower
        return joined([b.upper for b in self.blocks], self.entity_scales, called="row_upper")

    @cached_property
    def lower(self) -> Floats:
        return joined([v.lower for v in self.var], called="lower")

    @cached_property
    def upper(self) -> Floats:
        return joined([v.upper for v in self.var], called="upper")

    @cached_property
    def scale(self) -> Floats:
        """Typical size of each column, a power of two."""
        return joined(
            [np.broadcast_to(v.scale[:, None], (v.entities, v.width)) for v in self.var],
            called="scale",
        )

    @cached_property
    def integer(self) -> NDArray[np.bool_]:
        """Which columns are whole numbers, (n,)."""
        flags = np.zeros(self.var.size, dtype=bool)
        for variable in self.var:
            flags[variable.start : variable.stop] = variable.whole
        return flags

    @cached_property
    def derived(self) -> Floats:
        if "near_derived" in self.__dict__:
            return self.near_derived * self.scale
        return joined(derived_bounds(self.data, self.var), called="derived")

    @cached_property
    def row_scale(self) -> Floats:
        """Powers of two that bring an entity's largest scaled coefficient near one."""
        return row_scale(self.blocks, self.entity_scales)

    @cached_property
    def entity_scales(self) -> list[Floats]:
        """The same for the entities of each block, (E,)."""
        return entity_scales(self.blocks)

    @cached_property
    def row_lower(self) -> Floats:
        return joined([b.lower for b in self.blocks], called="row_lower")

    @cached_property
    def row_upper(self) -> Floats:
        if all(b.upper is b.lower for b in self.blocks):
            return self.row_lower
        return joined([b.upper for b in self.blocks], called="row_upper")

    def row_names(self) -> Iterator[str]:
        """Names of all rows, in order."""
        for block in self.blocks:
            yield from block.names()

    def column_names(self) -> Iterator[str]:
        """Names of all columns, in order."""
        for variable in self.var:
            yield from variable.names()

    def block(self, family: str) -> tuple[Rows, slice]:
        """The block of a constraint and its rows."""
        for place, block in enumerate(self.blocks):
            if block.family == family:
                return block, slice(int(self.row_start[place]), int(self.row_start[place + 1]))
        raise KeyError(family)

    def add(self, block: Rows) -> Problem:
        """The program with one more block of rows, made by ``rows``; this one stays as it is.

        Raises
        ------
        RuleError : the rows' name is taken, or they use what the program does not have.
        """
        return replace(self, blocks=(*self.blocks, checked(self, block)))

    def measure(self, name: str) -> Linear:
        """A measure of this program."""
        return measure(self.data, self.var, name)


def assemble(data: Data, stages: Sequence[Stage]) -> Problem:
    """The program of collected data, with its objective stages."""
    var = make_variables(data)
    blocks = tuple(constraint(data, var) for constraint in CONSTRAINTS)
    objectives = [_objective(data, var, stage.weights) for stage in stages]
    if len(data.demand.short):
        objectives.insert(0, _unmet(data, var))
    return Problem(data, var, tuple(b for b in blocks if b.size), tuple(objectives))


def build(
    park: Park,
    *,
    baseline: Mapping[str, Floats] | None = None,
    operation_only: bool = False,
    stages: Sequence[Stage] | None = None,
    blocks: Blocks | None = None,
) -> Problem:
    """The linear program of ``park``.

    Parameters
    ----------
    baseline : measure -> (B,) yearly amounts of the best operation; only a limit relative to
        ``best_operation`` needs it
    operation_only : existing things at least cost, without limits: today's best operation
    stages : objective stages; default the park's
    blocks : the park's tables of each block, where they have been made already

    Returns
    -------
    Problem : arrays with named rows and columns
    """
    data = collect(park, operation_only=operation_only, baseline=baseline, blocks=blocks)
    return assemble(data, stages if stages is not None else park.settings.stages)


def stage_objective(problem: Problem, name: str) -> Objective:
    """One measure over the columns of a program, as an objective stage of its own."""
    return _objective(problem.data, problem.var, {name: 1.0})


def year_weight(data: Data, name: str) -> Floats:
    """Weight of each planning year of a measure in the objective, (Y,)."""
    if name == "cost":
        if len(data.time.years) == 1:
            return np.ones(1)
        return data.time.discount(data.park.settings.discount_rate)
    if name == "capex":
        return np.ones(len(data.time.years))
    return data.time.years_long


def _objective(data: Data, var: Variables, weights: Mapping[str, float]) -> Objective:
    costs, offset, written = np.zeros(var.size), 0.0, set[str]()
    for name, weight in weights.items():
        part, by_year = measure(data, var, name), year_weight(data, name)
        _, fixed = weigh(
            part, data.time, var.size, by_year, times=weight, onto=costs, written=written
        )
        offset += fixed
    held = cast(Floats, SizedCosts(costs, var))
    return Objective(" + ".join(weights), dict(weights), held, offset)


def _unmet(data: Data, var: Variables) -> Objective:
    """What stays unmet, each demand in its commodity's unit, weighed like co2."""
    short = quantity(data, var, table="demands")
    missing = Linear(tuple(replace(t, value=np.abs(t.value)) for t in short.terms), _NOTHING)
    costs, _ = weigh(missing, data.time, var.size, data.time.years_long)
    return Objective("unmet", {"unmet": 1.0}, costs, 0.0)


_NOTHING: tuple[Constant, ...] = ()
