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
        return []
    design = summary["design"]
    if design is None:
        return [say("design.whole", lang)]
    lines = [say("design.how", lang, days=design["typical_days"], periods=design["periods"])]
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
    if design["added"]:
        lines.append(say("design.added", lang, items=_added(plan, design["added"], lang)))
    if design["stores_within_the_day"]:
        names = park.tables.storages["id"]
        count = len([name for name in names if name in design["stores_within_the_day"]])
        lines.append(say("design.stores", lang, count=count))
    return lines


def _added(plan: Plan, added: list[dict[str, Any]], lang: Language) -> str:
    """The largest additions by name, and how many more there are."""
    builds = plan.builds.drop_duplicates("item").set_index("item")
    parts = []
    for one in sorted(added, key=lambda a: -float(a["capacity"]))[:_MOST]:
        name, unit = one["item"], ""
        if name in builds.index:
            name, unit = builds.loc[one["item"], [f"name_{lang}", "unit"]]
        parts.append(f"{name} {figures(float(one['capacity']))} {unit_name(str(unit), lang)}")
    if len(added) > _MOST:
        parts.append(say("design.more", lang, count=len(added) - _MOST))
    return say("errors.comma", lang).join(parts)
