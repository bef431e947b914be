"""The docstrings of the constraints are the model's documentation: what they name exists."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Callable
from typing import Any

import pytest

from circularpark.program.assemble import Problem
from circularpark.program.constraints import CONSTRAINTS
from circularpark.program.data import Data
from circularpark.program.equations import Symbol, equation, equations_markdown
from circularpark.words import LANGUAGES, Language
from tests.equations.flows import EXAMPLES

SYMBOLS = [(c.__name__, s) for c in CONSTRAINTS for s in equation(c).symbols]


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    return EXAMPLES[0].problem(tmp_path_factory.mktemp("named"))


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda c: c.__name__)
def test_a_constraint_says_claim_equation_symbols_and_dual(constraint: Callable[..., Any]) -> None:
    found = equation(constraint)
    assert found.claim.endswith(".")
    assert found.latex.count("{") == found.latex.count("}")
    assert found.symbols
    assert found.dual


@pytest.mark.parametrize(
    ("constraint", "symbol"), SYMBOLS, ids=[f"{c}-{s.symbol}-{s.array}" for c, s in SYMBOLS]
)
def test_every_array_that_is_named_exists(
    problem: Problem, constraint: str, symbol: Symbol
) -> None:
    head, *path = symbol.array.split(".")
    found: Any = {"data": problem.data, "var": problem.var}[head]
    for name in path:
        assert hasattr(found, name), f"{constraint}: {symbol.array}"
        found = getattr(found, name)


@pytest.mark.parametrize(
    ("constraint", "symbol"), SYMBOLS, ids=[f"{c}-{s.symbol}-{s.array}" for c, s in SYMBOLS]
)
def test_a_unit_is_what_the_field_is_annotated_with(constraint: str, symbol: Symbol) -> None:
    assert symbol.unit
    annotated = unit_of(symbol.array)
    if annotated is not None:
        assert symbol.unit == annotated, f"{constraint}: {symbol.array}"


def unit_of(array: str) -> str | None:
    """The unit that the field of the data carries; None where it has no annotation."""
    head, *path = array.split(".")
    if head != "data":
        return None
    owner: Any = Data
    for name in path[:-1]:
        owner = hints(owner).get(name)
        if owner is None:
            return None
    if not dataclasses.is_dataclass(owner):
        return None
    found = hints(owner).get(path[-1])
    units = typing.get_args(found)[1:] if typing.get_origin(found) is typing.Annotated else ()
    return str(units[0]) if units else None


def hints(owner: Any) -> dict[str, Any]:
    from circularpark.park.model import Park, Tables

    return typing.get_type_hints(
        owner, include_extras=True, localns={"Park": Park, "Tables": Tables}
    )


def test_most_arrays_of_the_data_carry_a_unit() -> None:
    arrays = {s.array for _, s in SYMBOLS if s.array.startswith("data.")}
    annotated = {a for a in arrays if unit_of(a) is not None}
    assert len(annotated) >= 10
    assert unit_of("data.stream.offer") == "unit/h"
    assert unit_of("data.storage.hours_in") == "h"
    assert unit_of("data.node.index") is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_model_can_be_read_in_both_languages(lang: Language) -> None:
    text = equations_markdown(lang)
    for constraint in CONSTRAINTS:
        assert f"## `{constraint.__name__}`" in text
    assert text.count("$$") == 2 * len(CONSTRAINTS)
    # The header of a table has three columns everywhere, and so has each of its rows.
    assert {line.count(" | ") for line in text.splitlines() if line.startswith("| ")} == {2}
    chinese = len(re.findall(r"[一-鿿]", text))
    assert chinese == 0 if lang == "en" else chinese > 500
