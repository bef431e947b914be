"""Averages over orders: Shapley's value, exactly for few and by sampling for many."""

from __future__ import annotations

import numpy as np
import pytest

from circularpark.account.orders import averages


def glove(there):
    """The glove game: two left gloves (0, 1), one right (2); only a pair is worth something."""
    return np.array([float(there[2] and (there[0] or there[1]))])


def test_the_glove_game_is_shared_as_published():
    found = averages(glove, 3, most=6)
    assert found.mean[:, 0] == pytest.approx([1 / 6, 1 / 6, 4 / 6])
    assert (found.exact, found.orders) == (True, 6)


def test_sampled_orders_share_out_everything_and_say_how_far_they_may_be_off():
    weight = np.arange(1.0, 13.0)

    def value(there):
        # Pairs of neighbours are worth something together; so orders matter.
        return np.array([weight @ there + 5.0 * (there[:-1] & there[1:]).sum()])

    found = averages(value, 12, most=220)
    assert found.mean.sum() == pytest.approx(value(np.ones(12, dtype=bool))[0])
    assert (found.exact, found.orders) == (False, 20)
    # Each pair is shared evenly by its two.
    right = weight + 5.0 * np.array([0.5, *[1.0] * 10, 0.5])
    assert np.all(np.abs(found.mean[:, 0] - right) <= 4 * found.error[:, 0] + 1e-9)


def test_no_more_sets_are_valued_than_allowed():
    asked = set()

    def value(there):
        asked.add(there.tobytes())
        return np.array([float(there.sum() ** 2)])

    averages(value, 20, most=100)
    # None and all come besides.
    assert len(asked) <= 100 + 2


def test_a_set_without_value_gives_no_average():
    assert averages(lambda there: None if there[0] else np.zeros(1), 2, most=10) is None
    assert averages(lambda there: None if there.all() else np.zeros(1), 9, most=10) is None
    assert averages(glove, 0, most=10) is None
