"""``circularpark evaluate PARK``: projects of the plan, or of a list, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from circularpark.cli.options import AsJson, CaseName, Lang, ParkName, Solver
from circularpark.cli.outcome import (
    NOT_CERTIFIED,
    complain,
    finding_line,
    outcome,
    progress,
    show_json,
)
from circularpark.words import say, user_language

if TYPE_CHECKING:
    from circularpark.studies.evaluated import Evaluation

ProjectFile = Annotated[
    Path | None, typer.Option("--projects", metavar="FILE", help="cli.help.projects")
]
TermFile = Annotated[Path | None, typer.Option("--terms", metavar="FILE", help="cli.help.terms")]
Support = Annotated[bool, typer.Option("--support", help="cli.help.support")]
Runs = Annotated[int | None, typer.Option("--runs", min=0, help="cli.help.most_runs")]
Workbook = Annotated[
    Path | None, typer.Option("--excel", metavar="FILE", help="cli.help.project_book")
]


def evaluate(
    park: ParkName,
    projects: ProjectFile = None,
    terms: TermFile = None,
    support: Support = False,
    runs: Runs = None,
    excel: Workbook = None,
    case: CaseName = None,
    solver: Solver = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Tell what each project saves, costs and is worth, alone, last and on average."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark.studies.project_list import read_terms
        from circularpark.studies.study import Study

        own = read_terms(terms) if terms is not None else None
        with progress("cli.progress.read", spoken, quiet=as_json):
            study = Study(park, solver=solver)
        with progress("studies.progress", spoken, quiet=as_json):
            found = study.evaluate(projects, case=case, terms=own, support=support, runs=runs)
        for finding in found.warnings:
            complain(finding_line(finding, spoken))
        if excel is not None:
            from circularpark.show.project_book import write_projects

            written = write_projects(found, excel, spoken)
            complain(say("evaluate.written", spoken, file=written))
        if as_json:
            show_json(_answer(found))
        else:
            from circularpark.cli.evaluate_tables import print_evaluation

            print_evaluation(found, spoken)
        if not (found.certified and found.proven):
            raise typer.Exit(NOT_CERTIFIED)


def _answer(found: Evaluation) -> dict[str, Any]:
    from circularpark.solve.plan import versions

    good = found.certified and found.proven
    status = "optimal" if good else "not_certified"
    return {"status": status, **found.as_dict(), "versions": versions()}
