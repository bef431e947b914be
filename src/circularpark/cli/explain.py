"""``circularpark explain``: an item's seven hops, the park's heat, or the model's equations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from circularpark.cli.options import AsJson, CaseName, Lang, OutFile
from circularpark.cli.outcome import WRONG_USAGE, complain, outcome, progress, write_page
from circularpark.errors import ParkDataError
from circularpark.words import Language, say, user_language

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

# The items that are the park's heat cascade, and everything that the plan does not use.
HEAT: Final = "heat"
WHY: Final = "why"

Item = Annotated[str | None, typer.Argument(metavar="ITEM", help="cli.help.item")]
InPark = Annotated[str | None, typer.Argument(metavar="PARK", help="cli.help.explain_park")]
ParkOption = Annotated[str | None, typer.Option("--park", help="cli.help.explain_park")]
Curves = Annotated[Path | None, typer.Option("--curves", help="cli.help.curves")]
Equations = Annotated[bool, typer.Option("--equations", help="cli.help.equations")]


def explain(
    item: Item = None,
    in_park: InPark = None,
    park: ParkOption = None,
    case: CaseName = None,
    equations: Equations = False,
    curves: Curves = None,
    as_json: AsJson = False,
    out: OutFile = None,
    lang: Lang = None,
) -> None:
    """Say where an item's number comes from, and for a link not chosen, why not.

    The item ``heat`` is the park's heat cascade: targets, what is reached of them, and why.
    The item ``why`` is all that the plan does not use: what each would take.
    """
    spoken = user_language(lang)
    if equations:
        from circularpark.program.equations import equations_markdown

        _write(equations_markdown(spoken), out)
        return
    where = park or in_park or ("." if Path("park.toml").is_file() else None)
    if item is None or where is None:
        complain(say("cli.explain.what" if item is None else "cli.explain.where", spoken))
        raise typer.Exit(WRONG_USAGE)
    with outcome(spoken, as_json=as_json):
        if item == HEAT:
            _write(_heat(where, case, curves, spoken, as_json=as_json), out)
        elif item == WHY:
            _write(_why(where, case, spoken, as_json=as_json), out)
        else:
            _write(_hops(item, where, case, spoken, as_json=as_json), out)


def _solved(where: str, case: str | None, lang: Language, *, quiet: bool = False) -> Plan:
    from circularpark import read_park
    from circularpark.cli.keeping import open_store, solved
    from circularpark.solve.profile import read_profile

    with progress("cli.progress.read", lang, quiet=quiet):
        found = read_park(where, case=case)
    with progress("cli.progress.solve", lang, quiet=quiet):
        return solved(found, read_profile(), open_store(True, None), lang).unwrapped()


def _heat(
    where: str, case: str | None, curves: Path | None, lang: Language, *, as_json: bool
) -> str:
    from circularpark.cli.explain_heat import heat_answer, heat_panel, write_curves
    from circularpark.cli.tables import printed

    plan = _solved(where, case, lang, quiet=as_json)
    report = plan.heat_report()
    if report is not None and curves is not None:
        write_curves(plan, report, curves, lang)
    if as_json:
        answer = None if report is None else heat_answer(plan, report, lang)
        return json.dumps({"heat": answer}, ensure_ascii=False, indent=2, allow_nan=False)
    if report is None:
        return say("heat.none", lang, park=plan.park.name.get(lang) or plan.park.id)
    text = printed(heat_panel(plan, report, lang))
    return text + (f"\n{say('heat.written', lang, file=curves)}" if curves is not None else "")


def _why(where: str, case: str | None, lang: Language, *, as_json: bool) -> str:
    from circularpark.cli.explain_why import all_answer, all_lines

    plan = _solved(where, case, lang, quiet=as_json)
    with progress("why.progress", lang, quiet=as_json):
        if as_json:
            answer = all_answer(plan, lang)
            return json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False)
        return "\n".join(all_lines(plan, lang))


def _hops(item: str, where: str, case: str | None, lang: Language, *, as_json: bool) -> str:
    plan = _solved(where, case, lang, quiet=as_json)
    hops = _found_hops(plan, item, lang)
    if as_json:
        told = [
            {"hop": title.rpartition(".")[2], "title": say(title, lang), "lines": lines}
            for title, lines in hops
        ]
        return json.dumps({"item": item, "hops": told}, ensure_ascii=False, indent=2)
    parts = []
    for title, lines in hops:
        parts.append(say(title, lang))
        parts += [f"   {line}" for line in lines]
    return "\n".join(parts)


def _found_hops(plan: Plan, item: str, lang: Language) -> list[tuple[str, list[str]]]:
    """The seven hops of an item, and why not; of two sites without a candidate only why not."""
    from circularpark.cli.explain_why import pruned_lines, why_lines
    from circularpark.solve.explain import explain_item

    try:
        hops = explain_item(plan, item, lang)
    except ParkDataError:
        lines = pruned_lines(plan, item, lang) if "@" in item else None
        if lines is None:
            raise
        return [("solve.hop.why", lines)]
    lines = why_lines(plan, item, lang)
    return hops if lines is None else [*hops, ("solve.hop.why", lines)]


def _write(text: str, out: Path | None) -> None:
    if out is None:
        print(text)
        return
    write_page(out, text)
