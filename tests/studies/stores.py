"""Small runs for tests of the store, written without solving anything."""

from __future__ import annotations

import numpy as np
import pandas as pd

from circularpark.solve.highs import Point
from circularpark.solve.memory import Memory
from circularpark.studies.journal import Run
from circularpark.studies.question import Question
from circularpark.studies.store import RunStore

ROWS = 200


def question(number: int, **options: object) -> Question:
    """One of many different questions."""
    return Question("solve", "steam", None, f"data {number}", "1", {"profile": "highs"}, options)


def memory(number: int) -> Memory:
    """A point that tells which question it belongs to."""
    found = Memory()
    found.keep(
        f"program {number}", Point(np.full(ROWS, float(number)), np.arange(3.0), 1.0, 0.1, 7)
    )
    found.keep("no plan", None)
    return found


def put(store: RunStore, number: int, **more: object) -> Run:
    """Keep the run of a question; its table and points tell which one."""
    table = pd.DataFrame(
        {"number": np.full(ROWS, number), "name": [f"row {r}" for r in range(ROWS)]}
    )
    answer = {"number": number, "measures": {"co2": {"2025": float(number)}}}
    return store.keep(
        question(number),
        "optimal",
        answer=answer,
        tables={"measures": table, "nothing": table.head(0)},
        memory=memory(number),
        **more,
    )


def is_whole(store: RunStore, run: Run) -> bool:
    """Whether everything of a run can be read and belongs to the same question."""
    number = store.answer(run)["number"]
    table, points = store.table(run, "measures"), store.memory(run).points
    return (
        not store.check(run)
        and run.key == question(number).key
        and len(table) == ROWS
        and set(table["number"]) == {number}
        and bool((points[f"program {number}"].x == number).all())
    )
