"""Large programs by the interior point: the same optimum, proven, with later stages priced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

import circularpark
from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.variables import Variables
from circularpark.solve.design import _builds, _with_builds
from circularpark.solve.highs import Infeasible, LiveModel
from circularpark.solve.interior import is_large
from circularpark.solve.profile import read_profile
from circularpark.solve.reduced import Reduced, ReducedModel
from circularpark.solve.run import HELD_WITHIN, Clock, Optimum, optimise
from circularpark.solve.typical import OnceModel, _decisive, _with_room, larger
from tests.account.rich import rich_park
from tests.real_year import reduced_park, weeks

DAYS = {"time": 'mode = "hours"', "objective": 'minimise = "co2"\ncost_ceiling = 600'}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    """Hours of all seasons of the reduced park, least co2 under a ceiling, then least cost."""
    folder = tmp_path_factory.mktemp("days")
    return circularpark.build(reduced_park(folder, profiles=weeks().iloc[::9], **DAYS))


def by_interior(problem: Problem, *, vertex: bool) -> Optimum:
    live = ReducedModel(problem, read_profile(None))
    live.inner.vertex = vertex
    live.inner.highs.setOptionValue("run_crossover", "on" if vertex else "off")
    return optimise(problem, read_profile(None), Clock(), live)


@pytest.mark.parametrize("vertex", [True, False])
def test_it_finds_and_proves_what_the_simplex_finds(days: Problem, vertex: bool) -> None:
    ours = by_interior(days, vertex=vertex)
    theirs = optimise(days, read_profile(None), Clock(), LiveModel(days, read_profile(None)))
    assert len(ours.proofs) == 2
    assert all(proof.ok for proof in ours.proofs)
    assert ours.proofs[0].value == pytest.approx(theirs.proofs[0].value, rel=1e-7)


@pytest.mark.parametrize("vertex", [True, False])
def test_the_earlier_stage_gives_way_by_no_more_than_it_may(days: Problem, vertex: bool) -> None:
    ours = by_interior(days, vertex=vertex)
    first = days.objectives[0].costs
    size = float(np.abs(first * ours.points[0].x).sum())
    assert float(first @ ours.x) <= ours.points[0].value + HELD_WITHIN * size
    # The second stage is proven among all points that are as good in the first.
    assert ours.held[0].most == pytest.approx(float(first @ ours.x), rel=1e-12)
    assert ours.proofs[1].value <= float(days.objectives[1].costs @ ours.points[0].x) * (1 + 1e-9)


@pytest.mark.parametrize("vertex", [True, False])
def test_with_chosen_capacities_half_the_rows_are_settled_and_all_are_proven(
    days: Problem, vertex: bool
) -> None:
    whole = optimise(days, read_profile(None), Clock())
    chosen = _with_builds(days, _builds(whole), _builds(whole))
    assert len(Reduced(chosen).rows) < 0.5 * days.matrix.shape[0]
    ours = by_interior(chosen, vertex=vertex)
    # The certificate takes the whole program, with the duals of the rows that were left out.
    assert all(proof.ok for proof in ours.proofs)
    assert ours.proofs[0].value == pytest.approx(whole.proofs[0].value, rel=1e-6)


def test_typical_days_stay_in_the_interior_and_leave_room(days: Problem) -> None:
    live = OnceModel(_with_room(days), read_profile(None))
    found = optimise(_with_room(days), read_profile(None), Clock(), live)
    whole = optimise(days, read_profile(None), Clock())
    # The room costs no more than its share of what is built.
    assert found.points[0].value == pytest.approx(whole.points[0].value, rel=1e-5)
    built = larger(_builds(found), days)
    assert (built <= days.var.build.upper).all()
    fixed = optimise(_with_builds(days, built, built), read_profile(None), Clock())
    assert all(proof.ok for proof in fixed.proofs)
    assert fixed.points[0].value == pytest.approx(whole.points[0].value, rel=1e-5)


def test_a_stage_that_was_weighed_already_is_not_asked_again(days: Problem) -> None:
    first, second = days.objectives
    assert (set(first.weights), set(second.weights)) == ({"co2", "cost"}, {"cost"})
    assert _decisive((first, second)) == (first,)
    assert _decisive((second, first)) == (second, first)


def test_nothing_is_settled_whatever_its_size_and_what_is_left_is_judged_finer() -> None:
    """flow <= wire and big + one + other = 3, where neither the wire nor the big thing is built."""
    names = ("flow", "wire", "big", "one", "other")
    sizes = np.array([1.0, 2.0**20, 2.0**8, 1.0, 1.0])
    rows = np.array([[1.0, -1.0, 0, 0, 0], [0, 0, 1.0, 1.0, 1.0]])
    upper = np.array([np.inf, 0.0, 0.0, np.inf, np.inf])
    program = SimpleNamespace(
        matrix=sparse.csc_array(rows),
        scale=sizes,
        row_scale=np.array([2.0**-20, 2.0**-8]),
        lower=np.zeros(len(names)),
        upper=upper,
        derived=np.minimum(upper, 1e6),
        row_lower=np.array([-np.inf, 3.0]),
        row_upper=np.array([0.0, 3.0]),
    )
    reduced = Reduced(program)  # type: ignore[arg-type]
    assert [names[i] for i in reduced.columns] == ["one", "other"]
    assert reduced.rows.tolist() == [1]
    assert reduced.value.tolist() == [0.0] * len(names)
    assert reduced.remainder.row_scale.tolist() == [1.0]


def test_a_wire_that_nobody_builds_carries_nothing_either_way_and_has_its_price() -> None:
    """to + back <= wire, where the wire is not built: both are nothing, and the row's price is
    what the dearer of the two would save."""
    program = SimpleNamespace(
        matrix=sparse.csc_array(np.array([[1.0, 2.0, -1.0], [1.0, -1.0, 0.0]])),
        scale=np.ones(3),
        row_scale=np.ones(2),
        lower=np.zeros(3),
        upper=np.array([np.inf, np.inf, 0.0]),
        derived=np.array([10.0, 10.0, 0.0]),
        row_lower=np.array([-np.inf, -5.0]),
        row_upper=np.array([0.0, 5.0]),
    )
    reduced = Reduced(program)  # type: ignore[arg-type]
    assert not reduced.columns.size
    assert not reduced.rows.size
    costs = np.array([-3.0, -8.0, 7.0])
    duals = reduced.duals(np.zeros(0), costs)
    assert duals.tolist() == [-4.0, 0.0]
    # No column would gain by growing: the wire costs more than both ways would save.
    assert (costs - program.matrix.T @ duals >= 0).all()


def test_a_settled_row_that_does_not_hold_is_infeasible(days: Problem) -> None:
    nothing = np.zeros((days.var.build.entities, days.var.build.width))
    stock, _ = days.block("capacity_stock")
    # One more of everything must stand than stands, and nothing may be built.
    raised = replace(stock, lower=stock.lower + 1.0, upper=stock.upper + 1.0)
    blocks = tuple(raised if b is stock else b for b in days.blocks)
    fixed = _with_builds(replace(days, blocks=blocks), nothing, nothing)
    capacity = fixed.var.capacity
    still = replace(
        capacity, lower=np.zeros_like(capacity.lower), upper=np.zeros_like(capacity.upper)
    )
    var = Variables({**fixed.var.blocks, "capacity": still}, fixed.var.size)
    with pytest.raises(Infeasible):
        Reduced(replace(fixed, var=var))


def test_a_park_with_unmet_demand_has_all_its_stages_proven(tmp_path: Path) -> None:
    problem = circularpark.build(circularpark.read_park(rich_park(tmp_path)))
    assert len(problem.objectives) > 1
    ours = by_interior(problem, vertex=True)
    theirs = optimise(problem, read_profile(None), Clock())
    assert all(proof.ok for proof in ours.proofs)
    for mine, other in zip(ours.proofs[:-1], theirs.proofs[:-1], strict=True):
        assert mine.value == pytest.approx(other.value, rel=1e-6, abs=1e-6)


def test_a_park_without_a_feasible_point_is_said_to_be_infeasible(tmp_path: Path) -> None:
    limit = "id,measure,sense,value,unit,period\nnone,co2,<=,1,t,year\n"
    park = reduced_park(tmp_path, profiles=weeks().iloc[::28], limits=limit, **DAYS)
    with pytest.raises(Infeasible):
        by_interior(circularpark.build(park), vertex=False)


def test_what_grows_without_end_is_an_error_not_an_optimum(tmp_path: Path) -> None:
    markets = (
        "id,site,commodity,direction,price\n"
        "in,mill,power,buy,10\nout,mill,power,sell,20\nin_farm,farm,power,buy,10\n"
        "gas_in,*,gas,buy,330\n"
    )
    park = reduced_park(tmp_path, profiles=weeks().iloc[::28], markets=markets, time=DAYS["time"])
    with pytest.raises(SolverError):
        by_interior(circularpark.build(park), vertex=False)


def test_only_large_programs_and_fitting_profiles_take_it(days: Problem) -> None:
    assert not is_large(days, read_profile(None))
    assert not is_large(days, read_profile("highs-simplex"))
