"""Every constraint's rows on parks small enough to write the rows down by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from circularpark.program.constraints import CONSTRAINTS
from circularpark.program.equations import equation
from circularpark.program.rows import as_text
from tests.equations import capacities, choices, flows, heat, limits, markets, pools, quality
from tests.equations.example import Example

EXAMPLES = (
    *flows.EXAMPLES,
    *capacities.EXAMPLES,
    *choices.EXAMPLES,
    *markets.EXAMPLES,
    *limits.EXAMPLES,
    *heat.EXAMPLES,
    *quality.EXAMPLES,
    *pools.EXAMPLES,
)

# The variables that each docstring names.
NAMED = {
    c.__name__: {s.array.removeprefix("var.") for s in equation(c).symbols} for c in CONSTRAINTS
}


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_rows_are_what_the_equation_says(example: Example, tmp_path: Path) -> None:
    block = example.block(tmp_path)
    assert as_text(block) == list(example.rows)
    # A limit speaks of any variable: its equation calls them all z.
    if example.family != "limits":
        assert {e.variable.name for e in block.entries} <= NAMED[example.family]


def test_no_constraint_lacks_a_golden_text() -> None:
    shown = {example.family for example in EXAMPLES}
    assert shown == {constraint.__name__ for constraint in CONSTRAINTS}


def test_a_constraint_is_called_what_its_rows_are_called(tmp_path: Path) -> None:
    problem = flows.EXAMPLES[0].problem(tmp_path)
    for constraint in CONSTRAINTS:
        assert constraint(problem.data, problem.var).family == constraint.__name__
