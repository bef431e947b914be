"""The report's accounts: carbon, limits, what is assumed, and the proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from circularpark.account.limits_told import limits_told
from circularpark.show.assumed import assumed_items, is_assumed
from circularpark.show.carbon import before_and_after
from circularpark.show.figures import amount
from circularpark.show.numbers import tonnes
from circularpark.show.plan_charts import price_picture
from circularpark.show.project_words import company_names
from circularpark.show.report.parts import Section, heads
from circularpark.show.report.prices import relaxed, scarce
from circularpark.show.scene import Theme
from circularpark.show.source_words import confidence_words, source_words
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

MOST_SOURCES: Final = 8


def carbon(plan: Plan, lang: Language) -> Section:
    """CO2 by scope and by company, before and after."""
    section = Section("carbon", lang)
    figures = ("before", "after", "change")
    columns = heads(lang, "scope", *figures, right=figures)
    section.table("", columns, carbon_rows(plan, "scope", lang))
    section.say(say("report.text.scope", lang), "hint")
    columns = heads(lang, "company", *figures, right=figures)
    rows = carbon_rows(plan, "company", lang)
    half = (len(rows) + 1) // 2
    section.columns("", columns, [rows[:half], rows[half:]])
    return section


def carbon_rows(plan: Plan, key: Literal["scope", "company"], lang: Language) -> list[list[str]]:
    """CO2 of the last year by scope or company, the largest company first."""
    rows = before_and_after(plan, key)
    if key == "company":
        rows = rows.sort_values("after", ascending=False, kind="stable")
    named = company_names(plan.park, lang) if key == "company" else {}
    return [
        [
            _called(str(row[key]), key, named, lang),
            *(tonnes(float(row[state]), lang) for state in ("before", "after")),
            tonnes(float(row["after"]) - float(row["before"]), lang),
        ]
        for row in rows.to_dict("records")
    ]


def _called(name: str, key: str, named: Mapping[str, str], lang: Language) -> str:
    """A company by its name; a scope by its number and what it is."""
    if key == "company":
        return named.get(name, name)
    return say(f"report.scope.{name}", lang) if name in ("1", "2", "3") else name


def limits(plan: Plan, lang: Language, theme: Theme) -> Section:
    """Which limits bind, in words, and what more of something would be worth."""
    section = Section("limits", lang)
    told = limits_told(plan.account, plan.best.account if plan.best is not None else None)
    section.points([*limit_lines(plan, told, lang), *relaxed(plan, lang)])
    picture = price_picture(plan, lang, theme)
    if picture is not None:
        section.say(say("report.text.prices", lang))
        section.points(scarce(plan, lang))
        section.picture(picture, "full")
    return section


def limit_lines(plan: Plan, told: pd.DataFrame, lang: Language) -> Iterator[str]:
    """One sentence a limit: used to the full, or how much room it leaves."""
    rows = plan.park.tables.limits.set_index("id")
    measures = plan.park.tables.measures.set_index("id")["unit"]
    currency = plan.park.settings.currency
    for limit in told.sort_values("binds", ascending=False, kind="stable").to_dict("records"):
        row = rows.loc[limit["limit"]]
        label = str(row[f"label_{lang}"]) or str(row["label_zh"]) or str(limit["limit"])
        ratio = bool(str(row["per_measure"]) or str(row["per_table"]))
        unit = "" if ratio else str(measures.get(str(row["measure"]), ""))
        left, right = (
            amount(float(limit[side]), unit, lang, currency) for side in ("left", "right")
        )
        key = "binds" if limit["binds"] else "at_least" if limit["sense"] == ">=" else "loose"
        yield say(f"report.text.{key}", lang, label=label, left=left.strip(), right=right.strip())


def assumed_share(plan: Plan) -> float:
    """Which share of the rows that say how far they can be trusted are assumptions."""
    counts = confidence_counts(plan)
    total = int(counts.sum())
    return float(counts[counts.index.str.startswith("assum")].sum()) / total if total else 0.0


def confidence_counts(plan: Plan) -> pd.Series:
    """How many rows of the park's tables have which confidence; profiles are not counted."""
    pieces = [
        frame["confidence"].fillna("").astype(str)
        for name, frame in plan.park.raw.items()
        if "confidence" in frame and name != "profiles"
    ]
    return pd.concat(pieces).value_counts() if pieces else pd.Series(dtype=int)


def assumed(plan: Plan, lang: Language) -> Section:
    """How many rows can be trusted how far, and which investments rest on assumptions."""
    section = Section("assumed", lang)
    section.say(say("report.text.assumed", lang))
    lines = [say("report.text.rounded", lang)]
    count, share = assumed_builds(plan)
    if share > 0:
        told = {"count": count, "share": f"{100 * share:.0f} %"}
        lines.insert(0, say("report.text.assumed_builds", lang, **told))
    section.points(lines)
    rows = [
        [confidence_words(str(name), lang), str(count)]
        for name, count in confidence_counts(plan).items()
    ]
    section.table("", heads(lang, "confidence", "rows", right=("rows",)), rows)
    return section


def assumed_builds(plan: Plan) -> tuple[int, float]:
    """How many investments rest on assumed figures, and which share of all that is invested."""
    built = plan.builds[plan.builds["capex"] > 0]
    known = assumed_items(plan.park)
    marked = built[[is_assumed(str(item), known) for item in built["item"]]]
    whole = float(built["capex"].sum())
    return len(marked), float(marked["capex"].sum()) / whole if whole > 0 else 0.0


def method(plan: Plan, lang: Language) -> Section:
    """The certificate's figures, how the plan was found, and where the data come from."""
    section = Section("method", lang)
    section.say(say("report.text.proof", lang))
    certificate = plan.certificate.as_dict()
    rows = [
        [say(f"report.check.{name}", lang), f"{float(str(certificate[name])):.0e}"]
        for name in ("primal", "balance", "dual_gap", "account")
        if certificate.get(name) is not None
    ]
    section.table("", heads(lang, "check", "value", right=("value",)), rows)
    section.say(say("report.text.method", lang, solver=plan.profile.id))
    versions = plan.summary()["versions"]
    shown = say("chart.join", lang).join(f"{name} {value}" for name, value in versions.items())
    section.say(say("report.text.versions", lang, versions=shown), "hint")
    counts = source_counts(plan)
    shown_sources = [
        [source_words(str(name), lang), str(n)] for name, n in counts.head(MOST_SOURCES).items()
    ]
    half = (len(shown_sources) + 1) // 2
    columns = heads(lang, "source", "rows", right=("rows",))
    section.columns("", columns, [shown_sources[:half], shown_sources[half:]])
    if len(counts) > MOST_SOURCES:
        section.say(say("report.more_sources", lang, count=len(counts) - MOST_SOURCES), "hint")
    return section


def source_counts(plan: Plan) -> pd.Series:
    """The sources that rows name, the most frequent first."""
    pieces = [
        frame["source"].fillna("").astype(str)
        for name, frame in plan.park.raw.items()
        if "source" in frame and name != "profiles"
    ]
    every = pd.concat(pieces) if pieces else pd.Series(dtype=str)
    return every[every != ""].value_counts()
