"""``circularpark new FOLDER``: a small complete park to change into one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from circularpark.cli.options import Lang
from circularpark.cli.outcome import outcome
from circularpark.words import say, user_language

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.help.folder")]


def new(folder: Folder, lang: Lang = None) -> None:
    """Write a small park that solves, in a folder that is empty or does not exist yet."""
    spoken = user_language(lang)
    with outcome(spoken):
        from circularpark.park.new import new_park

        new_park(folder)
        print(say("cli.new.written", spoken, folder=folder))
