"""A comparison on the terminal: measures side by side, then each case with what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from circularpark.cli.change_words import ChangeWords
from circularpark.cli.compare import what_stands_against
from circularpark.cli.numbers import amount, figures, number_in_full, percent, unit_name, unit_words
from circularpark.cli.tables import shown_measures, shown_years
from circularpark.solve.naming import Names, text_names
from circularpark.studies.prices import price_unit
from circularpark.words import Language, say

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.model import Park
    from circularpark.studies.compare import Comparison
    from circularpark.studies.difference import Difference
    from circularpark.studies.keeper import Kept
    from circularpark.studies.study import Answer

# A change smaller than this share is what the later stages of an objective leave.
_SAME = 1e-5
_COLUMNS = (
    "studies.compare.thing",
    "studies.compare.becomes",
    "studies.compare.base",
    "studies.compare.in_case",
)
_MOST_CHANGES = 12
_MOST_ROWS = 12


def print_comparison(found: Comparison, park: Park, lang: Language) -> None:
    """Print a comparison to standard output, wide enough for its columns."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=max(110, 46 + 30 * len(found.answers)))
    console.print(comparison_parts(found, park, lang))


def comparison_parts(found: Comparison, park: Park, lang: Language) -> Group:
    """All that the command ``compare`` prints."""
    title = say(
        "studies.compare.title", lang, park=park.name.get(lang) or park.id, count=len(found.cases)
    )
    parts: list[Any] = [
        Panel(Text(title, style="bold"), box=box.HEAVY, expand=False),
        _measures(found, park, lang),
    ]
    for case in found.cases:
        parts += _case(found, case, park, lang)
    stored = [answer.kept for answer in found.answers if answer.kept.run is not None]
    if stored:
        parts.append(Padding(Text(_stored(stored, lang)), (1, 0, 0, 0)))
    return Group(*parts)


def _stored(kept: list[Kept], lang: Language) -> str:
    """How many answers the run store gave."""
    count, known = len(kept), sum(one.answered for one in kept)
    if not known:
        return say("store.none_answered", lang, count=count)
    if known == count:
        return say("store.all_answered", lang, count=count)
    return say("store.some_answered", lang, count=count, stored=known)


def _name(answer: Answer, lang: Language) -> str:
    return answer.name or say("studies.compare.base", lang)


def _measures(found: Comparison, park: Park, lang: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(say("cli.plan.a_year", lang), no_wrap=True)
    for answer in found.answers:
        table.add_column(escape(_name(answer, lang)), justify="right", no_wrap=True)
    statuses = [say(f"studies.status.{a.status}", lang) for a in found.answers]
    table.add_row(say("studies.compare.status_row", lang), *statuses)
    runs = [answer.kept.run for answer in found.answers]
    if any(runs):
        table.add_row(say("store.run", lang), *(run.number if run else "–" for run in runs))
    frame = found.measures
    if not len(frame):
        return table
    values = frame.set_index(["case", "measure", "year"])["value"]
    whole = {
        m: {str(i): float(v) for i, v in enumerate(part)}
        for m, part in frame.groupby("measure", sort=False)["value"]
    }
    named = park.tables.measures.set_index("id")[[f"name_{lang}", "unit"]]
    years = [int(y) for y in shown_years([str(y) for y in park.settings.years])]
    for measure in shown_measures({"measures": whole}):
        name, unit = named.loc[measure] if measure in named.index else (measure, "")
        for year in years:
            label = f"{name or measure}" + (f" {year}" if len(years) > 1 else "")
            base = values.get(("", measure, year))
            cells = []
            for answer in found.answers:
                value = values.get((answer.name or "", measure, year))
                shown = amount(value, str(unit), lang, park.settings.currency)
                if answer.name and value is not None and base:
                    share = (value - base) / abs(base)
                    shown += f"  {percent(share)}" if abs(share) > _SAME else "  ="
                cells.append(shown)
            table.add_row(escape(label), *cells)
    return table


def _parks(case: Answer, park: Park) -> list[Park]:
    """The base park and the case's, which may have more things than the base."""
    return [park] if case.plan is None else [park, case.plan.park]


def _names(case: Answer, park: Park, table: str) -> Names:
    """Names of a table's rows in the base park and in the case's."""
    found: Names = {}
    for one in reversed(_parks(case, park)):
        found |= text_names(getattr(one.tables, table))
    return found


def _case(found: Comparison, case: Answer, park: Park, lang: Language) -> list[Any]:
    title = say("studies.compare.case", lang, case=case.name)
    if case.bases:
        title += say("studies.compare.stands_on", lang, bases=" → ".join(case.bases))
    parts: list[Any] = [Padding(Text(title, style="bold"), (1, 0, 0, 0))]
    if case.changes is not None:
        told_changes = change_lines(case.changes, _parks(case, park), lang)
        parts.append(Padding(Text("\n".join(told_changes)), (0, 0, 0, 2)))
    if case.plan is None:
        told = what_stands_against(case, lang).get("message", "")
        parts.append(Padding(Text(str(told)), (0, 0, 0, 2)))
        return parts
    if case.changes == ():
        return parts
    parts += [_builds(found.builds(case), park, lang), _flows(found.flows(case), case, park, lang)]
    parts.append(Padding(Text("\n".join(_why(found, case, park, lang))), (0, 0, 0, 2)))
    return [part for part in parts if part is not None]


def change_lines(
    changes: tuple[Difference, ...], parks: Sequence[Park], lang: Language
) -> list[str]:
    """What a case changes, a line a cell or row; ``parks`` give the names."""
    if not changes:
        return [say("studies.compare.nothing", lang)]
    lines = [say("studies.compare.changes", lang, count=len(changes))]
    words = ChangeWords(parks, lang)
    lines += [f"  {words.line(change)}" for change in changes[:_MOST_CHANGES]]
    if len(changes) > _MOST_CHANGES:
        lines.append(
            "  " + say("studies.compare.more_changes", lang, count=len(changes) - _MOST_CHANGES)
        )
    return lines


def _table(title: str, columns: list[tuple[str, bool]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name, right in columns:
        table.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    return table


def _builds(builds: pd.DataFrame, park: Park, lang: Language) -> Any:
    changed = builds[builds["status"] != "same"]
    if not len(changed):
        return Padding(Text(say("studies.compare.no_builds", lang)), (0, 0, 0, 2))
    names = [(say(key, lang), place > 1) for place, key in enumerate(_COLUMNS)]
    names.append((say("studies.compare.capex", lang), True))
    table = _table(say("studies.compare.builds", lang), names)
    currency = park.settings.currency
    for row in changed.head(_MOST_ROWS).to_dict("records"):
        unit = unit_name(str(row["unit"]), lang)
        table.add_row(
            escape(str(row[f"name_{lang}"])),
            say(f"studies.change.{row['status']}", lang),
            f"{figures(row['base'])} {unit}",
            f"{figures(row['case'])} {unit}",
            amount(row["capex_case"] - row["capex_base"], currency, lang, currency),
        )
    _rest(table, len(changed), len(builds) - len(changed), lang)
    return table


def both_amounts(before: float, after: float, unit: str, lang: Language) -> tuple[str, str]:
    """Two amounts that differ, in as many figures as it takes to see it."""
    short = amount(before, unit, lang), amount(after, unit, lang)
    if short[0] != short[1]:
        return short
    return number_in_full(before, unit, lang), number_in_full(after, unit, lang)


def _rest(table: Table, changed: int, same: int, lang: Language) -> None:
    lines = []
    if changed > _MOST_ROWS:
        lines.append(say("studies.compare.more_rows", lang, count=changed - _MOST_ROWS))
    if same:
        lines.append(say("studies.compare.same_builds", lang, count=same))
    if lines:
        table.caption, table.caption_justify = "\n".join(lines), "left"


def _flows(flows: pd.DataFrame, case: Answer, park: Park, lang: Language) -> Table | None:
    changed = flows[flows["status"] != "same"]
    if not len(changed):
        return None
    names = [(say(key, lang), place > 1) for place, key in enumerate(_COLUMNS)]
    table = _table(say("studies.compare.flows", lang), names)
    sites, goods = (_names(case, park, table) for table in ("sites", "commodities"))
    for row in changed.head(_MOST_ROWS).to_dict("records"):
        ends = [sites[row[end]][lang] if row[end] in sites else row[end] for end in ("from", "to")]
        good = goods[row["commodity"]][lang] if row["commodity"] in goods else row["commodity"]
        unit = str(row["unit"])
        table.add_row(
            escape(f"{good}{say('cli.colon', lang)}{ends[0]} → {ends[1]}"),
            say(f"studies.change.{row['status']}", lang),
            *both_amounts(row["base"], row["case"], unit, lang),
        )
    _rest(table, len(changed), len(flows) - len(changed), lang)
    return table


def _why(found: Comparison, case: Answer, park: Park, lang: Language) -> list[str]:
    frame = found.why(case)
    if not len(frame) or case.plan is None:
        return [say("studies.compare.no_why", lang)]
    unit = unit_words(price_unit(case.plan), lang)
    lines = [say("studies.compare.why", lang)]
    sites, goods = (_names(case, park, table) for table in ("sites", "commodities"))
    labels = case.plan.park.tables.limits.drop_duplicates("id").set_index("id")
    for row in frame.to_dict("records"):
        told = {
            "before": figures(row["from"]) if row["from"] == row["from"] else "–",
            "after": figures(row["to"]) if row["to"] == row["to"] else "–",
            "per": unit_words(str(row["per"]), lang),
            "unit": unit,
        }
        if row["kind"] == "limit":
            label = labels[f"label_{lang}"].get(row["item"], "") or row["item"]
            text = say("studies.compare.why_limit", lang, limit=label, **told)
        else:
            site, good = row["site"], row["commodity"]
            names = {
                "site": sites[site][lang] if site in sites else site,
                "commodity": goods[good][lang] if good in goods else good,
            }
            text = say("studies.compare.why_balance", lang, **names, **told)
        lines.append(f"  {text}")
    return lines
