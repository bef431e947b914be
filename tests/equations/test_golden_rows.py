"""Every constraint's rows on parks small enough to write the rows down by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from circularpark.program.constraints import CONSTRAINTS
from tests.equations import capacities, flows, limits, markets
from tests.equations.example import Example

EXAMPLES = (
    *flows.EXAMPLES,
    *capacities.EXAMPLES,
    *markets.EXAMPLES,
    *limits.EXAMPLES,
)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_rows_are_what_the_equation_says(example: Example, tmp_path: Path) -> None:
    assert example.written(tmp_path) == list(example.rows)


def test_no_constraint_lacks_a_golden_text() -> None:
    shown = {example.family for example in EXAMPLES}
    assert shown == {constraint.__name__ for constraint in CONSTRAINTS}


def test_a_constraint_is_called_what_its_rows_are_called(tmp_path: Path) -> None:
    problem = flows.EXAMPLES[0].problem(tmp_path)
    for constraint in CONSTRAINTS:
        assert constraint(problem.data, problem.var).family == constraint.__name__
