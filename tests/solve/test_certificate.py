"""The certificate: no wrong coefficient, no nonsense number, no endless growth gets through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import circularpark
from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.program.constraints import CONSTRAINTS
from circularpark.program.constraints.integer import IMPLIED
from circularpark.program.rows import Entries, Part, Rows
from circularpark.program.time import Floats
from circularpark.solve.certificate import prove
from circularpark.solve.plan import Plan
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, Judged, judge, optimise
from tests.known.building import read_case, write_case
from tests.known.pooling import tables
from tests.parks import make_park
from tests.solve.binding import TOML, binding_park
from tests.solve.binding_heat import heat_park
from tests.solve.binding_quality import BURNER, quality_park
from tests.solve.binding_whole import whole_park

# Where a large number only tells yes from no, five percent more of it is not wrong: what these
# rows forbid is allowed by leaving them out.
YES_OR_NO = ("build_opened", "load_most", "batch_most")
PARTS = ("part_chosen", "part_open", "part_sent", "part_match")
# This one stands in no plan's program, only in that of a bound.
BOUND = ("part_extra_most",)
FAMILIES = [
    c.__name__ for c in CONSTRAINTS if c.__name__ not in (*YES_OR_NO, *PARTS, *IMPLIED, *BOUND)
]
# The park in which a family binds: a tank slow to fill or to empty; where day and night both
# bind, one alone gains nothing from a wrong coefficient, so there is only the day.
KINDS: dict[str, dict[str, Any]] = {
    "": {},
    "charge_capacity": {"hours_in": 12.0},
    "discharge_capacity": {"hours_out": 3.0},
    "stored_time": {"max_days": "0.05"},
    "link_capacity": {"steady": True},
    "monthly_peak": {"steady": True},
}
HEAT = {
    "heat_balance",
    "heat_left",
    "direct_total",
    "source_heat",
    "sink_heat",
    "match_bounds",
    "exchanger_capacity",
}
BURNT = {"property_flow"}
QUALITY = {"source_matched", "sink_matched", "link_matched", "quality_limit", "operation_load"}
WHOLE = {"build_in_units", "load_least", "batch_least"}
MIXED = {"part_total", "part_load"}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    """The binding park solved, once for each kind, and those with heat, quality and choices."""
    found = {
        name: circularpark.solve(
            circularpark.read_park(binding_park(tmp_path_factory.mktemp("binding"), **kind))
        )
        for name, kind in KINDS.items()
    }
    warm = circularpark.read_park(heat_park(tmp_path_factory.mktemp("heat")))
    wet = circularpark.read_park(quality_park(tmp_path_factory.mktemp("quality")))
    whole = circularpark.read_park(whole_park(tmp_path_factory.mktemp("whole")))
    case = read_case("pooling_haverly_3")
    pooled = write_case(tmp_path_factory.mktemp("pool"), "pool", tables(case, 3))
    burnt = make_park(tmp_path_factory.mktemp("burnt"), toml=TOML, **BURNER)
    more = {"heat": warm, "quality": wet, "whole": whole}
    more |= {"pool": circularpark.read_park(pooled), "burnt": circularpark.read_park(burnt)}
    return {**found, **{name: circularpark.solve(park) for name, park in more.items()}}


def judged(problem: Problem) -> Judged:
    """The optimum of a program, judged by the raw data of its park."""
    return judge(optimise(problem, read_profile(None), Clock()), Clock(), None, limits=True)


def heaviest(plan: Plan, family: str) -> tuple[int, int, float]:
    """The coefficient that matters most in the cost: entries, place, and the sign that relaxes."""
    block, where = plan.problem.block(family)
    first = plan.optimum.points[0]
    duals = first.duals[where]
    weights = [np.abs(duals[e.row] * e.value * first.x[e.column]) for e in block.entries]
    part = int(np.argmax([w.max() for w in weights]))
    place = int(np.argmax(weights[part]))
    assert weights[part][place] > 1.0, f"{family} must bind"
    entries = block.entries[part]
    at_most = duals[entries.row[place]] < 0
    grows = entries.value[place] * first.x[entries.column[place]] > 0
    return part, place, -1.0 if at_most == grows else 1.0


def with_values(part: Part, values: Floats) -> Entries:
    """The same nonzeros with other values."""
    return Entries(part.variable, part.row, part.column, values)


def mutated(problem: Problem, family: str, part: int, place: int, factor: float) -> Problem:
    """The program with one coefficient multiplied."""
    block, _ = problem.block(family)
    values = block.entries[part].value.copy()
    values[place] *= factor
    changed = replace(
        block,
        entries=tuple(
            with_values(e, values) if i == part else e for i, e in enumerate(block.entries)
        ),
    )
    return replace(problem, blocks=tuple(changed if b is block else b for b in problem.blocks))


@pytest.mark.parametrize("family", FAMILIES)
def test_one_wrong_coefficient_is_found_by_the_raw_data(
    plans: dict[str, Plan], family: str
) -> None:
    own = {"heat": HEAT, "quality": QUALITY, "whole": WHOLE, "pool": MIXED, "burnt": BURNT}
    kind = next((name for name, families in own.items() if family in families), family)
    plan = plans[kind if kind in plans else ""]
    assert plan.certificate.ok
    part, place, sign = heaviest(plan, family)
    wrong = judged(mutated(plan.problem, family, part, place, 1 + 0.05 * sign))
    assert wrong.certificate.primal > 1e-6
    assert not wrong.certificate.ok
    # The solver itself found nothing to object to: its own proof stands.
    assert all(stage.ok for stage in wrong.certificate.stages)


@pytest.mark.parametrize("family", [*YES_OR_NO, *PARTS])
def test_a_choice_that_is_not_held_is_found_by_the_raw_data(
    plans: dict[str, Plan], family: str
) -> None:
    plan = plans["pool" if family in PARTS else "whole"]
    problem = plan.problem
    assert plan.certificate.ok
    left = tuple(block for block in problem.blocks if block.family != family)
    assert len(left) < len(problem.blocks)
    wrong = judged(replace(problem, blocks=left))
    assert wrong.certificate.primal > 1e-6
    assert not wrong.certificate.ok


@pytest.mark.parametrize("family", IMPLIED)
def test_what_follows_from_other_rows_cannot_hide_a_wrong_coefficient(
    plans: dict[str, Plan], family: str
) -> None:
    # The search believes that the pipe carries less than it can; the plan that is then found
    # carries more and costs less than what the search called least.
    problem = plans["whole"].problem
    block, _ = problem.block(family)
    part = next(i for i, e in enumerate(block.entries) if e.variable.name == "open")
    alone = replace(problem, objectives=problem.objectives[:1])
    wrong = judged(mutated(alone, family, part, 0, 0.5))
    assert wrong.certificate.primal <= 1e-6
    assert any(stage.beaten for stage in wrong.certificate.stages)
    assert not wrong.certificate.ok


def test_a_wrong_price_is_found_by_the_account(plans: dict[str, Plan]) -> None:
    problem = plans[""].problem
    first, *later = problem.objectives
    column = int(np.argmax(np.abs(first.costs * plans[""].optimum.points[0].x)))
    costs = first.costs.copy()
    costs[column] *= 1.0001
    wrong = judged(replace(problem, objectives=(replace(first, costs=costs), *later)))
    assert wrong.certificate.account > 1e-6
    assert not wrong.certificate.ok


def test_duals_that_are_not_the_optimum_s_prove_nothing(plans: dict[str, Plan]) -> None:
    plan = plans[""]
    first, stage = plan.optimum.points[0], plan.problem.objectives[0]
    assert prove(plan.problem, "cost", stage.costs, first.x, first.duals, []).ok
    assert not prove(plan.problem, "cost", stage.costs, first.x, first.duals * 1.001, []).ok
    assert not prove(plan.problem, "cost", stage.costs, first.x * 1.001, first.duals, []).ok


def test_a_later_stage_keeps_the_earlier_within_a_millionth(plans: dict[str, Plan]) -> None:
    # The published pool has one stage only.
    for plan in [plan for name, plan in plans.items() if name != "pool"]:
        costs = plan.problem.objectives[0].costs
        first, last = plan.optimum.points[0], plan.optimum.points[-1]
        size = float(np.abs(costs * first.x).sum())
        assert len(plan.optimum.points) == 2
        assert float(costs @ last.x) <= first.value + 1.001e-6 * size
        # The later stage is what it is for: its own measure is not worse than before.
        co2 = plan.problem.objectives[1].costs
        assert float(co2 @ last.x) <= float(co2 @ first.x) + 1e-6 * float(
            np.abs(co2 * first.x).sum()
        )


def cycle(folder: Path, sold_for: int) -> circularpark.Park:
    """A site that may buy power for 100, as much as it likes, and sell it."""
    return circularpark.read_park(
        make_park(
            folder,
            toml=TOML,
            commodities="id,kind,unit\npower,energy,MWh\n",
            demands="id,site,commodity,amount,unit\nlight,mill,power,1,MW\n",
            markets=(
                "id,site,commodity,direction,price\n"
                f"grid,mill,power,buy,100\nfeed_in,mill,power,sell,{sold_for}\n"
            ),
        )
    )


def test_money_from_a_circle_is_no_plan(tmp_path: Path) -> None:
    assert circularpark.solve(cycle(tmp_path / "fair", 99)).certificate.ok
    with pytest.raises(SolverError) as raised:
        circularpark.solve(cycle(tmp_path / "endless", 101))
    assert raised.value.code == "solve.leaning"
    assert "exchange[" in str(raised.value)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e3])
def test_units_a_billion_apart_are_certified(tmp_path: Path, size: float) -> None:
    """Flows of a millionth of a tonne of dust beside flows of a thousand tonnes of steam."""
    park = circularpark.read_park(
        make_park(
            tmp_path,
            toml=TOML,
            commodities="id,kind,unit\nsteam,energy,MWh\ndust,material,t\n",
            demands="id,site,commodity,amount,unit\nheat,farm,steam,1000,MW\n",
            streams=f"id,site,commodity,amount,unit\nfilter,farm,dust,{size},t/h\n",
            technologies="id,capacity_of,capex\ncatcher,dust,1000\nboiler,steam,100\n",
            recipes=(
                "technology,row,commodity,rate\ncatcher,1,dust,-1\n"
                f"catcher,2,steam,{1e-3 / size}\nboiler,1,steam,1\n"
            ),
            processes="id,site,technology\ncatch,farm,catcher\nheat_up,farm,boiler\n",
            markets=(
                "id,site,commodity,direction,price\nsteam_in,farm,steam,buy,300\n"
                "tip,farm,dust,dispose,10\n"
            ),
        )
    )
    plan = circularpark.solve(park)
    assert plan.certificate.ok


NONSENSE = ("matrix", "row_upper", "column")


@pytest.mark.parametrize("where", NONSENSE)
def test_not_a_number_is_refused(plans: dict[str, Plan], where: str) -> None:
    problem = plans[""].problem
    block = problem.blocks[0]
    if where == "matrix":
        values = block.entries[0].value.copy()
        values[0] = np.nan
        entries = (with_values(block.entries[0], values), *block.entries[1:])
        changed = with_block(problem, replace(block, entries=entries))
    elif where == "row_upper":
        upper = block.upper.copy()
        upper[0, 0] = np.nan
        changed = with_block(problem, replace(block, upper=upper))
    else:
        first, *later = problem.objectives
        costs = first.costs.copy()
        costs[0] = np.nan
        changed = replace(problem, objectives=(replace(first, costs=costs), *later))
    with pytest.raises(SolverError) as raised:
        optimise(changed, read_profile(None), Clock())
    assert raised.value.code == "solve.not_a_number"


def with_block(problem: Problem, block: Rows) -> Problem:
    """The program with its first block replaced."""
    return replace(problem, blocks=(block, *problem.blocks[1:]))
