"""What stands between our arrays and HiGHS: scaling, statuses, held stages, other bounds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

import circularpark
from circularpark.errors import SolverError
from circularpark.program.time import Floats
from circularpark.solve.highs import SMALLEST, Infeasible, LiveModel
from circularpark.solve.profile import read_profile
from circularpark.solve.scaling import row_scale
from tests.account.rich import rich_park


@dataclass(frozen=True)
class Small:
    """Arrays of a linear program written by hand."""

    matrix: sparse.csc_array
    scale: Floats
    lower: Floats
    derived: Floats
    row_lower: Floats
    row_upper: Floats

    @property
    def row_scale(self) -> Floats:
        return row_scale(self.matrix, self.scale)


def small(matrix: list[list[float]], row_upper: list[float], upper: float = 10.0) -> Small:
    """max-type rows ``matrix @ x <= row_upper`` with 0 <= x <= upper."""
    array = sparse.csc_array(np.array(matrix, dtype=float))
    rows, columns = array.shape
    return Small(
        array,
        np.ones(columns),
        np.zeros(columns),
        np.full(columns, upper),
        np.full(rows, -np.inf),
        np.array(row_upper, dtype=float),
    )


def live(program: Small) -> LiveModel:
    return LiveModel(program, read_profile(None))


def test_a_program_worked_by_hand() -> None:
    # max 3x + 2y, x + y <= 4, x + 3y <= 6: x = 4, y = 0; the first row is worth 3.
    point = live(small([[1, 1], [1, 3]], [4, 6])).minimise(np.array([-3.0, -2.0]))
    assert point.x == pytest.approx([4, 0])
    assert point.value == pytest.approx(-12)
    assert point.duals == pytest.approx([-3, 0])


def test_a_later_stage_holds_the_earlier() -> None:
    # All points of x + y = 4 are best for the first stage; the second wants y.
    model = live(small([[1, 1]], [4]))
    first = model.minimise(np.array([-1.0, -1.0]))
    model.hold(np.array([-1.0, -1.0]), first.value)
    second = model.minimise(np.array([1.0, 0.0]))
    assert second.x == pytest.approx([0, 4])
    # The row that holds the first stage has its dual behind those of the program.
    assert len(second.duals) == 2


def test_other_bounds_are_in_the_park_s_units() -> None:
    model = live(small([[1, 1]], [4]))
    model.bound(np.array([0]), np.array([1.0]), np.array([1.5]))
    point = model.minimise(np.array([-3.0, -2.0]))
    assert point.x == pytest.approx([1.5, 2.5])


def test_rows_that_contradict_each_other_are_infeasible() -> None:
    model = live(small([[1, 1], [-1, -1]], [4, -5]))
    with pytest.raises(Infeasible):
        model.minimise(np.array([1.0, 1.0]))


def test_scaling_is_by_powers_of_two_and_brings_rows_near_one() -> None:
    matrix = sparse.csc_array(np.array([[3e6, 2e6], [0.0, 1e-7], [0.0, 0.0]]))
    scale = row_scale(matrix, np.array([1.0, 1024.0]))
    assert np.array_equal(np.log2(scale), np.round(np.log2(scale)))
    largest = (np.abs(matrix.toarray()) * [1.0, 1024.0]).max(axis=1) * scale
    assert ((largest[:2] >= 0.5) & (largest[:2] <= 2)).all()
    assert scale[2] == 1.0


def test_units_far_apart_do_not_change_the_answer() -> None:
    plain = live(small([[1, 1], [1, 3]], [4, 6])).minimise(np.array([-3.0, -2.0]))
    program = small([[1e6, 1e-3], [1e-6, 3e-15]], [4e3, 6e-9])
    # x counted in thousandths, y in millions, the rows in units of their own.
    sizes = np.array([1e-3, 1e6])
    other = Small(
        program.matrix,
        np.array([2.0**-10, 2.0**20]),
        program.lower,
        10 * sizes,
        program.row_lower,
        program.row_upper,
    )
    point = live(other).minimise(np.array([-3.0, -2.0]) / sizes)
    assert point.x / sizes == pytest.approx(plain.x, abs=1e-9)
    assert point.value == pytest.approx(plain.value)


def test_what_is_too_small_for_highs_is_left_out_knowingly() -> None:
    model = live(small([[1, SMALLEST / 4]], [4]))
    assert model.highs.getNumNz() == 1


@pytest.mark.parametrize("name", ["lower", "derived", "row_lower", "row_upper"])
def test_bounds_that_are_not_numbers_are_refused(name: str) -> None:
    program = small([[1, 1]], [4])
    getattr(program, name)[0] = np.nan
    with pytest.raises(SolverError) as raised:
        live(program)
    assert raised.value.code == "solve.not_a_number"


def test_a_cost_that_is_not_finite_is_refused() -> None:
    with pytest.raises(SolverError) as raised:
        live(small([[1, 1]], [4])).minimise(np.array([np.inf, 1.0]))
    assert raised.value.code == "solve.not_finite"


def test_scipy_finds_the_same_least_cost_from_the_same_arrays(
    tmp_path: Path,
) -> None:
    problem = circularpark.build(circularpark.read_park(rich_park(tmp_path)))
    cost = next(o for o in problem.objectives if o.name == "cost")
    ours = LiveModel(problem, read_profile(None)).minimise(cost.costs)
    theirs = unscaled(problem, cost.costs)
    assert ours.value == pytest.approx(theirs, rel=1e-7)


def unscaled(problem: circularpark.Problem, costs: Floats) -> float:
    """The least of ``costs`` by scipy, without our scaling and our derived bounds."""
    low, high = problem.row_lower, problem.row_upper
    equal = low == high
    above, below = np.isfinite(high) & ~equal, np.isfinite(low) & ~equal
    matrix = problem.matrix.tocsr()
    found = linprog(
        costs,
        A_ub=sparse.vstack([matrix[above], -matrix[below]]),
        b_ub=np.concatenate([high[above], -low[below]]),
        A_eq=matrix[equal],
        b_eq=high[equal],
        bounds=np.stack([problem.lower, problem.upper], axis=1),
        method="highs-ds",
    )
    assert found.status == 0, found.message
    return float(found.fun)
