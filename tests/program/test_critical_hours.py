"""The outermost hours of a year, which a design must serve besides its typical days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from circularpark.program.critical_hours import MOST, critical_hours
from circularpark.program.driven import Driven, driven_by
from circularpark.program.time import TimeTable, time_table
from circularpark.program.typical_days import typical_time
from tests.real_year import reduced_park, year

NAMES = ["cold", "warm", "sun", "price"]
DRIVEN = Driven(
    weight=dict.fromkeys(NAMES, 1.0),
    demand={"ice": {"cold": 2.0}, "heat": {"warm": 1.0}},
    price=("price",),
    available=("sun",),
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[TimeTable, TimeTable]:
    """A year of hours, and six of its days with its critical hours."""
    park = reduced_park(
        tmp_path_factory.mktemp("year"), profiles=year(), time='mode = "hours"\ntypical_days = 6'
    )
    full = time_table(park)
    return full, typical_time(park, full, critical=True)


def test_the_highest_and_lowest_of_each_profile_are_among_them() -> None:
    values = np.random.default_rng(4).random((500, 4))
    found = critical_hours(values, NAMES, DRIVEN)
    assert len(found) < MOST
    assert {*values[:, :3].argmax(axis=0), *values[:, :3].argmin(axis=0)} <= {*found}


def test_two_profiles_that_are_high_together_are_found_though_neither_is_highest() -> None:
    values = np.full((100, 4), 0.5)
    values[3, 0] = values[4, 1] = 1.0
    values[50, :2] = 0.9
    assert 50 in critical_hours(values, NAMES, DRIVEN)


def test_a_price_makes_nothing_impossible() -> None:
    values = np.full((100, 4), 0.5)
    values[7, 0], values[8, 3] = 1.0, 9.0
    found = critical_hours(values, NAMES, DRIVEN)
    assert 7 in found
    assert 8 not in found


def test_a_year_without_profiles_has_none() -> None:
    assert not len(critical_hours(np.ones((100, 4)), NAMES, DRIVEN))


def test_they_stand_behind_the_days_and_move_no_yearly_amount(
    tables: tuple[TimeTable, TimeTable],
) -> None:
    full, days = tables
    hours = np.arange(6 * 24, len(days.period))
    assert 0 < len(hours) <= MOST
    assert (days.next[hours] == hours).all()
    assert (days.next[days.previous] == np.arange(len(days.period))).all()
    names = ["tariff", "pv", "day_shift", "two_shift", "cooling", "heating"]
    whole = full.year_total(full.matrix(names))
    assert days.year_total(days.matrix(names)) == pytest.approx(whole, rel=1e-7)
    # Each is a real hour of the year, by which it is named.
    at = [int(str(p).partition("-h")[2]) - 1 for p in days.period[hours]]
    assert np.array_equal(days.matrix(names)[:, hours], full.matrix(names)[:, at])


def test_they_are_those_that_the_park_s_profiles_ask_for(tmp_path: Path) -> None:
    park = reduced_park(tmp_path, profiles=year(), time='mode = "hours"\ntypical_days = 6')
    full = time_table(park)
    names = ["pv", "day_shift", "two_shift", "cooling", "heating", "tariff"]
    values = full.matrix(names).T
    found = critical_hours(values, names, driven_by(park, full))
    for chosen in range(5):
        assert values[found, chosen].max() == values[:, chosen].max()
        assert values[found, chosen].min() == values[:, chosen].min()
