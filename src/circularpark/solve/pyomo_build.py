"""The same program as a Pyomo model: unscaled, named as in the contract, nothing private.

Pyomo's public API alone is used, so whatever works on a Pyomo model works on this one: rules of
one's own, ``pprint``, LP, MPS and NL files, every solver that Pyomo knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr import LinearExpression
from scipy import sparse

from circularpark.errors import RuleError
from circularpark.program.assemble import Problem
from circularpark.program.rows import Rows
from circularpark.program.time import Floats
from circularpark.program.variables import Variable

Key = Any
# Where a model remembers the program that it came from.
REMEMBERED: Final = "circularpark_source"
OBJECTIVE: Final = "objective"
FORMATS: Final = (".lp", ".mps", ".nl")


@dataclass(frozen=True)
class Source:
    """What a model came from, and the fingerprint by which an edit is noticed.

    expressions : component -> the expressions it was built with, in order. Pyomo never changes
        an expression in place, so another object means another expression.
    """

    problem: Problem
    expressions: dict[str, tuple[Any, ...]]
    only: tuple[str, ...] | None

    def __deepcopy__(self, memo: dict[int, Any]) -> Source:
        # A clone of a model has its own expressions, but the same program.
        from copy import deepcopy

        return Source(self.problem, deepcopy(self.expressions, memo), self.only)


def source_of(model: Any) -> Source:
    """What a model came from.

    Raises
    ------
    RuleError : it was not made by ``to_pyomo``.
    """
    source = getattr(model, REMEMBERED, None)
    if not isinstance(source, Source):
        raise RuleError("pyomo.no_source")
    return source


def to_pyomo(problem: Problem, only: Sequence[str] | None = None) -> pyo.ConcreteModel:
    """The program as a Pyomo model, in the park's own units.

    Variables and constraints are named as in the contract: ``model.link_flow[link, period]``,
    ``model.balance[site, commodity, period]``, ``model.limits[limit, step]``. The first stage
    is the active objective ``objective_1``; the later ones stand on the model, inactive, as
    ``objective_2`` and so on.

    Parameters
    ----------
    only : names of constraints, variables or ``objective``: the model holds these and the
        variables that they use, to look at or to solve elsewhere

    Raises
    ------
    RuleError : ``only`` names something that the program does not have.
    """
    with PauseGC():
        chosen = _chosen(problem, only)
        model = pyo.ConcreteModel(name=problem.park.id)
        columns = np.empty(problem.var.size, dtype=object)
        for variable in _needed(problem, chosen):
            _add_variable(model, variable, columns)
        expressions = {}
        by_row = problem.matrix.tocsr()
        for block, start in zip(problem.blocks, problem.row_start, strict=False):
            if chosen is None or block.family in chosen:
                expressions[block.family] = _add_rows(model, block, by_row, int(start), columns)
        if chosen is None or OBJECTIVE in chosen:
            expressions |= _add_objectives(model, problem, columns)
    setattr(model, REMEMBERED, Source(problem, expressions, tuple(only) if only else None))
    return model


def write_model(problem: Problem, path: str | Path, only: Sequence[str] | None = None) -> Path:
    """Write the program as an LP, MPS or NL file, as the ending of ``path`` says.

    Raises
    ------
    RuleError : the ending is none of these.
    """
    file = Path(path)
    if file.suffix.lower() not in FORMATS:
        raise RuleError("pyomo.format", file=file.name, known=", ".join(FORMATS))
    file.parent.mkdir(parents=True, exist_ok=True)
    model = to_pyomo(problem, only)
    model.write(str(file), io_options={"symbolic_solver_labels": True})
    return file


def keys_of(part: Variable | Rows) -> list[Key]:
    """Pyomo's index of every column or row of a block, in order: the entity's keys, the step."""
    steps = part.labels.tolist()
    # A block without steps of its own (limits) has a single blank one.
    tails: list[tuple[Any, ...]] = [()] if steps == [""] else [(step,) for step in steps]
    heads = part.index.itertuples(index=False, name=None)
    keys = [(*head, *tail) for head in heads for tail in tails]
    return [key[0] for key in keys] if keys and len(keys[0]) == 1 else list(keys)


def _chosen(problem: Problem, only: Sequence[str] | None) -> set[str] | None:
    if only is None:
        return None
    known = [*(b.family for b in problem.blocks), *(v.name for v in problem.var), OBJECTIVE]
    for name in only:
        if name not in known:
            raise RuleError("pyomo.only", name=name, known=", ".join(known))
    return set(only)


def _needed(problem: Problem, chosen: set[str] | None) -> Iterator[Variable]:
    """The variables of the chosen part, in the program's order."""
    used = {
        entries.variable.name
        for block in problem.blocks
        if chosen is None or block.family in chosen
        for entries in block.entries
    }
    for variable in problem.var:
        own = slice(variable.start, variable.stop)
        costs = OBJECTIVE in (chosen or ()) and any(o.costs[own].any() for o in problem.objectives)
        if chosen is None or variable.name in chosen or variable.name in used or costs:
            yield variable


def _add_variable(model: Any, variable: Variable, columns: NDArray[np.object_]) -> None:
    keys = keys_of(variable)
    lower, upper = variable.lower.ravel(), variable.upper.ravel()
    bounds = dict(zip(keys, zip(sides(lower), sides(upper), strict=True), strict=True))
    domain = pyo.NonNegativeReals if (lower >= 0).all() else pyo.Reals
    if variable.whole:
        domain = pyo.Binary if (upper <= 1).all() else pyo.NonNegativeIntegers
    component = pyo.Var(_index(model, variable.name, keys), domain=domain, bounds=bounds)
    model.add_component(variable.name, component)
    columns[variable.start : variable.stop] = list(component.values())


def _index(model: Any, name: str, keys: list[Key]) -> Any:
    """A set with a name of its own: ``pprint`` of one row then shows the name, not all keys."""
    dimension = len(keys[0]) if keys and isinstance(keys[0], tuple) else 1
    index = pyo.Set(initialize=keys, dimen=dimension)
    model.add_component(f"{name}_index", index)
    return index


def sides(values: Floats) -> list[float | None]:
    """Numbers as Pyomo wants bounds: ``None`` where there is none."""
    return [None if np.isinf(v) else v for v in values.tolist()]


def _add_rows(
    model: Any,
    block: Rows,
    by_row: sparse.csr_array,
    start: int,
    columns: NDArray[np.object_],
) -> tuple[Any, ...]:
    keys = keys_of(block)
    own = by_row[start : start + block.size]
    relations = list(relations_of(own, block.lower.ravel(), block.upper.ravel(), columns))
    index = _index(model, block.family, keys)
    component = pyo.Constraint(index, rule=dict(zip(keys, relations, strict=True)))
    model.add_component(block.family, component)
    return tuple(row.expr for row in component.values())


def relations_of(
    by_row: sparse.csr_array, lower: Floats, upper: Floats, columns: NDArray[np.object_]
) -> Iterator[tuple[Any, ...]]:
    """Rows of a matrix as what Pyomo's constraints are made of."""
    start, index, value = by_row.indptr.tolist(), by_row.indices, by_row.data.tolist()
    used = columns[index].tolist()
    for row, (low, high) in enumerate(zip(sides(lower), sides(upper), strict=True)):
        own = slice(start[row], start[row + 1])
        body = LinearExpression(linear_coefs=value[own], linear_vars=used[own])
        yield (body, low) if low is not None and low == high else (low, body, high)


def linear(costs: Floats, offset: float, columns: NDArray[np.object_]) -> Any:
    """``costs @ columns + offset`` as a Pyomo expression."""
    used = np.flatnonzero(costs)
    return LinearExpression(
        constant=offset, linear_coefs=costs[used].tolist(), linear_vars=columns[used].tolist()
    )


def _add_objectives(
    model: Any, problem: Problem, columns: NDArray[np.object_]
) -> dict[str, tuple[Any, ...]]:
    found = {}
    for name, stage in zip(objective_names(problem), problem.objectives, strict=True):
        expression = linear(stage.costs, stage.offset, columns)
        component = pyo.Objective(expr=expression, doc=stage.name)
        model.add_component(name, component)
        found[name] = (component.expr,)
        if len(found) > 1:
            component.deactivate()
    return found


def objective_names(problem: Problem) -> Iterable[str]:
    """Names of the stages on a model: ``objective_1``, ``objective_2``, ..."""
    return [f"{OBJECTIVE}_{place}" for place in range(1, len(problem.objectives) + 1)]
