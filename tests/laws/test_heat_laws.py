"""The least utility of the linear program is that of the problem table, on random stream sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, seed

import circularpark
from tests.known import heat_cascade
from tests.known.building import write_case
from tests.laws.laws import SEED, SHORT, read
from tests.laws.parks import RandomPark, parks

CLOSE = 1e-9
SETS = 1000
# Each set is a heat zone of one park: they share nothing but the fuel.
TOGETHER = 100


def random_set(draw: np.random.Generator, zone: str) -> list[dict[str, Any]]:
    """Two to a dozen streams: glides, vapours and boiling, round and crooked temperatures."""
    found = []
    for place in range(int(draw.integers(2, 13))):
        hot = bool(draw.random() < 0.5) if place > 1 else place == 0
        low, wide = draw.uniform(20, 300), draw.uniform(1, 200)
        if draw.random() < 0.5:
            low, wide = round(low, -1), round(wide, -1)
        if draw.random() < 0.15:
            wide = 0.0
        ends = (low + wide, low) if hot else (low, low + wide)
        contribution = float(draw.choice([2.5, 5.0, 10.0, draw.uniform(0.5, 20)]))
        found.append(
            {
                "name": f"{zone}_{place}",
                "zone": zone,
                "supply": ends[0],
                "target": ends[1],
                "duty": float(10 ** draw.uniform(0, 4)),
                "dt_cont": contribution,
                "type": "hot" if hot else "cold",
            }
        )
    return found


def problem_table(streams: list[dict[str, Any]]) -> tuple[float, float]:
    """Least heating and cooling.

    Source: Linnhoff & Flower (1978). Heat above a level is compared, at each level from both
    sides, so that a phase change needs no interval of its own.
    """

    def above(stream: dict[str, Any], level: float, inclusive: bool) -> float:
        sign = -1.0 if stream["type"] == "hot" else 1.0
        ends = [stream[k] + sign * stream["dt_cont"] for k in ("supply", "target")]
        top, bottom = max(ends), min(ends)
        if top - bottom < 1e-9:
            share = float(top > level + 1e-9 or (inclusive and top > level - 1e-9))
        else:
            share = min(max((top - level) / (top - bottom), 0.0), 1.0)
        return -sign * share * float(stream["duty"])

    levels = {
        s[k] + (-1.0 if s["type"] == "hot" else 1.0) * s["dt_cont"]
        for s in streams
        for k in ("supply", "target")
    }
    falls = [
        sum(above(s, level, inclusive) for s in streams)
        for level in levels
        for inclusive in (False, True)
    ]
    heating = max(0.0, -min(falls))
    every = sum(s["duty"] if s["type"] == "hot" else -s["duty"] for s in streams)
    return heating, heating + every


def held(folder: Path, first: int, count: int) -> None:
    """The program's boilers and what leaves the cold ends, against the problem table."""
    sets = {
        f"z{number}": random_set(np.random.default_rng(number), f"z{number}")
        for number in range(first, first + count)
    }
    tables = heat_cascade.tables(stream for own in sets.values() for stream in own)
    plan = circularpark.solve(circularpark.read_park(write_case(folder, "random", tables)))
    assert plan.certificate.ok
    fired = plan.activity.set_index("process")["value"]
    left = plan.residual_heat.groupby("heat_zone", sort=False)["value"].last()
    for place, (zone, streams) in enumerate(sets.items()):
        heating, cooling = problem_table(streams)
        size = sum(stream["duty"] for stream in streams)
        assert fired[f"boiler_{place}"] == pytest.approx(heating, rel=CLOSE, abs=CLOSE * size)
        assert left[zone] == pytest.approx(cooling, rel=CLOSE, abs=CLOSE * size)


def test_the_program_needs_what_the_problem_table_needs(tmp_path: Path) -> None:
    held(tmp_path, 0, TOGETHER)


@pytest.mark.long
@pytest.mark.parametrize("first", range(TOGETHER, SETS + TOGETHER, TOGETHER))
def test_on_a_thousand_random_sets(tmp_path: Path, first: int) -> None:
    held(tmp_path, first, TOGETHER)


def test_merging_intervals_changes_nothing(tmp_path: Path) -> None:
    """A match row without bounds keeps all intervals: the answer is the same."""
    for number in range(5):
        streams = random_set(np.random.default_rng(number), "")
        merged = heat_cascade.tables(streams)
        rows = {
            "from": merged["streams"][0]["id"],  # type: ignore[index]
            "to": merged["demands"][0]["id"],  # type: ignore[index]
            "min": 0,
        }
        plans = [
            circularpark.solve(
                circularpark.read_park(write_case(tmp_path / f"{number}{name}", "one", tables))
            )
            for name, tables in (("a", merged), ("b", {**merged, "matches": [rows]}))
        ]
        few, many = (len(plan.residual_heat) for plan in plans)
        assert few <= many
        values = [float(plan.objective["value"]) for plan in plans]  # type: ignore[arg-type]
        assert values[0] == pytest.approx(values[1], rel=CLOSE, abs=1e-6)


@SHORT
@seed(SEED)
@given(parks())
def test_the_raw_data_agree_with_every_plan(park: RandomPark) -> None:
    """Heat cascades, carriers, ducts and heat pumps among everything else."""
    assert circularpark.solve(read(park)).certificate.ok
