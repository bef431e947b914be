"""``circularpark explain heat PARK``: targets, what is reached of them, why, and exchangers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Group
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from circularpark.cli.numbers import figures
from circularpark.cli.outcome import write_page
from circularpark.show.heat_charts import Unit, unit_for
from circularpark.show.heat_page import draw_heat, shown_matches, summary_lines
from circularpark.show.heat_words import HeatWords, pinch_text, span
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.heat_report import HeatReport
    from circularpark.solve.plan import Plan

MOST_MATCHES = 20
MOST_CASCADES = 20
MOST_IN_A_PLAN = 8
# What a plan's folder calls the page with the curves.
CURVES = "heat.html"
# Heat on the wrong side below this share of the target is not worth a line.
SPEAKS = 0.005


def heat_answer(plan: Plan, report: HeatReport, lang: Language) -> dict[str, Any]:
    """The report as one JSON object, each reason with its sentence."""
    answer = report.as_dict()
    for told, reason in zip(answer["reasons"], report.reasons, strict=True):
        told["text"] = reason.text(lang)
    return {"park": plan.park.id, "case": plan.park.case, **answer}


def heat_panel(plan: Plan, report: HeatReport, lang: Language) -> Group:
    """All that the command prints."""
    words = HeatWords(plan, lang)
    lines = summary_lines(report, lang)
    parts: list[Any] = [
        Padding(Text(lines[0], style="bold"), (1, 0, 0, 1)),
        Padding(Text("\n".join(f"• {line}" for line in lines[1:])), (0, 0, 1, 1)),
        _targets(report, words),
    ]
    if len(report.carriers):
        parts.append(_carriers(report, words))
    rules = rule_lines(report, words)
    parts.append(Padding(Text("\n".join(rules)), (0, 0, 1, 1)))
    parts.append(matches_table(report, words, MOST_MATCHES))
    return Group(*parts)


def _table(title: str) -> Table:
    return Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", caption_justify="left")


def _targets(report: HeatReport, words: HeatWords) -> Table:
    lang = words.lang
    rows = report.shown
    unit = unit_for(float(rows["wanted"].max()))
    table = _table(say("heat.head.targets", lang))
    table.add_column(say("heat.head.site", lang), overflow="fold", min_width=14)
    columns = ("offered", "wanted", "recoverable", "heating", "cooling", "now", "plan")
    for column in columns:
        table.add_column(say(f"heat.head.{column}", lang, unit=unit.name), justify="right")
    table.add_column(say("heat.head.pinch", lang), justify="right")
    sites = rows.iloc[:-1].sort_values("wanted", ascending=False, kind="stable")
    shown = [*sites.head(MOST_CASCADES).to_dict("records"), rows.iloc[-1].to_dict()]
    for row in shown:
        table.add_row(
            escape(words.site(str(row["site"]), str(row["heat_zone"]))),
            *(_figure(row[column], unit) for column in columns),
            pinch_text(row["pinch"]),
            style="bold" if not row["site"] else "",
        )
    notes = [say("heat.sides", lang)]
    if len(sites) > MOST_CASCADES:
        notes.append(say("heat.more_sites", lang, count=len(sites) - MOST_CASCADES))
    table.caption = "\n".join(notes)
    return table


def _figure(megawatts: float, unit: Unit) -> str:
    return "–" if megawatts != megawatts else figures(float(megawatts) * unit.size)


def _carriers(report: HeatReport, words: HeatWords) -> Table:
    """What each carrier could do at best, and what the plan lets it do."""
    lang = words.lang
    rows = report.carriers
    columns = ("could_raise", "could_use", "plan_raised", "plan_used")
    unit = unit_for(float(rows[list(columns)].to_numpy().max(initial=0.0)))
    table = _table(say("heat.head.carriers", lang))
    table.add_column(say("heat.head.carrier", lang), overflow="fold")
    table.add_column(say("heat.head.level", lang), justify="right")
    for column in columns:
        table.add_column(say(f"heat.head.{column}", lang, unit=unit.name), justify="right")
    for row in rows.to_dict("records"):
        table.add_row(
            escape(words.carrier(str(row["carrier"]))),
            figures(float(row["level"])),
            *(_figure(row[column], unit) for column in columns),
        )
    return table


def rule_lines(report: HeatReport, words: HeatWords) -> list[str]:
    """What stands on the wrong side of the pinch, a sentence each; or that nothing does."""
    lang = words.lang
    least = SPEAKS * max(report.target, 1e-9)
    rows = report.placement
    wrong = rows[(rows["wrong"] > least) | (rows["wrong_park"] > least)]
    raised = rows[rows["part"] == "carrier"].groupby(["site", "heat_zone"])
    sent = raised[["takes_above", "takes_below"]].sum().sum(axis=1).to_dict()
    lines = []
    for row in wrong.sort_values("wrong", ascending=False, kind="stable").to_dict("records"):
        own, park = float(row["wrong"]) > least, float(row["wrong_park"]) > least
        heat = float(row["wrong"]) if own else float(row["wrong_park"])
        unit = unit_for(heat)
        kind = _kind(row)
        judged = "both" if own and park else "own" if own else "park"
        if kind == "pump":
            judged = "pump_above" if row["takes_above"] >= row["gives_below"] else "pump_below"
        # What a cascade sends away as a carrier is not cooled away, whatever its own pinch says.
        leaves = sent.get((row["site"], row["heat_zone"]), 0.0) >= float(row["gives_below"]) > 0
        if row["part"] == "carrier" or leaves:
            judged = "traded"
        lines.append(
            say(
                f"heat.rule.{kind}",
                lang,
                item=words.item(str(row["item"]), str(row["part"])),
                site=words.site(str(row["site"]), str(row["heat_zone"])),
                heat=unit.text(heat),
            )
            + say(f"heat.judged.{judged}", lang)
            + (say("heat.judged.built", lang) if float(row["built"]) > 0 else "")
        )
    return lines or [say("heat.rule.none", lang)]


def _kind(row: dict[Any, Any]) -> str:
    """Which rule a row is about."""
    gives = float(row["gives_above"]) + float(row["gives_below"])
    takes = float(row["takes_above"]) + float(row["takes_below"])
    if gives > 0 and takes > 0:
        return "pump" if row["lifts"] else "engine"
    return "heats" if gives >= takes else "cools"


def matches_table(report: HeatReport, words: HeatWords, most: int, *, short: bool = False) -> Table:
    """The largest exchangers; ``short`` tells only what they join, how much and how hot."""
    lang = words.lang
    rows = shown_matches(report.matches)
    table = _table(say("heat.head.matches", lang))
    unit = unit_for(float(rows["mean"].max()) if len(rows) else 0.0)
    for column in ("site", "source", "sink"):
        table.add_column(say(f"heat.head.{column}", lang), overflow="fold")
    figures_of = _SHORT if short else tuple(_FIGURES)
    for column in figures_of:
        table.add_column(say(f"heat.head.{column}", lang, unit=unit.name), justify="right")
    for row in rows.head(most).to_dict("records"):
        table.add_row(
            escape(words.site(str(row["site"]), str(row["heat_zone"]))),
            escape(words.item(str(row["source"]), str(row["source_part"]))),
            escape(words.item(str(row["sink"]), str(row["sink_part"]))),
            *(_FIGURES[column](row, unit) for column in figures_of),
        )
    if len(rows) > most:
        key = "heat.more_in_explain" if short else "heat.more_matches"
        table.caption = say(key, lang, count=len(rows) - most)
    return table


_FIGURES: Final[Mapping[str, Callable[[dict[Any, Any], Unit], str]]] = {
    "mean": lambda row, unit: _figure(row["mean"], unit),
    "largest": lambda row, unit: _figure(row["largest"], unit),
    "energy": lambda row, _: figures(float(row["energy"])),
    "hot": lambda row, _: span(row["hot_in"], row["hot_out"]),
    "cold": lambda row, _: span(row["cold_in"], row["cold_out"]),
    "approach": lambda row, _: figures(float(row["approach"])),
}
_SHORT: Final = ("mean", "hot", "cold")


def heat_parts(plan: Plan, report: HeatReport | None, lang: Language) -> list[Any]:
    """What ``solve`` says of the park's heat below a plan's tables; nothing where it has none."""
    if report is None:
        return []
    words = HeatWords(plan, lang)
    line = Padding(Text(summary_lines(report, lang)[0]), (0, 0, 1, 1))
    return [matches_table(report, words, MOST_IN_A_PLAN, short=True), line]


def write_curves(plan: Plan, report: HeatReport, file: Path, lang: Language) -> None:
    """Write the page with the curves."""
    write_page(file, draw_heat(plan, report, lang))
