"""How long the command ``report`` takes, phase by phase, and how many pages it prints.

``python -m benchmarks.report [PARK ...]``: the demo parks unless named, each in both languages.
Wall time and CPU seconds (user and system, those of the browser included) of the phases in one
process, imports among them. The machine should be quiet: wall time is what the reader waits.
"""

from __future__ import annotations

import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from circularpark.words import LANGUAGES, Language

PARKS = ("anqing-hightech", "huaining-cement", "kalundborg")
PHASES = ("imports", "read", "solve", "projects", "draw", "print", "workbook")
PAGE = re.compile(rb"/Type\s*/Page\b")


def processor() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


@dataclass
class Phases:
    """Wall time and CPU seconds of each phase."""

    wall: dict[str, float] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)

    def run(self, name: str, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do a piece of work and count it to a phase."""
        begun, used = time.perf_counter(), processor()
        found = work(*given, **named)
        self.wall[name] = self.wall.get(name, 0.0) + time.perf_counter() - begun
        self.spent[name] = self.spent.get(name, 0.0) + processor() - used
        return found


def _imports() -> None:
    import circularpark.show.report.page
    import circularpark.show.results.book
    import circularpark.studies.evaluate  # noqa: F401


def report(park: str, lang: Language, folder: Path, phases: Phases) -> tuple[int, int]:
    """Write the whole report as the command does; pages and kilobytes of the PDF."""
    phases.run("imports", _imports)
    from circularpark import read_park, solve
    from circularpark.show.report.page import Report
    from circularpark.show.report.pdf import print_pdf
    from circularpark.show.results.book import write_results
    from circularpark.studies.evaluate import evaluate_plan

    found = phases.run("read", read_park, park)
    plan = phases.run("solve", solve, found)
    worth = phases.run("projects", evaluate_plan, plan, runs=0)
    drawn = Report(plan, lang, evaluation=worth)
    phases.run("draw", drawn.screen)
    paper = phases.run("draw", drawn.paper)
    file = folder / f"{park}-{lang}.pdf"
    phases.run("print", print_pdf, paper, file)
    phases.run("workbook", write_results, plan, folder / f"{park}-{lang}.xlsx", lang)
    content = file.read_bytes()
    return len(PAGE.findall(content)), len(content) // 1000


def main(parks: list[str]) -> None:
    """Print the table."""
    print("| park | " + " | ".join(PHASES) + " | wall | CPU | pages | kB |")
    print("|---|" + "---:|" * (len(PHASES) + 4))
    with tempfile.TemporaryDirectory() as folder:
        for park in parks:
            for lang in LANGUAGES:
                phases = Phases()
                pages, size = report(park, lang, Path(folder), phases)
                cells = [f"{phases.wall[name]:.2f}" for name in PHASES]
                sums = [f"{sum(one.values()):.1f}" for one in (phases.wall, phases.spent)]
                print("| " + " | ".join([f"{park} ({lang})", *cells, *sums, str(pages),
                                         f"{size:,}"]) + " |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:] or list(PARKS))
