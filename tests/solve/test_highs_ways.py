"""The two ways to HiGHS, its library and highspy's binding, answer alike."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import highspy
import numpy as np
import pytest
from scipy import sparse

from circularpark.errors import SolverError
from circularpark.solve import highs_binding, highs_library
from circularpark.solve.highs import LiveModel, engine
from circularpark.solve.profile import read_profile
from tests.solve.test_highs import small

WAYS = [highs_binding]
if highs_library.library() is not None:
    WAYS.append(highs_library)

# max 3x + 2y, x + y <= 4, x + 3y <= 6: x = 4, y = 0.
MATRIX = sparse.csc_array(np.array([[1.0, 1.0], [1.0, 3.0]]))


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__.rsplit("_", 1)[-1])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One way after the other, which live models take too."""
    module = import_module("circularpark.solve.highs")
    monkeypatch.setattr(module, "engine", lambda: request.param)
    return request.param  # type: ignore[no-any-return]


def passed(way: ModuleType, integrality: list[int] | None = None) -> Any:
    """A small model inside HiGHS."""
    highs = way.Highs()
    highs.silent()
    status = highs.passModel(
        2,
        2,
        4,
        int(way.MatrixFormat.kColwise),
        int(way.ObjSense.kMinimize),
        0.0,
        np.array([-3.0, -2.0]),
        np.zeros(2),
        np.full(2, 3.5),
        np.full(2, -np.inf),
        np.array([4.0, 6.0]),
        MATRIX.indptr,
        MATRIX.indices,
        MATRIX.data,
        integrality,
    )
    assert status == way.HighsStatus.kOk
    return highs


def test_a_machine_whose_wheel_has_a_library_takes_it() -> None:
    taken = engine()
    assert taken is (highs_binding if highs_library.library() is None else highs_library)


def test_a_run_and_what_it_tells(way: ModuleType) -> None:
    highs = passed(way)
    assert highs.run() == way.HighsStatus.kOk
    assert highs.getModelStatus() == way.HighsModelStatus.kOptimal
    found, info = highs.getSolution(), highs.getInfo()
    assert found.col_value == pytest.approx([3.5, 0.5])
    assert found.row_dual == pytest.approx([-2, 0])
    assert info.objective_function_value == pytest.approx(-11.5)
    assert info.primal_solution_status == way.kSolutionStatusFeasible
    assert info.simplex_iteration_count >= 0
    assert info.mip_node_count == -1
    assert highs.getNumNz() == 4
    assert highs.getInfinity() == np.inf
    assert highs.getRunTime() >= 0
    with pytest.raises(AttributeError):
        _ = info.no_such_number


def test_a_basis_goes_out_and_in_again(way: ModuleType) -> None:
    first = passed(way)
    assert len(way.Highs().getBasis().col_status) == 0
    first.run()
    basis = first.getBasis()
    assert basis.col_status.tolist() == [2, 1]
    assert basis.row_status.tolist() == [2, 1]
    second = passed(way)
    assert (
        second.setBasis(way.HighsBasis(basis.col_status, basis.row_status)) == way.HighsStatus.kOk
    )
    second.run()
    assert second.getInfo().simplex_iteration_count == 0
    status, basic = second.getBasicVariables()
    assert status == way.HighsStatus.kOk
    assert sorted(np.asarray(basic).tolist()) == [-2, 1]
    # The basis holds y and the slack of the second row: B^T p = (1, 0) in their order.
    status, prices = second.getBasisTransposeSolve(np.where(np.asarray(basic) == 1, 1.0, 0.0))
    assert status == way.HighsStatus.kOk
    assert np.asarray(prices) == pytest.approx([1, 0])


def test_changes_of_a_model(way: ModuleType) -> None:
    highs, fine = passed(way), way.HighsStatus.kOk
    which = np.array([0, 1], dtype=np.int32)
    assert highs.changeColsCost(2, which, np.array([-1.0, -4.0])) == fine
    assert highs.changeColsBounds(1, which[:1], np.array([1.0]), np.array([2.0])) == fine
    assert highs.changeRowsBounds(1, which[1:], np.array([-np.inf]), np.array([9.0])) == fine
    assert highs.changeCoeff(1, 1, 2.0) == fine
    assert highs.addRow(-highs.getInfinity(), 2.5, 1, which[1:], np.array([1.0])) == fine
    highs.run()
    # y <= 2.5 by the new row; x + y <= 4.
    assert highs.getSolution().col_value == pytest.approx([1.5, 2.5])
    assert highs.clearSolver() == fine


def test_whole_numbers_and_where_to_begin(way: ModuleType) -> None:
    highs = passed(way, [int(way.HighsVarType.kInteger.value), 0])
    start = np.array([3.0])
    assert highs.setSolution(1, np.array([0], dtype=np.int32), start) == way.HighsStatus.kOk
    highs.run()
    assert highs.getSolution().col_value == pytest.approx([3, 1])
    assert highs.getInfo().mip_dual_bound == pytest.approx(-11)


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("solver", "ipm", True),
        ("threads", 1, True),
        ("time_limit", 10, True),
        ("time_limit", 10.0, True),
        ("output_flag", False, True),
        ("output_flag", 1, False),
        ("threads", 1.5, False),
        ("no_such_option", 1, False),
    ],
)
def test_options_are_judged_alike(
    way: ModuleType, name: str, value: str | float | bool, right: bool
) -> None:
    highs = way.Highs()
    highs.silent()
    assert (highs.setOptionValue(name, value) == way.HighsStatus.kOk) is right


def test_a_program_that_nothing_meets(way: ModuleType) -> None:
    highs = passed(way)
    one = np.array([0], dtype=np.int32)
    highs.changeRowsBounds(1, one, np.array([-np.inf]), np.array([-1.0]))
    highs.run()
    status = highs.getModelStatus()
    assert status == way.HighsModelStatus.kInfeasible
    assert highs.modelStatusToString(status) == "Infeasible"


def test_statuses_bear_the_words_of_highs() -> None:
    if highs_library.library() is None:
        pytest.skip("no library beside highspy")
    one, two = highs_library.Highs(), highspy.Highs()
    for name, status in highspy.HighsModelStatus.__members__.items():
        own = getattr(highs_library.HighsModelStatus, name)
        assert int(own) == int(status)
        assert one.modelStatusToString(own) == two.modelStatusToString(status)


def test_stages_are_the_same_by_either_way(way: ModuleType) -> None:
    model = LiveModel(small([[1, 1]], [4]), read_profile(None))
    first = model.minimise(np.array([-1.0, -1.0]))
    model.hold(np.array([-1.0, -1.0]), first.value)
    costs = np.array([1.0, 0.5])
    second = model.again(costs, model.minimise(costs))
    assert second.x == pytest.approx([0, 4])
    # x + y <= 4 and the stage that holds x + y >= 4 share the price of y.
    assert second.duals[0] - second.duals[1] == pytest.approx(0.5)


def test_an_array_of_another_size_is_refused_before_highs_reads_beyond_it() -> None:
    if highs_library.library() is None:
        pytest.skip("no library beside highspy")
    highs = passed(highs_library)
    with pytest.raises(ValueError, match="HiGHS reads 2"):
        highs.changeColsCost(2, np.array([0, 1]), np.array([1.0]))


def test_a_library_that_lacks_a_function_is_not_taken(tmp_path: Any) -> None:
    other = tmp_path / "libhighs.so.1"
    other.write_bytes(b"no library at all")
    assert highs_library._loaded(other) is None


def test_a_number_that_is_none_is_refused(way: ModuleType) -> None:
    with pytest.raises(SolverError):
        LiveModel(small([[1, 1]], [np.nan]), read_profile(None))
