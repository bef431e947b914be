"""The demo parks' totals and sizes: what changes here changes what users are told.

``python -m tests.test_golden_parks`` writes the file anew; look at its differences before
keeping it. The toy is held to its README, which works it out by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import circularpark
from circularpark.solve.highs import LiveModel
from circularpark.solve.plan import Plan

FILE = Path(__file__).parent / "golden_parks.json"
PARKS = ("toy", "anqing-hightech", "huaining-cement")
MEASURES = ("co2", "cost", "capex")


@contextmanager
def counted() -> Iterator[list[int]]:
    """How often the solver is called inside."""
    calls: list[int] = []
    minimise = LiveModel.minimise

    def counting(self: LiveModel, costs: Any) -> Any:
        calls.append(len(costs))
        return minimise(self, costs)

    LiveModel.minimise = counting  # type: ignore[method-assign]
    try:
        yield calls
    finally:
        LiveModel.minimise = minimise  # type: ignore[method-assign]


def golden(name: str) -> tuple[Plan, dict[str, Any]]:
    """A demo park's plan, and what is written down of it."""
    with counted() as calls:
        plan = circularpark.solve(circularpark.read_park(name))
    assert plan.best is not None
    problem = plan.problem
    rows, columns = problem.matrix.shape
    return plan, {
        "first_stage": digits(first_stage(plan)),
        "plan": {m: totals(plan.account.annual(m)) for m in MEASURES},
        "best_operation": {m: totals(plan.best.account.annual(m)) for m in MEASURES},
        "rows": rows,
        "columns": columns,
        "nonzeros": int(problem.matrix.nnz),
        "solver_calls": len(calls),
    }


def first_stage(plan: Plan) -> float:
    """The optimum of the first stage alone: later ones may give up a millionth of it."""
    return plan.optimum.points[0].value + plan.problem.objectives[0].offset


def totals(yearly: Any) -> dict[str, float]:
    return {str(year): digits(value) for year, value in yearly.items()}


def digits(value: float) -> float:
    """A number to eight digits."""
    return float(f"{value:.8g}")


@pytest.mark.parametrize("name", PARKS)
def test_a_demo_park_is_what_it_was(name: str) -> None:
    plan, found = golden(name)
    wanted = json.loads(FILE.read_text(encoding="utf-8"))[name]
    assert plan.certificate.ok
    for counts in ("rows", "columns", "nonzeros", "solver_calls"):
        assert found[counts] == wanted[counts], counts
    assert found["first_stage"] == pytest.approx(wanted["first_stage"], rel=1e-6)
    for which in ("plan", "best_operation"):
        assert set(found[which]) == set(wanted[which])
        for measure, yearly in wanted[which].items():
            # A later stage may give up a millionth of the earlier one, and uses it.
            assert found[which][measure] == pytest.approx(yearly, rel=1e-5), (which, measure)


@pytest.fixture(scope="module")
def toy() -> Plan:
    return circularpark.solve(circularpark.read_park("toy"))


def test_the_toy_saves_what_its_readme_works_out(toy: Plan) -> None:
    assert first_stage(toy) == pytest.approx(4.2 * 8000 * 0.25, rel=1e-9)
    assert toy.best is not None
    assert toy.best.account.annual("co2")[2025] == pytest.approx(22_000, rel=1e-9)
    assert toy.best.account.annual("cost")[2025] == pytest.approx(26_400_000, rel=1e-9)


def test_the_toy_s_shadow_prices_are_those_of_its_readme(toy: Plan) -> None:
    duals = dict(zip(toy.problem.row_names(), toy.optimum.points[0].duals, strict=False))
    assert duals["limits[budget, all]"] == pytest.approx(-0.002, rel=1e-9)
    assert duals["balance[works, flue_heat, 2025]"] == pytest.approx(0, abs=1e-9)
    assert duals["balance[greenhouse, steam, 2025]"] == pytest.approx(2000, rel=1e-9)
    assert duals["balance[dyeing, steam, 2025]"] == pytest.approx(666_666 * 0.002, rel=1e-5)


def test_the_toy_s_first_point_is_the_plan_of_its_readme(toy: Plan) -> None:
    point = dict(zip(toy.problem.column_names(), toy.optimum.points[0].x, strict=True))
    assert point["build[recovery_works, 2025]"] == pytest.approx(23 / 3, rel=1e-9)
    assert point["build[works_to_dyeing, 2025]"] == pytest.approx(20 / 3, rel=1e-9)
    assert point["build[works_to_greenhouse, 2025]"] == pytest.approx(1, rel=1e-9)
    assert point["taken[flue_works, 2025]"] >= 23 / 3 * 1.25 - 1e-9
    assert np.isclose(point["activity[boiler_greenhouse, 2025]"], 4.2, rtol=1e-9)


if __name__ == "__main__":
    text = json.dumps({name: golden(name)[1] for name in PARKS}, indent=2)
    FILE.write_text(text + "\n", encoding="utf-8")
