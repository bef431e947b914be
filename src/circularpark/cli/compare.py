"""``circularpark compare PARK A B ...``: cases beside the park as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from circularpark.cli.keeping import StoreFolder, UseStore, open_store, speak_of_troubles
from circularpark.cli.options import AsJson, Lang, ParkName, Solver
from circularpark.cli.outcome import (
    INFEASIBLE,
    INVALID,
    NOT_CERTIFIED,
    SOLVED,
    WRONG_USAGE,
    complain,
    infeasible,
    outcome,
    progress,
    show_json,
)
from circularpark.errors import NoFeasiblePlan, ParkDataError, SolverError
from circularpark.words import Language, say, user_language

if TYPE_CHECKING:
    from circularpark.studies.compare import Comparison
    from circularpark.studies.keeper import Kept
    from circularpark.studies.study import Answer

Cases = Annotated[list[str] | None, typer.Argument(metavar="A B ...", help="cli.help.cases")]

# What the command leaves with: a case without a plan is an answer, bad data is a problem.
_CODES: Final = {"not_certified": NOT_CERTIFIED, "failed": NOT_CERTIFIED, "invalid": INVALID}


def compare(
    park: ParkName,
    cases: Cases = None,
    solver: Solver = None,
    store: UseStore = True,
    store_folder: StoreFolder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Solve the park and its cases and lay them beside each other."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark.studies.compare import compare as compare_cases
        from circularpark.studies.study import Study

        with progress("cli.progress.read", spoken, quiet=as_json):
            study = Study(park, solver=solver, store=open_store(store, store_folder))
        if not cases:
            known = ", ".join(study.cases) or "-"
            complain(say("studies.compare.none", spoken, known=known))
            raise typer.Exit(WRONG_USAGE)
        with progress("studies.progress", spoken, quiet=as_json):
            found = compare_cases(study, list(dict.fromkeys(cases)))
        # What is wrong with the store is wrong for all of them: it is said once.
        speak_of_troubles(_troubled(found), spoken)
        if as_json:
            show_json(_answer(found, study.park().id, spoken))
        else:
            from circularpark.cli.compare_tables import print_comparison

            print_comparison(found, study.park(), spoken)
        code = exit_code(found)
        if code != SOLVED:
            raise typer.Exit(code)


def _troubled(found: Comparison) -> Kept:
    """Every kind of trouble that an answer met with the store, once."""
    troubles = [t for answer in found.answers for t in answer.kept.troubles]
    first = {trouble.text("en"): trouble for trouble in reversed(troubles)}
    return replace(found.base.kept, troubles=tuple(first.values())[::-1])


def exit_code(found: Comparison) -> int:
    """0 where the base or a case has a plan and all data are good; see the contract's codes.

    A case without a feasible plan is told in the table; only where nothing at all has one is
    the command's answer that there is none.
    """
    statuses = [a.status for a in found.answers]
    codes = [_CODES[s] for s in statuses if s in _CODES]
    if codes:
        return max(codes)
    return SOLVED if "optimal" in statuses else INFEASIBLE


def _answer(found: Comparison, park: str, lang: Language) -> dict[str, Any]:
    from circularpark.solve.plan import versions

    told = found.as_dict()
    for answer, entry in zip(found.answers, [told["base"], *told["cases"]], strict=True):
        entry |= what_stands_against(answer, lang)
        entry["stored"] = answer.kept.as_dict(lang)
    solved = any(a.status == "optimal" for a in found.answers)
    status = "optimal" if solved else found.base.status
    return {"status": status, "park": park, **told, "versions": versions()}


def what_stands_against(answer: Answer, lang: Language) -> dict[str, Any]:
    """Why an answer has no plan, as the contract's JSON has it."""
    error = answer.error
    if isinstance(error, NoFeasiblePlan):
        text, told = infeasible(error, lang)
        return {k: v for k, v in told.items() if k != "status"} | {"message": text}
    if isinstance(error, ParkDataError):
        problems = [f.as_dict(lang) for f in error.findings if f.severity == "problem"]
        return {"problems": problems, "message": error.text(lang)}
    return {"message": error.text(lang)} if isinstance(error, SolverError) else {}
