"""``circularpark new FOLDER``: a small park to change into one's own, or one of questionnaires."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from circularpark.cli.options import Lang
from circularpark.cli.outcome import WRONG_USAGE, complain, outcome, progress, speak_of_findings
from circularpark.words import Language, say, user_language

Places = Annotated[list[Path], typer.Argument(metavar="FOLDER", help="cli.help.folder")]
Merge = Annotated[bool, typer.Option("--merge", help="cli.help.merge")]
Base = Annotated[str | None, typer.Option("--from", metavar="PARK", help="cli.help.base")]

WORKBOOK = ".xlsx"


def new(places: Places, merge: Merge = False, base: Base = None, lang: Lang = None) -> None:
    """Write a park in a folder that is empty or does not exist yet."""
    spoken = user_language(lang)
    folders = [place for place in places if place.suffix.lower() != WORKBOOK]
    workbooks = [place for place in places if place.suffix.lower() == WORKBOOK]
    if len(folders) > 1 or bool(workbooks) != merge or (base is not None and not merge):
        complain(say("cli.new.usage", spoken))
        raise typer.Exit(WRONG_USAGE)
    with outcome(spoken):
        if merge:
            _merge(folders, workbooks, base, spoken)
            return
        from circularpark.park.new import new_park

        new_park(folders[0])
        print(say("cli.new.written", spoken, folder=folders[0]))


def _merge(
    folders: Sequence[Path], workbooks: Sequence[Path], base: str | None, lang: Language
) -> None:
    """Write the park that the filled questionnaires make, into a folder named after it if none."""
    from circularpark.park import write_park
    from circularpark.park.new import free_folder
    from circularpark.park.workbook.merge import merge_questionnaires
    from circularpark.park.workbook.questionnaire import file_name
    from circularpark.physics.formulas import FORMULAS

    with progress("cli.progress.read", lang):
        park = merge_questionnaires(workbooks, base, formulas=FORMULAS)
    folder = free_folder(folders[0] if folders else Path(file_name(park.id)))
    write_park(park, folder)
    speak_of_findings(park, str(folder), lang)
    print(say("cli.new.merged", lang, folder=folder, count=len(workbooks)))
