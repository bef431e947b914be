"""``circularpark explain``: an item's seven hops from file to map, or the model's equations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from circularpark.cli.options import CaseName, Lang, OutFile
from circularpark.cli.outcome import WRONG_USAGE, complain, outcome, progress
from circularpark.words import Language, say, user_language

Item = Annotated[str | None, typer.Argument(metavar="ITEM", help="cli.help.item")]
InPark = Annotated[str | None, typer.Argument(metavar="PARK", help="cli.help.explain_park")]
ParkOption = Annotated[str | None, typer.Option("--park", help="cli.help.explain_park")]
Equations = Annotated[bool, typer.Option("--equations", help="cli.help.equations")]


def explain(
    item: Item = None,
    in_park: InPark = None,
    park: ParkOption = None,
    case: CaseName = None,
    equations: Equations = False,
    out: OutFile = None,
    lang: Lang = None,
) -> None:
    """Say where an item's number comes from, and for a link not chosen, why not."""
    spoken = user_language(lang)
    if equations:
        from circularpark.program.equations import equations_markdown

        _write(equations_markdown(spoken), out)
        return
    where = park or in_park or ("." if Path("park.toml").is_file() else None)
    if item is None or where is None:
        complain(say("cli.explain.what" if item is None else "cli.explain.where", spoken))
        raise typer.Exit(WRONG_USAGE)
    with outcome(spoken):
        _write(_hops(item, where, case, spoken), out)


def _hops(item: str, where: str, case: str | None, lang: Language) -> str:
    from circularpark import read_park
    from circularpark.solve.explain import explain_item
    from circularpark.solve.run import solve

    with progress("cli.progress.read", lang):
        found = read_park(where, case=case)
    with progress("cli.progress.solve", lang):
        plan = solve(found)
    parts = []
    for title, lines in explain_item(plan, item, lang):
        parts.append(say(title, lang))
        parts += [f"   {line}" for line in lines]
    return "\n".join(parts)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        print(text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
