"""What the disk and SQLite raise, as words about the run store."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from circularpark.errors import StoreError

# A limit on the size of files ends like a disk that is full.
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def told(folder: Path, *, writing: bool) -> Iterator[None]:
    """Turn what goes wrong with the store in ``folder`` into a ``StoreError``."""
    import apsw

    try:
        yield
    except OSError as problem:
        raise of_disk(problem, folder, writing=writing) from problem
    except apsw.Error as problem:
        raise _of_journal(problem, folder, writing=writing) from problem


def of_disk(problem: OSError, folder: Path, *, writing: bool) -> StoreError:
    """What a failed file says of the store."""
    if problem.errno in _FULL:
        return StoreError("store.full", str(folder), str(folder))
    if problem.errno in _DENIED:
        code = "store.read_only" if writing else "store.no_access"
        return StoreError(code, str(folder), str(folder))
    reason = problem.strerror or str(problem)
    return StoreError("store.broken", str(folder), str(folder), reason=reason)


def _of_journal(problem: Exception, folder: Path, *, writing: bool) -> StoreError:
    """What a failed journal says of the store."""
    import apsw

    where, reason = str(folder), str(problem)
    if isinstance(problem, apsw.FullError):
        return StoreError("store.full", where, where)
    if isinstance(problem, (apsw.BusyError, apsw.LockedError)):
        return StoreError("store.busy", where, where)
    if isinstance(problem, (apsw.ReadOnlyError, apsw.PermissionsError, apsw.CantOpenError)):
        return StoreError("store.read_only" if writing else "store.no_access", where, where)
    if isinstance(problem, apsw.NotADBError):
        return StoreError("store.foreign", where, where)
    if isinstance(problem, apsw.CorruptError):
        return StoreError("store.journal", where, where, reason=reason)
    # SQLite says only that writing failed where the disk is full or a file may not grow.
    if isinstance(problem, apsw.IOError) and writing:
        return StoreError("store.full", where, where)
    return StoreError("store.broken", where, where, reason=reason)
