"""The run store: what was solved, kept by what was asked.

A run is a set of immutable Parquet files and an entry in the journal. Everything is private to
the user who made it. Nothing here decides what a run means: see ``studies.keeper``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pandas as pd

from circularpark.errors import StoreError
from circularpark.solve.memory import Memory
from circularpark.studies import run_files
from circularpark.studies.journal import Journal, Run
from circularpark.studies.kept_points import points_file, points_of
from circularpark.studies.place import store_folder
from circularpark.studies.question import Question, model_version
from circularpark.studies.run_files import END, POINTS
from circularpark.studies.troubles import told

RUNS: Final = "runs"
ANSWER: Final = "answer.json"
# A run's number needs at least this many digits.
LEAST_DIGITS: Final = 4
_NUMBER: Final = re.compile(r"[0-9a-f]+")
_TAG: Final = re.compile(r"[\w .\-]{1,60}")


class RunStore:
    """The runs of one user.

    Parameters
    ----------
    folder : where they are [CIRCULARPARK_STORE, else the user's data folder]

    Raises
    ------
    StoreError : from every method, where the store cannot be used as it is.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        found = store_folder(folder)
        if found is None:
            raise StoreError("store.off")
        self.folder = found
        self.journal = Journal(found)

    @property
    def files(self) -> Path:
        """The folder of the runs' folders."""
        return self.folder / RUNS

    def runs(self, *, park: str | None = None, tag: str | None = None) -> list[Run]:
        """The stored runs, the latest first: all, or those of a park or with a tag."""
        return [
            run
            for run in self.journal.runs()
            if park in (None, run.park) and (tag is None or tag in run.tags)
        ]

    def find(self, question: Question) -> Run | None:
        """The run that answers a question; None where there is none."""
        return self.journal.find(question.key)

    def run(self, name: str) -> Run:
        """The run of a number (or its first digits), of a tag, or the ``last`` one.

        Raises
        ------
        StoreError : there is no such run, or it may be several.
        """
        runs = self.journal.runs()
        if name == "last" and runs:
            return runs[0]
        found = [run for run in runs if name in run.tags]
        if not found and len(name) >= LEAST_DIGITS:
            found = [run for run in runs if run.key.startswith(name.lower())]
        if not found:
            raise StoreError("store.unknown", value=name)
        if len(found) > 1:
            shown = ", ".join(run.number for run in found[:5])
            raise StoreError("store.ambiguous", value=name, runs=shown)
        return found[0]

    def keep(
        self,
        question: Question,
        status: str,
        *,
        answer: Mapping[str, Any],
        tables: Mapping[str, pd.DataFrame],
        memory: Memory | None = None,
        seconds: float = 0.0,
        replace: bool = False,
    ) -> Run:
        """Keep a run: when this returns it is on the disk, and before that it does not exist.

        Parameters
        ----------
        answer : the whole answer for people to read again; its ``measures`` are the headline
        tables : name -> table; empty ones are left out
        memory : the points that were found
        replace : the run that stands there is damaged
        """
        files = {f"{n}{END}": run_files.as_parquet(t) for n, t in tables.items() if len(t)}
        files[ANSWER] = json.dumps(answer, ensure_ascii=False, indent=1).encode()
        if memory is not None:
            files[POINTS] = points_file(memory)
        with told(self.folder, writing=True):
            self._make()
            folder, said = run_files.write_run(self.files, question.key, files)
            try:
                entered, idle = self.journal.add(
                    Run(
                        key=question.key,
                        folder=folder,
                        saved=datetime.now(UTC).isoformat(timespec="milliseconds"),
                        kind=question.kind,
                        park=question.park,
                        case=question.case,
                        status=status,
                        data=question.data,
                        model=question.model,
                        solver=dict(question.solver),
                        options=dict(question.options),
                        headline=dict(answer.get("measures") or {}),
                        seconds=seconds,
                        files=said,
                    ),
                    replace=replace,
                )
            except BaseException:
                # Nobody was told of it: without its entry it is no run.
                run_files.remove_run(self.files, folder)
                raise
            if idle is not None:
                run_files.remove_run(self.files, idle)
        return entered

    def answer(self, run: Run) -> dict[str, Any]:
        """The whole answer of a run as it was when it was solved."""
        return dict(json.loads(self._read(run, ANSWER)))

    def table(self, run: Run, name: str) -> pd.DataFrame:
        """A table of a run."""
        if name not in run.tables:
            known = ", ".join(run.tables)
            raise StoreError("store.no_table", value=name, run=run.number, known=known)
        return pd.read_parquet(BytesIO(self._read(run, f"{name}{END}")))

    def memory(self, run: Run) -> Memory:
        """The points that a run was solved to."""
        return points_of(self._read(run, POINTS))

    def tag(self, run: Run, name: str) -> None:
        """Give a run a tag: words of people that several runs may share."""
        if not _TAG.fullmatch(name) or _NUMBER.fullmatch(name.lower()) or name == "last":
            raise StoreError("store.tag_name", value=name)
        self.journal.tag(run.key, name)

    def untag(self, run: Run, name: str) -> None:
        """Take a tag from a run."""
        if name not in run.tags:
            raise StoreError("store.unknown", value=name)
        self.journal.untag(run.key, name)

    def stale(self) -> list[Run]:
        """Runs without a tag that no question of this version can meet any more."""
        now = model_version()
        return [run for run in self.journal.runs() if run.model != now and not run.tags]

    def delete(self, runs: Sequence[Run]) -> None:
        """Remove runs for good; and what writers that were stopped have left."""
        for run in runs:
            self._delete(run)
        self.sweep()

    def _delete(self, run: Run) -> None:
        """The entry first: a run that is named is always whole."""
        try:
            self.journal.remove(run.key)
        except StoreError as trouble:
            if trouble.finding.code != "store.full":
                raise
            # Striking it out takes room too: on a full disk only its files can make that.
            run_files.remove_run(self.files, run.folder)
            self.journal.remove(run.key)
        run_files.remove_run(self.files, run.folder)

    def sweep(self) -> None:
        """Remove what no run needs and no writer can still be at."""
        with told(self.folder, writing=True):
            if self.files.is_dir():
                for name in run_files.abandoned(self.files, self.journal.folders()):
                    run_files.remove_run(self.files, name)

    def check(self, run: Run) -> list[str]:
        """The names of a run's files that are missing or not as they were written."""
        folder = self.files / run.folder
        with told(self.folder, writing=False):
            return [n for n, s in run.files.items() if run_files.read_file(folder, n, s) is None]

    def _read(self, run: Run, name: str) -> bytes:
        said = run.files.get(name)
        with told(self.folder, writing=False):
            found = said and run_files.read_file(self.files / run.folder, name, said)
        if not found:
            raise StoreError("store.damaged", str(self.folder), run=run.number, name=name)
        return found

    def _make(self) -> None:
        """The store's folder, for this user alone."""
        if not self.files.is_dir():
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            self.files.mkdir(mode=0o700, exist_ok=True)
