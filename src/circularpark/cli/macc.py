"""``circularpark macc PARK``: what abatement costs, by re-solving and by project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from circularpark.cli.keeping import StoreFolder, UseStore, open_store, speak_of_troubles
from circularpark.cli.options import AsJson, CaseName, Lang, OutFile, ParkName, Solver
from circularpark.cli.outcome import NOT_CERTIFIED, outcome, progress, show_json, write_page
from circularpark.words import Language, say, user_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from circularpark.park.model import Park
    from circularpark.studies.macc import Macc

Steps = Annotated[int, typer.Option("--steps", help="cli.help.steps")]
_MOST_BUILDS = 2


def macc(
    park: ParkName,
    steps: Steps = 10,
    case: CaseName = None,
    solver: Solver = None,
    store: UseStore = True,
    store_folder: StoreFolder = None,
    out: OutFile = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Show the least cost of each step of CO2, and what each project saves and costs."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark.studies.macc import macc as curves
        from circularpark.studies.study import Study

        with progress("cli.progress.read", spoken, quiet=as_json):
            study = Study(park, solver=solver, store=open_store(store, store_folder))
        with progress("studies.progress", spoken, quiet=as_json):
            found = curves(study, steps=steps, case=case)
        speak_of_troubles(found.kept, spoken)
        if out is not None:
            from circularpark.show.study_pages import draw_macc

            write_page(out, draw_macc(found, spoken))
        if as_json:
            show_json(_answer(found, spoken))
        else:
            _print(found, spoken)
            if out is not None:
                print(say("studies.written", spoken, file=out))
        if not found.certified:
            raise typer.Exit(NOT_CERTIFIED)


def _answer(found: Macc, lang: Language) -> dict[str, Any]:
    from circularpark.solve.plan import versions

    park = found.plan.park
    status = "optimal" if found.certified else "not_certified"
    told = {
        "status": status,
        "park": park.id,
        "case": park.case,
        "currency": park.settings.currency,
    }
    told |= found.as_dict() | {"stored": found.kept.as_dict(lang)}
    return told | {"explanation": why_lines(found, lang), "versions": versions()}


def _print(found: Macc, lang: Language) -> None:
    from circularpark.cli.tables import printed

    park = found.plan.park
    print(say("studies.macc.title", lang, park=park.name.get(lang) or park.id))
    start = found.as_dict()["start"]
    told = {"co2": _tonnes(start["co2"], lang), "cost": _money(start["cost"], found, lang)}
    print(say("studies.macc.start", lang, **told))
    print(printed(_steps(found, lang)) if found.steps else say("studies.macc.no_steps", lang))
    has = len(found.projects) > 0
    print(printed(_projects(found, lang)) if has else say("studies.macc.none", lang))
    if has:
        print(say("studies.macc.why", lang))
        for line in why_lines(found, lang):
            print(f"  {line}")
    print(say("studies.macc.proven" if found.certified else "studies.not_proven", lang))
    kept = found.kept.line(lang)
    if kept is not None:
        print(kept)


def _tonnes(value: float | None, lang: Language) -> str:
    from circularpark.cli.numbers import amount

    return amount(value, "t", lang)


def _money(value: float | None, found: Macc, lang: Language) -> str:
    from circularpark.cli.numbers import amount

    currency = found.plan.park.settings.currency
    return amount(value, currency, lang, currency)


def _table(title: str, columns: list[tuple[str, bool]], lang: Language) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=say(title, lang), title_justify="left")
    for name, right in columns:
        table.add_column(
            say(f"studies.macc.{name}", lang),
            justify="right" if right else "left",
            no_wrap=right,
            overflow="fold",
        )
    return table


def _steps(found: Macc, lang: Language) -> Table:
    columns = [(n, True) for n in ("step", "co2", "saved", "more", "average", "price")]
    table = _table("studies.macc.steps", [*columns, ("builds", False)], lang)
    for place, step in enumerate(found.steps):
        table.add_row(
            str(place + 1),
            _tonnes(step.co2, lang),
            _tonnes(step.saved, lang),
            _money(step.more, found, lang),
            _money(step.average, found, lang),
            _money(step.price, found, lang),
            _mainly(found, place, lang),
        )
    return table


def _mainly(found: Macc, place: int, lang: Language) -> str:
    """The largest changes of what is built at a step."""
    from rich.markup import escape

    from circularpark.cli.numbers import figures, unit_name

    builds = found.becomes(place)
    builds = builds.assign(moved=(builds["after"] - builds["before"]).abs())
    largest = builds.sort_values("moved", ascending=False, kind="stable").head(_MOST_BUILDS)
    return "; ".join(
        escape(f"{b[f'name_{lang}']} {figures(b['before'])} → {figures(b['after'])} ")
        + unit_name(str(b["unit"]), lang)
        for b in largest.to_dict("records")
    )


def _projects(found: Macc, lang: Language) -> Table:
    from rich.markup import escape

    columns = [("project", False), *((n, True) for n in _OF_A_PROJECT)]
    table = _table("studies.macc.projects", columns, lang)
    for row in found.projects.to_dict("records"):
        name = str(row[f"name_{lang}"])
        count = len(row["items"]) - 1
        if count:
            name = say("studies.macc.parts", lang, name=name, count=count + (lang == "zh"))
        cells = []
        for way in ("last", "alone"):
            saved, more = row[f"{way}_co2"], row[f"{way}_cost"]
            pays = saved == saved and saved > 1e-6 * max(abs(saved), 1.0)
            cells += [
                _tonnes(saved, lang),
                _money(more / saved if pays else None, found, lang),
            ]
        table.add_row(escape(name), *cells)
    return table


_OF_A_PROJECT = ("last", "last_price", "alone", "alone_price")


def why_lines(found: Macc, lang: Language) -> list[str]:
    """Why the curve by project is not the curve by re-solving, with its amounts."""
    overlap = found.overlap
    lines = [say("studies.macc.why_methods", lang)]
    if overlap.together is None or overlap.alone is None:
        lines.append(say("studies.macc.why_no_alone", lang))
    else:
        together, more = overlap.together, overlap.alone - overlap.together
        lines.append(say("studies.macc.why_together", lang, together=_tonnes(together, lang)))
        if abs(more) <= 1e-3 * abs(together):
            lines.append(say("studies.macc.why_equal", lang))
        else:
            told = {"alone": _tonnes(overlap.alone, lang), "more": _tonnes(abs(more), lang)}
            key = "studies.macc.why_more" if more > 0 else "studies.macc.why_less"
            lines.append(say(key, lang, **told))
    lines.append(say("studies.macc.why_last", lang, last=_tonnes(overlap.last, lang)))
    if found.eased:
        limits = say("errors.comma", lang).join(limit_names(found.plan.park, found.eased, lang))
        lines.append(say("studies.macc.eased", lang, limits=limits))
    return lines


def limit_names(park: Park, limits: Sequence[str], lang: Language) -> list[str]:
    """Limits by their labels, else their ids."""
    table = park.tables.limits
    labels = dict(zip(table["id"], table[f"label_{lang}"], strict=True))
    return [str(labels.get(name) or name) for name in limits]
