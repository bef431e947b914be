"""What HiGHS' numbers mean: statuses of calls and runs, kinds of columns, words.

They bear the names that highspy gives them. Source: highs/interfaces/highs_c_api.h and
highs/lp_data/HConst.h of HiGHS 1.15.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

kSolutionStatusFeasible: Final = 2


class HighsStatus(IntEnum):
    """What a call came to."""

    kError = -1
    kOk = 0
    kWarning = 1


class HighsModelStatus(IntEnum):
    """What a run came to."""

    kNotset = 0
    kLoadError = 1
    kModelError = 2
    kPresolveError = 3
    kSolveError = 4
    kPostsolveError = 5
    kModelEmpty = 6
    kOptimal = 7
    kInfeasible = 8
    kUnboundedOrInfeasible = 9
    kUnbounded = 10
    kObjectiveBound = 11
    kObjectiveTarget = 12
    kTimeLimit = 13
    kIterationLimit = 14
    kUnknown = 15
    kSolutionLimit = 16
    kInterrupt = 17
    kMemoryLimit = 18
    kHighsInterrupt = 19


class HighsVarType(IntEnum):
    """What a column's value may be."""

    kContinuous = 0
    kInteger = 1


class MatrixFormat(IntEnum):
    """How a matrix stands in memory."""

    kColwise = 1
    kRowwise = 2


class ObjSense(IntEnum):
    """What is best."""

    kMinimize = 1
    kMaximize = -1


# The words of HiGHS' own modelStatusToString, which the C interface lacks, in the same order.
WORDS: Final = [
    "Not Set",
    "Load error",
    "Model error",
    "Presolve error",
    "Solve error",
    "Postsolve error",
    "Empty",
    "Optimal",
    "Infeasible",
    "Primal infeasible or unbounded",
    "Unbounded",
    "Bound on objective reached",
    "Target for objective reached",
    "Time limit reached",
    "Iteration limit reached",
    "Unknown",
    "Solution limit reached",
    "Interrupted by user",
    "Memory limit reached",
    "Interrupted by HiGHS",
]
