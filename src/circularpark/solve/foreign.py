"""A solver behind Pyomo: whether it is there and may be used, and one run of it.

What it prints and warns is kept from the reader; what it says of a failure is told in words, with
the way out where the profile knows one.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Final, NamedTuple

import numpy as np
import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from circularpark.errors import SolverError
from circularpark.solve.profile import NotInstalled, NotUsable, SolverProfile, TooLarge

OPTIMAL: Final = frozenset({"optimal", "globallyOptimal", "convergenceCriteriaSatisfied"})
OUT_OF_TIME: Final = frozenset({"maxTimeLimit", "maxIterations", "maxEvaluations"})
# Pyomo's own words before those of the solver.
_BEFORE: Final = re.compile(r".*message=", flags=re.DOTALL)


def installed(profile: SolverProfile) -> bool:
    """Whether the profile's solver is there and may be used (a licence, say)."""
    if profile.interface == "highs":
        return True
    # Whatever a foreign interface raises here, it is not usable.
    try:
        with _quiet():
            return bool(pyo.SolverFactory(profile.pyomo_name).available(exception_flag=False))
    except Exception:
        return False


def version_of(profile: SolverProfile) -> str:
    """The version that the profile's solver says it has; "" where it says none."""
    # Interfaces differ in what they return here and in what they raise.
    try:
        with _quiet():
            found = pyo.SolverFactory(profile.pyomo_name).version()
    except Exception:
        return ""
    return ".".join(str(part) for part in found) if isinstance(found, tuple) else str(found or "")


def need(profile: SolverProfile) -> None:
    """Refuse a solver that is not there or may not be used, and say what to do.

    Raises
    ------
    NotInstalled : the solver is missing
    NotUsable : its package is there, but will not run, as without a licence
    """
    if installed(profile):
        return
    there = profile.package and importlib.util.find_spec(profile.package) is not None
    said = _why_not(profile) if there else ""
    raise NotUsable(profile, said) if said else NotInstalled(profile)


def _why_not(profile: SolverProfile) -> str:
    """What the solver itself says."""
    try:
        with _quiet():
            pyo.SolverFactory(profile.pyomo_name).available(exception_flag=True)
    except Exception as problem:
        return _first_line(problem)
    return ""


class Ended(NamedTuple):
    """How a solver says that it ended.

    bound : what it says no point is below, nan if nothing; found : it gave a point, which need not
        be the best one where its time was over
    """

    condition: str
    bound: float
    found: bool = True


def run(model: Any, profile: SolverProfile, shape: tuple[int, int]) -> Ended:
    """Solve a Pyomo model where it stands; returns how the solver says that it ended.

    Parameters
    ----------
    shape : how many rows and columns the model has, for what is told of a failure

    Raises
    ------
    TooLarge : the solver's licence does not allow so many rows and columns
    SolverError : the solver broke down.
    """
    solver = pyo.SolverFactory(profile.pyomo_name)
    for name, value in profile.options.items():
        solver.options[name] = value
    # A foreign interface may raise anything.
    try:
        with _quiet(), PauseGC():
            answer = solver.solve(model, load_solutions=False)
            ended = str(answer.solver.termination_condition)
            late = ended in OUT_OF_TIME and len(getattr(answer, "solution", ())) > 0
            found = ended in OPTIMAL or late
            if found:
                model.solutions.load_from(answer)
    except Exception as problem:
        said = _first_line(problem)
        if any(part in said for part in profile.too_large):
            raise TooLarge(profile, shape, said) from None
        raise SolverError("pyomo.failed", name=profile.name, problem=said) from None
    return Ended(ended, _bound(answer), found)


def _bound(answer: Any) -> float:
    """The solver's own lower bound; nan where it states none."""
    stated = getattr(getattr(answer, "problem", None), "lower_bound", None)
    # Interfaces differ in what they leave here where there is none.
    try:
        return float(stated) if stated is not None else np.nan
    except (TypeError, ValueError):
        return np.nan


def _first_line(problem: Exception) -> str:
    text = _BEFORE.sub("", str(problem)).strip()
    return text.splitlines()[0] if text else type(problem).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what Pyomo and the solver's package print and warn: the outcome is told here."""
    logger = logging.getLogger("pyomo")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
