"""The run store on the command line: its options, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from circularpark.cli.outcome import complain
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan
    from circularpark.solve.profile import SolverProfile
    from circularpark.studies.keeper import Kept, Outcome
    from circularpark.studies.store import RunStore

UseStore = Annotated[bool, typer.Option("--store/--no-store", help="cli.help.store")]
StoreFolder = Annotated[
    Path | None, typer.Option("--store-folder", metavar="FOLDER", help="cli.help.store_folder")
]


def open_store(wanted: bool, folder: Path | None) -> RunStore | None:
    """The store to use; None where none is wanted, or the environment switches it off."""
    from circularpark.studies.place import store_folder

    if not wanted or store_folder(folder) is None:
        return None
    from circularpark.studies.store import RunStore

    return RunStore(folder)


def solved(
    park: Park,
    profile: SolverProfile,
    store: RunStore | None,
    lang: Language,
    *,
    minimise: str | None = None,
    mode: str = "exact",
) -> Outcome[Plan]:
    """The plan of a park as ``solve`` gives it, from the store where nothing has changed.

    What is wrong with the store is said here.
    """
    from circularpark.solve.run import solve
    from circularpark.studies.keeper import Keeper
    from circularpark.studies.kept_tables import plan_telling
    from circularpark.studies.question import question

    found = Keeper(store).ask(
        lambda: question(park, profile, minimise=minimise, mode=mode),
        lambda: solve(park, solver=profile, minimise=minimise, mode=mode),
        plan_telling,
    )
    speak_of_troubles(found.kept, lang)
    return found


def speak_of_troubles(kept: Kept, lang: Language) -> None:
    """Say on standard error what is wrong with the store; the answer stands all the same."""
    for trouble in kept.troubles:
        complain(say("store.trouble", lang, text=trouble.text(lang)))
