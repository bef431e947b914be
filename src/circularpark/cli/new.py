"""``circularpark new FOLDER``: a small complete park to change into one's own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from circularpark.cli.options import Lang
from circularpark.cli.outcome import WRONG_USAGE, complain
from circularpark.words import say, user_language

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="cli.help.folder")]


def new(folder: Folder, lang: Lang = None) -> None:
    """Write a small park that solves, in a folder that is empty or does not exist yet."""
    spoken = user_language(lang)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        complain(say("cli.new.taken", spoken, folder=folder))
        raise typer.Exit(WRONG_USAGE)
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(template_files()):
        (folder / file).write_text(template_text(file), encoding="utf-8")
    print(say("cli.new.written", spoken, folder=folder))


def template_files() -> tuple[str, ...]:
    """The names of the template park's files."""
    return tuple(file.name for file in resources.files(__package__).joinpath("template").iterdir())


def template_text(file: str) -> str:
    """What stands in one file of the template park."""
    return resources.files(__package__).joinpath("template", file).read_text(encoding="utf-8")
