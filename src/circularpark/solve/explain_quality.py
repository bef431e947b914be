"""What an item's quality is, what it accepts on whose word, and whom it meets in the plan."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np

from circularpark.park.properties import property_name
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

MOST_SHOWN = 6


def quality_lines(plan: Plan, item: str, lang: Language) -> list[str]:
    """Rows of quality with the confidence of their limits, matches, and pairs left out."""
    return [
        *_rows(plan, item, lang),
        *_outlet(plan, item, lang),
        *_matches(plan, item, lang),
        *_left_out(plan, item, lang),
    ]


def _rows(plan: Plan, item: str, lang: Language) -> list[str]:
    tables = plan.park.tables
    frame, names = tables.quality, {item}
    processes = tables.processes
    own = processes[processes["id"] == item]
    names |= set(own["technology"]) | set(own["of"])
    lines = []
    for row in frame[frame["item"].isin(names)].to_dict("records"):
        parts = [
            f"{sign} {row[column]:.6g}"
            for sign, column in (("=", "value"), ("≥", "min"), ("≤", "max"))
            if not np.isnan(row[column])
        ]
        if not np.isnan(row["removal"]):
            lines.append(_removal(row, lang))
            continue
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        told = {
            "property": property_name(str(row["property"]), lang),
            "number": ", ".join(parts) + unit,
        }
        lines.append(say("solve.quality.row", lang, **told) + _mixed(plan, names, row, lang))
        if row["standard"]:
            lines.append("   " + _standard(str(row["standard"]), lang))
    return lines


def _outlet(plan: Plan, item: str, lang: Language) -> list[str]:
    """Whether an operation's outlet is exactly what it counts as."""
    frame = plan.park.tables.operations
    own = frame[frame["id"] == item]
    if not len(own):
        return []
    way = "outlet_exact" if len(own) == 1 else "outlet_at_most"
    return [say(f"solve.quality.{way}", lang, count=len(own))]


def _mixed(plan: Plan, names: set[str], row: dict[Hashable, Any], lang: Language) -> str:
    """What the plan's mix is like, behind what is accepted of it."""
    if np.isnan(row["min"]) and np.isnan(row["max"]):
        return ""
    frame = plan.blends
    same = frame["item"].isin(names) & (frame["property"] == row["property"])
    same &= (frame["commodity"] == row["commodity"]) if row["commodity"] else True
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    mixes = ", ".join(f"{v:.4g}{unit}" for v in frame.loc[same, "worst"])
    return say("solve.quality.mixed", lang, mixed=mixes) if mixes else ""


def _removal(row: dict[Hashable, Any], lang: Language) -> str:
    """What a treatment takes out of its feed; of a mix, into how many parts its outlet is cut."""
    way = "removal" if np.isnan(row["parts"]) else "removal_in_parts"
    told = {"property": row["property"], "share": f"{100 * row['removal']:.6g}"}
    more = {} if way == "removal" else {"parts": int(row["parts"])}
    return say(f"solve.quality.{way}", lang, **told, **more)


def _standard(name: str, lang: Language) -> str:
    from circularpark.park.standards import standards

    known = standards()[name]
    return say(
        "solve.quality.standard",
        lang,
        standard=name,
        source=known["source"],
        confidence=known["confidence"],
    )


def _matches(plan: Plan, item: str, lang: Language) -> list[str]:
    told = plan.flows["matched"]
    most = told.values.max(axis=1, initial=0.0)
    used = most > 1e-9 * max(float(most.max(initial=0.0)), 1e-12)
    lines = []
    for place in np.flatnonzero(used):
        source, sink, link = (str(told.key[k][place]) for k in ("source", "sink", "link"))
        if item in (source.split("@")[0], sink.split("@")[0], source, sink, link):
            way = "match_link" if link else "match_here"
            shown = {"source": source, "sink": sink, "amount": f"{most[place]:.4g}"}
            more = {"link": link} if link else {}
            lines.append(say(f"solve.quality.{way}", lang, **shown, **more))
    rest = len(lines) - MOST_SHOWN
    return lines[:MOST_SHOWN] + ([say("solve.hop.more", lang, count=rest)] if rest > 0 else [])


def _left_out(plan: Plan, item: str, lang: Language) -> list[str]:
    frame = plan.pruned
    own = frame[(frame["source"] == item) | (frame["sink"] == item) | (frame["link"] == item)]
    if not len(own):
        return []
    names = ", ".join(sorted({str(name) for name in own["property"] if name}))
    return [say("solve.quality.left_out", lang, count=len(own), properties=names)]
