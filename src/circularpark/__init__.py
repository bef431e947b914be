"""circularpark: which symbiosis links and cascade-use investments cut the most CO2 in a park."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from circularpark.errors import (
    CircularParkError,
    Finding,
    NoFeasiblePlan,
    ParkDataError,
    RuleError,
    SolverError,
    StoreError,
)

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.program.assemble import Problem
    from circularpark.program.rows import across, gathered, listed, rows
    from circularpark.solve.plan import Plan
    from circularpark.solve.profile import SolverProfile
    from circularpark.solve.pyomo_build import to_pyomo, write_model
    from circularpark.studies.case import Case
    from circularpark.studies.store import RunStore
    from circularpark.studies.study import Study

__all__ = [
    "Case",
    "CircularParkError",
    "Finding",
    "NoFeasiblePlan",
    "Park",
    "ParkDataError",
    "Plan",
    "Problem",
    "RuleError",
    "RunStore",
    "SolverError",
    "StoreError",
    "Study",
    "across",
    "build",
    "gathered",
    "listed",
    "read_park",
    "rows",
    "solve",
    "to_pyomo",
    "write_model",
]

# Loaded when first asked for, so that a command starts at once.
_LATER: Mapping[str, tuple[str, str]] = {
    "Case": ("circularpark.studies.case", "Case"),
    "Park": ("circularpark.park.model", "Park"),
    "Plan": ("circularpark.solve.plan", "Plan"),
    "Problem": ("circularpark.program.assemble", "Problem"),
    "RunStore": ("circularpark.studies.store", "RunStore"),
    "Study": ("circularpark.studies.study", "Study"),
    "across": ("circularpark.program.rows", "across"),
    "gathered": ("circularpark.program.rows", "gathered"),
    "listed": ("circularpark.program.rows", "listed"),
    "rows": ("circularpark.program.rows", "rows"),
    "to_pyomo": ("circularpark.solve.pyomo_build", "to_pyomo"),
    "write_model": ("circularpark.solve.pyomo_build", "write_model"),
}


def read_park(where: str | Path, *, case: str | None = None) -> Park:
    """The park of a folder, or a demo park by its name.

    Raises
    ------
    ParkDataError : with all problems of the data at once
    """
    from circularpark.park.read import read_park as read
    from circularpark.physics.formulas import FORMULAS

    return read(where, case=case, formulas=FORMULAS)


def build(park: Park) -> Problem:
    """The linear program of ``park``: arrays with named rows and columns.

    A limit relative to the best operation has that solved first.
    """
    from circularpark.solve.run import build_for

    return build_for(park)


# The floor ``solve`` is a package of that name; loaded first, it leaves the name to the function.
import_module("circularpark.solve")


def solve(
    what: object,
    *,
    solver: SolverProfile | str | None = None,
    minimise: str | None = None,
    mode: str = "exact",
) -> Plan:
    """The plan of a park: least of its objective under its limits, proven.

    Parameters
    ----------
    what : a park; a ``Problem``, with rows of one's own; or a Pyomo model from ``to_pyomo``, with
        constraints, variables and an objective of one's own (other edits are noticed)
    solver : profile, its name or path; default HiGHS
    minimise : a measure to minimise first instead of the park's own (of a park only)
    mode : "exact": the whole program; "design": capacities from typical days, then every hour

    Raises
    ------
    ParkDataError : a limit needs what the park does not have
    NoFeasiblePlan : the limits contradict each other; the diagnosis says which
    RuleError : a rule of one's own is not linear, or uses what is not there
    SolverError : the solver failed, or the park lets something grow without end
    """
    from circularpark.solve.anything import solve_anything

    return solve_anything(what, solver=solver, minimise=minimise, mode=mode)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'circularpark' has no attribute '{name}'")
    module, attribute = _LATER[name]
    return getattr(import_module(module), attribute)
