"""The report on paper: a page without scripts, printed by a headless browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

from circularpark.show.browser import browser, drawn_by, put


def print_pdf(page: str, file: Path) -> None:
    """Print an HTML page to ``file``; it is complete or not there.

    Raises
    ------
    PrintError : no browser, or the browser failed
    """
    program = browser()
    with tempfile.TemporaryDirectory(prefix="circularpark-") as folder:
        source, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, encoding="utf-8")
        drawn_by(program, source, printed, "--no-pdf-header-footer", f"--print-to-pdf={printed}")
        put(printed, file)
