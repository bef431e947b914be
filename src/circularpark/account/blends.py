"""What every mix of a plan is like beside what its sink accepts, from the raw tables."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from circularpark.account.book import Book
from circularpark.account.check_quality import Desk, limited, masses, products
from circularpark.account.graded import Entry, Grades, sides
from circularpark.program.time import Floats

COLUMNS: Final = (
    *("sink", "item", "site", "commodity", "property", "mixed", "worst", "min", "max", "unit"),
    *("per", "standard", "source", "confidence", "amount", "amount_unit"),
)
# What arrives of less than this share of the largest of all is the solver's dust.
DUST: Final = 1e-7


def blends(book: Book, year: int) -> pd.DataFrame:
    """What arrives at every sink that limits it, in one planning year.

    Returns
    -------
    DataFrame, one row a sink and property: sink, item (its row of quality.csv), site, commodity
    (``;`` between several that mix), property, mixed (the year's mean) and worst (of the period
    nearest its limit, or beyond) in ``unit``, min, max, per (the product that the limit counts
    against, else blank), standard, source and confidence of the row, amount [amount_unit/h, mean]
    """
    if not book.size("quality"):
        return pd.DataFrame(columns=list(COLUMNS))
    grades = book.once("grades", Grades)
    gives, takes = sides(grades)
    desk = Desk(book, gives, takes)
    found = list(limited(grades, takes))
    rules = [row for _, row, _ in found]
    members = [sinks for _, _, sinks in found]
    own = np.array([y == year for y, _ in book.time.blocks])[book.time.block]
    weight = np.where(own, book.time.span * book.time.probability, 0.0)
    arriving, brought = _sums(desk, grades, rules, members)
    largest = float(arriving.max(initial=0.0))
    rows = [
        _row(grades, takes, found[place], arriving[place], brought[place], weight, book)
        for place in range(len(found))
        if float((arriving[place] * weight).sum()) > DUST * largest * float(weight.sum())
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _sums(
    desk: Desk, grades: Grades, rules: list[int], members: list[list[int]]
) -> tuple[Floats, Floats]:
    """What each rule's limit is compared with, and what arrives of the property, (rules, T)."""
    row, match = desk.arrivals(members)
    rule = np.array(rules, dtype=np.int64)
    names = [str(grades.name[r]) for r in rules]
    asked = [names[r] for r in row]
    told = desk.qualities(grades, asked, match) / grades.size[rule[row], None]
    outlets = desk.outlets(asked, match)
    told[list(outlets)] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = told ** grades.power[rule[row], None]
    counts = masses(desk, members, [str(grades.per[r]) for r in rules], row, match)[:, None]
    weights = np.broadcast_to(counts, scaled.shape)
    mass, brought = (
        desk.mixed(len(rules), row, match, np.asarray(part), desk.arrived)
        for part in (weights, scaled * counts)
    )
    for place, quality in outlets.items():
        # Mixed outlets have a linear scale, and another quality in every period.
        flow = desk.arrived[match[place]] * counts[place, 0]
        brought[row[place]] += flow * quality / grades.size[rule[row[place]]]
    counted = np.array([bool(grades.per[r]) for r in rules])[:, None]
    return np.where(counted, products(desk, grades, rules, members), mass), brought


def _row(
    grades: Grades,
    takes: list[Entry],
    found: tuple[str, int, list[int]],
    arriving: Floats,
    brought: Floats,
    weight: Floats,
    book: Book,
) -> dict[str, object]:
    """One mix beside its limits."""
    name, rule, sinks = found
    used = (weight > 0) & (arriving > 0)
    power = float(grades.power[rule])
    with np.errstate(divide="ignore", invalid="ignore"):
        each = (brought[used] / arriving[used]) ** (1 / power)
        mean = (brought[used] @ weight[used] / (arriving[used] @ weight[used])) ** (1 / power)
    block = book.time.block[used]
    least, most = (np.asarray(side[rule])[block] for side in (grades.least, grades.most))
    near = np.fmin(most - each, each - least)
    place = int(np.argmin(np.where(np.isnan(near), np.inf, near)))
    goods = list(dict.fromkeys(takes[sink].commodity for sink in sinks))
    units = dict(zip(book.text("commodities", "id"), book.text("commodities", "unit"), strict=True))
    per = str(grades.per[rule])
    said = {
        column: str(book.text("quality", column)[rule])
        for column in ("standard", "source", "confidence")
    }
    return {
        "sink": name,
        "item": takes[sinks[0]].item,
        "site": takes[sinks[0]].site,
        "commodity": ";".join(goods),
        "property": str(grades.name[rule]),
        "mixed": float(mean),
        "worst": float(each[place]),
        "min": float(least[place]),
        "max": float(most[place]),
        "unit": str(grades.unit[rule]),
        "per": per,
        **said,
        "amount": float(arriving @ weight) / float(weight.sum()),
        "amount_unit": str(units[per or goods[0]]),
    }
