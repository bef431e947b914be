"""Questions in SQL about all stored runs: DuckDB over their Parquet files.

The tables that a question names are read into memory first; then DuckDB is locked, so that a
question sees these tables and nothing else of the machine, and changes nothing in the store.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from circularpark.errors import StoreError

if TYPE_CHECKING:
    from circularpark.studies.journal import Run
    from circularpark.studies.store import RunStore

RUNS: Final = "runs"
# One question may not take the machine.
MEMORY: Final = "2GB"


def query(store: RunStore, sql: str) -> pd.DataFrame:
    """The answer of a question in SQL to the tables of all stored runs.

    Tables: ``runs``, and every kind of table that some run has (``measures``, ``builds``,
    ``sent``, ``prices``, ...), each with a column ``run``. A run with a damaged file is left out
    of that table.

    Raises
    ------
    StoreError : DuckDB is not installed, or the question does not work.
    """
    try:
        import duckdb
    except ImportError:
        raise StoreError("store.no_duckdb") from None
    runs = store.runs()
    names = sorted({name for run in runs for name in run.tables})
    known = [RUNS, *names]
    asked = {word.lower() for word in re.findall(r"\w+", sql)}
    with duckdb.connect(":memory:") as connection:
        for name in known:
            if name in asked:
                frame = _runs(runs) if name == RUNS else _gathered(store, runs, name)
                connection.register("gathered", frame)
                connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM gathered')  # noqa: S608
                connection.unregister("gathered")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET lock_configuration = true")
        reason = "SELECT ...?"
        try:
            found = connection.execute(sql)
            if found is not None:
                return found.df()
        except duckdb.Error as problem:
            reason = str(problem).strip().splitlines()[0]
    raise StoreError("store.query", reason=reason, known=", ".join(known))


def _runs(runs: Sequence[Run]) -> pd.DataFrame:
    """The runs themselves, a row each."""
    rows: list[dict[str, Any]] = [
        {
            "run": run.number,
            "key": run.key,
            "saved": pd.Timestamp(run.saved).tz_convert(None),
            "command": run.kind,
            "park": run.park,
            "case_name": run.case,
            "status": run.status,
            "tags": ";".join(run.tags),
            "options": json.dumps(run.options, ensure_ascii=False),
            "seconds": run.seconds,
            "bytes": run.size,
            "data_hash": run.data,
            "model": run.model,
        }
        for run in runs
    ]
    return pd.DataFrame(rows)


def _gathered(store: RunStore, runs: Sequence[Run], name: str) -> pd.DataFrame:
    """One kind of table of all runs that have it."""
    pieces = []
    for run in runs:
        if name in run.tables:
            try:
                frame = store.table(run, name)
            except StoreError as trouble:
                if trouble.finding.code != "store.damaged":
                    raise
                continue
            frame.insert(0, "run", run.number)
            pieces.append(frame)
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame({"run": []})
