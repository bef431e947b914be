"""What-ifs of one park, one after another, beside as many cold runs: processor seconds.

``python -m benchmarks.studies [CASES] [SAMPLE] [DAYS]``: CASES [200] cases change a price, a demand
or a capacity of ``anqing-hightech`` by at most a quarter and are answered by one ``Study``; SAMPLE
[5] of them are also run cold, each by the command in a process of its own, and extrapolated. Then a
few of them on DAYS [1] typical days (0: not), a Pareto curve of 20 points, and near-optimal ranges.
Processor seconds of user and system together, as other work on the machine does not count in them.
"""

from __future__ import annotations

import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.synthetic import ring, write_park

from circularpark.park.folder import find_park
from circularpark.solve.run import solve
from circularpark.studies.case import Case
from circularpark.studies.study import Answer, Study

PARK = "anqing-hightech"
# Table -> the column of it that a case multiplies.
CHANGED = {"markets": "price", "demands": "amount", "processes": "capacity_max"}
SMALL = {"markets": "price", "demands": "amount", "processes": "capacity"}
REACH = (0.8, 1.25)
SEED = 1
# A warm first stage is that of a cold run to this share.
AGREE = 1e-7
TYPICAL = 12


def cases(study: Study, count: int, *more: dict[str, object]) -> list[Case]:
    """Cases that change one number each, ``more`` being in all of them."""
    draw = random.Random(SEED)
    raw, found = study.park().raw, []
    rows = {
        table: raw[table]
        .loc[raw[table][column].notna() & (raw[table]["_origin"] != "catalogue"), "id"]
        .tolist()
        for table, column in CHANGED.items()
    }
    for number in range(count):
        table = draw.choice(list(CHANGED))
        times = {CHANGED[table]: round(draw.uniform(*REACH), 4)}
        change = {"table": table, "where": {"id": draw.choice(rows[table])}, "multiply": times}
        found.append(Case(f"c{number:03}", [*more, change]))
    return found


def first_stage(answer: Answer) -> float:
    """The value of the first stage of an answer's plan."""
    assert answer.plan is not None
    return answer.plan.optimum.points[0].value


def processor(who: int = resource.RUSAGE_SELF) -> float:
    """Processor seconds of user and system so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def by_command(every: Sequence[Case]) -> list[float]:
    """Processor seconds of the command for each case, in a process of its own."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        park = Path(folder) / PARK
        shutil.copytree(find_park(PARK), park)
        for case in every:
            (park / "cases" / f"{case.name}.toml").write_text(case.toml(), encoding="utf-8")
            command = [sys.executable, "-m", "circularpark", "solve", str(park), "--json"]
            before = processor(resource.RUSAGE_CHILDREN)
            subprocess.run([*command, "--case", case.name], check=True, capture_output=True)
            found.append(processor(resource.RUSAGE_CHILDREN) - before)
    return found


def what_ifs(count: int, sample: int) -> None:
    """The study beside cold runs of the command."""
    begun = processor()
    study = Study(PARK)
    study.plan()
    start = processor() - begun
    every, seconds, answers = cases(study, count), [], []
    for case in every:
        before = time.process_time()
        answers.append(study.answer(case))
        seconds.append(time.process_time() - before)
    print(f"study: start {start:.2f} s, {count} cases {sum(seconds):.1f} s,", end=" ")
    print(f"median {1000 * statistics.median(seconds):.0f} ms a case")
    print(
        {status: sum(a.status == status for a in answers) for status in {a.status for a in answers}}
    )
    print(f"warm {study.planner.whole.warm}, cold {study.planner.whole.cold}")
    chosen = random.Random(SEED).sample(range(count), sample)
    for place in chosen:
        cold = solve(study.park(every[place])).optimum.points[0].value
        error = abs(first_stage(answers[place]) - cold) / abs(cold)
        assert error <= AGREE, (every[place], error)
    command = by_command([every[place] for place in chosen])
    each = statistics.mean(command)
    print(
        f"command: {each:.2f} s a case on average of {sample}; {count} of them {count * each:.0f} s"
    )
    print(f"ratio {count * each / (start + sum(seconds)):.1f}")


def typical_days(days: int, count: int) -> None:
    """The same on typical days, warm beside cold in one process."""
    study = Study(PARK)
    more = {"table": "time", "set": {"mode": "typical_days", "typical_days": days}}
    before = time.process_time()
    study.plan(Case("days", [more]))
    print(f"{days} typical days: the first plan {time.process_time() - before:.1f} s")
    warm, cold = [], []
    for case in cases(study, count, more):
        park = study.park(case)
        before = time.process_time()
        plan = study.planner.plan(park)
        middle = time.process_time()
        value = solve(park).optimum.points[0].value
        warm.append(middle - before)
        cold.append(time.process_time() - middle)
        error = abs(plan.optimum.points[0].value - value) / abs(value)
        assert error <= AGREE, (case, error)
        print(f"   {case.changes[-1]}: warm {warm[-1]:.2f} s, cold {cold[-1]:.2f} s")
    ratio = statistics.median(cold) / statistics.median(warm)
    print(
        f"median warm {statistics.median(warm):.2f} s, cold {statistics.median(cold):.2f} s,",
        end=" ",
    )
    print(f"ratio {ratio:.1f}; warm {study.planner.whole.warm}, cold {study.planner.whole.cold}")


def curves() -> None:
    """A Pareto curve of 20 points beside cold solves, and near-optimal ranges."""
    study = Study(PARK)
    park = study.park()
    before = time.process_time()
    solve(park)
    once = time.process_time() - before
    study.plan()
    before = time.process_time()
    found = study.pareto(points=20)
    curve = time.process_time() - before
    print(f"pareto: {len(found.points)} points {curve:.2f} s, a cold solve {once:.2f} s:", end=" ")
    print(f"{curve / once:.1f} cold solves; certified {found.certified}")
    before = time.process_time()
    near = study.near(1.0)
    spent = time.process_time() - before
    print(f"near: {near.solves} solves, {near.spared} ends spared, {spent:.1f} s; {near.certified}")


def small_park(rounds: int = 6) -> None:
    """A what-if end to end on a park of some 1e4 nonzeros: a price, a demand, a capacity."""
    with tempfile.TemporaryDirectory() as where:
        study = Study(write_park(ring(4, 168), Path(where)))
        park = study.park()
        entries = study.plan().problem.matrix.nnz
        first = {table: str(getattr(park.tables, table)["id"].iloc[0]) for table in SMALL}
        seconds: dict[str, list[float]] = {table: [] for table in SMALL}
        for number in range(rounds):
            for table, column in SMALL.items():
                times = {column: 1.0 + 0.002 * (number + 1)}
                change = {"table": table, "where": {"id": first[table]}, "multiply": times}
                before = time.process_time()
                answer = study.answer(Case(f"{table}{number}", [change]))
                seconds[table].append(time.process_time() - before)
                assert answer.plan is not None
                assert answer.plan.certificate.ok
    told = ", ".join(f"{t} {1000 * statistics.median(s):.0f} ms" for t, s in seconds.items())
    every = statistics.median([one for row in seconds.values() for one in row])
    print(f"{entries:,} nonzeros, a what-if end to end: {told}; all {1000 * every:.0f} ms")


def main(arguments: Sequence[str]) -> None:
    """Print one measure after another."""
    count, sample, days = (*(int(a) for a in arguments), *(200, 5, 1)[len(arguments) :])
    what_ifs(count, sample)
    small_park()
    curves()
    if days:
        typical_days(days, TYPICAL)


if __name__ == "__main__":
    main(sys.argv[1:])
