"""Outputs that follow from a property of the inputs, recomputed from raw compositions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from circularpark.account.book import Book
from circularpark.account.check_quality import Desk
from circularpark.account.graded import Grades
from circularpark.account.judged import Family, codes, relative
from circularpark.account.recipe_rows import recipe_rows
from circularpark.park.units import UnitError, factor, quality_unit


def brought(book: Book, grades: Grades, desk: Desk) -> Iterator[Family]:
    """Each such output is its rate times what arrives of the property at its process."""
    rows = recipe_rows(book)
    own = np.flatnonzero(rows.property != "")
    if not len(own):
        return
    told = book.quantity("share_flow").values
    unit = dict(zip(book.text("commodities", "id"), book.text("commodities", "unit"), strict=True))
    plants = [grades.plants[p][0] for p in rows.process[own]]
    names = [str(name) for name in rows.property[own]]
    sinks = [
        [
            place
            for place, entry in enumerate(desk.takes)
            if entry.process == plant and (entry.commodity, name) in grades.told
        ]
        for plant, name in zip(plants, names, strict=True)
    ]
    row, match = desk.arrivals(sinks)
    asked = [names[r] for r in row]
    quality = desk.qualities(grades, asked, match)
    outlets = desk.outlets(asked, match)
    quality[list(outlets)] = 0.0
    goods = [desk.takes[sink].commodity for sink in desk.sink[match]]
    outs = [str(rows.commodity[own[r]]) for r in row]
    counts = np.array(
        [
            _counts(grades, name, str(unit[good]), str(unit[out]))
            for name, good, out in zip(asked, goods, outs, strict=True)
        ]
    )[:, None]
    sums = desk.mixed(len(own), row, match, quality * counts, desk.arrived)
    for place, mixed in outlets.items():
        sums[row[place]] += desk.arrived[match[place]] * mixed * counts[place, 0]
    profile = book.time.matrix([str(name) for name in rows.profile[own]])
    wanted = rows.rate[own][:, book.time.block] * profile * sums
    flow = np.zeros(wanted.shape)
    present = rows.flow[own] >= 0
    flow[present] = told[rows.flow[own][present]]
    index = pd.DataFrame({"process": plants, "row": rows.row[own]})
    kind = codes(np.array(plants, dtype=object))
    error = relative(np.abs(flow - wanted), np.abs(flow) + np.abs(wanted), kind)
    yield Family("brought", index, book.time.period, error)


def _counts(grades: Grades, name: str, unit: str, out: str) -> float:
    """What a property of 1 brings with a unit of input, in the output's unit."""
    row = int(np.flatnonzero(grades.name == name)[0])
    try:
        if quality_unit(str(grades.unit[row]))[0] == "heating":
            return factor(unit, "t").factor * factor("GJ", out).factor
        return factor(unit, out).factor
    except UnitError:
        return 1.0
