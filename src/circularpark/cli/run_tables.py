"""Stored runs on the terminal: the list, one run, several beside each other, any table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from circularpark.cli.compare_tables import both_amounts
from circularpark.cli.numbers import amount, figures, percent, unit_name
from circularpark.cli.study_tables import study_table
from circularpark.words import Language, say

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.studies.journal import Run
    from circularpark.studies.store import RunStore
    from circularpark.studies.stored import StoredComparison, StoredPlan

# What a manager asks for first; the other measures are shown when they are not zero.
_FIRST: Final = ("co2", "cost", "capex")
_MOST: Final = 12
# A change smaller than this share is what the later stages of an objective leave.
_SAME: Final = 1e-5


def runs_table(runs: Sequence[Run], lang: Language) -> Table:
    """The runs, a line each."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("run", "saved", "command", "park", "case", "outcome"):
        table.add_column(say(f"store.{name}", lang), no_wrap=name in {"run", "saved"})
    for name in ("co2", "took"):
        table.add_column(say(f"store.{name}", lang), justify="right", no_wrap=True)
    table.add_column(say("store.tags", lang))
    for run in runs:
        co2 = list(run.headline.get("co2", {}).values())
        table.add_row(
            run.number,
            run.local_time,
            _command(run),
            escape(run.park),
            escape(run.case or "–"),
            say(f"store.status.{run.status}", lang),
            amount(co2[-1], "t", lang) if co2 else "–",
            say("store.seconds", lang, seconds=figures(run.seconds)),
            escape(", ".join(run.tags)),
        )
    return table


def _command(run: Run) -> str:
    """The command with the options that are not its usual ones."""
    said = [str(v) for k, v in run.options.items() if k in {"mode", "minimise"} and v]
    return " ".join([run.kind, *(v for v in said if v != "exact")])


def print_run(store: RunStore, run: Run, answer: Mapping[str, Any], lang: Language) -> None:
    """One run: what was asked, what came out, and whether its files are whole."""
    lines = [say("store.one", lang, run=run.number, saved=run.local_time)]
    case = run.case or say("studies.compare.base", lang)
    lines.append(say("store.one_park", lang, park=run.park, case=case, command=_command(run)))
    solver = run.solver
    lines.append(
        say("store.one_solver", lang, solver=solver.get("name", "–"), model=run.model, key=run.key)
    )
    if run.tags:
        lines.append(say("store.one_tags", lang, tags=say("errors.comma", lang).join(run.tags)))
    for line in lines:
        print(line)
    if run.status == "infeasible":
        told = answer["diagnosis"][lang]
        print(f"{told['heading']}\n{told['text']}")
    elif run.kind == "solve":
        _print_plan(store, run, answer, lang)
    else:
        for name in run.tables:
            _console().print(Text(say(f"store.table.{name}", lang), style="bold"))
            _console().print(any_table(study_table(store.table(run, name).head(_MOST), lang)))
    damaged = store.check(run)
    if damaged:
        names = say("errors.comma", lang).join(damaged)
        print(say("store.damaged.message", lang, run=run.number, name=names))
        print(f"  {say('store.damaged.fix', lang, run=run.number, name=names)}")
    else:
        print(say("store.whole", lang, count=len(run.files), size=f"{run.size / 1e3:,.0f}"))


def _print_plan(store: RunStore, run: Run, answer: Mapping[str, Any], lang: Language) -> None:
    labels = answer["labels"]
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(say("cli.plan.a_year", lang), no_wrap=True)
    years = list(next(iter(run.headline.values()), {}))
    for year in years:
        table.add_column(year, justify="right", no_wrap=True)
    for measure in _shown([run.headline]):
        words = labels["measures"].get(measure, {})
        cells = [
            amount(run.headline[measure].get(y), words.get("unit", ""), lang, labels["currency"])
            for y in years
        ]
        table.add_row(escape(words.get(lang) or measure), *cells)
    _console().print(table)
    if "builds" not in run.tables:
        return
    builds = store.table(run, "builds")
    builds = builds[builds["capex"] > 0].sort_values("capex", ascending=False)
    if not len(builds):
        return
    built = Table(box=box.SIMPLE_HEAD, title=say("studies.compare.builds", lang))
    built.title_justify = "left"
    for key, right in (("studies.compare.thing", False), ("store.size", True), ("store.co", True)):
        built.add_column(say(key, lang), justify="right" if right else "left")
    for row in builds.head(_MOST).to_dict("records"):
        built.add_row(
            escape(str(row[f"name_{lang}"])),
            f"{figures(row['capacity'])} {unit_name(str(row['unit']), lang)}",
            amount(row["capex"], labels["currency"], lang, labels["currency"]),
        )
    if len(builds) > _MOST:
        built.caption = say("store.more_builds", lang, count=len(builds) - _MOST)
        built.caption_justify = "left"
    _console().print(built)


def _shown(headlines: Sequence[Mapping[str, Mapping[str, float]]]) -> list[str]:
    """The first measures, and others that some run has."""
    names = dict.fromkeys(name for one in headlines for name in one)
    some = [n for n in names if any(v for one in headlines for v in one.get(n, {}).values())]
    return [*(n for n in _FIRST if n in names), *(n for n in some if n not in _FIRST)]


def print_runs(found: StoredComparison, lang: Language) -> None:
    """Several stored runs beside the first."""
    console = _console(46 + 30 * len(found.plans))
    console.print(_beside(found, lang))
    for other in found.others:
        parts = _other(found, other, lang)
        console.print(Padding(Text(_called(other, lang), style="bold"), (1, 0, 0, 0)))
        for part in parts:
            console.print(part)


def _called(plan: StoredPlan, lang: Language) -> str:
    return f"{plan.run.number} {plan.run.case or say('studies.compare.base', lang)}"


def _beside(found: StoredComparison, lang: Language) -> Table:
    labels, base = found.base.labels, found.base.run.headline
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(say("cli.plan.a_year", lang), no_wrap=True)
    for plan in found.plans:
        table.add_column(escape(_called(plan, lang)), justify="right", no_wrap=True)
    table.add_row(say("store.saved", lang), *(p.run.local_time for p in found.plans))
    for measure in _shown([plan.run.headline for plan in found.plans]):
        words = _words(found, measure)
        years = dict.fromkeys(y for p in found.plans for y in p.run.headline.get(measure, {}))
        for year in list(years)[-1:]:
            cells = []
            for plan in found.plans:
                value = plan.run.headline.get(measure, {}).get(year)
                before = base.get(measure, {}).get(year)
                shown = amount(value, words.get("unit", ""), lang, labels["currency"])
                if plan is not found.base and value is not None and before:
                    share = (value - before) / abs(before)
                    shown += f"  {percent(share)}" if abs(share) > _SAME else "  ="
                cells.append(shown)
            table.add_row(escape(words.get(lang) or measure), *cells)
    return table


def _words(found: StoredComparison, measure: str) -> dict[str, str]:
    """A measure's unit and names, of whichever run has them."""
    known = (plan.labels["measures"].get(measure) for plan in found.plans)
    return dict(next((words for words in known if words), {}))


def _other(found: StoredComparison, other: StoredPlan, lang: Language) -> list[Any]:
    """What another run builds and sends otherwise, and the prices that moved."""
    parts: list[Any] = []
    currency = found.base.labels["currency"]
    builds = found.builds(other)
    changed = builds[builds["status"] != "same"]
    if len(changed):
        table = _changes("studies.compare.builds", lang)
        table.add_column(say("studies.compare.capex", lang), justify="right")
        for row in changed.head(_MOST).to_dict("records"):
            unit = unit_name(str(row["unit"]), lang)
            table.add_row(
                escape(str(row[f"name_{lang}"])),
                say(f"studies.change.{row['status']}", lang),
                f"{figures(row['base'])} {unit}",
                f"{figures(row['case'])} {unit}",
                amount(row["capex_case"] - row["capex_base"], currency, lang, currency),
            )
        parts.append(_captioned(table, len(changed), lang))
    else:
        parts.append(Padding(Text(say("studies.compare.no_builds", lang)), (0, 0, 0, 2)))
    flows = found.flows(other)
    moved = flows[flows["status"] != "same"]
    if len(moved):
        table = _changes("studies.compare.flows", lang)
        for row in moved.head(_MOST).to_dict("records"):
            ends = f"{row[f'from_{lang}']} → {row[f'to_{lang}']}"
            table.add_row(
                escape(f"{row[f'commodity_{lang}']}{say('cli.colon', lang)}{ends}"),
                say(f"studies.change.{row['status']}", lang),
                *both_amounts(row["base"], row["case"], str(row["unit"]), lang),
            )
        parts.append(_captioned(table, len(moved), lang))
    return parts


def _changes(title: str, lang: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=say(title, lang), title_justify="left")
    table.add_column(say("studies.compare.thing", lang), overflow="fold")
    table.add_column(say("studies.compare.becomes", lang))
    for key in ("store.first", "store.this"):
        table.add_column(say(key, lang), justify="right", no_wrap=True)
    return table


def _captioned(table: Table, count: int, lang: Language) -> Table:
    if count > _MOST:
        table.caption = say("studies.compare.more_rows", lang, count=count - _MOST)
        table.caption_justify = "left"
    return table


def any_table(frame: pd.DataFrame) -> Table:
    """Any table as it is: numbers right, texts left."""
    table = Table(box=box.SIMPLE_HEAD)
    numeric = [frame[c].dtype.kind in "iufb" for c in frame.columns]
    for name, right in zip(frame.columns, numeric, strict=True):
        side: Any = "right" if right else "left"
        table.add_column(escape(str(name)), justify=side, overflow="fold", no_wrap=right)
    for row in frame.itertuples(index=False):
        table.add_row(*(_shown_cell(cell) for cell in row))
    return table


def _shown_cell(cell: Any) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if not isinstance(cell, float):
        return escape(str(cell))
    # Whole tonnes and money are read in full; small numbers by their first digits.
    return f"{cell:,.0f}" if abs(cell) >= 1e5 else f"{cell:,.6g}"


def _console(width: int = 110) -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=max(110, width))
