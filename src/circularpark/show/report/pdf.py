"""The report on paper: a page without scripts, printed by a headless Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from circularpark.errors import WordedError
from circularpark.show.fonts import font_folder, has_font

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-pdf-header-footer",
)  # fmt: skip
_LONGEST: Final = 120


class PrintError(WordedError):
    """The report cannot be printed on this machine; ``text(lang)`` says what to install."""


def browser() -> str:
    """The path of a browser that prints.

    Raises
    ------
    PrintError : there is none
    """
    named = os.environ.get("CIRCULARPARK_CHROMIUM", "")
    for name in (named, *BROWSERS):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise PrintError("report.no_browser")


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
        command = [
            program, *_FLAGS, f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={printed}", source.as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - a browser that this machine names, our own page
                command, capture_output=True, timeout=_LONGEST, check=False,
                env=environment(Path(folder)),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise PrintError("report.browser_failed", reason=str(problem)) from None
        if not printed.exists() or not printed.stat().st_size:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise PrintError("report.browser_failed", reason=said[-1] if said else "")
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.part")
        shutil.copyfile(printed, beside)
        beside.replace(file)


def environment(folder: Path) -> dict[str, str]:
    """The environment of the browser; where the machine has no font at all, with ours."""
    if has_font():
        return dict(os.environ)
    return {**os.environ, "FONTCONFIG_FILE": str(font_folder(folder))}
