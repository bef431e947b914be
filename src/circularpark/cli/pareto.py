"""``circularpark pareto PARK``: the curve between two measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from circularpark.cli.keeping import StoreFolder, UseStore, open_store, speak_of_troubles
from circularpark.cli.options import AsJson, CaseName, Lang, OutFile, ParkName, Solver
from circularpark.cli.outcome import NOT_CERTIFIED, outcome, progress, show_json, write_page
from circularpark.words import Language, say, user_language

if TYPE_CHECKING:
    from circularpark.studies.pareto import Pareto

Measures = Annotated[str, typer.Option("--measures", help="cli.help.measures")]
Points = Annotated[int, typer.Option("--points", help="cli.help.points")]
Exact = Annotated[bool, typer.Option("--exact", help="cli.help.exact")]


def pareto(
    park: ParkName,
    measures: Measures = "cost,co2",
    points: Points = 20,
    exact: Exact = False,
    case: CaseName = None,
    solver: Solver = None,
    store: UseStore = True,
    store_folder: StoreFolder = None,
    out: OutFile = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Show what less of one measure costs in the other, from end to end."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark.studies.pareto import pareto as curve
        from circularpark.studies.study import Study

        named = [name.strip() for name in measures.replace("，", ",").split(",") if name.strip()]
        with progress("cli.progress.read", spoken, quiet=as_json):
            study = Study(park, solver=solver, store=open_store(store, store_folder))
        with progress("studies.progress", spoken, quiet=as_json):
            found = curve(study, named, points=points, case=case, exact=exact)
        speak_of_troubles(found.kept, spoken)
        if out is not None:
            from circularpark.show.study_pages import draw_pareto

            write_page(out, draw_pareto(found, spoken))
        if as_json:
            show_json(_answer(found, spoken))
        else:
            _print(found, spoken)
            if out is not None:
                print(say("studies.written", spoken, file=out))
        if not found.certified:
            raise typer.Exit(NOT_CERTIFIED)


def _answer(found: Pareto, lang: Language) -> dict[str, Any]:
    from circularpark.solve.plan import versions

    status = "optimal" if found.certified else "not_certified"
    told = {"status": status, "park": found.park.id, "case": found.park.case}
    told |= found.as_dict() | {"stored": found.kept.as_dict(lang)}
    return told | {"versions": versions()}


def _print(found: Pareto, lang: Language) -> None:
    from rich import box
    from rich.table import Table

    from circularpark.cli.numbers import amount, number_in_full, unit_words
    from circularpark.cli.tables import printed

    park, currency = found.park, found.park.settings.currency
    names = dict(zip(park.tables.measures["id"], park.tables.measures[f"name_{lang}"], strict=True))
    first, second = (names.get(m) or m for m in found.measures)
    title = say(
        "studies.pareto.title",
        lang,
        park=park.name.get(lang) or park.id,
        first=first,
        second=second,
    )
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    unit = "/".join(unit_words(u, lang) for u in found.units)
    price = say("studies.pareto.price", lang, unit=unit)
    for name in (say("studies.pareto.point", lang), second, first, price):
        table.add_column(name, justify="right", no_wrap=True)
    others = [m for m in ("capex",) if m not in found.measures]
    for name in others:
        table.add_column(names.get(name) or name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    units = dict(zip(park.tables.measures["id"], park.tables.measures["unit"], strict=True))
    for row in found.frame.to_dict("records"):
        table.add_row(
            str(row["point"]),
            *(number_in_full(row[m], u, lang) for m, u in _turned(found)),
            amount(row["price"], "", lang).strip(),
            *(amount(row[m], str(units[m]), lang, currency) for m in others),
            say("studies.pareto.knee", lang) if row["knee"] else "",
        )
    print(printed(table))
    for line in _lines(found, second, lang):
        print(line)


def _turned(found: Pareto) -> list[tuple[str, str]]:
    """The second measure first, as the curve runs along it."""
    return list(zip(found.measures, found.units, strict=True))[::-1]


def _lines(found: Pareto, second: str, lang: Language) -> list[str]:
    lines = []
    if len(found.points) == 1:
        lines.append(say("studies.pareto.flat", lang))
    elif found.knee is None:
        lines.append(say("studies.pareto.straight", lang))
    else:
        from circularpark.solve.naming import inside

        within = inside(second) if lang == "en" else second
        lines.append(say("studies.pareto.knee_line", lang, point=found.knee + 1, second=within))
    lines.append(say("studies.proven" if found.certified else "studies.not_proven", lang))
    kept = found.kept.line(lang)
    return lines if kept is None else [*lines, kept]
