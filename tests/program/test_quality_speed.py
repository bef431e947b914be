"""How long a large network of sources and sinks takes to build."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import circularpark
from circularpark.program.assemble import build
from circularpark.program.collect import blocks_of
from tests.known.building import write_case

SIZE, PROPERTIES = 500, 5


def network(folder: Path, size: int = SIZE) -> circularpark.Park:
    """Sources, sinks and fresh water at one site, with random qualities."""
    rng = np.random.default_rng(7)
    at = {"site": "works", "commodity": "water", "unit": "t/h"}
    rows = [
        {"item": f"{kind}{i}", "property": f"p{p}", column: round(rng.uniform(low, 100), 2)}
        for kind, column, low in (("s", "value", 0), ("k", "max", 5))
        for i in range(size)
        for p in range(PROPERTIES)
    ]
    fresh = [{"item": "fresh", "property": f"p{p}", "value": 0} for p in range(PROPERTIES)]
    tables = {
        "sites": [{"id": "works", "lon": 117, "lat": 30.5}],
        "commodities": [{"id": "water", "kind": "material", "unit": "t"}],
        "streams": [{"id": f"s{i}", "amount": 5, **at} for i in range(size)],
        "demands": [{"id": f"k{i}", "amount": 5, **at} for i in range(size)],
        "markets": [
            {"id": "fresh", "site": "*", "commodity": "water", "direction": "buy", "price": 1},
            {"id": "waste", "site": "*", "commodity": "water", "direction": "dispose", "price": 0},
        ],
        "quality": pd.DataFrame([*rows, *fresh]).assign(unit="ppm").to_dict("records"),
    }
    return circularpark.read_park(write_case(folder, "large", tables))


@pytest.mark.speed
def test_five_hundred_sources_and_sinks_are_built_in_a_second(tmp_path: Path) -> None:
    park = network(tmp_path)
    blocks = blocks_of(park)
    # The best of three: other work on the machine is not the program's.
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        problem = build(park, blocks=blocks)
        assert problem.matrix.shape[1] > SIZE * SIZE
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 1.0, seconds
