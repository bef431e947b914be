"""Kills writers of a run store, again and again, and looks at what they leave.

``python -m tests.studies.kill_writer FOLDER ROUNDS`` prints one JSON object: how many runs the
writers said were stored, how many of these are missing, and how many runs are not whole.

The writers are forked from one process, so that a round takes milliseconds. Each says a run's
number on a pipe after ``keep`` has returned, and is killed (SIGKILL) at a random moment.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from circularpark.studies.store import RunStore
from tests.studies.stores import is_whole, put, question

# Long enough for several runs, short enough that most kills hit the writing.
LONGEST = 0.5
WRITERS = 2


def write_for_ever(folder: Path, first: int, pipe: int) -> None:
    """Keep one run after another, and say so."""
    store, number = RunStore(folder), first
    while True:
        put(store, number)
        os.write(pipe, f"{number}\n".encode())
        number += 1


def one_round(folder: Path, first: int, chance: random.Random) -> list[int]:
    """Start the writers, kill them at a random moment; the numbers that they said were stored."""
    reading, writing = os.pipe()
    children = []
    for place in range(WRITERS):
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                write_for_ever(folder, first + 3 * place, writing)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        children.append(child)
    os.close(writing)
    time.sleep(0.01 + chance.random() * LONGEST)
    for child in children:
        os.kill(child, signal.SIGKILL)
    ended = [os.waitpid(child, 0)[1] for child in children]
    assert all(os.WIFSIGNALED(status) for status in ended), "a writer ended by itself"
    with os.fdopen(reading) as said:
        # A line that was cut is no claim.
        return [int(line) for line in said if line.endswith("\n")]


def main(folder: Path, rounds: int) -> dict[str, int]:
    """Kill the writers ``rounds`` times; after each look at every run that they said is stored."""
    chance = random.Random(7)
    # The first run loads the libraries here, so that the forked writers begin at once.
    put(RunStore(folder), -1)
    said: set[int] = {-1}
    lost, broken = 0, 0
    for number in range(rounds):
        said |= (new := set(one_round(folder, number * 1000, chance)))
        store = RunStore(folder)
        runs = {run.key: run for run in store.runs()}
        lost += sum(question(n).key not in runs for n in said)
        broken += sum(not is_whole(store, runs[question(n).key]) for n in new & said)
    store = RunStore(folder)
    runs = store.runs()
    broken += sum(not is_whole(store, run) for run in runs)
    # What was not finished lies beside the runs until it is old enough to be swept.
    left = len(os.listdir(store.files)) - len(runs) if store.files.is_dir() else 0
    return {"said": len(said), "stored": len(runs), "lost": lost, "broken": broken, "left": left}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
