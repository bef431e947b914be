"""Days that stand for others: the clusters of tsam, and means that hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from circularpark.program.cluster_days import choose, days_of
from tests.real_year import weeks, year


def as_days(profiles: pd.DataFrame) -> np.ndarray:
    return profiles.to_numpy(dtype=float).reshape(len(profiles) // 24, 24, -1)


# What tsam 4.1.1 answers: aggregate(..., ClusterConfig("hierarchical", representation="medoid")).
TSAM_WEEKS_8 = "1111114300000057222270666603"
TSAM_YEAR_8 = {79: 111, 101: 88, 242: 42, 155: 36, 258: 16, 186: 36, 104: 21, 335: 15}


def test_the_clusters_are_those_of_tsam() -> None:
    shapes = as_days(weeks())
    choice = choose(shapes, np.ones(6), 8, [])
    pairs = set(zip(choice.stands.tolist(), TSAM_WEEKS_8, strict=True))
    assert len(pairs) == 8


def test_the_days_that_stand_are_those_of_tsam() -> None:
    choice = choose(as_days(year()), np.ones(6), 8, [])
    sizes = np.bincount(choice.stands).tolist()
    assert dict(zip(choice.day.tolist(), sizes, strict=True)) == TSAM_YEAR_8


@pytest.mark.parametrize("count", [1, 2, 5, 12, 365])
def test_every_profile_keeps_its_yearly_sum_and_the_days_make_a_year(count: int) -> None:
    shapes = as_days(year())
    choice = choose(shapes, np.ones(6), count, [200] if count > 1 else [])
    found, weight = days_of(shapes, np.ones(365), choice)
    assert choice.count == count
    assert weight.sum() == pytest.approx(365, rel=1e-12)
    assert np.einsum("dsp,d->p", found, weight) == pytest.approx(shapes.sum(axis=(0, 1)), rel=1e-8)
    # No sun shines brighter than the year's brightest.
    assert (found <= shapes.max(axis=(0, 1)) + 1e-12).all()


def test_an_extreme_day_stands_for_itself_alone_and_stays_as_it_is() -> None:
    shapes = as_days(year())
    choice = choose(shapes, np.ones(6), 6, [200])
    found, weight = days_of(shapes, np.ones(365), choice)
    (place,) = np.flatnonzero(choice.day == 200)
    assert choice.alone.tolist().count(True) == 1
    assert weight[place] == 1
    assert np.array_equal(found[place], shapes[200])


def test_other_days_keep_their_shape() -> None:
    shapes = as_days(year())
    choice = choose(shapes, np.ones(6), 8, [])
    found, _ = days_of(shapes, np.ones(365), choice)
    tariff, real = found[..., 0], shapes[choice.day][..., 0]
    assert np.corrcoef(tariff.ravel(), real.ravel())[0, 1] > 0.999


def test_all_days_for_themselves_are_the_year_itself() -> None:
    shapes = as_days(weeks())
    choice = choose(shapes, np.ones(6), 28, [])
    found, weight = days_of(shapes, np.full(28, 365 / 28), choice)
    assert np.array_equal(found, shapes)
    assert weight == pytest.approx(np.full(28, 365 / 28))


def test_a_price_below_zero_is_moved_and_not_stretched() -> None:
    shapes = np.array([[-1.0, 3.0], [-1.0, 5.0], [-2.0, 4.0]])[..., None]
    choice = choose(shapes, np.ones(1), 1, [])
    found, _ = days_of(shapes, np.ones(3), choice)
    assert found.sum() == pytest.approx(8 / 3)
    assert np.diff(found[0, :, 0]) == pytest.approx(np.diff(shapes[choice.day[0], :, 0]))


def test_what_happens_on_no_chosen_day_is_spread_and_not_lost() -> None:
    shapes = np.zeros((10, 2, 1))
    shapes[3, 1, 0] = 10.0
    choice = choose(shapes, np.ones(1), 1, [])
    found, weight = days_of(shapes, np.ones(10), choice)
    assert choice.day.tolist() != [3]
    assert (found * weight[:, None, None]).sum() == pytest.approx(10)


def test_days_of_a_longer_span_count_for_more() -> None:
    shapes = np.array([[1.0], [3.0]])[..., None]
    choice = choose(shapes, np.ones(1), 1, [])
    found, weight = days_of(shapes, np.array([1.0, 3.0]), choice)
    assert weight.tolist() == [4]
    assert found.ravel() == pytest.approx([2.5])
