"""The sentences below a plan's tables: savings in their two steps, cost of a tonne, proof."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from circularpark.cli.approximate import design_lines
from circularpark.cli.numbers import amount, figures
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan

# Changes below this share of what was are what tolerances leave.
_NOTHING = 1e-6


def closing_lines(plan: Plan, park: Park, summary: Mapping[str, Any], lang: Language) -> list[str]:
    """What a tonne costs, what was saved in which step, and how well it is proven."""
    lines = [*today_lines(summary, lang), *saving_lines(summary, lang)]
    lines += [*tonne_lines(plan, park, lang), *design_lines(plan, park, summary, lang)]
    lines += [*pair_lines(summary, lang), *outlet_lines(summary, lang)]
    certificate = summary["certificate"]
    lines.append(
        say(
            "cli.plan.proof" if certificate["ok"] else "cli.plan.no_proof",
            lang,
            balance=_error(certificate["balance"]),
            gap=_error(certificate["dual_gap"]),
        )
    )
    lines += choice_lines(summary, park.settings.currency, lang)
    seconds = sum(float(value) for value in summary["timing"].values())
    lines.append(say("cli.plan.time", lang, seconds=figures(seconds)))
    return lines


def choice_lines(summary: Mapping[str, Any], currency: str, lang: Language) -> list[str]:
    """How well the whole numbers (built or not, how many, on or off) are proven."""
    certificate, objective = summary["certificate"], summary["objective"]
    if "mip_gap" not in certificate:
        return []
    gap = certificate["mip_gap"]
    if gap is None:
        return [say("cli.plan.choice_unproven", lang)]
    stated = [one for one in certificate["bound"] if one["stage"] == objective["measure"]]
    least = [say("cli.plan.bound", lang, **{
        key: amount(one[key], objective["unit"], lang, currency) for key in ("value", "bound")
    }) for one in stated[:1] if one["bound"] is not None]  # fmt: skip
    shown = figures(100 * gap) if gap > 1e-9 else "0"
    key = "cli.plan.parts" if certificate.get("mixed_outlets") else "cli.plan.choice"
    return [say(key, lang, gap=shown), *least, say("cli.plan.choice_held", lang)]


def today_lines(summary: Mapping[str, Any], lang: Language) -> list[str]:
    """Today's CO2 and the plan's; without meters today is told as today's plant run best."""
    co2 = summary["measures"]["co2"]
    year = list(co2)[-1]
    metered, best = _metered(summary, year), _best(summary, year)
    before = metered if metered is not None else best
    after = number_of(co2[year])
    if before is None or after is None:
        return []
    key = "cli.plan.from_today" if metered is not None else "cli.plan.from_estimate"
    return [say(key, lang, today=amount(before, "t", lang), plan=amount(after, "t", lang))]


def pair_lines(summary: Mapping[str, Any], lang: Language) -> list[str]:
    """How many pairs of sources and sinks could never meet by their quality."""
    pairs = summary.get("pairs")
    if not pairs or not pairs["left_out"]:
        return []
    whole = pairs["open"] + pairs["left_out"]
    return [say("cli.plan.pairs", lang, whole=f"{whole:,}", out=f"{pairs['left_out']:,}")]


def outlet_lines(summary: Mapping[str, Any], lang: Language) -> list[str]:
    """How many operations give water that is only counted at its worst."""
    told = summary.get("operations")
    if not told or not told["counted_at_most"]:
        return []
    return [say("cli.plan.outlets", lang, count=told["counted_at_most"])]


def _error(value: float) -> str:
    return f"{value:.0e}" if value else "0"


def saving_lines(summary: Mapping[str, Any], lang: Language) -> list[str]:
    """How much CO2 the last year saves, in its two steps: running better, and building."""
    co2 = summary["measures"]["co2"]
    year = list(co2)[-1]
    steps = {
        "running": (_metered(summary, year), _best(summary, year)),
        "building": (_best(summary, year), number_of(co2[year])),
    }
    lines = []
    for step, (before, after) in steps.items():
        if before is not None and after is not None:
            change = "less" if after <= before else "more"
            if abs(after - before) <= _NOTHING * abs(before):
                change = "same"
            shown = amount(abs(before - after), "t", lang)
            lines.append(say(f"cli.plan.{step}_{change}", lang, amount=shown))
    return lines


def _metered(summary: Mapping[str, Any], year: str) -> float | None:
    """Today's CO2 by the meters; None where some market or process has none."""
    complete = summary.get("today_complete", True)
    return of_year(summary.get("today"), "co2", year) if complete else None


def _best(summary: Mapping[str, Any], year: str) -> float | None:
    return of_year(summary.get("baseline"), "co2", year)


def tonne_lines(plan: Plan, park: Park, lang: Language) -> list[str]:
    """What saving a tonne of CO2 costs, on average and for the last one."""
    currency = park.settings.currency
    lines = []
    for name in ("average", "marginal"):
        value = cost_of_a_tonne(plan, name)
        if value is None:
            continue
        sign = "gain" if value < 0 else "cost"
        shown = amount(abs(value), currency, lang, currency)
        lines.append(say(f"cli.plan.{name}_{sign}", lang, value=shown))
    ceiling = cost_of_a_tonne(plan, "ceiling")
    if ceiling is not None:
        lines.append(say("cli.plan.ceiling", lang, value=amount(ceiling, currency, lang, currency)))
    return lines or [say("cli.plan.no_saving", lang)]


def cost_of_a_tonne(plan: Plan, which: str) -> float | None:
    """The plan's average, marginal or ceiling cost per tonne of CO2; None where undefined."""
    costs = plan.cost_per_tonne
    value = costs.get(which) if isinstance(costs, Mapping) else getattr(costs, which, None)
    return None if value is None or not math.isfinite(value) else float(value)


def of_year(source: Mapping[str, Any] | None, measure: str, year: str) -> float | None:
    """A measure's value in ``year``, else in the last year that has one."""
    values = (source or {}).get(measure) or {}
    if year in values:
        return number_of(values[year])
    return number_of(list(values.values())[-1]) if values else None


def number_of(value: Any) -> float | None:
    """A number of the JSON form, None where it has none."""
    return None if value is None else float(value)
