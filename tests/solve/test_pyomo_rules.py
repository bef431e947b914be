"""A user's own rules in Pyomo run on our arrays; every other edit is noticed and named."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest

import circularpark
from circularpark.errors import NoFeasiblePlan, RuleError, SolverError

GREENHOUSE, DYEING = ("works_to_greenhouse", "2025"), ("works_to_dyeing", "2025")


@pytest.fixture(scope="module")
def park():
    return circularpark.read_park("toy")


@pytest.fixture(scope="module")
def plain(park):
    return circularpark.solve(park)


@pytest.fixture
def model(park):
    return circularpark.to_pyomo(circularpark.build(park))


def on_arrays(plan) -> bool:
    return plan.solver["edited_in_pyomo"] == [] and plan.problem.var.size > 0


def test_an_untouched_model_gives_the_plan_of_the_park(model, plain):
    plan = circularpark.solve(model)
    assert plan.certificate.ok
    assert plan.objective == plain.objective
    assert on_arrays(plan)


def test_a_rule_of_ones_own_holds_and_has_a_dual(model, plain):
    sent = plain.link_flow.set_index("link")["value"]
    model.no_more = pyo.Constraint(expr=model.link_flow[DYEING] <= sent["works_to_dyeing"] - 1)
    plan = circularpark.solve(model)
    assert plan.certificate.ok
    assert on_arrays(plan)
    assert pyo.value(model.link_flow[DYEING]) <= sent["works_to_dyeing"] - 1 + 1e-9
    assert plan.objective["value"] > plain.objective["value"] + 1
    dual = plan.duals[plan.duals["row"] == "no_more"]
    assert (dual["dual"] < 0).any()


def test_rules_over_an_index_are_named_by_it(model):
    def rule(m, link, period):
        return m.link_flow[link, period] >= 0.5

    model.trickle = pyo.Constraint(list(model.link_flow), rule=rule)
    plan = circularpark.solve(model)
    names = list(plan.problem.row_names())
    assert "trickle[works_to_greenhouse,'2025']" in names
    assert plan.link_flow["value"].min() >= 0.5 - 1e-9


def test_variables_of_ones_own_are_a_table_of_the_plan(model, plain):
    total = plain.link_flow["value"].sum()
    model.sent = pyo.Var(["tonnes", "negative"])
    flow = sum(model.link_flow.values())
    model.is_sum = pyo.Constraint(expr=model.sent["tonnes"] == flow)
    model.is_less = pyo.Constraint(expr=model.sent["negative"] + 3 * flow == -5)
    plan = circularpark.solve(model)
    assert plan.certificate.ok
    found = plan.sent.set_index("index")["value"]
    assert found["tonnes"] == pytest.approx(total, rel=1e-9)
    assert found["negative"] == pytest.approx(-5 - 3 * total, rel=1e-9)


def test_an_objective_of_ones_own_takes_the_first_place(model):
    model.most = pyo.Objective(expr=3 + 2 * model.link_flow[GREENHOUSE], sense=pyo.maximize)
    plan = circularpark.solve(model)
    assert plan.certificate.ok
    assert [o.name for o in plan.problem.objectives] == ["most", "cost"]
    most = pyo.value(model.most)
    assert plan.objective["value"] == pytest.approx(most)
    assert most > 3 + 2 * 1.0


def test_a_rule_inside_a_block_and_with_a_parameter(model):
    model.mine = pyo.Block()
    model.mine.share = pyo.Param(initialize=0.25, mutable=True)
    flow = model.link_flow
    model.mine.fair = pyo.Constraint(
        expr=flow[GREENHOUSE] >= model.mine.share * (flow[GREENHOUSE] + flow[DYEING])
    )
    assert circularpark.solve(model).certificate.ok
    sent = pyo.value(flow[GREENHOUSE]) / sum(pyo.value(v) for v in flow.values())
    assert sent >= 0.25 - 1e-9
    model.mine.share = 0.5
    circularpark.solve(model)
    sent = pyo.value(flow[GREENHOUSE]) / sum(pyo.value(v) for v in flow.values())
    assert sent >= 0.5 - 1e-9


def test_duals_are_loaded_where_they_are_wanted(model):
    model.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    plan = circularpark.solve(model)
    row = model.balance["greenhouse", "steam", "2025"]
    told = plan.duals.query("stage == 'cost' and row == 'balance[greenhouse, steam, 2025]'")
    assert model.dual[row] == pytest.approx(told["dual"].iloc[0])


def test_a_clone_is_the_same_model(model, plain):
    plan = circularpark.solve(model.clone())
    assert on_arrays(plan)
    assert plan.objective == plain.objective


def test_a_rule_that_is_not_linear_is_named(model):
    model.bent = pyo.Constraint(expr=model.link_flow[GREENHOUSE] ** 2 <= 4)
    with pytest.raises(RuleError) as caught:
        circularpark.solve(model)
    assert "bent" in caught.value.text("en")
    assert "bent 不是线性的" in caught.value.text("zh")


def test_a_variable_that_is_not_on_the_model_is_named(model):
    stranger = pyo.Var(name="stranger")
    stranger.construct()
    model.odd = pyo.Constraint(expr=model.link_flow[GREENHOUSE] + stranger <= 4)
    with pytest.raises(RuleError, match="'stranger'"):
        circularpark.solve(model)


def test_a_rule_with_nonsense_in_it_is_named(model):
    model.wild = pyo.Constraint(expr=float("nan") * model.link_flow[GREENHOUSE] <= 4)
    with pytest.raises(RuleError, match="wild"):
        circularpark.solve(model)


def test_rules_that_leave_no_plan_are_named_with_the_least_they_must_give(model):
    model.fine = pyo.Constraint(expr=model.link_flow[DYEING] >= 0)
    model.much = pyo.Constraint(expr=sum(model.link_flow.values()) >= 1000)
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(model)
    (row,) = caught.value.diagnosis.rows
    assert row.row == "much"
    model.much.deactivate()
    model.less = pyo.Constraint(expr=sum(model.link_flow.values()) >= 1000 - row.by - 1e-6)
    assert circularpark.solve(model).certificate.ok
    assert "much" in caught.value.diagnosis.text("zh")


def test_a_column_that_falls_without_end_is_refused(model):
    model.debt = pyo.Var()
    model.down = pyo.Objective(expr=model.debt)
    with pytest.raises(SolverError) as caught:
        circularpark.solve(model)
    assert caught.value.code == "solve.leaning"
    assert "debt" in caught.value.text("en")


def test_two_objectives_of_ones_own_are_one_too_many(model):
    model.one = pyo.Objective(expr=model.link_flow[DYEING])
    model.two = pyo.Objective(expr=model.link_flow[GREENHOUSE])
    with pytest.raises(RuleError, match="one, two"):
        circularpark.solve(model)


def test_a_model_of_another_origin_is_refused():
    with pytest.raises(RuleError, match="to_pyomo"):
        circularpark.solve(pyo.ConcreteModel())
    with pytest.raises(RuleError, match="str"):
        circularpark.solve("toy")


def _bound(m):
    m.link_flow[DYEING].setub(2)


def _fixed(m):
    m.link_flow[DYEING].fix(2.0)


def _expression(m):
    row = m.limits["budget", "all"]
    row.set_value(row.body <= 2_400_000)


def _coefficients(m):
    m.objective_1.set_value(2 * m.objective_1.expr)


def _integer(m):
    m.link_flow[DYEING].domain = pyo.NonNegativeIntegers


@pytest.mark.parametrize(
    ("edit", "component"),
    [
        (_bound, "link_flow"),
        (_fixed, "link_flow"),
        (_expression, "limits"),
        (_coefficients, "objective_1"),
        (_integer, "link_flow"),
    ],
)
def test_an_edit_is_noticed_and_solved_through_pyomo(model, edit, component, plain, monkeypatch):
    from circularpark.solve import solvers

    through = []
    run = solvers.run
    monkeypatch.setattr(solvers, "run", lambda *a: through.append(a[1].pyomo_name) or run(*a))
    edit(model)
    plan = circularpark.solve(model)
    assert plan.solver["edited_in_pyomo"] == [component]
    assert set(through) == {"appsi_highs"}
    assert model.objective_1.active
    assert [c.name for c in model.component_objects(pyo.Objective)] == [
        "objective_1",
        "objective_2",
    ]
    if edit in (_bound, _fixed):
        assert plan.link_flow.set_index("link")["value"]["works_to_dyeing"] <= 2 + 1e-9
        assert plan.objective["value"] > plain.objective["value"]
    if edit is not _integer:
        assert plan.certificate.ok


def test_a_rule_that_was_switched_off_is_noticed_and_the_plan_not_certified(model, plain):
    model.limits.deactivate()
    plan = circularpark.solve(model)
    assert plan.solver["edited_in_pyomo"] == ["limits"]
    assert plan.objective["value"] < plain.objective["value"]
    # The park's tables still know of the budget.
    assert not plan.certificate.ok
    assert plan.summary()["status"] == "not_certified"


def test_an_added_integer_is_solved_through_pyomo(model):
    model.whole = pyo.Var(domain=pyo.NonNegativeIntegers)
    model.tie = pyo.Constraint(expr=model.link_flow[DYEING] == model.whole)
    plan = circularpark.solve(model)
    value = plan.flows["whole"].values.item()
    assert value == pytest.approx(round(value), abs=1e-6)
    assert not plan.certificate.ok


def test_a_user_column_inside_the_arrays_has_finite_bounds(model):
    model.free = pyo.Var()
    model.tie = pyo.Constraint(expr=model.free == 2 * model.link_flow[DYEING])
    problem = circularpark.solve(model).problem
    own = slice(problem.var.free.start, problem.var.free.stop)
    assert np.isfinite(problem.lower[own]).all()
    assert np.isfinite(problem.derived[own]).all()
