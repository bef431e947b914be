"""A small complete park to change into one's own."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from circularpark.errors import Finding, ParkDataError


def new_park(folder: str | Path) -> Path:
    """Write the template park into ``folder``, which is empty or does not exist yet.

    Raises
    ------
    ParkDataError : something stands there already; nothing is written then.
    """
    target = free_folder(folder)
    for file in template_files():
        (target / file.name).write_bytes(file.read_bytes())
    return target


def free_folder(folder: str | Path) -> Path:
    """The folder, made if need be.

    Raises
    ------
    ParkDataError : something stands there already.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        taken = Finding("checks.folder_taken", value=str(target))
        raise ParkDataError([taken], target.name)
    target.mkdir(parents=True, exist_ok=True)
    return target


def template_files() -> tuple[Traversable, ...]:
    """The files of the template park, in the order of their names."""
    folder = resources.files(__package__).joinpath("template")
    return tuple(sorted((f for f in folder.iterdir() if f.is_file()), key=lambda f: f.name))
