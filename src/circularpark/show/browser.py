"""A headless browser of the machine that prints pages and draws pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from circularpark.errors import WordedError
from circularpark.show.fonts import font_folder, has_font

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_LONGEST: Final = 120


class PrintError(WordedError):
    """No browser draws here; ``text(lang)`` says what to install, or why it failed."""


def browser(missing: str = "report.no_browser") -> str:
    """The path of a browser that prints.

    missing : the code of what to say where there is none

    Raises
    ------
    PrintError : there is none
    """
    named = os.environ.get("CIRCULARPARK_CHROMIUM", "")
    for name in (named, *BROWSERS):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise PrintError(missing)


def drawn_by(
    program: str, source: Path, made: Path, *options: str, failed: str = "report.browser_failed"
) -> None:
    """Let the browser open ``source`` and make the file ``made`` in the same folder.

    options : of the browser, such as what it is to make; failed : the code of what to say where
        it made nothing

    Raises
    ------
    PrintError : the browser failed
    """
    folder = made.parent
    command = [program, *FLAGS, *options, f"--user-data-dir={folder}/profile", source.as_uri()]
    try:
        done = subprocess.run(  # noqa: S603 - a browser that this machine names, our own page
            command, capture_output=True, timeout=_LONGEST, check=False, env=_environment(folder)
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise PrintError(failed, reason=str(problem)) from None
    if not made.exists() or not made.stat().st_size:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise PrintError(failed, reason=said[-1] if said else "")


def put(made: Path, file: Path) -> None:
    """Copy what was made to ``file``: complete or not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.part")
    shutil.copyfile(made, beside)
    beside.replace(file)


def _environment(folder: Path) -> dict[str, str]:
    """The environment of the browser; where the machine has no font at all, with ours."""
    if has_font():
        return dict(os.environ)
    return {**os.environ, "FONTCONFIG_FILE": str(font_folder(folder))}
