"""What a park says, as one hash: every table and setting as read, however the files wrote it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    from circularpark.park.model import Park


def content_hash(park: Park) -> str:
    """SHA-256 of a park's data, catalogue and case included.

    The tables as they are after reading: numbers in base units, blanks as blanks, columns by
    name. Order of columns, spelling of numbers and the files' format make no difference; the
    order of rows does, since it may decide between plans that are as good.
    """
    digest = hashlib.sha256(park.id.encode())
    digest.update(repr(park.settings).encode())
    for name in sorted(park.raw):
        frame = park.raw[name]
        digest.update(f"\n{name} {len(frame)}".encode())
        # Columns with an underscore say where a cell stood, not what it says; but what a stated
        # unit was multiplied by decides about later changes of the cell.
        for column in sorted(str(c) for c in frame.columns):
            if not column.startswith("_") or column == "_unit_factor":
                digest.update(f"\n{column} ".encode())
                digest.update(_cells(frame[column].to_numpy()))
    return digest.hexdigest()


def _cells(values: np.ndarray) -> bytes:
    """A column's cells: numbers by their bits, anything else by its text."""
    if values.dtype.kind == "f":
        # One zero and one blank, whatever their sign or payload.
        numbers = np.where(np.isnan(values), np.nan, values + 0.0)
        return b"f" + numbers.astype("<f8").tobytes()
    if values.dtype.kind in "iub":
        return b"i" + values.astype("<i8").tobytes()
    return b"t" + json.dumps([_text(value) for value in values.tolist()]).encode()


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return str(to_wkb(value, hex=True)) if isinstance(value, BaseGeometry) else str(value)
