"""The arrays of a program: names, bounds, and what the park leaves open."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import circularpark
from tests.account.rich import rich_park
from tests.program.small import program


def test_every_row_and_column_has_a_name_of_its_own(tmp_path: Path) -> None:
    problem = circularpark.build(circularpark.read_park(rich_park(tmp_path)))
    rows, columns = list(problem.row_names()), list(problem.column_names())
    assert problem.matrix.shape == (len(rows), len(columns))
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    for block in problem.blocks:
        _, where = problem.block(block.family)
        assert rows[where] == list(block.names())


def test_every_column_is_bounded_for_the_solver_and_only_as_the_park_says(tmp_path: Path) -> None:
    problem = circularpark.build(circularpark.read_park(rich_park(tmp_path)))
    assert np.isfinite(problem.lower).all()
    assert np.isfinite(problem.derived).all()
    assert (problem.derived >= problem.lower).all()
    given = np.isfinite(problem.upper)
    assert np.array_equal(problem.derived[given], problem.upper[given])
    assert 0 < given.sum() < len(given)


def test_what_stands_and_cannot_grow_bounds_its_flow_without_a_row(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        technologies="id,capacity_of,profile\nheat_pump,steam,weather\n",
        recipes="technology,row,commodity,rate\nheat_pump,1,steam,1\n",
        processes="id,site,technology,capacity\nheater,farm,heat_pump,4\n",
        periods="period,year,weight\nmild,2025,10\ncold,2025,10\n",
        profiles="period,weather\nmild,1\ncold,0.5\n",
    )
    assert problem.var.activity.upper.tolist() == [[4, 2]]
    assert problem.var.capacity.size == 0
    assert "process_capacity" not in {block.family for block in problem.blocks}


def test_a_boiler_that_uses_little_of_a_large_sites_power_is_no_larger_than_it_is(
    tmp_path: Path,
) -> None:
    """Its typical size is what stands, not what all of the site's power would let it run."""
    problem = program(
        tmp_path,
        commodities="id,kind,unit\nsteam,energy,MWh\npower,energy,MWh\n",
        technologies="id,capacity_of\nboiler,steam\n",
        recipes="technology,row,commodity,rate\nboiler,1,steam,1\nboiler,2,power,-0.005\n",
        processes="id,site,technology,capacity\nheater,farm,boiler,16\n",
        demands="id,site,commodity,amount,unit\nheating,farm,steam,6,MW\nall,farm,power,128,MW\n",
        markets="id,site,commodity,direction,price\nbought,farm,power,buy,500\n",
    )
    assert problem.data.process.scale.tolist() == [32768]
    assert problem.var.activity.scale.tolist() == [16]


def test_what_must_be_used_is_taken_and_what_is_free_may_be(tmp_path: Path) -> None:
    taken = program(
        tmp_path,
        streams=(
            "id,site,commodity,amount,unit,surplus\n"
            "must,farm,steam,3,MW,must_use\nmay,farm,steam,5,MW,free\n"
        ),
        markets=(
            "id,site,commodity,direction,price\nin,farm,steam,buy,300\nout,farm,steam,vent,1\n"
        ),
    ).var.taken
    assert taken.lower.tolist() == [[3], [0]]
    assert taken.upper.tolist() == [[3], [5]]


def test_a_required_thing_stands_from_its_first_year(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        time="years = [2025, 2030, 2035]",
        technologies="id,capacity_of,available_from,lifetime\nheat_pump,steam,2030,30\n",
        recipes="technology,row,commodity,rate\nheat_pump,1,steam,1\n",
        processes=(
            "id,site,technology,capacity,capacity_max,status\nheater,farm,heat_pump,4,9,required\n"
        ),
    )
    assert problem.var.capacity.lower.tolist() == [[0, 4, 0]]
    assert problem.var.build.upper.tolist() == [[0, 9, 9]]


def test_a_forbidden_thing_has_no_column(tmp_path: Path) -> None:
    problem = program(
        tmp_path,
        technologies="id,capacity_of\nheat_pump,steam\n",
        recipes="technology,row,commodity,rate\nheat_pump,1,steam,1\n",
        processes="id,site,technology,capacity,status\nheater,farm,heat_pump,4,forbidden\n",
    )
    assert problem.var.activity.size == 0
