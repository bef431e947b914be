"""Anqing hour by hour, whole and by `design`: ``python -m benchmarks.anqing_design``.

Each run has a process of its own, one thread; one that has used ``--most`` seconds of the
processor is ended, and said so. Seconds are of the processor and include reading. The error is
that of the true first stage (CO2, and cost at the park's ceiling) and of the true cost. `first`
is the first stage of `exact` alone, to what HiGHS calls optimal: no vertex, no second stage, and
no asking again where the certificate's gap is more than a millionth. Where `exact` was ended, the
proven lower bound of a first stage stands for it. Hours other than 672 and 8760 are whole weeks,
evenly spread over the year.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rich.console import Console
from rich.table import Table

PARK = "anqing-hightech"
YEAR = 8760
WIDE = 120
HOURS = "672,2184,8760"
# What ``first`` asks of HiPO: to be optimal for HiGHS, no more.
ENOUGH = {"ipm_optimality_tolerance": 1e-8, "dual_feasibility_tolerance": 1e-8}
COLUMNS = ("hours", "mode", "CPU s", "ratio", "peak GB", "certified", "first stage", "cost")


@dataclass(frozen=True)
class Run:
    """What a run told before it ended, or was ended.

    stages : of the programs that were solved, each with name, value, bound; told : the plan's
    seconds : of the processor; gigabytes : the resident peak
    """

    seconds: float
    gigabytes: float
    ended: bool
    stages: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def objective(self) -> float | None:
        """The first stage's value; where it is not known, its proven lower bound."""
        if self.told:
            return float(self.told["objective"])
        return float(self.first["bound"]) if self.first else None

    @property
    def first(self) -> dict[str, Any]:
        """The last first stage that was proven."""
        found = [s for s in self.stages if s["name"] == "co2 + cost"]
        return found[-1] if found else {}


def child(mode: str, hours: int, days: int, most: int) -> None:
    """One run, told as lines of JSON on standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
    import circularpark
    from circularpark.solve import run as running
    from circularpark.solve.profile import read_profile

    proved = running.proved

    def telling(problem: Any, objective: Any, *rest: Any) -> Any:
        proof = proved(problem, objective, *rest)
        value, bound = proof.value + objective.offset, proof.bound + objective.offset
        print(json.dumps({"name": proof.name, "value": value, "bound": bound}), flush=True)
        return proof

    running.proved = telling
    park = circularpark.read_park(PARK, case="year" if hours == YEAR else "weeks")
    settings = replace(park.settings, steps=hours, typical_days=days or None)
    park = replace(park, settings=settings, _cache={})
    # The profile's own limit is by the clock: here only the processor's seconds end a run.
    profile = read_profile()
    profile = replace(profile, options={**profile.options, "time_limit": float("inf")})
    if mode == "first":
        first(park, profile)
        return
    plan = circularpark.solve(park, mode=mode, solver=profile)
    told = {
        "objective": plan.optimum.points[0].value + plan.problem.objectives[0].offset,
        "cost": plan.account.whole("cost"),
        "co2": plan.account.whole("co2"),
        "certified": plan.certificate.ok,
        "gap": plan.certificate.dual_gap,
        "changed": 0 if plan.design is None else len(plan.design.changes(plan)),
    }
    print(json.dumps({"plan": told}), flush=True)


def first(park: Any, profile: Any) -> None:
    """The first stage of the whole program."""
    from circularpark.program.collect import blocks_of
    from circularpark.solve import run as running
    from circularpark.solve.factorising import HIPO
    from circularpark.solve.interior import InteriorModel

    clock, blocks = running.Clock(), blocks_of(park)
    best = running.certified_best(park, profile, clock, blocks)
    problem = running.build_plan(park, best.account if best else None, clock, None, blocks)
    live = InteriorModel(problem, profile, vertex=False)
    for name, value in ENOUGH.items() if live.solver == HIPO else ():
        live.option(name, value)
    objective = problem.objectives[0]
    running.proved(problem, objective, live.minimise(objective.costs), [])


def run(mode: str, hours: int, days: int, most: int) -> Run:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.anqing_design", "--child", mode]
    command += [str(hours), str(days), str(most)]
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=alone) as started:
        output = started.stdout.read() if started.stdout else ""
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode not in (0, -signal.SIGXCPU, -signal.SIGKILL):
        raise RuntimeError(f"{mode} of {hours} hours ended with {started.returncode}")
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    plans = [line["plan"] for line in lines if "plan" in line]
    return Run(
        seconds=used.ru_utime + used.ru_stime,
        gigabytes=used.ru_maxrss / 2**20,
        ended=started.returncode == 0,
        stages=[line for line in lines if "name" in line],
        told=plans[-1] if plans else {},
    )


def main() -> None:
    """Print a line for the whole program, and one for each number of typical days."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hours", default=HOURS)
    asked.add_argument("--days", default="4")
    asked.add_argument("--modes", default="exact,first,design")
    asked.add_argument("--most", type=int, default=3600)
    asked.add_argument("--child", nargs=4)
    given = asked.parse_args()
    if given.child:
        child(given.child[0], *(int(number) for number in given.child[1:]))
        return
    table, shown = Table(title=PARK), Console(width=WIDE)
    for column in COLUMNS:
        table.add_column(column, justify="right")

    def add(hours: int, mode: str, found: Run, exact: Run | None) -> None:
        line = [str(hours), mode, *cells(found, exact)]
        table.add_row(*line)
        # The runs take hours: each is told when it has ended.
        shown.print(", ".join(part for part in line if part))

    for hours in (int(part) for part in given.hours.split(",")):
        exact = None
        for mode in ("exact", "first"):
            # A plan that is proven needs no bound beside it.
            if mode in given.modes and not (exact and exact.told):
                exact = run(mode, hours, 0, given.most)
                add(hours, mode, exact, None)
        for days in given.days.split(",") if "design" in given.modes else ():
            add(hours, f"design, {days} days", run("design", hours, int(days), given.most), exact)
    shown.print(table)


def cells(found: Run, exact: Run | None) -> Sequence[str]:
    """Seconds, ratio, memory, proof and errors as the table tells them."""
    seconds = f"{found.seconds:.0f}" if found.ended else f"not ended in {found.seconds:.0f}"
    memory = f"{found.gigabytes:.1f}"
    if not found.told:
        least = "" if found.objective is None else f"at least {found.objective:,.0f}"
        if "value" in found.first:
            least += f", found {found.first['value']:,.0f}"
        return [seconds, "", memory, "", least, ""]
    certified = "yes" if found.told["certified"] else "NO"
    values = [f"{found.told[name]:,.0f}" for name in ("objective", "cost")]
    if exact is None:
        return [seconds, "", memory, certified, *values]
    # A first stage alone is less than all of `exact`.
    more = "" if exact.told else "over "
    ratio = f"{more}{exact.seconds / found.seconds:.1f}"
    if exact.told:
        values = [f"{found.told[n] / exact.told[n] - 1:+.4%}" for n in ("objective", "cost")]
    elif exact.objective is not None:
        values[0] = f"at most {found.told['objective'] / exact.objective - 1:+.4%}"
    return [seconds, ratio, memory, certified, *values]


if __name__ == "__main__":
    main()
