"""Who reaches whom, and which pairs no mix can have."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from circularpark.physics.quality import excess, linear, never_helps, reachable


def integers(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_every_source_at_the_start_of_a_way_meets_every_sink_at_its_end() -> None:
    found = reachable(integers(5, 7, 5), integers(7, 5), integers(5, 7, 9), integers(7, 7, 5))
    pairs = set(zip(found.source.tolist(), found.sink.tolist(), found.way.tolist(), strict=True))
    # Way 0 from 5 to 7: sources 0 and 2, sink 0; way 1 within 7: source 1; at 9 there is nobody.
    assert pairs == {(0, 0, 0), (2, 0, 0), (1, 0, 1)}


def test_where_nobody_stands_nobody_meets() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(reachable(none, integers(1), integers(1), integers(1))) == 0
    assert len(reachable(integers(1), integers(1), none, none)) == 0


def test_an_operator_keeps_the_order_of_numbers() -> None:
    numbers = np.array([1.0, 4.0, 9.0])
    for exponent in (-2.0, -0.5, 0.5, 1.0, 3.0):
        assert (np.diff(linear(numbers, np.full(3, exponent))) > 0).all()


def test_numbers_that_are_equal_but_for_rounding_are_no_excess() -> None:
    ones = np.ones(1)
    assert excess(np.array([0.1 + 0.2]), np.array([0.3]), ones, ones) == 0.0
    assert excess(np.array([0.31]), np.array([0.3]), ones, ones) > 0
    assert excess(np.array([0.31]), np.array([0.3]), ones, -ones) < 0


def test_what_one_limit_takes_out_another_limit_lacks() -> None:
    # Row 0: pair 0 is beyond and nothing is on its good side; row 1: pair 1 needed pair 0.
    row, pair = integers(0, 0, 1, 1), integers(0, 1, 0, 1)
    beyond = np.array([[2.0], [0.0], [-1.0], [1.0]])
    assert never_helps(2, 2, row, pair, beyond).tolist() == [True, True]


@given(
    st.lists(
        st.lists(st.integers(-2, 2), min_size=4, max_size=4).map(np.array), min_size=1, max_size=3
    )
)
def test_a_pair_is_left_out_only_where_no_mix_can_have_it(rows: list[np.ndarray]) -> None:
    """For every pair left out the most of it under all limits is nothing."""
    beyond = np.stack(rows).astype(float)
    row, pair = (grid.ravel() for grid in np.indices(beyond.shape))
    out = never_helps(len(rows), 4, row, pair, beyond.ravel()[:, None])
    for place in np.flatnonzero(out):
        costs = -np.eye(4)[place]
        found = linprog(costs, A_ub=beyond, b_ub=np.zeros(len(rows)), bounds=[(0, 1)] * 4)
        assert found.fun > -1e-9
