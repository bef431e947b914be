"""A long dispatch month by month: the same optimum as at once, proven for the whole year."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import circularpark
from circularpark.program.assemble import Problem, build
from circularpark.solve.design import _builds, _with_builds
from circularpark.solve.months import ByMonth, MonthsModel, is_long, prices_of
from circularpark.solve.profile import read_profile
from circularpark.solve.reduced import ReducedModel
from circularpark.solve.run import HELD_WITHIN, Clock, Optimum, optimise
from circularpark.solve.split import split
from tests.real_year import TABLES, reduced_park, year

MONTHS, DAYS = (1, 4, 7, 10), 4
CAP = "id,measure,sense,value,unit,period\ncap,co2,<=,{},t,year\n"


def four_months(folder: Path, cap: float | None = None, **tables: str) -> circularpark.Park:
    """Four days of each of four months; a charge on each month's peak, two stores, a CO2 cap."""
    whole, hours = year(), DAYS * 24
    shapes = pd.concat([whole.iloc[(m - 1) * 730 : (m - 1) * 730 + hours] for m in MONTHS])
    names = [f"p{i}" for i in range(len(shapes))]
    shapes.insert(0, "period", names)
    weight = round(365 / (DAYS * len(MONTHS)), 6)
    rows = [f"{n},2025,{1 + i // hours},{weight}" for i, n in enumerate(names)]
    limits = {} if cap is None else {"limits": CAP.format(cap)}
    return reduced_park(
        folder,
        objective='minimise = "cost"\nthen = ["co2"]',
        profiles=shapes,
        periods="\n".join(["period,year,month,weight", *rows]) + "\n",
        **limits,
        **tables,
    )


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Problem, Optimum]:
    """The four months with capacities chosen under a cap that binds, and the optimum at once."""
    folder = tmp_path_factory.mktemp("months")
    free = circularpark.build(four_months(folder / "free"))
    emitted = optimise(free, read_profile(None), Clock())
    co2 = float(free.objectives[1].costs @ emitted.x) + free.objectives[1].offset
    tight = circularpark.build(four_months(folder / "tight", 0.97 * co2))
    built = _builds(optimise(tight, read_profile(None), Clock()))
    problem = circularpark.build(four_months(folder / "looser", 0.971 * co2))
    fixed = _with_builds(problem, built, built)
    return fixed, optimise(fixed, read_profile(None), Clock())


@pytest.fixture(scope="module")
def by_month(chosen: tuple[Problem, Optimum]) -> tuple[ByMonth, Optimum]:
    problem, whole = chosen
    guess = prices_of(problem, problem, whole.points[0].duals)
    live = ByMonth(problem, read_profile(None), guess)
    return live, optimise(problem, read_profile(None), Clock(), live)


def test_what_the_months_share_is_the_cap_and_what_stores_hand_over(
    by_month: tuple[ByMonth, Optimum],
) -> None:
    inner = by_month[0].inner
    assert isinstance(inner, MonthsModel)
    assert len(inner.months) == len(MONTHS)
    # Peaks are of a month, so only the cap is shared; battery and tank go from month to month.
    assert len(inner.split.shared) == 1
    assert len(inner.split.copies.row) == 2 * len(MONTHS)


def test_the_cap_binds(chosen: tuple[Problem, Optimum]) -> None:
    problem, whole = chosen
    _, at = problem.block("limits")
    assert abs(whole.points[0].duals[at]).max() > 1.0


def test_month_by_month_is_as_good_as_at_once_and_proven_for_the_whole_year(
    chosen: tuple[Problem, Optimum], by_month: tuple[ByMonth, Optimum]
) -> None:
    (problem, whole), (_, ours) = chosen, by_month
    assert len(ours.proofs) == 2
    assert all(proof.ok for proof in ours.proofs)
    assert ours.proofs[0].value == pytest.approx(whole.proofs[0].value, rel=1e-7)
    first = problem.objectives[0].costs
    size = float(np.abs(first * ours.points[0].x).sum())
    assert float(first @ ours.x) <= ours.points[0].value + HELD_WITHIN * size
    lacking = np.maximum(problem.row_lower - problem.matrix @ ours.x, 0.0)
    lacking += np.maximum(problem.matrix @ ours.x - problem.row_upper, 0.0)
    assert (lacking * problem.row_scale).max() < 1e-6


def test_months_that_share_nothing_are_solved_once_each(tmp_path: Path) -> None:
    """What stands, run at least cost: no store, no limit, each month a peak of its own."""
    boilers = TABLES["processes"].replace("existing,12,", "existing,40,")
    park = four_months(tmp_path, processes=boilers.replace("existing,4,", "existing,40,"))
    problem = build(park, operation_only=True)
    live = ByMonth(problem, read_profile(None))
    ours = optimise(problem, read_profile(None), Clock(), live)
    whole = optimise(problem, read_profile(None), Clock())
    assert isinstance(live.inner, MonthsModel)
    assert not len(live.inner.size)
    assert live.inner.turns == len(problem.objectives)
    assert all(proof.ok for proof in ours.proofs)
    assert ours.proofs[0].value == pytest.approx(whole.proofs[0].value, rel=1e-9)


def test_months_that_hang_together_closely_are_not_taken_apart(
    chosen: tuple[Problem, Optimum],
) -> None:
    live = ReducedModel(chosen[0], read_profile(None))
    remainder = live.reduced.remainder
    count = len(remainder.lower)
    assert split(remainder, np.zeros(count, dtype=np.int64)) is None
    assert split(remainder, np.full(count, -1)) is None
    # Column by column nearly every row lies across.
    assert split(remainder, np.arange(count) % 7) is None


def test_only_long_dispatches_are_taken_apart(chosen: tuple[Problem, Optimum]) -> None:
    assert not is_long(chosen[0], read_profile(None))


def test_the_plan_of_a_year_month_by_month_passes_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way of `design`, with everything taken for long that has months."""
    # The package has a function of the same name as the folder of the module.
    module = sys.modules["circularpark.solve.design"]
    monkeypatch.setattr(module, "is_long", lambda problem, profile: True)
    park = four_months(tmp_path)
    settings = replace(park.settings, typical_days=4)
    plan = circularpark.solve(replace(park, settings=settings, _cache={}), mode="design")
    assert plan.approximate
    assert plan.certificate.ok
