"""Laws of every linear program of a park, tried on random parks."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, seed

import circularpark
from circularpark.solve.certificate import prove
from tests.laws import changes
from tests.laws.laws import LONG, SEED, SHORT, known, no_worse, read, same, solved
from tests.laws.parks import RandomPark, parks

Law = Callable[[RandomPark], None]


def relaxing_a_limit_never_worsens(park: RandomPark) -> None:
    """Twice the budget, then none of the limits."""
    tight = known(park)
    wider = park.each(
        "limits", lambda r: {} if r.get("relative_to", "") else changes.times(r, ("value",), 2)
    )
    wide, none = solved(wider), solved(park.with_tables(limits=()))
    assert no_worse(wide, tight)
    assert no_worse(none, wide)


def a_unit_is_only_a_unit(park: RandomPark) -> None:
    """Steam in kWh, power in GWh, heat in kWh, hot water in GJ."""
    other = changes.in_other_unit(park, "steam", "kWh", 1000.0)
    other = changes.in_other_unit(other, "power", "GWh", 0.001)
    other = changes.in_other_unit(other, "heat", "kWh", 1000.0)
    other = changes.in_other_unit(other, "hot_water", "GJ", 3.6)
    assert same(known(park), solved(other))


def the_order_of_rows_is_nothing(park: RandomPark) -> None:
    """Every table shuffled."""
    assert same(known(park), solved(changes.shuffled(park, random.Random(7))))


def a_step_in_two_halves_is_the_same_step(park: RandomPark) -> None:
    """Nothing leaks from a store here: what leaks depends on when within a step it came."""
    still = park.each("storages", lambda r: {"loss_per_hour": 0})
    plain = known(park) if still == park else solved(still)
    assert same(plain, solved(changes.halved(still, "p00")))


def what_is_useless_is_not_used(park: RandomPark) -> None:
    """A dominated market, a dominated machine, an idle company."""
    more = changes.with_idle_company(changes.with_useless_things(park))
    assert same(known(park), solved(more))


def twice_the_park_is_twice_the_plan(park: RandomPark) -> None:
    """All amounts, capacities, contracts and budgets doubled."""
    assert same(known(park), solved(changes.doubled(park)), factor=2.0)


def no_multipliers_prove_more_than_the_optimum(park: RandomPark) -> None:
    """Weak duality: any row duals give a bound that is not above the optimum."""
    found = known(park)
    problem, costs = found.problem, found.problem.objectives[0].costs
    duals = found.optimum.points[0].duals
    drawn = np.random.default_rng(5)
    for spread in (0.0, 0.1, 1.0, 10.0):
        noise = drawn.normal(size=len(duals)) * spread
        for y in (duals * (1 + noise), np.abs(duals).mean() * noise):
            proof = prove(problem, "random", costs, found.x, y, [])
            assert proof.bound <= proof.value + 1e-7 * found.size


def every_plan_is_certified(park: RandomPark) -> None:
    """Raw data, duality and account agree; shares of companies sum to the park."""
    plan = circularpark.solve(read(park))
    assert plan.certificate.ok
    assert plan.certificate.primal <= 1e-6
    assert plan.certificate.dual_gap <= 1e-6
    stage = plan.park.settings.stages[0]
    first = plan.problem.objectives[0]
    program = float(first.costs @ plan.optimum.x) + first.offset
    told = plan.account.objective(stage)
    assert abs(program - told) <= 1e-9 * known(park).size
    time = plan.problem.data.time
    chance = dict(zip((s for _, s in time.blocks), time.block_probability, strict=True))
    for measure in ("co2", "cost", "capex"):
        entries = plan.measures[plan.measures["measure"] == measure]
        expected = entries["value"] * entries["scenario"].map(chance).astype(float)
        shares = expected.groupby([entries["year"], entries["company"]]).sum()
        whole = plan.account.annual(measure)
        summed = shares.groupby("year").sum().reindex(whole.index).fillna(0.0)
        assert (summed - whole).abs().max() <= 1e-9 * expected.abs().sum() + 1e-9


LAWS: tuple[Law, ...] = (
    relaxing_a_limit_never_worsens,
    a_unit_is_only_a_unit,
    the_order_of_rows_is_nothing,
    a_step_in_two_halves_is_the_same_step,
    what_is_useless_is_not_used,
    twice_the_park_is_twice_the_plan,
    no_multipliers_prove_more_than_the_optimum,
    every_plan_is_certified,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law: Law) -> None:
    seed(SEED)(SHORT(given(parks())(lambda park: law(park))))()


@pytest.mark.long
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_on_many_parks(law: Law) -> None:
    seed(SEED + 1)(LONG(given(parks())(lambda park: law(park))))()
