"""The journal of the run store: one SQLite table of runs and one of tags.

What the journal names is whole, for it is told last. Write-ahead log and full flushing, by a
SQLite that is never older than 3.51.3, the first whose log cannot be damaged when it is reset
while another connection writes (hence apsw, which brings its own).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from circularpark.errors import StoreError
from circularpark.studies.run_files import END, POINTS, Files
from circularpark.studies.troubles import told

if TYPE_CHECKING:
    import apsw

FORMAT: Final = 1
# "cprk" in the header of the file says whose it is.
APPLICATION: Final = 0x6370726B
FILE: Final = "journal.sqlite"
PATIENCE: Final = 10_000
_SCHEMA: Final = """
CREATE TABLE run (
    key TEXT PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE,
    saved TEXT NOT NULL,
    kind TEXT NOT NULL,
    park TEXT NOT NULL,
    case_name TEXT,
    status TEXT NOT NULL,
    data TEXT NOT NULL,
    model TEXT NOT NULL,
    solver TEXT NOT NULL,
    options TEXT NOT NULL,
    headline TEXT NOT NULL,
    seconds REAL NOT NULL,
    files TEXT NOT NULL
) STRICT;
CREATE TABLE tag (
    run TEXT NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
"""
_COLUMNS: Final = (
    "key",
    "folder",
    "saved",
    "kind",
    "park",
    "case_name",
    "status",
    "data",
    "model",
    "solver",
    "options",
    "headline",
    "seconds",
    "files",
)
_AS_JSON: Final = frozenset({"solver", "options", "headline", "files"})


@dataclass(frozen=True)
class Run:
    """One stored run.

    key : of its question; folder : of its files; saved : when, in UTC; kind, park, case, data,
    model, solver, options : as in ``Question``; status : optimal, feasible or infeasible
    headline : measure -> its first year's value; seconds : how long it took to solve
    files : name -> SHA-256 and size
    """

    key: str
    folder: str
    saved: str
    kind: str
    park: str
    case: str | None
    status: str
    data: str
    model: str
    solver: dict[str, Any]
    options: dict[str, Any]
    headline: dict[str, Any]
    seconds: float
    files: Files
    tags: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The key's first digits, as people name the run."""
        return self.key[:10]

    @property
    def local_time(self) -> str:
        """When it was stored, on this machine's clock."""
        return datetime.fromisoformat(self.saved).astimezone().strftime("%Y-%m-%d %H:%M")

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(size for _, size in self.files.values())

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables."""
        own = (f.removesuffix(END) for f in self.files if f.endswith(END) and f != POINTS)
        return tuple(sorted(own))

    def as_dict(self) -> dict[str, Any]:
        """The run as the JSON contract writes it."""
        return {
            "run": self.key,
            "saved": self.saved,
            "command": self.kind,
            "park": self.park,
            "case": self.case,
            "status": self.status,
            "tags": list(self.tags),
            "measures": self.headline,
            "seconds": self.seconds,
            "bytes": self.size,
            "data_hash": self.data,
            "model": self.model,
            "solver": self.solver,
            "options": self.options,
        }


class Journal:
    """The journal in a store's folder; a connection lives for one operation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE

    def runs(self) -> list[Run]:
        """All runs, the latest first."""
        with self._open(writing=False) as connection:
            if connection is None:
                return []
            rows = connection.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM run ORDER BY saved DESC, key"  # noqa: S608
            ).fetchall()
            tags: dict[str, list[str]] = {}
            for key, name in connection.execute("SELECT run, name FROM tag ORDER BY name"):
                tags.setdefault(str(key), []).append(str(name))
        return [_run(row, tags.get(str(row[0]), [])) for row in rows]

    def find(self, key: str) -> Run | None:
        """The run of a key; None where there is none."""
        with self._open(writing=False) as connection:
            if connection is None:
                return None
            row = connection.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM run WHERE key = ?",  # noqa: S608
                (key,),
            ).fetchone()
            if row is None:
                return None
            tags = connection.execute("SELECT name FROM tag WHERE run = ? ORDER BY name", (key,))
            return _run(row, [str(name) for (name,) in tags])

    def add(self, run: Run, *, replace: bool) -> tuple[Run, str | None]:
        """Enter a run; what stands there after it, and the folder that nobody needs any more.

        Of two writers of the same run the first one's stands, unless the other says that it
        replaces a damaged one.
        """
        with self._open(writing=True) as connection:
            assert connection is not None  # noqa: S101 - writing makes the journal
            with _transaction(connection):
                before = self._row(connection, run.key)
                if before is not None and not replace:
                    return before, run.folder
                names, marks = ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))
                changes = ", ".join(f"{c} = excluded.{c}" for c in _COLUMNS[1:])
                connection.execute(
                    f"INSERT INTO run ({names}) VALUES ({marks})"  # noqa: S608
                    f" ON CONFLICT (key) DO UPDATE SET {changes}",
                    tuple(_cell(run, column) for column in _COLUMNS),
                )
        return run, None if before is None else before.folder

    def tag(self, key: str, name: str) -> None:
        """Give a run a tag."""
        with self._changing() as connection:
            connection.execute("INSERT OR IGNORE INTO tag VALUES (?, ?)", (key, name))

    def untag(self, key: str, name: str) -> None:
        """Take a tag from a run."""
        with self._changing() as connection:
            connection.execute("DELETE FROM tag WHERE run = ? AND name = ?", (key, name))

    def remove(self, key: str) -> None:
        """Strike a run out."""
        with self._changing() as connection:
            connection.execute("DELETE FROM run WHERE key = ?", (key,))

    def folders(self) -> set[str]:
        """The folders that the journal names."""
        with self._open(writing=False) as connection:
            if connection is None:
                return set()
            return {str(folder) for (folder,) in connection.execute("SELECT folder FROM run")}

    @staticmethod
    def _row(connection: apsw.Connection, key: str) -> Run | None:
        row = connection.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM run WHERE key = ?",  # noqa: S608
            (key,),
        ).fetchone()
        return None if row is None else _run(row, [])

    @contextmanager
    def _changing(self) -> Iterator[apsw.Connection]:
        with self._open(writing=True) as connection:
            assert connection is not None  # noqa: S101 - writing makes the journal
            with _transaction(connection):
                yield connection

    @contextmanager
    def _open(self, *, writing: bool) -> Iterator[apsw.Connection | None]:
        """The journal, checked; made where something is written, None where it is not there."""
        with told(self.folder, writing=writing):
            if not writing and not self.file.exists():
                yield None
                return
            connection = self._connected(writing=writing)
            try:
                connection.set_busy_timeout(PATIENCE)
                yield connection if self._prepared(connection, writing=writing) else None
            finally:
                connection.close()

    def _connected(self, *, writing: bool) -> apsw.Connection:
        import apsw

        if writing:
            # The file, and with it SQLite's log beside it, is this user's alone.
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
            return apsw.Connection(str(self.file), flags=apsw.SQLITE_OPEN_READWRITE)
        if _may_write(self.folder) and _may_write(self.file):
            return apsw.Connection(str(self.file), flags=apsw.SQLITE_OPEN_READWRITE)
        # Where nothing may be written there is no place for the shared memory of the log; a
        # journal without log has been closed and may be read as it stands.
        log = self.file.with_name(f"{FILE}-wal")
        still = "" if log.exists() and log.stat().st_size else "&immutable=1"
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        return apsw.Connection(f"{self.file.absolute().as_uri()}?mode=ro{still}", flags=flags)

    def _prepared(self, connection: apsw.Connection, *, writing: bool) -> bool:
        """Whether the journal has our tables; where something is written they are made."""
        if writing:
            connection.pragma("journal_mode", "wal")
            connection.pragma("synchronous", "full")
        connection.pragma("foreign_keys", True)
        if self._is_ours(connection):
            return True
        if not writing:
            return False
        # Two may begin at once: whoever is first makes the tables.
        with _transaction(connection):
            if not self._is_ours(connection):
                connection.execute(_SCHEMA)
                connection.pragma("application_id", APPLICATION)
                connection.pragma("user_version", FORMAT)
        return True

    def _is_ours(self, connection: apsw.Connection) -> bool:
        """Whether the journal has our tables; False where it is empty.

        Raises
        ------
        StoreError : it is something else, or another version's.
        """
        # One look: between two, another may have made the tables.
        with connection:
            whose, theirs = connection.pragma("application_id"), connection.pragma("user_version")
            used = connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is not None
        where = str(self.folder)
        if whose == APPLICATION:
            if theirs != FORMAT:
                raise StoreError("store.version", where, where, theirs=theirs, ours=FORMAT)
            return True
        if whose or theirs or used:
            raise StoreError("store.foreign", where, where)
        return False


def _cell(run: Run, column: str) -> str | float | None:
    value = getattr(run, "case" if column == "case_name" else column)
    return json.dumps(value, ensure_ascii=False) if column in _AS_JSON else value


def _run(row: tuple[Any, ...], tags: list[str]) -> Run:
    cells = dict(zip(_COLUMNS, row, strict=True))
    for column in _AS_JSON:
        cells[column] = json.loads(cells[column])
    cells["files"] = {name: (str(sha), int(size)) for name, (sha, size) in cells["files"].items()}
    cells["case"] = cells.pop("case_name")
    return Run(**cells, tags=tuple(tags))


@contextmanager
def _transaction(connection: apsw.Connection) -> Iterator[None]:
    """All of it or nothing, alone from the start.

    One that reads first and asks to write later would be refused at once, without any waiting,
    where another has written in between.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _may_write(path: Path) -> bool:
    """Whether this process may write there, as whoever it acts."""
    acting = os.access in os.supports_effective_ids
    return os.access(path, os.W_OK, effective_ids=acting)
