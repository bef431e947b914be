"""What all tests share: the markers, and a language that does not depend on the machine."""

from __future__ import annotations

import os

import pytest

MARKERS = {
    "speed": "measures wall time",
    "browser": "needs Chromium",
    "long": "takes more than ten seconds",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    # No test reads or leaves anything in the run store of whoever runs it.
    os.environ["CIRCULARPARK_STORE"] = "off"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCULARPARK_LANG", "en")
