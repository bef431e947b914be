"""Rows of one's own on the arrays: the public way at any size, and what is wrong with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import circularpark
from circularpark import across, gathered, listed, rows
from circularpark.errors import NoFeasiblePlan, RuleError


@pytest.fixture(scope="module")
def problem():
    return circularpark.build(circularpark.read_park("toy"))


def trench(problem, name="one_trench", **sides):
    """Both links together, as the docstring of ``rows`` shows it."""
    flow = problem.var.link_flow
    pair = np.flatnonzero(flow.index["link"].isin(["works_to_dyeing", "works_to_greenhouse"]))
    return rows(
        name,
        pd.DataFrame({"trench": ["north"]}),
        flow.labels,
        [across(flow, np.zeros(len(pair), dtype=int), pair)],
        **sides,
    )


def test_two_links_share_a_trench(problem):
    plan = circularpark.solve(problem.add(trench(problem, at_most=5.0)))
    assert plan.certificate.ok
    assert plan.link_flow["value"].sum() == pytest.approx(5.0)
    assert "one_trench[north, 2025]" in set(plan.duals["row"])


def test_the_program_itself_stays_as_it_is(problem):
    before = problem.matrix.shape
    problem.add(trench(problem, at_most=5.0))
    assert problem.matrix.shape == before


def test_a_year_is_gathered_and_entries_are_listed(problem):
    flow = problem.var.link_flow
    per_year = rows(
        "steam_of_the_year",
        pd.DataFrame({"link": ["works_to_dyeing"]}),
        np.array([2025], dtype=object),
        [
            gathered(
                flow, [0], [0], [[8760.0]], into=np.zeros(flow.width, dtype=np.int64), steps=1
            ),
            listed(problem.var.build, [0], [0], [0.0]),
        ],
        at_most=8760.0 * 3,
    )
    plan = circularpark.solve(problem.add(per_year))
    assert plan.link_flow["value"].iloc[0] <= 3 + 1e-9


def test_a_rule_that_leaves_no_plan_is_named(problem):
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(problem.add(trench(problem, at_least=1000.0)))
    (row,) = caught.value.diagnosis.rows
    assert row.row == "one_trench[north, 2025]"
    assert circularpark.solve(
        problem.add(trench(problem, at_least=1000.0 - row.by - 1e-6))
    ).certificate.ok
    assert row.row in caught.value.diagnosis.as_dict("zh")["cures"][0]["text"]


def test_a_park_without_a_plan_is_diagnosed_beneath_the_rules(tmp_path):
    from tests.solvers.cases import infeasible

    problem = circularpark.build(infeasible(tmp_path))
    all_steam = rows(
        "harmless",
        pd.DataFrame({"rule": ["r"]}),
        problem.var.exchange.labels,
        [across(problem.var.exchange, [0], [0])],
        at_most=1e6,
    )
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(problem.add(all_steam))
    assert caught.value.diagnosis.shortages


def test_a_name_that_is_taken(problem):
    with pytest.raises(RuleError, match="'balance'"):
        problem.add(trench(problem, name="balance", at_most=5.0))


def test_a_column_that_is_not_there(problem):
    flow = problem.var.link_flow
    far = rows(
        "far", pd.DataFrame({"rule": ["r"]}), flow.labels, [across(flow, [0], [99])], at_most=1.0
    )
    with pytest.raises(RuleError, match="link_flow does not have"):
        problem.add(far)


def test_a_row_that_is_not_there(problem):
    flow = problem.var.link_flow
    low = rows(
        "low", pd.DataFrame({"rule": ["r"]}), flow.labels, [across(flow, [7], [0])], at_most=1.0
    )
    with pytest.raises(RuleError, match="low"):
        problem.add(low)


def test_a_variable_of_another_program(problem):
    other = circularpark.build(circularpark.read_park("anqing-hightech"))
    with pytest.raises(RuleError, match=r"problem\.var"):
        problem.add(
            rows(
                "stolen",
                pd.DataFrame({"rule": ["r"]}),
                other.var.link_flow.labels,
                [across(other.var.link_flow, [0], [0])],
                at_most=1.0,
            )
        )


def test_a_variable_that_is_not_there_is_answered_with_those_that_are(problem):
    with pytest.raises(AttributeError, match="link_flow"):
        _ = problem.var.pipe_flow


@pytest.mark.parametrize("side", [np.nan])
def test_a_side_that_is_no_number(problem, side):
    with pytest.raises(RuleError, match="one_trench"):
        problem.add(trench(problem, at_most=side))


def test_the_objective_of_a_program_is_there_already(problem):
    with pytest.raises(RuleError, match="minimise"):
        circularpark.solve(problem, minimise="cost")
