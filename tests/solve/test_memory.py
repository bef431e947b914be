"""Points are remembered by their program, and only what may be believed is remembered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from circularpark.park import read_park
from circularpark.solve.highs import Infeasible, Point
from circularpark.solve.memory import Memory, Recalling, remembering, standing
from circularpark.solve.profile import read_profile
from circularpark.solve.run import build_for, hand_over
from tests.studies.steam_park import steam_park


class Fake:
    """A solver that gives a point, or finds none."""

    def __init__(self, point: Point | None = None) -> None:
        self.point = point
        self.asked = 0
        self.held: list[float] = []

    def minimise(self, costs):
        self.asked += 1
        if self.point is None:
            raise Infeasible
        return self.point

    def again(self, costs, point):
        return self.minimise(costs)

    def hold(self, costs, most):
        self.held.append(most)


class Unasked(Fake):
    asks_proof = False


class Unsure(Fake):
    certain = False


@pytest.fixture(scope="module")
def problem(tmp_path_factory):
    return build_for(read_park(steam_park(tmp_path_factory.mktemp("steam"))))


@pytest.fixture
def memory():
    with remembering(Memory()) as found:
        yield found


def stand(problem, live) -> Recalling:
    found = standing(problem, read_profile(), live, hand_over)
    assert isinstance(found, Recalling)
    return found


def point(problem) -> Point:
    return Point(np.zeros(problem.var.size), np.zeros(len(problem.row_lower)), 0.0, 0.0, 0)


def costs(problem):
    return problem.objectives[0].costs


def test_without_a_memory_the_solver_itself_stands_there(problem):
    live = Fake()
    assert standing(problem, read_profile(), live, hand_over) is live


def test_what_is_proven_is_remembered_and_what_is_not_is_not(problem, memory):
    for proven in (False, True):
        first = stand(problem, Fake(point(problem)))
        first.minimise(costs(problem))
        first.learn(proven=proven)
        second = stand(problem, live := Fake(point(problem)))
        second.minimise(costs(problem))
        assert live.asked == (not proven)


def test_where_nobody_asks_for_a_proof_the_point_is_remembered_as_it_came(problem, memory):
    first = stand(problem, Unasked(point(problem)))
    found = first.minimise(costs(problem))
    first.learn(proven=False)
    second = stand(problem, live := Unasked())
    assert second.minimise(costs(problem)) is found
    assert second.again(costs(problem), found) is found
    assert (live.asked, memory.missed) == (0, 1)
    # Who asks for a proof and does not get it has the program solved.
    third = stand(problem, live := Fake(point(problem)))
    third.minimise(costs(problem))
    third.again(costs(problem), found)
    assert (live.asked, memory.missed) == (1, 2)


@pytest.mark.parametrize(("kind", "remembered"), [(Fake, True), (Unsure, False)])
def test_only_who_is_certain_is_believed_that_there_is_no_point(problem, memory, kind, remembered):
    for _ in range(2):
        live = kind()
        with pytest.raises(Infeasible):
            stand(problem, live).minimise(costs(problem))
    assert live.asked == (not remembered)


def test_a_solver_that_is_woken_late_is_told_what_was_held(problem, memory):
    first = stand(problem, Fake(point(problem)))
    first.minimise(costs(problem))
    first.learn(proven=True)
    second = stand(problem, live := Fake(point(problem)))
    second.minimise(costs(problem))
    second.hold(costs(problem), 3.0)
    assert (live.asked, live.held) == (0, [])
    second.minimise(costs(problem))
    assert (live.asked, live.held) == (1, [3.0])


def test_every_number_of_the_program_counts(problem, memory):
    first = stand(problem, Fake(point(problem)))
    first.minimise(costs(problem))
    first.learn(proven=True)
    changed = replace(problem)
    changed.__dict__["row_upper"] = problem.row_upper.copy()
    changed.row_upper[np.flatnonzero(np.isfinite(problem.row_upper))[0]] += 1e-9
    for other, aim in ((changed, costs(problem)), (problem, costs(problem) * 2)):
        live = Fake(point(problem))
        stand(other, live).minimise(aim)
        assert live.asked == 1
