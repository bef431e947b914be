"""The points that a run was solved to, as one Parquet file and back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np

from circularpark.solve.highs import Point
from circularpark.solve.memory import Memory


def points_file(memory: Memory) -> bytes:
    """Every point of the memory that was used, with its duals, at full precision."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [(key, memory.points[key]) for key in memory.used]
    known = [point for _, point in rows if point is not None]
    nothing = np.empty(0)

    def lists(arrays: list[np.ndarray]) -> pa.Array:
        starts = np.concatenate([[0], np.cumsum([len(a) for a in arrays])]).astype(np.int64)
        joined = np.concatenate([*arrays, nothing]).astype(np.float64)
        return pa.LargeListArray.from_arrays(pa.array(starts), pa.array(joined))

    def numbers(name: str) -> list[object]:
        return [None if p is None else getattr(p, name) for _, p in rows]

    table = pa.table(
        {
            "program": pa.array([key for key, _ in rows], pa.string()),
            "feasible": pa.array([p is not None for _, p in rows], pa.bool_()),
            "x": lists([nothing if p is None else p.x for _, p in rows]),
            "duals": lists([nothing if p is None else p.duals for _, p in rows]),
            "held": lists([nothing if p is None else np.array(p.held) for _, p in rows]),
            "value": pa.array(numbers("value"), pa.float64()),
            "seconds": pa.array(numbers("seconds"), pa.float64()),
            "iterations": pa.array(numbers("iterations"), pa.int64()),
            "proved_by": pa.array(numbers("proved_by"), pa.string()),
            "chosen": pa.array(numbers("chosen"), pa.bool_()),
            "best_bound": pa.array(numbers("best_bound"), pa.float64(), from_pandas=False),
        }
    )
    sink = BytesIO()
    # Most columns of a plan are zero: compressed, they are nothing.
    small = sum(len(p.x) for p in known) < 1_000_000
    pq.write_table(table, sink, compression="zstd", compression_level=3 if small else 1)
    return sink.getvalue()


def points_of(content: bytes) -> Memory:
    """The memory of a run."""
    import pyarrow.parquet as pq

    table = pq.read_table(BytesIO(content), use_threads=False)
    cells = {n: table.column(n) for n in table.column_names}
    points: dict[str, Point | None] = {}
    for place in range(table.num_rows):
        one = {name: cells[name][place] for name in cells}
        key = str(one.pop("program").as_py())
        if not one.pop("feasible").as_py():
            points[key] = None
            continue
        arrays = {
            n: np.array(one.pop(n).values.to_numpy(zero_copy_only=False), dtype=np.float64)
            for n in ("x", "duals", "held")
        }
        held = tuple(float(most) for most in arrays.pop("held"))
        rest: dict[str, Any] = {name: scalar.as_py() for name, scalar in one.items()}
        points[key] = Point(arrays["x"], arrays["duals"], held=held, **rest)
    return Memory(points)
