"""Two open solvers agree with HiGHS on every demo park and on random ones."""

from __future__ import annotations

import pytest
from hypothesis import given, seed, settings

import circularpark
from circularpark.park import demo_parks
from circularpark.solve.foreign import installed
from circularpark.solve.profile import read_profile
from tests.laws.laws import LONG, SHORT, read
from tests.laws.parks import RandomPark, parks
from tests.solvers.agree import differences

OPEN = [name for name in ("glpk", "cbc", "scip") if installed(read_profile(name))]
WITHIN = 1e-7
SEED = 20250202

open_solver = pytest.mark.parametrize("name", OPEN)


@open_solver
@pytest.mark.parametrize("park", demo_parks())
def test_every_demo_park(name, park):
    problem = circularpark.build(circularpark.read_park(park))
    assert max(differences(problem, name)) <= WITHIN


def agree(park: RandomPark) -> None:
    problem = circularpark.build(read(park))
    for name in OPEN:
        assert max(differences(problem, name)) <= WITHIN, name


def test_twenty_random_parks():
    seed(SEED)(settings(SHORT, max_examples=20)(given(parks())(agree)))()


@pytest.mark.long
def test_five_hundred_random_parks():
    seed(SEED + 1)(settings(LONG, max_examples=500)(given(parks())(agree)))()
