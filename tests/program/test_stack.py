"""Blocks of rows to one matrix: the grid of pairs and the sorted way give the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from circularpark.park.keys import Keys
from circularpark.program import stack as stacking
from circularpark.program.rows import Grid, Rows, across, gathered, listed, rows
from circularpark.program.time import Floats
from circularpark.program.variables import Variables

STEPS = 60
LABELS = np.array([f"t{i}" for i in range(STEPS)], dtype=object)
YEARS = np.array(["2025", "2030"], dtype=object)
BEFORE = np.roll(np.arange(STEPS), 1)
HALF = np.repeat([0, 1], STEPS // 2)


def keys(name: str, count: int) -> Keys:
    return Keys({name: np.array([f"{name}{i}" for i in range(count)], dtype=object)})


def blocks() -> tuple[tuple[Rows, ...], Variables]:
    """Flows, levels that follow one another, a year's sum and capacities: every kind of term."""
    chance = np.random.default_rng(5)
    var = Variables()
    flow = var.add("flow", keys("f", 7), "period", LABELS, scale=2.0 ** np.arange(7))
    level = var.add("level", keys("s", 2), "period", LABELS)
    build = var.add("build", keys("i", 3), "year", YEARS)
    lone = var.add("lone", keys("x", 1), "period", LABELS)
    node = chance.integers(0, 4, 7)
    shaped = chance.uniform(1, 2, (7, STEPS))
    balance = rows(
        "balance",
        keys("n", 4),
        LABELS,
        [
            across(flow, node, np.arange(7), -1.0),
            across(flow, (node + 1) % 4, np.arange(7), shaped),
            across(level, [0, 1], [0, 1], 0.5),
        ],
        equals=0.0,
    )
    follows = rows(
        "level",
        keys("s", 2),
        LABELS,
        [
            across(level, [0, 1], [0, 1]),
            across(level, [0, 1], [0, 1], -chance.uniform(0.9, 1, (2, STEPS)), at=BEFORE),
            across(flow, [0, 1], [3, 4], np.where(HALF == 0, 1.0, 0.0)),
        ],
        equals=0.0,
    )
    yearly = rows(
        "yearly",
        keys("l", 1),
        YEARS,
        [gathered(level, [0, 0], [0, 1], 3.0, into=HALF, steps=2)],
        at_most=9.0,
    )
    within = rows(
        "within",
        keys("i", 3),
        LABELS,
        [across(flow, [0, 1, 2], [0, 1, 2]), across(build, [0, 1, 2], [0, 1, 2], -1.0, at=HALF)],
        at_most=0.0,
    )
    single = rows("single", keys("c", 2), np.array([""], dtype=object), [listed(lone, 1, 9, 4.0)])
    return (balance, follows, yearly, within, single), var


def by_hand(found: tuple[Rows, ...], columns: int) -> Floats:
    """Every nonzero added where its flat arrays say."""
    dense = np.zeros((sum(b.size for b in found), columns))
    first = 0
    for block in found:
        for part in block.entries:
            np.add.at(dense, (first + part.row, part.column), part.value)
        first += block.size
    return dense


@pytest.mark.parametrize("many", [1, STEPS + 1])
def test_pairs_and_sorting_give_the_same_matrix(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacking, "MANY_STEPS", many)
    found, var = blocks()
    start = np.concatenate([[0], np.cumsum([b.size for b in found])])
    matrix = stacking.stack(found, start, var)
    assert isinstance(matrix, sparse.csc_array)
    assert matrix.toarray() == pytest.approx(by_hand(found, var.size))
    assert matrix.nnz == sum(b.nonzeros for b in found)


def test_most_terms_stay_pairs() -> None:
    found, _ = blocks()
    kinds = [[isinstance(part, Grid) for part in block.entries] for block in found]
    assert kinds == [[True, True, True], [True, True, False], [True], [True, False], [False]]


def test_two_pairs_at_the_same_place_are_their_sum() -> None:
    var = Variables()
    flow = var.add("flow", keys("f", 1), "period", LABELS)
    block = rows("twice", keys("n", 1), LABELS, [across(flow, [0, 0], [0, 0], [[1.0], [2.0]])])
    matrix = stacking.stack((block,), np.array([0, STEPS]), var)
    assert matrix.nnz == STEPS
    assert matrix.toarray() == pytest.approx(3.0 * np.eye(STEPS))


def test_rows_are_scaled_by_their_largest_scaled_coefficient() -> None:
    found, _ = blocks()
    scale = stacking.row_scale(found, stacking.entity_scales(found))
    # The limit within capacity of the third flow: a coefficient of 1 on a column of size 4.
    within = sum(b.size for b in found[:3]) + 2 * STEPS
    assert scale[within : within + STEPS] == pytest.approx(np.full(STEPS, 0.25))


def test_an_index_given_as_a_table_keeps_its_names() -> None:
    var = Variables()
    flow = var.add("flow", pd.DataFrame({"link": ["a", "b"]}, index=[5, 9]), "period", LABELS)
    assert list(flow.names())[STEPS] == "flow[b, t0]"
    assert flow.index["link"].tolist() == ["a", "b"]
