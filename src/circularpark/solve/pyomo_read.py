"""What a user made of the model: rows, columns and an objective added, and every other edit.

Additions are compiled by Pyomo's own standard representation. What stood there before is
compared with what was built; an edit is not lost, but read into the program and named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from scipy import sparse

from circularpark.errors import RuleError
from circularpark.program.assemble import Objective, Problem
from circularpark.program.rows import Rows
from circularpark.program.time import Floats
from circularpark.solve.pyomo_build import REMEMBERED, Source, keys_of, objective_names, source_of
from circularpark.solve.pyomo_program import Added, extended, named_rows

# Components that carry no rule of their own.
PLAIN = (
    pyo.Var,
    pyo.Constraint,
    pyo.Objective,
    pyo.Block,
    pyo.Set,
    pyo.RangeSet,
    pyo.Param,
    pyo.Expression,
    pyo.Suffix,
    pyo.BuildAction,
    pyo.BuildCheck,
)


@dataclass
class Read:
    """A model as arrays.

    problem : the program with all that was added and edited
    variables, rows : Pyomo's own objects beside its columns and rows (None: row not there)
    edits : names of components that are not as they were built; ``whole`` says whether all
        of the model could be read as a linear program
    """

    problem: Problem
    variables: NDArray[np.object_]
    rows: NDArray[np.object_]
    edits: tuple[str, ...]
    integers: bool
    unread: tuple[str, ...]


@dataclass
class _Reading:
    """What is known while a model is read; ``place`` finds a variable's column by its id."""

    model: Any
    source: Source
    place: dict[int, int] = field(default_factory=dict)
    variables: list[Any] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)

    def edited(self, name: str) -> None:
        """Remember that a component is not as it was built."""
        if name not in self.edits:
            self.edits.append(name)


def read_model(model: Any) -> Read:
    """The model as a program, with everything that a user added or changed.

    Raises
    ------
    RuleError : a rule is not linear, uses what is not on the model, or the model is none of ours.
    """
    source = source_of(model)
    if source.only is not None:
        raise RuleError("pyomo.part", only=", ".join(source.only))
    reading = _Reading(model, source)
    bounds = _own_columns(reading)
    columns = list(_added_columns(reading))
    replaced, own_rows = _own_rows(reading)
    rows, row_data = _added_rows(reading)
    objectives = _objectives(reading)
    problem: Problem = source.problem
    same = len(objectives) == len(problem.objectives) and all(
        a is b for a, b in zip(objectives, problem.objectives, strict=True)
    )
    if reading.edits or columns or rows or not same:
        problem = extended(
            problem,
            bounds=bounds,
            replaced=replaced,
            columns=columns,
            rows=rows,
            objectives=objectives,
        )
    own = source.problem.integer
    added = len(reading.variables) - len(own)
    integers = any(
        v.is_continuous() == whole
        for v, whole in zip(reading.variables, [*own.tolist(), *[False] * added], strict=True)
    )
    unread = tuple(_unread(model))
    return Read(
        problem=problem,
        variables=_objects(reading.variables),
        rows=_objects([*own_rows, *row_data]),
        edits=tuple(reading.edits),
        integers=integers,
        unread=unread,
    )


def _objects(found: list[Any]) -> NDArray[np.object_]:
    # numpy would look into a component for its elements; an empty array is filled instead.
    array = np.empty(len(found), dtype=object)
    for place, one in enumerate(found):
        array[place] = one
    return array


def _own_columns(reading: _Reading) -> tuple[Floats, Floats]:
    """The bounds of the program's own columns as they now stand."""
    problem = reading.source.problem
    lower, upper = problem.lower.copy(), problem.upper.copy()
    for variable in problem.var:
        component = reading.model.component(variable.name)
        found = list(component.values()) if component is not None else []
        if len(found) != variable.size:
            raise RuleError("pyomo.deleted", name=variable.name)
        own = slice(variable.start, variable.stop)
        low, high = _bounds(found)
        if not (np.array_equal(low, lower[own]) and np.array_equal(high, upper[own])):
            reading.edited(variable.name)
        if not all(v.is_continuous() for v in found):
            reading.edited(variable.name)
        # A column without a lower bound would have no safe dual bound.
        lower[own] = np.where(np.isinf(low), -problem.derived[own], low)
        upper[own] = high
        _place(reading, found)
    return lower, upper


def _place(reading: _Reading, found: list[Any]) -> None:
    start = len(reading.variables)
    reading.variables += found
    reading.place |= {id(v): start + i for i, v in enumerate(found)}


def _bounds(found: list[Any]) -> tuple[Floats, Floats]:
    low = np.array([-np.inf if (b := v.lb) is None else b for v in found], dtype=float)
    high = np.array([np.inf if (b := v.ub) is None else b for v in found], dtype=float)
    for place, variable in enumerate(found):
        if variable.fixed:
            low[place] = high[place] = _fixed_at(variable)
    return low, high


def _fixed_at(variable: Any) -> float:
    if variable.value is None:
        raise RuleError("pyomo.fixed", name=variable.name)
    return float(variable.value)


def _added_columns(reading: _Reading) -> Iterator[Added]:
    own = {v.name for v in reading.source.problem.var}
    for component in reading.model.component_objects(pyo.Var, descend_into=True, active=None):
        if component.name in own:
            continue
        found = list(component.values())
        if not found:
            continue
        lower, upper = _bounds(found)
        _place(reading, found)
        yield _added(component.name, found, lower, upper)


def _added(name: str, found: list[Any], lower: Floats, upper: Floats) -> Added:
    called = tuple(one.name for one in found)
    return Added(name, called, tuple(_key(one.index()) for one in found), lower, upper)


def _key(index: Any) -> tuple[object, ...]:
    if index is None:
        return ()
    return tuple(index) if isinstance(index, tuple) else (index,)


def _own_rows(reading: _Reading) -> tuple[dict[str, Rows], list[Any]]:
    """Families that were edited, as they now stand; Pyomo's object of every row."""
    problem, replaced, objects = reading.source.problem, {}, []
    for block in problem.blocks:
        component = reading.model.component(block.family)
        keys = keys_of(block)
        if component is None or component.ctype is not pyo.Constraint:
            found: list[Any] = [None] * len(keys)
        elif len(component) == len(keys):
            found = list(component.values())
        else:
            there = dict(component.items())
            found = [there.get(k) for k in keys]
        found = [one if one is not None and one.active else None for one in found]
        objects += found
        built = reading.source.expressions[block.family]
        same = all(one is not None and one.expr is e for one, e in zip(found, built, strict=True))
        if not same:
            reading.edited(block.family)
            replaced[block.family] = _recompiled(reading, block, found)
    return replaced, objects


def _recompiled(reading: _Reading, block: Rows, found: list[Any]) -> Rows:
    there = [place for place, one in enumerate(found) if one is not None]
    some, lower, upper = _compiled(reading, [found[place] for place in there])
    spread = sparse.csr_array(
        (np.ones(len(there)), (there, np.arange(len(there)))), shape=(len(found), len(there))
    )
    low, high = np.full(len(found), -np.inf), np.full(len(found), np.inf)
    low[there], high[there] = lower, upper
    added = Added(block.family, tuple(block.names()), ((),) * len(found), low, high)
    rows = named_rows(added, sparse.csr_array(spread @ some), reading.source.problem.var)
    # The keys and steps stay those of the block, so that its duals keep their shape.
    shape = (len(block.key), len(block.labels))
    return replace(
        rows,
        key=block.key,
        labels=block.labels,
        lower=low.reshape(shape),
        upper=high.reshape(shape),
    )


def _added_rows(
    reading: _Reading,
) -> tuple[list[tuple[Added, sparse.csr_array]], list[Any]]:
    own = {b.family: set(keys_of(b)) for b in reading.source.problem.blocks}
    rows, objects = [], []
    for component in reading.model.component_objects(
        pyo.Constraint, active=True, descend_into=True
    ):
        known = own.get(component.name, set())
        found = [c for key, c in component.items() if c.active and key not in known]
        if found:
            matrix, lower, upper = _compiled(reading, found)
            rows.append((_added(component.name, found, lower, upper), matrix))
            objects += found
    return rows, objects


def _compiled(reading: _Reading, constraints: list[Any]) -> tuple[sparse.csr_array, Floats, Floats]:
    """Coefficients and sides of constraints, constants moved to the sides."""
    index, value, start = [], [], [0]
    lower, upper = [], []
    for constraint in constraints:
        low, body, high = constraint.to_bounded_expression(evaluate_bounds=True)
        columns, coefficients, constant = _linear(reading, constraint, body)
        index += columns
        value += coefficients
        start.append(len(index))
        lower.append(-np.inf if low is None else low - constant)
        upper.append(np.inf if high is None else high - constant)
    shape = (len(constraints), len(reading.variables))
    matrix = sparse.csr_array(
        (np.array(value, dtype=float), np.array(index, dtype=np.int64), np.array(start)),
        shape=shape,
    )
    return matrix, np.array(lower, dtype=float), np.array(upper, dtype=float)


def _linear(reading: _Reading, owner: Any, body: Any) -> tuple[list[int], list[float], float]:
    """Columns and coefficients of an expression, and its constant."""
    from pyomo.repn import generate_standard_repn

    repn = generate_standard_repn(body, quadratic=False)
    if not repn.is_linear():
        raise RuleError("pyomo.nonlinear", name=owner.name)
    columns = []
    for variable in repn.linear_vars:
        place = reading.place.get(id(variable))
        if place is None:
            raise RuleError("pyomo.unknown_variable", name=owner.name, variable=variable.name)
        columns.append(place)
    numbers = [_number(owner, value) for value in (*repn.linear_coefs, repn.constant)]
    return columns, numbers[:-1], numbers[-1]


def _number(owner: Any, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise RuleError("pyomo.not_a_number", name=owner.name)
    return number


def _objectives(reading: _Reading) -> tuple[Objective, ...]:
    """The stages: a user's objective takes the place of the park's first one."""
    problem, model = reading.source.problem, reading.model
    names = list(objective_names(problem))
    theirs: list[Any] = []
    ours: list[Any] = []
    for objective in model.component_data_objects(pyo.Objective, active=True, descend_into=True):
        (ours if objective.name in names else theirs).append(objective)
    if len(theirs) > 1:
        raise RuleError("pyomo.objectives", names=", ".join(o.name for o in theirs))
    stages = [_own_stage(reading, n, o) for n, o in zip(names, problem.objectives, strict=True)]
    first = 1 if "unmet" in problem.objectives[0].weights else 0
    if theirs:
        stages[first] = _stage(reading, theirs[0])
    elif [o.name for o in ours] != names[:1]:
        if len(ours) != 1:
            raise RuleError("pyomo.objectives", names=", ".join(o.name for o in ours) or "-")
        reading.edited(ours[0].name)
        stages = [stages[names.index(ours[0].name)]]
    return tuple(_padded(stage, len(reading.variables)) for stage in stages)


def _own_stage(reading: _Reading, name: str, stage: Objective) -> Objective:
    component = reading.model.component(name)
    if component is None:
        # Deleting it to make room for another is no edit of its own.
        return stage
    if component.expr is reading.source.expressions[name][0] and component.sense == pyo.minimize:
        return stage
    reading.edited(name)
    return _stage(reading, component)


def _stage(reading: _Reading, objective: Any) -> Objective:
    columns, coefficients, constant = _linear(reading, objective, objective.expr)
    sign = 1.0 if objective.sense == pyo.minimize else -1.0
    costs = np.zeros(len(reading.variables))
    np.add.at(costs, columns, sign * np.array(coefficients))
    return Objective(objective.name, {}, costs, sign * constant, sign)


def _padded(stage: Objective, columns: int) -> Objective:
    missing = columns - len(stage.costs)
    if not missing:
        return stage
    return replace(stage, costs=np.concatenate([stage.costs, np.zeros(missing)]))


def _unread(model: Any) -> Iterator[str]:
    """Active components that are neither rows, columns nor data: sets of order two and such."""
    for component in model.component_objects(active=True, descend_into=True):
        if component.ctype not in PLAIN and component.name != REMEMBERED:
            yield component.name
