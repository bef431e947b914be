"""What flow maps cost: seconds of the processor to draw a page, its bytes, and how it pans.

``python -m benchmarks.maps`` prints the table; sizes to draw may be given (sites:flows).
Panning is measured in a headless Chromium, where Playwright (extra ``dev``) and a browser are.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from tests.show.scenes import flow_rows, layers, site_rows

from circularpark.show import Scene, draw_flow_map
from circularpark.show.browser import FLAGS
from circularpark.show.curves import choose_bends

SIZES = ((40, 80), (60, 150), (100, 1000), (100, 5000))
MOVES = 40


def scene(sites: int, flows: int) -> Scene:
    """A park of sites on a lattice with long-tailed flows, on a river, roads and plots."""
    rows = site_rows(sites, 7)
    return Scene(
        park={"zh": "园区", "en": "Park"},
        sites=rows, flows=flow_rows(rows, flows, 3), layers=layers(),
    )  # fmt: skip


def seconds(work: Callable[[], Any], rounds: int = 3) -> float:
    """Seconds of the processor that ``work`` takes, the least of some rounds."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def bends(sites: int, flows: int) -> float:
    """Seconds of the processor to choose the curves of so many flows."""
    rng = np.random.default_rng(1)
    xy = rng.uniform((40, 40), (1240, 760), (sites, 2))
    source = rng.integers(0, sites, flows)
    target = (source + rng.integers(1, sites, flows)) % sites
    width = np.sort(rng.pareto(1.2, flows) + 0.5)[::-1].clip(max=22)
    box = (0.0, 0.0, 1280.0, 800.0)
    return seconds(lambda: choose_bends(xy, np.full(sites, 8.0), source, target, width, box))


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium; None where there is none, or no Playwright."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


def panned(browser: Any, page: str) -> tuple[float, float]:
    """Milliseconds of the page's thread to draw it, and for a frame of a drag with all flows.

    Time of the processor in what Chromium calls tasks, so that a busy machine does not count.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "map.html"
        file.write_text(page, encoding="utf-8")
        tab = browser.new_page(viewport={"width": 1400, "height": 1100})
        probe = tab.context.new_cdp_session(tab)
        probe.send("Performance.enable", {"timeDomain": "threadTicks"})

        def tasks() -> float:
            found = probe.send("Performance.getMetrics")["metrics"]
            return next(1e3 * one["value"] for one in found if one["name"] == "TaskDuration")

        tab.goto(file.as_uri())
        tab.wait_for_selector("#map[data-ready=true]", timeout=120_000)
        tab.wait_for_timeout(300)
        drawn = tasks()
        slider = tab.locator("#largest")
        slider.fill(slider.get_attribute("max"))
        tab.wait_for_timeout(1000)
        before = tasks()
        tab.mouse.move(700, 600)
        tab.mouse.down()
        for move in range(MOVES):
            tab.mouse.move(700 + 5 * move, 600 + 3 * move)
        moved = tasks()
        tab.mouse.up()
        tab.close()
    return drawn, (moved - before) / MOVES


def main(sizes: tuple[tuple[int, int], ...] = SIZES) -> None:
    """Print one line a size."""
    table = Table(title="flow maps; seconds of the processor, least of three")
    names = ("sites", "flows", "curves s", "page s", "bytes", "drawn ms", "pan ms a frame")
    for name in names:
        table.add_column(name, justify="right")
    with chromium() as browser:
        for sites, flows in sizes:
            drawing = scene(sites, flows)
            page = draw_flow_map(drawing, "zh")
            took = seconds(lambda drawing=drawing: draw_flow_map(drawing, "zh"))
            row = [sites, flows, f"{bends(sites, flows):.3f}", f"{took:.2f}"]
            row.append(f"{len(page.encode()):,}")
            row += [f"{value:.1f}" for value in panned(browser, page)] if browser else ["–", "–"]
            table.add_row(*map(str, row))
    Console(width=100).print(table)


if __name__ == "__main__":
    asked = [tuple(int(part) for part in one.split(":")) for one in sys.argv[1:]]
    main(tuple((sites, flows) for sites, flows in asked) or SIZES)
