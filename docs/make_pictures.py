"""Draws the pictures of the README from plans of the demo park: ``make pictures``.

Each picture is what a command shows, in both languages; colours are counted out so that a file
stays small.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image

from circularpark import Plan, Study
from circularpark.show import draw_flow_map
from circularpark.show.heat_page import pictures as heat_pictures
from circularpark.show.picture_file import write_picture
from circularpark.show.plan_charts import flow_pictures, saving_picture
from circularpark.show.plan_scene import scene_of
from circularpark.show.report.page import draw_report
from circularpark.show.report.pdf import browser, environment
from circularpark.show.sheet import Picture
from circularpark.show.static_map import static_map
from circularpark.show.study_pages import macc_pictures, pareto_picture
from circularpark.studies.macc import Macc, macc
from circularpark.studies.pareto import Pareto, pareto
from circularpark.words import LANGUAGES, Language

PARK: Final = "anqing-hightech"
FOLDER: Final = Path(__file__).parent / "pictures"
WIDEST: Final = 1200
COLOURS: Final = 256
# On paper the margin is the printer's; a photograph needs its own.
MARGIN: Final = "<style>body { padding: 36px }</style>"
# Chromium without what it would fetch from the network.
QUIET: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--no-first-run",
    "--hide-scrollbars", "--virtual-time-budget=8000",
)  # fmt: skip


def photograph(page: str, file: Path, wide: int, high: int) -> None:
    """A PNG of the upper part of an HTML page, as a window of this size shows it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(page, encoding="utf-8")
        subprocess.run(
            [
                browser(),
                *QUIET,
                f"--user-data-dir={folder}/profile",
                f"--window-size={wide},{high}",
                f"--screenshot={file}",
                source.as_uri(),
            ],
            check=True,
            timeout=120,
            capture_output=True,
            env=environment(Path(folder)),
        )


def made_small(file: Path) -> None:
    """The same picture no wider than a page shows it, in few colours."""
    with Image.open(file) as image:
        shown = image.convert("RGB")
    if shown.width > WIDEST:
        size = (WIDEST, round(shown.height * WIDEST / shown.width))
        shown = shown.resize(size, Image.Resampling.LANCZOS)
    few = shown.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def charts(
    plan: Plan, curve: Pareto, steps: Macc, lang: Language
) -> Iterator[tuple[str, Picture | None]]:
    """The charts by the names of their files."""
    yield "difference", static_map(scene_of(plan), lang, difference=True)
    yield "sankey", next(flow_pictures(plan, lang), None)
    report = plan.heat_report()
    if report is not None:
        yield "composite", next(heat_pictures(plan, report, lang), None)
    yield "waterfall", saving_picture(plan, lang)
    yield "macc", next(iter(macc_pictures(steps, lang)), None)
    yield "pareto", pareto_picture(curve, lang)


def main() -> None:
    """Solve once, draw and photograph in every language."""
    FOLDER.mkdir(exist_ok=True)
    study = Study(PARK)
    plan = study.plan()
    curve, steps = pareto(study, ["cost", "co2"], points=9), macc(study)
    for lang in LANGUAGES:
        page = draw_flow_map(scene_of(plan, interactive=True), lang)
        photograph(page, FOLDER / f"flowmap_{lang}.png", 1400, 1240)
        paper = draw_report(plan, lang, print_it=True).replace("</head>", f"{MARGIN}</head>")
        photograph(paper, FOLDER / f"report_{lang}.png", 980, 860)
        for name, picture in charts(plan, curve, steps, lang):
            if picture is None:
                raise SystemExit(f"{PARK} has nothing to draw for {name}.")
            write_picture(picture, FOLDER / f"{name}_{lang}.png", lang)
    for file in sorted(FOLDER.glob("*.png")):
        made_small(file)
        print(file.name, f"{file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
