"""Heat cascades are built as quickly as the park's other rows."""

from __future__ import annotations

import pytest
from benchmarks.heat import DAY, YEAR, read, seconds


@pytest.mark.speed
@pytest.mark.parametrize(("hours", "most"), [(YEAR, 3.0), (DAY, 0.1)])
def test_two_hundred_streams_over_a_hundred_sites_are_built_in_time(
    hours: int, most: float
) -> None:
    spent, problem = seconds(read(hours))
    assert len(problem.data.heat.place) == 100
    assert spent < most
