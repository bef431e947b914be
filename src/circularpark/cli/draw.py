"""``circularpark map PARK``: who sends what to whom, as an HTML page or a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from circularpark.cli.fonts import EmbedFont, printable
from circularpark.cli.keeping import StoreFolder, UseStore, open_store, solved
from circularpark.cli.options import CaseName, Lang, MapFile, Mode, PlanName, Solver
from circularpark.cli.outcome import WRONG_USAGE, complain, outcome, progress, write_page
from circularpark.cli.solved_before import what_is_asked
from circularpark.words import Language, say, user_language

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

PAGES = ("", ".html", ".htm")
PICTURES = (".svg", ".png")


def draw(
    park: PlanName,
    case: CaseName = None,
    solver: Solver = None,
    mode: Mode = "exact",
    out: MapFile = None,
    embed_font: EmbedFont = False,
    store: UseStore = True,
    store_folder: StoreFolder = None,
    lang: Lang = None,
) -> None:
    """Solve the park and draw the flows of its plan: a page, or a picture by the file's ending."""
    spoken = user_language(lang)
    if out is not None and out.suffix.lower() not in (*PAGES, *PICTURES):
        complain(say("cli.map.ending", spoken, ending=out.suffix))
        raise typer.Exit(WRONG_USAGE)
    with outcome(spoken):
        from circularpark import read_park
        from circularpark.solve.profile import read_profile

        opened = open_store(store, store_folder)
        wanted = what_is_asked(park, case, solver, mode, opened)
        profile = read_profile(wanted.solver)
        with progress("cli.progress.read", spoken):
            found = read_park(wanted.park, case=wanted.case)
        wanted.check(found)
        with progress("cli.progress.solve", spoken):
            asked = solved(
                found, profile, opened, spoken, minimise=wanted.minimise, mode=wanted.mode
            )
        plan = asked.unwrapped()
        file = out if out is not None else Path(f"{found.id}.html")
        _written(plan, file, spoken, embed_font=embed_font)
        line = asked.kept.line(spoken)
        if line is not None:
            print(line)


def _written(plan: Plan, file: Path, lang: Language, *, embed_font: bool) -> None:
    """Write the map as the file's ending says, and tell where it is."""
    from circularpark.show.flowmap import draw_flow_map
    from circularpark.show.fonts import with_font
    from circularpark.show.picture_file import write_picture
    from circularpark.show.plan_scene import scene_of
    from circularpark.show.static_map import static_map

    if file.suffix.lower() not in PICTURES:
        with progress("cli.progress.draw", lang):
            page = draw_flow_map(scene_of(plan, interactive=True), lang)
        write_page(file, with_font(page).page if embed_font else page)
        print(say("cli.map.written", lang, file=file))
        return
    with progress("cli.progress.draw", lang):
        drawn = static_map(scene_of(plan), lang)
        drawn = replace(drawn, svg=printable(drawn.svg, lang, embed_font=embed_font))
        write_picture(drawn, file, lang)
    print(say("cli.map.drawn", lang, file=file))
