"""Which of HiGHS' interior points takes a program: the iterative one (IPX) or HiPO.

HiPO factorises. Hours hang together loosely, so its factors grow with their number and no faster,
where IPX needs more and more steps inside each step; below a million nonzeros IPX is as quick.

Source: Zanetti & Gondzio (2025), A factorisation-based regularised interior point method using
the augmented system; the solver is part of HiGHS since 1.12.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from functools import cache
from typing import Final

from circularpark.solve.profile import Option, SolverProfile

HIPO: Final = "hipo"
# From this many nonzeros on factorising is quicker.
MANY: Final = 1_000_000
# How much larger than one the costs are for HiPO. What it adds to the diagonal of its system, to
# factorise it safely, is a fixed number: beside larger costs it is a smaller error of the duals.
# Far larger ones make more steps. With 1 the duals of whole parks stay too coarse; with 1024 it
# gave up on two of three (five short steps in a row), with this it ended on both that were tried.
DEARER: Final = 1500.0
# Where it stays in the interior: "choose" leaves crossover out, but presolve does less than with
# "off", and HiPO's steps are longer for it. HiGHS would then go on by the simplex from nothing
# where it is not content, which never ends on such a program.
INSIDE: Final[Mapping[str, Option]] = {"run_crossover": "choose", "simplex_iteration_limit": 0}
OUTSIDE: Final[Mapping[str, Option]] = {"run_crossover": "on", "simplex_iteration_limit": 2**31 - 1}


@cache
def factorises() -> bool:
    """Whether HiPO is there.

    Its linear algebra is a package of its own, highspy-extras; where that lies HiGHS is told by
    highspy, when it is imported, for the whole process.
    """
    if importlib.util.find_spec("highspy_extras") is None:
        return False
    told = getattr(importlib.import_module("highspy._core"), "getExtrasLoadStatus", str)()
    return "Successfully" in str(told)


def interior_point(profile: SolverProfile, nonzeros: int) -> str:
    """The interior point that the profile names; left to us, the quicker one."""
    solver = str(profile.native_options().get("solver"))
    if solver not in ("choose", "ipm"):
        return solver
    return HIPO if nonzeros > MANY and factorises() else "ipx"
