"""What is kept of a plan: the tables that people ask again, a year's amounts rather than hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from circularpark.solve.naming import text_names
from circularpark.studies.keeper import Telling
from circularpark.words import LANGUAGES

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan


def plan_telling(plan: Plan) -> Telling | None:
    """What is kept of a plan; None where it is not certified."""
    if not plan.certificate.ok:
        return None
    return Telling(
        plan.status,
        lambda: {**plan.summary(), "labels": _labels(plan)},
        lambda: plan_tables(plan),
    )


def _labels(plan: Plan) -> dict[str, Any]:
    """What the answer's names mean, for readers who no longer have the park."""
    park, measures = plan.park, plan.park.tables.measures
    rows = measures[["id", "unit", "name_zh", "name_en"]].to_dict("records")
    return {
        "park": dict(park.name),
        "place": str(park.place) if park.place is not None else None,
        "currency": park.settings.currency,
        "measures": {
            str(r["id"]): {"unit": r["unit"], "zh": r["name_zh"], "en": r["name_en"]} for r in rows
        },
    }


def plan_tables(plan: Plan) -> dict[str, pd.DataFrame]:
    """The tables of a plan: measures, builds, sent (a year's amounts on links), prices."""
    from circularpark.studies.compare import sent
    from circularpark.studies.prices import price_unit, prices

    tables = plan.park.tables
    flows = sent(plan).assign(year=plan.park.settings.years[-1])
    for column, names in (
        ("from", tables.sites),
        ("to", tables.sites),
        ("commodity", tables.commodities),
    ):
        words = text_names(names)
        for lang in LANGUAGES:
            flows[f"{column}_{lang}"] = [words[i][lang] if i in words else i for i in flows[column]]
    return {
        "measures": plan.measures,
        "builds": plan.builds,
        "sent": flows,
        "prices": prices(plan).assign(unit=price_unit(plan)),
    }
