"""What is done around a solver's run works on arrays: pandas objects are counted, not seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.synthetic import ring, write_park
from pandas.core.generic import NDFrame

from circularpark.park import Park, read_park
from circularpark.park.schema import tables
from circularpark.program.assemble import build
from circularpark.program.collect import blocks_of
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, judge, optimise

# A frame of each table as read and one as it holds, and a few that single checks look into.
FRAMES = 2 * len(tables())
FEW = 20


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many Series and DataFrames have been made."""
    count = [0]
    plain = NDFrame.__init__

    def counted(self: NDFrame, *values: object, **named: object) -> None:
        count[0] += 1
        plain(self, *values, **named)

    monkeypatch.setattr(NDFrame, "__init__", counted)
    return count


def _read(folder: Path, made: list[int]) -> tuple[Park, int]:
    made[0] = 0
    park = read_park(folder)
    park.at()
    return park, made[0]


def test_reading_makes_hardly_more_than_the_tables_themselves(
    tmp_path: Path, made: list[int]
) -> None:
    park, count = _read(write_park(ring(10, 48), tmp_path), made)
    assert len(park.raw) == len(tables())
    assert FRAMES <= count <= FRAMES + FEW


def test_reading_makes_no_more_of_a_larger_park(tmp_path: Path, made: list[int]) -> None:
    _, small = _read(write_park(ring(4, 24), tmp_path / "small"), made)
    _, large = _read(write_park(ring(40, 240), tmp_path / "large"), made)
    assert large == small


def test_links_and_judge_look_columns_up_instead_of_joining_tables(
    tmp_path: Path, made: list[int]
) -> None:
    park, _ = _read(write_park(ring(4, 24), tmp_path), made)
    made[0] = 0
    blocks = blocks_of(park)
    assert made[0] <= 200
    optimum = optimise(build(park, blocks=blocks), read_profile(), Clock())
    made[0] = 0
    assert judge(optimum, Clock(), None, limits=True).certificate.ok
    assert made[0] <= 50
