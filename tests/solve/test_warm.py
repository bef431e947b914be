"""Warm solves give what cold ones give, whatever changed between them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from circularpark import read_park, solve
from circularpark.errors import NoFeasiblePlan
from circularpark.park.cases import case_names
from circularpark.park.folder import find_park
from circularpark.park.keys import Keys
from circularpark.solve import warm as warm_models
from circularpark.solve.again import Replanner
from circularpark.solve.names import names_of
from circularpark.studies.case import Case
from circularpark.studies.study import Study
from tests.studies.project_park import TABLES, two_projects

# Cases of thousands of hours are measured elsewhere.
LARGE = {"year", "weeks"}
# The first stage compares to 1e-7; later ones may use the millionth that holds the earlier.
FIRST, LATER = 1e-7, 1e-5
NUMBERS = {
    "markets": ("price", "max_per_year"),
    "streams": ("amount",),
    "demands": ("amount",),
    "processes": ("capacity", "capacity_max"),
    "limits": ("value",),
    "transports": ("capex_per_km", "capex_per_capacity", "loss_per_km"),
}


def same(warm, cold):
    """Whether two plans' stages have the same values."""
    pairs = zip(warm.optimum.points, cold.optimum.points, strict=True)
    for place, (one, two) in enumerate(pairs):
        size = np.abs(cold.problem.objectives[place].costs * two.x).sum()
        within = FIRST if place == 0 else LATER
        assert one.value == pytest.approx(two.value, rel=within, abs=within * max(size, 1e-9))
    assert warm.certificate.ok


@pytest.mark.parametrize(
    "park",
    [
        "toy",
        "huaining-cement",
        pytest.param("kalundborg", marks=pytest.mark.long),
        pytest.param("anqing-hightech", marks=pytest.mark.long),
    ],
)
def test_every_case_of_the_demo_parks_is_as_from_cold(park):
    planner = Replanner()
    for case in [None, *(c for c in case_names(find_park(park)) if c not in LARGE), None]:
        found = read_park(park, case=case)
        same(planner.plan(found), solve(found))
    assert planner.whole.warm > 0


def random_case(study, seed):
    """A case that multiplies some random numbers of the park."""
    draw = random.Random(seed)
    changes = []
    for _ in range(draw.randint(1, 4)):
        table = draw.choice(list(NUMBERS))
        column = draw.choice(NUMBERS[table])
        raw = study.park().raw[table]
        rows = raw.loc[raw[column].notna() & (raw["_origin"] != "catalogue"), "id"].tolist()
        if rows:
            times = {column: draw.choice([0.5, 0.8, 0.97, 1.1, 1.6])}
            changes.append({"table": table, "where": {"id": draw.choice(rows)}, "multiply": times})
    return Case(f"random{seed}", changes)


@pytest.mark.parametrize("park", ["toy", "huaining-cement"])
def test_random_changes_are_as_from_cold(park):
    study = Study(park)
    study.plan()
    solved = 0
    for seed in range(8):
        case = random_case(study, seed)
        try:
            cold = solve(study.park(case))
        except NoFeasiblePlan:
            with pytest.raises(NoFeasiblePlan):
                study.plan(case)
            continue
        same(study.plan(case), cold)
        solved += 1
    assert solved > 3


def test_a_changed_price_needs_fewer_steps_than_from_cold():
    study = Study("huaining-cement")
    cold = study.plan()
    change = {"table": "markets", "where": {"id": "grid"}, "multiply": {"price": 1.01}}
    markets = study.park().tables.markets["id"].tolist()
    change["where"] = {"id": markets[0]}
    warm = study.plan(Case("dearer", [change]))
    assert sum(p.iterations for p in warm.optimum.points) < 0.5 * sum(
        p.iterations for p in cold.optimum.points
    )


def loosely(warm, cold):
    """Whether the first real stage is the same, and the later no worse than the millionth allows.

    Among all optima of the first stage itself the later one may be dearer than where the first
    gives way by a millionth.
    """
    first = next(i for i, o in enumerate(cold.problem.objectives) if "unmet" not in o.weights)
    one, two = (p.optimum.points[first].value for p in (warm, cold))
    assert one == pytest.approx(two, rel=FIRST)
    assert warm.optimum.points[-1].value >= cold.optimum.points[-1].value * (1 - LATER)
    assert warm.optimum.points[-1].value <= cold.optimum.points[-1].value * (1 + 1e-4)
    assert warm.certificate.ok


@pytest.mark.parametrize("park", ["toy", "huaining-cement"])
def test_later_stages_among_the_optima_of_the_first_are_as_from_cold(park, monkeypatch):
    monkeypatch.setattr(warm_models, "MANY_HOURS", 0)
    study = Study(park)
    loosely(study.plan(), solve(study.park()))
    for seed in range(4):
        case = random_case(study, seed)
        try:
            cold = solve(study.park(case))
        except NoFeasiblePlan:
            continue
        loosely(study.plan(case), cold)
    assert study.planner.whole.warm > 1


TYPICAL = {"table": "time", "set": {"mode": "typical_days", "typical_days": 1}}
WHAT_IF = (
    {"table": "markets", "where": {"id": "grid_110kv"}, "multiply": {"price": 1.02}},
    {"table": "demands", "where": {"id": "sinopec_power"}, "multiply": {"amount": 0.97}},
    {"table": "processes", "where": {"id": "sinopec_turbine_2"}, "multiply": {"capacity_max": 1.1}},
)


@pytest.mark.long
def test_typical_days_are_solved_warm_and_as_from_cold():
    study = Study("anqing-hightech")
    study.plan(Case("days", [TYPICAL]))
    for change in WHAT_IF:
        case = Case("what_if", [TYPICAL, change])
        loosely(study.plan(case), solve(study.park(case)))
    assert (study.planner.whole.warm, study.planner.whole.cold) == (3, 1)


def test_names_are_found_where_they_stood():
    labels = np.array(["a", "b"], dtype=object)
    old = names_of(
        [
            ("flow", Keys({"link": np.array(["x", "y"], dtype=object)}), labels),
            ("taken", Keys({"stream": np.array(["s"], dtype=object)}), labels),
        ]
    )
    new = names_of(
        [
            ("taken", Keys({"stream": np.array(["s"], dtype=object)}), labels[::-1]),
            ("flow", Keys({"link": np.array(["y", "z"], dtype=object)}), labels),
        ]
    )
    assert new.positions(old).tolist() == [5, 4, 2, 3, -1, -1]
    assert not new.same(old)
    assert old.same(old)


def test_whole_numbers_are_chosen_in_a_study_too(tmp_path):
    heads, row = TABLES["technologies"].split("\n")[:2]
    park = two_projects(tmp_path, technologies=f"{heads},unit_size\n{row},3\n")
    planner, found = Replanner(), read_park(park)
    for _ in range(2):
        plan = planner.plan(found)
        same(plan, solve(found))
        assert plan.units["value"].tolist() == [2.0]
