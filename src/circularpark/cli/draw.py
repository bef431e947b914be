"""``circularpark map PARK``: who sends what to whom, as one HTML page."""

from __future__ import annotations

from pathlib import Path

from circularpark.cli.keeping import StoreFolder, UseStore, open_store, solved
from circularpark.cli.options import CaseName, Lang, Mode, OutFile, ParkName, Solver
from circularpark.cli.outcome import outcome, progress, write_page
from circularpark.words import say, user_language


def draw(
    park: ParkName,
    case: CaseName = None,
    solver: Solver = None,
    mode: Mode = "exact",
    out: OutFile = None,
    store: UseStore = True,
    store_folder: StoreFolder = None,
    lang: Lang = None,
) -> None:
    """Solve the park and draw the flows of its plan."""
    spoken = user_language(lang)
    with outcome(spoken):
        from circularpark import read_park
        from circularpark.show.flowmap import draw_flow_map
        from circularpark.show.plan_scene import scene_of
        from circularpark.solve.profile import read_profile

        profile = read_profile(solver)
        with progress("cli.progress.read", spoken):
            found = read_park(park, case=case)
        with progress("cli.progress.solve", spoken):
            asked = solved(found, profile, open_store(store, store_folder), spoken, mode=mode)
        plan = asked.unwrapped()
        with progress("cli.progress.draw", spoken):
            page = draw_flow_map(scene_of(plan), spoken)
        file = out if out is not None else Path(f"{found.id}.html")
        write_page(file, page)
        print(say("cli.map.written", spoken, file=file))
        line = asked.kept.line(spoken)
        if line is not None:
            print(line)
