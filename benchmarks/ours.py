"""The park by circularpark, from tables already read to flows by name.

Reading the tables, the time table with finding the links, and the account with the
certificate are phases of their own: the other tools do nothing like them, but for the time
table, which is small.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.synthetic import Ring, write_park
from benchmarks.watch import Watch

from circularpark.park import read_park
from circularpark.program.assemble import Problem, build
from circularpark.program.collect import blocks_of
from circularpark.solve.certificate import prove
from circularpark.solve.highs import LiveModel
from circularpark.solve.point_flows import flows_of
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, Optimum, judge

HOURS_OF_A_YEAR = 8760


def measured(park: Ring, watch: Watch) -> float:
    """The least cost, its phases on ``watch``."""
    with tempfile.TemporaryDirectory() as where:
        folder = write_park(park, Path(where))
        watch.phase("read")
        tables = read_park(folder)
        tables.at()
        watch.phase("links")
        blocks = blocks_of(tables)
        watch.phase("")
    # The others leave the choice to HiGHS, which takes the simplex here; so ours is told to.
    profile = read_profile("highs-simplex")
    watch.phase("build")
    problem = build(tables, blocks=blocks)
    _arrays(problem)
    watch.phase("hand_over")
    live = LiveModel(problem, profile)
    costs = problem.objectives[0].costs
    point = live.minimise(costs)
    flows_of(problem, point.x)
    watch.phase("judge")
    proof = prove(problem, "cost", costs, point.x, point.duals, [])
    optimum = Optimum(problem, (point,), (proof,), ())
    judged = judge(optimum, Clock(), None, limits=True)
    watch.phase("")
    assert judged.certificate.ok
    # Ours is the cost of a whole year, the others' that of the hours.
    return (point.value + problem.objectives[0].offset) * park.hours / HOURS_OF_A_YEAR


def _arrays(problem: Problem) -> None:
    """The arrays that are made when first asked for belong to the build."""
    arrays = ("matrix", "lower", "derived", "row_lower", "row_upper")
    for name in arrays:
        getattr(problem, f"near_{name}")
