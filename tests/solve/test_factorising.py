"""HiPO on large programs: the same optimum as the other methods, and what happens without it."""

from __future__ import annotations

import pytest

import circularpark
from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.solve import factorising
from circularpark.solve.factorising import HIPO, MANY, factorises, interior_point
from circularpark.solve.interior import InteriorModel
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, Optimum, optimise
from tests.real_year import reduced_park, weeks


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    """Four weeks of the reduced park, two stages."""
    folder = tmp_path_factory.mktemp("hipo")
    return circularpark.build(
        reduced_park(folder, objective='minimise = "cost"\nthen = ["co2"]', profiles=weeks())
    )


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factorising, "MANY", 0)


def solved(problem: Problem, *, vertex: bool) -> tuple[InteriorModel, Optimum]:
    live = InteriorModel(problem, read_profile(), vertex=vertex)
    return live, optimise(problem, read_profile(), Clock(), live)


def test_the_package_that_it_needs_is_there() -> None:
    assert factorises()


def test_a_small_program_is_left_to_the_other_and_a_profile_is_obeyed() -> None:
    assert interior_point(read_profile(), MANY) == "ipx"
    assert interior_point(read_profile(), MANY + 1) == HIPO
    assert interior_point(read_profile("highs-simplex"), MANY + 1) == "simplex"


def test_without_its_package_the_other_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factorising, "factorises", lambda: False)
    assert interior_point(read_profile(), MANY + 1) == "ipx"


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("vertex", [False, True])
def test_it_finds_the_optimum_and_proves_it(month: Problem, *, vertex: bool) -> None:
    simplex = optimise(month, read_profile("highs-simplex"), Clock())
    live, found = solved(month, vertex=vertex)
    assert live.solver == HIPO
    assert all(proof.ok for proof in found.proofs)
    cost, co2 = (p.value for p in found.proofs)
    assert cost == pytest.approx(simplex.proofs[0].value, rel=1e-6)
    # A price on the first stage keeps it closer than a row that lets it give way by a millionth.
    assert simplex.proofs[1].value * (1 - 1e-6) <= co2 <= simplex.proofs[1].value * (1 + 1e-3)


@pytest.mark.usefixtures("everything_is_large")
def test_where_it_fails_the_other_ends_at_a_vertex(
    month: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = InteriorModel(month, read_profile(), vertex=False)
    plain = InteriorModel._found

    def failing(self: InteriorModel, costs):
        if self.solver == HIPO:
            raise SolverError("solve.status", status="no progress")
        return plain(self, costs)

    monkeypatch.setattr(InteriorModel, "_found", failing)
    found = optimise(month, read_profile(), Clock(), live)
    assert (live.solver, live.vertex) == ("ipx", True)
    assert all(proof.ok for proof in found.proofs)
