"""``circularpark solve PARK``: the plan that saves most, proven."""

from __future__ import annotations

import time

import typer

from circularpark.cli.keeping import StoreFolder, UseStore, open_store, solved
from circularpark.cli.options import (
    AsJson,
    CaseName,
    Lang,
    Measure,
    Mode,
    OutFolder,
    ParkName,
    Solver,
)
from circularpark.cli.outcome import (
    NOT_CERTIFIED,
    complain,
    outcome,
    progress,
    show_json,
    speak_of_findings,
)
from circularpark.cli.solved_before import Asked
from circularpark.words import say, user_language


def solve(
    park: ParkName,
    case: CaseName = None,
    minimise: Measure = None,
    solver: Solver = None,
    mode: Mode = "exact",
    out: OutFolder = None,
    store: UseStore = True,
    store_folder: StoreFolder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Solve the park and show the plan beside today and today's equipment run best."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark import read_park
        from circularpark.solve.profile import read_profile

        # A misspelt profile is said before any long work.
        profile = read_profile(solver)
        begun = time.perf_counter()
        with progress("cli.progress.read", spoken, quiet=as_json):
            found = read_park(park, case=case)
        reading = time.perf_counter() - begun
        if not as_json:
            speak_of_findings(found, park, spoken)
        with progress("cli.progress.solve", spoken, quiet=as_json):
            opened = open_store(store, store_folder)
            asked = solved(found, profile, opened, spoken, minimise=minimise, mode=mode)
        kept, plan = asked.kept, asked.unwrapped()
        report = plan.heat_report()
        if out is not None:
            asked_for = Asked(park, case, minimise, mode, solver)
            plan.write(out, {"asked": asked_for.as_dict(found, out)})
            if report is not None:
                from circularpark.cli.explain_heat import CURVES, write_curves

                write_curves(plan, report, out / CURVES, spoken)
        if as_json:
            summary = dict(plan.summary())
            if report is not None:
                summary["heat"] = report.brief()
            summary["timing"] = {"read": reading, **summary["timing"]}
            summary["stored"] = kept.as_dict(spoken)
            summary["findings"] = [f.as_dict(spoken) for f in found.findings]
            show_json(summary)
        else:
            from circularpark.cli.tables import print_plan

            print_plan(plan, found, spoken, report)
            line = kept.line(spoken)
            if line is not None:
                print(f" {line}")
            if out is not None:
                print(say("cli.plan.written", spoken, folder=out))
                if report is not None:
                    print(say("heat.written", spoken, file=out / CURVES))
        if not plan.summary()["certificate"]["ok"]:
            complain(say("cli.plan.refused", spoken))
            raise typer.Exit(NOT_CERTIFIED)
