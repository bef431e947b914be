"""One verb for all that can be solved: a park, its program, its Pyomo model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circularpark.errors import RuleError
from circularpark.park.model import Park
from circularpark.program.assemble import Problem

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan
    from circularpark.solve.profile import SolverProfile


def solve_anything(
    what: Any,
    *,
    solver: SolverProfile | str | None = None,
    minimise: str | None = None,
    mode: str = "exact",
) -> Plan:
    """The plan of a park, of a ``Problem`` or of a Pyomo model that came from one.

    Raises
    ------
    RuleError : it is none of these, or ``minimise`` and ``mode`` are given where the program
        has its objective already.
    """
    from circularpark.solve.run import plan_of, solve

    if isinstance(what, Park):
        return solve(what, solver=solver, minimise=minimise, mode=mode)
    if minimise is not None or mode != "exact":
        raise RuleError("pyomo.objective_is_there")
    if isinstance(what, Problem):
        return plan_of(what, solver)
    # Only what is a Pyomo model makes Pyomo load.
    if not type(what).__module__.startswith("pyomo."):
        raise RuleError("pyomo.not_solvable", kind=type(what).__name__)
    from circularpark.solve.pyomo_solve import solve_model

    return solve_model(what, solver=solver)
