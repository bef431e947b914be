"""What a plan of ``--mode design`` says of itself: what is exact in it and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from circularpark.cli.numbers import amount, figures, unit_name
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan

_MOST = 5


def design_lines(plan: Plan, park: Park, summary: Mapping[str, Any], lang: Language) -> list[str]:
    """How the capacities were chosen, what typical days had promised, and what they cannot see."""
    if summary.get("mode") != "design":
        told = getattr(park.settings, "mode", "") == "typical_days"
        return [say("design.told", lang)] if told and not len(park.tables.periods) else []
    design = summary["design"]
    if design is None:
        return [say("design.whole", lang)]
    counted = {"days": "typical_days", "hours": "critical_hours", "periods": "periods"}
    lines = [say("design.how", lang, **{word: design[key] for word, key in counted.items()})]
    year = list(summary["measures"]["co2"])[-1]
    currency = park.settings.currency
    promised = {name: design["estimate"][name][year] for name in ("co2", "cost")}
    lines.append(
        say(
            "design.estimate",
            lang,
            co2=amount(promised["co2"], "t", lang),
            cost=amount(promised["cost"], currency, lang, currency),
        )
    )
    if design["changed"]:
        lines.append(say("design.changed", lang, items=_changed(plan, design["changed"], lang)))
    if design["stores_within_the_day"]:
        names = park.tables.storages["id"]
        count = len([name for name in names if name in design["stores_within_the_day"]])
        lines.append(say("design.stores", lang, count=count))
    return lines


def _changed(plan: Plan, changed: list[dict[str, Any]], lang: Language) -> str:
    """The largest changes by name, and how many more there are."""
    builds = plan.builds.drop_duplicates("item").set_index("item")
    parts = []
    for one in sorted(changed, key=lambda a: -abs(float(a["capacity"])))[:_MOST]:
        name, unit = one["item"], ""
        if name in builds.index:
            name, unit = builds.loc[one["item"], [f"name_{lang}", "unit"]]
        more = float(one["capacity"])
        sign = "+" if more > 0 else "−"
        parts.append(f"{name} {sign}{figures(abs(more))} {unit_name(str(unit), lang)}".rstrip())
    if len(changed) > _MOST:
        parts.append(say("design.more", lang, count=len(changed) - _MOST))
    return say("errors.comma", lang).join(parts)
