"""What a heat carrier may be, and between which temperatures it stands what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Medium:
    """A medium and its limits [degC]; ``condenses`` from and to, None where it never does."""

    id: str
    coldest: float
    hottest: float
    condenses: tuple[float, float] | None


@cache
def media() -> Mapping[str, Medium]:
    """Every medium of ``catalogue/media.csv`` by its id, where each limit has its source."""
    file = resources.files(__package__).joinpath("catalogue").joinpath("media.csv")
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    return {row["id"]: _medium(row) for row in rows}


def _medium(row: Mapping[str, str]) -> Medium:
    condenses = None
    if row["condenses_from"]:
        condenses = (float(row["condenses_from"]), float(row["condenses_to"]))
    return Medium(
        id=row["id"],
        coldest=float(row["coldest"]),
        hottest=float(row["hottest"]),
        condenses=condenses,
    )
