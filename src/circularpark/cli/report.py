"""``circularpark report PARK``: the plan as a page, on paper, and as a workbook."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from circularpark.cli.fonts import EmbedFont, printable
from circularpark.cli.keeping import StoreFolder, UseStore, open_store, solved
from circularpark.cli.options import CaseName, Lang, Mode, OutFolder, PlanName, Solver
from circularpark.cli.outcome import (
    NOT_CERTIFIED,
    WRONG_USAGE,
    complain,
    outcome,
    progress,
    write_page,
)
from circularpark.cli.solved_before import what_is_asked
from circularpark.words import say, user_language

Projects = Annotated[bool, typer.Option("--projects/--no-projects", help="cli.help.worth")]
Company = Annotated[str | None, typer.Option("--company", help="cli.help.company")]


def file_name(words: str) -> str:
    """A firm's name as part of a file's: letters, figures, spaces and hyphens."""
    return re.sub(r"[^\w ()-]+", "-", words).strip("- ")[:60]


def report(
    park: PlanName,
    case: CaseName = None,
    solver: Solver = None,
    mode: Mode = "exact",
    company: Company = None,
    projects: Projects = True,
    embed_font: EmbedFont = False,
    out: OutFolder = None,
    store: UseStore = True,
    store_folder: StoreFolder = None,
    lang: Lang = None,
) -> None:
    """Solve the park and write its report: HTML, PDF, and the results as a workbook."""
    spoken = user_language(lang)
    with outcome(spoken):
        from circularpark import read_park
        from circularpark.show.browser import PrintError
        from circularpark.show.report.page import Report
        from circularpark.show.report.pdf import print_pdf
        from circularpark.show.results.book import write_results
        from circularpark.solve.profile import read_profile
        from circularpark.studies.evaluate import evaluate_plan

        opened = open_store(store, store_folder)
        wanted = what_is_asked(park, case, solver, mode, opened)
        profile = read_profile(wanted.solver)
        with progress("cli.progress.read", spoken):
            found = read_park(wanted.park, case=wanted.case)
        wanted.check(found)
        known = set(found.tables.sites["company"])
        if company is not None and (not company or company not in known):
            listed = say("chart.join", spoken).join(sorted(known))
            complain(say("report.unknown_company", spoken, company=company, known=listed))
            raise typer.Exit(WRONG_USAGE)
        with progress("cli.progress.solve", spoken):
            asked = solved(
                found, profile, opened, spoken, minimise=wanted.minimise, mode=wanted.mode
            )
        plan = asked.unwrapped()
        worth = None
        if projects and not company and wanted.mode == "exact":
            with progress("studies.progress", spoken):
                worth = evaluate_plan(plan, runs=0)
        folder = out if out is not None else Path(f"{found.id}-report")
        name = f"report-{file_name(company)}" if company else "report"
        with progress("cli.progress.draw", spoken):
            drawn = Report(
                plan, spoken, company=company or "", evaluation=worth, embed_font=embed_font
            )
            write_page(folder / f"{name}.html", drawn.screen())
        print(say("report.written", spoken, file=folder / f"{name}.html"))
        try:
            with progress("cli.progress.draw", spoken):
                print_pdf(printable(drawn.paper(), spoken), folder / f"{name}.pdf")
            print(say("report.written_pdf", spoken, file=folder / f"{name}.pdf"))
        except PrintError as problem:
            complain(problem.text(spoken))
        if not company:
            write_results(plan, folder / "results.xlsx", spoken)
            print(say("report.written_book", spoken, file=folder / "results.xlsx"))
        if not plan.certificate.ok:
            complain(say("cli.plan.refused", spoken))
            raise typer.Exit(NOT_CERTIFIED)
