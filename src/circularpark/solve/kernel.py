"""A first choice of whole numbers that is nearly the best, before all choices are searched.

The program without whole numbers says which things are worth while even in part: its kernel.
The mixed-integer program of the kernel alone is small and soon solved. The prices that hold in
the plan found say which other things would help it most: these join what it uses, the rest stays
out, and the small program is solved again, a wider one where that finds nothing better.

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
from circularpark.solve.highs import Infeasible, LiveModel, Point
from circularpark.solve.profile import SolverProfile

# What is built is chosen first; whether it is on or off in an hour follows from that.
BUILT = ("open", "units")
# With fewer choices than this the whole program is soon solved.
FEW = 40
# Less than this of a thing is the relaxed program's dust.
DUST = 1e-7
# How close to its best the choice among a kernel is brought.
CLOSE = 1e-3
# What is better by less than this share is no step forward, and what is tried next is wider.
HARDLY = 1e-5
WIDER = 1.7
MOST = 4.0
# The share of the time that one kernel, and all kernels together, may take.
ONE, ALL = 0.15, 0.4
# With more nonzeros than this the interior point solves the relaxed program sooner.
LARGE = 20_000

Held = list[tuple[Floats, float]]


def first_choice(
    problem: Problem, profile: SolverProfile, costs: Floats, held: Held, last: Floats | None
) -> Floats | None:
    """A point with whole numbers that is good for ``costs``, (n,); None where there is none yet.

    held : earlier stages, each ``costs @ x <= most``; last : the point of the last of them

    Raises
    ------
    Infeasible : not even numbers in parts meet all rows.
    """
    columns = _built(problem)
    if len(columns) < FEW:
        return last
    limit = float(profile.options.get("time_limit", np.inf))
    begun = time.perf_counter()
    relaxed = LiveModel(relaxation(problem), profile)
    for stage, most in held:
        relaxed.hold(stage, most)
    try:
        order, size = _worth_while(problem, relaxed, costs, held, columns, last)
    except Infeasible:
        if not held:
            raise
        # Held to its last digits a stage may leave no room: only a head start is lost.
        return last
    best, first, more = last, size, float(size)
    while size < len(columns) and more <= MOST * first:
        left = ALL * limit - (time.perf_counter() - begun)
        if left <= 0:
            break
        asked = {"mip_rel_gap": max(CLOSE, profile.gap), "time_limit": min(ONE * limit, left)}
        brief = replace(profile, options={**profile.options, **asked})
        found = _among(problem, brief, costs, held, columns[order[size:]], best)
        if not _better(costs, found, best):
            more *= WIDER
        best = best if found is None else found
        if best is None:
            size = int(more)
            continue
        try:
            order, used = _asked_for(problem, relaxed, costs, held, columns, best)
        except (Infeasible, SolverError):
            # A stage that is held to its last digits may leave the point found no room.
            break
        size = used + int(more)
    return best


def _built(problem: Problem) -> Integers:
    """The columns that say what is built, as far as they are open."""
    built = np.zeros(problem.var.size, dtype=bool)
    for variable in problem.var:
        built[variable.start : variable.stop] = variable.name in BUILT
    return np.flatnonzero(built & (problem.upper > problem.lower))


def _better(costs: Floats, found: Floats | None, best: Floats | None) -> bool:
    if found is None or best is None:
        return found is not None
    value = float(costs @ best)
    return bool(costs @ found < value - HARDLY * abs(value))


def _worth_while(
    problem: Problem,
    relaxed: LiveModel,
    costs: Floats,
    held: Held,
    columns: Integers,
    last: Floats | None,
) -> tuple[Integers, int]:
    """The columns from the most to the least worth while, and how many are used in part."""
    if problem.matrix.nnz > LARGE:
        relaxed.choose_method("ipm")
    point = relaxed.minimise(costs)
    x = np.where(point.x[columns] > DUST, point.x[columns], 0.0)
    if last is not None:
        x = np.where(last[columns] > DUST, np.inf, x)
    order = np.lexsort((_reduced(problem, costs, held, point)[columns], -x))
    return order, max(int((x > 0).sum()), FEW // 2)


def _asked_for(
    problem: Problem,
    relaxed: LiveModel,
    costs: Floats,
    held: Held,
    columns: Integers,
    best: Floats,
) -> tuple[Integers, int]:
    """What the best choice uses, then the others by what they would cost at its prices."""
    chosen = np.round(best[columns])
    relaxed.bound(columns, chosen, chosen)
    reduced = _reduced(problem, costs, held, relaxed.minimise(costs))[columns]
    used = chosen > problem.lower[columns]
    return np.argsort(np.where(used, -np.inf, reduced), kind="stable"), int(used.sum())


def _reduced(problem: Problem, costs: Floats, held: Held, point: Point) -> Floats:
    """What one more of each column would cost at the prices of a point, (n,)."""
    rows = problem.matrix.shape[0]
    reduced = costs - problem.matrix.T @ point.duals[:rows]
    for (stage, _), dual in zip(held, point.duals[rows:], strict=True):
        reduced = reduced - dual * stage
    return np.asarray(reduced, dtype=float)


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
