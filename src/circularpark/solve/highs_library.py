"""HiGHS by its C interface: numpy arrays in and out, no lists of Python numbers between.

The wheels of highspy for Linux and macOS carry HiGHS as a library beside the binding. What is
here bears the names that highspy gives it, so that ``highs_binding`` can stand in where the
wheel carries no library.

Source: highs/interfaces/highs_c_api.h and highs/lp_data/HConst.h of HiGHS 1.15.
"""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from circularpark.solve.highs_kinds import (
    WORDS,
    HighsModelStatus,
    HighsStatus,
    HighsVarType,
    MatrixFormat,
    ObjSense,
    kSolutionStatusFeasible,
)

__all__ = [
    "Highs",
    "HighsBasis",
    "HighsModelStatus",
    "HighsStatus",
    "HighsVarType",
    "MatrixFormat",
    "ObjSense",
    "Solution",
    "kSolutionStatusFeasible",
    "library",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]

# As the wheels name it: the file that the binding itself is linked to.
FILES: Final = ("libhighs.so.1", "libhighs.1.dylib")
MAJOR: Final = 1

_HIGHS, _INT, _DOUBLE, _TEXT = ctypes.c_void_p, ctypes.c_int32, ctypes.c_double, ctypes.c_char_p
_ARRAY = ctypes.c_void_p
_OUT_INT, _OUT_LONG = ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(ctypes.c_int64)
_OUT_DOUBLE = ctypes.POINTER(ctypes.c_double)
_LP = (_HIGHS, *[_INT] * 5, _DOUBLE, *[_ARRAY] * 8)
_BOUNDS = (_HIGHS, _INT, *[_ARRAY] * 3)
# name -> what it gives back and takes; a number gives the status where nothing else is said.
_SIGNATURES: Final[Mapping[str, tuple[Any, tuple[Any, ...]]]] = {
    "create": (_HIGHS, ()),
    "destroy": (None, (_HIGHS,)),
    "versionMajor": (_INT, ()),
    "getSizeofHighsInt": (_INT, (_HIGHS,)),
    "setBoolOptionValue": (_INT, (_HIGHS, _TEXT, _INT)),
    "setIntOptionValue": (_INT, (_HIGHS, _TEXT, _INT)),
    "setDoubleOptionValue": (_INT, (_HIGHS, _TEXT, _DOUBLE)),
    "setStringOptionValue": (_INT, (_HIGHS, _TEXT, _TEXT)),
    "passLp": (_INT, _LP),
    "passMip": (_INT, (*_LP, _ARRAY)),
    "run": (_INT, (_HIGHS,)),
    "clearSolver": (_INT, (_HIGHS,)),
    "getModelStatus": (_INT, (_HIGHS,)),
    "getRunTime": (_DOUBLE, (_HIGHS,)),
    "getInfinity": (_DOUBLE, (_HIGHS,)),
    "getNumCol": (_INT, (_HIGHS,)),
    "getNumRow": (_INT, (_HIGHS,)),
    "getNumNz": (_INT, (_HIGHS,)),
    "getSolution": (_INT, (_HIGHS, *[_ARRAY] * 4)),
    "setSparseSolution": (_INT, (_HIGHS, _INT, *[_ARRAY] * 2)),
    "getBasis": (_INT, (_HIGHS, *[_ARRAY] * 2)),
    "setBasis": (_INT, (_HIGHS, *[_ARRAY] * 2)),
    "getBasicVariables": (_INT, (_HIGHS, _ARRAY)),
    "getBasisTransposeSolve": (_INT, (_HIGHS, *[_ARRAY] * 4)),
    "changeColsCostByRange": (_INT, (_HIGHS, _INT, _INT, _ARRAY)),
    "changeColsCostBySet": (_INT, (_HIGHS, _INT, *[_ARRAY] * 2)),
    "changeColsBoundsBySet": (_INT, _BOUNDS),
    "changeRowsBoundsBySet": (_INT, _BOUNDS),
    "changeCoeff": (_INT, (_HIGHS, _INT, _INT, _DOUBLE)),
    "addRow": (_INT, (_HIGHS, _DOUBLE, _DOUBLE, _INT, *[_ARRAY] * 2)),
    "getInfoType": (_INT, (_HIGHS, _TEXT, _OUT_INT)),
    "getIntInfoValue": (_INT, (_HIGHS, _TEXT, _OUT_INT)),
    "getInt64InfoValue": (_INT, (_HIGHS, _TEXT, _OUT_LONG)),
    "getDoubleInfoValue": (_INT, (_HIGHS, _TEXT, _OUT_DOUBLE)),
}
# The kinds of numbers that HiGHS tells of a run.
_INFO: Final[Mapping[int, tuple[str, Any]]] = {
    -1: ("getInt64InfoValue", ctypes.c_int64),
    1: ("getIntInfoValue", ctypes.c_int32),
    2: ("getDoubleInfoValue", ctypes.c_double),
}


@cache
def library() -> Any | None:
    """HiGHS' functions by their names; None where there is no library that fits."""
    found = importlib.util.find_spec("highspy")
    folders = found.submodule_search_locations if found else None
    for file in (Path(folder) / name for folder in folders or () for name in FILES):
        if file.is_file():
            return _loaded(file)
    return None


def _loaded(file: Path) -> Any | None:
    try:
        functions = ctypes.CDLL(str(file))
        for name, (answer, arguments) in _SIGNATURES.items():
            function = getattr(functions, f"Highs_{name}")
            function.restype, function.argtypes = answer, arguments
    except (OSError, AttributeError):
        return None
    one = functions.Highs_create()
    fits = functions.Highs_getSizeofHighsInt(one) == np.dtype(np.int32).itemsize
    functions.Highs_destroy(one)
    return functions if fits and functions.Highs_versionMajor() == MAJOR else None


@dataclass(frozen=True)
class Solution:
    """What a run found, nan where it found nothing: (n,) columns, (m,) duals of the rows."""

    col_value: Floats
    row_dual: Floats


@dataclass
class HighsBasis:
    """The statuses of columns and rows: 0 lower, 1 basic, 2 upper, 3 zero, 4 nonbasic."""

    col_status: Indices
    row_status: Indices


class Info:
    """The numbers of the last run, by the names that HiGHS gives them."""

    def __init__(self, highs: Highs) -> None:
        self._highs = highs

    def __getattr__(self, name: str) -> Any:
        kind = ctypes.c_int32()
        if self._highs.call("getInfoType", name.encode(), ctypes.byref(kind)) != HighsStatus.kOk:
            raise AttributeError(name)
        function, holder = _INFO[kind.value]
        value = holder()
        # Before a run the status is a warning, and the number what it began as.
        self._highs.call(function, name.encode(), ctypes.byref(value))
        return value.value


class Highs:
    """One model inside HiGHS, with the methods of ``highspy.Highs`` that are of use here.

    Arrays that are handed over are read before the call returns and may be used again.
    """

    def __init__(self) -> None:
        self._functions = library()
        if self._functions is None:
            raise RuntimeError("no library of HiGHS beside highspy")
        self._highs = self._functions.Highs_create()
        self._destroy = self._functions.Highs_destroy

    def __del__(self) -> None:
        if getattr(self, "_highs", None):
            self._destroy(self._highs)
            self._highs = None

    def call(self, name: str, *arguments: object) -> Any:
        """One function of the C interface on this model; arrays are handed over as they lie."""
        given = [a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments]
        return getattr(self._functions, f"Highs_{name}")(self._highs, *given)

    def silent(self) -> None:
        """Print nothing."""
        self.setOptionValue("output_flag", False)

    def setOptionValue(self, name: str, value: str | float | bool) -> int:
        """Set an option; what kind of value it takes HiGHS judges, as in highspy."""
        # A bool is an int too, so it is asked for first.
        kinds = ((bool, "Bool"), (int, "Int"), (float, "Double"), (str, "String"))
        kind = next(word for of, word in kinds if isinstance(value, of))
        given = value.encode() if isinstance(value, str) else value
        return int(self.call(f"set{kind}OptionValue", name.encode(), given))

    def passModel(
        self,
        columns: int,
        rows: int,
        nonzeros: int,
        order: int,
        sense: int,
        offset: float,
        costs: ArrayLike,
        lower: ArrayLike,
        upper: ArrayLike,
        row_lower: ArrayLike,
        row_upper: ArrayLike,
        start: ArrayLike,
        index: ArrayLike,
        values: ArrayLike,
        integrality: ArrayLike | None = None,
    ) -> int:
        """Take a model: (n,) costs and bounds, (m,) sides, the matrix by columns or by rows."""
        across = columns if order == MatrixFormat.kColwise else rows
        # One start more than HiGHS reads is usual.
        begins = np.asarray(start)[:across]
        model = (
            columns,
            rows,
            nonzeros,
            int(order),
            int(sense),
            offset,
            *(_doubles(part, columns) for part in (costs, lower, upper)),
            *(_doubles(part, rows) for part in (row_lower, row_upper)),
            _indices(begins, across),
            _indices(index, nonzeros),
            _doubles(values, nonzeros),
        )
        if integrality is None:
            return int(self.call("passLp", *model))
        return int(self.call("passMip", *model, _indices(integrality, columns)))

    def run(self) -> int:
        """Solve the model."""
        return int(self.call("run"))

    def clearSolver(self) -> int:
        """Forget where the last run ended."""
        return int(self.call("clearSolver"))

    def getModelStatus(self) -> HighsModelStatus:
        """What the last run came to."""
        return HighsModelStatus(self.call("getModelStatus"))

    def modelStatusToString(self, status: int) -> str:
        """A status in HiGHS' words."""
        return WORDS[int(status)]

    def getRunTime(self) -> float:
        """Seconds of all runs."""
        return float(self.call("getRunTime"))

    def getInfinity(self) -> float:
        """What HiGHS takes for no bound."""
        return float(self.call("getInfinity"))

    def getNumNz(self) -> int:
        """How many coefficients the model has."""
        return int(self.call("getNumNz"))

    def getInfo(self) -> Info:
        """The numbers of the last run."""
        return Info(self)

    def getSolution(self) -> Solution:
        """Columns and duals of the rows as the last run left them."""
        columns, rows = self.call("getNumCol"), self.call("getNumRow")
        values, duals = _blank(columns), _blank(rows)
        self.call("getSolution", values, None, None, duals)
        return Solution(_filled(values), _filled(duals))

    def setSolution(self, count: int, index: ArrayLike, values: ArrayLike) -> int:
        """Begin from these values of some columns, (count,)."""
        kept = _indices(index, count), _doubles(values, count)
        return int(self.call("setSparseSolution", count, *kept))

    def getBasis(self) -> HighsBasis:
        """The statuses of columns and rows; empty where HiGHS has none."""
        columns, rows = self.call("getNumCol"), self.call("getNumRow")
        basis = HighsBasis(np.full(columns, -1, np.int32), np.full(rows, -1, np.int32))
        self.call("getBasis", basis.col_status, basis.row_status)
        if (basis.col_status[:1] < 0).any():
            return HighsBasis(basis.col_status[:0], basis.row_status[:0])
        return basis

    def setBasis(self, basis: HighsBasis) -> int:
        """Begin from a basis; HiGHS mends the number of basic ones."""
        columns, rows = self.call("getNumCol"), self.call("getNumRow")
        kept = _indices(basis.col_status, columns), _indices(basis.row_status, rows)
        return int(self.call("setBasis", *kept))

    def getBasicVariables(self) -> tuple[int, Indices]:
        """Status, and (m,) the basic columns; -1 - i is the slack of row i."""
        basic = np.zeros(self.call("getNumRow"), dtype=np.int32)
        return int(self.call("getBasicVariables", basic)), basic

    def getBasisTransposeSolve(self, side: ArrayLike) -> tuple[int, Floats]:
        """Status, and (m,) the solution of the transposed basis for a side."""
        rows = self.call("getNumRow")
        given, found = _doubles(side, rows), np.zeros(rows)
        status = self.call("getBasisTransposeSolve", given, found, None, None)
        return int(status), found

    def changeColsCost(self, count: int, columns: ArrayLike, costs: ArrayLike) -> int:
        """Other costs of some columns, (count,)."""
        kept = _indices(columns, count), _doubles(costs, count)
        return int(self.call("changeColsCostBySet", count, *kept))

    def changeColsBounds(
        self, count: int, columns: ArrayLike, lower: ArrayLike, upper: ArrayLike
    ) -> int:
        """Other bounds of some columns, (count,)."""
        kept = _indices(columns, count), _doubles(lower, count), _doubles(upper, count)
        return int(self.call("changeColsBoundsBySet", count, *kept))

    def changeRowsBounds(
        self, count: int, rows: ArrayLike, lower: ArrayLike, upper: ArrayLike
    ) -> int:
        """Other sides of some rows, (count,)."""
        kept = _indices(rows, count), _doubles(lower, count), _doubles(upper, count)
        return int(self.call("changeRowsBoundsBySet", count, *kept))

    def changeCoeff(self, row: int, column: int, value: float) -> int:
        """Another coefficient."""
        return int(self.call("changeCoeff", row, column, value))

    def addRow(
        self, lower: float, upper: float, count: int, columns: ArrayLike, values: ArrayLike
    ) -> int:
        """One more row, with (count,) coefficients."""
        kept = _indices(columns, count), _doubles(values, count)
        return int(self.call("addRow", lower, upper, count, *kept))


def _doubles(values: ArrayLike, count: int) -> Floats:
    array = np.ascontiguousarray(values, dtype=np.float64)
    _sized(array, count)
    return array


def _indices(values: ArrayLike, count: int) -> Indices:
    array = np.ascontiguousarray(values, dtype=np.int32)
    _sized(array, count)
    return array


def _sized(array: NDArray[Any], count: int) -> None:
    """Refuse an array of another size: HiGHS reads as much as it is told, whatever is there."""
    if array.shape != (count,):
        raise ValueError(f"an array of {array.shape} where HiGHS reads {count}")


def _blank(count: int) -> Floats:
    values = np.empty(count)
    values[-1:] = np.nan
    return values


def _filled(values: Floats) -> Floats:
    """The values that HiGHS wrote; nan where it wrote none."""
    if len(values) and np.isnan(values[-1]):
        values[:] = np.nan
    return values
