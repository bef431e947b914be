"""Five hundred random parks take many minutes: they are tried when asked for with ``-m long``."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "long" in config.getoption("markexpr"):
        return
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="asked for with -m long"))
