"""A plan on the terminal: what changes, what to build, what a tonne costs, whether it is proven."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from circularpark.cli.numbers import amount, figures, percent, unit_name
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan

# The measures a manager asks for first; others are shown when they are not zero.
_FIRST = ("co2", "cost", "capex")
_MOST_BUILDS = 25
_MOST_YEARS = 5
_ASSUMED = "*"


def plan_panel(plan: Plan, park: Park, lang: Language) -> Group:
    """All that the command ``solve`` prints of a plan."""
    summary = plan.summary()
    name = park.name.get(lang) or park.id
    parts: list[Any] = [
        Panel(Text(_headline(summary, name, lang), style="bold"), box=box.HEAVY, expand=False),
        measures_table(summary, park, lang),
    ]
    builds = list(summary["builds"])
    parts.append(
        builds_table(plan, park, lang) if builds else Text(say("cli.plan.no_builds", lang))
    )
    parts.append(Padding(Text("\n".join(_closing_lines(plan, park, summary, lang))), (1, 0, 0, 1)))
    return Group(*parts)


def print_plan(plan: Plan, park: Park, lang: Language) -> None:
    """Print a plan to standard output, as wide as the terminal and never narrower than it needs."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=110)
    console.print(plan_panel(plan, park, lang))


def _headline(summary: Mapping[str, Any], name: str, lang: Language) -> str:
    key = "cli.plan.certified" if summary["certificate"]["ok"] else "cli.plan.not_certified"
    case = summary.get("case")
    title = say("cli.plan.title_case", lang, park=name, case=case) if case else name
    return say(key, lang, title=title)


def measures_table(summary: Mapping[str, Any], park: Park, lang: Language) -> Table:
    """Today, today's equipment run best, and the plan, measure by measure."""
    table = Table(box=box.SIMPLE_HEAD, title_justify="left", title=say("cli.plan.measures", lang))
    table.add_column(say("cli.plan.a_year", lang), no_wrap=True)
    table.add_column(say("cli.plan.today", lang), justify="right", no_wrap=True)
    table.add_column(say("cli.plan.best_operation", lang), justify="right", no_wrap=True)
    years = shown_years(list(summary["measures"]["co2"]))
    for year in years:
        title = say("cli.plan.plan_year", lang, year=year)
        table.add_column(title, justify="right", style="bold", no_wrap=True)
    table.add_column(say("cli.plan.change", lang), justify="right", no_wrap=True)
    named = park.tables.measures.set_index("id")
    for measure in shown_measures(summary):
        row = named.loc[measure]
        # The certificate's numbers stand in the JSON; here they are for reading.
        values = [
            _of_year(summary.get(source), measure, years[-1]) for source in ("today", "baseline")
        ]
        plan = [summary["measures"][measure].get(year) for year in years]
        reference = values[0] if _known(values[0]) else values[1]
        table.add_row(
            escape(str(row[f"name_{lang}"])),
            *(
                amount(value, str(row["unit"]), lang, park.settings.currency)
                for value in [*values, *plan]
            ),
            _change(reference, plan[-1]) if measure != "capex" else "",
        )
    return table


def shown_years(years: list[str]) -> list[str]:
    """All planning years, or as many of them as fit, the first and the last among them."""
    if len(years) <= _MOST_YEARS:
        return years
    step = (len(years) - 1) / (_MOST_YEARS - 1)
    return [years[round(position * step)] for position in range(_MOST_YEARS)]


def shown_measures(summary: Mapping[str, Any]) -> list[str]:
    """The measures that say something: the first three, then those that are not zero everywhere."""
    sources = [summary["measures"], summary.get("baseline") or {}, summary.get("today") or {}]

    def speaks(measure: str) -> bool:
        values = [value for source in sources for value in (source.get(measure) or {}).values()]
        return any(value is not None and abs(value) > 1e-9 for value in values)

    others = [m for m in summary["measures"] if m not in _FIRST and speaks(m)]
    return [m for m in _FIRST if m in summary["measures"]] + others


def _of_year(source: Mapping[str, Any] | None, measure: str, year: str) -> float | None:
    """A measure's value in ``year``, else in the last year that has one."""
    values = (source or {}).get(measure) or {}
    if year in values:
        return _number(values[year])
    return _number(list(values.values())[-1]) if values else None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None or not before:
        return "-"
    return percent((after - before) / abs(before))


def builds_table(plan: Plan, park: Park, lang: Language) -> Table:
    """What to build, dearest first; assumed figures are marked."""
    table = Table(
        box=box.SIMPLE_HEAD,
        title=say("cli.plan.builds", lang),
        title_justify="left",
        caption=say("cli.plan.assumed", lang, mark=_ASSUMED),
        caption_justify="left",
    )
    table.add_column(say("cli.plan.item", lang), overflow="fold")
    table.add_column(say("cli.plan.kind", lang), no_wrap=True)
    table.add_column(say("cli.plan.year", lang), justify="right")
    table.add_column(say("cli.plan.capacity", lang), justify="right", no_wrap=True)
    table.add_column(say("cli.plan.capex", lang), justify="right", no_wrap=True)
    builds = plan.builds.sort_values("capex", ascending=False, kind="stable")
    assumed = assumed_items(park)
    currency = park.settings.currency
    for build in builds.head(_MOST_BUILDS).to_dict("records"):
        name = str(build.get(f"name_{lang}") or build["item"])
        mark = _ASSUMED if is_assumed(str(build["item"]), assumed) else ""
        table.add_row(
            escape(name) + mark,
            say(f"cli.kind.{build['kind']}", lang),
            str(build["year"]),
            f"{figures(float(build['capacity']))} {unit_name(str(build['unit']), lang)}",
            amount(float(build["capex"]), currency, lang, currency),
        )
    if len(builds) > _MOST_BUILDS:
        rest = builds.iloc[_MOST_BUILDS:]
        table.add_row(
            say("cli.plan.more_builds", lang, count=len(rest)),
            "",
            "",
            "",
            amount(float(rest["capex"].sum()), currency, lang, currency),
        )
    return table


def assumed_items(park: Park) -> frozenset[str]:
    """The ids whose rows are marked ``assumption`` in the park's tables or the catalogue."""
    found: set[str] = set()
    for name in ("processes", "storages", "links", "technologies", "transports"):
        rows = park.raw.get(name)
        if rows is not None and "confidence" in rows and "id" in rows:
            marked = rows["confidence"].astype(str).str.startswith("assum")
            found.update(rows.loc[marked, "id"].astype(str))
            if "technology" in rows:
                continue
    processes = park.tables.processes
    by_technology = processes["technology"].isin(found)
    return frozenset(found | set(processes.loc[by_technology, "id"].astype(str)))


def is_assumed(item: str, assumed: frozenset[str]) -> bool:
    """Whether a built item, or the technology or transport it comes from, is assumed."""
    parts = item.split("@")
    return item in assumed or parts[0] in assumed or parts[-1] in assumed


def _closing_lines(plan: Plan, park: Park, summary: Mapping[str, Any], lang: Language) -> list[str]:
    lines = tonne_lines(plan, park, lang)
    certificate = summary["certificate"]
    lines.append(
        say(
            "cli.plan.proof" if certificate["ok"] else "cli.plan.no_proof",
            lang,
            balance=f"{certificate['balance']:.0e}",
            gap=f"{certificate['dual_gap']:.0e}",
        )
    )
    seconds = sum(float(value) for value in summary["timing"].values())
    lines.append(say("cli.plan.time", lang, seconds=figures(seconds)))
    return lines


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
    return lines or [say("cli.plan.no_saving", lang)]


def cost_of_a_tonne(plan: Plan, which: str) -> float | None:
    """The plan's ``average`` or ``marginal`` cost per tonne of CO2 saved; None where undefined."""
    costs = plan.cost_per_tonne
    value = costs.get(which) if isinstance(costs, Mapping) else getattr(costs, which, None)
    return None if value is None or not math.isfinite(value) else float(value)
