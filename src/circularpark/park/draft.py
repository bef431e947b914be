"""A park on its way in: read and in base units, but not yet checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from circularpark.errors import Finding
from circularpark.park.columns import Arrays
from circularpark.park.model import Formulas, Layers, Settings


@dataclass
class Draft:
    """What the checks look at: every declared table (perhaps without rows) as read.

    ``raw`` frames hold all declared columns, numbers as float64 (NaN blank) in base units, text
    as str ("" blank), and each row's place: ``_file``, ``_row`` (of the spreadsheet), ``_owner``
    (the company whose folder it came from), ``_origin`` ("park" or "catalogue"); tables with
    stated units also ``_unit_factor`` and ``_per``. ``formulas`` are the functions that recipes
    may name; ``arrays`` the columns of the frames, where they are known.
    """

    name: str
    folder: Path | None
    settings: Settings
    raw: dict[str, pd.DataFrame]
    layers: Layers = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    formulas: Formulas = field(default_factory=dict)
    arrays: Arrays = field(default_factory=Arrays, repr=False)
