"""The run store: whole or not there, private, and clear about what is wrong with it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import fields
from io import BytesIO
from pathlib import Path

import apsw
import numpy as np
import pyarrow.parquet as pq
import pytest

from circularpark.errors import StoreError
from circularpark.solve.highs import Point
from circularpark.studies import journal, run_files
from circularpark.studies.kept_points import points_file
from circularpark.studies.place import store_folder
from circularpark.studies.store import RunStore
from circularpark.words import LANGUAGES
from tests.sources import ROOT
from tests.studies.stores import is_whole, memory, put, question

NOBODY = 65534


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def code_of(work, *args, **kwargs) -> str:
    """The code of the trouble that work ends in, which says itself in both languages."""
    with pytest.raises(StoreError) as error:
        work(*args, **kwargs)
    for lang in LANGUAGES:
        assert len(error.value.text(lang).splitlines()) == 2
    return error.value.finding.code


def test_what_was_kept_is_found_as_it_was(store):
    kept = put(store, 3)
    found = store.find(question(3))
    assert found == kept
    assert is_whole(store, found)
    assert found.tables == ("measures",)
    (feasible, none) = store.memory(found).points.items()
    assert feasible[1].iterations == 7
    assert np.isnan(feasible[1].best_bound)
    assert none == ("no plan", None)


def test_another_question_is_not_answered(store):
    put(store, 3)
    assert store.find(question(4)) is None
    assert store.find(question(3, minimise="cost")) is None


def test_a_store_that_is_not_there_has_no_runs_and_is_not_made_by_reading(store):
    assert store.runs() == []
    assert store.find(question(1)) is None
    assert not store.folder.exists()


def test_all_of_it_is_for_this_user_alone(store):
    put(store, 1)
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in [store.folder, *store.folder.rglob("*")]
    }
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_sqlite_is_new_enough_and_flushes_all(store):
    put(store, 1)
    assert tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= (3, 51, 3)
    with store.journal._changing() as connection:
        assert connection.pragma("journal_mode") == "wal"
        assert connection.pragma("synchronous") == 2


def test_runs_are_named_by_number_tag_and_last(store):
    one, two = put(store, 1), put(store, 2)
    store.tag(one, "报告版")
    assert store.run("报告版").key == one.key
    assert store.run(two.number).key == two.key
    assert store.run(one.key[:6].upper()).key == one.key
    assert store.run("last").key == two.key
    assert [run.key for run in store.runs(tag="报告版")] == [one.key]
    assert code_of(store.run, "nothing") == "store.unknown"
    assert code_of(store.run, one.key[:3]) == "store.unknown"
    store.tag(two, "报告版")
    assert code_of(store.run, "报告版") == "store.ambiguous"
    store.untag(store.run(two.number), "报告版")
    assert store.run("报告版").key == one.key


@pytest.mark.parametrize("name", ["", "last", "abc", "a;b", "x" * 61, "../x"])
def test_a_tag_that_could_be_something_else_is_refused(store, name):
    assert code_of(store.tag, put(store, 1), name) == "store.tag_name"


def test_deleting_takes_the_entry_the_tags_and_the_files(store):
    one, two = put(store, 1), put(store, 2)
    store.tag(one, "gone")
    store.delete([one])
    assert [run.key for run in store.runs()] == [two.key]
    assert os.listdir(store.files) == [two.folder]
    assert put(store, 1).tags == ()
    assert store.runs(tag="gone") == []


def test_the_first_of_two_writers_of_a_run_stands(store):
    first = put(store, 1)
    again = put(store, 1)
    assert again.folder == first.folder
    assert os.listdir(store.files) == [first.folder]
    better = put(store, 1, replace=True)
    assert better.folder != first.folder
    assert os.listdir(store.files) == [better.folder]
    assert is_whole(store, store.find(question(1)))


def test_what_a_stopped_writer_left_is_swept_when_it_is_old(store):
    run = put(store, 1)
    for name, age in (("old", 2 * run_files.ABANDONED), ("new", 0)):
        folder = store.files / f"{run_files.PART}{name}"
        folder.mkdir()
        then = folder.stat().st_mtime - age
        os.utime(folder, (then, then))
    store.sweep()
    assert sorted(os.listdir(store.files)) == sorted([f"{run_files.PART}new", run.folder])


@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_a_damaged_file_is_never_read(store, harm):
    run = put(store, 1)
    file = store.files / run.folder / "measures.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(content[:-1] if harm == "cut" else content)
    assert code_of(store.table, run, "measures") == "store.damaged"
    assert store.check(run) == ["measures.parquet"]
    assert code_of(store.table, run, "other") == "store.no_table"


def test_a_store_of_another_version_is_refused_untouched(store):
    put(store, 1)
    connection = apsw.Connection(str(store.journal.file))
    connection.pragma("user_version", journal.FORMAT + 1)
    connection.close()
    before = store.journal.file.read_bytes()
    assert code_of(store.runs) == "store.version"
    assert code_of(put, store, 2) == "store.version"
    assert len(os.listdir(store.files)) == 1
    assert store.journal.file.read_bytes() == before


def test_what_is_no_journal_is_refused_untouched(store):
    store.folder.mkdir()
    store.journal.file.write_text("my own notes, not a database, and long enough to be read" * 20)
    assert code_of(store.runs) == "store.foreign"
    assert code_of(put, store, 1) == "store.foreign"
    store.journal.file.unlink()
    connection = apsw.Connection(str(store.journal.file))
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    assert code_of(store.runs) == "store.foreign"
    assert code_of(put, store, 1) == "store.foreign"


def test_a_damaged_journal_is_told(store):
    for number in range(30):
        put(store, number)
    content = bytearray(store.journal.file.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    store.journal.file.write_bytes(content)
    assert code_of(store.runs) == "store.journal"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_leaves_nothing_and_says_so(store, monkeypatch, number):
    put(store, 1)

    def full(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(run_files.os, "fsync", full)
    assert code_of(put, store, 2) == "store.full"
    monkeypatch.undo()
    assert [is_whole(store, run) for run in store.runs()] == [True]
    assert len(os.listdir(store.files)) == 1


def test_a_journal_that_cannot_grow_leaves_nothing(store, monkeypatch):
    put(store, 1)

    def full(self, run, *, replace):
        with journal.told(store.folder, writing=True):
            raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(journal.Journal, "add", full)
    assert code_of(put, store, 2) == "store.full"
    assert len(os.listdir(store.files)) == 1


LIMITED = """
import resource, sys
from circularpark.errors import StoreError
from circularpark.studies.store import RunStore
from tests.studies.stores import put
store = RunStore(sys.argv[1])
put(store, 1)
codes = []
for size in (200, 3000, 30000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        put(store, 2 + size)
    except StoreError as error:
        codes.append(error.finding.code)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
put(store, 2)
print(codes)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_files_that_may_not_grow_leave_whole_runs_only(store):
    told = subprocess.run(
        [sys.executable, "-c", LIMITED, str(store.folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        check=True,
        timeout=120,
    )
    codes = json.loads(told.stdout.replace("'", '"'))
    # The smallest limit stops the first file; whatever the last one stops, nothing is half.
    assert codes[:2] == ["store.full", "store.full"]
    assert set(codes) == {"store.full"}
    runs = store.runs()
    assert len(runs) == 5 - len(codes)
    assert all(is_whole(store, run) for run in runs)


def test_a_store_that_another_holds_is_waited_for_and_then_told(store, monkeypatch):
    put(store, 1)
    monkeypatch.setattr(journal, "PATIENCE", 50)
    other = apsw.Connection(str(store.journal.file))
    other.execute("BEGIN IMMEDIATE")
    try:
        assert [run.park for run in store.runs()] == ["steam"]
        assert code_of(put, store, 2) == "store.busy"
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert is_whole(store, put(store, 2))
    assert len(os.listdir(store.files)) == 2


BEGIN = """
import sys, time
import apsw, pyarrow.parquet
from circularpark.studies.store import RunStore
from tests.studies.stores import put
print("ready", flush=True)
sys.stdin.readline()
for number in range(4):
    put(RunStore(sys.argv[1]), number)
"""


def test_two_writers_at_once_make_one_store_and_lose_nothing(store):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", BEGIN, str(store.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    runs = store.runs()
    assert {run.key for run in runs} == {question(number).key for number in range(4)}
    assert all(is_whole(store, run) for run in runs)
    assert sorted(os.listdir(store.files)) == sorted(run.folder for run in runs)


@pytest.fixture
def for_others():
    """A folder that somebody else may look into; tests as root act as that somebody."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    if hasattr(os, "seteuid"):
        os.seteuid(os.getuid())
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700)
    shutil.rmtree(folder)


def stranger() -> None:
    if os.getuid() == 0:
        os.seteuid(NOBODY)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_folder_that_may_not_be_written_is_told_and_can_be_read(for_others):
    store = RunStore(for_others / "runs")
    put(store, 1)
    for path in [store.folder, *store.folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    stranger()
    (run,) = store.runs()
    assert is_whole(store, run)
    assert code_of(put, store, 2) == "store.read_only"
    assert code_of(store.tag, run, "mine") == "store.read_only"
    assert code_of(put, RunStore(for_others / "runs" / "new"), 1) == "store.read_only"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_the_runs_of_somebody_else_cannot_be_read(for_others):
    store = RunStore(for_others / "runs")
    put(store, 1)
    if os.getuid() != 0:
        pytest.skip("only root can act as somebody else")
    stranger()
    assert code_of(store.find, question(1)) == "store.no_access"


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    assert code_of(put, RunStore(tmp_path / "file" / "runs"), 1) == "store.broken"


def test_where_the_store_is(monkeypatch, tmp_path):
    monkeypatch.setenv("CIRCULARPARK_STORE", str(tmp_path / "mine"))
    assert store_folder() == tmp_path / "mine"
    assert store_folder(tmp_path / "asked") == tmp_path / "asked"
    monkeypatch.setenv("CIRCULARPARK_STORE", "off")
    assert store_folder() is None
    assert code_of(RunStore) == "store.off"
    monkeypatch.delenv("CIRCULARPARK_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own = store_folder()
    assert own is not None
    assert own.name == "runs"
    assert own.parent.name == "circularpark"


def test_points_come_back_to_the_last_bit(store):
    run = put(store, 5)
    before, after = memory(5).points["program 5"], store.memory(run).points["program 5"]
    assert after.x.tobytes() == before.x.tobytes()
    assert after.duals.tobytes() == before.duals.tobytes()
    assert (after.held, after.chosen, after.proved_by) == ((), False, "HiGHS")


def test_every_field_of_a_point_is_kept():
    kept = pq.read_table(BytesIO(points_file(memory(1)))).column_names
    # A point that only a narrower program proves is not kept at all.
    known = {f.name for f in fields(Point)} - {"within"}
    assert set(kept) == {"program", "feasible", *known}
