"""Every page in notebooks/ runs from its first cell to its last, within a minute, with pictures."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

from tests.notebook_cells import PICTURE
from tests.sources import ROOT

PAGES = sorted((ROOT / "notebooks").glob("*.py"))
RUNNER = ROOT / "tests" / "notebook_cells.py"
MINUTE = 60.0


def spent() -> float:
    """Seconds of the processor that ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs_within_a_minute_and_shows_a_picture(page, tmp_path):
    before = spent()
    done = subprocess.run(
        [sys.executable, str(RUNNER), str(page)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    assert PICTURE in done.stdout
    assert spent() - before < MINUTE


def test_pages_are_written_in_both_languages():
    assert PAGES
    for page in PAGES:
        title = page.read_text(encoding="utf-8").splitlines()[1]
        assert " · " in title, f"{page.name}: the title has a Chinese and an English half"
