"""Blocks of rows: how entities and steps meet, and a rule of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import circularpark
from circularpark.program.rows import across, as_text, gathered, listed, no_rows
from circularpark.program.variables import Variables
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, optimise
from tests.program.small import program

STEPS = np.array(["a", "b"], dtype=object)


@pytest.fixture
def var() -> Variables:
    """Two flows over two steps, and one room for both."""
    made = Variables()
    made.add("flow", pd.DataFrame({"of": ["x", "y"]}), "period", STEPS)
    made.add("room", pd.DataFrame({"of": ["x"]}), "year", np.array([2025], dtype=object))
    return made


def block(*entries, index=("one",), labels=STEPS, **sides):  # type: ignore[no-untyped-def]
    return circularpark.rows("rule", pd.DataFrame({"row": index}), labels, entries, **sides)


def test_steps_meet_the_same_steps(var: Variables) -> None:
    made = block(across(var.flow, [0, 0], [0, 1], [[1.0], [-2.0]]), at_most=3.0)
    assert as_text(made) == [
        "rule[one, a]: flow[x, a] - 2 flow[y, a] <= 3",
        "rule[one, b]: flow[x, b] - 2 flow[y, b] <= 3",
    ]


def test_every_step_meets_its_year(var: Variables) -> None:
    year = np.zeros(2, dtype=np.int64)
    made = block(across(var.flow, 0, 1), across(var.room, 0, 0, -0.5, at=year), at_most=0.0)
    assert as_text(made) == [
        "rule[one, a]: flow[y, a] - 0.5 room[x, 2025] <= 0",
        "rule[one, b]: flow[y, b] - 0.5 room[x, 2025] <= 0",
    ]


def test_steps_are_gathered_into_fewer(var: Variables) -> None:
    into, labels = np.zeros(2, dtype=np.int64), np.array(["year"], dtype=object)
    made = block(
        gathered(var.flow, 0, 0, np.array([10.0, 20.0]), into=into, steps=1),
        labels=labels,
        at_least=5.0,
    )
    assert as_text(made) == ["rule[one, year]: 10 flow[x, a] + 20 flow[x, b] >= 5"]


def test_single_entries_and_two_sides(var: Variables) -> None:
    made = block(
        listed(var.flow, [0, 0], [1, 3], [1.0, 1.0]),
        labels=np.array([""], dtype=object),
        at_least=1.0,
        at_most=2.0,
    )
    assert as_text(made) == ["rule[one]: flow[x, b] + flow[y, b] in [1, 2]"]


def test_a_coefficient_of_nothing_takes_no_room(var: Variables) -> None:
    made = block(across(var.flow, [0, 0], [0, 1], [[0.0], [1.0]]), equals=0.0)
    assert made.nonzeros == 2
    assert no_rows("rule").size == 0


def test_a_rule_of_one_s_own_holds(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        markets=(
            "id,site,commodity,direction,price\ncheap,farm,steam,buy,100\ndear,farm,steam,buy,300\n"
        ),
    )
    exchange = problem.var.exchange
    cheap = exchange.index.index[exchange.index["market"] == "cheap"].to_numpy()
    rule = circularpark.rows(
        "no_more_than_two",
        exchange.index.iloc[cheap],
        problem.data.time.period,
        [across(exchange, np.arange(len(cheap)), cheap)],
        at_most=2.0,
    )
    plain = optimise(problem, read_profile(None), Clock())
    ruled = optimise(problem.add(rule), read_profile(None), Clock())
    assert plain.points[0].value == pytest.approx(6 * 100 * 1000)
    assert ruled.points[0].value == pytest.approx((2 * 100 + 4 * 300) * 1000)
    # It has a name and a shadow price like every other row.
    names = list(ruled.problem.row_names())
    assert names[-1] == "no_more_than_two[cheap, farm, 2025]"
    assert ruled.points[0].duals[-1] == pytest.approx(-200 * 1000)
