"""An evaluation as one JSON object."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from circularpark.studies.evaluated import Evaluation, Project

ITEM = (
    "item", "kind", "year", "capacity", "unit", "capex", "lifetime", "upkeep", "least", "most",
    "confidence",
)  # fmt: skip
LINK = (
    "link", "commodity", "giver", "taker", "amount", "contract", "low", "high", "basis", "price",
    "worth_from", "worth_to",
)  # fmt: skip


def evaluation_dict(found: Evaluation) -> dict[str, Any]:
    """All projects, all together, companies and terms; what is no number is null."""
    terms = found.terms.table[["id", "value", "low", "high", "unit", "source", "confidence"]]
    together = found.together
    return {
        "park": found.park.id,
        "case": found.park.case,
        "file": found.file,
        "currency": found.park.settings.currency,
        "discount_rate": float(found.park.settings.discount_rate),
        "projects": [_project(p) for p in found.projects],
        "together": None if together is None else {"co2": together[0], "cost": together[1]},
        "finances": None if found.finances is None else _plain(found.finances.as_dict()),
        "companies": records(found.companies),
        "orders": found.orders,
        "exact": found.exact,
        "runs": found.runs,
        "eased": list(found.eased),
        "exceeded": list(found.lifted),
        "support": found.terms.support,
        "terms": records(terms),
        "proven": found.proven,
    }


def _project(project: Project) -> dict[str, Any]:
    gap = project.interaction
    values = {
        way: {"co2": saved, "cost": more, "cost_per_tonne": project.cost_per_tonne(way)}
        for way, (saved, more) in project.values.items()
    }
    if project.error is not None and "average" in values:
        values["average"] |= {"co2_error": project.error[0], "cost_error": project.error[1]}
    told = {
        "id": project.id,
        "name_zh": project.names["zh"],
        "name_en": project.names["en"],
        "items": records(project.items[list(ITEM)]),
        "needs": list(project.needs),
        "partners": list(project.partners),
        "capex": project.capex,
        "values": values,
        "interaction": None if gap is None else {"co2": gap[0], "cost": gap[1]},
        "beside": None
        if project.beside is None
        else {"project": project.beside[0], "co2": project.beside[1]},
        "figures_of": project.way,
        "revenue": project.revenue,
        "running_cost": project.running,
        "lines": records(project.lines),
        "co2_saved": project.saved,
        "co2_by_scope": {str(scope): value for scope, value in sorted(project.co2.items())},
        "companies": records(project.companies),
        "links": records(project.links[list(LINK)]) if len(project.links) else [],
        "finances": None if project.finances is None else project.finances.as_dict(),
        "eased": list(project.eased),
        "proven": project.proven,
    }
    found: dict[str, Any] = _plain(told)
    return found


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; what is no number is None."""
    return [_plain({str(k): v for k, v in row.items()}) for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    """Nested values with None for what is no finite number, and numpy's numbers as Python's."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
