"""Sources, sinks and properties: how long the program takes to build and to run.

``python -m benchmarks.quality [dense] [sparse] [--size 500] [--rounds 3]``: beside each of our
profiles stand the same arrays, unscaled and with the park's own bounds, handed to HiGHS as a
careful programmer would, with the options of that profile.

dense : every source beside every sink and fresh water at one site, qualities evenly drawn;
sparse : by-products of a few kinds at sites on a square, carted to users within reach, of whom
many ask for more than anything within their reach can give. That park is also run by hand with
all its pairs. The numbers of both are drawn with a fixed seed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import highspy
import numpy as np
import pandas as pd

from circularpark.park import read_park
from circularpark.park.model import Park
from circularpark.program import collect_quality
from circularpark.program.assemble import Problem, build
from circularpark.program.collect import blocks_of
from circularpark.solve.profile import SolverProfile, read_profile
from circularpark.solve.run import Clock, optimise

PROPERTIES = 5
REACH_KM = 10.0
KINDS = 4
PROFILES = ("highs", "highs-ipm", "highs-simplex")
Row = dict[str, Any]

TOML = """\
[park]
id = "quality"
name = "quality"
currency = "CNY"
price_year = 2025
catalogue = false

[time]
years = [2025]
mode = "annual"
operating_hours = 1

[objective]
minimise = "cost"
then = []
"""


def dense(size: int) -> dict[str, list[Row]]:
    """Everything at one site: each of the sources may meet each of the sinks."""
    draw = np.random.default_rng(7)
    at = {"site": "works", "commodity": "water", "unit": "t/h"}
    given = {f"s{i}": draw.uniform(0, 100, PROPERTIES) for i in range(size)}
    taken = {f"k{i}": draw.uniform(5, 100, PROPERTIES) for i in range(size)}
    return {
        "sites": [{"id": "works", "lon": 117, "lat": 30.5}],
        "commodities": [{"id": "water", "kind": "material", "unit": "t"}],
        "streams": [{"id": f"s{i}", "amount": 5, **at} for i in range(size)],
        "demands": [{"id": f"k{i}", "amount": 5, **at} for i in range(size)],
        "markets": [
            {"id": "fresh", "site": "*", "commodity": "water", "direction": "buy", "price": 1},
            {"id": "waste", "site": "*", "commodity": "water", "direction": "dispose"},
        ],
        "quality": _graded({**given, "fresh": np.zeros(PROPERTIES)}, taken),
    }


def sparse(size: int) -> dict[str, list[Row]]:
    """By-products at many sites, users within reach that pay for what is good enough."""
    draw = np.random.default_rng(7)
    side = int(np.ceil(np.sqrt(size)))
    goods = [f"g{k}" for k in draw.integers(0, KINDS, size)]
    wanted = draw.permutation(goods)
    amount = draw.uniform(1, 9, (2, size)).round(2)
    given = {f"s{i}": draw.lognormal(3, 1, PROPERTIES) for i in range(size)}
    taken = {f"k{i}": draw.lognormal(2.5, 1, PROPERTIES) for i in range(size)}
    dumps: list[Row] = [
        {"id": f"dump_g{k}", "site": "*", "commodity": f"g{k}", "direction": "dispose", "price": 20}
        for k in range(KINDS)
    ]
    users: list[Row] = [
        {"id": f"k{i}", "site": f"site{i}", "commodity": wanted[i], "direction": "sell",
         "price": 50, "max": amount[1, i]}
        for i in range(size)
    ]  # fmt: skip
    return {
        "sites": [
            {"id": f"site{i}", "lon": 117 + 0.01 * (i % side), "lat": 30.5 + 0.01 * (i // side)}
            for i in range(size)
        ],
        "commodities": [
            {"id": f"g{k}", "kind": "material", "unit": "t"} for k in range(KINDS)
        ],
        "streams": [
            {"id": f"s{i}", "site": f"site{i}", "commodity": goods[i],
             "amount": amount[0, i], "unit": "t/h"}
            for i in range(size)
        ],
        "markets": [*dumps, *users],
        "transports": [
            {"id": f"cart_g{k}", "commodity": f"g{k}", "max_km": REACH_KM, "cost_per_km": 1}
            for k in range(KINDS)
        ],
        "quality": _graded(given, taken),
    }  # fmt: skip


def _graded(values: dict[str, Any], most: dict[str, Any]) -> list[Row]:
    return [
        {"item": item, "property": f"p{p}", column: round(float(number), 2), "unit": "ppm"}
        for column, items in (("value", values), ("max", most))
        for item, numbers in items.items()
        for p, number in enumerate(numbers)
    ]


def written(tables: dict[str, list[Row]]) -> Park:
    """The park of the tables."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "park.toml").write_text(TOML, encoding="utf-8")
        for name, rows in tables.items():
            pd.DataFrame(rows).to_csv(Path(folder) / f"{name}.csv", index=False)
        return read_park(folder)


def arrays(problem: Problem) -> Problem:
    """The program with the arrays that are made when first asked for."""
    for name in ("matrix", "lower", "upper", "derived", "row_lower", "row_upper", "scale"):
        getattr(problem, name)
    return problem


def ours(problem: Problem, profile: SolverProfile) -> float:
    """Least cost by this project: handed over, run, proven."""
    optimum = optimise(problem, profile, Clock())
    assert all(proof.ok for proof in optimum.proofs)
    return optimum.points[0].value


def by_hand(problem: Problem, profile: SolverProfile) -> float:
    """Least cost by one ``passModel`` of the same arrays, unscaled, with the same options."""
    highs = highspy.Highs()
    highs.silent()
    for name, value in profile.native_options().items():
        highs.setOptionValue(name, value)
    matrix = problem.matrix
    rows, columns = matrix.shape
    highs.passModel(
        columns,
        rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        problem.objectives[0].costs,
        problem.lower,
        problem.upper,
        problem.row_lower,
        problem.row_upper,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        np.zeros(columns, dtype=np.int32),
    )
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    solution = highs.getSolution()
    assert np.isfinite(np.asarray(solution.row_dual)).all()
    return float(problem.objectives[0].costs @ np.asarray(solution.col_value))


def unpruned(park: Park) -> Problem:
    """The program with the pairs that can never help."""
    with patch.object(collect_quality, "never_helps", lambda _, pairs, *__: np.zeros(pairs, bool)):
        return build(park)


def timed(work: Callable[..., Any], *args: Any) -> tuple[float, Any]:
    """CPU seconds of one call, and what it gave."""
    begun = time.process_time()
    found = work(*args)
    return time.process_time() - begun, found


def report(name: str, park: Park, rounds: int, profiles: tuple[str, ...]) -> None:
    """Print how long the park's program takes."""
    blocks = blocks_of(park)
    built = [timed(lambda: arrays(build(park, blocks=blocks))) for _ in range(rounds)]
    problem = built[-1][1]
    rows, columns = problem.matrix.shape
    print(f"{name}: {rows} rows, {columns} columns, {problem.matrix.nnz} nonzeros")
    quality = problem.data.quality
    pairs = len(quality.key) + len(quality.pruned)
    print(f"pairs {pairs}, of which {len(quality.pruned)} can never help")
    print(f"build {min(seconds for seconds, _ in built):.2f} s")
    whole = problem if not len(quality.pruned) else arrays(unpruned(park))
    print(f"{'profile':<14} {'ours, s':>8} {'by hand':>8} {'ratio':>6} {'all pairs by hand':>18}")
    for profile in (read_profile(one) for one in profiles):
        tasks = [(ours, problem), (by_hand, problem)]
        tasks += [(by_hand, whole)] if whole is not problem else []
        # They take turns, so that a busy machine is busy for all.
        turns = [[timed(task, one, profile) for task, one in tasks] for _ in range(rounds)]
        values = [value for turn in turns for _, value in turn]
        assert np.ptp(values) <= 1e-6 * max(abs(values[0]), 1.0), values
        own, theirs, *more = (min(turn[k][0] for turn in turns) for k in range(len(tasks)))
        last = f"{more[0]:>18.3f}" if more else ""
        print(
            f"{profile.id:<14} {own:>8.3f} {theirs:>8.3f} {own / theirs:>6.2f} {last}", flush=True
        )


def main() -> None:
    """Measure the parks that are named, both without any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parks", nargs="*", default=["dense", "sparse"])
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profiles", nargs="*", default=list(PROFILES))
    options = parser.parse_args()
    makers = {"dense": dense, "sparse": sparse}
    for name in options.parks:
        park = written(makers[name](options.size))
        report(name, park, options.rounds, tuple(options.profiles))


if __name__ == "__main__":
    main()
