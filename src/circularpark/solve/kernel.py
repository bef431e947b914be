"""A first choice of whole numbers that is nearly the best, before all choices are searched.

The program without whole numbers says which things are worth while even in part: its kernel.
The mixed-integer program of the kernel alone is small and soon solved. Then more is added, in
the order of what the relaxed program would pay least for, until that finds nothing better.

Source: Angelelli, Mansini & Speranza (2010), Kernel search: a general heuristic for the
multi-dimensional knapsack problem, Computers & Operations Research 37, 2017-2026.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.time import Floats, Integers
from circularpark.solve.choosing import HighsChooser, relaxation
from circularpark.solve.highs import Infeasible, LiveModel
from circularpark.solve.profile import SolverProfile

# What is built is chosen first; whether it is on or off in an hour follows from that.
BUILT = ("open", "units")
# With fewer choices than this the whole program is soon solved.
FEW = 40
# Less than this of a thing is the relaxed program's dust.
DUST = 1e-7
# How close to its best the choice among a kernel is brought.
CLOSE = 1e-3
# The share of the time that one kernel, and all kernels together, may take.
ONE, ALL = 0.15, 0.4
# With more nonzeros than this the interior point solves the relaxed program sooner.
LARGE = 20_000

Held = list[tuple[Floats, float]]


def first_choice(
    problem: Problem, profile: SolverProfile, costs: Floats, held: Held, last: Floats | None
) -> Floats | None:
    """A point with whole numbers that is good for ``costs``, (n,); None where none is sought.

    held : earlier stages, each ``costs @ x <= most``; last : the point of the last of them

    Raises
    ------
    Infeasible : not even numbers in parts meet all rows.
    """
    built = np.zeros(problem.var.size, dtype=bool)
    for variable in problem.var:
        built[variable.start : variable.stop] = variable.name in BUILT
    columns = np.flatnonzero(built & (problem.upper > problem.lower))
    if len(columns) < FEW:
        return None
    limit = float(profile.options.get("time_limit", np.inf))
    begun = time.perf_counter()
    order, size = _ordered(problem, profile, costs, held, columns)
    if last is not None:
        used = last[columns[order]] > DUST
        order = np.concatenate([order[used], order[~used]])
        size = max(size, int(used.sum()))
    best, value = last, np.inf
    for many in range(size, len(columns), size):
        left = ALL * limit - (time.perf_counter() - begun)
        if left <= 0:
            break
        asked = {"mip_rel_gap": max(CLOSE, profile.gap), "time_limit": min(ONE * limit, left)}
        brief = replace(profile, options={**profile.options, **asked})
        found = _among(problem, brief, costs, held, columns[order[many:]], best)
        if found is None:
            continue
        if costs @ found >= value - CLOSE * abs(value):
            return found if costs @ found < value else best
        best, value = found, float(costs @ found)
    return best


def _ordered(
    problem: Problem, profile: SolverProfile, costs: Floats, held: Held, columns: Integers
) -> tuple[Integers, int]:
    """The columns from the most to the least worth while, and how many are used in part."""
    relaxed = LiveModel(relaxation(problem), profile)
    for stage, most in held:
        relaxed.hold(stage, most)
    if problem.matrix.nnz > LARGE:
        relaxed.choose_method("ipm")
    point = relaxed.minimise(costs)
    rows = problem.matrix.shape[0]
    reduced = costs - problem.matrix.T @ point.duals[:rows]
    for (stage, _), dual in zip(held, point.duals[rows:], strict=True):
        reduced = reduced - dual * stage
    x = np.where(point.x[columns] > DUST, point.x[columns], 0.0)
    order = np.lexsort((reduced[columns], -x))
    return order, max(int((x > 0).sum()), FEW // 2)


def _among(
    problem: Problem,
    profile: SolverProfile,
    costs: Floats,
    held: Held,
    closed: Integers,
    start: Floats | None,
) -> Floats | None:
    """The best point found while some columns stay at their least; None where there is none."""
    chooser = HighsChooser(problem, profile)
    for stage, most in held:
        chooser.hold(stage, most)
    least = problem.lower[closed]
    chooser.bound(closed, least, least)
    try:
        return chooser.choose(costs, start).x
    except (Infeasible, SolverError):
        return None
