"""Solve a Pyomo model that came from a park: on our arrays where that is the same program.

Rows, columns and an objective that a user added are compiled onto the arrays; HiGHS, the later
stages and the certificate work as for any park. A model whose own components were edited is
solved through Pyomo itself, and its plan says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from circularpark.errors import SolverError
from circularpark.program.time import Floats
from circularpark.solve.foreign import need
from circularpark.solve.profile import SolverProfile, read_profile
from circularpark.solve.pyomo_program import ExtendedProblem
from circularpark.solve.pyomo_read import Read, read_model
from circularpark.solve.run import Clock, Optimum, plan_of
from circularpark.solve.solvers import PyomoModel

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan


def solve_model(model: Any, *, solver: SolverProfile | str | None = None) -> Plan:
    """The plan of a model that ``to_pyomo`` made, with a user's rules, columns and objective.

    The values are loaded into the model, and the duals into its suffix ``dual`` if it has one.

    Raises
    ------
    RuleError : a rule is not linear or uses what is not on the model, or the model is none of ours
    NoFeasiblePlan : no point meets all rules; the diagnosis says which
    SolverError : the solver failed, or a column grows without end
    """
    profile = solver if isinstance(solver, SolverProfile) else read_profile(solver)
    clock = Clock()
    read = clock.run("build", read_model, model)
    if read.unread or read.integers or read.edits:
        with _borrowed(model, read, profile) as live:
            plan = plan_of(read.problem, profile, clock, live=live)
    else:
        plan = plan_of(read.problem, profile, clock)
    _refuse_leaning(read.problem, plan.optimum)
    edits = (*read.edits, *read.unread)
    plan.judged = replace(plan.judged, optimum=replace(plan.optimum, edits=edits))
    _load(model, read, plan.optimum)
    return plan


@contextmanager
def _borrowed(model: Any, read: Read, profile: SolverProfile) -> Iterator[PyomoModel]:
    """The user's own model, ready to be solved stage by stage; given back as it was."""
    through = profile if profile.interface == "pyomo" else through_pyomo(profile)
    need(through)
    active = list(model.component_data_objects(pyo.Objective, active=True, descend_into=True))
    had_duals = model.component("dual") is not None
    for objective in active:
        objective.deactivate()
    ones = (np.ones(len(read.variables)), np.ones(len(read.rows)))
    live = PyomoModel(
        read.problem, model, read.variables, read.rows, through, ones, duals=not read.integers
    )
    try:
        yield live
    finally:
        live.release()
        if not had_duals and model.component("dual") is not None:
            model.del_component("dual")
        for objective in active:
            objective.activate()


def through_pyomo(profile: SolverProfile) -> SolverProfile:
    """The profile of HiGHS by way of Pyomo, its options the same."""
    return replace(
        profile, interface="pyomo", pyomo_name="appsi_highs", options=profile.native_options()
    )


def _refuse_leaning(problem: Any, optimum: Optimum) -> None:
    """Refuse an optimum in which a user's column falls without end."""
    if not isinstance(problem, ExtendedProblem):
        return
    falling = problem.open_below[
        optimum.x[problem.open_below] <= problem.lower[problem.open_below] * (1 - 1e-6)
    ]
    if len(falling):
        names = list(problem.column_names())
        raise SolverError("solve.leaning", columns=", ".join(names[i] for i in falling[:5]))


def _load(model: Any, read: Read, optimum: Optimum) -> None:
    for variable, value in zip(read.variables.tolist(), optimum.x.tolist(), strict=True):
        if not variable.fixed:
            variable.set_value(value, skip_validation=True)
    duals = model.component("dual")
    if duals is not None and duals.ctype is pyo.Suffix:
        found: Floats = optimum.points[-1].duals
        for row, dual in zip(read.rows.tolist(), found.tolist(), strict=False):
            if row is not None:
                duals[row] = dual
