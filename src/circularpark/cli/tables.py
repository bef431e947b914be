"""A plan on the terminal: what changes, what to build, what a tonne costs, whether it is proven."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from circularpark.cli.closing import closing_lines, number_of, of_year
from circularpark.cli.explain_heat import heat_parts
from circularpark.cli.numbers import amount, figures, percent, unit_name
from circularpark.show.assumed import assumed_items, is_assumed
from circularpark.show.blends import any_from_memory, told_blends
from circularpark.show.plan_scene import flow_table
from circularpark.solve.naming import per_hour
from circularpark.words import Language, say

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.model import Park
    from circularpark.solve.heat_report import HeatReport
    from circularpark.solve.plan import Plan

# The measures a manager asks for first; others are shown when they are not zero.
_FIRST = ("co2", "cost", "capex")
_MOST_BUILDS = 15
_MOST_YEARS = 5
_MOST_BLENDS = 12
_ASSUMED = "*"


def plan_panel(plan: Plan, park: Park, lang: Language, report: HeatReport | None = None) -> Group:
    """All that the command ``solve`` prints of a plan; ``report``: of its heat, where it has."""
    summary = plan.summary()
    name = park.name.get(lang) or park.id
    parts: list[Any] = [
        Panel(Text(_headline(summary, name, lang), style="bold"), box=box.HEAVY, expand=False),
        measures_table(summary, park, lang),
    ]
    # What costs nothing to build, such as a truck's way, is an exchange and no project.
    builds = plan.builds[plan.builds["capex"] > 0]
    if len(builds):
        parts.append(builds_table(builds, park, lang))
    else:
        parts.append(Padding(Text(say("cli.plan.no_builds", lang)), (1, 0, 1, 1)))
    flows = flow_table(plan, plan.flows, park.settings.years[-1])
    flows = flows[flows["new"]] if len(flows) else flows
    if len(flows):
        parts.append(exchanges_table(flows, park, lang))
    if len(plan.blends):
        parts.append(blend_table(plan.blends, lang))
    parts += heat_parts(plan, report, lang)
    parts.append(Padding(Text("\n".join(closing_lines(plan, park, summary, lang))), (1, 0, 0, 1)))
    return Group(*parts)


def print_plan(plan: Plan, park: Park, lang: Language, report: HeatReport | None = None) -> None:
    """Print a plan to standard output, as wide as the terminal and never narrower than it needs."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=110)
    console.print(plan_panel(plan, park, lang, report))


def printed(what: Any, width: int = 130) -> str:
    """Tables as plain text, no narrower than the terminal."""
    console = Console(highlight=False)
    wide = max(width, console.width) if console.is_terminal else width
    console = Console(highlight=False, width=wide, file=StringIO())
    console.print(what)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines())


def _headline(summary: Mapping[str, Any], name: str, lang: Language) -> str:
    proven = "design.certified" if summary.get("approximate") else "cli.plan.certified"
    if summary["status"] == "feasible":
        proven = "cli.plan.feasible"
    key = proven if summary["certificate"]["ok"] else "cli.plan.not_certified"
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
    # The contract's baseline is today's plant run best; without one, today has to do.
    reference = "baseline" if summary.get("baseline") else "today"
    table.add_column(say(f"cli.plan.against.{reference}", lang), justify="right", no_wrap=True)
    named = park.tables.measures.set_index("id")[[f"name_{lang}", "unit"]]
    for measure in shown_measures(summary):
        # A measure that only factors name has neither name nor unit of its own.
        name, unit = named.loc[measure] if measure in named.index else (measure, "")
        before = {
            source: of_year(summary.get(source), measure, years[-1])
            for source in ("today", "baseline")
        }
        if not summary.get("today_complete", True):
            # A sum over some of the meters would be read as today's whole.
            before["today"] = None
        plan = [number_of(summary["measures"][measure].get(year)) for year in years]
        table.add_row(
            escape(str(name) or measure),
            *(
                amount(value, str(unit), lang, park.settings.currency)
                for value in [*before.values(), *plan]
            ),
            _change(before[reference], plan[-1]) if measure != "capex" else "",
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


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None or not before:
        return "-"
    return percent((after - before) / abs(before))


def builds_table(builds: pd.DataFrame, park: Park, lang: Language) -> Table:
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
    builds = builds.sort_values("capex", ascending=False, kind="stable")
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


def exchanges_table(flows: pd.DataFrame, park: Park, lang: Language) -> Table:
    """What newly goes from company to company, a line a commodity; the map shows every way."""
    table = Table(box=box.SIMPLE_HEAD, title=say("cli.plan.exchanges", lang), title_justify="left")
    table.add_column(say("cli.plan.commodity", lang), overflow="fold")
    table.add_column(say("cli.plan.ways", lang), justify="right", no_wrap=True)
    table.add_column(say("cli.plan.quantity", lang), justify="right", no_wrap=True)
    table.add_column(say("cli.plan.largest", lang), overflow="fold")
    names = park.tables.sites.set_index("id")[f"name_{lang}"].to_dict()
    largest_first = flows.sort_values("amount", ascending=False, kind="stable")
    for good in park.tables.commodities["id"]:
        ways = largest_first[largest_first["commodity"] == good].to_dict("records")
        if not ways:
            continue
        first = ways[0]
        unit = unit_name(per_hour(str(first["unit"])), lang)
        largest = say(
            "cli.plan.way",
            lang,
            start=names.get(first["from"]) or first["from"],
            end=names.get(first["to"]) or first["to"],
            km=figures(float(first["km"])),
        )
        table.add_row(
            escape(str(first[f"name_{lang}"] or good)),
            str(len(ways)),
            f"{figures(sum(float(way['amount']) for way in ways))} {unit}",
            escape(largest),
        )
    return table


def blend_table(blends: pd.DataFrame, lang: Language) -> Table:
    """What arrives beside what is accepted of it, the nearest to their limits."""
    table = Table(box=box.SIMPLE_HEAD, title=say("show.blends.title", lang), title_justify="left")
    for word in ("sink", "property", "mixed", "accepted", "word"):
        right = word in ("mixed", "accepted")
        table.add_column(
            say(f"show.blends.{word}", lang),
            justify="right" if right else "left",
            overflow="fold",
            no_wrap=word == "mixed",
        )
    for told in told_blends(blends.head(_MOST_BLENDS), lang):
        style = "bold" if told.tight else None
        texts = (told.sink, told.property, told.mixed, told.accepted, told.short)
        table.add_row(*(escape(text) for text in texts), style=style)
    rest = len(blends) - _MOST_BLENDS
    notes = [say("cli.plan.more_blends", lang, count=rest)] if rest > 0 else []
    if any_from_memory(blends):
        notes.append(say("show.blends.note", lang))
    table.caption, table.caption_justify = "\n".join(notes) or None, "left"
    return table
