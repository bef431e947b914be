"""Every page in notebooks/ runs from its first line to its last."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.sources import ROOT

PAGES = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs(page, tmp_path):
    done = subprocess.run(
        [sys.executable, str(page)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_pages_are_written_in_both_languages():
    assert PAGES
    for page in PAGES:
        title = page.read_text(encoding="utf-8").splitlines()[1]
        assert " · " in title, f"{page.name}: the title has a Chinese and an English half"
