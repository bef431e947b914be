"""``circularpark near PARK``: what good plans have in common, and where they differ."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from circularpark.cli.options import AsJson, CaseName, Lang, Measure, ParkName, Solver
from circularpark.cli.outcome import NOT_CERTIFIED, outcome, progress, show_json
from circularpark.words import Language, say, user_language

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from circularpark.studies.near import Near

Within = Annotated[float, typer.Option("--within", help="cli.help.within")]
Items = Annotated[list[str] | None, typer.Option("--item", help="cli.help.near_items")]

_MOST_ROWS: Final = 20
# Ranges narrower than this share are one number.
_SAME: Final = 1e-6


def near(
    park: ParkName,
    within: Within = 1.0,
    minimise: Measure = None,
    item: Items = None,
    case: CaseName = None,
    solver: Solver = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Show what every nearly optimal plan has, what it may have, and what none has."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark.studies.near import near as ranges
        from circularpark.studies.study import Study

        with progress("cli.progress.read", spoken, quiet=as_json):
            study = Study(park, solver=solver)
        with progress("near.progress", spoken, quiet=as_json):
            found = ranges(study, within, minimise=minimise, items=item or ["*"], case=case)
        if as_json:
            show_json(_answer(found))
        else:
            _print(found, spoken)
        if not found.certified:
            raise typer.Exit(NOT_CERTIFIED)


def _answer(found: Near) -> dict[str, Any]:
    from circularpark.solve.plan import versions

    park = found.plan.park
    status = "optimal" if found.certified else "not_certified"
    told = {"status": status, "park": park.id, "case": park.case}
    return told | found.as_dict() | {"versions": versions()}


def _print(found: Near, lang: Language) -> None:
    from circularpark.cli.tables import printed

    park = found.plan.park
    name = park.name.get(lang) or park.id
    key = "near.title" if found.within else "near.title_equal"
    print(say(key, lang, park=name, within=f"{found.within:g}"))
    print(_room(found, lang))
    for title, frame in (("investments", found.investments), ("links", found.links)):
        if len(frame):
            print(printed(_things(title, frame, found, lang)))
            for line in _counts(title, frame, lang):
                print(line)
    if len(found.investments):
        print(say("near.idle", lang))
    print(printed(_measures(found, lang)))
    told = {"solves": found.solves, "spared": found.spared}
    print(say("near.proven" if found.certified else "near.not_proven", lang, **told))


def _room(found: Near, lang: Language) -> str:
    from circularpark.cli.numbers import amount

    if not found.within:
        return say("near.room_equal", lang)
    plan, currency = found.plan, found.plan.park.settings.currency
    measures = plan.park.tables.measures
    names = dict(zip(measures["id"], measures[f"name_{lang}"], strict=True))
    objective = plan.objective
    told = names.get(str(objective["measure"])) or str(objective["measure"])
    if plan.under_ceiling:
        ceiling = amount(plan.park.settings.cost_ceiling, currency, lang, currency)
        told = say("near.ceiling", lang, ceiling=ceiling)
    room = amount(found.room, str(objective["unit"]), lang, currency)
    return say("near.room", lang, objective=told, room=room)


def _table(title: str, lang: Language, *, status: bool = True) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=say(f"near.{title}", lang), title_justify="left")
    if status:
        table.add_column(say("near.status", lang), no_wrap=True)
    table.add_column(say("near.thing", lang), overflow="fold")
    for name in ("plan", "least", "most"):
        table.add_column(say(f"near.{name}", lang), justify="right", no_wrap=True)
    return table


def _things(title: str, frame: pd.DataFrame, found: Near, lang: Language) -> Table:
    """Must-haves first, then what may be, the widest use first; what never is, is counted."""
    from rich.markup import escape

    from circularpark.solve.naming import item_names

    table = _table(title, lang)
    names = item_names(found.plan.problem.data)
    key = "item" if "item" in frame else "link"
    for row in _shown(frame).to_dict("records"):
        name = names.get(str(row[key]), {}).get(lang, str(row[key]))
        table.add_row(
            say(f"near.{row['status']}", lang),
            escape(name),
            *(_cell(row[end], str(row["unit"]), lang) for end in ("plan", "least", "most")),
        )
    return table


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """All that must be, then what the plan has and others need not, then what others may have."""
    rank = frame["status"].map({"must": 0, "optional": 1})
    order = frame.assign(_rank=rank, _idle=frame["plan"] <= _SAME * frame["most"])
    order = order[order["_rank"].notna()].sort_values(["_rank", "_idle"], kind="stable")
    must = int((order["_rank"] == 0).sum())
    return order.head(max(must, _MOST_ROWS))


def _counts(title: str, frame: pd.DataFrame, lang: Language) -> list[str]:
    counts = {s: int((frame["status"] == s).sum()) for s in ("must", "optional", "never")}
    lines = []
    left = counts["must"] + counts["optional"] - len(_shown(frame))
    if left > 0:
        lines.append(say("near.more", lang, count=left))
    lines.append(say("near.counts", lang, kind=say(f"near.{title}", lang), **counts))
    return lines


def _cell(value: float, unit: str, lang: Language, currency: str = "") -> str:
    from circularpark.cli.numbers import amount

    return say("near.endless", lang) if math.isinf(value) else amount(value, unit, lang, currency)


def _measures(found: Near, lang: Language) -> Table:
    from rich.markup import escape

    from circularpark.cli.numbers import number_in_full

    park = found.plan.park
    measures = park.tables.measures
    names = dict(zip(measures["id"], measures[f"name_{lang}"], strict=True))
    table = _table("measures", lang, status=False)
    for row in found.measures.to_dict("records"):
        if not any(abs(row[end]) > 0 for end in ("plan", "least", "most")):
            continue
        ends = (row["plan"], row["least"], row["most"])
        table.add_row(
            escape(names.get(row["measure"]) or row["measure"]),
            *(
                say("near.endless", lang)
                if math.isinf(v)
                else number_in_full(v, str(row["unit"]), lang)
                for v in ends
            ),
        )
    return table
