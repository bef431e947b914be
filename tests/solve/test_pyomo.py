"""The Pyomo model is the same program: name for name, number for number; and its files."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse

import circularpark
from circularpark.errors import RuleError
from circularpark.park import demo_parks
from circularpark.solve.pyomo_build import keys_of
from tests.solve.binding_heat import heat_park
from tests.solve.binding_quality import quality_park


@pytest.fixture(scope="module")
def problem():
    return circularpark.build(circularpark.read_park("toy"))


@pytest.fixture
def model(problem):
    return circularpark.to_pyomo(problem)


def same_name(component) -> str:
    """Pyomo's name of a row or column as ours: ``balance[mill, steam, 2025]``."""
    index = component.index() if isinstance(component.index(), tuple) else (component.index(),)
    return f"{component.parent_component().name}[{', '.join(str(k) for k in index)}]"


@pytest.mark.parametrize("park", demo_parks())
def test_the_standard_form_is_our_matrix_name_for_name(park):
    problem = circularpark.build(circularpark.read_park(park))
    model = circularpark.to_pyomo(problem)
    variables = [v for block in problem.var for v in getattr(model, block.name).values()]
    form = LinearStandardFormCompiler().write(model, mixed_form=True, column_order=variables)
    names = list(problem.column_names())
    assert [same_name(v) for v in variables] == names

    column = {name: place for place, name in enumerate(names)}
    place = [column[same_name(v)] for v in form.columns]
    spread = sparse.csc_array(
        (np.ones(len(place)), (np.arange(len(place)), place)), shape=(len(place), len(names))
    )
    theirs = sparse.csr_array(form.A @ spread)
    row = {name: number for number, name in enumerate(problem.row_names())}
    assert len(row) == problem.matrix.shape[0]
    numbers = [row[same_name(entry.constraint)] for entry in form.rows]
    ours = problem.matrix.tocsr()
    assert set(range(len(row))) - set(numbers) == set()
    assert abs(theirs - ours[numbers]).max() == 0

    for number, entry, side in zip(numbers, form.rows, form.rhs, strict=True):
        low, high = problem.row_lower[number], problem.row_upper[number]
        assert side == {0: low, 1: high, -1: low}[entry.bound_type]
        assert entry.bound_type != 0 or low == high

    cost = np.asarray((form.c @ spread).todense()).ravel()
    assert np.array_equal(cost, problem.objectives[0].costs)
    assert form.c_offset[0] == problem.objectives[0].offset
    low = [-np.inf if v.lb is None else v.lb for v in variables]
    high = [np.inf if v.ub is None else v.ub for v in variables]
    assert np.array_equal(low, problem.lower)
    assert np.array_equal(high, problem.upper)


def test_rows_and_columns_are_reached_by_their_keys(model, capsys):
    link = ("works_to_greenhouse", "2025")
    assert model.link_flow[link].name == "link_flow[works_to_greenhouse,'2025']"
    model.balance["greenhouse", "steam", "2025"].pprint()
    shown = capsys.readouterr().out
    assert "link_flow[works_to_greenhouse,'2025']" in shown
    assert len(shown.splitlines()) == 3
    assert model.limits["budget", "all"].ub == 4_800_000


def test_the_first_stage_is_active_and_the_later_ones_are_there(model):
    assert (model.objective_1.doc, model.objective_2.doc) == ("co2", "cost")
    assert (model.objective_1.active, model.objective_2.active) == (True, False)


def test_pyomo_finds_the_same_optimum_by_itself(model):
    pyo.SolverFactory("appsi_highs").solve(model)
    assert pyo.value(model.objective_1) == pytest.approx(8400.0, rel=1e-9)


def test_heat_cascades_are_the_same_program(tmp_path):
    problem = circularpark.build(circularpark.read_park(heat_park(tmp_path)))
    model = circularpark.to_pyomo(problem)
    assert model.raised["steam", "mill", "", "2025"].ub is None
    pyo.SolverFactory("appsi_highs").solve(model)
    own = circularpark.solve(problem).objective["value"]
    assert pyo.value(model.objective_1) == pytest.approx(own, rel=1e-7)
    assert circularpark.solve(model).certificate.ok


def test_matches_of_quality_are_the_same_program(tmp_path):
    problem = circularpark.build(circularpark.read_park(quality_park(tmp_path)))
    model = circularpark.to_pyomo(problem)
    assert model.matched["rinse", "wash", "river", "2025"].lb == 0
    pyo.SolverFactory("appsi_highs").solve(model)
    own = circularpark.solve(problem).objective["value"]
    assert pyo.value(model.objective_1) == pytest.approx(own, rel=1e-7)
    assert circularpark.solve(model).certificate.ok


def test_a_part_holds_what_was_asked_and_its_variables(problem):
    part = circularpark.to_pyomo(problem, only=["balance"])
    assert [c.name for c in part.component_objects(pyo.Constraint)] == ["balance"]
    used = {e.variable.name for e in problem.block("balance")[0].entries}
    assert {v.name for v in part.component_objects(pyo.Var)} == used
    with pytest.raises(RuleError) as caught:
        circularpark.solve(part)
    assert "balance" in caught.value.text("zh")


def test_a_part_that_is_not_there_is_named(problem):
    with pytest.raises(RuleError, match="balances"):
        circularpark.to_pyomo(problem, only=["balances"])


@pytest.mark.parametrize("ending", [".lp", ".mps", ".nl"])
def test_files_are_written_for_other_solvers(problem, tmp_path, ending):
    file = circularpark.write_model(problem, tmp_path / f"toy{ending}")
    assert file.stat().st_size > 500
    if ending == ".lp":
        import highspy

        highs = highspy.Highs()
        highs.silent()
        highs.readModel(str(file))
        highs.run()
        assert highs.getInfo().objective_function_value == pytest.approx(8400.0, rel=1e-7)
        assert highs.getNumRow() == problem.matrix.shape[0]


def test_another_ending_is_refused(problem, tmp_path):
    with pytest.raises(RuleError, match=r"\.lp, \.mps, \.nl"):
        circularpark.write_model(problem, tmp_path / "toy.xlsx")


def test_keys_follow_the_order_of_the_rows(problem):
    for block in problem.blocks:
        names = [
            f"{block.family}[{', '.join(str(p) for p in (k if isinstance(k, tuple) else (k,)))}]"
            for k in keys_of(block)
        ]
        assert names == list(block.names())
