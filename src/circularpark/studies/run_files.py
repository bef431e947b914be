"""The files of one run: immutable Parquet, whole or not there, each with its SHA-256.

They are written into a folder of their own beside its place, flushed to the disk, and only then
does the folder take its name. Nobody reads a folder that the journal does not name, and the
journal is told last: killed at any moment, a run is whole or does not exist.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import pandas as pd

PART: Final = ".part-"
# Tables end so; one of the files holds points, which are no table for people.
END: Final = ".parquet"
POINTS: Final = f"points{END}"
# What nobody has named in this time was left by a writer that was stopped.
ABANDONED: Final = 24 * 3600.0

Files = Mapping[str, tuple[str, int]]


def as_parquet(frame: pd.DataFrame) -> bytes:
    """A table as the bytes of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def write_run(runs: Path, key: str, files: Mapping[str, bytes]) -> tuple[str, Files]:
    """Write the files of a run and return its folder's name, and SHA-256 and size of each file.

    Raises
    ------
    OSError : the disk refused; nothing of the run is left.
    """
    name = f"{key[:16]}-{uuid.uuid4().hex[:12]}"
    part = runs / f"{PART}{name}"
    part.mkdir(mode=0o700)
    try:
        for file, content in files.items():
            _write(part / file, content)
        # All are written before the first is flushed: the disk then has most of it in one go.
        for file in files:
            _flush(part / file)
        _flush_folder(part)
        part.rename(runs / name)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _flush_folder(runs)
    said = {f: (hashlib.sha256(c).hexdigest(), len(c)) for f, c in files.items()}
    return name, said


def read_file(folder: Path, name: str, said: tuple[str, int]) -> bytes | None:
    """The bytes of a run's file; None where they are not those that were written."""
    try:
        content = (folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    whole = len(content) == said[1] and hashlib.sha256(content).hexdigest() == said[0]
    return content if whole else None


def remove_run(runs: Path, name: str) -> None:
    """Remove a run's folder, which the journal no longer names."""
    shutil.rmtree(runs / name, ignore_errors=True)


def abandoned(runs: Path, named: set[str]) -> list[str]:
    """Folders that no journal entry names and that are old enough to belong to no writer."""
    oldest = time.time() - ABANDONED
    found = []
    with os.scandir(runs) as entries:
        for entry in entries:
            if entry.name not in named and entry.is_dir(follow_symlinks=False):
                try:
                    old = entry.stat(follow_symlinks=False).st_mtime < oldest
                except FileNotFoundError:
                    continue
                if old:
                    found.append(entry.name)
    return found


def _write(file: Path, content: bytes) -> None:
    """A new file for this user alone."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)


def _flush(file: Path) -> None:
    """Put a file's content on the disk; when this returns it is there."""
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_folder(folder: Path) -> None:
    """Put a folder's names on the disk, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
