"""``circularpark export PARK``: as a workbook, folder, questionnaires, or its linear program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from circularpark.cli.options import CaseName, Lang, ParkName
from circularpark.cli.outcome import WRONG_USAGE, complain, outcome, progress
from circularpark.words import say, user_language

Excel = Annotated[bool, typer.Option("--excel", help="cli.help.excel")]
AsFolder = Annotated[bool, typer.Option("--folder", help="cli.help.as_folder")]
Company = Annotated[
    str | None, typer.Option("--questionnaire", metavar="COMPANY", help="cli.help.questionnaire")
]
Model = Annotated[Path | None, typer.Option("--model", metavar="FILE", help="cli.help.model")]
Out = Annotated[Path | None, typer.Option("--out", help="cli.help.out_either")]


def export(
    park: ParkName,
    excel: Excel = False,
    folder: AsFolder = False,
    questionnaire: Company = None,
    model: Model = None,
    case: CaseName = None,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Write the park in one of its other forms; a workbook unless something else is asked."""
    spoken = user_language(lang)
    if excel + folder + (questionnaire is not None) + (model is not None) > 1:
        complain(say("cli.export.one_form", spoken))
        raise typer.Exit(WRONG_USAGE)
    with outcome(spoken):
        from circularpark import read_park
        from circularpark.park import write_park
        from circularpark.park.workbook.questionnaire import file_name, write_questionnaires

        with progress("cli.progress.read", spoken):
            found = read_park(park, case=case)
        name = file_name(found.id)
        if model is not None:
            from circularpark import build
            from circularpark.solve.pyomo_build import write_model

            with progress("cli.progress.solve", spoken):
                file = write_model(build(found), model)
            print(say("cli.export.model", spoken, file=file))
        elif folder:
            target = out if out is not None else Path(f"{name}-park")
            print(say("cli.export.folder", spoken, folder=write_park(found, target)))
        elif questionnaire is not None:
            for file in write_questionnaires(found, questionnaire, out):
                print(say("cli.export.questionnaire", spoken, file=file))
        else:
            from circularpark.park.workbook.write import write_workbook

            target = out if out is not None else Path(f"{name}.xlsx")
            print(say("cli.export.workbook", spoken, file=write_workbook(found, target)))
