"""Draws the pictures of the README from the demo park: ``make pictures``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from circularpark.cli.main import run
from circularpark.words import LANGUAGES

PARK = "anqing-hightech"
FOLDER = Path(__file__).parent / "pictures"
# Chromium without what it would fetch from the network.
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
)


def photograph(page: Path, picture: Path) -> None:
    """A PNG of what a browser shows of an HTML page, drawn at twice the density."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Chromium is needed to photograph the maps.")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                *QUIET,
                f"--user-data-dir={profile}",
                "--window-size=1400,1240",
                "--force-device-scale-factor=1.25",
                "--virtual-time-budget=8000",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            timeout=120,
            capture_output=True,
        )


def main() -> None:
    """Solve, draw and photograph the demo park in every language."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for lang in LANGUAGES:
            page = Path(folder) / f"flowmap_{lang}.html"
            if code := run(["map", PARK, "--out", str(page), "--lang", lang]):
                sys.exit(code)
            photograph(page, FOLDER / f"flowmap_{lang}.png")


if __name__ == "__main__":
    main()
